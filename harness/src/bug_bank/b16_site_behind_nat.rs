//! Site behind NAT shown as dead.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B16",
    title: "site behind NAT shown as dead",
    group: Group::Liveness,
    cause: "liveness was probed from outside, towards a site that accepts no connection",
    symptom: "a site that polls every few seconds is shown as not replying",
    fix: "take heartbeats for liveness, and nothing that connects inwards",
    owner: Who::HubDev,
    clauses: &["HUB-HB-04"],
    caught_by: &[Catcher::Scenario(
        "heartbeat/hub-online/0-s-after-its-last-heartbeat-a-trust-is-online",
    )],
    play: Play::NotYet,
};
