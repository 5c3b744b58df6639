//! What holds for every record, however strange the run.

use harness::outcome::{Outcome, Verdict};
use harness::report::{FORMATS, RunRecord};
use proptest::prelude::*;

use super::generated::events;
use super::{rendered, schemas};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ndjson_reads_back_as_the_same_record(events in events()) {
        let record = RunRecord::of(events).unwrap();
        let again = RunRecord::read(rendered(&record, "ndjson").as_bytes()).unwrap();
        for format in FORMATS {
            prop_assert_eq!(rendered(&again, format.name), rendered(&record, format.name));
        }
        prop_assert_eq!(again, record);
    }

    #[test]
    fn green_is_never_vacuous(events in events()) {
        let record = RunRecord::of(events).unwrap();
        let sum = record.summary();
        prop_assert_eq!(sum.exit_code == 0, sum.verdict == Verdict::Conformant);
        if sum.verdict == Verdict::Conformant {
            prop_assert!(!record.is_cut_short());
            prop_assert!(record.results.iter().all(|result| result.outcome < Outcome::Failed));
            prop_assert!(record.results.iter().any(|result| result.outcome >= Outcome::Passed));
        }
    }

    #[test]
    fn every_format_is_red_exactly_when_the_exit_code_is_not_zero(events in events()) {
        let record = RunRecord::of(events).unwrap();
        let red = record.summary().exit_code != 0;
        let junit = quick_junit::Report::deserialize_from_str(&rendered(&record, "junit")).unwrap();
        prop_assert_eq!(junit.failures + junit.errors > 0, red);
        let (tap_red, tap_points) = tap_says(&rendered(&record, "tap"));
        prop_assert_eq!(tap_red, red);
        prop_assert_eq!(tap_points, record.results.len() + usize::from(record.complaint().is_some()));
        prop_assert_eq!(rendered(&record, "markdown").starts_with("## flipcheck: CONFORMANT"), !red);
    }

    #[test]
    fn the_json_report_and_the_events_satisfy_their_schemas(events in events()) {
        let record = RunRecord::of(events).unwrap();
        schemas::assert_valid("run", &serde_json::from_str(&rendered(&record, "json")).unwrap());
        for line in rendered(&record, "ndjson").lines() {
            schemas::assert_valid("event", &serde_json::from_str(line).unwrap());
        }
    }

    #[test]
    fn text_for_people_holds_nothing_a_terminal_obeys(events in events()) {
        let record = RunRecord::of(events).unwrap();
        for format in ["human", "markdown", "tap", "junit"] {
            let text = rendered(&record, format);
            let unseen = text.chars().find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
            prop_assert_eq!(unseen, None, "{} {}", format, text);
        }
    }
}

/// Whether a TAP stream fails, and its test points; panics when they do not match the plan.
fn tap_says(text: &str) -> (bool, usize) {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("TAP version 14"));
    let plan: usize = lines.next().unwrap().strip_prefix("1..").unwrap().parse().unwrap();
    let (mut red, mut points) = (false, 0);
    for line in lines {
        let Some(point) = line.strip_prefix("not ok ").or_else(|| line.strip_prefix("ok ")) else {
            assert!(line.starts_with("# ") || line.starts_with("  "), "{line}");
            continue;
        };
        points += 1;
        assert_eq!(point.split(' ').next(), Some(points.to_string().as_str()));
        red |= line.starts_with("not ok") && !line.contains(" # TODO ");
    }
    assert_eq!(plan, points);
    (red, points)
}
