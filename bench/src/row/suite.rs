//! The embedded suite as a whole process: the built command beside this program.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::Context as _;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde_json::Value;

use super::median;
use crate::table::Table;

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let program = std::env::current_exe()?.with_file_name("flipcheck");
    if !program.is_file() {
        table.row(
            "embedded suite",
            "not measured".to_owned(),
            "<= 5 s for 100 scenarios",
            "build it first: cargo build --release --bin flipcheck".to_owned(),
        );
        return Ok(());
    }
    let folder = std::env::temp_dir().join(format!("flipcheck-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = samples(&program, &folder);
    std::fs::remove_dir_all(&folder)?;
    let (walls, busy, scenarios) = measured?;
    let wall = median(walls);
    table.row(
        "embedded suite, whole process",
        format!(
            "{wall:.2} s for {scenarios} scenarios, {:.2} s per 100",
            wall * 100.0 / scenarios as f64
        ),
        "<= 5 s for 100 scenarios",
        format!("{:.0} % of the wall time is processor time", median(busy) * 100.0),
    );
    Ok(())
}

fn samples(
    program: &std::path::Path,
    folder: &std::path::Path,
) -> anyhow::Result<(Vec<f64>, Vec<f64>, usize)> {
    let (mut walls, mut busy, mut scenarios) = (Vec::new(), Vec::new(), 0);
    for _ in 0..3 {
        let before = processor_secs()?;
        let begun = Instant::now();
        let status = Command::new(program)
            .args(["run", "--report", "json=suite.json"])
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        let wall = begun.elapsed().as_secs_f64();
        anyhow::ensure!(status.success(), "the suite is not green: {status}");
        walls.push(wall);
        busy.push((processor_secs()? - before) / wall);
        let report: Value =
            serde_json::from_str(&std::fs::read_to_string(folder.join("suite.json"))?)?;
        scenarios = report["scenarios"].as_array().context("scenarios")?.len();
    }
    Ok((walls, busy, scenarios))
}

/// Processor time of all children that ended so far.
fn processor_secs() -> anyhow::Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(micros as f64 / 1e6)
}
