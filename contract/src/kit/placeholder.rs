//! Values that still wait for the verb that fills them.

use serde::Serialize;

use super::{Kit, LineKind};

/// A key whose value is still a placeholder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unfilled {
    /// The key.
    pub key: String,
    /// Its line, counted from 1.
    pub line: usize,
}

impl Kit {
    /// The placeholders that stop packaging and starting: those that follow `KEY=` at once, on a
    /// line that starts with the key.
    pub fn unfilled(&self) -> Vec<Unfilled> {
        self.lines()
            .filter_map(|line| match line.kind {
                LineKind::Assignment { name, value }
                    if is_key(name) && value.starts_with(PLACEHOLDER_START) =>
                {
                    Some(Unfilled { key: name.to_owned(), line: line.number })
                }
                _ => None,
            })
            .collect()
    }
}

/// Whether a value holds a placeholder anywhere, which is how the readiness checklist looks at it.
pub fn holds_placeholder(value: &str) -> bool {
    value.contains(PLACEHOLDER_START)
}

/// Whether a text is a variable name.
pub(super) fn is_key(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// What stands in a new kit where registering will write.
pub const PLACEHOLDER: &str = "<run-make-register-trust>";

/// How every placeholder of every edition starts.
const PLACEHOLDER_START: &str = "<run-make-";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_looks_at_the_start_of_a_value_and_the_checklist_anywhere() {
        let kit = Kit::new(
            "A=<run-make-sync-trust-kit>\n# B=<run-make-x>\nC=x<run-make-y>\n D=<run-make-z>\n",
        );
        assert_eq!(kit.unfilled(), [Unfilled { key: "A".to_owned(), line: 1 }]);
        assert!(holds_placeholder("x<run-make-y>"));
        assert!(!holds_placeholder("run-make"));
    }
}
