//! Which line a published release belongs to.

use super::{FL_LINES, FlLineId};

impl FlLineId {
    /// The line of a release such as `0.1.7`. One newer than every line is counted to the newest;
    /// `None` for what was never published.
    pub fn of_release(release: &str) -> Option<Self> {
        let release = numbers(release)?;
        let published = FL_LINES.iter().filter_map(|line| Some((line.id, span(line.releases)?)));
        let newest = published.clone().next_back().filter(|(_, (_, last))| release > *last);
        let holds = |(_, (first, last)): &(Self, Span)| *first <= release && release <= *last;
        published.clone().find(holds).or(newest).map(|(id, _)| id)
    }
}

type Span = ([u32; 3], [u32; 3]);

/// First and last of `0.1.5 to 0.1.8` or `0.13.0, 0.13.1`; `None` for a line never published.
fn span(releases: &str) -> Option<Span> {
    let mut words = releases.split([' ', ',']).filter(|word| !word.is_empty());
    let first = numbers(words.next()?)?;
    let last = numbers(words.next_back()?)?;
    Some((first, last))
}

fn numbers(release: &str) -> Option<[u32; 3]> {
    let parts: Option<Vec<u32>> = release.split('.').map(|part| part.parse().ok()).collect();
    parts?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_release_of_a_row_finds_it_and_unpublished_ones_find_none() {
        for (release, line) in [
            ("0.1.0", Some(FlLineId::V0_1_4)),
            ("0.1.5", Some(FlLineId::V0_1_8)),
            ("0.1.8", Some(FlLineId::V0_1_8)),
            ("0.1.9", None),
            ("0.4.1", Some(FlLineId::V0_4_1)),
            ("0.12.0", Some(FlLineId::V0_4_1)),
            ("0.13.1", Some(FlLineId::V0_13_1)),
            ("0.14.0", Some(FlLineId::V0_13_1)),
            ("latest", None),
        ] {
            assert_eq!(FlLineId::of_release(release), line, "{release}");
        }
    }
}
