//! Reading, setting up and judging recorded exchanges.

#![allow(unreachable_pub, reason = "a test has no outside")]

pub mod after;
pub mod compare;
pub mod line;
pub mod prepare;
