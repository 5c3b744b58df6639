//! What the faults that hit one request do to it, together.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use tokio_util::sync::CancellationToken;

use super::{Hit, TransportFault, When, body_limit, compress, head_style, skew_date};
use crate::listener::{Coding, ConnectionControl, Delivery, Framing, WireFault};

/// Faults of one request, folded in the order they were armed: delays add up, edits all happen, and of
/// several answers or byte faults the first wins.
#[derive(Default)]
pub(crate) struct Plan {
    delays_before: Vec<Delay>,
    delays_after: Vec<Delay>,
    strip_request: Vec<HeaderName>,
    skips_handler: bool,
    hang: Option<CancellationToken>,
    replacement: Option<Replacement>,
    edits: Vec<Edit>,
    wire: Option<WireFault>,
    coding: Option<Coding>,
    framing: Option<Framing>,
    life: Life,
    body_bytes_max: Option<u64>,
}

/// How long the connection lives.
#[derive(Default)]
struct Life {
    idle: Option<Duration>,
    requests_unanswered_after: Option<u64>,
    requests_announced: Option<u64>,
}

/// A wait that ends early when its fault is removed.
pub(super) struct Delay {
    pub(super) ms: u64,
    pub(super) released: CancellationToken,
}

/// A change to the answer's head.
pub(super) enum Edit {
    Strip(HeaderName),
    SkewDate(i64),
    Add(u8),
}

/// An answer in place of the handler's.
pub(super) struct Replacement(Response<Body>);

impl Plan {
    pub(crate) fn of(hits: &[Hit]) -> Self {
        let mut plan = Self::default();
        for hit in hits {
            let released = &hit.released;
            match hit.transport.as_deref() {
                Some(TransportFault::Latency(fault)) => fault.shape(&mut plan, released),
                Some(TransportFault::Hang(fault)) => fault.shape(&mut plan, released),
                Some(TransportFault::Drip(fault)) => fault.shape(&mut plan, released),
                Some(TransportFault::Reset(fault)) => fault.shape(&mut plan),
                Some(TransportFault::Truncate(fault)) => fault.shape(&mut plan),
                Some(TransportFault::Garbage(fault)) => fault.shape(&mut plan),
                Some(TransportFault::Status(fault)) => fault.shape(&mut plan),
                Some(TransportFault::Redirect(fault)) => fault.shape(&mut plan),
                Some(TransportFault::Body(fault)) => fault.shape(&mut plan),
                Some(TransportFault::StripRequestHeader(fault)) => fault.shape(&mut plan),
                Some(TransportFault::StripResponseHeader(fault)) => fault.shape(&mut plan),
                Some(TransportFault::SkewDate(fault)) => fault.shape(&mut plan),
                Some(TransportFault::Compress(fault)) => fault.shape(&mut plan),
                Some(TransportFault::Frame(fault)) => fault.shape(&mut plan),
                Some(TransportFault::CloseIdle(fault)) => fault.shape(&mut plan),
                Some(TransportFault::CloseAtUse(fault)) => fault.shape(&mut plan),
                Some(TransportFault::CloseAfter(fault)) => fault.shape(&mut plan),
                Some(TransportFault::EdgeHeaders(fault)) => fault.shape(&mut plan),
                Some(TransportFault::Interim(fault)) => fault.shape(&mut plan),
                Some(TransportFault::BodyLimit(fault)) => fault.shape(&mut plan),
                None => {}
            }
        }
        plan
    }

    pub(super) fn delay(&mut self, when: When, delay: Delay) {
        match when {
            When::BeforeHandler => self.delays_before.push(delay),
            When::AfterHandler => self.delays_after.push(delay),
        }
    }

    pub(super) fn hang(&mut self, when: When, released: CancellationToken) {
        self.skip_handler(when);
        self.hang.get_or_insert(released);
    }

    /// Bytes or silence instead of an answer.
    pub(super) fn instead(&mut self, when: When, fault: WireFault) {
        self.skip_handler(when);
        self.wire(fault);
    }

    pub(super) fn replace(&mut self, when: When, replacement: Replacement) {
        self.skip_handler(when);
        self.replacement.get_or_insert(replacement);
    }

    pub(super) fn wire(&mut self, fault: WireFault) {
        self.wire.get_or_insert(fault);
    }

