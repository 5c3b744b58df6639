//! A hub in a process of its own, so that its memory and its start can be seen from outside.

use std::net::SocketAddr;
use std::process::Stdio;

use anyhow::Context as _;
use clap::ValueEnum;
use mock_hub::habits::Conduct;
use mock_hub::{Hub, HubOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// What a child process serves.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Service {
    /// A mock hub with one trust.
    Hub,
    /// A mock hub with many trusts.
    CrowdedHub,
}

/// A running child.
pub(crate) struct Served {
    /// Where its API listens.
    pub(crate) addr: SocketAddr,
    /// Keys that work there.
    pub(crate) keys: Vec<String>,
    child: Child,
}

/// Starts this very program again to serve something.
pub(crate) async fn start(service: Service, trusts: u32) -> anyhow::Result<Served> {
    let word = service.to_possible_value().context("a word")?.get_name().to_owned();
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--serve", &word, "--trusts", &trusts.to_string()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let stdout = child.stdout.take().context("a pipe")?;
    let line = BufReader::new(stdout).lines().next_line().await?.context("a ready line")?;
    let ready: Value = serde_json::from_str(&line)?;
    let addr = ready["addr"].as_str().context("an address")?.parse()?;
    let keys = ready["keys"].as_array().context("keys")?.iter();
    let keys = keys.filter_map(|key| key.as_str().map(str::to_owned)).collect();
    Ok(Served { addr, keys, child })
}

impl Served {
    /// Resident memory, bytes.
    pub(crate) fn resident_bytes(&self) -> anyhow::Result<u64> {
        let pid = self.child.id().context("a running child")?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("VmRSS")?;
        let kib: u64 = line.split_whitespace().nth(1).context("a number")?.parse()?;
        Ok(kib * 1024)
    }
}

/// What the child does: serve until the parent ends it.
pub(crate) async fn serve(service: Service, trusts: u32) -> anyhow::Result<()> {
    let trusts = match service {
        Service::Hub => 1,
        Service::CrowdedHub => trusts,
    };
    let (hub, addr, keys) = hub_with(trusts).await?;
    println!("{}", json!({"addr": addr, "keys": keys}));
    std::future::pending::<()>().await;
    drop(hub);
    Ok(())
}

/// A hub with registered trusts, rate limits off; returns at most a thousand of their keys.
pub(crate) async fn hub_with(trusts: u32) -> anyhow::Result<(Hub, SocketAddr, Vec<String>)> {
    let options = HubOptions {
        conduct: Conduct::AsBuilt,
        slots: (1..=trusts.max(16)).map(|number| format!("Trust_{number}")).collect(),
        ..HubOptions::default()
    };
    let hub = Hub::start(options).await.map_err(|error| anyhow::anyhow!(error.in_full()))?;
    let mut keys = Vec::new();
    let every = (trusts / KEYS).max(1);
    for number in 0..trusts {
        let key = crate::row::register(&hub, number)?;
        if number % every == 0 {
            keys.push(key);
        }
    }
    crate::row::lift_limits(&hub);
    let ready = hub.ready();
    let addr = ready.api_url.trim_start_matches("http://").trim_end_matches("/api").parse()?;
    Ok((hub, addr, keys))
}

const KEYS: u32 = 1000;
