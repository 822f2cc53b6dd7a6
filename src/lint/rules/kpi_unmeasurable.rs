//! KPIs for which the data is not there.

use rustc_hash::FxHashSet;

use crate::analysis::formula::{Atom, Formula};
use crate::diagnostic::{Code, Diagnostic, Group, Level, Message};
use crate::lint::Rule;
use crate::model::expr::ExprKind;
use crate::model::walk::{Event, Kpi, Node, Stage};
use crate::model::{DeclId, Kind, Model, Val};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1105",
        name: "kpi-unmeasurable",
        group: Group::Metrics,
        level: Level::Warn,
        summary: "a KPI for which the data is not there",
        explanation: "A KPI that stands on a dashboard and stays empty costs trust in all the others.\n\n\
                      Reported is a KPI that is computed from\n\n\
                      - an event whose status says `planned` or `deprecated`, or a stage that people enter by such events only;\n\
                      - `spend()` where no source has a spend table and none of the channels has a cost of its own;\n\
                      - `impressions()` or `clicks()` where no spend table has a column for them;\n\
                      - `answers(…)` of a survey that does not say what an answer arrives as.\n\n\
                      What it extends, and the KPIs it is made of, are looked into. A number kept by hand (`manual …`) can always be \
                      had. An event that gives no status is not reported.\n\n\
                      Send the event and make it `live`, use another, or declare the source: `source warehouse { spend \"ads.daily\" { date day; \
                      channel channel; amount usd; clicks clicked; impressions shown } }`.",
        bad: "event order_completed { sent_by web; owner web; status planned }\n\
              kpi orders { value count(order_completed); per month; target >= 400; owner growth }\n",
        good: "event order_completed { sent_by web; owner web; status live }\n\
               kpi orders { value count(order_completed); per month; target >= 400; owner growth }\n",
    },
    check,
};

/// What the project can measure besides events.
struct Data<'s> {
    has_spend: bool,
    /// The columns of all spend tables.
    columns: Vec<&'s str>,
    /// Channels with a cost of their own.
    priced: FxHashSet<DeclId>,
    is_broken: bool,
}

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let data = Data::of(model);
    for kpi in model.kpis().filter(|kpi| !kpi.is_broken()) {
        let Some(formula) = Formula::of(kpi) else { continue };
        found.extend(formula.atoms().iter().find_map(|atom| missing(atom, &data)).map(|gap| report(kpi, gap)));
    }
}

/// What is missing, where it is declared, and what to do.
struct Gap {
    what: Message,
    place: Option<(crate::source::Span, Message)>,
    help: Message,
}

fn report(kpi: Kpi<'_, '_>, gap: Gap) -> Diagnostic {
    let name = kpi.name();
    let fault = Diagnostic::new(&RULE.code, kpi.place(), say!("KPI `{name}` cannot be measured", name))
        .at(gap.what)
        .help(gap.help);
    match gap.place {
        Some((place, words)) => fault.label(place, words),
        None => fault,
    }
}

impl<'s> Data<'s> {
    fn of(model: &Model<'s>) -> Self {
        let sources: Vec<_> = model.nodes(Kind::Source).collect();
        let tables: Vec<_> = sources.iter().flat_map(|source| source.fields("spend")).collect();
        let mut columns = Vec::new();
        for captured in tables.iter().filter_map(|table| table.get("columns")) {
            let Val::Rows(rows) = &captured.val else { continue };
            columns.extend(rows.iter().filter_map(|row| row.iter().find(|part| part.slot == "name")?.val.word()));
        }
        let own_cost = |channel: &Node<'_, '_>| channel.field("cost").is_some_and(|cost| cost.get("money").is_some());
        Self {
            has_spend: !tables.is_empty(),
            columns,
            priced: model.nodes(Kind::Channel).filter(own_cost).map(|channel| channel.id).collect(),
            is_broken: sources.iter().any(|source| source.is_broken()),
        }
    }

    fn has_cost_of(&self, channels: &[Node<'_, '_>]) -> bool {
        let named: Vec<_> = channels.iter().filter(|channel| channel.kind() == Kind::Channel).collect();
        if named.is_empty() {
            !self.priced.is_empty()
        } else {
            named.iter().any(|channel| self.priced.contains(&channel.id))
        }
    }
}

fn missing(atom: &Atom<'_, '_>, data: &Data<'_>) -> Option<Gap> {
    match atom.function {
        "spend" if !data.is_broken && !data.has_spend && !data.has_cost_of(&atom.things) => Some(Gap {
            what: say!("nothing says what was spent"),
            place: None,
            help: say!(
                "declare a source with a table of spend (`source … { spend … }`), or give the channels a `cost`"
            ),
        }),
        word @ ("impressions" | "clicks") if !data.is_broken && !data.columns.contains(&word) => Some(Gap {
            what: say!("no spend table has a column for {word}", word),
            place: None,
            help: say!("name the column in the source: `spend … { {word} … }`", word),
        }),
        "answers" => atom.things.first().and_then(|survey| unheard(*survey)),
        _ => atom.things.iter().find_map(|thing| unsent(*thing)),
    }
}

/// A survey of which nobody hears the answers.
fn unheard(survey: Node<'_, '_>) -> Option<Gap> {
    if survey.kind() != Kind::Survey || survey.has("answered") || survey.is_broken() {
        return None;
    }
    let name = survey.name();
    Some(Gap {
        what: say!("nothing says what an answer to `{name}` arrives as", name),
        place: Some((survey.place(), say!("`answered` is missing"))),
        help: say!("say which event brings it, and in which property: `answered EVENT by PROPERTY`"),
    })
}

fn unsent(thing: Node<'_, '_>) -> Option<Gap> {
    match thing.kind() {
        Kind::Event => {
            let status = written_status(Event(thing)).filter(|status| *status != "live")?;
            let name = thing.name();
            Some(Gap {
                what: say!("event `{name}` is {status}", name, status),
                place: Some((thing.place(), say!("{status}", status))),
                help: say!(
                    "the number stays empty until the event is sent; make it `status live`, or compute the KPI from another"
                ),
            })
        }
        Kind::Stage => {
            let events = entered_by(Stage(thing));
            let live = |event: &Event<'_, '_>| written_status(*event).is_none_or(|status| status == "live");
            if events.is_empty() || events.iter().any(live) {
                return None;
            }
            let name = thing.path();
            Some(Gap {
                what: say!("no event that enters stage `{name}` is live", name),
                place: Some((thing.place(), say!("entered by what is planned or deprecated"))),
                help: say!("the number stays empty until one of them is sent and `status live`"),
            })
        }
        _ => None,
    }
}

/// The status where one is given.
fn written_status<'s>(event: Event<'_, 's>) -> Option<&'s str> {
    event.has("status").then(|| event.status())
}

/// The events a stage is entered by; none where something else can enter it.
fn entered_by<'m, 's>(stage: Stage<'m, 's>) -> Vec<Event<'m, 's>> {
    let Some(field) = stage.field("enter") else { return Vec::new() };
    let Some(expr) = field.expr("value") else { return Vec::new() };
    let members = match &expr.kind {
        ExprKind::Any(members) => members.iter().collect(),
        _ => vec![expr],
    };
    let event = |at| field.target(at).filter(|node| node.kind() == Kind::Event).map(Event);
    let events = members.into_iter().map(|member| match member.kind {
        ExprKind::Name(at) | ExprKind::Call { callee: at, .. } => event(at),
        _ => None,
    });
    events.collect::<Option<Vec<_>>>().unwrap_or_default()
}
