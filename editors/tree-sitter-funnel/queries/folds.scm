[
  (block)
  (text)
  (parentheses)
  (brackets)
] @fold
