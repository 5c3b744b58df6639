//! Plans before they run, and what their steps came to.

use std::fmt::Write as _;

use super::super::cell::Kind;
use super::super::order::{Order, Outcome, Reached};
use super::human::style;
use super::letters::letter;
use crate::report::{Palette, wrapped};

/// The plans, as they are about to run.
pub fn plans(order: &Order) -> String {
    let mut text = format!(
        "live       {}\ncandidate  {}\n{} trusts, seed {}\n",
        order.live, order.candidate, order.trusts, order.seed
    );
    for plan in &order.plans {
        let _ = writeln!(text, "plan {:?}", plan.name);
        for (at, step) in plan.steps.iter().enumerate() {
            paragraph(&mut text, &format!("{:>4}. ", at + 1), &step.to_string());
        }
    }
    text
}

/// What each step of each plan came to.
pub fn order(order: &Order, outcomes: &[Outcome], palette: Palette) -> String {
    let mut text = String::new();
    let mut explained: Vec<&str> = Vec::new();
    for outcome in outcomes {
        let strong = palette.strong;
        let _ = writeln!(text, "{strong}plan {:?}{strong:#}", outcome.plan);
        for (at, step) in outcome.steps.iter().enumerate() {
            let style = style(palette, step.verdict);
            let begin = format!("{:>3}. {style}{}{style:#} ", at + 1, letter(step.verdict));
            paragraph(&mut text, &begin, &format!("{}: {}", step.step, lost(step)));
            for sentence in &step.findings {
                if !explained.contains(&sentence.as_str()) {
                    explained.push(sentence);
                    paragraph(&mut text, "       ", sentence);
                }
            }
        }
        let _ = writeln!(text, "     {} lost in all", outcome.lost);
    }
    let none = outcomes.iter().filter(|outcome| outcome.lost == 0).count();
    let _ = writeln!(
        text,
        "\n{} plans from {} to {}: {none} lose nothing",
        outcomes.len(),
        order.live,
        order.candidate
    );
    text
}

fn lost(step: &Reached) -> String {
    let name = |kind: &Kind, count: u64| {
        let word = match kind {
            Kind::Metrics => "metric",
            Kind::Events => "event",
            Kind::Tasks => "task",
            _ => "failure",
        };
        format!("{count} {word}{}", if count == 1 { "" } else { "s" })
    };
    let words: Vec<String> = step.lost.iter().map(|(kind, count)| name(kind, *count)).collect();
    if words.is_empty() {
        "loses nothing".to_owned()
    } else {
        format!("loses {}", words.join(", "))
    }
}

fn paragraph(text: &mut String, begin: &str, words: &str) {
    for (at, line) in wrapped(words, WIDTH - 8).into_iter().enumerate() {
        let indent = if at == 0 { begin } else { "       " };
        let _ = writeln!(text, "{indent}{line}");
    }
}

const WIDTH: usize = 80;
