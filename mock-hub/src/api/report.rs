//! `POST /api/tasks/{task_id}/result` (hub 5).

use std::sync::Arc;

use axum::http::StatusCode;
use contract::limits::RESULT_CHARS_MAX;

use super::access;
use super::body;
use super::context::{Call, Step, path_uuid};
use super::fields::{Fields, Presence};
use super::issue::{Input, Issue, at};
use super::json::Json;
use super::json_text::json_text;
use super::limits;
use super::reply::{Reply, json, refusal, unprocessable};
use crate::domain::ReportRefusal;
use crate::habits::Habits;

pub(super) fn answer(call: &mut Call<'_>, name: Option<&str>, task: &str) -> Step<Reply> {
    let (trust, body) = call.body_and(|call| access::trust_named(call, name))?;
    let errors = call.habits.errors;
    let mut issues = Vec::new();
    let id = path_uuid(task, "task_id", &mut issues);
    let report = read(body.as_ref(), &mut issues, &call.habits);
    let (Some(id), Some(report), true) = (id, report, issues.is_empty()) else {
        return Err(unprocessable(&issues, &errors));
    };
    limits::report(call, &trust, name, id)?;
    let trust = access::acts_as(call, trust, name)?;
    if report.result.as_deref().is_some_and(|result| result.contains('\0')) {
        return Err(refusal(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error", &errors));
    }
    let domain = call.domain();
    call.catch_up();
    match domain.report(&trust, id, report.success, report.result, &call.habits) {
        Ok(()) => {
            let identity = call.identity(&trust);
            let comma = if identity.is_empty() { "" } else { "," };
            let body = format!(r#"{{{identity}{comma}"message":"Task {id} result recorded"}}"#);
            Ok(json(StatusCode::OK, body))
        }
        Err(refused) => {
            let (status, detail) = match refused {
                ReportRefusal::Unknown => (StatusCode::NOT_FOUND, format!("Task {id} not found")),
                ReportRefusal::Foreign => {
                    let name = &trust.name;
                    let detail = format!("Task {id} does not belong to trust '{name}'");
                    (StatusCode::FORBIDDEN, detail)
                }
                ReportRefusal::NotInProgress(state) => {
                    let detail = {
                        let prefix = domain.edition.task_state_prefix;
                        format!("Task {id} is not in progress (current status: {prefix}{state})")
                    };
                    (StatusCode::CONFLICT, detail)
                }
            };
            Err(refusal(status, &detail, &errors))
        }
    }
}

struct Report {
    success: bool,
    result: Option<Arc<str>>,
}

fn read<'b>(
    body: Option<&'b Json>,
    issues: &mut Vec<Issue<'b>>,
    habits: &Habits,
) -> Option<Report> {
    let whole = body::required(body, issues)?;
    let mut fields = Fields::of(whole, at(["body"]), issues)?;
    let success = fields.boolean("success", Presence::Required);
    let raw = fields.raw("result");
    let result = match raw {
        Some(other @ (Json::Object(_) | Json::List(_) | Json::Int(_) | Json::Bool(_)))
            if habits.tasks.result_is_text.broken() =>
        {
            Some(Arc::from(json_text(other)))
        }
        _ => {
            let max = if habits.tasks.limit_result.kept() { RESULT_CHARS_MAX } else { usize::MAX };
            let text = fields.text("result", Presence::Nullable, 0..=max);
            if let Some(value) = raw.filter(|_| habits.tasks.refuse_nul.kept())
                && text.is_some_and(|text| text.contains('\0'))
            {
                let message = "Value error, text must not contain U+0000";
                let issue =
                    Issue::new("value_error", at(["body", "result"]), message, Input::Value(value));
                fields.issues().push(issue.context(r#"{"error":{}}"#.into()));
            }
            text.map(Arc::from)
        }
    };
    Some(Report { success: success?, result })
}
