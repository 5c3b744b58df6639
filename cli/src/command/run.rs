//! `flipcheck run`: judge one target and say so in every format asked for.

use std::process::ExitCode;
use std::sync::Arc;

use harness::engine::{
    Case, CaseFile, Engine, FeatureError, FeatureSet, FeatureSource, Jobs, Part, RunOrder,
    Selection, SelectionError, Sink, Subject, select,
};
use harness::event::{ImageInfo, SCHEMA_VERSION, Side, TargetInfo};
use harness::expect::Expectations;
use harness::outcome::Strictness;
use harness::report::Guard;
use harness::scratch::Scratch;
use harness::target::TargetSpec;

use super::End;
use crate::args::{Conduct, RunArgs};
use crate::cases::Cases;
use crate::docked::Docked;
use crate::failure::{Failure, INTERRUPTED};
use crate::output::{print, say};
use crate::reporting::Reporters;
use crate::subject::{subject, usual_jobs, wanted};

/// Runs it.
pub async fn run(mut args: Box<RunArgs>) -> Result<ExitCode, Failure> {
    // A variable that is set to nothing wishes nothing.
    args.mutant.retain(|name| !name.is_empty());
    args.scenario.retain(|id| !id.is_empty());
    args.tags = args.tags.take().filter(|tags| !tags.trim().is_empty());
    let mut end = End::listen();
    let source = args.features.clone().map_or(FeatureSource::Embedded, FeatureSource::Folder);
    let set = FeatureSet::load(&source).map_err(unusable_features)?;
    let (side, spec) = wanted(&args)?;
    let (selected, part) = chosen(&set, side, &args)?;
    if args.plan {
        return plan(&selected);
    }
    // Before anything is made that must be found again by its name.
    let _scratch = scratch();
    let mut docked = Docked::default();
    let wish = Wish { args: &args, side, spec: &spec, source };
    let judged = judge(&wish, set, (selected, part), &mut docked, &mut end).await;
    docked.clear().await;
    judged
}

/// What was asked for.
struct Wish<'a> {
    args: &'a RunArgs,
    side: Side,
    spec: &'a TargetSpec,
    source: FeatureSource,
}

async fn judge(
    wish: &Wish<'_>,
    set: FeatureSet,
    (selected, part): (Vec<Case>, Part),
    docked: &mut Docked,
    end: &mut End,
) -> Result<ExitCode, Failure> {
    let args = wish.args;
    let expectations = expectations(args, wish.side, wish.spec, &set)?;
    let subject = tokio::select! {
        subject = subject(args, wish.side, wish.spec, docked) => subject?,
        () = end.come() => return Ok(ExitCode::from(INTERRUPTED)),
    };
    let mut order = order(wish, subject, expectations, docked.images.clone());
    (order.selected, order.part) = (selected, part);
    let reporters = Reporters::open(&args.report, Arc::clone(&order.guard))?;
    let cases = Cases::open(&args.cases, args.keep);
    order.cases = Some((cases.folder().to_owned(), case(wish, &order)));
    let sink: Sink = reporters.sink();
    let engine = Engine::new(order, Arc::new(set), sink);
    let interrupted = drive(&engine, end).await;
    let code = reporters.close()?;
    Ok(ExitCode::from(if interrupted { INTERRUPTED } else { code }))
}

/// A folder for everything temporary; without one, a run that is killed leaves more behind.
pub fn scratch() -> Option<Scratch> {
    Scratch::open()
        .inspect_err(|error| {
            say(&format!("note: nothing of this run is swept if it is killed: {error}"));
        })
        .ok()
}

/// Runs an engine to its end, or to the user's patience's; whether it was interrupted.
async fn drive(engine: &Arc<Engine>, end: &mut End) -> bool {
    tokio::select! {
        _ = engine.run() => false,
        () = end.come() => {
            engine.cut_short("interrupted");
            true
        }
    }
}

