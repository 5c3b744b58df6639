//! Changing values in place.

use thiserror::Error;
use zeroize::Zeroizing;

use super::line::{LineKind, lines};
use super::placeholder::is_key;
use super::{Kit, Section};

impl Kit {
    /// Gives keys new values and leaves every other byte as it is.
    ///
    /// An uncommented line whose text before `=` is exactly the key keeps its place and line ending;
    /// all lines of a duplicated key change, so that every reader sees the new value. A key without a
    /// line is appended at the end, in the order given. When the Hub-shared marker is missing it is
    /// appended before anything else. Nothing is changed on an error, or when `entries` is empty.
    pub fn write<K: AsRef<str>, V: AsRef<str>>(
        &mut self,
        entries: &[(K, V)],
    ) -> Result<(), WriteError> {
        for (key, value) in entries {
            check(key.as_ref(), value.as_ref())?;
        }
        if entries.is_empty() {
            return Ok(());
        }
        let mut text = self.text.clone();
        if !self.has_section(Section::HubShared) {
            append_line(&mut text, Section::HubShared.marker());
        }
        for (key, value) in entries {
            text = with_value(&text, key.as_ref(), value.as_ref());
        }
        self.text = text;
        Ok(())
    }

    /// Comments out every line that sets one of these keys, the value kept: what a development kit
    /// has in place of the Hub-shared block.
    pub fn comment_out(&mut self, keys: &[&str]) {
        let mut text = Zeroizing::new(String::with_capacity(self.text.len()));
        for line in self.lines() {
            if let LineKind::Assignment { name, .. } = line.kind
                && keys.contains(&name)
            {
                text.push_str("# ");
            }
            text.push_str(line.text);
            text.push('\n');
        }
        if !self.text.ends_with('\n') {
            text.pop();
        }
        self.text = text;
    }
}

/// Why a value cannot be written. Names the key, never the value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WriteError {
    /// The key is no variable name.
    #[error("{key:?} is no name a kit can hold: letters, digits and `_` only")]
    Key {
        /// As it was given.
        key: String,
    },
    /// A line break or NUL in the value would change other lines of the kit.
    #[error("the value for {key} holds a line break or NUL")]
    Value {
        /// The key it was meant for.
        key: String,
    },
}

fn check(key: &str, value: &str) -> Result<(), WriteError> {
    if !is_key(key) {
        return Err(WriteError::Key { key: key.to_owned() });
    }
    if value.contains(['\n', '\r', '\0']) {
        return Err(WriteError::Value { key: key.to_owned() });
    }
    Ok(())
}

fn with_value(text: &str, key: &str, value: &str) -> Zeroizing<String> {
    let mut written = Zeroizing::new(String::with_capacity(text.len() + key.len() + value.len()));
    let mut found = false;
    for line in lines(text) {
        match line.kind {
            LineKind::Assignment { name, value: old } if name == key => {
                found = true;
                let end = if old.ends_with('\r') { "\r" } else { "" };
                for part in [key, "=", value, end] {
                    written.push_str(part);
                }
            }
            _ => written.push_str(line.text),
        }
        written.push('\n');
    }
    if !text.ends_with('\n') {
        written.pop();
    }
    if !found {
        append_line(&mut written, &Zeroizing::new(format!("{key}={value}")));
    }
    written
}

fn append_line(text: &mut String, line: &str) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Reader;
    use super::*;

    const MARKER: &str = Section::HubShared.marker();

    fn written(text: &str, entries: &[(&str, &str)]) -> String {
        let mut kit = Kit::new(text);
        kit.write(entries).expect("entries a kit can hold");
        kit.expose().to_owned()
    }

    #[test]
    fn a_value_changes_in_place_and_line_endings_stay() {
        let text = format!("# A=0\nA=1\r\nAA=2\n A=3\nA =4\n{MARKER}\nA=5");
        let expected = format!("# A=0\nA=x=y\r\nAA=2\n A=3\nA =4\n{MARKER}\nA=x=y");
        assert_eq!(written(&text, &[("A", "x=y")]), expected);
    }

    #[test]
    fn a_new_key_goes_to_the_end_behind_a_marker() {
        let expected = format!("B=1\n{MARKER}\nA=x\nC=y\n");
        assert_eq!(written("B=1", &[("A", "x"), ("C", "y")]), expected);
        assert_eq!(written("", &[("A", "x")]), format!("{MARKER}\nA=x\n"));
        assert_eq!(written("B=1", &[]), "B=1");
    }

    #[test]
    fn what_would_break_the_file_is_refused_and_nothing_is_written() {
        let mut kit = Kit::new("A=1\n");
        for value in ["a\nB=2", "a\r", "a\0"] {
            let error = kit.write(&[("C", "fine"), ("A", value)]);
            assert_eq!(error, Err(WriteError::Value { key: "A".to_owned() }));
        }
        for key in ["", "A B", "A=B", "#A", "1A"] {
            assert!(matches!(kit.write(&[(key, "v")]), Err(WriteError::Key { .. })), "{key}");
        }
        assert_eq!(kit.expose(), "A=1\n");
    }

    #[test]
    fn commenting_out_keeps_the_value() {
        let mut kit = Kit::new("A=1\nB=2\n#A=3\nA=4");
        kit.comment_out(&["A"]);
        assert_eq!(kit.expose(), "# A=1\nB=2\n#A=3\n# A=4");
    }

    fn kit_text() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            "[ABC] ?= ?[a-z\"#$]{0,5}\r?",
            "# ?[ABC]=[a-z]{0,5}",
            Just(MARKER.to_owned()),
            ".{0,12}",
        ];
        (prop::collection::vec(line, 0..8), any::<bool>())
            .prop_map(|(lines, ends)| lines.join("\n") + if ends { "\n" } else { "" })
    }

    proptest! {
        #[test]
        fn nothing_but_the_named_lines_changes(text in kit_text(), value in "[a-z=]{0,6}") {
            let mut kit = Kit::new(text.clone());
            prop_assert_eq!(kit.write(&[("A", &value)]), Ok(()));
            let others = |text: &str| -> String {
                text.split_inclusive('\n').filter(|line| !line.starts_with("A=")).collect()
            };
            // What follows the old bytes is the marker, or the line feed the last line lacked.
            let added = others(kit.expose()).strip_prefix(&others(&text)).map(str::to_owned);
            let added = added.map(|added| added.replace(MARKER, "").replace('\n', ""));
            prop_assert_eq!(added.as_deref(), Some(""));
            prop_assert_eq!(kit.value(Reader::Sed, "A").map(|v| v.trim_end().to_owned()), Some(value));
        }

        #[test]
        fn writing_twice_is_writing_once(text in kit_text(), value in "[a-z]{0,6}") {
            let mut kit = Kit::new(text);
            let entries = [("A", value.as_str()), ("NEW", "v")];
            prop_assert_eq!(kit.write(&entries), Ok(()));
            let once = kit.clone();
            prop_assert_eq!(kit.write(&entries), Ok(()));
            prop_assert!(kit == once);
        }
    }
}
