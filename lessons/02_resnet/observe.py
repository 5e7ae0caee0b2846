"""Results of lesson 2's functions on small, unusual inputs. They identify known mistakes."""

import copy
import math

import torch
from torch import nn

from lessons.course.check import rand
from lessons.course.device import stays
from lessons.course.evidence import tried

DOUBLE = torch.float64


def fill(module, seed=0):
    """The module in float64 and eval mode, with random weights and running statistics."""
    module.double().eval()
    for i, (name, value) in enumerate(module.state_dict().items()):
        if value.is_floating_point():
            drawn = rand(*value.shape, seed=1000 * seed + i, dtype=DOUBLE)
            value.copy_(drawn.abs() + 0.5 if name.endswith("running_var") else drawn)
    return module


def seen(module, *shape):
    """Names, shapes, results and gradients of a module, in eval and in train mode."""
    names = " ".join(f"{n}{tuple(v.shape)}" for n, v in module.state_dict().items())
    fill(module)
    x = rand(*shape, seed=5, dtype=DOUBLE).requires_grad_()
    facts = {"names": names, "eval": module(x)}
    y = module.train()(x)
    facts["train"] = y
    # Each entry has a weight of its own, so that differences do not cancel in the sum.
    weights = list(module.parameters())
    asked = (y * rand(*y.shape, seed=6, dtype=DOUBLE)).sum()
    grads = torch.autograd.grad(asked, [x, *weights], allow_unused=True)
    facts["gradient"] = tuple(torch.zeros(1) if g is None else g for g in grads)
    facts["copied"] = not isinstance(tried(copy.deepcopy, module), str)
    state = module.state_dict().items()
    facts["means"] = tuple(v for n, v in state if n.endswith("running_mean"))
    return facts


def conv3x3(module):
    one, other = tried(module.conv3x3, 2, 3), tried(module.conv3x3, 2, 3)
    if one is other and isinstance(one, nn.Module):
        return {"own": False}  # its results depend on what it was used for before
    facts = {f"{s}": tried(lambda s=s: seen(module.conv3x3(2, 4, s), 2, 2, 5, 7)) for s in (1, 2)}
    facts["default"] = tried(lambda: seen(module.conv3x3(3, 3), 1, 3, 4, 4))
    return facts | {"type": tried(lambda: str(next(module.conv3x3(2, 3).parameters()).dtype))}


def shortcut(module):
    facts = {}
    for config in [(3, 3, 1), (3, 6, 1), (4, 4, 2), (2, 5, 2), (5, 3, 1)]:
        made = tried(module.shortcut, *config)
        shape = (3, config[0], 6, 4)
        known = "None" if made is None else made
        facts[f"{config}"] = known if isinstance(known, str) else tried(seen, made, *shape)
    return facts


def block(made, configs):
    facts = {f"{config}": tried(seen, made(*config), 3, config[0], 5, 4) for config in configs}
    inputs = configs[0][0]
    facts["backward"] = tried(changes_backward, made(*configs[0]), rand(3, inputs, 4, 4, seed=1))
    x = rand(2, inputs, 3, 3, seed=1)
    kept = x.clone()
    tried(made(*configs[0]).eval().forward, x)
    facts["kept"] = torch.equal(x, kept)
    with torch.no_grad():
        tried(made(*configs[0]).eval().forward, x)
    facts["kept without gradients"] = torch.equal(x, kept)
    facts |= surroundings(made(*configs[0]), rand(2, inputs, 5, 4, seed=3))
    return facts | {"stays": stays(run, made(*configs[0]), rand(2, inputs, 4, 4, seed=1))}


def surroundings(module, x):
    """The result's type, what happens in another memory layout, and what a call leaves behind."""
    before = set(vars(module))
    h = tried(module.float().eval(), x)
    if isinstance(h, str):
        return {"type": h}
    last = tried(module, x.to(memory_format=torch.channels_last))
    same = last if isinstance(last, str) else torch.allclose(last, h, rtol=1e-4, atol=1e-5)
    new = {key for key in set(vars(module)) - before if torch.is_tensor(vars(module)[key])}
    return {
        "type": f"{h.dtype}",
        "also channels last": str(same),
        "graph in evaluation": h.requires_grad,
        "also stored": bool(new),
    }


def changes_backward(block, x) -> bool:
    """Whether the backward pass changes running statistics."""
    out = block(x.requires_grad_())
    before = {name: value.clone() for name, value in block.state_dict().items()}
    out.sum().backward()
    return any(not torch.equal(v, before[name]) for name, v in block.state_dict().items())


def run(module, x):
    return module(x)


def BasicBlock_forward(module):
    return block(module.BasicBlock, [(3, 3), (3, 4, 2), (4, 4, 2)])


def Bottleneck_forward(module):
    return block(module.Bottleneck, [(8, 2), (3, 2, 2), (8, 2, 2)])


def stage(module):
    facts = {}

    def look(kind, config):
        made = module.stage(getattr(module, kind), *config)
        if not isinstance(made, nn.Module):
            return type(made).__name__
        fill(made)
        x = rand(2, 3, 6, 5, seed=5, dtype=DOUBLE)
        names = " ".join(f"{n}{tuple(v.shape)}" for n, v in made.state_dict().items())
        strides = str([m.stride for m in made.modules() if isinstance(m, nn.Conv2d)])
        count = sum(p.numel() for p in made.parameters())
        nothing = f"no parameters; returns its input: {tried(lambda: made(x) is x)}"
        out = tried(made, x) if count else nothing
        return (type(made).__name__, len(list(made.children())), names, strides, count, out)

    configs = [("BasicBlock", (3, 4, 3, 2)), ("Bottleneck", (3, 2, 3, 1))]
    for kind, config in [*configs, ("BasicBlock", (3, 3, 2, 3))]:
        facts[f"{kind} {config}"] = tried(look, kind, config)
    one = tried(lambda: len(list(module.stage(module.BasicBlock, 3, 4, 1, 2).parameters())))
    return facts | {"one": one}


