//! Reports of two runs that judged the same, brought to what they have in common.

use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

/// The lines of a report that are the same whenever it is made, in an order that is as well.
pub fn lines(folder: &Path, name: &str) -> Vec<String> {
    let mut text = fs::read_to_string(folder.join(name)).expect("a report");
    if name.ends_with(".ndjson") {
        text = events(&text);
    }
    let varying = [
        r#"(time|timestamp|uuid)="[^"]*""#,
        r#""(duration_ms|at_ms|started)": ?("[^"]*"|[0-9.]+)"#,
        r"\d{4}-\d\d-\d\dT[0-9:.]+Z",
        r"\b[0-9.]+ ?(ms|s|min)\b",
        r"(?m)^(not )?ok \d+",
    ];
    for pattern in varying {
        let pattern = Regex::new(pattern).expect("a pattern");
        text = pattern.replace_all(&text, "$1~").into_owned();
    }
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| line.trim().trim_end_matches(',').to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    lines.sort_unstable();
    lines
}

/// What became of each scenario and of the run, of the events of a stream.
fn events(text: &str) -> String {
    let events = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let told = events.filter(|event| {
        ["scenario_finished", "run_finished"].iter().any(|kind| event["event"] == *kind)
    });
    told.map(|event| format!("{event}\n")).collect()
}
