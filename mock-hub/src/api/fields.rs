//! Members of a body, read as leniently as the hub reads them.

use std::ops::RangeInclusive;

use uuid::Uuid;

use super::issue::{Input, Issue, Place};
use super::json::{Json, Object};
use super::numbers;

/// An object under inspection: every fault of it is collected, in the order members are asked for.
pub(super) struct Fields<'b, 'i> {
    whole: &'b Json,
    object: &'b Object,
    prefix: Vec<Place>,
    issues: &'i mut Vec<Issue<'b>>,
}

/// What to do with a member that is not there or null.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// It must be there; null is a value of the wrong type.
    Required,
    /// It may be absent; null is a value of the wrong type.
    Optional,
    /// It may be absent or null.
    Nullable,
    /// It must be there; null is a value.
    RequiredNullable,
}

impl<'b, 'i> Fields<'b, 'i> {
    /// The members of a value that must be an object.
    pub(super) fn of(
        whole: &'b Json,
        prefix: Vec<Place>,
        issues: &'i mut Vec<Issue<'b>>,
    ) -> Option<Self> {
        let Some(object) = whole.as_object() else {
            let message = "Input should be a valid dictionary or object to extract fields from";
            let input = Input::Value(whole);
            issues.push(Issue::new("model_attributes_type", prefix, message, input));
            return None;
        };
        Some(Self { whole, object, prefix, issues })
    }

    pub(super) fn text(
        &mut self,
        name: &'static str,
        presence: Presence,
        chars: RangeInclusive<usize>,
    ) -> Option<&'b str> {
        let value = self.present(name, presence)?;
        let loc = self.loc(name);
        self.keep(text(value, loc, chars))
    }

    pub(super) fn integer(
        &mut self,
        name: &'static str,
        presence: Presence,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let value = self.present(name, presence)?;
        let loc = self.loc(name);
        self.keep(integer(value, loc, range))
    }

    pub(super) fn finite(&mut self, name: &'static str, presence: Presence) -> Option<f64> {
        let value = self.present(name, presence)?;
        let loc = self.loc(name);
        self.keep(finite(value, loc))
    }

    /// A number that may be NaN or infinite.
    pub(super) fn number(&mut self, name: &'static str, presence: Presence) -> Option<f64> {
        let value = self.present(name, presence)?;
        if let Json::Float(number) = value {
            return Some(*number);
        }
        let loc = self.loc(name);
        self.keep(finite(value, loc))
    }

    pub(super) fn boolean(&mut self, name: &'static str, presence: Presence) -> Option<bool> {
        let value = self.present(name, presence)?;
        let loc = self.loc(name);
        self.keep(boolean(value, loc))
    }

    pub(super) fn uuid(&mut self, name: &'static str, presence: Presence) -> Option<Uuid> {
        let value = self.present(name, presence)?;
        let loc = self.loc(name);
        self.keep(if let Json::Text(sent) = value {
            uuid(&sent.value, loc, Input::Value(value))
        } else {
            let message = "UUID input should be a string, bytes or UUID object";
            Err(Issue::new("uuid_type", loc, message, Input::Value(value)))
        })
    }

    /// A member that must be an object of any members.
    pub(super) fn dictionary(
        &mut self,
        name: &'static str,
        presence: Presence,
    ) -> Option<&'b Json> {
        let value = self.present(name, presence)?;
        if value.as_object().is_some() {
            return Some(value);
        }
        let message = "Input should be a valid dictionary";
        let issue = Issue::new("dict_type", self.loc(name), message, Input::Value(value));
        self.issues.push(issue);
        None
    }

    /// The items of a member that must be a list, each with its place.
    pub(super) fn list(
        &mut self,
        name: &'static str,
        presence: Presence,
    ) -> Option<Vec<(&'b Json, Vec<Place>)>> {
        let value = self.present(name, presence)?;
        let loc = self.loc(name);
        let Json::List(items) = value else {
            let message = "Input should be a valid list";
            self.issues.push(Issue::new("list_type", loc, message, Input::Value(value)));
            return None;
        };
        let placed = items.iter().enumerate().map(|(index, item)| {
            let mut place = loc.clone();
            place.push(Place::Index(index));
            (item, place)
        });
        Some(placed.collect())
    }

    /// The list of faults, for parts inside.
    pub(super) fn issues(&mut self) -> &mut Vec<Issue<'b>> {
        self.issues
    }

    /// The member as it was sent.
    pub(super) fn raw(&self, name: &str) -> Option<&'b Json> {
        self.object.get(name)
    }

    fn present(&mut self, name: &'static str, presence: Presence) -> Option<&'b Json> {
        let value = self.object.get(name);
        match (value, presence) {
            (None, Presence::Required | Presence::RequiredNullable) => {
                let issue = Issue::missing(self.loc(name), self.whole);
                self.issues.push(issue);
                None
            }
            (Some(Json::Null), Presence::Nullable | Presence::RequiredNullable) => None,
            (value, _) => value,
        }
    }

    fn loc(&self, name: &'static str) -> Vec<Place> {
        let mut loc = self.prefix.clone();
        loc.push(Place::name(name));
        loc
    }

    fn keep<T>(&mut self, outcome: Result<T, Issue<'b>>) -> Option<T> {
        outcome.map_err(|issue| self.issues.push(issue)).ok()
    }
}

