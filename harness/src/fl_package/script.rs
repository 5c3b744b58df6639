//! The script of a training as the driver reads it: who answers what in which round.

use contract::fl_line::{FlLine, InBandSent};
use serde::Serialize;

use super::order::{Given, TrainingOrder};

/// What the driver is told. No key and no address is in it: those are in its environment.
#[derive(Debug, PartialEq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "an order's independent switches")]
pub(super) struct Script {
    model_id: String,
    /// A metric carries a round or an axis of its own.
    has_coordinates: bool,
    time_scale: f64,
    deadline_secs: f64,
    waiting: bool,
    waiting_clients: Vec<String>,
    evaluation: bool,
    upload_fails: bool,
    /// Each client's answer in each round.
    turns: Vec<Vec<Turn>>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Turn {
    client: String,
    metrics: Vec<Metric>,
    size_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    crash: Option<&'static str>,
    named: bool,
}

#[derive(Debug, PartialEq, Serialize)]
struct Metric {
    label: String,
    value: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    round: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x_value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x_label: Option<String>,
}

/// JSON has no word for what is no number.
#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Value {
    Number(f64),
    Word(&'static str),
}

impl Script {
    /// The script of an order, for clients that by default run `line`.
    pub(super) fn new(order: &TrainingOrder, line: &'static FlLine) -> Self {
        let clients = order.trust_line.unwrap_or(line);
        let at_first = clients.in_band_sent_at_first.filter(|_| order.at_first);
        let habit = at_first.unwrap_or(clients.in_band_sent);
        let turns: Vec<Vec<Turn>> = (1..=order.rounds)
            .map(|round| (0..order.clients.len()).map(|n| turn(order, habit, round, n)).collect())
            .collect();
        let mut metrics = turns.iter().flatten().flat_map(|turn| &turn.metrics);
        let has_coordinates =
            metrics.any(|m| m.round.is_some() || m.x_value.is_some() || m.x_label.is_some());
        Self {
            model_id: order.model_id.clone(),
            has_coordinates,
            time_scale: order.time_scale,
            deadline_secs: order.deadline.as_secs_f64(),
            waiting: order.waiting,
            waiting_clients: order.clients.clone(),
            evaluation: order.evaluation,
            upload_fails: order.upload_fails,
            turns,
        }
    }
}

fn turn(order: &TrainingOrder, habit: InBandSent, round: u32, number: usize) -> Turn {
    let client = order.clients[number].clone();
    let crash = order.crash.as_ref().filter(|crash| round == 1 && crash.client == client);
    let labels = order.labels.iter().enumerate();
    Turn {
        metrics: labels.map(|(n, label)| metric(order, habit, label, (round, number, n))).collect(),
        size_bytes: RESULT_BYTES,
        crash: crash.map(|_| EXCEPTION),
        named: crash.is_none_or(|crash| crash.attributed),
        client,
    }
}

/// What the trust half of a line sends of the metric its training code handed over (fl 6).
fn metric(
    order: &TrainingOrder,
    habit: InBandSent,
    label: &str,
    place: (u32, usize, usize),
) -> Metric {
    let given = order.given.clone().unwrap_or_default();
    let Given { round, x_value, x_label, not_a_number } = given;
    let value = if not_a_number { Value::Word("nan") } else { Value::Number(value_at(place)) };
    let bare = Metric { label: label.to_owned(), value, round: None, x_value: None, x_label: None };
    match habit {
        InBandSent::RoundAlways => Metric { round: Some(round.unwrap_or(0)), ..bare },
        InBandSent::RoundWhenGiven => Metric { round, ..bare },
        InBandSent::Axis => Metric { x_value, x_label, ..bare },
    }
}

/// A value of its own for every point, exact in binary: the one the stand-in's simulated clients
/// report, so that two runs of one order can be compared byte for byte.
#[expect(clippy::cast_precision_loss, reason = "clients and labels are small numbers")]
fn value_at((round, client, label): (u32, usize, usize)) -> f64 {
    f64::from(round) + client as f64 / 64.0 + label as f64 / 4096.0
}

/// What a client that crashes raises.
const EXCEPTION: &str = "ValueError: boom";

/// Size of a client's update.
const RESULT_BYTES: u64 = 1234;

#[cfg(test)]
mod tests {
    use contract::fl_line::FlLineId;

    use super::super::order::Crash;
    use super::*;

    fn script(order: &TrainingOrder) -> serde_json::Value {
        let script = Script::new(order, FlLineId::V0_13_1.row());
        serde_json::to_value(script).expect("plain data")
    }

    #[test]
    fn every_point_of_a_plain_training_has_its_own_value_and_no_coordinates() {
        let order = TrainingOrder::new("m", "http://hub");
        let script = script(&order);
        assert_eq!(script["has_coordinates"], false);
        let value = |round: usize, client: usize| {
            script["turns"][round][client]["metrics"][0]["value"].as_f64()
        };
        let values = [value(0, 0), value(0, 1), value(1, 0), value(1, 1)];
        assert_eq!(values, [Some(1.0), Some(1.015_625), Some(2.0), Some(2.015_625)]);
    }

    #[test]
    fn what_travels_besides_the_value_is_the_habit_of_the_clients_line() {
        let given = Given { round: Some(7), x_value: Some(1.5), ..Given::default() };
        let mut order = TrainingOrder { given: Some(given), ..TrainingOrder::new("m", "u") };
        let sent = |order: &TrainingOrder| script(order)["turns"][0][0]["metrics"][0].clone();
        assert_eq!(
            (sent(&order)["x_value"].as_f64(), sent(&order).get("round")),
            (Some(1.5), None)
        );
        order.trust_line = Some(FlLineId::V0_1_8.row());
        assert_eq!((sent(&order)["round"].as_i64(), sent(&order).get("x_value")), (Some(7), None));
        let oldest = TrainingOrder {
            given: None,
            at_first: true,
            trust_line: Some(FlLineId::V0_1_4.row()),
            ..order
        };
        assert_eq!(sent(&oldest)["round"], 0);
        assert_eq!(script(&oldest)["has_coordinates"], true);
    }

    #[test]
    fn a_crash_is_one_clients_in_round_one() {
        let crash = Crash { client: "Trust_2".to_owned(), attributed: false };
        let script = script(&TrainingOrder { crash: Some(crash), ..TrainingOrder::new("m", "u") });
        assert_eq!(script["turns"][0][0].get("crash"), None);
        assert_eq!(script["turns"][0][1]["crash"], "ValueError: boom");
        assert_eq!(script["turns"][0][1]["named"], false);
        assert_eq!(script["turns"][1][1].get("crash"), None);
    }
}
