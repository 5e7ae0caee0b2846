"""Small changes to a function that may make it right, likely ones first. `locate.py` tries them.

`mutate.py` makes right code wrong, and its list must stay as it is, because its survivors were
judged. Here the code is a learner's, the changes are undone after each trial, and the library's
version of the function tells which constants, calls and arguments may be missing.
"""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lessons.course.blank import is_docstring, number_kept
from lessons.course.mutate import COMPARE

OPERATORS = [ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow]
OPPOSITE = {ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}
ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
RELATED = """mean sum / max min amax amin / argmax argmin / maximum minimum / floor ceil round trunc
    zeros ones / zeros_like ones_like / softmax log_softmax / logsumexp sum / rand randn randint
    sin cos / eval train / all any / square abs sqrt / repeat repeat_interleave / var std / exp log
    median mean / argsort sort / cat stack / log log2 log10 / unique unique_consecutive / norm sum
    clone detach / view reshape"""
RELATED = [group.split() for line in RELATED.split("\n") for group in line.split("/")]
AROUND = """F.normalize(_, dim=1) | _.detach() | _.clone() | _.float() | -_ | _.T | _.abs()
    _.sqrt() | _.square() | _.exp() | _.log() | _.mean() | _.sum() | _.flatten(1) | _.clamp(min=0)
    _.clamp(min=1) | _[:, None] | _ + 1 | _ - 1 | 1 - _ | 2 * _ | _ / 2 | float(_) | int(_)
    _.item() | not _ | ~_"""
AROUND = [form.strip() for line in AROUND.split("\n") for form in line.split("|")]
OVERWRITING = ("copy_", "fill_", "zero_")
INFINITE = (float("inf"), float("-inf"))
MODULES = ("torch", "F", "nn", "math", "np", "self")
Replacement = tuple[int, str, ast.expr]  # rank, what is done, what stands there instead


@dataclass(frozen=True)
class Edit:
    """One change of a function's tree."""

    rank: int  # small ones are tried first
    line: int
    says: str  # the end of "the function is right …"
    fields: list[tuple[ast.AST, str, object]]  # node, name of its field, the new value

    @contextmanager
    def made(self) -> Iterator[None]:
        """Inside, the tree is changed; afterwards it is as before."""
        old = [(node, name, getattr(node, name)) for node, name, _ in self.fields]
        try:
            for node, name, value in self.fields:
                setattr(node, name, value)
            yield
        finally:
            for node, name, value in old:
                setattr(node, name, value)


class Words:
    """What the library's version of a function is made of."""

    def __init__(self, function: ast.FunctionDef):
        nodes = [n for part in function.body[number_kept(function) :] for n in ast.walk(part)]
        constants = [n.value for n in nodes if isinstance(n, ast.Constant)]
        self.numbers = unique(v for v in constants if type(v) in (int, float))
        self.strings = unique(v for v in constants if isinstance(v, str) and v.isidentifier())
        attributes = [n for n in nodes if isinstance(n, ast.Attribute)]
        self.attributes = unique(n.attr for n in attributes)
        self.values = unique(ast.unparse(n) for n in attributes if isinstance(n.value, ast.Name))
        calls = [n for n in nodes if isinstance(n, ast.Call)]
        self.keywords = unique((k.arg, ast.unparse(k.value)) for c in calls for k in c.keywords)
        around = [form for n in nodes for form in forms(n)]
        self.around = unique(form for form in around if len(form) < 60)


def unique(values) -> list:
    return list(dict.fromkeys(values))


