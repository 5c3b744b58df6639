//! A trust node as a process: configured like the real one, logging like the real one.
//!
//! Shared by the `mock-trust` binary and by whatever else offers the node as a command. [`run_service`]
//! is one service of a site in its place: a container each, as in a site's compose file.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use clap::builder::FalseyValueParser;
use contract::kit::Kit;
use parking_lot::Mutex;

use crate::{Neighbours, Node, NodeOptions};

mod manner;
mod outside;
mod service;

pub use service::{ServiceArgs, run_service};

use manner::MannerArgs;
use outside::{EXIT_USAGE, End, complain, describe, environment, permitted, say};

/// What a trust process is told on its command line.
#[derive(Clone, Debug, Args)]
pub struct TrustArgs {
    /// Kit file with the node's settings; variables of the environment come first.
    #[arg(long, env = "FLIPCHECK_KIT")]
    kit: Option<PathBuf>,
    #[command(flatten)]
    manner: MannerArgs,
    /// Port of /health on loopback; 0, the default, is the system's choice. Goes before --listen.
    #[arg(long, env = "FLIPCHECK_PORT")]
    port: Option<u16>,
    /// Address of /health instead.
    #[arg(long, env = "FLIPCHECK_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Listen on addresses other than loopback (it is a mock that knows keys).
    #[arg(long, env = "FLIPCHECK_ALLOW_NON_LOOPBACK", value_parser = FalseyValueParser::new())]
    allow_non_loopback: bool,
    /// Start no stand-ins for site services whose addresses are unset.
    #[arg(long, env = "FLIPCHECK_NO_SITE", value_parser = FalseyValueParser::new())]
    no_site: bool,
}

impl TrustArgs {
    fn listen(&self) -> SocketAddr {
        match (self.port, self.listen) {
            (None, Some(address)) => address,
            (port, _) => SocketAddr::from(([127, 0, 0, 1], port.unwrap_or_default())),
        }
    }
}

/// Runs a node until it ends or is told to; the exit code is the node's own (trust 10).
pub async fn run(arguments: TrustArgs) -> ExitCode {
    match start(&arguments).await {
        Ok((node, end)) => until_its_end(&node, end).await,
        Err(code) => code,
    }
}

async fn start(arguments: &TrustArgs) -> Result<(Node, End), ExitCode> {
    let usage = |text: String| complain(&text, EXIT_USAGE);
    let gate = Arc::new(Gate::default());
    let log = Arc::clone(&gate);
    let manner = &arguments.manner;
    let options = NodeOptions {
        listen: permitted(arguments.listen(), arguments.allow_non_loopback).map_err(usage)?,
        neighbours: if arguments.no_site { Neighbours::Outside } else { Neighbours::WhereUnset },
        seed: manner.seed,
        habits: manner.habits().map_err(usage)?,
        ..NodeOptions::new(
            manner.edition,
            manner.conduct,
            Arc::new(move |line: &str| log.line(line)),
        )
    };
    let variables = variables(arguments).map_err(usage)?;
    let end = End::listen().map_err(usage)?;
    let node = Node::from_env(variables, manner.edition, options)
        .await
        .map_err(|error| complain(&describe(&error), error.exit_code()))?;
    // The ready line holds no secret of the kit; its only token opens the stand-ins' control API.
    gate.open(&serde_json::to_string(&node.ready()).unwrap_or_default());
    Ok((node, end))
}

async fn until_its_end(node: &Node, mut end: End) -> ExitCode {
    let exit = tokio::select! {
        exit = node.wait() => exit,
        () = end.come() => {
            node.terminate();
            node.wait().await
        }
    };
    ExitCode::from(exit.code())
}

/// The kit's values, overridden by the environment.
fn variables(arguments: &TrustArgs) -> Result<BTreeMap<String, String>, String> {
    let mut variables = BTreeMap::new();
    if let Some(path) = &arguments.kit {
        let bytes = std::fs::read(path)
            .map_err(|error| format!("failed to read kit {}: {error}", path.display()))?;
        let kit = Kit::parse(&bytes)
            .map_err(|error| format!("failed to read kit {}: {error}", path.display()))?;
        variables.extend(kit.env_for_trust(arguments.manner.edition.row()));
    }
    variables.extend(environment());
    Ok(variables)
}

/// Keeps log lines back until the ready line is out, which comes first.
#[derive(Default)]
struct Gate(Mutex<Held>);

#[derive(Default)]
struct Held {
    open: bool,
    lines: Vec<String>,
}

impl Gate {
    fn line(&self, line: &str) {
        let mut held = self.0.lock();
        if held.open { say(line) } else { held.lines.push(line.to_owned()) }
    }

    fn open(&self, ready: &str) {
        let mut held = self.0.lock();
        say(ready);
        held.lines.drain(..).for_each(|line| say(&line));
        held.open = true;
    }
}
