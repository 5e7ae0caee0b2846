"""What the functions of lesson 12 return. For those that draw, facts that hold for every draw."""

import math

import torch
from torch import Generator, nn

from lessons.course.bare import bare_method
from lessons.course.check import rand
from lessons.course.device import stays
from lessons.course.evidence import equal, refuses, tried
from simclr_mini.views import Recipe

NOTHING = Recipe(crop=0, flip=0, jitter=0, gray=0, blur=0)
MIRROR = Recipe(crop=0, flip=1, jitter=0, gray=0, blur=0)


def answer(f, *args, **settings):
    """What f returns, or its error; None becomes the text "None"."""
    value = tried(f, *args, **settings)
    return "None" if value is None else value


def number(f, *args):
    """The number that f returns as a float, a larger tensor as it is, or the error as text."""
    value = answer(f, *args)
    if isinstance(value, torch.Tensor) and value.numel() > 1:
        return value.detach().double()
    return value if isinstance(value, str) else answer(float, value)


def some(N, K, seed):
    return torch.randint(K, (N,), generator=Generator().manual_seed(seed))


def pca_whiten(module):
    seen = {}
    lengths = 4 * 0.5 ** torch.arange(4)
    h = (rand(11, 4, seed=1) * lengths) @ rand(4, 4, seed=2) + 5
    double = torch.cat([h, h[:, :1] + h[:, 1:2]], 1)  # a direction without variance
    faint = torch.cat([h, 1e-4 * h.std() * rand(11, 1, seed=9)], 1)  # 1e-8 of the variance
    cases = [("all", h, 4), ("two", h, 2), ("one", h, 1), ("repeated", double, 5)]
    seen["double"] = answer(lambda: module.pca_whiten(h, 2).dtype == torch.float32)
    for i, x in enumerate([torch.full((7, 3), 0.3), torch.full((7, 3), math.nan)]):
        seen[f"refuses {i}"] = refuses(module.pca_whiten, x, 2)
    for name, x, dim in [*cases, ("small", h * 1e-3, 4), ("faint", faint, 5)]:
        seen[name] = answer(products, module, x, dim)
    wide = h.double()
    answer(module.pca_whiten, wide, 2)
    seen["kept"] = torch.equal(wide, h.double())
    seen["widened"] = answer(keeps_digits, module)
    seen["there"] = answer(at_the_mean, module)  # kept apart from the numbers: a fault of its own
    return seen


def keeps_digits(module):
    """Whether float64 rows give the same result around a large mean as around 0."""
    c, d = rand(2, 50, 1, seed=4, dtype=torch.float64)
    h = torch.cat([0.15 * c, 4e-4 * d], 1)
    one, other = (module.pca_whiten(x, 2).double() for x in (h, h + 1e4))
    return equal(one @ one.T, other @ other.T, 1e-3)


def at_the_mean(module):
    """The norm that an image at the mean ends with, as text."""
    h = torch.tensor([[10.0, 1], [10, -1], [0, 0], [-10, 1], [-10, -1]])
    return f"{float(module.pca_whiten(h, 2)[2].norm()):.2f}"


def products(module, x, dim):
    """The width and all inner products, which do not depend on the signs of directions."""
    white = module.pca_whiten(x, dim).double()
    if x.shape[1] == white.shape[1] == 5 and bool((x[:, 4] == x[:, 0] + x[:, 1]).all()):
        return {"width": 5}  # one direction holds only rounding errors
    return {"width": white.shape[1], "products": white @ white.T}


def uniform_over_clusters(module):
    seen = {}
    for name, sizes in [("a", (9, 1, 0, 3)), ("b", (2, 2, 8))]:
        seen[name] = answer(of_epochs, module, sizes)
    for name, sizes in [("exact", (4, 2)), ("cut", (4, 4))]:
        seen[name] = answer(of_full_shares, module, sizes)
    for fact in (different, in_pieces, apart):
        seen[fact.__name__] = answer(fact, module)
    labels = some(30, 3, 1)
    free = [answer(module.uniform_over_clusters, labels) for _ in range(2)]
    seen["free"] = not equal(*free)
    return seen


