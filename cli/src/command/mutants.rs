//! `flipcheck mutants`: break a mock on purpose, one way at a time, and see which scenario notices.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use contract::catalogue::{self, Level, Subject as Judged};
use contract::edition::EditionId;
use futures::StreamExt as _;
use harness::coverage::{UNSHOWN, WITHOUT_MUTANT};
use harness::engine::{
    Case, FeatureSet, FeatureSource, Selection, Subject, Trial, is_red, nearest, outside_edition,
    select,
};
use harness::event::Side;
use serde::Serialize;

use super::End;
use super::run::scratch;
use crate::args::{Conduct, ListFormat, MutantsArgs, SideWord};
use crate::embedded::{EmbeddedHub, EmbeddedTrust, surroundings};
use crate::failure::{Failure, INTERRUPTED};
use crate::output::{print, print_json, say};
use crate::roster::{self, Breakage};

/// What became of one mutant.
#[derive(Clone, Debug, Serialize)]
pub struct Fate {
    /// Its name.
    pub name: &'static str,
    /// `trust` or `hub`.
    pub side: &'static str,
    /// Whether any scenario noticed it.
    pub killed: bool,
    /// The scenarios that did.
    pub killed_by: Vec<String>,
    /// Edition it was run in.
    pub edition: EditionId,
    /// Requirements it breaks.
    pub breaks: Vec<&'static str>,
}

/// Runs every chosen mutant; exit 1 when one survives or a MUST has none.
pub async fn mutants(args: MutantsArgs) -> Result<ExitCode, Failure> {
    let mut end = End::listen();
    let _scratch = scratch();
    tokio::select! {
        done = every_mutant(args) => done,
        () = end.come() => {
            say("error: interrupted");
            Ok(ExitCode::from(INTERRUPTED))
        }
    }
}

