//! Metric names of Flower clients, which hide a round or an axis: `loss.round_5`, `loss@epoch.x_1.5`.

use contract::fl_line::SuffixReading;

/// A metric name taken apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MetricKey {
    /// What is left as label.
    pub label: String,
    /// Round of the row.
    pub round: Option<i64>,
    /// Place on an axis.
    pub x_value: Option<f64>,
    /// Name of the axis, possibly empty.
    pub x_label: Option<String>,
}

impl MetricKey {
    /// Reads a name as a line does. A suffix that is no number, or no finite one, stays in the label.
    pub fn read(text: &str, habit: SuffixReading) -> Self {
        let suffixes: &[&str] = match habit {
            SuffixReading::RoundOnly => return Self::with_round(text),
            SuffixReading::RoundAndAxis => &[AXIS, ROUND],
            SuffixReading::AxisOnly => &[AXIS],
        };
        let placed = suffixes.iter().find_map(|suffix| {
            let (rest, x) = text.rsplit_once(suffix)?;
            Some((rest, python_float(x).filter(|x| x.is_finite())?))
        });
        let (rest, x_value) = match placed {
            Some((rest, x)) => (rest, Some(x)),
            None => (text, None),
        };
        let (label, x_label) = match rest.split_once('@') {
            Some((label, axis)) => (label, Some(axis.to_owned())),
            None => (rest, None),
        };
        Self { label: label.to_owned(), round: None, x_value, x_label }
    }

    fn with_round(text: &str) -> Self {
        let suffix = text.rsplit_once(ROUND);
        let suffix = suffix.and_then(|(label, round)| Some((label, python_int(round)?)));
        let (label, round) = match suffix {
            Some((label, round)) => (label, Some(round)),
            None => (text, None),
        };
        Self { label: label.to_owned(), round, ..Self::default() }
    }

    /// Names that Flower reserves for its own book-keeping; they are no curves.
    pub fn is_bookkeeping(text: &str) -> bool {
        matches!(text, "num-examples" | "num-iterations")
    }
}

/// What Python's `float` takes: blanks around, and `_` between two digits.
fn python_float(text: &str) -> Option<f64> {
    without_separators(text)?.parse().ok()
}

/// What Python's `int` takes of it.
fn python_int(text: &str) -> Option<i64> {
    without_separators(text)?.parse().ok()
}

fn without_separators(text: &str) -> Option<String> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let is_digit =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let separators = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_');
    let mut between =
        separators.map(|(at, _)| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)));
    between.all(|between| between).then(|| text.replace('_', ""))
}

const ROUND: &str = ".round_";
const AXIS: &str = ".x_";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        text: &str,
        habit: SuffixReading,
    ) -> (String, Option<i64>, Option<f64>, Option<String>) {
        let MetricKey { label, round, x_value, x_label } = MetricKey::read(text, habit);
        (label, round, x_value, x_label)
    }

    #[test]
    fn the_oldest_reading_knows_whole_rounds_and_no_axis() {
        let habit = SuffixReading::RoundOnly;
        assert_eq!(read("l.round_-3", habit), ("l".into(), Some(-3), None, None));
        assert_eq!(read("l.round_ 1_0 ", habit), ("l".into(), Some(10), None, None));
        for whole in ["l.round_1.5", "l.round_1__0", "l@epoch.x_5", "l.round_"] {
            assert_eq!(read(whole, habit), (whole.into(), None, None, None));
        }
    }

    #[test]
    fn an_axis_needs_no_place_and_a_place_no_axis() {
        let habit = SuffixReading::AxisOnly;
        assert_eq!(read("l@epoch", habit), ("l".into(), None, None, Some("epoch".into())));
        assert_eq!(read("l.x_1e-3", habit), ("l".into(), None, Some(0.001), None));
        assert_eq!(read("l@a@b.x_.5", habit), ("l".into(), None, Some(0.5), Some("a@b".into())));
        assert_eq!(read("l.x_1@epoch", habit), ("l.x_1".into(), None, None, Some("epoch".into())));
        assert_eq!(read("l.round_5.x_2", habit), ("l.round_5".into(), None, Some(2.0), None));
    }

    #[test]
    fn what_is_no_finite_number_stays_in_the_label() {
        for text in ["l.x_nan", "l.x_inf", "l.x_abc", "l.x_", "l.x_0x5"] {
            assert_eq!(read(text, SuffixReading::AxisOnly), (text.into(), None, None, None));
        }
        let both = SuffixReading::RoundAndAxis;
        assert_eq!(read("l.round_1.5", both), ("l".into(), None, Some(1.5), None));
        // The last suffix of the first kind that is a number wins, and only that one goes.
        assert_eq!(read("l.round_5.x_nan", both), ("l.round_5.x_nan".into(), None, None, None));
    }
}
