# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 3: wrong ways to write the heads, and what to say about each."""

from lessons.course.mistakes import Mistake

FIRST = "nn.Linear(in_dim, hidden_dim, bias=False)"
NORM = "nn.BatchNorm1d(hidden_dim),"
LAST = "nn.Linear(hidden_dim, out_dim),"
NONE = "return nn.Identity()"
LINEAR = "return nn.Linear(in_dim, out_dim)"
MLP = "return mlp(in_dim, hidden_dim, out_dim)"
PREDICTOR = "return mlp(dim, hidden_dim, dim)"


def head(forward: str) -> str:
    """A module around the library's perceptron, with another forward."""
    return f"""def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(
                nn.Linear(in_dim, hidden_dim, bias=False),
                nn.BatchNorm1d(hidden_dim),
                nn.ReLU(),
                nn.Linear(hidden_dim, out_dim),
            )

        def forward(self, h):
            {forward}

    return Head()
"""


def around(made: str, forward: str) -> str:
    """Statements that return `made`, a module, with another forward."""
    return f"""class Head(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = {made}

            def forward(self, h):
                {forward}

        return Head()"""


MISTAKES = [
    # mlp
    Mistake(
        "no_relu",
        "mlp",
        ("        nn.ReLU(),\n", ""),
        "There is no ReLU between your matrices. What are two matrices after each other?",
        trains=True,
    ),
    Mistake(
        "no_norm",
        "mlp",
        ("        " + NORM + "\n", ""),
        "There is no norm after your first matrix. Which four layers does the docstring name?",
        trains=True,
    ),
    Mistake(
        "norm_after_relu",
        "mlp",
        (NORM + "\n        nn.ReLU(),", "nn.ReLU(),\n        " + NORM),
        "Your norm follows the ReLU. In relu(norm(W1 h)), which comes first?",
        trains=True,
    ),
    Mistake(
        "relu_at_end",
        "mlp",
        (LAST, LAST + " nn.ReLU(),"),
        "A ReLU follows your second matrix, so z is never below 0. Which cosines can two such z not have?",
        trains=True,
    ),
    Mistake(
        "norm_at_end",
        "mlp",
        (LAST, LAST + " nn.BatchNorm1d(out_dim),"),
        "A norm follows your second matrix, as in the authors' code. What follows W2 in the equation here?",
        trains=True,
    ),
    Mistake(
        "first_offset",
        "mlp",
        (", bias=False", ""),
        "Your first matrix has an offset. What does the norm, which takes the mean away, leave of it?",
        trains=True,
    ),
    Mistake(
        "no_last_offset",
        "mlp",
        (LAST, LAST[:-2] + ", bias=False),"),
        "Your second matrix has no offset. Where is b2 of the equation?",
        trains=True,
    ),
    Mistake(
        "layer_norm",
        "mlp",
        (NORM, "nn.LayerNorm(hidden_dim),"),
        "Your norm takes its mean over the units of one row. Over what does a batch norm take it?",
        trains=True,
    ),
    Mistake(
        "norm_without_weights",
        "mlp",
        (NORM, NORM[:-2] + ", affine=False),"),
        "Your norm has no scale and offset to learn. Which offset is left before the ReLU?",
        trains=True,
    ),
    Mistake(
        "batch_norm_in_evaluation",
        "mlp",
        (NORM, NORM[:-2] + ", track_running_stats=False),"),
        "In evaluation your norm still uses the batch at hand. What should one image give, whichever others lie beside it?",
        trains=True,
    ),
    Mistake(
        "leaky_relu",
        "mlp",
        ("nn.ReLU()", "nn.LeakyReLU(0.1)"),
        "Below 0, your ReLU lets a tenth through. What does relu(-1) give?",
        trains=True,
    ),
    Mistake(
        "gelu",
        "mlp",
        ("nn.ReLU()", "nn.GELU()"),
        "You use a GELU, the bend of transformers. Which one does the docstring name?",
        trains=True,
    ),
    Mistake(
        "dropout",
        "mlp",
        ("nn.ReLU(),", "nn.ReLU(), nn.Dropout(0.1),"),
        "You drop hidden units by chance. Where does the equation do so?",
        trains=True,
    ),
    Mistake(
        "hidden_as_wide_as_output",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, out_dim, bias=False),
        nn.BatchNorm1d(out_dim),
        nn.ReLU(),
        nn.Linear(out_dim, out_dim),
    )
