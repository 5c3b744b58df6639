//! A hub put together: three listeners over one state.

mod ca_file;
mod error;
mod parts;
mod ready;
mod recovery;
mod start;

pub use error::StartError;
pub use ready::Ready;
pub use start::Hub;
