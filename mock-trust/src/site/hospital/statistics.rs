//! The counts of a cohort and their suppression (trust contract sections 6.1 and 12).
//!
//! Two rules keep small numbers inside. A cohort below the threshold leaves as nothing at all. In a
//! larger one no single count below the threshold leaves: small groups fold into `Other`, and `Other`
//! takes further groups until it is large enough itself, so that it cannot be told by subtraction.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::database::Table;
use super::people::{Person, REFERENCE_YEAR};

/// The counts of one cohort as `/cohort` answers them, without the ids of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    /// Rows of the cohort; 0 when suppressed.
    pub(crate) record_count: u64,
    /// True when the cohort is below the threshold.
    pub(crate) suppressed: bool,
    /// The four groups, or nothing when suppressed.
    pub(crate) data: Vec<Group>,
}

/// One named distribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Group {
    /// `Counts`, `Nulls`, `Age Distribution` or `Sex Distribution`.
    pub(crate) name: &'static str,
    /// Its bars.
    pub(crate) results: Vec<Bar>,
}

/// One bar of a distribution; a `value` may be text or null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Bar {
    /// The label, null where the source column holds null.
    pub(crate) value: Value,
    /// Rows under this label: zero (a column without nulls) or at least the threshold.
    pub(crate) count: u64,
}

/// Whether a cohort is too small to leave the site: fewer rows than `threshold`, or rows of fewer
/// different people where `person_id` is among the columns.
fn too_small(table: &Table, threshold: u64) -> bool {
    let rows = table.rows.len() as u64;
    rows < threshold || distinct_people(table).is_some_and(|people| people < threshold)
}

/// The counts of `table`, suppressed by `threshold`; `people` tells age and sex where the columns of
/// the query do not.
pub(crate) fn counts(table: &Table, people: &[Person], threshold: u64) -> Counts {
    if too_small(table, threshold) { Counts::suppressed() } else { told(table, people, threshold) }
}

/// The counts of a cohort that may be told of, whatever it was compared with.
pub(crate) fn told(table: &Table, people: &[Person], threshold: u64) -> Counts {
    Counts {
        record_count: table.rows.len() as u64,
        suppressed: false,
        data: vec![
            totals(table),
            nulls(table, threshold),
            distribution("Age Distribution", table, threshold, |row| age_band(table, row, people)),
            distribution("Sex Distribution", table, threshold, |row| sex(table, row, people)),
        ],
    }
}

impl Counts {
    /// What leaves for a cohort below the threshold, a true zero included.
    pub(crate) fn suppressed() -> Self {
        Self { record_count: 0, suppressed: true, data: Vec::new() }
    }
}

fn totals(table: &Table) -> Group {
    let mut results = vec![Bar { value: "Total".into(), count: table.rows.len() as u64 }];
    if let Some(people) = distinct_people(table) {
        results.push(Bar { value: "Persons".into(), count: people });
    }
    Group { name: "Counts", results }
}

/// One bar a column. A count (or its complement) nearer to none or to all than the threshold is
/// rounded there: the column keeps its bar and tells no small number.
fn nulls(table: &Table, threshold: u64) -> Group {
    let total = table.rows.len() as u64;
    let results = table
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let nulls = table.rows.iter().filter(|row| row[index].is_null()).count() as u64;
            let count = match nulls {
                n if n < threshold => 0,
                n if total - n < threshold => total,
                n => n,
            };
            Bar { value: column.replace('_', "\n").into(), count }
        })
        .collect();
    Group { name: "Nulls", results }
}

fn distribution(
    name: &'static str,
    table: &Table,
    threshold: u64,
    label: impl Fn(&[Value]) -> Option<String>,
) -> Group {
    let mut bars: BTreeMap<Option<String>, u64> = BTreeMap::new();
    for row in &table.rows {
        *bars.entry(label(row)).or_default() += 1;
    }
    Group { name, results: fold(bars, threshold) }
}

/// Bars of at least `threshold`, then `Other`; the sum stays what it was.
fn fold(bars: BTreeMap<Option<String>, u64>, threshold: u64) -> Vec<Bar> {
    let (mut kept, small): (Vec<_>, Vec<_>) =
        bars.into_iter().partition(|(_, count)| *count >= threshold);
    let mut other: u64 = small.iter().map(|(_, count)| count).sum();
    while other > 0 && other < threshold && !kept.is_empty() {
        let smallest = (0..kept.len()).min_by_key(|at| kept[*at].1).expect("kept is not empty");
        other += kept.remove(smallest).1;
    }
    let mut results: Vec<Bar> = kept
        .into_iter()
        .map(|(label, count)| Bar { value: label.map_or(Value::Null, Value::from), count })
        .collect();
    if other > 0 {
        results.push(Bar { value: "Other".into(), count: other });
    }
    results
}

