//! One pairing, from an empty machine to a verdict.

use std::time::Duration;

use super::cell::Cell;
use super::federation::Federation;
use super::pairing::{Pairing, Parts};
use super::trainings::Trainings;
use super::work::Work;
use crate::finding::{Judged, Stop};

/// Runs a pairing for real and judges what the hub holds of it.
///
/// Fails only when it could not be run: a pairing that does not work is a verdict, not an error.
pub async fn judge(pairing: &Pairing, parts: &Parts, seed: u64) -> Judged<Cell> {
    let seed = seed_of(seed, pairing);
    match tokio::time::timeout(DEADLINE, run(pairing, parts, seed)).await {
        Ok(judged) => judged,
        Err(_) => Err(Stop::not_verified(format!("not done after {} s", DEADLINE.as_secs()))),
    }
}

async fn run(pairing: &Pairing, parts: &Parts, seed: u64) -> Judged<Cell> {
    let federation = Federation::open(pairing, parts, seed).await?;
    federation.joined().await?;
    let trainings = Trainings::run(&federation, &pairing.fl_server).await?;
    federation.settle().await?;
    let seen = federation.captured().await?;
    let (mut found, mut counts) = trainings.judge(&federation, pairing, &seen);
    let work = Work::read(&federation, &seen).await?;
    let (more, of_work) = work.judge(pairing);
    found.extend(more);
    counts.extend(of_work);
    federation.close().await;
    Ok(pairing.cell().with(found, counts))
}

/// Keys of a pairing's own, the same in every run with one seed.
fn seed_of(run: u64, pairing: &Pairing) -> u64 {
    let digest = contract::key::sha256_hex(pairing.name().as_bytes());
    run ^ u64::from_str_radix(&digest[..16], 16).unwrap_or_default()
}

const DEADLINE: Duration = Duration::from_secs(180);
