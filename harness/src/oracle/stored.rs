//! Conservation over one FL run: what was sent is stored once, under the right client, with its right
//! meaning, and a failure stays a failure (fl 5, 6).
//!
//! Nothing here looks at a status code to judge: what the FL server posted is laid beside the rows the
//! hub holds, each post finds the row that is most like it, and what differs is named.

use std::collections::BTreeMap;

use contract::edition::Edition;
use serde::{Deserialize, Serialize};
use serde_json::Value;

mod losses;
mod meaning;
mod paired;
mod words;

use losses::Losses;
use meaning::{Point, Said};
use paired::{Pairs, pair};

/// One run as both sides tell it.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Edition of the hub, for words that stand for another.
    pub hub: &'a Edition,
    /// What the FL server posted and was answered.
    pub report: &'a Value,
    /// What the hub holds of the model.
    pub model: &'a Value,
    /// Trust ids by slot.
    pub owners: &'a BTreeMap<String, String>,
}

/// In which way something is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// A place on an axis is gone, the point is there.
    Poorer,
    /// A status word in mid-run was never shown.
    Unshown,
    /// There is no row.
    Missing,
    /// There is no row, and the post was redirected on its way.
    Redirected,
    /// More rows than posts.
    Doubled,
    /// The row says another round, value or detail.
    Changed,
    /// The row is another client's.
    Misplaced,
    /// A failure is held as a success.
    TurnedWell,
    /// The last status word was not taken: the model stays as it was.
    Unended,
}

/// Something a run sent that the hub does not hold as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// In which way.
    pub wrong: Wrong,
    /// `metrics`, `events`, `logs`, `axis` or `status`.
    pub kind: &'static str,
    /// Posts of that kind.
    pub sent: u64,
    /// Rows that stand for them.
    pub stored: u64,
    /// The same for people.
    pub sentence: String,
}

/// Posts and rows of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Posts.
    pub sent: u64,
    /// Rows that stand for them.
    pub stored: u64,
}

