//! An answer that breaks off.

use serde::Deserialize;

use super::plan::Plan;
use super::{Part, TransportFault, TransportFaultRow, read};
use crate::listener::WireFault;

/// Closes the connection after so many bytes of the answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truncate {
    /// Bytes that still arrive.
    pub bytes: u64,
    /// Of what they are counted.
    #[serde(default)]
    pub part: Part,
}

impl Truncate {
    pub(super) fn shape(&self, plan: &mut Plan) {
        plan.wire(WireFault::Truncate { bytes: self.bytes, part: self.part });
    }
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "truncate",
    sentence: "The connection closes after so many bytes of the answer.",
    example: r#"{"bytes": 10, "part": "body"}"#,
    read: |params| read(params, TransportFault::Truncate),
};
