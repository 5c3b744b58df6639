//! Why a hub does not start on a state file.

use std::io;
use std::path::{Path, PathBuf};

use contract::edition::EditionId;
use rusqlite::ErrorCode;
use thiserror::Error;

/// A state file that cannot be used. Nothing in it was changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenStateError {
    /// It cannot be made or read at all.
    #[error("cannot open the state file {}", path.display())]
    Unreachable {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Another process has it.
    #[error("the state file {} is in use by another hub", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// It holds something else.
    #[error("{} is no state file of a hub: {reason}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is.
        reason: String,
    },
    /// It is damaged.
    #[error("the state file {} is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// An older edition made the tables, and nothing alters them.
    #[error(
        "the state file {} is of an older release: edition {edition} makes missing tables only and \
         needs {lacking}", path.display()
    )]
    TooOld {
        /// The file.
        path: PathBuf,
        /// Who would serve it.
        edition: EditionId,
        /// Columns it lacks, as `table.column`.
        lacking: String,
    },
    /// A newer edition made the tables.
    #[error(
        "the state file {} is of a newer release: edition {edition} does not know {unknown}",
        path.display()
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Who would serve it.
        edition: EditionId,
        /// Columns it does not know, as `table.column`.
        unknown: String,
    },
    /// A migration did not go through; it was undone.
    #[error("the state file {} cannot be migrated to edition {edition}: {reason}", path.display())]
    Migration {
        /// The file.
        path: PathBuf,
        /// Who would serve it.
        edition: EditionId,
        /// What went wrong.
        reason: String,
    },
    /// It can be read, but not written.
    #[error("cannot write the state file {}: {reason}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

impl OpenStateError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } | Self::Unwritable { .. } => {
                "choose a file in a folder that exists and can be written"
            }
            Self::InUse { .. } => "stop that hub first, or choose another file",
            Self::Foreign { .. } => "choose a file that a hub made, or one that does not exist yet",
            Self::Damaged { .. } => "put back a copy of it, or begin again with a new file",
            Self::TooOld { .. } => {
                "recreate the database (which orphans every kit): begin with a new file; or go to \
                 an edition with migrations"
            }
            Self::TooNew { .. } => "start the release that made it, or begin with a new file",
            Self::Migration { .. } => {
                "the file is as it was; mend what the line names, start again"
            }
        }
    }

    /// What SQLite says about a file, in our words.
    pub(super) fn of(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let reason = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse { path },
            Some(ErrorCode::NotADatabase) => {
                Self::Foreign { path, reason: "it is no SQLite database".to_owned() }
            }
            Some(ErrorCode::CannotOpen) => {
                Self::Unreachable { path, source: io::Error::other(reason) }
            }
            Some(
                ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure,
            ) => Self::Unwritable { path, reason },
            _ => Self::Damaged { path, reason },
        }
    }
}