impl Run<'_> {
    /// Everything the hub does not hold as it was sent.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        flaws.extend(self.metric_flaws());
        flaws.extend(self.axis_flaw());
        flaws.extend(self.said_flaws("events"));
        flaws.extend(self.said_flaws("logs"));
        flaws.extend(words::flaws(self));
        flaws
    }

    /// Posts and rows by kind.
    pub fn tallies(&self) -> [(&'static str, Tally); 4] {
        let words = words::walk(self);
        let said = |kind| {
            let (sent, rows) = (self.said(kind), self.said_rows(kind));
            count(&pair(&sent, &rows, &[Said::about_the_same]), sent.len())
        };
        let (points, rows) = (meaning::posted_points(self.report), meaning::points(self.model));
        let metrics = count(&pair(&points, &rows, &[Point::about_the_same]), points.len());
        let status = Tally { sent: words.sent.len() as u64, stored: words.shown };
        [
            ("metrics", metrics),
            ("events", said("events")),
            ("logs", said("logs")),
            ("status", status),
        ]
    }

    /// Whether anybody who looks at the hub sees that the run failed.
    pub fn told(&self) -> bool {
        let status = self.model["status"].as_str().unwrap_or_default();
        FAILED_WORDS.contains(&status) || self.report["ended"] == "RAISED"
    }

    /// How the run ended in the eyes of the FL server.
    pub fn ended(&self) -> &str {
        self.report["ended"].as_str().unwrap_or("nohow")
    }

    fn metric_flaws(&self) -> Vec<Flaw> {
        let (sent, rows) = (meaning::posted_points(self.report), meaning::points(self.model));
        let pairs = pair(
            &sent,
            &rows,
            &[
                |sent, row| sent.same(row) && sent.client == row.client,
                Point::same,
                Point::about_the_same,
            ],
        );
        let owned =
            |at: usize, row: usize| self.owns(sent[at].client.as_deref(), rows[row].trust.as_ref());
        let mut losses = losses_of("metrics", sent.len(), &pairs);
        for (at, found) in pairs.found.iter().enumerate() {
            match found {
                None => losses.miss(sent[at].redirected),
                Some((0, row)) if owned(at, *row) => {}
                Some((0 | 1, row)) => {
                    losses.misplace(sent[at].client.as_deref(), rows[*row].client.as_deref());
                }
                Some(_) => losses.changed += 1,
            }
        }
        losses.flaws(self.report)
    }

    /// A place on an axis that got lost, between client and server or at the hub.
    fn axis_flaw(&self) -> Option<Flaw> {
        let (sent, rows) = (meaning::posted_points(self.report), meaning::points(self.model));
        let pairs = pair(&sent, &rows, &[Point::same, Point::about_the_same]);
        let kept = |at: usize| pairs.found[at].map(|(_, row)| &rows[row]);
        let at_hub = (0..sent.len())
            .filter_map(|at| Some((&sent[at], kept(at)?)))
            .filter(|(sent, row)| sent.axis.is_some() && sent.axis != row.axis)
            .count() as u64;
        let given = meaning::given_points(self.report);
        let in_band = given.iter().filter(|given| given.lost_in(&sent)).count() as u64;
        let (lost, of, where_lost) = match (at_hub, in_band) {
            (0, 0) => return None,
            (0, lost) => (lost, given.len() as u64, "between FL client and FL server"),
            (lost, _) => (lost, sent.len() as u64, "at the hub, which has no column for it"),
        };
        let sentence = format!("{lost} of {of} metrics lost their place on the axis {where_lost}");
        Some(Flaw { wrong: Wrong::Poorer, kind: "axis", sent: of, stored: of - lost, sentence })
    }

    fn said_flaws(&self, kind: &'static str) -> Vec<Flaw> {
        let (sent, rows) = (self.said(kind), self.said_rows(kind));
        let pairs = pair(
            &sent,
            &rows,
            &[
                |sent, row| {
                    sent.same(row) && sent.client == row.client && sent.success == row.success
                },
                |sent, row| sent.same(row) && sent.client == row.client,
                Said::same,
                Said::about_the_same,
            ],
        );
        let mut losses = losses_of(kind, sent.len(), &pairs);
        for (at, found) in pairs.found.iter().enumerate() {
            let Some((tier, row)) = *found else {
                losses.miss(sent[at].redirected);
                continue;
            };
            let (sent, row) = (&sent[at], &rows[row]);
            if !sent.success && row.success {
                losses.turned_well += 1;
                losses.nobodys += u64::from(row.client.is_none() && sent.client.is_some());
            } else if tier == 3 {
                losses.changed += 1;
            } else if tier > 0 || !self.owns(sent.client.as_deref(), row.trust.as_ref()) {
                losses.misplace(sent.client.as_deref(), row.client.as_deref());
            }
        }
        losses.flaws(self.report)
    }

    fn said(&self, kind: &str) -> Vec<Said> {
        let of_kind = |said: &Said| said.event.is_some() == (kind == "events");
        meaning::posted_words(self.report).into_iter().filter(of_kind).collect()
    }

    /// Rows of that kind, without those the hub writes by itself.
    fn said_rows(&self, kind: &str) -> Vec<Said> {
        let sent = self.said(kind);
        let of_run = |row: &Said| match kind {
            "events" => row.event.is_some(),
            _ => {
                row.event.is_none()
                    && (row.client.is_some() || sent.iter().any(|said| said.text == row.text))
            }
        };
        meaning::words(self.model).into_iter().filter(of_run).collect()
    }

    /// Whether a row's trust is the one whose slot the post named.
    fn owns(&self, client: Option<&str>, trust: Option<&String>) -> bool {
        match (client.and_then(|slot| self.owners.get(slot)), trust) {
            (Some(owner), Some(trust)) => owner == trust,
            _ => true,
        }
    }
}

fn losses_of(kind: &'static str, sent: usize, pairs: &Pairs) -> Losses {
    let Tally { sent, stored } = count(pairs, sent);
    Losses::of(kind, sent, stored, pairs.spare)
}

fn count(pairs: &Pairs, sent: usize) -> Tally {
    Tally { sent: sent as u64, stored: pairs.found.iter().flatten().count() as u64 }
}

/// Status words of a model that say it failed.
const FAILED_WORDS: [&str; 3] = ["ERROR", "STOPPED", "RESULTS_UPLOAD_FAILED"];

#[cfg(test)]
#[path = "stored/tests.rs"]
mod tests;