def of_epochs(module, sizes):
    """Facts that hold for every draw from clusters of these sizes."""
    seen = {}
    labels = torch.cat([torch.full((size,), k) for k, size in enumerate(sizes)])
    labels = labels[torch.randperm(len(labels), generator=Generator().manual_seed(1))]
    N, K, large = len(labels), sum(size > 0 for size in sizes), sizes.index(max(sizes))
    generator, given = Generator().manual_seed(2), labels.clone()
    state = torch.get_rng_state()
    rows = torch.stack([module.uniform_over_clusters(labels, generator) for _ in range(40)])
    seen["global"] = torch.equal(state, torch.get_rng_state())
    seen["shape"] = str((rows.shape[1:], int(rows.max()) >= N, str(rows.dtype)))
    seen["given"] = torch.equal(labels, given)
    if rows.dim() != 2 or int(rows.max()) >= N:
        return seen
    rows = rows.long()
    often = nn.functional.one_hot(labels[rows], len(sizes)).sum(1)
    often = often[:, [k for k, size in enumerate(sizes) if size]]
    most = N // K + 1
    seen["bounds"] = (
        bool((often > most).any()),
        bool((often < N - (K - 1) * most).any()),
    )
    share = often.double().mean(0) * K / N
    seen["shares"] = str((2 * share).round().tolist())  # in halves of an equal share
    of_images = nn.functional.one_hot(rows, N).sum(1)
    seen["twice"] = bool((of_images[:, labels == large] > 1).any())
    seen["all seen"] = bool((of_images.sum(0) > 0).all())
    same = (labels[rows][:, 1:] == labels[rows][:, :-1]).double().mean()
    seen["in runs"] = bool(same > 0.6)
    seen["fresh"] = not torch.equal(rows[0], rows[1])
    again = module.uniform_over_clusters(labels, Generator().manual_seed(2))
    seen["seeded"] = torch.equal(again, rows[0])
    other = module.uniform_over_clusters(labels, Generator().manual_seed(3))
    seen["other seed"] = not torch.equal(other, rows[0])
    return seen


def of_full_shares(module, sizes):
    """Draws from two clusters. The first has exactly as many images as it must give, or fewer."""
    labels, generator = (torch.arange(sum(sizes)) >= 4).long(), Generator().manual_seed(3)
    rows = [module.uniform_over_clusters(labels, generator) for _ in range(40)]
    twice = any(bool((row[row < 4].bincount() > 1).any()) for row in rows)
    most = max(int(labels[row].bincount().max()) for row in rows)
    most = "more than its share" if most > sum(sizes) // 2 + 1 else str(most)
    return {"twice": twice, "most": most}


def different(module):
    """How many images are drawn from a cluster smaller than its share: 7.5 of 10 by chance."""
    labels, generator = (torch.arange(26) >= 10).long(), Generator().manual_seed(5)  # 10 and 16
    rows = [module.uniform_over_clusters(labels, generator) for _ in range(40)]
    many = sum(len(row[row < 10].unique()) for row in rows) / 40
    return "all" if many > 8.5 else "some"


def in_pieces(module):
    """Whether neighbours in a large cluster tend to be drawn together."""
    labels, generator = (torch.arange(26) >= 24).long(), Generator().manual_seed(6)  # 24 and 2
    rows = torch.stack([module.uniform_over_clusters(labels, generator) for _ in range(60)])
    came = nn.functional.one_hot(rows, 26).sum(1).double()[:, :24]
    near, far = ((came[:, i:] * came[:, :-i]).mean() for i in (1, 9))
    return bool(near > 1.4 * far)


def apart(module):
    """How two images share the places of a small cluster."""
    labels, generator = (torch.arange(30) > 27).long(), Generator().manual_seed(4)  # 28 and 2
    rows = torch.stack([module.uniform_over_clusters(labels, generator) for _ in range(20)])
    first, second = (rows == 28).sum(1), (rows == 29).sum(1)
    apart = (first - second).abs().double().mean()  # 3 with replacement, 1 in turn
    return "in turn" if apart < 1.9 else "by chance" if apart < 8 else "one only"


def old_means(module):
    seen = answer(of_old_means, module)
    seen = seen if isinstance(seen, dict) else {"error": seen}
    labels, h = torch.tensor([1, 0, 1, 2, 0]), rand(5, 2, seed=5) + 1
    opposite = torch.tensor([[1.0, 2], [3, 3], [-1, -2]])
    seen["zero"] = answer(means_of, module, opposite, torch.tensor([0, 1, 0]), 2)
    for K in (3, 5):  # all clusters are in use; two are empty
        seen[f"all of {K}"] = answer(means_of, module, h, labels, K)
    seen["double"] = answer(
        lambda: module.old_means(h.double(), labels, 6 - 1).dtype == torch.float64
    )
    return seen


