"""What the functions of lesson 9 return; for random ones, facts that hold for every draw."""

from collections import Counter
from itertools import combinations, groupby

import torch
from torch import Generator, Tensor

from lessons.course.device import stays
from lessons.course.evidence import told, tried

SIZES = [(8, 2, 2), (5, 0, 3, 1), (11, 4, 7, 1, 2), (3, 3, 3), (1, 6), (30, 3, 4)]
MIXED = [(5, 2), (6, 2), (7, 3), (8, 3), (9, 4), (10, 3), (11, 5), (12, 2), (13, 4), (15, 9)]
LABELS = [
    torch.tensor(labels)
    for labels in [
        [2, 0, 2, 2, 0, 5, 0],
        [1, 0, 3, 0, 0, 2, 3, 0, 1, 1, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2],
        [4, 2, 3, 0, 1],
        [0, 0, 1, 1, 0, 1],
    ]
]
MANY = torch.randint(4, (90,), generator=Generator().manual_seed(15))  # an unstable sort shows


def of_sizes(*sizes):
    return torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))


def pairs(labels):
    return sum(a == b for a, b in combinations(labels.tolist(), 2))


def kind_of(value):
    """The type of a number, or the dtype of a tensor."""
    if isinstance(value, Tensor):
        return str(value.dtype)
    known = [kind.__name__ for kind in (int, float) if isinstance(value, kind)]
    return known[0] if known else type(value).__name__


def attempt(f, *args):
    """What f returns, or the name of the exception that it raises."""
    try:
        return f(*args)
    except NotImplementedError:
        raise
    except Exception as error:
        return type(error).__name__


def counts_of(count, cases):
    """The counts of several cases in one tensor, their type, and errors if some cases raise one."""
    before = str(cases)
    found = [attempt(count, *case) for case in cases]
    errors = [one if isinstance(one, str) else "" for one in found]
    if all(errors):
        return None
    counts = [torch.as_tensor(float("nan") if isinstance(one, str) else one) for one in found]
    kinds = {kind_of(one): None for one in found if not isinstance(one, str)}
    seen = {"counts": torch.stack([one.double() for one in counts]), "stays": [*kinds][-1]}
    seen["kept"] = str(cases) == before
    return seen | ({"errors": str(errors)} if any(errors) else {})


def collisions(module):
    made = [torch.randint(K, (B,), generator=Generator().manual_seed(B)) for B, K in MIXED]
    batches = [*LABELS, torch.full((9,), 3), torch.tensor([1]), *made]
    return counts_of(module.collisions, [(labels,) for labels in batches])


@told
def expected_collisions(module):
    seen = {
        f"{sizes} {B}": torch.as_tensor(module.expected_collisions(torch.tensor(sizes), B))
        for sizes in SIZES
        for B in (2, 3, 5)
    }
    one = module.expected_collisions(torch.tensor([3, 2]), 2)
    return seen | {"stays": kind_of(one)}


def least_collisions(module):
    cases = [(torch.tensor(sizes), T) for sizes in SIZES for T in (1, 2, 3, 5, 9)]
    seen = counts_of(module.least_collisions, cases)
    large = module.least_collisions(torch.tensor([70_007]), 7)
    return seen | {"large": torch.as_tensor(large - 350_035_000).double()}


@told
def rank_in_cluster(module):
    several = [*LABELS, MANY]
    seen = {str(i): module.rank_in_cluster(labels) for i, labels in enumerate(several)}
    return seen | {"stays": kind_of(seen["0"])}


@told
def released_batches(module):
    seen = {}
    for i, labels in enumerate(LABELS):
        for B in (1, 2, 3):
            both = [module.released_batches(labels, B) for _ in range(2)]
            seen[f"{i} {B}"] = both[0]
            seen[f"{i} {B} again"] = torch.equal(*both)
    labels = LABELS[-1].clone()
    module.released_batches(labels, 2)
    seen["refilled"] = module.released_batches(labels.copy_(LABELS[-1].flip(0)), 2)
    return seen | {"many": module.released_batches(MANY, 7), "others": others_of(module)}


def others_of(module):
    """The released batches of other clusters, with as many images as before."""
    module.released_batches(MANY, 7)
    return module.released_batches(MANY.flip(0), 7)


