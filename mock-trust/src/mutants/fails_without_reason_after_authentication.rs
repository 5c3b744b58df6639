//! Reports null when a payload failed authentication.

use contract::edition::EditionId;

use crate::habits::FailureReason;
use crate::mutants::{Deviation, Mutant};

pub(super) const MUTANT: Mutant = Mutant {
    name: "fails-without-reason-after-authentication",
    breaks: &["TRUST-RESULT-04"],
    sentence: "Reports null when a payload failed authentication.",
    deviation: Deviation::of(&[EditionId::TrustKeys]),
    apply: |habits| habits.report.reason = FailureReason::NotAfterAuthentication,
};
