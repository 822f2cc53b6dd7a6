//! Each request, on a shop of two files with Arabic and emoji before the places that are asked for.

use serde_json::{Value, json};

use super::session::{Folder, Session, edited};

const MAIN: &str = "project shop \"متجر 🛍\" {
  languages en, ar
  currency SAR
}

team web \"Web\" { lead \"web@example.com\" }

/// An order was paid.
event paid \"Paid\" { sent_by web; owner web; status live; prop total money required }
event visited \"Visited\" { named \"Page Viewed\"; sent_by web; owner web; status live }

traits { first_name string }

kpi revenue \"Revenue\" { value sum(paid.total) }
";

const STORE: &str = "/* */ funnel store \"المتجر 🛒\" {
  stage seen \"شوهد 😀\" : top { enter visited }
  stage bought \"اشترى 😀\" : bottom { enter paid; converts }
  seen -> bought rate 5%
}
";

fn store() -> String {
    STORE.replacen("/* */ ", "", 1)
}

fn shop() -> (Folder, Session) {
    let folder = Folder::of(&[("main.funnel", MAIN), ("store.funnel", &store())]);
    let mut session = Session::open(&folder.path());
    session.did_open("store.funnel", &store());
    session.did_open("main.funnel", MAIN);
    (folder, session)
}

#[test]
fn every_request_has_its_row_in_the_book() {
    let page = include_str!("../../book/src/editors/server.md");
    for method in funnelc::lsp::methods() {
        assert!(page.contains(&format!("| `{method}` | ")), "{method} is not on the page of the server");
    }
}

fn labels(answer: &Value) -> Vec<String> {
    let items = answer["items"].as_array().expect("items");
    items.iter().map(|item| item["label"].as_str().expect("a label").to_owned()).collect()
}

/// What is offered where `|` stands in a text that takes the place of the store.
fn offered(text: &str) -> Vec<String> {
    let (_folder, mut session) = shop();
    let plain = text.replacen('|', "", 1);
    session.did_change("store.funnel", json!([{ "text": plain }]));
    let place = session.at("store.funnel", text, "|");
    let found = labels(&session.ask("textDocument/completion", place).expect("an answer"));
    session.close();
    found
}

#[test]
fn findings_stand_at_the_right_characters() {
    let (_folder, mut session) = shop();
    let wrong = store().replace("enter paid", "enter payd");
    session.did_change("store.funnel", json!([{ "text": wrong }]));
    session.settle("store.funnel");
    let found = session.published["store.funnel"].as_array().expect("findings").clone();
    let unknown = found.iter().find(|one| one["code"] == "FN0101").expect("an unknown name");
    let line = wrong.lines().nth(2).expect("a line");
    let column = line[..line.find("payd").expect("the name")].encode_utf16().count();
    assert_eq!(unknown["range"]["start"], json!({ "line": 2, "character": column }));
    assert_eq!(unknown["range"]["end"]["character"], column + 4);
    assert!(unknown["message"].as_str().expect("words").contains("did you mean `paid`?"), "{unknown}");
    session.close();
}

#[test]
fn hover_tells_what_a_name_and_a_field_are() {
    let (_folder, mut session) = shop();
    let place = session.at("store.funnel", &store(), "paid");
    let told = session.ask("textDocument/hover", place).expect("an answer");
    let words = told["contents"]["value"].as_str().expect("words");
    assert!(words.contains("An order was paid.") && words.contains("stage `store.bought`"), "{words}");
    let place = session.at("store.funnel", &store(), "enter");
    let told = session.ask("textDocument/hover", place).expect("an answer");
    assert!(told["contents"]["value"].as_str().expect("words").contains("enter"), "{told}");
    session.close();
}

#[test]
fn a_definition_is_in_the_other_file_and_in_the_library() {
    let (_folder, mut session) = shop();
    let place = session.at("store.funnel", &store(), "paid");
    let found = session.ask("textDocument/definition", place).expect("an answer");
    assert!(found["uri"].as_str().expect("an address").ends_with("/main.funnel"));
    assert_eq!(found["range"]["start"], json!({ "line": 8, "character": 6 }));
    let with_library = format!("use std.kpis {{ cac }}\n{MAIN}");
    session.did_change("main.funnel", json!([{ "text": with_library }]));
    let place = session.at("main.funnel", &with_library, "cac");
    let found = session.ask("textDocument/definition", place).expect("an answer");
    assert_eq!(found["uri"], "funnel-std:/std/kpis.funnel");
    session.close();
}

