//! The status walk of a run: each word shown once, the last one left standing (FL-STATUS-01).

use contract::edition::Edition;
use serde_json::Value;

use super::meaning::rows;
use super::{Flaw, Run, Wrong};

/// Words sent, and how many of them the hub showed.
pub(super) struct Walk<'a> {
    pub(super) sent: Vec<&'a str>,
    pub(super) shown: u64,
    unshown: Vec<&'a str>,
}

/// What of the walk the hub showed.
pub(super) fn walk<'a>(run: &Run<'a>) -> Walk<'a> {
    let whats = rows(run.report, "answers").iter().filter_map(|post| post["what"].as_str());
    let sent: Vec<&str> = whats.filter_map(|what| what.strip_prefix("status ")).collect();
    let mut held = held(run.model).into_iter();
    let unshown: Vec<&str> = sent
        .iter()
        .copied()
        .filter(|word| {
            let mut rest = held.clone();
            let found = rest.any(|shown| shown == meaning(run.hub, word));
            if found {
                held = rest;
            }
            !found
        })
        .collect();
    Walk { shown: (sent.len() - unshown.len()) as u64, sent, unshown }
}

/// Words that were never shown; a last word that was not taken leaves the model where it was.
pub(super) fn flaws(run: &Run<'_>) -> Vec<Flaw> {
    let walk = walk(run);
    let (sent, stored) = (walk.sent.len() as u64, walk.shown);
    let flaw = |wrong, sentence| Flaw { wrong, kind: "status", sent, stored, sentence };
    let Some(last) = walk.sent.last() else { return Vec::new() };
    let stands = run.model["status"].as_str().unwrap_or("nothing");
    if meaning(run.hub, last) != stands {
        let sentence = format!(
            "the run ends {last}, and the hub shows {stands}: {stored} of {sent} words kept"
        );
        return vec![flaw(Wrong::Unended, sentence)];
    }
    match walk.unshown.as_slice() {
        [] => Vec::new(),
        words => {
            let sentence = format!("{} is never shown: the hub refuses the word", words.join(", "));
            vec![flaw(Wrong::Unshown, sentence)]
        }
    }
}

/// Status words a hub wrote down, in order.
fn held(model: &Value) -> Vec<&str> {
    let texts = rows(model, "logs").iter().filter_map(|row| row["log"].as_str());
    texts.filter_map(|text| text.strip_prefix(STATUS_SET)).collect()
}

/// The word an edition holds for a word that is sent.
fn meaning<'a>(hub: &'a Edition, word: &'a str) -> &'a str {
    let alias = hub.status_aliases.iter().find(|(alias, _)| *alias == word);
    alias.map_or(word, |(_, word)| word)
}

/// How every hub begins the row it writes when a status is set.
const STATUS_SET: &str = "Model status set to ";
