//! A target's output: bounded, searchable, with every planted secret replaced as it arrives.

use std::collections::VecDeque;
use std::time::Instant;

use contract::key::{Secret, leaks, mask_known, mask_text};
use parking_lot::Mutex;
use tokio::sync::Notify;

/// Lines kept; older ones are dropped and counted.
pub const LINES_MAX: usize = 20_000;
/// A single line is cut here.
const LINE_BYTES_MAX: usize = 16 * 1024;

/// One line of output, secrets replaced.
#[derive(Clone, Debug)]
pub struct LogLine {
    /// Position, from 1.
    pub seq: u64,
    /// When it arrived, milliseconds since the book was opened.
    pub at_ms: f64,
    /// The line.
    pub text: String,
}

impl LogLine {
    /// The line for a reader: level and message of a structured one, a plain one as it is.
    pub fn brief(&self) -> String {
        let line = serde_json::from_str::<serde_json::Value>(&self.text).unwrap_or_default();
        match (line["level"].as_str(), line["message"].as_str()) {
            (Some(level), Some(message)) => format!("{level} {message}"),
            _ => self.text.clone(),
        }
    }

    /// Message of a structured line; a plain line is its own message.
    pub fn message(&self) -> String {
        serde_json::from_str::<serde_json::Value>(&self.text)
            .ok()
            .and_then(|line| line.get("message")?.as_str().map(str::to_owned))
            .unwrap_or_else(|| self.text.clone())
    }
}

/// A planted secret that showed in the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// Name of the secret.
    pub name: String,
    /// How it was written.
    pub form: String,
    /// The line, masked.
    pub line: String,
}

/// The output of one target.
#[derive(Debug)]
pub struct LogBook {
    opened: Instant,
    secrets: Mutex<Vec<(String, Secret)>>,
    inner: Mutex<Lines>,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct Lines {
    kept: VecDeque<LogLine>,
    next: u64,
    dropped: u64,
    leaks: Vec<Leak>,
}

impl LogBook {
    /// An empty book that watches for these secrets.
    pub fn new(secrets: Vec<(String, Secret)>) -> Self {
        Self {
            opened: Instant::now(),
            secrets: Mutex::new(secrets),
            inner: Mutex::default(),
            arrived: Notify::new(),
        }
    }

    /// Watches for one more text that must not show, such as a planted query.
    pub fn watch(&self, name: impl Into<String>, secret: Secret) {
        self.secrets.lock().push((name.into(), secret));
    }

    /// Takes one line.
    pub fn push(&self, raw: &str) {
        let raw = cut(raw);
        let (found, text) = {
            let secrets = self.secrets.lock();
            let planted: Vec<(&str, &Secret)> =
                secrets.iter().map(|(name, secret)| (name.as_str(), secret)).collect();
            let found: Vec<(String, String)> = leaks(raw, &planted)
                .into_iter()
                .map(|leak| (leak.name, format!("{:?}", leak.form).to_lowercase()))
                .collect();
            let known: Vec<&Secret> = planted.iter().map(|(_, secret)| *secret).collect();
            (found, mask_text(&mask_known(raw, &known)).into_owned())
        };
        let at_ms = self.opened.elapsed().as_secs_f64() * 1000.0;
        let mut lines = self.inner.lock();
        lines.next += 1;
        let seq = lines.next;
        for (name, form) in found {
            lines.leaks.push(Leak { name, form, line: text.clone() });
        }
        if lines.kept.len() == LINES_MAX {
            lines.kept.pop_front();
            lines.dropped += 1;
        }
        lines.kept.push_back(LogLine { seq, at_ms, text });
        drop(lines);
        self.arrived.notify_waiters();
    }

    /// Every kept line after that position.
    pub fn after(&self, seq: u64) -> Vec<LogLine> {
        self.inner.lock().kept.iter().filter(|line| line.seq > seq).cloned().collect()
    }

    /// Position of the newest line.
    pub fn newest(&self) -> u64 {
        self.inner.lock().next
    }

    /// The last lines, for messages.
    pub fn tail(&self, count: usize) -> Vec<String> {
        let lines = self.inner.lock();
        lines.kept.iter().rev().take(count).rev().map(LogLine::brief).collect()
    }

    /// Planted secrets that showed so far.
    pub fn leaks(&self) -> Vec<Leak> {
        self.inner.lock().leaks.clone()
    }

    /// Lines that no longer fit.
    pub fn dropped(&self) -> u64 {
        self.inner.lock().dropped
    }

    /// Waits until another line arrives.
    pub async fn next_line(&self, seen: u64) {
        loop {
            let arrived = self.arrived.notified();
            if self.newest() > seen {
                return;
            }
            arrived.await;
        }
    }
}

fn cut(line: &str) -> &str {
    let line = line.trim_end_matches(['\r', '\n']);
    if line.len() <= LINE_BYTES_MAX {
        return line;
    }
    let end = (0..=LINE_BYTES_MAX).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
    &line[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planted_secret_is_reported_and_never_kept() {
        let key = "9SpbqzVRX4YDRpK4eIXCVVrlrUMEnwciJyTS6XliPLc";
        let book = LogBook::new(vec![("trust key".to_owned(), Secret::from(key.to_owned()))]);
        book.push(&format!("sending {key} to hub"));
        book.push("nothing here");
        let leaks = book.leaks();
        assert_eq!(leaks.len(), 1);
        assert_eq!(leaks[0].name, "trust key");
        assert!(!leaks[0].line.contains(key));
        assert!(book.after(0).iter().all(|line| !line.text.contains(key)));
    }

    #[test]
    fn the_book_is_bounded_and_counts_what_it_drops() {
        let book = LogBook::new(Vec::new());
        for n in 0..LINES_MAX + 5 {
            book.push(&n.to_string());
        }
        assert_eq!(book.dropped(), 5);
        assert_eq!(book.tail(1), [(LINES_MAX + 4).to_string()]);
    }
}
