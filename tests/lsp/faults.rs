//! What goes wrong: broken messages, huge texts, files that go away, projects that become two. The server stays.

use std::fmt::Write as _;
use std::io::{BufReader, Read, Write};
use std::process::{Command, Stdio};

use funnelc::lsp::Ended;
use lsp_server::Message;
use serde_json::{Value, json};

use super::session::{Folder, Session};

const ONE: &str = "project one \"One\" { }\nteam web \"Web\" { }\n";

#[test]
fn broken_messages_are_told_and_passed_over() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_funnelc"))
        .arg("lsp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut input = child.stdin.take().expect("a pipe");
    let mut say = |text: &str| {
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).and_then(|()| input.flush()).expect("a pipe");
    };
    say("{ this is no JSON");
    say(r#"{"jsonrpc":"2.0","id":1,"method":"textDocument/hover","params":{}}"#);
    say(r#"{"jsonrpc":"2.0","id":2,"method":"initialize","params":7}"#);
    say(r#"{"jsonrpc":"2.0","id":3,"method":"initialize","params":{"capabilities":{}}}"#);
    say("[]");
    say(r#"{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":"x"}}"#);
    say(r#"{"jsonrpc":"2.0","id":4,"method":"no/such","params":null}"#);
    say(
        r#"{"jsonrpc":"2.0","id":5,"method":"textDocument/hover","params":{"textDocument":{"uri":"file:///nowhere.funnel"}}}"#,
    );
    say(r#"{"jsonrpc":"2.0","id":6,"method":"shutdown"}"#);
    say(r#"{"jsonrpc":"2.0","method":"exit"}"#);
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut answers = Vec::new();
    while let Ok(Some(message)) = Message::read(&mut output) {
        if let Message::Response(response) = message {
            answers.push((response.id.to_string(), response.response_result.err().map(|error| error.code)));
        }
    }
    let codes: Vec<(&str, Option<i32>)> = answers.iter().map(|(id, code)| (id.as_str(), *code)).collect();
    let wanted = [("1", Some(-32002)), ("2", Some(-32602)), ("3", None), ("4", Some(-32601)), ("5", None), ("6", None)];
    assert_eq!(codes, wanted);
    let mut log = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut log).expect("text");
    assert_eq!(log.lines().filter(|line| line.starts_with("funnelc lsp: ")).count(), 3, "{log}");
    assert!(!log.contains("panicked"), "{log}");
    assert_eq!(child.wait().expect("an end").code(), Some(0));
}

#[test]
fn a_request_that_is_taken_back_is_answered_so() {
    let folder = Folder::of(&[("a.funnel", ONE)]);
    let mut session = Session::open(&folder.path());
    session.tell("$/cancelRequest", json!({ "id": 2 }));
    let params = json!({ "textDocument": { "uri": session.uri("a.funnel") } });
    let reason = session.ask("textDocument/documentSymbol", params).expect_err("a reason");
    assert_eq!(reason, "cancelled");
    session.close();
}

#[test]
fn a_huge_text_is_taken_in() {
    let folder = Folder::of(&[("a.funnel", ONE)]);
    let mut session = Session::open(&folder.path());
    let mut text = ONE.to_owned();
    for at in 0..20_000 {
        let _ = writeln!(text, "team t{at} \"Team {at}\" {{ }}");
    }
    session.did_open("a.funnel", &text);
    session.settle("a.funnel");
    let params = json!({ "textDocument": { "uri": session.uri("a.funnel") } });
    let tree = session.ask("textDocument/documentSymbol", params).expect("an answer");
    assert_eq!(tree.as_array().map(Vec::len), Some(20_002));
    let deep = format!("{ONE}kpi k {{ value {}1{} }}\n", "(".repeat(5_000), ")".repeat(5_000));
    session.did_change("a.funnel", json!([{ "text": deep }]));
    session.settle("a.funnel");
    assert!(session.published["a.funnel"].as_array().is_some_and(|found| !found.is_empty()));
    session.close();
}

#[test]
fn a_file_that_is_deleted_takes_its_findings_along() {
    let folder = Folder::of(&[("a.funnel", ONE), ("b.funnel", "event x { owner nobdy }\nsegment s { where did y }\n")]);
    let mut session = Session::open(&folder.path());
    session.settle("a.funnel");
    assert!(session.published["b.funnel"].as_array().is_some_and(|found| !found.is_empty()));
    std::fs::remove_file(folder.path().join("b.funnel")).expect("a file");
    let change = json!({ "uri": session.uri("b.funnel"), "type": 3 });
    session.tell("workspace/didChangeWatchedFiles", json!({ "changes": [change] }));
    session.settle("a.funnel");
    assert_eq!(session.published["b.funnel"], json!([]));
    session.close();
}

#[test]
fn a_new_file_belongs_to_the_project_before_it_is_saved() {
    let folder = Folder::of(&[("a.funnel", &format!("{ONE}segment s {{ where did paid }}\n"))]);
    let mut session = Session::open(&folder.path());
    session.settle("a.funnel");
    let has_unknown =
        |session: &Session| session.published.get("a.funnel").is_some_and(|found| found.to_string().contains("FN0101"));
    assert!(has_unknown(&session));
    session.did_open("new.funnel", "event paid { sent_by web; owner web; status live }\n");
    session.settle("a.funnel");
    assert!(!has_unknown(&session));
    session.tell("textDocument/didClose", json!({ "textDocument": { "uri": session.uri("new.funnel") } }));
    session.settle("a.funnel");
    assert!(has_unknown(&session), "what was never saved is gone");
    session.close();
}

#[test]
fn a_project_becomes_two_and_one_again() {
    let folder = Folder::of(&[
        ("a/one.funnel", ONE),
        ("a/more.funnel", "event paid { sent_by web; owner web; status live }\n"),
        ("b/two.funnel", "segment s \"S\" { where did paid }\n"),
    ]);
    let mut session = Session::open(&folder.path());
    let text = "segment s \"S\" { where did paid }\n";
    session.did_open("b/two.funnel", text);
    session.settle("b/two.funnel");
    let is_unknown = |session: &Session| {
        session.published.get("b/two.funnel").is_some_and(|found| found.to_string().contains("FN0101"))
    };
    assert!(!is_unknown(&session), "one project: the event is there");
    session.did_change("b/two.funnel", json!([{ "text": format!("project two \"Two\" {{ }}\n{text}") }]));
    session.settle("b/two.funnel");
    assert!(is_unknown(&session), "two projects: it is not");
    session.did_change("b/two.funnel", json!([{ "text": text }]));
    session.settle("b/two.funnel");
    assert!(!is_unknown(&session));
    session.close();
}

#[test]
fn a_text_without_a_file_and_one_outside_of_the_folders_are_projects_of_their_own() {
    let (inside, outside) = (Folder::of(&[("a.funnel", ONE)]), Folder::of(&[("o.funnel", "team x { }\n")]));
    let mut session = Session::open(&inside.path());
    let far = super::session::uri(&outside.path().join("o.funnel"));
    for (name, text) in [("untitled:Untitled-1", "event x { owner nobody_at_all; "), (far.as_str(), "team x {\n")] {
        session.did_open(name, text);
        session.settle(name);
        assert!(session.published[name].as_array().is_some_and(|found| !found.is_empty()), "{name}");
    }
    session.close();
}

#[test]
fn a_configuration_that_is_wrong_is_told_and_one_that_is_right_is_followed() {
    let text = "project one \"One\" { }\nteam web \"Web\" { }\nevent x { sent_by web; owner web }\n";
    let folder = Folder::of(&[("a.funnel", text), ("funnelc.yaml", "ouput: x\n")]);
    let mut session = Session::open(&folder.path());
    session.settle("a.funnel");
    assert!(session.told.iter().any(|words| words.contains("did you mean `output`?")), "{:?}", session.told);
    let had = session.published.get("a.funnel").and_then(Value::as_array).map_or(0, Vec::len);
    assert!(had > 0);
    std::fs::write(folder.path().join("funnelc.yaml"), "allow: [warnings]\nlang: ar\n").expect("a file");
    let change = json!({ "uri": session.uri("funnelc.yaml"), "type": 2 });
    session.tell("workspace/didChangeWatchedFiles", json!({ "changes": [change] }));
    session.settle("a.funnel");
    assert!(session.published["a.funnel"].as_array().map_or(0, Vec::len) < had);
    session.close();
}

#[test]
fn an_end_without_shutdown_is_abrupt() {
    let folder = Folder::of(&[("a.funnel", ONE)]);
    assert_eq!(Session::open(&folder.path()).close(), Ended::Orderly);
}
