//! A trust node as a process: configured like the real one, logging like the real one.
//!
//! Shared by the `mock-trust` binary and by whatever else offers the node as a command.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use clap::builder::FalseyValueParser;
use contract::edition::EditionId;
use contract::kit::Kit;
use parking_lot::Mutex;
use tokio::signal::unix::{SignalKind, signal};

use crate::{Conduct, Neighbours, Node, NodeOptions, mutants};

/// What a trust process is told on its command line.
#[derive(Clone, Debug, Args)]
pub struct TrustArgs {
    /// Kit file with the node's settings; variables of the environment come first.
    #[arg(long, env = "FLIPCHECK_KIT")]
    kit: Option<PathBuf>,
    /// Edition of the contract to keep.
    #[arg(long, env = "FLIPCHECK_EDITION", default_value_t = EditionId::DEFAULT)]
    edition: EditionId,
    /// Misbehave in this way as well; repeatable.
    #[arg(long = "mutant", env = "FLIPCHECK_MUTANT", value_delimiter = ',')]
    mutants: Vec<String>,
    /// Keep every clause (ideal) or do what the real system was seen doing (as-built).
    #[arg(long, env = "FLIPCHECK_CONDUCT", default_value_t = Conduct::Ideal)]
    conduct: Conduct,
    /// Port of /health on loopback; 0 is the system's choice.
    #[arg(long, env = "FLIPCHECK_PORT", default_value_t = 0)]
    port: u16,
    /// Decides jitter and the people of the built-in hospital.
    #[arg(long, env = "FLIPCHECK_SEED", default_value_t = 0)]
    seed: u64,
    /// Start no stand-ins for site services whose addresses are unset.
    #[arg(long, env = "FLIPCHECK_NO_SITE", value_parser = FalseyValueParser::new())]
    no_site: bool,
}

/// Runs a node until it ends or is told to; the exit code is the node's own (trust 10).
pub async fn run(arguments: TrustArgs) -> ExitCode {
    let gate = Arc::new(Gate::default());
    let log = Arc::clone(&gate);
    let mut options = NodeOptions {
        listen: SocketAddr::from(([127, 0, 0, 1], arguments.port)),
        neighbours: if arguments.no_site { Neighbours::Outside } else { Neighbours::WhereUnset },
        seed: arguments.seed,
        ..NodeOptions::new(
            arguments.edition,
            arguments.conduct,
            Arc::new(move |line: &str| log.line(line)),
        )
    };
    for name in arguments.mutants.iter().filter(|name| !name.is_empty()) {
        match mutants::find(name) {
            Ok(mutant) => options.habits = options.habits.with(mutant),
            Err(error) => return complain(&error.to_string(), EXIT_USAGE),
        }
    }
    let variables = match variables(&arguments) {
        Ok(variables) => variables,
        Err(text) => return complain(&text, EXIT_USAGE),
    };
    let mut term = match signal(SignalKind::terminate()) {
        Ok(term) => term,
        Err(error) => {
            return complain(&format!("failed to listen for SIGTERM: {error}"), EXIT_USAGE);
        }
    };
    let node = match Node::from_env(variables, arguments.edition, options).await {
        Ok(node) => node,
        Err(error) => return complain(&describe(&error), error.exit_code()),
    };
    // The ready line holds no secret of the kit; its only token opens the stand-ins' control API.
    let ready = serde_json::to_string(&node.ready()).unwrap_or_default();
    gate.open(&ready);
    let exit = tokio::select! {
        exit = node.wait() => exit,
        _ = term.recv() => {
            node.terminate();
            node.wait().await
        }
        _ = tokio::signal::ctrl_c() => {
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
        variables.extend(kit.env_for_trust(arguments.edition.row()));
    }
    // A variable that is no text cannot be one of ours.
    variables.extend(
        std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }),
    );
    Ok(variables)
}

fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
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

/// One line of data. A reader that went away is no reason to end: the node works for its hub.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn complain(text: &str, code: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "error: {text}");
    ExitCode::from(code)
}

const EXIT_USAGE: u8 = 2;
