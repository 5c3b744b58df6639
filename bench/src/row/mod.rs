//! One row of the table a file.

pub(crate) mod growth;
pub(crate) mod many_trusts;
pub(crate) mod ready;
pub(crate) mod suite;
pub(crate) mod throughput;

use contract::edition::EditionId;
use mock_hub::Hub;
use mock_hub::domain::NewTrust;
use mock_hub::habits::Habits;

/// Registers one trust; returns its key.
pub(crate) fn register(hub: &Hub, number: u32) -> anyhow::Result<String> {
    let new = NewTrust {
        name: format!("Trust number {number}"),
        code: format!("T{number}"),
        ..NewTrust::default()
    };
    let registered = hub.domain().register(new, &Habits::ideal(EditionId::DEFAULT.row()))?;
    Ok(registered.api_key.expose().to_owned())
}

/// No rate limits: a trust polls thirty times a minute, not thirty thousand times a second.
pub(crate) fn lift_limits(hub: &Hub) {
    hub.domain().change_settings(|settings| settings.limits_enforced = false);
}

/// The middle one of some samples.
pub(crate) fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN)
}