def source_of(draw):
    """Which generators the randomness of `draw(generator)` comes from."""
    generator, state = Generator().manual_seed(1), torch.get_rng_state()
    first, second = draw(generator).tolist(), draw(generator).tolist()
    return {
        "global": torch.equal(state, torch.get_rng_state()),
        "fresh": first != second,
        "from seed": draw(Generator().manual_seed(1)).tolist() == first,
        "other seed": draw(Generator().manual_seed(2)).tolist() != first,
        "fresh without": draw(None).tolist() != draw(None).tolist(),
    }


def share(count, total):
    """Whether something happens never, sometimes or always: too coarse for chance to matter."""
    if count in (0, total):
        return "never" if count == 0 else "always"
    return "sometimes"


@told
def in_clusters(module):
    seen, labels = source_of(lambda g: module.in_clusters(of_sizes(5, 6, 4, 7), g)), LABELS[4]
    for i, other in enumerate(LABELS):
        order = attempt(module.in_clusters, other, Generator().manual_seed(3))
        if isinstance(order, str):  # only the first has cluster numbers without an image
            seen |= {f"{i} all": order, f"{i} blocks": order}
            continue
        seen[f"{i} all"] = order.sort().values
        seen[f"{i} blocks"] = len([*groupby(other[order].tolist())]) == len(other.unique())
    generator = Generator().manual_seed(4)
    drawn = [module.in_clusters(labels, generator).tolist() for _ in range(100)]
    inside = [tuple(n for n in order if labels[n] == 0) for order in drawn]
    beside = [tuple(n for n in order if labels[n] == 1) for order in drawn]
    many = torch.arange(1000).repeat(2)
    turns = module.in_clusters(many, Generator().manual_seed(5))
    seen["thousand"] = len([*groupby(many[turns].tolist())]) == 1000
    seen["first cluster"] = share(sum(bool(labels[order[0]]) for order in drawn), 100)
    seen["orders inside"] = len(set(inside))
    seen["orders beside"] = len(set(beside))
    seen["orders of both"] = len(set(zip(inside, beside, strict=True))) > 20
    # an order that occurs four times in ten is not chance: a sixth is expected
    seen["evenly"] = Counter(inside).most_common(1)[0][1] < 40
    mixed = [module.in_clusters(torch.tensor([2, 0, 1, 1, 2, 0]), generator) for _ in range(90)]
    turns = {tuple(torch.tensor([2, 0, 1, 1, 2, 0])[order].tolist()[::2]) for order in mixed}
    seen["turns"] = len(turns)
    # a fixed order of the clusters: by number, by size or by their first image
    uneven = torch.tensor([1, 2, 0, 1, 0, 1])
    rows = [uneven[module.in_clusters(uneven, generator)].tolist() for _ in range(12)]
    fixed = {str([*dict.fromkeys(row)]) for row in rows}
    seen["fixed order"] = fixed.pop() if len(fixed) == 1 else "none"
    # how often the large cluster is first in 200 epochs: a third of them, five sevenths, or all
    sizes, generator = of_sizes(1, 5, 1), Generator().manual_seed(12)
    first = sum(1 <= int(module.in_clusters(sizes, generator)[0]) < 6 for _ in range(200))
    seen["large first"] = share(first, 200) if first in (0, 200) else str(first > 105)
    return seen


@told
def deal(module):
    seen = source_of(lambda g: module.deal(torch.arange(60), 30, g).sort(1).values)
    for T, B in [(3, 5), (5, 3), (4, 2), (1, 4), (4, 1)]:
        order = torch.randperm(T * B, generator=Generator().manual_seed(T))
        hands = module.deal(order, T, Generator().manual_seed(B)).tolist()
        cards = [n for hand in hands for n in hand]
        dealt = str(sorted(sorted(hand) for hand in hands))
        seen[f"{T} {B}"] = dealt if len(set(cards)) == len(cards) else "some come twice"
    generator = Generator().manual_seed(5)
    order = torch.arange(12)
    module.deal(order, 4, Generator().manual_seed(5))
    seen["kept"] = torch.equal(order, torch.arange(12))
    seen["stays"] = stays(module.deal, torch.arange(12), 4)
    orders = torch.arange(12, dtype=torch.int32), torch.arange(12)
    seen["double"] = " ".join(kind_of(module.deal(order, 4)) for order in orders)
    inside = {str(module.deal(torch.arange(8), 2, generator).tolist()) for _ in range(20)}
    orders = {
        tuple(min(hand) for hand in module.deal(torch.arange(6), 3, generator).tolist())
        for _ in range(90)
    }
    seen["orders"] = len(orders)
    several = {
        tuple(min(hand) for hand in module.deal(torch.arange(8), 4, generator).tolist())
        for _ in range(300)
    }
    seen["also orders of four"] = "some" if len(several) < 16 else "all"
    seen["only inside"] = len(orders) == 1 and len(inside) > 1
    first = module.deal(torch.arange(60), 30, generator).min(1).values
    seen["in order"] = bool((first.diff() > 0).all())
    return seen


