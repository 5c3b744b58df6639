//! Names the project to delete in the query instead of the path.

use contract::edition::DeleteImaging;

use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "deletes-imaging-by-query-parameter",
    breaks: &["TRUST-TASK-08"],
    sentence: "Names the project to delete in the query instead of the path.",
    deviation: Deviation::NONE,
    apply: |habits| habits.task.delete_imaging = DeleteImaging::QueryParameter,
};
