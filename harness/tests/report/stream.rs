//! Reading event streams: tolerant of what is newer or torn, strict about everything else.

use harness::report::RunRecord;

use super::{bytes_of, record_of};

fn with_line(place: usize, line: &str) -> Vec<u8> {
    let bytes = bytes_of("all-green");
    let mut lines: Vec<&str> = str::from_utf8(&bytes).unwrap().lines().collect();
    lines.insert(place, line);
    (lines.join("\n") + "\n").into_bytes()
}

fn error(bytes: &[u8]) -> String {
    RunRecord::read(bytes).unwrap_err().to_string()
}

#[test]
fn a_stream_cut_anywhere_is_readable_and_never_conformant() {
    let whole = bytes_of("all-green");
    let first_line = whole.iter().position(|byte| *byte == b'\n').unwrap();
    for length in 0..=first_line {
        let cut = RunRecord::read(&whole[..length]);
        // The plan without its line break is complete JSON already.
        assert_eq!(cut.is_ok(), length == first_line, "{length}");
    }
    for length in first_line + 1..whole.len() - 1 {
        let record = RunRecord::read(&whole[..length]).unwrap();
        assert!(record.is_cut_short(), "{length}");
        assert_eq!(record.summary().exit_code, 3, "{length}");
        assert_eq!(record.results.len(), 4, "{length}");
    }
    // Control: only the last line break is missing.
    let record = RunRecord::read(&whole[..whole.len() - 1]).unwrap();
    assert_eq!(record, record_of("all-green"));
}

#[test]
fn unknown_events_members_and_blank_lines_are_passed_over() {
    for line in [r#"{"event":"weather","wind":3}"#, "", "  "] {
        assert_eq!(RunRecord::read(&*with_line(1, line)).unwrap(), record_of("all-green"));
    }
    let begun = r#"{"event":"scenario_started","id":"x","at_ms":1,"mood":"good"}"#;
    assert!(RunRecord::read(&*with_line(1, begun)).is_ok());
}

#[test]
fn a_bad_line_is_named() {
    assert_eq!(error(&with_line(2, r#"{"event":"prob"#)), "line 3: not JSON (column 14)");
    let no_event = "line 3: not an event: it has no member \"event\"";
    assert_eq!(error(&with_line(2, "17")), no_event);
    assert_eq!(error(&with_line(2, r#"{"id":"x"}"#)), no_event);
    let half = error(&with_line(2, r#"{"event":"scenario_started","id":"x"}"#));
    assert_eq!(half, "line 3: not a scenario_started event: missing field `at_ms`");
    let bytes = bytes_of("all-green");
    let text = str::from_utf8(&bytes).unwrap();
    let twice = error(format!("{text}{text}").as_bytes());
    assert_eq!(twice, "line 10: a second run_started: one stream holds one run");
    let result = text.lines().nth(2).unwrap();
    assert!(error(&with_line(5, result)).starts_with("line 6: a second result"));
}

#[test]
fn what_is_no_stream_of_ours_says_so() {
    let empty = error(b"");
    assert!(empty.contains("no run_started"), "{empty}");
    assert_eq!(error(b"{\"event\":\"poem\"}\n"), empty);
    let problem = r#"{"event":"problem","outcome":"passed","message":"m"}"#;
    assert_eq!(error(&with_line(0, problem)), "line 1: the first event is not run_started");
    assert!(error(b"\xff\xfe\n").starts_with("line 1: not JSON"));
    let newer = String::from_utf8(bytes_of("all-green")).unwrap();
    let newer = newer.replace("\"schema_version\":1", "\"schema_version\":2");
    let message = error(newer.as_bytes());
    assert_eq!(message, "line 1: schema_version 2 is newer than 1: read it with flipcheck 0.1.0");
}

#[test]
fn a_sum_that_is_too_kind_is_not_believed() {
    let text = String::from_utf8(bytes_of("must-broken")).unwrap();
    let forged = text
        .replace("\"verdict\":\"not-conformant\"", "\"verdict\":\"conformant\"")
        .replace("\"exit_code\":1", "\"exit_code\":0");
    assert_ne!(text, forged);
    assert_eq!(RunRecord::read(forged.as_bytes()).unwrap().summary().exit_code, 1);
    let lines: Vec<&str> = text.lines().collect();
    let without_a_result = [&lines[..4], &lines[5..]].concat().join("\n");
    let record = RunRecord::read(without_a_result.as_bytes()).unwrap();
    assert_eq!(record.summary().exit_code, 3);
    assert!(record.complaint().unwrap().starts_with("1 of 6 scenarios have no result"));
}
