//! Running pairings with the built-in mocks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::matrix::{Packages, Pairing, Parts, Release, Sweep, sweep};
use harness::target::TargetError;

use crate::args::{Conduct, MatrixArgs};
use crate::embedded::{EmbeddedHub, EmbeddedTrust, surroundings};
use crate::failure::Failure;
use crate::output::say;

/// Judges these releases, in order.
pub(super) async fn judged(releases: &[Release], args: &MatrixArgs) -> Result<Sweep, Failure> {
    let faults: Vec<String> = args.fault.iter().filter(|name| !name.is_empty()).cloned().collect();
    EmbeddedHub::check_faults(&faults)?;
    let mut packages = Packages::with_python(args.python.clone());
    let mut pairings: Vec<Pairing> = Vec::new();
    for release in releases {
        pairings.push(release.ready(&mut packages).await.map_err(Failure::not_verified)?);
    }
    let (all, done) = (pairings.len(), AtomicUsize::new(0));
    let told = |_, _: &Pairing| {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(SAID_EVERY) {
            say(&format!("{done} of {all} pairings"));
        }
    };
    let jobs = args.jobs.map_or(JOBS, usize::from);
    Ok(sweep(pairings, &parts(faults), args.seed, jobs, told).await)
}

/// Both mocks as they are built: the window is about the systems that exist.
fn parts(hub_faults: Vec<String>) -> Parts {
    Parts {
        around: surroundings(),
        trusts: Arc::new(|edition| {
            let trust = EmbeddedTrust::new(edition, Conduct::AsBuilt, &[]);
            let trust = trust.map_err(|failure| TargetError::CannotStart {
                what: "the mock trust".to_owned(),
                reason: failure.to_string(),
            })?;
            Ok(Arc::new(trust))
        }),
        hub_conduct: Conduct::AsBuilt.word().to_owned(),
        hub_faults,
    }
}

/// Pairings at once: they mostly wait for one another's sockets.
const JOBS: usize = 16;
const SAID_EVERY: usize = 50;
