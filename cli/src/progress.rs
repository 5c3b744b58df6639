//! What is said on stderr while a run goes on: what deserves attention, and how far it is. On a
//! terminal that is one line which is written over; elsewhere a line every ten seconds.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _, stderr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use harness::event::Event;
use harness::outcome::Outcome;
use parking_lot::{Condvar, Mutex};

use crate::output::say;

/// Counts scenarios and tells of them.
pub struct Counter {
    shared: Arc<Shared>,
    teller: Option<JoinHandle<()>>,
}

struct Shared {
    tally: Mutex<Tally>,
    /// Nothing more is to be told.
    over: Condvar,
}

/// How far a run is.
#[derive(Debug)]
struct Tally {
    begun: Instant,
    planned: usize,
    done: usize,
    attention: usize,
    /// Scenarios under way, and since when.
    running: BTreeMap<String, Instant>,
    shown: bool,
    over: bool,
}

impl Default for Counter {
    fn default() -> Self {
        let tally = Tally {
            begun: Instant::now(),
            planned: 0,
            done: 0,
            attention: 0,
            running: BTreeMap::new(),
            shown: false,
            over: false,
        };
        let shared = Arc::new(Shared { tally: Mutex::new(tally), over: Condvar::new() });
        let told = Arc::clone(&shared);
        let pause = if stderr().is_terminal() { REFRESH } else { PAUSE };
        // A run that waits has no events: somebody else has to keep the time.
        let teller = std::thread::Builder::new()
            .name("progress".to_owned())
            .spawn(move || tell(&told, pause))
            .ok();
        Self { shared, teller }
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.shared.tally.lock().over = true;
        self.shared.over.notify_all();
        if let Some(teller) = self.teller.take() {
            let _ = teller.join();
        }
    }
}

impl Counter {
    /// Takes the next event.
    pub fn show(&mut self, event: &Event) {
        let mut tally = self.shared.tally.lock();
        tally.take(event);
        let line = line(event);
        if tally.shown && (line.is_some() || matches!(event, Event::RunFinished(_))) {
            write(CLEAR);
            tally.shown = false;
        }
        if let Some(line) = line {
            say(&line);
        }
        if matches!(event, Event::ScenarioFinished(_)) && stderr().is_terminal() {
            tally.rewrite();
        }
        if matches!(event, Event::RunFinished(_)) {
            tally.over = true;
            self.shared.over.notify_all();
        }
    }
}

impl Tally {
    fn take(&mut self, event: &Event) {
        match event {
            Event::RunStarted(started) => {
                self.planned = started.planned.len();
                self.begun = Instant::now();
            }
            Event::ScenarioStarted { id, .. } => {
                self.running.insert(id.clone(), Instant::now());
            }
            Event::ScenarioFinished(result) => {
                self.running.remove(&result.id);
                self.done += 1;
                if result.outcome >= Outcome::Warned {
                    self.attention += 1;
                }
            }
            _ => {}
        }
    }

    /// `120 of 381 scenarios, 3 need attention, 40 s; 12 under way, longest 38 s: tasks/…`.
    fn words(&self) -> String {
        let mut words = format!("{} of {} scenarios", self.done, self.planned);
        if self.attention > 0 {
            words.push_str(&format!(", {} to look at", self.attention));
        }
        words.push_str(&format!(", {} s", self.begun.elapsed().as_secs()));
        if let Some((id, since)) = self.running.iter().min_by_key(|(_, since)| **since) {
            let secs = since.elapsed().as_secs();
            words.push_str(&format!(
                "; {} running, the longest for {secs} s: {id}",
                self.running.len()
            ));
        }
        words
    }

    fn rewrite(&mut self) {
        let words = self.words();
        let cut: String = words.chars().take(COLUMNS).collect();
        write(&format!("{CLEAR}{cut}"));
        self.shown = true;
    }
}

/// Tells how far the run is, again and again until it is over.
fn tell(shared: &Shared, pause: Duration) {
    let mut tally = shared.tally.lock();
    while !tally.over {
        let timed_out = shared.over.wait_for(&mut tally, pause).timed_out();
        if tally.over || !timed_out || tally.planned == 0 {
            continue;
        }
        if stderr().is_terminal() {
            tally.rewrite();
        } else {
            say(&tally.words());
        }
    }
}

fn write(text: &str) {
    // Progress that cannot be shown must not end the run.
    let _ = stderr().write_all(text.as_bytes());
}

fn line(event: &Event) -> Option<String> {
    match event {
        Event::RunStarted(started) => Some(format!(
            "judging the {} ({}), edition {}, seed {}: {} scenarios",
            started.target.side.word(),
            started.target.kind,
            started.edition,
            started.seed,
            started.planned.len()
        )),
        Event::ScenarioFinished(result) if result.outcome >= Outcome::Warned => {
            Some(format!("{:<14} {}", result.outcome, result.id))
        }
        Event::Problem(problem) if problem.outcome > Outcome::Passed => {
            Some(format!("error: {}", problem.words()))
        }
        Event::Problem(problem) => Some(format!("note: {}", problem.words())),
        _ => None,
    }
}

/// Between two lines where nothing can be written over.
const PAUSE: Duration = Duration::from_secs(10);
/// Between two looks on a terminal.
const REFRESH: Duration = Duration::from_secs(1);
/// A line that is written over must not wrap.
const COLUMNS: usize = 79;
/// Back to the beginning of the line, and away with it.
const CLEAR: &str = "\r\u{1b}[K";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_far_the_run_is_and_what_takes_longest() {
        let mut tally = Tally {
            begun: Instant::now(),
            planned: 9,
            done: 0,
            attention: 0,
            running: BTreeMap::new(),
            shown: false,
            over: false,
        };
        assert_eq!(tally.words(), "0 of 9 scenarios, 0 s");
        tally.take(&Event::ScenarioStarted { id: "tasks/a".to_owned(), at_ms: 0 });
        assert_eq!(tally.words(), "0 of 9 scenarios, 0 s; 1 running, the longest for 0 s: tasks/a");
    }
}
