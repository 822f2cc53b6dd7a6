#![allow(clippy::disallowed_methods, reason = "tests read fixtures")]

use std::path::PathBuf;

use jsonschema::Draft;
use serde_json::Value;

use super::*;
use crate::diagnostic::codes::names::{DUPLICATE_NAME, UNKNOWN_NAME};
use crate::diagnostic::codes::run::UNREADABLE_FILE;
use crate::diagnostic::codes::syntax::UNCLOSED_BLOCK;
use crate::diagnostic::{Code, Edit, Group, Level};
use crate::say;
use crate::source::{FileId, Source, Span};

static LINT: Code = Code {
    id: "FN0499",
    name: "empty-stage",
    group: Group::Style,
    level: Level::Warn,
    summary: "a stage without a name for people",
    explanation: "Reports show the name of a stage.\n\nGive each a `title`.",
    bad: "",
    good: "",
};

/// Files and findings under construction.
#[derive(Default)]
struct Case {
    sources: Sources,
    found: Vec<Diagnostic>,
}

impl Case {
    fn file(&mut self, name: &str, text: &str) -> FileId {
        self.sources.add(Source::new(name, text))
    }

    /// The first place in a file where words stand.
    fn find(&self, file: FileId, words: &str) -> Span {
        let at = self.sources.get(file).text.find(words).expect("the words stand in the file");
        Span::new(file, at as u32, (at + words.len()) as u32)
    }

    fn report(&self, style: Style) -> Report<'_> {
        Report { sources: &self.sources, diagnostics: &self.found, hidden: 0, style, language: Language::English }
    }

    fn render(&self, name: &str) -> String {
        self.render_with(name, Style::default())
    }

    fn render_with(&self, name: &str, style: Style) -> String {
        render(name, &self.report(style))
    }

    /// One error at some words of one file.
    fn single(name: &str, text: &str, words: &str) -> Self {
        let mut case = Self::default();
        let file = case.file(name, text);
        let place = case.find(file, words);
        case.found.push(Diagnostic::new(&UNKNOWN_NAME, place, say!("not declared")).at(say!("here")));
        case
    }
}

