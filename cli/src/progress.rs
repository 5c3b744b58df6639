//! What is said on stderr while a run goes on: what deserves attention, and on a terminal how far it is.

use std::io::{IsTerminal as _, Write as _, stderr};

use harness::event::Event;
use harness::outcome::Outcome;

use crate::output::say;

/// Counts scenarios and tells of them.
#[derive(Debug, Default)]
pub struct Counter {
    planned: usize,
    done: usize,
    shown: bool,
}

impl Counter {
    /// Takes the next event.
    pub fn show(&mut self, event: &Event) {
        match event {
            Event::RunStarted(started) => self.planned = started.planned.len(),
            Event::ScenarioFinished(_) => self.done += 1,
            _ => {}
        }
        let line = line(event);
        if self.shown && (line.is_some() || matches!(event, Event::RunFinished(_))) {
            self.write(CLEAR);
            self.shown = false;
        }
        if let Some(line) = line {
            say(&line);
        }
        if matches!(event, Event::ScenarioFinished(_)) && stderr().is_terminal() {
            self.write(&format!("{CLEAR}{} of {} scenarios", self.done, self.planned));
            self.shown = true;
        }
    }

    #[allow(clippy::unused_self, reason = "progress is the counter's alone to write")]
    fn write(&self, text: &str) {
        // Progress that cannot be shown must not end the run.
        let _ = stderr().write_all(text.as_bytes());
    }
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

/// Back to the beginning of the line, and away with it.
const CLEAR: &str = "\r\u{1b}[K";
