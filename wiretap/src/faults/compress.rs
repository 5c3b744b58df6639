//! An edge that compresses, for callers that asked for it.

use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use axum::http::{HeaderMap, HeaderValue, Response};
use serde::Deserialize;

use super::plan::Plan;
use super::{TransportFault, TransportFaultRow, read};
use crate::listener::{Coding, Delivery};

/// Compresses the body of an answer when the caller's `Accept-Encoding` names the coding; every other
/// answer goes out as it is. The journal keeps the body as it was before.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compress {
    /// The coding.
    #[serde(default)]
    pub coding: Coding,
}

impl Compress {
    pub(super) fn shape(&self, plan: &mut Plan) {
        plan.compress(self.coding);
    }
}

/// Whether the caller takes this coding; `gzip;q=0` says that it does not.
pub(super) fn takes(headers: &HeaderMap, coding: Coding) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).into_iter();
    values.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(',')).any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding.name()));
        named && !parts.any(|part| part.replace(' ', "") == "q=0")
    })
}

pub(super) fn announce<B>(response: &mut Response<B>, coding: Coding) {
    let headers = response.headers_mut();
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    headers.remove(axum::http::header::CONTENT_LENGTH);
    Delivery::of(response.extensions_mut()).coding = Some(coding);
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "compress",
    sentence: "The answer is compressed when the caller asked for that coding.",
    example: r#"{"coding": "gzip"}"#,
    read: |params| read(params, TransportFault::Compress),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_asked_for_is_compressed() {
        let asked = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(text).unwrap());
            takes(&headers, Coding::Gzip)
        };
        assert!(asked("gzip, deflate") && asked("br, GZIP;q=0.5"));
        assert!(!asked("deflate") && !asked("gzip; q=0") && !asked("identity"));
        assert!(!takes(&HeaderMap::new(), Coding::Gzip));
    }
}
