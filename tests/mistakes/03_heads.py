# ruff: noqa: E501  (a sentence to the learner is one line)
"""Wrong ways to write the heads of lesson 3, with a sentence about each."""

from lessons.course.mistakes import Mistake

FIRST = "nn.Linear(in_dim, hidden_dim, bias=False)"
NORM = "nn.BatchNorm1d(hidden_dim),"
LAST = "nn.Linear(hidden_dim, out_dim),"
NONE = "return nn.Identity()"
LINEAR = "return nn.Linear(in_dim, out_dim)"
MLP = "return mlp(in_dim, hidden_dim, out_dim)"
PREDICTOR = "return mlp(dim, hidden_dim, dim)"


def head(forward: str) -> str:
    """The source of an mlp whose module has another forward."""
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
    """The source of statements that return the module `made` with another forward."""
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
        "You have no ReLU between the matrices. What do two matrices in a row amount to?",
        trains=True,
    ),
    Mistake(
        "no_norm",
        "mlp",
        ("        " + NORM + "\n", ""),
        "You have no norm after the first matrix. Which four layers does the docstring name?",
        trains=True,
    ),
    Mistake(
        "norm_after_relu",
        "mlp",
        (NORM + "\n        nn.ReLU(),", "nn.ReLU(),\n        " + NORM),
        "You put the norm after the ReLU. In relu(norm(W1 h)), which comes first?",
        trains=True,
    ),
    Mistake(
        "relu_at_end",
        "mlp",
        (LAST, LAST + " nn.ReLU(),"),
        "You put a ReLU after the second matrix, so z is never below 0. Which cosines can two such z not have?",
        trains=True,
    ),
    Mistake(
        "norm_at_end",
        "mlp",
        (LAST, LAST + " nn.BatchNorm1d(out_dim),"),
        "You put a norm after the second matrix, as the authors' code does. What follows W2 in the equation here?",
        trains=True,
    ),
    Mistake(
        "first_offset",
        "mlp",
        (", bias=False", ""),
        "You give the first matrix a bias. What does the norm, which subtracts the mean, leave of it?",
        trains=True,
    ),
    Mistake(
        "no_last_offset",
        "mlp",
        (LAST, LAST[:-2] + ", bias=False),"),
        "You give the second matrix no bias. Where is b2 of the equation?",
        trains=True,
    ),
    Mistake(
        "layer_norm",
        "mlp",
        (NORM, "nn.LayerNorm(hidden_dim),"),
        "You normalise over the units of one row. Over what does a batch norm take its mean?",
        trains=True,
    ),
    Mistake(
        "norm_without_weights",
        "mlp",
        (NORM, NORM[:-2] + ", affine=False),"),
        "You give the norm no scale and shift to learn. What could move the inputs of the ReLU then?",
        trains=True,
    ),
    Mistake(
        "batch_norm_in_evaluation",
        "mlp",
        (NORM, NORM[:-2] + ", track_running_stats=False),"),
        "You let the norm use the current batch in eval mode as well. Should an image's result depend on the others in its batch?",
        trains=True,
    ),
    Mistake(
        "leaky_relu",
        "mlp",
        ("nn.ReLU()", "nn.LeakyReLU(0.1)"),
        "You let a tenth of what is below 0 through the ReLU. What is relu(-1)?",
        trains=True,
    ),
    Mistake(
        "gelu",
        "mlp",
        ("nn.ReLU()", "nn.GELU()"),
        "You use a GELU, the activation of transformers. Which one does the docstring name?",
        trains=True,
    ),
    Mistake(
        "dropout",
        "mlp",
        ("nn.ReLU(),", "nn.ReLU(), nn.Dropout(0.1),"),
        "You drop hidden units at random. Where does the equation do so?",
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
        "You make the hidden layer as wide as the output. Which argument is its width?",
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
        "You have two hidden layers, as SimCLR's second version does. How many matrices does the equation have?",
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
        "You keep the layers in a plain list, so parameters() is empty. What could an optimiser train?",
        trains=True,
    ),
    Mistake(
        "detached_input",
        "mlp",
        head("return self.layers(h.detach())"),
        "You stop the gradient at h. The loss may fall, but what does the encoder learn from?",
        trains=True,
    ),
    Mistake(
        "normalized_output",
        "mlp",
        head("z = self.layers(h)\n            return z / z.norm(dim=1, keepdim=True)"),
        "You normalise z to length 1 in the head. Which part of SimCLR normalises it, the head or the loss?",
        trains=True,
    ),
    Mistake(
        "changes_input",
        "mlp",
        head(
            "h.data.div_(h.data.norm(dim=1, keepdim=True).clamp(min=1e-8))\n"
            "            return self.layers(h)"
        ),
        "You normalise h to length 1 in place. What would a linear probe see of h afterwards?",
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
        "You return the same module from two calls. What happens to the first head when the second is trained?",
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
        "You start all hidden units with the same weights. What could ever make two of them differ?",
    ),
    Mistake(
        "frozen",
        "mlp",
        (LAST + "\n    )", LAST + "\n    ).requires_grad_(False)"),
        "You freeze every weight of the head, so it stays as it was drawn. How could the optimiser train it?",
        trains=True,
    ),
    # projector
    Mistake(
        "none_is_a_matrix",
        "projector",
        (NONE, "return nn.Linear(in_dim, in_dim)"),
        'You give "none" a matrix to learn. What is z when there is no head?',
        trains=True,
    ),
    Mistake(
        "none_with_relu",
        "projector",
        (NONE, "return nn.ReLU()"),
        'You apply a ReLU in "none". A ResNet\'s h is never negative, so that hides it, but what should z be for h = -1?',
        trains=True,
    ),
    Mistake(
        "none_with_norm",
        "projector",
        (NONE, "return nn.BatchNorm1d(in_dim)"),
        'You normalise h over the batch in "none". What should happen to h when there is no head?',
        trains=True,
    ),
    Mistake(
        "none_normalized",
        "projector",
        (NONE, around("nn.Identity()", "return nn.functional.normalize(h, dim=1)")),
        'You normalise h to length 1 in "none". Is that h itself?',
        trains=True,
    ),
    Mistake(
        "none_detached",
        "projector",
        (NONE, around("nn.Identity()", "return h.detach()")),
        'You stop the gradient in "none". What does the encoder learn from?',
    ),
    Mistake(
        "linear_without_offset",
        "projector",
        (LINEAR, "return nn.Linear(in_dim, out_dim, bias=False)"),
        'You give "linear" no bias. Where is b of z = W h + b?',
        trains=True,
    ),
    Mistake(
        "linear_with_relu",
        "projector",
        (LINEAR, "return nn.Sequential(nn.Linear(in_dim, out_dim), nn.ReLU())"),
        'You put a ReLU after the matrix of "linear". Is that head still linear?',
        trains=True,
    ),
    Mistake(
        "linear_with_norm",
        "projector",
        (LINEAR, "return nn.Sequential(nn.Linear(in_dim, out_dim), nn.BatchNorm1d(out_dim))"),
        'You put a norm after the matrix of "linear". Does z = W h + b depend on the other rows of the batch?',
        trains=True,
    ),
    Mistake(
        "linear_through_hidden",
        "projector",
        (
            LINEAR,
            "return nn.Sequential(nn.Linear(in_dim, hidden_dim), nn.Linear(hidden_dim, out_dim))",
        ),
        'You give "linear" two matrices with nothing between them. How many does z = W h + b have?',
        trains=True,
    ),
    Mistake(
        "linear_is_mlp",
        "projector",
        (LINEAR, "return mlp(in_dim, hidden_dim, out_dim) "),
        'You return the MLP for "linear". Which heads does section 4.2 compare?',
        trains=True,
    ),
    Mistake(
        "mlp_is_linear",
        "projector",
        (MLP, "return nn.Linear(in_dim, out_dim) "),
        'You return one matrix for "mlp". What did you write mlp for?',
        trains=True,
    ),
    Mistake(
        "hidden_width_ignored",
        "projector",
        (MLP, "return mlp(in_dim, in_dim, out_dim)"),
        "You make the hidden layer as wide as h, whatever hidden_dim is. Which argument do you not use?",
        trains=True,
    ),
    Mistake(
        "any_other_kind",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "return mlp(in_dim, hidden_dim, out_dim)  # any other kind",
        ),
        'You return the MLP for any other kind. What does someone train who types "lienar"?',
        trains=True,
    ),
    Mistake(
        "first_letters",
        "projector",
        ('if kind == "linear"', 'if "linear" in kind'),
        'You look for "linear" anywhere in the name. What does "nonlinear" return?',
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
        "You normalise z to length 1 in the projector. Is that part of z = W2 relu(norm(W1 h)) + b2?",
        trains=True,
    ),
    Mistake(
        "input_detached",
        "projector",
        (MLP, around("mlp(in_dim, hidden_dim, out_dim)", "return self.layers(h.detach())")),
        "You stop the gradient at h in the projector. The loss may fall, but what does the encoder learn from?",
        trains=True,
    ),
    Mistake(
        "h_changed",
        "projector",
        (
            MLP,
            "return nn.Sequential(nn.ReLU(inplace=True), *mlp(in_dim, hidden_dim, out_dim))",
        ),
        "You apply a ReLU to h in place before the MLP. Who else still needs h?",
        trains=True,
    ),
    # predictor
    Mistake(
        "one_matrix",
        "predictor",
        (PREDICTOR, "return nn.Linear(dim, dim)"),
        "You use one matrix as the predictor. Where is the hidden layer?",
        trains=True,
    ),
    Mistake(
        "no_prediction",
        "predictor",
        (PREDICTOR, "return nn.Identity()"),
        "You return z itself as the prediction. What could this predictor learn?",
        trains=True,
    ),
    Mistake(
        "hidden_is_dim",
        "predictor",
        (PREDICTOR, "return mlp(dim, dim, dim)"),
        "You make the hidden layer as wide as z. What is hidden_dim for?",
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
        "You add z to the result, as a residual block does. Is that part of p = q(z)?",
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
        "You stop the gradient before the predictor. Should the encoder learn through p or through its target?",
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
        "You use the transpose of the first matrix as the second, as a tied autoencoder does. Which weights does W2 have?",
        trains=True,
    ),
    Mistake(
        "predictor_without_norm",
        "predictor",
        (
            PREDICTOR,
            "return nn.Sequential(nn.Linear(dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, dim))",
        ),
        "You build the predictor without a norm. Which of your functions already has one?",
        trains=True,
    ),
    Mistake(
        "prediction_with_relu",
        "predictor",
        (PREDICTOR, "return nn.Sequential(*mlp(dim, hidden_dim, dim), nn.ReLU())"),
        "You put a ReLU after the predictor, so p is never below 0. Could it be close to every z then?",
        trains=True,
    ),
    Mistake(
        "prediction_with_norm",
        "predictor",
        (PREDICTOR, "return nn.Sequential(*mlp(dim, hidden_dim, dim), nn.BatchNorm1d(dim))"),
        "You put a norm after the predictor. What follows W2 in the equation of mlp?",
        trains=True,
    ),
    Mistake(
        "shared_predictor",
        "predictor",
        """def predictor(dim, hidden_dim):
    made = vars(predictor).setdefault("made", {})
    return made.setdefault((dim, hidden_dim), mlp(dim, hidden_dim, dim))
""",
        "You return the same module from two calls. What happens to the first predictor when the second is trained?",
        trains=True,
    ),
]
