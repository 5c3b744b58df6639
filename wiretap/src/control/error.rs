//! The one shape of errors.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::{ArmError, ListenError};

/// An error of a control API: `{"error": "what, where, what to do"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlError {
    status: StatusCode,
    message: String,
}

impl ControlError {
    /// Any status; the message says what is wrong, where, and what to do, and holds no secret.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// 400: the request cannot be understood or carried out as it is.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 404: there is no such thing.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 409: it does not go together with what is there.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// 500: the mock itself failed.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.message }))).into_response()
    }
}

impl From<ArmError> for ControlError {
    fn from(error: ArmError) -> Self {
        Self::bad_request(format!("the fault was not armed: {error}"))
    }
}

impl From<ListenError> for ControlError {
    fn from(error: ListenError) -> Self {
        let cause =
            std::error::Error::source(&error).map_or_else(String::new, |e| format!(": {e}"));
        match error {
            ListenError::NoTls { .. } => {
                Self::conflict(format!("{error}: start the mock with TLS to switch certificates"))
            }
            ListenError::Bind { .. } => {
                Self::conflict(format!("{error}{cause}; free the port and ask again"))
            }
            ListenError::Stopped { .. } => Self::internal(format!("{error}; start the mock again")),
        }
    }
}
