//! Something else listens on the port.

use bytes::Bytes;
use serde::Deserialize;
use serde::de::Error;

use super::plan::Plan;
use super::{TransportFault, TransportFaultRow, When, read};
use crate::listener::WireFault;

/// Answers with bytes that are not HTTP, then closes. Without params it is a short binary greeting.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Params")]
pub struct Garbage {
    /// What goes out.
    pub bytes: Bytes,
    /// Whether the handler does its work first.
    pub when: When,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    bytes: Option<Vec<u8>>,
    text: Option<String>,
    #[serde(default)]
    when: When,
}

impl TryFrom<Params> for Garbage {
    type Error = serde_json::Error;

    fn try_from(params: Params) -> Result<Self, serde_json::Error> {
        let bytes = match (params.bytes, params.text) {
            (Some(_), Some(_)) => {
                return Err(Error::custom("`bytes` and `text` exclude each other"));
            }
            (Some(bytes), None) => bytes.into(),
            (None, Some(text)) => text.into(),
            (None, None) => Bytes::from_static(GREETING),
        };
        Ok(Self { bytes, when: params.when })
    }
}

impl Garbage {
    pub(super) fn shape(&self, plan: &mut Plan) {
        plan.instead(self.when, WireFault::Garbage(self.bytes.clone()));
    }
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "garbage",
    sentence: "Bytes that are not HTTP are answered.",
    example: r#"{"text": "SSH-2.0-OpenSSH_9.6\r\n"}"#,
    read: |params| read(params, TransportFault::Garbage),
};

const GREETING: &[u8] = b"\x00\x00\x12\x04\x00\xff\xfe not http\r\n";
