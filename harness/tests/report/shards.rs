//! Merging the shards of one run.

use harness::engine::Shard;
use harness::event::Event;
use harness::report::{MergeError, RunRecord};
use proptest::prelude::*;

use super::generated::events;
use super::{bytes_of, record_of, rendered};

/// The events of `must-broken` as `count` shards, each with its share of the plan.
fn shards(count: usize) -> Vec<RunRecord> {
    let whole = record_of("must-broken");
    (0..count)
        .map(|index| {
            let mut part = whole.started.clone();
            part.shard = Some(Shard { index: index + 1, count });
            part.planned = part.planned.into_iter().skip(index).step_by(count).collect();
            let results = whole.results.iter().skip(index).step_by(count);
            let mut events = vec![Event::RunStarted(part)];
            events.extend(results.cloned().map(Event::ScenarioFinished));
            let record = RunRecord::of(events.clone()).unwrap();
            events.push(Event::RunFinished(harness::report::tally(&record.results, &[], 9)));
            RunRecord::of(events).unwrap()
        })
        .collect()
}

#[test]
fn shards_add_up_to_the_whole_run_in_any_order() {
    let whole = record_of("must-broken").summary();
    for count in 1..8 {
        let mut parts = shards(count);
        let merged = RunRecord::merge(parts.clone()).unwrap();
        let sum = merged.summary();
        assert_eq!((sum.verdict, sum.counts), (whole.verdict, whole.counts.clone()), "{count}");
        assert_eq!(sum.requirements, whole.requirements, "{count}");
        assert_eq!(sum.duration_ms, 9);
        parts.reverse();
        assert_eq!(RunRecord::merge(parts).unwrap(), merged, "{count}");
    }
}

#[test]
fn a_merged_record_is_a_record_like_any_other() {
    let merged = RunRecord::merge(shards(3)).unwrap();
    let again = RunRecord::read(rendered(&merged, "ndjson").as_bytes()).unwrap();
    assert_eq!(again, merged);
}

#[test]
fn one_shard_cut_short_cuts_the_whole_short() {
    let mut parts = shards(2);
    parts[1].finished = None;
    let merged = RunRecord::merge(parts).unwrap();
    assert!(merged.is_cut_short());
    assert_eq!(merged.summary().exit_code, 3);
}

#[test]
fn a_missing_shard_is_missed() {
    for left_out in 0..3 {
        let mut parts = shards(3);
        parts.remove(left_out);
        let message = RunRecord::merge(parts).unwrap_err().to_string();
        assert!(message.starts_with(&format!("shard {}/3 is missing", left_out + 1)), "{message}");
    }
    let mixed = [shards(2), shards(3)].concat();
    let message = RunRecord::merge(mixed).unwrap_err().to_string();
    assert!(message.starts_with("these runs differ in number of shards"), "{message}");
}

#[test]
fn runs_that_differ_or_overlap_are_no_shards() {
    assert_eq!(RunRecord::merge(Vec::new()), Err(MergeError::Nothing));
    let green = record_of("all-green");
    let twice = RunRecord::merge(vec![green.clone(), green.clone()]);
    assert_eq!(twice, Err(MergeError::Overlap(overlap())));
    let differing = ["must-broken", "known-deviation", "not-verified", "cut-short"];
    let what: Vec<String> = differing
        .iter()
        .map(|run| RunRecord::merge(vec![green.clone(), record_of(run)]).unwrap_err().to_string())
        .map(|message| message.split([':', ';']).next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        what,
        [
            "these runs differ in kind of target",
            "these runs differ in judged side",
            "these runs differ in edition",
            "these runs differ in conduct",
        ]
    );
    let text = String::from_utf8(bytes_of("all-green")).unwrap();
    let reseeded = RunRecord::read(text.replace("20260901", "1").as_bytes()).unwrap();
    let message = RunRecord::merge(vec![green, reseeded]).unwrap_err().to_string();
    assert!(message.contains("seed: 20260901 and 1"), "{message}");
}

fn overlap() -> String {
    let mut ids: Vec<String> =
        record_of("all-green").results.into_iter().map(|result| result.id).collect();
    ids.sort_unstable();
    ids.swap_remove(0)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn merging_one_record_changes_no_verdict_for_the_better(events in events()) {
        let record = RunRecord::of(events).unwrap();
        let merged = RunRecord::merge(vec![record.clone()]).unwrap();
        prop_assert_eq!(merged.started.shard, None);
        prop_assert_eq!(merged.results.len(), record.results.len());
        prop_assert!(merged.summary().exit_code != 0 || !record.is_cut_short());
    }
}
