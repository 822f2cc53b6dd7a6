//! The canonical form of a spec: one way to write each statement, comments kept, texts untouched.
//!
//! ```text
//! tree        the parsed text with its comments and line breaks
//! tokens      a statement as words with the space and the possible line break before each
//! transition  the clauses of a transition in their order, and the columns of a run of them
//! separate    what must stand between two statements
//! flat        a statement on one line, where it fits
//! print       statements one a line, blocks, comments, blank lines
//! verify      the output, parsed again, says the same
//! ```
//!
//! What the layout depends on besides the tree: whether a block was written on one line, blank lines, which comments
//! stand on a line of their own, and whether a field's key touches a bracket. All of them survive formatting, so that
//! formatting twice changes nothing.

mod flat;
mod print;
mod separate;
mod tokens;
mod transition;
mod tree;
mod verify;

use std::borrow::Cow;

use rayon::prelude::*;

use crate::diagnostic::codes::run::FORMATTER_FAULT;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::say;
use crate::source::{FileId, Source, Sources, Span};
use crate::syntax;
use crate::syntax::ast::File;
use tree::Tree;
use verify::same;

/// How wide a line may be, in columns of a fixed-width font.
pub const WIDTH: usize = 100;

const FILE: FileId = FileId(0);

/// The canonical form of a text; `name` is only for messages.
///
/// The error holds the findings of a text that cannot be parsed (in bytes of `text`, as file 0), or one
/// [`FORMATTER_FAULT`] where the output would not have said the same.
pub fn format(name: &str, text: &str) -> Result<String, Vec<Diagnostic>> {
    let plain = plain_ends(text);
    let is_plain = matches!(plain, Cow::Borrowed(_));
    if !is_plain {
        // Findings are about the text as it was given.
        sound(FILE, &Source::new(name, text))?;
    }
    let source = Source::new(name, plain);
    let file = sound(FILE, &source)?;
    let again = Source::new(name, laid_out(&source, &file));
    if again.text == source.text {
        return Ok(again.text);
    }
    let parsed = sound(FILE, &again).map_err(|_| vec![fault(name, None)])?;
    same(&source, &file, &again, &parsed).map_err(|place| vec![fault(name, place.filter(|_| is_plain))])?;
    Ok(again.text)
}

/// The canonical forms of texts that a program made, as files that are not parsed yet: what they say has to be compared
/// with what the texts said, by [`Drafts::parsed`].
pub fn draft<'d>(drafts: &'d Sources) -> Result<(Drafts<'d>, Sources), Vec<Diagnostic>> {
    let files: Vec<_> = drafts.iter().collect();
    let read = |(id, source): (FileId, &'d Source)| {
        let tree = sound(id, source)?;
        let text = laid_out(source, &tree);
        Ok((tree, text))
    };
    let read = files.into_par_iter().map(read).collect::<Result<Vec<_>, Vec<Diagnostic>>>()?;
    let mut sources = Sources::new();
    let mut trees = Vec::with_capacity(read.len());
    for ((_, draft), (tree, text)) in drafts.iter().zip(read) {
        trees.push(tree);
        sources.add(Source::new(draft.name.clone(), text));
    }
    Ok((Drafts { drafts, trees }, sources))
}

/// Texts as they were before they were formatted.
#[derive(Debug)]
pub struct Drafts<'d> {
    drafts: &'d Sources,
    trees: Vec<File<'d>>,
}

impl<'d> Drafts<'d> {
    /// The files, parsed, once it is sure that they say what the texts said. A text that was canonical is not parsed twice.
    pub fn parsed<'s>(self, sources: &'s Sources) -> Result<Vec<File<'s>>, Vec<Diagnostic>>
    where
        'd: 's,
    {
        let again = |((id, source), tree): ((FileId, &'s Source), File<'d>)| {
            let draft = self.drafts.get(id);
            if draft.text == source.text {
                return Ok(tree);
            }
            let parsed = sound(id, source)?;
            same(draft, &tree, source, &parsed).map_err(|place| vec![fault(&draft.name, place)])?;
            Ok(parsed)
        };
        let files: Vec<_> = sources.iter().zip(self.trees).collect();
        files.into_par_iter().map(again).collect()
    }
}

fn laid_out(source: &Source, file: &File<'_>) -> String {
    print::file(&Tree::new(&source.text, &file.comments), file)
}

