//! Reading parts of HTTP out of params, so that a wrong one is refused when the fault is armed.

use std::collections::BTreeMap;
use std::fmt::Display;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde::de::{Deserialize, Deserializer, Error};

pub(super) fn status<'de, D: Deserializer<'de>>(from: D) -> Result<StatusCode, D::Error> {
    let code = u16::deserialize(from)?;
    if !(200..600).contains(&code) {
        return Err(D::Error::custom(format_args!("status {code} is not within 200 to 599")));
    }
    StatusCode::from_u16(code).map_err(D::Error::custom)
}

pub(super) fn name<'de, D: Deserializer<'de>>(from: D) -> Result<HeaderName, D::Error> {
    parsed::<_, _, D::Error>(String::deserialize(from)?)
}

pub(super) fn value<'de, D: Deserializer<'de>>(from: D) -> Result<HeaderValue, D::Error> {
    parsed::<_, _, D::Error>(String::deserialize(from)?)
}

pub(super) fn optional_value<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<HeaderValue>, D::Error> {
    Option::<String>::deserialize(from)?.map(parsed::<_, _, D::Error>).transpose()
}

/// Headers by the name as written.
pub(super) fn headers<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, (HeaderName, HeaderValue)>, D::Error> {
    let texts = BTreeMap::<String, String>::deserialize(from)?;
    let pair = |(name, value): (String, String)| {
        let parsed = (parsed::<_, _, D::Error>(name.clone())?, parsed::<_, _, D::Error>(value)?);
        Ok((name, parsed))
    };
    texts.into_iter().map(pair).collect()
}

fn parsed<T, P, E>(text: String) -> Result<T, E>
where
    T: TryFrom<String, Error = P>,
    P: Display,
    E: Error,
{
    T::try_from(text).map_err(E::custom)
}