def forms(node: ast.AST) -> Iterator[str]:
    """A call or operation of the library with `_` in place of what it works on.

    Whatever is next to `_` must not compute anything: it could be the whole answer.
    """
    if isinstance(node, ast.Call):
        is_method = isinstance(node.func, ast.Attribute) and not is_module(node.func.value)
        beside = [*node.args[0 if is_method else 1 :], *node.keywords]
        texts = [ast.unparse(one) for one in beside]
        if any(map(computes, beside)):
            return
        if is_method and node.func.attr not in OVERWRITING:
            yield f"_.{node.func.attr}({', '.join(texts)})"
        elif node.args and not is_method:
            yield f"{ast.unparse(node.func)}({', '.join(['_', *texts])})"
    elif isinstance(node, ast.BinOp):
        sign = sign_of(node.op)
        if is_simple(node.right):
            yield f"_ {sign} {ast.unparse(node.right)}"
        if isinstance(node.left, ast.Constant):
            yield f"{ast.unparse(node.left)} {sign} _"


def computes(node: ast.AST) -> bool:
    """Whether it calls anything but float, as in float("inf")."""
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
    return any(ast.unparse(one.func) != "float" for one in calls)


def is_simple(node: ast.expr) -> bool:
    return len([n for n in ast.walk(node) if isinstance(n, ast.expr)]) <= 2


def is_module(node: ast.expr) -> bool:
    text = ast.unparse(node)
    return text in MODULES or text.startswith("torch.")


def sign_of(op: ast.AST) -> str:
    """`+` for ast.Add, `<=` for ast.LtE."""
    a, b = ast.Name("a"), ast.Name("b")
    compared = isinstance(op, ast.cmpop)
    node = ast.Compare(a, [op], [b]) if compared else ast.BinOp(a, op, b)
    if isinstance(op, ast.boolop):
        node = ast.BoolOp(op, [a, b])
    return ast.unparse(node)[2:-2]


def edits(function: ast.FunctionDef, words: Words, known: set[str]) -> list[Edit]:
    """All changes of a function, likely ones first.

    Args:
        words: what the library's version is made of.
        known: the names that exist in the function's module.
    """
    body = function.body[int(is_docstring(function.body[0])) :]
    scope = names_in(function)
    found = []
    for parent, field, index, node in places(body, function):
        line = getattr(node, "lineno", function.lineno)
        inside = f" in `{short(parent)}`" if isinstance(parent, ast.expr | ast.keyword) else ""
        for rank, says, new in replacements(node, words, scope, known):
            says += inside if " in `" not in says else ""
            value = new
            if index is not None:
                value = list(getattr(parent, field))
                value[index] = new
            found.append(Edit(rank, line, says, [(parent, field, value)]))
    found += of_statements(function)
    return sorted(found, key=lambda edit: edit.rank)


def names_in(function: ast.FunctionDef) -> list[str]:
    """The parameters and variables of a function."""
    arguments = function.args
    names = [a.arg for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]]
    nodes = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    return unique(names + [n.id for n in nodes if isinstance(n.ctx, ast.Store)])


def places(body: list[ast.stmt], function: ast.FunctionDef) -> Iterator[tuple]:
    """Each expression of a function: its parent node, the field, the index, the expression."""
    left = [*body, function.args]
    while left:
        node = left.pop(0)
        for field, value in ast.iter_fields(node):
            several = isinstance(value, list)
            for i, one in enumerate(value if several else [value]):
                if isinstance(one, ast.Raise):  # what an error says is not tested
                    continue
                if isinstance(one, ast.AST) and field != "annotation":
                    left.append(one)
                    if isinstance(one, ast.expr):
                        yield node, field, i if several else None, one


