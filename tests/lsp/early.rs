//! In a large project the file that somebody types in has its findings before all is checked: what reading it found, and
//! what was said of it before, where that stands now.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::session::{Folder, Session};

const SMALL: &str = "project one \"One\" { }\n\nevent seen \"Seen\" { sent_by web; owner t0; status live }\n";

/// Line (from 0) and name of each finding.
fn lines(findings: &Value) -> Vec<(u64, String)> {
    let line = |finding: &Value| {
        let code = finding["code"].as_str().expect("a code").to_owned();
        (finding["range"]["start"]["line"].as_u64().expect("a line"), code)
    };
    findings.as_array().expect("findings").iter().map(line).collect()
}

/// What is published of `main.funnel` after each text that it comes to, in order.
fn typed(teams: usize, texts: &[String]) -> Vec<Vec<Vec<(u64, String)>>> {
    let others = (0..teams).fold(String::new(), |mut text, at| {
        let _ = writeln!(text, "team t{at} \"Team number {at}\" {{ }}");
        text
    });
    let folder = Folder::of(&[("main.funnel", SMALL), ("teams.funnel", &others)]);
    let mut session = Session::open(&folder.path());
    session.did_open("main.funnel", SMALL);
    session.settle("main.funnel");
    let mut told = Vec::new();
    for text in texts {
        session.history.clear();
        session.did_change("main.funnel", json!([{ "text": text }]));
        session.settle("main.funnel");
        told.push(
            session.history.iter().filter(|(name, _)| name == "main.funnel").map(|(_, own)| lines(own)).collect(),
        );
    }
    session.close();
    told
}

fn unused(line: u64) -> (u64, String) {
    (line, "FN1301".to_owned())
}

#[test]
fn a_large_project_says_first_what_reading_found_and_what_was_said_before() {
    let broken = SMALL.replace("\n\n", "\n\n\nteam x \"X\" { nonsense }\n");
    let told = typed(10_000, &[broken.clone(), SMALL.to_owned()]);
    let unknown = (3, "FN0104".to_owned());
    assert_eq!(told[0], [vec![unknown.clone(), unused(4)], vec![unknown, unused(4)]]);
    // Mended: what reading found is gone at once.
    assert_eq!(told[1], [vec![unused(2)], vec![unused(2)]]);
}

#[test]
fn a_small_project_says_all_at_once() {
    let told = typed(10, &[SMALL.replace("\n\n", "\n\n\n")]);
    assert_eq!(told[0], [vec![unused(3)]]);
}
