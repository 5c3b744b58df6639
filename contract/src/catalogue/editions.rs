//! The set of editions a row of the catalogue speaks about.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::edition::EditionId;

/// A set of editions, in the forms the catalogue writes them.
///
/// This is scope, not behaviour: what an edition *does* is asked of its row of capabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Editions {
    /// Each of the six.
    All,
    /// That edition and every later one. `trust-keys`, a branch of 2026.07, counts as later than
    /// 2026.03, 2026.06 and 2026.07, and as earlier than 2026.09.
    Since(EditionId),
    /// That edition and no other.
    Only(EditionId),
    /// The editions listed, oldest first.
    OneOf(&'static [EditionId]),
}

impl Editions {
    /// Whether `edition` belongs to the set.
    pub fn includes(self, edition: EditionId) -> bool {
        match self {
            Self::All => true,
            // Ids are declared in the order of release, the branch right after its trunk.
            Self::Since(first) => edition >= first,
            Self::Only(one) => edition == one,
            Self::OneOf(some) => some.contains(&edition),
        }
    }

    /// The members, oldest first.
    pub fn ids(self) -> impl Iterator<Item = EditionId> {
        EditionId::ALL.into_iter().filter(move |edition| self.includes(*edition))
    }
}

/// The form people write: `all`, `2026.06+`, `2026.09`, or a list with commas.
impl fmt::Display for Editions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Since(first) => write!(f, "{first}+"),
            Self::Only(one) => write!(f, "{one}"),
            Self::OneOf(some) => {
                for (place, edition) in some.iter().enumerate() {
                    let comma = if place == 0 { "" } else { ", " };
                    write!(f, "{comma}{edition}")?;
                }
                Ok(())
            }
        }
    }
}

/// A list of edition ids, never the short form, so that readers need no rule for `+`.
impl Serialize for Editions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.ids().map(EditionId::name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use EditionId::{TrustKeys, V2026_03, V2026_06, V2026_07, V2026_09, V2026_11};

    fn members(editions: Editions) -> Vec<EditionId> {
        editions.ids().collect()
    }

    #[test]
    fn all_means_the_six() {
        assert_eq!(members(Editions::All), EditionId::ALL);
    }

    #[test]
    fn a_plus_takes_in_trust_keys_up_to_2026_07() {
        assert_eq!(
            members(Editions::Since(V2026_06)),
            [V2026_06, V2026_07, TrustKeys, V2026_09, V2026_11]
        );
        assert_eq!(members(Editions::Since(V2026_07)), [V2026_07, TrustKeys, V2026_09, V2026_11]);
        assert_eq!(members(Editions::Since(V2026_09)), [V2026_09, V2026_11]);
        assert_eq!(members(Editions::Since(V2026_03)), EditionId::ALL);
    }

    #[test]
    fn a_single_id_takes_in_nothing_else() {
        for one in EditionId::ALL {
            assert_eq!(members(Editions::Only(one)), [one]);
        }
    }

    #[test]
    fn a_list_takes_in_exactly_what_it_lists() {
        assert_eq!(members(Editions::OneOf(&[V2026_03, TrustKeys])), [V2026_03, TrustKeys]);
    }

    #[test]
    fn the_short_form_reads_as_people_write_it() {
        assert_eq!(Editions::All.to_string(), "all");
        assert_eq!(Editions::Since(V2026_06).to_string(), "2026.06+");
        assert_eq!(Editions::Only(TrustKeys).to_string(), "trust-keys");
        assert_eq!(Editions::OneOf(&[V2026_07, TrustKeys]).to_string(), "2026.07, trust-keys");
    }

    #[test]
    fn json_lists_the_members() {
        let json = serde_json::to_value(Editions::Since(V2026_07)).unwrap();
        assert_eq!(json, serde_json::json!(["2026.07", "trust-keys", "2026.09", "2026.11"]));
    }
}
