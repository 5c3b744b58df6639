//! Status stuck at green.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B15",
    title: "status stuck at green",
    group: Group::Liveness,
    cause: "one loop does the work and the heartbeats, so a long task silences them, and the page keeps what it last saw",
    symptom: "a site is Offline although it is only busy",
    fix: "send heartbeats from a task of their own; show the age of the last one",
    owner: Who::TrustDev,
    clauses: &["TRUST-POLL-06"],
    caught_by: &[Catcher::Scenario(
        "polling/trust-cycles/a-trust-that-works-for-90-s-stays-online",
    )],
    play: Play::NotYet,
};