""",
        "Your hidden layer is as wide as the output. Which argument says how wide it is?",
        trains=True,
    ),
    Mistake(
        "two_hidden_layers",
        "mlp",
        (
            LAST,
            "nn.Linear(hidden_dim, hidden_dim, bias=False), nn.BatchNorm1d(hidden_dim), nn.ReLU(), "
            + LAST,
        ),
        "You have two hidden layers, as SimCLR's second version. How many matrices has the equation?",
        trains=True,
    ),
    Mistake(
        "layers_in_a_list",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [
                nn.Linear(in_dim, hidden_dim, bias=False),
                nn.BatchNorm1d(hidden_dim),
                nn.ReLU(),
                nn.Linear(hidden_dim, out_dim),
            ]

        def forward(self, h):
            for layer in self.layers:
                h = layer(h)
            return h

    return Head()
""",
        "You keep the layers in a plain list, so parameters() is empty. What does the optimizer get to learn?",
        trains=True,
    ),
    Mistake(
        "detached_input",
        "mlp",
        head("return self.layers(h.detach())"),
        "You cut the gradient at h. The loss may fall, but what does the encoder learn from?",
        trains=True,
    ),
    Mistake(
        "normalized_output",
        "mlp",
        head("z = self.layers(h)\n            return z / z.norm(dim=1, keepdim=True)"),
        "Your head gives z length 1. Who does that in SimCLR, the head or the loss?",
        trains=True,
    ),
    Mistake(
        "changes_input",
        "mlp",
        head(
            "h.data.div_(h.data.norm(dim=1, keepdim=True).clamp(min=1e-8))\n"
            "            return self.layers(h)"
        ),
        "You give h length 1 in place. What does the linear probe see of h afterwards?",
        trains=True,
    ),
    Mistake(
        "shared",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    made = vars(mlp).setdefault("made", {})
    widths = (in_dim, hidden_dim, out_dim)
    if widths not in made:
        made[widths] = nn.Sequential(
            nn.Linear(in_dim, hidden_dim, bias=False),
            nn.BatchNorm1d(hidden_dim),
            nn.ReLU(),
            nn.Linear(hidden_dim, out_dim),
        )
    return made[widths]
""",
        "Two calls return the same module, weights and all. What becomes of the first head when the second is trained?",
        trains=True,
    ),
    Mistake(
        "equal_units",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    first = nn.Linear(in_dim, hidden_dim, bias=False)
    nn.init.constant_(first.weight, 1 / in_dim)
    return nn.Sequential(first, nn.BatchNorm1d(hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, out_dim))
""",
        "All hidden units begin with the same weights. What could ever make two of them differ?",
    ),
    Mistake(
        "frozen",
        "mlp",
        (LAST + "\n    )", LAST + "\n    ).requires_grad_(False)"),
        "No weight of your head takes a gradient: it stays as it was drawn. Who learns g?",
        trains=True,
    ),
    # projector
    Mistake(
        "none_is_a_matrix",
        "projector",
        (NONE, "return nn.Linear(in_dim, in_dim)"),
        'Your "none" has a matrix to learn. What is z when there is no head?',
        trains=True,
    ),
    Mistake(
        "none_with_relu",
        "projector",
        (NONE, "return nn.ReLU()"),
        'Your "none" cuts at 0; a ResNet\'s h hides that. What should come back for h = -1?',
        trains=True,
    ),
    Mistake(
        "none_with_norm",
        "projector",
        (NONE, "return nn.BatchNorm1d(in_dim)"),
        'Your "none" norms h over the batch. What is left of h when nothing is done to it?',
        trains=True,
    ),
    Mistake(
        "none_normalized",
        "projector",
        (NONE, around("nn.Identity()", "return nn.functional.normalize(h, dim=1)")),
        'Your "none" gives h length 1. Is that h itself?',
        trains=True,
    ),
    Mistake(
        "none_detached",
        "projector",
        (NONE, around("nn.Identity()", "return h.detach()")),
        'Your "none" cuts the gradient. What does the encoder learn from?',
    ),
    Mistake(
        "linear_without_offset",
        "projector",
        (LINEAR, "return nn.Linear(in_dim, out_dim, bias=False)"),
        'Your "linear" has no offset. Where is b of z = W h + b?',
        trains=True,
    ),
    Mistake(
        "linear_with_relu",
        "projector",
        (LINEAR, "return nn.Sequential(nn.Linear(in_dim, out_dim), nn.ReLU())"),
        'A ReLU follows the matrix of your "linear". Is that head still linear?',
        trains=True,
    ),
    Mistake(
        "linear_with_norm",
        "projector",
        (LINEAR, "return nn.Sequential(nn.Linear(in_dim, out_dim), nn.BatchNorm1d(out_dim))"),
        'A norm follows the matrix of your "linear". Does z = W h + b look at the other rows of the batch?',
        trains=True,
    ),
    Mistake(
        "linear_through_hidden",
        "projector",
        (
            LINEAR,
            "return nn.Sequential(nn.Linear(in_dim, hidden_dim), nn.Linear(hidden_dim, out_dim))",
        ),
        'Your "linear" has two matrices, with nothing between them. How many has z = W h + b?',
        trains=True,
    ),
    Mistake(
        "linear_is_mlp",
        "projector",
        (LINEAR, "return mlp(in_dim, hidden_dim, out_dim) "),
        'Your "linear" is the perceptron. What does section 4.2 compare with what?',
        trains=True,
    ),
    Mistake(
        "mlp_is_linear",
        "projector",
        (MLP, "return nn.Linear(in_dim, out_dim) "),
        'Your "mlp" is one matrix. What did you write mlp for?',
        trains=True,
    ),
    Mistake(
        "hidden_width_ignored",
        "projector",
        (MLP, "return mlp(in_dim, in_dim, out_dim)"),
        "Your hidden layer is as wide as h, whatever hidden_dim says. Which argument do you not use?",
        trains=True,
    ),
    Mistake(
        "any_other_kind",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "return mlp(in_dim, hidden_dim, out_dim)  # any other kind",
        ),
        'Any other kind gets the perceptron. What does somebody train who writes "lienar"?',
        trains=True,
    ),
    Mistake(
        "first_letters",
        "projector",
        ('if kind == "linear"', 'if "linear" in kind'),
        'You look for "linear" somewhere in the name. What does "nonlinear" get?',
        trains=True,
    ),
    Mistake(
        "z_normalized",
        "projector",
        (
            MLP,
            around(
                "mlp(in_dim, hidden_dim, out_dim)",
                "return nn.functional.normalize(self.layers(h), dim=1)",
            ),
        ),
        "Your projector gives z length 1. Is that in z = W2 relu(norm(W1 h)) + b2?",
        trains=True,
    ),
    Mistake(
        "input_detached",
        "projector",
        (MLP, around("mlp(in_dim, hidden_dim, out_dim)", "return self.layers(h.detach())")),
        "Your projector cuts the gradient at h. The loss may fall, but what does the encoder learn from?",
        trains=True,
    ),
    Mistake(
        "h_changed",
        "projector",
        (
            MLP,
            "return nn.Sequential(nn.ReLU(inplace=True), *mlp(in_dim, hidden_dim, out_dim))",
        ),
        "You write a ReLU into h before the perceptron. Whose h is it?",
        trains=True,
    ),
    # predictor
    Mistake(
        "one_matrix",
        "predictor",
        (PREDICTOR, "return nn.Linear(dim, dim)"),
        "Your predictor is one matrix. Where is the hidden layer?",
        trains=True,
    ),
    Mistake(
        "no_prediction",
        "predictor",
        (PREDICTOR, "return nn.Identity()"),
        "Your predictor gives z back. What does it learn?",
        trains=True,
    ),
    Mistake(
        "hidden_is_dim",
        "predictor",
        (PREDICTOR, "return mlp(dim, dim, dim)"),
        "Your hidden layer is as wide as z. What is hidden_dim for?",
        trains=True,
    ),
    Mistake(
        "adds_z",
        "predictor",
        (
            PREDICTOR,
            around("mlp(dim, hidden_dim, dim)", "return h + self.layers(h)").replace(
                "\n    ", "\n"
            ),
        ),
        "You add z to the result, as a residual block does. Is it in p = q(z)?",
        trains=True,
    ),
    Mistake(
        "stops_the_gradient",
        "predictor",
        (
            PREDICTOR,
            around("mlp(dim, hidden_dim, dim)", "return self.layers(h.detach())").replace(
                "\n    ", "\n"
            ),
        ),
        "You stop the gradient before the predictor. Through which of p and its target must the encoder learn?",
        trains=True,
    ),
    Mistake(
        "tied",
        "predictor",
        """def predictor(dim, hidden_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(dim, hidden_dim, bias=False)
            self.norm = nn.BatchNorm1d(hidden_dim)
            self.b2 = nn.Parameter(self.first.weight.new_zeros(dim))

        def forward(self, z):
            return self.norm(self.first(z)).relu() @ self.first.weight + self.b2

    return Head()
""",
        "Your second matrix is the first one turned round, as in a tied autoencoder. Which weights has W2?",
        trains=True,
    ),
    Mistake(
        "predictor_without_norm",
        "predictor",
        (
            PREDICTOR,
            "return nn.Sequential(nn.Linear(dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, dim))",
        ),
        "Your predictor has no norm. Which function has put one there for you?",
        trains=True,
    ),
    Mistake(
        "prediction_with_relu",
        "predictor",
        (PREDICTOR, "return nn.Sequential(*mlp(dim, hidden_dim, dim), nn.ReLU())"),
        "A ReLU follows your predictor, so p is never below 0. Can it then be near every z?",
        trains=True,
    ),
    Mistake(
        "prediction_with_norm",
        "predictor",
        (PREDICTOR, "return nn.Sequential(*mlp(dim, hidden_dim, dim), nn.BatchNorm1d(dim))"),
        "A norm follows your predictor. What follows W2 in the equation of mlp?",
        trains=True,
    ),
    Mistake(
        "shared_predictor",
        "predictor",
        """def predictor(dim, hidden_dim):
    made = vars(predictor).setdefault("made", {})
    return made.setdefault((dim, hidden_dim), mlp(dim, hidden_dim, dim))
""",
        "Two calls return the same module. What becomes of the first predictor when the second is trained?",
        trains=True,
    ),
]
