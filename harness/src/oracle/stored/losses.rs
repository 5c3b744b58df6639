//! What became of the posts of one kind, in numbers and in words.

use serde_json::Value;

use super::{Flaw, Wrong};
use crate::oracle::fl_loss::refusals;

/// Counts of one kind.
#[derive(Debug, Default)]
pub(super) struct Losses {
    kind: &'static str,
    sent: u64,
    stored: u64,
    pub(super) changed: u64,
    pub(super) turned_well: u64,
    /// Of those: stored without the client they came from.
    pub(super) nobodys: u64,
    doubled: u64,
    missing: u64,
    redirected: u64,
    misplaced: u64,
    example: Option<String>,
}

impl Losses {
    /// Nothing lost so far of so many posts; `doubled` rows stand for none of them.
    pub(super) fn of(kind: &'static str, sent: u64, stored: u64, doubled: u64) -> Self {
        Self { kind, sent, stored, doubled, ..Self::default() }
    }

    /// A post without row.
    pub(super) fn miss(&mut self, redirected: bool) {
        if redirected {
            self.redirected += 1;
        } else {
            self.missing += 1;
        }
    }

    /// A row under another client.
    pub(super) fn misplace(&mut self, sent: Option<&str>, held: Option<&str>) {
        self.misplaced += 1;
        let name = |client: Option<&str>| client.unwrap_or("nobody").to_owned();
        self.example.get_or_insert_with(|| format!("{} as {}", name(sent), name(held)));
    }

    /// The losses as flaws.
    pub(super) fn flaws(self, report: &Value) -> Vec<Flaw> {
        let (kind, sent, stored) = (self.kind, self.sent, self.stored);
        let ended = report["ended"].as_str().unwrap_or("nohow");
        let answers = refusals(report, kind);
        let of_kind = if sent == 1 { kind.trim_end_matches('s') } else { kind };
        let gone = format!("{sent} {of_kind} sent, {stored} stored{answers}; the run ends {ended}");
        let nobodys = if self.nobodys > 0 { " and without client" } else { "" };
        let failed = format!("{} failure stored as a success{nobodys}", self.turned_well);
        let example = self.example.unwrap_or_default();
        let under =
            format!("{} of {sent} {kind} stored under another client ({example})", self.misplaced);
        let changed =
            format!("{} of {sent} {kind} stored with another round or content", self.changed);
        let doubled = format!("{} rows of {kind} more than were sent", self.doubled);
        let moved = format!("{gone}: a redirect took the body");
        [
            (self.missing, Wrong::Missing, gone),
            (self.redirected, Wrong::Redirected, moved),
            (self.turned_well, Wrong::TurnedWell, failed),
            (self.misplaced, Wrong::Misplaced, under),
            (self.changed, Wrong::Changed, changed),
            (self.doubled, Wrong::Doubled, doubled),
        ]
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(_, wrong, sentence)| Flaw { wrong, kind, sent, stored, sentence })
        .collect()
    }
}
