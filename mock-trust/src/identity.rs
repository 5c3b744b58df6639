//! The identity self-check: does the hub take this host for the trust its kit says it is? (trust 5)

use contract::wire::phrase;
use serde_json::Value;
use uuid::Uuid;

use crate::habits::IdentityHabits;

/// Remembers what was compared so far.
#[derive(Debug)]
pub(crate) struct IdentityCheck {
    expected: Option<String>,
    habits: IdentityHabits,
    stage: Stage,
    logged: bool,
    refused_before: bool,
}

/// How far the check has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// No identity was compared.
    Open,
    /// One was, and fitted.
    Compared,
    /// Nothing is compared any more; a misbehaviour.
    GivenUp,
}

/// Where an identity was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Heartbeat,
    Poll,
}

/// What a reply says about who this trust is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No identity, or nothing new.
    Nothing,
    /// The right one; the line to log.
    Accepted(String),
    /// Another trust's; the line to log before the node ends.
    Foreign(String),
}

impl IdentityCheck {
    pub(crate) fn new(expected: Option<String>, habits: IdentityHabits) -> Self {
        Self { expected, habits, stage: Stage::Open, logged: false, refused_before: false }
    }

    /// The hub answered a call, but not with success.
    pub(crate) fn note_refusal(&mut self) {
        self.refused_before = true;
    }

    /// Whether tasks may run: nothing to compare with, or compared.
    pub(crate) fn allows_tasks(&self) -> bool {
        self.expected.is_none() || !self.habits.holds_tasks || self.stage != Stage::Open
    }

    /// Looks at an accepted reply.
    pub(crate) fn look(&mut self, source: Source, reply: &Value) -> Verdict {
        let Some((id, name)) = identity_of(reply) else { return Verdict::Nothing };
        if self.overlooks(source) {
            return Verdict::Nothing;
        }
        let foreign = self.expected.as_ref().filter(|expected| !self.same(expected, id)).cloned();
        if foreign.is_some() && self.shrugs_off(source) {
            self.stage = Stage::GivenUp;
            return Verdict::Nothing;
        }
        if let Some(expected) = foreign {
            return Verdict::Foreign(format!(
                "Hub identifies this host as trust '{name}' ({id}); \
                 kit declares EXPECTED_TRUST_ID={expected}. {}",
                phrase::WRONG_KIT
            ));
        }
        self.stage = Stage::Compared;
        if self.logged && self.habits.logged_once {
            return Verdict::Nothing;
        }
        self.logged = true;
        Verdict::Accepted(format!("{} '{name}' ({id}).", phrase::AUTHENTICATED))
    }

    fn overlooks(&self, source: Source) -> bool {
        self.stage == Stage::GivenUp
            || (source == Source::Poll && !self.habits.heeds_poll)
            || (self.stage == Stage::Compared
                && !self.habits.heeds_later
                && self.habits.logged_once)
    }

    fn shrugs_off(&self, source: Source) -> bool {
        let first = self.stage == Stage::Open;
        let early = source == Source::Heartbeat && !self.refused_before;
        first
            && ((early && !self.habits.heeds_first_heartbeat)
                || (self.refused_before && !self.habits.heeds_after_refusal))
    }

    fn same(&self, expected: &str, id: &str) -> bool {
        if !self.habits.ignores_letter_case {
            return expected == id;
        }
        match (Uuid::parse_str(expected), Uuid::parse_str(id)) {
            (Ok(expected), Ok(id)) => expected == id,
            _ => expected == id,
        }
    }
}

