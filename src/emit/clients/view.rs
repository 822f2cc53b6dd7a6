//! What the templates of clients show, in the words of a language: names, types, literals and lines of comments, ready to
//! be put down as they are.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value as Json;

use super::names::Scope;
use super::pattern::{Portable, portable};
use super::{Language, Shape, docs, quote};
use crate::emit::shown::shown;
use crate::emit::{Approximation, json_schema, snowplow};
use crate::plan::value::Type;
use crate::plan::{EventPlan, Plan, PropertyPlan, TypePlan};
use crate::say;

#[derive(Serialize)]
struct EventView {
    /// The function.
    method: String,
    /// The type of its properties.
    name: String,
    /// What it is known by, as a string.
    path: String,
    class: String,
    wire: String,
    names: Vec<Other>,
    docs: Vec<String>,
    /// What to say of a deprecated event, in a comment and as a string; nothing for others.
    deprecated: String,
    deprecated_string: String,
    /// Whether it can be sent without properties.
    all_optional: bool,
    fields: Vec<FieldView>,
}

/// A name in a destination, both as strings.
#[derive(Serialize)]
struct Other {
    destination: String,
    name: String,
}

#[derive(Serialize)]
struct TypeView {
    name: String,
    path: String,
    docs: Vec<String>,
    fields: Vec<FieldView>,
}

#[derive(Serialize)]
struct EnumView {
    name: String,
    docs: Vec<String>,
    members: Vec<MemberView>,
}

