//! `flipcheck list`: what there is, for people, programs and the documentation.

use std::fmt::Write as _;
use std::process::ExitCode;

use contract::catalogue::{self, Requirement, Subject};
use contract::edition::{EDITIONS, Edition};
use harness::engine::{Case, FeatureSet, FeatureSource, outside_edition};
use harness::event::Side;
use harness::expect::{ExpectationFile, Expectations};
use serde_json::{Value, json};

use crate::args::{ListArgs, ListFormat, Listing, SideWord};
use crate::docs;
use crate::failure::Failure;
use crate::output::{print, print_json};
use crate::roster::{self, Breakage};

/// Prints the list.
pub fn list(args: &ListArgs) -> Result<ExitCode, Failure> {
    match args.what {
        Listing::Scenarios => scenarios(args),
        Listing::Requirements => requirements(args),
        Listing::Mutants => breakages(args, roster::mutants()),
        Listing::Faults => breakages(args, [roster::faults(), roster::transport()].concat()),
        Listing::Deviations => deviations(args),
        Listing::Editions => editions(args),
    }?;
    Ok(ExitCode::SUCCESS)
}

fn scenarios(args: &ListArgs) -> Result<(), Failure> {
    let set = FeatureSet::load(&FeatureSource::Embedded).map_err(Failure::engine)?;
    let cases: Vec<&Case> = set
        .cases
        .iter()
        .filter(|case| side(args).is_none_or(|side| case.side.judges(side)))
        .filter(|case| args.edition.is_none_or(|id| outside_edition(case, id).is_none()))
        .collect();
    match args.format {
        ListFormat::Json => print_json(&cases),
        ListFormat::Markdown => print(&docs::scenarios(&cases)),
        ListFormat::Human => {
            let mut text = String::new();
            for case in &cases {
                let _ = writeln!(text, "{}\n    {}", case.id, case.requirements.join(" "));
            }
            let _ = writeln!(text, "{} scenarios", cases.len());
            print(&text)
        }
    }
}

fn requirements(args: &ListArgs) -> Result<(), Failure> {
    let of_side = |clause: &Requirement| match side(args) {
        None => true,
        Some(Side::Trust) => clause.subject == Subject::Trust,
        Some(Side::Hub) => clause.subject == Subject::Hub,
    };
    let rows: Vec<&Requirement> = catalogue::REQUIREMENTS
        .iter()
        .filter(|clause| args.edition.is_none_or(|id| clause.applies_to(id)) && of_side(clause))
        .collect();
    match args.format {
        ListFormat::Json => print_json(&rows),
        ListFormat::Markdown => {
            let set = FeatureSet::load(&FeatureSource::Embedded).map_err(Failure::engine)?;
            print(&docs::requirements(&rows, &set))
        }
        ListFormat::Human => {
            let mut text = String::new();
            for clause in &rows {
                let _ = writeln!(text, "{:<16} {:<6} {}", clause.id, clause.level, clause.sentence);
            }
            let _ = writeln!(text, "{} requirements", rows.len());
            print(&text)
        }
    }
}

fn breakages(args: &ListArgs, rows: Vec<Breakage>) -> Result<(), Failure> {
    let rows: Vec<Breakage> = rows
        .into_iter()
        .filter(|row| side(args).is_none_or(|side| side.word() == row.side))
        .collect();
    if args.format == ListFormat::Json {
        return print_json(&rows);
    }
    let mut text = String::new();
    for row in &rows {
        let breaks = if row.breaks.is_empty() { "-".to_owned() } else { row.breaks.join(" ") };
        let _ = writeln!(text, "{:<44} {breaks}\n    {}", row.name, row.sentence);
    }
    let _ = writeln!(text, "{} in all", rows.len());
    print(&text)
}

/// As JSON a plain array; otherwise an expectation file for the real services, ready to edit.
fn deviations(args: &ListArgs) -> Result<(), Failure> {
    let edition = args.edition.unwrap_or(contract::edition::EditionId::DEFAULT);
    let sides = side(args).map_or(vec![Side::Trust, Side::Hub], |side| vec![side]);
    if args.format == ListFormat::Json {
        let mut rows: Vec<Value> = Vec::new();
        for side in sides {
            for (clause, deviation) in harness::expect::deviations(edition, side) {
                let mut row = serde_json::to_value(deviation)
                    .map_err(|error| Failure::engine(format!("write a deviation: {error}")))?;
                row["requirement"] = json!(clause.id);
                row["side"] = json!(side.word());
                rows.push(row);
            }
        }
        return print_json(&rows);
    }
    let expect =
        sides.iter().flat_map(|side| Expectations::as_built(edition, *side).rows()).collect();
    let text = toml::to_string(&ExpectationFile { expect })
        .map_err(|error| Failure::engine(format!("write TOML: {error}")))?;
    print(&format!("# Known deviations of the real services, edition {edition}.\n\n{text}"))
}

fn editions(args: &ListArgs) -> Result<(), Failure> {
    let rows: Vec<&Edition> =
        EDITIONS.iter().filter(|row| args.edition.is_none_or(|id| id == row.id)).collect();
    let described = |row: &Edition| -> Result<Value, Failure> {
        let mut capabilities = serde_json::to_value(row)
            .map_err(|error| Failure::engine(format!("write an edition: {error}")))?;
        if let Some(members) = capabilities.as_object_mut() {
            members.remove("id");
        }
        Ok(json!({"id": row.id, "capabilities": capabilities}))
    };
    let values: Vec<Value> = rows.iter().map(|row| described(row)).collect::<Result<_, _>>()?;
    if args.format == ListFormat::Json {
        return print_json(&values);
    }
    let mut text = String::new();
    for (row, value) in rows.iter().zip(&values) {
        let _ = writeln!(text, "{}", row.id.label());
        for (name, capability) in value["capabilities"].as_object().into_iter().flatten() {
            let _ = writeln!(text, "    {name:<28} {capability}");
        }
    }
    print(&text)
}

fn side(args: &ListArgs) -> Option<Side> {
    args.side.map(|side| match side {
        SideWord::Trust => Side::Trust,
        SideWord::Hub => Side::Hub,
    })
}
