//! `flipcheck matrix`.

use camino::Utf8PathBuf;
use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

/// How to print the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MatrixFormat {
    /// For a terminal.
    Human,
    /// For programs.
    Json,
    /// For a CI summary.
    Markdown,
    /// One page for a browser.
    Html,
}

/// `flipcheck matrix`.
#[derive(Clone, Debug, Args)]
pub struct MatrixArgs {
    /// Only these hub editions
    #[arg(long, env = "FLIPCHECK_MATRIX_HUB", value_name = "E", value_delimiter = ',')]
    pub hub: Vec<String>,
    /// Only these trust editions
    #[arg(long, env = "FLIPCHECK_MATRIX_TRUST", value_name = "E", value_delimiter = ',')]
    pub trust: Vec<String>,
    /// Only these FL servers: 0.1.8, pip:flip-utils==0.1.8; without --fl-client the same clients
    #[arg(long, env = "FLIPCHECK_FL", value_name = "V", value_delimiter = ',')]
    pub fl: Vec<String>,
    /// Only these FL clients
    #[arg(long, env = "FLIPCHECK_FL_CLIENT", value_name = "V", value_delimiter = ',')]
    pub fl_client: Vec<String>,
    /// What is live, such as hub=2026.06,fl=0.1.8; keys hub, trust, fl, fl-server, fl-client
    #[arg(long, env = "FLIPCHECK_LIVE", value_name = "RELEASE")]
    pub live: Option<String>,
    /// May this ship while that is live? Exit 0 yes, 1 no; what it does not name stays as it is live
    #[arg(long, env = "FLIPCHECK_CANDIDATE", value_name = "RELEASE")]
    pub candidate: Option<String>,
    /// Run upgrade orders from --live to --candidate, rollbacks too, and tell what each step loses
    #[arg(long, env = "FLIPCHECK_ORDER", value_parser = FalseyValueParser::new())]
    pub order: bool,
    /// Trusts in an upgrade order
    #[arg(long, env = "FLIPCHECK_TRUSTS", value_name = "N", default_value_t = 3,
        value_parser = clap::value_parser!(u16).range(1..=64))]
    pub trusts: u16,
    /// Random upgrade orders beside the one-window plan
    #[arg(long, env = "FLIPCHECK_PLANS", value_name = "N", default_value_t = 3,
        value_parser = clap::value_parser!(u16).range(0..=100))]
    pub plans: u16,
    /// Run the upgrade orders of this file
    #[arg(long, env = "FLIPCHECK_PLAN_FILE", value_name = "FILE")]
    pub plan: Option<Utf8PathBuf>,
    /// Write the upgrade orders to this file before they run
    #[arg(long, env = "FLIPCHECK_WRITE_PLAN", value_name = "FILE")]
    pub write_plan: Option<Utf8PathBuf>,
    /// Break the hubs on purpose by these faults
    #[arg(long, env = "FLIPCHECK_FAULT", value_name = "NAME", value_delimiter = ',')]
    pub fault: Vec<String>,
    /// Python for pip: FL servers, 3.12 or newer; by default the first found
    #[arg(long, env = "FLIPCHECK_PYTHON", value_name = "PATH")]
    pub python: Option<Utf8PathBuf>,
    /// How to print the result
    #[arg(long, env = "FLIPCHECK_FORMAT", value_enum, default_value_t = MatrixFormat::Human)]
    pub format: MatrixFormat,
    /// Seed of keys, ids and upgrade orders
    #[arg(long, env = "FLIPCHECK_SEED", default_value_t = 1)]
    pub seed: u64,
    /// Pairings at once
    #[arg(long, env = "FLIPCHECK_JOBS", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
}
