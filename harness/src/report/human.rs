//! For people at a terminal: readable without colour at 80 columns.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;

use super::diagnosis::{Label, Part, diagnosis, headline};
use super::format::{Content, Format, Options};
use super::palette::Palette;
use super::plain_text::{duration, plural, visible, wrapped};
use super::record::RunRecord;
use crate::event::{RunFinished, ScenarioResult};
use crate::outcome::{Outcome, Verdict};

/// The row of this format.
pub(super) const FORMAT: Format = Format {
    name: "human",
    sentence: "text for people, 80 columns wide",
    content: Content::Text,
    write,
};

fn write(record: &RunRecord, out: &mut dyn Write, options: &Options) -> io::Result<()> {
    let page = Page { record, palette: options.palette };
    page.head(out)?;
    page.themes(out)?;
    let (skipped, told): (Vec<_>, Vec<_>) = record
        .results
        .iter()
        .filter(|result| result.outcome != Outcome::Passed || !result.findings.is_empty())
        .partition(|result| result.outcome < Outcome::Passed);
    page.skipped(out, &skipped)?;
    let (waiting, told): (Vec<_>, Vec<_>) =
        told.into_iter().partition(|result| result.because.is_some());
    for alike in by_cause(told) {
        page.scenario(out, alike[0])?;
        others(out, &alike[1..])?;
    }
    page.waiting(out, &waiting)?;
    page.problems(out)?;
    page.verdict(out)
}

struct Page<'r> {
    record: &'r RunRecord,
    palette: Palette,
}

impl Page<'_> {
    fn head(&self, out: &mut dyn Write) -> io::Result<()> {
        let run = &self.record.started;
        let target = &run.target;
        let conduct = run.conduct.as_deref().map(|conduct| format!(", conduct {conduct}"));
        let head = format!(
            "flipcheck {} judges a {}: {}{}{}, edition {}",
            run.flipcheck,
            target.side.word(),
            target.kind,
            target.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default(),
            conduct.unwrap_or_default(),
            run.edition
        );
        paragraph(out, &head, 0)?;
        for image in &target.images {
            paragraph(out, &format!("image {}", image.words()), 0)?;
        }
        paragraph(out, &format!("seed {}, started {}", run.seed, run.started), 0)
    }

    fn themes(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out)?;
        let themes = self.record.themes();
        let width = themes.iter().map(|(name, _)| visible(name).chars().count()).max();
        let width = width.unwrap_or(0).clamp(THEME_COLUMNS_MIN, THEME_COLUMNS_MAX);
        for (theme, scenarios) in themes {
            let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
            for result in scenarios {
                *counts.entry(result.outcome).or_insert(0) += 1;
            }
            let worst = counts.keys().next_back().copied().unwrap_or_default();
            let name = format!("{:width$}", visible(theme));
            let rows = wrapped(&said(&counts), COLUMNS - width - 4);
            for (place, row) in rows.iter().enumerate() {
                let name = if place == 0 { name.as_str() } else { "" };
                let row = painted(self.palette.of(worst), row);
                writeln!(out, "  {name:width$}  {row}")?;
            }
        }
        Ok(())
    }

    /// What was not run, by reason: every skip is printed, none at length.
    fn skipped(&self, out: &mut dyn Write, skipped: &[&ScenarioResult]) -> io::Result<()> {
        let mut reasons: BTreeMap<(Outcome, String), Vec<&str>> = BTreeMap::new();
        for result in skipped {
            reasons.entry((result.outcome, headline(result))).or_default().push(&result.id);
        }
        for ((outcome, reason), ids) in reasons {
            let word = painted(self.palette.of(outcome), outcome.word());
            writeln!(out, "\n{word}  {}", plural(ids.len(), "scenario"))?;
            paragraph(out, if reason.is_empty() { "no reason given" } else { &reason }, 2)?;
            for id in ids {
                writeln!(out, "    {}", visible(id))?;
            }
        }
        Ok(())
    }

    fn scenario(&self, out: &mut dyn Write, result: &ScenarioResult) -> io::Result<()> {
        let word = result.outcome.word().to_uppercase();
        let style = self.palette.of(result.outcome);
        let id = painted(self.palette.strong, &visible(&result.id));
        writeln!(out, "\n{}  {id}", painted(style, &word))?;
        let ran = result.duration_ms > 0;
        let took = ran.then(|| format!(" ({})", duration(result.duration_ms)));
        let title = format!("{}: {}{}", result.feature, result.name, took.unwrap_or_default());
        paragraph(out, &title, 2)?;
        for part in diagnosis(result, self.record.started.edition) {
            if part.label == Label::Requirement {
                writeln!(out)?;
            }
            self.part(out, &part)?;
        }
        Ok(())
    }

    /// What could not be tested because of another clause, a block each.
    fn waiting(&self, out: &mut dyn Write, waiting: &[&ScenarioResult]) -> io::Result<()> {
        let mut causes: BTreeMap<(&str, Outcome), Vec<&ScenarioResult>> = BTreeMap::new();
        for result in waiting {
            let cause = result.because.as_deref().unwrap_or_default();
            causes.entry((cause, result.outcome)).or_default().push(result);
        }
        for ((cause, outcome), results) in causes {
            let word = painted(self.palette.of(outcome), &outcome.word().to_uppercase());
            let count = plural(results.len(), "scenario");
            writeln!(out, "\n{word}  because of {}: {count}", visible(cause))?;
            paragraph(out, &headline(results[0]), 2)?;
            for result in results {
                writeln!(out, "    {}", visible(&result.id))?;
            }
        }
        Ok(())
    }

    fn part(&self, out: &mut dyn Write, part: &Part) -> io::Result<()> {
        let mut label = part.label.words();
        for line in &part.lines {
            let rows = match part.label {
                Label::Replay => vec![painted(self.palette.strong, line)],
                Label::Evidence => hanging(line),
                _ => wrapped(line, COLUMNS - TEXT_COLUMN),
            };
            for row in rows {
                let painted = painted(self.palette.faint, &format!("{label:LABEL_COLUMNS$}"));
                let text = format!("  {painted}  {row}");
                writeln!(out, "{}", text.trim_end())?;
                label = "";
            }
        }
        Ok(())
    }

    fn problems(&self, out: &mut dyn Write) -> io::Result<()> {
        for problem in self.record.problems() {
            let word = painted(self.palette.of(problem.outcome), "problem with the run itself");
            writeln!(out, "\n{word}  {}", problem.outcome)?;
            paragraph(out, &problem.words(), 2)?;
        }
        Ok(())
    }

    fn verdict(&self, out: &mut dyn Write) -> io::Result<()> {
        let sum = self.record.summary();
        let (words, meaning) = verdict_words(&sum);
        let style = match sum.verdict {
            Verdict::Conformant => self.palette.passed,
            Verdict::NotConformant | Verdict::StaleExpectation => self.palette.failed,
            Verdict::NotVerified => self.palette.unverified,
        };
        writeln!(out, "\n{}  {meaning}", painted(style, words))?;
        let counted =
            format!("{}: {}", plural(self.record.results.len(), "scenario"), said(&sum.counts));
        paragraph(out, &counted, 0)?;
        let (seed, took) = (self.record.started.seed, duration(sum.duration_ms));
        writeln!(out, "seed {seed}, took {took}, exit code {}", sum.exit_code)
    }
}

