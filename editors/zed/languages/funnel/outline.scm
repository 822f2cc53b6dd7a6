((statement
  key: (word) @context
  .
  (word) @name
  (block)) @item
  ; words: named
  (#any-of? @context "project" "team" "source" "consent" "type" "props" "prop" "event" "variant" "channel" "campaign" "segment" "antisegment" "persona" "score" "kpi" "goal" "funnel" "stage" "offer" "program" "tier" "survey" "holidays" "sequence" "email" "sms" "whatsapp" "push" "call" "post" "task" "split" "experiment" "competitor" "audit" "dashboard" "group" "model" "make"))
