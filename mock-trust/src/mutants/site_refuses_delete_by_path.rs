//! The imaging service answers 405 to a delete that names its project in the path.

use contract::edition::DeleteImaging;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "site-refuses-delete-by-path",
    breaks: &["TRUST-TASK-08"],
    sentence: "The imaging service answers 405 to a delete that names its project in the path.",
    deviation: Deviation::NONE,
    apply: |habits| habits.site.delete_project = DeleteImaging::QueryParameter,
};
