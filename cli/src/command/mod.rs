//! One file a verb.

pub mod bugs;
pub mod doctor;
pub mod explain;
pub mod hub;
pub mod list;
pub mod matrix;
pub mod mutants;
pub mod replay;
pub mod report;
pub mod run;
pub mod trust;

/// Signals that end a command in good order.
pub struct End([Option<tokio::signal::unix::Signal>; 2]);

impl End {
    /// From now on they are kept; listen before telling anybody that the command is ready.
    pub fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        // A signal that cannot be caught ends the process as it always did.
        Self([SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok()))
    }

    /// Waits for one of them.
    pub async fn come(&mut self) {
        let [interrupt, terminate] = &mut self.0;
        tokio::select! {
            () = one(interrupt) => {}
            () = one(terminate) => {}
        }
    }
}

async fn one(signals: &mut Option<tokio::signal::unix::Signal>) {
    match signals {
        Some(signals) => drop(signals.recv().await),
        None => std::future::pending().await,
    }
}
