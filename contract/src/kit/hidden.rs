//! What nobody sees in an editor and every reader trips over: a byte order mark, invisible characters, a
//! key on two lines.

use std::collections::BTreeMap;

use super::placeholder::is_key;
use super::{Kit, LineKind, Reader};

/// One such thing. It never holds a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// Counted from 1.
    pub line: usize,
    /// What is there, as a fragment that follows `line 3 `.
    pub what: String,
}

impl Kit {
    /// Everything that makes a reader see another value than the one people read, in the order of the
    /// lines.
    pub fn hidden(&self) -> Vec<Hidden> {
        let mut found: Vec<Hidden> = Vec::new();
        let mut lines_of: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
        for line in self.lines() {
            let mut text = line.text;
            if line.number == 1
                && let Some(rest) = text.strip_prefix(BYTE_ORDER_MARK)
            {
                let what = "begins with a byte order mark: its first key is not found".to_owned();
                found.push(Hidden { line: 1, what });
                text = rest;
            }
            if let LineKind::Assignment { name, value } = line.kind {
                let key = name.trim_start_matches(BYTE_ORDER_MARK).trim();
                if is_key(key) {
                    lines_of.entry(key).or_default().push((line.number, value.trim()));
                }
                if let Some(c) = text.chars().find(|c| is_invisible(*c)) {
                    let shown: String = key.chars().filter(|c| !is_invisible(*c)).collect();
                    let shown = if is_key(&shown) { format!(" at {shown}") } else { String::new() };
                    let what = format!("holds an invisible character (U+{:04X}){shown}", c as u32);
                    found.push(Hidden { line: line.number, what });
                }
            }
        }
        found.extend(lines_of.into_iter().filter_map(|(key, lines)| self.twice(key, &lines)));
        found.sort_by_key(|hidden| hidden.line);
        found
    }

    /// A key on several lines that do not agree, and which line each reader takes.
    fn twice(&self, key: &str, lines: &[(usize, &str)]) -> Option<Hidden> {
        let (first, value) = lines.first()?;
        let (last, _) = lines.last()?;
        if lines.iter().all(|(_, other)| other == value) {
            return None;
        }
        let mut takers: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for reader in Reader::ALL {
            let seen = self.value(reader, key).unwrap_or_default();
            let line = lines.iter().rev().find(|(_, value)| *value == seen.trim());
            let line = line.map_or(*last, |(number, _)| *number);
            takers.entry(line).or_default().push(reader.to_string());
        }
        let takers: Vec<String> = takers
            .into_iter()
            .map(|(line, readers)| format!("line {line} for {}", readers.join(", ")))
            .collect();
        let what = format!("sets {key} again, after line {first}: {}", takers.join("; "));
        Some(Hidden { line: *last, what })
    }
}

/// Takes no room, and is no blank to any reader.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00a0}' | '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{feff}')
        || c.is_control() && !matches!(c, '\t' | '\r')
}

const BYTE_ORDER_MARK: char = '\u{feff}';

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let found = Kit::new(text).hidden();
        found.into_iter().map(|hidden| format!("line {} {}", hidden.line, hidden.what)).collect()
    }

    #[test]
    fn what_nobody_sees_is_told_by_its_line() {
        let mark = "line 1 begins with a byte order mark: its first key is not found";
        assert_eq!(told("\u{feff}TRUST_API_KEY=hunter2\n"), [mark]);
        assert_eq!(
            told("A=1\nTRUST_API_KEY=hunter2\u{200b}\n"),
            ["line 2 holds an invisible character (U+200B) at TRUST_API_KEY"]
        );
        assert_eq!(
            told("TRUST\u{200b}_NAME=x\n"),
            ["line 1 holds an invisible character (U+200B) at TRUST_NAME"]
        );
    }

    #[test]
    fn a_key_twice_tells_which_reader_takes_which() {
        assert_eq!(
            told("TRUST_API_KEY=a\nB=1\nTRUST_API_KEY=b\n"),
            ["line 3 sets TRUST_API_KEY again, after line 1: line 1 for sed; \
              line 3 for make, compose, checklist"]
        );
        assert_eq!(told("A=1\nA=1\n"), [""; 0]);
    }

    #[test]
    fn a_plain_kit_hides_nothing() {
        assert_eq!(told("# é\nTRUST_NAME=St Mary's Hôpital\r\nB=\ttab\n\nnoise"), [""; 0]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_looked_at_without_a_panic(text in "([AB=\n\u{feff}\u{200b}]|.){0,80}") {
            for hidden in Kit::new(text).hidden() {
                proptest::prop_assert!(hidden.line > 0);
            }
        }
    }
}
