; In the words of Neovim; other editors have theirs in their folders.
[
  (block)
  (parentheses)
  (brackets)
] @indent.begin

["}" ")" "]"] @indent.branch @indent.end

(text) @indent.ignore
