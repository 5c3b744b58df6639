//! Questions the judge asks of what a play brought about, beside scenarios, cells and site checks.

/// A name and what it asks.
pub const ORACLES: &[(&str, &str)] = &[
    (
        "able-to-train",
        "does the way from the site's own address to the FL endpoint end in a success",
    ),
    ("fl-loss", "does the hub hold everything a run sent, once, with its meaning"),
    ("kit-secrets", "does a kit hold both secrets after registering"),
];
