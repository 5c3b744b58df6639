//! Containers, on the Docker of this machine.
//!
//! Without Docker every trial is reported by name as ignored; with `FLIPCHECK_REQUIRE_DOCKER=1` it
//! fails instead, so that in CI nothing is skipped. A trial is a row in its theme's slice, a theme a
//! file here and a line in [`ALL`].

mod doctor;
mod endings;
mod engine;
mod images;
mod suite;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

/// A trial: its name, and what panics when it does not hold.
type Row = (&'static str, fn());

/// Every trial, theme by theme.
const ALL: &[(&str, &[Row])] =
    &[("doctor", doctor::ROWS), ("endings", endings::ROWS), ("suite", suite::ROWS)];

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let lack = engine::lack();
    let required = std::env::var("FLIPCHECK_REQUIRE_DOCKER").is_ok_and(|value| value == "1");
    if let (Some(why), false) = (&lack, args.list) {
        eprintln!("containers: {why}");
    }
    let rows = ALL.iter().flat_map(|(theme, rows)| rows.iter().map(move |row| (theme, row)));
    let trials = rows.map(|(theme, (name, holds))| {
        let (lack, ignored) = (lack.clone(), lack.is_some() && !required);
        let trial = Trial::test(format!("{theme}::{name}"), move || {
            if let Some(why) = lack {
                return Err(Failed::from(why));
            }
            // They look at all of Docker, and containers use all of the machine.
            let _turn = engine::turn();
            holds();
            Ok(())
        });
        trial.with_ignored_flag(ignored)
    });
    libtest_mimic::run(&args, trials.collect()).exit_code()
}
