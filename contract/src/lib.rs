//! What the two halves of a FLIP federation owe each other, as types and data.
//!
//! No I/O and no runtime in here: editions as rows of capabilities, limits as constants, payload
//! envelopes, the kit file model, the requirement catalogue, and the record of a captured exchange.
//! Both mocks and the judge build on it; none of them borrows from another.

pub mod capture;
pub mod catalogue;
pub mod edition;
pub mod envelope;
pub mod fl_line;
pub mod key;
pub mod kit;
pub mod limits;
pub mod wire;
