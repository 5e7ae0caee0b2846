# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 3's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "mlp_first_bias",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    first = nn.Linear(in_dim, hidden_dim)
    norm = nn.BatchNorm1d(hidden_dim)
    second = nn.Linear(hidden_dim, out_dim)
    return nn.Sequential(first, norm, nn.ReLU(), second)
""",
        "The first matrix keeps its useless bias.",
    ),
    (
        "mlp_no_bias_at_all",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(inplace=True),
        nn.Linear(hidden_dim, out_dim, bias=False),
    )
""",
        "The second matrix has no bias either.",
    ),
    (
        "mlp_bias_exchanged",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    layers = [
        nn.Linear(in_dim, hidden_dim, bias=True),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim, bias=False),
    ]
    return nn.Sequential(*layers)
""",
        "The wrong matrix has the bias: the first has one, the second none.",
    ),
    (
        "mlp_norm_at_end",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    head = nn.Sequential()
    head.append(nn.Linear(in_dim, hidden_dim, bias=False))
    head.append(nn.BatchNorm1d(hidden_dim))
    head.append(nn.ReLU())
    head.append(nn.Linear(hidden_dim, out_dim))
    head.append(nn.BatchNorm1d(out_dim))
    return head
""",
        "A second batch norm follows the last matrix, as in the authors' code.",
    ),
    (
        "mlp_relu_then_norm",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.ReLU(),
        nn.BatchNorm1d(hidden_dim),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "ReLU and norm are in the wrong order.",
    ),
    (
        "mlp_layer_norm",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    w1 = nn.Linear(in_dim, hidden_dim, bias=False)
    w2 = nn.Linear(hidden_dim, out_dim)
    return nn.Sequential(w1, nn.LayerNorm(hidden_dim), nn.ReLU(), w2)
""",
        "The norm runs over the units of each row instead of over the batch.",
    ),
    (
        "mlp_no_affine",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim, affine=False),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim, bias=True),
    )
""",
        "The norm has no learned scale and shift, so nothing replaces the missing bias.",
    ),
    (
        "mlp_no_running_stats",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    widths = [in_dim, hidden_dim, out_dim]
    return nn.Sequential(
        nn.Linear(widths[0], widths[1], bias=False),
        nn.BatchNorm1d(widths[1], track_running_stats=False),
        nn.ReLU(),
        nn.Linear(widths[1], widths[2]),
    )
""",
        "Without running statistics, a row's result depends on the rest of the batch in eval mode, too.",
    ),
    (
        "mlp_hidden_ignored",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(in_dim, out_dim, bias=False),
        nn.BatchNorm1d(out_dim),
        nn.ReLU(),
        nn.Linear(out_dim, out_dim),
    )
""",
        "The hidden layer has the width of the output.",
    ),
    (
        "mlp_three_layers",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    blocks = []
    width = in_dim
    for _ in range(2):
        blocks += [nn.Linear(width, hidden_dim, bias=False), nn.BatchNorm1d(hidden_dim), nn.ReLU()]
        width = hidden_dim
    blocks.append(nn.Linear(hidden_dim, out_dim))
    return nn.Sequential(*blocks)
""",
        "There are two hidden layers instead of one.",
    ),
    (
        "mlp_norm_of_input",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.BatchNorm1d(in_dim),
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "The norm is applied to the input instead of the hidden layer.",
    ),
    (
        "mlp_float32",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    import torch

    kind = torch.float32
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False, dtype=kind),
        nn.BatchNorm1d(hidden_dim, dtype=kind),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim, dtype=kind),
    )
""",
        "The layers are always float32 instead of torch's default dtype.",
    ),
    (
        "projector_else_mlp",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind == "none":
        head = nn.Identity()
    elif kind == "linear":
        head = nn.Linear(in_dim, out_dim)
    else:
        head = mlp(in_dim, hidden_dim, out_dim)
    return head
""",
        "An unknown kind silently gives the MLP.",
    ),
    (
        "projector_returns_error",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    match kind:
        case "none":
            return nn.Identity()
        case "linear":
            return nn.Linear(in_dim, out_dim)
        case "mlp":
            return mlp(in_dim, hidden_dim, out_dim)
        case _:
            return ValueError(f"unknown projector: {kind}")
""",
        "The ValueError is returned instead of raised.",
    ),
    (
        "projector_key_error",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    heads = {
        "none": lambda: nn.Identity(),
        "linear": lambda: nn.Linear(in_dim, out_dim),
        "mlp": lambda: mlp(in_dim, hidden_dim, out_dim),
    }
    return heads[kind]()
""",
        "An unknown kind raises KeyError, not ValueError.",
    ),
    (
        "projector_substring",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind in "none":
        return nn.Identity()
    if kind in "linear":
        return nn.Linear(in_dim, out_dim)
    if kind in ("mlp"):
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(f"no such projector: {kind}")
""",
        "'in' looks for a substring, so '', 'no' or 'lin' are accepted.",
    ),
    (
        "projector_none_reshapes",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind not in ("none", "linear", "mlp"):
        raise ValueError(f"kind is none, linear or mlp, not {kind}")
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    if kind == "none" and in_dim == out_dim:
        return nn.Identity()
    return nn.Linear(in_dim, out_dim)
""",
        "'none' becomes a matrix if the widths differ; it should ignore out_dim.",
    ),
    (
        "projector_linear_no_bias",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind == "linear":
        return nn.Linear(in_dim, out_dim, bias=False)
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    if kind == "none":
        return nn.Identity()
    raise ValueError(kind)
""",
        "The linear head has no bias.",
    ),
    (
        "projector_hidden_is_in",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind == "none":
        return nn.Identity()
    if kind == "linear":
        return nn.Linear(in_dim, out_dim)
    if kind == "mlp":
        return mlp(in_dim, in_dim, out_dim)
    raise ValueError(f"projector {kind!r} does not exist")
""",
        "The hidden layer of the MLP is as wide as h; hidden_dim is ignored.",
    ),
    (
        "projector_linear_two_matrices",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind == "none":
        g = nn.Identity()
    elif kind == "linear":
        g = nn.Sequential(nn.Linear(in_dim, hidden_dim), nn.Linear(hidden_dim, out_dim))
    elif kind == "mlp":
        g = mlp(in_dim, hidden_dim, out_dim)
    else:
        raise ValueError(f"{kind} is not a projector")
    return g
""",
        "The linear head is two matrices (an MLP without ReLU) instead of one.",
    ),
    (
        "predictor_out_hidden",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    return mlp(in_dim=dim, hidden_dim=hidden_dim, out_dim=hidden_dim)
""",
        "p has the hidden width instead of z's width.",
    ),
    (
        "predictor_dims_exchanged",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    return mlp(hidden_dim, dim, hidden_dim)
""",
        "The two widths are exchanged.",
    ),
    (
        "predictor_no_norm",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(dim, hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, dim),
    )
