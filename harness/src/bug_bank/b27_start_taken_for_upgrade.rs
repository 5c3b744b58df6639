//! Start taken for an upgrade.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B27",
    title: "start taken for an upgrade",
    group: Group::Upgrade,
    cause: "the start verb resets the imaging archive, which an upgrade must not",
    symptom: "the imaging archive is empty after an upgrade",
    fix: "use the upgrade verb",
    owner: Who::Operator,
    clauses: &["UPG-VERB-01"],
    caught_by: &[Catcher::Oracle("upgrade-advice")],
    play: Play::Elsewhere { why_not: "it needs a host with an imaging archive to lose" },
};
