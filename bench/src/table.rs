//! The printed table.

use std::fmt;

/// Rows in the order they were measured.
#[derive(Default)]
pub(crate) struct Table(Vec<[String; 4]>);

impl Table {
    /// One row: what, measured, the reach, and the figures behind it.
    pub(crate) fn row(&mut self, what: &str, measured: String, reach: &str, behind: String) {
        eprintln!("{what}: {measured}");
        self.0.push([what.to_owned(), measured, reach.to_owned(), behind]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | measured | reach | behind it |\n|---|---|---|---|")?;
        for [what, measured, reach, behind] in &self.0 {
            writeln!(f, "| {what} | {measured} | {reach} | {behind} |")?;
        }
        Ok(())
    }
}
