//! Firewall rule by group.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B38",
    title: "firewall rule by group",
    group: Group::Cloud,
    cause: "the traffic leaves through NAT, where a rule that names a group does not match",
    symptom: "closing the way out stops the FL traffic as well",
    fix: "write the rule by address and port",
    owner: Who::Admin,
    clauses: &["NET-ONLINE-01"],
    caught_by: &[Catcher::Scenario(
        "network/trust-fl-endpoint/an-online-trust-whose-way-ends-in-a-timeout-is-not-called-able-to-train",
    )],
    play: Play::Elsewhere {
        why_not: "it needs a cloud network with NAT and security groups; the stand-in for the FL endpoint knows addresses only",
    },
};
