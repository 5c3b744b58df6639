//! Where the system as it was seen breaks a requirement.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::Editions;
use crate::edition::EditionId;
use crate::fl_line::FlLineId;

/// One known way in which the real system falls short of a requirement.
///
/// It softens nothing: it is what an expectation file may name, and what conduct `as-built` imitates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// What falls short.
    pub by: By,
    /// Where it does. For FL lines these are the hub editions they meet.
    pub editions: Editions,
    /// The edition it was read to have ended in, for one that continues those it was seen in.
    pub ended_in: Option<EditionId>,
    /// How well this is known.
    pub mark: Mark,
    /// What happens instead; a fragment without full stop.
    pub sentence: &'static str,
}

/// The part of the system that falls short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The running services of a hub or a trust.
    Services,
    /// The operator's scripts and compose files.
    Built,
    /// An instruction of the deployment documents, when followed.
    Document,
    /// FL images of these client lines, oldest first.
    FlLines(&'static [FlLineId]),
}

/// How a fact came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Seen on the running service.
    Observed,
    /// Read in public source, tests or documents.
    Read,
    /// Follows from the other two.
    Inferred,
}

impl Deviation {
    /// Whether the deviation is to be expected on `edition`, whoever causes it.
    ///
    /// What was seen in an edition holds in the one that continues it, until it is known to have ended.
    pub fn concerns(&self, edition: EditionId) -> bool {
        let older = edition.row().continues;
        let carried = older.is_some_and(|older| self.editions.includes(older));
        let ended = self.ended_in.is_some_and(|first| edition >= first);
        (self.editions.includes(edition) || carried) && !ended
    }

    /// The editions it is to be expected in, oldest first.
    pub fn concerned(&self) -> impl Iterator<Item = EditionId> {
        EditionId::ALL.into_iter().filter(|edition| self.concerns(*edition))
    }

    /// How well it is known of one edition: what is carried over from an older one is inferred.
    pub fn mark_on(&self, edition: EditionId) -> Mark {
        if self.editions.includes(edition) { self.mark } else { Mark::Inferred }
    }

    pub(super) const fn ended_in(self, edition: EditionId) -> Self {
        Self { ended_in: Some(edition), ..self }
    }

    /// The FL lines that deviate; empty unless [`By::FlLines`].
    pub fn fl_lines(&self) -> &'static [FlLineId] {
        match self.by {
            By::FlLines(lines) => lines,
            By::Services | By::Built | By::Document => &[],
        }
    }
}

impl By {
    /// One word: `services`, `built`, `document` or `fl-lines`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::Built => "built",
            Self::Document => "document",
            Self::FlLines(_) => "fl-lines",
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Observed => "observed",
            Self::Read => "read",
            Self::Inferred => "inferred",
        })
    }
}

/// `{by, editions, mark, sentence}`, and `fl_lines` where FL lines deviate.
impl Serialize for Deviation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lines = self.fl_lines();
        let members = if lines.is_empty() { 4 } else { 5 };
        let mut row = serializer.serialize_struct("Deviation", members)?;
        row.serialize_field("by", self.by.name())?;
        if lines.is_empty() {
            row.skip_field("fl_lines")?;
        } else {
            row.serialize_field("fl_lines", lines)?;
        }
        let concerned: Vec<EditionId> = self.concerned().collect();
        row.serialize_field("editions", &concerned)?;
        row.serialize_field("mark", &self.mark)?;
        row.serialize_field("sentence", self.sentence)?;
        row.end()
    }
}

pub(super) const fn in_services(
    editions: Editions,
    mark: Mark,
    sentence: &'static str,
) -> Deviation {
    Deviation { by: By::Services, editions, ended_in: None, mark, sentence }
}

pub(super) const fn in_scripts(
    editions: Editions,
    mark: Mark,
    sentence: &'static str,
) -> Deviation {
    Deviation { by: By::Built, editions, ended_in: None, mark, sentence }
}

pub(super) const fn in_document(
    editions: Editions,
    mark: Mark,
    sentence: &'static str,
) -> Deviation {
    Deviation { by: By::Document, editions, ended_in: None, mark, sentence }
}

pub(super) const fn in_fl_lines(
    lines: &'static [FlLineId],
    editions: Editions,
    mark: Mark,
    sentence: &'static str,
) -> Deviation {
    Deviation { by: By::FlLines(lines), editions, ended_in: None, mark, sentence }
}

/// The two editions whose services were run.
pub(super) const SEEN: Editions = Editions::OneOf(&[EditionId::V2026_03, EditionId::V2026_09]);
/// The editions between those: what holds before and after is taken to hold there.
pub(super) const BETWEEN: Editions =
    Editions::OneOf(&[EditionId::V2026_06, EditionId::V2026_07, EditionId::TrustKeys]);

/// Every FL client line, oldest first.
pub(super) const EVERY_LINE: &[FlLineId] = &[
    FlLineId::V0_1_4,
    FlLineId::V0_1_8,
    FlLineId::MidA,
    FlLineId::MidB,
    FlLineId::V0_4_1,
    FlLineId::V0_13_1,
];