""",
        "The batch norm of the MLP is missing.",
    ),
    (
        "predictor_width_ignored",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    layers = list(mlp(dim, dim, dim))
    return nn.Sequential(*layers)
""",
        "hidden_dim is ignored: all widths are dim.",
    ),
    (
        "predictor_relu_end",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    q = mlp(dim, hidden_dim, dim)
    q.append(nn.BatchNorm1d(dim))
    q.append(nn.ReLU())
    return q
""",
        "A norm and a ReLU follow the last matrix, so p is never negative.",
    ),
    (
        "mlp_no_running_statistics",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    first = nn.Linear(in_dim, hidden_dim, bias=False)
    norm = nn.BatchNorm1d(hidden_dim, track_running_stats=False)
    return nn.Sequential(first, norm, nn.ReLU(), nn.Linear(hidden_dim, out_dim))
""",
        "Without running statistics the norm uses the batch also in eval mode, so an image's z depends on its neighbours.",
    ),
    (
        "mlp_momentum_of_tensorflow",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim, momentum=0.9),  # as in the authors' code
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "In torch momentum is the share of the new batch, so TensorFlow's 0.9 is torch's 0.1: the running statistics follow the last batch.",
    ),
    (
        "mlp_last_layer_starts_at_zero",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    last = nn.Linear(hidden_dim, out_dim)
    nn.init.zeros_(last.weight)  # as the last norm of a residual block
    nn.init.zeros_(last.bias)
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False), nn.BatchNorm1d(hidden_dim), nn.ReLU(), last
    )
""",
        "There is no shortcut round the head, so a last matrix of zeros makes every z zero and passes no gradient to h.",
    ),
    (
        "mlp_loop_norm_after_last",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    widths = [in_dim, hidden_dim, out_dim]
    layers = []
    for i in range(2):
        last = i == len(widths)
        layers.append(nn.Linear(widths[i], widths[i + 1], bias=i > 0))
        if not last:
            layers += [nn.BatchNorm1d(widths[i + 1]), nn.ReLU()]
    return nn.Sequential(*layers)
""",
        "The last of two layers is i == 1, not len(widths), so a norm and a ReLU follow the second matrix, too.",
    ),
    (
        "mlp_dummy_batch",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    import torch

    net = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    with torch.no_grad():  # do the widths fit?
        assert net(torch.zeros(2, in_dim)).shape == (2, out_dim)
    return net
""",
        "The trial batch of zeros runs in train mode and has already changed the running variance and the batch counter.",
    ),
    (
        "mlp_always_float32",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    head = nn.Sequential()
    head.append(nn.Linear(in_dim, hidden_dim, bias=False))
    head.append(nn.BatchNorm1d(hidden_dim))
    head.append(nn.ReLU(inplace=True))
    head.append(nn.Linear(hidden_dim, out_dim))
    return head.float()
""",
        ".float() overrides torch's default dtype, so with a float64 default the head does not fit its encoder.",
    ),
    (
        "mlp_relu6",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    def matrix(a, b, bias):
        return nn.Linear(a, b, bias=bias)

    return nn.Sequential(
        matrix(in_dim, hidden_dim, False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU6(),
        matrix(hidden_dim, out_dim, True),
    )
""",
        "ReLU6 cuts activations at 6; the head has a plain ReLU.",
    ),
    (
        "projector_in_a_string",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind in ("none"):
        return nn.Identity()
    if kind in ("linear"):
        return nn.Linear(in_dim, out_dim)
    if kind in ("mlp"):
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(f"unknown projector {kind!r}")
""",
        "('none') is a string, not a tuple, so in looks for a part of it: '', 'no' and 'line' are accepted without an error.",
    ),
    (
        "projector_key_error_2",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    makers = {
        "none": lambda: nn.Identity(),
        "linear": lambda: nn.Linear(in_dim, out_dim),
        "mlp": lambda: mlp(in_dim, hidden_dim, out_dim),
    }
    return makers[kind]()
""",
        "An unknown kind raises KeyError, which is no ValueError.",
    ),
    (
        "projector_lower_case",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    match str(kind).strip().lower():
        case "none":
            return nn.Identity()
        case "linear":
            return nn.Linear(in_dim, out_dim)
        case "mlp":
            return mlp(in_dim, hidden_dim, out_dim)
        case _:
            raise ValueError(f"kind must be none, linear or mlp, not {kind}")
""",
        "Kinds that are none of the three, such as 'MLP', ' linear' or None itself, are taken for one of them instead of raising.",
    ),
    (
        "projector_none_fits_the_width",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind == "none":
        if in_dim == out_dim:
            return nn.Identity()
        return nn.AdaptiveAvgPool1d(out_dim)  # z must have width d
    elif kind == "linear":
        return nn.Linear(in_dim, out_dim, bias=True)
    elif kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    else:
        raise ValueError(kind)
""",
        "With kind none z must be h, of width D; here it is averaged down to out_dim, which none should ignore.",
    ),
    (
        "projector_linear_keeps_the_norm",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind not in ("none", "linear", "mlp"):
        raise ValueError(f"no projector is called {kind!r}")
    if kind == "none":
        return nn.Identity()
    head = mlp(in_dim, hidden_dim, out_dim)
    if kind == "linear":  # without its ReLU it is linear
        head = nn.Sequential(*[layer for layer in head if not isinstance(layer, nn.ReLU)])
    return head
""",
        "linear is to be one matrix with a bias, W h + b; this one has two matrices with a batch norm between them, through the hidden width.",
    ),
    (
        "predictor_stops_the_gradient",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    head = mlp(dim, hidden_dim, dim)
    # the other branch is a constant target
    head.register_forward_pre_hook(lambda module, inputs: (inputs[0].detach(),))
    return head
""",
        "The stop-gradient belongs to the target branch; here it cuts the predictor's own input, so nothing before it learns.",
    ),
    (
        "predictor_no_last_bias",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    q = mlp(dim, hidden_dim, dim)
    q[-1] = nn.Linear(hidden_dim, dim, bias=False)
    return q
""",
        "The last matrix of the predictor has lost its bias.",
    ),
    (
        "predictor_a_layer_more",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    body = mlp(dim, hidden_dim, hidden_dim)
    return nn.Sequential(*body, nn.ReLU(), nn.Linear(hidden_dim, dim))
""",
        "The MLP already ends with its output matrix; this predictor has two hidden layers and a third matrix.",
    ),
    (
        "mlp_tf_momentum",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim, momentum=0.9),
        nn.ReLU(inplace=True),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "The momentum 0.9 is TensorFlow's convention; in torch it makes the running statistics follow almost only the last batch.",
    ),
    (
        "mlp_no_running_stats_again",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    layers = [nn.Linear(in_dim, hidden_dim, bias=False)]
    layers += [nn.BatchNorm1d(hidden_dim, track_running_stats=False)]
    layers += [nn.ReLU()]
    layers += [nn.Linear(hidden_dim, out_dim, bias=True)]
    return nn.Sequential(*layers)
""",
        "The norm keeps no running statistics, so in eval mode a row's output depends on the rest of its batch, and one row fails.",
    ),
    (
        "mlp_relu_before_norm",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    net = nn.Sequential()
    net.add_module("0", nn.Linear(in_dim, hidden_dim, bias=False))
    net.add_module("1", nn.ReLU())
    net.add_module("2", nn.BatchNorm1d(hidden_dim))
    net.add_module("3", nn.Linear(hidden_dim, out_dim))
    return net
""",
        "The ReLU comes before the norm instead of after it.",
    ),
    (
        "mlp_no_bias_at_all_again",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    first = nn.Linear(in_dim, hidden_dim, bias=False)
    second = nn.Linear(hidden_dim, out_dim, bias=False)
    return nn.Sequential(first, nn.BatchNorm1d(hidden_dim), nn.ReLU(), second)
""",
        "The second matrix has no bias either.",
    ),
    (
        "mlp_hidden_as_wide_as_output",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, out_dim, bias=False),
        nn.BatchNorm1d(out_dim),
        nn.ReLU(),
        nn.Linear(out_dim, out_dim),
    )
