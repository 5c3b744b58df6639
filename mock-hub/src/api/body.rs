//! Reading a request's body, before anybody looks inside it.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};

use super::context::Step;
use super::issue::{Input, Issue, Place};
use super::json::{Json, JsonFault, Text};
use super::reply::{refusal, unprocessable};
use crate::habits::ErrorHabits;

/// The body as the hub sees it: nothing, or a value. What does not say it is JSON is one text.
pub(super) fn read(headers: &HeaderMap, body: &[u8], habits: &ErrorHabits) -> Step<Option<Json>> {
    if body.is_empty() {
        return Ok(None);
    }
    if !is_json(headers) {
        // What is no UTF-8 can be repeated no better than half a surrogate pair.
        let lone_surrogate = str::from_utf8(body).is_err();
        let value = String::from_utf8_lossy(body).into_owned();
        return Ok(Some(Json::Text(Text { value, lone_surrogate })));
    }
    Json::read(body).map(Some).map_err(|fault| match fault {
        JsonFault::Malformed { message, position } => {
            let loc = vec![Place::name("body"), Place::Index(position)];
            let context = format!(r#"{{"error":{}}}"#, super::json_text::quoted(message));
            let issue = Issue::new("json_invalid", loc, "JSON decode error", Input::EmptyObject)
                .context(context);
            unprocessable(&[issue], habits)
        }
        JsonFault::Unreadable => {
            refusal(StatusCode::BAD_REQUEST, "There was an error parsing the body", habits)
        }
    })
}

/// A body that must be there, null being none.
pub(super) fn required<'b>(
    body: Option<&'b Json>,
    issues: &mut Vec<Issue<'b>>,
) -> Option<&'b Json> {
    match body {
        None | Some(Json::Null) => {
            let loc = vec![Place::name("body")];
            issues.push(Issue::new("missing", loc, "Field required", Input::Null));
            None
        }
        body => body,
    }
}

/// `application/json`, or anything of `application` that ends in `+json`.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(text) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let kind = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let subtype = kind.strip_prefix("application/").unwrap_or_default();
    subtype == "json" || subtype.ends_with("+json")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn what_does_not_say_it_is_json_is_a_text() {
        let mut headers = HeaderMap::new();
        assert!(!is_json(&headers));
        for (kind, json) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/problem+json", true),
            ("text/json", false),
            ("application/jsonx", false),
        ] {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            assert_eq!(is_json(&headers), json, "{kind}");
        }
    }
}
