//! Runs templates that say nothing but what most do: texts, values by their names, loops, conditions, other templates. The
//! library looks each value up from the root, by a path of strings; here a value is asked of the one it stands in. What is
//! not known here, and all that fails, is left to the library, which says why.

use std::collections::BTreeMap;

use handlebars::template::{HelperTemplate, Parameter, Template, TemplateElement};
use handlebars::{Handlebars, JsonRender, JsonTruthy, Path, PathSeg};
use serde_json::Value;

use super::render::{HERE, STEP};

/// What helpers are called by; data of these names is hidden by them.
const HELPERS: &[&str] = &[
    "if", "unless", "each", "with", "lookup", "raw", "log", "eq", "ne", "gt", "gte", "lt", "lte", "and", "or", "not",
    "len", "code", "prose", "asset", "digest", HERE, STEP,
];

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
        data: &Value,
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
    value: &'d Value,
    round: Option<(usize, bool)>,
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

    fn value(&self, what: &What) -> Option<&'d Value> {
        let What::Value(up, names) = what else { return None };
        let frame = self.frames.iter().rev().nth(*up)?;
        names.iter().try_fold(frame.value, |value, name| value.as_object()?.get(name))
    }

    fn holds(&self, what: &What) -> Option<bool> {
        match what {
            What::Value(..) => self.value(what).map(|value| value.is_truthy(false)),
            What::First => self.frames.last()?.round.map(|(at, _)| at == 0),
            What::Last => self.frames.last()?.round.map(|(_, is_last)| is_last),
        }
    }

    fn show(&mut self, value: &Value, is_escaped: bool) -> Option<()> {
        match value {
            Value::String(text) if is_escaped => self.out.push_str(&self.registry.get_escape_fn()(text)),
            Value::String(text) => self.out.push_str(text),
            Value::Bool(_) | Value::Number(_) => self.out.push_str(&value.render()),
            _ => return None,
        }
        Some(())
    }

    fn each(&mut self, value: &'d Value, body: &'d [Op], none: Option<&'d [Op]>) -> Option<()> {
        let items = value.as_array()?;
        if let (true, Some(none)) = (items.is_empty(), none) {
            return self.all(none);
        }
        items
            .iter()
            .enumerate()
            .try_for_each(|(at, value)| self.within(Frame { value, round: Some((at, at + 1 == items.len())) }, body))
    }

    fn within(&mut self, frame: Frame<'d>, ops: &'d [Op]) -> Option<()> {
        self.frames.push(frame);
        self.all(ops)?;
        self.frames.pop();
        Some(())
    }
}
