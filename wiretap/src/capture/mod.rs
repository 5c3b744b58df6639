//! From a request in flight to a record: what a handler says about it, and its texts without secrets.

mod mask;
mod pending;
mod verdict;

pub use verdict::{Auth, Verdict};

pub(crate) use mask::TokenCache;
pub(crate) use pending::{Caller, Pending, Reply};
