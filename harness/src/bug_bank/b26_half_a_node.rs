//! Half a node after a reboot.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B26",
    title: "half a node after a reboot",
    group: Group::Host,
    cause: "the APIs and the FL client have no restart policy, their neighbours do",
    symptom: "databases are up after a reboot and the trust keeps silent for weeks",
    fix: "give every service the restart policy unless-stopped",
    owner: Who::Operator,
    clauses: &["HOST-GUARD-01"],
    caught_by: &[
        Catcher::SiteCheck("container.restart-policy"),
        Catcher::Scenario("heartbeat/hub-online/31-s-after-its-last-heartbeat-a-trust-is-offline"),
    ],
    play: Play::Elsewhere {
        why_not: "it needs a host that reboots under the site's own compose file",
    },
};
