//! A caller that does one thing after another and remembers what was acknowledged.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::holdings::{Deed, Holdings, TaskHeld, TrustHeld, uuid};
use super::process::{Gone, Link, Process};

/// One caller.
pub struct Worker {
    /// Starts the names of all that is this caller's.
    pub mark: String,
    /// As it was acknowledged.
    pub held: Holdings,
    /// What was under way when the hub went.
    pub open: Option<Deed>,
    /// Trusts each query was put to: others may not answer it.
    asked: BTreeMap<Uuid, Vec<Uuid>>,
    dice: StdRng,
    made: u64,
}

impl Worker {
    pub fn new(mark: String, seed: u64) -> Self {
        let dice = StdRng::seed_from_u64(seed);
        Self { mark, held: Holdings::default(), open: None, asked: BTreeMap::new(), dice, made: 0 }
    }

    /// Works until the hub is gone; whoever gets the acknowledgement number `limit` kills it.
    pub async fn work(&mut self, hub: &Process, acknowledged: &AtomicUsize, limit: usize) {
        loop {
            let deed = self.next();
            self.open = Some(deed.clone());
            let Ok(found) = self.act(&hub.link, &deed).await else { return };
            self.held = std::mem::take(&mut self.held).after(&deed, &found);
            self.open = None;
            if acknowledged.fetch_add(1, Ordering::AcqRel) + 1 == limit {
                hub.kill();
            }
        }
    }

    /// Settles what was under way by what a later start holds: done or not done, nothing else.
    pub fn settle(&mut self, found: &Holdings) -> Result<(), String> {
        let before = self.held.clone();
        let after = self.open.take().map(|deed| (before.clone().after(&deed, found), deed));
        match after {
            _ if *found == before => {}
            Some((after, _)) if *found == after => self.held = after,
            Some((after, deed)) => {
                return Err(format!("{deed:?} was under way; {}", after.difference(found)));
            }
            None => return Err(before.difference(found)),
        }
        Ok(())
    }

    /// Every deed that can be done with what is there.
    fn next(&mut self) -> Deed {
        let trusts: Vec<Uuid> = self.held.trusts.keys().copied().collect();
        let models: Vec<Uuid> = self.held.models.keys().copied().collect();
        let Some(trust) = self.one_of(&trusts) else { return self.register() };
        let kind = self.dice.random_range(0..100);
        let label = self.label();
        match kind {
            0..6 if trusts.len() < 4 => self.register(),
            6..9 => Deed::Delete { id: trust },
            9..12 if models.len() < 6 => Deed::Model { id: self.id(), members: trusts },
            12..14 if self.held.queries.len() < 6 => self.ask(trusts),
            14..34 => Deed::Beat { trust, version: label },
            34..48 => Deed::Poll { trust },
            48..66 => self.report(trust),
            66..68 => self.cancel(trust),
            68..82 => self.on_model(&models, |model, trust| Deed::Metric { model, trust, label }),
            82..88 => {
                self.on_model(&models, |model, trust| Deed::Log { model, trust, text: label })
            }
            88..92 => self.status(&models),
            92..95 => self.count(),
            _ => self.queue(trust),
        }
    }

    fn register(&mut self) -> Deed {
        Deed::Register { id: self.id(), name: self.label() }
    }

    fn queue(&mut self, trust: Uuid) -> Deed {
        let count = self.dice.random_range(1..6);
        Deed::Queue { trust, label: self.label(), count }
    }

    fn report(&mut self, trust: Uuid) -> Deed {
        let Some(task) = self.task_in(trust, "IN_PROGRESS") else { return Deed::Poll { trust } };
        let success = self.dice.random_bool(0.8);
        let times = self.dice.random_range(1..400);
        let result = format!("{}, whole", format!("{} ", self.label()).repeat(times));
        Deed::Report { trust, task, success, result }
    }

    fn cancel(&mut self, trust: Uuid) -> Deed {
        match self.task_in(trust, "PENDING") {
            Some(task) => Deed::Cancel { trust, task },
            None => self.queue(trust),
        }
    }

    fn on_model(&mut self, models: &[Uuid], deed: impl FnOnce(Uuid, Uuid) -> Deed) -> Deed {
        let Some(model) = self.one_of(models) else { return self.model() };
        let members: Vec<Uuid> = self.held.models[&model].members.iter().copied().collect();
        match self.one_of(&members) {
            Some(trust) => deed(model, trust),
            None => self.status(models),
        }
    }

    fn model(&mut self) -> Deed {
        Deed::Model { id: self.id(), members: self.held.trusts.keys().copied().collect() }
    }

    fn status(&mut self, models: &[Uuid]) -> Deed {
        let Some(model) = self.one_of(models) else { return self.model() };
        let word = *["INITIATED", "PREPARED", "RUNNING", "RESULTS_UPLOADED", "ERROR"]
            .get(self.dice.random_range(0..5_usize))
            .expect("in range");
        Deed::Status { model, word }
    }

    fn count(&mut self) -> Deed {
        let queries: Vec<Uuid> = self.held.queries.keys().copied().collect();
        let trusts: Vec<Uuid> = self.held.trusts.keys().copied().collect();
        let persons = self.dice.random_range(0..10_000);
        let query = self.one_of(&queries);
        let asked = query.and_then(|query| self.asked.get(&query)).cloned().unwrap_or_default();
        let able: Vec<Uuid> = trusts.iter().copied().filter(|id| asked.contains(id)).collect();
        match (query, self.one_of(&able)) {
            (Some(query), Some(trust)) => Deed::Count { query, trust, persons },
            _ => self.ask(trusts),
        }
    }

