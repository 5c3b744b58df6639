//! An answer against the recorded one. A 422 is compared by type and place.

use contract::wire::SECURITY_HEADERS;
use serde_json::Value;

use super::line::Call;
use super::world::World;

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub text: String,
}

impl Answer {
    pub async fn of(response: reqwest::Response) -> Self {
        let header =
            |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
                (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            };
        let (status, headers) =
            (response.status().as_u16(), response.headers().iter().map(header).collect());
        Self { status, headers, text: response.text().await.expect("a body") }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.unset(name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub fn unset(&mut self, name: &str) {
        self.headers.retain(|(known, _)| known != name);
    }
}

/// Whether the answer is the recorded one; else what differs.
pub fn judge(world: &World, call: &Call, answer: &Answer) -> Result<(), String> {
    if answer.status != call.status {
        let start: String = answer.text.chars().take(200).collect();
        return Err(format!("status {} instead of {}: {start}", answer.status, call.status));
    }
    for (name, expected) in &call.reply_headers {
        let seen = answer.header(name);
        let same = match expected {
            Value::String(kind) if name == "content-type" => {
                seen.is_some_and(|seen| seen.split(';').next() == Some(kind))
            }
            Value::String(text) => seen == Some(text),
            _ => seen.is_some() == (*expected == true),
        };
        if !same {
            return Err(format!("header {name} is {seen:?} instead of {expected}"));
        }
    }
    if let Some((name, _)) = SECURITY_HEADERS.iter().find(|(name, _)| answer.header(name).is_some())
    {
        return Err(format!("header {name}, which this hub never sends"));
    }
    body(world, call, &answer.text)
}

fn body(world: &World, call: &Call, text: &str) -> Result<(), String> {
    if call.reply == "(page)" {
        return if text.contains("<html") { Ok(()) } else { Err(format!("no page: {text}")) };
    }
    if let Some(expected) = call.reply.get("text") {
        return same(expected, &Value::from(text));
    }
    let got: Value = serde_json::from_str(text).map_err(|error| format!("{error}: {text}"))?;
    let expected: Value =
        serde_json::from_str(&world.filled(&call.reply.to_string())).expect("ids are plain texts");
    if call.status == 422 {
        return same(&expected["detail"], &faults(&got));
    }
    match (&expected, &got) {
        (Value::Array(rows), Value::Array(all)) if !rows.is_empty() => rows_of(&rows[0], all),
        _ => same(&expected, &known(&expected, got.clone())),
    }
}

/// Type and place of each fault a 422 lists.
fn faults(body: &Value) -> Value {
    let list = body["detail"].as_array().into_iter().flatten();
    list.map(|fault| Value::from(vec![fault["type"].clone(), fault["loc"].clone()])).collect()
}

/// A list is recorded by one of its rows: it is there, and every other has the same members.
fn rows_of(row: &Value, all: &[Value]) -> Result<(), String> {
    let members = |row: &Value| -> Vec<String> {
        row.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
    };
    let alike = all.iter().all(|other| members(other) == members(row));
    if alike && all.contains(row) { Ok(()) } else { Err(format!("{all:?} instead of {row}, …")) }
}

/// The text with `<uuid>` where the recording has it: after the same beginning, of the length of an id.
fn known(expected: &Value, got: Value) -> Value {
    let (Some(wanted), Some(found)) = (expected["detail"].as_str(), got["detail"].as_str()) else {
        return got;
    };
    let Some((before, after)) = wanted.split_once("<uuid>") else { return got };
    let id = found.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    if id.is_some_and(|id| uuid::Uuid::try_parse(id).is_ok()) { expected.clone() } else { got }
}

fn same(expected: &Value, got: &Value) -> Result<(), String> {
    if expected == got { Ok(()) } else { Err(format!("{got} instead of {expected}")) }
}
