//! An exchange in flight. Whatever ends it (reply, reset, peer gone, handler's panic), it is recorded.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};

use super::mask::{TokenCache, masked_body, masked_path, masked_query};
use super::{Auth, Verdict};
use crate::journal::{Draft, Journal, Meta, Packer};

/// Who sent a request, and where.
pub(crate) struct Caller<'a> {
    pub(crate) listener: &'a Arc<str>,
    pub(crate) connection: u64,
    pub(crate) peer: &'a Arc<str>,
    pub(crate) tokens: &'a TokenCache,
}

/// What was sent back.
pub(crate) struct Reply<'a> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    pub(crate) body_bytes: u64,
}

/// A record that waits for its reply; dropped before, it is stored with status 0.
pub(crate) struct Pending {
    journal: Journal,
    draft: Option<Draft>,
}

impl Pending {
    /// Opens the record with the request's head, exactly as it came but for its secrets.
    pub(crate) fn open(journal: &Journal, at: Instant, caller: &Caller<'_>, head: &Parts) -> Self {
        let path = masked_path(head.uri.path());
        let query = head.uri.query().map(masked_query);
        let mut texts = Packer::new(head.method.as_str(), &path, query.as_deref());
        let secret_headers = journal.secret_headers().read();
        for (name, value) in &head.headers {
            caller.tokens.masked(name, value, &secret_headers, |shown| {
                texts.request_header(name.as_str(), shown);
            });
        }
        drop(secret_headers);
        let at = at.saturating_duration_since(journal.started());
        let meta = Meta {
            listener: Arc::clone(caller.listener),
            connection: caller.connection,
            peer: Arc::clone(caller.peer),
            at,
            ended: at,
            route: Cow::Borrowed(UNKNOWN_ROUTE),
            trust_id: None,
            auth: Cow::Borrowed(Auth::None.as_str()),
            status: 0,
            fault: None,
            request_body_bytes: 0,
            response_body_bytes: 0,
        };
        Self { journal: journal.clone(), draft: Some(Draft { meta, texts }) }
    }

    pub(crate) fn request_body(&mut self, body: &[u8]) {
        let Some(draft) = &mut self.draft else { return };
        draft.meta.request_body_bytes = body.len() as u64;
        draft.texts.request_body(&masked_body(body));
    }

    /// Takes over what a verdict says; what it leaves open stays as it was.
    pub(crate) fn verdict(&mut self, verdict: Verdict) {
        let Some(Draft { meta, .. }) = &mut self.draft else { return };
        if let Some(route) = verdict.route {
            meta.route = route;
        }
        if verdict.trust_id.is_some() {
            meta.trust_id = verdict.trust_id;
        }
        if verdict.auth != Auth::None {
            meta.auth = Cow::Borrowed(verdict.auth.as_str());
        }
        if let Some(fault) = verdict.fault {
            self.fault(fault);
        }
    }

    /// Adds the name of a fault that shaped the exchange.
    pub(crate) fn fault(&mut self, name: Cow<'static, str>) {
        let Some(Draft { meta, .. }) = &mut self.draft else { return };
        meta.fault = Some(match meta.fault.take() {
            Some(earlier) => Cow::Owned(format!("{earlier},{name}")),
            None => name,
        });
    }

    /// As [`Pending::fault`], unless one is named already.
    pub(crate) fn nameless_fault(&mut self, name: &'static str) {
        if self.draft.as_ref().is_some_and(|draft| draft.meta.fault.is_none()) {
            self.fault(Cow::Borrowed(name));
        }
    }

    /// Bytes that went out in place of an HTTP reply; the status stays 0.
    pub(crate) fn no_reply(mut self, bytes: &[u8]) {
        if let Some(draft) = &mut self.draft {
            draft.meta.response_body_bytes = bytes.len() as u64;
            draft.texts.response_body(&masked_body(bytes));
        }
    }

    /// Adds the reply and stores the record.
    pub(crate) fn answered(mut self, reply: &Reply<'_>, tokens: &TokenCache) {
        let Some(draft) = &mut self.draft else { return };
        draft.meta.status = reply.status.as_u16();
        draft.meta.response_body_bytes = reply.body_bytes;
        let secret_headers = self.journal.secret_headers().read();
        for (name, value) in reply.headers {
            tokens.masked(name, value, &secret_headers, |shown| {
                draft.texts.response_header(name.as_str(), shown);
            });
        }
        drop(secret_headers);
        draft.texts.response_body(&masked_body(reply.body));
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(mut draft) = self.draft.take() {
            draft.meta.ended = self.journal.started().elapsed();
            self.journal.store(draft);
        }
    }
}

const UNKNOWN_ROUTE: &str = "unknown";