def means_of(module, h, labels, K):
    """The means of clusters in use, the shape of all, and whether the inputs are unchanged."""
    given = h.clone(), labels.clone()
    got = module.old_means(h, labels, K)
    kept = torch.equal(h, given[0]) and torch.equal(labels, given[1])
    return {"shape": str(tuple(got.shape)), "means": got[:3], "given": kept}


def of_old_means(module):
    labels = torch.tensor([0, 2, 2, 5, 0, 2, 5])
    h = rand(7, 3, seed=3) + 1
    before = torch.get_rng_state()
    got = module.old_means(h, labels, 6)
    drawn = not torch.equal(before, torch.get_rng_state())
    nearest = (got[[1, 3, 4], None] - h).abs().amax(2).min(1)
    images = bool((nearest.values < 1e-6).all())
    apart = len(nearest.indices.unique()) == 3
    seen = {"means": got[[0, 2, 5]], "images": images, "apart": images and apart, "drawn": drawn}
    many = module.old_means(rand(20, 3, seed=4), torch.arange(20) % 3, 20)[3:]
    seen["many apart"] = len(many.unique(dim=0)) == 17
    return seen | {"of empty ones": torch.zeros(1) if images else got[[1, 3, 4]]}


def effective_clusters(module):
    cases = [some(13, 4, 1), some(40, 7, 2) * 2, torch.tensor([0, 0, 1, 0]), torch.zeros(3).long()]
    seen = {str(i): number(module.effective_clusters, labels) for i, labels in enumerate(cases)}
    kind = answer(lambda: isinstance(module.effective_clusters(cases[0]), float))
    given = some(13, 4, 1)
    answer(module.effective_clusters, given)
    return seen | {"double": kind, "kept": torch.equal(given, some(13, 4, 1))}


def mutual_information(module):
    seen = {}
    for N, K, L in [(13, 2, 5), (29, 5, 3), (40, 4, 4), (6, 3, 2)]:
        a, b = some(N, K, N), some(N, L, N + 1)
        b = torch.where(torch.arange(N) % 3 > 0, a % L, b)
        for way, x, y in [("", a, b), (" exchanged", b, a)]:
            seen[f"{K} {L}{way}"] = number(module.mutual_information, x, y)
    a, one = some(9, 3, 4), torch.zeros(9, dtype=torch.int64)
    seen["names"] = number(module.mutual_information, a, 2 - a)
    for name, x, y in [("one", one, a), ("other", a, one), ("both", one, one)]:
        seen[name] = number(module.mutual_information, x, y)
    for name, x, y in [
        ("one 2", one + 2, a),
        ("other 2", a, one + 2),
        ("both 2", one + 2, one + 3),
    ]:
        seen[name] = number(module.mutual_information, x, y)
    high = torch.tensor([0, 1, 3])[some(29, 3, 2)]  # cluster 2 is empty
    seen["gaps"] = number(module.mutual_information, high, some(29, 4, 5))
    seen["gaps of b"] = number(module.mutual_information, some(29, 4, 5), high)
    kind = answer(lambda: isinstance(module.mutual_information(a, 2 - a), float))
    return seen | {"double": kind}


class Eye(nn.Module):
    """Takes h from the first numbers of an image, and records how it is used."""

    def __init__(self, *scales):
        super().__init__()
        self.dim = len(scales)
        self.register_buffer("scales", torch.tensor(scales))
        self.norm = nn.BatchNorm1d(self.dim)
        self.seen, self.modes, self.graphs = set(), set(), set()

    def forward(self, x):
        self.seen |= {tuple(one) for one in x.flatten(1).mul(255).round().tolist()}
        self.modes.add(self.training)
        self.graphs.add(torch.is_grad_enabled())
        return self.norm((x.flatten(1)[:, : self.dim] - 0.5) * self.scales)


def pictures():
    """Images grouped by their first number in raw units, and by their second after whitening."""
    first, group = torch.linspace(0, 255, 12).round().repeat(2), torch.arange(24) // 12
    mix = torch.randperm(24, generator=Generator().manual_seed(0))
    return images_of(first[mix], group[mix]), group[mix], (first[mix] > 127).long()


def images_of(first, second):
    """Images with these first two numbers."""
    pixels = torch.zeros(len(first), 3, 2, 2)
    pixels[:, 0, 0, 0], pixels[:, 0, 0, 1] = first, 255 * second
    return pixels.to(torch.uint8)


