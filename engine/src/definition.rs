//! What is to be measured, as plain data: the engine knows nothing of the language it was written in.
//!
//! Lists refer to each other by index: a transition to its stages, a condition to the patterns it asks for. Times are
//! microseconds.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Index into [`Definition::patterns`].
pub type PatternId = usize;
/// Index into [`Definition::stages`].
pub type StageId = usize;
/// Index into [`Definition::fields`].
pub type FieldId = usize;

/// What is to be measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// Where the parts of an event are found in a log.
    pub columns: Columns,
    /// Other tables, whose rows are events or say what is known of people.
    #[serde(default)]
    pub tables: Vec<Table>,
    /// The properties that are looked at, in events of any kind.
    pub fields: Vec<Field>,
    /// The kinds of events that are told apart.
    pub patterns: Vec<Pattern>,
    /// The property that names the account an event is of, where some funnel counts accounts.
    #[serde(default)]
    pub account: Option<FieldId>,
    /// The funnels.
    pub funnels: Vec<Funnel>,
    /// The stages of all funnels, funnel by funnel, in the order they are declared.
    pub stages: Vec<Stage>,
    /// The transitions between stages, in the order they are declared; handovers last.
    pub transitions: Vec<Transition>,
    /// The events that say who brought a person, and the property that names them by an identity.
    #[serde(default)]
    pub referred_by: Vec<(PatternId, FieldId)>,
    /// The scores that stages or conditions ask for.
    pub scores: Vec<Score>,
    /// What makes the engine forget.
    pub excludes: Vec<Exclude>,
    /// Copies that are one event.
    pub copies: Vec<Copies>,
    /// Whether an entry of an entry stage continues an open journey instead of starting one.
    pub start_first: bool,
    /// Whether rates count those too whose time has not run out.
    pub counts_open: bool,
    /// Whether events are kept that nothing asks for: being seen at all then counts.
    pub keeps_all: bool,
    /// What is computed.
    pub kpis: Vec<Kpi>,
    /// What it is computed of.
    pub measures: Vec<Measure>,
    /// The channels, in the order in which they claim an event.
    pub channels: Vec<Channel>,
    /// The segments that numbers are split by.
    pub segments: Vec<Segment>,
    /// Which channel a journey is credited to.
    pub attribution: Attribution,
    /// Questions, and what their answers arrive as.
    #[serde(default)]
    pub surveys: Vec<Survey>,
    /// Cohorts that are followed, period by period.
    #[serde(default)]
    pub retentions: Vec<Retention>,
    /// Stages of which it is told what people did instead of going on.
    #[serde(default)]
    pub next_after: Vec<StageId>,
    /// What was promised.
    #[serde(default)]
    pub goals: Vec<Goal>,
    /// Controlled tests.
    #[serde(default)]
    pub experiments: Vec<Experiment>,
    /// What becomes of messages.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// The currency that is reported in.
    #[serde(default)]
    pub currency: String,
    /// Where a table of spend has what.
    #[serde(default)]
    pub spend: SpendColumns,
    /// Where a table of exchange rates has what.
    #[serde(default)]
    pub rates: RateColumns,
}

/// Columns (or paths inside a JSON object) of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// What identifies a person, best first.
    pub identity: Vec<String>,
    /// When it happened.
    pub time: String,
    /// The name of the event.
    pub name: String,
    /// A column that holds the properties as a JSON object; where there is none they are columns themselves.
    pub properties: Option<String>,
    /// What tells copies of one row apart from other rows.
    pub id: Option<String>,
    /// Who sent it.
    pub sender: Option<String>,
    /// The time zone of times that do not say theirs (IANA).
    pub timezone: String,
}

impl Default for Columns {
    fn default() -> Self {
        let word = str::to_owned;
        Self {
            identity: vec![word("user_id")],
            time: word("time"),
            name: word("event"),
            properties: None,
            id: None,
            sender: None,
            timezone: word("UTC"),
        }
    }
}

/// Columns of a table of spend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named after what they hold")]
pub struct SpendColumns {
    pub date: String,
    pub channel: String,
    pub amount: String,
    pub impressions: String,
    pub clicks: String,
    /// Of the amount; that of the project where there is none.
    pub currency: String,
    /// Channels that should be in it.
    pub expected: Vec<usize>,
}

impl Default for SpendColumns {
    fn default() -> Self {
        let [date, channel, amount, impressions, clicks, currency] =
            ["date", "channel", "amount", "impressions", "clicks", "currency"].map(str::to_owned);
        Self { date, channel, amount, impressions, clicks, currency, expected: Vec::new() }
    }
}

