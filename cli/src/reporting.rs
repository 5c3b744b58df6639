//! Where the events of a run go: progress at once, the NDJSON file line by line, the rest at the end.

use std::io::Write;
use std::sync::Arc;

use harness::engine::Sink;
use harness::report::{
    Destination, Guard, Ledger, Options, Palette, ReportSpec, RunRecord, Tape, can_place, deliver,
    new_file,
};
use parking_lot::Mutex;

use crate::failure::{Failure, NOT_VERIFIED};
use crate::output::{Stdout, colour, print, say};
use crate::progress::Counter;

/// Every report of one run.
pub struct Reporters {
    state: Arc<Mutex<State>>,
    specs: Vec<ReportSpec>,
    to_stdout: bool,
    guard: Arc<Guard>,
}

struct State {
    tape: Tape,
    ledgers: Vec<Ledger<Box<dyn Write + Send>>>,
    faults: Vec<String>,
    counter: Counter,
}

impl Reporters {
    /// Opens what is written as it happens; unusable reports end the command before anything runs.
    pub fn open(reports: &[String], guard: Arc<Guard>) -> Result<Self, Failure> {
        let specs = parse(reports)?;
        let to_stdout = specs.iter().any(|spec| spec.to == Destination::Stdout);
        let mut ledgers = Vec::new();
        let mut at_the_end = Vec::new();
        for spec in specs {
            if spec.format.name == "ndjson" {
                ledgers.push(ledger(&spec, &guard)?);
            } else {
                // A verdict that cannot be written down is better known before the work than after.
                if let Destination::File(path) = &spec.to {
                    can_place(path).map_err(|error| unwritable(&spec, &error))?;
                }
                at_the_end.push(spec);
            }
        }
        let counter = Counter::default();
        let state = State { tape: Tape::default(), ledgers, faults: Vec::new(), counter };
        Ok(Self { state: Arc::new(Mutex::new(state)), specs: at_the_end, to_stdout, guard })
    }

    /// Takes events, in order.
    pub fn sink(&self) -> Sink {
        let state = Arc::clone(&self.state);
        let guard = Arc::clone(&self.guard);
        Arc::new(move |event| {
            let mut state = state.lock();
            let State { tape, ledgers, faults, counter } = &mut *state;
            for ledger in ledgers {
                if let Err(error) = ledger.record(event)
                    && faults.is_empty()
                {
                    // What follows on a broken stream is broken for the same reason.
                    faults.push(format!("the event report: {error}"));
                }
            }
            let screened = guard.screened(event).into_owned();
            counter.show(&screened);
            if let Err(error) = tape.push(screened) {
                faults.push(format!("an event out of place: {error}"));
            }
        })
    }

    /// Writes everything that is made from the whole run; returns the exit code, which a report that
    /// could not be written turns into "could not verify".
    pub fn close(self, code: u8) -> Result<u8, Failure> {
        let (tape, mut faults) = {
            let mut state = self.state.lock();
            (std::mem::take(&mut state.tape), std::mem::take(&mut state.faults))
        };
        let record = tape.record().ok_or_else(|| Failure::engine("the run told nothing"))?;
        show(&record, self.to_stdout, &self.guard, &mut faults);
        write_all(&record, &self.specs, &self.guard, &mut faults);
        for fault in &faults {
            say(&format!("error: {fault}"));
        }
        Ok(if faults.is_empty() { code } else { NOT_VERIFIED })
    }
}

/// Report wishes as data, or what is wrong with them.
pub fn parse(reports: &[String]) -> Result<Vec<ReportSpec>, Failure> {
    // A variable that is set to nothing wishes nothing.
    let wishes = reports.iter().filter(|text| !text.is_empty());
    let specs: Vec<ReportSpec> =
        wishes.map(|text| text.parse().map_err(Failure::usage)).collect::<Result<_, _>>()?;
    let to_stdout = specs.iter().filter(|spec| spec.to == Destination::Stdout);
    if to_stdout.count() > 1 {
        return Err(Failure::usage("two reports cannot share stdout")
            .hint("give all but one of them a file, such as junit=results.xml"));
    }
    Ok(specs)
}

/// What writes events as they happen, to a file or to stdout.
fn ledger(spec: &ReportSpec, guard: &Arc<Guard>) -> Result<Ledger<Box<dyn Write + Send>>, Failure> {
    let out: Box<dyn Write + Send> = match &spec.to {
        Destination::Stdout => Box::new(Stdout),
        Destination::File(path) => {
            Box::new(new_file(path).map_err(|error| unwritable(spec, &error))?)
        }
    };
    Ok(Ledger::new(out, Arc::clone(guard)))
}

fn unwritable(spec: &ReportSpec, error: &std::io::Error) -> Failure {
    Failure::usage(format!("report {spec}: {error}"))
        .hint("name a file in a folder you may write to")
}

/// Writes each report; what goes wrong is added to `faults`.
pub fn write_all(
    record: &RunRecord,
    specs: &[ReportSpec],
    guard: &Guard,
    faults: &mut Vec<String>,
) {
    for spec in specs {
        if let Err(error) = deliver(record, spec, &Options::default(), guard, &mut Stdout) {
            faults.push(error.to_string());
        }
    }
}

/// The report for people: on stdout, or beside it when another report is wanted there.
fn show(record: &RunRecord, aside: bool, guard: &Guard, faults: &mut Vec<String>) {
    let palette = if colour(aside) { Palette::coloured() } else { Palette::plain() };
    let options = Options { palette, ..Options::default() };
    let mut text = Vec::new();
    let spec = "human=-".parse::<ReportSpec>().map_err(|error| error.to_string());
    let written = spec.and_then(|spec| {
        deliver(record, &spec, &options, guard, &mut text).map_err(|error| error.to_string())
    });
    let text = String::from_utf8_lossy(&text);
    let shown = written.and_then(|()| {
        if aside {
            say(text.trim_end());
            return Ok(());
        }
        print(&text).map_err(|error| error.to_string())
    });
    faults.extend(shown.err());
}
