//! For programs; the form is published as a JSON Schema.

use serde_json::{Value, json};

use super::{Format, Report};

pub(super) const FORMAT: Format = Format { name: "json", about: "for programs; its schema is published", render };

/// Raised when a reader of the old form could misread the new one.
const VERSION: u32 = 1;

fn render(report: &Report<'_>) -> String {
    format!("{:#}\n", document(report.forecast, report.language))
}

/// The forecast as a document.
pub fn document(forecast: &crate::forecast::Forecast, language: crate::language::Language) -> Value {
    let notes: Vec<String> = forecast.notes.iter().map(|note| note.said(language)).collect();
    let mut document = json!({ "version": VERSION, "notes": notes });
    if let (Some(own), Ok(Value::Object(mut numbers))) = (document.as_object_mut(), serde_json::to_value(forecast)) {
        for (promise, own) in numbers["promises"].as_array_mut().into_iter().flatten().zip(&forecast.promises) {
            if let Some(why) = &own.why {
                promise["untold"] = json!(why.said(language));
            }
        }
        own.extend(numbers);
    }
    document
}

/// The schema of the document.
pub fn schema() -> Value {
    let text = json!({ "type": "string" });
    let number = json!({ "type": "number" });
    let many = json!({ "type": "number", "minimum": 0 });
    let share = json!({ "type": "number", "minimum": 0, "maximum": 1.000_001 });
    let list = |items: Value| json!({ "type": "array", "items": items });
    let month = object(&json!({ "people": many, "customers": many, "cost": many }), &["customers", "cost"]);
    let reached = object(&json!({ "path": text, "reach": share, "visits_per_person": many }), &[]);
    let origin = json!({
        "path": text, "label": text, "people": many, "customers": many, "conversion": share, "cost": many, "ltv": number,
        "cac": many, "ltv_to_cac": number, "payback_month": { "type": "integer", "minimum": 1 }, "months": list(month),
        "stages": list(reached),
    });
    let optional = ["path", "customers", "conversion", "cost", "ltv", "cac", "ltv_to_cac", "payback_month"];
    let origin = object(&origin, &optional);
    let channel = object(&json!({ "path": text, "conversion": share }), &["conversion"]);
    let segment = json!({
        "path": text, "label": text, "size": many, "share": share, "conversion": share, "others": share, "ltv": number,
        "potential": many, "channels": list(channel),
    });
    let segment = object(&segment, &["size", "share", "conversion", "others", "ltv", "potential"]);
    let flow = object(&json!({ "visits": many, "people": many }), &[]);
    let stage = json!({
        "path": text, "label": text, "reach": share, "visits_per_person": many, "typical": flow, "months": list(flow.clone()),
    });
    let role = json!({ "enum": ["move", "reentry", "referral", "handover", "skip"] });
    let way = json!({ "from": text, "to": text, "role": role, "rate": many, "within_months": many, "typical": many });
    let round = json!({ "stages": list(text.clone()), "reach": share, "laps": many });
    let funnel = json!({
        "path": text, "label": text, "people": many, "stages": list(object(&stage, &["typical"])),
        "transitions": list(object(&way, &["rate", "typical"])), "loops": list(object(&round, &[])),
    });
    let lever = object(&json!({ "transition": text, "rate": many, "elasticity": number }), &[]);
    let needed = object(&json!({ "transition": text, "is": many, "should_be": many }), &[]);
    let promise = json!({
        "kind": { "enum": ["goal", "target"] }, "path": text, "label": text, "kpi": text, "unit": text,
        "comparison": { "enum": [">=", "<=", ">", "<", "==", "!="] }, "promised": number, "planned": number,
        "verdict": { "enum": ["kept", "missed", "untold"] }, "needs": needed, "levers": list(lever.clone()), "untold": text,
    });
    let whole = json!({
        "version": { "const": VERSION }, "notes": list(text.clone()), "rates": { "enum": ["planned", "measured"] },
        "currency": text, "months": list(text.clone()), "grows": { "type": "boolean" }, "total": origin,
        "channels": list(origin.clone()), "referred": origin, "segments": list(segment),
        "funnels": list(object(&funnel, &["people"])),
        "promises": list(object(&promise, &["planned", "needs", "untold"])), "levers": list(lever),
    });
    let mut made = object(&whole, &["referred"]);
    made["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    made["$id"] = json!("https://funnelc.github.io/book/schemas/forecast.schema.json");
    made["title"] = json!("funnelc forecast --format json");
    made
}

fn object(properties: &Value, optional: &[&str]) -> Value {
    let names = properties.as_object().into_iter().flat_map(serde_json::Map::keys);
    let required: Vec<&String> = names.filter(|name| !optional.contains(&name.as_str())).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
