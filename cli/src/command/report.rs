//! `flipcheck report`: any report from a stream of events, also from half a stream, or from several.

use std::io::BufReader;
use std::process::ExitCode;

use harness::report::{Guard, RunRecord};

use crate::args::ReportArgs;
use crate::failure::Failure;
use crate::reporting::{parse, written};

/// Writes them; the exit code is the run's own.
pub fn report(args: &ReportArgs) -> Result<ExitCode, Failure> {
    let (merging, files) = match args.files.split_first() {
        Some((verb, files)) if verb == "merge" => (true, files),
        _ => (false, args.files.as_slice()),
    };
    let record = match (merging, files) {
        (true, []) => return Err(Failure::usage("merge needs at least one NDJSON file")),
        (false, [file]) => read(file)?,
        (false, _) => {
            return Err(Failure::usage("one NDJSON file at a time")
                .hint("`flipcheck report merge A B …` joins the parts of one sharded run"));
        }
        (true, files) => {
            let parts = files.iter().map(|file| read(file)).collect::<Result<Vec<_>, _>>()?;
            RunRecord::merge(parts).map_err(Failure::usage)?
        }
    };
    let usual = vec!["human=-".to_owned()];
    let specs = parse(if args.to.is_empty() { &usual } else { &args.to })?;
    let mut faults = Vec::new();
    written(&record, specs, &Guard::default(), &mut faults);
    match faults.first() {
        Some(fault) => Err(Failure::engine(fault)),
        None => Ok(ExitCode::from(record.summary().exit_code)),
    }
}

fn read(path: &str) -> Result<RunRecord, Failure> {
    let file = fs_err::File::open(path).map_err(Failure::usage)?;
    RunRecord::read(BufReader::new(file)).map_err(|error| {
        Failure::usage(format!("{path}: {error}"))
            .hint("it must be the event stream of a run, from its first event on")
    })
}
