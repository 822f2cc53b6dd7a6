use super::*;
use crate::source::{Source, Sources};
use serde_json::{Value as Json, json};

fn plan_of(text: &str) -> Plan {
    let mut sources = Sources::new();
    sources.add(Source::new("a.funnel", text));
    let (model, found) = crate::model::build(&sources);
    assert!(found.is_empty(), "{found:#?}");
    crate::plan::plan(&model)
}

fn with_target(manifest: &str, template: &str) -> Result<Vec<OutputFile>, EmitError> {
    with_files(&[("target.yaml", manifest), ("t.hbs", template)])
}

fn with_files(files: &[(&str, &str)]) -> Result<Vec<OutputFile>, EmitError> {
    let mut options = Options::embedded()?;
    options.targets.add("own", files)?;
    emit(&options, &plan_of("event a \"<b>\" {}\nevent b {}\n"), &["own"])
}

const ONE: &str = "name: own\nabout: x\nfiles: [{path: a.txt, template: t.hbs}]\n";

/// What is wrong with a template, and what to do.
fn fault(template: &str) -> String {
    said(with_target(ONE, template))
}

fn said(made: Result<Vec<OutputFile>, EmitError>) -> String {
    let error = made.unwrap_err();
    let help = error.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    format!("{error}{help}")
}

