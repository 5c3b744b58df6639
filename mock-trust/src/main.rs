//! `mock-trust`: one trust node as a process.

use std::process::ExitCode;

use clap::Parser;
use mock_trust::process::{self, TrustArgs};

/// A trust node of the FLIP contract: polls a hub, runs its tasks against stand-ins, shows its health
#[derive(Parser)]
#[command(name = "mock-trust", version)]
struct Cli {
    #[command(flatten)]
    trust: TrustArgs,
}

#[tokio::main]
async fn main() -> ExitCode {
    process::run(Cli::parse().trust).await
}
