//! Takes a redirect of a site service that has a JSON body for work done.

use contract::edition::EditionId;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "takes-local-redirect-for-success",
    breaks: &["TRUST-TASK-09"],
    sentence: "Takes a redirect of a site service that has a JSON body for work done.",
    deviation: Deviation::of(&[EditionId::V2026_09]),
    apply: |habits| habits.task.fails_with_local_redirect = false,
};
