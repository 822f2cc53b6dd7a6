//! Measured funnels: the worked examples of the definition, bad logs, and the command line. `FUNNELC_BLESS=1` writes what is
//! expected anew, and the examples into the book.

#![cfg(feature = "engine")]
#![allow(clippy::disallowed_methods, reason = "tests read and write files and start the program")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use funnelc::measure::report;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    root().join("tests/fixtures/measure")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn expect(path: &Path, text: &str) {
    if std::env::var_os("FUNNELC_BLESS").is_some() {
        fs::write(path, text).unwrap();
    }
    let expected = read(path);
    assert!(expected == text, "{}", funnelc::fix::diff(&path.display().to_string(), &expected, text));
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_funnelc"));
    command.arg("measure").args(arguments).current_dir(folder).env("LC_ALL", "C.UTF-8").env_remove("COLUMNS");
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The names of the worked examples, each a folder.
fn examples() -> Vec<String> {
    let names = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<String> = names.filter(|name| folder().join(name).join("spec.funnel").exists()).collect();
    found.sort();
    found
}

/// Measures an example, with the further arguments that stand beside it.
fn example(name: &str, more: &[&str]) -> (i32, String, String) {
    let own = folder().join(name);
    let beside = read(&own.join("arguments"));
    let arguments = ["spec.funnel", "--events", "events.jsonl"].into_iter().chain(beside.split_whitespace());
    run(&own, &arguments.chain(more.iter().copied()).collect::<Vec<_>>())
}

fn table(name: &str) -> String {
    let (code, out, err) = example(name, &[]);
    assert_eq!((code, err.as_str()), (0, ""), "{name}");
    out
}

#[test]
fn the_worked_examples_are_measured_as_expected() {
    for name in examples() {
        let own = folder().join(&name);
        let (code, out, err) = example(&name, &["--format", "json"]);
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        expect(&own.join("expected.json"), &out);
        expect(&own.join("expected.txt"), &table(&name));
    }
}

/// Whatever an example prints is said in Arabic, too: names of the spec and numbers stay as they are.
#[test]
fn what_is_measured_is_told_in_arabic() {
    for name in ["accounts", "board", "experiment", "kpis", "parts", "spend", "survey"] {
        let (code, out, err) = example(name, &["--lang", "ar"]);
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        expect(&folder().join(name).join("expected.ar.txt"), &out);
    }
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("shop.funnel"), SPEC).unwrap();
    let (code, _, err) = run(place.path(), &["shop.funnel", "--events", "log.csv", "--lang", "ar"]);
    assert!(code == 2 && err.contains("تتعذر قراءة `log.csv`"), "{err}");
}

