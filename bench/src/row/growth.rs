//! How much a hub grows over very many requests.

use crate::child::{Service, start};
use crate::client::{poll, send};
use crate::table::Table;

pub(crate) async fn measure(table: &mut Table, requests: u64) -> anyhow::Result<()> {
    let served = start(Service::Hub, 1).await?;
    let request: Vec<Vec<u8>> = served.keys.iter().map(|key| poll(key)).collect();
    send(served.addr, &request, 1000).await?;
    let before = served.resident_bytes()?;
    let done = send(served.addr, &request, requests).await?;
    let after = served.resident_bytes()?;
    let grown = after.saturating_sub(before) as f64 / MIB;
    table.row(
        "mock hub growth",
        format!("{grown:.1} MB over {done} requests"),
        "<= 32 MB over 2 million",
        format!("{:.1} to {:.1} MB resident", before as f64 / MIB, after as f64 / MIB),
    );
    Ok(())
}

const MIB: f64 = 1_048_576.0;
