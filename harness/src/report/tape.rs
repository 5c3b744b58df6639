//! Folding an event stream into a record; reading it back from NDJSON, also torn.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Read as _};

use serde::Deserialize as _;
use serde_json::Value;

use super::record::RunRecord;
use crate::event::{
    Event, Planned, Problem, RunFinished, RunStarted, SCHEMA_VERSION, ScenarioResult,
};
use crate::outcome::Outcome;

/// Takes the events of one run, in order, and makes its record.
#[derive(Debug, Default)]
pub struct Tape {
    started: Option<RunStarted>,
    ended: Vec<ScenarioResult>,
    begun: BTreeMap<String, u64>,
    problems: Vec<Problem>,
    finished: Option<RunFinished>,
}

/// An event stream that tells of no run, or not of one.
#[derive(Debug, thiserror::Error)]
pub enum TapeError {
    /// It cannot be read.
    #[error("read the event stream: {0}")]
    Unreadable(#[from] io::Error),
    /// One line of it is wrong.
    #[error("line {line}: {reason}")]
    BadLine {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no event in it.
    #[error("there is no run_started event: this is no event stream, or nothing of it was written")]
    Empty,
}

impl Tape {
    /// Takes the next event; the error says why it cannot follow those before it.
    pub fn push(&mut self, event: Event) -> Result<(), String> {
        if self.started.is_none() && !matches!(event, Event::RunStarted(_)) {
            return Err("the first event is not run_started".to_owned());
        }
        match event {
            Event::RunStarted(started) => return self.start(started),
            Event::ScenarioStarted { id, at_ms } => {
                self.begun.entry(id).or_insert(at_ms);
            }
            Event::ScenarioFinished(result) => {
                if self.ended.iter().any(|known| known.id == result.id) {
                    return Err(format!("a second result for the scenario {:?}", result.id));
                }
                self.ended.push(result);
            }
            Event::Problem(problem) => self.problems.push(problem),
            Event::RunFinished(finished) => self.finished = Some(finished),
        }
        Ok(())
    }

    /// The record of what was taken; `None` when that was nothing.
    pub fn record(self) -> Option<RunRecord> {
        let started = self.started?;
        let mut ended: BTreeMap<String, ScenarioResult> = BTreeMap::new();
        let mut order: Vec<String> = started.planned.iter().map(|plan| plan.id.clone()).collect();
        for result in self.ended {
            order.push(result.id.clone());
            ended.insert(result.id.clone(), result);
        }
        let plans: BTreeMap<&str, &Planned> =
            started.planned.iter().map(|plan| (plan.id.as_str(), plan)).collect();
        let mut undone = BTreeSet::new();
        let mut results = Vec::new();
        let mut seen = BTreeSet::new();
        for id in order.into_iter().filter(|id| seen.insert(id.clone())) {
            if let Some(result) = ended.remove(&id) {
                results.push(result);
            } else if let Some(plan) = plans.get(id.as_str()) {
                results.push(not_ended(plan, self.begun.contains_key(&id)));
                undone.insert(id);
            }
        }
        let (begun, problems, finished) = (self.begun, self.problems, self.finished);
        Some(RunRecord { started, results, problems, finished, begun, undone })
    }

    fn start(&mut self, started: RunStarted) -> Result<(), String> {
        if self.started.is_some() {
            return Err("a second run_started: one stream holds one run".to_owned());
        }
        if started.schema_version > SCHEMA_VERSION {
            return Err(format!(
                "schema_version {} is newer than {SCHEMA_VERSION}: read it with flipcheck {}",
                started.schema_version, started.flipcheck
            ));
        }
        self.started = Some(started);
        Ok(())
    }
}

impl RunRecord {
    /// The record of the run these events tell of; lines of the error are events, from 1.
    pub fn of(events: impl IntoIterator<Item = Event>) -> Result<Self, TapeError> {
        let mut tape = Tape::default();
        for (before, event) in events.into_iter().enumerate() {
            let line = before + 1;
            tape.push(event).map_err(|reason| TapeError::BadLine { line, reason })?;
        }
        tape.record().ok_or(TapeError::Empty)
    }

    /// Reads an NDJSON stream.
    ///
    /// Unknown kinds of event, unknown members and blank lines are passed over. A last line without
    /// its line break that is not complete JSON is what a killed run leaves: it is passed over too.
    /// Any other line that is no event is an error.
    pub fn read(mut from: impl BufRead) -> Result<Self, TapeError> {
        let mut tape = Tape::default();
        let mut bytes = Vec::new();
        for line in 1.. {
            bytes.clear();
            let bad = |reason: String| TapeError::BadLine { line, reason };
            let read = (&mut from).take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut bytes)?;
            if read == 0 {
                break;
            }
            if read as u64 > LINE_BYTES_MAX {
                return Err(bad(format!("longer than {LINE_BYTES_MAX} bytes")));
            }
            if let Some(event) = parsed(&bytes).map_err(bad)? {
                tape.push(event).map_err(bad)?;
            }
        }
        tape.record().ok_or(TapeError::Empty)
    }
}

/// The event on a line; `None` when there is nothing this version needs to know.
fn parsed(line: &[u8]) -> Result<Option<Event>, String> {
    let whole = line.ends_with(b"\n");
    if line.trim_ascii().is_empty() {
        return Ok(None);
    }
    let value: Value = match serde_json::from_slice(line.trim_ascii_end()) {
        Ok(value) => value,
        Err(_) if !whole => return Ok(None),
        Err(error) => return Err(format!("not JSON (column {})", error.column())),
    };
    let kind = value.get("event").and_then(Value::as_str);
    let kind = kind.ok_or("not an event: it has no member \"event\"")?.to_owned();
    if !KINDS.contains(&kind.as_str()) {
        return Ok(None);
    }
    Event::deserialize(value).map(Some).map_err(|error| format!("not a {kind} event: {error}"))
}

fn not_ended(plan: &Planned, begun: bool) -> ScenarioResult {
    let reason = if begun { "started, did not end" } else { "did not run: the run was cut short" };
    ScenarioResult {
        id: plan.id.clone(),
        feature: plan.feature.clone(),
        name: plan.name.clone(),
        requirements: plan.requirements.clone(),
        outcome: Outcome::NotVerified,
        reason: Some(reason.to_owned()),
        because: None,
        duration_ms: 0,
        findings: Vec::new(),
        step: None,
        case: None,
    }
}

const KINDS: [&str; 5] =
    ["run_started", "scenario_started", "scenario_finished", "problem", "run_finished"];

/// A run's longest line is its plan; this is hundreds of times that.
const LINE_BYTES_MAX: u64 = 16 * 1024 * 1024;
