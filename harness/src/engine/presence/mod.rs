//! Who is there, before what it does (DESIGN 6): one hub at the address, with a certificate that holds,
//! and keys that open what they are for; one trust behind its kit, which is the process we started. What
//! fails here is said once, with its owner, and nothing else is judged.

use super::order::Subject;
use crate::event::Problem;
use crate::finding::Stop;
use crate::outcome::Outcome;
use crate::world::RunContext;

mod answers;
mod callers;
mod first_call;
mod hub;
mod keys;

/// Looks at both ends once; the problem says why nothing of the target can be judged.
pub(super) async fn make_sure(context: &RunContext) -> Result<(), Problem> {
    match &context.subject {
        Subject::Hub { .. } => hub::make_sure(context).await,
        Subject::Trust { target, around } => {
            first_call::make_sure(context, target.as_ref(), around).await
        }
    }
}

/// A look that could not be taken.
fn stopped(stop: &Stop) -> Problem {
    match stop {
        Stop::NotVerified(reason) | Stop::NotApplicable(reason) => {
            Problem::new(Outcome::NotVerified, reason.as_str())
        }
        Stop::Broken(_) | Stop::SceneBroken(_) => {
            Problem::new(Outcome::NotVerified, stop.to_string())
        }
    }
}

/// Something that is not the target's own doing keeps it from being judged.
fn not_verified(owner: &str, message: String) -> Problem {
    let owner = Some(owner.to_owned());
    Problem { owner, ..Problem::new(Outcome::NotVerified, message) }
}

/// A clause says that this must not be.
fn broken(requirement: &str, owner: &str, message: String) -> Problem {
    Problem {
        outcome: Outcome::Failed,
        requirement: Some(requirement.to_owned()),
        ..not_verified(owner, message)
    }
}

const HUB_ADMIN: &str = "hub admin";
const TRUST_OPERATOR: &str = "trust operator";
