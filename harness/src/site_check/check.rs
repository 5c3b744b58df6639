//! The shape of a check, of what it rules, and of what a report prints.

use contract::catalogue::{self, Level};
use serde::Serialize;

use super::Site;
use crate::shorten::shorten_to;

/// One row of the checklist.
#[derive(Clone, Copy, Debug)]
pub struct SiteCheck {
    /// Stable: `<group>.<what>`, such as `host.swarm-network`.
    pub id: &'static str,
    /// The clause it proves.
    pub requirement: &'static str,
    /// Who puts it right, unless the ruling names somebody else.
    pub owner: Owner,
    /// What must be so, in plain words.
    pub sentence: &'static str,
    /// The judgement; a pure function of what is known.
    pub judge: fn(&Site) -> Judgement,
}

/// `Ok` says in words what is well; `Err` is everything else.
pub type Judgement = Result<String, Ruling>;

impl SiteCheck {
    /// The part of the id before the dot.
    pub fn group(&self) -> &'static str {
        self.id.split_once('.').map_or(self.id, |(group, _)| group)
    }

    pub(super) fn report(&self, ruling: Ruling) -> Check {
        Check {
            id: self.id,
            group: self.group(),
            outcome: ruling.outcome,
            owner: ruling.owner.unwrap_or(self.owner),
            message: ruling.message,
            fix: ruling.fix,
            requirement: self.requirement,
        }
    }
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Of the row.
    pub id: &'static str,
    /// The part of the id before the dot.
    pub group: &'static str,
    /// What came of it.
    pub outcome: SiteOutcome,
    /// Who acts when it is not ok.
    pub owner: Owner,
    /// Plain words; never a secret.
    pub message: String,
    /// What to do, with the exact command where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// The clause.
    pub requirement: &'static str,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SiteOutcome {
    /// Says nothing about this site.
    NotApplicable,
    /// Holds.
    Ok,
    /// Works, but will hurt.
    Warn,
    /// Must be put right first.
    Fail,
    /// Could not be seen.
    NotVerified,
}

impl SiteOutcome {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotApplicable => "not-applicable",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::NotVerified => "not-verified",
        }
    }

    /// Whether the check found something wrong, as opposed to fine or unseen.
    pub fn is_red(self) -> bool {
        matches!(self, Self::Warn | Self::Fail)
    }
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Owner {
    /// Owns host, firewall and docker.
    #[serde(rename = "site IT")]
    SiteIt,
    /// Runs the node.
    #[serde(rename = "trust operator")]
    TrustOperator,
    /// Registers trusts and packages kits.
    #[serde(rename = "hub admin")]
    HubAdmin,
}

impl Owner {
    /// The words in reports.
    pub fn words(self) -> &'static str {
        match self {
            Self::SiteIt => "site IT",
            Self::TrustOperator => "trust operator",
            Self::HubAdmin => "hub admin",
        }
    }
}

/// What a check's function has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    pub(crate) outcome: SiteOutcome,
    pub(crate) message: String,
    pub(crate) fix: Option<String>,
    pub(crate) owner: Option<Owner>,
}

impl Ruling {
    pub(crate) fn ok(message: impl Into<String>) -> Self {
        Self::new(SiteOutcome::Ok, message)
    }

    pub(crate) fn warn(message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..Self::new(SiteOutcome::Warn, message) }
    }

    pub(crate) fn fail(message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..Self::new(SiteOutcome::Fail, message) }
    }

    pub(crate) fn not_applicable(message: impl Into<String>) -> Self {
        Self::new(SiteOutcome::NotApplicable, message)
    }

    pub(crate) fn not_verified(message: impl Into<String>) -> Self {
        Self::new(SiteOutcome::NotVerified, message)
    }

    /// The same ruling with another owner than the row's.
    pub(crate) fn by(self, owner: Owner) -> Self {
        Self { owner: Some(owner), ..self }
    }

    fn new(outcome: SiteOutcome, message: impl Into<String>) -> Self {
        Self { outcome, message: message.into(), fix: None, owner: None }
    }
}

/// Why something could not be seen; makes a check *not verified*.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unseen(pub String);

impl Unseen {
    /// A reason in plain words.
    pub fn because(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl Default for Unseen {
    fn default() -> Self {
        Self("was not looked at".to_owned())
    }
}

impl From<Unseen> for Ruling {
    fn from(unseen: Unseen) -> Self {
        Self::not_verified(unseen.0)
    }
}

/// Whether a site may start: at least one check held, none failed, and none of a MUST is unseen.
pub fn ready(checks: &[Check]) -> bool {
    let held = checks.iter().any(|check| check.outcome == SiteOutcome::Ok);
    let is_must = |id: &str| catalogue::find(id).is_none_or(|row| row.level == Level::Must);
    held && checks.iter().all(|check| match check.outcome {
        SiteOutcome::NotApplicable | SiteOutcome::Ok | SiteOutcome::Warn => true,
        SiteOutcome::Fail => false,
        SiteOutcome::NotVerified => !is_must(check.requirement),
    })
}

/// Text out of somebody else's file, as it may stand in a message: escaped and cut.
pub(crate) fn shown(text: &str) -> String {
    format!("`{}`", shorten_to(text, SHOWN_CHARS_MAX).escape_debug())
}

/// At most so many items in words, and how many more there are.
pub(crate) fn listed<T: AsRef<str>>(items: &[T]) -> String {
    let mut words: Vec<&str> = items.iter().take(LISTED_MAX).map(AsRef::as_ref).collect();
    let more = items.len().saturating_sub(LISTED_MAX);
    let rest = format!("and {more} more");
    if more > 0 {
        words.push(&rest);
    }
    words.join(", ")
}

const SHOWN_CHARS_MAX: usize = 80;
const LISTED_MAX: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_of_which_nothing_was_seen_is_not_ready() {
        let row = super::super::find("kit.exists").expect("a row");
        assert!(!ready(&[]));
        assert!(!ready(&[row.report(Ruling::not_applicable("x"))]));
        assert!(!ready(&[row.report(Ruling::ok("x")), row.report(Ruling::not_verified("x"))]));
        assert!(!ready(&[row.report(Ruling::ok("x")), row.report(Ruling::fail("x", "y"))]));
        assert!(ready(&[row.report(Ruling::ok("x")), row.report(Ruling::warn("x", "y"))]));
        let should = super::super::find("images.manifests").expect("a row");
        let unseen = should.report(Ruling::not_verified("x"));
        assert!(ready(&[row.report(Ruling::ok("x")), unseen]));
    }

    #[test]
    fn foreign_text_is_escaped_and_cut() {
        assert_eq!(shown("a\u{1b}[31m\n"), "`a\\u{1b}[31m\\n`");
        assert_eq!(shown(&"é".repeat(81)), format!("`{}… (2 bytes more)`", "é".repeat(80)));
        assert_eq!(listed(&["a"; 14]), format!("{}and 2 more", "a, ".repeat(12)));
    }
}
