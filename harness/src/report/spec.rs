//! `FMT=PATH`, as written on the command line.

use std::fmt;
use std::str::FromStr;

use camino::Utf8PathBuf;

use super::format::{FORMATS, Format, format_named};
use crate::engine::nearest;

/// One report that is wanted: its format and where it goes.
#[derive(Clone, Debug)]
pub struct ReportSpec {
    /// How it is written.
    pub format: &'static Format,
    /// Where to.
    pub to: Destination,
}

/// Where a report goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// `-`: standard output.
    Stdout,
    /// A file.
    File(Utf8PathBuf),
}

/// A text that names no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// There is no `=`, or nothing on one side of it.
    #[error("report {0:?} is not FORMAT=PATH, such as junit=results.xml or json=- for stdout")]
    NotAPair(String),
    /// No format has that name.
    #[error(
        "unknown report format {name:?}{}; known: {}",
        .nearest.as_ref().map(|near| format!("; did you mean {near}?")).unwrap_or_default(),
        FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ")
    )]
    UnknownFormat {
        /// As given.
        name: String,
        /// A format that looks like it.
        nearest: Option<String>,
    },
}

impl FromStr for ReportSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let (name, path) = text
            .split_once('=')
            .filter(|(name, path)| !name.is_empty() && !path.is_empty())
            .ok_or_else(|| SpecError::NotAPair(text.to_owned()))?;
        let format = format_named(name).ok_or_else(|| SpecError::UnknownFormat {
            name: name.to_owned(),
            nearest: nearest(name, FORMATS.iter().map(|format| format.name)),
        })?;
        let to = match path {
            "-" => Destination::Stdout,
            path => Destination::File(path.into()),
        };
        Ok(Self { format, to })
    }
}

impl fmt::Display for ReportSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.format.name, self.to)
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("-"),
            Self::File(path) => f.write_str(path.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        text.parse::<ReportSpec>().unwrap_err().to_string()
    }

    #[test]
    fn a_format_and_a_path_are_taken_apart_at_the_first_equals_sign() {
        let spec: ReportSpec = "junit=out/a=b.xml".parse().unwrap();
        assert_eq!((spec.format.name, spec.to.to_string().as_str()), ("junit", "out/a=b.xml"));
        let spec: ReportSpec = "json=-".parse().unwrap();
        assert_eq!(spec.to, Destination::Stdout);
        assert_eq!(spec.to_string(), "json=-");
    }

    #[test]
    fn errors_say_what_would_be_right() {
        for text in ["", "json", "json=", "=x", "results.xml"] {
            assert!(error(text).contains("is not FORMAT=PATH"), "{text}");
        }
        assert_eq!(
            error("junt=x"),
            "unknown report format \"junt\"; did you mean junit?; known: human, json, ndjson, \
             junit, markdown, tap"
        );
    }
}
