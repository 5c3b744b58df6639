//! `flipcheck doctor`: whether containers can be judged here, and what killed runs left.

use std::fmt::Write as _;
use std::process::ExitCode;

use harness::containers::doctor::{Diagnosis, Facts, clear, diagnose};
use harness::scratch::Scratch;

use super::End;
use crate::args::{DoctorArgs, DoctorFormat};
use crate::failure::{Failure, INTERRUPTED};
use crate::output::{print, print_json, say};

/// Looks and tells.
pub async fn doctor(args: DoctorArgs) -> Result<ExitCode, Failure> {
    let mut end = End::listen();
    // A name for what is tried out in Docker; that there is none is told among the rest.
    let _scratch = Scratch::open_unswept().ok();
    let seen = tokio::select! {
        seen = Facts::gather(args.sweep) => seen,
        () = end.come() => {
            clear().await;
            say("error: interrupted");
            return Ok(ExitCode::from(INTERRUPTED));
        }
    };
    let told = diagnose(&seen);
    match args.format {
        DoctorFormat::Json => print_json(&told)?,
        DoctorFormat::Human => print(&text(&told))?,
    }
    Ok(ExitCode::from(told.exit_code))
}

fn text(told: &Diagnosis) -> String {
    let mut text = String::new();
    for line in &told.lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:<10} {:<8} {}", line.id, line.standing.word(), line.told);
        if let Some(hint) = &line.hint {
            let _ = writeln!(text, "{:<19} {hint}", "");
        }
        if line.id == "leftovers" {
            let verb = if told.swept { "removed" } else { "left" };
            for thing in &told.leftovers {
                let (kind, name, run) = (thing.kind, &thing.name, &thing.run);
                let _ = writeln!(text, "{:<10} {verb:<8} {kind} {name}, of {run}", "");
            }
        }
    }
    let can = |yes: bool| if yes { "can be judged here" } else { "cannot be judged here" };
    let (image, compose) = (can(told.targets.image), can(told.targets.compose));
    let _ = writeln!(text, "\nimage: targets {image}, compose: targets {compose}");
    text
}
