; The pattern that a property has to match.
((word) @_matching
  .
  (string (string_content) @injection.content)
  (#eq? @_matching "matching")
  (#set! injection.language "regex")
  (#set! injection.combined))

([(comment) (doc_comment)] @injection.content
  (#set! injection.language "comment"))
