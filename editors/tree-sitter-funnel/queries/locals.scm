; Names hold for the whole project; within one file that is the file.
(source_file) @local.scope

((statement key: (word) @_kind . (word) @local.definition)
  ; words: named
  (#any-of? @_kind "project" "team" "source" "consent" "type" "props" "prop" "event" "variant" "channel" "campaign" "segment" "antisegment" "persona" "score" "kpi" "goal" "funnel" "stage" "offer" "program" "tier" "survey" "holidays" "sequence" "email" "sms" "whatsapp" "push" "call" "post" "task" "split" "experiment" "competitor" "audit" "dashboard" "group" "model" "make"))

(word) @local.reference
