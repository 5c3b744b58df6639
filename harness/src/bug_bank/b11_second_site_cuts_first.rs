//! Second site cuts off the first.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B11",
    title: "second site cuts off the first",
    group: Group::Network,
    cause: "the allow-list keeps one address, so that adding a site replaces the one before",
    symptom: "the FL client of the site that was there first runs into timeouts",
    fix: "keep addresses in a list, one rule each",
    owner: Who::Admin,
    clauses: &["NET-NLB-03"],
    caught_by: &[Catcher::Scenario(
        "network/trust-fl-endpoint/adding-a-second-site-leaves-the-first-connected",
    )],
    play: Play::NotYet,
};