    fn ask(&mut self, trusts: Vec<Uuid>) -> Deed {
        let query = self.id();
        self.asked.insert(query, trusts.clone());
        Deed::Ask { query, trusts }
    }

    fn task_in(&self, trust: Uuid, status: &str) -> Option<Uuid> {
        let tasks = &self.held.trusts[&trust].tasks;
        tasks.iter().find(|(_, task)| task.status == status).map(|(id, _)| *id)
    }

    fn one_of(&mut self, ids: &[Uuid]) -> Option<Uuid> {
        if ids.is_empty() { None } else { ids.get(self.dice.random_range(0..ids.len())).copied() }
    }

    fn id(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.dice.random()).into_uuid()
    }

    fn label(&mut self) -> String {
        self.made += 1;
        format!("{}-{}", self.mark, self.made)
    }

    /// Does it; what the hub made up is in the holdings that come back.
    async fn act(&self, link: &Link, deed: &Deed) -> Result<Holdings, Gone> {
        let mut found = Holdings::default();
        match deed {
            Deed::Register { id, name } => {
                let body = json!({"id": id, "name": name, "trust_api_key": key(*id)});
                let kit = link.control(Method::POST, "/control/trusts", Some(&body)).await?;
                let slot = kit["fl_kit_slot"].as_str().unwrap_or_default().to_owned();
                found.trusts.insert(*id, TrustHeld { slot, ..TrustHeld::default() });
            }
            Deed::Delete { id } => {
                link.control(Method::DELETE, &format!("/control/trusts/{id}"), None).await?;
            }
            Deed::Queue { trust, label, count } => {
                let payload = json!({"label": label});
                let body = json!({"trust_id": trust, "task_type": "get_imaging_status",
                    "payload": payload, "count": count});
                let reply = link.control(Method::POST, "/control/tasks", Some(&body)).await?;
                let ids = reply["ids"].as_array().into_iter().flatten().map(uuid);
                let task = TaskHeld { label: label.clone(), ..TaskHeld::default() };
                let tasks: BTreeMap<Uuid, TaskHeld> = ids.map(|id| (id, task.clone())).collect();
                found.trusts.insert(*trust, TrustHeld { tasks, ..TrustHeld::default() });
            }
            Deed::Cancel { task, .. } => {
                let path = format!("/control/tasks/{task}/cancel");
                link.control(Method::POST, &path, None).await?;
            }
            Deed::Model { id, members } => {
                let body = json!({"id": id, "trust_ids": members});
                link.control(Method::POST, "/control/models", Some(&body)).await?;
            }
            Deed::Ask { query, trusts } => {
                let body = json!({"id": query, "trust_ids": trusts});
                link.control(Method::POST, "/control/queries", Some(&body)).await?;
            }
            other => self.as_party(link, other).await?,
        }
        Ok(found)
    }

    /// What trusts and the FL server do.
    async fn as_party(&self, link: &Link, deed: &Deed) -> Result<(), Gone> {
        let slot = |trust: &Uuid| self.held.trusts[trust].slot.clone();
        let (who, method, path, body) = match deed {
            Deed::Poll { trust } => {
                (Some(trust), Method::GET, "/tasks/pending".to_owned(), Value::Null)
            }
            Deed::Report { trust, task, success, result } => {
                let body = json!({"success": success, "result": result});
                (Some(trust), Method::POST, format!("/tasks/{task}/result"), body)
            }
            Deed::Beat { trust, version } => {
                let service = json!({"status": "healthy", "version": version});
                let body = json!({"services": {"trust-api": service}});
                (Some(trust), Method::POST, "/trust/heartbeat".to_owned(), body)
            }
            Deed::Count { query, trust, persons } => {
                let body = json!({"query_id": query, "trust_id": trust, "created": "2026-11-21",
                    "record_count": persons, "data": []});
                (Some(trust), Method::POST, "/cohort/results".to_owned(), body)
            }
            Deed::Metric { model, trust, label } => {
                let body = json!({"fl_client_name": slot(trust), "global_round": 1, "label": label,
                    "result": 0.5});
                (None, Method::POST, format!("/model/{model}/metrics"), body)
            }
            Deed::Log { model, trust, text } => {
                let body = json!({"fl_client_name": slot(trust), "log": text});
                (None, Method::POST, format!("/model/{model}/logs"), body)
            }
            Deed::Status { model, word } => {
                (None, Method::PUT, format!("/model/{model}/status/{word}"), Value::Null)
            }
            _ => unreachable!("an order of an admin's"),
        };
        let key = who.map(|trust| key(*trust));
        let header = match &key {
            Some(key) => ("Authorization", key.as_str()),
            None => ("X-Internal-Service-Key", link.internal_key.as_str()),
        };
        let body = Some(&body).filter(|body| !body.is_null());
        link.api(method, &path, header, body).await.map(drop)
    }
}

/// The key of a trust of these tests.
pub fn key(id: Uuid) -> String {
    format!("key-of-{id}")
}
