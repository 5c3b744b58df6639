//! The gate's answer for people.

use std::fmt::Write as _;

use super::super::cell::Trace;
use super::super::gate::{Gate, State};
use super::human::style;
use super::letters::letter;
use crate::report::{Palette, wrapped};

/// The answer as text: each state of the window, and what in it is worse than what is live.
pub fn gate(gate: &Gate, palette: Palette) -> String {
    let mut text = format!("live       {}\ncandidate  {}\n\n", gate.live, gate.candidate);
    for state in &gate.states {
        let verdict = state.cell.verdict;
        let style = style(palette, verdict);
        let _ = writeln!(text, "{style}{}{style:#} {}: {verdict}", letter(verdict), name(state));
        for trace in &state.worse {
            line(&mut text, "worse than live", trace);
        }
        for trace in &state.poorer {
            line(&mut text, "poorer than live", trace);
        }
        if state.moved.is_empty() {
            for trace in &state.cell.findings {
                line(&mut text, "already live", trace);
            }
        }
    }
    let worse = gate.states.iter().filter(|state| !state.worse.is_empty()).count();
    let all = gate.states.len() - 1;
    let answer = if gate.may_ship {
        format!(
            "{0}MAY SHIP{0:#}  none of {all} states of the window is worse than live",
            palette.passed
        )
    } else {
        format!(
            "{0}MUST NOT SHIP{0:#}  {worse} of {all} states of the window are worse than live",
            palette.failed
        )
    };
    let _ = write!(text, "\n{answer}\n");
    let last = gate.states.last().is_some_and(|state| state.worse.is_empty());
    if !gate.may_ship && last {
        text.push_str("The candidate itself is not worse: move all its parts in one window in which nothing\nruns (UPG-ORDER-01).\n");
    }
    text
}

fn name(state: &State) -> String {
    if state.moved.is_empty() {
        return "live now".to_owned();
    }
    let parts: Vec<String> = state.moved.iter().map(ToString::to_string).collect();
    format!("{} moved", parts.join(", "))
}

fn line(text: &mut String, how: &str, trace: &Trace) {
    let said = format!("{how}: {} {}", trace.requirement, trace.sentence);
    for (at, line) in wrapped(&said, WIDTH - 6).into_iter().enumerate() {
        let indent = if at == 0 { "    " } else { "      " };
        let _ = writeln!(text, "{indent}{line}");
    }
}

const WIDTH: usize = 80;
