//! Questions the judge asks of what a play brought about, beside scenarios, cells and site checks.

/// A name and what it asks.
pub const ORACLES: &[(&str, &str)] = &[
    (
        "able-to-train",
        "does the way from the site's own address to the FL endpoint end in a success",
    ),
    ("fl-loss", "does the hub hold everything a run sent, once, with its meaning"),
    ("kit-secrets", "does a kit hold both secrets after registering"),
    ("upgrade-advice", "does advice that leads to another release never name the start verb"),
];

/// Whether a piece of advice sends somebody who upgrades to the start verb, which resets site data.
pub fn proposes_start_as_upgrade(advice: &str) -> bool {
    let advice = advice.to_lowercase();
    let upgrades = ["upgrade", "another release", "newer release", "new release"];
    if !upgrades.iter().any(|word| advice.contains(word)) {
        return false;
    }
    let words: Vec<&str> = advice.split(|c: char| !c.is_alphanumeric() && c != '-').collect();
    words.iter().enumerate().any(|(at, word)| {
        let before = &words[at.saturating_sub(3)..at];
        let warned = before.iter().any(|word| ["never", "not"].contains(word));
        let named = before.last().is_some_and(|word| ["make", "run", "use", "with"].contains(word));
        START_VERBS.contains(word) && named && !warned
    })
}

const START_VERBS: [&str; 3] = ["up", "up-trust", "up-no-trust"];

#[cfg(test)]
mod tests {
    use contract::catalogue;

    use super::super::ALL;
    use super::*;

    #[test]
    fn nothing_we_say_proposes_the_start_verb_as_an_upgrade() {
        for clause in &catalogue::REQUIREMENTS {
            let hint = clause.hint.what;
            assert!(!proposes_start_as_upgrade(hint), "{}: {hint}", clause.id);
        }
        for bug in ALL {
            assert!(!proposes_start_as_upgrade(bug.fix), "{}: {}", bug.id, bug.fix);
        }
    }

    #[test]
    fn advice_that_does_is_found() {
        assert!(proposes_start_as_upgrade("to upgrade, raise the tag and run make up"));
        assert!(proposes_start_as_upgrade("get the new release with `make up`"));
        assert!(!proposes_start_as_upgrade("use the upgrade verb, never up"));
        assert!(!proposes_start_as_upgrade("upgrade with the verb, not with up"));
        assert!(!proposes_start_as_upgrade("start the node with make up"));
    }
}
