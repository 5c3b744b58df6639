//! What is wrong with a kit before anybody uses it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::placeholder::is_key;
use super::{Kit, LineKind, Reader, checks};
use crate::edition::Edition;

/// One thing wrong. Neither text ever holds a value of the kit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LintFinding {
    /// The key it is about; the text before `=` when that is no key.
    pub key: String,
    /// Its line, counted from 1; `None` when the key has no line.
    pub line: Option<usize>,
    /// What is wrong, as a sentence that starts with the key.
    pub what: String,
    /// `KIT-FORM-01` (form of a value) or `KIT-FORM-02` (all readers see one value).
    pub requirement: &'static str,
    /// What to do, and with which command.
    pub fix: String,
}

impl Kit {
    /// Everything that breaks `KIT-FORM-01` or `KIT-FORM-02`, in the order of the lines, what is
    /// missing last. `edition` says which keys a kit must have.
    pub fn lint(&self, edition: &Edition) -> Vec<LintFinding> {
        let mut findings = self.disagreements();
        findings.extend(checks::forms(self, edition));
        findings.extend(checks::across_keys(self));
        findings.sort_by_key(|finding| finding.line.unwrap_or(usize::MAX));
        findings
    }

    /// KIT-FORM-02: one value for all four readers.
    fn disagreements(&self) -> Vec<LintFinding> {
        let mut findings = Vec::new();
        let mut first_lines: BTreeMap<&str, usize> = BTreeMap::new();
        for line in self.lines() {
            let (name, value) = match line.kind {
                LineKind::Assignment { name, value } => (name, value),
                LineKind::Other => {
                    findings.push(stray_line(line.number));
                    continue;
                }
                _ => continue,
            };
            let key = name.trim();
            let mut causes = causes(name, value);
            match first_lines.get(key) {
                Some(first) => causes.push((
                    format!(
                        "is set again here, after line {first}: readers differ in which counts"
                    ),
                    "keep one line",
                )),
                None => {
                    first_lines.insert(key, line.number);
                }
            }
            if causes.is_empty() && !self.readers_agree(key) && self.line_numbers(key).len() == 1 {
                let what = "is read differently by make, compose, checklist and sed".to_owned();
                causes.push((what, "write the value plainly"));
            }
            let shown = if may_be_shown(key) { key } else { UNNAMED };
            findings.extend(causes.into_iter().map(|(what, fix)| LintFinding {
                key: shown.to_owned(),
                line: Some(line.number),
                what: format!("{shown} {what}"),
                requirement: ONE_VALUE,
                fix: fix.to_owned(),
            }));
        }
        findings
    }

    fn readers_agree(&self, key: &str) -> bool {
        let [first, rest @ ..] = Reader::ALL.map(|reader| self.value(reader, key));
        rest.iter().all(|value| *value == first)
    }
}

/// Why readers come to different values for one line, and what to do.
fn causes(name: &str, value: &str) -> Vec<(String, &'static str)> {
    let (value, carriage_return) = match value.strip_suffix('\r') {
        Some(value) => (value, true),
        None => (value, false),
    };
    let padded = value != value.trim() || name != name.trim();
    let quoted = ['"', '\''].iter().any(|quote| value.trim().starts_with(*quote));
    let wrong = [
        (
            !is_key(name.trim()),
            "has no plain name before `=`",
            "write KEY=value, nothing before it",
        ),
        (carriage_return, "ends in a carriage return", "save the file with plain line feeds"),
        (padded, "has blanks around `=` or at its end", "remove the blanks"),
        (quoted, "is quoted: only compose takes the quotes away", "remove the quotes"),
        (value.contains('#'), "holds `#`, where make cuts the value", "choose a value without `#`"),
        (value.contains('$'), "holds `$`, which make and compose expand", "write it out, no `$`"),
        (value.contains('~'), "holds `~`, which no reader expands", "write the whole path, no `~`"),
        (value.contains('`'), "holds a backtick, which a shell would run", "remove the backtick"),
        (value.ends_with('\\'), "ends in a backslash: make joins the next line", "remove it"),
    ];
    let present = wrong.into_iter().filter(|(present, ..)| *present);
    present.map(|(_, what, fix)| (what.to_owned(), fix)).collect()
}

/// A name in capitals. Anything else before a `=` could be part of a secret that lost its key.
fn may_be_shown(name: &str) -> bool {
    is_key(name) && !name.bytes().any(|b| b.is_ascii_lowercase())
}

fn stray_line(number: usize) -> LintFinding {
    LintFinding {
        key: UNNAMED.to_owned(),
        line: Some(number),
        what: format!("{UNNAMED} is neither a comment nor KEY=value"),
        requirement: ONE_VALUE,
        fix: "remove the line, or put `#` before it".to_owned(),
    }
}

/// What a line goes by whose name is not shown.
const UNNAMED: &str = "this line";

/// KIT-FORM-01: each value has its form.
pub(super) const FORM: &str = "KIT-FORM-01";

/// KIT-FORM-02: all four readers see the same value.
const ONE_VALUE: &str = "KIT-FORM-02";
