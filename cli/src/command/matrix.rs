//! `flipcheck matrix`: the upgrade window, every pairing of the parts that are released apart.

use std::process::ExitCode;

use harness::fl_package::FlServerSpec;
use harness::matrix::{Axes, AxisError, MatrixReport, Release, render};
use harness::report::Palette;

use super::End;
use super::run::scratch;
use crate::args::{MatrixArgs, MatrixFormat};
use crate::failure::{Failure, INTERRUPTED, NOT_VERIFIED};
use crate::output::{colour, print, print_json, say};

mod gate;
mod order;
mod running;

/// Judges pairings, answers the gate's question, or runs upgrade orders.
///
/// A matrix is a report: exit 0 when every pairing was judged, whatever the verdicts, and 3 when one
/// could not be. Only the gate answers with 1.
pub async fn matrix(args: MatrixArgs) -> Result<ExitCode, Failure> {
    let mut end = End::listen();
    let _scratch = scratch();
    tokio::select! {
        done = chosen(args) => done,
        () = end.come() => {
            say("error: interrupted");
            Ok(ExitCode::from(INTERRUPTED))
        }
    }
}

async fn chosen(args: MatrixArgs) -> Result<ExitCode, Failure> {
    let ordered = args.order || args.plan.is_some() || args.write_plan.is_some();
    let gated = args.live.is_some() || args.candidate.is_some();
    if ordered || gated {
        let narrowed = [&args.hub, &args.trust, &args.fl, &args.fl_client];
        if narrowed.iter().any(|axis| !axis.is_empty()) {
            return Err(Failure::usage("a window names its parts itself").hint(
                "put them into --live and --candidate, and leave --hub, --trust and --fl out",
            ));
        }
    }
    if ordered {
        order::order(args).await
    } else if gated {
        gate::gate(args).await
    } else {
        product(args).await
    }
}

async fn product(args: MatrixArgs) -> Result<ExitCode, Failure> {
    let releases = axes(&args)?.product();
    let swept = running::judged(&releases, &args).await?;
    let report = MatrixReport::new(args.seed, swept);
    match args.format {
        MatrixFormat::Json => print_json(&report)?,
        MatrixFormat::Markdown => print(&render::markdown(&report))?,
        MatrixFormat::Html => print(&render::html(&report).map_err(Failure::engine)?)?,
        MatrixFormat::Human => print(&render::human(&report, palette()))?,
    }
    for unjudged in &report.unjudged {
        say(&format!("not judged: {}: {}", unjudged.pairing, unjudged.reason));
    }
    let whole = report.unjudged.is_empty();
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(NOT_VERIFIED) })
}

fn palette() -> Palette {
    if colour(false) { Palette::coloured() } else { Palette::plain() }
}

/// The chosen part of the product. FL servers that are named narrow the FL clients as well, unless
/// those are named themselves.
fn axes(args: &MatrixArgs) -> Result<Axes, Failure> {
    let mut axes = Axes::default();
    narrow(&args.hub, Axes::edition, &mut axes.hubs)?;
    narrow(&args.trust, Axes::edition, &mut axes.trusts)?;
    narrow(&args.fl, Axes::server, &mut axes.servers)?;
    if args.fl_client.is_empty() {
        let of_server = |text: &str| Axes::server(text).map(|server: FlServerSpec| server.line());
        narrow(&args.fl, of_server, &mut axes.clients)?;
    }
    narrow(&args.fl_client, Axes::line, &mut axes.clients)?;
    Ok(axes)
}

/// Narrows an axis to what was named, each once, if anything was.
fn narrow<T: PartialEq>(
    names: &[String],
    read: impl Fn(&str) -> Result<T, AxisError>,
    axis: &mut Vec<T>,
) -> Result<(), Failure> {
    let mut named = Vec::new();
    for name in names.iter().filter(|name| !name.trim().is_empty()) {
        let value = read(name.trim()).map_err(Failure::usage)?;
        if !named.contains(&value) {
            named.push(value);
        }
    }
    if !named.is_empty() {
        *axis = named;
    }
    Ok(())
}

/// The formats of a window: a page is for the product only.
fn no_page(format: MatrixFormat) -> Result<(), Failure> {
    if format == MatrixFormat::Html {
        return Err(Failure::usage(
            "--format html is for the matrix, not for --candidate or --order",
        )
        .hint("use human, json or markdown"));
    }
    Ok(())
}

/// A release in words that can be read again, for errors.
fn unjudged(release: &Release) -> Failure {
    Failure::not_verified(format!("could not judge {release}"))
}
