//! What the suite does not cover, each row with a reason. These lists may only shrink: a test fails
//! when a row is no longer true.

/// A requirement something is missing for, and why.
#[derive(Clone, Copy, Debug)]
pub struct Exception {
    /// Id of the requirement.
    pub requirement: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// MUSTs of trust and hub that no scenario proves yet.
pub const WITHOUT_SCENARIO: &[Exception] =
    &[Exception { requirement: "HUB-DEPLOY-04", reason: NO_PUBLIC_ADDRESS }];

/// MUSTs of trust and hub that no mutant or fault breaks yet.
pub const WITHOUT_MUTANT: &[Exception] =
    &[Exception { requirement: "HUB-DEPLOY-04", reason: NO_PUBLIC_ADDRESS }];

/// A misbehaviour no run can show yet, and why.
#[derive(Clone, Copy, Debug)]
pub struct Unshown {
    /// Name of the mutant or fault.
    pub name: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// Mutants and faults whose scenarios are not applicable to the built-in mocks. `flipcheck mutants`
/// tries what there is all the same, and is red when a row is no longer true.
pub const UNSHOWN: &[Unshown] = &[Unshown { name: "looks-up-third-name", reason: ONLY_IN_PACKETS }];

const ONLY_IN_PACKETS: &str = "a question to the name service shows in packets only: judge the image \
                               ci/images/build.sh --mutant makes of it with --trust image:REF";
const NO_PUBLIC_ADDRESS: &str = "a mock on loopback has no public address to scan";
