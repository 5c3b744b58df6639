//! The published FL library itself as FL server: `pip:flip-utils==0.1.8`.
//!
//! [`Package::prepare`] makes a virtual environment of its own for a release, once, below the user's
//! cache folder; [`Package::train`] runs a whole training through the package's own posting code and
//! gives the report the hub stand-in's `POST /control/training` gives, so that one oracle judges
//! both. What went over the wire is in the journal of the hub it posts to.
//!
//! Only what makes requests is installed for real: the package, `requests`, `pydantic` and
//! `pydantic-settings`, each in the range the release itself asks for. NVFLARE, Flower, torch, pandas
//! and boto3 are stubs (`driver/stubs.py`, `driver/framework.py`). How far the package's own relays
//! are driven:
//!
//! | posts | from 0.4.1 | 0.1.5 to 0.1.8 | to 0.1.4 |
//! |---|---|---|---|
//! | metrics, results, round events | `FlipFedAvg` | `handle_client_metrics` | `ScatterAndGather` |
//! | exceptions | `FlipFedAvg` | `handle_client_exception` | `ScatterAndGather` |
//! | running word | `FlipFedAvg` | `update_status`, called directly | `ServerEventHandler` |
//! | first and last words | `ServerEventHandler` | = | = |
//! | waiting report | `JobSchedulingReporter` from 0.13.0 | – | – |
//!
//! A metric with a round or an axis of its own travels in an NVFLARE event, so every release then runs
//! through `ScatterAndGather`. What cannot be had this way: the framework's own transport, and the
//! upload to object storage, whose outcome is given.

mod cache;
mod error;
mod find_python;
mod install;
mod order;
mod package;
mod program;
mod script;
mod spec;

pub use error::PackageError;
pub use find_python::usable_python;
pub use order::{Crash, Given, TrainingOrder};
pub use package::Package;
pub use spec::{FlServerSpec, PackageSpec, SpecError};
