//! Heads an edge may write: names in capitals, headers of its own, an interim answer before.

use axum::http::{HeaderName, HeaderValue, Response};
use bytes::Bytes;
use serde::Deserialize;

use super::plan::{Edit, Plan};
use super::{TransportFault, TransportFaultRow, read};
use crate::listener::WireFault;

/// Writes header names in capitals and adds headers of its own, two of one name among them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EdgeHeaders {
    /// How many are added, at most 80.
    #[serde(default = "forty")]
    pub count: u8,
}

impl EdgeHeaders {
    pub(super) fn shape(&self, plan: &mut Plan) {
        plan.edit(Edit::Add(self.count.min(COUNT_MAX)));
        plan.wire(WireFault::CapitalHead);
    }
}

pub(super) fn add<B>(response: &mut Response<B>, count: u8) {
    let headers = response.headers_mut();
    for n in 0..count {
        let name = HeaderName::try_from(format!("x-edge-{}", n / 2));
        let value = HeaderValue::try_from(format!("\"a, b\"; n={n}"));
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
}

/// Sends an interim answer, which has no body, before the answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interim {
    /// 100 or, as browsers get them, 103.
    #[serde(default)]
    pub code: InterimCode,
}

/// Codes of interim answers nobody has to ask for.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub enum InterimCode {
    /// Go on.
    #[serde(rename = "100")]
    Continue,
    /// Headers that will come.
    #[default]
    #[serde(rename = "103")]
    EarlyHints,
}

impl Interim {
    pub(super) fn shape(&self, plan: &mut Plan) {
        let bytes = match self.code {
            InterimCode::Continue => CONTINUE,
            InterimCode::EarlyHints => EARLY_HINTS,
        };
        plan.wire(WireFault::Preface(Bytes::from_static(bytes)));
    }
}

fn forty() -> u8 {
    40
}

pub(super) const HEADERS: TransportFaultRow = TransportFaultRow {
    name: "edge-headers",
    sentence: "Header names come in capitals, with dozens of further headers, some twice.",
    example: r#"{"count": 40}"#,
    read: |params| read(params, TransportFault::EdgeHeaders),
};

pub(super) const INTERIM: TransportFaultRow = TransportFaultRow {
    name: "interim-answer",
    sentence: "An interim answer, 100 or 103, comes before the answer itself.",
    example: r#"{"code": "103"}"#,
    read: |params| read(params, TransportFault::Interim),
};

const COUNT_MAX: u8 = 80;
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
const EARLY_HINTS: &[u8] = b"HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n";
