//! Surveys: what their answers arrive as, and which channels they name.

use funnelc_engine::definition as to;
use rust_decimal::prelude::ToPrimitive;

use super::kpi::{Lowered, Place, refused};
use super::{Lower, Unmeasured};
use crate::model::expr::{Expr, ExprKind};
use crate::model::print::value as spelled;
use crate::model::value::RefIx;
use crate::model::walk::{FieldOf, Node};
use crate::model::{Kind, Target, Val};
use crate::say;

/// The most answers of a scale that are told apart.
const MAX_SCALE: i64 = 1_000;

impl<'m, 's> Lower<'m, 's> {
    /// The surveys that say what their answers arrive as.
    pub(super) fn surveys(&mut self) {
        for survey in self.model.nodes(Kind::Survey).collect::<Vec<_>>() {
            let Some(field) = survey.field("answered") else { continue };
            let Some(expr) = field.expr("trigger") else { continue };
            let Some((answered, key)) = self.said_by(field, expr) else {
                self.trouble(field.field.span, say!("answers arrive by one event here"));
                continue;
            };
            let informs = survey.has("informs");
            if informs {
                self.channels();
            }
            let own = to::Survey {
                path: survey.path(),
                label: survey.label(&self.language),
                answered,
                key,
                choices: self.choices(survey),
                informs,
            };
            self.out.definition.surveys.push(own);
        }
    }

    /// What can be answered: the choices that are declared, or the numbers of the scale.
    fn choices(&self, survey: Node<'m, 's>) -> Vec<(String, Option<usize>)> {
        let Some(field) = survey.field("choices") else {
            return scale(survey).map(|number| (number.to_string(), None)).collect();
        };
        let mut found: Vec<(String, Option<usize>)> = Vec::new();
        for own in &field.field.values {
            match (own.slot, &own.val) {
                ("name", val) => found.extend(val.word().map(|word| (word.to_owned(), None))),
                ("channel", Val::Ref(at)) => {
                    let channel = self.channel_of(field, *at);
                    found.last_mut().into_iter().for_each(|last| last.1 = channel);
                }
                _ => {}
            }
        }
        found
    }

    fn channel_of(&self, field: FieldOf<'m, 's>, at: RefIx) -> Option<usize> {
        let path = field.target(at)?.path();
        self.out.definition.channels.iter().position(|own| own.path == path)
    }

    /// `answers(survey, choice, …)`: any answer where no choice is named.
    pub(super) fn answers(&mut self, place: Place<'_, 'm, 's>, args: &'m [Expr<'s>]) -> Lowered {
        let survey = self.survey_of(place, &args[0])?;
        let own = &self.out.definition.surveys[survey];
        let mut choices = Vec::new();
        for arg in &args[1..] {
            let word = self.choice_of(place, arg).map_or_else(|| refused(arg.span, say!("a choice is wanted")), Ok)?;
            let Some(found) = own.choices.iter().position(|own| own.0 == word) else {
                return refused(arg.span, say!("it is none of the choices, nor on the scale"));
            };
            choices.push(found);
        }
        if choices.is_empty() {
            choices = (0..own.choices.len()).collect();
        }
        Ok(self.of(to::Measure::Answers { survey, choices }, to::How::Total))
    }

    fn survey_of(&self, place: Place<'_, 'm, 's>, arg: &Expr<'s>) -> Result<usize, Unmeasured> {
        let ExprKind::Name(at) = arg.kind else { return refused(arg.span, say!("a survey is wanted")) };
        let survey = self.meant(place, at).filter(|node| node.kind() == Kind::Survey);
        let Some(survey) = survey else { return refused(arg.span, say!("a survey is wanted")) };
        let path = survey.path();
        let found = self.out.definition.surveys.iter().position(|own| own.path == path);
        let why = say!("the survey does not say what an answer arrives as: `answered EVENT by PROPERTY`");
        found.map_or_else(|| refused(arg.span, why), Ok)
    }

    fn choice_of(&self, place: Place<'_, 'm, 's>, arg: &Expr<'s>) -> Option<String> {
        match &arg.kind {
            ExprKind::Name(at) => match self.model.target(place.owner, *at) {
                Target::Word(word) => Some(word.to_owned()),
                _ => None,
            },
            ExprKind::Literal(val) => Some(spelled(val)),
            _ => None,
        }
    }
}

/// The numbers of a scale.
fn scale(survey: Node<'_, '_>) -> impl Iterator<Item = i64> {
    let field = survey.field("scale").or_else(|| survey.field("question"));
    let end = |slot: &str| match &field.as_ref()?.get(slot)?.val {
        Val::Number(number) => number.to_i64(),
        _ => None,
    };
    let (from, to) = end("from").zip(end("to")).unwrap_or((1, 0));
    from..=to.min(from.saturating_add(MAX_SCALE))
}