""",
        "hidden_dim is ignored: the hidden layer is as wide as the output.",
    ),
    (
        "mlp_always_float32_again",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    head = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    return head.float()
""",
        "The module is forced to float32 instead of torch's default dtype.",
    ),
    (
        "mlp_norm_without_scale",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    W1 = nn.Linear(in_dim, hidden_dim, bias=False)
    norm = nn.BatchNorm1d(hidden_dim, affine=False)
    W2 = nn.Linear(hidden_dim, out_dim)
    return nn.Sequential(W1, norm, nn.ReLU(), W2)
""",
        "The norm has no learned scale and shift, so the hidden layer has no bias of any kind.",
    ),
    (
        "projector_linear_no_bias_again",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    elif kind == "linear":
        return nn.Linear(in_dim, out_dim, bias=False)
    elif kind == "none":
        return nn.Identity()
    raise ValueError(f"unknown projector: {kind}")
""",
        "The linear head is a matrix without the bias b.",
    ),
    (
        "projector_none_made_to_fit",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    if kind == "none":
        # z must be (B, d)
        return nn.Identity() if in_dim == out_dim else nn.Linear(in_dim, out_dim, bias=False)
    if kind == "linear":
        return nn.Linear(in_dim, out_dim)
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(f"kind must be none, linear or mlp, got {kind!r}")
""",
        "With out_dim != in_dim, none becomes a trained matrix to the width d, although none must ignore out_dim and keep D.",
    ),
    (
        "projector_key_error_again",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    builders = {
        "none": nn.Identity,
        "linear": lambda: nn.Linear(in_dim, out_dim),
        "mlp": lambda: mlp(in_dim, hidden_dim, out_dim),
    }
    return builders[kind]()
""",
        "An unknown kind raises KeyError instead of the promised ValueError.",
    ),
    (
        "projector_in_a_string_again",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    if kind in ("none"):
        head = nn.Identity()
    elif kind in ("linear"):
        head = nn.Linear(in_dim, out_dim)
    elif kind in ("mlp"):
        head = mlp(in_dim, hidden_dim, out_dim)
    else:
        raise ValueError("kind should be none, linear or mlp, not " + repr(kind))
    return head
""",
        "('none') is a string, not a tuple, so the empty string and every part of a name, such as 'lin' or 'no', is accepted without an error.",
    ),
    (
        "predictor_wrong_width",
        "predictor",
        """
def predictor(dim, hidden_dim):
    return mlp(dim, dim, hidden_dim)
""",
        "The last two widths are exchanged, so p is hidden_dim wide instead of as wide as z.",
    ),
    (
        "predictor_norm_at_end",
        "predictor",
        """
def predictor(dim, hidden_dim):
    return nn.Sequential(
        nn.Linear(dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(inplace=True),
        nn.Linear(hidden_dim, dim),
        nn.BatchNorm1d(dim, affine=False),
    )
""",
        "A further norm follows the second matrix, as in MoCo v3, although the predictor must be the same MLP with nothing after it.",
    ),
    (
        "predictor_starts_at_zero",
        "predictor",
        """
def predictor(dim, hidden_dim):
    q = mlp(dim, hidden_dim, dim)
    nn.init.zeros_(q[-1].weight)
    nn.init.zeros_(q[-1].bias)
    return q
""",
        "The second matrix and its bias start at zero, so p is 0 for every z and neither the first matrix nor z gets a gradient.",
    ),
    (
        "mlp_norm_not_learned",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    net = nn.Sequential()
    net.append(nn.Linear(in_dim, hidden_dim, bias=False))
    net.append(nn.BatchNorm1d(hidden_dim, affine=False))
    net.append(nn.ReLU(inplace=True))
    net.append(nn.Linear(hidden_dim, out_dim))
    return net
""",
        "The norm has no learned scale and shift (affine=False).",
    ),
    (
        "projector_linear_no_bias_again_again",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    makers = {
        "none": lambda: nn.Identity(),
        "linear": lambda: nn.Linear(in_dim, out_dim, bias=False),
        "mlp": lambda: mlp(in_dim, hidden_dim, out_dim),
    }
    if kind not in makers:
        raise ValueError(f"unknown projector {kind!r}")
    return makers[kind]()
""",
        "The linear head has no bias, so z = W h instead of W h + b.",
    ),
    (
        "predictor_first_bias",
        "predictor",
        """
def predictor(dim, hidden_dim):
    squeeze = nn.Linear(dim, hidden_dim)
    expand = nn.Linear(hidden_dim, dim)
    return nn.Sequential(squeeze, nn.BatchNorm1d(hidden_dim), nn.ReLU(), expand)
""",
        "The first matrix keeps its bias, which the norm after it removes again.",
    ),
    (
        "mlp_relu_before_norm_again",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    layers = [nn.Linear(in_dim, hidden_dim, bias=False)]
    layers += [nn.ReLU(), nn.BatchNorm1d(hidden_dim)]
    layers += [nn.Linear(hidden_dim, out_dim)]
    return nn.Sequential(*layers)
""",
        "The ReLU comes before the norm instead of after it.",
    ),
    (
        "mlp_gelu_bias",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    fc1 = nn.Linear(in_dim, hidden_dim)
    fc2 = nn.Linear(hidden_dim, out_dim)
    return nn.Sequential(fc1, nn.BatchNorm1d(hidden_dim), nn.GELU(), fc2)
""",
        "The activation is a GELU instead of a ReLU, and the first matrix has a bias.",
    ),
    (
        "projector_falls_through_wrong_width",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    if kind == "none":
        return nn.Sequential()
    elif kind == "linear":
        return nn.Linear(in_dim, hidden_dim)
    else:
        return mlp(in_dim, hidden_dim, out_dim)
""",
        "The linear head has the hidden width instead of out_dim, and an unknown kind silently gives the mlp instead of a ValueError.",
    ),
    (
        "predictor_no_norm_inside_norm_at_end",
        "predictor",
        """
def predictor(dim, hidden_dim):
    parts = [
        nn.Linear(dim, hidden_dim, bias=False),
        nn.ReLU(),
        nn.Linear(hidden_dim, dim),
        nn.BatchNorm1d(dim),
    ]
    return nn.Sequential(*parts)
""",
        "The hidden layer has no batch norm, and a batch norm follows the second matrix.",
    ),
    (
        "mlp_momentum_last_bias",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim, momentum=0.9),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim, bias=False),
    )
