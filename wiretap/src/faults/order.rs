//! What is asked of a fault book, and what it tells.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;
use utoipa::ToSchema;

/// Which fault, for what, how often.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultOrder {
    /// Transport or semantic fault.
    pub name: String,
    /// Only this route; every route when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// Only this trust; every trust when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust_id: Option<String>,
    /// Only so many times; until it is removed when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
    /// Chance of each time, above 0 and up to 1, from the seeded generator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Settings of the fault.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub params: Map<String, Value>,
}

impl FaultOrder {
    /// A fault for everything, until it is removed.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// Number of an armed fault: `fault-1`, `fault-2` and so on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct FaultId(pub String);

impl FaultId {
    pub(super) fn numbered(number: u64) -> Self {
        Self(format!("fault-{number}"))
    }
}

impl fmt::Display for FaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An armed fault as it stands. One whose `next` is 0 does nothing any more and stays to be read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Standing {
    /// Its number.
    pub id: FaultId,
    /// What was asked; `next` counts down.
    #[serde(flatten)]
    pub order: FaultOrder,
    /// How often it has happened.
    pub hits: u64,
}

/// A fault was not armed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArmError {
    /// Nobody knows the name.
    #[error("no fault is called {name:?}: {hint}")]
    UnknownName {
        /// The name.
        name: String,
        /// The nearest, or where to look.
        hint: String,
    },
    /// Nobody knows the route; the fault would never happen.
    #[error("no route is called {route:?}: {hint}")]
    UnknownRoute {
        /// The route.
        route: String,
        /// The nearest, or all of them.
        hint: String,
    },
    /// The params do not fit the fault.
    #[error("params of {name}: {reason}; an example is {example}")]
    Params {
        /// The fault.
        name: &'static str,
        /// What does not fit.
        reason: String,
        /// Params that fit.
        example: &'static str,
    },
    /// `next` is 0.
    #[error("next is 0, so the fault would never happen: leave it out or say at least 1")]
    Never,
    /// `probability` is out of range.
    #[error("probability must be above 0 and at most 1")]
    Probability,
    /// The book is full.
    #[error("{max} faults are armed already: remove some")]
    Full {
        /// How many it holds.
        max: usize,
    },
}
