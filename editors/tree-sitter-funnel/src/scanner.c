// What a lexer that sees one token cannot know: whether a newline ends a statement, whether a bracket or a quote is ever
// closed, and where a declaration ends whose block is not.
//
// The laws are those of the compiler (src/syntax/recover.rs and grammar/funnel.pest). Every decision looks ahead no
// further than it must: over a gap for a newline, to the closing brace for a block outside all others, over a line for a
// text. Tokens that only say how things go on are empty.

#include <string.h>

#include "tree_sitter/parser.h"

enum Token {
  END,
  END_MOVE,
  STOP,
  DONE,
  DONE_MOVE,
  RUN_ON,
  GAP,
  COMMENT_LINE,
  DOC_COMMENT,
  OPEN,
  CLOSE,
  MISSING_CLOSE,
  STRAY_CLOSE,
  OPEN_ROUND,
  OPEN_SQUARE,
  BAD_BRACKET,
  STRING_START,
  TEXT_START,
  OPEN_STRING_START,
  OPEN_STRING_REST,
  STRING_CONTENT,
  ESCAPE_SEQUENCE,
  PLACEHOLDER_START,
  PLACEHOLDER_NAME,
  PLACEHOLDER_BAR,
  PLACEHOLDER_FALLBACK,
  PLACEHOLDER_END,
  STRING_END,
  TEXT_END,
  ERROR_SENTINEL,
};

enum { WORD_MAX = 16, STACK_MAX = 256 };

typedef struct {
  // Blocks around this place.
  uint16_t depth;
  // Braces opened on this line so far.
  uint8_t opened;
  // Whether the outermost block is never closed, so that a declaration's word in column 0 ends it.
  bool broken;
  // Whether it has been ended so: every block around this place is closed before anything else.
  bool cut;
  // Whether the text just opened is a long one, which keeps the braces at the end of its line.
  bool whole_line;
} State;

// ---- 1. Signs.

static bool is_blank(int32_t c) {
  return c == ' ' || c == '\t' || c == '\r' || c == 0xA0 || c == 0x200E || c == 0x200F || c == 0x61C || c == 0xFEFF;
}

static bool is_semicolon(int32_t c) { return c == ';' || c == 0x61B; }

static bool is_lower(int32_t c) { return (c >= 'a' && c <= 'z') || c == '_'; }

// What a name may go on with; beyond ASCII everything but the signs that people do type next to a word.
static bool is_follow(int32_t c) {
  if (c < 0x80) return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  bool latin_sign = c <= 0xBF && c != 0xAA && c != 0xB5 && c != 0xB7 && c != 0xBA;
  bool arabic_sign = c == 0x60C || c == 0x61B || c == 0x61C || c == 0x61F || (c >= 0x66A && c <= 0x66D);
  bool general_sign = (c >= 0x2000 && c <= 0x203E) || (c >= 0x2190 && c <= 0x2BFF) || c == 0xD7 || c == 0xF7;
  return !(latin_sign || arabic_sign || general_sign || c == 0xFEFF);
}

static bool ends_word(int32_t c) { return !is_follow(c) && c != '.' && c != '-'; }

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static bool emit(TSLexer *lexer, enum Token token) {
  lexer->result_symbol = token;
  return true;
}

// ---- 2. Words.

// What begins a declaration outside all blocks; words: top_level
static const char *const TOP_LEVEL[] = {"project", "use", "team", "source", "measure", "consent", "traits", "type", "props", "event", "channel", "campaign", "segment", "antisegment", "score", "kpi", "goal", "funnel", "handover", "offer", "program", "survey", "sending", "holidays", "sequence", "experiment", "competitor", "audit", "dashboard", "group", "model", "make", NULL};

static bool is_one_of(const char *word, const char *const *words) {
  for (; *words; words++) {
    if (strcmp(word, *words) == 0) return true;
  }
  return false;
}

// The small letters that come next, as far as they can be a word that matters.
static void read_word(TSLexer *lexer, char word[WORD_MAX]) {
  unsigned length = 0;
  for (; is_lower(lexer->lookahead); advance(lexer)) {
    if (length < WORD_MAX - 1) word[length] = (char)lexer->lookahead;
    if (length < WORD_MAX) length++;
  }
  word[length < WORD_MAX ? length : 0] = 0;
}

// ---- 3. What stands behind a gap of blanks, newlines and comments.

