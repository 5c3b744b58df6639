//! One line of a kit, taken apart but not interpreted.

use super::Section;

/// A line with its place in the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Line<'t> {
    /// Counted from 1.
    pub number: usize,
    /// The section it stands in; `None` above the first marker.
    pub section: Option<Section>,
    /// The text without its line feed; a carriage return stays.
    pub text: &'t str,
    /// What it is.
    pub kind: LineKind<'t>,
}

/// What a line is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum LineKind<'t> {
    /// Nothing but blanks.
    Blank,
    /// Opens a section.
    Marker(Section),
    /// Any other line whose first visible character is `#`.
    Comment,
    /// Holds a `=`: everything before the first one, and everything behind it.
    Assignment {
        /// Exactly the text before `=`, blanks included.
        name: &'t str,
        /// Exactly the text after it, a carriage return included.
        value: &'t str,
    },
    /// Anything else; no reader makes sense of it.
    Other,
}

/// The lines of a text. A text that ends in a line feed has no empty line after it.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut section = None;
    text.split_inclusive('\n').enumerate().map(move |(index, line)| {
        let text = line.strip_suffix('\n').unwrap_or(line);
        let kind = kind(text);
        if let LineKind::Marker(opened) = kind {
            section = Some(opened);
        }
        Line { number: index + 1, section, text, kind }
    })
}

fn kind(text: &str) -> LineKind<'_> {
    if let Some(section) = Section::opened_by(text) {
        return LineKind::Marker(section);
    }
    match text.trim_start() {
        "" => LineKind::Blank,
        visible if visible.starts_with('#') => LineKind::Comment,
        _ => match text.split_once('=') {
            Some((name, value)) => LineKind::Assignment { name, value },
            None => LineKind::Other,
        },
    }
}
