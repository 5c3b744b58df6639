//! A hub as a process under load, killed and started again on one file.

#![allow(unreachable_pub, reason = "shared by one test file")]

pub mod chain;
pub mod holdings;
pub mod process;
pub mod worker;