enum Next { OTHER, LAST, CUT, JOINS, CLAUSE, OWNER, ARROW, BINDS };

static const char *const JOINERS[] = {"and", "or", NULL};
static const char *const CLAUSES[] = {"rate", "within", "when", "on", "as", "after", NULL};

static enum Next next_word(TSLexer *lexer, bool may_cut) {
  char word[WORD_MAX];
  read_word(lexer, word);
  if (may_cut && is_one_of(word, TOP_LEVEL)) return CUT;
  if (!ends_word(lexer->lookahead)) return OTHER;
  if (is_one_of(word, JOINERS)) return JOINS;
  if (is_one_of(word, CLAUSES)) return CLAUSE;
  return strcmp(word, "owner") == 0 ? OWNER : OTHER;
}

static enum Next next_code(TSLexer *lexer, bool may_cut) {
  int32_t c = lexer->lookahead;
  if (lexer->eof(lexer) || c == '}' || is_semicolon(c)) return LAST;
  if (is_lower(c)) return next_word(lexer, may_cut);
  if (c == '*') return BINDS;
  if (c != '-' && c != '.') return OTHER;
  advance(lexer);
  if (c == '-') return lexer->lookahead == '>' ? ARROW : OTHER;
  return lexer->lookahead == '.' ? BINDS : OTHER;
}

// Whether code would stand in column 0 where the space ends; signs without width do not count.
typedef struct {
  bool newline, column_0;
} Space;

static void skip_space(TSLexer *lexer, Space *space) {
  for (; lexer->lookahead == '\n' || is_blank(lexer->lookahead); lexer->advance(lexer, true)) {
    int32_t c = lexer->lookahead;
    space->column_0 = c == '\n' || (space->column_0 && c != ' ' && c != '\t');
    space->newline = space->newline || c == '\n';
  }
}

static void skip_line(TSLexer *lexer) {
  while (!lexer->eof(lexer) && lexer->lookahead != '\n') advance(lexer);
}

// `cuts` says whether a declaration's word in column 0 ends what is open here.
static enum Next next_after_gap(TSLexer *lexer, Space *space, bool cuts) {
  for (;;) {
    skip_space(lexer, space);
    if (lexer->lookahead != '/') return next_code(lexer, cuts && space->column_0);
    advance(lexer);
    if (lexer->lookahead != '/') return BINDS;
    space->newline = true;
    skip_line(lexer);
  }
}

// ---- 4. Reading on to see what becomes of a bracket.

// The end of the line of a text that has no closing quote: the blanks and braces it might end with.
typedef struct {
  bool has_words, has_blank, other_space;
  uint32_t opens, closes;
  int32_t sum, low;
} Tail;

static bool tail_begins(Tail *tail, int32_t c) {
  bool begins = !tail->has_blank && tail->opens + tail->closes == 0;
  if (begins) tail->has_blank = c == ' ' || c == '\t';
  return begins;
}

// Takes a sign of the text in; whether the tail may begin here.
static bool tail_add(Tail *tail, int32_t c) {
  bool brace = c == '{' || c == '}';
  if (!brace && c != ' ' && c != '\t') {
    bool other_space = c == '\r' || c == 0xA0 || c == 0x0B || c == 0x0C || c == 0x85 || c == 0x2028 || c == 0x2029;
    if (other_space) {
      tail->other_space = true;
    } else {
      *tail = (Tail){.has_words = true};
    }
    return false;
  }
  if (brace && tail->other_space) *tail = (Tail){.has_words = true};
  if (!brace && tail->other_space) return false;
  bool begins = tail_begins(tail, c);
  if (c == '{') tail->opens++, tail->sum++;
  if (c == '}') tail->closes++, tail->sum--;
  if (tail->sum < tail->low) tail->low = tail->sum;
  return begins;
}

// Whether the braces belong to the blocks: they open, or close what this line has opened.
static bool tail_is_code(const Tail *tail, uint32_t opened) {
  bool any = tail->opens + tail->closes > 0;
  return any && tail->has_blank && tail->has_words && (tail->opens > 0 || tail->closes <= opened);
}

enum Mode { CODE, SLASH, COMMENT, QUOTE, QUOTES, SHORT, ESCAPE, LONG };
enum Verdict { UNDECIDED, CLOSED, UNCLOSED };

