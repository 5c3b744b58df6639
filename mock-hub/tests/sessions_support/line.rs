//! One line of a session: a call and its answer, or how many calls it takes to be refused.

use std::collections::BTreeMap;
use std::path::Path;

use contract::edition::EditionId;
use serde::Deserialize;
use serde_json::Value;

pub struct Line {
    pub id: String,
    pub edition: EditionId,
    pub said: Said,
}

pub enum Said {
    Call(Call),
    Rate(Rate),
}

/// A call, who makes it, and the answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    pub who: Option<String>,
    pub method: String,
    pub path: String,
    pub content_type: Option<String>,
    pub body: Option<Value>,
    pub status: u16,
    pub reply_headers: BTreeMap<String, Value>,
    pub reply: Value,
}

/// How many calls of one kind it takes to be refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    pub what: String,
    pub first_refused: Option<u64>,
    pub statuses: Value,
}

/// The lines of a recording, in order. A line that is neither a call nor a rate is an error.
pub fn lines(file: &str) -> Vec<Line> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/exchanges").join(file);
    let text = std::fs::read_to_string(path).expect("the recording is there");
    let line = |(at, text): (usize, &str)| {
        parse(text).unwrap_or_else(|error| panic!("{file}:{}: {error}", at + 1))
    };
    text.lines().enumerate().map(line).collect()
}

fn parse(text: &str) -> serde_json::Result<Line> {
    let mut members: serde_json::Map<String, Value> = serde_json::from_str(text)?;
    let mut take = |name: &str| members.remove(name).unwrap_or_default();
    let id = serde_json::from_value(take("id"))?;
    let edition = serde_json::from_value(take("edition"))?;
    assert_eq!(take("mark"), "Observed", "a session was observed");
    let said = if members.contains_key("what") {
        Said::Rate(serde_json::from_value(members.into())?)
    } else {
        Said::Call(serde_json::from_value(members.into())?)
    };
    Ok(Line { id, edition, said })
}
