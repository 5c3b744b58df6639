//! Polling for tasks, and reading what came (trust 4.2).

use contract::edition::PendingReply;
use contract::wire::phrase;
use serde_json::Value;

use super::poller::{End, Poller};
use crate::http::Reply;
use crate::identity::Source;
use crate::tasks::Task;

impl Poller {
    /// The tasks of one poll, in the order they came.
    pub(super) async fn poll(&self) -> Result<Vec<Task>, End> {
        let reply = match self.hub.pending().await {
            Ok(reply) => reply,
            Err(error) => {
                self.endure(&error).await?;
                return self.poll_failed(&error.to_string());
            }
        };
        self.vitals.note_step();
        if reply.status != 200 {
            self.refused_poll(&reply);
            return Ok(Vec::new());
        }
        let body = match self.shape_of(&reply) {
            Ok(body) => body,
            Err(text) => return self.poll_failed(&text),
        };
        self.compare_identity(Source::Poll, &body)?;
        Ok(self.entries(&body))
    }

    fn refused_poll(&self, reply: &Reply) {
        if reply.status != 404 || self.habits.cycle.logs_missing_path {
            self.log.warning(format_args!(
                "{} {} polling for tasks",
                phrase::POLL_STATUS,
                reply.status
            ));
        }
        self.vitals.note_refusal();
        self.note_failure(Some(reply));
    }

    fn poll_failed(&self, text: &str) -> Result<Vec<Task>, End> {
        self.log.error(format_args!("Error polling for tasks: {text}"));
        self.vitals.note_refusal();
        self.note_failure(None);
        if self.habits.cycle.survives_broken_reply { Ok(Vec::new()) } else { Err(End::Died) }
    }

    fn shape_of(&self, reply: &Reply) -> Result<Value, String> {
        let body = reply.json().map_err(|_| NO_JSON.to_owned())?;
        match (self.settings.edition.row().pending_reply, &body) {
            (PendingReply::Object, Value::Object(_))
            | (PendingReply::BareList, Value::Array(_)) => Ok(body),
            (PendingReply::Object, _) => Err("'list' object has no attribute 'get'".into()),
            (PendingReply::BareList, _) => Err("reply is not a list".into()),
        }
    }

    fn entries(&self, body: &Value) -> Vec<Task> {
        let tasks = match self.settings.edition.row().pending_reply {
            PendingReply::Object => body.get("tasks"),
            PendingReply::BareList => Some(body),
        };
        let listed = match tasks {
            None => return Vec::new(),
            Some(Value::Array(listed)) => listed,
            Some(_) => {
                self.log.error("Error in polling loop: 'tasks' is not a list");
                return Vec::new();
            }
        };
        if !listed.is_empty() {
            self.log.info(format_args!("Received {} pending tasks from hub", listed.len()));
        }
        let mut tasks = Vec::new();
        for entry in listed.iter().take(ENTRIES_MAX) {
            if let Some(task) = Task::from_entry(entry) {
                tasks.push(task);
                continue;
            }
            self.log.error("Error in polling loop: entry of 'tasks' is not an object");
            if !self.habits.batch.guards_entries {
                break;
            }
        }
        tasks
    }
}

const NO_JSON: &str = "Expecting value: line 1 column 1 (char 0)";
/// Far more than a hub hands out; a bound all the same.
const ENTRIES_MAX: usize = 10_000;
