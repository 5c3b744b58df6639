//! How many scenarios run at once: as many as the machine carries, not a number somebody guessed.
//!
//! A scenario that starts a program needs a processor for a moment and then mostly waits. How many
//! of them a machine carries depends on its cores, on the program, and on what else runs there; so
//! scenarios are let in one by one, for as long as the machine shows that it has room.

mod gate;
mod load;

pub use gate::Jobs;
pub(crate) use gate::{Gate, Pass};
pub(crate) use load::LoadMeter;