/// Without the byte order mark and with `\n` as the only line end.
fn plain_ends(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{FEFF}').map_or(Cow::Borrowed(text), |rest| Cow::Owned(rest.to_owned()));
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { text }
}

/// The tree of a text without syntax errors.
fn sound(file: FileId, source: &Source) -> Result<File<'_>, Vec<Diagnostic>> {
    let (file, mut faults) = syntax::parse(file, source);
    if faults.iter().all(|fault| fault.severity != Severity::Error) {
        return Ok(file);
    }
    diagnostic::sort(&mut faults);
    Err(faults)
}

fn fault(name: &str, place: Option<Span>) -> Diagnostic {
    let message = say!("`{name}` cannot be formatted without changing what it says", name);
    let fault = match place {
        Some(span) => Diagnostic::new(&FORMATTER_FAULT, span, message).at(say!("from here on")),
        None => Diagnostic::without_place(&FORMATTER_FAULT, message),
    };
    fault.help(say!("the file is left as it is; this is a fault of funnelc, please report it with these lines"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn canonical(text: &str) -> String {
        let once = format("a.funnel", text).expect("the text is sound");
        assert_eq!(format("a.funnel", &once).expect("so is the output"), once, "not idempotent");
        once
    }

    #[test]
    fn statements_that_would_join_keep_their_semicolon() {
        assert_eq!(canonical("x { a =; b; c; and d; e, ; f\n}"), "x {\n  a =;\n  b\n  c;\n  and d\n  e\n  f\n}\n");
        assert_eq!(canonical("x { a -> b;when c\n}"), "x {\n  a -> b;\n  when c\n}\n");
        assert_eq!(canonical("x { a -> b rate 5% {};when c {} d }"), "x { a -> b rate 5% {}; when c {} d }\n");
    }

    #[test]
    fn a_clause_is_not_moved_where_another_would_take_it() {
        let captured = "funnel f {\n  a -> b  when did x  rate 5%\n}\n";
        assert_eq!(canonical(captured), "funnel f {\n  a -> b  rate 5%  when did x\n}\n");
        let open = "funnel f {\n  a -> b  after 60d  when no x for 90d\n}\n";
        assert_eq!(canonical(open), open);
        let own = "funnel f {\n  a -> b  when did x within 3d within 9d\n}\n";
        assert_eq!(canonical(own), "funnel f {\n  a -> b  within 9d  when did x within 3d\n}\n");
    }

    #[test]
    fn an_owner_may_follow_the_rates_on_their_line_only() {
        let text = "funnel f {\n  a -> b owner c rate 5% { d 6% }\n  e -> f {}\n  owner g\n}\n";
        let expected = "funnel f {\n  a -> b  rate 5% { d 6% }  owner c\n  e -> f {}\n  owner g\n}\n";
        assert_eq!(canonical(text), expected);
        assert_eq!(canonical("x { a -> b {}; owner c }"), "x { a -> b {}; owner c }\n");
        assert_eq!(canonical("x { a -> b rate 5% {} owner c }"), "x { a -> b rate 5% {} owner c }\n");
        assert_eq!(canonical("x { a -> b owner c rate 5% {} }"), "x { a -> b rate 5% {} owner c }\n");
        assert_eq!(canonical("x { a -> b owner c rate 5% {}; d e {} }"), "x { a -> b rate 5% {} owner c; d e {} }\n");
    }

    #[test]
    fn syntax_findings_are_handed_back() {
        let findings = format("a.funnel", "\u{FEFF}team x { \"a }\r\n").expect_err("a missing quote");
        assert_eq!(findings[0].code.name, "unclosed-block");
        assert_eq!(findings[0].span().map(|span| span.start), Some(12));
    }

    #[test]
    fn comments_that_follow_a_lone_semicolon_stay_where_they_are() {
        assert_eq!(canonical("; // a\nx // b\n; /// c\ny"), ";  // a\nx  // b\n;  /// c\ny\n");
    }

    #[test]
    fn nothing_stays_nothing() {
        assert_eq!(canonical(" \r\n\n"), "");
        assert_eq!(canonical("\u{FEFF}/// a\r\n\r\n\r\n\r\nteam x {\r\n\r\n}"), "/// a\n\nteam x {}\n");
    }
}
