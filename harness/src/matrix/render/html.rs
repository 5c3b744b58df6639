//! The matrix as one page that needs nothing else.

use askama::Template;

use super::super::cell::Verdict;
use super::super::report::MatrixReport;
use super::letters::{Layout, MEANINGS, letter, verdicts};

/// The matrix as HTML; every text is escaped by the template.
pub fn html(report: &MatrixReport) -> Result<String, askama::Error> {
    let layout = Layout::of(report);
    let square = |hub: &str, trust: &str, server: &str| -> Vec<Square> {
        let of_clients = verdicts(report, &layout, (hub, trust, server)).into_iter();
        let named = of_clients.zip(&layout.clients);
        named.map(|(verdict, client)| Square::of(verdict, client)).collect()
    };
    let mut rows = Vec::new();
    for hub in &layout.hubs {
        for server in &layout.servers {
            let cells = layout.trusts.iter().map(|trust| square(hub, trust, server)).collect();
            rows.push(Row { hub: hub.clone(), server: server.clone(), cells });
        }
    }
    let legend = report.tally().into_iter().zip(MEANINGS);
    let legend = legend.map(|((verdict, count), (_, meaning))| Legend {
        letter: letter(verdict),
        word: verdict.word(),
        count,
        meaning,
    });
    let findings = report.groups().into_iter().map(|group| FindingRow {
        letter: letter(group.trace.verdict),
        word: group.trace.verdict.word(),
        requirement: group.trace.requirement.clone(),
        sentence: group.trace.sentence.clone(),
        pairings: group.pairings,
        place: group.place,
    });
    let unjudged = report.unjudged.iter().map(|one| format!("{}: {}", one.pairing, one.reason));
    Page {
        seed: report.seed,
        pairings: report.cells.len(),
        legend: legend.collect(),
        trusts: layout.trusts.clone(),
        rows,
        findings: findings.collect(),
        notes: report.notes.clone(),
        unjudged: unjudged.collect(),
    }
    .render()
}

#[derive(Template)]
#[template(path = "matrix.html")]
struct Page {
    seed: u64,
    pairings: usize,
    legend: Vec<Legend>,
    trusts: Vec<String>,
    rows: Vec<Row>,
    findings: Vec<FindingRow>,
    notes: Vec<String>,
    unjudged: Vec<String>,
}

struct Legend {
    letter: char,
    word: &'static str,
    count: usize,
    meaning: &'static str,
}

struct Row {
    hub: String,
    server: String,
    cells: Vec<Vec<Square>>,
}

struct Square {
    letter: char,
    word: &'static str,
    client: String,
}

struct FindingRow {
    letter: char,
    word: &'static str,
    requirement: String,
    sentence: String,
    pairings: usize,
    place: String,
}

impl Square {
    fn of(verdict: Option<Verdict>, client: &str) -> Self {
        Self {
            letter: verdict.map_or('?', letter),
            word: verdict.map_or("not-judged", Verdict::word),
            client: client.to_owned(),
        }
    }
}
