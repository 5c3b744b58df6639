//! The settings of a hub as command-line arguments, shared by every binary that starts one.

use std::net::SocketAddr;
use std::path::PathBuf;

use camino::Utf8PathBuf;
use clap::builder::FalseyValueParser;
use contract::edition::EditionId;
use contract::wire::TRUST_KEY_HEADER;

use super::{Environment, HUB_VERSION, HubOptions, LOOPBACK, SLOTS};
use crate::habits::Conduct;
use crate::store::Acknowledge;

/// Flags of a mock hub; each has an environment variable of the same name.
#[derive(Debug, Clone, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches an operator sets one by one")]
pub struct HubArgs {
    /// Release of the contract the hub speaks
    #[arg(long, env = "FLIPCHECK_EDITION", default_value_t = EditionId::DEFAULT, value_name = "EDITION")]
    edition: EditionId,
    /// Address of the hub API
    #[arg(long, env = "FLIPCHECK_HUB_LISTEN", default_value_t = LOOPBACK, value_name = "ADDR")]
    listen: SocketAddr,
    /// Address of the FL endpoint
    #[arg(long, env = "FLIPCHECK_HUB_FL_LISTEN", default_value_t = LOOPBACK, value_name = "ADDR")]
    fl_listen: SocketAddr,
    /// Address of the control API
    #[arg(long = "control", env = "FLIPCHECK_HUB_CONTROL", default_value_t = LOOPBACK, value_name = "ADDR")]
    control_listen: SocketAddr,
    /// Bind addresses other than loopback (it is a mock that hands out keys)
    #[arg(long, env = "FLIPCHECK_HUB_ALLOW_NON_LOOPBACK", value_parser = FalseyValueParser::new())]
    allow_non_loopback: bool,
    /// Serve the hub API over TLS from a private CA made at start
    #[arg(long, env = "FLIPCHECK_HUB_TLS", value_parser = FalseyValueParser::new())]
    tls: bool,
    /// Name its certificates are made for as well; may be given several times
    #[arg(
        long = "tls-name",
        env = "FLIPCHECK_HUB_TLS_NAMES",
        value_delimiter = ',',
        value_name = "NAME"
    )]
    tls_names: Vec<String>,
    /// Seed of every random choice
    #[arg(long, env = "FLIPCHECK_SEED", value_name = "N")]
    seed: Option<u64>,
    /// The hub that exists (as-built) or the hub of the contract (ideal)
    #[arg(long, env = "FLIPCHECK_HUB_CONDUCT", default_value = "as-built", value_parser = conduct)]
    conduct: Conduct,
    /// Arm a fault from the start; may be given several times
    #[arg(long = "fault", env = "FLIPCHECK_HUB_FAULT", value_delimiter = ',', value_name = "NAME")]
    faults: Vec<String>,
    /// Release tag the hub reports
    #[arg(long, env = "FLIPCHECK_HUB_VERSION", default_value = HUB_VERSION, value_name = "TAG")]
    hub_version: String,
    /// Header for a trust's key
    #[arg(long, env = "FLIPCHECK_HUB_TRUST_KEY_HEADER", default_value = TRUST_KEY_HEADER, value_name = "NAME")]
    trust_api_key_header: String,
    /// Number of FL slots, Trust_1 and on
    #[arg(long, env = "FLIPCHECK_HUB_SLOTS", default_value_t = SLOTS, value_name = "N")]
    slots: usize,
    /// Names of the FL slots instead
    #[arg(long, env = "FLIPCHECK_HUB_SLOT_NAMES", value_delimiter = ',', value_name = "NAME")]
    slot_names: Vec<String>,
    /// Kind of deployment; production serves no API documents
    #[arg(long, env = "FLIPCHECK_HUB_ENV", value_enum, default_value = "development")]
    env: Environment,
    /// Value of a Hub-shared kit key, KEY=VALUE; may be given several times
    #[arg(long = "shared", env = "FLIPCHECK_HUB_SHARED", value_delimiter = ',', value_parser = pair, value_name = "KEY=VALUE")]
    hub_shared: Vec<(String, String)>,
    /// Let the FL server ask each client for a certificate of its provisioning
    #[arg(long, env = "FLIPCHECK_HUB_FL_MUTUAL_TLS", value_parser = FalseyValueParser::new())]
    fl_mutual_tls: bool,
    /// Server behind the FL endpoint instead of the built-in stub
    #[arg(long, env = "FLIPCHECK_HUB_FL_UPSTREAM", value_name = "ADDR")]
    fl_upstream: Option<SocketAddr>,
    /// Keep the hub's state in this file (SQLite), so that it outlives the process
    #[arg(long, env = "FLIPCHECK_HUB_STATE", value_name = "FILE")]
    state: Option<Utf8PathBuf>,
    /// When replies leave, with a state file: only tests of the tests want another value
    #[arg(long, env = "FLIPCHECK_HUB_ACKNOWLEDGE", value_enum, default_value_t, hide = true)]
    acknowledge: Acknowledge,
    /// Also write every captured exchange to this file, one JSON object a line
    #[arg(long, env = "FLIPCHECK_HUB_JOURNAL", value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Put the public edge in front: UI at /, hub-internal header dropped
    #[arg(long, env = "FLIPCHECK_HUB_BEHIND_EDGE", value_parser = FalseyValueParser::new())]
    behind_edge: bool,
}

impl From<HubArgs> for HubOptions {
    fn from(args: HubArgs) -> Self {
        Self {
            edition: args.edition,
            listen: args.listen,
            fl_listen: args.fl_listen,
            control_listen: args.control_listen,
            allow_non_loopback: args.allow_non_loopback,
            tls: args.tls,
            tls_names: args.tls_names,
            seed: args.seed,
            conduct: args.conduct,
            faults: args.faults,
            hub_version: args.hub_version,
            trust_api_key_header: args.trust_api_key_header,
            slots: if args.slot_names.is_empty() {
                (1..=args.slots).map(|number| format!("Trust_{number}")).collect()
            } else {
                args.slot_names
            },
            environment: args.env,
            hub_shared: args.hub_shared.into_iter().collect(),
            fl_mutual_tls: args.fl_mutual_tls,
            fl_upstream: args.fl_upstream,
            state: args.state,
            acknowledge: args.acknowledge,
            journal_file: args.journal,
            behind_edge: args.behind_edge,
            ..Self::default()
        }
    }
}

fn conduct(text: &str) -> Result<Conduct, String> {
    [Conduct::AsBuilt, Conduct::Ideal]
        .into_iter()
        .find(|conduct| conduct.name() == text)
        .ok_or_else(|| "known: as-built, ideal".to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        hub: HubArgs,
    }

    #[test]
    fn no_flags_give_the_default_hub() {
        let options = HubOptions::from(Cli::parse_from(["hub"]).hub);
        assert_eq!(format!("{options:?}"), format!("{:?}", HubOptions::default()));
    }

    #[test]
    fn unknown_editions_and_conducts_are_usage_errors() {
        assert!(Cli::try_parse_from(["hub", "--edition", "1999"]).is_err());
        assert!(Cli::try_parse_from(["hub", "--conduct", "odd"]).is_err());
        assert!(Cli::try_parse_from(["hub", "--conduct", "ideal", "--edition", "2026.06"]).is_ok());
    }
}
