//! Many pairings at once.

use std::sync::Arc;

use futures::StreamExt as _;

use super::cell::Cell;
use super::judge::judge;
use super::pairing::{Pairing, Parts};
use crate::finding::Stop;

/// Pairings, judged or not, in the order they were asked for.
#[derive(Debug, Default)]
pub struct Sweep {
    /// Those that were judged.
    pub cells: Vec<Cell>,
    /// Those that could not be, with the reason.
    pub unjudged: Vec<(String, Stop)>,
}

/// Judges pairings, so many at once; `told` hears of each as it ends.
///
/// A pairing that could not be judged is tried again when nothing else runs: a busy machine is no
/// verdict.
pub async fn sweep(
    pairings: Vec<Pairing>,
    parts: &Parts,
    seed: u64,
    jobs: usize,
    told: impl Fn(usize, &Pairing),
) -> Sweep {
    let parts = Arc::new(parts.clone());
    let mut done: Vec<_> = futures::stream::iter(pairings.into_iter().enumerate())
        .map(|(at, pairing)| {
            let parts = Arc::clone(&parts);
            async move {
                // A task of its own: pairings share the machine's cores.
                let own = pairing.clone();
                let judged = tokio::spawn(async move { judge(&own, &parts, seed).await }).await;
                (at, pairing, judged.unwrap_or_else(|panic| Err(Stop::not_verified(panic))))
            }
        })
        .buffer_unordered(jobs.max(1))
        .inspect(|(at, pairing, _)| told(*at, pairing))
        .collect()
        .await;
    done.sort_by_key(|(at, ..)| *at);
    let mut sweep = Sweep::default();
    for (_, pairing, judged) in done {
        let mut judged = judged;
        for _ in 0..TRIES_MORE {
            if judged.is_err() {
                judged = judge(&pairing, &parts, seed).await;
            }
        }
        match judged {
            Ok(cell) => sweep.cells.push(cell),
            Err(stop) => sweep.unjudged.push((pairing.name(), stop)),
        }
    }
    sweep
}

const TRIES_MORE: usize = 2;
