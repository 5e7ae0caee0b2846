"""Makes mutants: versions of a function that differ from it in one small place.

A catalogue written by hand holds only what its authors thought of. Mutants come from the tree of
the code: each operator below changes one node, wherever it fits.
"""

import ast
import copy
import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from lessons.course.blank import find_function, is_docstring, lines_of, number_kept

COMPARE = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
ARITHMETIC = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Div, ast.Mod],
    ast.Mod: [ast.FloorDiv],
    ast.Pow: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
}
NAMES = {  # functions and methods that are easily confused
    "mean": ["sum"],
    "sum": ["mean"],
    "max": ["min"],
    "min": ["max"],
    "amax": ["amin"],
    "amin": ["amax"],
    "argmax": ["argmin"],
    "argmin": ["argmax"],
    "maximum": ["minimum"],
    "floor": ["ceil", "round"],
    "zeros": ["ones"],
    "ones": ["zeros"],
    "zeros_like": ["ones_like"],
    "ones_like": ["zeros_like"],
    "softmax": ["log_softmax"],
    "log_softmax": ["softmax"],
    "logsumexp": ["sum"],
    "rand": ["randn"],
    "randn": ["rand"],
    "sin": ["cos"],
    "cos": ["sin"],
    "eval": ["train"],
    "train": ["eval"],
    "all": ["any"],
    "any": ["all"],
    "square": ["abs"],
    "repeat": ["repeat_interleave"],
    "repeat_interleave": ["repeat"],
}


@dataclass(frozen=True)
class Mutant:
    function: str
    id: str  # a hash of the mutant's code: it changes only with the function's code
    change: str  # the changed lines, old and new, on one line
    source: str  # the whole module


def mutants(source: str, functions: list[str]) -> list[Mutant]:
    """All mutants of some functions of a module, in the order of the functions."""
    found = {}
    for name in functions:
        node = find_function(ast.parse(source), name)
        first, last = lines_of(node)
        lines = source.splitlines(keepends=True)
        old = ast.unparse(node)
        for changed in changes(node):
            new = ast.unparse(changed)
            if new == old:
                continue
            # a docstring may be reworded, and the judgements stay
            id = hashlib.sha1(f"{name}\n{code_of(changed)}".encode()).hexdigest()[:8]
            indent = " " * node.col_offset
            text = "".join(f"{indent}{line}\n" if line else "\n" for line in new.split("\n"))
            whole = "".join(lines[: first - 1]) + text + "".join(lines[last:])
            found.setdefault(id, Mutant(name, id, one_line(old, new), whole))
    return list(found.values())


def code_of(function: ast.FunctionDef) -> str:
    """A function's text without its docstring."""
    bare = copy.copy(function)
    bare.body = function.body[is_docstring(function.body[0]) :] or [ast.Pass()]
    return ast.unparse(bare)


def one_line(old: str, new: str) -> str:
    """The difference of two texts as `old lines  →  new lines`."""
    rows = list(difflib.ndiff(old.split("\n"), new.split("\n")))
    parts = [[row[2:].strip() for row in rows if row[0] == sign] for sign in "-+"]
    texts = [" ¶ ".join(part) or "(nothing)" for part in parts]
    return " → ".join(texts) if texts[0] != texts[1] else f"moved: {texts[0]}"


def changes(function: ast.FunctionDef) -> Iterator[ast.FunctionDef]:
    """Copies of a function with one change each. What a blank keeps stays as it is."""
    kept = number_kept(function)
    body = ast.Module(function.body[kept:], [])
    words = [part for one in ast.walk(body) if isinstance(one, ast.Raise) for part in ast.walk(one)]
    for place, node in enumerate(list(ast.walk(body))):
        if any(node is word for word in words):  # what an error says is not tested
            continue
        for number in range(len(list(variants(node, function)))):
            changed = copy.deepcopy(function)
            spot = nth(ast.Module(changed.body[kept:], []), place)
            replacement = list(variants(spot, changed))[number]
            if isinstance(spot, ast.stmt):
                swap_statement(changed, spot, replacement, kept)
            else:
                changed = Swap(spot, replacement).visit(changed)
            if len(changed.body) > int(kept > 0) or kept == 0 and changed.body:
                yield ast.fix_missing_locations(changed)
    yield from orders(function, kept)
    yield from early_returns(function, kept)
    for i in range(len(function.decorator_list)):
        if ast.unparse(function.decorator_list[i]).startswith("torch"):
            changed = copy.deepcopy(function)
            del changed.decorator_list[i]
            yield changed


def nth(tree: ast.AST, place: int) -> ast.AST:
    return next(node for i, node in enumerate(ast.walk(tree)) if i == place)


class Swap(ast.NodeTransformer):
    """Replaces one expression with another."""

    def __init__(self, old: ast.AST, new: ast.AST):
        self.old, self.new = old, new

    def visit(self, node):
        return self.new if node is self.old else self.generic_visit(node)


def swap_statement(function, old: ast.stmt, new: list[ast.stmt], kept: int) -> None:
    """Replace a statement with others; a body left empty gets `pass`."""
    for node in ast.walk(function):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and any(one is old for one in block):
                i = next(i for i, one in enumerate(block) if one is old)
                block[i : i + 1] = new
                if field == "body" and not block:
                    block.append(ast.Pass())
                return


