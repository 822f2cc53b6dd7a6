/**
 * The grammar of `.funnel` files for editors. It reads every text as the compiler does (grammar/funnel.pest and
 * src/syntax): nothing is an error here either, what has no meaning is a `bad` part, and where a statement, a block or a
 * broken declaration ends is decided by the scanner (src/scanner.c), because that depends on what follows.
 *
 * @file
 * @license MIT OR Apache-2.0
 */

/// <reference types="tree-sitter-cli/dsl" />

const FOLLOW = "[_\\p{XID_Continue}]";
const DIGIT = "[0-9\\u0660-\\u0669\\u06F0-\\u06F9]";
const BLANK = " \\t\\r\\u00A0\\u200E\\u200F\\u061C\\uFEFF";

const pattern = (...parts) => new RegExp(parts.join(""), "u");

/** One of two kinds of part: a newline ends the statement after a `full` one and is space after a `hanging` one. */
const part = ($) => choice($._full, seq($._full, $._run_on), seq($._hanging, optional($._gap)));

/** The rest of a statement: parts, and how it ends after a part of each kind or a block. */
const rest = ($, end, done, again) =>
  seq(
    repeat(part($)),
    choice(seq($._full, end), seq($._hanging, $._stop), seq($.block, choice(done, seq(optional($._run_on), again)))),
  );

/** What stands between the braces of a block, or in a file. */
const statements = ($, ...others) =>
  repeat(choice($.statement, $.transition, seq(choice(";", "؛", ...others), optional($._gap))));

/** What stands between brackets, where a newline is space; `other` closes brackets of the other shape. */
const inside = ($, other) =>
  seq(optional($._gap), repeat(seq(choice($._inner, alias(other, $.stray)), optional($._gap))));

module.exports = grammar({
  name: "funnel",

  word: ($) => $.word,

  externals: ($) => [
    // Tokens without width. The ends of statements:
    $._end, // after a full part, at a newline that does not run on, `;`, `}` or the end
    $._end_move, // the same in a transition, where a clause word runs on too
    $._stop, // after a hanging part, where a newline is space
    $._done, // after a block
    $._done_move, // after a block of a transition
    // and how lines go on:
    $._run_on, // before a newline after which the statement goes on
    $._gap, // before a newline that ends nothing
    $.comment,
    $.doc_comment,
    // Brackets, as what closes them decides what they are.
    $._open,
    $._close,
    $._missing_close,
    $._stray_close,
    $._open_round,
    $._open_square,
    $._bad_bracket,
    // Texts.
    $._string_start,
    $._text_start,
    $._open_string_start,
    $._open_string_rest,
    $.string_content,
    $.escape_sequence,
    $._placeholder_start,
    $._placeholder_name,
    $._placeholder_bar,
    $._placeholder_fallback,
    $._placeholder_end,
    $._string_end,
    $._text_end,
    // Never in a rule: valid only where tree-sitter looks for a way out of an error.
    $._error_sentinel,
  ],

  extras: ($) => [pattern("[", BLANK, "\\n]"), $.comment, $.doc_comment],

  inline: ($) => [$._key],

  rules: {
    source_file: ($) => statements($, alias($._stray_close, $.stray)),

    // ---- Statements: a field, a declaration, a row; or a transition.

    statement: ($) =>
      choice(
        seq(field("key", $._key), choice($._end, seq(optional($._run_on), $._rest))),
        seq($._first_full, choice($._end, seq(optional($._run_on), $._rest))),
        seq(alias($._operator, $.operator), choice($._stop, seq(optional($._gap), $._rest))),
        seq($.block, optional($._gap)),
      ),

    transition: ($) =>
      prec(
        1,
        seq(
          choice(field("from", $._key), seq("handover", field("from", $.word))),
          alias("->", $.operator),
          choice($._stop, seq(optional($._gap), $._rest_of_move)),
        ),
      ),

    // A statement may begin with any word, also with one that is known by its place.
    _key: ($) => choice($.word, alias("handover", $.word)),

    _rest: ($) => rest($, $._end, $._done, $._rest),
    _rest_of_move: ($) => rest($, $._end_move, $._done_move, $._rest_of_move),

    block: ($) =>
      seq(
        alias($._open, "{"),
        optional($._gap),
        statements($),
        choice(alias($._close, "}"), $._missing_close),
      ),

    // ---- Parts.

    _full: ($) => choice($.word, $._first_full),
    _first_full: ($) => choice($._inner_full, alias(choice(")", "]"), $.stray)),
    _inner_full: ($) =>
      choice($.number, $.string, $.text, $.open_string, $.parentheses, $.brackets, $.bad),
    _hanging: ($) => choice(alias("and", $.joiner), alias("or", $.joiner), alias($._operator, $.operator)),

    _operator: (_) =>
      choice("->", ",", "،", "..", "==", "!=", ">=", "<=", ">", "<", "=", "*", "/", "+", "-", ":", "|"),

    parentheses: ($) => seq(alias($._open_round, "("), inside($, "]"), ")"),
    brackets: ($) => seq(alias($._open_square, "["), inside($, ")"), "]"),
    _inner: ($) => choice($.word, $._inner_full, $._hanging),

    // ---- Tokens.

    word: (_) => pattern("[_\\p{XID_Start}]", FOLLOW, "*", "([.\\-]", FOLLOW, "+)*"),

    number: (_) => pattern("[+\\-]?", DIGIT, "(", FOLLOW, "|[.:\\-\\u066B]", FOLLOW, ")*", "[%\\u066A]?"),

    string: ($) => seq(alias($._string_start, '"'), repeat($._content), alias($._string_end, '"')),
    text: ($) => seq(alias($._text_start, '"""'), repeat($._content), alias($._text_end, '"""')),
    // A text without its closing quote; it ends with its line.
    open_string: ($) => seq($._open_string_start, $._open_string_rest),

    _content: ($) => choice($.string_content, $.escape_sequence, $.placeholder),

    placeholder: ($) =>
      seq(
        alias($._placeholder_start, "{{"),
        field("name", alias($._placeholder_name, $.placeholder_name)),
        optional(
          seq(alias($._placeholder_bar, "|"), field("fallback", alias($._placeholder_fallback, $.placeholder_fallback))),
        ),
        alias($._placeholder_end, "}}"),
      ),

    bad: ($) => choice($._bad_bracket, $._bad_sign),
    _bad_sign: (_) => token(prec(-1, pattern("[^_\\p{XID_Start}0-9\\u0660-\\u0669\\u06F0-\\u06F9\\n;؛{}()\\[\\]\"", BLANK, "]"))),
  },
});