#[test]
fn an_unknown_target_is_an_error_with_the_nearest_one() {
    let error = emit(&Options::embedded().unwrap(), &plan_of("event a {}"), &["trackin"]).unwrap_err();
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
fn a_template_sees_the_same_with_and_without_arguments() {
    let files = [
        ("target.yaml", ONE),
        ("t.hbs", "{{#each plan.events}}{{> row}}{{> row more=1}}{{/each}}"),
        ("row.hbs", "{{@index}} {{name}} {{../name}}{{#each label}} {{this}} {{../name}} {{../../name}}{{/each}}\n"),
    ];
    let made = with_files(&files).unwrap();
    let lines: Vec<&str> = std::str::from_utf8(&made[0].bytes).unwrap().lines().collect();
    assert_eq!(lines, ["0 a a <b> a a", "0 a a <b> a a", "1 b b", "1 b b"]);
}

#[test]
fn a_folder_of_the_users_overrides_a_template() {
    let mut options = Options::embedded().unwrap();
    options.targets.add("tracking", &[("plan.md.hbs", "{{words.title}}")]).unwrap();
    let files = emit(&options, &plan_of("event a {}"), &["tracking"]).unwrap();
    assert_eq!(files[1].bytes, b"Tracking plan\n");
}

#[test]
fn a_field_that_is_not_there_is_named_with_its_place_and_the_nearest_one() {
    let said = fault("\n{{plan.evnts}}");
    assert!(said.starts_with("own/t.hbs:2:1: there is no `plan.evnts` here\n  2 | {{plan.evnts}}\n"), "{said}");
    assert!(said.contains("did you mean `events`? The fields here are $schema, version"), "{said}");
    let said = fault("{{#each plan.events}}\n  {{#if true}}{{lable}}{{/if}}\n{{/each}}");
    assert!(said.starts_with("own/t.hbs:2:") && said.contains("did you mean `label`?"), "{said}");
    let said = fault("{{#each plan.events}}{{#each properties}}{{/each}}{{../plan.projekt}}{{/each}}");
    assert!(said.contains("there is no `../plan.projekt` here") && said.contains("did you mean `project`?"), "{said}");
    let said = fault("{{#each plan.evnts}}x{{/each}}");
    assert!(said.contains("did you mean `events`?"), "{said}");
}

#[test]
fn a_field_missing_in_a_called_template_is_looked_for_where_it_is_called() {
    let files = [
        ("target.yaml", ONE),
        ("t.hbs", "{{#each plan.events}}\n{{> row who=../plan.project}}{{/each}}"),
        ("row.hbs", "{{who}}\n{{nmae}}"),
    ];
    let said = said(with_files(&files));
    assert!(said.starts_with("own/row.hbs:2:1: there is no `nmae` here"), "{said}");
    assert!(said.contains("did you mean `name`?") && said.contains("who"), "{said}");
}

#[test]
fn what_is_no_template_says_where() {
    for text in
        ["{{#if plan}}", "{{plan", "a\n{{#if plan}}{{/each}}", "{{nothing plan}}", "{{> nowhere}}", "{{asset \"x\"}}"]
    {
        let said = fault(text);
        assert!(said.starts_with("own/t.hbs"), "{text}: {said}");
        assert!(said.len() < 600, "{text}: {said}");
    }
}

#[test]
fn templates_that_call_each_other_in_a_circle_are_refused() {
    assert!(fault("{{> t}}").contains("`t` calls itself"), "{}", fault("{{> t}}"));
    let files =
        [("target.yaml", ONE), ("t.hbs", "{{> a}}"), ("a.hbs", "{{> b}}"), ("b.hbs", "{{#if plan}}{{> a}}{{/if}}")];
    assert!(said(with_files(&files)).contains("calls itself"));
    let inline = "{{#*inline \"a\"}}{{> a}}{{/inline}}{{> a}}";
    assert!(fault(inline).contains("calls itself"), "{}", fault(inline));
    let block =
        [("target.yaml", ONE), ("t.hbs", "{{#> a}}{{> @partial-block}}{{/a}}"), ("a.hbs", "{{> @partial-block}}")];
    let _ = with_files(&block);
    assert!(fault("{{> (lookup plan \"project\")}}").contains("computed name"));
}

#[test]
fn a_template_stays_within_its_limits() {
    let deep = format!("{}{}", "{{#if plan}}".repeat(70), "{{/if}}".repeat(70));
    assert!(fault(&deep).contains("blocks stand more than 64 deep"), "{}", fault(&deep));
    assert!(fault(&"{{#if plan}}".repeat(80_000)).contains("deep in each other"));
    assert!(fault(&format!("{{{{x {}", "(".repeat(100_000))).contains("deep in each other"));
    assert!(fault(&"x".repeat(2_000_000)).contains("a template may have 1048576 bytes"));
}

fn within(template: &str, limits: render::Limits) -> String {
    let mut targets = Targets::embedded().unwrap();
    targets.add("own", &[("target.yaml", ONE), ("t.hbs", template)]).unwrap();
    let plan = plan_of("event a {}\nevent b {}\nevent c {}\n");
    let own = targets.iter().find(|target| target.name == "own").unwrap();
    own.files_within(&plan, Draft::default(), &Facts::default(), limits)
        .map_or_else(|error| error.to_string(), |files| format!("{}", files[0].bytes.len()))
}

#[test]
fn loops_and_lengths_are_counted() {
    let empty = "{{#each plan.events}}{{#each ../plan.events}}{{/each}}{{/each}}";
    let nine = render::Limits { steps: 12, ..render::LIMITS };
    assert_eq!(within(empty, nine), "1");
    let eight = render::Limits { steps: 11, ..render::LIMITS };
    assert!(within(empty, eight).contains("go on for too long"), "{}", within(empty, eight));
    let short = render::Limits { output: 10, ..render::LIMITS };
    assert!(within("{{#each plan.events}}abcdef{{/each}}", short).contains("longer than 10 bytes"));
}

#[test]
fn a_file_that_nothing_uses_has_a_wrong_name() {
    let mut options = Options::embedded().unwrap();
    let error = options.targets.add("tracking", &[("plan.mdd.hbs", "x")]).unwrap_err();
    assert_eq!(error.to_string(), "nothing uses `tracking/plan.mdd.hbs`");
    assert_eq!(error.help.unwrap().to_string(), "did you mean `plan.md.hbs`?");
    let error = options.targets.add("trackin", &[("plan.md.hbs", "x")]).unwrap_err();
    assert_eq!(error.help.unwrap().to_string(), "did you mean `tracking`?");
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
fn an_unknown_view_or_writer_is_named_with_those_there_are() {
    let file = |rest: &str| format!("name: own\nabout: x\nfiles: [{{path: a, template: t.hbs, {rest}}}]\n");
    let error = with_target(&file("view: trackin"), "").unwrap_err().to_string();
    assert!(error.contains("there is no view `trackin`; there are plan, tracking"), "{error}");
    let error = with_target(&file("writer: modell"), "").unwrap_err().to_string();
    assert!(error.contains("there is no writer `modell`; there are model, "), "{error}");
}

#[test]
fn a_condition_that_no_schema_can_say_is_named() {
    let plan = plan_of(
        "event s {}\nevent a {\n  prop x integer\n  variant big when x > 5 { prop y string required }\n  variant odd when did s { prop z string required }\n}\n",
    );
    let found = approximations(&plan, &["json-schema"]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].path, "a.odd");
    assert!(approximations(&plan, &[]).len() > 1, "every target speaks for itself");
    assert!(approximations(&plan, &["model"]).is_empty());
}

fn lost(text: &str, target: &str) -> Vec<String> {
    approximations(&plan_of(text), &[target]).into_iter().map(|own| format!("{}: {}", own.path, own.message)).collect()
}

#[test]
fn a_type_that_does_not_end_is_an_object_where_there_are_no_references() {
    let text =
        "type node { name string required; inner list(node) }\nevent a { prop tree node }\nevent b { prop x string }\n";
    let said =
        "a: segment knows no references, and type `node` does not end in event `a`: inside it is any object there";
    assert_eq!(lost(text, "segment"), [said]);
    let plan = plan_of(text);
    let schema = Json::Object(json_schema::inline(&plan, &plan.events[0], "segment"));
    assert_eq!(schema["properties"]["tree"]["properties"]["inner"]["items"], json!({ "type": "object" }));
}

#[test]
fn types_that_hold_each_other_often_or_deep_stay_small_where_there_are_no_references() {
    let twice = |at: usize| format!("type t{at} {{ x t{next}; y t{next} }}\n", next = at + 1);
    let chain = |at: usize| format!("type t{at} {{ x t{next} }}\n", next = at + 1);
    let spec = |of: &dyn Fn(usize) -> String, most: usize| {
        let types: String = (0..most).map(of).collect();
        format!("{types}type t{most} {{ x string }}\nevent a {{ prop tree t0 }}\n")
    };
    for text in [spec(&twice, 14), spec(&chain, 300)] {
        let plan = plan_of(&text);
        let schema = Json::Object(json_schema::inline(&plan, &plan.events[0], "segment"));
        assert!(schema.to_string().len() < 500_000);
        assert_eq!(lost(&text, "segment").len(), 1);
    }
}

#[test]
fn what_is_too_much_for_a_function_is_left_out_of_a_client() {
    let property = |at: usize| format!("  prop p{at} number required\n");
    let properties = |count: usize| (0..count).map(property).collect::<String>();
    let text = format!("event few {{\n{}}}\nevent many {{\n{}}}\n", properties(120), properties(130));
    let said = "many: the client has no function for event `many`: 130 properties are more than one can take there";
    assert_eq!(lost(&text, "kotlin"), [said]);
    let files = emit(&Options::embedded().unwrap(), &plan_of(&text), &["kotlin"]).unwrap();
    let client = files.iter().map(|file| String::from_utf8_lossy(&file.bytes)).collect::<String>();
    assert!(client.contains("fun few(") && !client.contains("fun many("));
}

#[test]
fn names_that_meet_in_a_destination_are_named() {
    let text = "event a { named \"Bought\" in segment\n prop x string named \"z\" in segment\n prop y string named \"z\" in segment }\nevent b { named \"Bought\" }\nevent c : page { named \"Bought\" }\n";
    assert_eq!(
        lost(text, "segment"),
        [
            "a.y: `y` and `x` of event `a` are both called `z` in segment, which has only one of them",
            "b: `b` and `a` are both called `Bought` in segment, which takes them for one event",
        ]
    );
}

fn built(text: &str, target: &str, path: &str) -> Json {
    let files = emit(&Options::embedded().unwrap(), &plan_of(text), &[target]).unwrap();
    let file = files.into_iter().find(|file| file.path == path).unwrap();
    if file.bytes.starts_with(b"{") {
        return serde_json::from_slice(&file.bytes).unwrap();
    }
    serde_yaml::from_slice(&file.bytes).unwrap()
}

#[test]
fn a_property_that_two_events_bound_differently_keeps_both_bounds() {
    let text = "event a { prop x integer 1..5 }\nevent b { prop x integer 1..9 }\nevent c { prop x integer 1..5 }\n";
    let properties = built(text, "rudderstack", "tracking/rudderstack/properties.yaml");
    let all = properties["spec"]["properties"].as_array().unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0], json!({ "id": "x", "name": "x", "type": "integer", "config": { "minimum": 1, "maximum": 5 } }));
    let types = built(text, "rudderstack", "tracking/rudderstack/custom-types.yaml");
    let bounded = &types["spec"]["types"][0];
    assert_eq!(bounded["config"], json!({ "minimum": 1, "maximum": 9 }));
    assert_eq!(all[1]["type"], json!(format!("#custom-type:{}", bounded["id"].as_str().unwrap())));
    assert!(lost(text, "rudderstack").is_empty());
}