def same_groups(a, b):
    pairs = len(set(zip(a.tolist(), b.tolist(), strict=True)))
    return pairs == len(set(a.tolist())) == len(set(b.tolist()))


def deep_cluster(module, eye, recipe, **settings):
    """A method with this encoder and a new classifier."""
    classifier = nn.Linear(eye.dim, settings["clusters"])
    return bare_method(module.DeepCluster, recipe, encoder=eye, projector=classifier, **settings)


def DeepCluster_start_epoch(module):
    pixels, group, half = pictures()

    named = torch.arange(24) % 5  # labels given by a person

    def method(clusters, seed=0, recipe=MIRROR, **settings):
        settings = {"pca_dim": 2, **settings}
        eye = Eye(10.0, 1.0, 1.0, 1.0) if clusters == 17 else Eye(10.0, 1.0)
        settings |= {"N": 24, "labels": named, "seed": seed, "clusters": clusters}
        return deep_cluster(module, eye, recipe, **settings)

    seen, as_they_are = {}, {tuple(one) for one in pixels.flatten(1).float().tolist()}
    whole, before = method(2), torch.get_rng_state()
    states = {name: g.get_state() for name, g in whole.generators.items()}
    layer, eye = whole.projector, whole.encoder
    tensors = (layer.weight, layer.bias)
    for p in tensors:
        p.data.fill_(3)
    errors, returned = [], answer(whole.start_epoch, pixels)
    errors.append(returned if isinstance(returned, str) and returned != "None" else "")
    returned = [] if isinstance(returned, str) else answer(list, returned)
    kinds = returned
    if not isinstance(returned, str):
        kinds = str([type(p).__name__ for p in returned])
    returned = [] if isinstance(returned, str) else returned
    first = whole.projector.weight.detach().clone()
    seen["global"] = torch.equal(before, torch.get_rng_state())
    others = [n for n, g in whole.generators.items() if not torch.equal(g.get_state(), states[n])]
    seen["sources"] = str(others)
    seen["shown"] = eye.seen == as_they_are
    seen["asked"] = (str(eye.modes), str(eye.graphs))
    seen["left"] = (eye.training, int(eye.norm.num_batches_tracked))
    seen["labels"] = (
        same_groups(whole.pseudo_labels, group),
        same_groups(whole.pseudo_labels, half),
        len(whole.pseudo_labels.unique()),
        int(whole.pseudo_labels.min()) < 0,
    )
    seen["nmi first"] = float(whole.nmi)
    now = (whole.projector.weight, whole.projector.bias)
    seen["same tensors"] = all(a is b for a, b in zip(tensors, now, strict=True))
    ids = [id(p) for p in tensors]
    seen["returned"] = str(sorted(ids.index(id(p)) for p in returned if id(p) in ids))
    seen["what"] = kinds
    seen["bias"] = tuple(float(end) for end in now[1].detach().aminmax())
    seen["grad"] = all(p.requires_grad for p in now)
    # the second epoch: the old clusters are replaced, and a single direction is kept
    whole.pseudo_labels.copy_(torch.arange(24) % 2)
    whole.pca_dim = 1
    errors.append(str(answer(empty, whole, pixels)))
    seen["again"] = same_groups(whole.pseudo_labels, half)
    seen["nmi"] = float(whole.nmi)
    whole.pseudo_labels.copy_(1 - torch.arange(24) % 2)
    whole.nmi.fill_(-3)
    whole.projector.weight.data.fill_(3)
    errors.append(str(answer(empty, whole, pixels)))
    seen["nmi from 1"] = float(whole.nmi) != -3
    seen["old weights"] = bool((whole.projector.weight == 3).any())
    seen["drawn anew"] = not torch.equal(first, whole.projector.weight)
    # the weights of a wider classifier
    wide = method(17)
    errors.append(answer(empty, wide, pixels))
    weight, labels = wide.projector.weight.detach().clone(), wide.pseudo_labels.clone()
    seen["17"] = len(labels.unique())
    spread = float(weight.std())
    seen["deviation"] = "right" if 0.0075 < spread < 0.0125 else f"{spread:.1g}"
    twin = method(17)
    errors.append(answer(empty, twin, pixels))
    again = torch.equal(twin.pseudo_labels, labels)
    seen["seeded"] = (again, torch.equal(twin.projector.weight, weight))
    errors.append(answer(empty, wide, pixels))
    seen["clustered anew"] = not torch.equal(wide.pseudo_labels, labels)
    weight = torch.stack([weight, wide.projector.weight.detach()])
    seen["even draws"] = bool(weight.abs().max() < 1.74 * weight.std())
    # a warm start keeps the names of four groups
    corner = torch.arange(12) % 4
    corners, kept, stored = images_of(255.0 * (corner % 2), corner // 2), [], []
    again, compared = [], []
    for seed in range(4):
        settings = {"pca_dim": 2, "warm_start": seed < 2}
        m = deep_cluster(module, Eye(10.0, 1.0), NOTHING, N=12, seed=seed, clusters=4, **settings)
        m.pseudo_labels.copy_(3 - corner)
        errors.append(answer(empty, m, corners))
        kept.append(torch.equal(m.pseudo_labels, 3 - corner))
        stored.append(torch.equal(m.pseudo_labels, corner))
        compared.append(float(m.nmi) != -1)
        last = m.pseudo_labels.clone()
        errors.append(answer(empty, m, corners))
        again.append(torch.equal(m.pseudo_labels, last))
    seen["warm"] = (all(kept[:2]), all(kept[2:]), all(stored[:2]), all(again[:2]))
    seen["compared"] = (all(compared[:2]), all(compared[2:]))
    m = deep_cluster(module, Eye(10.0, 1.0), NOTHING, N=12, clusters=4, pca_dim=2, warm_start=True)
    errors.append(answer(empty, m, corners))
    settings = {"N": 12, "clusters": 4, "pca_dim": 2, "warm_start": True}
    m = deep_cluster(module, Eye(10.0, 1.0, 1.0), NOTHING, **settings)
    m.pseudo_labels.copy_(corner)
    errors.append(answer(empty, m, corners))
    seen["errors"] = str(errors)
    there = method(2)
    place = stays(lambda there: (twice(there, pixels), there.pseudo_labels)[1], there)
    return seen | {"stays": place}


def twice(method, pixels):
    """Start two epochs, the second of which compares its clusters with the first."""
    for _ in range(2):
        method.start_epoch(pixels)


def empty(method, pixels):
    """Start an epoch, and return an empty text, so that `answer` shows only an error."""
    method.start_epoch(pixels)
    return ""


def DeepCluster_loss(module):
    seen = {}
    for B, K, N in [(3, 5, 11), (5, 2, 7), (4, 3, 9)]:
        own = some(N, K, B)
        named = own.flip(0) % 2
        method = deep_cluster(module, Eye(1.0), NOTHING, N=N, labels=named, clusters=K)
        method.pseudo_labels.copy_(own)
        z1, z2 = (2 * rand(B, K, seed=s).requires_grad_() for s in (1, 2))
        index = torch.randperm(N, generator=Generator().manual_seed(K))[:B]
        seen[f"{B} {K}"] = answer(loss_and_gradients, method, z1, z2, index)
        sure = ((12 * z).detach().requires_grad_() for z in (z1, z2))
        seen[f"{B} {K} sure"] = answer(loss_and_gradients, method, *sure, index)
    z = torch.tensor([[300.0, 0], [0, 300]])
    method.pseudo_labels.zero_()
    seen["sure"] = number(method.loss, z, z.flip(0), torch.tensor([0, 1]))
    method.pseudo_labels.fill_(1)
    seen["anew"] = number(method.loss, 0.01 * z, 0.02 * z, torch.tensor([0, 1]))
    method.pseudo_labels.copy_(torch.arange(N) % 2)
    seen["kept"] = number(method.loss, z, z, torch.tensor([0, 1]))
    seen["stays"] = stays(step, method, rand(3, 3, seed=1), rand(3, 3, seed=2))
    return seen


def loss_and_gradients(method, z1, z2, index):
    """The loss and its gradients; if the loss is not a scalar, the gradients of its sum."""
    value = method.loss(z1, z2, index)
    loss = torch.as_tensor(value).sum() + 0 * (z1 + z2).sum()
    first, second = torch.autograd.grad(loss, (z1, z2))
    kind = isinstance(value, torch.Tensor)
    return {"loss": torch.as_tensor(value), "kind": kind, "first": first, "second": second}


def step(method, z1, z2):
    """A step as in training, where `index` is on the CPU."""
    return method.loss(z1, z2, torch.arange(len(z1)))
