//! Who may call: trust key, hub-internal key, user token (hub 2).

use std::sync::Arc;

use axum::http::StatusCode;
use contract::wire::{INTERNAL_KEY_HEADER, TRUST_KEY_HEADER, refusal as texts};
use wiretap::Auth;

use super::context::{Call, Step};
use super::limits;
use super::reply::{Refusal, refusal, unauthorised};
use crate::domain::{Caller, KeyHash, Trust, UserToken};
use crate::habits::{Bucket, KeyReach};

/// The trust whose key came with the call.
pub(super) fn trust(call: &mut Call<'_>) -> Step<Arc<Trust>> {
    let Some(key) = trust_key(call) else {
        call.verdict.auth = Auth::Missing;
        let text = if call.habits.auth.missing_key_text.kept() {
            texts::KEY_MISSING
        } else {
            texts::KEY_UNKNOWN
        };
        return Err(refused_key(call, text));
    };
    call.database()?;
    let habits = call.habits;
    let was_deleted = match call.domain().caller(KeyHash::of(key), &habits) {
        Caller::Known(trust) => {
            call.known_to_be(&trust);
            return Ok(trust);
        }
        Caller::Unknown { was_deleted } => was_deleted,
    };
    if let Some(trust) = let_in_all_the_same(call, key) {
        call.known_to_be(&trust);
        return Ok(trust);
    }
    call.verdict.auth = Auth::Unknown;
    limits::bad_key(call)?;
    let text = if was_deleted && habits.auth.one_text_for_unknown.broken() {
        "API Key has been revoked."
    } else {
        texts::KEY_UNKNOWN
    };
    Err(refused_key(call, text))
}

/// [`trust`], and in editions with named paths the name must be the key's trust. A hub that counts
/// by that name counts before it looks whose key it is: there [`acts_as`] follows the count.
pub(super) fn trust_named(call: &mut Call<'_>, name: Option<&str>) -> Step<Arc<Trust>> {
    let caller = trust(call)?;
    if call.habits.rate.bucket == Bucket::PathName {
        return Ok(caller);
    }
    acts_as(call, caller, name)
}

/// The trust a caller may act as at a path with that name: itself. A name nobody has is refused like
/// somebody else's.
pub(super) fn acts_as(
    call: &mut Call<'_>,
    caller: Arc<Trust>,
    name: Option<&str>,
) -> Step<Arc<Trust>> {
    let Some(name) = name.filter(|name| *name != caller.name) else { return Ok(caller) };
    let errors = call.habits.errors;
    if call.habits.auth.match_path_name.broken() {
        return Ok(call.domain().trust_named(name).unwrap_or(caller));
    }
    call.verdict.auth = Auth::Forbidden;
    let detail = format!("Trust '{}' is not authorised to act as '{name}'", caller.name);
    Err(refusal(StatusCode::FORBIDDEN, &detail, &errors))
}

/// The FL server with the hub-internal key.
pub(super) fn internal(call: &mut Call<'_>) -> Step<()> {
    let errors = call.habits.errors;
    let settings = Arc::clone(&call.settings);
    let configured = settings.internal_key_header.as_deref();
    let configured = configured.as_slice();
    let names =
        if configured.is_empty() { call.domain().edition.ingest_key_headers } else { configured };
    let behind_edge = call.settings.behind_edge && call.habits.edge.drop_internal_key.kept();
    let key = names
        .iter()
        .filter(|name| !(behind_edge && name.eq_ignore_ascii_case(INTERNAL_KEY_HEADER)))
        .find_map(|name| call.header(name).filter(|key| !key.is_empty()));
    if key.is_none() && opens_ingest(call, None) {
        call.verdict.auth = Auth::Ok;
        return Ok(());
    }
    let hash = key.map(KeyHash::of);
    let fits = hash.map(|hash| call.domain().internal_key_fits(hash, &call.habits));
    let (auth, text) = match fits {
        _ if !call.domain().internal_key_is_set() => {
            (Auth::NotConfigured, texts::INTERNAL_UNCONFIGURED)
        }
        None => (Auth::Missing, texts::INTERNAL_MISSING),
        Some(true) => {
            call.verdict.auth = Auth::Ok;
            return Ok(());
        }
        Some(_) if opens_ingest(call, hash) => {
            call.verdict.auth = Auth::Ok;
            return Ok(());
        }
        Some(_) => (Auth::Unknown, texts::INTERNAL_UNKNOWN),
    };
    call.verdict.auth = auth;
    Err(unauthorised(text, None, &errors))
}

