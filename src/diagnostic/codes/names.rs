//! Codes of the group `names`.

use super::{Code, Group, Level};

/// Every code of this file.
pub static ALL: &[&Code] = &[
    &UNKNOWN_NAME,
    &DUPLICATE_NAME,
    &WRONG_KIND,
    &UNKNOWN_FIELD,
    &MISSING_FIELD,
    &DUPLICATE_FIELD,
    &BAD_EXTENDS,
    &MISSING_IMPORT,
    &ESCAPING_PATH,
    &BAD_WAS,
];

/// A reference to something that is not declared.
pub static UNKNOWN_NAME: Code = Code {
    id: "FN0101",
    name: "unknown-name",
    group: Group::Names,
    level: Level::Error,
    summary: "a reference to something that is not declared",
    explanation: "Every name in a spec stands for something that is declared: a stage is entered by an event, a KPI belongs to a stage. A
name that means nothing would leave a gap in the tracking plan that nobody notices until the numbers are missing.

Reported is a reference that resolves to nothing, with the nearest name that would fit the place. Names can be declared
in any file and in any order.

Correct the spelling, declare what is missing, or bring it in from the standard library with `use`.",
    bad: r#"event order_completed "Order completed"

segment buyers "Buyers" { where did order_complete within 90d }
"#,
    good: r#"event order_completed "Order completed"

segment buyers "Buyers" { where did order_completed within 90d }
"#,
};

/// Two declarations of one name.
pub static DUPLICATE_NAME: Code = Code {
    id: "FN0102",
    name: "duplicate-name",
    group: Group::Names,
    level: Level::Error,
    summary: "two declarations of one name",
    explanation: "A name is what every output knows a thing by: the event in the tracking plan, the card on the dashboard, the mail in the
sequence. Two things of one name cannot be told apart there.

Reported is the second declaration, with the place of the first. The whole project is one namespace, whatever file a
declaration stands in and whatever its kind; stages live in their funnel and steps in their sequence, so `shop.purchase`
and `app.purchase` are two names. A name brought in by `use` counts too, unless the own declaration `extends` it.

Rename one of the two, or remove it if they are the same.",
    bad: r#"event newsletter_subscribed "Newsletter subscribed" { sent_by web }
event newsletter_subscribed "Subscribed in the app" { sent_by ios }
"#,
    good: r#"event newsletter_subscribed "Newsletter subscribed" { sent_by web, ios }
"#,
};

/// A reference to a thing of another kind than the place takes.
pub static WRONG_KIND: Code = Code {
    id: "FN0103",
    name: "wrong-kind",
    group: Group::Names,
    level: Level::Error,
    summary: "a reference to a thing of another kind than the place takes",
    explanation: "A place in a spec asks for a certain kind of thing: a campaign runs on channels, a goal is about a KPI. A thing of
another kind there is a misunderstanding worth clearing up before anyone builds from it.

Reported is the reference, what it is, what is wanted, and where it is declared.

Refer to a thing of the kind that is wanted. Where a state stands for something that happens, `enters` makes a trigger of
it: `start enters gift_buyers`.",
    bad: r#"channel meta_ads "Meta ads" : paid
segment gift_buyers "Gift buyers"

campaign holidays "Holiday gifts" { channel gift_buyers }
"#,
    good: r#"channel meta_ads "Meta ads" : paid
segment gift_buyers "Gift buyers"

campaign holidays "Holiday gifts" { channel meta_ads; audience gift_buyers }
"#,
};

/// A field, class or declaration that the kind does not have.
pub static UNKNOWN_FIELD: Code = Code {
    id: "FN0104",
    name: "unknown-field",
    group: Group::Names,
    level: Level::Error,
    summary: "a field, class or declaration that the kind does not have",
    explanation: "A misspelt field that were silently ignored would be worse than an error: the owner, the target or the consent would
simply not be there.

Reported is a word that is no field, class or declaration of its surroundings, with the nearest that is, and the list of
what can stand there.

Correct the spelling. What a kind can have is listed by `funnelc explain` with its word, say `funnelc explain event`.
What the language has no word for goes into a `///` line above the declaration, which travels to every output.",
    bad: r#"event order_completed "Order completed" {
  sent_by web
  ownr    checkout_team
}
"#,
    good: r#"event order_completed "Order completed" {
  sent_by web
  owner   checkout_team
}
"#,
};