// Follows texts, comments and brackets, sign by sign.
typedef struct {
  enum Mode mode;
  enum Verdict verdict;
  uint32_t opened, inside, quotes;
  Tail tail;
  // A brace is followed by depth; a round or square bracket by those open inside it.
  bool braces;
  uint32_t depth;
  char stack[STACK_MAX];
  // For brackets outside all blocks: the word that a line begins with.
  bool cuts, at_start, column_0;
  uint32_t length;
  char word[WORD_MAX];
} Follow;

static void follow_brace(Follow *follow, bool opens) {
  if (!follow->braces) {
    follow->verdict = UNCLOSED;
  } else if (opens) {
    follow->depth++;
    follow->opened++;
  } else if (--follow->depth == 0) {
    follow->verdict = CLOSED;
  }
}

static void follow_bracket(Follow *follow, int32_t c) {
  if (follow->braces) return;
  if (c == '(' || c == '[') {
    if (follow->depth == STACK_MAX) {
      follow->verdict = UNCLOSED;
    } else {
      follow->stack[follow->depth++] = (char)c;
    }
    return;
  }
  bool fits = follow->stack[--follow->depth] == (c == ')' ? '(' : '[');
  if (follow->depth == 0) follow->verdict = fits ? CLOSED : UNCLOSED;
}

// A declaration's word in column 0 ends what a bracket was opened in.
static void follow_word(Follow *follow, int32_t c) {
  if (!follow->cuts) return;
  if (follow->length > 0) {
    if (is_lower(c) && follow->length < WORD_MAX - 1) {
      follow->word[follow->length++] = (char)c;
      return;
    }
    follow->word[follow->length] = 0;
    if (!is_lower(c) && is_one_of(follow->word, TOP_LEVEL)) follow->verdict = UNCLOSED;
    follow->length = 0;
  }
  if (c == '\n') {
    follow->at_start = follow->column_0 = true;
  } else if (c == ' ' || c == '\t') {
    follow->column_0 = false;
  } else if (!is_blank(c)) {
    if (follow->at_start && follow->column_0 && is_lower(c)) follow->word[follow->length++] = (char)c;
    follow->at_start = false;
  }
}

static void follow_code(Follow *follow, int32_t c) {
  follow_word(follow, c);
  if (follow->verdict != UNDECIDED) return;
  switch (c) {
    case '\n': follow->opened = 0; break;
    case '/': follow->mode = SLASH; break;
    case '"': follow->mode = QUOTE; break;
    case '{': case '}': follow_brace(follow, c == '{'); break;
    case '(': case ')': case '[': case ']': follow_bracket(follow, c); break;
    default:
      if (is_semicolon(c) && !follow->braces) follow->verdict = UNCLOSED;
  }
}

// A text ends with its line where it has no closing quote; braces at its end may be code.
static void follow_line_end(Follow *follow) {
  follow->mode = CODE;
  if (!tail_is_code(&follow->tail, follow->opened)) return;
  if (!follow->braces || (int32_t)follow->depth + follow->tail.low <= 0) {
    follow->verdict = follow->braces ? CLOSED : UNCLOSED;
  } else {
    follow->depth = (uint32_t)((int32_t)follow->depth + follow->tail.sum);
  }
}

static void follow_short(Follow *follow, int32_t c) {
  if (c == '\n') {
    follow_line_end(follow);
    if (follow->verdict == UNDECIDED) follow_code(follow, c);
  } else if (c == '"' && follow->mode == SHORT) {
    follow->opened += follow->inside;
    follow->mode = CODE;
  } else {
    follow->inside += c == '{';
    tail_add(&follow->tail, c);
    follow->mode = c == '\\' && follow->mode == SHORT ? ESCAPE : SHORT;
  }
}

static void follow_long(Follow *follow, int32_t c) {
  follow->quotes = c == '"' ? follow->quotes + 1 : 0;
  if (c == '\n') follow->opened = 0;
  if (c == '{') follow->opened++;
  if (follow->quotes == 3) follow->mode = CODE;
}

static void follow_step(Follow *follow, int32_t c) {
  switch (follow->mode) {
    case SLASH:
      follow->mode = c == '/' ? COMMENT : CODE;
      if (c != '/') follow_code(follow, c);
      break;
    case COMMENT:
      if (c != '\n') break;
      follow->mode = CODE;
      follow_code(follow, c);
      break;
    case QUOTE:
      follow->inside = 0;
      follow->tail = (Tail){0};
      follow->mode = c == '"' ? QUOTES : SHORT;
      if (c != '"') follow_short(follow, c);
      break;
    case QUOTES:
      follow->quotes = 0;
      follow->mode = c == '"' ? LONG : CODE;
      if (c != '"') follow_code(follow, c);
      break;
    case SHORT: case ESCAPE: follow_short(follow, c); break;
    case LONG: follow_long(follow, c); break;
    case CODE: follow_code(follow, c); break;
  }
}

