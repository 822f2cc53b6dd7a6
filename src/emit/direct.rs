//! Runs templates that say nothing but what most do: texts, values by their names, loops, conditions, other templates. The
//! library looks each value up from the root, by a path of strings; here a value is asked of the one it stands in. What is
//! not known here, and all that fails, is left to the library, which says why.

use std::collections::BTreeMap;
use std::ops::Range;

use handlebars::template::{HelperTemplate, Parameter, Template, TemplateElement};
use handlebars::{Handlebars, JsonRender, JsonTruthy, Path, PathSeg};
use rayon::prelude::*;
use serde_json::Value;

use super::render::{HERE, STEP};
use super::shown::{Several, Sight};

/// What helpers are called by; data of these names is hidden by them.
const HELPERS: &[&str] = &[
    "if", "unless", "each", "with", "lookup", "raw", "log", "eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "not",
    "len", "code", "prose", "asset", "digest", HERE, STEP,
];

/// How many rounds of a loop are run in one go where there are many.
const AT_ONCE: usize = 32;

/// Templates by their names, as far as they can be run here.
#[derive(Default)]
pub(super) struct Direct {
    templates: BTreeMap<String, Vec<Op>>,
}

enum Op {
    Text(String),
    Show { what: What, is_escaped: bool },
    Each { what: What, body: Vec<Op>, none: Option<Vec<Op>> },
    If { what: What, is_positive: bool, then: Vec<Op>, otherwise: Vec<Op> },
    Call(String),
    Step,
}

/// A value that is asked for.
enum What {
    /// So many levels up, by its names.
    Value(usize, Vec<String>),
    /// Whether the round of the loop is the first, or the last.
    First,
    Last,
}

impl Direct {
    /// Takes what a template says, if it is known here.
    pub(super) fn add(&mut self, name: &str, template: &Template) {
        if let Some(ops) = ops(template) {
            self.templates.insert(name.to_owned(), ops);
        }
    }

    /// What a template makes of some data, and how many rounds its loops took; none where the library has to see to it.
    pub(super) fn render(
        &self,
        template: &str,
        data: Sight<'_>,
        registry: &Handlebars<'_>,
        limit: usize,
    ) -> Option<(String, u64)> {
        let ops = self.templates.get(template)?;
        let frames = vec![Frame { value: data, round: None }];
        let mut run = Run { templates: &self.templates, registry, frames, out: String::new(), limit, steps: 0 };
        run.all(ops)?;
        Some((run.out, run.steps))
    }
}

fn ops(template: &Template) -> Option<Vec<Op>> {
    let known = template.elements.iter().filter(|element| !matches!(element, TemplateElement::Comment(_)));
    known.map(op).collect()
}

fn op(element: &TemplateElement) -> Option<Op> {
    match element {
        TemplateElement::RawString(text) => Some(Op::Text(text.clone())),
        TemplateElement::Expression(shown) => expression(shown, true),
        TemplateElement::HtmlExpression(shown) => expression(shown, false),
        TemplateElement::HelperBlock(block) => of_block(block),
        _ => None,
    }
}

fn expression(shown: &HelperTemplate, is_escaped: bool) -> Option<Op> {
    if !shown.hash.is_empty() {
        return None;
    }
    let called = shown.name.as_name().unwrap_or_default();
    match (called, shown.params.as_slice()) {
        (STEP, []) => Some(Op::Step),
        (HERE, [Parameter::Literal(Value::String(name))]) => Some(Op::Call(name.clone())),
        (name, []) if !HELPERS.contains(&name) => Some(Op::Show { what: what(&shown.name)?, is_escaped }),
        _ => None,
    }
}

fn of_block(block: &HelperTemplate) -> Option<Op> {
    let [asked] = block.params.as_slice() else { return None };
    if !block.hash.is_empty() || block.block_param.is_some() {
        return None;
    }
    let (what, inner) = (what(asked)?, |own: &Option<Template>| own.as_ref().map_or(Some(Vec::new()), ops));
    let (then, otherwise) = (inner(&block.template)?, inner(&block.inverse)?);
    match block.name.as_name()? {
        "each" => Some(Op::Each { what, body: then, none: block.inverse.is_some().then_some(otherwise) }),
        "if" => Some(Op::If { what, is_positive: true, then, otherwise }),
        "unless" => Some(Op::If { what, is_positive: false, then, otherwise }),
        _ => None,
    }
}

fn what(asked: &Parameter) -> Option<What> {
    let path = match asked {
        Parameter::Name(name) => Path::parse(name).ok()?,
        Parameter::Path(path) => path.clone(),
        _ => return None,
    };
    let (segments, written) = match path {
        Path::Local((0, name, _)) if name == "first" => return Some(What::First),
        Path::Local((0, name, _)) if name == "last" => return Some(What::Last),
        Path::Relative(own) => own,
        Path::Local(_) => return None,
    };
    let mut rest = written.as_str();
    let mut up = 0;
    while let Some(inner) = rest.strip_prefix("../") {
        (rest, up) = (inner, up + 1);
    }
    let by_name = |segment: &PathSeg| if let PathSeg::Named(name) = segment { Some(name.clone()) } else { None };
    let names: Vec<String> = segments.iter().filter_map(by_name).collect();
    // Any other way to go about, such as `@root`, is a segment without a name.
    (segments.len() == up + names.len() && !rest.starts_with(['.', '['])).then_some(What::Value(up, names))
}

