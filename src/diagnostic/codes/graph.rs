//! Codes of the group `graph`.

use super::{Code, Group, Level};

/// Every code of this file.
pub static ALL: &[&Code] = &[
    &UNREACHABLE_STAGE,
    &NO_CONVERSION_PATH,
    &NO_CONVERSION_STAGE,
    &DEAD_END_STAGE,
    &RATES_EXCEED_WHOLE,
    &UNMARKED_CYCLE,
    &MISSING_LOYALTY_LOOP,
    &ENDLESS_LOOP,
];

/// A stage that no path from an entry stage reaches.
pub static UNREACHABLE_STAGE: Code = Code {
    id: "FN0301",
    name: "unreachable-stage",
    group: Group::Graph,
    level: Level::Error,
    summary: "a stage that no path from an entry stage reaches",
    explanation: "A stage that nobody can reach is empty for ever. On a dashboard that looks like a failure of the team that works for it.

Reported is each stage that no path of transitions from an entry stage leads to. People begin at the stages that no other
stage leads to, and at those that are marked `open`; so this is about stages that lead only to one another, such as two
loyalty stages to which the purchase does not lead. A referral (`as referral`) is not a way in.

Draw the transition that leads there, mark the stage `open` if people may begin there, or remove it.",
    bad: r#"event page_viewed "Page viewed"
event order_completed "Order completed"
event referral_sent "Referral sent"

funnel shop "Shop" : hourglass {
  window 30d
  stage visit    "Visit"    : top     { enter page_viewed }
  stage purchase "Purchase" : bottom  { enter order_completed; converts }
  stage loyal    "Loyal"    : loyalty { enter order_completed }
  stage advocate "Advocate" : loyalty { enter referral_sent }

  visit    -> purchase  rate 3%   within 14d
  loyal    -> advocate  rate 10%  within 90d
  advocate -> loyal     rate 50%  within 180d
}
"#,
    good: r#"event page_viewed "Page viewed"
event order_completed "Order completed"
event referral_sent "Referral sent"

funnel shop "Shop" : hourglass {
  window 30d
  stage visit    "Visit"    : top     { enter page_viewed }
  stage purchase "Purchase" : bottom  { enter order_completed; converts }
  stage loyal    "Loyal"    : loyalty { enter order_completed }
  stage advocate "Advocate" : loyalty { enter referral_sent }

  visit    -> purchase  rate 3%   within 14d
  purchase -> loyal     rate 27%  within 180d
  loyal    -> advocate  rate 10%  within 90d
  advocate -> loyal     rate 50%  within 180d
}
"#,
};

/// An entry stage from which no path leads to a conversion.
pub static NO_CONVERSION_PATH: Code = Code {
    id: "FN0302",
    name: "no-conversion-path",
    group: Group::Graph,
    level: Level::Error,
    summary: "an entry stage from which no path leads to a conversion",
    explanation: "Money spent on a way into the funnel that never leads to the conversion is lost, and its cost per customer cannot be
computed.

Reported is each entry stage from which no path of transitions leads to a stage that `converts`.

Draw the transition that is missing, or mark the stage that this way in aims at as one that `converts`.",
    bad: r#"event page_viewed "Page viewed"
event call_made "Call made"
event quote_sent "Quote sent"
event order_completed "Order completed"

funnel shop "Shop" : standard {
  window 30d
  stage visit     "Visit"     : top    { enter page_viewed }
  stage call      "Call"      : top    { enter call_made }
  stage quote     "Quote"     : middle { enter quote_sent }
  stage purchase  "Purchase"  : bottom { enter order_completed; converts }

  visit -> purchase  rate 3%   within 14d
  call  -> quote     rate 40%  within 7d
}
"#,
    good: r#"event page_viewed "Page viewed"
event call_made "Call made"
event quote_sent "Quote sent"
event order_completed "Order completed"

funnel shop "Shop" : standard {
  window 30d
  stage visit     "Visit"     : top    { enter page_viewed }
  stage call      "Call"      : top    { enter call_made }
  stage quote     "Quote"     : middle { enter quote_sent }
  stage purchase  "Purchase"  : bottom { enter order_completed; converts }

  visit -> purchase  rate 3%   within 14d
  call  -> quote     rate 40%  within 7d
  quote -> purchase  rate 25%  within 21d
}
"#,
};

