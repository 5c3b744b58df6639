//! Upgrade orders: printed, run, and what each step loses.

use std::process::ExitCode;

use camino::Utf8Path;
use contract::edition::EditionId;
use harness::matrix::{Order, Outcome, Release, Window, render};
use serde::Serialize;

use super::{no_page, palette, running};
use crate::args::{MatrixArgs, MatrixFormat};
use crate::failure::{Failure, NOT_VERIFIED};
use crate::output::{print, print_json, say};

/// Plans, and what they came to.
#[derive(Serialize)]
struct Document<'o> {
    #[serde(flatten)]
    order: &'o Order,
    outcomes: &'o [Outcome],
}

/// Runs the orders; exit 0 when every state was judged.
pub(super) async fn order(args: MatrixArgs) -> Result<ExitCode, Failure> {
    no_page(args.format)?;
    let order = match &args.plan {
        Some(file) => read(file)?,
        None => made(&args)?,
    };
    let window = order.window().map_err(Failure::usage)?;
    if let Some(file) = &args.write_plan {
        write(file, &order)?;
    }
    let plans = render::plans(&order);
    match args.format {
        MatrixFormat::Human => print(&format!("{plans}\n"))?,
        _ => say(&plans),
    }
    let releases = order.releases(&window);
    let seeded = MatrixArgs { seed: order.seed, ..args.clone() };
    let swept = running::judged(&releases, &seeded).await?;
    for (name, stop) in &swept.unjudged {
        say(&format!("not judged: {name}: {stop}"));
    }
    if !swept.unjudged.is_empty() {
        return Ok(ExitCode::from(NOT_VERIFIED));
    }
    let cells: Vec<_> = releases.into_iter().zip(swept.cells).collect();
    let outcomes = order.outcomes(&window, &cells);
    match args.format {
        MatrixFormat::Json => print_json(&Document { order: &order, outcomes: &outcomes })?,
        MatrixFormat::Markdown => {
            let text = render::order(&order, &outcomes, harness::report::Palette::plain());
            print(&format!("# Upgrade orders\n\n```text\n{text}```\n"))?;
        }
        MatrixFormat::Human | MatrixFormat::Html => {
            print(&render::order(&order, &outcomes, palette()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Orders from the flags: by default from the documents' edition to the newest, whole.
fn made(args: &MatrixArgs) -> Result<Order, Failure> {
    let live = args.live.as_deref().unwrap_or(LIVE);
    let live = Release::live(live).map_err(|error| Failure::usage(format!("--live: {error}")))?;
    let newest = || {
        let newest = Release::live(&format!("hub={}", EditionId::DEFAULT));
        newest.map(|release| release.to_string()).map_err(Failure::engine)
    };
    let candidate = match &args.candidate {
        Some(candidate) => candidate.clone(),
        None => newest()?,
    };
    let candidate = Release::candidate(&candidate, &live)
        .map_err(|error| Failure::usage(format!("--candidate: {error}")))?;
    let window = Window { live, candidate };
    Ok(Order::new(&window, args.trusts.into(), args.plans.into(), args.seed))
}

fn read(file: &Utf8Path) -> Result<Order, Failure> {
    let text = fs_err::read_to_string(file).map_err(Failure::usage)?;
    let hint = "a plan is what --write-plan writes";
    let order: Order = serde_json::from_str(&text)
        .map_err(|error| Failure::usage(format!("{file} is no plan: {error}")).hint(hint))?;
    match order.flaw() {
        None => Ok(order),
        Some(flaw) => Err(Failure::usage(format!("{file}: {flaw}")).hint(hint)),
    }
}

fn write(file: &Utf8Path, order: &Order) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(order).map_err(Failure::engine)?;
    fs_err::write(file, text + "\n").map_err(Failure::usage)
}

/// The edition of the deployment documents, with the FL line that fits it.
const LIVE: &str = "hub=2026.06";
