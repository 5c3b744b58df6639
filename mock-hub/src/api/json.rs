//! JSON as the hub's own parser reads it: NaN and Infinity are numbers, a lone surrogate is text,
//! of duplicate members the last wins, and what is wrong is told in that parser's words.

use std::collections::HashMap;

use super::encoding;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Int(i64),
    /// An integer beyond 64 bits, as it was written.
    Huge(String),
    Float(f64),
    Text(Text),
    List(Vec<Json>),
    Object(Object),
}

/// A text. Halves of surrogate pairs are kept as replacement characters, and remembered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Text {
    pub(super) value: String,
    pub(super) lone_surrogate: bool,
}

/// Members in the order they first came.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Object(Vec<(Text, Json)>);

/// Why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum JsonFault {
    /// The parser's message, and where, counted in characters.
    Malformed { message: &'static str, position: usize },
    /// The parser gave up in another way: no UTF-8, too deep, too many digits.
    Unreadable,
}

impl Json {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, JsonFault> {
        let text = encoding::decoded(bytes).ok_or(JsonFault::Unreadable)?;
        let mut reader = Reader { text: &text, bytes: text.as_bytes(), at: 0, depth: 0 };
        let outcome = reader.document();
        outcome.map_err(|stop| match stop {
            Stop::At(message, at) => {
                let position = text[..at.min(text.len())].chars().count();
                JsonFault::Malformed { message, position }
            }
            Stop::Unreadable => JsonFault::Unreadable,
        })
    }

    pub(super) fn as_object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(&text.value) } else { None }
    }

    /// Whether a part of it satisfies `wanted`.
    fn any(&self, wanted: &impl Fn(&Self) -> bool) -> bool {
        wanted(self)
            || match self {
                Self::List(items) => items.iter().any(|item| item.any(wanted)),
                Self::Object(object) => object.iter().any(|(_, value)| value.any(wanted)),
                _ => false,
            }
    }

    /// Whether it holds NaN or an infinity, which no reply can repeat.
    pub(super) fn holds_nan(&self) -> bool {
        self.any(&|part| matches!(part, Self::Float(number) if !number.is_finite()))
    }

    /// Whether it holds half a surrogate pair, which no reply can repeat.
    pub(super) fn holds_surrogate(&self) -> bool {
        self.any(&|part| match part {
            Self::Text(text) => text.lone_surrogate,
            Self::Object(object) => object.iter().any(|(name, _)| name.lone_surrogate),
            _ => false,
        })
    }
}

impl Object {
    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().find(|(key, _)| key.value == name).map(|(_, value)| value)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Text, &Json)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Sets a member: in its place when it is there, else at the end.
    pub(super) fn set(&mut self, name: &str, value: Json) {
        match self.0.iter_mut().find(|(key, _)| key.value == name) {
            Some((_, place)) => *place = value,
            None => self.0.push((Text { value: name.to_owned(), lone_surrogate: false }, value)),
        }
    }

    /// The last of duplicate members, at the place of the first.
    fn of(members: Vec<(Text, Json)>) -> Self {
        let mut places: HashMap<Text, usize> = HashMap::with_capacity(members.len());
        let mut unique: Vec<(Text, Json)> = Vec::with_capacity(members.len());
        for (name, value) in members {
            if let Some(&place) = places.get(&name) {
                unique[place].1 = value;
            } else {
                places.insert(name.clone(), unique.len());
                unique.push((name, value));
            }
        }
        Self(unique)
    }
}

