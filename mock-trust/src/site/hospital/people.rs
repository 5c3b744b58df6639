//! Synthetic people and their imaging studies, the same for the same seed.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// One synthetic patient, a row of `person`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// `person_id`, counted from 1.
    pub(crate) id: u32,
    /// `year_of_birth`; a few people have none, so that null counts are not all zero.
    pub(crate) year_of_birth: Option<u32>,
    /// `gender_source_value`: `M` or `F`; `gender_concept_id` follows from it.
    pub(crate) sex: &'static str,
}

impl Person {
    /// The OMOP concept of the person's sex: 8507 male, 8532 female.
    pub(crate) fn gender_concept_id(&self) -> u32 {
        if self.sex == "M" { 8507 } else { 8532 }
    }
}

/// One imaging study, a row of `radiology_occurrence`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Study {
    /// `radiology_occurrence_id`, counted from 1.
    pub(crate) id: u32,
    /// The person examined.
    pub(crate) person_id: u32,
    /// `accession_id`, unique, such as `ACC0000001`.
    pub(crate) accession_id: String,
    /// DICOM modality: `CT`, `MR` or `DX`.
    pub(crate) modality: &'static str,
    /// ISO date of the study.
    pub(crate) date: String,
}

/// `count` people made from `seed`.
pub(crate) fn people(seed: u64, count: u32) -> Vec<Person> {
    let mut rng = StdRng::seed_from_u64(seed);
    (1..=count)
        .map(|id| Person {
            id,
            year_of_birth: (!rng.random_ratio(1, BIRTH_UNKNOWN_ONE_IN))
                .then(|| REFERENCE_YEAR - rng.random_range(18..95)),
            sex: if rng.random_bool(0.5) { "M" } else { "F" },
        })
        .collect()
}

/// One or two studies for each of `people`, made from `seed`.
pub(crate) fn studies(seed: u64, people: &[Person]) -> Vec<Study> {
    let mut rng = StdRng::seed_from_u64(seed.rotate_left(17));
    let mut studies = Vec::with_capacity(people.len() * 2);
    for person in people {
        for _ in 0..rng.random_range(1..=2) {
            let id = u32::try_from(studies.len() + 1).expect("far fewer than 2^32 studies");
            studies.push(Study {
                id,
                person_id: person.id,
                accession_id: format!("ACC{id:07}"),
                modality: MODALITIES[rng.random_range(0..MODALITIES.len())],
                date: format!(
                    "{}-{:02}-{:02}",
                    rng.random_range(2015..=2025),
                    rng.random_range(1..=12),
                    rng.random_range(1..=28)
                ),
            });
        }
    }
    studies
}

/// Ages are counted in this year, so that one seed gives one distribution for ever.
pub(crate) const REFERENCE_YEAR: u32 = 2026;
const BIRTH_UNKNOWN_ONE_IN: u32 = 12;
const MODALITIES: [&str; 3] = ["CT", "MR", "DX"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_hospital_and_another_seed_another() {
        assert_eq!(people(7, 50), people(7, 50));
        assert_ne!(people(7, 50), people(8, 50));
        let persons = people(7, 50);
        assert_eq!(studies(7, &persons), studies(7, &persons));
    }

    #[test]
    fn every_person_has_a_study_with_a_unique_accession_id() {
        let persons = people(1, 40);
        let mut ids: Vec<_> = studies(1, &persons).into_iter().map(|s| s.accession_id).collect();
        let total = ids.len();
        ids.sort();
        ids.dedup();
        assert!(total >= 40);
        assert_eq!(ids.len(), total);
    }
}
