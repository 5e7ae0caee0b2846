# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 3's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "mlp_named_layers",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    from collections import OrderedDict

    layers = OrderedDict()
    layers["fc1"] = nn.Linear(in_dim, hidden_dim, bias=False)
    layers["norm"] = nn.BatchNorm1d(hidden_dim)
    layers["act"] = nn.ReLU(inplace=True)
    layers["fc2"] = nn.Linear(hidden_dim, out_dim, bias=True)
    return nn.Sequential(layers)
""",
        "named layers in an OrderedDict (keys fc1, norm, act, fc2) and an in-place ReLU on the norm's output",
    ),
    (
        "mlp_bias_removed",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    widths = [in_dim, hidden_dim, out_dim]
    matrices = [nn.Linear(a, b) for a, b in zip(widths[:-1], widths[1:], strict=True)]
    matrices[0].register_parameter("bias", None)
    net = nn.Sequential(*matrices)
    net.insert(1, nn.ReLU())
    net.insert(1, nn.BatchNorm1d(hidden_dim))
    return net
""",
        "both matrices by a list comprehension, the first bias taken away afterwards, norm and ReLU inserted between them",
    ),
    (
        "mlp_nested",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    hidden = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
    )
    output = nn.Linear(hidden_dim, out_dim)
    return nn.Sequential(hidden, output)
