//! How soon a hub is ready, and what it holds while nobody calls.

use std::time::{Duration, Instant};

use mock_hub::{Hub, HubOptions};

use super::median;
use crate::child::{Service, start};
use crate::table::Table;

pub(crate) async fn measure(table: &mut Table) -> anyhow::Result<()> {
    let mut inside = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        let hub = Hub::start(HubOptions::default())
            .await
            .map_err(|error| anyhow::anyhow!(error.in_full()))?;
        inside.push(begun.elapsed().as_secs_f64() * 1000.0);
        hub.stop().await;
    }
    let mut outside = Vec::new();
    for _ in 0..5 {
        let begun = Instant::now();
        let served = start(Service::Hub, 1).await?;
        outside.push(begun.elapsed().as_secs_f64() * 1000.0);
        drop(served);
    }
    table.row(
        "mock hub ready",
        format!("{:.1} ms as a process", median(outside)),
        "<= 20 ms",
        format!("{:.2} ms inside a running process", median(inside)),
    );
    let served = start(Service::Hub, 1).await?;
    // Not a condition: memory is read once everything a start set off has settled.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mib = served.resident_bytes()? as f64 / MIB;
    table.row(
        "mock hub idle memory",
        format!("{mib:.1} MB"),
        "<= 15 MB",
        "resident, own process".to_owned(),
    );
    Ok(())
}

const MIB: f64 = 1_048_576.0;
