//! Mutants of the mock trust and faults of the mock hub in one shape.

use serde::Serialize;

/// Something that can be broken on purpose.
#[derive(Clone, Debug, Serialize)]
pub struct Breakage {
    /// Its name.
    pub name: &'static str,
    /// `trust` or `hub`.
    pub side: &'static str,
    /// Ids of the requirements it breaks; none for a transport fault.
    pub breaks: Vec<&'static str>,
    /// What it does.
    pub sentence: &'static str,
}

/// Mutants of the mock trust.
pub fn mutants() -> Vec<Breakage> {
    mock_trust::mutants::ALL
        .iter()
        .map(|mutant| Breakage {
            name: mutant.name,
            side: "trust",
            breaks: mutant.breaks.to_vec(),
            sentence: mutant.sentence,
        })
        .collect()
}

/// Semantic faults of the mock hub.
pub fn faults() -> Vec<Breakage> {
    mock_hub::faults::ALL
        .iter()
        .map(|fault| Breakage {
            name: fault.name,
            side: "hub",
            breaks: fault.breaks.to_vec(),
            sentence: fault.sentence,
        })
        .collect()
}

/// Transport faults of every listener.
pub fn transport() -> Vec<Breakage> {
    wiretap::TRANSPORT
        .iter()
        .map(|fault| Breakage {
            name: fault.name,
            side: "hub",
            breaks: Vec::new(),
            sentence: fault.sentence,
        })
        .collect()
}

/// Everything.
pub fn all() -> Vec<Breakage> {
    [mutants(), faults(), transport()].concat()
}