def least(sizes, T):
    return sum(T * (s // T) * (s // T - 1) // 2 + s % T * (s // T) for s in sizes.tolist())


def most(labels, B):
    """The number of batches without a collision."""
    sizes = torch.bincount(labels)
    return max(t for t in range(len(labels) // B + 1) if sizes.clamp(max=t).sum() >= t * B)


def facts_of_batches(draw, labels, B, strict):
    """Shape, repeats, and collisions compared with the minimum and with random batches."""
    N, generator, numbers = len(labels), Generator().manual_seed(6), []
    copies, found, fewest, chance = 0, 0, 0, 0
    expected = most(labels, B) if strict else N // B
    for _ in range(4):
        index = draw(labels, B, generator)
        used, T = torch.bincount(labels[index.flatten()]), max(len(index), 1)
        n = max(int(used.sum()), 2)
        numbers.append(len(index) - expected)
        found += sum(pairs(labels[batch]) for batch in index)
        fewest += least(used, T)
        chance += T * B * (B - 1) / 2 * int((used * (used - 1)).sum()) / (n * (n - 1))
        copies = max(copies, index.numel() - len(index.unique()))
    fits = index.numel() == 0 or bool(index.min() >= 0 and index.max() < N)
    fewer = sum(number < 0 for number in numbers)
    number = "as many" if not any(numbers) else share(fewer, 4) if fewer else "more"
    seen = {"shape": f"{number} of {index.shape[1:]}", "fits": fits, "twice": copies > 0}
    seen |= {"collides": found > 0} if strict else {}
    return seen | {"more": found > fewest}, found, chance


def facts_of_several(draw, cases, strict=False):
    """The same for several clusterings, and whether they are far worse than random batches."""
    seen, found, chance = {}, 0, 0
    for sizes, B in cases:
        facts, one, other = facts_of_batches(draw, of_sizes(*sizes), B, strict)
        seen[f"{sizes}"], found, chance = str(facts), found + one, chance + other
    return seen | {"far worse than random": found > 1.5 * chance}


def epochs_of(draw, labels, B, epochs):
    """The batches of several epochs."""
    generator = Generator().manual_seed(7)
    return [draw(labels, B, generator) for _ in range(epochs)]


def together(drawn, labels, apart):
    """How often images meet and are used in some epochs, and whether all that may meet do so."""
    N = len(labels)
    held = torch.cat([torch.zeros(len(rows), N).scatter_(1, rows, 1.0) for rows in drawn])
    met, used = held.T @ held, held.sum(0)
    can = ~torch.eye(N, dtype=torch.bool)
    can &= ~((labels[:, None] == labels) & apart)
    return met, used, str([share(int(n), len(drawn)) for n in used]), bool((met[can] > 0).all())


@told
def dealt_batches(module):
    draw, seen = module.dealt_batches, {}
    seen |= source_of(lambda g: draw(of_sizes(9, 4, 7, 5), 4, g))
    seen |= facts_of_several(
        draw, [((8, 2, 2), 3), ((9, 5, 1, 6), 4), ((2, 2, 2, 2), 4), ((7, 1, 3), 4)]
    )
    labels = of_sizes(1, 1, 4, 1, 1)
    met, _, _, seen["meet"] = together(epochs_of(draw, labels, 4, 60), labels, False)
    seen["meet inside"] = bool((met[2:6, 2:6] > 0).all())
    seen["meet beside"] = bool((met[[0, 1, 6, 7]][:, [0, 1, 6, 7]] > 0).all())
    labels = of_sizes(1, 6)
    _, used, how_often, _ = together(epochs_of(draw, labels, 3, 120), labels, False)
    seen["used"] = how_often
    # the single image is left out in one epoch of seven, like any other, not in every second one
    seen["waits"] = float(used[0]) > 78
    # two of nine images are left out: are they always from the same cluster?
    labels, generator = of_sizes(3, 3, 3), Generator().manual_seed(8)

    def waiting(epochs):
        """The clusters of the images that are left out, epoch by epoch."""
        used = [set(draw(labels, 7, generator).flatten().tolist()) for _ in range(epochs)]
        return [{int(labels[n]) for n in set(range(9)) - one} for one in used]

    seen["wait together"] = all(len(clusters) == 1 for clusters in waiting(12))
    apart = sum(len(clusters) > 1 for clusters in waiting(100))
    seen["wait side by side"], seen["also wait apart"] = apart < 54, apart == 100
    return seen


def strict_count(module):
    several = [*SIZES, (5, 5, 1), (3, 3, 1, 1), (9, 9), (4, 4, 4, 2, 1, 1), (2, 9, 3, 5)]
    cases = [(torch.tensor(sizes), B) for sizes in several for B in (1, 2, 3, 4)]
    cases += [(torch.tensor([1, 100, 100, 100]), 4), (torch.arange(1, 65), 64)]
    return counts_of(module.strict_count, cases)


@told
def strict_batches(module):
    draw, seen = module.strict_batches, {}
    cases = [((9, 6, 7, 5, 8), 4), ((8, 2, 2), 3), ((5, 5, 1), 2), ((3, 3, 1, 1), 2), ((4, 4), 1)]
    tries = [tried(draw, of_sizes(*sizes), B, Generator().manual_seed(3)) for sizes, B in cases]
    if any(isinstance(one, str) for one in tries):  # one error alone is little evidence
        return {"errors": str([one if isinstance(one, str) else kind_of(one) for one in tries])}
    seen |= source_of(lambda g: draw(of_sizes(9, 6, 7, 5, 8), 4, g))
    seen |= facts_of_several(
        draw,
        [((8, 2, 2), 3), ((5, 5, 1), 2), ((9, 3, 0, 4, 4), 3), ((3, 3, 1, 1), 2), ((2, 1, 1), 2)],
        strict=True,
    )
    labels = of_sizes(5, 5, 1)
    drawn = epochs_of(draw, labels, 2, 140)
    if 0 < sum(len(batches) < 5 for batches in drawn) < 140:  # then chance decides all the rest
        return {"fewer": True, "collides": "'collides': True" in str(seen)}
    _, used, seen["waits"], _ = together(drawn, labels, True)
    seen["single waits"] = float(used[10]) < 112  # 127 by chance, 98 if the end is left out
    labels = of_sizes(1, 1, 3, 1, 1, 3)
    drawn = epochs_of(draw, labels, 4, 60)
    _, _, seen["takes turns"], seen["meet"] = together(drawn, labels, True)
    labels = of_sizes(6, 2, 2)
    drawn = epochs_of(draw, labels, 3, 50)
    _, used, _, _ = together(drawn, labels, True)
    most_given = max(int((batches < 6).sum()) for batches in drawn)
    seen["given"] = most_given if most_given < 4 else "more"  # two batches need two of the six
    seen["evenly"] = float(used[:6].max()) < 43  # 17 by chance, 45 if all of the six are dealt
    drawn = epochs_of(draw, of_sizes(20, 1, 1, 1), 3, 60)
    seen["large waits"] = not all((batches < 20).any() for batches in drawn)
    # two of ten images are dropped: how often are they from one cluster?
    labels, generator = of_sizes(2, 2, 2, 2, 2), Generator().manual_seed(13)
    used = [set(draw(labels, 4, generator).flatten().tolist()) for _ in range(60)]
    dropped = [{n // 2 for n in set(range(10)) - one} for one in used]
    apart = sum(len(clusters) == 2 for clusters in dropped)
    seen["wait side by side"], seen["also wait apart"] = apart < 42, apart == 60
    return seen
