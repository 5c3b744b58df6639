//! The upgrade window: pairings against the compatibility tables, the gate, and upgrade orders.

use std::collections::BTreeSet;
use std::fs;

use e2e::run;
use serde_json::Value;
use tempfile::tempdir;

const EDITIONS: [&str; 6] = ["2026.03", "2026.06", "2026.07", "trust-keys", "2026.09", "2026.11"];
const LINES: [&str; 6] = ["fl-0.1.4", "fl-0.1.8", "fl-mid-a", "fl-mid-b", "fl-0.4.1", "fl-0.13.1"];

/// What is kept of a run of 2 rounds × 2 trusts: metrics of 4, events, status words of 3, and the row
/// of a crash: `F` a failure, `S` a success, `N` a success of nobody, `-` no row.
#[derive(Clone, Copy)]
struct Kept(u64, u64, u64, char);

const NOTHING: Kept = Kept(0, 0, 0, '-');

/// Compatibility of hub-side clients (rows, in the order of [`LINES`]) and hubs (columns, in the order
/// of [`EDITIONS`]); trust-keys is as 2026.07.
const TABLE: [[Kept; 6]; 6] = {
    // Every hub wants the internal key under its own header.
    let oldest = [NOTHING; 6];
    let old = Kept(0, 0, 3, 'N');
    let mid = Kept(4, 0, 3, 'S');
    let mid_a = [Kept(0, 0, 3, '-'), Kept(4, 0, 3, 'F'), mid, mid, mid, mid];
    let whole = Kept(4, 8, 3, 'F');
    let new = [Kept(0, 0, 2, '-'), Kept(4, 0, 2, 'F'), whole, whole, whole, whole];
    [oldest, [Kept(4, 0, 3, 'N'), Kept(0, 0, 3, '-'), old, old, old, old], mid_a, mid_a, new, new]
};

/// How hub (rows) and trust (columns) get on, whatever trains: `.` well, `d` poorer, `P` over their
/// paths, `C` over their cipher (rotation-and-upgrade 2).
const COUPLED: [[char; 6]; 6] = [
    ['.', 'P', 'P', 'P', 'P', 'P'],
    ['P', '.', 'd', 'd', 'C', 'C'],
    ['P', '.', '.', '.', 'C', 'C'],
    ['P', 'C', 'C', '.', 'C', 'C'],
    ['P', 'C', 'C', 'C', '.', '.'],
    ['P', 'C', 'C', 'C', '.', '.'],
];

fn cells(args: &[&str]) -> Vec<Value> {
    let dir = tempdir().expect("a folder");
    let done = run(dir.path(), &[&["matrix", "--format", "json"], args].concat()).expect_code(0);
    done.json()["cells"].as_array().cloned().expect("cells")
}

fn finding<'c>(cell: &'c Value, kind: &str, requirement: &str) -> Option<&'c Value> {
    let found = cell["findings"].as_array().expect("findings").iter();
    found.into_iter().find(|one| one["kind"] == kind && one["requirement"] == requirement)
}

fn sent_and_stored(value: &Value) -> (u64, u64) {
    (value["sent"].as_u64().expect("sent"), value["stored"].as_u64().expect("stored"))
}

fn has_events(line: &str) -> bool {
    matches!(line, "fl-0.4.1" | "fl-0.13.1")
}

#[test]
fn every_line_leaves_at_every_hub_what_the_compatibility_table_says() {
    // The trust of the hub's own edition, and an FL client that its site lets in.
    for (at, hub) in EDITIONS.iter().enumerate() {
        let rows = cells(&["--hub", hub, "--trust", hub, "--fl-client", "fl-0.1.8"]);
        assert_eq!(rows.len(), LINES.len());
        for (row, line) in LINES.iter().enumerate() {
            let cell = rows.iter().find(|cell| cell["fl_server"] == *line).expect("a cell");
            let Kept(metrics, events, words, crash) = TABLE[row][at];
            let name = format!("{line} on {hub}: {cell}");
            let counts = &cell["counts"];
            assert_eq!(sent_and_stored(&counts["metrics"]), (4, metrics), "{name}");
            let sent = if has_events(line) { 8 } else { 0 };
            assert_eq!(sent_and_stored(&counts["events"]), (sent, events), "{name}");
            assert_eq!(sent_and_stored(&counts["status"]), (3, words), "{name}");
            let log = finding(cell, "logs", "FL-LOSS-03");
            let said = log.map_or("", |log| log["sentence"].as_str().expect("words"));
            match crash {
                'F' => assert!(log.is_none(), "{name}"),
                'S' => assert!(said.ends_with("stored as a success"), "{name}"),
                'N' => assert!(said.ends_with("and without client"), "{name}"),
                _ => assert_eq!(sent_and_stored(&counts["logs"]), (1, 0), "{name}"),
            }
            let whole = metrics == 4 && events == sent && crash == 'F';
            assert_eq!(cell["verdict"] != "lost-in-silence", whole, "{name}");
        }
    }
}

