//! The flipcheck command: parses, joins judge and mocks, prints, and alone decides the exit code.

#![allow(unreachable_pub, reason = "nothing of a binary is reachable from outside")]

use std::process::ExitCode;

use clap::Parser as _;

mod args;
mod attach;
mod cases;
mod command;
mod docked;
mod docs;
mod embedded;
mod failure;
mod output;
mod progress;
mod reporting;
mod roster;
mod subject;

use args::{Command, FlipcheckArgs};
use failure::Failure;

fn main() -> ExitCode {
    let args = FlipcheckArgs::parse();
    harness::control::install_tls_provider();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::engine(format!("start the runtime: {error}")).report(),
    };
    // Scenarios are futures of one thread: the main one.
    let done = runtime.block_on(dispatch(args));
    runtime.shutdown_background();
    match done {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

async fn dispatch(args: FlipcheckArgs) -> Result<ExitCode, Failure> {
    match args.command {
        Command::Run(args) => command::run::run(args).await,
        Command::List(args) => command::list::list(&args),
        Command::Explain(args) => command::explain::explain(&args),
        Command::Hub(args) => command::hub::hub(*args).await,
        Command::Trust(args) => command::trust::trust(args).await,
        Command::Mutants(args) => command::mutants::mutants(args).await,
        Command::Bugs(args) => command::bugs::bugs(args).await,
        Command::Matrix(args) => command::matrix::matrix(*args).await,
        Command::Doctor(args) => command::doctor::doctor(args).await,
        Command::Replay(args) => command::replay::replay(args).await,
        Command::Report(args) => command::report::report(&args),
    }
}
