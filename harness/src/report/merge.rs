//! One record from the records of several shards.

use std::collections::BTreeSet;

use super::record::RunRecord;
use super::tally::tally;
use crate::engine::{Shard, settle_dependents};
use crate::event::ImageInfo;
use crate::event::{Problem, RunStarted};
use crate::expect::stale;
use crate::outcome::Outcome;

/// Records that are not shards of one run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is none.
    #[error("there is no run to merge")]
    Nothing,
    /// They judge different things.
    #[error("these runs differ in {what}: {one} and {other}; merge only shards of one run")]
    Differ {
        /// What differs.
        what: &'static str,
        /// In the first record.
        one: String,
        /// In a later one.
        other: String,
    },
    /// Some parts of the divided run are not there.
    #[error(
        "shard {missing} is missing: merge all {count} shards of the run, or none of it counts"
    )]
    Incomplete {
        /// The first that is missing.
        missing: Shard,
        /// How many there should be.
        count: usize,
    },
    /// They have a scenario in common.
    #[error("the scenario {0:?} is in two of these runs; shards of one run share none")]
    Overlap(String),
}

impl RunRecord {
    /// The run these shards are parts of.
    ///
    /// They must agree in seed, edition, target, conduct and version, and where they say which shards
    /// they are, all of them must be there: a part of a run is not verified as a whole. The result does not depend on
    /// their order: scenarios are sorted by id, the run began when the first shard did and took as
    /// long as the longest. One shard that was cut short makes the whole cut short.
    pub fn merge(mut parts: Vec<Self>) -> Result<Self, MergeError> {
        parts.sort_by(|a, b| place(a).cmp(&place(b)));
        let Some(first) = parts.first() else { return Err(MergeError::Nothing) };
        let mut started = RunStarted { planned: Vec::new(), shard: None, ..first.started.clone() };
        for part in &parts {
            agree(&first.started, &part.started)?;
        }
        complete(&parts)?;
        let whole = parts.iter().all(|part| part.finished.is_some());
        let duration_ms = parts.iter().map(|part| part.summary().duration_ms).max().unwrap_or(0);
        let mut merged = Self { finished: None, ..empty(started.clone()) };
        for part in parts {
            started.planned.extend(part.started.planned);
            merged.results.extend(part.results);
            merged.problems.extend(part.problems);
            merged.begun.extend(part.begun);
            merged.undone.extend(part.undone);
        }
        started.planned.sort_by(|a, b| a.id.cmp(&b.id));
        merged.results.sort_by(|a, b| a.id.cmp(&b.id));
        let mut seen = BTreeSet::new();
        if let Some(twice) = merged.results.iter().find(|result| !seen.insert(&result.id)) {
            return Err(MergeError::Overlap(twice.id.clone()));
        }
        // What waited for a cause in another shard finds it here.
        settle_dependents(&mut merged.results);
        // Only now is everything together that a known deviation could have shown in.
        let gone = stale(&started.expected, &merged.results).into_iter();
        merged.problems.extend(gone.map(|message| Problem::new(Outcome::UnexpectedPass, message)));
        started.expected.clear();
        let mut told = BTreeSet::new();
        merged.problems.retain(|problem| told.insert((problem.outcome, problem.message.clone())));
        merged.started = started;
        if whole {
            merged.finished = Some(tally(&merged.results, &merged.problems, duration_ms));
        }
        Ok(merged)
    }
}

fn empty(started: RunStarted) -> RunRecord {
    RunRecord {
        started,
        results: Vec::new(),
        problems: Vec::new(),
        finished: None,
        begun: std::collections::BTreeMap::new(),
        undone: BTreeSet::new(),
    }
}

/// A place among the shards that depends on what they hold only.
fn place(part: &RunRecord) -> (&str, Vec<&str>) {
    (&part.started.started, part.results.iter().map(|result| result.id.as_str()).collect())
}

fn complete(parts: &[RunRecord]) -> Result<(), MergeError> {
    let shards: Vec<Shard> = parts.iter().filter_map(|part| part.started.shard).collect();
    let Some(Shard { count, .. }) = shards.first().copied() else { return Ok(()) };
    let mut wanted = (1..=count).map(|index| Shard { index, count });
    match wanted.find(|shard| !shards.contains(shard)) {
        Some(missing) => Err(MergeError::Incomplete { missing, count }),
        None => Ok(()),
    }
}

fn agree(one: &RunStarted, other: &RunStarted) -> Result<(), MergeError> {
    let facts = |run: &RunStarted| {
        let version = run.target.version.as_deref().unwrap_or("unknown");
        [
            ("version of flipcheck", run.flipcheck.clone()),
            ("seed", run.seed.to_string()),
            ("edition", run.edition.to_string()),
            ("judged side", run.target.side.word().to_owned()),
            ("kind of target", run.target.kind.clone()),
            ("version of the target", version.to_owned()),
            (
                "images",
                run.target.images.iter().map(ImageInfo::words).collect::<Vec<_>>().join("; "),
            ),
            (
                "number of shards",
                run.shard.map_or_else(|| "none".to_owned(), |shard| shard.count.to_string()),
            ),
            ("conduct", run.conduct.clone().unwrap_or_else(|| "none".to_owned())),
        ]
    };
    for ((what, one), (_, other)) in facts(one).into_iter().zip(facts(other)) {
        if one != other {
            return Err(MergeError::Differ { what, one, other });
        }
    }
    Ok(())
}
