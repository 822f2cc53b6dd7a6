//! `// funnelc: allow(name, …) -- reason`: silences a lint for the statement below it (or, at the end of a line, for
//! that line). The reason is required; an unknown name and a directive that silences nothing are reported.

use std::cmp::Reverse;

use crate::diagnostic::{Code, Diagnostic, Group, Level, Safety};
use crate::model::Model;
use crate::model::faults::nearest;
use crate::say;
use crate::source::{FileId, Source, Span};
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
    let asked = |code: &Code| !code.group.is_of_changes() && levels.of(code) != Setting::Allow;
    let found = silenced(model, asked, diagnostics);
    diagnostics.extend(found);
}

/// The same for what a comparison finds; what is wrong with a directive itself is for the check to say.
pub fn apply_to_changes(model: &Model<'_>, levels: &Levels, diagnostics: &mut Vec<Diagnostic>) {
    let asked = |code: &Code| code.group.is_of_changes() && levels.of(code) != Setting::Allow;
    let found = silenced(model, asked, diagnostics);
    diagnostics.extend(found.into_iter().filter(|found| found.code == &UNUSED_DIRECTIVE));
}

/// Drops what the files allow; says what is wrong with directives. `asked` says which rules were.
fn silenced(model: &Model<'_>, asked: impl Fn(&Code) -> bool, diagnostics: &mut Vec<Diagnostic>) -> Vec<Diagnostic> {
    let own = model.sources.iter().zip(model.comments()).filter(|((_, source), _)| !source.embedded);
    let all = own.flat_map(|((_, source), comments)| comments.iter().map(move |comment| (source, comment)));
    let written: Vec<_> = all.filter(|(_, comment)| directive_in(comment).is_some()).collect();
    if written.is_empty() {
        return Vec::new();
    }
    let statements = statements(model);
    let mut found = Vec::new();
    let mut directives: Vec<Directive> =
        written.into_iter().filter_map(|(source, comment)| read(&statements, source, comment, &mut found)).collect();
    silence(diagnostics, &mut directives);
    found.extend(directives.iter().flat_map(|directive| report_unused(directive, &asked)));
    found
}

/// Drops what directives cover. What one covers lies together once the lints are in order, so that many directives over
/// many findings stay cheap.
fn silence(diagnostics: &mut Vec<Diagnostic>, directives: &mut [Directive]) {
    let mut lints: Vec<(&'static str, FileId, u32, usize)> = Vec::new();
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        if let Some(span) = diagnostic.span().filter(|_| diagnostic.code.level != Level::Error) {
            lints.push((diagnostic.code.name, span.file, span.start, index));
        }
    }
    lints.sort_unstable();
    // By place in `lints`: how many directives begin to cover there, less how many cease to.
    let mut changes = vec![0_i64; lints.len() + 1];
    for directive in directives {
        let (file, from, to) = (directive.span.file, directive.from, directive.to);
        for (code, _, used) in &mut directive.allows {
            let first = lints.partition_point(|(name, of, at, _)| (*name, *of, *at) < (code.name, file, from));
            let end = lints.partition_point(|(name, of, at, _)| (*name, *of, *at) <= (code.name, file, to));
            if first < end {
                *used = true;
                changes[first] += 1;
                changes[end] -= 1;
            }
        }
    }
    let mut silent = vec![false; diagnostics.len()];
    let mut covering = 0;
    for ((.., index), change) in lints.iter().zip(changes) {
        covering += change;
        silent[*index] = covering > 0;
    }
    let mut silent = silent.into_iter();
    diagnostics.retain(|_| !silent.next().unwrap_or_default());
}

/// What a comment says to the compiler.
fn directive_in<'s>(comment: &Comment<'s>) -> Option<&'s str> {
    comment.text.trim_start_matches('/').trim_start().strip_prefix("funnelc:")
}

/// Where declarations and fields stand: by file and start, the longest first.
fn statements(model: &Model<'_>) -> Vec<(FileId, u32, Reverse<u32>)> {
    let decls = model.decls.iter().map(|decl| decl.span);
    let fields = model.decls.iter().flat_map(|decl| &decl.fields).map(|field| field.span);
    let mut places: Vec<_> = decls.chain(fields).map(|span| (span.file, span.start, Reverse(span.end))).collect();
    places.sort_unstable();
    places
}

fn report_unused(directive: &Directive, asked: &impl Fn(&Code) -> bool) -> Vec<Diagnostic> {
    // A rule that is switched off was not asked; its directive may well be needed.
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

fn read(
    statements: &[(FileId, u32, Reverse<u32>)],
    source: &Source,
    comment: &Comment<'_>,
    found: &mut Vec<Diagnostic>,
) -> Option<Directive> {
    let body = directive_in(comment)?;
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
    let (from, to) = range(statements, source, comment);
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
fn range(statements: &[(FileId, u32, Reverse<u32>)], source: &Source, comment: &Comment<'_>) -> (u32, u32) {
    let line = source.position(comment.span.start).line as usize;
    let lines = source.lines();
    if !comment.own_line {
        let end = lines.get(line).copied().unwrap_or(source.text.len() as u32);
        return (lines[line - 1], end);
    }
    let (file, after) = (comment.span.file, comment.span.end);
    let next = statements.partition_point(|(of, start, _)| (*of, *start) < (file, after));
    let next = statements.get(next).filter(|(of, ..)| *of == file);
    next.map_or((after, after), |(_, start, Reverse(end))| (*start, *end))
}
