//! The node's log: one JSON object a line (trust 11).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

/// Takes finished log lines, without line end.
pub type Sink = Arc<dyn Fn(&str) + Send + Sync>;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Detail for developers.
    Debug,
    /// Ordinary progress.
    Info,
    /// Something an operator should look at.
    Warning,
    /// Something failed.
    Error,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text is no log level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("log level must be one of DEBUG, INFO, WARNING, ERROR")]
pub struct UnknownLevel;

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_uppercase().as_str() {
            "DEBUG" => Ok(Self::Debug),
            "INFO" => Ok(Self::Info),
            "WARNING" | "WARN" => Ok(Self::Warning),
            "ERROR" | "CRITICAL" => Ok(Self::Error),
            _ => Err(UnknownLevel),
        }
    }
}

/// Writes lines of one level and above to a sink.
#[derive(Clone)]
pub struct Log {
    sink: Sink,
    least: Level,
}

impl Log {
    /// Lines of `least` and above go to `sink`.
    pub fn new(sink: Sink, least: Level) -> Self {
        Self { sink, least }
    }

    /// A log nobody reads.
    pub fn silent() -> Self {
        Self::new(Arc::new(|_| ()), Level::Error)
    }

    /// Whether lines of this level are written at all.
    pub fn writes(&self, level: Level) -> bool {
        level >= self.least
    }

    /// One line of a named logger.
    pub fn line(&self, level: Level, logger: &str, message: impl fmt::Display) {
        if !self.writes(level) {
            return;
        }
        let line = json!({
            "timestamp": Timestamp::now().to_string(),
            "level": level.name(),
            "api": "trust-api",
            "logger": logger,
            "message": message.to_string(),
        });
        (self.sink)(&line.to_string());
    }

    pub(crate) fn debug(&self, message: impl fmt::Display) {
        self.line(Level::Debug, POLLER, message);
    }

    pub(crate) fn info(&self, message: impl fmt::Display) {
        self.line(Level::Info, POLLER, message);
    }

    pub(crate) fn warning(&self, message: impl fmt::Display) {
        self.line(Level::Warning, POLLER, message);
    }

    pub(crate) fn error(&self, message: impl fmt::Display) {
        self.line(Level::Error, POLLER, message);
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("least", &self.least).finish_non_exhaustive()
    }
}

const POLLER: &str = "trust_api.task_poller";

/// Collects lines; for tests and embedders that want to read the log back.
pub mod collect {
    use super::{Arc, Sink};
    use parking_lot::Mutex;

    /// The newest lines, oldest first; bounded.
    #[derive(Clone, Default)]
    pub struct Lines(Arc<Mutex<Vec<String>>>);

    impl Lines {
        /// A sink that appends here.
        pub fn sink(&self) -> Sink {
            let lines = Arc::clone(&self.0);
            Arc::new(move |line: &str| {
                let mut lines = lines.lock();
                if lines.len() == LINES_MAX {
                    lines.drain(..LINES_MAX / 2);
                }
                lines.push(line.to_owned());
            })
        }

        /// Everything held, one line each.
        pub fn text(&self) -> String {
            self.0.lock().join("\n")
        }

        /// How many lines hold this text.
        pub fn count(&self, needle: &str) -> usize {
            self.0.lock().iter().filter(|line| line.contains(needle)).count()
        }
    }

    const LINES_MAX: usize = 100_000;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_json_object_with_five_members() {
        let lines = collect::Lines::default();
        Log::new(lines.sink(), Level::Info).info("two\nlines");
        let line: serde_json::Value = serde_json::from_str(&lines.text()).expect("JSON");
        assert_eq!(line["api"], "trust-api");
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["message"], "two\nlines");
        assert_eq!(line.as_object().map(serde_json::Map::len), Some(5));
    }

    #[test]
    fn lines_below_the_level_are_not_written() {
        let lines = collect::Lines::default();
        let log = Log::new(lines.sink(), Level::Info);
        log.debug("hidden");
        log.warning("shown");
        assert_eq!((lines.count("hidden"), lines.count("shown")), (0, 1));
    }
}
