//! `flipcheck replay`: the one scenario of a case file, as it was run.

use std::process::ExitCode;

use clap::ValueEnum as _;
use harness::engine::CaseFile;
use harness::event::Side;
use harness::target::{SpecError, TargetSpec};

use crate::args::{Conduct, DockerArgs, ReplayArgs, RunArgs};
use crate::failure::Failure;

/// Runs it.
pub async fn replay(args: ReplayArgs) -> Result<ExitCode, Failure> {
    let case = CaseFile::read(&args.file)
        .map_err(|error| Failure::usage(error).hint("a failed run names its case files"))?;
    let unusable = |error| Failure::usage(format!("case file {}: {error}", args.file));
    let target: TargetSpec =
        case.target.parse().map_err(|error: SpecError| unusable(error.to_string()))?;
    let conduct = Conduct::from_str(&case.conduct, false).map_err(unusable)?;
    let time_scale =
        matches!(target, TargetSpec::Process(_) | TargetSpec::Image(_)).then_some(case.time_scale);
    let (trust, hub) = match case.side {
        Side::Trust => (Some(target), None),
        Side::Hub => (None, Some(target)),
    };
    let run = RunArgs {
        trust,
        hub,
        edition: case.edition,
        tags: None,
        scenario: vec![case.scenario],
        report: Vec::new(),
        expect: None,
        strict: case.strict,
        seed: case.seed,
        jobs: Some(1),
        shard: None,
        plan: false,
        keep: true,
        conduct,
        mutant: case.mutants,
        time_scale,
        docker: DockerArgs::default(),
        step_limit: case.step_limit_secs,
        features: case.features,
        hub_access: case.hub_access,
        cases: args.file.parent().unwrap_or(&args.file).to_owned(),
    };
    super::run::run(Box::new(run)).await
}
