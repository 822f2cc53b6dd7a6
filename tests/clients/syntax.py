"""Reads files of Swift by its grammar, tree-sitter-swift, and says where they break it. It is no compiler.

Usage: syntax.py FILE...
"""

import pathlib
import sys

import tree_sitter
import tree_sitter_swift

parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_swift.language()))


def faults(node: tree_sitter.Node) -> list[tree_sitter.Node]:
    """What is not in the grammar, or is missing."""
    if node.is_error or node.is_missing:
        return [node]
    return [fault for child in node.children for fault in faults(child)] if node.has_error else []


if not parser.parse(b"func f( {").root_node.has_error:
    sys.exit("the grammar takes anything")
wrong = 0
for path in sys.argv[1:]:
    text = pathlib.Path(path).read_bytes()
    for fault in faults(parser.parse(text).root_node):
        wrong += 1
        print(f"{path}:{fault.start_point.row + 1}: {text[fault.start_byte:fault.end_byte][:200].decode(errors='replace')}")
sys.exit(wrong > 0 or len(sys.argv) < 2)
