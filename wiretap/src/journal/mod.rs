//! What was seen on the sockets, bounded, and how it is read again.
//!
//! An exchange is stored packed (one allocation for all its texts, secrets already tokenised) and
//! becomes a [`contract::capture::Exchange`] only when somebody reads it.

mod book;
mod entry;
mod filter;
mod options;
mod ring;
mod sink;

pub use book::{ConnectionPage, ExchangePage, Journal};
pub use filter::Filter;
pub use options::{JournalOptions, SecretHeaders};
pub use sink::SinkError;

pub(crate) use entry::{Draft, Meta, Packer};

#[cfg(test)]
pub(crate) use entry::blank_exchange;
