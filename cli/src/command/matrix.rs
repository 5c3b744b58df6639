//! `flipcheck matrix`: the upgrade window, every pairing of the parts that are released apart.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use harness::matrix::{Axes, AxisError, FlServer, Parts, Sweep, sweep};
use serde_json::json;

use super::End;
use super::run::scratch;
use crate::args::{Conduct, MatrixArgs, MatrixFormat};
use crate::embedded::{EmbeddedTrust, surroundings};
use crate::failure::{Failure, INTERRUPTED, NOT_VERIFIED};
use crate::output::{print, print_json, say};

/// Judges the chosen pairings; exit 0 when every one was judged, whatever the verdicts.
pub async fn matrix(args: MatrixArgs) -> Result<ExitCode, Failure> {
    let mut end = End::listen();
    let _scratch = scratch();
    tokio::select! {
        done = judged(args) => done,
        () = end.come() => {
            say("error: interrupted");
            Ok(ExitCode::from(INTERRUPTED))
        }
    }
}

async fn judged(args: MatrixArgs) -> Result<ExitCode, Failure> {
    let axes = axes(&args)?;
    let swept = every(&axes, &args).await;
    print_json(&json!({"schema_version": 1, "seed": args.seed, "cells": swept.cells}))?;
    Ok(code(&swept))
}

async fn every(axes: &Axes, args: &MatrixArgs) -> Sweep {
    let pairings = axes.product();
    let (all, done) = (pairings.len(), AtomicUsize::new(0));
    let told = |_, _: &_| {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(SAID_EVERY) {
            say(&format!("{done} of {all} pairings"));
        }
    };
    sweep(pairings, &parts(), args.seed, args.jobs.map_or(JOBS, usize::from), told).await
}

fn code(swept: &Sweep) -> ExitCode {
    for (name, stop) in &swept.unjudged {
        say(&format!("not judged: {name}: {stop}"));
    }
    if swept.unjudged.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(NOT_VERIFIED) }
}

fn axes(args: &MatrixArgs) -> Result<Axes, Failure> {
    let mut axes = Axes::default();
    let clients = if args.fl_client.is_empty() { &args.fl } else { &args.fl_client };
    chosen(&args.hub, Axes::edition, &mut axes.hubs)?;
    chosen(&args.trust, Axes::edition, &mut axes.trusts)?;
    chosen(&args.fl, |text| Axes::line(text).map(FlServer::Line), &mut axes.servers)?;
    chosen(clients, Axes::line, &mut axes.clients)?;
    Ok(axes)
}

/// Narrows an axis to what was named, if anything was.
fn chosen<T>(
    names: &[String],
    read: impl Fn(&str) -> Result<T, AxisError>,
    axis: &mut Vec<T>,
) -> Result<(), Failure> {
    if names.is_empty() {
        return Ok(());
    }
    *axis =
        names.iter().map(|name| read(name)).collect::<Result<_, _>>().map_err(Failure::usage)?;
    Ok(())
}

/// Both mocks as they are built: the window is about the systems that exist.
pub(super) fn parts() -> Parts {
    Parts {
        around: surroundings(),
        trusts: Arc::new(|edition| {
            let trust = EmbeddedTrust::new(edition, Conduct::AsBuilt, &[]);
            let trust = trust.map_err(|failure| harness::target::TargetError::CannotStart {
                what: "the mock trust".to_owned(),
                reason: failure.to_string(),
            })?;
            Ok(Arc::new(trust))
        }),
        hub_conduct: Conduct::AsBuilt.word().to_owned(),
        hub_faults: Vec::new(),
    }
}

/// Pairings at once: they mostly wait for one another's sockets.
const JOBS: usize = 16;
const SAID_EVERY: usize = 50;
