//! The colours of the human report, or none.

use anstyle::{AnsiColor, Style};

use crate::outcome::Outcome;

/// One style for each thing that may stand out. The default has no colour at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    /// Passed.
    pub passed: Style,
    /// Known deviations and broken SHOULDs.
    pub warned: Style,
    /// Broken MUSTs and stale expectations.
    pub failed: Style,
    /// What could not be tested: another colour than what failed.
    pub unverified: Style,
    /// Not applicable and disabled; labels.
    pub faint: Style,
    /// Ids, and the command to copy.
    pub strong: Style,
}

impl Palette {
    /// No colour: readable anywhere.
    pub fn plain() -> Self {
        Self::default()
    }

    /// For terminals.
    pub fn coloured() -> Self {
        Self {
            passed: AnsiColor::Green.on_default(),
            warned: AnsiColor::Yellow.on_default(),
            failed: AnsiColor::Red.on_default().bold(),
            unverified: AnsiColor::Magenta.on_default().bold(),
            faint: Style::new().dimmed(),
            strong: Style::new().bold(),
        }
    }

    /// The style of an outcome.
    pub fn of(&self, outcome: Outcome) -> Style {
        match outcome {
            Outcome::Disabled | Outcome::NotApplicable => self.faint,
            Outcome::Passed => self.passed,
            Outcome::KnownDeviation | Outcome::Warned => self.warned,
            Outcome::Failed | Outcome::UnexpectedPass => self.failed,
            Outcome::NotVerified => self.unverified,
        }
    }
}
