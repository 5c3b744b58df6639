//! One request and its reply: captured, shaped by the armed faults, handed to the router between.

use std::cell::RefCell;
use std::io;
use std::time::{Instant, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::http::header::DATE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, Response, StatusCode};
use axum::response::IntoResponse;
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use tower::Service;

use super::delivery::Delivery;
use super::reply::{ReplyBody, Watched, settled};
use super::server::Host;
use super::{ConnectionControl, WireFault};
use crate::capture::{Pending, Reply, Verdict};
use crate::control::ControlError;
use crate::faults::{Family, Plan, http_date};

/// Answers one request. An error ends the connection without a reply.
pub(super) async fn exchange(
    host: &Host,
    control: &ConnectionControl,
    router: &Router,
    request: Request<Incoming>,
) -> io::Result<Response<ReplyBody>> {
    control.begin_request();
    let (head, body) = request.into_parts();
    let journal = host.options.journal.as_ref();
    let pending = journal.map(|j| Pending::open(j, Instant::now(), &control.caller(), &head));
    let mut flight = Flight { pending, control };
    let body = match collected(body, host.options.request_body_bytes_max).await {
        Ok(body) => body,
        Err(Unread::TooLong) => return flight.land(too_long(host).into_response()).await,
        Err(Unread::Broken(error)) => return Err(error),
    };
    if let Some(pending) = &mut flight.pending {
        pending.request_body(&body);
    }
    let plan = flight.plan(host, &head);
    let mut request = Request::from_parts(head, Body::from(body));
    request.extensions_mut().insert(control.clone());
    let answer = async |request| match router.clone().call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let response = match plan {
        None => answer(request).await,
        Some(plan) => plan.carry_out(request, control, answer).await,
    };
    flight.land(response).await
}

/// The record of the present exchange, which is stored whatever happens.
struct Flight<'a> {
    pending: Option<Pending>,
    control: &'a ConnectionControl,
}

impl Flight<'_> {
    /// The transport faults that hit this request; `None` when there is none.
    fn plan(&mut self, host: &Host, head: &Parts) -> Option<Plan> {
        let book = host.options.faults.as_ref().filter(|book| book.is_armed(Family::Transport))?;
        let class = host.options.classify.as_ref().map(|ask| ask(head)).unwrap_or_default();
        let hits = book.matching(
            Family::Transport,
            class.route.as_deref().unwrap_or_default(),
            class.trust_id.as_deref(),
        );
        if let Some(pending) = &mut self.pending {
            let (route, trust_id) = (class.route, class.trust_id);
            pending.verdict(Verdict { route, trust_id, ..Verdict::default() });
            for hit in &hits {
                pending.fault(hit.name.clone());
            }
        }
        (!hits.is_empty()).then(|| Plan::of(&hits))
    }

    /// Completes the record and hands the reply over.
    async fn land(mut self, mut response: Response<Body>) -> io::Result<Response<ReplyBody>> {
        let verdict = response.extensions_mut().remove::<Verdict>();
        let delivery = response.extensions_mut().remove::<Delivery>();
        let note = self.control.take_note();
        let mut pending = self.pending.take();
        if let Some(pending) = &mut pending {
            [note, verdict].into_iter().flatten().for_each(|word| pending.verdict(word));
        }
        let fault = self.control.fault();
        if let (Some(pending), Some(fault)) = (&mut pending, &fault) {
            pending.nameless_fault(fault.name());
        }
        if let Some(fault) = fault.filter(WireFault::is_silent) {
            if let (Some(pending), WireFault::Garbage(bytes)) = (pending, &fault) {
                pending.no_reply(bytes);
            }
            return Ok(Response::new(ReplyBody::Whole(Bytes::new())));
        }
        let (mut head, body) = response.into_parts();
        head.headers.entry(DATE).or_insert_with(now);
        let body = match settled(body).await.map_err(io::Error::other)? {
            Ok(body) => {
                if let Some(pending) = pending {
                    let reply = Reply {
                        status: head.status,
                        headers: &head.headers,
                        body: &body,
                        body_bytes: body.len() as u64,
                    };
                    pending.answered(&reply, self.control.tokens());
                }
                match delivery {
                    None => ReplyBody::Whole(body),
                    Some(delivery) => delivery.deliver(&mut head, body),
                }
            }
            Err(long) => {
                ReplyBody::Watched(Box::new(Watched::new(long, pending, &head, self.control)))
            }
        };
        Ok(Response::from_parts(head, body))
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let note = self.control.take_note();
        if let (Some(pending), Some(note)) = (&mut self.pending, note) {
            pending.verdict(note);
        }
    }
}

enum Unread {
    TooLong,
    Broken(io::Error),
}

async fn collected(body: Incoming, bytes_max: usize) -> Result<Bytes, Unread> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    if body.size_hint().lower() > bytes_max as u64 {
        return Err(Unread::TooLong);
    }
    let mut body = Limited::new(body, bytes_max);
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let data = match frame {
            Ok(frame) => frame.into_data().unwrap_or_default(),
            Err(error) if error.is::<LengthLimitError>() => return Err(Unread::TooLong),
            Err(error) => return Err(Unread::Broken(io::Error::other(error))),
        };
        if first.is_empty() && all.is_empty() {
            first = data;
        } else {
            all.extend_from_slice(&std::mem::take(&mut first));
            all.extend_from_slice(&data);
        }
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}

fn too_long(host: &Host) -> ControlError {
    let bytes_max = host.options.request_body_bytes_max;
    ControlError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("the request body is longer than {bytes_max} bytes: send a shorter one"),
    )
}

/// The Date header of a reply that leaves now; made once a second and thread.
fn now() -> HeaderValue {
    thread_local! {
        static LAST: RefCell<Option<(u64, HeaderValue)>> = const { RefCell::new(None) };
    }
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let second = since_1970.as_secs();
    LAST.with_borrow_mut(|last| match last {
        Some((at, value)) if *at == second => value.clone(),
        _ => {
            let value = http_date(i64::try_from(second).unwrap_or(0));
            *last = Some((second, value.clone()));
            value
        }
    })
}
