//! The two conducts: keeping every clause, or misbehaving as the real system does.

use std::fmt;
use std::str::FromStr;

use contract::edition::EditionId;

use super::Habits;

/// Which of two sets of habits a mock keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Conduct {
    /// Every clause.
    #[default]
    Ideal,
    /// What the real system was seen doing, known deviations included.
    AsBuilt,
}

impl Conduct {
    /// The word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ideal => "ideal",
            Self::AsBuilt => "as-built",
        }
    }

    /// The habits of this conduct in an edition.
    pub fn habits(self, edition: EditionId) -> Habits {
        match self {
            Self::Ideal => Habits::ideal(edition.row()),
            Self::AsBuilt => Habits::as_built(edition.row()),
        }
    }
}

impl fmt::Display for Conduct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text names no conduct.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown conduct {0:?}; known: ideal, as-built")]
pub struct UnknownConduct(pub String);

impl FromStr for Conduct {
    type Err = UnknownConduct;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Ideal, Self::AsBuilt]
            .into_iter()
            .find(|conduct| conduct.name() == text)
            .ok_or_else(|| UnknownConduct(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conduct_reads_back_from_its_name() {
        for conduct in [Conduct::Ideal, Conduct::AsBuilt] {
            assert_eq!(conduct.name().parse(), Ok(conduct));
        }
        assert!("sloppy".parse::<Conduct>().is_err());
    }
}
