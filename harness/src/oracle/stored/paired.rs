//! Laying posts beside rows: each post gets the row that is most like it, each row is used once.

/// Who stands for whom.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pairs {
    /// For each post: how well it fits (0 = best) and which row.
    pub(super) found: Vec<Option<(usize, usize)>>,
    /// Rows that stand for no post.
    pub(super) spare: u64,
}

/// Pairs by likeness, the strictest first.
pub(super) fn pair<T>(sent: &[T], rows: &[T], likeness: &[fn(&T, &T) -> bool]) -> Pairs {
    let mut found = vec![None; sent.len()];
    let mut used = vec![false; rows.len()];
    for (tier, alike) in likeness.iter().enumerate() {
        for (at, post) in sent.iter().enumerate() {
            if found[at].is_some() {
                continue;
            }
            let fits = |row: &usize| !used[*row] && alike(post, &rows[*row]);
            if let Some(row) = (0..rows.len()).find(fits) {
                used[row] = true;
                found[at] = Some((tier, row));
            }
        }
    }
    let spare = used.iter().filter(|used| !**used).count() as u64;
    Pairs { found, spare }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_likeness_wins_and_no_row_serves_twice() {
        let close = |a: &i32, b: &i32| (a - b).abs() <= 1;
        let pairs = pair(&[1, 2, 2], &[2, 3, 9], &[|a, b| a == b, close]);
        assert_eq!(pairs.found, [None, Some((0, 0)), Some((1, 1))]);
        assert_eq!(pairs.spare, 1);
    }
}