def ResNet_forward(module):
    facts = {}

    def look(counts, widths, stem):
        net = module.ResNet(module.BasicBlock, counts, widths, stem)
        fill(net)
        x = rand(2, 3, 11, 9, seed=4, dtype=DOUBLE).requires_grad_()
        h = net(x)
        score = (h * rand(*h.shape, seed=3)).sum() + 0 * x.sum()
        filters = [net.layer2[0].conv1.weight, net.layer1[0].conv1.weight, net.conv1.weight]
        found = torch.autograd.grad(score, [x, *filters], allow_unused=True)
        found = tuple(torch.zeros(1) if g is None else g for g in found)
        one = tried(lambda: str(tuple(net(x[:1]).shape)))
        return (h, one, str(h.dtype), net.train()(x), *found)

    for name, *config in [
        ("cifar", (1, 2), (3, 4), "cifar"),
        ("imagenet", (1, 1), (3, 4), "imagenet"),
        ("five", (1, 1, 1, 1, 1), (2, 2, 3, 2, 3), "cifar"),
        ("three", (1, 1, 1), (2, 3, 2), "half"),
    ]:
        facts[name] = tried(look, *config)
    net = module.ResNet(module.BasicBlock, (1,), (4,))
    facts["mode"] = tried(lambda: (net(rand(1, 3, 8, 8, seed=1)), net.training)[1])
    facts["copied"] = not isinstance(tried(copy.deepcopy, net), str)
    net.train()
    facts["many"] = tried(lambda: fill(net).train()(rand(70, 3, 4, 4, seed=5, dtype=DOUBLE)))
    facts |= surroundings(module.ResNet(module.BasicBlock, (1,), (4,)), rand(2, 3, 8, 9, seed=3))
    net = module.ResNet(module.BasicBlock, (1, 1), (3, 4))
    facts["backward"] = tried(changes_backward, net, rand(3, 3, 8, 8, seed=7))
    return facts | {"stays": stays(run, net, rand(2, 3, 8, 8, seed=1))}


def initialise(module):
    """Facts that do not depend on the random draw: rounded variances and shares."""
    facts = {}
    for zero_init in (False, True):
        net = nn.ModuleList(
            [
                nn.Conv2d(32, 128, (3, 5)),
                module.BasicBlock(4, 8, 2),
                module.Bottleneck(8, 4),
                nn.BatchNorm2d(3),
                nn.Sequential(nn.Sequential(nn.Conv2d(64, 16, 3), nn.Conv2d(64, 16, 3))),
                nn.Linear(5, 3),
            ]
        )
        for p in net.parameters():
            nn.init.constant_(p, 7.0)
        before = [id(p) for p in net.parameters()]
        facts[f"returns {zero_init}"] = str(type(module.initialise(net, zero_init)).__name__)
        for name, p in net.named_parameters():
            if p.dim() == 4 and p.numel() > 5000:
                expected = 2 / (p.shape[0] * p.shape[2] * p.shape[3])
                var = max(p.var().item(), 1e-12)
                curve = ((p - p.mean()) ** 4).mean().item() / var**2
                facts[f"{name} {zero_init}"] = (
                    round(4 * math.log2(var / expected) + 0.2),
                    round(2 * curve),
                    bool(p.mean().abs() < 0.1 * var**0.5),
                )
            elif p.dim() == 4:
                facts[f"{name} {zero_init}"] = bool((p != 7).all() and p.std() > 0)
            elif not name.startswith(("0", "4")):
                facts[f"{name} {zero_init}"] = p if p.std() < 1e-6 else "random"
        facts[f"equal {zero_init}"] = torch.equal(net[4][0][0].weight, net[4][0][1].weight)
        facts[f"same {zero_init}"] = before == [id(p) for p in net.parameters()]
    fresh = nn.Conv2d(2, 3, 3)
    drawn = []
    for _ in range(2):
        module.initialise(fresh)
        drawn.append(fresh.weight.detach().clone())
    facts["repeats"] = torch.equal(*drawn)
    double = nn.Conv2d(2, 3, 3).double()
    module.initialise(double)
    facts["double"] = double.weight.dtype == DOUBLE
    there = nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3)).to("meta")
    tried(module.initialise, there)
    facts["stays"] = all(p.is_meta for p in there.parameters())
    fixed = nn.Conv2d(2, 3, 3).requires_grad_(False)
    module.initialise(fixed)
    facts["fixed"] = not any(p.requires_grad for p in fixed.parameters())
    others = nn.ModuleDict({"slope": nn.PReLU(4), "rows": nn.Embedding(3, 4)})
    others["rows"].place = nn.Parameter(torch.full((1, 4, 2, 2), 0.5))
    before = {name: p.detach().clone() for name, p in others.named_parameters()}
    module.initialise(nn.ModuleList([nn.Conv2d(2, 3, 3), others]))
    changed = [n for n, p in others.named_parameters() if not torch.equal(p, before[n])]
    facts["also others"] = " ".join(changed)
    torch.manual_seed(3)
    module.initialise(fresh)
    first = fresh.weight.detach().clone()
    torch.manual_seed(3)
    module.initialise(fresh)
    facts["also seeded"] = torch.equal(fresh.weight, first)
    norms = module.Bottleneck(8, 4)
    module.initialise(norms)
    facts["default"] = norms.bn3.weight
    return facts