    pub(super) fn strip_request(&mut self, name: HeaderName) {
        self.strip_request.push(name);
    }

    pub(super) fn edit(&mut self, edit: Edit) {
        self.edits.push(edit);
    }

    pub(super) fn compress(&mut self, coding: Coding) {
        self.coding.get_or_insert(coding);
    }

    pub(super) fn frame(&mut self, framing: Framing) {
        self.framing.get_or_insert(framing);
    }

    pub(super) fn close_idle(&mut self, after: Duration) {
        self.life.idle.get_or_insert(after);
    }

    pub(super) fn close_at_use(&mut self, requests: u64) {
        self.life.requests_unanswered_after.get_or_insert(requests);
    }

    pub(super) fn close_after(&mut self, requests: u64) {
        self.life.requests_announced.get_or_insert(requests);
    }

    pub(super) fn body_limit(&mut self, bytes: u64) {
        self.body_bytes_max.get_or_insert(bytes);
    }

    fn skip_handler(&mut self, when: When) {
        self.skips_handler |= when == When::BeforeHandler;
    }

    /// Puts the request through: early delays, what an edge strips, the handler unless it is cut out,
    /// late delays, then silence or an answer, and its bytes.
    pub(crate) async fn carry_out(
        self,
        mut request: Request<Body>,
        control: &ConnectionControl,
        answer: impl AsyncFnOnce(Request<Body>) -> Response<Body>,
    ) -> Response<Body> {
        wait_all(&self.delays_before).await;
        if self.life.requests_unanswered_after.is_some_and(|most| control.requests() > most) {
            control.inject(WireFault::Close);
            return Response::default();
        }
        if let Some(idle) = self.life.idle {
            control.close_when_idle_for(idle);
        }
        let coding = self.coding.filter(|coding| compress::takes(request.headers(), *coding));
        if self.body_bytes_max.is_some_and(|bytes| body_limit::is_longer(&request, bytes)) {
            return body_limit::refusal().in_place_of(Response::default());
        }
        for name in &self.strip_request {
            request.headers_mut().remove(name);
        }
        let answered = if self.skips_handler { Response::default() } else { answer(request).await };
        wait_all(&self.delays_after).await;
        if let Some(released) = &self.hang {
            released.cancelled().await;
            control.inject(WireFault::Close);
            return answered;
        }
        let mut response = match self.replacement {
            Some(replacement) => replacement.in_place_of(answered),
            None => answered,
        };
        for edit in &self.edits {
            match edit {
                Edit::Strip(name) => {
                    response.headers_mut().remove(name);
                }
                Edit::SkewDate(secs) => skew_date::skew(&mut response, *secs),
                Edit::Add(count) => head_style::add(&mut response, *count),
            }
        }
        if let Some(coding) = coding {
            compress::announce(&mut response, coding);
        }
        if let Some(framing) = self.framing {
            Delivery::of(response.extensions_mut()).framing = Some(framing);
        }
        if self.life.requests_announced.is_some_and(|most| control.requests() >= most) {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(fault) = self.wire {
            control.inject(fault);
        }
        response
    }
}

async fn wait_all(delays: &[Delay]) {
    for delay in delays {
        let wait = tokio::time::sleep(Duration::from_millis(delay.ms));
        tokio::select! {
            () = wait => {}
            () = delay.released.cancelled() => {}
        }
    }
}

impl Replacement {
    pub(super) fn new(status: StatusCode, body: String) -> Self {
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        Self(response)
    }

    pub(super) fn content_type(&mut self, value: HeaderValue) {
        self.header(CONTENT_TYPE, value);
    }

    pub(super) fn header(&mut self, name: HeaderName, value: HeaderValue) {
        self.0.headers_mut().insert(name, value);
    }

    /// What the handler said about the exchange is kept.
    fn in_place_of(mut self, answered: Response<Body>) -> Response<Body> {
        *self.0.extensions_mut() = answered.into_parts().0.extensions;
        self.0
    }
}

/// JSON when it is JSON, else plain text.
pub(super) fn guessed_type(body: &str) -> HeaderValue {
    let json = serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok();
    HeaderValue::from_static(if json { "application/json" } else { "text/plain; charset=utf-8" })
}