/// Columns of a table of exchange rates: one `from` is worth so many `to`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named after what they hold")]
pub struct RateColumns {
    pub date: String,
    pub from: String,
    pub to: String,
    pub rate: String,
}

impl Default for RateColumns {
    fn default() -> Self {
        let [date, from, to, rate] = ["date", "from", "to", "rate"].map(str::to_owned);
        Self { date, from, to, rate }
    }
}

/// A table beside the logs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name, for messages.
    pub name: String,
    /// The columns of the identities, in the order of those of the logs; an empty name where it has none.
    pub identity: Vec<String>,
    /// The column of the time. Without one its rows hold since ever.
    pub time: Option<String>,
    /// Properties whose columns have other names here.
    pub renamed: Vec<(FieldId, String)>,
    /// Whether its rows are no events, but say what is known of people.
    pub is_known: bool,
}

/// A property that is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Field {
    /// Its name in a log; dots lead into objects.
    pub name: String,
}

/// Events of some names that satisfy a test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    /// Names on the wire; none stands for every event of the logs.
    pub names: Vec<String>,
    /// The table whose rows they are, in place of a name.
    #[serde(default)]
    pub table: Option<usize>,
    /// What must hold of its properties.
    pub test: Test,
}

/// What must hold of the properties of one event. A property that is missing equals nothing and is neither above nor
/// below anything, so that `!=` holds of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Test {
    /// Holds.
    Always,
    /// The other way round.
    Not(Box<Test>),
    /// All of them.
    All(Vec<Test>),
    /// One of them at least.
    Any(Vec<Test>),
    /// A property against a value.
    Compare(FieldId, Comparison, Literal),
    /// A property is one of some values.
    In(FieldId, Vec<Literal>),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named after their signs")]
pub enum Comparison {
    Equal,
    Unequal,
    AtLeast,
    AtMost,
    Above,
    Below,
}

impl Comparison {
    /// Whether it holds of two values in an order.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::AtLeast => order.is_ge(),
            Self::AtMost => order.is_le(),
            Self::Above => order.is_gt(),
            Self::Below => order.is_lt(),
        }
    }
}

/// A value as a spec writes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Literal {
    /// A text.
    Text(String),
    /// A number, a share (12.5% is 0.125), an amount, or a length of time in seconds.
    Number(Decimal),
    /// True or false.
    Bool(bool),
    /// A moment, in microseconds since 1970 in UTC.
    Time(i64),
}

/// A funnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Funnel {
    /// Its full path, its identity in every output.
    pub path: String,
    /// Its label.
    pub label: String,
    /// How long a journey lasts at most; loyalty stages are outside it.
    pub window: Option<i64>,
    /// Whether accounts pass through it, and not people.
    #[serde(default)]
    pub is_of_accounts: bool,
    /// What its numbers are split by, besides being told as a whole.
    #[serde(default)]
    pub by: Vec<Split>,
    /// Whether they are split by every combination of channel, segment and month, too, as far as `by` names them.
    #[serde(default)]
    pub is_combined: bool,
}

/// A stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Its full path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// Index of its funnel.
    pub funnel: usize,
    /// Whether a journey can begin here.
    pub is_entry: bool,
    /// Whether it is part of the loyalty layer.
    pub is_loyalty: bool,
    /// What enters it.
    pub enter: Vec<Enter>,
    /// What takes an entry back.
    pub undone: Option<Undone>,
}

/// One thing that enters a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Enter {
    /// An event.
    Event {
        /// Which.
        pattern: PatternId,
        /// For whom, at that moment.
        when: Condition,
    },
    /// A score that rises to a threshold.
    Score {
        /// Index of the score.
        score: usize,
        /// The threshold.
        at_least: Decimal,
    },
    /// Nothing of some kinds for a time.
    Absence {
        /// What does not happen.
        of: Vec<PatternId>,
        /// For how long.
        lasting: i64,
        /// From when; from the last `of` where nothing is said.
        after: Option<PatternId>,
        /// What else must not happen until then.
        unless: Vec<Enter>,
    },
    /// Another stage that is reached, or left for another one of its funnel.
    Passes {
        /// Which.
        stage: StageId,
        /// Whether it is reached.
        begins: bool,
    },
    /// A condition that begins to hold, or ends to.
    Turns {
        /// Which.
        condition: Condition,
        /// Whether it begins.
        begins: bool,
    },
    /// A time before or after a date that is known of the person.
    Around {
        /// The rows and events that say it.
        by: Vec<PatternId>,
        /// The property that holds the date.
        field: FieldId,
        /// How long after it; before it where it is negative.
        offset: i64,
    },
}

