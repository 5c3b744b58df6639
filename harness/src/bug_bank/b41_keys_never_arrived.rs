//! Registered, but the keys never arrived.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B41",
    title: "registered, but the keys never arrived",
    group: Group::Registry,
    cause: "the registration is committed before the keys are handed over, and running it again changes nothing",
    symptom: "the second run ends well and the kit still holds placeholders",
    fix: "delete the trust and register it again",
    owner: Who::Admin,
    clauses: &["KIT-REGISTER-03"],
    caught_by: &[Catcher::Oracle("kit-secrets")],
    play: Play::NotYet,
};
