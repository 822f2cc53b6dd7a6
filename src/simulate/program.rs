//! The steps of a sequence, one after the other: what a run does next, and where it goes on.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::analysis::timed::MAX_STEPS;
use crate::model::expr::Expr;
use crate::model::value::Duration;
use crate::model::walk::Node;
use crate::model::{Kind, Val};

/// What a run does.
pub(crate) enum Step<'m, 's> {
    /// A message is due.
    Message(Node<'m, 's>),
    /// Time passes.
    Wait(Duration),
    /// Working days pass.
    Workdays(i64),
    /// Something is waited for; where a run goes on when it happened, and when the time ran out.
    Until { wait: Node<'m, 's>, trigger: &'m Expr<'s>, at_most: Duration, happened: usize, ended: usize },
    /// Where a run goes on if a condition does not hold.
    When { when: Node<'m, 's>, cond: &'m Expr<'s>, otherwise: usize },
    /// The arms of a test: their shares in percent, and where each begins.
    Split { split: Node<'m, 's>, arms: Vec<(Decimal, usize)> },
    /// The run goes on elsewhere.
    Jump(usize),
    /// The run is over.
    End,
}

/// The steps of a sequence.
pub(crate) fn of<'m, 's>(sequence: Node<'m, 's>) -> Vec<Step<'m, 's>> {
    let mut steps = Vec::new();
    inside(sequence, &mut steps);
    steps.push(Step::End);
    steps
}

fn inside<'m, 's>(of: Node<'m, 's>, steps: &mut Vec<Step<'m, 's>>) {
    for own in of.children() {
        if steps.len() > MAX_STEPS {
            return;
        }
        match own.kind() {
            Kind::Wait => wait(own, steps),
            Kind::When => when(own, steps),
            Kind::Split => split(own, steps),
            kind if kind.is_message() => steps.push(Step::Message(own)),
            _ => {}
        }
    }
}

fn wait<'m, 's>(own: Node<'m, 's>, steps: &mut Vec<Step<'m, 's>>) {
    let head = |slot: &str| own.decl().in_head(slot).map(|own| &own.val);
    let duration = |slot: &str| if let Some(Val::Duration(time)) = head(slot) { Some(*time) } else { None };
    if let Some(Val::Workdays(days)) = head("days") {
        steps.push(Step::Workdays(days.to_i64().unwrap_or_default()));
    } else if let Some(time) = duration("delay") {
        steps.push(Step::Wait(time));
    } else if let (Some(Val::Expr(trigger)), Some(at_most)) = (head("until"), duration("at_most")) {
        let at = steps.len();
        steps.push(Step::End);
        own.children_of(Kind::Then).for_each(|own| inside(own, steps));
        let jump = steps.len();
        steps.push(Step::End);
        let ended = steps.len();
        own.children_of(Kind::Else).for_each(|own| inside(own, steps));
        steps[jump] = Step::Jump(steps.len());
        steps[at] = Step::Until { wait: own, trigger, at_most, happened: at + 1, ended };
    }
}

fn when<'m, 's>(own: Node<'m, 's>, steps: &mut Vec<Step<'m, 's>>) {
    let Some(Val::Expr(cond)) = own.decl().in_head("value").map(|own| &own.val) else { return };
    let at = steps.len();
    steps.push(Step::End);
    inside(own, steps);
    let jump = steps.len();
    steps.push(Step::End);
    let otherwise = steps.len();
    own.children_of(Kind::Else).for_each(|own| inside(own, steps));
    steps[jump] = Step::Jump(steps.len());
    steps[at] = Step::When { when: own, cond, otherwise };
}

fn split<'m, 's>(own: Node<'m, 's>, steps: &mut Vec<Step<'m, 's>>) {
    let at = steps.len();
    steps.push(Step::End);
    let (mut arms, mut jumps) = (Vec::new(), Vec::new());
    for arm in own.children_of(Kind::Arm) {
        let share = match arm.decl().in_head("share").map(|own| &own.val) {
            Some(Val::Percent(share)) => *share,
            _ => Decimal::ZERO,
        };
        arms.push((share, steps.len()));
        inside(arm, steps);
        jumps.push(steps.len());
        steps.push(Step::End);
    }
    let end = steps.len();
    // Those who are held out get nothing of it.
    if let Some(share) = own.field("holdout").and_then(|field| field.percent("value")) {
        arms.push((share, end));
    }
    jumps.into_iter().for_each(|jump| steps[jump] = Step::Jump(end));
    steps[at] = Step::Split { split: own, arms };
}
