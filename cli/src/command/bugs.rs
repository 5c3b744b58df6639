//! `flipcheck bugs`: bugs of past federations, brought about on the stand-ins and caught by name.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use harness::bug_bank::{self, ALL, Bench, Bug, Catcher, Caught, Played, play};
use harness::engine::{FeatureSet, FeatureSource, nearest};
use harness::event::SCHEMA_VERSION;
use harness::report::person;
use serde::Serialize;

use super::End;
use super::run::scratch;
use crate::args::{BugsArgs, BugsFormat, BugsVerb, RunBugArgs};
use crate::embedded::Workbench;
use crate::failure::{Failure, INTERRUPTED};
use crate::output::{print, print_json, say};

/// Lists, shows or plays bugs.
pub async fn bugs(args: BugsArgs) -> Result<ExitCode, Failure> {
    match args.verb {
        BugsVerb::List { format } => list(format),
        BugsVerb::Show { id, format } => show(find(&id)?, format),
        BugsVerb::Run(args) => {
            let mut end = End::listen();
            let _scratch = scratch();
            tokio::select! {
                done = run(args) => done,
                () = end.come() => {
                    say("error: interrupted");
                    Ok(ExitCode::from(INTERRUPTED))
                }
            }
        }
    }
}

/// The row of a bug in lists.
#[derive(Serialize)]
struct Row {
    id: &'static str,
    title: &'static str,
    group: bug_bank::Group,
    reproduced_by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why_not: Option<&'static str>,
    caught_by: &'static [Catcher],
}

impl Row {
    fn of(bug: &Bug) -> Self {
        Self {
            id: bug.id,
            title: bug.title,
            group: bug.group,
            reproduced_by: bug.play.with(),
            why_not: bug.play.why_not(),
            caught_by: bug.caught_by,
        }
    }
}

/// Everything that is known of a bug.
#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    row: Row,
    cause: &'static str,
    symptom: &'static str,
    fix: &'static str,
    owner: contract::catalogue::Who,
    clauses: &'static [&'static str],
}

/// What became of a bug.
#[derive(Serialize)]
struct Outcome<'a> {
    schema_version: u32,
    #[serde(flatten)]
    whole: Whole,
    verdict: bug_bank::Verdict,
    exit_code: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    seed: u64,
    planted: &'a [String],
    seen: &'a [String],
    caught: &'a [Caught],
    replay: String,
    duration_ms: u64,
}

fn whole(bug: &Bug) -> Whole {
    Whole {
        row: Row::of(bug),
        cause: bug.cause,
        symptom: bug.symptom,
        fix: bug.fix,
        owner: bug.owner,
        clauses: bug.clauses,
    }
}