/// A text of so many characters.
pub(super) fn text(
    value: &Json,
    loc: Vec<Place>,
    chars: RangeInclusive<usize>,
) -> Result<&str, Issue<'_>> {
    let input = Input::Value(value);
    let Json::Text(text) = value else {
        return Err(Issue::new("string_type", loc, "Input should be a valid string", input));
    };
    if text.lone_surrogate {
        let message =
            "Input should be a valid string, unable to parse raw data as a unicode string";
        return Err(Issue::new("string_unicode", loc, message, input));
    }
    let (min, max) = (*chars.start(), *chars.end());
    // Counting is for texts that may be too long only: results go up to ten million characters.
    if text.value.len() > max && text.value.chars().count() > max {
        let message = format!("String should have at most {max} characters");
        let context = format!(r#"{{"max_length":{max}}}"#);
        return Err(Issue::new("string_too_long", loc, message, input).context(context));
    }
    if min > 0 && text.value.is_empty() {
        let message = "String should have at least 1 character";
        let context = r#"{"min_length":1}"#.to_owned();
        return Err(Issue::new("string_too_short", loc, message, input).context(context));
    }
    Ok(&text.value)
}

/// An integer in a range. Whole floats and texts of digits count.
pub(super) fn integer(
    value: &Json,
    loc: Vec<Place>,
    range: RangeInclusive<i64>,
) -> Result<i64, Issue<'_>> {
    let number = match numbers::integer(value) {
        Ok(number) => number,
        Err((kind, message)) => return Err(Issue::new(kind, loc, message, Input::Value(value))),
    };
    let (min, max) = (*range.start(), *range.end());
    let (kind, bound, word, short) = if number < min {
        ("greater_than_equal", min, "greater", "ge")
    } else if number > max {
        ("less_than_equal", max, "less", "le")
    } else {
        return Ok(number);
    };
    let message = format!("Input should be {word} than or equal to {bound}");
    let context = format!(r#"{{"{short}":{bound}}}"#);
    Err(Issue::new(kind, loc, message, Input::Value(value)).context(context))
}

/// A finite number. Integers and texts of numbers count.
pub(super) fn finite(value: &Json, loc: Vec<Place>) -> Result<f64, Issue<'_>> {
    let refused =
        |(kind, message): numbers::Unfit| Issue::new(kind, loc, message, Input::Value(value));
    numbers::finite(value).map_err(refused)
}

/// A truth value. 0 and 1 and the usual words count.
pub(super) fn boolean(value: &Json, loc: Vec<Place>) -> Result<bool, Issue<'_>> {
    let refused =
        |(kind, message): numbers::Unfit| Issue::new(kind, loc, message, Input::Value(value));
    numbers::boolean(value).map_err(refused)
}

/// A UUID in any of its usual spellings.
pub(super) fn uuid<'b>(text: &str, loc: Vec<Place>, input: Input<'b>) -> Result<Uuid, Issue<'b>> {
    let capital_urn =
        text.starts_with("URN:").then(|| "invalid character: found `U` at 0".to_owned());
    let read = match capital_urn {
        Some(error) => Err(error),
        None => Uuid::parse_str(text).map_err(|error| error.to_string()),
    };
    read.map_err(|error| {
        let message = format!("Input should be a valid UUID, {error}");
        let context = format!(r#"{{"error":{}}}"#, super::json_text::quoted(&error));
        Issue::new("uuid_parsing", loc, message, input).context(context)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::issue::at;

    fn json(text: &str) -> Json {
        Json::read(text.as_bytes()).expect("it is JSON")
    }

    #[test]
    fn truth_values_are_read_leniently() {
        for (text, expected) in [
            ("true", Some(true)),
            ("\"true\"", Some(true)),
            ("1", Some(true)),
            ("0.0", Some(false)),
        ] {
            assert_eq!(boolean(&json(text), at(["x"])).ok(), expected, "{text}");
        }
        for text in ["2", "\"maybe\"", "null", "[]", "0.5"] {
            assert!(boolean(&json(text), at(["x"])).is_err(), "{text}");
        }
    }

    #[test]
    fn integers_come_as_text_but_not_with_a_fraction() {
        assert_eq!(integer(&json("\"12\""), at(["x"]), 0..=99).ok(), Some(12));
        assert_eq!(integer(&json("2.0"), at(["x"]), 0..=99).ok(), Some(2));
        for (text, kind) in [
            ("2.5", "int_from_float"),
            ("\"x\"", "int_parsing"),
            ("-1", "greater_than_equal"),
            ("100", "less_than_equal"),
            ("NaN", "finite_number"),
            ("null", "int_type"),
        ] {
            let value = json(text);
            let issue = integer(&value, at(["x"]), 0..=99).expect_err(text);
            assert!(issue.json(false).contains(kind), "{text}");
        }
    }

    #[test]
    fn texts_are_counted_in_characters() {
        assert!(text(&json("\"ääää\""), at(["x"]), 0..=4).is_ok());
        assert!(text(&json("\"äääää\""), at(["x"]), 0..=4).is_err());
        assert!(text(&json("\"\""), at(["x"]), 1..=4).is_err());
        assert!(text(&json("30"), at(["x"]), 0..=4).is_err());
    }

    #[test]
    fn a_uuid_may_be_spelt_in_capitals_or_without_hyphens() {
        let id = "DDC08A0B28044903B6BD97AA1981D7B0";
        let read = uuid(id, at(["x"]), Input::Null).map(|id| id.to_string());
        assert_eq!(read, Ok("ddc08a0b-2804-4903-b6bd-97aa1981d7b0".into()));
        assert!(uuid("nope", at(["x"]), Input::Null).is_err());
    }
}
