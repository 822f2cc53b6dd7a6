; What stands where, by the place of a word and by the compiler's table of kinds. The line below each mark of a list is
; written by the tests. Of two patterns that fit, the later one holds.

(comment) @comment
(doc_comment) @comment.documentation
((comment) @keyword.directive
  (#match? @keyword.directive "^// *funnelc:"))

; ---- Words

(word) @variable

((word) @constant.builtin
  ; words: values
  (#any-of? @constant.builtin "above" "absolute" "accounts" "all" "always" "apr" "attribution" "aug" "behaviour" "behavioural" "below" "best_price" "best_product" "bottom" "buyer" "campaign" "channel" "consent" "contact" "country" "daily" "day" "dec" "decay" "decision_maker" "demographic" "deprecated" "device" "differentiation" "direct" "drop" "earned" "entries" "event" "feb" "financial" "firmographic" "first" "flywheel" "focus" "friday" "gatekeeper" "group" "health" "high" "hold" "hourglass" "identify" "identity" "indirect" "influencer" "information" "inverted" "jan" "jul" "jun" "language" "last" "last_non_direct" "latest" "legitimate_interest" "linear" "live" "location" "low" "loyalty" "mar" "may" "medium" "middle" "missing" "monday" "month" "monthly" "needs" "never" "no" "nov" "oct" "offline" "only" "organic" "owned" "page" "paid" "partial" "partner" "people" "planned" "position" "potential" "problem" "product" "project" "quarterly" "recipient" "reentry" "referral" "relative" "required" "saturday" "screen" "segment" "sensitive" "sent" "sep" "service" "skip" "soft_opt_in" "spend" "stage" "standard" "status" "substitute" "sunday" "survey" "technographic" "thursday" "top" "track" "transactional" "trust" "tuesday" "unique" "user" "value" "wednesday" "week" "weekly" "yearly" "yes"))

((word) @keyword.modifier
  ; words: clauses
  (#any-of? @keyword.modifier "after" "as" "between" "by" "deprecated" "during" "else" "every" "for" "from" "in" "length" "lookback" "margin" "matching" "named" "of" "on" "owner" "per" "pii" "prefer" "purpose" "rate" "scale" "score" "split" "target" "to" "trait" "unit" "up_to" "use" "was" "when" "where" "within"))

((word) @type.builtin
  ; words: types
  (#any-of? @type.builtin "string" "integer" "number" "bool" "money" "percent" "duration" "date" "datetime" "time" "url" "email" "uuid" "country" "currency" "language" "any"))

((word) @function.builtin
  .
  (parentheses)
  ; words: functions
  (#any-of? @function.builtin "people" "entries" "visits" "count" "sum" "avg" "median" "p" "rate" "direct" "time" "laps" "spend" "impressions" "clicks" "retained" "churned" "answers"))

((word) @constant
  (#match? @constant "^[A-Z][A-Z][A-Z]$"))

((word) @module
  (#match? @module "^std[.]"))

(joiner) @keyword.operator
((word) @keyword.operator
  (#any-of? @keyword.operator "not" "in" "did" "no"))

((word) @boolean
  (#any-of? @boolean "true" "false"))

; ---- Statements begin with a kind, a field, or a word of one's own

(statement key: (word) @property)

(statement key: (word) @property.builtin
  ; words: fields
  (#any-of? @property.builtin "again" "aims_for" "alert" "answered" "ask_on" "asks" "assigned" "attribution" "audience" "basis" "benefit" "between" "brings" "budget" "by" "cap" "channel" "channels" "choices" "code" "cohort" "comment" "confidence" "content" "converts" "cost" "count" "counts" "cta" "currency" "cycle" "decay" "demand" "detects" "edition" "enter" "events" "example" "exclude" "experiment" "fact" "feels" "finding" "from" "funnel" "given" "goal" "goals" "guards" "holdout" "identity" "image" "influencers" "influences" "informs" "keep" "key" "kind" "kpi" "kpis" "label" "languages" "lead" "lead_time" "margin" "match" "mature" "measures" "members" "milestone" "minimum" "moves" "named" "needs" "net" "next" "not_on" "not_to" "objections" "of" "offer" "on" "once" "once_per" "open" "optional" "order" "over" "owner" "pains" "pause_while" "per" "points" "positioning" "power" "preview" "price" "question" "quiet" "rates" "retention" "review" "says" "scale" "season" "sells" "sells_to" "sent_by" "sequence" "severity" "size" "spend" "stacks" "start" "status" "stop" "strategy" "strengths" "subject" "target" "text" "time" "timezone" "tools" "touches" "traits" "trusts" "undone" "url" "usp" "utm_campaign" "utm_content" "utm_medium" "utm_source" "valid" "value" "variants" "vendor" "via" "was" "weaknesses" "week" "when" "where" "window" "with" "withdrawn" "worth"))

(statement key: (word) @keyword
  ; words: kinds
  (#any-of? @keyword "project" "brief" "use" "team" "source" "measure" "consent" "traits" "type" "props" "prop" "event" "variant" "channel" "campaign" "segment" "antisegment" "persona" "score" "kpi" "goal" "funnel" "stage" "handover" "offer" "program" "tier" "survey" "sending" "holidays" "sequence" "email" "sms" "whatsapp" "push" "call" "post" "task" "wait" "when" "then" "else" "split" "nothing" "experiment" "competitor" "audit" "dashboard" "group" "model" "make"))

; What a `use` brings in are names.
((statement
  key: (word) @_use
  (block
    (statement
      key: (word) @variable)))
  (#eq? @_use "use"))

"handover" @keyword

; The name after a kind.
((statement key: (word) @_kind . (word) @type)
  ; words: named
  (#any-of? @_kind "project" "team" "source" "consent" "type" "props" "prop" "event" "variant" "channel" "campaign" "segment" "antisegment" "persona" "score" "kpi" "goal" "funnel" "stage" "offer" "program" "tier" "survey" "holidays" "sequence" "email" "sms" "whatsapp" "push" "call" "post" "task" "split" "experiment" "competitor" "audit" "dashboard" "group" "model" "make"))

(transition from: (word) @type)

; ---- The rest

(number) @number

(string) @string
(text) @string
(escape_sequence) @string.escape
((string_content) @string.special.url
  (#match? @string.special.url "^https?://"))
(placeholder ["{{" "|" "}}"] @punctuation.special)
(placeholder_name) @variable.parameter

(operator) @operator
((operator) @punctuation.delimiter
  (#any-of? @punctuation.delimiter "," "،" ":"))
[";" "؛"] @punctuation.delimiter
["{" "}" "(" ")" "[" "]"] @punctuation.bracket

; The class after a colon.
((statement (operator) @_colon . (word) @type.builtin)
  (#eq? @_colon ":"))

[(bad) (stray) (open_string)] @error
