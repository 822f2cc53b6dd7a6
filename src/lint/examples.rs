//! Every rule shows what it finds: both of its examples are compiled.

use super::levels::{Levels, Setting};
use super::{Rule, registry};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::names::module_of;
use crate::source::{Source, Sources};
use crate::stdlib;

fn findings(rule: &Rule, text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    sources.add(Source::new("spec.funnel", text));
    for (module, text) in stdlib::mentioned(text) {
        let name = format!("std/{}.funnel", module.trim_start_matches("std."));
        assert_eq!(module_of(&name).as_deref(), Some(*module));
        let mut source = Source::new(name, *text);
        source.embedded = true;
        sources.add(source);
    }
    let mut levels = Levels::default();
    levels.set(rule.code.name, Setting::Warn).unwrap();
    let compilation = crate::compile(&sources, &levels);
    let shown = |found: &Diagnostic| {
        let mark = if found.severity == Severity::Error { "error" } else { "advice" };
        let place = found.span().map(|span| sources.text(span).to_owned()).unwrap_or_default();
        format!("{mark} {} at `{place}`: {}", found.code.name, found.message)
    };
    compilation.diagnostics.iter().map(shown).collect()
}

#[test]
fn every_rule_finds_what_its_bad_example_shows() {
    let mut wrong = Vec::new();
    for rule in registry::RULES {
        let found = findings(rule, rule.code.bad);
        let own = format!("advice {} ", rule.code.name);
        if !found.iter().any(|line| line.starts_with(&own)) || found.iter().any(|line| line.starts_with("error")) {
            wrong.push(format!("{}: {found:#?}", rule.code.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_rule_finds_anything_in_its_good_example() {
    let mut wrong = Vec::new();
    for rule in registry::RULES {
        let own = format!("advice {} ", rule.code.name);
        let found = findings(rule, rule.code.good);
        let bad: Vec<_> =
            found.into_iter().filter(|line| line.starts_with("error") || line.starts_with(&own)).collect();
        if !bad.is_empty() {
            wrong.push(format!("{}: {bad:#?}", rule.code.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn codes_are_unique_and_rules_are_documented() {
    let codes = registry::codes();
    for pair in codes.windows(2) {
        assert_ne!(pair[0].id, pair[1].id, "{} and {}", pair[0].name, pair[1].name);
    }
    for rule in registry::RULES {
        assert!(!rule.code.summary.is_empty() && !rule.code.explanation.is_empty(), "{}", rule.code.name);
        assert_eq!(codes.iter().filter(|code| code.name == rule.code.name).count(), 1, "{}", rule.code.name);
    }
}