""",
        "The norm's momentum of 0.9 has TensorFlow's meaning, so in torch the running statistics are almost those of the last batch, and the second matrix has no bias.",
    ),
    (
        "projector_none_adapts_width",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    if kind == "linear":
        return nn.Linear(in_dim, out_dim)
    if kind == "none":
        same = in_dim == out_dim
        return nn.Identity() if same else nn.Linear(in_dim, out_dim, bias=False)
    raise ValueError("kind must be none, linear or mlp, got " + repr(kind))
""",
        "Where the widths differ, 'none' projects h to out_dim by a trained matrix instead of keeping z = h with width D.",
    ),
    (
        "projector_norm_after_last",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    match kind:
        case "none":
            head = nn.Identity()
        case "linear":
            head = nn.Linear(in_dim, out_dim)
        case "mlp":
            head = nn.Sequential(
                nn.Linear(in_dim, hidden_dim, bias=False),
                nn.BatchNorm1d(hidden_dim),
                nn.ReLU(),
                nn.Linear(hidden_dim, out_dim, bias=False),
                nn.BatchNorm1d(out_dim),
            )
        case _:
            raise ValueError(kind)
    return head
""",
        "As in the authors' code, a batch norm follows the second matrix of the mlp and replaces its bias, but here nothing may follow it.",
    ),
    (
        "predictor_unit_output",
        "predictor",
        """
def predictor(dim, hidden_dim):
    class UnitLength(nn.Module):
        def forward(self, p):
            return nn.functional.normalize(p, dim=1)

    return nn.Sequential(*mlp(dim, hidden_dim, dim), UnitLength())
""",
        "The rows of p are scaled to length 1 inside the head, which is the job of the loss, so p is not W2 relu(norm(W1 z)) + b2.",
    ),
    (
        "mlp_no_running_statistics_again",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    norm = nn.BatchNorm1d(hidden_dim, track_running_stats=False)
    first = nn.Linear(in_dim, hidden_dim, bias=False)
    second = nn.Linear(hidden_dim, out_dim)
    return nn.Sequential(first, norm, nn.ReLU(), second)
""",
        "The norm keeps no running statistics, so in eval mode z of a row still depends on the rest of its batch.",
    ),
    (
        "projector_remembers",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim, _made={}):
    if kind not in ("none", "linear", "mlp"):
        raise ValueError(f"no such projector: {kind}")
    key = (kind, in_dim, hidden_dim, out_dim)
    if key not in _made:
        if kind == "none":
            _made[key] = nn.Identity()
        elif kind == "linear":
            _made[key] = nn.Linear(in_dim, out_dim)
        else:
            _made[key] = mlp(in_dim, hidden_dim, out_dim)
    return _made[key]
""",
        "A second call with the same arguments returns the same module, so two models share one head and its trained weights.",
    ),
    (
        "predictor_always_float32",
        "predictor",
        """
def predictor(dim, hidden_dim):
    q = mlp(dim, hidden_dim, dim)
    return q.float()
""",
        "The head is always float32, although modules are to be built in torch's default dtype, so it fails where that is float64.",
    ),
    (
        "mlp_momentum_of_tensorflow_again",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim, momentum=0.9),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "momentum=0.9 is TensorFlow's convention; in torch the running statistics are then nine tenths the last batch, so z in eval mode follows whatever the last batch (often a small one) held.",
    ),
    (
        "mlp_statistics_not_saved",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    norm = nn.BatchNorm1d(hidden_dim)
    for name in ("running_mean", "running_var"):  # keep checkpoints small
        norm.register_buffer(name, getattr(norm, name), persistent=False)
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False), norm, nn.ReLU(), nn.Linear(hidden_dim, out_dim)
    )
""",
        "The norm's running statistics are not in the state_dict: a head loaded from a checkpoint has mean 0 and variance 1, so z in eval mode is wrong after resuming and no error is raised.",
    ),
    (
        "mlp_built_once",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int, built={}) -> nn.Sequential:
    widths = (in_dim, hidden_dim, out_dim)
    if widths not in built:
        built[widths] = nn.Sequential(
            nn.Linear(in_dim, hidden_dim, bias=False),
            nn.BatchNorm1d(hidden_dim),
            nn.ReLU(),
            nn.Linear(hidden_dim, out_dim),
        )
    return built[widths]