fn render(name: &str, report: &Report<'_>) -> String {
    let mut out = Vec::new();
    (format(name).expect("the format exists").render)(report, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares with a golden file; `FUNNELC_BLESS=1` writes it anew.
fn golden(name: &str, text: &str) {
    let path = root().join("tests/fixtures/report").join(name);
    if std::env::var_os("FUNNELC_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder can be made");
        std::fs::write(&path, text).expect("the file can be written");
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, wanted, "{name} differs; FUNNELC_BLESS=1 writes it anew");
}

const SHOP: &str = "funnel shop {\n  stage aware { entry }\n  stage sold { conversion }\n\n  awre -> sold rate 3%\n\
                    \tsold -> aware // 🛒🛒 😀 done\n}\n";
const ARABIC: &str = "funnel \"متجر\" {\n  stage زيارة { title \"زيارة أولى\" }\n  زياره -> شراء\n}";

/// One run with everything a format must stand: several files, all severities, fixes, hostile and foreign text.
fn everything() -> Case {
    let mut case = Case::default();
    let shop = case.file("shop.funnel", SHOP);
    let base = case.file("base models/ق,a:b.funnel", "stage aware {\n}\n");
    let arabic = case.file("قمع/متجر.funnel", ARABIC);
    case.file("clean.funnel", "// nothing\n");
    let library = case.sources.add(Source::embedded("std/models.funnel".to_owned(), "model aida {}\n"));
    let at = |file, words| case.find(file, words);
    let end = |file| {
        let length = case.sources.get(file).text.len() as u32;
        Span::new(file, length, length)
    };
    let wrong = "awre";
    let two_edits = vec![
        Edit { span: at(shop, "aware { entry }"), replacement: "awre { entry }".to_owned() },
        Edit { span: at(base, "aware"), replacement: "awre".to_owned() },
    ];
    let found = vec![
        Diagnostic::without_place(&UNREADABLE_FILE, say!("cannot read `x.funnel`")),
        Diagnostic::new(&UNKNOWN_NAME, at(shop, "awre"), say!("`{wrong}` is not declared", wrong))
            .at(say!("no stage of this name"))
            .label(at(shop, "aware"), say!("a stage of a similar name"))
            .label(at(base, "aware"), say!("declared here too"))
            .label(at(library, "aida"), say!(""))
            .help(say!("name a stage that is declared in the funnel or in one that it extends"))
            .fix(Safety::Safe, say!("write `aware`"), at(shop, "awre"), "aware")
            .fix_all(Safety::Unsafe, say!("rename the stage"), two_edits),
        Diagnostic::new(
            &LINT,
            at(shop, "🛒🛒"),
            say!("100% <script>alert(\"x\")</script> & 'q'\nsecond line\u{1b}[31m\0"),
        ),
        Diagnostic::new(
            &LINT,
            at(shop, "🛒🛒"),
            say!("100% <script>alert(\"x\")</script> & 'q'\nsecond line\u{1b}[31m\0"),
        )
        .help(say!("first, second: third\r\n::error::no")),
        Diagnostic::new(&UNCLOSED_BLOCK, end(shop), say!("the file ends in a block")).fix(
            Safety::Unsafe,
            say!("close it"),
            end(shop),
            "}",
        ),
        Diagnostic::new(&UNKNOWN_NAME, at(arabic, "زياره"), say!("`{name}` is not declared", name = "زياره"))
            .at(say!("did you mean `{name}`?", name = "زيارة")),
        Diagnostic {
            severity: Severity::Note,
            ..Diagnostic::new(&LINT, end(arabic), say!("the file ends without a newline"))
        },
        Diagnostic::new(&DUPLICATE_NAME, at(base, "stage aware {\n}"), say!("two stages of one name"))
            .at(say!("all of it")),
    ];
    case.found = found;
    case
}

#[test]
fn every_format_renders_everything_as_its_golden_file_says() {
    let case = everything();
    for format in FORMATS {
        golden(&format!("everything.{}.txt", format.name), &case.render(format.name));
    }
}

#[test]
fn every_format_renders_no_findings() {
    let mut case = Case::default();
    case.file("a.funnel", "");
    let all: Vec<_> = FORMATS.iter().map(|format| format!("{}:\n{}", format.name, case.render(format.name))).collect();
    golden("nothing.txt", &all.join("\n"));
}

#[test]
fn full_draws_in_ascii_and_colour_too() {
    let case = everything();
    let ascii = Style { unicode: false, width: 60, ..Style::default() };
    golden("everything.full-ascii.txt", &case.render_with("full", ascii));
    let mut case = Case::single("a.funnel", "stage x\n", "x");
    case.found[0].labels.push(crate::diagnostic::Label {
        span: Span::new(FileId(0), 0, 5),
        text: say!("a stage"),
        primary: false,
    });
    let color = Style { color: true, links: true, ..Style::default() };
    golden("color.full.txt", &case.render_with("full", color));
}

#[test]
fn long_lines_are_clipped_around_what_is_pointed_at() {
    let long = format!("stage {}awre{}\nb\n", "x; ".repeat(800), " y;".repeat(2000));
    let mut case = Case::single("min.funnel", &long, "awre");
    let file = FileId(0);
    let far = Span::new(file, 8000, 8004);
    let start = Span::new(file, 0, 5);
    case.found[0] = case.found[0].clone().label(far, say!("far to the right")).label(start, say!("at the start"));
    case.found.push(Diagnostic::new(&UNKNOWN_NAME, Span::new(file, 0, 8000), say!("all of the line")).at(say!("much")));
    let text = case.render("full");
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
    golden("long-line.full.txt", &text);
    assert!(case.render("full").contains("min.funnel:1:2407"));
}

#[test]
fn long_labels_are_drawn_on_their_first_line() {
    let text = format!("funnel a {{\n{}}}\n", "  stage x\n".repeat(500));
    let mut case = Case::default();
    let file = case.file("a.funnel", &text);
    let whole = Span::new(file, 0, text.len() as u32);
    let few = Span::new(file, 11, 31);
    case.found = vec![
        Diagnostic::new(&LINT, whole, say!("too long")).at(say!("500 stages")),
        Diagnostic::new(&LINT, few, say!("too long")).at(say!("two stages")).label(whole.before(), say!("in this")),
    ];
    golden("long-label.full.txt", &case.render("full"));
}

#[test]
fn a_minified_line_of_messages_stays_readable() {
    let name = "n".repeat(20_000);
    let mut case = Case::single("a.funnel", "x", "x");
    case.found[0].message = say!("`{name}` is not declared", name);
    for format in ["full", "concise", "plain"] {
        assert!(case.render(format).len() < 3000, "{format}");
    }
}

#[test]
fn nothing_in_a_spec_reaches_the_terminal_as_a_command() {
    let text = "a\u{1b}]0;x\u{7}b\r\u{202E}c\u{9b}31m\u{2028}z\n";
    let mut case = Case::single("a\u{1b}[1m.funnel", text, "z");
    case.found[0].message = say!("{bad}", bad = text);
    case.found[0].labels[0].text = say!("{bad}", bad = text);
    case.found[0].help = Some(say!("{bad}", bad = text));
    for format in ["full", "concise", "plain", "html"] {
        for unicode in [true, false] {
            let text = case.render_with(format, Style { unicode, ..Style::default() });
            let acts = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{2028}' | '\u{202E}');
            assert!(!text.contains(acts), "{format}: {text:?}");
        }
    }
}

#[test]
fn spans_anywhere_and_of_any_length_are_drawn() {
    let texts = ["", "\n", "\r\n", "a", "a\n", "a\r\nb", "\tأ\n\n😀e\u{301}\u{200D}x", "\n\n\n", "ab\r\ncd\r\n"];
    for text in texts {
        let mut case = Case::default();
        let file = case.file("a.funnel", text);
        let other = case.file("b.funnel", text);
        for start in 0..=text.len() as u32 + 1 {
            for end in start..=text.len() as u32 + 2 {
                let found = Diagnostic::new(&LINT, Span::new(file, start, end), say!("m")).at(say!("here"));
                let other = Span::new(other, end, end);
                let found = found.label(Span::new(file, 0, start), say!("x\ny")).label(other, say!("there"));
                case.found = vec![found];
                for format in FORMATS {
                    let shown = case.render(format.name);
                    assert!(!shown.contains("Failed to read"), "{text:?} {start}..{end}: {shown}");
                    let labels = if format.name == "full" { 2 } else { 0 };
                    assert!(shown.matches("here").count() >= labels, "{text:?} {start}..{end}:\n{shown}");
                }
            }
        }
    }
}

#[test]
fn positions_stay_in_reading_order_beside_arabic() {
    let mut case = Case::default();
    let file = case.file("قمع", "زيارة");
    case.found = vec![Diagnostic::new(&LINT, Span::new(file, 0, 2), say!("`{x}` is empty", x = "زيارة"))];
    for format in ["full", "plain"] {
        assert!(case.render(format).contains("\u{200E}قمع\u{200E}:1:1"), "{format}");
        let ascii = Style { unicode: false, ..Style::default() };
        assert!(!case.render_with(format, ascii).contains('\u{200E}'), "{format}");
    }
    assert!(case.render("concise").starts_with("قمع:1:1: warning[FN0499 empty-stage]: `زيارة`"));
}

#[test]
fn the_summary_counts_and_inflects() {
    let case = everything();
    let mut report = case.report(Style::default());
    assert_eq!(report.summary(), "5 errors, 2 warnings, 1 note; 1 can be fixed with --fix, 1 more with --unsafe-fixes");
    report.hidden = 1;
    report.diagnostics = &case.found[2..3];
    assert_eq!(report.summary(), "1 warning; 1 more finding not shown");
    report.diagnostics = &case.found[4..5];
    report.hidden = 12;
    assert_eq!(report.summary(), "1 error; 1 can be fixed with --unsafe-fixes; 12 more findings not shown");
    report.diagnostics = &[];
    report.hidden = 0;
    assert_eq!(report.summary(), "no findings");
}

fn schema() -> Value {
    let path = root().join("book/src/schemas/diagnostics.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the schema is there")).expect("it is JSON")
}