/// What takes entries of a stage back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undone {
    /// The event that does.
    pub by: PatternId,
    /// The property that both must share.
    pub matching: Option<FieldId>,
    /// How long after the entry at most, the last moment included.
    pub within: Option<i64>,
}

/// What must hold of a person at a moment. Events count that are strictly before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Condition {
    /// Holds.
    Always,
    /// The other way round.
    Not(Box<Condition>),
    /// All of them.
    All(Vec<Condition>),
    /// One of them at least.
    Any(Vec<Condition>),
    /// An event happened so often or more, in a time before the moment (its first moment included) or ever.
    Did {
        /// Which.
        pattern: PatternId,
        /// How often at least.
        times: u64,
        /// In which time before.
        within: Option<i64>,
    },
    /// A score against a number.
    Score {
        /// Index of the score.
        score: usize,
        /// How they compare.
        comparison: Comparison,
        /// The number.
        value: Decimal,
    },
    /// The last entry that was reached in the stage's funnel is one of this stage, for so long or more.
    In {
        /// The stage.
        stage: StageId,
        /// For how long at least.
        lasting: Option<i64>,
    },
    /// What happens at this moment is one of these events.
    This(PatternId),
    /// So many people of the account or more have done something, what happens now included.
    ByPeople {
        /// What.
        pattern: PatternId,
        /// How many at least.
        people: u64,
    },
    /// What was last said of the person by rows or events of some kinds satisfies a test of one property.
    Known {
        /// Which rows and events.
        by: Vec<PatternId>,
        /// The property.
        field: FieldId,
        /// What must hold of it.
        test: Test,
    },
    /// The sum of a property of events before the moment (or their number, without one) against a number.
    Adds {
        /// Which events.
        pattern: PatternId,
        /// The property.
        field: Option<FieldId>,
        /// How they compare.
        comparison: Comparison,
        /// The number.
        value: Decimal,
    },
}

/// What a transition does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Moves {
    /// Moves a person on.
    On,
    /// Lets the same person start again, in a new journey once so much time has passed.
    Again {
        /// The time.
        after: i64,
    },
    /// Brings new people; never consulted for reaching.
    Others,
}

/// A transition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// Its full path.
    pub path: String,
    /// The stage it leaves.
    pub from: StageId,
    /// The stage it leads to.
    pub to: StageId,
    /// What it does.
    pub moves: Moves,
    /// How long it may take, the last moment included.
    pub within: Option<i64>,
    /// The events it is taken by; any where there are none.
    pub on: Vec<PatternId>,
    /// For whom.
    pub when: Condition,
    /// The planned rate, as a share.
    pub planned: Option<Decimal>,
    /// Whether nobody declared it: a way past optional stages.
    pub is_skip: bool,
}

/// Points for what people do and are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Its path.
    pub path: String,
    /// The share of their worth that points lose, and in which time.
    pub decay: Option<(Decimal, i64)>,
    /// What gives points.
    pub points: Vec<Points>,
}

/// Points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Points {
    /// How many.
    pub points: Decimal,
    /// For which event; none for points that hold as long as the condition does.
    pub pattern: Option<PatternId>,
    /// How many of these points count at most, before they decay.
    pub up_to: Option<Decimal>,
    /// For whom.
    pub when: Condition,
}

/// An event that makes what was reached count no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exclude {
    /// Which events.
    pub patterns: Vec<PatternId>,
    /// The stages that are forgotten.
    pub forgets: Vec<StageId>,
}

/// Copies of one event, told by a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Copies {
    /// Which events.
    pub pattern: PatternId,
    /// The properties that are equal in copies.
    pub keys: Vec<FieldId>,
    /// Within which time, the last moment included.
    pub within: i64,
    /// The sender whose properties are kept.
    pub prefer: Option<String>,
}

// ---- what is computed

/// A number that is computed of measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kpi {
    /// Its path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// How it is computed.
    pub value: Formula,
    /// What its value is, in words of the output: `number`, `count`, `ratio`, `duration` (in seconds), or a currency.
    pub unit: String,
    /// The period it is a total of.
    pub per: Option<Period>,
    /// The rolling time before the end of the log that it is computed over.
    pub over: Option<i64>,
    /// Which part of everything it is about.
    pub slice: Slice,
    /// What it is split by.
    pub by: Vec<Split>,
    /// The same with every amount replaced by the part of it that is profit, where that part is known.
    pub profit: Option<Formula>,
    /// What it should be.
    pub targets: Vec<Target>,
    /// Why it cannot be computed, where it cannot; its formula is then no matter.
    pub unmeasured: Option<String>,
}