#[test]
fn variants_that_one_property_tells_apart_are_cases() {
    let text = "event a {\n  prop kind enum(x, y, z) required\n  variant one when kind == x { prop p string required }\n  variant two when kind in [y, z] { prop q string }\n}\n";
    let plan = built(text, "rudderstack", "tracking/rudderstack/tracking-plan.yaml");
    let rule = &plan["spec"]["rules"][0];
    assert_eq!(rule["properties"], json!([{ "property": "#property:kind", "required": true }]));
    let variant = &rule["variants"][0];
    assert_eq!(variant["discriminator"], "#property:kind");
    let matches: Vec<&Json> = variant["cases"].as_array().unwrap().iter().map(|case| &case["match"]).collect();
    assert_eq!(matches, [&json!(["x"]), &json!(["y", "z"])]);
    assert!(lost(text, "rudderstack").is_empty());
}

#[test]
fn calls_without_names_become_one_and_that_is_said() {
    let text = "event a : page { prop x string required }\nevent b : page { prop x string required; prop y string required }\ntraits { plan string required }\nevent c : identify { prop z string required }\n";
    let events = built(text, "rudderstack", "tracking/rudderstack/events.yaml");
    let classes: Vec<&Json> =
        events["spec"]["events"].as_array().unwrap().iter().map(|event| &event["event_type"]).collect();
    assert_eq!(classes, ["page", "identify"]);
    assert!(lost(text, "rudderstack")[0].starts_with("b: RudderStack has one event for all calls of class `page`"));
}

