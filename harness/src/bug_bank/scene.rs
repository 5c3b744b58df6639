//! What one play brought about: what was planted, what was seen, and what turned red.

use serde::Serialize;

use super::Catcher;
use crate::finding::{Judged, Stop, shorten};

/// What was planted, what of the symptom was seen, and what caught it.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// What was done to the stand-ins, in order.
    pub planted: Vec<String>,
    /// What was seen of the running system, in order: exchanges, log lines, rows.
    pub seen: Vec<String>,
    /// What its victims saw and the play did not.
    pub missing: Vec<String>,
    /// What was asked to catch it.
    pub caught: Vec<Caught>,
}

/// One catcher and what it said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Caught {
    /// Scenario, cell or check.
    pub by: String,
    /// Whether it turned red.
    pub red: bool,
    /// What it said.
    pub told: Vec<String>,
}

impl Scene {
    /// Notes what was done to the stand-ins.
    pub fn planted(&mut self, what: impl Into<String>) {
        self.planted.push(what.into());
    }

    /// Notes something seen of the running system.
    pub fn saw(&mut self, line: impl AsRef<str>) {
        let line = shorten(line.as_ref());
        // One line may show two parts of a symptom.
        if self.seen.last() != Some(&line) {
            self.seen.push(line);
        }
    }

    /// Notes several of them.
    pub fn saw_all<L: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = L>) {
        for line in lines {
            self.saw(line);
        }
    }

    /// A part of the symptom: `holds` when it was seen, with the line that shows it; otherwise the
    /// line tells what was seen instead.
    pub fn symptom(&mut self, holds: bool, what: &str, line: impl AsRef<str>) {
        self.saw(line);
        if !holds {
            self.missing.push(what.to_owned());
        }
    }

    /// Notes what a catcher said.
    pub fn caught(&mut self, caught: Caught) {
        self.caught.push(caught);
    }
}

impl Caught {
    /// What a judgement amounts to: a broken clause is red; what could not be judged stays an error.
    pub fn by(catcher: &Catcher, judged: Judged) -> Judged<Self> {
        let by = catcher.to_string();
        match judged {
            Ok(()) => Ok(Self { by, red: false, told: Vec::new() }),
            Err(Stop::Broken(finding)) => {
                let told = format!(
                    "{}: expected {}; observed {}",
                    finding.requirement, finding.expected, finding.observed
                );
                let told = std::iter::once(told).chain(finding.evidence.iter().cloned());
                Ok(Self { by, red: true, told: told.map(|line| shorten(&line)).collect() })
            }
            Err(other) => Err(other),
        }
    }
}