#[derive(Serialize)]
struct MemberView {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct FieldView {
    name: String,
    wire: String,
    names: Vec<Other>,
    #[serde(rename = "type")]
    kind: String,
    required: bool,
    docs: Vec<String>,
    deprecated: String,
    deprecated_string: String,
    /// The value as it is sent.
    encoded: String,
    levels: Vec<Level>,
}

/// The rule for a value, or for the values inside of the lists of the level before.
#[derive(Serialize)]
struct Level {
    /// `string`, `integer`, `number`, `boolean`, `array`, `object` or `any`.
    kind: String,
    /// The least number, or the fewest characters or members; nothing where there is no such bound.
    least: String,
    most: String,
    /// A pattern and the words that are allowed, as strings.
    pattern: String,
    values: Vec<String>,
    /// The declared type of an object, as a string.
    of: String,
}

/// All that the templates of a language see.
#[derive(Serialize)]
pub(in crate::emit) struct ClientView {
    origin: String,
    package: String,
    types: Vec<TypeView>,
    events: Vec<EventView>,
    enums: Vec<EnumView>,
}

shown!(ClientView { "origin" => origin, "package" => package, "types" => types, "events" => events, "enums" => enums });
shown!(EventView {
    "method" => method,
    "name" => name,
    "path" => path,
    "class" => class,
    "wire" => wire,
    "names" => names,
    "docs" => docs,
    "deprecated" => deprecated,
    "deprecated_string" => deprecated_string,
    "all_optional" => all_optional,
    "fields" => fields,
});
shown!(Other { "destination" => destination, "name" => name });
shown!(TypeView { "name" => name, "path" => path, "docs" => docs, "fields" => fields });
shown!(EnumView { "name" => name, "docs" => docs, "members" => members });
shown!(MemberView { "name" => name, "value" => value });
shown!(FieldView {
    "name" => name,
    "wire" => wire,
    "names" => names,
    "type" => kind,
    "required" => required,
    "docs" => docs,
    "deprecated" => deprecated,
    "deprecated_string" => deprecated_string,
    "encoded" => encoded,
    "levels" => levels,
});
shown!(Level {
    "kind" => kind,
    "least" => least,
    "most" => most,
    "pattern" => pattern,
    "values" => values,
    "of" => of,
});

/// What the templates of a language show.
pub(in crate::emit) fn view(language: &Language, plan: &Plan) -> ClientView {
    let takes = |event: &EventPlan| (language.takes)(&event.all_properties().collect::<Vec<_>>());
    let events: Vec<&EventPlan> = plan.events.iter().filter(|event| is_sent(event) && takes(event)).collect();
    let types: Vec<&TypePlan> = plan.types.iter().filter(|own| has_room(language, own)).collect();
    let maker = Maker::new(language, plan, &types, &events);
    let origin = format!("{} {} from {}", plan.generator.name, plan.generator.version, plan.files.join(", "));
    ClientView {
        origin: (language.comment)(&quote::line(&origin)),
        package: package(language, plan),
        types: types.par_iter().map(|own| maker.declared(own)).collect(),
        events: events.par_iter().map(|event| maker.event(event)).collect(),
        enums: maker.enums.into_values().collect(),
    }
}

/// Whether a type is declared in the language; where it is not, its values may be anything.
fn has_room(language: &Language, own: &TypePlan) -> bool {
    (language.takes)(&own.members.iter().collect::<Vec<_>>())
}

/// What a client leaves out because there are too many properties.
pub(in crate::emit) fn approximations(target: &'static str, language: &Language, plan: &Plan) -> Vec<Approximation> {
    let lost = |path: &str, message| Approximation { target, path: path.to_owned(), message };
    let events = plan.events.iter().filter(|own| is_sent(own)).filter_map(|own| {
        let all: Vec<_> = own.all_properties().collect();
        let (event, count) = (own.path.as_str(), all.len());
        let message = say!(
            "the client has no function for event `{event}`: {count} properties are more than one can take there",
            event,
            count
        );
        (!(language.takes)(&all)).then(|| lost(event, message))
    });
    let types = plan.types.iter().filter(|own| !has_room(language, own)).map(|own| {
        let (name, count) = (own.path.as_str(), own.members.len());
        let message = say!(
            "the client does not know type `{name}`: {count} members are more than one can have there, and any value is taken",
            name,
            count
        );
        lost(name, message)
    });
    events.chain(types).collect()
}

/// The project as the name of a package; nothing where none is declared.
fn package(language: &Language, plan: &Plan) -> String {
    if plan.project.is_empty() { String::new() } else { language.methods.of(&plan.project) }
}

/// Rows of a table are events that nobody sends, unless the spec says who.
fn is_sent(event: &EventPlan) -> bool {
    event.rows.is_none() || !event.sent_by.is_empty()
}

fn keyed<'e>(events: &[&'e EventPlan]) -> Vec<(&'e str, &'e str)> {
    events.iter().map(|event| (event.path.as_str(), event.name.as_str())).collect()
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// The name of an enum and that of a member, as one that still reads as two.
fn joined(name: &str, member: &str) -> String {
    if member.starts_with(char::is_uppercase) { format!("{name}{member}") } else { format!("{name}_{member}") }
}

/// An enum is known by what declares it, so that events that share a property share it.
fn enum_key(own: &PropertyPlan) -> String {
    format!("{}.{}", own.from.path, own.name)
}

/// Properties, each name on the wire once, as in the schema: those of a variant are optional.
fn once_each<'e>(properties: impl Iterator<Item = &'e PropertyPlan>) -> Vec<&'e PropertyPlan> {
    let mut known: IndexMap<&str, &PropertyPlan> = IndexMap::new();
    for own in properties {
        known.entry(&own.wire_name).or_insert(own);
    }
    known.into_values().collect()
}

struct Maker<'p> {
    language: &'p Language,
    plan: &'p Plan,
    /// Names of types in use.
    scope: Scope,
    /// The names of declared types and of the properties of events, and the functions, by path.
    types: BTreeMap<&'p str, String>,
    events: BTreeMap<&'p str, String>,
    methods: BTreeMap<&'p str, String>,
    /// The names of schemas that a sink could not tell, by path.
    schemas: IndexMap<&'p str, String>,
    /// By what declares them.
    enums: IndexMap<String, EnumView>,
}

impl<'p> Maker<'p> {
    fn new(language: &'p Language, plan: &'p Plan, types: &[&'p TypePlan], events: &[&'p EventPlan]) -> Self {
        let mut scope = Scope::default();
        let declared: Vec<(&str, &str)> = types.iter().map(|own| (own.path.as_str(), last(&own.path))).collect();
        let of_types = scope.all(&language.types, &declared);
        let of_events = scope.all(&language.types, &keyed(events));
        let methods = Scope::default().all(&language.methods, &keyed(events));
        let paths = || events.iter().map(|event| event.path.as_str());
        let mut maker = Self {
            language,
            plan,
            scope,
            types: declared.iter().map(|(path, _)| *path).zip(of_types).collect(),
            events: paths().zip(of_events).collect(),
            methods: paths().zip(methods).collect(),
            schemas: snowplow::sent_names(plan),
            enums: IndexMap::new(),
        };
        let members = types.iter().flat_map(|own| once_each(own.members.iter()));
        let properties = events.iter().flat_map(|own| once_each(own.all_properties()));
        members.chain(properties).for_each(|own| maker.enumerate(own));
        maker
    }

