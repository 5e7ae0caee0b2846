"""Makes the learner's file from the library's: the same module without the taught bodies.

A taught function keeps its docstring, its leading guards and the full-line comments at the level of
its body. One `raise NotImplementedError` replaces the rest.
"""

import ast
import sys
from functools import lru_cache

from lessons.course.manifest import Lesson, find


@lru_cache(64)
def tree_of(source: str) -> ast.Module:
    """The tree of a text, parsed once because the proofs ask for it often. Never change it."""
    return ast.parse(source)


def find_function(tree: ast.Module, name: str) -> ast.FunctionDef:
    """The node of `f` or of `Class.f`."""
    node = tree
    for part in name.split("."):
        inside = [
            child
            for child in node.body
            if isinstance(child, ast.FunctionDef | ast.ClassDef) and child.name == part
        ]
        if len(inside) != 1:
            raise LookupError(f"{len(inside)} definitions of {name}; there must be one")
        node = inside[0]
    if not isinstance(node, ast.FunctionDef):
        raise LookupError(f"{name} is a class; list its methods")
    return node


def lines_of(node: ast.AST) -> tuple[int, int]:
    """The first and last line of a definition with its decorators, counted from 1."""
    first = min([node.lineno] + [mark.lineno for mark in node.decorator_list])
    return first, node.end_lineno


def make_blank(source: str, number: int, functions: list[str]) -> str:
    """The source without the bodies of `functions`."""
    lines = source.splitlines()
    tree = tree_of(source)
    nodes = [(find_function(tree, name), name) for name in functions]
    for node, name in sorted(nodes, key=lambda pair: -pair[0].lineno):
        kept = number_kept(node)
        start = node.body[0].lineno
        if start == node.lineno:
            raise ValueError(f"{name} is written on one line; give its body a line of its own")
        if kept:
            start = node.body[kept - 1].end_lineno + 1
        else:
            while lines[start - 2].lstrip().startswith("#"):
                start -= 1
        inside = set()  # lines of the removed statements; comments inside them go too
        for statement in node.body[kept:]:
            inside.update(range(statement.lineno, statement.end_lineno + 1))
        indent = " " * node.body[0].col_offset
        steps = [
            lines[i - 1]
            for i in range(start, node.end_lineno + 1)
            if i not in inside and lines[i - 1].startswith(indent + "#")
        ]
        stop = f'{indent}raise NotImplementedError("lesson {number}: write {name}")'
        lines[start - 1 : node.end_lineno] = [*steps, stop]
    return "\n".join(lines) + "\n"


def number_kept(node: ast.FunctionDef) -> int:
    """How many of the first statements stay: the docstring and the guards after it."""
    kept = int(is_docstring(node.body[0]))
    while kept < len(node.body) and is_guard(node.body[kept]):
        kept += 1
    return kept


def is_docstring(statement: ast.stmt) -> bool:
    value = getattr(statement, "value", None)
    return isinstance(statement, ast.Expr) and isinstance(value, ast.Constant)


def is_guard(statement: ast.stmt) -> bool:
    """Whether a statement is `if …: raise`, or calls something whose name starts with `check`."""
    if isinstance(statement, ast.If):
        return not statement.orelse and all(isinstance(s, ast.Raise) for s in statement.body)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        name = ast.unparse(statement.value.func).rpartition(".")[2]
        return name.lstrip("_").startswith("check")
    return False


def blank(lesson: Lesson, module: str) -> str:
    """The blank of one module, made from today's library."""
    source = lesson.library_file(module).read_text("utf-8")
    return make_blank(source, lesson.number, lesson.write[module])


if __name__ == "__main__":
    lesson = find(sys.argv[1])
    for module in lesson.write:
        print(blank(lesson, module), end="")
