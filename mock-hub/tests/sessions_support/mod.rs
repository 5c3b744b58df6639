//! Reading, replaying and judging a recorded session.

#![allow(unreachable_pub, reason = "a test has no outside")]

pub mod line;
pub mod rates;
pub mod reply;
pub mod world;