/// A funnel in which no stage converts.
pub static NO_CONVERSION_STAGE: Code = Code {
    id: "FN0303",
    name: "no-conversion-stage",
    group: Group::Graph,
    level: Level::Error,
    summary: "a funnel in which no stage converts",
    explanation: "A funnel exists to lead to something. Without a stage that counts as the conversion there is no conversion rate, no cost
per customer and no end of the journey.

Reported is a funnel in which no stage is marked `converts`.

Write `converts` in the stage that the funnel is for. It need not be a purchase: a booked demo or a signed lease converts
as well.",
    bad: r#"event page_viewed "Page viewed"
event order_completed "Order completed"

funnel shop "Shop" : standard {
  window 30d
  stage visit    "Visit"    : top    { enter page_viewed }
  stage purchase "Purchase" : bottom { enter order_completed }

  visit -> purchase  rate 3%  within 14d
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

/// A stage before the conversion that nobody can leave.
pub static DEAD_END_STAGE: Code = Code {
    id: "FN0304",
    name: "dead-end-stage",
    group: Group::Graph,
    level: Level::Error,
    summary: "a stage before the conversion that nobody can leave",
    explanation: "People who reach a stage before the conversion and have no way on are lost by design.

Reported is a stage outside the loyalty half that does not convert and that no transition leaves.

Draw the transition that leads on, or mark the stage `converts` if reaching it is the aim.",
    bad: r#"event page_viewed "Page viewed"
event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed"

funnel shop "Shop" : standard {
  window 30d
  stage visit      "Visit"      : top    { enter page_viewed }
  stage subscriber "Subscriber" : middle { enter newsletter_subscribed }
  stage purchase   "Purchase"   : bottom { enter order_completed; converts }

  visit -> purchase    rate 3%  within 14d
  visit -> subscriber  rate 8%  within 14d
}
"#,
    good: r#"event page_viewed "Page viewed"
event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed"

funnel shop "Shop" : standard {
  window 30d
  stage visit      "Visit"      : top    { enter page_viewed }
  stage subscriber "Subscriber" : middle { enter newsletter_subscribed }
  stage purchase   "Purchase"   : bottom { enter order_completed; converts }

  visit      -> purchase    rate 3%   within 14d
  visit      -> subscriber  rate 8%   within 14d
  subscriber -> purchase    rate 12%  within 14d
}
"#,
};

/// Planned rates out of one stage that add to more than 100%.
pub static RATES_EXCEED_WHOLE: Code = Code {
    id: "FN0305",
    name: "rates-exceed-whole",
    group: Group::Graph,
    level: Level::Error,
    summary: "planned rates out of one stage that add to more than 100%",
    explanation: "Of the people in a stage, each leaves it by one transition at most. Planned rates that add to more than 100% promise more
people than there are, and every forecast built on them is wrong.

Reported is the stage whose planned rates add to more than the whole, with the sum. Rates for a segment or channel are
looked at in the same way, each group for itself. Referrals are left out: they bring new people.

Lower the rates. Often a rate was meant of all visitors and not of those who are in the stage.",
    bad: r#"event page_viewed "Page viewed"
event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed"

funnel shop "Shop" : standard {
  window 30d
  stage visit      "Visit"      : top    { enter page_viewed }
  stage subscriber "Subscriber" : middle { enter newsletter_subscribed }
  stage purchase   "Purchase"   : bottom { enter order_completed; converts }

  visit      -> subscriber  rate 70%  within 14d
  visit      -> purchase    rate 35%  within 14d
  subscriber -> purchase    rate 12%  within 14d
}
"#,
    good: r#"event page_viewed "Page viewed"
event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed"

funnel shop "Shop" : standard {
  window 30d
  stage visit      "Visit"      : top    { enter page_viewed }
  stage subscriber "Subscriber" : middle { enter newsletter_subscribed }
  stage purchase   "Purchase"   : bottom { enter order_completed; converts }

  visit      -> subscriber  rate 7%     within 14d
  visit      -> purchase    rate 3.5%   within 14d
  subscriber -> purchase    rate 12%    within 14d
}
"#,
};

/// A cycle outside the loyalty half that is not marked as one.
pub static UNMARKED_CYCLE: Code = Code {
    id: "FN0306",
    name: "unmarked-cycle",
    group: Group::Graph,
    level: Level::Error,
    summary: "a cycle outside the loyalty half that is not marked as one",
    explanation: "A way back to an earlier stage changes what a rate means: is the person counted twice, and does the journey start anew?
In the loyalty half going round is the point; before it, a circle must say what it is.

Reported is each circle outside the loyalty half, once, on its transition to the stage that is declared first.

Mark the way back: `as reentry after 60d` if the same person may start again, `as referral` if it brings somebody new. If
people merely look at an earlier page again, remove the transition: stages are not left by that.",
    bad: r#"event page_viewed "Page viewed"
event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed"

funnel shop "Shop" : standard {
  window 30d
  stage visit      "Visit"      : top    { enter page_viewed; open }
  stage subscriber "Subscriber" : middle { enter newsletter_subscribed }
  stage purchase   "Purchase"   : bottom { enter order_completed; converts }

  visit      -> subscriber  rate 8%   within 14d
  subscriber -> visit       rate 20%  within 14d
  subscriber -> purchase    rate 12%  within 14d
}
"#,
    good: r#"event page_viewed "Page viewed"
event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed"

funnel shop "Shop" : standard {
  window 30d
  stage visit      "Visit"      : top    { enter page_viewed; open }
  stage subscriber "Subscriber" : middle { enter newsletter_subscribed }
  stage purchase   "Purchase"   : bottom { enter order_completed; converts }

  visit      -> subscriber  rate 8%   within 14d
  subscriber -> purchase    rate 12%  within 14d
  subscriber -> visit       as reentry after 60d
}
"#,
};

/// A funnel with a loyalty half that nobody goes around twice.
pub static MISSING_LOYALTY_LOOP: Code = Code {
    id: "FN0307",
    name: "missing-loyalty-loop",
    group: Group::Graph,
    level: Level::Error,
    summary: "a funnel with a loyalty half that nobody goes around twice",
    explanation: "An hourglass, an inverted funnel and a flywheel say that customers come back. If no path goes round, the second half is
only a longer first half: repeat purchases are not counted, and the value of a customer is too low.

Reported is a funnel of one of these classes in which no circle of transitions passes through the loyalty half.

Draw the loop, for example `loyal -> loyal` for the next purchase, or `advocate -> visit as referral`. If customers buy
once, the funnel is a `standard` one.",
    bad: r#"event page_viewed "Page viewed"
event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed"

funnel shop "Shop" : hourglass {
  window 30d
  stage visit      "Visit"      : top    { enter page_viewed }
  stage purchase   "Purchase"   : bottom { enter order_completed; converts }
  stage loyal      "Loyal"      : loyalty { enter order_completed }

  visit    -> purchase  rate 3%   within 14d
  purchase -> loyal     rate 25%  within 180d
}
"#,
    good: r#"event page_viewed "Page viewed"
event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed"

funnel shop "Shop" : hourglass {
  window 30d
  stage visit      "Visit"      : top    { enter page_viewed }
  stage purchase   "Purchase"   : bottom { enter order_completed; converts }
  stage loyal      "Loyal"      : loyalty { enter order_completed }

  visit    -> purchase  rate 3%   within 14d
  purchase -> loyal     rate 25%  within 180d
  loyal    -> loyal     rate 40%  within 180d
}
"#,
};

/// A loop that by its planned rates nobody ever leaves.
pub static ENDLESS_LOOP: Code = Code {
    id: "FN0308",
    name: "endless-loop",
    group: Group::Graph,
    level: Level::Error,
    summary: "a loop that by its planned rates nobody ever leaves",
    explanation: "If everybody who is in a loop stays in it, the people in it add up without end, and so does the value of a customer. No
forecast has an answer then.

Reported is a loop whose stages by their planned rates pass on 100% of their people within the loop. With referrals that
bring in as many people as leave, the same is reported as growth without end.

Lower a rate inside the loop: some people always leave.",
    bad: r#"event page_viewed "Page viewed"
event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed"

funnel shop "Shop" : hourglass {
  window 30d
  stage visit      "Visit"      : top    { enter page_viewed }
  stage purchase   "Purchase"   : bottom { enter order_completed; converts }
  stage loyal      "Loyal"      : loyalty { enter order_completed }

  visit    -> purchase  rate 3%    within 14d
  purchase -> loyal     rate 25%   within 180d
  loyal    -> loyal     rate 100%  within 180d
}
"#,
    good: r#"event page_viewed "Page viewed"
event newsletter_subscribed "Newsletter subscribed"
event order_completed "Order completed"

funnel shop "Shop" : hourglass {
  window 30d
  stage visit      "Visit"      : top    { enter page_viewed }
  stage purchase   "Purchase"   : bottom { enter order_completed; converts }
  stage loyal      "Loyal"      : loyalty { enter order_completed }

  visit    -> purchase  rate 3%   within 14d
  purchase -> loyal     rate 25%  within 180d
  loyal    -> loyal     rate 40%  within 180d
}
"#,
};