def variants(node: ast.AST, function: ast.FunctionDef) -> Iterator:
    """What may stand in a node's place: expressions, or lists of statements."""
    if isinstance(node, ast.stmt):
        yield from of_statement(node, function)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in COMPARE.get(type(node.ops[0]), []):
            yield ast.Compare(node.left, [other()], node.comparators)
    elif isinstance(node, ast.BinOp):
        for other in ARITHMETIC.get(type(node.op), []):
            yield ast.BinOp(node.left, other(), node.right)
        if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.FloorDiv | ast.Pow):
            yield ast.BinOp(node.right, node.op, node.left)
        if isinstance(node.op, ast.Mult | ast.Add | ast.Sub | ast.Div | ast.Pow | ast.BitAnd):
            yield node.left
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        yield from node.values
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.Constant):
        yield from of_constant(node)
    elif isinstance(node, ast.Call):
        yield from of_call(node)
    elif isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield node.value
    elif isinstance(node, ast.Slice) and (node.lower or node.upper or node.step):
        yield ast.Slice()
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from of_name(node, function)


def of_constant(node: ast.Constant) -> Iterator[ast.expr]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield from (ast.Constant(value + 1), ast.Constant(value - 1))
    elif isinstance(value, float):
        yield ast.Constant(2 * value if value else 1.0)


def of_call(node: ast.Call) -> Iterator[ast.expr]:
    """The call left out or renamed, or its arguments left out or exchanged."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    is_module = isinstance(owner, ast.Name) and owner.id in ("torch", "F", "nn", "math", "self")
    if owner is not None and not is_module and not ast.unparse(owner).startswith("torch."):
        yield owner
    elif len(node.args) >= 1 and not ast.unparse(node.func).startswith("self."):
        yield node.args[0]
    if isinstance(node.func, ast.Attribute):
        for other in NAMES.get(node.func.attr, []):
            yield ast.Call(ast.Attribute(owner, other, ast.Load()), node.args, node.keywords)
    for i in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, node.keywords[:i] + node.keywords[i + 1 :])
    for i in range(len(node.args) - 1):
        swapped = [*node.args]
        swapped[i], swapped[i + 1] = swapped[i + 1], swapped[i]
        yield ast.Call(node.func, swapped, node.keywords)
    if len(node.args) >= 2 and not isinstance(node.args[-1], ast.Starred):
        yield ast.Call(node.func, node.args[:-1], node.keywords)


def of_name(node: ast.Name, function: ast.FunctionDef) -> Iterator[ast.expr]:
    """Another parameter of the same kind."""
    kinds = {one.arg: ast.unparse(one.annotation) for one in function.args.args if one.annotation}
    same = [name for name, kind in kinds.items() if kind == kinds.get(node.id)]
    if len(same) > 1:
        yield ast.Name(same[(same.index(node.id) + 1) % len(same)], ast.Load())


def of_statement(node: ast.stmt, function: ast.FunctionDef) -> Iterator[list[ast.stmt]]:
    if isinstance(node, ast.Expr | ast.AugAssign):
        yield []
    if isinstance(node, ast.AugAssign):
        for other in ARITHMETIC.get(type(node.op), []):
            yield [ast.AugAssign(node.target, other(), node.value)]
    if isinstance(node, ast.Assign) and (
        not isinstance(node.targets[0], ast.Name) or assigned_before(node, function)
    ):
        yield []
    if isinstance(node, ast.If):
        yield [ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)]
        yield node.body
        yield node.orelse
    if isinstance(node, ast.With):
        yield node.body
    if isinstance(node, ast.Try):
        yield node.body + node.finalbody
        yield node.body
    if isinstance(node, ast.For):
        yield []
    if isinstance(node, ast.Break | ast.Continue):
        yield [ast.Pass()]


def assigned_before(node: ast.Assign, function: ast.FunctionDef) -> bool:
    """Whether the name is a parameter, or has a value from an earlier line."""
    name = node.targets[0].id
    if name in {one.arg for one in function.args.args}:
        return True
    earlier = [one for one in ast.walk(function) if isinstance(one, ast.Name) and one.id == name]
    return any(isinstance(one.ctx, ast.Store) and one.lineno < node.lineno for one in earlier)


def orders(function: ast.FunctionDef, kept: int) -> Iterator[ast.FunctionDef]:
    """Two neighbouring statements in reverse order."""
    for i in range(kept, len(function.body) - 2):
        changed = copy.deepcopy(function)
        changed.body[i], changed.body[i + 1] = changed.body[i + 1], changed.body[i]
        yield changed


def early_returns(function: ast.FunctionDef, kept: int) -> Iterator[ast.FunctionDef]:
    """The value of a name is returned as soon as it is set."""
    for i in range(kept, len(function.body) - 1):
        one = function.body[i]
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
            changed = copy.deepcopy(function)
            changed.body[i + 1 :] = [ast.Return(ast.Name(one.targets[0].id, ast.Load()))]
            yield ast.fix_missing_locations(changed)
