//! The reader against its own writer, and against the parser it imitates.

use proptest::prelude::*;

use super::super::json_text::json_text;
use super::*;

fn fault(text: &str) -> (&'static str, usize) {
    match Json::read(text.as_bytes()) {
        Err(JsonFault::Malformed { message, position }) => (message, position),
        other => panic!("{text:?} read as {other:?}"),
    }
}

#[test]
fn what_is_wrong_is_told_in_the_imitated_words_and_place() {
    let property = "Expecting property name enclosed in double quotes";
    for (text, message, position) in [
        ("{not json", property, 1),
        ("{\"a\":1,}", property, 7),
        ("", "Expecting value", 0),
        ("  ", "Expecting value", 2),
        ("[1,]", "Expecting value", 3),
        ("{\"a\" 1}", "Expecting ':' delimiter", 5),
        ("{\"ä\":1 \"b\"}", "Expecting ',' delimiter", 7),
        ("[1 2]", "Expecting ',' delimiter", 3),
        ("{} x", "Extra data", 3),
        ("01", "Extra data", 1),
        ("\"abc", "Unterminated string starting at", 0),
        ("[\"a\nb\"]", "Invalid control character at", 3),
        ("\"\\x\"", "Invalid \\escape", 1),
        ("\"\\u12g4\"", "Invalid \\uXXXX escape", 2),
        ("-", "Expecting value", 0),
    ] {
        assert_eq!(fault(text), (message, position), "{text:?}");
    }
}

#[test]
fn numbers_and_surrogates_no_standard_allows_are_read() {
    let read = |text: &str| Json::read(text.as_bytes()).expect("the imitated parser reads it");
    assert!(read("[NaN]").holds_nan());
    assert_eq!(read("-Infinity"), Json::Float(f64::NEG_INFINITY));
    assert!(read(r#"{"a\ud800b":1}"#).holds_surrogate());
    assert!(!read(r#""\ud83d\ude00""#).holds_surrogate());
    assert_eq!(read(r#""\ud83d\ude00""#).as_text(), Some("😀"));
    assert_eq!(read("1e400"), Json::Float(f64::INFINITY));
    assert_eq!(read("9223372036854775808"), Json::Huge("9223372036854775808".into()));
    let twice = read(r#"{"a":1,"b":2,"a":3}"#);
    assert_eq!(json_text(&twice), r#"{"a":3,"b":2}"#);
}

#[test]
fn depth_and_encoding_have_an_end() {
    assert_eq!(Json::read(&[b'"', 0xff, b'"']), Err(JsonFault::Unreadable));
    assert_eq!(Json::read("[".repeat(100_000).as_bytes()), Err(JsonFault::Unreadable));
}

fn any_json() -> impl Strategy<Value = Json> {
    let text = ".{0,8}".prop_map(|value| Text { value, lone_surrogate: false });
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(Json::Int),
        any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(Json::Float),
        text.clone().prop_map(Json::Text),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        let members = proptest::collection::vec((text.clone(), inner.clone()), 0..6);
        prop_oneof![
            proptest::collection::vec(inner, 0..6).prop_map(Json::List),
            members.prop_map(|members| Json::Object(Object::of(members))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(value in any_json()) {
        prop_assert_eq!(Json::read(json_text(&value).as_bytes()), Ok(value));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = Json::read(&bytes);
    }

    #[test]
    fn plain_json_reads_as_everybody_reads_it(value in any_json()) {
        let text = json_text(&value);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
    }
}
