//! What a sweep says as a whole: its cells, and each distinct finding once.

use std::collections::BTreeMap;

use contract::edition::DeleteImaging;
use serde::{Deserialize, Serialize};

use super::cell::{Cell, Trace, Verdict};
use super::sweep::Sweep;
use crate::event::SCHEMA_VERSION;

/// The document behind every format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatrixReport {
    /// Version of this shape.
    pub schema_version: u32,
    /// Seed.
    pub seed: u64,
    /// Every pairing that was judged.
    pub cells: Vec<Cell>,
    /// Every pairing that could not be.
    pub unjudged: Vec<Unjudged>,
    /// What counts for no pairing.
    pub notes: Vec<String>,
}

/// A pairing that could not be judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unjudged {
    /// Names of its parts.
    pub pairing: String,
    /// Why.
    pub reason: String,
}

/// One finding and where it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<'r> {
    /// The finding.
    pub trace: &'r Trace,
    /// In how many pairings.
    pub pairings: usize,
    /// Which ones, in words.
    pub place: String,
}

impl MatrixReport {
    /// The report of a sweep.
    pub fn new(seed: u64, sweep: Sweep) -> Self {
        let unjudged = sweep.unjudged.into_iter();
        let unjudged =
            unjudged.map(|(pairing, stop)| Unjudged { pairing, reason: stop.to_string() });
        let notes = fails_at_home(&sweep.cells);
        Self {
            schema_version: SCHEMA_VERSION,
            seed,
            cells: sweep.cells,
            unjudged: unjudged.collect(),
            notes: notes.into_iter().collect(),
        }
    }

    /// How many cells have each verdict, best first.
    pub fn tally(&self) -> [(Verdict, usize); 4] {
        Verdict::ALL.map(|verdict| {
            (verdict, self.cells.iter().filter(|cell| cell.verdict == verdict).count())
        })
    }

    /// Each distinct finding with the pairings it was made in, worst and most frequent first.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut by_words: BTreeMap<(&str, &str), (&Trace, Vec<&Cell>)> = BTreeMap::new();
        for cell in &self.cells {
            for trace in &cell.findings {
                let key = (trace.requirement.as_str(), trace.sentence.as_str());
                by_words.entry(key).or_insert((trace, Vec::new())).1.push(cell);
            }
        }
        let mut groups: Vec<Group<'_>> = by_words
            .into_values()
            .map(|(trace, cells)| Group { trace, pairings: cells.len(), place: self.place(&cells) })
            .collect();
        groups.sort_by(|a, b| {
            (b.trace.verdict, b.pairings, &a.trace.sentence).cmp(&(
                a.trace.verdict,
                a.pairings,
                &b.trace.sentence,
            ))
        });
        groups
    }

    /// Values of one axis, in the order of the cells.
    pub fn axis(&self, of: impl Fn(&Cell) -> String) -> Vec<String> {
        values(self.cells.iter(), of)
    }

    /// Where some cells lie: each axis on which they are not everywhere.
    fn place(&self, cells: &[&Cell]) -> String {
        let mut words = Vec::new();
        let mut product = 1;
        for (name, of) in AXES {
            let here = values(cells.iter().copied(), of);
            product *= here.len();
            if here.len() < self.axis(of).len() {
                words.push(format!("{name} {}", here.join(", ")));
            }
        }
        let all = if words.is_empty() { "everywhere".to_owned() } else { words.join("; ") };
        if product == cells.len() { all } else { format!("among {all}") }
    }
}

fn values<'c>(cells: impl Iterator<Item = &'c Cell>, of: impl Fn(&Cell) -> String) -> Vec<String> {
    let mut found = Vec::new();
    for value in cells.map(of) {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

/// Reads one part of a cell.
type Axis = fn(&Cell) -> String;

/// The four axes of a cell by name.
const AXES: [(&str, Axis); 4] = [
    ("hub", |cell| cell.hub.to_string()),
    ("trust", |cell| cell.trust.to_string()),
    ("fl-server", |cell| cell.fl_server.clone()),
    ("fl-client", |cell| cell.fl_client.to_string()),
];

/// Work that fails at every hub alike, the trust's own included, and so tells nothing of a pairing.
fn fails_at_home(cells: &[Cell]) -> Option<String> {
    let by_query = |cell: &&Cell| cell.trust.row().delete_imaging == DeleteImaging::QueryParameter;
    let trusts = values(cells.iter().filter(by_query), |cell| cell.trust.to_string());
    (!trusts.is_empty()).then(|| {
        format!(
            "delete_imaging of trust {} ends with 405 at every hub, at home too (#963): where other \
             tasks are done it counts for no pairing",
            trusts.join(", ")
        )
    })
}