/// Those of which everything said above is true as well.
fn others(out: &mut dyn Write, others: &[&ScenarioResult]) -> io::Result<()> {
    if others.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n  the same in {}", plural(others.len(), "other scenario"))?;
    for result in others {
        writeln!(out, "    {}", visible(&result.id))?;
    }
    Ok(())
}

/// Scenarios that tell the same of the same clauses side by side, the others alone; in order.
///
/// Numbers in what was observed are no difference: one cause rarely takes the same time twice.
fn by_cause(told: Vec<&ScenarioResult>) -> Vec<Vec<&ScenarioResult>> {
    let mut groups: Vec<(String, Vec<&ScenarioResult>)> = Vec::new();
    for result in told {
        let cause = cause(result);
        match groups.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, alike)) => alike.push(result),
            None => groups.push((cause, vec![result])),
        }
    }
    groups.into_iter().map(|(_, alike)| alike).collect()
}

fn cause(result: &ScenarioResult) -> String {
    let findings = result.findings.iter().map(|found| {
        let finding = &found.finding;
        format!("{} {} {}", finding.requirement, finding.expected, finding.observed)
    });
    let mut words: Vec<String> = findings.collect();
    if words.is_empty() {
        // Whoever says nothing has a cause of its own.
        words.push(result.reason.clone().unwrap_or_else(|| result.id.clone()));
    }
    let text = format!("{} {}", result.outcome, words.join("\n"));
    text.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect()
}

/// The verdict in capitals and what it means.
pub(super) fn verdict_words(sum: &RunFinished) -> (&'static str, &'static str) {
    match sum.verdict {
        Verdict::Conformant => ("CONFORMANT", "every MUST that was tested holds"),
        Verdict::NotConformant => ("NOT CONFORMANT", "a MUST is broken"),
        Verdict::StaleExpectation => ("STALE EXPECTATION", "an expectation is not true any more"),
        Verdict::NotVerified if sum.counts.contains_key(&Outcome::Failed) => {
            ("NOT VERIFIED", "not everything could be tested, and a MUST is broken")
        }
        Verdict::NotVerified => ("NOT VERIFIED", "not everything could be tested, if anything"),
    }
}

/// The counts in words, gravest first: `1 failed, 3 passed`.
pub(super) fn said(counts: &BTreeMap<Outcome, usize>) -> String {
    if counts.is_empty() {
        return "none".to_owned();
    }
    let words: Vec<String> =
        counts.iter().rev().map(|(outcome, count)| format!("{count} {outcome}")).collect();
    words.join(", ")
}

fn paragraph(out: &mut dyn Write, text: &str, indent: usize) -> io::Result<()> {
    for line in wrapped(&visible(text), COLUMNS - indent) {
        writeln!(out, "{:indent$}{}", "", line.trim_end())?;
    }
    Ok(())
}

/// Lines of one piece of evidence, those that continue it set in.
fn hanging(line: &str) -> Vec<String> {
    let mut rows = wrapped(line, COLUMNS - TEXT_COLUMN - 2);
    for row in rows.iter_mut().skip(1) {
        row.insert_str(0, "  ");
    }
    rows
}

fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

const COLUMNS: usize = 80;
const LABEL_COLUMNS: usize = 12;
const TEXT_COLUMN: usize = LABEL_COLUMNS + 4;
const THEME_COLUMNS_MIN: usize = 8;
const THEME_COLUMNS_MAX: usize = 24;
