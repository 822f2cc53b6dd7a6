//! Surveys that are to tell what brought people, and of which nobody hears the answers.

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::walk::Node;
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1206",
        name: "survey-unheard",
        group: Group::Channels,
        level: Level::Warn,
        summary: "a survey that is to tell what brought people, and nothing says what its answers arrive as",
        explanation: "What people say of how they found you corrects what links can tell: of a podcast or a friend no link tells. It only does \
                      so if the answers arrive.\n\n\
                      Reported is a survey that `informs attribution` and does not say as which event an answer arrives; and a rule \
                      `attribution survey` where no survey that informs it does.\n\n\
                      Say which event brings an answer, and which of its properties holds it: `answered survey_answered(survey == \
                      \"how_found\") by answer`. `std.surveys` has such an event.",
        bad: "event order_completed { sent_by web; owner web; status live }\n\
              channel search : organic { match utm_medium == \"organic\" }\n\
              survey how_found {\n  \
                ask_on order_completed\n  \
                question \"How did you find us?\"\n  \
                choices search -> search, other\n  \
                informs attribution\n\
              }\n",
        good: "event order_completed { sent_by web; owner web; status live }\n\
               event survey_answered { sent_by web; owner web; status live; prop survey string required; prop answer string required }\n\
               channel search : organic { match utm_medium == \"organic\" }\n\
               survey how_found {\n  \
                 ask_on order_completed\n  \
                 question \"How did you find us?\"\n  \
                 choices search -> search, other\n  \
                 answered survey_answered(survey == \"how_found\") by answer\n  \
                 informs attribution\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let informing: Vec<Node<'_, '_>> =
        model.nodes(Kind::Survey).filter(|own| own.has("informs") || own.is_broken()).collect();
    for survey in informing.iter().filter(|own| !own.is_broken() && !own.has("answered")) {
        let name = survey.name();
        let words =
            say!("survey `{name}` is to tell what brought people, but nothing says what its answers arrive as", name);
        found.push(Diagnostic::new(&RULE.code, survey.place(), words).at(say!("`answered` is missing")).help(say!(
            "say which event brings an answer, and in which property: `answered EVENT by PROPERTY`; without it journeys are credited \
             by what links tell alone"
        )));
    }
    if informing.is_empty() {
        found.extend(model.nodes(Kind::Measure).find_map(no_survey));
    }
}

/// A rule that no survey serves.
fn no_survey(measure: Node<'_, '_>) -> Option<Diagnostic> {
    let field = measure.field("attribution")?;
    let rule = field.get("rule").filter(|rule| rule.val.word() == Some("survey"))?;
    let words = say!("journeys are to be credited by surveys, and no survey informs attribution");
    Some(
        Diagnostic::new(&RULE.code, rule.span, words).help(say!(
            "declare the survey that asks what brought people (`informs attribution`), or choose another rule"
        )),
    )
}
