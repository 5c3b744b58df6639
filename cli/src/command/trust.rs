//! `flipcheck trust`: the mock trust until it ends or is told to.

use std::process::ExitCode;

use mock_trust::process::{self, TrustArgs};

use crate::failure::Failure;

/// Runs it; the exit code is the node's own.
pub async fn trust(args: TrustArgs) -> Result<ExitCode, Failure> {
    Ok(process::run(args).await)
}
