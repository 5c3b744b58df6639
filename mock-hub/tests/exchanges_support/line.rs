//! One recorded exchange.

use std::collections::BTreeMap;
use std::path::Path;

use contract::edition::EditionId;
use serde::Deserialize;
use serde_json::{Map, Value};

/// A line of a recording.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub id: String,
    pub edition: EditionId,
    pub mark: Mark,
    pub case: String,
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: Option<Value>,
    pub body_raw: Option<String>,
    pub status: u16,
    #[serde(default)]
    pub reply_headers: BTreeMap<String, String>,
    pub reply: Option<Value>,
    pub reply_raw: Option<String>,
    #[serde(default)]
    pub after: Map<String, Value>,
}

/// How the line is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Mark {
    Observed,
    Read,
}

impl Line {
    pub fn request_body(&self) -> Option<String> {
        self.body_raw.clone().or_else(|| self.body.as_ref().map(Value::to_string))
    }

    pub fn is(&self, ids: &[&str]) -> bool {
        ids.contains(&self.id.as_str())
    }
}

/// Every line of every recording of single calls; `hub-<edition>` files are sessions, replayed whole.
pub fn lines() -> Vec<Line> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/exchanges");
    let mut lines = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the recordings are there") {
        let path = entry.expect("a folder entry").path();
        let session = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("hub-"));
        if !session && path.extension().is_some_and(|extension| extension == "ndjson") {
            let text = std::fs::read_to_string(&path).expect("a recording");
            for (number, line) in text.lines().enumerate() {
                let line = serde_json::from_str(line);
                lines.push(
                    line.unwrap_or_else(|error| {
                        panic!("{}:{}: {error}", path.display(), number + 1)
                    }),
                );
            }
        }
    }
    lines
}