// A long text that is never closed ends with its line. Whether it is closed is known at the end of the file at worst, so
// both readings are followed until then.
static bool is_closed(TSLexer *lexer, Follow *follow) {
  Follow unclosed = *follow;
  for (; !lexer->eof(lexer) && follow->verdict == UNDECIDED; advance(lexer)) {
    bool was_long = follow->mode == LONG;
    follow_step(follow, lexer->lookahead);
    if (was_long && unclosed.verdict == UNDECIDED) follow_step(&unclosed, lexer->lookahead);
    if (!was_long && follow->mode == LONG) {
      unclosed = *follow;
      unclosed.mode = COMMENT;
    }
  }
  Follow *right = follow->mode == LONG ? &unclosed : follow;
  if (right->verdict == UNDECIDED && (right->mode == SHORT || right->mode == ESCAPE)) follow_line_end(right);
  return right->verdict == CLOSED;
}

static bool open_block(TSLexer *lexer, State *state) {
  advance(lexer);
  lexer->mark_end(lexer);
  if (state->opened < UINT8_MAX) state->opened++;
  if (state->depth == 0) {
    Follow follow = {.braces = true, .depth = 1, .opened = state->opened};
    state->broken = !is_closed(lexer, &follow);
  }
  if (state->depth < UINT16_MAX) state->depth++;
  return emit(lexer, OPEN);
}

static bool close_block(TSLexer *lexer, State *state, enum Token token) {
  if (state->depth > 0) state->depth--;
  if (state->depth == 0) state->broken = state->cut = false;
  return emit(lexer, token);
}

static bool open_bracket(TSLexer *lexer, const State *state) {
  int32_t bracket = lexer->lookahead;
  advance(lexer);
  lexer->mark_end(lexer);
  bool cuts = state->depth == 0 || state->broken;
  Follow follow = {.depth = 1, .opened = state->opened, .cuts = cuts};
  follow.stack[0] = (char)bracket;
  if (!is_closed(lexer, &follow)) return emit(lexer, BAD_BRACKET);
  return emit(lexer, bracket == '(' ? OPEN_ROUND : OPEN_SQUARE);
}

// ---- 5. Texts.

static bool open_long_text(TSLexer *lexer, State *state) {
  advance(lexer);
  lexer->mark_end(lexer);
  uint8_t opened = state->opened;
  for (unsigned quotes = 0; quotes < 3; advance(lexer)) {
    if (lexer->eof(lexer)) {
      state->whole_line = true;
      return emit(lexer, OPEN_STRING_START);
    }
    quotes = lexer->lookahead == '"' ? quotes + 1 : 0;
    if (lexer->lookahead == '\n') opened = 0;
    if (lexer->lookahead == '{' && opened < UINT8_MAX) opened++;
  }
  state->opened = opened;
  return emit(lexer, TEXT_START);
}

static bool open_text(TSLexer *lexer, State *state) {
  advance(lexer);
  lexer->mark_end(lexer);
  if (lexer->lookahead == '"') {
    advance(lexer);
    return lexer->lookahead == '"' ? open_long_text(lexer, state) : emit(lexer, STRING_START);
  }
  uint8_t opened = state->opened;
  for (; lexer->lookahead != '"'; advance(lexer)) {
    if (lexer->lookahead == '\\') advance(lexer);
    if (lexer->eof(lexer) || lexer->lookahead == '\n') {
      state->whole_line = false;
      return emit(lexer, OPEN_STRING_START);
    }
    if (lexer->lookahead == '{' && opened < UINT8_MAX) opened++;
  }
  state->opened = opened;
  return emit(lexer, STRING_START);
}

static bool rest_of_open_string(TSLexer *lexer, const State *state) {
  Tail tail = {0};
  lexer->mark_end(lexer);
  for (; !lexer->eof(lexer) && lexer->lookahead != '\n'; advance(lexer)) {
    if (tail_add(&tail, lexer->lookahead)) lexer->mark_end(lexer);
  }
  if (state->whole_line || !tail_is_code(&tail, state->opened)) lexer->mark_end(lexer);
  return emit(lexer, OPEN_STRING_REST);
}