#[test]
fn every_hub_gets_on_with_every_trust_as_their_coupled_surfaces_allow() {
    for (at, hub) in EDITIONS.iter().enumerate() {
        let line = if at < 2 { "fl-0.1.8" } else { "fl-0.13.1" };
        let rows = cells(&["--hub", hub, "--fl", line]);
        for (column, trust) in EDITIONS.iter().enumerate() {
            let cell = rows.iter().find(|cell| cell["trust"] == *trust).expect("a cell");
            let name = format!("hub {hub}, trust {trust}: {cell}");
            let (sent, done) = sent_and_stored(&cell["counts"]["tasks"]);
            let (trusts, online) = sent_and_stored(&cell["counts"]["heartbeats"]);
            assert_eq!(trusts, 2, "{name}");
            match COUPLED[at][column] {
                'P' => {
                    assert_eq!((done, online), (0, 0), "{name}");
                    let found = finding(cell, "tasks", "UPG-PATH-01").expect("a finding");
                    assert_eq!(found["verdict"], "refused-loudly", "{name}");
                }
                'C' => {
                    assert_eq!((done, online), (0, 2), "{name}");
                    let found = finding(cell, "tasks", "UPG-CIPHER-01").expect("a finding");
                    assert_eq!(found["verdict"], "refused-loudly", "{name}");
                    assert_eq!(sent_and_stored(found), (sent, 0), "{name}");
                }
                word => {
                    assert_eq!((done, online), (sent, 2), "{name}");
                    let ignored = finding(cell, "snapshots", "TRUST-HB-01").is_some();
                    assert_eq!(ignored, word == 'd', "{name}");
                }
            }
        }
    }
}

#[test]
fn a_fitting_release_works_and_each_misfit_is_called_by_its_name() {
    let of = |hub, trust, server, client| {
        let args = ["--hub", hub, "--trust", trust, "--fl", server, "--fl-client", client];
        cells(&args).remove(0)["verdict"].clone()
    };
    // The hub of 2026.03 keeps every log as a success of nobody, the failure of a client too.
    assert_eq!(of("2026.03", "2026.03", "0.1.8", "0.1.8"), "lost-in-silence");
    assert_eq!(of("2026.06", "2026.06", "fl-mid-a", "fl-mid-a"), "works");
    assert_eq!(of("2026.06", "2026.06", "fl-mid-b", "fl-mid-b"), "degraded");
    assert_eq!(of("2026.09", "2026.09", "0.13.1", "0.13.1"), "works");
    // The oldest FL client shows no site key; the data of a foreign cipher cannot be opened.
    assert_eq!(of("2026.09", "2026.09", "0.13.1", "0.1.4"), "refused-loudly");
    assert_eq!(of("2026.09", "2026.06", "0.13.1", "0.13.1"), "refused-loudly");
    assert_eq!(of("2026.06", "2026.06", "0.13.1", "0.13.1"), "lost-in-silence");
    assert_eq!(of("2026.09", "2026.09", "0.1.8", "0.1.8"), "lost-in-silence");
}

/// The numbers and the reason of the flag day, as an operator sees them.
#[test]
fn the_flag_day_of_the_cipher_fails_every_task_with_its_reason() {
    let cell = cells(&["--hub", "2026.09", "--trust", "2026.06", "--fl", "0.13.1"]).remove(0);
    let found = finding(&cell, "tasks", "UPG-CIPHER-01").expect("a finding");
    assert_eq!(sent_and_stored(found), (12, 0), "one of six types to each of two trusts");
    let sentence = found["sentence"].as_str().expect("words");
    assert!(sentence.contains("12 FAILED with the reason `Invalid payload: "), "{sentence}");
}

#[test]
fn a_hub_that_only_counts_right_is_caught_by_conservation_alone() {
    let fitting = ["--hub", "2026.09", "--trust", "2026.09", "--fl", "0.13.1"];
    for (fault, kind, requirement) in [
        ("stores-under-wrong-client", "metrics", "FL-LOSS-01"),
        ("stores-crash-as-success", "logs", "FL-LOSS-03"),
    ] {
        let cell = cells(&[&fitting[..], &["--fault", fault]].concat()).remove(0);
        assert_eq!(cell["verdict"], "lost-in-silence", "{fault}");
        let found = finding(&cell, kind, requirement).expect("a finding");
        assert_eq!(found["sent"], found["stored"], "{fault}: the count is right");
    }
    assert_eq!(cells(&fitting).remove(0)["verdict"], "works");
}

#[test]
fn one_seed_gives_one_matrix() {
    let args = ["--hub", "2026.06,trust-keys", "--trust", "2026.06,2026.09", "--fl", "0.13.1"];
    assert_eq!(cells(&args), cells(&args));
}

#[test]
fn the_table_fits_a_terminal_and_names_each_finding_once() {
    let dir = tempdir().expect("a folder");
    let trusts = "2026.03,2026.06,2026.07,trust-keys,2026.09";
    let axes = ["--hub", "2026.06,2026.09", "--trust", trusts, "--fl-client", "0.1.4,0.13.1"];
    let part = [&["matrix"], &axes[..]].concat();
    let done = run(dir.path(), &part).expect_code(0);
    for line in done.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(done.stdout.lines().count() < 110, "{}", done.stdout);
    assert!(done.stdout.contains("120 pairings: "), "{}", done.stdout);
    assert!(done.stdout.contains("RUNNING is never shown"), "{}", done.stdout);
}