enum Stop {
    At(&'static str, usize),
    Unreadable,
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Json, Stop> {
        self.blanks();
        let value = self.value()?;
        self.blanks();
        if self.at < self.bytes.len() { Err(Stop::At("Extra data", self.at)) } else { Ok(value) }
    }

    fn value(&mut self) -> Result<Json, Stop> {
        let Some(&first) = self.bytes.get(self.at) else { return Err(self.no_value()) };
        match first {
            b'"' => self.string().map(Json::Text),
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::list),
            b'-' | b'0'..=b'9' => self.number(),
            _ => {
                for (word, value) in LITERALS {
                    if self.bytes[self.at..].starts_with(word.as_bytes()) {
                        self.at += word.len();
                        return Ok(value.clone());
                    }
                }
                Err(self.no_value())
            }
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Json, Stop>) -> Result<Json, Stop> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Stop::Unreadable);
        }
        self.at += 1;
        self.blanks();
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Json, Stop> {
        let mut members = Vec::new();
        if self.eat(b'}') {
            return Ok(Json::Object(Object::default()));
        }
        loop {
            if self.bytes.get(self.at) != Some(&b'"') {
                return Err(Stop::At("Expecting property name enclosed in double quotes", self.at));
            }
            let name = self.string()?;
            self.blanks();
            if !self.eat(b':') {
                return Err(Stop::At("Expecting ':' delimiter", self.at));
            }
            self.blanks();
            members.push((name, self.value()?));
            self.blanks();
            if self.eat(b'}') {
                return Ok(Json::Object(Object::of(members)));
            }
            if !self.eat(b',') {
                return Err(Stop::At("Expecting ',' delimiter", self.at));
            }
            self.blanks();
        }
    }

    fn list(&mut self) -> Result<Json, Stop> {
        let mut items = Vec::new();
        if self.eat(b']') {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value()?);
            self.blanks();
            if self.eat(b']') {
                return Ok(Json::List(items));
            }
            if !self.eat(b',') {
                return Err(Stop::At("Expecting ',' delimiter", self.at));
            }
            self.blanks();
        }
    }

    fn string(&mut self) -> Result<Text, Stop> {
        let begin = self.at;
        self.at += 1;
        let mut text = Text { value: String::new(), lone_surrogate: false };
        loop {
            let run = self.at;
            let stop = self.bytes[run..].iter().position(|b| matches!(b, b'"' | b'\\' | 0..=31));
            let Some(stop) = stop.map(|offset| run + offset) else {
                return Err(Stop::At("Unterminated string starting at", begin));
            };
            text.value.push_str(&self.text[run..stop]);
            self.at = stop + 1;
            match self.bytes[stop] {
                b'"' => return Ok(text),
                b'\\' => self.escape(stop, begin, &mut text)?,
                _ => return Err(Stop::At("Invalid control character at", stop)),
            }
        }
    }

    /// The escape whose backslash is at `start`.
    fn escape(&mut self, start: usize, begin: usize, text: &mut Text) -> Result<(), Stop> {
        let Some(&kind) = self.bytes.get(self.at) else {
            return Err(Stop::At("Unterminated string starting at", begin));
        };
        self.at += 1;
        let plain = match kind {
            b'"' | b'\\' | b'/' => kind as char,
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(text),
            _ => return Err(Stop::At("Invalid \\escape", start)),
        };
        text.value.push(plain);
        Ok(())
    }

    fn unicode_escape(&mut self, text: &mut Text) -> Result<(), Stop> {
        let first = self.four_digits()?;
        let mut code = u32::from(first);
        if (0xd800..0xdc00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.four_digits()?;
            if (0xdc00..0xe000).contains(&second) {
                code = 0x1_0000 + ((code - 0xd800) << 10) + (u32::from(second) - 0xdc00);
            } else {
                self.at = back;
            }
        }
        text.lone_surrogate |= char::from_u32(code).is_none();
        text.value.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        Ok(())
    }

    fn four_digits(&mut self) -> Result<u16, Stop> {
        let digits = self.bytes.get(self.at..self.at + 4);
        let valid = digits.filter(|four| four.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = valid else {
            return Err(Stop::At("Invalid \\uXXXX escape", self.at - 1));
        };
        self.at += 4;
        let value = digits.iter().fold(0, |sum, &digit| {
            let digit = (digit as char).to_digit(16).unwrap_or_default();
            sum << 4 | u16::try_from(digit).unwrap_or_default()
        });
        Ok(value)
    }

    fn number(&mut self) -> Result<Json, Stop> {
        let start = self.at;
        let minus = self.eat(b'-');
        if minus && self.bytes[self.at..].starts_with(b"Infinity") {
            self.at += "Infinity".len();
            return Ok(Json::Float(f64::NEG_INFINITY));
        }
        if !self.eat(b'0') && self.digits() == 0 {
            self.at = start;
            return Err(self.no_value());
        }
        let whole_end = self.at;
        if self.eat(b'.') && self.digits() == 0 {
            self.at = whole_end;
        }
        let mantissa_end = self.at;
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            if self.digits() == 0 {
                self.at = mantissa_end;
            }
        }
        let text = &self.text[start..self.at];
        if self.at > whole_end {
            return Ok(Json::Float(text.parse().unwrap_or(f64::NAN)));
        }
        if text.len() > DIGITS_MAX {
            return Err(Stop::Unreadable);
        }
        Ok(text.parse().map_or_else(|_| Json::Huge(text.to_owned()), Json::Int))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        self.at - start
    }

    fn eat(&mut self, byte: u8) -> bool {
        let there = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(there);
        there
    }

    fn blanks(&mut self) {
        while self.bytes.get(self.at).is_some_and(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn no_value(&self) -> Stop {
        Stop::At("Expecting value", self.at)
    }
}

const LITERALS: &[(&str, Json)] = &[
    ("null", Json::Null),
    ("true", Json::Bool(true)),
    ("false", Json::Bool(false)),
    ("NaN", Json::Float(f64::NAN)),
    ("Infinity", Json::Float(f64::INFINITY)),
];
const DEPTH_MAX: usize = 900;
const DIGITS_MAX: usize = 4300;

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
