//! One letter a verdict, one group of letters a meeting of hub, trust and FL server.

use super::super::cell::{Cell, Verdict};
use super::super::report::MatrixReport;

/// The letter of a verdict.
pub(super) fn letter(verdict: Verdict) -> char {
    match verdict {
        Verdict::Works => '.',
        Verdict::Degraded => 'd',
        Verdict::RefusedLoudly => 'R',
        Verdict::LostInSilence => 'L',
    }
}

/// What the letters mean, worst last.
pub(super) const MEANINGS: [(Verdict, &str); 4] = [
    (Verdict::Works, "all work done, all of it kept"),
    (Verdict::Degraded, "all work kept, some of it means less"),
    (Verdict::RefusedLoudly, "work not done, and somebody is told"),
    (Verdict::LostInSilence, "sent and missing or wrong, and nobody is told"),
];

/// The axes of a report, by name.
pub(super) struct Layout {
    pub(super) hubs: Vec<String>,
    pub(super) trusts: Vec<String>,
    pub(super) servers: Vec<String>,
    pub(super) clients: Vec<String>,
}

impl Layout {
    pub(super) fn of(report: &MatrixReport) -> Self {
        Self {
            hubs: report.axis(|cell| cell.hub.to_string()),
            trusts: report.axis(|cell| cell.trust.to_string()),
            servers: report.axis(|cell| cell.fl_server.clone()),
            clients: report.axis(|cell| cell.fl_client.to_string()),
        }
    }
}

/// The verdicts where hub, trust and server meet, one for each FL client; none where it was not judged.
pub(super) fn verdicts(
    report: &MatrixReport,
    layout: &Layout,
    (hub, trust, server): (&str, &str, &str),
) -> Vec<Option<Verdict>> {
    let here = |cell: &&Cell| {
        cell.hub.name() == hub && cell.trust.name() == trust && cell.fl_server == server
    };
    let cells: Vec<&Cell> = report.cells.iter().filter(here).collect();
    let of_client = |client: &String| {
        let mut found = cells.iter().filter(|cell| cell.fl_client.name() == client);
        found.next().map(|cell| cell.verdict)
    };
    layout.clients.iter().map(of_client).collect()
}

/// The same as text, `?` where it was not judged.
pub(super) fn group(verdicts: &[Option<Verdict>]) -> String {
    verdicts.iter().map(|verdict| verdict.map_or('?', letter)).collect()
}
