//! Markdown for the summary page of a CI job.

use std::io::{self, Write};

use contract::catalogue;

use super::diagnosis::{Label, diagnosis, headline};
use super::format::{Content, Format, Options};
use super::human::verdict_words;
use super::plain_text::{duration, plural, visible};
use super::record::RunRecord;
use crate::event::ScenarioResult;
use crate::outcome::Outcome;

/// The row of this format.
pub(super) const FORMAT: Format = Format {
    name: "markdown",
    sentence: "Markdown for the summary page of a CI job",
    content: Content::Text,
    write,
};

fn write(record: &RunRecord, out: &mut dyn Write, options: &Options) -> io::Result<()> {
    head(out, record)?;
    counts(out, record)?;
    let told: Vec<&ScenarioResult> = record
        .results
        .iter()
        .filter(|result| result.outcome != Outcome::Passed || !result.findings.is_empty())
        .collect();
    table(out, &told, options)?;
    let explained = told.iter().filter(|result| result.outcome >= Outcome::Passed);
    let explained: Vec<&&ScenarioResult> = explained.collect();
    for result in explained.iter().take(DETAILS_MAX) {
        details(out, record, result)?;
    }
    if let Some(left @ 1..) = explained.len().checked_sub(DETAILS_MAX) {
        writeln!(out, "\n{} more not shown in full.", plural(left, "scenario"))?;
    }
    Ok(())
}

fn head(out: &mut dyn Write, record: &RunRecord) -> io::Result<()> {
    let (run, sum) = (&record.started, record.summary());
    let (words, meaning) = verdict_words(&sum);
    writeln!(out, "## flipcheck: {words}\n\n{meaning}.\n")?;
    writeln!(
        out,
        "Target {}, edition {}, seed {}, {}, exit code {}.",
        inline(&run.target.words()),
        run.edition,
        run.seed,
        duration(sum.duration_ms),
        sum.exit_code
    )?;
    for image in &run.target.images {
        writeln!(out, "\nImage {}.", inline(&image.words()))?;
    }
    for problem in record.problems() {
        writeln!(out, "\n> **{}**: {}", problem.outcome, inline(&problem.words()))?;
    }
    Ok(())
}

fn counts(out: &mut dyn Write, record: &RunRecord) -> io::Result<()> {
    let sum = record.summary();
    let of_requirements =
        |outcome| sum.requirements.iter().filter(|row| row.outcome == outcome).count();
    writeln!(out, "\n| outcome | scenarios | requirements |\n| --- | ---: | ---: |")?;
    for outcome in Outcome::ALL {
        let scenarios = sum.counts.get(&outcome).copied().unwrap_or(0);
        let requirements = of_requirements(outcome);
        if scenarios + requirements > 0 {
            writeln!(out, "| {outcome} | {scenarios} | {requirements} |")?;
        }
    }
    writeln!(out, "| all | {} | {} |", record.results.len(), sum.requirements.len())
}

fn table(out: &mut dyn Write, told: &[&ScenarioResult], options: &Options) -> io::Result<()> {
    if told.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| outcome | scenario | requirements | what |\n| --- | --- | --- | --- |")?;
    for result in told.iter().take(ROWS_MAX) {
        let mut ids: Vec<&str> =
            result.findings.iter().map(|found| found.finding.requirement.as_str()).collect();
        if ids.is_empty() {
            ids = result.requirements.iter().map(String::as_str).collect();
        }
        ids.dedup();
        let links: Vec<String> = ids.into_iter().map(|id| link(id, options)).collect();
        let (id, what) = (inline(&result.id), inline(&headline(result)));
        writeln!(out, "| {} | {id} | {} | {what} |", result.outcome, links.join(", "))?;
    }
    match told.len().checked_sub(ROWS_MAX) {
        Some(left @ 1..) => writeln!(out, "\n{} more not listed.", plural(left, "scenario")),
        _ => Ok(()),
    }
}

fn details(out: &mut dyn Write, record: &RunRecord, result: &ScenarioResult) -> io::Result<()> {
    let id = html(&visible(&result.id));
    writeln!(out, "\n<details><summary>{}: {id}</summary>\n", result.outcome)?;
    writeln!(out, "{}: {}\n", inline(&result.feature), inline(&result.name))?;
    for part in diagnosis(result, record.started.edition) {
        let label = part.label.words();
        match (part.label, part.lines.as_slice()) {
            (Label::Evidence | Label::Replay, lines) => {
                let fence = fence(lines);
                writeln!(out, "- {label}\n\n  {fence}text")?;
                for line in lines {
                    writeln!(out, "  {line}")?;
                }
                writeln!(out, "  {fence}")?;
            }
            (_, lines) => {
                let lines: Vec<String> = lines.iter().map(|line| inline(line)).collect();
                writeln!(out, "- {label}: {}", lines.join("<br>"))?;
            }
        }
    }
    writeln!(out, "\n</details>")
}

fn link(id: &str, options: &Options) -> String {
    match catalogue::find(id) {
        Some(clause) => {
            let anchor = clause.id.to_lowercase();
            format!("[{}]({}#{anchor})", clause.id, options.requirements_page)
        }
        None => inline(id),
    }
}

/// Text in which nothing is taken for Markdown or HTML, also in a table.
fn inline(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A fence longer than every row of backticks in the text.
fn fence(lines: &[String]) -> String {
    let longest =
        lines.iter().flat_map(|line| line.split(|c| c != '`').map(str::len)).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// A CI summary page holds a megabyte; one scenario in full may take ten kilobytes.
const DETAILS_MAX: usize = 50;
const ROWS_MAX: usize = 500;
