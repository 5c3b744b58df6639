//! Which scenarios a run takes: side, tags, names, shard, edition, and what the target can do.

use contract::edition::EditionId;
use gherkin::tagexpr::TagOperation;
use serde::{Deserialize, Serialize};

use super::feature_set::{Case, FeatureSet};
use crate::event::Side;

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Tag expression, such as `@polling and not @slow`.
    pub tags: Option<String>,
    /// Scenario ids, if only these are wanted.
    pub ids: Vec<String>,
    /// Requirement ids, if only scenarios that prove one of these are wanted.
    pub requirements: Vec<String>,
    /// Which part of how many.
    pub shard: Option<Shard>,
}

/// Part `index` (from 1) of `count`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// From 1.
    pub index: usize,
    /// At least 1.
    pub count: usize,
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("shard {text:?} is not I/N with 1 <= I <= N, such as 1/3");
        let (index, count) = text.split_once('/').ok_or_else(wrong)?;
        let (index, count) =
            (index.parse().map_err(|_| wrong())?, count.parse().map_err(|_| wrong())?);
        if index >= 1 && index <= count { Ok(Self { index, count }) } else { Err(wrong()) }
    }
}

/// Why nothing was selected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// The expression is none.
    #[error("tag expression {expression:?}: {reason}")]
    BadExpression {
        /// As given.
        expression: String,
        /// What is wrong.
        reason: String,
    },
    /// The expression names a tag no scenario carries.
    #[error("no scenario carries the tag @{tag}{}", .nearest.as_ref().map(|near| format!("; did you mean @{near}?")).unwrap_or_default())]
    UnknownTag {
        /// The tag.
        tag: String,
        /// A tag that looks like it.
        nearest: Option<String>,
    },
    /// A scenario id that does not exist.
    #[error("no scenario has the id {id:?}{}", .nearest.as_ref().map(|near| format!("; did you mean {near:?}?")).unwrap_or_default())]
    UnknownId {
        /// The id.
        id: String,
        /// An id that looks like it.
        nearest: Option<String>,
    },
    /// Everything was filtered out.
    #[error("the filter matches no scenario of the {side} side ({known} known)")]
    Nothing {
        /// The judged side.
        side: &'static str,
        /// How many scenarios that side has.
        known: usize,
    },
}

/// The scenarios of one side that the selection names, in order.
pub fn select(set: &FeatureSet, side: Side, wish: &Selection) -> Result<Vec<Case>, SelectionError> {
    let expression = wish.tags.as_deref().map(|text| parse(set, text)).transpose()?;
    for id in &wish.ids {
        if !set.cases.iter().any(|case| &case.id == id) {
            let nearest = nearest(id, set.cases.iter().map(|case| case.id.as_str()));
            return Err(SelectionError::UnknownId { id: id.clone(), nearest });
        }
    }
    let of_side: Vec<&Case> = set.cases.iter().filter(|case| case.side.judges(side)).collect();
    let known = of_side.len();
    let chosen: Vec<Case> = of_side
        .into_iter()
        .filter(|case| expression.as_ref().is_none_or(|tags| holds(tags, case)))
        .filter(|case| wish.ids.is_empty() || wish.ids.contains(&case.id))
        .filter(|case| {
            wish.requirements.is_empty()
                || case.requirements.iter().any(|id| wish.requirements.contains(id))
        })
        .cloned()
        .collect();
    if chosen.is_empty() {
        return Err(SelectionError::Nothing { side: side.word(), known });
    }
    Ok(in_shard(chosen, wish.shard))
}

fn in_shard(chosen: Vec<Case>, shard: Option<Shard>) -> Vec<Case> {
    let Some(Shard { index, count }) = shard else { return chosen };
    chosen
        .into_iter()
        .enumerate()
        .filter(|(at, _)| at % count == index - 1)
        .map(|(_, case)| case)
        .collect()
}

/// Why a scenario says nothing about this edition.
pub fn outside_edition(case: &Case, edition: EditionId) -> Option<String> {
    let clause = case.clauses().find(|clause| !clause.editions.includes(edition))?;
    Some(format!("{} does not apply to edition {edition}", clause.id))
}

fn parse(set: &FeatureSet, text: &str) -> Result<TagOperation, SelectionError> {
    let expression: TagOperation = text.parse().map_err(|error| SelectionError::BadExpression {
        expression: text.to_owned(),
        reason: format!("{error}").replace('\n', " "),
    })?;
    let known = set.tags();
    let mut named = Vec::new();
    tags_of(&expression, &mut named);
    match named.into_iter().find(|tag| !known.contains(tag.as_str())) {
        None => Ok(expression),
        Some(tag) => {
            let nearest = nearest(&tag, known.into_iter());
            Err(SelectionError::UnknownTag { tag, nearest })
        }
    }
}

fn tags_of(expression: &TagOperation, named: &mut Vec<String>) {
    match expression {
        TagOperation::And(a, b) | TagOperation::Or(a, b) => {
            tags_of(a, named);
            tags_of(b, named);
        }
        TagOperation::Not(a) => tags_of(a, named),
        TagOperation::Tag(tag) => named.push(tag.clone()),
    }
}

fn holds(expression: &TagOperation, case: &Case) -> bool {
    match expression {
        TagOperation::And(a, b) => holds(a, case) && holds(b, case),
        TagOperation::Or(a, b) => holds(a, case) || holds(b, case),
        TagOperation::Not(a) => !holds(a, case),
        TagOperation::Tag(tag) => case.is_tagged(tag),
    }
}

/// The known word that looks most like `word`, if any looks like it at all.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_split_without_loss_or_overlap() {
        for text in ["0/3", "4/3", "1", "a/b", "1/0"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        let shard = Shard { index: 2, count: 3 };
        assert_eq!("2/3".parse(), Ok(shard));
        assert_eq!(shard.to_string(), "2/3");
    }

    #[test]
    fn the_nearest_word_is_offered_only_when_it_is_near() {
        assert_eq!(nearest("poling", ["polling", "tasks"].into_iter()).as_deref(), Some("polling"));
        assert_eq!(nearest("zzz", ["polling", "tasks"].into_iter()), None);
    }
}
