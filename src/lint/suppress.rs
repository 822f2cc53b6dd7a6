//! `// funnelc: allow(name, …) -- reason`: silences a lint for the statement below it (or, at the end of a line, for
//! that line). The reason is required; an unknown name and a directive that silences nothing are reported.

use crate::diagnostic::{Code, Diagnostic, Group, Level, Safety};
use crate::model::Model;
use crate::model::faults::nearest;
use crate::say;
use crate::source::{Source, Span};
use crate::syntax::ast::Comment;

use super::levels::{Levels, Setting};
use super::registry;

/// A directive that cannot be understood.
pub static BAD_DIRECTIVE: Code = Code {
    id: "FN1901",
    name: "bad-directive",
    group: Group::Directives,
    level: Level::Warn,
    summary: "a `// funnelc:` comment that silences nothing because it is not understood",
    explanation: "A comment that begins with `funnelc:` silences a lint for the statement below it, or for its own line. One that is not
understood silences nothing, while whoever wrote it believes that it does.

Reported is a directive that is not written as `// funnelc: allow(name) -- reason`, one without a reason, one that names no lint,
and one that names an error of the language, which cannot be silenced.

Correct the name, and say after `--` why the advice does not apply here, for whoever reads it next.",
    bad: r#"// funnelc: allow(mixed-script-nam) -- the brand writes itself with a Cyrillic first letter
team Яrko "Яrko"
"#,
    good: r#"// funnelc: allow(mixed-script-name) -- the brand writes itself with a Cyrillic first letter
team Яrko "Яrko"
"#,
};

/// A directive that silences nothing.
pub static UNUSED_DIRECTIVE: Code = Code {
    id: "FN1902",
    name: "unused-directive",
    group: Group::Directives,
    level: Level::Warn,
    summary: "a `// funnelc: allow(…)` that silences nothing",
    explanation: "A directive that silences nothing is a leftover: what it was written for is gone, and it would hide the next finding of
the same sort.

Reported is each name in a directive for which nothing was found in the statement below it.

Remove the directive, or move it directly above the statement that it is meant for.",
    bad: r#"// funnelc: allow(mixed-script-name) -- the brand writes itself with a Cyrillic first letter
team yarko "Yarko"
"#,
    good: r#"team yarko "Yarko"
"#,
};

/// The codes of directives.
pub static CODES: &[&Code] = &[&BAD_DIRECTIVE, &UNUSED_DIRECTIVE];

