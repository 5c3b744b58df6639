//! From `--trust` and `--hub` to the thing judged.

use std::sync::Arc;

use contract::edition::Edition;
use harness::engine::{Jobs, Subject};
use harness::event::Side;
use harness::hub_access::HubAccess;
use harness::target::{
    AttachedTrust, DeployedHub, HubSource, ProcessHub, ProcessTrust, TargetSpec, TrustTarget,
};

use crate::args::RunArgs;
use crate::docked::Docked;
use crate::embedded::{EmbeddedHub, EmbeddedTrust, surroundings};
use crate::failure::Failure;

/// The side that is judged, and what was named as its target.
pub fn wanted(args: &RunArgs) -> Result<(Side, TargetSpec), Failure> {
    let (side, spec) = match (&args.trust, &args.hub) {
        (_, Some(spec)) => (Side::Hub, spec.clone()),
        (Some(spec), None) => (Side::Trust, spec.clone()),
        (None, None) => (Side::Trust, TargetSpec::Embedded),
    };
    match (side, &spec) {
        (Side::Trust, TargetSpec::Url(_)) => {
            Err(Failure::usage("a trust has no URL to be judged at: it polls, nobody calls it")
                .hint("use --trust process:CMD or --trust attach; url: is for --hub"))
        }
        (Side::Hub, TargetSpec::Attach) => Err(Failure::usage("a hub cannot be attached")
            .hint("use --hub url:URL for a hub that runs elsewhere")),
        (Side::Hub, TargetSpec::Image(_) | TargetSpec::Compose(_)) => {
            Err(Failure::usage("image: and compose: are for trusts")
                .hint("start the hub's container yourself and use --hub url:URL"))
        }
        (_, TargetSpec::Compose(_)) if args.docker.limits() => {
            Err(Failure::usage("--cpus and --memory are for image: targets")
                .hint("a compose file says itself what its services may use"))
        }
        _ if !args.mutant.is_empty() && spec != TargetSpec::Embedded => {
            Err(Failure::usage("--mutant breaks embedded targets only")
                .hint("leave it out, or judge --trust embedded or --hub embedded"))
        }
        _ => Ok((side, spec)),
    }
}

/// The target itself, and what stands around it.
///
/// What it makes in Docker is told to `docked`, also when this fails.
pub async fn subject(
    args: &RunArgs,
    side: Side,
    spec: &TargetSpec,
    docked: &mut Docked,
) -> Result<Subject, Failure> {
    match side {
        Side::Trust => {
            let target = trust(args, spec, docked).await?;
            Ok(Subject::Trust { target, around: surroundings() })
        }
        Side::Hub => Ok(Subject::Hub {
            source: hub(args, spec)?,
            conduct: args.conduct.word().to_owned(),
            faults: args.mutant.clone(),
        }),
    }
}

async fn trust(
    args: &RunArgs,
    spec: &TargetSpec,
    docked: &mut Docked,
) -> Result<Arc<dyn TrustTarget>, Failure> {
    let edition: &'static Edition = args.edition.row();
    Ok(match spec {
        TargetSpec::Process(words) => Arc::new(ProcessTrust {
            words: words.clone(),
            time_scale: args.time_scale.unwrap_or(1.0),
        }),
        TargetSpec::Attach => Arc::new(AttachedTrust::new(crate::attach::show_kit())),
        TargetSpec::Image(reference) => Arc::new(docked.image(reference, args).await?),
        TargetSpec::Compose(file) => docked.compose(file, args).await?,
        TargetSpec::Embedded | TargetSpec::Url(_) => {
            Arc::new(EmbeddedTrust::new(edition, args.conduct, &args.mutant)?)
        }
    })
}

fn hub(args: &RunArgs, spec: &TargetSpec) -> Result<Arc<dyn HubSource>, Failure> {
    let access = access(args, spec)?;
    Ok(match spec {
        TargetSpec::Process(words) => Arc::new(ProcessHub { words: words.clone(), access }),
        TargetSpec::Url(url) => Arc::new(DeployedHub::new(url, access)),
        TargetSpec::Embedded
        | TargetSpec::Attach
        | TargetSpec::Image(_)
        | TargetSpec::Compose(_) => {
            EmbeddedHub::check_faults(&args.mutant)?;
            Arc::new(EmbeddedHub)
        }
    })
}

/// What people gave us for a hub that is not ours.
fn access(args: &RunArgs, spec: &TargetSpec) -> Result<Option<Arc<HubAccess>>, Failure> {
    let Some(path) = &args.hub_access else { return Ok(None) };
    if *spec == TargetSpec::Embedded {
        return Err(Failure::usage("--hub-access is for --hub url:URL or process:CMD")
            .hint("the built-in hub is registered with through its control API"));
    }
    let access = HubAccess::read(path)
        .map_err(|error| Failure::usage(error).hint("docs/hub-access.md shows the file"))?;
    Ok(Some(Arc::new(access)))
}

/// Scenarios at once, unless told.
///
/// What the built-in mocks do costs a fraction of a second of processor each; a program of somebody
/// else's costs what it costs to start, and then mostly sleeps.
pub fn usual_jobs(spec: &TargetSpec, shared: bool) -> Jobs {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    match spec {
        // The same kits in every scenario: what one does must not show in another.
        _ if shared => Jobs::Fixed(1),
        TargetSpec::Embedded => {
            Jobs::Room { least: 8 * cores, most: 16 * cores, one_by_one: false }
        }
        TargetSpec::Process(_) => {
            Jobs::Room { least: 2 * cores, most: 32 * cores, one_by_one: true }
        }
        // Starting a container keeps a processor busy; the shared ones take turns anyway.
        TargetSpec::Image(_) => Jobs::Room { least: 2 * cores, most: 4 * cores, one_by_one: true },
        // Each that starts a trust of its own has a whole stack of its own.
        TargetSpec::Compose(_) => Jobs::Fixed(2),
        _ => Jobs::Room { least: cores, most: 4 * cores, one_by_one: false },
    }
}
