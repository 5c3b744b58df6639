//! Helm fights over a secret.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B52",
    title: "Helm fights over a secret",
    group: Group::Host,
    cause: "keys patched into a Kubernetes secret by hand belong to somebody else for Helm 4, which refuses to upgrade",
    symptom: "the upgrade of a site stops at a conflict over its own secret",
    fix: "hand the keys over by the chart, or give their fields up before upgrading",
    owner: Who::Operator,
    clauses: &["UPG-VERB-01"],
    caught_by: &[Catcher::SiteCheck("container.in-force")],
    play: Play::Elsewhere { why_not: "it needs a Kubernetes cluster with the site's chart in it" },
};
