//! `mock-trust`: one trust node as a process, or one service of its site.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mock_trust::process::{self, ServiceArgs, TrustArgs};

/// A trust node of the FLIP contract: polls a hub, runs its tasks against stand-ins, shows its health
#[derive(Parser)]
#[command(name = "mock-trust", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    trust: TrustArgs,
}

/// Instead of the node.
#[derive(Subcommand)]
enum Command {
    /// Stand in for one service of a site, on a fixed address
    Site(ServiceArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: failed to start the runtime: {error}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    let code = runtime.block_on(async {
        match cli.command {
            Some(Command::Site(arguments)) => process::run_service(arguments).await,
            None => process::run(cli.trust).await,
        }
    });
    // A question to a name server that does not answer is not waited for: the end is at once.
    runtime.shutdown_background();
    code
}

const EXIT_USAGE: u8 = 2;