fn list(format: BugsFormat) -> Result<ExitCode, Failure> {
    match format {
        BugsFormat::Json => print_json(&ALL.map(Row::of).as_slice())?,
        BugsFormat::Human => {
            let mut text = String::new();
            for bug in ALL {
                let mark = if bug.play.with().is_some() { ' ' } else { '-' };
                // Writing to a String cannot fail.
                let _ = writeln!(text, "{:<4}{mark} {:<9} {}", bug.id, bug.group.word(), bug.title);
            }
            print(&text)?;
            let played = ALL.iter().filter(|bug| bug.play.with().is_some()).count();
            say(&format!(
                "{} bugs, {played} can be brought about here; `flipcheck bugs run ID` does it, \
                 `show ID` tells why the others (-) cannot",
                ALL.len()
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(bug: &'static Bug, format: BugsFormat) -> Result<ExitCode, Failure> {
    match format {
        BugsFormat::Json => print_json(&whole(bug))?,
        BugsFormat::Human => {
            let mut text = head(bug);
            let _ = writeln!(text, "  symptom    {}", bug.symptom);
            match (bug.play.with(), bug.play.why_not()) {
                (Some(with), _) => {
                    let _ = writeln!(text, "  reproduced {with}");
                }
                (None, why_not) => {
                    let why_not = why_not.unwrap_or_default();
                    let _ = writeln!(text, "  not reproduced: {why_not}");
                }
            }
            for (at, catcher) in bug.caught_by.iter().enumerate() {
                let _ =
                    writeln!(text, "  {:<10} {catcher}", if at == 0 { "caught by" } else { "" });
            }
            let _ = writeln!(text, "  clauses    {}", bug.clauses.join(" "));
            tail(&mut text, bug);
            print(&text)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn run(args: RunBugArgs) -> Result<ExitCode, Failure> {
    let bug = find(&args.id)?;
    let set = Arc::new(FeatureSet::load(&FeatureSource::Embedded).map_err(Failure::engine)?);
    let bench = Bench::new(Arc::new(Workbench), set, args.seed, args.inert);
    let played = play(bug, &bench).await;
    let code = played.verdict.exit_code();
    let text = match args.format {
        BugsFormat::Json => {
            let outcome = outcome(&played, args.seed);
            let text = serde_json::to_string_pretty(&outcome);
            text.map_err(|error| Failure::engine(format!("write JSON: {error}")))? + "\n"
        }
        BugsFormat::Human => told(&played, args.seed),
    };
    bench.guard.check(text.as_bytes()).map_err(Failure::engine)?;
    print(&text)?;
    Ok(ExitCode::from(code))
}

fn outcome(played: &Played, seed: u64) -> Outcome<'_> {
    Outcome {
        schema_version: SCHEMA_VERSION,
        whole: whole(played.bug),
        verdict: played.verdict,
        exit_code: played.verdict.exit_code(),
        reason: played.reason.as_deref(),
        seed,
        planted: &played.scene.planted,
        seen: &played.scene.seen,
        caught: &played.scene.caught,
        replay: replay(played.bug, seed),
        duration_ms: u64::try_from(played.took.as_millis()).unwrap_or(u64::MAX),
    }
}

fn told(played: &Played, seed: u64) -> String {
    let bug = played.bug;
    let mut text = head(bug);
    lines(&mut text, "planted", &played.scene.planted);
    lines(&mut text, "seen", &played.scene.seen);
    for caught in &played.scene.caught {
        let word = if caught.red { "red" } else { "GREEN" };
        let mut shown = vec![format!("{} is {word}", caught.by)];
        shown.extend(caught.told.iter().map(|line| format!("  {line}")));
        lines(&mut text, "caught by", &shown);
    }
    if played.scene.caught.is_empty() {
        let shown: Vec<String> = bug.caught_by.iter().map(ToString::to_string).collect();
        lines(&mut text, "instead see", &shown);
    }
    tail(&mut text, bug);
    let _ = writeln!(text, "  again      {}", replay(bug, seed));
    let secs = played.took.as_secs_f64();
    let reason = played.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let _ = writeln!(text, "\n{} {}{reason} ({secs:.1} s)", bug.id, played.verdict.word());
    text
}

fn head(bug: &Bug) -> String {
    format!("{} {} ({})\n  cause      {}\n", bug.id, bug.title, bug.group.word(), bug.cause)
}

fn tail(text: &mut String, bug: &Bug) {
    let _ = writeln!(text, "  fix        {} ({})", bug.fix, person(bug.owner));
}

fn lines(text: &mut String, title: &str, lines: &[String]) {
    for (at, line) in lines.iter().enumerate() {
        let _ = writeln!(text, "  {:<10} {line}", if at == 0 { title } else { "" });
    }
}

fn replay(bug: &Bug, seed: u64) -> String {
    format!("flipcheck bugs run {} --seed {seed}", bug.id)
}

fn find(id: &str) -> Result<&'static Bug, Failure> {
    let known = id.to_ascii_uppercase();
    bug_bank::bug(&known).ok_or_else(|| {
        let failure = Failure::usage(format!("no bug has the id {id:?}"));
        match nearest(&known, ALL.iter().map(|bug| bug.id)) {
            Some(near) => failure.hint(format!("did you mean {near}?")),
            None => failure.hint("`flipcheck bugs list` shows them: B1 to B42"),
        }
    })
}
