use super::*;
use crate::source::{Source, Sources};

fn plan_of(text: &str) -> Plan {
    let mut sources = Sources::new();
    sources.add(Source::new("a.funnel", text));
    let (model, found) = crate::model::build(&sources);
    assert!(found.is_empty(), "{found:#?}");
    crate::plan::plan(&model)
}

fn with_target(manifest: &str, template: &str) -> Result<Vec<OutputFile>, EmitError> {
    let mut targets = Targets::embedded()?;
    targets.add("own", &[("target.yaml", manifest), ("t.hbs", template)])?;
    emit_with(&targets, &plan_of("event a \"<b>\" {}\nevent b {}\n"), &["own"])
}

#[test]
fn an_unknown_target_is_an_error_with_the_nearest_one() {
    let error = emit(&plan_of("event a {}"), &["trackin"]).unwrap_err();
    assert_eq!(error.to_string(), "there is no target `trackin`");
    assert_eq!(error.help.unwrap().to_string(), "did you mean `tracking`?");
}

#[test]
fn a_folder_of_the_users_adds_a_target_that_escapes_as_it_says() {
    let manifest =
        "name: own\nabout: x\nescape: html\nfiles: [{path: 'own/{event}.html', each: event, template: t.hbs}]\n";
    let files = with_target(manifest, "{{#each event.label}}{{this}}{{/each}}").unwrap();
    let texts: Vec<(&str, &str)> =
        files.iter().map(|file| (file.path.as_str(), std::str::from_utf8(&file.bytes).unwrap())).collect();
    assert_eq!(texts, [("own/a.html", "&lt;b&gt;\n"), ("own/b.html", "\n")]);
}

#[test]
fn a_folder_of_the_users_overrides_a_template() {
    let mut targets = Targets::embedded().unwrap();
    targets.add("tracking", &[("plan.md.hbs", "{{words.title}}")]).unwrap();
    let files = emit_with(&targets, &plan_of("event a {}"), &["tracking"]).unwrap();
    assert_eq!(files[0].bytes, b"Tracking plan\n");
}

#[test]
fn a_template_that_asks_for_what_is_not_there_fails() {
    let manifest = "name: own\nabout: x\nfiles: [{path: a.txt, template: t.hbs}]\n";
    let error = with_target(manifest, "{{plan.nothing}}").unwrap_err().to_string();
    assert!(error.starts_with("template `own/t.hbs` fails:"), "{error}");
}

#[test]
fn files_stay_in_the_folder_and_are_written_once() {
    let manifest = |path: &str| format!("name: own\nabout: x\nfiles: [{{path: '{path}', template: t.hbs}}]\n");
    let error = with_target(&manifest("../x"), "").unwrap_err().to_string();
    assert_eq!(error, "target `own` would write `../x`, which leads out of the output folder");
    let twice = "name: own\nabout: x\nfiles: [{path: x, each: event, template: t.hbs}]\n";
    let error = with_target(twice, "").unwrap_err().to_string();
    assert_eq!(error, "`x` is written twice, by target `own` and by target `own`");
}

#[test]
fn an_unknown_key_of_a_target_is_an_error() {
    let error = with_target("name: own\nabout: x\nfile: []\n", "").unwrap_err().to_string();
    assert!(error.starts_with("`own/target.yaml` cannot be read:"), "{error}");
}

#[test]
fn a_condition_that_no_schema_can_say_is_named() {
    let plan = plan_of(
        "event s {}\nevent a {\n  prop x integer\n  variant big when x > 5 { prop y string required }\n  variant odd when did s { prop z string required }\n}\n",
    );
    let found = approximations(&plan, &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].path, "a.odd");
    assert!(approximations(&plan, &["model"]).is_empty());
}

#[test]
fn a_type_that_holds_itself_is_described_once() {
    let plan = plan_of("type node { name string required; inner list(node) }\nevent a { prop tree node }\n");
    let schema = json_schema::of_event(&plan, &plan.events[0]);
    assert_eq!(schema["$defs"]["node"]["properties"]["inner"]["items"]["$ref"], "#/$defs/node");
}

proptest::proptest! {
    #[test]
    fn no_text_leaves_its_cell(text in "\\PC*[|<>`\\n{}=]{0,3}\\PC*") {
        let safe = markdown::escape(&text);
        proptest::prop_assert!(!safe.contains('\n') && !safe.contains("{{"));
        proptest::prop_assert!(!safe.replace("<br>", "").contains(['<', '>']));
        let bytes = safe.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            if matches!(byte, b'|' | b'`') {
                let slashes = bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
                proptest::prop_assert!(slashes % 2 == 1, "{safe}");
            }
        }
        proptest::prop_assert!(!safe.starts_with(['=', '+', '-', '#']));
    }
}
