"""Compares observations: what `observe.py` returns for a learner's function or a known mistake.

An observation is a dict of numbers, tensors, words, and dicts or tuples of them. Its leaves are
compared one by one. Some tell more than others: two functions that both give NaN have little in
common, while two that give the same seven wrong numbers are wrong in the same way.

Tensors become arrays, since one observation meets hundreds of others, and numpy is quicker than
torch with arrays as small as these.
"""

import math
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property, wraps
from types import FunctionType

import numpy as np
import torch
from torch import Tensor

RTOL = 1e-4  # two observations are equal within this, and differ beyond ten times this
TELLING = 2  # this many numbers that are not whole are no coincidence
WHOLE = 16  # nor are this many whole numbers
NUMBERS = int | float | np.ndarray | Tensor


class Later:
    """A yes or no in an observation. Finding it is slow, so it is found only when it is needed."""

    def __init__(self, find: Callable[[], bool]):
        self.find = find

    @cached_property
    def value(self) -> bool:
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            torch.default_generator.manual_seed(0)
            return self.find()


def equal(a, b, rtol: float = RTOL) -> bool:
    """Whether two observations are the same."""
    if a is None or b is None:
        return False
    if isinstance(a, Later) or isinstance(b, Later):
        return a is b or equal(now(a), now(b))
    if isinstance(a, dict) and isinstance(b, dict):
        if a.keys() != b.keys():
            return False
        return all(equal(x, y, rtol) for x, y in later_last((a[key], b[key]) for key in a))
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(equal(x, y, rtol) for x, y in zip(a, b, strict=True))
    if isinstance(a, bool | str) or isinstance(b, bool | str):
        return not any(isinstance(one, np.ndarray | Tensor) for one in (a, b)) and a == b
    if isinstance(a, int | float) and isinstance(b, int | float):
        both_nan = math.isnan(a) and math.isnan(b)
        return both_nan or math.isclose(a, b, rel_tol=rtol, abs_tol=1e-9)
    if isinstance(a, NUMBERS) and isinstance(b, NUMBERS):
        return equal_arrays(array(a), array(b), rtol)
    return a is b or (type(a) is type(b) and bool(a == b))


def now(value):
    """A leaf of an observation; if it was left for later, it is found now."""
    return value.value if isinstance(value, Later) else value


def later_last(pairs: Iterable[tuple]) -> list[tuple]:
    """Pairs of leaves, the slow ones last: most observations differ in an earlier one."""
    return sorted(pairs, key=lambda pair: Later in (type(pair[0]), type(pair[1])))


def equal_arrays(a: np.ndarray, b: np.ndarray, rtol: float) -> bool:
    """Whether all numbers are equal, within `rtol` times the largest finite number in b."""
    if a.shape != b.shape:
        return False
    same = a == b
    if same.all():
        return True
    finite = np.isfinite(b)
    nearest = rtol * np.abs(b[finite]).max(initial=0) + 1e-9
    with np.errstate(invalid="ignore"):  # inf - inf
        return bool((same | (np.abs(a - b) <= nearest) | (np.isnan(a) & np.isnan(b))).all())


def array(number) -> np.ndarray:
    """A number or a tensor of any kind as an array in double precision."""
    if isinstance(number, Tensor):
        return number.detach().double().numpy(force=True)
    return np.asarray(number, float)


def as_arrays(seen, leave: bool = False):
    """An observation with arrays in place of its tensors. `leave` keeps each `Later` as it is."""
    if isinstance(seen, dict):
        return {key: as_arrays(value, leave) for key, value in seen.items()}
    if isinstance(seen, tuple | list):
        return tuple(as_arrays(value, leave) for value in seen)
    if isinstance(seen, Tensor):
        return array(seen)
    return seen if leave else now(seen)


def leaves(seen, path: tuple = ()) -> dict[tuple, object]:
    """The single values of an observation, by the keys that lead to them."""
    if isinstance(seen, dict):
        parts = [(*path, key) for key in seen], seen.values()
    elif isinstance(seen, tuple | list):
        parts = [(*path, i) for i in range(len(seen))], seen
    else:
        return {path: seen}
    found = {(*path, "length"): len(seen)}
    for inner, value in zip(*parts, strict=True):
        found |= leaves(value, inner)
    return found


