//! Every format a report can have.

use std::io;

use super::{Palette, RunRecord, human, json, junit, markdown, ndjson, tap};

/// One format: a name, what it is for, and how it is written.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The word before `=` in `--report`.
    pub name: &'static str,
    /// What it is for; a fragment without full stop.
    pub sentence: &'static str,
    /// What its bytes are, for whoever changes a text in it.
    pub content: Content,
    /// Writes a record. Two calls with the same arguments write the same bytes.
    pub write: fn(&RunRecord, &mut dyn io::Write, &Options) -> io::Result<()>,
}

/// What a report consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text in which any stretch may be replaced by words.
    Text,
    /// JSON, one document or one a line, in which only strings may.
    Json,
}

/// What a reader may choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Colours of the human report; none unless given.
    pub palette: Palette,
    /// Path or URL of the page that describes the requirements, for links in Markdown.
    pub requirements_page: String,
}

/// Every format, in the order help texts list them.
pub const FORMATS: &[Format] =
    &[human::FORMAT, json::FORMAT, ndjson::FORMAT, junit::FORMAT, markdown::FORMAT, tap::FORMAT];

/// The format with that name.
pub fn format_named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

impl Default for Options {
    fn default() -> Self {
        Self { palette: Palette::plain(), requirements_page: "docs/requirements.md".to_owned() }
    }
}