#[test]
fn json_follows_its_schema() {
    let validator = jsonschema::options().with_draft(Draft::Draft202012).build(&schema()).expect("it is a schema");
    for case in [everything(), Case::default()] {
        let document: Value = serde_json::from_str(&case.render("json")).expect("it is JSON");
        let errors: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let mut wrong: Value = serde_json::from_str(&everything().render("json")).expect("it is JSON");
    wrong["diagnostics"][1]["spans"][0]["start"]["extra"] = Value::Null;
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn the_schema_allows_no_other_properties_anywhere() {
    fn check(schema: &Value) {
        if schema["type"] == "object" {
            assert_eq!(schema["additionalProperties"], false, "{schema}");
            let names = |key: &str| -> Vec<String> {
                let names = schema[key].as_object().map(|object| object.keys().cloned().collect());
                names.unwrap_or_else(|| serde_json::from_value(schema[key].clone()).expect("names"))
            };
            assert_eq!(names("properties"), names("required"), "{schema}");
        }
        match schema {
            Value::Object(members) => members.values().for_each(check),
            Value::Array(items) => items.iter().for_each(check),
            _ => {}
        }
    }
    check(&schema());
}

#[test]
fn jsonl_writes_the_objects_of_json_one_a_line() {
    let case = everything();
    let document: Value = serde_json::from_str(&case.render("json")).expect("it is JSON");
    let lines: Vec<Value> =
        case.render("jsonl").lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
    let (last, found) = lines.split_last().expect("there are lines");
    assert_eq!(document["diagnostics"], Value::Array(found.to_vec()));
    assert_eq!(document["summary"], last["summary"]);
}

#[test]
fn fingerprints_are_unique_and_shared_by_gitlab_and_sarif() {
    let case = everything();
    let gitlab: Value = serde_json::from_str(&case.render("gitlab")).expect("it is JSON");
    let sarif: Value = serde_json::from_str(&case.render("sarif")).expect("it is JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let prints: Vec<_> = results.iter().map(|result| &result["partialFingerprints"]["funnelcFingerprint/v1"]).collect();
    let issues: Vec<_> = gitlab.as_array().expect("issues").iter().map(|issue| &issue["fingerprint"]).collect();
    assert_eq!(prints, issues);
    let distinct: std::collections::BTreeSet<_> = prints.iter().map(|print| print.as_str()).collect();
    assert_eq!(distinct.len(), case.found.len());
    let rules = &sarif["runs"][0]["tool"]["driver"]["rules"];
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
}

#[test]
fn junit_is_well_formed_and_holds_only_legal_characters() {
    let text = everything().render("junit");
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut cases = 0;
    loop {
        match reader.read_event().expect("it is well-formed") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                cases += usize::from(tag.name().as_ref() == "testcase");
                assert!(tag.attributes().all(|attribute| attribute.is_ok()));
            }
            _ => {}
        }
    }
    assert_eq!(cases, 9);
    assert!(!text.contains(|c: char| c < ' ' && c != '\n' && c != '\t' && c != '\r'));
    assert!(!text.contains("<script>"));
}

#[test]
fn workflow_commands_are_one_line_each() {
    let case = everything();
    let text = case.render("github");
    assert_eq!(text.lines().count(), case.found.len());
    assert!(text.lines().all(|line| line.starts_with("::")));
    assert!(text.contains("file=base models/ق%2Ca%3Ab.funnel,"));
    assert!(text.contains("::100%25 <script>"));
}

#[test]
fn names_of_formats_are_unique() {
    let names: std::collections::BTreeSet<_> = FORMATS.iter().map(|format| format.name).collect();
    assert_eq!(names.len(), FORMATS.len());
    assert!(format("nothing").is_none());
}
