//! The matrix in Markdown, for a CI summary.

use std::fmt::Write as _;

use super::super::report::MatrixReport;
use super::letters::{Layout, MEANINGS, group, letter, verdicts};

/// The matrix as Markdown.
pub fn markdown(report: &MatrixReport) -> String {
    let layout = Layout::of(report);
    let mut text = String::from("# Upgrade window\n\n");
    for (verdict, count) in report.tally() {
        let meaning = MEANINGS.iter().find(|(of, _)| *of == verdict).map_or("", |(_, words)| words);
        let _ = writeln!(text, "- `{}` **{verdict}** {count}: {meaning}", letter(verdict));
    }
    let _ = writeln!(
        text,
        "\nRows: hub and FL server. Columns: trust. Letters of a group: FL client {}.\n",
        layout.clients.join(", ")
    );
    let heads: Vec<String> = layout.trusts.iter().map(|trust| format!(" {trust} |")).collect();
    let _ = writeln!(text, "| hub | FL server |{}", heads.concat());
    let _ = writeln!(text, "|---|---|{}", "---|".repeat(layout.trusts.len()));
    for hub in &layout.hubs {
        for server in &layout.servers {
            let _ = write!(text, "| {hub} | {server} |");
            for trust in &layout.trusts {
                let letters = group(&verdicts(report, &layout, (hub, trust, server)));
                let _ = write!(text, " `{letters}` |");
            }
            text.push('\n');
        }
    }
    text.push_str("\n| | requirement | finding | pairings | where |\n|---|---|---|---|---|\n");
    for group in report.groups() {
        let trace = group.trace;
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} |",
            letter(trace.verdict),
            trace.requirement,
            trace.sentence.replace('|', "\\|"),
            group.pairings,
            group.place
        );
    }
    for note in &report.notes {
        let _ = writeln!(text, "\nNote: {note}.");
    }
    for unjudged in &report.unjudged {
        let _ = writeln!(text, "\nNot judged: {}: {}", unjudged.pairing, unjudged.reason);
    }
    text
}
