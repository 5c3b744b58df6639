//! What only the owner of a route knows about an exchange.

use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::Arc;

use axum::response::{IntoResponseParts, Response, ResponseParts};

/// A handler's word on one exchange, for the journal. Put it into the response: as an extension, or as
/// a part of the tuple a handler returns. Later words win member by member ([`Verdict::of`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Short name of the matched route; none is recorded as `unknown`.
    pub route: Option<Cow<'static, str>>,
    /// The trust the caller proved to be.
    pub trust_id: Option<Arc<str>>,
    /// What came of the caller's proof.
    pub auth: Auth,
    /// Name of the semantic fault that shaped the reply.
    pub fault: Option<Cow<'static, str>>,
}

/// What came of the caller's proof.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Auth {
    /// The route asks for no proof.
    #[default]
    None,
    /// The proof holds.
    Ok,
    /// No proof came, or an empty one.
    Missing,
    /// The proof is known to nobody.
    Unknown,
    /// The proof holds, but not for this.
    Forbidden,
    /// The service has nothing to compare the proof with.
    NotConfigured,
}

impl Auth {
    /// The word in the record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::Forbidden => "forbidden",
            Self::NotConfigured => "not-configured",
        }
    }
}

impl Verdict {
    /// Names the route.
    pub fn route(route: impl Into<Cow<'static, str>>) -> Self {
        Self { route: Some(route.into()), ..Self::default() }
    }

    /// Adds what came of the caller's proof.
    pub fn auth(self, auth: Auth) -> Self {
        Self { auth, ..self }
    }

    /// Adds the trust the caller proved to be.
    pub fn trust(self, trust_id: impl Into<Arc<str>>) -> Self {
        Self { trust_id: Some(trust_id.into()), ..self }
    }

    /// Adds the semantic fault that shaped the reply.
    pub fn fault(self, fault: impl Into<Cow<'static, str>>) -> Self {
        Self { fault: Some(fault.into()), ..self }
    }

    /// The verdict of a response, made when there is none yet, to be filled in.
    pub fn of<B>(response: &mut axum::http::Response<B>) -> &mut Self {
        response.extensions_mut().get_or_insert_default()
    }

    /// Sets this verdict on a response, in place of an earlier one.
    pub fn on(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponseParts for Verdict {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        parts.extensions_mut().insert(self);
        Ok(parts)
    }
}
