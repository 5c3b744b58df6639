//! Why the real package could not be had. Never the fault of what is judged.

use camino::Utf8PathBuf;

use super::spec::SpecError;
use crate::finding::Stop;

/// Why the real package could not be had.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The text names no release.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// No Python new enough.
    #[error("no Python {}.{} or newer: {tried}", OLDEST.0, OLDEST.1)]
    NoPython {
        /// What was tried and what each said.
        tried: String,
    },
    /// The cache folder cannot be used.
    #[error("cannot use the cache folder {folder}: {reason}")]
    Cache {
        /// Which.
        folder: Utf8PathBuf,
        /// Why.
        reason: String,
    },
    /// No virtual environment.
    #[error("cannot make a virtual environment with {python}: {reason}")]
    Environment {
        /// The Python that was asked.
        python: Utf8PathBuf,
        /// What it said last.
        reason: String,
    },
    /// The index does not have the release.
    #[error("the package index has no {what}: {reason}")]
    NotOnIndex {
        /// The release.
        what: String,
        /// What pip said last.
        reason: String,
    },
    /// pip failed in another way; most often there is no network.
    #[error("cannot install {what}: {reason}")]
    Install {
        /// What was to be installed.
        what: String,
        /// What pip said last.
        reason: String,
    },
    /// The package is there and its code does not run.
    #[error("{what} does not run a training: {reason}")]
    Driver {
        /// The release.
        what: String,
        /// What Python said last.
        reason: String,
    },
}

impl PackageError {
    /// What to do, in one line.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Spec(_) => "write the release as pip:flip-utils==0.1.8",
            Self::NoPython { .. } => {
                "install Python 3.12 or newer, or name one with --python /path/to/python3.12"
            }
            Self::Cache { .. } => "make the folder writable, or name another in XDG_CACHE_HOME",
            Self::Environment { .. } => {
                "install the venv module of that Python (python3-venv), or name another with --python"
            }
            Self::NotOnIndex { .. } => {
                "name a release of `pip index versions flip-utils`, or set PIP_INDEX_URL to an index that has it"
            }
            Self::Install { .. } => {
                "check the network and PIP_INDEX_URL; a release that was installed once needs neither"
            }
            Self::Driver { .. } => {
                "remove flipcheck/fl-packages below the cache folder and try again; name another release if that does not help"
            }
        }
    }
}

impl From<PackageError> for Stop {
    fn from(error: PackageError) -> Self {
        Self::not_verified(format!("{error}; {}", error.hint()))
    }
}

/// The oldest Python the package runs on.
pub(super) const OLDEST: (u32, u32) = (3, 12);
