//! Logs held to a plan: golden reports of small logs, hostile ones, and verdicts beside those of another validator.
//! `FUNNELC_BLESS=1` writes what is under `tests/fixtures/verify/expected` anew.

#![allow(clippy::disallowed_methods, reason = "tests read and write files and start the program")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use funnelc::language::Language;
use funnelc::lint::levels::Levels;
use funnelc::plan::{self, Plan};
use funnelc::verify::report::{self, Report};
use funnelc::verify::shapes::Shape;
use funnelc::verify::{self, Finding, Findings, Log, MAX_GROUPS, MAX_NAMES, Options};
use funnelc::{book, compile};
use serde_json::{Value, json};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    root().join("tests/fixtures/verify")
}

fn plan_of(text: &str) -> Plan {
    let sources = book::sources(text);
    plan::plan(&compile(&sources, &Levels::default()).model)
}

fn shop() -> Plan {
    plan_of(&fs::read_to_string(folder().join("shop.funnel")).unwrap())
}

fn read_as(plan: &Plan, text: &[u8], shape: Option<&str>, max_examples: usize) -> Findings {
    let log = Log { name: "log.jsonl".to_owned(), from: Box::new(Cursor::new(text.to_vec())) };
    let shape = shape.map(|shape| Shape::of(shape).unwrap());
    verify::run(plan, vec![log], Options { shape, max_examples }, &|_| {}).unwrap()
}

fn read(plan: &Plan, text: &str) -> Findings {
    read_as(plan, text.as_bytes(), None, 3)
}

fn expect(path: &Path, text: &str) {
    if std::env::var_os("FUNNELC_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert!(expected == text, "{}", funnelc::fix::diff(&path.display().to_string(), &expected, text));
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_funnelc"))
        .args(arguments)
        .current_dir(folder())
        .env("LC_ALL", "C.UTF-8")
        .env_remove("COLUMNS")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn found<'f>(findings: &'f Findings, law: &str) -> Vec<&'f Finding> {
    findings.findings.iter().filter(|finding| finding.law.word() == law).collect()
}

// ---- golden reports

#[test]
fn every_shape_is_told_and_read_and_every_fault_is_placed() {
    for name in ["segment", "rudderstack", "snowplow", "plain", "flat", "clean", "table"] {
        let log = format!("{name}.{}", if name == "table" { "csv" } else { "jsonl" });
        let (code, out, err) = run(&["verify", &log, "-s", "shop.funnel"]);
        assert_eq!((code, err.as_str()), (i32::from(name != "clean"), ""), "{name}");
        expect(&folder().join(format!("expected/{name}.txt")), &out);
    }
}

#[test]
fn every_format_says_the_same() {
    for format in report::FORMATS {
        let (code, out, _) = run(&["verify", "segment.jsonl", "-s", "shop.funnel", "--format", format.name]);
        assert_eq!(code, 1);
        expect(&folder().join(format!("expected/segment.{}", format.name)), &out);
    }
    let (_, out, _) = run(&["verify", "segment.jsonl", "-s", "shop.funnel", "--lang", "ar"]);
    expect(&folder().join("expected/segment.ar.txt"), &out);
}

