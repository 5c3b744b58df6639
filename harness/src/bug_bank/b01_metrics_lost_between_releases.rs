//! Metrics lost between releases.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B1",
    title: "metrics lost between releases",
    group: Group::Images,
    cause: "the hub wants fl_client_name in every metric and an FL image of an older line sends none",
    symptom: "the training ends as uploaded while its metrics and its progress feed stay empty",
    fix: "move hub and FL images in one window, then repeat the training",
    owner: Who::Admin,
    clauses: &["FL-METRIC-01", "FL-LOSS-02"],
    caught_by: &[Catcher::Cell("hub=2026.09,fl=fl-0.1.8")],
    play: Play::NotYet,
};