/// Which part of everything a number is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// What must hold at the moment of what is counted.
    pub only: Option<Condition>,
    /// The people who are followed: what they did before they joined does not count, and all belongs to the period in
    /// which they joined.
    pub cohort: Option<Cohort>,
}

/// How people join those who are followed; the first time counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cohort {
    /// By a reached entry of a stage.
    Stage(StageId),
    /// By an event.
    Did(PatternId),
}

/// What a number should be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The month it is for, as `2027-01`; all of them where none is said.
    pub month: Option<String>,
    /// As it is written.
    pub words: String,
    /// How the number must compare.
    pub comparison: Comparison,
    /// With what; nothing where the two have different units.
    pub value: Option<Decimal>,
}

/// What is taken off an event that was reversed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Net {
    /// The events that reverse.
    pub by: PatternId,
    /// The property that holds how much; all of it where there is none.
    pub field: Option<FieldId>,
    /// The property that both must share; without one it is the last event that is left.
    pub matching: Option<FieldId>,
    /// How long after the event at most, the last moment included.
    pub within: Option<i64>,
}

/// A computation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Formula {
    /// A fixed number.
    Number(Decimal),
    /// A measure (its index) and how its cell is read.
    Of(usize, How),
    /// The other sign.
    Negate(Box<Formula>),
    /// Two of them.
    Both(Operation, Box<(Formula, Formula)>),
}

impl Formula {
    /// The measures in it.
    pub fn measures(&self, found: &mut Vec<usize>) {
        match self {
            Self::Number(_) => {}
            Self::Of(measure, _) => found.push(*measure),
            Self::Negate(inner) => inner.measures(found),
            Self::Both(_, sides) => {
                sides.0.measures(found);
                sides.1.measures(found);
            }
        }
    }
}

/// An operation on two numbers; what is divided by nothing has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named after their signs")]
pub enum Operation {
    Plus,
    Minus,
    Times,
    Over,
}

/// How a cell is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// What was counted or summed; nought where there is nothing.
    Total,
    /// What was summed; no value where there is nothing, because then it is not known.
    Known,
    /// A share, or an average; no value where there is nothing.
    Share,
    /// The value that so many percent do not exceed (nearest rank); no value where there is nothing.
    Percentile(u8),
}

impl How {
    /// The value of a cell: what was counted, of what, and the values in order.
    pub fn value(self, cell: Option<(Decimal, Decimal, &[Decimal])>) -> Option<Decimal> {
        match self {
            Self::Total => Some(cell.map_or(Decimal::ZERO, |cell| cell.0)),
            Self::Known => cell.map(|cell| cell.0),
            Self::Share => cell.and_then(|(number, of, _)| number.checked_div(of)),
            Self::Percentile(percent) => {
                let values = cell?.2;
                let at = (values.len() * usize::from(percent)).div_ceil(100).max(1) - 1;
                values.get(at).copied()
            }
        }
    }
}

/// A primitive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are described with their variant")]
pub enum Measure {
    /// People with a reached entry of a stage.
    People(StageId),
    /// Reached entries.
    Entries(StageId),
    /// Visits.
    Visits(StageId),
    /// Mature visits whose first exit is one of some transitions, of those of their source.
    Direct(Vec<usize>),
    /// People who reach a stage after another in the same journey, of those whose time has run out.
    Rate { from: StageId, to: StageId, within: Option<i64> },
    /// The times between two stages, in seconds.
    Time { from: StageId, to: StageId },
    /// Taken transitions of a loop, of people who reached the stage.
    Laps { stage: StageId, transitions: Vec<usize> },
    /// People who did something.
    Did(PatternId),
    /// How often something was done; what was reversed does not count.
    Count { pattern: PatternId, net: Option<Net> },
    /// The values of a property, less what was reversed, in the currency that is reported in.
    Values { pattern: PatternId, field: FieldId, currency: Option<FieldId>, net: Option<Net> },
    /// People whose last answer to a survey is one of some choices.
    Answers { survey: usize, choices: Vec<usize> },
    /// What a table of spend says of some channels; of all where none is named.
    Spent { what: Spending, channels: Vec<usize> },
    /// People of a stage who are seen again a time after their first entry or later; or not within it after their last one.
    Stays { stage: StageId, after: i64, is_churn: bool },
}

/// What a table of spend holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named after what they are")]
pub enum Spending {
    Amount,
    Impressions,
    Clicks,
}

