//! Which exchanges a reader wants.

use serde::Deserialize;

/// Every member that is set must be equal to the exchange's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Filter {
    /// Short route name.
    pub route: Option<String>,
    /// Trust the caller proved to be.
    pub trust_id: Option<String>,
    /// Listener name.
    pub listener: Option<String>,
}

impl Filter {
    /// Exchanges of one route.
    pub fn route(route: impl Into<String>) -> Self {
        Self { route: Some(route.into()), ..Self::default() }
    }

    pub(crate) fn matches(&self, route: &str, trust_id: Option<&str>, listener: &str) -> bool {
        self.route.as_deref().is_none_or(|wanted| wanted == route)
            && self.trust_id.as_deref().is_none_or(|wanted| Some(wanted) == trust_id)
            && self.listener.as_deref().is_none_or(|wanted| wanted == listener)
    }
}
