//! Why a hub does not start.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;
use wiretap::{ListenError, SinkError, TlsError};

use crate::store::OpenStateError;

/// A hub that cannot start. All of these are the starter's to mend.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// An address that others could reach was not allowed.
    #[error("refusing to bind the {listener} to {address}: it is not loopback")]
    NotLoopback {
        /// Which listener.
        listener: &'static str,
        /// The address asked for.
        address: SocketAddr,
    },
    /// An address cannot be bound.
    #[error("cannot bind the {listener} to {address}")]
    Bind {
        /// Which listener.
        listener: &'static str,
        /// The address asked for.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A fault of that name cannot be armed.
    #[error("cannot arm the fault {name:?}: {reason}")]
    Fault {
        /// The name asked for.
        name: String,
        /// Why not.
        reason: String,
    },
    /// The configured header for trust keys is none.
    #[error("{0:?} is no header name")]
    Header(String),
    /// The file for the journal cannot be written.
    #[error("cannot write the journal")]
    Journal(#[from] SinkError),
    /// The private CA cannot be made.
    #[error("cannot make the private CA")]
    Tls(#[from] TlsError),
    /// The file for the CA's certificate cannot be written.
    #[error("cannot write the certificate of the private CA")]
    CaFile(#[source] io::Error),
    /// The state file cannot be used.
    #[error(transparent)]
    State(#[from] OpenStateError),
    /// Reading the state file ended in a way it should not.
    #[error("the state could not be read: {0}")]
    Engine(String),
    /// A listener failed in a way it should not.
    #[error(transparent)]
    Listen(ListenError),
}

impl StartError {
    /// The message with its causes, on one line.
    pub fn in_full(&self) -> String {
        let mut text = self.to_string().lines().next().unwrap_or_default().to_owned();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotLoopback { .. } => {
                "this is a mock that hands out keys; add --allow-non-loopback if you mean it"
            }
            Self::Bind { .. } => "port 0 takes a free one; or stop whatever holds that port",
            Self::Fault { .. } => "`flipcheck list faults` names them all",
            Self::Header(_) => "use letters, digits and dashes",
            Self::Journal(_) | Self::CaFile(_) => "choose a folder that exists and can be written",
            Self::State(error) => error.hint(),
            Self::Tls(_) | Self::Listen(_) | Self::Engine(_) => {
                "this should not happen; please report it"
            }
        }
    }
}
