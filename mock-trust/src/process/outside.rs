//! What a process has to do with the world outside: its variables, signals, lines and exit code.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that end a process in good order. They are kept from the moment this is made: as the
/// first process of a container it would not notice them at all otherwise.
pub(super) struct End {
    interrupt: Signal,
    terminate: Signal,
}

impl End {
    pub(super) fn listen() -> Result<Self, String> {
        let listen = |kind, name| {
            signal(kind).map_err(|error| format!("failed to listen for {name}: {error}"))
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt(), "SIGINT")?,
            terminate: listen(SignalKind::terminate(), "SIGTERM")?,
        })
    }

    pub(super) async fn come(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// The variables of this process. One that is no text cannot be one of ours.
pub(super) fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// An address that others could reach must be meant.
pub(super) fn permitted(address: SocketAddr, allowed: bool) -> Result<SocketAddr, String> {
    if allowed || address.ip().is_loopback() {
        return Ok(address);
    }
    Err(format!(
        "refusing to listen on {address}: it is not loopback; this is a mock that knows keys, add \
         --allow-non-loopback if you mean it"
    ))
}

/// An error with its causes, on one line.
pub(super) fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// One line of data. A reader that went away is no reason to end: a node works for its hub.
pub(super) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

pub(super) fn complain(text: &str, code: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "error: {text}");
    ExitCode::from(code)
}

pub(super) const EXIT_USAGE: u8 = 2;