/// Labels are in the language that is asked for, else in the first of the project; why a KPI is not measured names the
/// place in the project, wherever it is measured from.
#[test]
fn labels_are_said_in_the_language_and_places_as_the_project_names_them() {
    let place = tempfile::tempdir().unwrap();
    let spec = "project shop { languages ar, en }
event seen { sent_by web } event bought { sent_by web }
kpi worth { label { ar \"القيمة\"; en \"Worth\" }; value spend() / people(store.order) }
funnel store { label { ar \"المتجر\"; en \"Store\" }
  stage visit : top { label { ar \"زيارة\"; en \"Visit\" }; enter seen }
  stage order : bottom { label { ar \"طلب\"; en \"Order\" }; enter bought; converts }
  visit -> order within 7d }
";
    fs::create_dir(place.path().join("shop")).unwrap();
    fs::write(place.path().join("shop/shop.funnel"), spec).unwrap();
    fs::write(place.path().join("log.csv"), "user_id,time,event\n1,2026-01-01T00:00:00Z,seen\n").unwrap();
    let document = |from: &str, more: &[&str]| {
        let (spec, log) = if from == "." { ("shop", "log.csv") } else { (".", "../log.csv") };
        let arguments = [&[spec, "--events", log, "--format", "json"], more].concat();
        let (code, out, err) = run(&place.path().join(from), &arguments);
        assert_eq!(code, 0, "{err}");
        serde_json::from_str::<serde_json::Value>(&out).unwrap()
    };
    let labels = |document: &serde_json::Value| {
        let (funnel, kpi) = (&document["funnels"][0], &document["kpis"][0]);
        [&funnel["label"], &funnel["stages"][1]["label"], &kpi["label"]].map(|own| own.as_str().unwrap().to_owned())
    };
    assert_eq!(labels(&document(".", &[])), ["المتجر", "طلب", "القيمة"]);
    assert_eq!(labels(&document(".", &["--lang", "ar"])), ["المتجر", "طلب", "القيمة"]);
    assert_eq!(labels(&document(".", &["--lang", "en"])), ["Store", "Order", "Worth"]);
    let why = document(".", &[])["kpis"][0]["unmeasured"].clone();
    assert!(why.as_str().is_some_and(|why| why.starts_with("shop.funnel:3: ")), "{why}");
    assert_eq!(why, document("shop", &[])["kpis"][0]["unmeasured"]);
}

#[test]
fn the_document_is_as_its_schema_says() {
    let schema = report::schema();
    expect(&root().join("book/src/schemas/measure.schema.json"), &format!("{schema:#}\n"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for name in examples() {
        let document = serde_json::from_str(&read(&folder().join(&name).join("expected.json"))).unwrap();
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

/// The tables that stand beside an example.
fn beside(name: &str) -> Vec<String> {
    let names =
        fs::read_dir(folder().join(name)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<String> =
        names.filter(|name| Path::new(name).extension().is_some_and(|end| end == "csv")).collect();
    found.sort();
    found
}

#[test]
fn no_cell_of_a_table_is_a_formula() {
    let place = tempfile::tempdir().unwrap();
    let spec = "event visited {}\nchannel ads \"=cmd\" : paid { match utm_medium == \"cpc\" }\nfunnel shop { stage a : top { enter visited; converts } }\n\
                kpi visits \"+1+1\" { value people(shop.a); by campaign }\n";
    fs::write(place.path().join("shop.funnel"), spec).unwrap();
    let log = "user_id,time,event,utm_campaign\n1,2027-01-01,visited,=1+1\n2,2027-01-02,visited,@SUM(A1)\n3,2027-01-03,visited,\"a,\"\"b\"\n";
    fs::write(place.path().join("log.csv"), log).unwrap();
    let (code, out, err) = run(place.path(), &["shop.funnel", "--events", "log.csv", "--format", "csv"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let mut reader = csv::Reader::from_reader(out.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert!(rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '@'])), "{out}");
    let groups: Vec<&str> =
        rows.iter().filter(|row| &row[0] == "kpi" && !row[4].is_empty()).map(|row| &row[5]).collect();
    assert_eq!(groups, ["'=1+1", "'@SUM(A1)", "a,\"b"], "{out}");
    let (code, _, err) = run(place.path(), &["shop.funnel", "--events", "log.csv", "--format", "parquet"]);
    assert!(code == 2 && err.contains("--output-file"), "{err}");
}

const MARK: &str = "<!-- example ";

/// The page with the examples between their marks as they are.
fn filled(page: &str, used: &mut BTreeSet<String>) -> String {
    let mut out = String::new();
    let mut is_inside = false;
    for line in page.lines() {
        is_inside &= line != "<!-- end -->";
        if let Some(name) = line.strip_prefix(MARK).and_then(|rest| rest.strip_suffix(" -->")) {
            let own = folder().join(name);
            let (spec, log) = (read(&own.join("spec.funnel")), read(&own.join("events.jsonl")));
            write!(out, "{line}\n\n```funnel\n{spec}```\n\n```json\n{log}```\n\n").unwrap();
            for beside in beside(name) {
                write!(out, "`{beside}`:\n\n```text\n{}```\n\n", read(&own.join(&beside))).unwrap();
            }
            let arguments = read(&own.join("arguments"));
            if !arguments.is_empty() {
                write!(out, "`funnelc measure spec.funnel --events events.jsonl {}`:\n\n", arguments.trim()).unwrap();
            }
            write!(out, "```text\n{}```\n\n<!-- end -->\n", table(name)).unwrap();
            used.insert(name.to_owned());
            is_inside = page.contains(&format!("{line}\n\n```"));
        } else if !is_inside && line != "<!-- end -->" {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[test]
fn the_book_shows_every_worked_example() {
    let mut used = BTreeSet::new();
    for page in ["definition.md", "kpis.md"] {
        let path = root().join("book/src/measure").join(page);
        expect(&path, &filled(&read(&path), &mut used));
    }
    assert_eq!(used.into_iter().collect::<Vec<_>>(), examples());
}

// ---- bad logs

const SPEC: &str = "event visited {}
event bought { prop total money }
funnel shop { stage a : top { enter visited } stage b : bottom { enter bought; converts } a -> b within 7d }
kpi revenue { value sum(bought.total) }
";

/// Measures a log of a name and some bytes.
fn measured(name: &str, bytes: &[u8]) -> (i32, String, String) {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("shop.funnel"), SPEC).unwrap();
    fs::write(place.path().join(name), bytes).unwrap();
    run(place.path(), &["shop.funnel", "--events", name])
}

#[test]
fn logs_that_cannot_be_used_say_why_and_what_to_do() {
    let cases: [(&str, &[u8], &str); 8] = [
        ("log.txt", b"x", "has no known form"),
        ("log.parquet", b"", "damaged"),
        ("log.parquet", b"PAR1 and no more PAR1", "damaged"),
        ("log.csv", b"", "no column `user_id`"),
        ("log.csv", b"user_id,event\n1,visited\n", "no column `time`; there are: user_id, event"),
        ("log.csv", b"user_id,time,event\n1,1767225600,visited\n1,1767225600000,bought\n", "seconds (1767225600)"),
        ("log.jsonl", b"{\"user_id\":1,\"time\":1767225600,\"event\":\"visited\"}\n{\"user_id\":1,\"time\":1767225600000000,\"event\":\"visited\"}", "microseconds"),
        ("other.csv", b"", "log.csv"),
    ];
    for (name, bytes, words) in cases {
        let (code, out, err) = if name == "other.csv" {
            let place = tempfile::tempdir().unwrap();
            fs::write(place.path().join("shop.funnel"), SPEC).unwrap();
            run(place.path(), &["shop.funnel", "--events", "log.csv"])
        } else {
            measured(name, bytes)
        };
        assert_eq!((code, out.as_str()), (2, ""), "{name}");
        assert!(err.contains(words), "{err}");
    }
}

/// A stage that looks at stages of a funnel that counts otherwise would see nobody; that is said, with its place.
#[test]
fn who_looks_at_stages_counts_what_they_count() {
    let place = tempfile::tempdir().unwrap();
    let spec = |care: &str| {
        format!(
            "group firm {{ key firm_id }}\nevent seen {{}}\nevent bought {{}}\nsegment stuck {{ where in shop.a for 2d }}\n\
             funnel shop {{ counts firm; stage a : top {{ enter seen }} stage b : bottom {{ enter bought; converts }} a -> b within 7d }}\n\
             funnel care {{\nstage c : top {{ enter {care} }}\nstage d : bottom {{ enter bought; converts }}\nc -> d within 7d when not in shop.b\n}}\n"
        )
    };
    fs::write(place.path().join("log.csv"), "user_id,firm_id,time,event\n1,f,2027-01-01,seen\n").unwrap();
    for (care, line) in [("enters stuck", "7:"), ("enters shop.a", "7:"), ("seen", "9:"), ("in shop.a for 1d", "7:")] {
        fs::write(place.path().join("shop.funnel"), spec(care)).unwrap();
        let (code, _, err) = run(place.path(), &["shop.funnel", "--events", "log.csv"]);
        assert!(code != 0 && err.contains("let both count the same") && err.contains(line), "{care}\n{err}");
    }
}

/// A comparison is the same the other way round, and a range of points is its two ends.
#[test]
fn comparisons_say_the_same_the_other_way_round() {
    let place = tempfile::tempdir().unwrap();
    let log = "user_id,time,event,total\n1,2027-01-01,seen,\n1,2027-01-02,seen,\n1,2027-01-03,bought,30\n2,2027-01-01,seen,\n\
               2,2027-01-02,bought,60\n2,2027-01-03,seen,\n2,2027-01-04,seen,\n3,2027-02-01,seen,\n";
    fs::write(place.path().join("log.csv"), log).unwrap();
    let told = |some: &str, other: &str, keen: &str| {
        let spec = format!(
            "traits {{ paid number = sum(bought.total) }}\nevent seen {{}}\nevent bought {{ prop total number }}\n\
             score heat {{ +5 seen; +7 bought({some}) }}\nsegment warm {{ where {other} }}\nsegment big {{ where {keen} }}\n\
             funnel f {{ stage a : top {{ enter seen }} stage b : middle {{ enter enters warm }} stage c : bottom {{ enter enters big; converts }}\n\
             a -> b within 9d\na -> c within 9d\nb -> c within 9d }}\n"
        );
        fs::write(place.path().join("shop.funnel"), spec).unwrap();
        let (code, out, err) = run(place.path(), &["shop.funnel", "--events", "log.csv", "--format", "csv"]);
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        out
    };
    let plain = told("total >= 50", "score heat >= 6 and score heat <= 12", "trait paid > 40");
    assert_eq!(plain, told("50 <= total", "score heat in 6 .. 12", "40 < trait paid"));
    assert_eq!(plain, told("not 50 > total", "6 <= score heat and 12 >= score heat", "trait paid > 40"));
    let points = told("total >= 50", "score heat in [10, 12]", "trait paid > 40");
    assert_eq!(plain, points);
    assert_ne!(plain, told("total >= 70", "score heat in [5]", "41 > trait paid"));
}

/// Two sequences that stop each other by their ends never end, and do not keep the program busy.
#[test]
fn sequences_that_wait_for_each_others_end_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let sequence = |name: &str, other: &str| {
        format!(
            "sequence {name} {{ start joined; stop finished {other}; basis transactional\nemail m {{ subject \"x\" }}\nwait 2d\nemail n {{ subject \"x\" }} }}\n"
        )
    };
    let spec = "event joined {}\nevent bought {}\nfunnel shop { stage a : top { enter finished one } stage b : bottom { enter bought; converts } a -> b within 7d }\n";
    fs::write(place.path().join("shop.funnel"), format!("{spec}{}{}", sequence("one", "two"), sequence("two", "one")))
        .unwrap();
    fs::write(place.path().join("log.csv"), "user_id,time,event\n1,2027-01-01,joined\n").unwrap();
    let (code, _, err) = run(place.path(), &["shop.funnel", "--events", "log.csv"]);
    assert!(code == 2 && err.contains("`one` is stopped by its own end"), "{err}");
}

#[test]
fn rows_that_cannot_be_used_are_counted_and_said() {
    let log = "user_id,time,event,total\n1,2027-01-01,visited,\n1,2027-01-02,bought,NaN\n2,2027-13-01,visited,5\n,2027-01-01,visited,5\n\
               3,2027-01-01,,5\n4,2027-01-01,visited,5,6\n5,9999-12-31,bought,1\n6,2027-01-03,visited,1\n6,2027-01-03,bought,-5\n\"7,2027-01-01,visited,1\n";
    let (code, out, err) = measured("log.csv", log.as_bytes());
    assert_eq!((code, err.as_str()), (0, ""));
    for words in [
        "4 events of 2 people",
        "2 of 10 rows could not be read",
        "1 of 10 rows have no event name",
        "2 of 10 rows have no time",
        "1 of 10 rows have no identity",
        "1 values that are summed are no numbers",
        "-5.00",
    ] {
        assert!(out.contains(words), "{words}\n{out}");
    }
    let (code, out, _) = measured(
        "log.jsonl",
        b"\x00\xff\n[1]\n\n\"x\"\n{}\n{\"user_id\":1,\"time\":\"2027-01-01\",\"event\":\"visited\"}",
    );
    assert_eq!(code, 0);
    assert!(out.contains("1 events of 1 people") && out.contains("3 of 5 rows could not be read"), "{out}");
    let (code, out, _) = measured("log.jsonl", b"");
    assert!(code == 0 && out.contains("0 events of 0 people"), "{out}");
}

#[test]
fn one_person_with_very_many_events_is_measured_in_time() {
    let mut log = String::from("user_id,time,event,total\n");
    for second in 0..200_000 {
        writeln!(log, "1,{},{},1", 1_767_225_600 + second, ["visited", "bought"][second % 2]).unwrap();
    }
    let begin = std::time::Instant::now();
    let (code, out, _) = measured("log.csv", log.as_bytes());
    assert!(code == 0 && out.contains("200,000 events of 1 people"), "{out}");
    assert!(begin.elapsed().as_secs() < 60, "{:?}", begin.elapsed());
}

// ---- on a terminal

/// A log that takes a while.
#[cfg(target_os = "linux")]
fn long_log() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("shop.funnel"), SPEC).unwrap();
    fs::create_dir(place.path().join("scratch")).unwrap();
    let mut log = String::from("user_id,time,event,total\n");
    for row in 0..600_000 {
        writeln!(log, "{},{},{},1", row % 50_000, 1_767_225_600 + row, ["visited", "bought"][row % 2]).unwrap();
    }
    fs::write(place.path().join("log.csv"), log).unwrap();
    place
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_shows_how_far_it_is() {
    let place = long_log();
    let program = env!("CARGO_BIN_EXE_funnelc");
    let line = format!("{program} measure shop.funnel --events log.csv --format json --output-file report.json");
    let output = Command::new("script").args(["-qec", &line, "/dev/null"]).current_dir(place.path()).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains('%') && shown.contains(" MB/s"), "{shown:?}");
    // The line is gone in the end, and none of it is in the report.
    assert!(shown.ends_with("\r\u{1b}[K"), "{shown:?}");
    assert!(read(&place.path().join("report.json")).starts_with('{'));
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_leaves_nothing_behind() {
    let place = long_log();
    let names = || {
        let entries = fs::read_dir(place.path()).unwrap().chain(fs::read_dir(place.path().join("scratch")).unwrap());
        let mut found: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        found.sort();
        found
    };
    let before = names();
    let mut command = Command::new(env!("CARGO_BIN_EXE_funnelc"));
    // So little memory that events go to disk.
    command.args(["measure", "shop.funnel", "--events", "log.csv", "--output-file", "report.txt", "--memory", "1KB"]);
    command.current_dir(place.path()).env("TMPDIR", place.path().join("scratch"));
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    // Once something is on disk, it is in the middle of its work.
    while names() == before && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(child.try_wait().unwrap().is_none(), "it ended before it could be interrupted");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(names(), before);
}