""",
        "a Sequential of the hidden layer (itself a Sequential) and the output layer",
    ),
    (
        "mlp_keras_init",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    def dense(inputs, units, use_bias=True):
        layer = nn.Linear(inputs, units, bias=use_bias)
        nn.init.xavier_uniform_(layer.weight)
        if use_bias:
            nn.init.zeros_(layer.bias)
        return layer

    model = nn.Sequential()
    model.append(dense(in_dim, hidden_dim, use_bias=False))
    model.append(nn.BatchNorm1d(hidden_dim))
    model.append(nn.ReLU())
    model.append(dense(hidden_dim, out_dim))
    return model
""",
        "Keras' habits: layers appended one by one, Glorot-uniform weights and a zero bias at the start",
    ),
    (
        "mlp_threshold",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    def layers():
        yield nn.Linear(in_features=in_dim, out_features=hidden_dim, bias=False)
        yield nn.BatchNorm1d(num_features=hidden_dim)
        yield nn.Threshold(0.0, 0.0)  # max(0, .)
        yield nn.Linear(in_features=hidden_dim, out_features=out_dim)

    return nn.Sequential(*layers())
""",
        "a generator of layers, with nn.Threshold(0, 0) as the ReLU",
    ),
    (
        "projector_dict",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    makers = {
        "none": lambda: nn.Sequential(),
        "linear": lambda: nn.Linear(in_dim, out_dim),
        "mlp": lambda: mlp(in_dim, hidden_dim, out_dim),
    }
    if kind not in makers:
        raise ValueError(f"unknown projector {kind!r}: choose one of {sorted(makers)}")
    return makers[kind]()
""",
        "a dictionary of lambdas; 'none' is an empty nn.Sequential",
    ),
    (
        "projector_match",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    match kind:
        case "mlp":
            return nn.Sequential(
                nn.Linear(in_dim, hidden_dim, bias=False),
                nn.BatchNorm1d(hidden_dim),
                nn.ReLU(),
                nn.Linear(hidden_dim, out_dim),
            )
        case "linear":
            return nn.Sequential(nn.Linear(in_dim, out_dim))
        case "none":
            return nn.Identity(in_dim, hidden_dim, out_dim)
        case _:
            raise ValueError(kind)
""",
        "match/case, the MLP written out instead of calling mlp, the linear head wrapped in a Sequential",
    ),
    (
        "projector_enum",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    from enum import Enum

    Kind = Enum("Kind", {"NONE": "none", "LINEAR": "linear", "MLP": "mlp"})
    chosen = Kind(kind)  # raises ValueError if there is no such kind
    if chosen is Kind.MLP:
        return mlp(in_dim, hidden_dim, out_dim)
    return nn.Linear(in_dim, out_dim) if chosen is Kind.LINEAR else nn.Flatten()
""",
        "an Enum whose constructor raises the ValueError; 'none' is nn.Flatten, which leaves (B, D) as it is",
    ),
    (
        "projector_index",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    number = ("none", "linear", "mlp").index(kind)  # a ValueError if it is none of them
    maker, sizes = (
        (nn.Identity, ()),
        (nn.Linear, (in_dim, out_dim)),
        (mlp, (in_dim, hidden_dim, out_dim)),
    )[number]
    return maker(*sizes)
""",
        "tuple.index, which raises the ValueError by itself, and a table of makers with their arguments",
    ),
    (
        "projector_class",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind not in ("none", "linear", "mlp"):
        raise ValueError("a projector must be none, linear or mlp, but it is " + repr(kind))

    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            if kind == "linear":
                self.g = nn.Linear(in_dim, out_dim, bias=True)
            if kind == "mlp":
                self.g = mlp(in_dim, hidden_dim, out_dim)

        def forward(self, h):
            return h if kind == "none" else self.g(h)

    return Head()
""",
        "an own nn.Module class for all three heads, checked first",
    ),
    (
        "predictor_projector",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    return projector("mlp", dim, hidden_dim, dim)
""",
        "asks projector for an MLP",
    ),
    (
        "predictor_written_out",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    q = nn.Sequential()
    q.add_module("expand", nn.Linear(dim, hidden_dim, bias=False))
    q.add_module("normalise", nn.BatchNorm1d(hidden_dim))
    q.add_module("relu", nn.ReLU())
    q.add_module("contract", nn.Linear(hidden_dim, dim))
    return q
""",
        "writes the four layers out with add_module and names of its own",
    ),
    (
        "predictor_rewrapped",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    first, norm, relu, second = mlp(out_dim=dim, hidden_dim=hidden_dim, in_dim=dim)
    return nn.Sequential(nn.Sequential(first, norm), nn.Sequential(relu, second))
""",
        "takes the layers of mlp apart and groups them into two Sequentials",
    ),
    (
        "predictor_partial",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    from functools import partial

    same_width = partial(mlp, dim, out_dim=dim)
    return nn.Sequential(same_width(hidden_dim=hidden_dim))
""",
        "functools.partial, and one more Sequential around the MLP",
    ),
    (
        "predictor_sum_of_parts",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    up = nn.Sequential(nn.Linear(dim, hidden_dim, bias=False))
    middle = nn.Sequential(nn.BatchNorm1d(hidden_dim), nn.ReLU(inplace=True))
    down = nn.Sequential(nn.Linear(hidden_dim, dim))
    return up + middle + down
""",
        "adds three Sequentials with +, in-place ReLU",
    ),
    (
        "mlp_widths_loop",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    widths = (in_dim, hidden_dim, out_dim)
    stack = []
    last = len(widths) - 2
    for k, (a, b) in enumerate(zip(widths[:-1], widths[1:])):
        stack.append(nn.Linear(a, b, bias=k == last))
        if k != last:
            stack.extend((nn.BatchNorm1d(b), nn.ReLU(inplace=True)))
    return nn.Sequential(*stack)
""",
        "A loop over a list of widths, as for an MLP of any depth, with an in-place ReLU on the norm's own output.",
    ),
    (
        "projector_match_2",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    match kind:
        case "mlp":
            head = mlp(in_dim, hidden_dim, out_dim)
        case "linear":
            head = nn.Sequential(nn.Linear(in_dim, out_dim))
        case "none":
            head = nn.Sequential()
        case _:
            raise ValueError("projector: expected none, linear or mlp, got " + repr(kind))
    return head
""",
        "A match statement; an empty Sequential is the identity, and the linear head is a Sequential of one layer.",
    ),
    (
        "predictor_by_hand",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    narrow = nn.Linear(dim, hidden_dim)
    narrow.register_parameter("bias", None)
    q = nn.Sequential(narrow, nn.BatchNorm1d(hidden_dim), nn.ReLU())
    q.append(nn.Linear(hidden_dim, dim))
    return q
""",
        "Built by hand without mlp; the first bias is removed after the layer is made.",
    ),
    (
        "mlp_two_sequentials",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    hidden = nn.Sequential(nn.Linear(in_dim, hidden_dim, False), nn.BatchNorm1d(hidden_dim))
    output = nn.Sequential(nn.ReLU(), nn.Linear(hidden_dim, out_dim, True))
    return hidden + output
""",
        "Two halves, each a Sequential, joined by +.",
    ),
    (
        "bias_taken_away",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    head = nn.Sequential()
    for make in (nn.Linear, nn.BatchNorm1d, nn.ReLU, nn.Linear):
        if make is nn.ReLU:
            layer = make()
        elif make is nn.BatchNorm1d:
            layer = make(hidden_dim)
        elif len(head) == 0:
            layer = make(in_dim, hidden_dim)
            layer.register_parameter("bias", None)
        else:
            layer = make(hidden_dim, out_dim)
        head.append(layer)
    return head
""",
        "Layers are appended in a loop, and the first bias is removed after the layer is built.",
    ),
    (
        "table_of_heads",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    heads = {
        "none": nn.Identity,
        "linear": lambda: nn.Linear(in_features=in_dim, out_features=out_dim),
        "mlp": lambda: mlp(in_dim, hidden_dim, out_dim),
    }
    try:
        make = heads[kind]
    except (KeyError, TypeError):
        raise ValueError(f"a projector is one of {', '.join(heads)}, not {kind!r}") from None
    return make()
""",
        "A table of functions; a missing key becomes a ValueError.",
    ),
    (
        "predictor_by_projector",
        "predictor",
        """
def predictor(dim, hidden_dim):
    return projector("mlp", out_dim=dim, hidden_dim=hidden_dim, in_dim=dim)
""",
        "Made by the projector of kind mlp, with named arguments in another order.",
    ),
    (
        "bias_taken_away_2",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    head = nn.Sequential()
    for inputs, outputs in ((in_dim, hidden_dim), (hidden_dim, out_dim)):
        head.append(nn.Linear(inputs, outputs))
        head.append(nn.BatchNorm1d(outputs))
        head.append(nn.Threshold(0.0, 0.0))
    del head[4:]  # nothing comes after the second matrix
    head[0].register_parameter("bias", None)  # its norm has one
    return head
""",
        "Builds two equal groups of three layers in a loop, then removes the last norm and ReLU and the first bias. nn.Threshold(0, 0) has ReLU's values and gradient. What is left is linear without bias, batch norm, ReLU, linear, with the names 0 to 3.",
    ),
    (
        "from_the_meta_device",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    import torch

    with torch.device("meta"):  # the plan, without memory and without random draws
        head = nn.Sequential(
            nn.Linear(in_dim, hidden_dim, bias=False),
            nn.BatchNorm1d(hidden_dim),
            nn.ReLU(inplace=True),
            nn.Linear(hidden_dim, out_dim),
        )
    head = head.to_empty(device=torch.empty(0).device)
    for layer in head:
        if hasattr(layer, "reset_parameters"):
            layer.reset_parameters()
    return head
""",
        "Builds on the meta device, allocates on torch's default device (found by an empty tensor), then starts each layer by its own reset_parameters, which also resets the running statistics. dtype is torch's default. The in-place ReLU changes only the norm's output, which no gradient needs.",
    ),
    (
        "table_of_makers",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    from functools import partial

    makers = {
        "none": nn.Identity,
        "linear": partial(nn.Linear, in_dim, out_dim),
        "mlp": partial(mlp, in_dim, hidden_dim, out_dim),
    }
    try:
        make = makers[kind]
    except KeyError:
        raise ValueError(f"kind must be one of {', '.join(makers)}, not {kind!r}") from None
    return make()
""",
        "A dictionary of makers; only the chosen one is called, so nothing else draws random numbers. The KeyError becomes a ValueError.",
    ),
    (
        "a_chain_of_widths",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    from itertools import pairwise

    match kind:
        case "none":
            widths = [in_dim]
        case "linear":
            widths = [in_dim, out_dim]
        case "mlp":
            widths = [in_dim, hidden_dim, out_dim]
        case _:
            raise ValueError(f'kind must be "none", "linear" or "mlp", not {kind!r}')
    head = nn.Sequential()
    for matrix, (inputs, outputs) in enumerate(pairwise(widths), start=2):
        if matrix == len(widths):
            head.append(nn.Linear(inputs, outputs))
        else:
            head.extend(
                [nn.Linear(inputs, outputs, bias=False), nn.BatchNorm1d(outputs), nn.ReLU()]
            )
    return head
""",
        "One loop over pairs of widths builds all three heads without calling mlp; 'none' is an empty nn.Sequential, which returns its input itself. 'linear' is a Sequential of one matrix with a bias.",
    ),
    (
        "from_the_output_to_the_input",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    from collections import deque

    layers = deque([nn.Linear(hidden_dim, dim)])
    layers.appendleft(nn.ReLU())
    layers.appendleft(nn.BatchNorm1d(hidden_dim))
    layers.appendleft(nn.Linear(dim, hidden_dim, bias=False))
    return nn.Sequential(*layers)
""",
        "Does not call mlp and makes the layers from the last to the first, so the random draws come in another order, which no sentence fixes. The result is linear without bias, batch norm, ReLU, linear, from dim to dim.",
    ),
    (
        "r03_norm_by_hand",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    import torch

    class Norm(nn.BatchNorm1d):
        def forward(self, x):
            wide = x.to(torch.promote_types(x.dtype, torch.float32))
            if self.training:
                n = len(wide)
                if n < 2:
                    raise ValueError("a norm over the batch needs two rows or more in training")
                mean = wide.sum(0) / n
                var = ((wide - mean) ** 2).sum(0) / n
                with torch.no_grad():
                    self.num_batches_tracked += 1
                    share = self.momentum
                    if share is None:
                        share = 1 / int(self.num_batches_tracked)
                    for old, new in [(self.running_mean, mean), (self.running_var, var * n / (n - 1))]:
                        old.copy_((1 - share) * old + share * new)
            else:
                mean, var = self.running_mean, self.running_var
            out = (wide - mean) / (var + self.eps).sqrt() * self.weight + self.bias
            return out.to(x.dtype)

    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        Norm(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "The norm is a subclass of BatchNorm1d whose forward is written out: mean and variance over the batch, running statistics (with the unbiased variance) and their counter by hand. Momentum and epsilon are those of the class.",
    ),
    (
        "r03_lazy_layers",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    import warnings

    import torch

    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # some versions of torch warn about lazy modules
        head = nn.Sequential(
            nn.LazyLinear(hidden_dim, bias=False),
            nn.LazyBatchNorm1d(),
            nn.ReLU(),
            nn.LazyLinear(out_dim),
        )
        head.eval()(torch.zeros(1, in_dim))  # gives the layers their widths and first weights
    return head.train()
""",
        "Lazy layers find their widths in a dry run. It is in eval mode, so the running statistics and their counter stay as they start; then the head goes back to training mode. Afterwards the layers are ordinary ones.",
    ),
    (
        "r03_missing_key",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    import torch

    class Same(nn.Module):
        def forward(self, h):
            return h

    class Affine(nn.Linear):
        def forward(self, h):
            return torch.addmm(self.bias, h, self.weight.t())

    class Makers(dict):
        def __missing__(self, name):
            raise ValueError(f"{name!r} is none of {', '.join(self)}")

    makers = Makers(
        none=Same,
        linear=lambda: Affine(in_dim, out_dim),
        mlp=lambda: mlp(in_dim, hidden_dim, out_dim),
    )
    return makers[kind]()
""",
        "A dictionary whose __missing__ raises the ValueError; 'none' is an own module, and the linear head is a Linear whose forward is one addmm.",
    ),
    (
        "r03_own_forward",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    from torch.nn.functional import relu

    class Predictor(nn.Sequential):
        def forward(self, z):
            first, norm, second = self
            return second(relu(norm(first(z))))

    first = nn.Linear(dim, hidden_dim, bias=False)
    return Predictor(first, nn.BatchNorm1d(hidden_dim), nn.Linear(hidden_dim, dim))
""",
        "A subclass of Sequential with three layers and a forward of its own; the ReLU is a function and not a layer.",
    ),
    (
        "r03_append_one_by_one",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    net = nn.Sequential()
    widths = [in_dim, hidden_dim, out_dim]
    for number, (a, b) in enumerate(zip(widths[:-1], widths[1:]), start=1):
        last = number == len(widths) - 1
        net.append(nn.Linear(a, b, bias=last))
        if not last:
            net.append(nn.BatchNorm1d(b))
            net.append(nn.ReLU(inplace=True))
    return net
""",
        "layers appended in a loop over pairs of widths; only the last layer has a bias; the ReLU works in place on the norm's output, which autograd does not need",
    ),
    (
        "r03_match_empty_sequential",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    layers: list[nn.Module] = []  # a Sequential without layers returns its input
    match kind:
        case "none":
            pass
        case "linear":
            layers.append(nn.Linear(in_features=in_dim, out_features=out_dim))
        case "mlp":
            layers.extend(mlp(in_dim, hidden_dim, out_dim))
        case _:
            raise ValueError(f"there is no projector {kind!r}; choose none, linear or mlp")
    return nn.Sequential(*layers)
""",
        "match statement; every head is a Sequential, and 'none' is an empty one, which returns h itself",
    ),
    (
        "r03_named_layers_bias_removed",
        "predictor",
        """
def predictor(dim, hidden_dim):
    from collections import OrderedDict

    widen = nn.Linear(dim, hidden_dim)
    widen.register_parameter("bias", None)  # the norm subtracts it anyway
    parts = OrderedDict()
    parts["widen"] = widen
    parts["norm"] = nn.BatchNorm1d(num_features=hidden_dim)
    parts["relu"] = nn.ReLU()
    parts["back"] = nn.Linear(hidden_dim, dim)
    return nn.Sequential(parts)
""",
        "does not call mlp; named layers from an OrderedDict; the first bias is made and then removed",
    ),
    (
        "mlp_with_named_layers",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    from collections import OrderedDict

    # z = W2 relu(norm(W1 h)) + b2
    steps = OrderedDict()
    steps["W1"] = nn.Linear(in_dim, hidden_dim)
    steps["W1"].register_parameter("bias", None)  # the norm would remove it
    steps["norm"] = nn.BatchNorm1d(hidden_dim)
    steps["relu"] = nn.ReLU()
    steps["W2"] = nn.Linear(hidden_dim, out_dim)
    return nn.Sequential(steps)
""",
        "layers named as in the equation, in an OrderedDict; the first bias is made and then removed",
    ),
    (
        "projector_by_index",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    depth = ("none", "linear", "mlp").index(kind)  # ValueError if it is none of them
    if depth == 2:
        return mlp(in_dim, hidden_dim, out_dim)
    return nn.Sequential(*[nn.Linear(in_dim, out_dim) for _ in range(depth)])
""",
        "the number of matrices from tuple.index, which raises the ValueError itself; an empty Sequential returns its input",
    ),
    (
        "predictor_layer_by_layer",
        "predictor",
        """
def predictor(dim, hidden_dim):
    widths = [dim, hidden_dim, dim]
    layers = []
    for number, (before, after) in enumerate(zip(widths, widths[1:])):
        last = number == len(widths) - 2
        layers.append(nn.Linear(before, after, bias=last))
        if not last:
            layers.extend([nn.BatchNorm1d(after), nn.ReLU()])
    return nn.Sequential(*layers)
""",
        "written out in a loop over pairs of widths, without calling mlp",
    ),
    (
        "bias_taken_away_afterwards",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    head = nn.Sequential()
    first = nn.Linear(in_dim, hidden_dim)
    first.register_parameter("bias", None)  # the norm shifts
    head.append(first)
    for module in (nn.BatchNorm1d(hidden_dim), nn.ReLU(inplace=True)):
        head.append(module)
    head.append(nn.Linear(hidden_dim, out_dim))
    return head
""",
        "appends to an empty Sequential; the first bias is built and then removed, so other random numbers are drawn; ReLU in place",
    ),
    (
        "match_with_empty_sequential",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    match kind:
        case "mlp":
            return mlp(in_dim=in_dim, out_dim=out_dim, hidden_dim=hidden_dim)
        case "linear":
            return nn.Sequential(nn.Linear(in_features=in_dim, out_features=out_dim))
        case "none":
            return nn.Sequential()  # no layers: the input comes out
        case _:
            raise ValueError('the kind of a projector is "none", "linear" or "mlp", not %r' % (kind,))
""",
        "match statement; an empty Sequential instead of nn.Identity; the one matrix sits in a Sequential",
    ),
    (
        "named_layers_last_one_first",
        "predictor",
        """
def predictor(dim, hidden_dim):
    from collections import OrderedDict

    back = nn.Linear(hidden_dim, dim)
    there = nn.Linear(dim, hidden_dim, bias=False)
    parts = [("there", there), ("norm", nn.BatchNorm1d(hidden_dim)), ("relu", nn.ReLU()), ("back", back)]
    return nn.Sequential(OrderedDict(parts))
""",
        "does not call mlp; layers have names, and the last matrix is drawn before the first",
    ),
    (
        "layers_with_names",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    from collections import OrderedDict

    layers = OrderedDict()
    layers["fc1"] = nn.Linear(in_features=in_dim, out_features=hidden_dim, bias=False)
    layers["norm"] = nn.BatchNorm1d(num_features=hidden_dim)
    layers["act"] = nn.ReLU(inplace=True)
    layers["fc2"] = nn.Linear(in_features=hidden_dim, out_features=out_dim, bias=True)
    return nn.Sequential(layers)
""",
        "the four layers have names (OrderedDict) instead of numbers, and the ReLU works in place on the norm's output",
    ),
    (
        "match_and_empty_sequential",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    head = nn.Sequential()
    match kind:
        case "none":
            pass
        case "linear":
            head.append(nn.Linear(in_dim, out_dim))
        case "mlp":
            head = mlp(in_dim, hidden_dim, out_dim)
        case _:
            raise ValueError("kind must be none, linear or mlp, but it is " + repr(kind))
    return head
""",
        "match statement; 'none' is an empty Sequential, which returns its input, and 'linear' a Sequential of one layer",
    ),
    (
        "predictor_from_the_back",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    back = nn.Linear(hidden_dim, dim)
    there = nn.Linear(dim, hidden_dim, bias=False)
    q = nn.Sequential(there)
    q.extend([nn.BatchNorm1d(hidden_dim), nn.ReLU()])
    q.append(back)
    return q
""",
        "does not call mlp; the second matrix draws its weights before the first, and the Sequential grows by extend and append",
    ),
]