/// A directive: what it allows, and the lines it holds for.
struct Directive {
    span: Span,
    allows: Vec<(&'static Code, Span, bool)>,
    /// First and last byte of what it is about.
    from: u32,
    to: u32,
}

/// Drops the lints that the files allow, and reports directives that are wrong or silence nothing.
pub fn apply(model: &Model<'_>, levels: &Levels, diagnostics: &mut Vec<Diagnostic>) {
    let mut directives: Vec<Directive> = Vec::new();
    let mut found = Vec::new();
    for ((_, source), comments) in model.sources.iter().zip(&model.comments) {
        if source.embedded {
            continue;
        }
        for comment in comments {
            directives.extend(read(model, source, comment, &mut found));
        }
    }
    if !directives.is_empty() {
        diagnostics.retain(|diagnostic| !silenced(diagnostic, &mut directives));
    }
    found.extend(directives.iter().flat_map(|directive| report_unused(directive, levels)));
    diagnostics.extend(found);
}

fn silenced(diagnostic: &Diagnostic, directives: &mut [Directive]) -> bool {
    let Some(span) = diagnostic.span().filter(|_| diagnostic.code.level != Level::Error) else { return false };
    let mut silent = false;
    for directive in directives {
        let covers = directive.span.file == span.file && (directive.from..=directive.to).contains(&span.start);
        for (code, _, used) in &mut directive.allows {
            if covers && *code == diagnostic.code {
                *used = true;
                silent = true;
            }
        }
    }
    silent
}

fn report_unused(directive: &Directive, levels: &Levels) -> Vec<Diagnostic> {
    // A rule that is switched off was not asked; its directive may well be needed.
    let asked = |code: &Code| levels.of(code) != Setting::Allow;
    let unused = directive.allows.iter().filter(|(code, _, used)| !used && asked(code));
    let report = |(code, span, _): &(&'static Code, Span, bool)| {
        let name = code.name;
        let fault = Diagnostic::new(&UNUSED_DIRECTIVE, *span, say!("`{name}` is not found here", name))
            .at(say!("silences nothing"))
            .help(say!("what was silenced is gone; remove the directive, so that it does not hide the next one"));
        if directive.allows.len() == 1 {
            return fault.fix(Safety::Safe, say!("remove the directive"), directive.span, "");
        }
        fault
    };
    unused.map(report).collect()
}

fn read(model: &Model<'_>, source: &Source, comment: &Comment<'_>, found: &mut Vec<Diagnostic>) -> Option<Directive> {
    let body = comment.text.trim_start_matches('/').trim_start().strip_prefix("funnelc:")?;
    let offset = comment.span.start + (comment.text.len() - body.len()) as u32;
    let place =
        |start: usize, end: usize| Span { start: offset + start as u32, end: offset + end as u32, ..comment.span };
    let (list, reason) = body.split_once("--").map_or((body, ""), |(list, reason)| (list, reason));
    let inside = list.trim().strip_prefix("allow(").and_then(|rest| rest.strip_suffix(')'));
    let Some(inside) = inside else {
        found.push(
            Diagnostic::new(&BAD_DIRECTIVE, comment.span, say!("this directive is not understood"))
                .help(say!("it is written `// funnelc: allow(name) -- reason`")),
        );
        return None;
    };
    if reason.trim().is_empty() {
        found.push(Diagnostic::new(&BAD_DIRECTIVE, comment.span, say!("this directive gives no reason")).help(say!(
            "write why after `--`, for whoever reads it next: `// funnelc: allow({inside}) -- reason`",
            inside
        )));
    }
    let mut allows = Vec::new();
    for name in inside.split(',').map(str::trim) {
        let start = name.as_ptr() as usize - body.as_ptr() as usize;
        let span = place(start, start + name.len());
        match registry::code(name) {
            Some(code) if code.level == Level::Error => found.push(
                Diagnostic::new(
                    &BAD_DIRECTIVE,
                    span,
                    say!("`{name}` is an error of the language and cannot be silenced", name),
                )
                .at(say!("not a lint")),
            ),
            Some(code) => allows.push((code, span, false)),
            None => found.push(unknown(name, span)),
        }
    }
    let (from, to) = range(model, source, comment);
    Some(Directive { span: comment.span, allows, from, to })
}

fn unknown(name: &str, span: Span) -> Diagnostic {
    let fault = Diagnostic::new(&BAD_DIRECTIVE, span, say!("there is no lint `{name}`", name));
    match nearest(name, registry::codes().into_iter().map(|code| code.name)) {
        Some(right) => fault.at(say!("did you mean `{right}`?", right)).fix(
            Safety::Safe,
            say!("write `{right}`", right),
            span,
            right,
        ),
        None => fault.help(say!("`funnelc explain --all` lists them")),
    }
}

/// What a directive is about: its line, or the statement that begins below it.
fn range(model: &Model<'_>, source: &Source, comment: &Comment<'_>) -> (u32, u32) {
    let line = source.position(comment.span.start).line as usize;
    let lines = source.lines();
    if !comment.own_line {
        let end = lines.get(line).copied().unwrap_or(source.text.len() as u32);
        return (lines[line - 1], end);
    }
    let after = |span: Span| span.file == comment.span.file && span.start >= comment.span.end;
    let decls = model.decls.iter().filter(|decl| after(decl.span)).map(|decl| decl.span);
    let fields = model.decls.iter().flat_map(|decl| &decl.fields).map(|field| field.span).filter(|span| after(*span));
    let next = decls.chain(fields).min_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    next.map_or((comment.span.end, comment.span.end), |span| (span.start, span.end))
}
