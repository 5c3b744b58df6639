//! The form of each task's payload.

use contract::edition::TaskType;
use serde_json::Value;
use uuid::Uuid;

use super::payload::PayloadError;
use super::python_repr::excerpt;

/// Whether a refusal quotes what it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Never: it is part of a payload.
    Nothing,
    /// The beginning and the end of the value.
    Excerpt,
}

/// The payload of a task of this type, if it has that form. Members nobody knows are kept.
pub(super) fn parse(
    kind: TaskType,
    plaintext: &str,
    quoting: Quoting,
) -> Result<Value, PayloadError> {
    let payload: Value = serde_json::from_str(plaintext).map_err(|_| PayloadError::NotJson)?;
    if !payload.is_object() {
        return Err(PayloadError::NoObject(python_type(&payload)));
    }
    let faults: Vec<String> =
        fields(kind).iter().filter_map(|field| field.fault(&payload, quoting)).collect();
    if faults.is_empty() {
        return Ok(payload);
    }
    let noun = if faults.len() == 1 { "error" } else { "errors" };
    Err(PayloadError::Form(format!(
        "{} validation {noun} for {kind}\n{}",
        faults.len(),
        faults.join("\n")
    )))
}

struct Field {
    name: &'static str,
    shape: Shape,
    required: bool,
}

#[derive(Clone, Copy)]
enum Shape {
    Text,
    Uuid,
    Bool,
    Users,
}

impl Field {
    /// What is wrong with this member. Of a missing one the whole payload is the value.
    fn fault(&self, payload: &Value, quoting: Quoting) -> Option<String> {
        let (problem, value) = match payload.get(self.name) {
            None if self.required => ("Field required", payload),
            Some(null @ Value::Null) if self.required => ("Input should not be null", null),
            None | Some(Value::Null) => return None,
            Some(value) => (self.shape.problem(value)?, value),
        };
        let quoted = match quoting {
            Quoting::Nothing => String::new(),
            Quoting::Excerpt => {
                let kind = python_type(value);
                format!(" [input_value={}, input_type={kind}]", excerpt(value))
            }
        };
        Some(format!("{}\n  {problem}{quoted}", self.name))
    }
}

impl Shape {
    fn problem(self, value: &Value) -> Option<&'static str> {
        let fits = match self {
            Self::Text => value.is_string(),
            Self::Uuid => value.as_str().is_some_and(|text| Uuid::parse_str(text).is_ok()),
            Self::Bool => value.is_boolean(),
            Self::Users => value.as_array().is_some_and(|users| users.iter().all(is_user)),
        };
        let problem = match self {
            Self::Text => "Input should be a valid string",
            Self::Uuid => "Input should be a valid UUID",
            Self::Bool => "Input should be a valid boolean",
            Self::Users => "Input should be a list of users",
        };
        (!fits).then_some(problem)
    }
}

fn is_user(user: &Value) -> bool {
    ["id", "email"].iter().all(|name| user.get(*name).is_some_and(Value::is_string))
}

fn python_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

fn fields(kind: TaskType) -> &'static [Field] {
    match kind {
        TaskType::CohortQuery => COHORT_QUERY,
        TaskType::CreateImaging => CREATE_IMAGING,
        TaskType::DeleteImaging => IMAGING_PROJECT,
        TaskType::GetImagingStatus | TaskType::ReimportStudies => IMAGING_QUERY,
        TaskType::UpdateUserProfile => USER_PROFILE,
        TaskType::PersistCohort => PERSIST_COHORT,
    }
}

const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true }
}

const fn optional(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false }
}

const COHORT_QUERY: &[Field] = &[
    required("encrypted_project_id", Shape::Text),
    required("query_id", Shape::Text),
    required("query_name", Shape::Text),
    required("query", Shape::Text),
    required("trust_id", Shape::Text),
];
const CREATE_IMAGING: &[Field] = &[
    required("project_id", Shape::Uuid),
    required("trust_id", Shape::Uuid),
    required("project_name", Shape::Text),
    optional("query", Shape::Text),
    optional("users", Shape::Users),
    optional("dicom_to_nifti", Shape::Bool),
];
const IMAGING_PROJECT: &[Field] = &[required("imaging_project_id", Shape::Uuid)];
const IMAGING_QUERY: &[Field] =
    &[required("imaging_project_id", Shape::Uuid), required("encoded_query", Shape::Text)];
