//! What one caller of the hub owns there: as it was acknowledged, and as it is found.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

/// Everything of one caller's. Callers share nothing but the slot pool.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Holdings {
    pub trusts: BTreeMap<Uuid, TrustHeld>,
    pub models: BTreeMap<Uuid, ModelHeld>,
    /// Queries and the count of each trust that answered.
    pub queries: BTreeMap<Uuid, BTreeMap<Uuid, i64>>,
    /// Trusts that were deleted.
    pub deleted: BTreeSet<Uuid>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrustHeld {
    pub name: String,
    pub slot: String,
    /// The version in its last snapshot.
    pub beat: Option<String>,
    pub tasks: BTreeMap<Uuid, TaskHeld>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskHeld {
    pub label: String,
    pub status: String,
    pub deliveries: u64,
    pub success: Option<bool>,
    pub result: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelHeld {
    pub status: String,
    pub members: BTreeSet<Uuid>,
    /// Label and trust of each metric.
    pub metrics: Vec<(String, Uuid)>,
    /// Text of each log and the trust it is of, if any.
    pub logs: Vec<(String, Option<Uuid>)>,
}

/// One thing a caller does.
#[derive(Clone, Debug)]
pub enum Deed {
    Register { id: Uuid, name: String },
    Delete { id: Uuid },
    Queue { trust: Uuid, label: String, count: usize },
    Poll { trust: Uuid },
    Report { trust: Uuid, task: Uuid, success: bool, result: String },
    Cancel { trust: Uuid, task: Uuid },
    Beat { trust: Uuid, version: String },
    Model { id: Uuid, members: Vec<Uuid> },
    Metric { model: Uuid, trust: Uuid, label: String },
    Log { model: Uuid, trust: Uuid, text: String },
    Status { model: Uuid, word: &'static str },
    Ask { query: Uuid, trusts: Vec<Uuid> },
    Count { query: Uuid, trust: Uuid, persons: i64 },
}

impl Holdings {
    /// What a deed leads to. What the hub made up, ids and slots, is read from `found`: a reply, or
    /// what a later start holds.
    pub fn after(mut self, deed: &Deed, found: &Self) -> Self {
        match deed {
            Deed::Register { id, name } => {
                let slot = found.trusts.get(id).map(|trust| trust.slot.clone());
                let slot = slot.unwrap_or_default();
                let held = TrustHeld { name: name.clone(), slot, ..TrustHeld::default() };
                self.trusts.insert(*id, held);
            }
            Deed::Delete { id } => self.forget(*id),
            Deed::Queue { trust, label, count } => self.queue(*trust, label, *count, found),
            Deed::Poll { trust } => {
                let tasks =
                    self.trusts.get_mut(trust).into_iter().flat_map(|t| t.tasks.values_mut());
                for task in tasks.filter(|task| task.status == "PENDING") {
                    task.status = "IN_PROGRESS".into();
                    task.deliveries += 1;
                }
            }
            Deed::Report { trust, task, success, result } => {
                let task = self.task(*trust, *task);
                task.status = if *success { "COMPLETED" } else { "FAILED" }.into();
                task.success = Some(*success);
                task.result = Some(result.clone());
            }
            Deed::Cancel { trust, task } => self.task(*trust, *task).status = "CANCELLED".into(),
            Deed::Beat { trust, version } => {
                self.trusts.entry(*trust).or_default().beat = Some(version.clone());
            }
            Deed::Model { id, members } => {
                let model = self.models.entry(*id).or_default();
                model.status = "PENDING".into();
                model.members.extend(members);
            }
            Deed::Metric { model, trust, label } => {
                self.models.entry(*model).or_default().metrics.push((label.clone(), *trust));
            }
            Deed::Log { model, trust, text } => {
                self.models.entry(*model).or_default().logs.push((text.clone(), Some(*trust)));
            }
            Deed::Status { model, word } => {
                let model = self.models.entry(*model).or_default();
                model.status = String::from(*word);
                model.logs.push((format!("Model status set to {word}"), None));
            }
            Deed::Ask { query, .. } => drop(self.queries.insert(*query, BTreeMap::new())),
            Deed::Count { query, trust, persons } => {
                self.queries.entry(*query).or_default().insert(*trust, *persons);
            }
        }
        self
    }

    fn queue(&mut self, trust: Uuid, label: &str, count: usize, found: &Self) {
        let there = found.trusts.get(&trust).into_iter().flat_map(|trust| &trust.tasks);
        let fresh: Vec<Uuid> =
            there.filter(|(_, task)| task.label == label).map(|(id, _)| *id).collect();
        // An order is queued whole: another number of tasks is another state, and told as such.
        let ids = fresh.into_iter().chain(std::iter::repeat_with(Uuid::new_v4)).take(count);
        let task =
            TaskHeld { label: label.into(), status: "PENDING".into(), ..TaskHeld::default() };
        let held = self.trusts.entry(trust).or_default();
        held.tasks.extend(ids.map(|id| (id, task.clone())));
    }

    fn task(&mut self, trust: Uuid, task: Uuid) -> &mut TaskHeld {
        self.trusts.entry(trust).or_default().tasks.entry(task).or_default()
    }

    fn forget(&mut self, id: Uuid) {
        self.trusts.remove(&id);
        self.deleted.insert(id);
        for model in self.models.values_mut() {
            model.members.remove(&id);
            model.metrics.retain(|(_, trust)| *trust != id);
            model.logs.retain(|(_, trust)| *trust != Some(id));
        }
        for counts in self.queries.values_mut() {
            counts.remove(&id);
        }
    }

    /// Where two holdings differ first, for people.
    pub fn difference(&self, other: &Self) -> String {
        let lines = |held: &Self| -> Vec<String> {
            format!("{held:#?}").lines().map(str::to_owned).collect()
        };
        let (one, two) = (lines(self), lines(other));
        let at = one.iter().zip(&two).position(|(a, b)| a != b).unwrap_or(one.len().min(two.len()));
        let near = |text: &[String]| text[at.saturating_sub(12)..text.len().min(at + 4)].join("\n");
        format!("acknowledged:\n{}\nfound:\n{}", near(&one), near(&two))
    }
}

/// A member of JSON as a UUID.
pub fn uuid(value: &Value) -> Uuid {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no UUID: {value}"))
}