fn order(
    wish: &Wish<'_>,
    subject: Subject,
    expectations: Expectations,
    images: Vec<ImageInfo>,
) -> RunOrder {
    let (args, spec) = (wish.args, wish.spec);
    let usual = || usual_jobs(spec, args.hub_access.is_some());
    RunOrder {
        // What was broken on purpose need not be looked at twice.
        second_look: subject.time_scale() < 1.0 && args.mutant.is_empty(),
        target: TargetInfo { side: wish.side, kind: spec.kind().to_owned(), version: None, images },
        jobs: args.jobs.map_or_else(usual, |count| Jobs::Fixed(count.into())),
        subject,
        edition: args.edition,
        seed: args.seed,
        strictness: if args.strict { Strictness::Strict } else { Strictness::Ordinary },
        expectations,
        cases: None,
        source: wish.source.clone(),
        selected: Vec::new(),
        part: Part::default(),
        step_limit: args.step_limit.map(std::time::Duration::from_secs),
        guard: Arc::new(Guard::default()),
    }
}

/// What every case file of the run says, but for its scenario.
fn case(wish: &Wish<'_>, order: &RunOrder) -> CaseFile {
    let (args, spec) = (wish.args, wish.spec);
    let conduct = if *spec == TargetSpec::Embedded { args.conduct } else { Conduct::AsBuilt };
    CaseFile {
        schema_version: SCHEMA_VERSION,
        flipcheck: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: String::new(),
        side: wish.side,
        target: spec.to_string(),
        edition: args.edition,
        seed: args.seed,
        conduct: conduct.word().to_owned(),
        mutants: args.mutant.clone(),
        time_scale: order.subject.time_scale(),
        strict: args.strict,
        step_limit_secs: args.step_limit,
        features: args.features.clone(),
        hub_access: args.hub_access.clone(),
        found: Vec::new(),
    }
}

fn expectations(
    args: &RunArgs,
    side: Side,
    spec: &TargetSpec,
    set: &FeatureSet,
) -> Result<Expectations, Failure> {
    if let Some(path) = &args.expect {
        let known: Vec<&str> = set.cases.iter().map(|case| case.id.as_str()).collect();
        return Expectations::read(path, &known).map_err(|error| {
            Failure::usage(error).hint("`flipcheck list deviations` prints a file to start from")
        });
    }
    if *spec == TargetSpec::Embedded && args.conduct == Conduct::AsBuilt {
        return Ok(Expectations::as_built(args.edition, side));
    }
    Ok(Expectations::default())
}

/// The scenarios to run, and how much of the suite they are.
fn chosen(set: &FeatureSet, side: Side, args: &RunArgs) -> Result<(Vec<Case>, Part), Failure> {
    let mut wish =
        Selection { tags: args.tags.clone(), ids: args.scenario.clone(), ..Selection::default() };
    let undivided = select(set, side, &wish).map_err(unusable_selection)?;
    let undivided = undivided.into_iter().map(|case| case.id).collect();
    wish.shard = args.shard;
    let selected = select(set, side, &wish).map_err(unusable_selection)?;
    if selected.is_empty() {
        return Err(Failure::not_verified("this shard holds no scenario")
            .hint("use fewer shards than scenarios"));
    }
    Ok((selected, Part { shard: args.shard, undivided }))
}

fn unusable_selection(error: SelectionError) -> Failure {
    match error {
        SelectionError::BadExpression { .. } => {
            Failure::usage(error).hint("write it like '@polling and not @slow'")
        }
        _ => Failure::not_verified(error)
            .hint("`flipcheck list scenarios` shows ids and tags; nothing was verified"),
    }
}

fn unusable_features(error: FeatureError) -> Failure {
    match error {
        FeatureError::Empty(_) => Failure::not_verified(error)
            .hint("point --features at a folder with *.feature files; nothing was verified"),
        FeatureError::AsksNothing { .. } => Failure::not_verified(error)
            .hint("say after Then what the target must do; nothing was verified"),
        _ => Failure::usage(error).hint("every feature file must be readable Gherkin"),
    }
}

fn plan(selected: &[Case]) -> Result<ExitCode, Failure> {
    let lines: String = selected.iter().flat_map(|case| [case.id.as_str(), "\n"]).collect();
    print(&lines)?;
    say(&format!("{} scenarios would run", selected.len()));
    Ok(ExitCode::SUCCESS)
}
