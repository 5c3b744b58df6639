//! Listeners that can be taken down, and connections that can be made to misbehave.

mod connection;
mod delivery;
mod exchange;
mod gate;
mod handle;
mod io;
mod options;
mod reply;
mod server;
mod stream;
mod wire_fault;

pub use connection::{ConnectionControl, RawConnection};
pub(crate) use delivery::{Coding, Delivery, Framing};
pub use handle::{ListenerHandle, ListenerState};
pub use options::{Class, Classify, RawHandler, ServeOptions};
pub use server::{ListenError, Listener, Server, callable};
pub use stream::Stream;
pub use wire_fault::WireFault;
