//! Codes of the group `syntax`.

use super::{Code, Group, Level};

/// Every code of this file.
pub static ALL: &[&Code] = &[&SYNTAX, &UNCLOSED_BLOCK, &BIDI_CONTROL, &TOO_DEEP, &NOT_NFC, &FOREIGN_SIGN];

/// A statement that is not written as the language writes it.
pub static SYNTAX: Code = Code {
    id: "FN0001",
    name: "syntax",
    group: Group::Syntax,
    level: Level::Error,
    summary: "a statement that is not written as the language writes it",
    explanation: "A spec is read by people and by the compiler alike, so a statement has one way to be written. What cannot be read has no
meaning, and nothing is guessed.

Reported is the first word that does not fit, with what would fit there. The most frequent causes are two fields on one
line without `;` between them, a bracket of the wrong sort, a name of two words, and a number with a unit that the
language does not have (`30days`, `9:00`, `2h30m`).

Write what the message asks for; the fix is offered where only one thing can have been meant. `funnelc explain` with the
word of the declaration, say `funnelc explain event`, shows how each of its fields is written.",
    bad: r#"event order_completed "Order completed" { status live owner checkout_team }
"#,
    good: r#"event order_completed "Order completed" { status live; owner checkout_team }
"#,
};

/// A block, bracket or string that is opened and never closed.
pub static UNCLOSED_BLOCK: Code = Code {
    id: "FN0002",
    name: "unclosed-block",
    group: Group::Syntax,
    level: Level::Error,
    summary: "a block, bracket or string that is opened and never closed",
    explanation: r#"A block that is never closed swallows what follows: the next stage would belong to the one before it, and half of the
funnel would be missing from every report.

Reported is the `{`, `(`, `[` or quote that has no partner, and the place where, by its indentation, the block seems to
end. A text in quotes ends on its own line, so that a forgotten quote spoils one line and not the file; longer texts
stand between `"""`.

Write the missing `}`, bracket or quote. If the place shown is not the right one, the indentation says something else
than you meant."#,
    bad: r#"event newsletter_subscribed "Newsletter subscribed" {
  sent_by web
  prop list enum(main, launches)
  example { list main

event order_completed "Order completed"
"#,
    good: r#"event newsletter_subscribed "Newsletter subscribed" {
  sent_by web
  prop list enum(main, launches)
  example { list main }
}

event order_completed "Order completed"
"#,
};

/// An invisible character that makes text read differently from what it says.
pub static BIDI_CONTROL: Code = Code {
    id: "FN0003",
    name: "bidi-control",
    group: Group::Syntax,
    level: Level::Error,
    summary: "an invisible character that makes text read differently from what it says",
    explanation: "Some characters cannot be seen and turn the order of the letters around them. With one of them a line can read `10%` in
the editor and say something else to the compiler, so a reviewer approves what is not there.

Reported are embeddings, overrides and isolates outside texts, and inside texts and comments those that are opened and
not closed on the same line. Left-to-right and right-to-left *marks* (U+200E, U+200F) are harmless and allowed, and
Arabic or Hebrew needs no control at all.

Apply the fix, which removes the character. It usually came along when a text was copied from a web page or a chat.",
    bad: "team crm \"CRM \u{202E}team\"\n",
    good: "team crm \"CRM team\"\n",
};

/// Blocks or brackets nested deeper than 64.
pub static TOO_DEEP: Code = Code {
    id: "FN0004",
    name: "too-deep",
    group: Group::Syntax,
    level: Level::Error,
    summary: "blocks or brackets nested deeper than 64",
    explanation: "A spec that people wrote is rarely deeper than five levels. A limit keeps a damaged or generated file from exhausting
the memory of whoever opens it.

Reported is the bracket or block that lies deeper than 64 levels; the whole declaration around it is passed over.

Split the declaration: give the inner part of a condition a name of its own as a `segment`, and refer to it.",
    bad: r#"event order_completed "Order completed"
segment buyers "Buyers" {
  where ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((did order_completed))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))
}
"#,
    good: r#"event order_completed "Order completed"
segment buyers "Buyers" {
  where did order_completed
}
"#,
};

/// A name that is not in Unicode normal form C.
pub static NOT_NFC: Code = Code {
    id: "FN0005",
    name: "not-nfc",
    group: Group::Syntax,
    level: Level::Error,
    summary: "a name that is not in Unicode normal form C",
    explanation: "`é` can be stored as one letter or as an `e` with an accent after it. Both look the same, but they are different names:
a search for one does not find the other, and a column in the warehouse would exist twice.

Reported is a name that is not in Unicode normal form C, the composed form.

Apply the fix: it writes the same name composed. Texts in quotes may be written either way.",
    bad: "team cafe\u{301} \"Caf\u{e9} team\"\n",
    good: "team caf\u{e9} \"Caf\u{e9} team\"\n",
};

/// An Arabic digit, comma, semicolon or percent sign outside a text.
pub static FOREIGN_SIGN: Code = Code {
    id: "FN0006",
    name: "foreign-sign",
    group: Group::Syntax,
    level: Level::Error,
    summary: "an Arabic digit, comma, semicolon or percent sign outside a text",
    explanation: "On an Arabic keyboard the comma, the semicolon, the percent sign and the digits look natural and are characters of their
own. Outside of texts the signs are the same in every language, so that everyone's tools read the file alike.

Reported is each `،`, `؛`, `٪`, `٫` and each Arabic digit outside a text. Labels and messages in quotes keep theirs.

Apply the fix, which writes the sign that the language knows: `funnelc check --fix` mends all of them at once.",
    bad: r#"project souq "السوق" { languages ar، en }
"#,
    good: r#"project souq "السوق" { languages ar, en }
"#,
};
