"""What the studies found so far: every claim with its effect, its interval and what follows.

python docs/results/studies/findings.py
"""

import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from runner import Study, declared, kept

# 97.5% quantile of Student's t by degrees of freedom
STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306}


def differences(study: Study, claim: dict) -> list[float]:
    """`more` minus `less`, in points, for each seed that has both.

    A claim with `beyond` compares this difference with that of two other arms.
    """
    found = [gain(study, claim, seed) for seed in study.seeds]
    if other := claim.get("beyond"):
        others = [gain(study, other, seed) for seed in study.seeds]
        pairs = zip(found, others, strict=True)
        found = [None if None in pair else pair[0] - pair[1] for pair in pairs]
    return [one for one in found if one is not None]


def gain(study: Study, claim: dict, seed: int) -> float | None:
    """`more` minus `less` at one seed, in points; None if a run is missing."""
    name = claim.get("measure", "linear_probe")
    a, b = (kept(study, f"{claim[k]}-{seed}") for k in ("more", "less"))
    return 100 * (a[name] - b[claim.get("less_measure", name)]) if a and b else None


def interval(values: list[float]) -> tuple[float, float]:
    """Mean of paired differences, and half the width of its 95% interval (Student's t)."""
    n = len(values)
    mean = sum(values) / n
    if n < 2:
        return mean, math.inf
    deviation = math.sqrt(sum((v - mean) ** 2 for v in values) / (n - 1))
    return mean, STUDENT[n - 1] * deviation / math.sqrt(n)


def effect_of(values: list[float]) -> str:
    """The mean difference with its interval, such as "+5.4 ± 1.2"."""
    mean, half = interval(values)
    return f"{round(mean, 1) + 0.0:+.1f} ± {half:.1f}"  # + 0.0: no "-0.0"


def verdict(study: Study, claim: dict) -> str:
    """What the declared rule says: "holds", "fails" or "open"; or how many seeds there are."""
    values = differences(study, claim)
    if len(values) < len(study.seeds):
        return "not run" if not values else f"{len(values)} of {len(study.seeds)} seeds"
    mean, half = interval(values)
    if "within" in claim:
        edge = claim["within"]
        inside, outside = abs(mean) + half < edge, abs(mean) - half > edge
        return "holds" if inside else "fails" if outside else "open"
    least = claim.get("least", 0)
    return "holds" if mean - half > least else "fails" if mean + half < least else "open"


def table() -> str:
    """A line for each claim, in Markdown."""
    lines = [
        "| study | claim, and its source | arms | difference in points, 95% interval | here it |",
        "|---|---|---|---:|---|",
    ]
    for study in declared():
        for claim in study.claims:
            values = differences(study, claim)
            effect = effect_of(values) if len(values) > 1 else ""
            says = f"{claim['says']} ({claim.get('source', study.source)})"
            arms = " beyond ".join(
                f"{one['more']} − {one['less']}" for one in (claim, claim.get("beyond")) if one
            )
            cells = [study.title, says, arms, effect, verdict(study, claim)]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