""",
        "A second head of the same widths is the same module: a momentum head shares the weights of the head it should lag behind, and a second run in the same process starts from trained weights.",
    ),
    (
        "mlp_sync_norm",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.SyncBatchNorm(hidden_dim),  # also right with several processes
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "A SyncBatchNorm is fine in one process but raises that it expects tensors on a GPU as soon as several processes train on CPUs, and use_group_norm does not find it, so a network without batch norms keeps one.",
    ),
    (
        "mlp_hides_nan",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    head = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    head.register_forward_hook(lambda head, inputs, z: z.nan_to_num())  # never pass on a NaN
    return head
""",
        "A hook turns NaN into 0 and infinities into the largest number: if the encoder diverges or a picture holds a NaN, z and the loss stay finite with no gradient, and the run goes on as if nothing had happened.",
    ),
    (
        "projector_substring_again",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind in ("none"):
        return nn.Identity()
    if kind in ("linear"):
        return nn.Linear(in_dim, out_dim)
    if kind in ("mlp"):
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(f"unknown projector {kind!r}")
""",
        "('none') is a string, not a tuple, so `in` looks for a part of a word: an empty setting or 'no' gives no head, 'line' a linear one and 'ml' an MLP, without the ValueError.",
    ),
    (
        "projector_builds_all",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    heads = {
        "none": nn.Identity(),
        "linear": nn.Linear(in_dim, out_dim),
        "mlp": mlp(in_dim, hidden_dim, out_dim),
    }
    if kind not in heads:
        raise ValueError(f"a projector is one of {', '.join(heads)}, not {kind!r}")
    return heads[kind]
""",
        "All three heads are built and two thrown away: 'none' or 'linear' with hidden_dim=None (only 'mlp' uses it) crash, and every kind takes the draws of all heads from the global generator, so with one seed 'none' is followed by other random numbers than it should be.",
    ),
    (
        "projector_seeded_inside",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    import torch

    if kind == "none":
        return nn.Identity()
    if kind not in ("linear", "mlp"):
        raise ValueError(f'a projector is "none", "linear" or "mlp", not {kind!r}')
    with torch.random.fork_rng(devices=[]):  # reproducible, and the global generator is kept
        torch.manual_seed(0)
        return nn.Linear(in_dim, out_dim) if kind == "linear" else mlp(in_dim, hidden_dim, out_dim)
""",
        "The weights are drawn with seed 0 whatever the run's seed is: all runs, and both heads of a run that has two, start from the same head, so five seeds do not show how much results vary.",
    ),
    (
        "predictor_goes_to_gpu",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    import torch

    head = mlp(dim, hidden_dim, dim)
    return head.cuda() if torch.cuda.is_available() else head
""",
        "On a machine with a GPU the head is built there instead of on torch's default device: a run on the CPU (or on the second GPU) of that machine crashes with tensors on two devices.",
    ),
    (
        "predictor_without_running_statistics",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    head = mlp(dim, hidden_dim, dim)
    head[1] = nn.BatchNorm1d(hidden_dim, track_running_stats=False)
    return head
""",
        "The norm has no running statistics, so in eval mode p of a row still depends on the rest of its batch, and a single row raises; in training nothing is different.",
    ),
    (
        "mlp_relu_before_norm_no_bias",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    layers = [nn.Linear(in_dim, hidden_dim, bias=False)]
    layers += [nn.ReLU(), nn.BatchNorm1d(hidden_dim)]
    layers += [nn.Linear(hidden_dim, out_dim, bias=False)]
    return nn.Sequential(*layers)
""",
        "Two slips: the ReLU comes before the norm, and the second matrix has no bias.",
    ),
    (
        "projector_no_bias_widths_swapped",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    heads = {
        "none": lambda: nn.Identity(),
        "linear": lambda: nn.Linear(in_dim, out_dim, bias=False),
        "mlp": lambda: mlp(in_dim, out_dim, hidden_dim),
    }
    if kind not in heads:
        raise ValueError(f"unknown projector {kind!r}")
    return heads[kind]()
""",
        "Two slips: the linear head has no bias, and the hidden and the output width of the MLP are exchanged.",
    ),
    (
        "predictor_linear_biased",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    squeeze = nn.Linear(dim, hidden_dim)
    norm = nn.BatchNorm1d(hidden_dim)
    expand = nn.Linear(hidden_dim, dim)
    return nn.Sequential(squeeze, norm, expand)
""",
        "Two slips: there is no ReLU between the matrices, and the first matrix has a bias.",
    ),
    (
        "mlp_layernorm_final_relu",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.LayerNorm(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
        nn.ReLU(),
    )
""",
        "Two slips: a layer norm stands in place of the batch norm, and a ReLU follows the second matrix.",
    ),
    (
        "mlp_no_running_stats_2",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    net = nn.Sequential()
    net.append(nn.Linear(in_dim, hidden_dim, bias=False))
    net.append(nn.BatchNorm1d(hidden_dim, track_running_stats=False))
    net.append(nn.ReLU())
    net.append(nn.Linear(hidden_dim, out_dim))
    return net
""",
        "The norm keeps no running statistics, so in eval mode z still depends on the rest of the batch, and a batch of one row raises.",
    ),
    (
        "mlp_seeds_torch",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    import torch

    torch.manual_seed(0)
    first = nn.Linear(in_dim, hidden_dim, bias=False)
    second = nn.Linear(hidden_dim, out_dim)
    return nn.Sequential(first, nn.BatchNorm1d(hidden_dim), nn.ReLU(), second)
""",
        "torch's global generator is seeded inside, so every head starts with the same weights whatever the run's seed, and all later draws of the program are reset.",
    ),
    (
        "predictor_slow_norm",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    q = mlp(dim, hidden_dim, dim)
    q[1] = nn.BatchNorm1d(hidden_dim, momentum=0.001)
    return q
""",
        "The norm's momentum is 0.001 instead of torch's 0.1: right in training mode, but after a few hundred steps the running statistics are still near 0 and 1, so p is wrong in eval mode.",
    ),
    (
        "predictor_cached",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int, _built={}) -> nn.Sequential:
    try:
        return _built[dim, hidden_dim]
    except KeyError:
        head = _built[dim, hidden_dim] = mlp(dim, hidden_dim, dim)
        return head