#[test]
fn markdown_and_page_tell_the_same() {
    let dir = tempdir().expect("a folder");
    let part = ["--hub", "2026.09", "--trust", "2026.09", "--fl", "0.1.8"];
    let text = |format| {
        let args = [&["matrix", "--format", format], &part[..]].concat();
        run(dir.path(), &args).expect_code(0).stdout
    };
    assert!(text("markdown").contains("| 2026.09 | fl-0.1.8 | `L` |"));
    let page = text("html");
    assert!(page.starts_with("<!doctype html>") && page.contains("lost-in-silence"));
    assert!(!page.contains("http://") && !page.contains("https://"), "it needs nothing else");
}

#[test]
fn a_value_that_does_not_exist_is_refused_with_the_nearest_one() {
    let dir = tempdir().expect("a folder");
    for (args, words) in [
        (&["--hub", "2026.6"][..], &["did you mean 2026.06?"][..]),
        (&["--trust", "trust-key"], &["did you mean trust-keys?"]),
        (&["--fl", "0.1.9"], &["\"0.1.9\"", "did you mean"]),
        (&["--fl", "pip:flip-utils"], &["flip-utils==MAJOR.MINOR.PATCH"]),
        (&["--fault", "drops-metric"], &["did you mean drops-metrics?"]),
        (&["--live", "hub=2026.06"], &["--candidate"]),
        (&["--live", "hup=2026.06", "--candidate", "hub=2026.09"], &["did you mean hub?"]),
        (&["--live", "hub=2026.06", "--candidate", "hub"], &["KEY=VALUE"]),
        (&["--live", "hub=2026.06", "--candidate", "hub=2026.06"], &["changes nothing"]),
        (&["--order", "--hub", "2026.06"], &["--live"]),
        (&["--plan", "missing.json"], &["missing.json"]),
    ] {
        let done = run(dir.path(), &[&["matrix"], args].concat());
        let _ = done.expect_complaint(2, words);
    }
}

#[test]
fn the_gate_lets_pass_what_is_no_worse_and_stops_what_is() {
    let dir = tempdir().expect("a folder");
    let gate = |live: &str, candidate: &str, code| {
        let args = ["matrix", "--format", "json", "--live", live, "--candidate", candidate];
        run(dir.path(), &args).expect_code(code).json()
    };
    let stopped = gate("hub=2026.06,fl=0.1.8", "hub=2026.09", 1);
    assert_eq!(stopped["may_ship"], false);
    let worse = stopped["states"][1]["worse"].as_array().expect("reasons");
    let about: BTreeSet<&str> =
        worse.iter().filter_map(|one| one["requirement"].as_str()).collect();
    assert_eq!(about, BTreeSet::from(["FL-LOSS-03", "UPG-CIPHER-01"]));
    let whole = gate("hub=2026.07,fl=0.4.1", "fl=0.13.1", 0);
    assert_eq!(whole["may_ship"], true);
    assert_eq!(whole["states"].as_array().map(Vec::len), Some(4));
    // The candidate alone would do, its mixtures with what is live do not.
    let mixed = gate("hub=2026.06", "hub=2026.09,trust=2026.09,fl=0.13.1", 1);
    let last = mixed["states"].as_array().and_then(|states| states.last()).expect("states");
    assert_eq!(last["cell"]["verdict"], "works");
}

#[test]
fn an_order_is_printed_runs_and_replays_and_one_window_loses_nothing() {
    let dir = tempdir().expect("a folder");
    let args = ["matrix", "--order", "--seed", "3", "--plans", "1", "--format", "json"];
    let first = run(dir.path(), &[&args[..], &["--write-plan", "plan.json"]].concat());
    let first = first.expect_code(0);
    assert!(first.stderr.contains("plan \"one window\""), "printed before it runs");
    let first = first.json();
    let outcomes = first["outcomes"].as_array().expect("outcomes");
    assert_eq!((&outcomes[0]["plan"], &outcomes[0]["lost"]), (&"one window".into(), &0.into()));
    assert!(outcomes[1]["lost"].as_u64().is_some_and(|lost| lost > 0), "{}", outcomes[1]);
    assert_eq!(outcomes[1]["findings"][0]["requirement"], "UPG-ORDER-01");
    let moves = first["plans"][1]["steps"].to_string();
    assert!(moves.contains("rollback"), "{moves}");
    let again = run(dir.path(), &["matrix", "--plan", "plan.json", "--format", "json"]);
    assert_eq!(again.expect_code(0).json(), first);
    let bad = fs::read_to_string(dir.path().join("plan.json")).expect("a plan");
    let bad = bad.replacen("\"part\": \"hub\"", "\"part\": \"hub\", \"trust\": 1", 1);
    fs::write(dir.path().join("plan.json"), bad).expect("written");
    let refused = run(dir.path(), &["matrix", "--plan", "plan.json"]);
    let _ = refused.expect_complaint(2, &["a move of hub"]);
}
