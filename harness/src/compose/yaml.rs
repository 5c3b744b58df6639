//! YAML as people write it: any shape, every value with its line.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

/// One value of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// From 1; 0 when unknown.
    pub(super) line: u64,
    pub(super) value: Value,
}

/// What it is. Numbers and truth values are kept as text: compose makes text of them too.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The member of that name, unless it is null.
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        let found = self.members().iter().find(|(key, _)| key == name);
        found.map(|(_, node)| node).filter(|node| node.value != Value::Null)
    }

    /// Its members; none when it is no mapping.
    pub(super) fn members(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Map(members) => members,
            _ => &[],
        }
    }

    /// Its elements; a lone text stands for a list of one.
    pub(super) fn elements(&self) -> Vec<&Node> {
        match &self.value {
            Value::List(elements) => elements.iter().collect(),
            Value::Text(_) => vec![self],
            Value::Null | Value::Map(_) => Vec::new(),
        }
    }

    /// Its text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same document with every text replaced; names of members stay.
    pub(super) fn map_texts(&self, replace: &dyn Fn(&str) -> String) -> Self {
        let value = match &self.value {
            Value::Null => Value::Null,
            Value::Text(text) => Value::Text(replace(text)),
            Value::List(elements) => {
                Value::List(elements.iter().map(|node| node.map_texts(replace)).collect())
            }
            Value::Map(members) => Value::Map(
                members.iter().map(|(key, node)| (key.clone(), node.map_texts(replace))).collect(),
            ),
        };
        Self { line: self.line, value }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Value>::deserialize(deserializer)?;
        Ok(Self { line: spanned.referenced.line(), value: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Text(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Value, D::Error> {
        Value::deserialize(inner)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(node) = elements.next_element::<Node>()? {
            list.push(node);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = members.next_key::<Value>()? {
            let node = members.next_value::<Node>()?;
            if let Value::Text(key) = key {
                map.push((key, node));
            }
        }
        Ok(Value::Map(map))
    }
}