#[test]
fn rudderstack_says_which_descriptions_stand_together() {
    let text = "event a {\n  /// What they pay.\n  prop plan string\n}\nevent b {\n  /// What they try.\n  prop plan string\n}\n\
                event c {\n  /// What they try.\n  prop plan string\n  prop count integer\n}\nevent d { prop count integer 1..5 }\n";
    let found = lost(text, "rudderstack");
    let wanted = "b.plan: RudderStack has one property `plan` of this type for all events: what is said of `a.plan` and of `b.plan`";
    assert!(found.len() == 1 && found[0].starts_with(wanted), "{found:?}");
}

/// A text as a spec writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' | '{' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn every_name_is_the_same_in_every_format(event in HOSTILE, own in HOSTILE, label in HOSTILE) {
        let text = format!(
            "event a {} {{ named {}\n owner growth\n prop x integer required named {} pii(contact) purpose {} }}\n",
            quoted(&label), quoted(&event), quoted(&own), quoted(&label),
        );
        let segment = built(&text, "segment", "tracking/segment/plan.json");
        let rule = &segment["rules"][0];
        proptest::prop_assert_eq!(&rule["key"], &json!(event));
        proptest::prop_assert_eq!(&rule["jsonSchema"]["labels"]["label"], &json!(label));
        let sent = &rule["jsonSchema"]["properties"]["properties"]["properties"];
        proptest::prop_assert_eq!(&sent[&own]["x-purpose"]["reason"], &json!(label));
        let events = built(&text, "rudderstack", "tracking/rudderstack/events.yaml");
        proptest::prop_assert_eq!(&events["spec"]["events"][0]["name"], &json!(event));
        let properties = built(&text, "rudderstack", "tracking/rudderstack/properties.yaml");
        proptest::prop_assert_eq!(&properties["spec"]["properties"][0]["name"], &json!(own));
    }
}

/// Names that break out of formats that are not careful.
const HOSTILE: &str = "[=+@\t-]\\PC{0,6}|\\PC{1,9}|no|12:30|2027-03-31|[\"'#:{}\\[\\],&*!|>%`?\\\\\n]{1,5}x|[\u{80}-\u{9f}\u{2028}\u{feff}]x|__proto__";

#[test]
fn a_type_that_holds_itself_is_described_once() {
    let plan = plan_of("type node { name string required; inner list(node) }\nevent a { prop tree node }\n");
    let schema = json_schema::of_event(&plan, &plan.events[0], Draft::Newest);
    assert_eq!(schema["$defs"]["node"]["properties"]["inner"]["items"]["$ref"], "#/$defs/node");
}

