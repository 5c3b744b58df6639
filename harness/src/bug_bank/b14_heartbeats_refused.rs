//! Heartbeats refused, polling fine.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B14",
    title: "heartbeats refused, polling fine",
    group: Group::Liveness,
    cause: "the trust takes a 4xx answer to a heartbeat for a success",
    symptom: "the site is shown as Offline while it polls and works",
    fix: "log the refusal and repeat the heartbeat without body",
    owner: Who::TrustDev,
    clauses: &["TRUST-HB-02"],
    caught_by: &[Catcher::Scenario(
        "heartbeat/trust-snapshot/a-refused-snapshot-is-followed-by-one-heartbeat-without-body",
    )],
    play: Play::NotYet,
};
