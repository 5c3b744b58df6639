//! Decryption not granted.

use contract::catalogue::Who;

use super::{Bug, Catcher, Group, Play};

pub(super) const BUG: Bug = Bug {
    id: "B8",
    title: "decryption not granted",
    group: Group::Cloud,
    cause: "the store moved to a key that the reading role may not use",
    symptom: "every object of the store is answered with AccessDenied",
    fix: "grant the role the use of the new key",
    owner: Who::Admin,
    clauses: &["KIT-PACKAGE-01"],
    caught_by: &[Catcher::SiteCheck("package.fl-kit")],
    play: Play::Elsewhere {
        why_not: "it needs a cloud store with its own encryption key; no socket of ours stands for that",
    },
};