/// A calendar period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named after what they are")]
pub enum Period {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Period {
    /// Its word in outputs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// How long it counts after somebody joined, in microseconds: a month is 30 days.
    pub const fn length(self) -> i64 {
        let days = match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 90,
            Self::Year => 360,
        };
        days * crate::time::DAY
    }
}

/// A cohort that is followed: people by the period of their first entry of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// The stage.
    pub stage: StageId,
    /// How long a period is.
    pub every: Period,
    /// Segments with and without which it is told.
    pub split: Vec<usize>,
}

/// A message, and the numbers that say what becomes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its full path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// What can be known of it, and the KPI that counts the people. These KPIs come after all others, and are shown here
    /// only.
    pub fates: Vec<(Fate, usize)>,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// It was handed over.
    Sent,
    /// It arrived.
    Delivered,
    /// A person opened or read it.
    Opened,
    /// A link in it was followed.
    Clicked,
    /// The recipient wants no more.
    Unsubscribed,
    /// What it aims for happened in its time.
    Converted,
}

/// A controlled test on the way between two stages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// Its path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// The stage people come from.
    pub from: StageId,
    /// The stage they are to reach.
    pub to: StageId,
    /// How long that may take.
    pub within: Option<i64>,
    /// The events that deal people to variants.
    pub assigned: PatternId,
    /// The property that names the variant.
    pub key: FieldId,
    /// The variants and their planned shares; the first is what the others are compared with.
    pub variants: Vec<(String, f64)>,
    /// How sure a difference must be.
    pub confidence: f64,
    /// How likely a real effect is to be found.
    pub power: f64,
    /// The smallest effect worth finding, and whether it is a share of the rate.
    pub detects: Option<(f64, bool)>,
    /// From when until when it runs, the end left out.
    pub between: Option<(i64, i64)>,
}

/// What was promised of a KPI.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// Its path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// The KPI.
    pub kpi: usize,
    /// Where it should be when, in order: the first is where it begins. Moments are those a day begins at.
    pub course: Vec<(i64, Decimal)>,
}

/// What a number is split by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Split {
    /// The channels that a journey is credited to.
    Channel,
    /// The segments that a person is in at the moment.
    Segment,
    /// A property: the first one in the journey.
    Field(FieldId),
    /// Months, where it is not a total of months already.
    Month,
}

impl Split {
    /// Its word in outputs.
    pub fn word(&self, definition: &Definition) -> String {
        match self {
            Self::Channel => "channel".to_owned(),
            Self::Segment => "segment".to_owned(),
            Self::Month => "month".to_owned(),
            Self::Field(field) => definition.fields[*field].name.clone(),
        }
    }
}

/// A channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// Its path.
    pub path: String,
    /// How tables may call it, besides its path.
    pub names: Vec<String>,
    /// The events it claims, if it does.
    pub pattern: Option<PatternId>,
    /// Whether it is what is left when nobody sent the person.
    pub is_direct: bool,
}

/// People with something in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Its path.
    pub path: String,
    /// Who belongs to it.
    pub condition: Condition,
}

/// Which channel a journey is credited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribution {
    /// The rule.
    pub credit: Credit,
    /// How far before the moment events may be; to the journey's start where nothing is said.
    pub lookback: Option<i64>,
    /// Whether answers to surveys count before the rule does.
    #[serde(default)]
    pub asks: bool,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// Its path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// The events that are answers.
    pub answered: PatternId,
    /// The property that holds the answer.
    pub key: FieldId,
    /// What can be answered, each with the channel that is credited, if one is.
    pub choices: Vec<(String, Option<usize>)>,
    /// Whether its answers tell what brought people.
    pub informs: bool,
}

/// A rule of attribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credit {
    /// The first claimed event.
    First,
    /// The last one.
    Last,
    /// The last one that is not direct, if there is one.
    LastNonDirect,
    /// All of them alike.
    Linear,
    /// Two fifths for the first, two for the last, the rest for those between.
    Position,
    /// By weights that halve every seven days.
    Decay,
}

impl Credit {
    /// Its word in a spec.
    pub const fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Last => "last",
            Self::LastNonDirect => "last_non_direct",
            Self::Linear => "linear",
            Self::Position => "position",
            Self::Decay => "decay",
        }
    }

    /// The rule of a word.
    pub fn of(word: &str) -> Option<Self> {
        let all = [Self::First, Self::Last, Self::LastNonDirect, Self::Linear, Self::Position, Self::Decay];
        all.into_iter().find(|own| own.word() == word)
    }
}

impl Default for Attribution {
    fn default() -> Self {
        Self { credit: Credit::Last, lookback: None, asks: false }
    }
}