/// What a template sees: a value and, inside of a loop, which round it is and whether it is the last.
#[derive(Clone, Copy)]
struct Frame<'d> {
    value: Sight<'d>,
    round: Option<(usize, bool)>,
}

/// What counts as true in a condition.
fn is_truthy(value: Sight<'_>) -> bool {
    match value {
        Sight::Text(text) => !text.is_empty(),
        Sight::Bool(holds) => holds,
        Sight::Plain(value) => value.is_truthy(false),
        Sight::List(items) => items.count() > 0,
        Sight::Object(own) => !own.is_bare(),
    }
}

struct Run<'d> {
    templates: &'d BTreeMap<String, Vec<Op>>,
    registry: &'d Handlebars<'d>,
    frames: Vec<Frame<'d>>,
    out: String,
    limit: usize,
    steps: u64,
}

impl<'d> Run<'d> {
    fn all(&mut self, ops: &'d [Op]) -> Option<()> {
        ops.iter().try_for_each(|op| self.one(op))
    }

    fn one(&mut self, op: &'d Op) -> Option<()> {
        match op {
            Op::Text(text) => self.out.push_str(text),
            Op::Show { what, is_escaped } => self.show(self.value(what)?, *is_escaped)?,
            Op::Each { what, body, none } => return self.each(self.value(what)?, body, none.as_deref()),
            Op::If { what, is_positive, then, otherwise } => {
                return self.all(if self.holds(what)? == *is_positive { then } else { otherwise });
            }
            Op::Call(name) => return self.within(*self.frames.last()?, self.templates.get(name)?),
            Op::Step => self.steps += 1,
        }
        (self.out.len() <= self.limit).then_some(())
    }

    fn value(&self, what: &What) -> Option<Sight<'d>> {
        let What::Value(up, names) = what else { return None };
        let frame = self.frames.iter().rev().nth(*up)?;
        let inside = |value, name: &String| if let Sight::Object(own) = value { own.field(name) } else { None };
        names.iter().try_fold(frame.value, inside)
    }

    fn holds(&self, what: &What) -> Option<bool> {
        match what {
            What::Value(..) => self.value(what).map(is_truthy),
            What::First => self.frames.last()?.round.map(|(at, _)| at == 0),
            What::Last => self.frames.last()?.round.map(|(_, is_last)| is_last),
        }
    }

    fn show(&mut self, value: Sight<'_>, is_escaped: bool) -> Option<()> {
        match value {
            Sight::Text(text) if is_escaped => self.out.push_str(&self.registry.get_escape_fn()(text)),
            Sight::Text(text) => self.out.push_str(text),
            Sight::Bool(holds) => self.out.push_str(if holds { "true" } else { "false" }),
            Sight::Plain(number @ Value::Number(_)) => self.out.push_str(&number.render()),
            _ => return None,
        }
        Some(())
    }

    fn each(&mut self, value: Sight<'d>, body: &'d [Op], none: Option<&'d [Op]>) -> Option<()> {
        let Sight::List(items) = value else { return None };
        match (items.count(), none) {
            (0, Some(none)) => self.all(none),
            (count, _) if count < 2 * AT_ONCE => self.rounds(items, 0..count, body),
            (count, _) => self.shared_out(items, count, body),
        }
    }

    /// Some rounds of a loop.
    fn rounds(&mut self, items: &'d dyn Several, mut which: Range<usize>, body: &'d [Op]) -> Option<()> {
        let count = items.count();
        which.try_for_each(|at| self.within(Frame { value: items.at(at), round: Some((at, at + 1 == count)) }, body))
    }

    /// All rounds of a long loop, on all cores.
    fn shared_out(&mut self, items: &'d dyn Several, count: usize, body: &'d [Op]) -> Option<()> {
        let parts = count.div_ceil(AT_ONCE);
        // What one part may take, no other can.
        let limit = (self.limit - self.out.len()) / parts;
        let part = |part: usize| {
            let mut run = Run { frames: self.frames.clone(), out: String::new(), limit, steps: 0, ..*self };
            run.rounds(items, part * AT_ONCE..count.min((part + 1) * AT_ONCE), body)?;
            Some((run.out, run.steps))
        };
        let made: Vec<(String, u64)> = (0..parts).into_par_iter().map(part).collect::<Option<_>>()?;
        for (text, steps) in made {
            self.out.push_str(&text);
            self.steps += steps;
        }
        Some(())
    }

    fn within(&mut self, frame: Frame<'d>, ops: &'d [Op]) -> Option<()> {
        self.frames.push(frame);
        self.all(ops)?;
        self.frames.pop();
        Some(())
    }
}
