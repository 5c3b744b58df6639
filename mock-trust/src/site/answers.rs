//! The shapes the site services answer in: a `detail`, or a list of what is wrong with a body.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    status: StatusCode,
    detail: Value,
}

impl Refusal {
    /// `{"detail": text}`.
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: Value::String(detail.into()) }
    }

    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    pub(super) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    pub(super) fn internal(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    /// What the framework answers to a method a path does not have.
    pub(super) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
    }

    /// 422 with one entry a fault. The sent values are not repeated: they may be SQL.
    fn invalid(faults: Vec<Value>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, detail: Value::Array(faults) }
    }

    /// 422 about one query or path parameter.
    pub(super) fn parameter(place: &str, name: &str, kind: &str, message: &str) -> Self {
        Self::invalid(vec![json!({"type": kind, "loc": [place, name], "msg": message})])
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"detail": self.detail}))).into_response()
    }
}

/// Reads the members of a JSON body and collects everything that is wrong with it.
pub(super) struct Body {
    members: Map<String, Value>,
    faults: Vec<Value>,
}

impl Body {
    /// Takes a body that must be a JSON object.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.is_empty() {
            return Err(whole("missing", "Field required"));
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(members)) => Ok(Self { members, faults: Vec::new() }),
            Ok(_) => Err(whole("model_attributes_type", "Input should be a valid dictionary")),
            Err(error) => {
                let fault = json!({"type": "json_invalid", "loc": ["body", error.column()],
                    "msg": "JSON decode error"});
                Err(Refusal::invalid(vec![fault]))
            }
        }
    }

    /// A text that must be there.
    pub(super) fn text(&mut self, name: &str) -> String {
        match self.members.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(_) => self.fault(name, "string_type", "Input should be a valid string"),
            None => self.fault(name, "missing", "Field required"),
        }
    }

    /// A UUID that must be there, as it was written.
    pub(super) fn uuid(&mut self, name: &str) -> String {
        let text = self.text(name);
        if self.members.get(name).is_some_and(Value::is_string) && Uuid::parse_str(&text).is_err() {
            return self.fault(name, "uuid_parsing", "Input should be a valid UUID");
        }
        text
    }

    /// A bool that must be there.
    pub(super) fn bool(&mut self, name: &str) -> bool {
        match self.members.get(name) {
            Some(Value::Bool(value)) => *value,
            Some(_) => self.fault(name, "bool_type", "Input should be a valid boolean"),
            None => self.fault(name, "missing", "Field required"),
        }
    }

    /// A list that must be there, or an empty one when it may be absent or null.
    pub(super) fn list(&mut self, name: &str, optional: bool) -> Vec<Value> {
        match self.members.get(name) {
            Some(Value::Array(items)) => items.clone(),
            None | Some(Value::Null) if optional => Vec::new(),
            None => self.fault(name, "missing", "Field required"),
            Some(_) => self.fault(name, "list_type", "Input should be a valid list"),
        }
    }

    /// Notes a fault and gives a value that is never used.
    pub(super) fn fault<T: Default>(&mut self, name: &str, kind: &str, message: &str) -> T {
        self.faults.push(json!({"type": kind, "loc": ["body", name], "msg": message}));
        T::default()
    }

    /// Ends the reading: 422 when anything was wrong.
    pub(super) fn done(self) -> Result<(), Refusal> {
        if self.faults.is_empty() { Ok(()) } else { Err(Refusal::invalid(self.faults)) }
    }
}

fn whole(kind: &str, message: &str) -> Refusal {
    Refusal::invalid(vec![json!({"type": kind, "loc": ["body"], "msg": message})])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_body_is_told_with_its_place() {
        let mut body = Body::parse(br#"{"id":"x","flag":1}"#).expect("an object");
        body.uuid("id");
        body.bool("flag");
        body.text("query");
        assert!(body.list("users", true).is_empty());
        let refusal = body.done().expect_err("three faults");
        assert_eq!(refusal.status, StatusCode::UNPROCESSABLE_ENTITY);
        let kinds: Vec<_> =
            refusal.detail.as_array().expect("a list").iter().map(|f| &f["type"]).collect();
        assert_eq!(kinds, ["uuid_parsing", "bool_type", "missing"]);
        assert_eq!(refusal.detail[2]["loc"], json!(["body", "query"]));
    }

    #[test]
    fn no_object_is_no_body() {
        for bytes in [&b""[..], b"[]", b"nonsense", b"null"] {
            assert!(Body::parse(bytes).is_err());
        }
    }
}
