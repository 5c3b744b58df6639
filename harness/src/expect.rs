//! Known deviations: named one by one, with a reason, an owner and an end; never silent, never stale.

use camino::{Utf8Path, Utf8PathBuf};
use contract::catalogue::{self, By, Deviation, Requirement};
use contract::edition::EditionId;
use contract::fl_line::FlLineId;
use serde::{Deserialize, Serialize};

use crate::event::{Expected, Side};
use crate::outcome::{Outcome, Strictness};

mod staleness;

pub use staleness::{Scope, stale};

/// A file of expectations, as people write it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectationFile {
    /// Each known deviation.
    #[serde(default)]
    pub expect: Vec<Expectation>,
}

/// One known deviation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Exact id of the requirement that is broken.
    pub requirement: String,
    /// Exact id of the scenario, if only that one shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Why it is known and accepted.
    pub reason: String,
    /// Who will see to it.
    pub owner: String,
    /// Last day it may be used, `YYYY-MM-DD`.
    pub expires: jiff::civil::Date,
}

/// An expectation file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExpectError {
    /// Cannot be read.
    #[error("expectation file {path}: {source}")]
    Io {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Is none.
    #[error("expectation file {path}: {reason}")]
    Malformed {
        /// The file.
        path: Utf8PathBuf,
        /// Where and what.
        reason: String,
    },
}

/// The expectations of a run.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    rows: Vec<Row>,
    today: jiff::civil::Date,
}

#[derive(Clone, Debug)]
struct Row {
    expectation: Expectation,
    origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    File,
    Catalogue,
}

impl Expectations {
    /// Reads a file; every requirement and scenario in it must exist.
    pub fn read(path: &Utf8Path, known: &[&str]) -> Result<Self, ExpectError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ExpectError::Io { path: path.to_owned(), source })?;
        let malformed = |reason: String| ExpectError::Malformed { path: path.to_owned(), reason };
        let file: ExpectationFile =
            toml::from_str(&text).map_err(|error| malformed(error.to_string()))?;
        for row in &file.expect {
            if catalogue::find(&row.requirement).is_none() {
                return Err(malformed(format!("no requirement {:?}", row.requirement)));
            }
            if let Some(id) = row.scenario.as_deref().filter(|id| !known.contains(id)) {
                return Err(malformed(format!("no scenario {id:?}")));
            }
        }
        Ok(Self::of(file.expect, Origin::File))
    }

    /// What the catalogue says the real services of an edition do against their contract.
    pub fn as_built(edition: EditionId, side: Side) -> Self {
        let rows = deviations(edition, side).map(|(clause, deviation)| Expectation {
            requirement: clause.id.to_owned(),
            scenario: None,
            reason: deviation.sentence.to_owned(),
            owner: "catalogue".to_owned(),
            expires: jiff::civil::date(2999, 12, 31),
        });
        Self::of(rows.collect(), Origin::Catalogue)
    }

    /// The expectations themselves, to write a file from.
    pub fn rows(&self) -> Vec<Expectation> {
        self.rows.iter().map(|row| row.expectation.clone()).collect()
    }

    fn of(rows: Vec<Expectation>, origin: Origin) -> Self {
        let rows = rows.into_iter().map(|expectation| Row { expectation, origin }).collect();
        Self { rows, today: jiff::Zoned::now().date() }
    }

    /// What a broken clause amounts to in that scenario.
    pub fn weigh(&self, scenario: &str, requirement: &str, strictness: Strictness) -> Outcome {
        let known = self.valid().any(|row| {
            row.expectation.requirement == requirement
                && row.expectation.scenario.as_deref().is_none_or(|id| id == scenario)
        });
        if known {
            return Outcome::KnownDeviation;
        }
        catalogue::find(requirement)
            .map_or(Outcome::Failed, |clause| Outcome::of_broken(clause.level, strictness))
    }

    /// Expectations whose last day is over.
    pub fn expired(&self) -> Vec<String> {
        self.rows
            .iter()
            .filter(|row| !self.is_valid(row))
            .map(|Row { expectation: Expectation { requirement, expires, .. }, .. }| {
                format!("the expectation of {requirement} expired on {expires}")
            })
            .collect()
    }

    /// The expectations a run of that scope is held against, in their order.
    pub fn expected(&self, scope: &Scope) -> Vec<Expected> {
        self.valid()
            .map(|Row { expectation, origin }| Expected {
                requirement: expectation.requirement.clone(),
                scenario: expectation.scenario.clone(),
                reason: expectation.reason.clone(),
                covered: scope.concerns(&expectation.requirement)
                    && scope.covers(&expectation.requirement, expectation.scenario.as_deref()),
                demanded: scope.concerns(&expectation.requirement)
                    && *origin == Origin::File
                    && scope.whole,
            })
            .collect()
    }

    fn valid(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| self.is_valid(row))
    }

    fn is_valid(&self, row: &Row) -> bool {
        row.origin == Origin::Catalogue || row.expectation.expires >= self.today
    }
}

/// Where the real services of an edition break their contract, on one side.
pub fn deviations(
    edition: EditionId,
    side: Side,
) -> impl Iterator<Item = (&'static Requirement, &'static Deviation)> {
    catalogue::deviations().filter(move |(clause, deviation)| {
        let of_side = match side {
            Side::Trust => clause.subject == catalogue::Subject::Trust,
            // What an FL run leaves behind is the hub's to keep, whoever the clause is about.
            Side::Hub => {
                matches!(clause.subject, catalogue::Subject::Hub | catalogue::Subject::FlServer)
            }
        };
        // The FL client is part of a trust; unless told otherwise it is of the newest line.
        let real = match deviation.by {
            By::Services => true,
            By::FlLines(lines) => {
                clause.subject == catalogue::Subject::Trust && lines.contains(&FlLineId::DEFAULT)
            }
            By::Built | By::Document => false,
        };
        of_side && real && clause.applies_to(edition) && deviation.concerns(edition)
    })
}
