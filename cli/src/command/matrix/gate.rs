//! The gate: may this ship while that is live?

use std::process::ExitCode;

use harness::matrix::{Release, Window, render};

use super::{no_page, palette, running, unjudged};
use crate::args::{MatrixArgs, MatrixFormat};
use crate::failure::Failure;
use crate::output::{print, print_json, say};

/// Judges every state of the window; exit 0 when none is worse than what is live, else 1.
pub(super) async fn gate(args: MatrixArgs) -> Result<ExitCode, Failure> {
    no_page(args.format)?;
    let window = window(&args)?;
    let releases: Vec<Release> = window.states().into_iter().map(|(_, release)| release).collect();
    let swept = running::judged(&releases, &args).await?;
    for (name, stop) in &swept.unjudged {
        say(&format!("not judged: {name}: {stop}"));
    }
    if !swept.unjudged.is_empty() {
        return Err(Failure::not_verified("no answer: a state of the window could not be judged"));
    }
    if swept.cells.len() != releases.len() {
        return Err(unjudged(&window.candidate));
    }
    let answer = window.answer(args.seed, swept.cells);
    match args.format {
        MatrixFormat::Json => print_json(&answer)?,
        MatrixFormat::Markdown => {
            let text = render::gate(&answer, harness::report::Palette::plain());
            print(&format!("# May this ship?\n\n```text\n{text}```\n"))?;
        }
        MatrixFormat::Human | MatrixFormat::Html => print(&render::gate(&answer, palette()))?,
    }
    Ok(if answer.may_ship { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn window(args: &MatrixArgs) -> Result<Window, Failure> {
    let (Some(live), Some(candidate)) = (&args.live, &args.candidate) else {
        return Err(Failure::usage("a gate needs both --live and --candidate")
            .hint("such as --live hub=2026.06,fl=0.1.8 --candidate hub=2026.09"));
    };
    let live = Release::live(live).map_err(|error| Failure::usage(format!("--live: {error}")))?;
    let candidate = Release::candidate(candidate, &live);
    let candidate = candidate.map_err(|error| Failure::usage(format!("--candidate: {error}")))?;
    Ok(Window { live, candidate })
}