const USER_PROFILE: &[Field] = &[required("email", Shape::Text), required("enabled", Shape::Bool)];
const PERSIST_COHORT: &[Field] = &[
    required("project_id", Shape::Text),
    required("trust_id", Shape::Text),
    required("encrypted_project_id", Shape::Text),
    required("query", Shape::Text),
    optional("query_id", Shape::Text),
];

#[cfg(test)]
mod tests {
    use super::*;

    const PROJECT: &str = "33333333-3333-4333-8333-333333333333";

    #[test]
    fn complete_payloads_keep_their_further_members() {
        let text = format!(r#"{{"imaging_project_id": "{PROJECT}", "more": [1.5]}}"#);
        let payload = parse(TaskType::DeleteImaging, &text, Quoting::Nothing).expect("complete");
        assert_eq!(payload["more"][0], 1.5);
    }

    #[test]
    fn texts_of_what_is_wrong() {
        for (text, error) in [
            ("garbage", "Expecting value: line 1 column 1 (char 0)".to_owned()),
            ("[1]", "'list' object has no attribute 'get'".to_owned()),
            (
                "{}",
                "2 validation errors for get_imaging_status\nimaging_project_id\n  Field required\n\
                 encoded_query\n  Field required"
                    .to_owned(),
            ),
        ] {
            let fault = parse(TaskType::GetImagingStatus, text, Quoting::Nothing).expect_err(text);
            assert_eq!(fault.to_string(), error);
        }
    }

    #[test]
    fn values_are_not_repeated() {
        let text = r#"{"email": 4711, "enabled": "planted"}"#;
        let fault =
            parse(TaskType::UpdateUserProfile, text, Quoting::Nothing).expect_err("two faults");
        assert!(fault.to_string().contains("valid boolean"), "{fault}");
        assert!(!fault.to_string().contains("planted"), "{fault}");
    }

    #[test]
    fn a_node_that_quotes_shows_the_beginning_and_the_end() {
        let text = r#"{"query": "SELECT 7193056 AS planted FROM omop.person", "trust_id": 1}"#;
        let fault = parse(TaskType::CohortQuery, text, Quoting::Excerpt).expect_err("incomplete");
        let fault = fault.to_string();
        assert!(fault.contains("input_value={'query': 'SELECT 7193056..."), "{fault}");
        assert!(fault.contains("[input_value=1, input_type=int]"), "{fault}");
        assert!(!fault.contains("AS planted FROM"), "{fault}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".*", value in "[-0-9a-z\"{}\\[\\]:, ]{0,40}") {
            let framed = format!(r#"{{"email": {value}, "enabled": true, "users": [{value}]}}"#);
            for kind in TaskType::ALL {
                let _ = parse(kind, &text, Quoting::Excerpt);
                let _ = parse(kind, &framed, Quoting::Excerpt);
            }
        }
    }

    #[test]
    fn optional_members_may_be_null_and_must_fit_otherwise() {
        let with = |users: &str| {
            format!(
                r#"{{"project_id": "{PROJECT}", "trust_id": "{PROJECT}", "project_name": "p",
                    "query": null, "users": {users}}}"#
            )
        };
        assert!(parse(TaskType::CreateImaging, &with("null"), Quoting::Nothing).is_ok());
        let user = r#"[{"id": "1", "email": "a@b", "isDisabled": false}]"#;
        assert!(parse(TaskType::CreateImaging, &with(user), Quoting::Nothing).is_ok());
        assert!(parse(TaskType::CreateImaging, &with(r#"[{"id": 1}]"#), Quoting::Nothing).is_err());
    }
}
