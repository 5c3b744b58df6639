//! A hub with a state file, killed at two hundred seeded moments under load: what it acknowledged is
//! there once, what was never sent is not, and what was under way is there whole or not at all.

mod kills_support;

use kills_support::chain;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_kills_lose_nothing_and_invent_nothing() {
    let mut chains = JoinSet::new();
    for (seed, edition) in (1..).zip(EDITIONS) {
        let arguments = ["--edition", edition];
        chains.spawn(async move { chain::run(seed, KILLS, &arguments).await });
    }
    while let Some(outcome) = chains.join_next().await {
        outcome.expect("the chain goes through").unwrap_or_else(|reason| panic!("{reason}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_acknowledges_before_it_writes_is_caught() {
    let arguments = ["--acknowledge", "before-writing"];
    let outcome = chain::run(1, KILLS, &arguments).await;
    let reason = outcome.expect_err("it loses work");
    assert!(reason.contains("acknowledged:") || reason.contains("instead of"), "{reason}");
}

/// One chain of kills each.
const EDITIONS: [&str; 8] =
    ["2026.09", "2026.07", "trust-keys", "2026.09", "2026.07", "2026.09", "trust-keys", "2026.09"];
/// In each chain.
const KILLS: usize = 25;
