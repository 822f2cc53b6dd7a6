//! `make`: the block of a model, with its parameters filled in.

use rustc_hash::FxHashMap;

use super::decl::Declarations;
use super::{faults, print, shape};
use crate::syntax::ast::{Part, PartKind, Stmt};

/// `make shop_sa from shop(SA)`: the block of the model with its parameters filled in.
pub(super) fn make<'s>(stmt: &Stmt<'s>, models: &FxHashMap<&str, &Stmt<'s>>) -> Declarations<'s> {
    let model = stmt.parts.get(3).and_then(Part::word);
    let Some(template) = model.and_then(|model| models.get(model)) else { return Declarations::of(stmt) };
    let words = |stmt: &Stmt<'s>| -> Vec<Part<'s>> {
        let inside =
            stmt.parts.iter().find_map(|part| if let PartKind::Paren(inner) = &part.kind { Some(inner) } else { None });
        inside.into_iter().flatten().filter(|part| !part.is_op(",")).cloned().collect()
    };
    let (params, args) = (words(template), words(stmt));
    if params.len() != args.len() {
        let mut declared = Declarations::of(stmt);
        // Said once: `shop(-30)` cannot be read and is no matter of numbers, `shop()` is nothing else.
        if declared.faults.is_empty() || args.is_empty() {
            declared.faults = vec![faults::wrong_arguments(stmt.span, template.span, params.len(), args.len())];
        }
        declared.decls.iter_mut().for_each(|decl| decl.broken = true);
        return declared;
    }
    let filled = template.block().map(|block| block.stmts.iter().map(|stmt| fill(stmt, &params, &args)).collect());
    Declarations::inside(stmt, &filled.unwrap_or_else(Vec::new))
}

fn fill<'s>(stmt: &Stmt<'s>, params: &[Part<'s>], args: &[Part<'s>]) -> Stmt<'s> {
    let mut stmt = stmt.clone();
    fill_parts(&mut stmt.parts, params, args);
    stmt
}

/// A trait may have the name of a parameter: after `trait` the word is left alone.
fn fill_parts<'s>(parts: &mut [Part<'s>], params: &[Part<'s>], args: &[Part<'s>]) {
    let mut after_trait = false;
    for part in parts {
        let is_trait = part.word() == Some("trait");
        if !after_trait {
            fill_part(part, params, args);
        }
        after_trait = is_trait;
    }
}

fn fill_part<'s>(part: &mut Part<'s>, params: &[Part<'s>], args: &[Part<'s>]) {
    match &mut part.kind {
        PartKind::Word(word) => {
            if let Some(index) = params.iter().position(|param| param.word() == Some(word)) {
                part.kind = args[index].kind.clone();
            }
        }
        PartKind::Text(quoted) => {
            for (param, arg) in params.iter().zip(args) {
                let Some(name) = param.word() else { continue };
                let place = format!("{{{name}}}");
                if quoted.raw.contains(&place) {
                    let words = match &arg.kind {
                        PartKind::Text(own) => own.raw.to_string(),
                        PartKind::Number(number) => print::value(&shape::literal_val(*number)),
                        _ => arg.word().unwrap_or_default().to_owned(),
                    };
                    quoted.raw = quoted.raw.replace(&place, &words).into();
                }
            }
        }
        PartKind::Paren(inner) | PartKind::Square(inner) => {
            fill_parts(inner, params, args);
        }
        PartKind::Block(block) => {
            for stmt in &mut block.stmts {
                fill_parts(&mut stmt.parts, params, args);
            }
        }
        _ => {}
    }
}
