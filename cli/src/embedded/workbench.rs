//! The mocks as a bug's play orders them.

use std::sync::Arc;

use contract::edition::Edition;
use harness::bug_bank::{self, Workshop};
use harness::finding::{Judged, Stop};
use harness::target::{Surroundings, TrustTarget};

use super::{EmbeddedTrust, surroundings};
use crate::args::Conduct;

/// Makes mock trusts, mock hubs and mock site services.
#[derive(Clone, Copy, Debug)]
pub struct Workbench;

impl Workshop for Workbench {
    fn around(&self) -> Surroundings {
        surroundings()
    }

    fn trust(
        &self,
        edition: &'static Edition,
        conduct: bug_bank::Conduct,
        mutants: &[&str],
    ) -> Judged<Arc<dyn TrustTarget>> {
        let conduct = match conduct {
            bug_bank::Conduct::AsBuilt => Conduct::AsBuilt,
            bug_bank::Conduct::Ideal => Conduct::Ideal,
        };
        let mutants: Vec<String> = mutants.iter().map(|name| (*name).to_owned()).collect();
        let trust = EmbeddedTrust::new(edition, conduct, &mutants).map_err(Stop::not_verified)?;
        Ok(Arc::new(trust))
    }
}