    fn string(&self, text: &str) -> String {
        (self.language.string)(text)
    }

    fn comments(&self, lines: &[String]) -> Vec<String> {
        lines.iter().map(|line| (self.language.comment)(line)).collect()
    }

    fn others(&self, names: &BTreeMap<String, String>) -> Vec<Other> {
        let other = |(destination, name): (&String, &String)| Other {
            destination: self.string(destination),
            name: self.string(name),
        };
        names.iter().map(other).collect()
    }

    /// The names of an event in destinations, and what Snowplow calls its schema where a sink could not tell.
    fn names_elsewhere(&self, event: &EventPlan) -> BTreeMap<String, String> {
        let schema = self.schemas.get(event.path.as_str()).map(|name| (snowplow::TARGET.to_owned(), name.clone()));
        event.wire_names.clone().into_iter().chain(schema).collect()
    }

    fn declared(&self, own: &TypePlan) -> TypeView {
        TypeView {
            name: self.types.get(own.path.as_str()).cloned().unwrap_or_default(),
            path: self.string(&own.path),
            docs: self.comments(&docs::declared(self.plan, own)),
            fields: self.fields(own.members.iter(), self.language.access.1),
        }
    }

    fn event(&self, event: &EventPlan) -> EventView {
        let fields = self.fields(event.all_properties(), self.language.access.0);
        let deprecated = self.deprecated(event);
        let path = event.path.as_str();
        EventView {
            method: self.methods.get(path).cloned().unwrap_or_default(),
            name: self.events.get(path).cloned().unwrap_or_default(),
            path: self.string(path),
            class: self.string(&event.class),
            wire: self.string(&event.wire_name),
            names: self.others(&self.names_elsewhere(event)),
            docs: self.comments(&docs::event(self.plan, event)),
            deprecated_string: self.string(&deprecated),
            deprecated: (self.language.comment)(&deprecated),
            all_optional: fields.iter().all(|field| !field.required),
            fields,
        }
    }

    fn deprecated(&self, event: &EventPlan) -> String {
        let successor = event.successor.as_deref().and_then(|path| self.methods.get(path));
        match (event.status.as_str(), successor) {
            ("deprecated", Some(method)) => format!("Use `{method}` instead."),
            ("deprecated", None) => "No longer to be sent.".to_owned(),
            _ => String::new(),
        }
    }

