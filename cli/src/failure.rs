//! A command that cannot do its work: one line of cause, one line of hint, the right exit code.

use std::fmt::{self, Display};
use std::process::ExitCode;

use crate::output::say;

/// Usage, configuration or unreadable input.
pub const USAGE: u8 = 2;
/// Could not verify: nothing ran, target unreachable, engine error, cut short.
pub const NOT_VERIFIED: u8 = 3;
/// Interrupted by the user.
pub const INTERRUPTED: u8 = 130;

/// Why a command ends without having done its work.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    cause: String,
    hint: Option<String>,
}

impl Failure {
    /// The user's input cannot be used.
    pub fn usage(cause: impl Display) -> Self {
        Self { code: USAGE, cause: cause.to_string(), hint: None }
    }

    /// Nothing could be verified.
    pub fn not_verified(cause: impl Display) -> Self {
        Self { code: NOT_VERIFIED, cause: cause.to_string(), hint: None }
    }

    /// Our own machinery failed.
    pub fn engine(cause: impl Display) -> Self {
        Self { code: NOT_VERIFIED, cause: cause.to_string(), hint: None }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// Prints it on stderr and gives its exit code.
    pub fn report(&self) -> ExitCode {
        say(&format!("error: {self}"));
        if let Some(hint) = &self.hint {
            say(&format!("\nhint: {hint}"));
        }
        ExitCode::from(self.code)
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}