def replacements(node, words: Words, scope: list[str], known: set[str]) -> Iterator[Replacement]:
    """What may stand in place of an expression."""
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del) or node is None:
        return
    text = short(node)
    if isinstance(node, ast.Constant):
        yield from of_constant(node, words)
        if node.value is not None:
            yield from others(node, "a variable", [*scope, *words.values], {*scope, *known})
    elif isinstance(node, ast.Call):
        yield from of_call(node, words, {*scope, *known})
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in COMPARE[type(node.ops[0])]:
            says = f"with another comparison in place of `{sign_of(node.ops[0])}` in `{text}`"
            yield 2, says, ast.Compare(node.left, [other()], node.comparators)
    elif isinstance(node, ast.BinOp | ast.BoolOp):
        yield from of_operation(node)
    elif isinstance(node, ast.UnaryOp | ast.IfExp):
        for part in [node.operand] if isinstance(node, ast.UnaryOp) else [node.body, node.orelse]:
            yield 1, f"with only a part of `{text}`", part
    elif isinstance(node, ast.Attribute):
        if node.attr in ("T", "mT"):
            yield 1, f"without `.{node.attr}` in `{text}`", node.value
        elif isinstance(node.value, ast.Name):
            for other in words.attributes:
                says = f"with another attribute of `{short(node.value)}` in place of `{node.attr}`"
                yield 2, says, ast.Attribute(node.value, other, ast.Load())
    elif isinstance(node, ast.Slice):
        yield from of_slice(node)
        return
    elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
        yield 1, f"with `{text}` in the other order", ast.Tuple(node.elts[::-1], ast.Load())
    elif isinstance(node, ast.Name):
        yield from others(node, "another variable", [*scope, *words.values], {*scope, *known})
        for value in words.numbers:
            yield 2, f"with a number in place of `{text}`", number(value)
    if isinstance(node, ast.BinOp | ast.Call | ast.UnaryOp):
        for part in parts(node, 3):
            if not (isinstance(part, ast.Name) and is_module(part)):
                yield 2, f"with only a part of `{text}`", part
    for rank, form in [*((4, f) for f in words.around), *((5, f) for f in AROUND)]:
        yield from put_around(form, rank, node, {*scope, *known})


def others(node: ast.expr, kind: str, texts: list[str], known: set[str]) -> Iterator[Replacement]:
    """Other variables and attributes, if they are known."""
    for text in unique(texts):
        tree = ast.parse(text, mode="eval").body
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        if names <= known and text != ast.unparse(node):
            yield 2, f"with {kind} in place of `{short(node)}`", tree


def parts(node: ast.expr, depth: int) -> Iterator[ast.expr]:
    """The expressions inside an expression, down to a depth, without its direct parts."""
    for child in ast.iter_child_nodes(node):
        for one in ast.iter_child_nodes(child):
            if isinstance(one, ast.expr) and not isinstance(one, ast.Constant):
                yield one
        if depth > 2:
            yield from parts(child, depth - 1)


def put_around(form: str, rank: int, node: ast.expr, known: set[str]) -> Iterator[Replacement]:
    """The expression put inside a call or operation, if all names in `form` are known."""
    try:
        tree = ast.parse(form, mode="eval").body
    except SyntaxError:
        return
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    if names - {"_"} <= known:
        yield rank, f"with {missing(tree, node)}", Fill(node).visit(tree)


def missing(form: ast.expr, node: ast.expr) -> str:
    """A call or operation that is missing around an expression, without its settings."""
    text = short(node)
    if isinstance(form, ast.Call):
        name = form.func.attr if isinstance(form.func, ast.Attribute) else ast.unparse(form.func)
        return f"a call of `{name}` around `{text}`"
    if isinstance(form, ast.BinOp):
        sides = [text if ast.unparse(side) == "_" else "…" for side in (form.left, form.right)]
        return f"`{sides[0]} {sign_of(form.op)} {sides[1]}` in place of `{text}`"
    if isinstance(form, ast.Attribute):
        return f"`.{form.attr}` after `{text}`"
    if isinstance(form, ast.Subscript):
        return f"one more dimension of `{text}`"
    return f"`{ast.unparse(form).replace('_', '').strip()}` before `{text}`"


class Fill(ast.NodeTransformer):
    """Puts an expression in place of the name `_`."""

    def __init__(self, node: ast.expr):
        self.node = node

    def visit_Name(self, name: ast.Name) -> ast.expr:
        return self.node if name.id == "_" else name