fn identity_of(reply: &Value) -> Option<(&str, &str)> {
    let text = |member: &str| reply.get(member)?.as_str().filter(|text| !text.is_empty());
    Some((text("trust_id")?, text("trust_name")?))
}

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;
    use serde_json::json;

    use super::*;
    use crate::habits::{Conduct, Habits};
    use crate::mutants;

    const OWN: &str = "ddc08a0b-2804-4903-b6bd-97aa1981d7b0";
    const FOREIGN: &str = "c090b27e-0000-4000-8000-000000000002";

    fn check(expected: &str, habits: Habits) -> IdentityCheck {
        let expected = Some(expected.to_owned()).filter(|id| !id.is_empty());
        IdentityCheck::new(expected, habits.identity)
    }

    fn ideal() -> Habits {
        Conduct::Ideal.habits(EditionId::DEFAULT)
    }

    fn mutant(name: &str) -> Habits {
        ideal().with(mutants::find(name).expect("listed"))
    }

    fn reply(id: &str) -> Value {
        json!({"trust_id": id, "trust_name": "Alpha", "message": "Heartbeat recorded"})
    }

    fn word(verdict: &Verdict) -> &'static str {
        match verdict {
            Verdict::Nothing => "nothing",
            Verdict::Accepted(_) => "accepted",
            Verdict::Foreign(_) => "foreign",
        }
    }

    #[test]
    fn table_of_first_replies() {
        let no_name = json!({"trust_id": FOREIGN});
        let empty_name = json!({"trust_id": FOREIGN, "trust_name": ""});
        for (expected, reply, verdict, tasks_run) in [
            (OWN, reply(OWN), "accepted", true),
            (OWN, reply(&OWN.to_uppercase()), "accepted", true),
            (OWN, reply(FOREIGN), "foreign", false),
            ("", reply(FOREIGN), "accepted", true),
            (OWN, no_name.clone(), "nothing", false),
            (OWN, empty_name, "nothing", false),
            ("", no_name, "nothing", true),
            (OWN, json!([1]), "nothing", false),
        ] {
            let mut check = check(expected, ideal());
            assert_eq!(word(&check.look(Source::Heartbeat, &reply)), verdict, "{expected} {reply}");
            assert_eq!(check.allows_tasks(), tasks_run, "{expected} {reply}");
        }
    }

    #[test]
    fn the_accepted_identity_is_logged_once() {
        let mut check = check(OWN, ideal());
        let verdicts: Vec<_> =
            (0..4).map(|_| word(&check.look(Source::Heartbeat, &reply(OWN)))).collect();
        assert_eq!(verdicts, ["accepted", "nothing", "nothing", "nothing"]);
    }

    #[test]
    fn as_built_overlooks_later_changes_and_runs_tasks_uncompared() {
        let mut check = check(OWN, Conduct::AsBuilt.habits(EditionId::DEFAULT));
        assert!(check.allows_tasks());
        assert_eq!(word(&check.look(Source::Heartbeat, &reply(OWN))), "accepted");
        assert_eq!(word(&check.look(Source::Poll, &reply(FOREIGN))), "nothing");
        let mut check = self::check(OWN, Conduct::AsBuilt.habits(EditionId::DEFAULT));
        assert_eq!(word(&check.look(Source::Poll, &reply(&OWN.to_uppercase()))), "foreign");
    }

    #[test]
    fn ideal_heeds_a_later_change() {
        let mut check = check(OWN, ideal());
        check.look(Source::Heartbeat, &reply(OWN));
        assert_eq!(word(&check.look(Source::Poll, &reply(FOREIGN))), "foreign");
    }

    type Case = fn(&mut IdentityCheck) -> Verdict;

    /// Each mutant of the check misses its own case and no other.
    #[test]
    fn mutants_miss_their_own_case_only() {
        let cases: [(&str, Case); 3] = [
            ("runs-task-under-wrong-identity", |check| {
                check.look(Source::Heartbeat, &reply(FOREIGN))
            }),
            ("ignores-identity-in-poll-reply", |check| check.look(Source::Poll, &reply(FOREIGN))),
            ("ignores-identity-after-refusal", |check| {
                check.note_refusal();
                check.look(Source::Heartbeat, &reply(FOREIGN))
            }),
        ];
        for (name, _) in cases {
            for (case, see) in cases {
                let verdict = see(&mut check(OWN, mutant(name)));
                let expected = if case == name { "nothing" } else { "foreign" };
                assert_eq!(word(&verdict), expected, "{name} in the case of {case}");
            }
        }
    }
}
