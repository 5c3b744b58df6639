//! Why a call brought no reply, in the words of the real node's client.

use std::error::Error as StdError;
use std::io;

use thiserror::Error;

/// A call without reply. `Display` is what the real node writes after its own words, so a time-out
/// is an empty text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum CallError {
    #[error("")]
    TimedOut,
    #[error("")]
    ConnectUnanswered,
    #[error("[Errno -2] Name or service not known")]
    UnknownName,
    #[error("All connection attempts failed")]
    NotConnected,
    #[error("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {0}")]
    Untrusted(String),
    #[error("[SSL] {0}")]
    Tls(String),
    #[error("proxy refused the connection: {0}")]
    Proxy(String),
    #[error("Server disconnected without sending a response.")]
    Disconnected,
    #[error("peer closed connection without sending complete message body")]
    Truncated,
    #[error("{0}")]
    Protocol(String),
    #[error("reply of more than {0} bytes")]
    TooLong(usize),
    #[error("Exceeded maximum allowed redirects.")]
    TooManyRedirects,
    #[error("unusable URL: {0}")]
    Url(String),
}

impl CallError {
    /// Reads a failure of the TLS handshake.
    pub(super) fn from_handshake(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::TimedOut {
            return Self::TimedOut;
        }
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(reason)) => {
                Self::Untrusted(format!("{reason:?}"))
            }
            Some(other) => Self::Tls(other.to_string()),
            None => Self::Tls(error.to_string()),
        }
    }

    /// Reads a failure of the exchange itself.
    pub(super) fn from_exchange(error: &hyper::Error) -> Self {
        if let Some(io_error) = io_cause(error) {
            return match io_error.kind() {
                io::ErrorKind::TimedOut => Self::TimedOut,
                io::ErrorKind::UnexpectedEof => Self::Truncated,
                _ => Self::Protocol(io_error.to_string()),
            };
        }
        if error.is_incomplete_message() {
            Self::Disconnected
        } else {
            Self::Protocol(error.to_string())
        }
    }

    /// The same while the body was read: an early end is a truncation then.
    pub(super) fn from_body(error: &hyper::Error) -> Self {
        match Self::from_exchange(error) {
            Self::Disconnected => Self::Truncated,
            other => other,
        }
    }
}

fn io_cause(error: &hyper::Error) -> Option<&io::Error> {
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(inner) = cause {
        if let Some(io_error) = inner.downcast_ref::<io::Error>() {
            return Some(io_error);
        }
        cause = inner.source();
    }
    None
}
