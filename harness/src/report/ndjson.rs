//! The events again, one a line: what every other report can be made from.

use std::io::{self, Write};

use super::format::{Content, Format, Options};
use super::record::RunRecord;
use crate::event::Event;

/// The row of this format.
pub(super) const FORMAT: Format = Format {
    name: "ndjson",
    sentence: "one event a line; every other report can be made from it",
    content: Content::Json,
    write,
};

/// Scenarios come in plan order, each start beside its end. Of a run that was cut short only what
/// there was is written, so that reading it gives the same record.
fn write(record: &RunRecord, out: &mut dyn Write, _: &Options) -> io::Result<()> {
    line(out, &Event::RunStarted(record.started.clone()))?;
    let mut begun = record.begun.clone();
    for result in &record.results {
        if let Some(at_ms) = begun.remove(&result.id) {
            line(out, &Event::ScenarioStarted { id: result.id.clone(), at_ms })?;
        }
        if !record.undone.contains(&result.id) {
            line(out, &Event::ScenarioFinished(result.clone()))?;
        }
    }
    for (id, at_ms) in begun {
        line(out, &Event::ScenarioStarted { id, at_ms })?;
    }
    for problem in &record.problems {
        line(out, &problem.event())?;
    }
    match &record.finished {
        Some(finished) => line(out, &Event::RunFinished(finished.clone())),
        None => Ok(()),
    }
}

fn line(out: &mut dyn Write, event: &Event) -> io::Result<()> {
    serde_json::to_writer(&mut *out, event)?;
    out.write_all(b"\n")
}