    fn fields<'e>(&self, properties: impl Iterator<Item = &'e PropertyPlan>, access: &str) -> Vec<FieldView> {
        let known = once_each(properties);
        let declared: Vec<(&str, &str)> = known.iter().map(|own| (own.wire_name.as_str(), own.name.as_str())).collect();
        let names = Scope::default().all(&self.language.fields, &declared);
        known.iter().zip(names).map(|(own, name)| self.field(own, name, access)).collect()
    }

    fn field(&self, own: &PropertyPlan, name: String, access: &str) -> FieldView {
        let (kind, shape) = match &own.kind {
            Some(kind) => self.kind(own, kind),
            None => ((self.language.scalar)("any").to_owned(), Shape::Plain),
        };
        let required = own.required && !own.from.kind.starts_with("variant");
        let deprecated = own.deprecated.as_deref().map(quote::line).unwrap_or_default();
        FieldView {
            encoded: (self.language.encode)(&format!("{access}{name}"), &shape, !required),
            wire: self.string(&own.wire_name),
            names: self.others(&own.wire_names),
            docs: self.comments(&docs::property(self.plan, own, &name)),
            deprecated_string: self.string(&deprecated),
            deprecated: (self.language.comment)(&deprecated),
            levels: self.levels(own),
            kind: if required { kind } else { (self.language.optional)(&kind) },
            name,
            required,
        }
    }

    /// The type in the language, and how its values are sent.
    fn kind(&self, own: &PropertyPlan, kind: &Type) -> (String, Shape) {
        match kind {
            Type::Scalar(own) if own == "money" => ((self.language.scalar)(own).to_owned(), Shape::Plain),
            Type::Scalar(_) => ((self.language.scalar)(crate::plan::json_type(kind)).to_owned(), Shape::Plain),
            Type::Enum(_) => {
                let known = self.enums.get(&enum_key(own));
                (known.map(|known| known.name.clone()).unwrap_or_default(), Shape::Enum)
            }
            Type::List(inner) => {
                let (inner, shape) = self.kind(own, inner);
                ((self.language.list)(&inner), Shape::List(Box::new(shape)))
            }
            Type::Named(path) => match self.types.get(path.as_str()) {
                Some(name) => (name.clone(), Shape::Object(name.clone())),
                None => ((self.language.scalar)("any").to_owned(), Shape::Plain),
            },
        }
    }

    /// Names the enum of a property, where it is of one.
    fn enumerate(&mut self, own: &PropertyPlan) {
        let mut kind = own.kind.as_ref();
        while let Some(Type::List(inner)) = kind {
            kind = Some(inner);
        }
        let Some(Type::Enum(members)) = kind else { return };
        let key = enum_key(own);
        if self.enums.contains_key(&key) {
            return;
        }
        let name = self.scope.one(&self.language.types, &format!("{}_{}", last(&own.from.path), own.name), &key);
        let declared: Vec<(&str, &str)> = members.iter().map(|own| (own.as_str(), own.as_str())).collect();
        let mut names = Scope::default().all(&self.language.members, &declared);
        if self.language.flat_members {
            names = names.iter().map(|member| self.scope.exact(&joined(&name, member), &key)).collect();
        }
        let member = |(name, value): (String, &String)| MemberView { name, value: (self.language.string)(value) };
        let view = EnumView {
            name,
            docs: self.comments(&[format!("What `{}` can be.", quote::line(&own.wire_name))]),
            members: names.into_iter().zip(members).map(member).collect(),
        };
        self.enums.insert(key, view);
    }

    // ---- the rules of values, from the schema

    fn levels(&self, own: &PropertyPlan) -> Vec<Level> {
        let schema = json_schema::of_property(self.plan, own);
        let (mut levels, mut kind) = (Vec::new(), own.kind.as_ref());
        let mut next = Some(&schema);
        while let Some(schema) = next {
            levels.push(self.level(schema, kind));
            next = schema.get("items");
            kind = if let Some(Type::List(inner)) = kind { Some(inner) } else { None };
        }
        levels
    }

    fn level(&self, schema: &Json, kind: Option<&Type>) -> Level {
        let of = if let Some(Type::Named(path)) = kind { Some(path) } else { None };
        let kind = if of.is_some() { "object" } else { schema["type"].as_str().unwrap_or("any") };
        let (least, most) = match kind {
            "array" => ("minItems", "maxItems"),
            "string" => ("minLength", "maxLength"),
            _ => ("minimum", "maximum"),
        };
        let bound = |key: &str| schema[key].as_f64().map(|bound| format!("{bound:?}")).unwrap_or_default();
        let values = schema["enum"].as_array().into_iter().flatten().filter_map(Json::as_str);
        let pattern =
            schema["pattern"].as_str().and_then(portable).or_else(|| schema["format"].as_str().and_then(format));
        Level {
            kind: kind.to_owned(),
            least: bound(least),
            most: bound(most),
            pattern: pattern.map(|own| self.pattern(&own)).unwrap_or_default(),
            values: values.map(|value| self.string(value)).collect(),
            of: of.map(|path| self.string(path)).unwrap_or_default(),
        }
    }

    fn pattern(&self, own: &Portable) -> String {
        let (start, end) = self.language.anchors;
        let start = if own.from_start { start } else { "" };
        let end = if own.to_end { end } else { "" };
        self.string(&format!("{start}(?:{}){end}", own.body))
    }
}

/// What a format asks for at least.
fn format(name: &str) -> Option<Portable> {
    let body = match name {
        "date" => "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        "date-time" => {
            "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]+)?(?:[Zz]|[+\\-][0-9]{2}:[0-9]{2})"
        }
        "uuid" => "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
        _ => return None,
    };
    Some(Portable { body: body.to_owned(), from_start: true, to_end: true })
}
