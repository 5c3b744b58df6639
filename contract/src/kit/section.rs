//! The five sections of a kit and the comment lines that open them.

use serde::Serialize;

/// A section, in the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// Who the trust is; the admin fills it when scaffolding.
    TrustIdentity,
    /// Ports and directories; the operator's.
    HostLocal,
    /// Passwords and limits of the site's own services; the operator's.
    TrustLocal,
    /// Values every trust of the hub shares; registering and syncing write it.
    HubShared,
    /// The trust's own credentials; registering writes them once.
    KitCredentials,
}

impl Section {
    /// All five, in the order of the file.
    pub const ALL: [Self; 5] = [
        Self::TrustIdentity,
        Self::HostLocal,
        Self::TrustLocal,
        Self::HubShared,
        Self::KitCredentials,
    ];

    /// The line that opens the section. U+2500 twice, and U+2014 in the Hub-shared one.
    pub const fn marker(self) -> &'static str {
        match self {
            Self::TrustIdentity => "# ── Trust identity ──",
            Self::HostLocal => "# ── Host-local profile ──",
            Self::TrustLocal => "# ── Trust-local credentials ──",
            Self::HubShared => {
                "# ── Hub-shared (managed by register-trust / sync-trust-kits — do not edit) ──"
            }
            Self::KitCredentials => "# ── Kit credentials (managed) ──",
        }
    }

    /// The section a line opens. The Hub-shared marker is matched byte for byte, so a carriage
    /// return behind it hides it; of the others only the start counts.
    pub fn opened_by(line: &str) -> Option<Self> {
        let opens = |section: &Self| match section {
            Self::HubShared => line == section.marker(),
            _ => line.starts_with(section.marker().trim_end_matches('─').trim_end()),
        };
        Self::ALL.into_iter().find(opens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_marker_opens_its_section() {
        for section in Section::ALL {
            assert_eq!(Section::opened_by(section.marker()), Some(section));
            assert_eq!(Section::opened_by(&section.marker()[1..]), None);
        }
        assert_eq!(
            Section::opened_by("# ── Host-local profile (edit me)"),
            Some(Section::HostLocal)
        );
    }

    #[test]
    fn the_hub_shared_marker_is_exact() {
        let marker = Section::HubShared.marker();
        let expected = "# \u{2500}\u{2500} Hub-shared (managed by register-trust / \
                        sync-trust-kits \u{2014} do not edit) \u{2500}\u{2500}";
        assert_eq!(marker, expected);
        for other in [format!("{marker}\r"), format!("{marker} "), marker.replace('—', "-")] {
            assert_eq!(Section::opened_by(&other), None, "{other:?}");
        }
    }
}
