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
    /// Only these FL servers, such as fl-0.1.8 or 0.1.8; also the FL clients unless --fl-client
    #[arg(long, env = "FLIPCHECK_FL", value_name = "V", value_delimiter = ',')]
    pub fl: Vec<String>,
    /// Only these FL clients
    #[arg(long, env = "FLIPCHECK_FL_CLIENT", value_name = "V", value_delimiter = ',')]
    pub fl_client: Vec<String>,
    /// How to print the result
    #[arg(long, env = "FLIPCHECK_FORMAT", value_enum, default_value_t = MatrixFormat::Human)]
    pub format: MatrixFormat,
    /// Seed of keys, ids and random orders
    #[arg(long, env = "FLIPCHECK_SEED", default_value_t = 1)]
    pub seed: u64,
    /// Pairings at once
    #[arg(long, env = "FLIPCHECK_JOBS", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
}
