//! Every report format on every recorded run of `fixtures/runs`, and on generated ones.

#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

#[path = "report/delivery.rs"]
mod delivery;
#[path = "report/generated.rs"]
mod generated;
#[path = "report/one_verdict.rs"]
mod one_verdict;
#[path = "report/properties.rs"]
mod properties;
#[path = "report/schemas.rs"]
mod schemas;
#[path = "report/shards.rs"]
mod shards;
#[path = "report/stream.rs"]
mod stream;

use harness::outcome::Verdict;
use harness::report::{FORMATS, Options, Palette, RunRecord, format_named};

/// The recorded runs and the exit code each stands for.
const RUNS: [(&str, u8); 6] = [
    ("all-green", 0),
    ("cut-short", 3),
    ("known-deviation", 0),
    ("must-broken", 1),
    ("not-verified", 3),
    ("stale-expectation", 4),
];

fn bytes_of(run: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/runs");
    std::fs::read(format!("{folder}/{run}.ndjson")).unwrap()
}

fn record_of(run: &str) -> RunRecord {
    RunRecord::read(&*bytes_of(run)).unwrap()
}

fn rendered(record: &RunRecord, format: &str) -> String {
    rendered_with(record, format, &Options::default())
}

fn rendered_with(record: &RunRecord, format: &str, options: &Options) -> String {
    let mut bytes = Vec::new();
    (format_named(format).unwrap().write)(record, &mut bytes, options).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_recorded_run_is_used_and_ends_as_its_readme_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/runs");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".ndjson").map(str::to_owned))
        .collect();
    names.sort_unstable();
    assert_eq!(names, RUNS.map(|(name, _)| name));
    let readme = std::fs::read_to_string(format!("{folder}/README.md")).unwrap();
    for (run, exit_code) in RUNS {
        let sum = record_of(run).summary();
        assert_eq!(sum.exit_code, exit_code, "{run}");
        let words = sum.verdict.word().replace('-', " ");
        let row = readme.lines().find(|row| row.contains(run)).unwrap();
        assert!(row.ends_with(&format!("| {words} | {exit_code} |")), "{row}");
    }
}

#[test]
fn the_sum_a_run_ended_with_is_the_sum_of_its_results() {
    for (run, _) in RUNS {
        let record = record_of(run);
        if let Some(told) = &record.finished {
            assert_eq!(*told, record.summary(), "{run}");
        }
    }
}

#[test]
fn reports_read_as_they_should() {
    for (run, _) in RUNS {
        let record = record_of(run);
        for format in FORMATS.iter().filter(|format| format.name != "ndjson") {
            let name = format!("{run}.{}", format.name);
            insta::assert_snapshot!(name, rendered(&record, format.name));
        }
    }
}

#[test]
fn two_renderings_of_one_stream_are_equal() {
    for (run, _) in RUNS {
        for format in FORMATS {
            let twice = [(); 2].map(|()| rendered(&record_of(run), format.name));
            assert_eq!(twice[0], twice[1], "{run} {}", format.name);
        }
    }
}

#[test]
fn people_get_eighty_columns_and_commands_they_can_copy() {
    for (run, _) in RUNS {
        let record = record_of(run);
        let may_be_longer = |line: &str| {
            line.contains("flipcheck replay")
                || record.results.iter().any(|result| line.ends_with(&result.id))
        };
        for line in rendered(&record, "human").lines().filter(|line| !may_be_longer(line)) {
            assert!(line.chars().count() <= 80, "{run}: {line}");
        }
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    let options = Options { palette: Palette::coloured(), ..Options::default() };
    let ansi = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    for (run, _) in RUNS {
        let record = record_of(run);
        let (plain, coloured) =
            (rendered(&record, "human"), rendered_with(&record, "human", &options));
        assert!(!plain.contains('\u{1b}'), "{run}");
        assert!(coloured.contains('\u{1b}'), "{run}");
        let bare = ansi.replace_all(&coloured, "");
        let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        assert_eq!(trimmed(&bare), trimmed(&plain), "{run}");
    }
}

#[test]
fn a_failure_reads_in_the_agreed_order() {
    let text = rendered(&record_of("must-broken"), "human");
    let failure = &text[text.find("FAILED").unwrap()..text.find("WARNED").unwrap()];
    let order = [
        "TRUST-HB-02 (MUST)",
        "If the hub answers a snapshot with 422",
        "expected",
        "observed",
        "shown by",
        "likely cause",
        "B14",
        "who fixes it",
        "replay",
    ];
    let places: Vec<usize> = order.iter().map(|words| failure.find(words).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}\n{failure}");
}

#[test]
fn a_cut_stream_is_not_verified_and_says_what_did_not_run() {
    let record = record_of("cut-short");
    assert_eq!(record.summary().verdict, Verdict::NotVerified);
    let reasons: Vec<Option<&str>> =
        record.results.iter().map(|result| result.reason.as_deref()).collect();
    let (begun, not_begun) = ("started, did not end", "did not run: the run was cut short");
    assert_eq!(reasons, [None, None, Some(begun), Some(not_begun)]);
}
