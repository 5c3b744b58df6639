//! The matrix on a terminal of 80 columns.

use std::fmt::Write as _;

use anstyle::Style;

use super::super::cell::Verdict;
use super::super::report::MatrixReport;
use super::letters::{Layout, MEANINGS, letter, verdicts};
use crate::report::Palette;
use crate::report::wrapped;

/// The matrix as text: a table of letters, what they mean, each distinct finding once.
pub fn human(report: &MatrixReport, palette: Palette) -> String {
    let layout = Layout::of(report);
    let mut text = String::new();
    if !report.cells.is_empty() {
        table(&mut text, report, &layout, palette);
        legend(&mut text, &layout, palette);
        findings(&mut text, report, palette);
    }
    for note in &report.notes {
        paragraph(&mut text, "note: ", note);
    }
    for unjudged in &report.unjudged {
        paragraph(&mut text, "not judged: ", &format!("{}: {}", unjudged.pairing, unjudged.reason));
    }
    let counts: Vec<String> =
        report.tally().iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    let all = report.cells.len() + report.unjudged.len();
    let _ = writeln!(text, "{all} pairings: {}", counts.join(", "));
    text
}

/// The style of a verdict.
pub(super) fn style(palette: Palette, verdict: Verdict) -> Style {
    match verdict {
        Verdict::Works => palette.passed,
        Verdict::Degraded => palette.warned,
        Verdict::RefusedLoudly => palette.unverified,
        Verdict::LostInSilence => palette.failed,
    }
}

fn table(text: &mut String, report: &MatrixReport, layout: &Layout, palette: Palette) {
    let names = layout.servers.iter().map(|name| name.chars().count());
    let label = names.max().unwrap_or_default().max("fl-server".len()) + 3;
    let widest = layout.trusts.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let column = widest.max(layout.clients.len()) + 1;
    let _ = write!(text, "{:label$}", "trust");
    for trust in &layout.trusts {
        let _ = write!(text, "{trust:column$}");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    for hub in &layout.hubs {
        let strong = palette.strong;
        let _ = writeln!(text, "{strong}hub {hub}{strong:#}");
        for server in &layout.servers {
            let _ = write!(text, "  {server:0$}", label - 2);
            for (at, trust) in layout.trusts.iter().enumerate() {
                let group = verdicts(report, layout, (hub, trust, server));
                for verdict in &group {
                    let style = verdict.map_or(palette.faint, |verdict| style(palette, verdict));
                    let letter = verdict.map_or('?', letter);
                    let _ = write!(text, "{style}{letter}{style:#}");
                }
                if at + 1 < layout.trusts.len() {
                    let _ = write!(text, "{:1$}", "", column - group.len());
                }
            }
            text.push('\n');
        }
    }
    text.push('\n');
}

fn legend(text: &mut String, layout: &Layout, palette: Palette) {
    for (verdict, meaning) in MEANINGS {
        let (style, letter) = (style(palette, verdict), letter(verdict));
        let _ = writeln!(text, "{style}{letter} {verdict:<15}{style:#} {meaning}");
    }
    let clients = layout.clients.join(", ");
    paragraph(text, "rows: FL server; letters of a group: FL client ", &clients);
    text.push('\n');
}

fn findings(text: &mut String, report: &MatrixReport, palette: Palette) {
    for group in report.groups() {
        let trace = group.trace;
        let style = style(palette, trace.verdict);
        let letter = letter(trace.verdict);
        let said = format!("{} {}", trace.requirement, trace.sentence);
        for (at, line) in wrapped(&said, WIDTH - 2).into_iter().enumerate() {
            let mark = if at == 0 { letter } else { ' ' };
            let _ = writeln!(text, "{style}{mark}{style:#} {line}");
        }
        let pairings = if group.pairings == 1 { "pairing" } else { "pairings" };
        let place = format!("{} {pairings}: {}", group.pairings, group.place);
        let faint = palette.faint;
        for line in wrapped(&place, WIDTH - 4) {
            let _ = writeln!(text, "    {faint}{line}{faint:#}");
        }
    }
    if report.cells.iter().any(|cell| !cell.findings.is_empty()) {
        text.push('\n');
    }
}

fn paragraph(text: &mut String, begin: &str, words: &str) {
    for (at, line) in wrapped(&format!("{begin}{words}"), WIDTH - 2).into_iter().enumerate() {
        let indent = if at == 0 { "" } else { "  " };
        let _ = writeln!(text, "{indent}{line}");
    }
}

const WIDTH: usize = 80;
