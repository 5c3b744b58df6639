//! Docker, as far as a run needs it: a place of its own, labels on everything, and nothing left behind.
//!
//! **Invariant: whatever is made in Docker carries the run's labels.** That is how the run finds it at
//! its end, and how the next run finds what a killed one left.

mod docker;
pub mod doctor;
mod followed;
pub mod image;
mod labels;
mod leftovers;
mod yard;

pub use docker::{Docker, DockerError, EngineFacts};
pub use followed::Followed;
pub use image::Pull;
pub use labels::RunMark;
pub use leftovers::{Kind, Leftover, Leftovers};
pub use yard::{SiteNetwork, Yard};