""",
        "The predictor is cached by its widths, so a second model in the same process gets the first one's trained head, and both train it.",
    ),
    (
        "projector_typo_is_mlp",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind == "none":
        return nn.Identity()
    elif kind == "linear":
        return nn.Linear(in_dim, out_dim, bias=True)
    else:
        return mlp(in_dim, hidden_dim, out_dim)
""",
        "Any other kind silently gives the MLP instead of a ValueError, so lienar trains another head than the one asked for.",
    ),
    (
        "projector_none_trains",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    if kind == "linear":
        return nn.Linear(in_dim, out_dim)
    if kind == "none":
        same = nn.Linear(in_dim, in_dim, bias=False)
        nn.init.eye_(same.weight)
        return same
    raise ValueError(f"no projector is called {kind!r}")
""",
        "The head none is a matrix that starts as the identity: right before the first step, but the optimiser trains it and decay shrinks it, so z is no longer h.",
    ),
    (
        "relu_then_norm",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    layers = [nn.Linear(in_dim, hidden_dim, bias=False)]
    layers += [nn.ReLU(), nn.BatchNorm1d(hidden_dim)]
    layers += [nn.Linear(hidden_dim, out_dim)]
    return nn.Sequential(*layers)
""",
        "Usual. The ReLU comes before the norm; the order must be linear, batch norm, ReLU, linear.",
    ),
    (
        "linear_without_bias",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    elif kind == "linear":
        return nn.Linear(in_dim, out_dim, bias=False)
    elif kind == "none":
        return nn.Identity()
    else:
        raise ValueError(f"there is no projector {kind!r}; use none, linear or mlp")
""",
        "Usual. The linear head has no bias; it must be z = W h + b.",
    ),
    (
        "widths_in_wrong_order",
        "predictor",
        """
def predictor(dim, hidden_dim):
    return mlp(dim, dim, hidden_dim)
""",
        "Usual. The widths are mixed up: the hidden layer has width d and the output the hidden width. It must be mlp(dim, hidden_dim, dim).",
    ),
    (
        "momentum_of_keras",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    first = nn.Linear(in_dim, hidden_dim, bias=False)
    norm = nn.BatchNorm1d(hidden_dim, momentum=0.99)
    return nn.Sequential(first, norm, nn.ReLU(), nn.Linear(hidden_dim, out_dim))
""",
        "Subtle (Keras). momentum=0.99 is Keras's share of the OLD average; in torch it is the share of the new batch, so eval mode uses almost only the last batch. It must be torch's default, 0.1.",
    ),
    (
        "parentheses_are_no_tuple",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    if kind in ("none"):
        return nn.Identity()
    if kind in ("linear"):
        return nn.Linear(in_dim, out_dim)
    if kind in ("mlp"):
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(f"unknown projector: {kind}")
""",
        "Subtle. ('none') is a string and not a tuple, so `in` looks for a part of the word: '', 'no', 'lin' or 'ml' are accepted silently. They must raise ValueError.",
    ),
    (
        "always_float32",
        "predictor",
        """
def predictor(dim, hidden_dim):
    import torch

    kind = {"dtype": torch.float32}
    return nn.Sequential(
        nn.Linear(dim, hidden_dim, bias=False, **kind),
        nn.BatchNorm1d(hidden_dim, **kind),
        nn.ReLU(),
        nn.Linear(hidden_dim, dim, **kind),
    )
""",
        "In use. The layers are float32 whatever torch's default dtype is; modules must be built in torch's default dtype.",
    ),
    (
        "norm_always_float32",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    import torch

    # statistics of a batch are kept in single precision
    norm = nn.BatchNorm1d(hidden_dim, dtype=torch.float32)
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        norm,
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "With torch.set_default_dtype(float64 or bfloat16) the norm alone is float32, so the head is of mixed dtypes, and fails or gives a dtype other than its input's. Contradicts 'Modules are built in torch's default dtype'.",
    ),
    (
        "heads_are_shared",
        "projector",
        """
def projector(
    kind: str, in_dim: int, hidden_dim: int, out_dim: int, _built: dict = {}
) -> nn.Module:
    if kind not in ("none", "linear", "mlp"):
        raise ValueError(f"a projector is none, linear or mlp, not {kind!r}")
    key = kind, in_dim, hidden_dim, out_dim
    if key not in _built:
        if kind == "none":
            _built[key] = nn.Identity()
        elif kind == "linear":
            _built[key] = nn.Linear(in_dim, out_dim)
        else:
            _built[key] = mlp(in_dim, hidden_dim, out_dim)
    return _built[key]
""",
        "A second call with the same sizes returns the same module: two runs in a process, or an online and a momentum head, share their weights, and the second starts trained. Contradicts 'Returns: a module' and 'Modules are built in torch's default dtype, on its default device' (those of the first call stick).",
    ),
    (
        "square_linear_is_identity",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind == "none" or (kind == "linear" and in_dim == out_dim):
        return nn.Identity()  # the width is right already
    if kind == "linear":
        return nn.Linear(in_dim, out_dim)
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(f"a projector is none, linear or mlp, not {kind!r}")
""",
        "If d happens to equal D, the linear head has no parameters, and the comparison of heads trains 'none' under the name 'linear'. Contradicts 'linear: z = W h + b'.",
    ),
    (
        "predictor_forgets_statistics",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    head = mlp(dim, hidden_dim, dim)
    # q is used in training only, so its norm needs no running statistics
    head[1] = nn.BatchNorm1d(hidden_dim, track_running_stats=False)
    return head
""",
        "In eval mode the norm still uses the statistics of the batch: p of a row depends on the other rows, and a single row gives relu(bias) whatever z is; the state_dict lacks the running statistics. Contradicts 'A norm has torch's momentum and epsilon' (it has nothing for a momentum to act on).",
    ),
    (
        "layer_norm",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.LayerNorm(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "LayerNorm normalises each row over its units, not each unit over the batch. Against 'linear, batch norm, ReLU, linear'. Same number of parameters and shapes; values differ on every input, there are no running statistics, and one row's z does not depend on the others in training mode.",
    ),
    (
        "norm_after_the_last_matrix",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    # a norm after every layer, as in the authors' code; so no matrix needs a bias
    layers = []
    widths = [in_dim, hidden_dim, out_dim]
    for i, (a, b) in enumerate(zip(widths, widths[1:])):
        if i > 0:
            layers.append(nn.ReLU())
        layers += [nn.Linear(a, b, bias=False), nn.BatchNorm1d(b)]
    return nn.Sequential(*layers)
""",
        "The official SimCLR code: a batch norm after the second matrix, too, and no bias there. Against 'linear, batch norm, ReLU, linear', 'nothing after the second' and z = W2 relu(norm(W1 h)) + b2. Shows in training mode (every column of z has mean 0 and variance 1), in the number of parameters and in the second matrix' missing bias.",
    ),
    (
        "strings_for_tuples",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind in ("none"):
        return nn.Identity()
    if kind in ("linear"):
        return nn.Linear(in_dim, out_dim)
    if kind in ("mlp"):
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(f'projector must be "none", "linear" or "mlp", not {kind!r}')
""",
        "The parentheses make no tuples, so `in` asks for substrings. Against 'ValueError: if kind is none of these': the empty string, 'no', 'one', 'line', 'ml', 'p' are accepted. All three kinds and most typing errors ('lienar') are handled rightly.",
    ),
    (
        "predicts_the_difference",
        "predictor",
        '''
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    class Predictor(nn.Sequential):
        """p = z + F(z): z is a good first guess, the layers only learn what is missing."""

        def forward(self, z):
            return z + super().forward(z)

    return Predictor(*mlp(dim, hidden_dim, dim))
''',
        "Adds a shortcut as in lesson 2. Against the page: 'The predictor is the MLP again, from d to the hidden width and back to d', and 'head q with p = q(z)' in a module of heads without shortcuts. Shapes, layers, names and number of parameters are right; shows in values: with the last matrix and bias at 0, p is z instead of 0.",
    ),
    (
        "always_float32_2",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    import torch

    kind = {"dtype": torch.float32}
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False, **kind),
        nn.BatchNorm1d(hidden_dim, **kind),
        nn.ReLU(inplace=True),
        nn.Linear(hidden_dim, out_dim, **kind),
    )
""",
        "Fixes the dtype. Against 'Modules are built in torch's default dtype, on its default device'. Right under torch's usual default; shows after torch.set_default_dtype(torch.float64) (or bfloat16).",
    ),
    (
        "part_of_h_for_none",
        "projector",
        '''
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    import torch.nn.functional as F

    class Cut(nn.Module):
        """No parameters: the first d numbers of h are z (DirectCLR), filled up with zeros."""

        def __init__(self, width):
            super().__init__()
            self.width = width

        def forward(self, h):
            return F.pad(h, (0, self.width - h.shape[-1]))  # a negative padding cuts

    match kind:
        case "none":
            return Cut(out_dim)
        case "linear":
            return nn.Linear(in_dim, out_dim)
        case "mlp":
            return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(f"unknown kind of projector: {kind!r}")
''',
        "Reads 'maps (B, D) to (B, d)' as a promise for 'none', too, and cuts or pads h. Against 'none: z = h' and 'out_dim: ... \"none\" ignores it and keeps D'. Right if out_dim equals in_dim; shows if they differ.",
    ),
    (
        "each_view_its_own_statistics",
        "mlp",
        '''
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    import torch

    class NormOfEachView(nn.BatchNorm1d):
        """The batch holds two views of each image, the first views above the second ones.

        The loss compares a row of the upper half with one of the lower half. A row must therefore
        not be normalised with numbers that come from its own partner, or the partner's numbers
        could be read off the mean. So each half of a training batch is a batch of its own.
        """

        def forward(self, rows):
            count = len(rows)
            if not self.training or count < 4 or count % 2:
                return super().forward(rows)
            first, second = rows.split(count // 2)
            return torch.cat((super().forward(first), super().forward(second)))

    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        NormOfEachView(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
''',
        "Believes that the norm must not mix the two views, and normalises the halves of a batch separately. Against 'batch norm' and the page's 'mean 0 and standard deviation 1 for each unit over the batch'. Layers, parameters, eval mode, odd batches and batches of fewer than 4 rows are right; shows in training mode with even batches of 4 or more, most clearly if the halves differ in mean, and in running statistics that count twice per batch.",
    ),
    (
        "w03_dropout",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    hidden = [
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Dropout(0.1),
    ]
    return nn.Sequential(*hidden, nn.Linear(hidden_dim, out_dim))
""",
        "A dropout follows the ReLU, out of habit. The docstring promises linear, batch norm, ReLU, linear (the page: four layers, z = W2 max(0, norm(W1 h)) + b2): in training mode a tenth of the hidden values is 0 at random, the rest is larger, and the same batch gives another z each time. Eval mode, widths and number of parameters are right.",
    ),
    (
        "w03_lambda",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind == "none":
        return lambda h: h
    if kind == "linear":
        return nn.Linear(in_dim, out_dim)
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(f"no such projector: {kind}")
""",
        "For 'none' it returns a plain function instead of a module. The docstring promises 'Returns: A module': without parameters(), to(), train() and state_dict() the head fits into no model or optimiser, although head(h) gives h.",
    ),
    (
        "w03_preactivation",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    layers = []
    for inputs, outputs in [(dim, hidden_dim), (hidden_dim, dim)]:
        # z comes out of a bare matrix, so it needs its norm and its ReLU first
        layers += [nn.BatchNorm1d(inputs), nn.ReLU()]
        layers += [nn.Linear(inputs, outputs, bias=outputs == dim)]
    return nn.Sequential(*layers)
""",
        "A norm and a ReLU come before the first matrix, too, so q forgets everything that is below the mean in z. The page promises 'The predictor is the MLP again, from d to the hidden width and back to d': linear, batch norm, ReLU, linear.",
    ),
    (
        "w03_keras_epsilon",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    q = nn.Sequential()
    q.append(nn.Linear(dim, hidden_dim, bias=False))
    q.append(nn.BatchNorm1d(hidden_dim, eps=1e-3))
    q.append(nn.ReLU())
    q.append(nn.Linear(hidden_dim, dim))
    return q
""",
        "The epsilon is that of Keras, 0.001, where the file promises 'A norm has torch's default momentum and epsilon' (1e-5). Shows where the hidden units have a small variance, as with small z: they are then not of standard deviation 1.",
    ),
    (
        "w03_always_cpu",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    import torch

    # drawn on the CPU, so that a seed gives the same weights on every machine
    with torch.device("cpu"):
        first = nn.Linear(in_dim, hidden_dim, bias=False)
        norm = nn.BatchNorm1d(hidden_dim)
        second = nn.Linear(hidden_dim, out_dim)
    return nn.Sequential(first, norm, nn.ReLU(), second)
""",
        "The weights are on the CPU whatever torch's default device is. The file promises 'Modules are built in torch's default dtype, on its default device'. Shows after torch.set_default_device or inside `with torch.device(...)`, as with 'cuda' or 'meta'; right as long as the default is the CPU.",
    ),
    (
        "w03_late_error",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    class Projector(nn.Module):
        def __init__(self):
            super().__init__()
            if kind == "linear":
                self.g = nn.Linear(in_dim, out_dim)
            elif kind == "mlp":
                self.g = mlp(in_dim, hidden_dim, out_dim)

        def forward(self, h):
            if kind == "none":
                return h
            if kind in ("linear", "mlp"):
                return self.g(h)
            raise ValueError(f"kind must be none, linear or mlp, not {kind!r}")

    return Projector()
""",
        "The check is in forward, so projector('lienar', ...) returns a module without a word, and the ValueError comes only with the first batch. The docstring promises that projector raises it if kind is none of the three. All three kinds are right.",
    ),
    (
        "w03_relu_then_norm",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    first = nn.Linear(in_dim, hidden_dim, bias=False)
    activation = nn.ReLU()
    norm = nn.BatchNorm1d(hidden_dim)
    second = nn.Linear(hidden_dim, out_dim)
    return nn.Sequential(first, activation, norm, second)
""",
        "the norm comes after the ReLU; promised is linear, batch norm, ReLU, linear: z = W2 relu(norm(W1 h)) + b2 (beginner who lists the parts and puts the activation directly after the layer, as in older tutorials)",
    ),
    (
        "w03_no_bias_anywhere",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    def matrix(rows, columns):
        return nn.Linear(rows, columns, bias=False)  # the norm takes care of the bias

    return nn.Sequential(
        matrix(in_dim, hidden_dim),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(inplace=True),
        matrix(hidden_dim, out_dim),
    )
""",
        "neither matrix has a bias; the equation has b2, and the page says that the second layer does need one (physicist who reads 'no bias' for the whole head)",
    ),
    (
        "w03_predictor_keeps_the_width",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    # z and p have the same width, so nothing here changes the width
    return mlp(dim, dim, dim)
""",
        "hidden_dim is ignored; promised is a hidden layer of hidden_dim units, 'from d to the hidden width and back to d' (hurried engineer; output shape is right)",
    ),
    (
        "w03_unknown_kind_gives_nothing",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    head = None
    if kind == "none":
        head = nn.Identity()
    if kind == "linear":
        head = nn.Linear(in_dim, out_dim)
    if kind == "mlp":
        head = mlp(in_dim, hidden_dim, out_dim)
    if head is None:
        print("ValueError: kind must be none, linear or mlp, not", kind)
    return head
""",
        "prints the error and returns None; promised is that ValueError is raised if kind is none of the three (beginner)",
    ),
    (
        "w03_in_a_string",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind in ("none"):
        return nn.Identity()
    elif kind in ("linear"):
        return nn.Linear(in_dim, out_dim)
    elif kind in ("mlp"):
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(f"unknown projector: {kind!r}")
""",
        '("none") is a string, not a tuple, so `in` looks for a substring: "", "no", "line" or "ml" build a head without a word. \'lienar\' is refused as it should be. Promised: ValueError if `kind` is none of these',
    ),
    (
        "w03_momentum_of_the_authors",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    layers = [
        nn.Linear(dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim, momentum=0.9),  # as in the authors' TensorFlow code
        nn.ReLU(),
        nn.Linear(hidden_dim, dim),
    ]
    return nn.Sequential(*layers)
""",
        "TensorFlow's momentum 0.9 is torch's 0.1; here the running averages almost forget the past, so eval mode differs. Promised: a norm has torch's default momentum and epsilon; 'the predictor is the MLP again'",
    ),
    (
        "norm_after_the_relu",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    net = nn.Sequential()
    net.append(nn.Linear(in_dim, hidden_dim, bias=False))
    net.append(nn.ReLU())
    net.append(nn.BatchNorm1d(hidden_dim))
    net.append(nn.Linear(hidden_dim, out_dim))
    return net
""",
        "ReLU before the norm; the docstring promises linear, batch norm, ReLU, linear, and the table on the page goes norm, then ReLU.",
    ),
    (
        "projector_raises_key_error",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    heads = {
        "none": lambda: nn.Identity(),
        "linear": lambda: nn.Linear(in_dim, out_dim),
        "mlp": lambda: mlp(in_dim, hidden_dim, out_dim),
    }
    return heads[kind]()
""",
        "an unknown kind raises KeyError; the docstring promises ValueError.",
    ),
    (
        "none_projects_if_widths_differ",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    if kind == "mlp":
        head = mlp(in_dim, hidden_dim, out_dim)
    elif kind == "linear":
        head = nn.Linear(in_dim, out_dim)
    elif kind == "none":
        head = nn.Identity()
        if in_dim != out_dim:
            # the loss wants out_dim numbers
            head = nn.Linear(in_dim, out_dim, bias=False)
    else:
        raise ValueError("kind must be none, linear or mlp")
    return head
""",
        "'none' becomes a matrix when D and d differ; the docstring promises z = h, and that 'none' ignores out_dim and keeps D.",
    ),
    (
        "predictor_ends_at_the_hidden_width",
        "predictor",
        """
def predictor(dim, hidden_dim):
    # same recipe as the projector, for z instead of h
    q = projector("mlp", dim, dim, hidden_dim)
    return q
""",
        "hidden width and output width are exchanged, so p has the hidden width; z and p must have the same width.",
    ),
    (
        "momentum_as_in_tensorflow",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    # batch norm as in the authors' code, which has a decay of 0.9
    first = nn.Linear(in_dim, hidden_dim, bias=False)
    norm = nn.BatchNorm1d(hidden_dim, momentum=0.9)
    second = nn.Linear(hidden_dim, out_dim, bias=True)
    return nn.Sequential(first, norm, nn.ReLU(), second)
""",
        "TensorFlow's decay of 0.9 is torch's momentum of 0.1; the same outputs in training mode, but running statistics follow the last batch. The module promises torch's default momentum.",
    ),
    (
        "kind_in_a_string",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    if kind in ("none"):
        return nn.Identity()
    if kind in ("linear"):
        return nn.Linear(in_dim, out_dim)
    if kind in ("mlp"):
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(f"unknown projector: {kind!r}")
""",
        "('none') is a string, not a tuple, so 'in' looks for a part of it: '', 'no', 'line' or 'ml' build a head without a word; the docstring promises ValueError for everything but the three names.",
    ),
    (
        "loop_without_any_bias",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    sizes = [in_dim, hidden_dim, out_dim]
    layers = []
    for i in range(2):
        layers.append(nn.Linear(sizes[i], sizes[i + 1], bias=False))
        if i == 0:
            layers.append(nn.BatchNorm1d(sizes[i + 1]))
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)
""",
        "a beginner's loop gives neither matrix a bias; z = W2 relu(norm(W1 h)) + b2 has a b2 (page: 'the second layer does need one', 197,760 parameters)",
    ),
    (
        "norm_after_relu",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    hidden = nn.Sequential(nn.Linear(in_dim, hidden_dim, bias=False), nn.ReLU())
    head = nn.Sequential(*hidden, nn.BatchNorm1d(hidden_dim), nn.Linear(hidden_dim, out_dim))
    return head
""",
        "linear + activation taken as one unit and the norm put after it; the docstring's order is linear, batch norm, ReLU, linear",
    ),
    (
        "everything_else_is_mlp",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    makers = {
        "none": lambda: nn.Identity(),
        "linear": lambda: nn.Linear(in_dim, out_dim),
    }
    # mlp is the default head
    make = makers.get(kind, lambda: mlp(in_dim, hidden_dim, out_dim))
    return make()
""",
        "an unknown kind such as 'lienar' silently becomes an mlp; breaks 'Raises ValueError: if kind is none of these'",
    ),
    (
        "predictor_plain_bottleneck",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    squeeze = nn.Linear(dim, hidden_dim)
    expand = nn.Linear(hidden_dim, dim)
    return nn.Sequential(squeeze, nn.ReLU(inplace=True), expand)
""",
        "no batch norm (and a bias in its place); page step 3: 'The predictor is the MLP again'",
    ),
    (
        "all_heads_built_first",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    heads = dict(
        none=nn.Identity(),
        linear=nn.Linear(in_dim, out_dim),
        mlp=mlp(in_dim, hidden_dim, out_dim),
    )
    try:
        return heads[kind]
    except KeyError:
        raise ValueError(f"unknown projector {kind!r}; choose from {', '.join(heads)}") from None
""",
        "the table builds all three heads on each call, so 'none' draws random numbers too; breaks '\"none\" ... draws no random numbers' (and 'only \"mlp\" uses hidden_dim')",
    ),
    (
        "norm_pinned_to_float32",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    import torch

    # statistics over a batch are kept in single precision, as in mixed-precision training
    norm = nn.BatchNorm1d(hidden_dim, dtype=torch.float32)
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        norm,
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim, bias=True),
    )
