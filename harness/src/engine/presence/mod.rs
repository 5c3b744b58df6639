//! Who is there, before what it does (DESIGN 6): one hub at the address, one trust behind its kit, keys
//! that open what they are for. What fails here is said once, with its owner, and nothing else is judged.

use super::order::Subject;
use crate::event::Problem;
use crate::finding::Stop;
use crate::outcome::Outcome;
use crate::world::RunContext;

mod first_call;

/// Looks at both ends once; the problem says why nothing of the target can be judged.
pub(super) async fn make_sure(context: &RunContext) -> Result<(), Problem> {
    match &context.subject {
        Subject::Hub { .. } => first_call::of_hub(context).await.map_err(|stop| stopped(&stop)),
        Subject::Trust { .. } => first_call::of_trust(context).await.map_err(|stop| stopped(&stop)),
    }
}

/// A look that could not be taken.
fn stopped(stop: &Stop) -> Problem {
    Problem::new(Outcome::NotVerified, stop.to_string())
}
