//! What a 422 lists: one entry a fault of the request, in the words of the hub's validation.

use std::borrow::Cow;

use super::json::Json;
use super::json_text::{json_text, quoted};

/// One entry of the list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Issue<'b> {
    kind: &'static str,
    loc: Vec<Place>,
    message: Cow<'static, str>,
    input: Input<'b>,
    /// The object in `ctx`, as JSON.
    context: Option<String>,
}

/// A step of a path into the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Name(Cow<'static, str>),
    Index(usize),
}

/// What was sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Input<'b> {
    Value(&'b Json),
    Text(Cow<'b, str>),
    EmptyObject,
    Null,
}

impl<'b> Issue<'b> {
    pub(super) fn new(
        kind: &'static str,
        loc: Vec<Place>,
        message: impl Into<Cow<'static, str>>,
        input: Input<'b>,
    ) -> Self {
        Self { kind, loc, message: message.into(), input, context: None }
    }

    /// Adds `ctx`.
    pub(super) fn context(self, json: String) -> Self {
        Self { context: Some(json), ..self }
    }

    /// A member that is not there.
    pub(super) fn missing(loc: Vec<Place>, whole: &'b Json) -> Self {
        Self::new("missing", loc, "Field required", Input::Value(whole))
    }

    /// A rule over the whole body.
    pub(super) fn rule(message: &str, whole: &'b Json) -> Self {
        let message = format!("Value error, {message}");
        Self::new("value_error", vec![Place::name("body")], message, Input::Value(whole))
            .context(r#"{"error":{}}"#.into())
    }

    /// A word that is none of a list.
    pub(super) fn word(loc: Vec<Place>, words: &[&str], input: Input<'b>) -> Self {
        let expected = listed(words);
        let context = format!(r#"{{"expected":{}}}"#, quoted(&expected));
        Self::new("enum", loc, format!("Input should be {expected}"), input).context(context)
    }

    /// Whether a reply cannot repeat the input because of NaN or an infinity.
    pub(super) fn holds_nan(&self) -> bool {
        matches!(self.input, Input::Value(value) if value.holds_nan())
    }

    /// Whether a reply cannot repeat the input because of half a surrogate pair.
    pub(super) fn holds_surrogate(&self) -> bool {
        matches!(self.input, Input::Value(value) if value.holds_surrogate())
    }

    /// The entry as JSON, with what was sent or without.
    pub(super) fn json(&self, with_input: bool) -> String {
        let loc: Vec<String> = self
            .loc
            .iter()
            .map(|place| match place {
                Place::Name(name) if with_input => quoted(name),
                Place::Name(name) => quoted(&cut(name)),
                Place::Index(index) => index.to_string(),
            })
            .collect();
        let mut text = format!(
            r#"{{"type":{},"loc":[{}],"msg":{}"#,
            quoted(self.kind),
            loc.join(","),
            quoted(&self.message)
        );
        if with_input {
            text.push_str(r#","input":"#);
            match &self.input {
                Input::Value(value) => text.push_str(&json_text(value)),
                Input::Text(sent) => text.push_str(&quoted(sent)),
                Input::EmptyObject => text.push_str("{}"),
                Input::Null => text.push_str("null"),
            }
        }
        if let Some(context) = &self.context {
            text.push_str(r#","ctx":"#);
            text.push_str(context);
        }
        text.push('}');
        text
    }
}

impl Place {
    pub(super) fn name(name: impl Into<Cow<'static, str>>) -> Self {
        Self::Name(name.into())
    }
}

/// A path into the request.
pub(super) fn at<const N: usize>(names: [&'static str; N]) -> Vec<Place> {
    names.into_iter().map(Place::name).collect()
}

/// `'a', 'b' or 'c'`.
fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// A sender's own name in a path, cut so that a refusal never repeats a long text.
fn cut(name: &str) -> String {
    name.chars().take(PLACE_CHARS_MAX).collect()
}

const PLACE_CHARS_MAX: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_reads_as_the_hub_writes_it() {
        let whole = Json::read(br#"{"label":"loss"}"#).expect("it is JSON");
        let issue = Issue::missing(at(["body", "fl_client_name"]), &whole);
        assert_eq!(
            issue.json(true),
            r#"{"type":"missing","loc":["body","fl_client_name"],"msg":"Field required","input":{"label":"loss"}}"#
        );
        assert!(!issue.json(false).contains("input"));
        let word = Issue::word(at(["path"]), &["a", "b", "c"], Input::Text("x".into()));
        assert!(word.json(true).contains(r#""msg":"Input should be 'a', 'b' or 'c'""#));
    }
}