def differing(wrong, right) -> Iterator[tuple]:
    """The pairs (wrong, right) of leaves that differ; None stands for a leaf that one lacks."""
    a, b = leaves(wrong), leaves(right)
    for x, y in later_last((a.get(key), b.get(key)) for key in {**b, **a}):
        if not equal(x, y, 10 * RTOL):
            yield now(x), now(y)


def is_proper(value, right) -> bool:
    """Whether a leaf holds a result: not None, and no inf or NaN where the right one is finite."""
    if value is None:
        return False
    if isinstance(value, NUMBERS):
        finite = np.isfinite(array(value))
        if isinstance(right, NUMBERS):
            other = np.isfinite(array(right))
            if finite.shape == other.shape:
                finite = finite | ~other
        return bool(finite.all())
    return True


def is_evidence(wrong, right) -> bool:
    """Whether a wrong observation holds a result that differs from the right one."""
    return any(is_proper(x, y) for x, y in differing(wrong, right))


def is_telling(wrong, right) -> bool:
    """Whether a wrong observation has numbers that no other one would have by chance."""
    broken, whole = set(), 0
    for x, y in differing(wrong, right):
        if isinstance(x, bool | str) or not is_proper(x, y):
            continue
        numbers = array(x).ravel()
        numbers = numbers[np.isfinite(numbers)]
        broken |= {round(n, 9) for n in numbers.tolist() if abs(n - round(n)) > 1e-6}
        if not isinstance(x, int | float) and len(set(numbers.tolist())) > 1:
            whole += len(numbers)
        if len(broken) >= TELLING or whole >= WHOLE:
            return True
    return False


def tried(f, *args, **settings):
    """For an observer: what f returns, or the first line of the error that it raises."""
    try:
        return f(*args, **settings)
    except Exception as error:
        return in_words(error)


def in_words(error: Exception) -> str:
    """The first line of an error. Raises it again if a function is not written yet."""
    said = (str(error).splitlines() or [""])[0]
    if isinstance(error, NotImplementedError) and said.startswith("lesson "):
        raise error
    return f"{type(error).__name__}: {said}"[:200]


def told(look):
    """An observer that returns an error instead of raising it.

    If the observer cannot use what the learner's function returned, it returns that value as well:
    the error alone says little, since very different values lead to it.
    """

    @wraps(look)
    def safe(module) -> dict | None:
        returned = []
        with noting(module, look.__name__, returned):
            try:
                return look(module)
            except Exception as error:
                frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
                if any(frame.f_globals is vars(module) for frame in frames):
                    return {"error": in_words(error)}
                return {"error": in_words(error), "returned": snapshot(returned)}

    return safe


@contextmanager
def noting(module, name: str, returned: list):
    """Keep in `returned` what a function returned last; the observer of Class.f is Class_f."""
    owner = module
    while not hasattr(owner, name) and "_" in name:
        first, _, name = name.partition("_")
        owner = getattr(owner, first, owner)
    function = vars(owner).get(name)
    if not isinstance(function, FunctionType):  # a learner has not written it
        yield
        return

    @wraps(function)
    def noted(*args, **settings):
        returned[:] = [function(*args, **settings)]
        return returned[0]

    setattr(owner, name, noted)
    try:
        yield
    finally:
        setattr(owner, name, function)


def snapshot(value):
    """A value as evidence: its numbers, or the names of its types."""
    if isinstance(value, tuple | list):
        return tuple(snapshot(one) for one in value)
    if isinstance(value, Tensor):
        return value.detach().clone()
    return value if isinstance(value, bool | int | float | str) else type(value).__name__


def refuses(f, *args) -> str:
    """For an observer: the name of the error by which f refuses a call, or "nothing"."""
    try:
        f(*args)
    except Exception as error:
        return type(error).__name__
    return "nothing"
