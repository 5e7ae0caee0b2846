"""Names two mistakes that were made at once in one function.

The function's results then match neither mistake alone. So two known mistakes are put into the
library's version together, and they are named only if the observer gets the learner's results from
this version. The rules of `diagnosis.py` hold here too. In addition, the failing tests must be
those that reject one mistake or the other. If two equally likely pairs give the learner's results,
they are named only if they share a mistake.
"""

import time
from itertools import combinations

from lessons.course.diagnosis import MOST, Diagnosis, agree, execute, is_aside, killers, observe
from lessons.course.evidence import RTOL, equal, is_telling, leaves
from lessons.course.mistakes import Mistake, mistakes_in

ERROR = {"error", "returned"}  # what is seen if an error is raised: too little to name two
SECONDS = 2  # CPU time for all functions of a lesson


class Pairs:
    """Looks for pairs of mistakes in functions whose results are those of no single mistake."""

    def __init__(self, diagnosis: Diagnosis, outcomes: dict[str, str], seconds: float = SECONDS):
        """`outcomes` holds the outcome of each test that has run."""
        self.diagnosis, self.lesson = diagnosis, diagnosis.lesson
        self.passed = {name for name, outcome in outcomes.items() if outcome == "passed"}
        self.failed = {name for name, outcome in outcomes.items() if outcome == "failed"}
        self.known = killers(self.lesson.folder)
        self.end = time.process_time() + seconds

    def of(self, function: str) -> str:
        """The sentence about two mistakes in a function, or nothing."""
        seen = self.diagnosis.alone(function)
        if not seen or seen.keys() <= ERROR or self.diagnosis.is_right(function):
            return ""
        found = []
        for pairs in self.candidates(function):
            for pair in pairs if not found else []:
                if time.process_time() > self.end or len(found) > MOST:
                    return ""  # another one might have the same results
                if self.gives_the_results(function, pair):
                    found.append(pair)
        return sentence(found) if len(found) <= MOST else ""

    def candidates(self, function: str) -> tuple[list, list]:
        """The pairs that account for every failing test and every wrong result.

        Most mistakes change results independently of each other. The first list has the pairs that
        seem to do so: wherever only one of the two changes a result, the learner's result is the
        same as with that mistake. The second list has the other pairs.
        """
        own_failed = self.failed & self.lesson.tests_of(function)
        listed = mistakes_in(self.lesson.folder, function)
        listed = [one for one in listed if one.id in self.known]
        listed = [one for one in listed if self.passed.isdisjoint(self.known[one.id])]
        alone = self.diagnosis.alone(function)
        seen, values = self.differing(function, alone), leaves(alone)
        changed, agreed = {}, {}  # by mistake: results it changes, and those it shares
        for one in listed:
            theirs = self.diagnosis.theirs(function, one)
            found = leaves(theirs or {})
            changed[one.id] = self.differing(function, theirs)
            agreed[one.id] = {p for p in changed[one.id] if equal(found.get(p), values.get(p))}
        likely, others = [], []
        for a, b in combinations(listed, 2):
            rejecting = {test for one in (a, b) for test in (*self.known[one.id], *one.unsure)}
            if own_failed <= rejecting and seen <= changed[a.id] | changed[b.id]:
                apart = [changed[x.id] - changed[y.id] - agreed[x.id] for x, y in [(a, b), (b, a)]]
                (others if any(apart) else likely).append((a, b))
        return likely, others

    def differing(self, function: str, seen: dict | None) -> set[tuple]:
        """The paths of the results that differ from the library's, except in special cases."""
        right, values = leaves(self.diagnosis.right(function)), leaves(seen or {})
        paths = [path for path in {**right, **values} if not path or not is_aside(path[0])]
        return {p for p in paths if not equal(values.get(p), right.get(p), 10 * RTOL)}

    def gives_the_results(self, function: str, pair: tuple[Mistake, Mistake]) -> bool:
        """Whether two mistakes together give the learner's results.

        If these hold nothing but yes, no, errors and small whole numbers, many other versions have
        them too. So the tests must agree as well, and each mistake must show where the other one
        changes nothing.
        """
        module = self.lesson.module_of(function)
        text = together(self.diagnosis.source[module], *pair)
        theirs = text and observe(self.lesson, function, execute(self.lesson, module, text))
        if not theirs:
            return False
        right, seen = self.diagnosis.right(function), self.diagnosis.alone(function)
        if not agree(seen, theirs, right):
            return False
        singles = [self.diagnosis.theirs(function, one) for one in pair]
        if any(agree(seen, single, right) for single in singles if single):
            return False  # nothing shows that the other mistake was made too
        if is_telling(theirs, right):
            return True
        a, b = (self.differing(function, single) for single in singles)
        return bool(a - b and b - a) and self.tests_agree(function, pair)

    def tests_agree(self, function: str, pair: tuple[Mistake, Mistake]) -> bool:
        """Whether the failing tests of a function are exactly those that reject either mistake."""
        own = self.lesson.tests_of(function) - {test for one in pair for test in one.unsure}
        return self.failed & own == {test for one in pair for test in self.known[one.id]} & own


def sentence(found: list[tuple[Mistake, Mistake]]) -> str:
    """Names one pair; or, of two pairs, the mistake that they share and the two alternatives."""
    shared = [one for one in found[0] if one in found[-1]] if found else []
    if not shared:
        return ""
    others = [one for pair in found for one in pair if one is not shared[0]]
    also = "And" if len(others) == 1 else "And one of these"
    rest = " Or: ".join(one.says for one in others)
    return f"the mistakes, two at once: {shared[0].says} {also}: {rest}"


def together(library: str, first: Mistake, second: Mistake) -> str:
    """The library's module with two mistakes in it; empty if one leaves no place for the other."""
    for one, other in [(first, second), (second, first)]:
        if isinstance(other.change, str):  # a whole function, in which nothing of the first is left
            continue
        try:
            text = other.source(one.source(library))
            compile(text, "<two mistakes>", "exec")
        except (ValueError, SyntaxError):
            continue
        return text
    return ""
