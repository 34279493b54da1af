//! Reports conform to the schema that the program prints.

use super::program::{FIXTURES, fixture, report, run};
use serde_json::{Value, json};

#[test]
fn reports_of_all_fixtures_conform_to_the_schema() {
    let schema = schema();
    for name in FIXTURES {
        let report = report(&[&fixture(name), "--from", "DE"]);
        assert_eq!(complaints(&schema, &report), [""; 0], "{name}");
    }
}

#[test]
fn every_object_of_the_schema_is_closed() {
    let schema = schema();
    assert!(schema["$schema"].is_string());
    let objects = objects(&schema);
    assert!(objects.len() > 25, "{}", objects.len());
    let open: Vec<_> = objects.iter().filter(|object| object["additionalProperties"] != false).collect();
    assert_eq!(open, [&&Value::Null; 0]);
}

#[test]
fn reports_that_are_wrong_are_found() {
    let (schema, right) = (schema(), report(&[&fixture("p2p-call")]));
    let wrong: [(&str, &str, Value); 9] = [
        ("", "mood", json!("sunny")),
        ("/tool", "colour", json!(1)),
        ("/meetings/0/streams/0", "packets", json!("many")),
        ("/meetings/0/streams/0", "packets", json!(-1)),
        ("/meetings/0", "duration_s", Value::Null),
        ("/meetings/0", "provider", json!(7)),
        ("/meetings/0", "began_before_capture", json!([])),
        ("/endpoints/0/place", "verdict", json!(["x"])),
        ("/exposures/0/statement", "fr", json!("x")),
    ];
    for (place, key, value) in wrong {
        let mut bad = right.clone();
        let object = bad.pointer_mut(place).expect("there").as_object_mut().expect("an object");
        object.insert(key.to_owned(), value.clone());
        assert_eq!(complaints(&schema, &bad).len(), 1, "{place}/{key} = {value}");
    }
    let mut lacking = right;
    lacking["captures"][0].as_object_mut().expect("an object").remove("packets");
    assert_eq!(complaints(&schema, &lacking), ["/captures/0: packets is missing"]);
}

#[test]
fn what_the_checker_does_not_know_it_does_not_pass() {
    let found = complaints(&json!({"type": "string", "pattern": "^a"}), &json!("b"));
    assert_eq!(found, [": the checker does not know \"pattern\""]);
}

/// The schema, as the program prints it.
pub fn schema() -> Value {
    run(&["schema"]).done().json()
}

/// What is wrong with a report: where and what.
fn complaints(schema: &Value, report: &Value) -> Vec<String> {
    let mut checker = Checker { root: schema, found: Vec::new() };
    checker.check(schema, report, "");
    checker.found
}

/// All parts of a schema that describe objects.
fn objects(schema: &Value) -> Vec<&Value> {
    let inner = match schema {
        Value::Object(members) => members.values().flat_map(objects).collect(),
        Value::Array(items) => items.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    };
    let own = Some(schema).filter(|schema| schema["properties"].is_object());
    own.into_iter().chain(inner).collect()
}

/// Checks the part of JSON Schema that the report's schema uses.
struct Checker<'s> {
    root: &'s Value,
    found: Vec<String>,
}

impl<'s> Checker<'s> {
    fn check(&mut self, schema: &'s Value, value: &Value, at: &str) {
        for (keyword, wanted) in schema.as_object().into_iter().flatten() {
            match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" | "format" => {}
                "additionalProperties" | "required" => {}
                "$ref" => self.check(resolve(self.root, wanted), value, at),
                "anyOf" => self.any_of(wanted, value, at),
                "type" => self.expect(is_type(wanted, value), at, || format!("{value} is not of type {wanted}")),
                "minimum" => self.expect(value.as_f64() >= wanted.as_f64() || !value.is_number(), at, || "low".into()),
                "maximum" => self.expect(value.as_f64() <= wanted.as_f64() || !value.is_number(), at, || "high".into()),
                "items" => self.items(wanted, value, at),
                "properties" => self.object(schema, value, at),
                unknown => self.expect(false, at, || format!("the checker does not know {unknown:?}")),
            }
        }
    }

    fn expect(&mut self, holds: bool, at: &str, complaint: impl FnOnce() -> String) {
        if !holds {
            self.found.push(format!("{at}: {}", complaint()));
        }
    }

    /// Passes if one alternative does.
    fn any_of(&mut self, alternatives: &'s Value, value: &Value, at: &str) {
        let passes = alternatives.as_array().into_iter().flatten().any(|alternative| {
            let mut inner = Checker { root: self.root, found: Vec::new() };
            inner.check(alternative, value, at);
            inner.found.is_empty()
        });
        self.expect(passes, at, || format!("no alternative allows {value}"));
    }

    fn items(&mut self, schema: &'s Value, value: &Value, at: &str) {
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.check(schema, item, &format!("{at}/{index}"));
        }
    }

    fn object(&mut self, schema: &'s Value, value: &Value, at: &str) {
        let Some(members) = value.as_object() else { return };
        let known = &schema["properties"];
        for (key, member) in members {
            match known.get(key) {
                Some(schema) => self.check(schema, member, &format!("{at}/{key}")),
                None => self.expect(false, at, || format!("{key} is not in the schema")),
            }
        }
        // The reports write what is not known as null, so that every object shows all its names.
        for key in known.as_object().into_iter().flatten().map(|(key, _)| key) {
            self.expect(members.contains_key(key), at, || format!("{key} is missing"));
        }
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        for key in required {
            self.expect(known.get(key).is_some(), at, || format!("{key} is required but not described"));
        }
    }
}

/// The part of the schema that a reference names.
pub fn resolve<'s>(root: &'s Value, reference: &Value) -> &'s Value {
    let pointer = reference.as_str().and_then(|text| text.strip_prefix('#')).expect("a reference within the schema");
    root.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is not in the schema"))
}

fn is_type(wanted: &Value, value: &Value) -> bool {
    match wanted {
        Value::Array(several) => several.iter().any(|one| is_type(one, value)),
        _ => match wanted.as_str().expect("a type") {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            "integer" => value.is_u64() || value.is_i64(),
            "number" => value.is_number(),
            unknown => panic!("type {unknown} is not known"),
        },
    }
}