// Whether `{{` is followed by a name and, on the same line, by `}}`.
static bool is_placeholder(TSLexer *lexer) {
  for (unsigned length = 0;; length++) {
    int32_t c = lexer->lookahead;
    if (lexer->eof(lexer) || c == '\n' || c == '"' || c == '\\' || c == '{') return false;
    if (length == 0 && c == '|') return false;
    advance(lexer);
    if (c == '}') return length > 0 && lexer->lookahead == '}';
  }
}

static bool placeholder(TSLexer *lexer, const bool *valid) {
  if (lexer->lookahead == '}' || (lexer->lookahead == '|' && valid[PLACEHOLDER_BAR])) {
    bool ends = lexer->lookahead == '}';
    advance(lexer);
    if (ends) advance(lexer);
    lexer->mark_end(lexer);
    return emit(lexer, ends ? PLACEHOLDER_END : PLACEHOLDER_BAR);
  }
  bool is_name = valid[PLACEHOLDER_NAME];
  while (lexer->lookahead != '}' && !(is_name && lexer->lookahead == '|') && !lexer->eof(lexer)) advance(lexer);
  lexer->mark_end(lexer);
  return emit(lexer, is_name ? PLACEHOLDER_NAME : PLACEHOLDER_FALLBACK);
}

// A quote inside a text: its end, or a sign of a long one. `before` says whether words of the text wait in front of it.
static bool ends_text(TSLexer *lexer, bool is_long) {
  advance(lexer);
  if (!is_long) return true;
  for (unsigned quotes = 1; quotes < 3; quotes++) {
    if (lexer->lookahead != '"') return false;
    advance(lexer);
  }
  return true;
}

static bool escapes(TSLexer *lexer, bool is_long) {
  advance(lexer);
  int32_t c = lexer->lookahead;
  if (lexer->eof(lexer) || c == '\n' || (is_long && c == '"')) return false;
  advance(lexer);
  return true;
}

static bool inside_text(TSLexer *lexer, bool is_long) {
  for (bool any = false; !lexer->eof(lexer); any = true) {
    lexer->mark_end(lexer);
    bool special = false;
    enum Token token = STRING_CONTENT;
    switch (lexer->lookahead) {
      case '"':
        special = ends_text(lexer, is_long);
        token = is_long ? TEXT_END : STRING_END;
        break;
      case '\\':
        special = escapes(lexer, is_long);
        token = ESCAPE_SEQUENCE;
        break;
      case '{':
        advance(lexer);
        if (lexer->lookahead != '{') break;
        advance(lexer);
        if (!any) lexer->mark_end(lexer);
        special = is_placeholder(lexer);
        token = PLACEHOLDER_START;
        break;
      default: advance(lexer);
    }
    if (!special) continue;
    if (any) return emit(lexer, STRING_CONTENT);
    if (token != PLACEHOLDER_START) lexer->mark_end(lexer);
    return emit(lexer, token);
  }
  return false;
}

// ---- 6. Where statements end.

static bool is_end(enum Token token) { return token <= DONE_MOVE; }

// The end that the parser waits for here.
static bool emit_end(TSLexer *lexer, const bool *valid) {
  for (enum Token token = END; is_end(token); token++) {
    if (valid[token]) return emit(lexer, token);
  }
  return false;
}

// What a newline or a comment means to a parser that waits for an end.
static bool at_gap(TSLexer *lexer, State *state, const bool *valid) {
  Space space = {false, false};
  enum Next next = next_after_gap(lexer, &space, state->depth == 0 || state->broken);
  if (!space.newline) return (valid[DONE] || valid[DONE_MOVE]) && emit_end(lexer, valid);
  state->opened = 0;
  state->cut = state->depth > 0 && (next == CUT || lexer->eof(lexer));
  bool binds = next == JOINS || next == ARROW || next == BINDS;
  if (valid[END]) return emit(lexer, binds ? RUN_ON : END);
  if (valid[END_MOVE]) return emit(lexer, binds || next == CLAUSE ? RUN_ON : END_MOVE);
  if (valid[DONE]) return emit(lexer, DONE);
  if (valid[DONE_MOVE]) return emit(lexer, next == CLAUSE ? RUN_ON : DONE_MOVE);
  if (valid[STOP] && (next == LAST || next == CUT)) return emit(lexer, STOP);
  return emit(lexer, GAP);
}

