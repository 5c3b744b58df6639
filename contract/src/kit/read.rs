//! The four programs that read a kit, each in its own way.

use std::fmt;

use serde::Serialize;

use super::line::{LineKind, lines};
use super::{compose_reader, make_reader};

/// A reader of kit files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reader {
    /// GNU make's `include`: the Makefiles.
    Make,
    /// An env file of compose: what containers get.
    Compose,
    /// The readiness checklist's own parser.
    Checklist,
    /// `sed -n 's/^KEY=//p' | head -1`: registering and packaging.
    Sed,
}

impl Reader {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Make, Self::Compose, Self::Checklist, Self::Sed];

    /// What this reader takes for the value of `key` in `text`; `None` when it sees no such key.
    /// Variables of the process environment count as unset.
    pub fn value(self, text: &str, key: &str) -> Option<String> {
        match self {
            Self::Make => make_reader::value(text, key),
            Self::Compose => compose_reader::value(text, key),
            Self::Checklist => checklist_value(text, key),
            Self::Sed => sed_value(text, key),
        }
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Make => "make",
            Self::Compose => "compose",
            Self::Checklist => "checklist",
            Self::Sed => "sed",
        })
    }
}

/// Splits at the first `=`, drops blanks and CR around both halves, keeps quotes, and lets the last
/// line win.
fn checklist_value(text: &str, key: &str) -> Option<String> {
    let matching = lines(text).filter_map(|line| match line.kind {
        LineKind::Assignment { name, value } if name.trim() == key => Some(value),
        _ => None,
    });
    matching.last().map(|value| value.trim().to_owned())
}

/// The first line that starts with `KEY=`; everything behind counts, a CR too.
fn sed_value(text: &str, key: &str) -> Option<String> {
    lines(text).find_map(|line| {
        let value = line.text.strip_prefix(key)?.strip_prefix('=')?;
        Some(value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Values as make, compose, the checklist and sed see them.
    fn seen(text: &str) -> [Option<String>; 4] {
        Reader::ALL.map(|reader| reader.value(text, "K"))
    }

    fn some(values: [&str; 4]) -> [Option<String>; 4] {
        values.map(|value| Some(value.to_owned()))
    }

    #[test]
    fn a_plain_value_is_one_value() {
        for value in ["", "v", "a=b==", "St. Mary's", "https://hub/api", "a\\b", "日本"] {
            assert_eq!(seen(&format!("K={value}\n")), some([value; 4]), "{value}");
        }
        assert_eq!(seen("#K=v\nKK=v\nXK=v\n"), [const { None }; 4]);
    }

    #[test]
    fn each_quirk_parts_the_readers() {
        let cases = [
            ("K=a\nK=b\n", ["b", "b", "b", "a"]),
            ("K=a\r\n", ["a", "a", "a", "a\r"]),
            ("K=a$HOME\n", ["aOME", "a", "a$HOME", "a$HOME"]),
            ("K=a#b\n", ["a", "a#b", "a#b", "a#b"]),
            ("K=a #b\n", ["a ", "a", "a #b", "a #b"]),
            ("K=a  \n", ["a  ", "a", "a", "a  "]),
            ("K= a\n", ["a", "a", "a", " a"]),
            ("K=\"a b\"\n", ["\"a b\"", "a b", "\"a b\"", "\"a b\""]),
            ("K='a'\n", ["'a'", "a", "'a'", "'a'"]),
            ("K=a$$b\n", ["a$b", "a$b", "a$$b", "a$$b"]),
            ("J=x\nK=${J}$(J)\n", ["xx", "x$(J)", "${J}$(J)", "${J}$(J)"]),
        ];
        for (text, values) in cases {
            assert_eq!(seen(text), some(values), "{text:?}");
        }
    }

    #[test]
    fn blanks_before_the_sign_and_prefixes_hide_a_key_from_some() {
        let a = || Some("a".to_owned());
        assert_eq!(seen("K =a\n"), [a(), a(), a(), None]);
        assert_eq!(seen("export K=a\n"), [a(), a(), None, None]);
        assert_eq!(seen("K=a\\\n  b\n"), some(["a b", "a\\", "a\\", "a\\"]));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic_and_in_bounds(
            text in "([KJ=#$ \"'\\\\\r\n:{}()?+-]|.){0,120}",
        ) {
            for reader in Reader::ALL {
                for key in ["K", "J", ""] {
                    let value = reader.value(&text, key);
                    prop_assert!(value.is_none_or(|value| value.len() < 1 << 20));
                }
            }
        }
    }
}
