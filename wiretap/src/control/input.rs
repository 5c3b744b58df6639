//! Reading requests strictly, with errors that never quote a value.

use std::fmt::Display;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::ControlError;

/// A JSON body, whatever its Content-Type; an empty one reads as `{}`.
#[derive(Clone, Debug)]
pub struct Input<T>(pub T);

/// The query string.
#[derive(Clone, Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = ControlError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ControlError> {
        let place = format!("{} {}", request.method(), request.uri().path());
        let body = Bytes::from_request(request, state).await.map_err(|error| {
            ControlError::new(error.status(), format!("{place}: the body cannot be read: {error}"))
        })?;
        let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
        let mut json = serde_json::Deserializer::from_slice(body);
        let value = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| (error.path().to_string(), error.into_inner()))
            .and_then(|value| json.end().map(|()| value).map_err(|error| (".".into(), error)));
        value.map(Self).map_err(|(path, error)| {
            let reason = without_values(&error);
            ControlError::bad_request(format!("{place}: body at {path}: {reason}; {SEE}"))
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = ControlError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ControlError> {
        axum::extract::Query::try_from_uri(&parts.uri).map(|query| Self(query.0)).map_err(|error| {
            let place = format!("{} {}", parts.method, parts.uri.path());
            let reason = without_values(&error.body_text());
            ControlError::bad_request(format!("{place}: query: {reason}; {SEE}"))
        })
    }
}

/// The error's text with everything between double quotes left out: it may be a key.
fn without_values(error: &impl Display) -> String {
    let text = error.to_string().replace("\\\"", "");
    let mut kept = String::new();
    for (n, piece) in text.split('"').enumerate() {
        kept.push_str(if n % 2 == 0 { piece } else { "\"…\"" });
    }
    kept
}

const SEE: &str = "GET /control/openapi.json shows the shape";

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[serde(default)]
        count: u32,
    }

    async fn read(body: &'static str) -> Result<u32, String> {
        let request = Request::post("/control/x").body(body.into()).unwrap();
        let order = Input::<Order>::from_request(request, &()).await;
        order.map(|order| order.0.count).map_err(|error| error.message().to_owned())
    }

    #[tokio::test]
    async fn a_wrong_body_is_named_by_place_and_never_quoted() {
        assert_eq!(read("").await, Ok(0));
        assert_eq!(read("{\"count\":2}").await, Ok(2));
        let error = read(r#"{"count":"tell\"nobody"}"#).await.unwrap_err();
        assert!(error.starts_with("POST /control/x: body at count: invalid type"), "{error}");
        assert!(!error.contains("nobody") && !error.contains("tell"), "{error}");
        assert!(read(r#"{"counts":1}"#).await.unwrap_err().contains("counts"));
        assert!(read("{} {}").await.is_err());
    }
}
