//! Cohort queries: each trust's counts and the aggregate over them (hub 7).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::habits::CohortHabits;

/// What a trust sends for a query.
#[derive(Clone, Debug, PartialEq)]
pub struct CohortCounts {
    /// The query.
    pub query_id: Uuid,
    /// The trust the counts are of.
    pub trust_id: Uuid,
    /// The sender's date, kept as text.
    pub created: String,
    /// Persons found.
    pub record_count: i64,
    /// Groups of counts.
    pub data: Vec<CohortGroup>,
    /// Why there are none.
    pub error: Option<String>,
    /// Whether the cohort was too small to tell.
    pub suppressed: bool,
}

/// Counts by value of one variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortGroup {
    /// The variable.
    pub name: String,
    /// Its values and their counts.
    pub results: Vec<CohortCount>,
}

/// One value and its count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CohortCount {
    /// The value as text.
    pub value: String,
    /// Persons with it.
    pub count: i64,
}

/// Why counts are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CohortRefusal {
    /// Nobody asked this query.
    UnknownQuery,
    /// It was not put to this trust.
    NotAddressed,
}

/// The sum over trusts, as the hub shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Aggregate {
    /// Persons found by all trusts.
    pub record_count: i64,
    /// Each trust's groups.
    pub trusts_results: Vec<TrustResults>,
    /// Persons found by each.
    pub trust_record_counts: BTreeMap<Uuid, i64>,
    /// Category of failure of each trust that failed.
    pub trust_errors: BTreeMap<Uuid, String>,
    /// Whether each trust held its counts back.
    pub trust_suppressed: BTreeMap<Uuid, bool>,
}

/// One trust's groups.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrustResults {
    /// The trust.
    pub trust_id: Uuid,
    /// Its groups.
    pub data: Vec<CohortGroup>,
}

/// All queries.
#[derive(Debug, Default)]
pub(super) struct Cohorts(HashMap<Uuid, Query>);

#[derive(Debug, Default)]
struct Query {
    addressed: BTreeSet<Uuid>,
    rows: BTreeMap<Uuid, CohortCounts>,
    last: Option<Uuid>,
}

impl Cohorts {
    /// Puts a query to trusts.
    pub(super) fn ask(&mut self, id: Uuid, trusts: impl IntoIterator<Item = Uuid>) {
        self.0.entry(id).or_default().addressed.extend(trusts);
    }

    /// Takes a trust's counts.
    pub(super) fn record(
        &mut self,
        counts: CohortCounts,
        habits: CohortHabits,
    ) -> Result<(), CohortRefusal> {
        let query = self.0.get_mut(&counts.query_id).ok_or(CohortRefusal::UnknownQuery)?;
        if habits.refuse_unaddressed.kept() && !query.addressed.contains(&counts.trust_id) {
            return Err(CohortRefusal::NotAddressed);
        }
        query.last = Some(counts.trust_id);
        match query.rows.get_mut(&counts.trust_id) {
            Some(row) if habits.replace.broken() => {
                row.record_count = row.record_count.saturating_add(counts.record_count);
                row.data.extend(counts.data);
            }
            _ => {
                query.rows.insert(counts.trust_id, counts);
            }
        }
        Ok(())
    }

    /// Takes counts back in that were kept; those of a query that is gone are left.
    pub(super) fn restore(&mut self, counts: CohortCounts) {
        if let Some(query) = self.0.get_mut(&counts.query_id) {
            query.last = Some(counts.trust_id);
            query.rows.insert(counts.trust_id, counts);
        }
    }

    /// A trust's counts for a query.
    pub(super) fn row(&self, query: Uuid, trust: Uuid) -> Option<&CohortCounts> {
        self.0.get(&query)?.rows.get(&trust)
    }

    /// The aggregate of a query.
    pub(super) fn aggregate(&self, id: Uuid, habits: CohortHabits) -> Option<Aggregate> {
        let query = self.0.get(&id)?;
        let mut sum = Aggregate::default();
        for (&trust_id, row) in &query.rows {
            if habits.sum_all.broken() && query.last != Some(trust_id) {
                continue;
            }
            sum.record_count = sum.record_count.saturating_add(row.record_count);
            sum.trust_record_counts.insert(trust_id, row.record_count);
            sum.trust_suppressed.insert(trust_id, row.suppressed);
            sum.trusts_results.push(TrustResults { trust_id, data: row.data.clone() });
            if let Some(error) = &row.error {
                let shown = if habits.reduce_error.kept() { category(error) } else { error };
                sum.trust_errors.insert(trust_id, shown.to_owned());
            }
        }
        Some(sum)
    }

    /// Removes what a deleted trust sent; tells how many rows.
    pub(super) fn forget_trust(&mut self, trust_id: Uuid) -> usize {
        self.0.values_mut().filter_map(|query| query.rows.remove(&trust_id)).count()
    }

    /// How many queries there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// One of three words: what stands behind the first colon, if it is one of them.
fn category(error: &str) -> &'static str {
    let tail = error.split_once(':').map_or("", |(_, tail)| tail).trim().to_lowercase();
    CATEGORIES.into_iter().find(|word| *word == tail).unwrap_or(INTERNAL_ERROR)
}

const INTERNAL_ERROR: &str = "internal_error";
const CATEGORIES: [&str; 3] = ["query_failed", "query_timeout", INTERNAL_ERROR];

#[cfg(test)]
mod tests {
    use contract::edition::EditionId;

    use super::*;
    use crate::habits::Habits;

    fn counts(trust: u128, record_count: i64, error: Option<&str>) -> CohortCounts {
        CohortCounts {
            query_id: Uuid::from_u128(1),
            trust_id: Uuid::from_u128(trust),
            created: "2026-11-21".into(),
            record_count,
            data: Vec::new(),
            error: error.map(str::to_owned),
            suppressed: false,
        }
    }

    #[test]
    fn counts_replace_former_ones_and_are_summed_over_trusts() {
        let habits = Habits::ideal(EditionId::DEFAULT.row()).cohort;
        let mut cohorts = Cohorts::default();
        cohorts.ask(Uuid::from_u128(1), [Uuid::from_u128(2), Uuid::from_u128(3)]);
        for (trust, count) in [(2, 40), (2, 42), (3, 8)] {
            cohorts.record(counts(trust, count, None), habits).expect("the query is known");
        }
        let sum = cohorts.aggregate(Uuid::from_u128(1), habits).expect("the query is known");
        assert_eq!(sum.record_count, 50);
        assert_eq!(sum.trust_record_counts[&Uuid::from_u128(2)], 42);
        let refused = cohorts.record(counts(4, 1, None), habits);
        assert_eq!(refused, Err(CohortRefusal::NotAddressed));
    }

    #[test]
    fn an_error_is_reduced_to_one_of_three_words() {
        assert_eq!(category("504: query_timeout"), "query_timeout");
        assert_eq!(category("500:  QUERY_FAILED "), "query_failed");
        assert_eq!(category(r#"500: {"detail": "query_failed"}"#), "internal_error");
        assert_eq!(category("query_failed"), "internal_error");
    }
}
