//! What can be done to the bytes of one reply.

use std::time::Duration;

use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::faults::Part;

/// A misbehaviour of the connection, in force until its next request.
#[derive(Clone, Debug)]
pub enum WireFault {
    /// Sends nothing and resets the connection.
    Reset,
    /// Sends nothing and closes the connection.
    Close,
    /// Closes the connection after so many bytes of the part.
    Truncate {
        /// Bytes that still go out.
        bytes: u64,
        /// Of what they are counted.
        part: Part,
    },
    /// Sends these bytes instead of the reply, then closes the connection.
    Garbage(Bytes),
    /// Sends the part in small pieces with a pause before each.
    Drip {
        /// The pause.
        every: Duration,
        /// Bytes of a piece, at least 1.
        bytes: usize,
        /// What is dripped; the rest goes at once.
        part: Part,
        /// The rest goes at once when this is cancelled.
        released: CancellationToken,
    },
    /// Sends these bytes before the reply.
    Preface(Bytes),
    /// Writes the names of headers in capitals.
    CapitalHead,
}

impl WireFault {
    /// Whether the caller gets no reply at all.
    pub(crate) fn is_silent(&self) -> bool {
        matches!(self, Self::Reset | Self::Close | Self::Garbage(_))
    }

    /// Name of the transport fault that does this.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Close => "close",
            Self::Truncate { .. } => "truncate",
            Self::Garbage(_) => "garbage",
            Self::Drip { .. } => "drip",
            Self::Preface(_) => "interim-answer",
            Self::CapitalHead => "edge-headers",
        }
    }
}
