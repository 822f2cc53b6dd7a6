//! Codes of the group `types`.

use super::{Code, Group, Level};

/// Every code of this file.
pub static ALL: &[&Code] = &[
    &UNIT_MISMATCH,
    &CURRENCY_MISMATCH,
    &PROPERTY_TYPE_CONFLICT,
    &BAD_VALUE,
    &IMPOSSIBLE_WINDOW,
    &TRIGGER_MISMATCH,
    &ENDLESS_TYPE,
];

/// Values of different units added, compared or given where another is wanted.
pub static UNIT_MISMATCH: Code = Code {
    id: "FN0201",
    name: "unit-mismatch",
    group: Group::Types,
    level: Level::Error,
    summary: "values of different units added, compared or given where another is wanted",
    explanation: "Units are part of the language: `14d` is a duration, `3%` a share, `40 USD` money. Adding days to dollars, or waiting for
`14` of nothing, gives numbers that look right and are not.

Reported is a value of another unit than the place wants, and each addition, subtraction or comparison whose two sides
have different units. Both sides are shown with what they are.

Write the unit. Divide where a ratio was meant: `spend() / people(shop.visit)` is money for each person.",
    bad: r#"event page_viewed "Page viewed"
event order_completed "Order completed"

funnel shop "Shop" : standard {
  window 30d
  stage visit    "Visit"    : top    { enter page_viewed }
  stage purchase "Purchase" : bottom { enter order_completed; converts }

  visit -> purchase  rate 3%  within 14
}
"#,
    good: r#"event page_viewed "Page viewed"
event order_completed "Order completed"

funnel shop "Shop" : standard {
  window 30d
  stage visit    "Visit"    : top    { enter page_viewed }
  stage purchase "Purchase" : bottom { enter order_completed; converts }

  visit -> purchase  rate 3%  within 14d
}
"#,
};

/// Amounts of different currencies added or compared.
pub static CURRENCY_MISMATCH: Code = Code {
    id: "FN0202",
    name: "currency-mismatch",
    group: Group::Types,
    level: Level::Error,
    summary: "amounts of different currencies added or compared",
    explanation: "Money in a spec is in the currency of the project; amounts in others are converted when they are measured, at the rate
of the day. A comparison within the spec itself knows no rate, so 500 EUR is neither more nor less than 500 USD.

Reported is each comparison, addition or subtraction of amounts in two currencies, with both places.

Write the amount in the project's currency, or change the project's `currency`.",
    bad: r#"project peepers "Peepers eyewear" { currency USD }
event order_completed "Order completed" { prop total money required }

segment big_spenders "Big spenders" { where did order_completed(total >= 500 EUR) within 90d }
"#,
    good: r#"project peepers "Peepers eyewear" { currency USD }
event order_completed "Order completed" { prop total money required }

segment big_spenders "Big spenders" { where did order_completed(total >= 550 USD) within 90d }
"#,
};

/// One property with two types.
pub static PROPERTY_TYPE_CONFLICT: Code = Code {
    id: "FN0203",
    name: "property-type-conflict",
    group: Group::Types,
    level: Level::Error,
    summary: "one property with two types",
    explanation: "A property is one column in the warehouse and one field in every tool. If one event sends `quantity` as a number and
another as a text, one of the two is lost or the import fails.

Reported is a property that has one type here and another there, with both places.

Give the property one type, or give the two meanings two names. Properties that several events share are best declared
once, in `props`, and taken over with `with`.",
    bad: r#"event product_added   "Product added"   { prop quantity integer required }
event order_completed "Order completed" { prop quantity string required }
"#,
    good: r#"event product_added   "Product added"   { prop quantity integer required }
event order_completed "Order completed" { prop quantity integer required }
"#,
};

