//! Polls a second with real authentication and the journal on, against a bare handler with the same
//! JSON, in turn, with the same client.

use super::median;
use crate::bare;
use crate::child::hub_with;
use crate::client::{CONNECTIONS, once, poll, rate};
use crate::table::Table;

pub(crate) async fn measure(table: &mut Table, secs: f64) -> anyhow::Result<()> {
    let (_hub, addr, keys) = hub_with(u32::try_from(CONNECTIONS)?).await?;
    let requests: Vec<Vec<u8>> = keys.iter().map(|key| poll(key)).collect();
    let body = once(addr, &requests[0]).await?;
    let (bare_addr, bare) = bare::serve(body).await?;
    let (mut ratios, mut ours, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    rate(addr, &requests, secs / 4.0).await?;
    rate(bare_addr, &requests, secs / 4.0).await?;
    for _ in 0..5 {
        let own = rate(addr, &requests, secs).await?;
        let other = rate(bare_addr, &requests, secs).await?;
        ratios.push(own / other);
        ours.push(own);
        theirs.push(other);
    }
    bare.abort();
    table.row(
        "mock hub, poll, auth and journal on, 32 connections",
        format!("{:.2} x bare axum", median(ratios)),
        ">= 0.6 x",
        format!("{:.0} against {:.0} requests/s", median(ours), median(theirs)),
    );
    Ok(())
}
