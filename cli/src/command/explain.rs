//! `flipcheck explain`: one id, everything known about it.

use std::fmt::Write as _;
use std::process::ExitCode;

use contract::catalogue::{self, Requirement};
use harness::engine::{Case, FeatureSet, FeatureSource, nearest};

use crate::args::ExplainArgs;
use crate::failure::Failure;
use crate::output::print;
use crate::roster::{self, Breakage};

/// Explains it.
pub fn explain(args: &ExplainArgs) -> Result<ExitCode, Failure> {
    let set = FeatureSet::load(&FeatureSource::Embedded).map_err(Failure::engine)?;
    let id = args.id.as_str();
    if let Some(clause) = catalogue::find(id) {
        print(&requirement(clause, &set))?;
    } else if let Some(case) = set.cases.iter().find(|case| case.id == id) {
        print(&scenario(case))?;
    } else if let Some(breakage) = roster::all().into_iter().find(|b| b.name == id) {
        print(&of_breakage(&breakage, &set))?;
    } else {
        return Err(unknown(id, &set));
    }
    Ok(ExitCode::SUCCESS)
}

fn requirement(clause: &Requirement, set: &FeatureSet) -> String {
    let mut text = format!(
        "{} {} ({}), editions {}\n  {}\n\n  seen by   {}\n  source    {}\n  if broken {}\n",
        clause.id,
        clause.level,
        clause.subject,
        clause.editions,
        clause.sentence,
        clause.observe,
        clause.source,
        clause.hint
    );
    for deviation in clause.deviations {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  real      {} ({})", deviation.sentence, deviation.mark);
    }
    let proving = set.cases.iter().filter(|case| case.requirements.iter().any(|r| r == clause.id));
    list(&mut text, "scenarios", proving.map(|case| case.id.clone()));
    let breaking = roster::all().into_iter().filter(|b| b.breaks.contains(&clause.id));
    list(&mut text, "broken on purpose by", breaking.map(|b| b.name.to_owned()));
    text
}

fn scenario(case: &Case) -> String {
    let mut text = format!("{}\n  {}: {}\n", case.id, case.feature, case.name);
    let clauses = case.clauses().map(|clause| format!("{} {}", clause.id, clause.sentence));
    list(&mut text, "proves", clauses);
    list(&mut text, "tags", case.tags.iter().map(|tag| format!("@{tag}")));
    let _ = writeln!(text, "\n  flipcheck run --scenario '{}'", case.id);
    text
}

fn of_breakage(breakage: &Breakage, set: &FeatureSet) -> String {
    let mut text = format!("{} ({})\n  {}\n", breakage.name, breakage.side, breakage.sentence);
    list(&mut text, "breaks", breakage.breaks.iter().map(|id| (*id).to_owned()));
    let proving = set
        .cases
        .iter()
        .filter(|case| case.requirements.iter().any(|r| breakage.breaks.contains(&r.as_str())));
    list(&mut text, "should be killed by", proving.map(|case| case.id.clone()));
    text
}

fn list(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if !lines.is_empty() {
        let _ = writeln!(text, "\n  {title}");
        for line in lines {
            let _ = writeln!(text, "    {line}");
        }
    }
}

fn unknown(id: &str, set: &FeatureSet) -> Failure {
    let names = roster::all();
    let known = catalogue::REQUIREMENTS
        .iter()
        .map(|clause| clause.id)
        .chain(set.cases.iter().map(|case| case.id.as_str()))
        .chain(names.iter().map(|breakage| breakage.name));
    let failure = Failure::usage(format!("nothing is called {id:?}"));
    match nearest(id, known) {
        Some(near) => failure.hint(format!("did you mean {near}?")),
        None => failure.hint("`flipcheck list requirements` and `list scenarios` show every id"),
    }
}
