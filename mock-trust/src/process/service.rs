//! One service of a site as a process.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use clap::Args;
use clap::builder::FalseyValueParser;
use serde::Serialize;

use super::manner::MannerArgs;
use super::outside::{EXIT_USAGE, End, complain, describe, environment, permitted, say};
use crate::Exit;
use crate::settings::site_options;
use crate::site::{LoneService, Service, SiteError};

/// What a lone service is told on its command line; keys come by the environment only.
#[derive(Clone, Debug, Args)]
pub struct ServiceArgs {
    /// Which service to stand in for.
    #[arg(long, env = "FLIPCHECK_SERVICE", value_enum)]
    service: Service,
    /// Where it listens; default: its usual port, on all addresses where that is allowed.
    #[arg(long, env = "FLIPCHECK_SERVICE_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Listen on addresses other than loopback (it is a mock that knows keys).
    #[arg(long, env = "FLIPCHECK_ALLOW_NON_LOOPBACK", value_parser = FalseyValueParser::new())]
    allow_non_loopback: bool,
    #[command(flatten)]
    manner: MannerArgs,
}

/// The ready line of a lone service.
#[derive(Serialize)]
struct FirstLine<'a> {
    ready: bool,
    kind: &'static str,
    service: &'a str,
    addr: SocketAddr,
}

impl ServiceArgs {
    fn listen(&self) -> SocketAddr {
        let everywhere = self.allow_non_loopback;
        let ip = if everywhere { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
        self.listen.unwrap_or(SocketAddr::new(IpAddr::V4(ip), self.service.usual_port()))
    }
}

/// Runs one service until it is told to end. Exit 1 for settings the real one refuses as well, 2 for
/// an address or a mutant that cannot be had.
pub async fn run_service(arguments: ServiceArgs) -> ExitCode {
    match start(&arguments) {
        Ok((service, mut end)) => {
            end.come().await;
            service.stop().await;
            ExitCode::SUCCESS
        }
        Err(code) => code,
    }
}

fn start(arguments: &ServiceArgs) -> Result<(LoneService, End), ExitCode> {
    let usage = |text: String| complain(&text, EXIT_USAGE);
    let refused = |text: String| complain(&text, Exit::Configuration.code());
    let manner = &arguments.manner;
    let habits = manner.habits().map_err(usage)?.site;
    let address = permitted(arguments.listen(), arguments.allow_non_loopback).map_err(usage)?;
    let mut told = site_options(environment(), manner.edition, arguments.service.is_keyed())
        .map_err(|error| refused(error.to_string()))?;
    told.options.habits = habits;
    told.options.seed = manner.seed;
    let end = End::listen().map_err(usage)?;
    let service = LoneService::start(arguments.service, address, told.neighbour, told.options)
        .map_err(|error| match error {
            SiteError::Listen(_) => usage(describe(&error)),
            _ => refused(describe(&error)),
        })?;
    let ready = FirstLine {
        ready: true,
        kind: "mock-site",
        service: arguments.service.name(),
        addr: service.addr(),
    };
    say(&serde_json::to_string(&ready).unwrap_or_default());
    Ok((service, end))
}
