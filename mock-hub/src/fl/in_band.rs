//! Metrics inside the federation: what the trust half sends and what the server half makes of it
//! (fl 6).
//!
//! The two halves are released apart, so both readings are data of their own line. A disagreement
//! loses an axis or moves a point; nobody reports it.

use contract::fl_line::{AxisReading, ClientReading, FlLine, InBandSent, RoundReading};
use serde::{Deserialize, Serialize};

use super::bodies::{Point, UNKNOWN_CLIENT};
use super::metric_key::MetricKey;

/// A metric on its way from the trust half to the server half.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InBand {
    /// Name of the curve, or a Flower key with a suffix.
    pub label: String,
    /// Value.
    pub value: f64,
    /// Round the client put in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<i64>,
    /// Place on an axis of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x_value: Option<f64>,
    /// Name of that axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x_label: Option<String>,
}

impl InBand {
    /// What the trust half of a line sends of the metric its training code handed over.
    #[must_use]
    pub fn sent(self, habit: InBandSent) -> Self {
        match habit {
            InBandSent::RoundAlways => {
                Self { round: Some(self.round.unwrap_or(0)), x_value: None, x_label: None, ..self }
            }
            InBandSent::RoundWhenGiven => Self { x_value: None, x_label: None, ..self },
            InBandSent::Axis => Self { round: None, ..self },
        }
    }

    /// What the server half of `line` posts of it in its round `server_round`. `None` = dropped: the
    /// reply names no client, or the metric is the framework's own book-keeping.
    pub fn read(&self, line: &FlLine, client: Option<&str>, server_round: i64) -> Option<Point> {
        if MetricKey::is_bookkeeping(&self.label) {
            return None;
        }
        let habits = line.in_band_read;
        let client = client_name(habits.client, client)?;
        let key = MetricKey::read(&self.label, habits.suffix);
        let (round, given_x) = match habits.round {
            RoundReading::Round => (self.round.or(key.round).unwrap_or(server_round), None),
            RoundReading::XValue => (server_round, self.round.map(as_x)),
        };
        let (x_value, x_label) = match habits.axis {
            AxisReading::Lost => (None, None),
            AxisReading::Kept => (
                self.x_value.or(given_x).or(key.x_value).filter(|x| x.is_finite()),
                self.x_label.clone().or(key.x_label),
            ),
        };
        let label = key.label.to_uppercase();
        Some(Point { client, round, label, value: self.value, x_value, x_label })
    }
}

fn client_name(habit: ClientReading, given: Option<&str>) -> Option<String> {
    match (habit, given) {
        (ClientReading::Rewritten, Some(name)) => Some(match name.strip_prefix("site-") {
            Some(number) => format!("Trust_{number}"),
            None => name.to_owned(),
        }),
        (ClientReading::Rewritten, None) => Some(UNKNOWN_CLIENT.to_owned()),
        (ClientReading::AsGiven, name) => name.map(str::to_owned),
    }
}

#[expect(clippy::cast_precision_loss, reason = "rounds are small numbers")]
fn as_x(round: i64) -> f64 {
    round as f64
}

#[cfg(test)]
mod tests {
    use contract::fl_line::FlLineId;

    use super::*;

    fn metric(label: &str) -> InBand {
        InBand { label: label.into(), value: 0.25, round: None, x_value: None, x_label: None }
    }

    fn stored(
        metric: InBand,
        from: InBandSent,
        to: FlLineId,
    ) -> (i64, Option<f64>, String, String) {
        let point = metric.sent(from).read(to.row(), Some("Trust_1"), 3).expect("client is named");
        (point.round, point.x_value, point.x_label.unwrap_or_default(), point.label)
    }

    #[test]
    fn an_explicit_round_of_an_old_trust_becomes_the_x_value_of_a_new_server() {
        let given = || InBand { round: Some(7), ..metric("train_loss") };
        let when_given = FlLineId::V0_1_8.row().in_band_sent;
        let label = "TRAIN_LOSS".to_owned();
        assert_eq!(
            stored(given(), when_given, FlLineId::V0_13_1),
            (3, Some(7.0), String::new(), label.clone())
        );
        assert_eq!(stored(given(), when_given, FlLineId::V0_1_8), (7, None, String::new(), label));
    }

    #[test]
    fn the_oldest_trusts_move_every_point_to_zero() {
        let oldest = FlLineId::V0_1_4.row().in_band_sent_at_first.expect("differs at first");
        assert_eq!(stored(metric("l"), oldest, FlLineId::V0_13_1).1, Some(0.0));
        assert_eq!(stored(metric("l"), oldest, FlLineId::V0_13_1).0, 3);
        assert_eq!(stored(metric("l"), oldest, FlLineId::V0_1_8).0, 0);
    }

    #[test]
    fn an_old_server_loses_the_axis_of_a_new_trust() {
        let given = || InBand { x_value: Some(1.5), x_label: Some("epoch".into()), ..metric("l") };
        let axis = FlLineId::V0_13_1.row().in_band_sent;
        assert_eq!(stored(given(), axis, FlLineId::V0_1_8), (3, None, String::new(), "L".into()));
        assert_eq!(
            stored(given(), axis, FlLineId::V0_13_1),
            (3, Some(1.5), "epoch".into(), "L".into())
        );
    }

    #[test]
    fn flower_suffixes_are_read_by_line() {
        let axis = InBandSent::Axis;
        let round = |to| stored(metric("train_loss.round_5"), axis, to);
        assert_eq!(round(FlLineId::V0_1_8).0, 5);
        assert_eq!(round(FlLineId::V0_4_1).1, Some(5.0));
        assert_eq!(round(FlLineId::V0_13_1), (3, None, String::new(), "TRAIN_LOSS.ROUND_5".into()));
        let epoch = |to| stored(metric("train_loss@epoch.x_5"), axis, to);
        assert_eq!(epoch(FlLineId::V0_1_8).3, "TRAIN_LOSS@EPOCH.X_5");
        for to in [FlLineId::V0_4_1, FlLineId::V0_13_1] {
            assert_eq!(epoch(to), (3, Some(5.0), "epoch".into(), "TRAIN_LOSS".into()));
        }
    }

    #[test]
    fn an_axis_keeps_its_name_without_a_place_and_book_keeping_is_no_curve() {
        let given = InBand { x_label: Some("epoch".into()), ..metric("l") };
        assert_eq!(
            stored(given, InBandSent::Axis, FlLineId::V0_13_1),
            (3, None, "epoch".into(), "L".into())
        );
        let counted = metric("num-examples");
        assert_eq!(counted.read(FlLineId::V0_1_8.row(), Some("Trust_1"), 1), None);
    }

    #[test]
    fn client_names_are_rewritten_by_the_old_half_only() {
        let name = |to: FlLineId, from| metric("l").read(to.row(), from, 1).map(|p| p.client);
        assert_eq!(name(FlLineId::V0_1_8, Some("site-1")).as_deref(), Some("Trust_1"));
        assert_eq!(name(FlLineId::V0_4_1, Some("site-1")).as_deref(), Some("site-1"));
        assert_eq!(name(FlLineId::V0_1_8, None).as_deref(), Some("unknown_42"));
        assert_eq!(name(FlLineId::V0_4_1, None), None);
    }
}
