//! Speed as ratios: every row measured in one run, against a bare axum handler where that means
//! something. A table to read, no test: it never fails.

#![allow(clippy::cast_precision_loss, reason = "figures for people, to three digits")]

mod bare;
mod child;
mod client;
mod row;
mod table;

use clap::Parser;

use table::Table;

/// Measures the mock hub and the embedded suite on this machine
#[derive(Parser)]
struct Cli {
    /// Requests for the growth row
    #[arg(long, default_value_t = 2_000_000)]
    requests: u64,
    /// Trusts for the many-trusts row
    #[arg(long, default_value_t = 100_000)]
    trusts: u32,
    /// Seconds each throughput sample takes
    #[arg(long, default_value_t = 2.0)]
    sample_secs: f64,
    /// Serve something for the parent process and print where (internal)
    #[arg(long, hide = true)]
    serve: Option<child::Service>,
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        if let Some(service) = cli.serve {
            return child::serve(service, cli.trusts).await;
        }
        let mut table = Table::default();
        row::ready::measure(&mut table).await?;
        row::throughput::measure(&mut table, cli.sample_secs).await?;
        row::growth::measure(&mut table, cli.requests).await?;
        row::many_trusts::measure(&mut table, cli.trusts, cli.sample_secs).await?;
        row::suite::measure(&mut table)?;
        print!("{table}");
        Ok(())
    })
}