/// A value that the place cannot hold.
pub static BAD_VALUE: Code = Code {
    id: "FN0204",
    name: "bad-value",
    group: Group::Types,
    level: Level::Error,
    summary: "a value that the place cannot hold",
    explanation: "A condition on a value that can never occur is never true: the segment stays empty, the stage is never entered, and
nothing says why.

Reported is a value that its place cannot hold: a word that is none of the words of an `enum`, a currency that does not
exist, a date that is not in the calendar, a percentile beyond 100, a KPI computed from itself.

Take one of the values that the message lists, or add the new one to the declaration.",
    bad: r#"event trial_started "Trial started" { prop plan enum(basic, team, enterprise) required }

segment team_trials "Team trials" { where did trial_started(plan == teams) within 30d }
"#,
    good: r#"event trial_started "Trial started" { prop plan enum(basic, team, enterprise) required }

segment team_trials "Team trials" { where did trial_started(plan == team) within 30d }
"#,
};

/// A window of time in which nothing can happen.
pub static IMPOSSIBLE_WINDOW: Code = Code {
    id: "FN0205",
    name: "impossible-window",
    group: Group::Types,
    level: Level::Error,
    summary: "a window of time in which nothing can happen",
    explanation: "A window of time in which nothing can happen makes a rate of nought that looks like a failure of marketing and is one of
the spec.

Reported is a time that ends before it begins, a length of nothing, and a transition whose `within` or `after` cannot be
met inside the funnel's `window`.

Swap the two ends, or make the outer window as long as the inner one needs.",
    bad: r#"channel meta_ads "Meta ads" : paid

campaign back_to_school "Back to school" { channel meta_ads; between 2027-09-15 .. 2027-08-01 }
"#,
    good: r#"channel meta_ads "Meta ads" : paid

campaign back_to_school "Back to school" { channel meta_ads; between 2027-08-01 .. 2027-09-15 }
"#,
};

/// A transition narrowed to an event that does not enter its target.
pub static TRIGGER_MISMATCH: Code = Code {
    id: "FN0206",
    name: "trigger-mismatch",
    group: Group::Types,
    level: Level::Error,
    summary: "a transition narrowed to an event that does not enter its target",
    explanation: "A transition is taken when its target is entered; `on` narrows that to some of the events by which the target can be
entered. With an event that never enters the target, nobody can ever take the transition.

Reported is the event after `on`, with the `enter` of the stage that the transition leads to.

Name an event that enters the target, add the event to the target's `enter`, or leave `on` out.",
    bad: r#"event page_viewed "Page viewed"
event cart_viewed "Cart viewed"
event order_completed "Order completed"

funnel shop "Shop" : standard {
  window 30d
  stage visit    "Visit"    : top    { enter page_viewed }
  stage purchase "Purchase" : bottom { enter order_completed; converts }

  visit -> purchase  rate 3%  within 14d  on cart_viewed
}
"#,
    good: r#"event page_viewed "Page viewed"
event cart_viewed "Cart viewed"
event order_completed "Order completed"

funnel shop "Shop" : standard {
  window 30d
  stage visit    "Visit"    : top    { enter page_viewed }
  stage purchase "Purchase" : bottom { enter order_completed; converts }

  visit -> purchase  rate 3%  within 14d  on order_completed
}
"#,
};

/// Types that need each other in a circle.
pub static ENDLESS_TYPE: Code = Code {
    id: "FN0207",
    name: "endless-type",
    group: Group::Types,
    level: Level::Error,
    summary: "types that need each other in a circle, so that no value ends",
    explanation: "A type may hold itself: an item has related items, a folder has folders. But a value that must hold another one, which must
hold another one, never ends, and nobody can send it.

Reported is a circle of types in which each has a `required` member of the next, or a required list of it that holds at
least one. Events with such a value could never be valid, and some languages refuse the client.

Leave `required` out where a value may end, or make the member a list that may be empty.",
    bad: r#"type item {
  id     string  required
  bundle bundle  required
}

type bundle {
  id    string      required
  items list(item)  required 1..20
}

event item_added "Item added" { prop item item required }
"#,
    good: r#"type item {
  id     string  required
  bundle bundle
}

type bundle {
  id    string      required
  items list(item)  required 1..20
}

event item_added "Item added" { prop item item required }
"#,
};
