//! A case file: everything that replays one scenario, and nothing secret.

use camino::{Utf8Path, Utf8PathBuf};
use contract::edition::EditionId;
use serde::{Deserialize, Serialize};

use crate::event::{SCHEMA_VERSION, Side};
use crate::report::{Guard, Refused, place};

/// One scenario with the settings of the run it failed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// Version of this document.
    pub schema_version: u32,
    /// Version of flipcheck that wrote it.
    pub flipcheck: String,
    /// Scenario id.
    pub scenario: String,
    /// Judged side.
    pub side: Side,
    /// Target as written on the command line.
    pub target: String,
    /// Edition it was judged by.
    pub edition: EditionId,
    /// Seed of the run.
    pub seed: u64,
    /// Conduct of an embedded target.
    pub conduct: String,
    /// Mutants or semantic faults armed in an embedded target.
    #[serde(default)]
    pub mutants: Vec<String>,
    /// Factor on the waits of a target that can scale its time.
    pub time_scale: f64,
    /// Whether a broken SHOULD failed the run.
    #[serde(default)]
    pub strict: bool,
    /// Longest a step was allowed to take, seconds, if other than usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_limit_secs: Option<u64>,
    /// Folder the features came from, if not the binary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<Utf8PathBuf>,
    /// File with kits and keys for a hub that is not ours, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub_access: Option<Utf8PathBuf>,
    /// What was found, for the reader.
    #[serde(default)]
    pub found: Vec<String>,
}

/// A case file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CaseFileError {
    /// Cannot be read or written.
    #[error("case file {path}: {source}")]
    Io {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Is no case file.
    #[error("case file {path}: {reason}")]
    Malformed {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        reason: String,
    },
    /// It would have held a secret.
    #[error("case file {path}: {refused}")]
    Secret {
        /// The file.
        path: Utf8PathBuf,
        /// Which.
        #[source]
        refused: Refused,
    },
}

impl CaseFile {
    /// Reads one.
    pub fn read(path: &Utf8Path) -> Result<Self, CaseFileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| CaseFileError::Io { path: path.to_owned(), source })?;
        let case: Self = serde_json::from_str(&text).map_err(|error| CaseFileError::Malformed {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        if case.schema_version == SCHEMA_VERSION {
            return Ok(case);
        }
        Err(CaseFileError::Malformed {
            path: path.to_owned(),
            reason: format!(
                "schema_version {} is not {SCHEMA_VERSION}: replay it with flipcheck {}",
                case.schema_version, case.flipcheck
            ),
        })
    }

    /// Writes it into a folder, named after the scenario, unless it holds a secret; returns the path.
    pub fn write(&self, folder: &Utf8Path, guard: &Guard) -> Result<Utf8PathBuf, CaseFileError> {
        let path = folder.join(format!("{}.json", self.scenario.replace('/', "--")));
        let io = |source| CaseFileError::Io { path: path.clone(), source };
        let text = serde_json::to_string_pretty(self).map_err(|error| {
            CaseFileError::Malformed { path: path.clone(), reason: error.to_string() }
        })?;
        guard
            .check(text.as_bytes())
            .map_err(|refused| CaseFileError::Secret { path: path.clone(), refused })?;
        place(&path, (text + "\n").as_bytes()).map_err(io)?;
        Ok(path)
    }
}
