//! The upgrade window: every pairing of hub edition, trust edition, FL server line and FL client line.
//!
//! A [`Pairing`] is run for real on sockets ([`judge`]): two trusts are registered and started, each
//! gets one task of every type it knows, the FL server trains. What was sent is laid beside what the
//! hub holds, and the worst that was found is the verdict of the [`Cell`].

mod axes;
mod cell;
mod federation;
mod gate;
mod judge;
mod order;
mod pairing;
mod release;
pub mod render;
mod report;
mod sweep;
mod trainings;
mod work;

pub use axes::{Axes, AxisError};
pub use cell::{Cell, Counts, Kind, Trace, Verdict};
pub use gate::{Gate, State, Window};
pub use judge::judge;
pub use order::{Move, Order, Outcome, Plan, Reached, Step};
pub use pairing::{FlServer, Pairing, Parts, TrustsByEdition};
pub use release::{Packages, Part, Release, ReleaseError};
pub use report::{Group, MatrixReport, Unjudged};
pub use sweep::{Sweep, sweep};
