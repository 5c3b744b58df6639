//! The kit as a file: its text, its lines, its values.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use super::line::{self, Line, LineKind};
use super::{KEYS, Reader, Section, Template};
use crate::key::{Secret, sha256_hex};

/// A kit file with every byte of it: comments, order, line endings. `Debug` shows a digest only.
#[derive(Clone, PartialEq, Eq)]
pub struct Kit {
    pub(super) text: Zeroizing<String>,
}

impl Kit {
    /// Takes a text as it is; every text is a kit, a poor one perhaps: see [`Kit::lint`].
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: Zeroizing::new(text.into()) }
    }

    /// Takes the bytes of a file, which must be UTF-8.
    pub fn parse(bytes: &[u8]) -> Result<Self, KitError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(text)),
            Err(error) => {
                let readable = &bytes[..error.valid_up_to()];
                let line = readable.split(|&byte| byte == b'\n').count();
                Err(KitError::NotUtf8 { line })
            }
        }
    }

    /// The file, byte for byte. It holds secrets: it belongs into a file of mode 0600 only.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The lines, each with its number and section.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        line::lines(&self.text)
    }

    /// What one of the four readers takes for the value of `key`; `None` when it sees no such key.
    pub fn value(&self, reader: Reader, key: &str) -> Option<String> {
        reader.value(&self.text, key)
    }

    /// Numbers of the uncommented lines whose text before `=` is exactly `key`.
    pub fn line_numbers(&self, key: &str) -> Vec<usize> {
        self.lines()
            .filter(|line| matches!(line.kind, LineKind::Assignment { name, .. } if name == key))
            .map(|line| line.number)
            .collect()
    }

    /// Whether the section's marker is in the file.
    pub fn has_section(&self, section: Section) -> bool {
        self.lines().any(|line| line.kind == LineKind::Marker(section))
    }

    /// The secrets the kit holds, by key name, as containers get them: to redact by, and to search
    /// output for. Values that are still the template's are no secrets, and are left out.
    pub fn secrets(&self) -> Vec<(&'static str, Secret)> {
        let filled = |spec: &super::KeySpec| {
            let value = self.value(Reader::Compose, spec.name)?;
            let from_template = matches!(spec.template, Template::Value(text) if text == value);
            let kept = !value.is_empty() && !from_template && !super::holds_placeholder(&value);
            kept.then(|| (spec.name, Secret::new(value)))
        };
        KEYS.iter().filter(|spec| spec.secret).filter_map(filled).collect()
    }
}

impl fmt::Debug for Kit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = sha256_hex(self.text.as_bytes());
        f.debug_struct("Kit").field("sha256", &digest).finish_non_exhaustive()
    }
}

/// Why bytes are no kit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KitError {
    /// A byte that is no UTF-8.
    #[error("line {line} is not UTF-8 text")]
    NotUtf8 {
        /// Counted from 1.
        line: usize,
    },
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sections_and_numbers_follow_the_markers() {
        let text = format!("A=1\n{}\nB=2\r\n\n# x\nnoise", Section::KitCredentials.marker());
        let kit = Kit::new(text);
        let seen: Vec<_> = kit.lines().map(|line| (line.number, line.section)).collect();
        let inside = Some(Section::KitCredentials);
        assert_eq!(
            seen,
            [(1, None), (2, inside), (3, inside), (4, inside), (5, inside), (6, inside)]
        );
        assert_eq!(kit.line_numbers("B"), [3]);
        assert!(kit.has_section(Section::KitCredentials));
        assert!(!kit.has_section(Section::HubShared));
    }

    #[test]
    fn bytes_that_are_no_text_are_placed() {
        assert_eq!(Kit::parse(b"A=1\nB=\xff\n"), Err(KitError::NotUtf8 { line: 2 }));
    }

    #[test]
    fn secrets_are_the_filled_ones_and_debug_shows_none() {
        let kit = Kit::new("TRUST_API_KEY=abc\nXNAT_SERVICE_PASSWORD=flip\nTRUST_NAME=x\n");
        let secrets = kit.secrets();
        assert_eq!(secrets, [("TRUST_API_KEY", Secret::from("abc"))]);
        assert!(!format!("{kit:?} {secrets:?}").contains("abc"));
    }

    proptest! {
        #[test]
        fn every_byte_is_kept(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(kit) = Kit::parse(&bytes) {
                prop_assert_eq!(kit.expose().as_bytes(), &bytes);
                let joined: Vec<&str> = kit.lines().map(|line| line.text).collect();
                prop_assert_eq!(joined.join("\n"), kit.expose().strip_suffix('\n').unwrap_or(kit.expose()));
            }
        }

        #[test]
        fn any_text_is_taken_apart_without_a_panic(text in "([A-Z=#$ \"'\\\\\r\n─{}()]|.){0,120}") {
            let kit = Kit::new(text);
            prop_assert!(kit.lines().all(|line| line.number > 0));
            let _ = kit.secrets();
        }
    }
}
