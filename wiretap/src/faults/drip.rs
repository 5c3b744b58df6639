//! An answer that trickles.

use std::time::Duration;

use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::plan::Plan;
use super::{Part, TransportFault, TransportFaultRow, read};
use crate::listener::WireFault;

/// Sends the answer in small pieces with a pause before each. The rest goes at once when the fault is
/// removed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drip {
    /// The pause, milliseconds.
    pub every_ms: u64,
    /// Bytes of a piece.
    #[serde(default = "one")]
    pub bytes: usize,
    /// What is dripped.
    #[serde(default)]
    pub part: Part,
}

impl Drip {
    pub(super) fn shape(&self, plan: &mut Plan, released: &CancellationToken) {
        plan.wire(WireFault::Drip {
            every: Duration::from_millis(self.every_ms),
            bytes: self.bytes,
            part: self.part,
            released: released.clone(),
        });
    }
}

fn one() -> usize {
    1
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "drip",
    sentence: "The answer arrives a few bytes at a time.",
    example: r#"{"every_ms": 20, "bytes": 1, "part": "body"}"#,
    read: |params| read(params, TransportFault::Drip),
};
