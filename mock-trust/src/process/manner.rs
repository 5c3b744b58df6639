//! How a mock behaves: what both the node and a lone service of its site are told.

use clap::Args;
use contract::edition::EditionId;

use crate::{Conduct, Habits, mutants};

/// Edition, conduct, misbehaviours and seed.
#[derive(Clone, Debug, Args)]
pub(super) struct MannerArgs {
    /// Edition of the contract to keep.
    #[arg(long, env = "FLIPCHECK_EDITION", default_value_t = EditionId::DEFAULT)]
    pub(super) edition: EditionId,
    /// Misbehave in this way as well; repeatable.
    #[arg(long = "mutant", env = "FLIPCHECK_MUTANT", value_delimiter = ',')]
    mutants: Vec<String>,
    /// Keep every clause (ideal) or do what the real system was seen doing (as-built).
    #[arg(long, env = "FLIPCHECK_CONDUCT", default_value_t = Conduct::Ideal)]
    pub(super) conduct: Conduct,
    /// Decides jitter and the people of the built-in hospital.
    #[arg(long, env = "FLIPCHECK_SEED", default_value_t = 0)]
    pub(super) seed: u64,
}

impl MannerArgs {
    /// The habits these make; an unknown mutant is told in one line with its nearest neighbour.
    pub(super) fn habits(&self) -> Result<Habits, String> {
        let mut habits = self.conduct.habits(self.edition);
        for name in self.mutants.iter().filter(|name| !name.is_empty()) {
            habits = habits.with(mutants::find(name).map_err(|error| error.to_string())?);
        }
        Ok(habits)
    }
}