/// A user with any right.
pub(super) fn user(call: &mut Call<'_>) -> Step<UserToken> {
    let errors = call.habits.errors;
    let Some(token) = bearer(call) else {
        if call.habits.auth.reach == KeyReach::TrustKeyOnUserRoutes && presents_trust_key(call) {
            call.verdict.auth = Auth::Ok;
            return Ok(UserToken::Admin);
        }
        call.verdict.auth = Auth::Missing;
        return Err(unauthorised("Not authenticated", Some("Bearer"), &errors));
    };
    let (text, scheme) = match call.domain().user_token(token) {
        Some(meaning @ (UserToken::Admin | UserToken::User | UserToken::TrustAdmin(_))) => {
            call.verdict.auth = Auth::Ok;
            return Ok(meaning);
        }
        _ if call.habits.auth.check_token.broken() => {
            call.verdict.auth = Auth::Ok;
            return Ok(UserToken::Admin);
        }
        Some(UserToken::NoMfa) => {
            call.verdict.auth = Auth::Forbidden;
            return Err(refusal(StatusCode::FORBIDDEN, "MFA enrolment required", &errors));
        }
        Some(UserToken::Expired) => ("Token has expired", Some("Bearer")),
        Some(UserToken::Foreign) | None => ("Could not validate credentials", Some("Bearer")),
    };
    call.verdict.auth = Auth::Unknown;
    Err(unauthorised(text, scheme, &errors))
}

/// A user with the admin right.
pub(super) fn admin(call: &mut Call<'_>) -> Step<()> {
    match user(call)? {
        UserToken::Admin => Ok(()),
        _ if call.habits.auth.check_admin_right.broken() => Ok(()),
        _ => {
            call.verdict.auth = Auth::Forbidden;
            let detail = "Admin permission required to create trusts.";
            Err(refusal(StatusCode::FORBIDDEN, detail, &call.habits.errors))
        }
    }
}

/// The key presented on a trust route, if there is one.
pub(super) fn trust_key<'a>(call: &Call<'a>) -> Option<&'a [u8]> {
    if call.habits.edge.pass_trust_key.broken() {
        return None;
    }
    let configured = call.header(&call.settings.trust_api_key_header);
    let key = configured.filter(|key| !key.is_empty()).or_else(|| {
        let others = [TRUST_KEY_HEADER, "X-Trust-API-Key", "X-API-Key"];
        let mut others = others.iter().filter(|_| call.habits.auth.configured_header_only.broken());
        others.find_map(|name| call.header(name).filter(|key| !key.is_empty()))
    })?;
    let bare = key.strip_prefix(b"Bearer ").filter(|_| call.habits.auth.refuse_bearer.broken());
    Some(bare.unwrap_or(key))
}

fn refused_key(call: &Call<'_>, text: &str) -> Refusal {
    let scheme = call.habits.auth.name_scheme.kept().then_some("ApiKey");
    unauthorised(text, scheme, &call.habits.errors)
}

/// The hub-internal key stands for the first trust where that is the fault.
fn let_in_all_the_same(call: &Call<'_>, key: &[u8]) -> Option<Arc<Trust>> {
    if call.habits.auth.reach != KeyReach::InternalKeyOnTrustRoutes {
        return None;
    }
    let fits = call.domain().internal_key_fits(KeyHash::of(key), &call.habits);
    if fits { call.domain().trusts().into_iter().next() } else { None }
}

/// Any trust's key opens ingest where that is the fault: under its own header, or the internal one.
fn opens_ingest(call: &Call<'_>, internal: Option<KeyHash>) -> bool {
    let reach = call.habits.auth.reach == KeyReach::TrustKeyOnIngest;
    let known = |hash| matches!(call.domain().caller(hash, &call.habits), Caller::Known(_));
    reach && (internal.is_some_and(known) || presents_trust_key(call))
}

fn presents_trust_key(call: &Call<'_>) -> bool {
    trust_key(call).is_some_and(|key| {
        matches!(call.domain().caller(KeyHash::of(key), &call.habits), Caller::Known(_))
    })
}

/// The token behind `Bearer`, in any letter case.
fn bearer<'a>(call: &Call<'a>) -> Option<&'a [u8]> {
    let value = call.header("authorization")?;
    let space = value.iter().position(|&byte| byte == b' ')?;
    let (scheme, token) = (&value[..space], &value[space + 1..]);
    (scheme.eq_ignore_ascii_case(b"bearer") && !token.is_empty()).then_some(token)
}
