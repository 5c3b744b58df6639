//! What the faults that hit one request do to it, together.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use tokio_util::sync::CancellationToken;

use super::{Hit, TransportFault, When, skew_date};
use crate::listener::{ConnectionControl, WireFault};

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
            }
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