fn distinct_people(table: &Table) -> Option<u64> {
    let column = table.column("person_id")?;
    let people: BTreeSet<String> = table
        .rows
        .iter()
        .map(|row| &row[column])
        .filter(|value| !value.is_null())
        .map(Value::to_string)
        .collect();
    Some(people.len() as u64)
}

fn age_band(table: &Table, row: &[Value], people: &[Person]) -> Option<String> {
    let born = match table.column("year_of_birth") {
        Some(column) => row[column].as_u64(),
        None => person_of(table, row, people)?.year_of_birth.map(u64::from),
    }?;
    let age = u64::from(REFERENCE_YEAR).checked_sub(born)?;
    let decade = age / 10 * 10;
    Some(format!("{decade}-{}", decade + 9))
}

fn sex(table: &Table, row: &[Value], people: &[Person]) -> Option<String> {
    if let Some(column) = table.column("gender_source_value") {
        return row[column].as_str().map(str::to_owned);
    }
    if let Some(column) = table.column("gender_concept_id") {
        return row[column].as_u64().map(|concept| {
            match concept {
                8507 => "M",
                8532 => "F",
                _ => "Unknown",
            }
            .to_owned()
        });
    }
    person_of(table, row, people).map(|person| person.sex.to_owned())
}

fn person_of<'p>(table: &Table, row: &[Value], people: &'p [Person]) -> Option<&'p Person> {
    let id = row[table.column("person_id")?].as_u64()?;
    people.iter().find(|person| u64::from(person.id) == id)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn table(rows: Vec<(u32, Option<u32>, Option<&str>)>) -> Table {
        Table {
            columns: ["person_id", "year_of_birth", "gender_source_value"].map(Into::into).to_vec(),
            rows: rows
                .into_iter()
                .map(|(id, born, sex)| vec![json!(id), json!(born), json!(sex)])
                .collect(),
        }
    }

    proptest! {
        #[test]
        fn no_count_below_the_threshold_leaves(
            rows in prop::collection::vec(
                (0u32..60, prop::option::of(1930u32..2020), prop::option::of(prop::sample::select(vec!["M", "F", "X"]))),
                0..120,
            ),
            threshold in 1u64..20,
        ) {
            let table = table(rows);
            let total = table.rows.len() as u64;
            let counts = counts(&table, &[], threshold);
            if counts.suppressed {
                prop_assert_eq!(counts.record_count, 0);
                prop_assert!(counts.data.is_empty());
                prop_assert!(too_small(&table, threshold));
            } else {
                prop_assert!(counts.record_count >= threshold);
                for group in &counts.data {
                    for bar in &group.results {
                        let zero_nulls = group.name == "Nulls" && bar.count == 0;
                        prop_assert!(bar.count >= threshold || zero_nulls, "{}: {:?}", group.name, bar);
                        if group.name == "Nulls" {
                            let rest = total - bar.count;
                            prop_assert!(rest == 0 || rest >= threshold);
                        }
                    }
                    if group.name.ends_with("Distribution") {
                        prop_assert_eq!(group.results.iter().map(|bar| bar.count).sum::<u64>(), total);
                    }
                }
            }
        }
    }

    #[test]
    fn nine_people_leave_as_nothing_and_ten_as_four_groups() {
        let rows = |n: u32| table((0..n).map(|id| (id, Some(1980), Some("F"))).collect());
        assert_eq!(counts(&rows(9), &[], 10), Counts::suppressed());
        assert_eq!(counts(&rows(0), &[], 10), Counts::suppressed());
        let ten = counts(&rows(10), &[], 10);
        let names: Vec<_> = ten.data.iter().map(|group| group.name).collect();
        assert_eq!(names, ["Counts", "Nulls", "Age Distribution", "Sex Distribution"]);
        assert_eq!(ten.data[2].results, [Bar { value: "40-49".into(), count: 10 }]);
    }

    #[test]
    fn many_rows_of_few_people_are_a_small_cohort() {
        let rows = (0..40).map(|n| (n % 3, Some(1980), Some("F"))).collect();
        assert!(counts(&table(rows), &[], 10).suppressed);
    }

    #[test]
    fn a_lonely_small_group_takes_the_next_smallest_with_it() {
        let bars = BTreeMap::from([
            (Some("a".to_owned()), 30),
            (Some("b".to_owned()), 12),
            (Some("c".to_owned()), 2),
        ]);
        assert_eq!(
            fold(bars, 10),
            [Bar { value: "a".into(), count: 30 }, Bar { value: "Other".into(), count: 14 }]
        );
    }

    #[test]
    fn null_columns_are_named_with_line_breaks() {
        let rows = (0..20).map(|id| (id, None, Some("F"))).collect();
        let counts = counts(&table(rows), &[], 10);
        assert_eq!(counts.data[1].results[1], Bar { value: "year\nof\nbirth".into(), count: 20 });
    }
}