#[test]
fn references_and_highlights_name_every_place() {
    let (_folder, mut session) = shop();
    let mut place = session.at("main.funnel", MAIN, "paid \"");
    place["context"] = json!({ "includeDeclaration": true });
    let found = session.ask("textDocument/references", place.clone()).expect("an answer");
    assert_eq!(found.as_array().map(Vec::len), Some(3), "{found}");
    let here = session.ask("textDocument/documentHighlight", place).expect("an answer");
    assert_eq!(here.as_array().map(Vec::len), Some(2), "{here}");
    session.close();
}

#[test]
fn a_new_name_goes_into_every_file() {
    let (_folder, mut session) = shop();
    let mut place = session.at("store.funnel", &store(), "paid");
    let prepared = session.ask("textDocument/prepareRename", place.clone()).expect("an answer");
    assert_eq!(prepared["placeholder"], "paid");
    place["newName"] = json!("دُفع");
    let edit = session.ask("textDocument/rename", place).expect("an answer");
    let of = |name: &str| &edit["changes"][session.uri(name)];
    let main = edited(MAIN, of("main.funnel"));
    assert_eq!(main, MAIN.replace("event paid", "event دُفع").replace("paid.total", "دُفع.total"));
    assert_eq!(edited(&store(), of("store.funnel")), store().replace("enter paid", "enter دُفع"));
    session.close();
}

#[test]
fn a_name_that_is_taken_or_no_name_is_refused_with_the_reason() {
    let (_folder, mut session) = shop();
    let mut refusal = |name: &str| {
        let mut place = session.at("store.funnel", &store(), "paid");
        place["newName"] = json!(name);
        session.ask("textDocument/rename", place).expect_err("a reason")
    };
    assert_eq!(refusal("visited"), "`visited` is declared already, in main.funnel:10");
    for no_name in ["two words", "", "a.b", "1a", "x { }", "a\nb"] {
        assert!(refusal(no_name).contains("is no name"), "{no_name:?}: {}", refusal(no_name));
    }
    assert!(refusal("and").contains("a word of the language"));
    session.close();
}

#[test]
fn completion_offers_what_fits() {
    let fields = offered("funnel f {\n  stage a : top { en| }\n}\n");
    assert!(fields.contains(&"enter".to_owned()) && !fields.contains(&"sent_by".to_owned()), "{fields:?}");
    let events = offered("funnel f {\n  stage a : top { enter | }\n}\n");
    assert!(events.contains(&"paid".to_owned()) && !events.contains(&"did".to_owned()), "{events:?}");
    let stages = offered("funnel f {\n  stage a : top { enter paid }\n  stage b : top { enter paid }\n  a -> | }\n");
    assert!(stages.contains(&"b".to_owned()) && !stages.contains(&"paid".to_owned()), "{stages:?}");
    let classes = offered("funnel f {\n  stage a : |\n}\n");
    assert_eq!(classes, ["bottom", "loyalty", "middle", "top"]);
    let kinds = offered("|");
    assert!(kinds.contains(&"funnel".to_owned()) && !kinds.contains(&"stage".to_owned()), "{kinds:?}");
    let properties = offered("kpi k { value sum(paid.|) }\n");
    assert!(properties.contains(&"paid.total".to_owned()), "{properties:?}");
    let functions = offered("kpi k { value | }\n");
    assert!(functions.contains(&"rate".to_owned()) && functions.contains(&"revenue".to_owned()), "{functions:?}");
    let tags = offered("sequence s {\n  start paid\n  email e { subject \"Hi {{|\" }\n}\n");
    assert_eq!(tags, ["first_name"]);
    assert!(!events.contains(&"web".to_owned()), "{events:?}");
    assert!(offered("use std.|\n").contains(&"std.kpis".to_owned()));
    let brought = offered("use std.kpis { cac, l| }\n");
    assert!(brought.contains(&"ltv".to_owned()) && !brought.contains(&"paid".to_owned()), "{brought:?}");
    assert!(offered("team a \"wo|\" { }\n").is_empty());
    let zones = offered("project p { timezone | }\n");
    assert!(zones.contains(&"Asia/Riyadh".to_owned()) && !zones.contains(&"paid".to_owned()), "{zones:?}");
    let zones = offered("project p { timezone \"Asia/Ri|\" }\n");
    assert!(zones.contains(&"Asia/Riyadh".to_owned()), "{zones:?}");
}

