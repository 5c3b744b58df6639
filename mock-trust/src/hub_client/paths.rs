//! Where the hub's routes are, in the words of an edition.

use contract::edition::TrustPaths;

use crate::settings::Settings;

/// Builds URLs below the configured base. Paths are appended as text, so a base with a trailing
/// slash gives `//`.
pub(super) struct Paths {
    base: String,
    /// The trust's name, where paths carry it.
    name: Option<String>,
}

impl Paths {
    pub(super) fn new(settings: &Settings) -> Self {
        let named = settings.edition.row().paths == TrustPaths::Named;
        Self { base: settings.hub_url.clone(), name: named.then(|| segment(&settings.trust_name)) }
    }

    pub(super) fn heartbeat(&self) -> String {
        format!("{}/trust{}/heartbeat", self.base, self.infix())
    }

    pub(super) fn pending(&self) -> String {
        format!("{}/tasks{}/pending", self.base, self.infix())
    }

    pub(super) fn result(&self, task_id: &str) -> String {
        format!("{}/tasks{}/{}/result", self.base, self.infix(), segment(task_id))
    }

    pub(super) fn cohort_results(&self) -> String {
        format!("{}/cohort/results", self.base)
    }

    fn infix(&self) -> String {
        self.name.as_ref().map(|name| format!("/{name}")).unwrap_or_default()
    }
}

/// A text that stays within its path segment.
fn segment(text: &str) -> String {
    let mut segment = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~'".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            segment.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 15)]);
        }
    }
    segment
}

fn hex_digit(nibble: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(nibble)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailing_slash_doubles() {
        let paths = Paths { base: "https://hub/api/".into(), name: None };
        assert_eq!(paths.pending(), "https://hub/api//tasks/pending");
    }

    #[test]
    fn the_oldest_edition_names_the_trust() {
        let paths = Paths { base: "https://hub/api".into(), name: Some(segment("St. Mary's A/B")) };
        assert_eq!(paths.heartbeat(), "https://hub/api/trust/St.%20Mary's%20A%2FB/heartbeat");
        assert_eq!(paths.result("1"), "https://hub/api/tasks/St.%20Mary's%20A%2FB/1/result");
        assert_eq!(paths.cohort_results(), "https://hub/api/cohort/results");
    }
}