fn page_of(text: &str) -> String {
    let files = emit(&Options::embedded().unwrap(), &plan_of(text), &["tracking"]).unwrap();
    let page = files.into_iter().find(|file| file.path == "tracking/plan.html").unwrap();
    String::from_utf8(page.bytes).unwrap()
}

/// The tags and attributes of a page: what is left when texts and attribute values are taken away.
fn skeleton(page: &str) -> String {
    let mut out = String::new();
    let (mut in_tag, mut in_value) = (false, false);
    for character in page.chars() {
        match character {
            '<' if !in_value => in_tag = true,
            '"' if in_tag => in_value = !in_value,
            _ => {}
        }
        if in_tag && !in_value {
            out.push(character);
        }
        in_tag &= character != '>' || in_value;
    }
    out
}

#[test]
fn no_label_changes_a_page() {
    let spec = |label: &str| {
        format!(
            "project p \"{label}\" {{ languages en; currency USD }}\n/// {label}\nevent a \"{label}\" {{ named \"{label}\"\n prop x string purpose \"{label}\" named \"{label}\" }}\nsegment s \"{label}\" {{ where did a }}\n"
        )
    };
    let plain = skeleton(&page_of(&spec("plain")));
    let hostile = [
        "<script>alert(1)</script>",
        "</title></style></script><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "\\\" autofocus onfocus=alert(1) x=\\\"",
        "{{#each events}}{{{this}}}{{/each}} {{> rows}} {{asset 'plan.js'}}",
        "<!-- --><![CDATA[ ]]>&#60;b&#62;&lt;i&gt;",
        "\u{200f}\u{200e} right to left",
    ];
    for label in hostile {
        assert_eq!(skeleton(&page_of(&spec(label))), plain, "{label}");
    }
    let long = page_of(&spec(&"x".repeat(5_000)));
    assert!(long.contains(&format!("<p class=\"whole\"><bdi>{}</bdi></p>", "x".repeat(5_000))));
}

#[test]
fn a_page_runs_its_own_script_and_nothing_else() {
    let page = page_of("event a \"A\" {}\n");
    let policy = page.split("content=\"default-src 'none'; ").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    for tag in ["script", "style"] {
        let text =
            page.split(&format!("<{tag}>")).nth(1).and_then(|rest| rest.split(&format!("</{tag}>")).next()).unwrap();
        assert!(policy.contains(&format!("{tag}-src '{}'", html::digest(text))), "{tag}: {policy}");
        assert_eq!(page.matches(&format!("<{tag}")).count(), 1);
    }
    let markup = page.replace(page.split("<script>").nth(1).unwrap(), "");
    assert!(!markup.contains(" on") || !markup.contains("=\"javascript"), "no handlers");
    assert!(!page.contains("src=") && !page.contains("http://") && !page.contains("https://"), "nothing is loaded");
}

#[test]
fn an_arabic_page_runs_from_right_to_left_and_says_everything_in_arabic() {
    let text = "project p \"P\" { languages ar, en; currency USD }\nevent a { label { en \"Bought\"; ar \"الشراء\" } prop x string required pii(contact) }\n";
    let page = page_of(text);
    assert!(page.starts_with("<!doctype html>\n<html lang=\"ar\" dir=\"rtl\">"), "{}", &page[..200]);
    assert!(page.contains("<bdi>الشراء</bdi>") && page.contains("data-keys=\"Bought الشراء\""));
    assert!(page.contains("<a href=\"plan.en.html\" hreflang=\"en\" lang=\"en\" dir=\"ltr\">English</a>"));
    let targets = Targets::embedded().unwrap();
    let tracking = targets.iter().find(|target| target.name == "tracking").unwrap();
    let (english, arabic) = (tracking.words_in("en"), tracking.words_in("ar"));
    let same: Vec<&String> = english.keys().filter(|key| arabic.get(*key) == english.get(*key)).collect();
    assert_eq!(same, ["none"], "words that are not translated");
}

proptest::proptest! {
    #[test]
    fn no_text_leaves_its_place_in_a_page(text in "\\PC*[<>\"'&`{}=]{0,4}\\PC*") {
        let safe = html::escape(&text);
        let is_plain = !safe.contains(['<', '>', '"', '\'', '`', '{', '}']);
        proptest::prop_assert!(is_plain);
    }

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
