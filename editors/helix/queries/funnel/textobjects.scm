(block) @class.inside
(statement (block)) @class.around
(transition) @entry.around
[(comment) (doc_comment)] @comment.inside
[(comment) (doc_comment)]+ @comment.around
