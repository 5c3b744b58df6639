//! Wrong FL host in the guide.

use contract::catalogue::Who;

use super::{Bug, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B37",
    title: "wrong FL host in the guide",
    group: Group::Network,
    cause: "the firewall was opened for a name that nothing answers to",
    symptom: "the firewall is open and the FL endpoint cannot be reached",
    fix: "name the FL host of the hub: fl. and the hub's own host",
    owner: Who::SiteIt,
    clauses: &["NET-NAME-01"],
    caught_by: &[],
    play: Play::NotYet,
};
