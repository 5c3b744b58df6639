//! `--shard`: which part of a run, also as a Kubernetes Job tells it.

use harness::engine::Shard;

/// `I/N` with `I` from 1, or `job/N`: the part that `JOB_COMPLETION_INDEX`, which counts from 0, says.
pub fn shard(text: &str) -> Result<Shard, String> {
    let index = || std::env::var(INDEX).ok();
    read(text, index)
}

fn read(text: &str, index: impl Fn() -> Option<String>) -> Result<Shard, String> {
    let Some(count) = text.strip_prefix("job/") else { return text.parse() };
    let told = index().ok_or_else(|| format!("job/{count} needs {INDEX}, which is not set"))?;
    let number: usize = told.parse().map_err(|_| format!("{INDEX} is {told:?}, no number"))?;
    format!("{}/{count}", number.saturating_add(1))
        .parse()
        .map_err(|wrong| format!("{wrong} ({INDEX} is {number})"))
}

/// Set by Kubernetes in every pod of an indexed Job.
const INDEX: &str = "JOB_COMPLETION_INDEX";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_from_one_and_those_of_a_job_from_zero() {
        let read = |text, index: Option<&str>| read(text, || index.map(str::to_owned));
        assert_eq!(read("2/3", None), Ok(Shard { index: 2, count: 3 }));
        assert_eq!(read("2/3", Some("0")), Ok(Shard { index: 2, count: 3 }));
        assert_eq!(read("job/3", Some("0")), Ok(Shard { index: 1, count: 3 }));
        assert_eq!(read("job/3", Some("2")), Ok(Shard { index: 3, count: 3 }));
        for (text, index, word) in [
            ("job/3", None, "not set"),
            ("job/3", Some("3"), "JOB_COMPLETION_INDEX is 3"),
            ("job/3", Some("-1"), "no number"),
            ("job/x", Some("0"), "1/x"),
            ("0/3", None, "0/3"),
        ] {
            let wrong = read(text, index).expect_err(text);
            assert!(wrong.contains(word), "{wrong}");
        }
    }
}
