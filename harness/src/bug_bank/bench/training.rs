//! A training and what the hub holds of it.

use contract::fl_line::FlLineId;
use serde_json::{Value, json};

use super::Bench;
use crate::bug_bank::Scene;
use crate::control::HubControl;
use crate::finding::{Finding, Judged};
use crate::oracle::fl_loss::losses;

/// What the FL server tells of a training, and what the hub holds of it.
#[derive(Clone, Debug)]
pub struct Trained {
    /// Posts and answers.
    pub report: Value,
    /// Status and rows.
    pub model: Value,
}

impl Bench {
    /// Two rounds of those clients, reported by an FL server of that line.
    pub async fn train(
        &self,
        hub: &HubControl,
        trust_ids: &[&str],
        clients: &[&str],
        line: FlLineId,
    ) -> Judged<Trained> {
        let model_id = hub.model(trust_ids).await?;
        self.train_model(hub, &model_id, clients, line).await
    }

    /// The same of a model that is there.
    pub async fn train_model(
        &self,
        hub: &HubControl,
        model_id: &str,
        clients: &[&str],
        line: FlLineId,
    ) -> Judged<Trained> {
        let order = json!({
            "model_id": model_id, "line": line, "rounds": 2, "clients": clients,
            "labels": ["TRAIN_LOSS"],
        });
        let report = hub.training(order).await?;
        Ok(Trained { report, model: hub.model_rows(model_id).await? })
    }
}

impl Trained {
    /// Rows the hub holds: metrics.
    pub fn metrics(&self) -> usize {
        self.model["metrics"].as_array().map_or(0, Vec::len)
    }

    /// Rows the hub holds: typed events.
    pub fn events(&self) -> usize {
        let rows = self.model["logs"].as_array();
        rows.map_or(0, |rows| rows.iter().filter(|row| row["event_type"].is_string()).count())
    }

    /// Posts of one kind.
    pub fn sent(&self, kind: &str) -> u64 {
        self.report["sent"][kind].as_u64().unwrap_or_default()
    }

    /// How the run ended in the eyes of the FL server.
    pub fn ended(&self) -> &str {
        self.report["ended"].as_str().unwrap_or_default()
    }

    /// The model's status at the hub.
    pub fn status(&self) -> &str {
        self.model["status"].as_str().unwrap_or_default()
    }

    /// Tells what was sent, refused and kept.
    pub fn tell(&self, scene: &mut Scene) {
        let answers = self.report["answers"].as_array().map(Vec::as_slice).unwrap_or_default();
        let refused = |post: &&Value| !(200..300).contains(&post["status"].as_u64().unwrap_or(0));
        let mut told: Vec<&str> = Vec::new();
        for post in answers.iter().filter(refused) {
            let what = post["what"].as_str().unwrap_or_default();
            if told.contains(&what) {
                continue;
            }
            told.push(what);
            let body = post["body"].as_str().unwrap_or_default();
            scene.saw(format!("FL server: {what} {body} -> {}", post["status"]));
        }
        scene.saw(format!(
            "FL server: {} metrics and {} events sent, the run ends {}",
            self.sent("metrics"),
            self.sent("events"),
            self.ended()
        ));
    }

    /// What the hub holds, on one line.
    pub fn held(&self) -> String {
        let (metrics, events) = (self.metrics(), self.events());
        format!("hub: model is {}, {metrics} metrics and {events} events stored", self.status())
    }

    /// The judgement: all of it stored, once, with its meaning.
    pub fn whole(&self) -> Judged {
        let lost = losses(&self.report, &self.model);
        if lost.is_empty() {
            return Ok(());
        }
        let told: Vec<String> = lost.into_iter().map(|loss| loss.sentence).collect();
        let expected = "every metric, event and log of the run stored once";
        Err(Finding::new("FL-LOSS-01", expected, told.join("; ")).into())
    }
}
