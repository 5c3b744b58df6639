//! Where the events of a run go: progress at once, the NDJSON file line by line, the rest at the end.

use std::io::Write;
use std::sync::Arc;

use harness::engine::Sink;
use harness::event::{Event, Problem};
use harness::report::{
    Destination, Guard, Ledger, Options, Palette, ReportSpec, RunRecord, Tape, can_place, deliver,
    new_file,
};
use parking_lot::Mutex;

use crate::failure::Failure;
use crate::output::{Stdout, colour, print, say};
use crate::progress::Counter;

/// Every report of one run.
pub struct Reporters {
    state: Arc<Mutex<State>>,
    specs: Vec<ReportSpec>,
    to_stdout: bool,
    shown: bool,
    guard: Arc<Guard>,
}

struct State {
    tape: Tape,
    streams: Vec<Stream>,
    /// What went wrong with a report; not yet part of the record.
    faults: Vec<String>,
    counter: Counter,
}

/// An event stream that is being written.
struct Stream {
    spec: ReportSpec,
    ledger: Ledger<Box<dyn Write + Send>>,
}

impl Reporters {
    /// Opens what is written as it happens; unusable reports end the command before anything runs.
    pub fn open(reports: &[String], guard: Arc<Guard>) -> Result<Self, Failure> {
        let specs = parse(reports)?;
        let to_stdout = specs.iter().any(|spec| spec.to == Destination::Stdout);
        let mut streams = Vec::new();
        let mut at_the_end = Vec::new();
        for spec in specs {
            if spec.format.name == "ndjson" {
                streams.push(Stream { ledger: ledger(&spec, &guard)?, spec });
            } else {
                // A verdict that cannot be written down is better known before the work than after.
                if let Destination::File(path) = &spec.to {
                    can_place(path).map_err(|error| unwritable(&spec, &error))?;
                }
                at_the_end.push(spec);
            }
        }
        let counter = Counter::default();
        let state = State { tape: Tape::default(), streams, faults: Vec::new(), counter };
        Ok(Self {
            state: Arc::new(Mutex::new(state)),
            specs: at_the_end,
            to_stdout,
            shown: false,
            guard,
        })
    }

    /// Takes events, in order. The last one is written by [`close`](Self::close): what goes wrong with
    /// a report is part of the verdict.
    pub fn sink(&self) -> Sink {
        let state = Arc::clone(&self.state);
        Arc::new(move |event| {
            let mut state = state.lock();
            if !matches!(event, Event::RunFinished(_)) {
                state.stream(event);
            }
            state.counter.show(event);
            if let Err(error) = state.tape.push(event.clone()) {
                state.faults.push(format!("an event out of place: {error}"));
            }
        })
    }

    /// Writes every report that is made from the whole run and the end of the stream; returns the exit
    /// code that all of them name.
    ///
    /// A report that cannot be written is a problem of the run: whatever was written before is written
    /// again with it.
    pub fn close(mut self) -> Result<u8, Failure> {
        let state = Arc::clone(&self.state);
        let mut state = state.lock();
        let tape = std::mem::take(&mut state.tape);
        let mut record = tape.record().ok_or_else(|| Failure::engine("the run told nothing"))?;
        let mut streamed = record.problems.len();
        loop {
            take_in(&mut record, &mut state.faults);
            let files = self.specs.extract_if(.., |spec| spec.to != Destination::Stdout);
            let files: Vec<ReportSpec> = files.collect();
            self.specs.extend(written(&record, files, &self.guard, &mut state.faults));
            if state.faults.is_empty() {
                state.end(&record, &mut streamed);
            }
            if state.faults.is_empty() {
                self.show(&record, &mut state.faults);
            }
            if state.faults.is_empty() {
                return Ok(record.summary().exit_code);
            }
        }
    }

    /// What goes to stdout, once: another report, and the one for people there or beside it.
    fn show(&mut self, record: &RunRecord, faults: &mut Vec<String>) {
        if std::mem::replace(&mut self.shown, true) {
            return;
        }
        let on_stdout = self.specs.extract_if(.., |spec| spec.to == Destination::Stdout);
        let on_stdout: Vec<ReportSpec> = on_stdout.collect();
        show(record, self.to_stdout, &self.guard, faults);
        written(record, on_stdout, &self.guard, faults);
    }
}

impl State {
    /// Writes one event to every stream; one that fails is given up.
    fn stream(&mut self, event: &Event) {
        let faults = &mut self.faults;
        self.streams.retain_mut(|stream| match stream.ledger.record(event) {
            Ok(()) => true,
            Err(error) => {
                faults.push(format!("report {}: {error}", stream.spec));
                false
            }
        });
    }

    /// Writes the problems that came up since the run ended, and its end.
    fn end(&mut self, record: &RunRecord, streamed: &mut usize) {
        for problem in record.problems.iter().skip(*streamed) {
            self.stream(&problem.event());
        }
        *streamed = record.problems.len();
        self.stream(&Event::RunFinished(record.summary()));
    }
}

/// Makes what went wrong with reports part of the record.
fn take_in(record: &mut RunRecord, faults: &mut Vec<String>) {
    for fault in faults.drain(..) {
        say(&format!("error: {fault}"));
        record.problems.push(Problem::not_verified(fault));
    }
    record.finished = record.finished.is_some().then(|| record.summary());
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

/// Writes each report; returns those that could be, and adds what went wrong to `faults`.
pub fn written(
    record: &RunRecord,
    specs: Vec<ReportSpec>,
    guard: &Guard,
    faults: &mut Vec<String>,
) -> Vec<ReportSpec> {
    let could_be = |spec: &ReportSpec| {
        let error = deliver(record, spec, &Options::default(), guard, &mut Stdout).err();
        faults.extend(error.as_ref().map(ToString::to_string));
        error.is_none()
    };
    specs.into_iter().filter(could_be).collect()
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