#[test]
fn a_name_of_the_library_comes_with_its_use() {
    let (_folder, mut session) = shop();
    let text = format!("{MAIN}\nkpi cost extends ");
    session.did_change("main.funnel", json!([{ "text": text }]));
    let place = json!({
        "textDocument": { "uri": session.uri("main.funnel") },
        "position": super::session::position(&text, text.len()),
    });
    let answer = session.ask("textDocument/completion", place).expect("an answer");
    let items = answer["items"].as_array().expect("items");
    let cac = items.iter().find(|item| item["label"] == "cac").expect("a KPI of the library");
    let with_use = edited(&text, &cac["additionalTextEdits"]);
    assert!(with_use.starts_with("use std.kpis { cac }\n\nproject"), "{with_use}");
    session.close();
}

#[test]
fn a_function_tells_what_it_takes() {
    let (_folder, mut session) = shop();
    let text = "kpi k { value p(90, | }\n";
    session.did_change("store.funnel", json!([{ "text": text.replace('|', "") }]));
    let place = session.at("store.funnel", text, "|");
    let told = session.ask("textDocument/signatureHelp", place).expect("an answer");
    assert_eq!(told["signatures"][0]["label"], "p(90, event.prop)");
    assert_eq!(told["activeParameter"], 1);
    session.close();
}

#[test]
fn what_is_wrong_can_be_mended() {
    let (_folder, mut session) = shop();
    let wrong = store().replace("enter paid", "enter payd");
    session.did_change("store.funnel", json!([{ "text": wrong }]));
    let place = session.at("store.funnel", &wrong, "payd")["position"].clone();
    let params = json!({
        "textDocument": { "uri": session.uri("store.funnel") },
        "range": { "start": place, "end": place }, "context": { "diagnostics": [] },
    });
    let actions = session.ask("textDocument/codeAction", params).expect("an answer");
    let of = |title: &str| {
        let all = actions.as_array().expect("actions");
        let found = all.iter().find(|action| action["title"] == title);
        found.unwrap_or_else(|| panic!("{title}: {actions:#}"))["edit"]["changes"].clone()
    };
    let mended = edited(&wrong, &of("write `paid`")[session.uri("store.funnel")]);
    assert_eq!(mended, store());
    let declared = edited(&wrong, &of("declare event `payd`")[session.uri("store.funnel")]);
    assert!(declared.contains("event payd \"Payd\" {"), "{declared}");
    session.did_change("store.funnel", json!([{ "text": declared }]));
    session.settle("store.funnel");
    let errors = session.published["store.funnel"].as_array().expect("findings").clone();
    assert!(errors.iter().all(|one| one["severity"] != 1), "{errors:#?}");
    session.close();
}

#[test]
fn advice_is_silenced_with_a_reason_and_a_declaration_moves_to_a_file() {
    let (_folder, mut session) = shop();
    let text = format!("{MAIN}\nteam nobody \"Nobody\" {{ }}\n");
    session.did_change("main.funnel", json!([{ "text": text }]));
    session.settle("main.funnel");
    let unused = session.published["main.funnel"].as_array().expect("findings").clone();
    let first = unused.first().unwrap_or_else(|| panic!("advice")).clone();
    let params = json!({
        "textDocument": { "uri": session.uri("main.funnel") }, "range": first["range"],
        "context": { "diagnostics": [] },
    });
    let actions = session.ask("textDocument/codeAction", params).expect("an answer");
    let all = actions.as_array().expect("actions");
    let silence = all.iter().find(|one| one["title"].as_str().is_some_and(|title| title.starts_with("silence")));
    let silence = silence.unwrap_or_else(|| panic!("{actions:#}"));
    let silenced = edited(&text, &silence["edit"]["changes"][session.uri("main.funnel")]);
    assert!(silenced.contains("// funnelc: allow("), "{silenced}");
    session.did_change("main.funnel", json!([{ "text": silenced }]));
    session.settle("main.funnel");
    let left = session.published["main.funnel"].as_array().expect("findings").clone();
    assert!(left.iter().all(|one| one["code"] != first["code"] || one["message"] != first["message"]), "{left:#?}");

    let place = session.at("main.funnel", &silenced, "paid \"")["position"].clone();
    let params = json!({
        "textDocument": { "uri": session.uri("main.funnel") },
        "range": { "start": place, "end": place }, "context": { "diagnostics": [], "only": ["refactor"] },
    });
    let moved = session.ask("textDocument/codeAction", params).expect("an answer");
    let changes = moved[0]["edit"]["documentChanges"].as_array().expect("operations").clone();
    assert_eq!((changes.len(), &changes[0]["kind"]), (3, &json!("create")), "{moved:#}");
    let new = edited("", &changes[1]["edits"]);
    assert!(new.starts_with("// funnelc: allow(") && new.contains("\n/// An order was paid.\nevent paid"), "{new}");
    assert!(!edited(&silenced, &changes[2]["edits"]).contains("event paid"));
    session.close();
}

