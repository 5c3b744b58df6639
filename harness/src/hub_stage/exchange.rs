//! One request to the hub and what came back, as bytes.

use reqwest::Method;
use serde_json::Value;

use crate::shorten::shorten_to;

/// One request to the hub.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Method.
    pub method: Method,
    /// Path below the API's base, such as `/trust/heartbeat`; or below the host, see [`Ask::at_host`].
    pub path: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// Body bytes, exactly as they go out.
    pub body: Option<Vec<u8>>,
    /// Whether the path starts at the host instead of the API's base.
    pub from_host: bool,
}

impl Ask {
    /// GET without anything.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            headers: Vec::new(),
            body: None,
            from_host: false,
        }
    }

    /// POST without body.
    pub fn post(path: impl Into<String>) -> Self {
        Self { method: Method::POST, ..Self::get(path) }
    }

    /// PUT without body.
    pub fn put(path: impl Into<String>) -> Self {
        Self { method: Method::PUT, ..Self::get(path) }
    }

    /// The same request with its path counted from the host, so that `/` is the front page.
    #[must_use]
    pub fn at_host(self) -> Self {
        Self { from_host: true, ..self }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.raw_json(body.to_string())
    }

    /// With exactly this text as a JSON body.
    #[must_use]
    pub fn raw_json(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("Content-Type", "application/json")
    }

    /// The value of a header.
    pub fn header_value(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }

    /// The body as JSON, null when it is none.
    pub fn body_json(&self) -> Value {
        let body = self.body.as_deref().unwrap_or_default();
        serde_json::from_slice(body).unwrap_or(Value::Null)
    }
}

/// What the hub answered.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body as text.
    pub text: String,
}

impl Reply {
    /// The body as JSON, null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }

    /// `detail` of a refusal, as text.
    pub fn detail(&self) -> String {
        match &self.json()["detail"] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }

    /// Whether the request was granted.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// One exchange with the hub.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What was asked.
    pub ask: Ask,
    /// What came back.
    pub reply: Reply,
    /// Whether the reply mints secrets, and so may show them.
    pub mints: bool,
}

impl Seen {
    /// One line of evidence, everything of the shape of a key masked.
    pub fn line(&self) -> String {
        let text = shorten_to(&contract::key::mask_text(&self.reply.text), LINE_CHARS_MAX);
        format!("{} {} -> {} {}", self.ask.method, self.ask.path, self.reply.status, text)
    }

    /// Whether the path ends in `end`, whatever stands before it.
    pub fn is_to(&self, end: &str) -> bool {
        self.ask.path.split('?').next().is_some_and(|path| path.ends_with(end))
    }
}

const LINE_CHARS_MAX: usize = 2_000;
