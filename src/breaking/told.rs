//! Which words of which kinds the rules tell of, so that the rule for all the rest tells of every other word and of none
//! twice.

use crate::model::Kind;
use crate::model::walk::{Node, Transition};

/// What decides who is in a stage.
pub const STAGE_ENTRY: &[&str] = &["enter", "undone", "open", "optional"];
/// What makes a stage the conversion.
pub const CONVERSION: &[&str] = &["converts"];
/// What decides who is counted as having gone from one stage to another; parts of the head.
pub const TRANSITION: &[&str] = &["within", "when", "on", "as", "after"];
/// What a funnel counts.
pub const COUNTING: &[&str] = &["window", "counts", "exclude"];
/// How numbers are made.
pub const MEASURE: &[&str] = &["mature", "start", "count", "attribution"];
/// What a KPI computes.
pub const KPI_FORMULA: &[&str] = &["value", "of", "where", "over", "cohort", "net", "margin", "per", "by"];
/// Who is in a segment.
pub const SEGMENT: &[&str] = &["where", "counts"];
/// What a channel claims, and what it costs.
pub const CHANNEL: &[&str] = &["match", "cost"];
/// How a trait is computed; a part of the head.
pub const TRAIT: &[&str] = &["formula"];
/// Who is in a sequence, and why they may be.
pub const SEQUENCE: &[&str] = &["start", "audience", "stop", "basis", "again", "moves"];
/// Who gets a message, and by what.
pub const MESSAGE: &[&str] = &["audience", "when", "via", "basis"];
/// When nothing is sent, and to whom.
pub const SENDING: &[&str] = &["week", "quiet", "cap", "order", "not_on", "holdout", "pause_while"];
/// What people agreed to.
pub const CONSENT: &[&str] = &["given", "withdrawn", "keep", "text"];
/// The currency of a project.
pub const CURRENCY: &[&str] = &["currency"];
/// The time zone of a project.
pub const TIMEZONE: &[&str] = &["timezone"];
/// How people are recognised.
pub const IDENTITY: &[&str] = &["identity"];
/// How groups are recognised.
pub const GROUP: &[&str] = &["key"];
/// Where data is read.
pub const SOURCE: &[&str] = &["events", "spend", "rates", "traits"];

/// What rules of events tell of.
const EVENT: &[&str] = &["named", "sent_by", "once_per", "from", "time", "identity", "with"];

/// The steps of a sequence that reach a person.
pub const MESSAGES: &[Kind] = &[Kind::Email, Kind::Sms, Kind::Whatsapp, Kind::Push, Kind::Call, Kind::Post, Kind::Task];

/// What is told of by properties and variants.
const PROPERTIES: &[Kind] = &[Kind::Prop, Kind::Member, Kind::Trait, Kind::Variant];

/// The steps of a sequence that reach nobody.
const STEPS: &[Kind] = &[Kind::Wait, Kind::When, Kind::Then, Kind::Else, Kind::Split, Kind::Arm, Kind::Nothing];

/// What others refer to by its path, besides what has a rule of its own.
pub const REFERRED_TO: &[Kind] = &[
    Kind::Campaign,
    Kind::Score,
    Kind::Goal,
    Kind::Offer,
    Kind::Program,
    Kind::Tier,
    Kind::Survey,
    Kind::Experiment,
    Kind::Dashboard,
    Kind::Group,
    Kind::Source,
    Kind::Holidays,
];

/// What nothing is computed or sent by.
pub const NOTES: &[Kind] = &[Kind::Team, Kind::Persona, Kind::Competitor, Kind::Audit];

/// The fields of a kind that a rule of its own tells of.
pub fn fields(kind: Kind) -> Vec<&'static str> {
    let own: &[&[&str]] = match kind {
        Kind::Event => &[EVENT],
        Kind::Stage => &[STAGE_ENTRY, CONVERSION],
        Kind::Funnel => &[COUNTING],
        Kind::Measure => &[MEASURE],
        Kind::Kpi => &[KPI_FORMULA],
        Kind::Segment | Kind::Antisegment => &[SEGMENT],
        Kind::Channel => &[CHANNEL],
        Kind::Sequence => &[SEQUENCE],
        Kind::Sending => &[SENDING],
        Kind::Consent => &[CONSENT],
        Kind::Project => &[CURRENCY, TIMEZONE, IDENTITY],
        Kind::Group => &[GROUP],
        Kind::Source => &[SOURCE],
        kind if MESSAGES.contains(&kind) => &[MESSAGE],
        _ => &[],
    };
    own.concat()
}

/// The parts of the head of a kind that a rule of its own tells of; none where it is all of them.
pub fn head(kind: Kind) -> Option<&'static [&'static str]> {
    match kind {
        Kind::Transition | Kind::Handover => Some(TRANSITION),
        kind if PROPERTIES.contains(&kind) || STEPS.contains(&kind) => None,
        _ => Some(&[]),
    }
}

/// Whether a declaration of a kind is something by itself, as against a part of its surroundings.
pub fn is_known_by_itself(kind: Kind) -> bool {
    matches!(kind, Kind::Transition | Kind::Handover) || kind.spec().row.naming == crate::model::kinds::Naming::Required
}

/// Its path; of a way between two stages, their names.
pub fn known_as(node: Node<'_, '_>) -> String {
    if node.decl().name.is_some() {
        return node.path();
    }
    let own = Transition(node);
    match (own.from(), own.to()) {
        (Some(from), Some(to)) => format!("{} -> {}", from.path(), to.path()),
        _ => node.parent().map_or_else(|| node.kind().word().to_owned(), Node::path),
    }
}