def of_constant(node: ast.Constant, words: Words) -> Iterator[Replacement]:
    value, near = node.value, []
    if isinstance(value, bool):
        near = [not value]
    elif isinstance(value, int):
        near = [value + 1, value - 1, *words.numbers, 0, 1, -1, 2, *INFINITE]
    elif isinstance(value, float):
        near = [*words.numbers, 2 * value, value / 2, 1 - value, 0.0, 1.0, *INFINITE]
        near += [1 / value] if value else []
    elif isinstance(value, str):
        near = words.strings
    elif value is None:
        near = [True]
    for other in unique(near):
        if other != value or type(other) is not type(value):
            yield 0, f"with another value in place of `{value!r}`", number(other)


def number(value) -> ast.expr:
    """A constant as it is written in a program, even an infinite one."""
    text = f'float("{value}")' if value in INFINITE else repr(value)
    return ast.parse(text, mode="eval").body


def of_call(node: ast.Call, words: Words, known: set[str]) -> Iterator[Replacement]:
    """The call left out or renamed; its arguments left out, exchanged, or with one more."""
    function, args, keywords, text = node.func, node.args, node.keywords, short(node)
    owner = function.value if isinstance(function, ast.Attribute) else None
    name = function.attr if owner else ast.unparse(function)
    if owner and not is_module(owner):
        yield 0, f"without `{name}` in `{text}`", owner
    elif args and not isinstance(args[0], ast.Starred):
        yield 0, f"without `{name}` in `{text}`", args[0]
    if owner:
        related = [word for group in RELATED if name in group for word in group]
        for rank, names in [(0, related), (2, words.attributes)]:
            for other in names:
                call = ast.Call(ast.Attribute(owner, other, ast.Load()), args, keywords)
                yield rank, f"with another function in place of `{name}` in `{text}`", call
    for i, keyword in enumerate(keywords):
        left = keywords[:i] + keywords[i + 1 :]
        yield 1, f"without the argument `{short(keyword)}`", ast.Call(function, args, left)
    if args:
        yield (
            1,
            f"without the argument `{short(args[-1])}`",
            ast.Call(function, args[:-1], keywords),
        )
    for i in range(len(args) - 1):
        swapped = [*args[:i], args[i + 1], args[i], *args[i + 2 :]]
        says = f"with the arguments of `{text}` in another order"
        yield 1, says, ast.Call(function, swapped, keywords)
    own = [("dim", "0"), ("dim", "1"), ("dim", "-1"), ("keepdim", "True"), ("correction", "0")]
    own += [("descending", "True"), ("largest", "False")]
    for key, value in unique([*words.keywords, *own]):
        tree = ast.parse(value, mode="eval").body
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        if key and key not in {one.arg for one in keywords} and names <= known:
            call = ast.Call(function, args, [*keywords, ast.keyword(key, tree)])
            yield 1, f"with an argument `{key}` in `{text}`", call
    for value in (0, 1, -1):
        call = ast.Call(function, [*args, number(value)], keywords)
        yield 1, f"with one more argument in `{text}`", call


def of_operation(node: ast.BinOp | ast.BoolOp) -> Iterator[Replacement]:
    """Only one side, another operator, or the sides exchanged."""
    text, op = short(node), type(node.op)
    sides = node.values if isinstance(node, ast.BoolOp) else [node.left, node.right]
    for side in sides:
        yield 1, f"with only a part of `{text}`", side
    says = f"with another operator in place of `{sign_of(node.op)}` in `{text}`"
    if isinstance(node, ast.BoolOp):
        yield 2, says, ast.BoolOp(OPPOSITE[op](), sides)
        return
    for other in [OPPOSITE[op]] if op in OPPOSITE else [o for o in OPERATORS if o is not op]:
        yield 2, says, ast.BinOp(node.left, other(), node.right)
    if op in ORDERED:
        says = f"with the sides of `{sign_of(node.op)}` exchanged in `{text}`"
        yield 1, says, ast.BinOp(node.right, node.op, node.left)


