//! `flipcheck observe` and `flipcheck probe`: what a container of this program does beside a trust.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use harness::watch;
use tokio::net::TcpListener;

use crate::args::{ObserveArgs, ProbeArgs};
use crate::failure::Failure;
use crate::output::{Stdout, print};

/// Tells every packet of this namespace until a signal comes.
pub async fn observe(args: ObserveArgs) -> Result<ExitCode, Failure> {
    if let Some(gateway) = args.route_via {
        let routed = watch::namespace::route_via(gateway).await;
        routed.map_err(|error| Failure::engine(format!("set a route: {error}")))?;
    }
    let mut listeners = Vec::new();
    for port in args.listen {
        let bound = TcpListener::bind(("0.0.0.0", port)).await;
        listeners.push(bound.map_err(|error| Failure::engine(format!("listen: {error}")))?);
    }
    let mut end = super::End::listen();
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let looking = tokio::task::spawn_blocking(move || watch::namespace::observe(Stdout, &told));
    let code = tokio::select! {
        () = end.come() => ExitCode::SUCCESS,
        looked = looking => match looked {
            Ok(Ok(())) => ExitCode::SUCCESS,
            Ok(Err(error)) => return Err(Failure::engine(format!("look at packets: {error}"))),
            Err(error) => return Err(Failure::engine(error)),
        },
    };
    stop.store(true, Ordering::Relaxed);
    Ok(code)
}

/// Makes one attempt and prints what came of it.
pub async fn probe(args: ProbeArgs) -> Result<ExitCode, Failure> {
    let read = args.ca.as_ref().map(fs_err::read_to_string).transpose();
    let ca_pem = args.ca_pem.or(read.map_err(Failure::usage)?);
    let limit = Duration::from_millis(args.limit_ms);
    let reach = watch::probe(&args.target, args.name, ca_pem, limit).await;
    let line = serde_json::to_string(&reach).map_err(|error| Failure::engine(error.to_string()))?;
    print(&format!("{line}\n"))?;
    Ok(ExitCode::SUCCESS)
}
