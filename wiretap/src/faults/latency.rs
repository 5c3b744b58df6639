//! A slow way to the service, or back.

use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::plan::{Delay, Plan};
use super::{TransportFault, TransportFaultRow, When, read};

/// Waits before the handler, or with `when` before its answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// How long, milliseconds.
    pub ms: u64,
    /// On which side of the handler.
    #[serde(default)]
    pub when: When,
}

impl Latency {
    pub(super) fn shape(&self, plan: &mut Plan, released: &CancellationToken) {
        plan.delay(self.when, Delay { ms: self.ms, released: released.clone() });
    }
}

pub(super) const ROW: TransportFaultRow = TransportFaultRow {
    name: "latency",
    sentence: "The answer comes later by so many milliseconds.",
    example: r#"{"ms": 250}"#,
    read: |params| read(params, TransportFault::Latency),
};