def of_slice(node: ast.Slice) -> Iterator[Replacement]:
    """The slice with other limits."""
    says = f"with other limits than `{short(node)}`"
    parts = {"lower": node.lower, "upper": node.upper, "step": node.step}
    for name, part in parts.items():
        if part is not None:
            near = [ast.BinOp(part, op, ast.Constant(1)) for op in (ast.Add(), ast.Sub())]
            for other in [None, *near]:
                yield 1, says, ast.Slice(**{**parts, name: other})


def of_statements(function: ast.FunctionDef) -> Iterator[Edit]:
    """Statements left out, exchanged, or at another indentation; conditions negated."""
    for owner in ast.walk(function):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(owner, field, None)
            if not isinstance(block, list) or not block or not isinstance(block[0], ast.stmt):
                continue
            for i, one in enumerate(block):
                if not is_docstring(one):
                    before, after = block[:i], block[i + 1 :]
                    for says, new in of_statement(one):
                        new = [
                            n if hasattr(n, "lineno") else ast.copy_location(n, one) for n in new
                        ]
                        value = [*before, *new, *after] or [ast.Pass()]
                        yield Edit(3, one.lineno, says, [(owner, field, value)])
                    yield from moved(owner, field, i)
    inside = ast.parse("with torch.no_grad():\n    pass").body[0]
    inside.body = function.body
    says = "if no gradient is recorded in it"
    yield Edit(3, function.lineno, says, [(function, "body", [inside])])


def of_statement(one: ast.stmt) -> Iterator[tuple[str, list[ast.stmt]]]:
    """What may stand in place of a statement."""
    if not isinstance(one, ast.Return):
        yield "without this statement", []
    if isinstance(one, ast.If):
        opposite = ast.If(ast.UnaryOp(ast.Not(), one.test), one.body, one.orelse)
        yield f"with the opposite of `{short(one.test)}`", [opposite]
        for part in (one.body, one.orelse):
            yield f"without the condition `{short(one.test)}`", part
    if isinstance(one, ast.With):
        yield f"without `with {short(one.items[0])}`", one.body
    if isinstance(one, ast.AugAssign):
        for other in OPERATORS[:4]:
            if not isinstance(one.op, other):
                says = f"with another operator in place of `{sign_of(one.op)}=`"
                yield says, [ast.AugAssign(one.target, other(), one.value)]
        if isinstance(one.target, ast.Name):
            value = ast.BinOp(ast.Name(one.target.id, ast.Load()), one.op, one.value)
            says = f"if `{one.target.id}` is not changed in place"
            yield says, [ast.Assign([one.target], value)]


def moved(owner: ast.AST, field: str, i: int) -> Iterator[Edit]:
    """A statement moved behind the next one, or into or out of the block before it."""
    block = getattr(owner, field)
    one, after = block[i], block[i + 1 :]
    if after:
        value = [*block[:i], after[0], one, *after[1:]]
        says = "with this statement after the next"
        yield Edit(3, one.lineno, says, [(owner, field, value)])
    if isinstance(one, ast.For | ast.While | ast.If | ast.With):
        if len(one.body) > 1:
            says = "with this statement indented less"
            outer = [*block[:i], one, one.body[-1], *after]
            fields = [(owner, field, outer), (one, "body", one.body[:-1])]
            yield Edit(3, one.body[-1].lineno, says, fields)
        if after:
            says = "with this statement indented more"
            fields = [(owner, field, [*block[: i + 1], *after[1:]])]
            fields += [(one, "body", [*one.body, after[0]])]
            yield Edit(3, after[0].lineno, says, fields)


def short(node: ast.AST, most: int = 48) -> str:
    """The text of a node, cut if it is long."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= most else text[: most - 2] + " …"
