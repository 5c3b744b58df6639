//! Whether the times a trust tells are true, by the judge's clock (trust 6.1, 7).

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

/// What is wrong with a `collected_at` told shortly before `now`.
pub fn offset_flaw(text: &str, now: Timestamp) -> Option<String> {
    let Ok(told) = text.parse::<Timestamp>() else {
        return Some(format!("collected_at {text:?} is no time with an offset"));
    };
    let minutes = told.duration_since(now).as_mins();
    if minutes.abs() <= CLOSE_MINS {
        return None;
    }
    let side = if minutes > 0 { "future" } else { "past" };
    #[allow(clippy::cast_precision_loss)] // some hours
    let hours = minutes.abs() as f64 / 60.0;
    Some(format!(
        "collected_at lies {hours:.0} h in the {side}: {text}, local time marked as if UTC"
    ))
}

/// What is wrong with a `created` told between two moments.
pub fn created_flaw(created: &Value, from: Timestamp, to: Timestamp) -> Option<String> {
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    let Some(told) = created.as_str().and_then(|text| text.parse::<Date>().ok()) else {
        return Some(format!("created is {created}, no date"));
    };
    let true_day = day(from) <= told && told <= day(to);
    (!true_day).then(|| format!("created is {told}, while it is {} in UTC", day(to)))
}

/// Snapshots are repeated until the next round of probes, and clocks of two machines differ.
const CLOSE_MINS: i64 = 10;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn any_true_offset_is_a_true_time() {
        let now = at("2026-11-30T20:00:00Z");
        for text in ["2026-11-30T19:59:58.123456+00:00", "2026-12-01T10:00:00+14:00"] {
            assert_eq!(offset_flaw(text, now), None, "{text}");
        }
        let ahead = offset_flaw("2026-12-01T10:00:00+00:00", now).expect("a flaw");
        assert!(ahead.contains("14 h in the future"), "{ahead}");
        let behind = offset_flaw("2026-11-30T08:00:00+00:00", now).expect("a flaw");
        assert!(behind.contains("12 h in the past"), "{behind}");
        assert!(offset_flaw("2026-11-30T20:00:00", now).is_some());
    }

    #[test]
    fn the_date_is_that_of_utc() {
        let (from, to) = (at("2026-11-30T23:55:00Z"), at("2026-12-01T00:05:00Z"));
        assert_eq!(created_flaw(&json!("2026-11-30"), from, to), None);
        assert_eq!(created_flaw(&json!("2026-12-01"), from, to), None);
        assert!(created_flaw(&json!("2026-12-02"), from, to).is_some());
        assert!(created_flaw(&json!(7), from, to).is_some());
    }
}
