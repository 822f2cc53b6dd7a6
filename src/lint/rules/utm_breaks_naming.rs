//! Link parameters that break the naming of the others.

use regex_lite::Regex;

use crate::diagnostic::{Code, Diagnostic, Group, Level, Safety};
use crate::lint::Rule;
use crate::model::walk::Node;
use crate::model::{Kind, Model};
use crate::say;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1205",
        name: "utm-breaks-naming",
        group: Group::Channels,
        level: Level::Warn,
        summary: "a link parameter that breaks the naming of the others",
        explanation: "Reports group by the exact words of a link. `Spring Sale`, `spring-sale` and `spring_sale` are three campaigns there, and no \
                      report adds them up again.\n\n\
                      Reported is a value of `utm_source`, `utm_medium`, `utm_campaign` or `utm_content` that\n\n\
                      - has capital letters or spaces;\n\
                      - fits no pattern, where other campaigns declare one for the same parameter: beside `\"{country}_{offer}_{yyyymm}\"` a \
                      campaign may be called `sa_welcome_202709`, but not `autumn`. `{country}` and `{language}` stand for two letters, `{yyyymm}` \
                      and the like for digits, any other place for small letters, digits, `-` and `_`.\n\n\
                      Write the value as the others are written. Links that are already out keep the old value.",
        bad: "channel meta_ads \"Meta ads\" : paid { cost spend; budget 12_000 USD / month }\n\
              campaign back_to_school { channel meta_ads; utm_campaign \"{country}_{offer}_{yyyymm}\" }\n\
              campaign autumn { channel meta_ads; utm_campaign \"autumn\" }\n",
        good: "channel meta_ads \"Meta ads\" : paid { cost spend; budget 12_000 USD / month }\n\
               campaign back_to_school { channel meta_ads; utm_campaign \"{country}_{offer}_{yyyymm}\" }\n\
               campaign autumn { channel meta_ads; utm_campaign \"us_autumn_202709\" }\n",
    },
    check,
};

const PARAMETERS: &[&str] = &["utm_source", "utm_medium", "utm_campaign", "utm_content"];

struct Value<'m, 's> {
    campaign: Node<'m, 's>,
    words: String,
    at: Span,
}

impl Value<'_, '_> {
    fn is_pattern(&self) -> bool {
        self.words.contains('{')
    }
}

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for parameter in PARAMETERS {
        let values: Vec<Value<'_, '_>> =
            model.nodes(Kind::Campaign).filter_map(|campaign| value_of(campaign, parameter)).collect();
        let patterns = patterns(&values);
        for value in &values {
            let fault = badly_written(parameter, value).or_else(|| outside_patterns(parameter, value, &patterns));
            found.extend(fault);
        }
    }
}

fn value_of<'m, 's>(campaign: Node<'m, 's>, parameter: &str) -> Option<Value<'m, 's>> {
    let field = campaign.decl().field(parameter)?;
    let captured = field.get("value")?;
    let crate::model::Val::Text(text) = &captured.val else { return None };
    Some(Value { campaign, words: text.words(), at: captured.span })
}

/// The words outside `{…}` must be small and without spaces.
fn badly_written(parameter: &str, value: &Value<'_, '_>) -> Option<Diagnostic> {
    let right = mended(&value.words);
    if right == value.words {
        return None;
    }
    let words = &value.words;
    let fault = Diagnostic::new(
        &RULE.code,
        value.at,
        say!("`{parameter}` has capital letters or spaces: `{words}`", parameter, words),
    )
    .help(say!(
        "reports tell `Sale` and `sale` apart, and spaces become `%20`; write small letters joined by `_` or `-`"
    ));
    let quoted = format!("\"{right}\"");
    Some(fault.fix(Safety::Unsafe, say!("write `{right}`", right), value.at, quoted))
}

fn mended(words: &str) -> String {
    let mut inside = false;
    let small = |character: char| {
        inside = (inside || character == '{') && character != '}';
        match character {
            _ if inside => character.to_string(),
            space if space.is_whitespace() => "_".to_owned(),
            other => other.to_lowercase().to_string(),
        }
    };
    words.trim().chars().map(small).collect()
}

/// The patterns that campaigns declare, each with the first that does.
fn patterns<'v, 'm, 's>(values: &'v [Value<'m, 's>]) -> Vec<(&'v Value<'m, 's>, Regex)> {
    let mut found: Vec<(&Value<'m, 's>, Regex)> = Vec::new();
    for value in values.iter().filter(|value| value.is_pattern()) {
        // A project has a handful of patterns; more than that is no naming to hold others to.
        let known = found.iter().any(|(own, _)| own.words == value.words);
        if !known && found.len() < 16 {
            found.extend(Regex::new(&expression(&value.words)).ok().map(|regex| (value, regex)));
        }
    }
    found
}

/// A pattern as a regular expression.
fn expression(pattern: &str) -> String {
    let mut out = String::from("^");
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(&regex_lite::escape(before));
        out.push_str(&place(name));
        rest = tail;
    }
    out.push_str(&regex_lite::escape(rest));
    out.push('$');
    out
}

fn place(name: &str) -> String {
    let is_date = !name.is_empty() && name.chars().all(|c| matches!(c, 'y' | 'm' | 'd' | 'w' | 'q'));
    match name {
        _ if is_date => format!("[0-9]{{{}}}", name.len()),
        "country" | "language" | "lang" => "[a-z]{2}".to_owned(),
        _ => "[^A-Z\\s]+".to_owned(),
    }
}

fn outside_patterns(
    parameter: &str,
    value: &Value<'_, '_>,
    patterns: &[(&Value<'_, '_>, Regex)],
) -> Option<Diagnostic> {
    let (first, _) = patterns.first()?;
    if value.is_pattern() || patterns.iter().any(|(_, regex)| regex.is_match(&value.words)) {
        return None;
    }
    let (name, words, pattern) = (value.campaign.name(), &value.words, &first.words);
    Some(
        Diagnostic::new(
            &RULE.code,
            value.at,
            say!("`{parameter}` of campaign `{name}` breaks the naming: `{words}`", parameter, name, words),
        )
        .at(say!("not of the form `{pattern}`", pattern))
        .label(first.at, say!("the naming is declared here"))
        .help(say!(
            "reports group campaigns by the parts of their name; write it as `{pattern}` with the places filled in",
            pattern
        )),
    )
}
