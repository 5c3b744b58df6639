//! `mock-hub`: one hub as a process. Prints its ready line and runs until it is told to stop.

use std::process::ExitCode;

use clap::Parser;
use mock_hub::hub::StartError;
use mock_hub::options::HubArgs;
use mock_hub::{Hub, HubOptions};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The hub side of the FLIP contract on loopback sockets
#[derive(Parser)]
#[command(name = "mock-hub", version)]
struct Cli {
    #[command(flatten)]
    hub: HubArgs,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = HubOptions::from(Cli::parse().hub);
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}\n\n  hint: {}", error.in_full(), error.hint());
            ExitCode::from(USAGE)
        }
    }
}

async fn run(options: HubOptions) -> Result<(), StartError> {
    let hub = Hub::start(options).await?;
    // Whoever has read the ready line may stop us at once.
    let mut end = End::listen();
    println!("{}", hub.ready());
    end.come().await;
    hub.stop().await;
    Ok(())
}

/// Signals that end the process in good order.
struct End([Option<Signal>; 2]);

impl End {
    /// Signals are kept from now on. One that cannot be caught ends the process as it always did.
    fn listen() -> Self {
        Self([SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok()))
    }

    async fn come(&mut self) {
        let [interrupt, terminate] = &mut self.0;
        tokio::select! {
            () = one(interrupt) => {}
            () = one(terminate) => {}
        }
    }
}

async fn one(signals: &mut Option<Signal>) {
    match signals {
        Some(signals) => drop(signals.recv().await),
        None => std::future::pending().await,
    }
}

/// Exit code for settings that cannot be used.
const USAGE: u8 = 2;