#[test]
fn files_are_brought_into_form_and_lines_too() {
    let (_folder, mut session) = shop();
    let rough = store().replace("enter visited", "enter    visited").replace("  seen ->", "seen    ->");
    session.did_change("store.funnel", json!([{ "text": rough }]));
    let document = json!({ "uri": session.uri("store.funnel") });
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let params = json!({ "textDocument": document, "options": options });
    let edits = session.ask("textDocument/formatting", params).expect("an answer");
    let canonical = funnelc::fmt::format("store.funnel", &rough).expect("a text without errors");
    assert_eq!(edited(&rough, &edits), canonical);
    let range = json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 1, "character": 1 } });
    let params = json!({ "textDocument": document, "options": options, "range": range });
    let edits = session.ask("textDocument/rangeFormatting", params).expect("an answer");
    let one = edited(&rough, &edits);
    assert!(one.contains("enter visited") && one.contains("seen    ->"), "{one}");
    session.did_change("store.funnel", json!([{ "text": "funnel f {\n  stage\n" }]));
    let params = json!({ "textDocument": document, "options": options });
    let reason = session.ask("textDocument/formatting", params).expect_err("a reason");
    assert!(reason.contains("cannot be formatted"), "{reason}");
    session.close();
}

#[test]
fn a_file_is_a_tree_with_folds_and_selections() {
    let (_folder, mut session) = shop();
    let document = json!({ "textDocument": { "uri": session.uri("store.funnel") } });
    let tree = session.ask("textDocument/documentSymbol", document.clone()).expect("an answer");
    assert_eq!((&tree[0]["name"], tree[0]["children"].as_array().map(Vec::len)), (&json!("store"), Some(3)));
    assert_eq!(tree[0]["children"][2]["name"], "seen → bought");
    let folds = session.ask("textDocument/foldingRange", document).expect("an answer");
    assert_eq!((&folds[0]["startLine"], &folds[0]["endLine"]), (&json!(0), &json!(4)));
    let place = session.at("store.funnel", &store(), "visited");
    let params = json!({ "textDocument": place["textDocument"], "positions": [place["position"]] });
    let selected = session.ask("textDocument/selectionRange", params).expect("an answer");
    let mut sizes = Vec::new();
    let mut at = &selected[0];
    while at.is_object() {
        sizes.push(at["range"].clone());
        at = &at["parent"];
    }
    assert!(sizes.len() >= 5, "{selected:#}");
    session.close();
}

#[test]
fn names_are_found_and_coloured_and_lead_on() {
    let (_folder, mut session) = shop();
    let found = session.ask("workspace/symbol", json!({ "query": "bght" })).expect("an answer");
    assert_eq!(found[0]["name"], "store.bought");
    let document = json!({ "textDocument": { "uri": session.uri("store.funnel") } });
    let tokens = session.ask("textDocument/semanticTokens/full", document.clone()).expect("an answer");
    let data = tokens["data"].as_array().expect("data");
    assert!(data.len() % 5 == 0 && data.len() > 60, "{}", data.len());
    let text = format!("use std.kpis {{ cac }}\n{}", store());
    session.did_change("store.funnel", json!([{ "text": text }]));
    let links = session.ask("textDocument/documentLink", document).expect("an answer");
    assert_eq!(links[0]["target"], "funnel-std:/std/kpis.funnel");
    session.close();
}

#[test]
fn lenses_and_hints_tell_what_the_words_come_to() {
    let (_folder, mut session) = shop();
    let document = json!({ "textDocument": { "uri": session.uri("main.funnel") } });
    let lenses = session.ask("textDocument/codeLens", document).expect("an answer");
    let titles: Vec<&str> =
        lenses.as_array().expect("lenses").iter().filter_map(|lens| lens["command"]["title"].as_str()).collect();
    assert!(titles.contains(&"used by 1 stage, 1 KPI") || titles.contains(&"used by 1 KPI, 1 stage"), "{titles:?}");
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let mut hints = |name: &str| {
        let params = json!({ "textDocument": { "uri": session.uri(name) }, "range": whole });
        let found = session.ask("textDocument/inlayHint", params).expect("an answer");
        let all = found.as_array().expect("hints").clone();
        all.iter().filter_map(|hint| hint["label"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(hints("store.funnel"), ["100%", "5.0%"]);
    assert_eq!(hints("main.funnel"), ["→ Page Viewed"]);
    session.close();
}
