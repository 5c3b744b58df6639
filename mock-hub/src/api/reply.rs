//! Replies: the headers every one carries, refusals, and what cannot be said in a refusal.

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use bytes::Bytes;
use contract::edition::Edition;

use super::issue::Issue;
use super::json_text::quoted;
use crate::habits::ErrorHabits;

/// A reply of the hub.
pub(super) type Reply = Response<Body>;

/// A reply that ends the way through a handler.
#[derive(Debug)]
pub(super) struct Refusal(Box<Reply>);

impl Refusal {
    fn of(reply: Reply) -> Self {
        Self(Box::new(reply))
    }

    /// As the reply it is.
    pub(super) fn into_reply(self) -> Reply {
        *self.0
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers_mut().insert(name, value);
        self
    }
}

/// A JSON reply.
pub(super) fn json(status: StatusCode, body: impl Into<Bytes>) -> Reply {
    reply(status, Some(&JSON), body.into())
}

/// An empty 204.
pub(super) fn no_content() -> Reply {
    reply(StatusCode::NO_CONTENT, None, Bytes::new())
}

/// The reply with the headers the edition's hub sets on every one, and on every 204.
pub(super) fn dressed(mut reply: Reply, edition: &Edition) -> Reply {
    if !edition.security_headers {
        for (name, _) in &SECURITY {
            reply.headers_mut().remove(name);
        }
    }
    if edition.content_type_on_204 && reply.status() == StatusCode::NO_CONTENT {
        reply.headers_mut().insert(CONTENT_TYPE, JSON.clone());
    }
    reply
}

/// A 307 without a body.
pub(super) fn moved(target: &str) -> Reply {
    let mut reply = reply(StatusCode::TEMPORARY_REDIRECT, None, Bytes::new());
    if let Ok(target) = HeaderValue::from_str(target) {
        reply.headers_mut().insert(LOCATION, target);
    }
    reply
}

/// A page.
pub(super) fn html(page: &'static str) -> Reply {
    reply(StatusCode::OK, Some(&HTML), Bytes::from_static(page.as_bytes()))
}

/// A refusal with `detail`, as these habits shape it.
pub(super) fn refusal(status: StatusCode, detail: &str, habits: &ErrorHabits) -> Refusal {
    refusal_json(status, &quoted(detail), habits)
}

/// A 401 that names its scheme.
pub(super) fn unauthorised(
    detail: &str,
    scheme: Option<&'static str>,
    habits: &ErrorHabits,
) -> Refusal {
    let refusal = refusal(StatusCode::UNAUTHORIZED, detail, habits);
    match scheme {
        Some(scheme) => refusal.with(WWW_AUTHENTICATE, HeaderValue::from_static(scheme)),
        None => refusal,
    }
}

/// A 405 that names the method the path has.
pub(super) fn other_method(allowed: &'static str, habits: &ErrorHabits) -> Refusal {
    refusal(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed", habits)
        .with(ALLOW, HeaderValue::from_static(allowed))
}

/// A 429, which may say when to come back.
pub(super) fn too_many(
    detail: &str,
    retry_after_secs: Option<i64>,
    habits: &ErrorHabits,
) -> Refusal {
    let refusal = refusal(StatusCode::TOO_MANY_REQUESTS, detail, habits);
    match retry_after_secs {
        Some(secs) => refusal.with(RETRY_AFTER, HeaderValue::from(secs)),
        None => refusal,
    }
}

/// A 422 with its list. The built hub breaks over a list that repeats what JSON cannot say.
pub(super) fn unprocessable(issues: &[Issue<'_>], habits: &ErrorHabits) -> Refusal {
    let nan = habits.refuse_nan.broken() && issues.iter().any(Issue::holds_nan);
    let surrogate = habits.refuse_surrogate.broken() && issues.iter().any(Issue::holds_surrogate);
    if nan || surrogate {
        return crash(habits);
    }
    let entries: Vec<String> =
        issues.iter().map(|issue| issue.json(habits.spare_input.broken())).collect();
    let list = format!("[{}]", entries.join(","));
    refusal_json(StatusCode::UNPROCESSABLE_ENTITY, &list, habits)
}

/// A fault nobody handles.
pub(super) fn crash(habits: &ErrorHabits) -> Refusal {
    if habits.json_500.kept() {
        return refusal(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error", habits);
    }
    let body = Bytes::from_static(b"Internal Server Error");
    Refusal::of(reply(StatusCode::INTERNAL_SERVER_ERROR, Some(&PLAIN), body))
}

fn refusal_json(status: StatusCode, detail: &str, habits: &ErrorHabits) -> Refusal {
    let member = if habits.detail.kept() { "detail" } else { "error" };
    let trace = if habits.hide_inside.kept() { "" } else { TRACE };
    Refusal::of(json(status, format!(r#"{{"{member}":{detail}{trace}}}"#)))
}

fn reply(status: StatusCode, content_type: Option<&HeaderValue>, body: Bytes) -> Reply {
    let mut reply = Response::new(Body::from(body));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    *headers = HeaderMap::with_capacity(8);
    if let Some(content_type) = content_type {
        headers.insert(CONTENT_TYPE, content_type.clone());
    }
    for (name, value) in &SECURITY {
        headers.insert(name.clone(), value.clone());
    }
    reply
}

static JSON: HeaderValue = HeaderValue::from_static("application/json");
static PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
static HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
static SECURITY: [(HeaderName, HeaderValue); 4] = [
    (
        HeaderName::from_static("strict-transport-security"),
        HeaderValue::from_static("max-age=31536000; includeSubDomains"),
    ),
    (HeaderName::from_static("x-frame-options"), HeaderValue::from_static("DENY")),
    (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff")),
    (
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("strict-origin-when-cross-origin"),
    ),
];
/// What a hub that hides nothing adds to a refusal.
const TRACE: &str = r#","trace":"Traceback (most recent call last):\n  File \"/app/src/flip_api/main.py\", line 88, in handle\n    session.exec(\"SELECT id, api_key_hash FROM trust\")""#;

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;
    use contract::wire::SECURITY_HEADERS;

    use super::*;

    #[test]
    fn every_reply_carries_the_headers_of_the_contract() {
        let reply = no_content();
        for (name, value) in SECURITY_HEADERS {
            assert_eq!(reply.headers()[*name], *value);
        }
        assert_eq!(reply.headers().len(), SECURITY_HEADERS.len());
        let newest = dressed(no_content(), EditionId::DEFAULT.row());
        assert_eq!(newest.headers(), reply.headers());
    }

    #[test]
    fn an_edition_without_them_names_the_content_type_of_nothing() {
        let oldest = dressed(no_content(), EditionId::V2026_03.row());
        let names: Vec<&str> = oldest.headers().keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["content-type"]);
    }
}