// After a block, on its line: what of a statement may follow it.
static bool goes_on(TSLexer *lexer, const bool *valid) {
  enum Next next = next_code(lexer, false);
  if (valid[DONE]) return next == ARROW;
  return next == CLAUSE || next == OWNER;
}

static bool at_last(TSLexer *lexer, State *state, const bool *valid) {
  if (emit_end(lexer, valid)) return true;
  if (lexer->eof(lexer)) return valid[MISSING_CLOSE] && close_block(lexer, state, MISSING_CLOSE);
  if (lexer->lookahead != '}') return false;
  advance(lexer);
  lexer->mark_end(lexer);
  if (valid[CLOSE]) return close_block(lexer, state, CLOSE);
  return valid[STRAY_CLOSE] && emit(lexer, STRAY_CLOSE);
}

static bool waits(const bool *valid) {
  for (enum Token token = END; token <= GAP; token++) {
    if (valid[token]) return true;
  }
  return false;
}

static bool comment(TSLexer *lexer) {
  advance(lexer);
  if (lexer->lookahead != '/') return false;
  advance(lexer);
  bool is_doc = lexer->lookahead == '/';
  skip_line(lexer);
  lexer->mark_end(lexer);
  return emit(lexer, is_doc ? DOC_COMMENT : COMMENT_LINE);
}

static bool scan_code(TSLexer *lexer, State *state, const bool *valid) {
  lexer->mark_end(lexer);
  if (state->cut && valid[MISSING_CLOSE]) return close_block(lexer, state, MISSING_CLOSE);
  while (is_blank(lexer->lookahead)) lexer->advance(lexer, true);
  if (lexer->lookahead == '\n' || lexer->lookahead == '/') {
    if (waits(valid)) return at_gap(lexer, state, valid);
    skip_space(lexer, &(Space){false, false});
  }
  int32_t c = lexer->lookahead;
  if (lexer->eof(lexer) || c == '}' || is_semicolon(c)) return at_last(lexer, state, valid);
  if (c == '/') return comment(lexer);
  if (valid[DONE] || valid[DONE_MOVE]) return !goes_on(lexer, valid) && emit_end(lexer, valid);
  if (c == '{') return valid[OPEN] && open_block(lexer, state);
  if (c == '(' || c == '[') return valid[OPEN_ROUND] && open_bracket(lexer, state);
  if (c == '"') return valid[STRING_START] && open_text(lexer, state);
  if (c != 0 || !valid[BAD_BRACKET]) return false;
  // tree-sitter's own lexer takes U+0000 for the end.
  advance(lexer);
  lexer->mark_end(lexer);
  return emit(lexer, BAD_BRACKET);
}

// ---- 7. What tree-sitter calls.

void *tree_sitter_funnel_external_scanner_create(void) { return calloc(1, sizeof(State)); }

void tree_sitter_funnel_external_scanner_destroy(void *payload) { free(payload); }

unsigned tree_sitter_funnel_external_scanner_serialize(void *payload, char *buffer) {
  const State *state = payload;
  buffer[0] = (char)(state->depth & 0xFF);
  buffer[1] = (char)(state->depth >> 8);
  buffer[2] = (char)state->opened;
  buffer[3] = (char)(state->broken | state->cut << 1 | state->whole_line << 2);
  return 4;
}

void tree_sitter_funnel_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  State *state = payload;
  *state = (State){0};
  if (length != 4) return;
  state->depth = (uint16_t)((unsigned char)buffer[0] | (unsigned char)buffer[1] << 8);
  state->opened = (unsigned char)buffer[2];
  state->broken = buffer[3] & 1;
  state->cut = buffer[3] & 2;
  state->whole_line = buffer[3] & 4;
}

bool tree_sitter_funnel_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  State *state = payload;
  if (valid[ERROR_SENTINEL]) return false;
  if (valid[OPEN_STRING_REST]) return rest_of_open_string(lexer, state);
  if (valid[PLACEHOLDER_NAME] || valid[PLACEHOLDER_FALLBACK] || valid[PLACEHOLDER_END]) return placeholder(lexer, valid);
  if (valid[STRING_END] || valid[TEXT_END]) return inside_text(lexer, valid[TEXT_END]);
  return scan_code(lexer, state, valid);
}
