//! Test Anything Protocol, version 14.

use std::io::{self, Write};

use super::diagnosis::{diagnosis, headline};
use super::format::{Content, Format, Options};
use super::human::said;
use super::plain_text::visible;
use super::record::RunRecord;
use crate::event::ScenarioResult;
use crate::outcome::Outcome;

/// The row of this format.
pub(super) const FORMAT: Format = Format {
    name: "tap",
    sentence: "Test Anything Protocol, version 14",
    content: Content::Text,
    write,
};

/// A known deviation is a `TODO`, which fails nothing; whatever is not applicable or disabled is a
/// `SKIP`. What is wrong with the run itself is a test point of its own, so that a consumer is red
/// exactly when flipcheck is.
fn write(record: &RunRecord, out: &mut dyn Write, _: &Options) -> io::Result<()> {
    let complaint = record.complaint();
    let points = record.results.len() + usize::from(complaint.is_some());
    let (run, sum) = (&record.started, record.summary());
    writeln!(out, "TAP version 14\n1..{points}")?;
    comment(out, &format!("flipcheck {}, seed {}", run.flipcheck, run.seed))?;
    let (side, kind) = (run.target.side.word(), &run.target.kind);
    comment(out, &format!("target {side} {kind}, edition {}", run.edition))?;
    for image in &run.target.images {
        comment(out, &format!("image {}", image.words()))?;
    }
    for (place, result) in record.results.iter().enumerate() {
        point(out, place + 1, result)?;
        if result.outcome > Outcome::Passed || !result.findings.is_empty() {
            diagnostics(out, result, record)?;
        }
    }
    if let Some(complaint) = complaint {
        writeln!(out, "not ok {points} - the run itself")?;
        yaml(out, [("message", vec![visible(&complaint).into_owned()])])?;
    }
    for problem in record.problems() {
        comment(out, &format!("problem ({}): {}", problem.outcome, problem.words()))?;
    }
    let (verdict, code) = (sum.verdict.word(), sum.exit_code);
    comment(out, &format!("{verdict}, exit code {code}: {}", said(&sum.counts)))
}

fn point(out: &mut dyn Write, number: usize, result: &ScenarioResult) -> io::Result<()> {
    let (word, directive) = match result.outcome {
        Outcome::Passed | Outcome::Warned => ("ok", None),
        Outcome::Disabled | Outcome::NotApplicable => ("ok", Some("SKIP")),
        Outcome::KnownDeviation => ("not ok", Some("TODO")),
        Outcome::Failed | Outcome::UnexpectedPass | Outcome::NotVerified => ("not ok", None),
    };
    write!(out, "{word} {number} - {}", escaped(&result.id))?;
    if let Some(directive) = directive {
        let reason = escaped(&headline(result));
        write!(
            out,
            " # {directive} {}",
            if reason.is_empty() { "no reason given" } else { &reason }
        )?;
    }
    writeln!(out)
}

fn diagnostics(out: &mut dyn Write, result: &ScenarioResult, record: &RunRecord) -> io::Result<()> {
    let head = [("outcome", vec![result.outcome.to_string()])];
    let parts = diagnosis(result, record.started.edition);
    let parts = parts.into_iter().map(|part| (part.label.words(), part.lines));
    yaml(out, head.into_iter().chain(parts))
}

/// A YAML block: a list of one-member maps, as a label may come more than once.
fn yaml(
    out: &mut dyn Write,
    members: impl IntoIterator<Item = (&'static str, Vec<String>)>,
) -> io::Result<()> {
    writeln!(out, "  ---")?;
    for (label, lines) in members {
        match lines.as_slice() {
            // JSON strings are YAML strings.
            [line] => writeln!(out, "  - {label}: {}", serde_json::Value::from(line.as_str()))?,
            lines => {
                writeln!(out, "  - {label}:")?;
                for line in lines {
                    writeln!(out, "    - {}", serde_json::Value::from(line.as_str()))?;
                }
            }
        }
    }
    writeln!(out, "  ...")
}

fn comment(out: &mut dyn Write, text: &str) -> io::Result<()> {
    writeln!(out, "# {}", visible(text))
}

/// A description in which nothing is taken for a directive.
fn escaped(text: &str) -> String {
    visible(text).replace('\\', r"\\").replace('#', r"\#")
}
