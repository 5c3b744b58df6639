//! Running scenarios: cucumber underneath, and around it everything that keeps a run honest.

mod case_file;
mod cause;
mod feature_set;
mod order;
mod pace;
mod presence;
mod results;
mod run;
mod selection;
mod settle;
mod steps;
mod suite;
mod trial;

pub use case_file::{CaseFile, CaseFileError};
pub use cause::{causes_found, decides, settle_dependents};
pub use feature_set::{Case, CaseSide, FeatureError, FeatureSet, FeatureSource};
pub use order::{Part, RunOrder, Sink, Subject};
pub use pace::Jobs;
pub(crate) use pace::{Gate, Pass};
pub use results::RunResults;
pub use run::Engine;
pub use selection::{Selection, SelectionError, Shard, nearest, outside_edition, select};
pub use steps::{Args, StepFn, StepRow};
pub use trial::{Trial, is_red};