#[test]
fn the_document_is_as_its_schema_says() {
    let schema = report::schema();
    let path = root().join("book/src/schemas/verify.schema.json");
    expect(&path, &format!("{schema:#}\n"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for name in ["segment", "snowplow", "clean"] {
        let (_, out, _) = run(&["verify", &format!("{name}.jsonl"), "-s", "shop.funnel", "--format", "json"]);
        let document = serde_json::from_str(&out).unwrap();
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

// ---- the command line

#[test]
fn exit_codes_tell_clean_from_found_from_unusable() {
    let spec = ["-s", "shop.funnel"];
    let with = |arguments: &[&'static str]| run(&[&["verify"], arguments, &spec].concat());
    assert_eq!(with(&["clean.jsonl"]).0, 0);
    assert_eq!(with(&["segment.jsonl"]).0, 1);
    assert_eq!(with(&["clean.jsonl", "--deny", "never-seen"]).0, 1);
    assert_eq!(with(&["flat.jsonl", "--allow-unplanned"]).0, 1);
    let laws = "wrong-type,personal-data,nameless-event,deprecated-event";
    assert_eq!(with(&["flat.jsonl", "--allow-unplanned", "--allow", laws]).0, 0);
    assert_eq!(with(&["flat.jsonl", "--tolerate", "99%"]).0, 0);
    assert_eq!(with(&["flat.jsonl", "--tolerate", "1%"]).0, 1);
    for (arguments, words) in [
        (&["missing.jsonl"][..], "missing.jsonl"),
        (&["."], "it is a folder"),
        (&["clean.jsonl", "--allow", "nothing"], "nothing"),
        (&["clean.jsonl", "--tolerate", "200%"], "between 0% and 100%"),
        (&["shop.funnel"], "--shape"),
        (&["-", "-"], "once"),
        (&["-", "-", "--lang", "ar"], "الإدخال القياسي"),
        (&["missing.jsonl", "--lang", "ar"], "تتعذر قراءة `missing.jsonl`"),
        (&["shop.funnel", "--lang", "ar"], "أحداث Snowplow المثراة"),
    ] {
        let (code, _, err) = with(arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(err.contains(words), "{arguments:?}: {err}");
    }
}

#[test]
fn foreign_logs_are_told_and_what_to_do_is_said() {
    let place = tempfile::tempdir().unwrap();
    let logs: &[(&str, &[u8], &str)] = &[
        ("a.log", b"PAR1....PAR1", "Parquet"),
        ("a.json", b"[{\"event\":\"Lamp Viewed\"}]", "jq -c"),
        ("a.zst", b"\x28\xB5\x2F\xFD....", "Zstandard"),
    ];
    for (name, bytes, words) in logs {
        let path = place.path().join(name);
        fs::write(&path, bytes).unwrap();
        let (code, _, err) = run(&["verify", path.to_str().unwrap(), "-s", "shop.funnel"]);
        assert_eq!(code, 2, "{name}");
        assert!(err.contains(words), "{name}: {err}");
        let (code, _, said) = run(&["verify", path.to_str().unwrap(), "-s", "shop.funnel", "--lang", "ar"]);
        assert_eq!(code, 2, "{name}");
        assert!(
            said.contains(words) && said.contains(name) && said.chars().any(|own| ('ء'..='ي').contains(&own)),
            "{said}"
        );
        assert!(!said.contains("cannot") && !said.contains(" a log "), "{said}");
    }
}

/// Every value is of a column, and breaks what it breaks in JSON.
#[cfg(feature = "engine")]
#[test]
fn parquet_is_held_to_the_plan() {
    use funnelc_engine::write::{Kind, Table, Values};
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("log.parquet");
    let columns = [
        ("lamp_id", Kind::Text),
        ("at", Kind::Time),
        ("watts", Kind::Whole),
        ("event", Kind::Text),
        ("total", Kind::Number),
        ("order_id", Kind::Text),
        ("items", Kind::Text),
    ];
    let columns = columns.map(|(name, kind)| (name.to_owned(), kind));
    let mut table = Table::new(fs::File::create(&path).unwrap(), &columns).unwrap();
    let text = |all: &[Option<&str>]| Values::Text(all.iter().map(|own| own.map(str::to_owned)).collect());
    let items = "[{\"id\": \"P-1\",\n \"price\": 2.5}]";
    let added = table.add(vec![
        text(&[Some("LA-1"), Some("LA-2"), Some("la"), None, None]),
        Values::Time(vec![1_796_000_000_000_000; 5]),
        Values::Whole(vec![Some(5), Some(500), None, None, None]),
        text(&[
            Some("Lamp Viewed"),
            Some("Lamp Viewed"),
            Some("Lamp Viewed"),
            Some("Order Placed"),
            Some("Order Placed"),
        ]),
        Values::Number(vec![None, None, None, Some(2.5), None]),
        text(&[None, None, None, Some("O-1"), Some("O-2")]),
        text(&[None, None, None, Some(items), Some("{}")]),
    ]);
    added.unwrap();
    table.close().unwrap();
    let (code, out, err) = run(&["verify", path.to_str().unwrap(), "-s", "shop.funnel", "--format", "json"]);
    assert_eq!(code, 1, "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let told: BTreeSet<(&str, &str, u64)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|own| own["law"] != "never-seen")
        .map(|own| (own["law"].as_str().unwrap(), own["property"].as_str().unwrap(), own["count"].as_u64().unwrap()))
        .collect();
    let expected = BTreeSet::from([
        ("out-of-range", "watts", 1),
        ("wrong-pattern", "lamp_id", 1),
        ("unplanned-property", "at", 2),
        ("unplanned-property", "at", 3),
        ("missing-property", "total", 1),
        ("wrong-type", "items", 1),
    ]);
    assert_eq!(told, expected, "{out}");
    fs::write(&path, b"PAR1 and nothing of it PAR1").unwrap();
    let (code, _, err) = run(&["verify", path.to_str().unwrap(), "-s", "shop.funnel"]);
    assert_eq!(code, 2);
    assert!(err.contains("damaged"), "{err}");
}

#[test]
fn enriched_events_of_snowplow_are_held_to_the_plan() {
    let row = |name: &str, sent: Value| {
        let mut cells = vec![String::new(); 131];
        (cells[5], cells[126]) = ("unstruct".to_owned(), name.to_owned());
        cells[58] = json!({ "schema": "iglu:a", "data": { "schema": "iglu:b", "data": sent } }).to_string();
        cells.join("\t")
    };
    let log = [
        row("lamp_viewed", json!({ "lamp_id": "LA-1" })),
        row("lamp_viewed", json!({ "lamp_id": "LA-1", "watts": 101 })),
        row("lamp_viewed", json!({ "watts": 1 })),
        row("lamp_vewed", json!({ "lamp_id": "LA-1" })),
        "a\tb".to_owned(),
    ];
    let findings = read(&shop(), &log.join("\n"));
    let told: Vec<(&str, &str)> = findings
        .findings
        .iter()
        .filter(|own| own.law.word() != "never-seen")
        .map(|own| (own.law.word(), own.property.as_str()))
        .collect();
    let expected = BTreeSet::from([
        ("unreadable-line", ""),
        ("unplanned-event", ""),
        ("missing-property", "lamp_id"),
        ("out-of-range", "watts"),
    ]);
    assert_eq!(BTreeSet::from_iter(told), expected);
    assert_eq!((findings.lines, findings.planned, findings.invalid), (5, 3, 2));
    assert_eq!(found(&findings, "missing-property")[0].examples[0].line, 3);
}

// ---- hostile logs

#[test]
fn what_is_no_event_is_a_finding_with_its_place() {
    let plan = shop();
    let good = r#"{"type":"track","messageId":"1","event":"Lamp Viewed","properties":{"lamp_id":"LA-1"}}"#;
    let deep = format!(
        r#"{{"type":"track","event":"Order Placed","properties":{{"note":{}{}}}}}"#,
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    let cases: &[(&str, Vec<u8>)] = &[
        ("syntax", b"{\"type\":\"track\"\0}".to_vec()),
        ("syntax", b"\0\0\0\0".to_vec()),
        ("cut-off", b"{\"type\":\"track\",\"event\":\"Lam".to_vec()),
        ("too-deep", deep.into_bytes()),
        ("not-utf-8", b"{\"type\":\"track\",\"event\":\"\xFF\xFE\"}".to_vec()),
        ("not-an-object", b"[1]".to_vec()),
        ("syntax", b"{\"type\":\"track\",\"event\":\"Lamp Viewed\",\"properties\":{\"watts\":1e999}}".to_vec()),
        ("too-long", [b"{\"x\":\"".to_vec(), vec![b'x'; 3 << 20], b"\"}".to_vec()].concat()),
    ];
    for (kind, line) in cases {
        let text = [good.as_bytes(), b"\n", line, b"\n", good.as_bytes()].concat();
        let findings = read_as(&plan, &text, None, 3);
        let of_lines = found(&findings, "unreadable-line");
        assert_eq!(of_lines.len(), 1, "{kind}");
        assert_eq!((of_lines[0].law.kind(), of_lines[0].count), (Some(*kind), 1));
        assert_eq!(of_lines[0].examples[0].line, 2, "{kind}");
        assert_eq!((findings.lines, findings.planned, findings.invalid), (3, 2, 0), "{kind}");
    }
}

#[test]
fn a_log_of_wrong_names_is_counted_within_limits() {
    let plan = shop();
    let mut text = String::new();
    for n in 0..MAX_NAMES * 3 {
        writeln!(text, r#"{{"type":"track","messageId":"m","event":"Name {n}","properties":{{}}}}"#).unwrap();
    }
    for n in 0..MAX_GROUPS * 2 {
        let properties = format!(r#"{{"lamp_id":"LA-1","p{n}":1}}"#);
        writeln!(text, r#"{{"type":"track","messageId":"m","event":"Lamp Viewed","properties":{properties}}}"#)
            .unwrap();
    }
    let findings = read(&plan, &text);
    assert_eq!(found(&findings, "unplanned-event").len(), MAX_NAMES);
    assert_eq!(findings.unplanned, MAX_NAMES as u64 * 3);
    assert_eq!(findings.further_events, MAX_NAMES as u64 * 2);
    let properties = found(&findings, "unplanned-property");
    assert_eq!(properties.len(), MAX_GROUPS);
    assert_eq!(findings.further_faults, MAX_GROUPS as u64);
    assert_eq!(findings.invalid, MAX_GROUPS as u64 * 2);
}

#[test]
fn results_do_not_depend_on_where_chunks_end() {
    let plan = shop();
    let log = fs::read_to_string(folder().join("segment.jsonl")).unwrap();
    let once = read(&plan, &log);
    let times = 3_000;
    let many = read(&plan, &log.repeat(times));
    assert_eq!(many.lines, once.lines * times as u64);
    for (one, other) in once.findings.iter().zip(&many.findings) {
        assert_eq!((one.law, &one.event, &one.property), (other.law, &other.event, &other.property));
        assert_eq!(one.count * times as u64, other.count, "{:?} {}", one.law, one.property);
        assert_eq!(one.examples.first(), other.examples.first());
    }
    assert_eq!(once.findings.len(), many.findings.len());
}

#[test]
fn what_a_log_holds_cannot_act_on_the_screen() {
    let plan = shop();
    let text = "{\"type\":\"track\",\"event\":\"\\u001b[31mred\\u202e\",\"properties\":{\"\\u001b]0;x\\u0007\":\"\\u202e\"}}\n";
    let findings = read(&plan, text);
    for language in Language::ALL {
        let report = Report { findings: &findings, fails: true, style: funnelc::report::Style::default(), language };
        for format in report::FORMATS {
            let mut bytes = Vec::new();
            (format.render)(&report, &mut bytes).unwrap();
            let out = String::from_utf8(bytes).unwrap();
            assert!(!out.contains('\u{1b}') && !out.contains('\u{7}'), "{}: {out}", format.name);
            assert!(format.name != "table" || !out.contains('\u{202e}'), "{out}");
        }
    }
}

// ---- injected faults

/// The plan of the shop with a property that should not be sent any more.
fn shop_with_everything() -> Plan {
    let text = fs::read_to_string(folder().join("shop.funnel")).unwrap();
    plan_of(&text.replace("  prop page url\n", "  prop page url\n  prop shade string deprecated \"send color\"\n"))
}

/// What is sent: the path of the event, empty where it has no name, and its properties.
type Sent = (&'static str, Value);

/// Events as planned.
fn good() -> [Sent; 3] {
    [
        (
            "lamp_viewed",
            json!({ "lamp_id": "LA-1", "color": "warm white", "watts": 60, "page": "https://a.example/x,y" }),
        ),
        ("signed_up", json!({ "email": "nadia@example.com", "plan": "free", "born": "1990-02-28" })),
        ("order_placed", json!({ "order_id": "O-1", "total": 12.5, "gift": true, "items": [{ "id": "a\n\"b\"" }] })),
    ]
}

/// An event for each law that breaks this law and no other.
fn faulty() -> Vec<(&'static str, Sent)> {
    let item = json!({ "id": "a" });
    vec![
        ("nameless-event", ("", json!({ "lamp_id": "LA-1" }))),
        ("unplanned-event", ("lamp_vewed", json!({ "lamp_id": "LA-1" }))),
        ("unplanned-property", ("lamp_viewed", json!({ "lamp_id": "LA-1", "Watts": "60" }))),
        ("missing-property", ("lamp_viewed", json!({ "watts": 60 }))),
        ("missing-in-variant", ("signed_up", json!({ "email": "a@example.com", "plan": "paid", "currency": "EUR" }))),
        ("wrong-type", ("lamp_viewed", json!({ "lamp_id": "LA-1", "watts": "bright" }))),
        ("not-in-list", ("lamp_viewed", json!({ "lamp_id": "LA-1", "color": "blue" }))),
        ("out-of-range", ("lamp_viewed", json!({ "lamp_id": "LA-1", "watts": 500 }))),
        ("wrong-length", ("lamp_viewed", json!({ "lamp_id": "LA-12345678901" }))),
        ("wrong-count", ("order_placed", json!({ "order_id": "O", "total": 1, "items": [item, item, item, item] }))),
        ("wrong-pattern", ("lamp_viewed", json!({ "lamp_id": "la-1" }))),
        ("wrong-format", ("signed_up", json!({ "email": "a@example.com", "plan": "free", "born": "2026-02-30" }))),
        ("personal-data", ("lamp_viewed", json!({ "lamp_id": "LA-1", "page": "https://a.example/?m=a@example.com" }))),
        ("deprecated-event", ("lamp_seen", json!({ "lamp_id": "LA-1" }))),
        ("deprecated-property", ("lamp_viewed", json!({ "lamp_id": "LA-1", "shade": "dark" }))),
    ]
}

/// The name of an event on the wire of a shape.
fn name_in(shape: &str, path: &str) -> String {
    if shape == "snowplow" {
        return path.to_owned();
    }
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    path.split('_').map(word).collect::<Vec<_>>().join(" ")
}

/// A line of a log.
fn line_in(shape: &str, (path, properties): &Sent) -> String {
    let name = (!path.is_empty()).then(|| name_in(shape, path));
    let mut line = match shape {
        "segment" => json!({ "type": "track", "messageId": "m", "properties": properties }),
        "rudderstack" => json!({ "type": "track", "rudderId": "r", "properties": properties }),
        "snowplow" => {
            json!({ "event": "unstruct", "event_vendor": "com.shop", "unstruct_event_com_shop_x_1": properties })
        }
        "plain" => json!({ "properties": properties }),
        _ => properties.clone(),
    };
    if let Some(name) = name {
        line[if shape == "snowplow" { "event_name" } else { "event" }] = name.into();
    }
    line.to_string()
}

/// A row of a table with these columns.
fn row(columns: &[&str], (path, properties): &Sent) -> String {
    let cells = columns.iter().map(|column| match &properties[*column] {
        Value::Null if *column == "event" && !path.is_empty() => name_in("csv", path),
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    cells.map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",")
}

/// A log of planned events among which each fault is found a number of times that no other fault has.
fn injected(line: impl Fn(&Sent) -> String) -> (String, BTreeMap<&'static str, u64>) {
    let mut lines: Vec<String> = good().iter().cycle().take(3_000).map(&line).collect();
    let mut counts = BTreeMap::new();
    for (index, (law, sent)) in faulty().iter().enumerate() {
        let count = 7 + index * 3;
        counts.insert(*law, count as u64);
        // Spread over the log: where they stand does not matter.
        (0..count).for_each(|at| lines.insert((at * 97 + index * 31) % lines.len(), line(sent)));
    }
    (lines.join("\n") + "\n", counts)
}

fn counted(findings: &Findings) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for finding in findings.findings.iter().filter(|finding| finding.count > 0) {
        *counts.entry(finding.law.word()).or_default() += finding.count;
    }
    counts
}

#[test]
fn every_injected_fault_is_found_and_nothing_else_is() {
    let plan = shop_with_everything();
    for shape in ["segment", "rudderstack", "snowplow", "plain", "flat"] {
        let (mut log, mut counts) = injected(|sent| line_in(shape, sent));
        let good = line_in(shape, &good()[0]);
        // What no value of JSON can hold.
        log += &(good.replace(r#""watts":60"#, r#""watts":60,"watts":60"#) + "\n").repeat(5);
        counts.insert("duplicate-key", 5);
        log += &(good[..good.len() - 3].to_owned() + "\n").repeat(4);
        counts.insert("unreadable-line", 4);
        let findings = read(&plan, &log);
        assert_eq!(findings.logs[0].shape, shape);
        assert_eq!(counted(&findings), counts, "{shape}");
        assert_eq!(found(&findings, "never-seen").len(), 1, "{shape}");
        let laws: BTreeSet<&str> = counts.keys().copied().chain(["never-seen"]).collect();
        assert_eq!(laws, verify::LAWS.iter().map(|law| law.word()).collect(), "a law without a fault");
    }
}

#[test]
fn every_fault_injected_into_a_table_is_found_and_nothing_else_is() {
    let plan = shop_with_everything();
    let columns = [
        "event", "lamp_id", "color", "watts", "Watts", "page", "shade", "email", "plan", "born", "amount", "currency",
        "order_id", "total", "gift", "items",
    ];
    let (rows, mut counts) = injected(|sent| row(&columns, sent));
    let log = format!("{}\n{rows}Lamp Viewed,LA-1\n", columns.join(","));
    counts.insert("unreadable-line", 1);
    let findings = read(&plan, &log);
    assert_eq!(findings.logs[0].shape, "csv");
    assert_eq!(counted(&findings), counts);
    let cells = &found(&findings, "unreadable-line")[0].examples[0];
    assert_eq!((cells.line, cells.value.as_str()), (log.lines().count() as u64, "2 / 16"));
    assert_eq!((findings.lines, findings.bytes), (log.lines().count() as u64, log.len() as u64));
}

#[test]
fn a_table_may_keep_the_properties_in_one_column() {
    let log = "Event Name\tproperties\tuser_id\n\
               Lamp Viewed\t\"{\"\"lamp_id\"\":\"\"LA-1\"\",\"\"watts\"\":500}\"\tu1\n\
               Lamp Viewed\tnothing\tu1\n";
    let findings = read(&shop(), log);
    assert_eq!(findings.logs[0].shape, "csv");
    assert_eq!(counted(&findings), BTreeMap::from([("out-of-range", 1), ("wrong-type", 1)]));
}