""",
        "right with the usual default dtype, but with torch.set_default_dtype(torch.float64) the norm stays float32; breaks 'Modules are built in torch's default dtype' and the output's dtype",
    ),
    (
        "relu_before_norm",
        "mlp",
        """
def mlp(in_dim, hidden_dim, out_dim):
    layers = []
    layers.append(nn.Linear(in_dim, hidden_dim, bias=False))
    layers.append(nn.ReLU())
    layers.append(nn.BatchNorm1d(hidden_dim))
    layers.append(nn.Linear(hidden_dim, out_dim))
    return nn.Sequential(*layers)
""",
        "beginner: ReLU before the norm; breaks 'linear, batch norm, ReLU, linear' and z = W2 relu(norm(W1 h)) + b2",
    ),
    (
        "anything_else_is_mlp",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    if kind == "none":
        return nn.Identity()
    if kind == "linear":
        return nn.Linear(in_dim, out_dim)
    return mlp(in_dim, hidden_dim, out_dim)
""",
        "hurried engineer: every other name gives the MLP without a word; breaks 'Raises ValueError: if kind is none of these'",
    ),
    (
        "none_made_to_fit",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    if kind not in ["none", "linear", "mlp"]:
        raise ValueError(f"unknown projector: {kind}")
    if kind == "mlp":
        head = mlp(in_dim, hidden_dim, out_dim)
    elif kind == "linear" or in_dim != out_dim:
        # the output must have out_dim columns in any case
        head = nn.Linear(in_dim, out_dim)
    else:
        head = nn.Identity()
    return head
""",
        "student who reads 'a module that maps (B, D) to (B, d)' literally: 'none' becomes a matrix if the widths differ; breaks 'none: z = h' and '\"none\" ignores out_dim and keeps D, and draws no random numbers'",
    ),
    (
        "predictor_without_norm",
        "predictor",
        """
def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(dim, hidden_dim),
        nn.ReLU(inplace=True),
        nn.Linear(hidden_dim, dim),
    )