/// A declaration without something that its kind needs.
pub static MISSING_FIELD: Code = Code {
    id: "FN0105",
    name: "missing-field",
    group: Group::Names,
    level: Level::Error,
    summary: "a declaration without something that its kind needs",
    explanation: "Some things have no meaning without a certain part: a stage that nothing enters, a consent that nobody gives, a goal
about no KPI.

Reported is the declaration, the field it needs and what that field says. A declaration without its name and a `make`
with too few arguments are reported too.

Add the field. What is inherited by `extends` counts.",
    bad: r#"event newsletter_subscribed "Newsletter subscribed"

consent newsletter "Newsletter" { keep 24mo }
"#,
    good: r#"event newsletter_subscribed "Newsletter subscribed"

consent newsletter "Newsletter" { given newsletter_subscribed; keep 24mo }
"#,
};

/// A field that is given twice.
pub static DUPLICATE_FIELD: Code = Code {
    id: "FN0106",
    name: "duplicate-field",
    group: Group::Names,
    level: Level::Error,
    summary: "a field that is given twice",
    explanation: "Two owners, two windows, two currencies: which one was meant cannot be known, and taking the last would hide the other.

Reported is the second field, with the place of the first. Fields that may stand more than once, such as `named`, `brings`
or `example`, are not meant; the page of the kind marks them.

Keep one. Several values of one field are written with commas: `sent_by web, ios`.",
    bad: r#"event newsletter_subscribed "Newsletter subscribed" {
  sent_by web
  sent_by ios
}
"#,
    good: r#"event newsletter_subscribed "Newsletter subscribed" {
  sent_by web, ios
}
"#,
};

/// An `extends` that leads nowhere, in a circle or to another kind.
pub static BAD_EXTENDS: Code = Code {
    id: "FN0107",
    name: "bad-extends",
    group: Group::Names,
    level: Level::Error,
    summary: "an `extends` that leads nowhere, in a circle or to another kind",
    explanation: "`extends` takes over everything from another declaration and lets the new one say what differs. That only has a meaning
between two things of one kind, and only if it ends somewhere.

Reported is an `extends` that names nothing, a declaration of another kind, or, directly or through others, itself.

Extend a declaration of the same kind. To say that an event belongs to a segment, write the segment's `where`.",
    bad: r#"segment gift_buyers "Gift buyers"

event gift_ordered "Gift ordered" extends gift_buyers { sent_by web }
"#,
    good: r#"event order_completed "Order completed" { sent_by web }

event gift_ordered "Gift ordered" extends order_completed { prop message string }
"#,
};

/// A `use` of a file or module that is not there.
pub static MISSING_IMPORT: Code = Code {
    id: "FN0108",
    name: "missing-import",
    group: Group::Names,
    level: Level::Error,
    summary: "a `use` of a file or module that is not there",
    explanation: "`use` brings in another file of the project, named in quotes, or a module of the standard library. If it is not there,
what the file declares would be missing everywhere.

Reported is the path or module, with the nearest that exists. Paths are relative to the file that says `use`.

Correct the path or the name of the module. Every `.funnel` file in the folder that is checked belongs to the project
anyway, so a `use` of a file is needed only where single files are named on the command line.",
    bad: "use std.ecomerce
",
    good: "use std.ecommerce
",
};

/// A `use` that leads out of the folder of the project.
pub static ESCAPING_PATH: Code = Code {
    id: "FN0109",
    name: "escaping-path",
    group: Group::Names,
    level: Level::Error,
    summary: "a `use` that leads out of the folder of the project",
    explanation: "A project is its folder. A `use` that leads out of it would mean another file on every machine, and would let a spec from
elsewhere read what is none of its business.

Reported is a path that leaves the folder of the project: `..` beyond it, an absolute path, or a link that points outside.

Move the shared file into the project, or check the common parent folder as one project.",
    bad: r#"use "../shared/channels.funnel"
"#,
    good: r#"use "channels.funnel"

// file: channels.funnel
channel meta_ads "Meta ads" : paid
"#,
};

/// An earlier name that something else has.
pub static BAD_WAS: Code = Code {
    id: "FN0110",
    name: "bad-was",
    group: Group::Names,
    level: Level::Error,
    summary: "a `was` that names something else that is still there",
    explanation: "`was` says which name a declaration had, so that a comparison of two versions of the spec sees a new name and not a loss.
One earlier thing becomes one thing.

Reported is a `was` with the name of a declaration of the same kind that is still there beside it, and one that two
declarations claim.

Remove the `was` that is wrong. Where one thing was split in two, one of them keeps the history and the other is new.",
    bad: r#"event order_completed "Order"
event purchase "Purchase" { was order_completed }
"#,
    good: r#"event purchase "Purchase" { was order_completed }
"#,
};
