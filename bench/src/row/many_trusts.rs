//! What a poll costs when very many trusts are registered.

use super::median;
use crate::child::{Service, start};
use crate::client::{poll, rate};
use crate::table::Table;

pub(crate) async fn measure(table: &mut Table, trusts: u32, secs: f64) -> anyhow::Result<()> {
    let few = start(Service::CrowdedHub, 10).await?;
    let many = start(Service::CrowdedHub, trusts).await?;
    let few_requests: Vec<Vec<u8>> = few.keys.iter().map(|key| poll(key)).collect();
    let many_requests: Vec<Vec<u8>> = many.keys.iter().map(|key| poll(key)).collect();
    let mut ratios = Vec::new();
    for _ in 0..3 {
        let with_few = rate(few.addr, &few_requests, secs).await?;
        let with_many = rate(many.addr, &many_requests, secs).await?;
        ratios.push(with_few / with_many);
    }
    table.row(
        &format!("cost of a poll at {trusts} trusts against 10"),
        format!("{:.2} x", median(ratios)),
        "within 1.5 x",
        format!("{:.0} MB resident with {trusts}", many.resident_bytes()? as f64 / 1_048_576.0),
    );
    Ok(())
}