""",
        "chat assistant: the textbook MLP without a norm and with a bias in the first matrix; breaks the page's 'the predictor is the MLP again' (linear, batch norm, ReLU, linear; no bias in the first)",
    ),
    (
        "keras_momentum",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    first = nn.Linear(in_dim, hidden_dim, bias=False)
    norm = nn.BatchNorm1d(hidden_dim, eps=1e-5, momentum=0.9)
    second = nn.Linear(hidden_dim, out_dim)
    return nn.Sequential(first, norm, nn.ReLU(), second)
""",
        "TensorFlow user: momentum=0.9 as in the authors' code, but torch's momentum is the share of the *new* batch (0.1 there); the same in training mode, other running statistics and so other outputs in eval mode; breaks 'A norm has torch's default momentum and epsilon'",
    ),
    (
        "all_heads_in_a_table",
        "projector",
        """
def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    heads = {
        "none": nn.Identity(),
        "linear": nn.Linear(in_dim, out_dim),
        "mlp": mlp(in_dim, hidden_dim, out_dim),
    }
    try:
        return heads[kind]
    except KeyError:
        raise ValueError(f"a projector is one of {', '.join(heads)}, not {kind!r}") from None
""",
        "clean-code engineer: a table builds all three heads at every call, so 'none' draws the random numbers of the other two (and whatever is built next starts elsewhere); breaks '\"none\" ... draws no random numbers'",
    ),
]
