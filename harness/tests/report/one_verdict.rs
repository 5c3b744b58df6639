//! Whatever a run finds, everything that tells of it tells the same.

use std::sync::Arc;

use contract::key::Secret;
use harness::engine::{RunResults, Sink};
use harness::event::{Event, Planned, RunFinished, ScenarioResult};
use harness::outcome::{Outcome, Verdict};
use harness::report::{FORMATS, Guard, Ledger, Options, ReportSpec, RunRecord, Tape, deliver};
use parking_lot::Mutex;
use proptest::prelude::*;

use super::generated::{KEY, SECRET, events};

/// A run as its engine ends it, its stream and its record.
struct Told {
    finished: RunFinished,
    stream: Vec<u8>,
    record: RunRecord,
}

fn guard() -> Arc<Guard> {
    Arc::new(Guard::new(vec![("site password".to_owned(), Secret::from(SECRET))]))
}

/// Runs these events through what an engine keeps its results in.
fn told(events: Vec<Event>) -> Told {
    let kept: Arc<Mutex<(Tape, Vec<u8>)>> = Arc::default();
    let taken = Arc::clone(&kept);
    let sink: Sink = Arc::new(move |event| {
        let (tape, stream) = &mut *taken.lock();
        Ledger::new(stream, guard()).record(event).unwrap();
        tape.push(event.clone()).unwrap();
    });
    let results = RunResults::new(sink, guard());
    let mut planned = Vec::new();
    for event in events {
        match event {
            Event::ScenarioFinished(result) => results.keep(&result),
            Event::Problem(problem) => results.problem(problem),
            Event::RunFinished(_) => {}
            told => {
                if let Event::RunStarted(started) = &told {
                    planned.clone_from(&started.planned);
                }
                results.tell(&told);
            }
        }
    }
    for plan in planned.iter().filter(|plan| !results.has(&plan.id)) {
        results.keep(&undone(plan));
    }
    let finished = results.finish();
    drop(results);
    let (tape, stream) = std::mem::take(&mut *kept.lock());
    Told { finished, stream, record: tape.record().unwrap() }
}

fn undone(plan: &Planned) -> ScenarioResult {
    let Planned { id, feature, name, requirements } = plan.clone();
    ScenarioResult {
        id,
        feature,
        name,
        requirements,
        outcome: Outcome::NotVerified,
        reason: None,
        because: None,
        duration_ms: 0,
        findings: Vec::new(),
        step: None,
        case: None,
    }
}

fn delivered(record: &RunRecord, format: &str) -> String {
    let spec: ReportSpec = format!("{format}=-").parse().unwrap();
    let mut out = Vec::new();
    deliver(record, &spec, &Options::default(), &guard(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Verdict and exit code as a report of that format names them.
fn said_by(format: &str, text: &str) -> (String, u8) {
    let after = |words: &str| {
        let (_, rest) = line(text, words).unwrap_or_else(|| panic!("{words:?} in {text}"));
        rest.chars().take_while(|c| !" ,.:\n\"".contains(*c)).collect::<String>()
    };
    let spoken = |words: &str| words.to_lowercase().replace(' ', "-");
    match format {
        "json" => of_json(text),
        "ndjson" => of_json(text.lines().last().unwrap()),
        "junit" => {
            (after("name=\"verdict\" value=\""), number(&after("name=\"exit_code\" value=\"")))
        }
        "tap" => (after("\n# "), number(&after("exit code "))),
        "markdown" => {
            let title = text.lines().next().unwrap();
            (spoken(title.strip_prefix("## flipcheck: ").unwrap()), number(&after("exit code ")))
        }
        "human" => {
            let of = |line: &str| {
                VERDICTS
                    .into_iter()
                    .find(|verdict| line.starts_with(&format!("{}  ", said(*verdict))))
            };
            let verdict = text.lines().rev().find_map(of).unwrap();
            (verdict.word().to_owned(), number(&after("exit code ")))
        }
        other => panic!("no reader for {other}: a new format names verdict and code as well"),
    }
}

/// The text around the words, at the last line that holds them; of Markdown the first.
fn line<'t>(text: &'t str, words: &str) -> Option<(&'t str, &'t str)> {
    if text.starts_with("## ") { text.split_once(words) } else { text.rsplit_once(words) }
}

fn said(verdict: Verdict) -> String {
    verdict.word().to_uppercase().replace('-', " ")
}

fn of_json(text: &str) -> (String, u8) {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    let code = value["exit_code"].as_u64().unwrap();
    (value["verdict"].as_str().unwrap().to_owned(), u8::try_from(code).unwrap())
}

fn number(text: &str) -> u8 {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no exit code"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn process_stream_and_every_report_carry_one_verdict_and_one_code(events in events()) {
        let Told { finished, stream, record } = told(events);
        let one = (finished.verdict.word().to_owned(), finished.exit_code);
        let of = |record: &RunRecord| {
            let sum = record.summary();
            (sum.verdict.word().to_owned(), sum.exit_code)
        };
        let stream = String::from_utf8(stream).unwrap();
        prop_assert_eq!(&said_by("ndjson", &stream), &one);
        prop_assert_eq!(&of(&record), &one);
        let read = RunRecord::read(stream.as_bytes()).unwrap();
        prop_assert_eq!(&read, &record);
        for format in FORMATS {
            let text = delivered(&read, format.name);
            prop_assert_eq!(&said_by(format.name, &text), &one, "{}", format.name);
            prop_assert_eq!(guard().check_planted(text.as_bytes()), Ok(()), "{}", format.name);
        }
        prop_assert_eq!(&of(&RunRecord::merge(vec![read]).unwrap()), &one);
    }

    #[test]
    fn a_stream_cut_short_is_not_verified_in_every_report(events in events(), part in 0.0..1.0_f64) {
        let stream = told(events).stream;
        let first = stream.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let cut = first + ((stream.len() - 1 - first) as f64 * part) as usize;
        let record = RunRecord::read(&stream[..cut]).unwrap();
        for format in FORMATS.iter().filter(|format| format.name != "ndjson") {
            let said = said_by(format.name, &delivered(&record, format.name));
            prop_assert_eq!(said, ("not-verified".to_owned(), 3), "{}", format.name);
        }
    }
}

#[test]
fn a_result_with_a_secret_is_kept_and_decides() {
    let started = super::record_of("must-broken").started;
    let mut result = super::record_of("must-broken").results.remove(1);
    result.id.clone_from(&started.planned[0].id);
    result.findings[0].finding.evidence = vec![format!("a {SECRET} and {KEY}")];
    let told = told(vec![Event::RunStarted(started), Event::ScenarioFinished(result)]);
    let shown = &told.record.results[0].findings[0].finding.evidence[0];
    assert!(shown.matches("{secret:").count() == 2, "{shown}");
    assert_eq!(told.record.results[0].outcome, Outcome::Failed);
    assert_eq!(told.record.problems, []);
}

const VERDICTS: [Verdict; 4] =
    [Verdict::Conformant, Verdict::NotConformant, Verdict::StaleExpectation, Verdict::NotVerified];