async fn every_mutant(args: MutantsArgs) -> Result<ExitCode, Failure> {
    let chosen = chosen(&args)?;
    let set = Arc::new(FeatureSet::load(&FeatureSource::Embedded).map_err(Failure::engine)?);
    let hook = std::panic::take_hook();
    let mut fates: Vec<Fate> = futures::stream::iter(chosen)
        .map(|mutant| {
            let (set, args) = (Arc::clone(&set), args.clone());
            async move { fate(mutant, &set, &args).await }
        })
        .buffer_unordered(AT_ONCE)
        .inspect(|fate| {
            if let Ok(fate) = fate {
                say(&format!(
                    "{} {}",
                    if fate.killed { "killed  " } else { "SURVIVED" },
                    fate.name
                ));
            }
        })
        .collect::<Vec<Result<Fate, Failure>>>()
        .await
        .into_iter()
        .collect::<Result<_, _>>()?;
    // Runs side by side take and give back the panic hook in any order.
    std::panic::set_hook(hook);
    fates.sort_by_key(|fate| (fate.side, fate.name));
    let bare = if args.only.is_empty() { without_mutant(args.side) } else { Vec::new() };
    match args.format {
        ListFormat::Json => print_json(&fates)?,
        ListFormat::Human | ListFormat::Markdown => print(&table(&fates))?,
    }
    let shown_after_all =
        if args.only.is_empty() { shown_after_all(&set, &args).await? } else { Vec::new() };
    for id in &bare {
        say(&format!("no mutant breaks {id}"));
    }
    let red =
        !bare.is_empty() || !shown_after_all.is_empty() || fates.iter().any(|fate| !fate.killed);
    Ok(if red { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Tells what cannot be run here, and gives the names of which that is no longer true: a scenario
/// aimed at what they break noticed them.
async fn shown_after_all(
    set: &Arc<FeatureSet>,
    args: &MutantsArgs,
) -> Result<Vec<&'static str>, Failure> {
    let mut shown = Vec::new();
    for breakage in on_either_side(args).into_iter().filter(|b| unshown(b.name).is_some()) {
        let side = if breakage.side == "hub" { Side::Hub } else { Side::Trust };
        let edition = args.edition.unwrap_or(EditionId::DEFAULT);
        let cases = select(set, side, &aimed_at(&breakage)).unwrap_or_default();
        match killers(&breakage, side, edition, cases, set, args).await?.first() {
            None => say(&format!(
                "not run: {} ({})",
                breakage.name,
                unshown(breakage.name).unwrap_or_default()
            )),
            Some(by) => {
                say(&format!(
                    "{} is shown here by {by}: take it off the list of those that cannot be",
                    breakage.name
                ));
                shown.push(breakage.name);
            }
        }
    }
    Ok(shown)
}

/// Why a mutant cannot be run here, if so.
fn unshown(name: &str) -> Option<&'static str> {
    UNSHOWN.iter().find(|row| row.name == name).map(|row| row.reason)
}

fn on_either_side(args: &MutantsArgs) -> Vec<Breakage> {
    [roster::mutants(), roster::faults()]
        .concat()
        .into_iter()
        // A condition around the hub breaks no clause: there is nothing to notice.
        .filter(|breakage| !breakage.breaks.is_empty())
        .filter(|breakage| args.side.is_none_or(|side| word(side) == breakage.side))
        .collect()
}

fn chosen(args: &MutantsArgs) -> Result<Vec<Breakage>, Failure> {
    let mut all = on_either_side(args);
    for name in &args.only {
        if let Some(reason) = unshown(name) {
            return Err(Failure::not_verified(format!("{name} cannot be run here")).hint(reason));
        }
    }
    all.retain(|breakage| unshown(breakage.name).is_none());
    for name in &args.only {
        if !all.iter().any(|breakage| breakage.name == name) {
            let near = nearest(name, all.iter().map(|breakage| breakage.name));
            let failure = Failure::usage(format!("no mutant is called {name:?}"));
            return Err(match near {
                Some(near) => failure.hint(format!("did you mean {near}?")),
                None => failure.hint("`flipcheck list mutants` and `list faults` show them"),
            });
        }
    }
    let wanted = |breakage: &Breakage| {
        args.only.is_empty() || args.only.iter().any(|name| name == breakage.name)
    };
    Ok(all.into_iter().filter(wanted).collect())
}

async fn fate(
    mutant: Breakage,
    set: &Arc<FeatureSet>,
    args: &MutantsArgs,
) -> Result<Fate, Failure> {
    let side = if mutant.side == "hub" { Side::Hub } else { Side::Trust };
    let mut fate = None;
    for edition in args.edition.map_or_else(|| concerned(&mutant), |edition| vec![edition]) {
        let tried = fate_in(edition, side, &mutant, set, args).await?;
        if tried.killed {
            return Ok(tried);
        }
        // A survivor is told in the newest edition.
        fate.get_or_insert(tried);
    }
    fate.ok_or_else(|| Failure::usage(format!("{} concerns no edition", mutant.name)))
}

async fn fate_in(
    edition: EditionId,
    side: Side,
    mutant: &Breakage,
    set: &Arc<FeatureSet>,
    args: &MutantsArgs,
) -> Result<Fate, Failure> {
    let mut killed_by = match select(set, side, &aimed_at(mutant)) {
        Ok(cases) => killers(mutant, side, edition, cases, set, args).await?,
        Err(_) => Vec::new(),
    };
    if killed_by.is_empty() {
        let everything = select(set, side, &Selection::default()).map_err(Failure::engine)?;
        killed_by = killers(mutant, side, edition, everything, set, args).await?;
    }
    Ok(Fate {
        name: mutant.name,
        side: mutant.side,
        killed: !killed_by.is_empty(),
        killed_by,
        edition,
        breaks: mutant.breaks.clone(),
    })
}

/// The scenarios of the clauses it breaks.
fn aimed_at(mutant: &Breakage) -> Selection {
    Selection {
        requirements: mutant.breaks.iter().map(|id| (*id).to_owned()).collect(),
        ..Selection::default()
    }
}

/// The scenarios that found a broken clause; a scenario that could not test has killed nothing.
async fn killers(
    mutant: &Breakage,
    side: Side,
    edition: EditionId,
    cases: Vec<Case>,
    set: &Arc<FeatureSet>,
    args: &MutantsArgs,
) -> Result<Vec<String>, Failure> {
    let cases: Vec<Case> =
        cases.into_iter().filter(|case| outside_edition(case, edition).is_none()).collect();
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let trial = Trial {
        subject: subject(mutant, side, edition)?,
        edition,
        seed: args.seed,
        jobs: args.jobs.map_or(JOBS, usize::from),
        guard: Arc::default(),
    };
    let results = trial.run(set, cases).await;
    let killers: BTreeSet<String> =
        results.into_iter().filter(is_red).map(|result| result.id).collect();
    Ok(killers.into_iter().collect())
}

fn subject(mutant: &Breakage, side: Side, edition: EditionId) -> Result<Subject, Failure> {
    let name = vec![mutant.name.to_owned()];
    Ok(match side {
        Side::Trust => Subject::Trust {
            target: Arc::new(EmbeddedTrust::new(edition.row(), Conduct::Ideal, &name)?),
            around: surroundings(),
        },
        Side::Hub => Subject::Hub {
            source: Arc::new(EmbeddedHub),
            conduct: Conduct::Ideal.word().to_owned(),
            faults: name,
        },
    })
}

/// The editions every broken clause applies to, the default first and then newest first: what is broken
/// may be something only another one has.
fn concerned(mutant: &Breakage) -> Vec<EditionId> {
    let applies = |id: &EditionId| {
        let applies_to = |row: &catalogue::Requirement| row.applies_to(*id);
        mutant.breaks.iter().all(|clause| catalogue::find(clause).is_some_and(applies_to))
    };
    let others = EditionId::ALL.into_iter().rev().filter(|id| *id != EditionId::DEFAULT);
    std::iter::once(EditionId::DEFAULT).chain(others).filter(applies).collect()
}

/// MUSTs of the judged sides that nothing breaks on purpose.
fn without_mutant(side: Option<SideWord>) -> Vec<&'static str> {
    let broken: BTreeSet<&str> = roster::all().into_iter().flat_map(|b| b.breaks).collect();
    let excepted: BTreeSet<&str> = WITHOUT_MUTANT.iter().map(|row| row.requirement).collect();
    catalogue::REQUIREMENTS
        .iter()
        .filter(|clause| clause.level == Level::Must)
        .filter(|clause| match side {
            None => matches!(clause.subject, Judged::Trust | Judged::Hub),
            Some(SideWord::Trust) => clause.subject == Judged::Trust,
            Some(SideWord::Hub) => clause.subject == Judged::Hub,
        })
        .map(|clause| clause.id)
        .filter(|id| !broken.contains(id) && !excepted.contains(id))
        .collect()
}

fn table(fates: &[Fate]) -> String {
    let mut text = String::new();
    for fate in fates {
        let by = match fate.killed_by.as_slice() {
            [] => "nobody".to_owned(),
            [one] => one.clone(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        };
        let word = if fate.killed { "killed by" } else { "SURVIVED:" };
        let _ = writeln!(text, "{:<44} {}\n    {word} {by}", fate.name, fate.breaks.join(" "));
    }
    let survivors = fates.iter().filter(|fate| !fate.killed).count();
    let _ = writeln!(
        text,
        "{} mutants, {} killed, {survivors} survived",
        fates.len(),
        fates.len() - survivors
    );
    text
}

fn word(side: SideWord) -> &'static str {
    match side {
        SideWord::Trust => "trust",
        SideWord::Hub => "hub",
    }
}

/// Mutants at once, and scenarios of each at once.
const AT_ONCE: usize = 4;
const JOBS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_run_here_exists_and_says_why() {
        let all = roster::all();
        for row in UNSHOWN {
            assert!(all.iter().any(|breakage| breakage.name == row.name), "{}", row.name);
            assert!(!row.reason.is_empty(), "{}", row.name);
        }
    }
}
