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
        "You put a ReLU after the second matrix, so z is never below 0. Which cosines are impossible between two such vectors?",
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
        "You give the first matrix a bias. What is left of it after the norm, which subtracts the mean?",
        trains=True,
    ),
    Mistake(
        "no_last_offset",
        "mlp",
        (LAST, LAST[:-2] + ", bias=False),"),
        "You give the second matrix no bias. Where is the b2 of the equation?",
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
        "You give the norm no scale or shift to learn. What could move the inputs of the ReLU then?",
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
        "You multiply negative numbers by 0.1, as a leaky ReLU does. What is relu(-1)?",
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
        "In train mode your head gives different results each time, as with dropout. Which step of the equation draws random numbers?",
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
        "You normalise z to unit norm in the head. Which part of SimCLR normalises it, the head or the loss?",
        trains=True,
    ),
    Mistake(
        "changes_input",
        "mlp",
        head(
            "h.data.div_(h.data.norm(dim=1, keepdim=True).clamp(min=1e-8))\n"
            "            return self.layers(h)"
        ),
        "You normalise h to unit norm in place. What would a linear probe see of h afterwards?",
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
        "none_with_relu",
        "projector",
        (NONE, "return nn.ReLU()"),
        'You apply a ReLU in "none". A ResNet\'s h is never negative, which hides the mistake, but what should z be for h = -1?',
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
        'You normalise h to unit norm in "none". Is that h itself?',
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
        'You give "linear" no bias. Where is the b of z = W h + b?',
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
        'You return the MLP for any other kind. What does someone who types "lienar" train?',
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
        "You normalise z to unit norm in the projector. Is that part of z = W2 relu(norm(W1 h)) + b2?",
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
        "You use the transpose of the first matrix as the second, as a tied autoencoder does. Should W2 have weights of its own?",
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
    # more of mlp
    Mistake(
        "norm_moved_to_end",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
        nn.BatchNorm1d(out_dim),
    )
""",
        "You put the norm after the second matrix and none after the first. Which of the two does the equation normalise?",
        trains=True,
    ),
    Mistake(
        "norm_of_input",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.BatchNorm1d(in_dim),
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You normalise h before the first matrix, and nothing after it. Which values should have mean 0 and standard deviation 1?",
        trains=True,
    ),
    Mistake(
        "norm_of_input_too",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.BatchNorm1d(in_dim),
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You put one more norm before the first matrix. How many norms does the equation have?",
        trains=True,
    ),
    Mistake(
        "norm_twice",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.BatchNorm1d(hidden_dim),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You put a second norm after the ReLU. What comes between relu and W2 in the equation?",
        trains=True,
    ),
    Mistake(
        "norm_of_other_layer_at_end",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim, bias=False),
        nn.BatchNorm1d(out_dim),
    )
""",
        "You put a norm after the second matrix, and take the second bias away. What follows W2 in the equation here?",
        trains=True,
    ),
    Mistake(
        "plain_norm_at_end",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
        nn.BatchNorm1d(out_dim, affine=False),
    )
""",
        "You put a norm without scale or shift after the second matrix. What follows W2 in the equation?",
        trains=True,
    ),
    Mistake(
        "offsets_exchanged",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim, bias=False),
    )
""",
        "You give the first matrix the bias, and the second none. After which of them does a norm remove a bias?",
        trains=True,
    ),
    Mistake(
        "no_norm_first_offset",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You have no norm, and a bias in the first matrix instead. Which four layers does the docstring name?",
        trains=True,
    ),
    Mistake(
        "no_hidden_layer",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Linear(in_dim, out_dim)
""",
        "You return one matrix with a bias. What do hidden_dim, the norm and the ReLU do in the equation?",
        trains=True,
    ),
    Mistake(
        "widths_exchanged",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, out_dim, bias=False),
        nn.BatchNorm1d(out_dim),
        nn.ReLU(),
        nn.Linear(out_dim, hidden_dim),
    )
""",
        "You exchange the hidden width and the width of the output. What is the shape of z?",
        trains=True,
    ),
    Mistake(
        "output_as_wide_as_hidden",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, hidden_dim),
    )
""",
        "You make z as wide as the hidden layer. Which argument is the width of the output?",
        trains=True,
    ),
    Mistake(
        "output_as_wide_as_input",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, in_dim),
    )
""",
        "You make z as wide as the input. Which argument is the width of the output?",
        trains=True,
    ),
    Mistake(
        "hidden_as_wide_as_input",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, in_dim, bias=False),
        nn.BatchNorm1d(in_dim),
        nn.ReLU(),
        nn.Linear(in_dim, out_dim),
    )
""",
        "You make the hidden layer as wide as the input. Which argument is its width?",
        trains=True,
    ),
    Mistake(
        "hidden_of_128",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, 128, bias=False),
        nn.BatchNorm1d(128),
        nn.ReLU(),
        nn.Linear(128, out_dim),
    )
""",
        "You make the hidden layer 128 wide, whatever hidden_dim is. Which argument do you not use?",
        trains=True,
    ),
    Mistake(
        "hidden_of_256",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, 256, bias=False),
        nn.BatchNorm1d(256),
        nn.ReLU(),
        nn.Linear(256, out_dim),
    )
""",
        "You make the hidden layer 256 wide, whatever hidden_dim is. Which argument do you not use?",
        trains=True,
    ),
    Mistake(
        "hidden_of_512",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, 512, bias=False),
        nn.BatchNorm1d(512),
        nn.ReLU(),
        nn.Linear(512, out_dim),
    )
""",
        "You make the hidden layer 512 wide, whatever hidden_dim is. Which argument do you not use?",
        trains=True,
    ),
    Mistake(
        "hidden_of_2048",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, 2048, bias=False),
        nn.BatchNorm1d(2048),
        nn.ReLU(),
        nn.Linear(2048, out_dim),
    )
""",
        "You make the hidden layer 2,048 wide, whatever hidden_dim is. Which argument do you not use?",
        trains=True,
    ),
    Mistake(
        "output_of_128",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, 128),
    )
""",
        "You make z 128 wide, whatever out_dim is. Which argument do you not use?",
        trains=True,
    ),
    Mistake(
        "first_matrix_turned",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(hidden_dim, in_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "Your first matrix maps the hidden width to the input width. In which order does nn.Linear take its two widths?",
    ),
    Mistake(
        "norm_of_the_input_width",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(in_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You give the norm the width of the input. How wide is the output of the first matrix?",
    ),
    Mistake(
        "norm_of_the_output_width",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(out_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You give the norm the width of the output. How wide is the output of the first matrix?",
    ),
    Mistake(
        "norm_of_pictures",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm2d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use the batch norm for images, which needs four dimensions. How many does h have, with its shape (B, D)?",
    ),
    Mistake(
        "list_in_sequential",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential([nn.Linear(in_dim, hidden_dim, bias=False), nn.BatchNorm1d(hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, out_dim)])
""",
        "You pass a list of layers to nn.Sequential. Does it take a list, or the layers one after another?",
    ),
    Mistake(
        "relu_class",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU,
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You pass the class nn.ReLU itself. How do you make a layer from a class?",
    ),
    Mistake(
        "tanh",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.Tanh(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use a tanh between the matrices. Which activation does the docstring name?",
        trains=True,
    ),
    Mistake(
        "sigmoid",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.Sigmoid(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use a sigmoid between the matrices. Which activation does the docstring name?",
        trains=True,
    ),
    Mistake(
        "elu",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ELU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use an ELU between the matrices. Which activation does the docstring name?",
        trains=True,
    ),
    Mistake(
        "silu",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.SiLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use a SiLU between the matrices. Which activation does the docstring name?",
        trains=True,
    ),
    Mistake(
        "softplus",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.Softplus(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use a softplus between the matrices. Which activation does the docstring name?",
        trains=True,
    ),
    Mistake(
        "relu6",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU6(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use a ReLU6 between the matrices, which stops at 6. Which activation does the docstring name?",
        trains=True,
    ),
    Mistake(
        "softmax_hidden",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.Softmax(dim=1),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use a softmax between the matrices. Which activation does the docstring name?",
        trains=True,
    ),
    Mistake(
        "leaky_relu_default",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.LeakyReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You multiply negative numbers by 0.01, as LeakyReLU does by default. What is relu(-1)?",
        trains=True,
    ),
    Mistake(
        "leaky_relu_fifth",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.LeakyReLU(0.2),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You multiply negative numbers by 0.2, as a leaky ReLU does. What is relu(-1)?",
        trains=True,
    ),
    Mistake(
        "prelu",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.PReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use an activation with a learned slope. Which parameters does relu have?",
        trains=True,
    ),
    Mistake(
        "relu_around_norm",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.ReLU(),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You put a ReLU before the norm as well. How many times does relu occur in the equation?",
        trains=True,
    ),
    Mistake(
        "relu_of_input",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.ReLU(),
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You apply a ReLU to h before the first matrix. What becomes of the numbers below 0 in h?",
        trains=True,
    ),
    Mistake(
        "relu_moved_to_end",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.Linear(hidden_dim, out_dim),
        nn.ReLU(),
    )
""",
        "You put the ReLU after the second matrix and none between the two. What do the two matrices amount to, and can z be below 0?",
        trains=True,
    ),
    Mistake(
        "tanh_at_end",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
        nn.Tanh(),
    )
""",
        "You put a tanh after the second matrix, so z stays between -1 and 1. What follows W2 in the equation?",
        trains=True,
    ),
    Mistake(
        "sigmoid_at_end",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
        nn.Sigmoid(),
    )
""",
        "You put a sigmoid after the second matrix, so z stays between 0 and 1. What follows W2 in the equation?",
        trains=True,
    ),
    Mistake(
        "softmax_at_end",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
        nn.Softmax(dim=1),
    )
""",
        "You put a softmax after the second matrix, so every row of z adds up to 1. Is z a probability?",
        trains=True,
    ),
    Mistake(
        "dropout_always",
        "mlp",
        head("return self.layers(nn.functional.dropout(h, 0.1))"),
        "Your head gives different results each time, in eval mode too. Which step of the equation draws random numbers?",
        trains=True,
    ),
    Mistake(
        "unit_hidden",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Unit(nn.Module):
        def forward(self, a):
            return nn.functional.normalize(a, dim=1)

    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False), Unit(), nn.ReLU(), nn.Linear(hidden_dim, out_dim)
    )
""",
        "You scale each row of the hidden layer to unit norm, in place of a batch norm. Over what does a batch norm take its mean?",
        trains=True,
    ),
    Mistake(
        "group_norm",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.GroupNorm(hidden_dim, hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "Your norm subtracts each number from itself, so only the learned shift is left. Over which rows should it take the mean?",
    ),
    Mistake(
        "input_normalized",
        "mlp",
        head("return self.layers(nn.functional.normalize(h, dim=1))"),
        "You scale every h to unit norm before the first matrix. Is that part of z = W2 relu(norm(W1 h)) + b2?",
        trains=True,
    ),
    Mistake(
        "two_hidden_one_norm",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You have one more hidden layer, without a norm. How many matrices does the equation have?",
        trains=True,
    ),
    Mistake(
        "two_hidden_offset",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, hidden_dim),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You have one more hidden layer, with a bias and a norm. How many matrices does the equation have?",
        trains=True,
    ),
    Mistake(
        "three_matrices_no_relu",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, hidden_dim),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You put one more matrix before the last one, with nothing between them. What do two matrices in a row amount to?",
        trains=True,
    ),
    Mistake(
        "slow_running_values",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim, momentum=0.01),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "After one batch your norm has moved its running mean and variance only a hundredth of the way. Which share of each batch does torch's batch norm take by default?",
        trains=True,
    ),
    Mistake(
        "other_eps",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim, eps=1e-3),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "Your norm adds 0.001 to the variance. Which eps does nn.BatchNorm1d have by default?",
        trains=True,
    ),
    Mistake(
        "eval_mode",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    ).eval()
""",
        "You return the head in eval mode, so the norm does not look at the batch. In which mode are torch's new modules, and who should change it?",
        trains=True,
    ),
    Mistake(
        "in_float64",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    ).double()
""",
        "You make the weights float64. Which dtype do torch's modules have by default?",
    ),
    Mistake(
        "in_float16",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    ).half()
""",
        "You make the weights float16. Which dtype do torch's modules have by default?",
    ),
    Mistake(
        "in_float32",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    ).float()
""",
        "You make the weights float32, whatever torch's default type is. What does nn.Linear do if you leave the type to it?",
        trains=True,
    ),
    Mistake(
        "on_the_cpu",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False, device="cpu"),
        nn.BatchNorm1d(hidden_dim, device="cpu"),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim, device="cpu"),
    )
""",
        "You put the weights on the CPU, whatever torch's default device is. What does nn.Linear do if you leave the device to it?",
        trains=True,
    ),
    Mistake(
        "second_matrix_zero",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    made = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    nn.init.zeros_(made[3].weight)
    return made
""",
        "You start the second matrix with zeros, so at first all z are equal and no gradient reaches h. What gives each weight its own starting value?",
    ),
    Mistake(
        "first_matrix_zero",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    made = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    nn.init.zeros_(made[0].weight)
    return made
""",
        "You start the first matrix with zeros, so at first all hidden units are equal. What gives each weight its own starting value?",
    ),
    Mistake(
        "scale_starts_at_zero",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    made = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    nn.init.zeros_(made[1].weight)
    return made
""",
        "You start the scale of the norm at zero, so at first all rows have the same z. At which value does a norm's scale start?",
    ),
    Mistake(
        "second_matrix_equal",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    made = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    nn.init.constant_(made[3].weight, 0.01)
    return made
""",
        "You start all weights of the second matrix with the same number. What could ever make two numbers of z differ?",
    ),
    Mistake(
        "first_frozen",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    made = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    made[0].requires_grad_(False)
    return made
""",
        "You freeze the first matrix, so it stays as it was drawn. Which weights of the head should be trained?",
        trains=True,
    ),
    Mistake(
        "second_frozen",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    made = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    made[3].requires_grad_(False)
    return made
""",
        "You freeze the second matrix and its bias. Which weights of the head should be trained?",
        trains=True,
    ),
    Mistake(
        "norm_frozen",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    made = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    made[1].requires_grad_(False)
    return made
""",
        "You freeze the scale and shift of the norm. Which weights of the head should be trained?",
        trains=True,
    ),
    Mistake(
        "detached_output",
        "mlp",
        head("return self.layers(h).detach()"),
        "You detach z, so no gradient passes through the head. What can the head and the encoder learn from?",
    ),
    Mistake(
        "detached_hidden",
        "mlp",
        head(
            "first, norm, relu, second = self.layers\n            return second(relu(norm(first(h))).detach())"
        ),
        "You stop the gradient between the ReLU and the second matrix. What do the first matrix and the encoder learn from?",
        trains=True,
    ),
    Mistake(
        "mlp_gives_nothing",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    made = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You build the head, but return None. What does a function without a return statement return?",
    ),
    Mistake(
        "mlp_gives_a_list",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return [nn.Linear(in_dim, hidden_dim, bias=False), nn.BatchNorm1d(hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, out_dim)]
""",
        "You return a list of layers, which cannot be called. What turns them into one module?",
    ),
    Mistake(
        "gives_hidden_too",
        "mlp",
        head(
            "first, norm, relu, second = self.layers\n            a = relu(norm(first(h)))\n            return second(a), a"
        ),
        "Your head returns two things, so z is a tuple. What shape does the docstring name?",
    ),
    # more of projector
    Mistake(
        "none_returned",
        "projector",
        ("return nn.Identity()", "return None"),
        'You return None for "none". Which module of torch returns its input unchanged?',
    ),
    Mistake(
        "none_is_a_function",
        "projector",
        ("return nn.Identity()", "return lambda h: h"),
        'You return a function for "none", which has no parameters() and no train(). Which module of torch returns its input unchanged?',
    ),
    Mistake(
        "none_is_a_class",
        "projector",
        ("return nn.Identity()", "return nn.Identity"),
        'You return the class nn.Identity for "none". How do you make a module from a class?',
    ),
    Mistake(
        "none_of_output_width",
        "projector",
        ("return nn.Identity()", "return nn.Linear(in_dim, out_dim)  # none"),
        'You return a matrix with a bias for "none". What is z when there is no head?',
        trains=True,
    ),
    Mistake(
        "none_is_mlp",
        "projector",
        ("return nn.Identity()", "return mlp(in_dim, hidden_dim, out_dim)  # none"),
        'You return the MLP for "none". What is z when there is no head?',
        trains=True,
    ),
    Mistake(
        "none_without_offset",
        "projector",
        ("return nn.Identity()", "return nn.Linear(in_dim, out_dim, bias=False)"),
        'You return a matrix for "none". What is z when there is no head?',
        trains=True,
    ),
    Mistake(
        "none_cut",
        "projector",
        (
            "return nn.Identity()",
            """class Cut(nn.Module):
            def forward(self, h):
                return h[:, :out_dim]

        return Cut()""",
        ),
        'You keep only the first out_dim numbers of h in "none". How wide is z when there is no head?',
        trains=True,
    ),
    Mistake(
        "none_is_None",
        "projector",
        ('if kind == "none"', "if kind is None"),
        'You refuse the word "none", as if kind could only be None. What type does kind have?',
    ),
    Mistake(
        "linear_of_hidden_width",
        "projector",
        ("return nn.Linear(in_dim, out_dim)", "return nn.Linear(in_dim, hidden_dim)"),
        'You make z of "linear" as wide as the hidden layer. Which head has a hidden layer?',
        trains=True,
    ),
    Mistake(
        "linear_turned",
        "projector",
        ("return nn.Linear(in_dim, out_dim)", "return nn.Linear(out_dim, in_dim)"),
        'You exchange the widths of the input and the output in "linear". In which order does nn.Linear take them?',
    ),
    Mistake(
        "linear_square",
        "projector",
        ("return nn.Linear(in_dim, out_dim)", "return nn.Linear(in_dim, in_dim)"),
        'You make z of "linear" as wide as h. Which argument is the width of z?',
        trains=True,
    ),
    Mistake(
        "linear_from_hidden",
        "projector",
        ("return nn.Linear(in_dim, out_dim)", "return nn.Linear(hidden_dim, out_dim)"),
        'Your "linear" expects an h as wide as the hidden layer. How wide is h?',
    ),
    Mistake(
        "linear_is_none",
        "projector",
        ("return nn.Linear(in_dim, out_dim)", "return nn.Identity() "),
        'You return h itself for "linear". Where are W and b?',
        trains=True,
    ),
    Mistake(
        "linear_with_tanh",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Sequential(nn.Linear(in_dim, out_dim), nn.Tanh())",
        ),
        'You put a tanh after the matrix of "linear". Is that head still linear?',
        trains=True,
    ),
    Mistake(
        "linear_after_relu",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Sequential(nn.ReLU(), nn.Linear(in_dim, out_dim))",
        ),
        'You put a ReLU before the matrix of "linear". Is that head still linear?',
        trains=True,
    ),
    Mistake(
        "linear_after_norm",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Sequential(nn.BatchNorm1d(in_dim), nn.Linear(in_dim, out_dim))",
        ),
        'You normalise h over the batch before the matrix of "linear". Does z = W h + b depend on the other rows?',
        trains=True,
    ),
    Mistake(
        "linear_norm_no_offset",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Sequential(nn.Linear(in_dim, out_dim, bias=False), nn.BatchNorm1d(out_dim))",
        ),
        'You put a norm in place of the bias of "linear". Does z = W h + b depend on the other rows of the batch?',
        trains=True,
    ),
    Mistake(
        "linear_two_no_offset",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Sequential(nn.Linear(in_dim, hidden_dim, bias=False), nn.Linear(hidden_dim, out_dim))",
        ),
        'You give "linear" two matrices, the first without a bias. How many does z = W h + b have?',
        trains=True,
    ),
    Mistake(
        "linear_hidden_relu",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Sequential(nn.Linear(in_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, out_dim))",
        ),
        'You give "linear" two matrices with a ReLU between them. How many does z = W h + b have?',
        trains=True,
    ),
    Mistake(
        "linear_detached",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            """class Head(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.Linear(in_dim, out_dim)

            def forward(self, h):
                return self.layers(h.detach())

        return Head()""",
        ),
        'You stop the gradient at h in "linear". What does the encoder learn from?',
        trains=True,
    ),
    Mistake(
        "linear_normalized",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            """class Head(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.Linear(in_dim, out_dim)

            def forward(self, h):
                return nn.functional.normalize(self.layers(h), dim=1)

        return Head()""",
        ),
        'You scale z to unit norm in "linear". Is that part of z = W h + b?',
        trains=True,
    ),
    Mistake(
        "mlp_widths_exchanged",
        "projector",
        ("return mlp(in_dim, hidden_dim, out_dim)", "return mlp(in_dim, out_dim, hidden_dim)"),
        "You pass the width of z as the hidden width, and the other way round. In which order does mlp take its widths?",
        trains=True,
    ),
    Mistake(
        "mlp_of_hidden_width",
        "projector",
        ("return mlp(in_dim, hidden_dim, out_dim)", "return mlp(in_dim, hidden_dim, hidden_dim)"),
        "You make z of the MLP as wide as the hidden layer. Which argument is the width of z?",
        trains=True,
    ),
    Mistake(
        "mlp_back_to_input",
        "projector",
        ("return mlp(in_dim, hidden_dim, out_dim)", "return mlp(in_dim, hidden_dim, in_dim)"),
        "You make z of the MLP as wide as h. Which argument is the width of z?",
        trains=True,
    ),
    Mistake(
        "mlp_hidden_as_output",
        "projector",
        ("return mlp(in_dim, hidden_dim, out_dim)", "return mlp(in_dim, out_dim, out_dim)"),
        "You make the hidden layer as wide as z. Which argument is its width?",
        trains=True,
    ),
    Mistake(
        "mlp_turned",
        "projector",
        ("return mlp(in_dim, hidden_dim, out_dim)", "return mlp(hidden_dim, in_dim, out_dim)"),
        "You exchange the widths of h and of the hidden layer. In which order does mlp take its widths?",
    ),
    Mistake(
        "mlp_reversed",
        "projector",
        ("return mlp(in_dim, hidden_dim, out_dim)", "return mlp(out_dim, hidden_dim, in_dim)"),
        "You exchange the widths of h and z. In which order does mlp take its widths?",
    ),
    Mistake(
        "mlp_with_relu",
        "projector",
        (
            "return mlp(in_dim, hidden_dim, out_dim)",
            "return nn.Sequential(mlp(in_dim, hidden_dim, out_dim), nn.ReLU())",
        ),
        "You put a ReLU after the MLP, so z is never below 0. What follows W2 in the equation?",
        trains=True,
    ),
    Mistake(
        "mlp_with_norm",
        "projector",
        (
            "return mlp(in_dim, hidden_dim, out_dim)",
            "return nn.Sequential(mlp(in_dim, hidden_dim, out_dim), nn.BatchNorm1d(out_dim))",
        ),
        "You put a norm after the MLP. What follows W2 in the equation?",
        trains=True,
    ),
    Mistake(
        "mlp_is_none",
        "projector",
        ("return mlp(in_dim, hidden_dim, out_dim)", "return nn.Identity()  # mlp"),
        'You return h itself for "mlp". What did you write mlp for?',
        trains=True,
    ),
    Mistake(
        "mlp_is_the_function",
        "projector",
        ("return mlp(in_dim, hidden_dim, out_dim)", "return mlp"),
        "You return the function mlp itself. Which widths should it get?",
    ),
    Mistake(
        "linear_and_mlp_exchanged",
        "projector",
        """def projector(kind, in_dim, hidden_dim, out_dim):
    if kind == "none":
        return nn.Identity()
    if kind == "mlp":
        return nn.Linear(in_dim, out_dim)
    if kind == "linear":
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(kind)
""",
        'You return the MLP for "linear" and one matrix for "mlp". Which is which?',
        trains=True,
    ),
    Mistake(
        "none_and_linear_exchanged",
        "projector",
        """def projector(kind, in_dim, hidden_dim, out_dim):
    if kind == "linear":
        return nn.Identity()
    if kind == "none":
        return nn.Linear(in_dim, out_dim)
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(kind)
""",
        'You return a matrix for "none" and h itself for "linear". Which is which?',
        trains=True,
    ),
    Mistake(
        "other_kind_gives_none",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "return None",
        ),
        'You return None for any other kind, or nothing at all. What should happen when somebody types "lienar"?',
        trains=True,
    ),
    Mistake(
        "other_kind_is_identity",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "return nn.Identity()  # any other kind",
        ),
        'You return h itself for any other kind. What does someone who types "lienar" train?',
        trains=True,
    ),
    Mistake(
        "other_kind_is_linear",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "return nn.Linear(in_dim, out_dim)  # any other kind",
        ),
        'You return one matrix for any other kind. What does someone who types "lienar" train?',
        trains=True,
    ),
    Mistake(
        "error_returned",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "return ValueError(kind)",
        ),
        "You return the error object. Which statement makes Python stop with an error?",
        trains=True,
    ),
    Mistake(
        "other_kind_keyerror",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "raise KeyError(kind)",
        ),
        "For any other kind, your code raises a KeyError, as a dict does. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_kind_assertionerror",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "raise AssertionError(kind)",
        ),
        "For any other kind, your code raises an AssertionError, as assert does. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_kind_nameerror",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "raise NameError(kind)",
        ),
        "For any other kind, your code raises a NameError. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_kind_typeerror",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "raise TypeError(kind)",
        ),
        "For any other kind, your code raises a TypeError. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_kind_runtimeerror",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "raise RuntimeError(kind)",
        ),
        "For any other kind, your code raises a RuntimeError. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_kind_exception",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "raise Exception(kind)",
        ),
        "For any other kind, your code raises a plain Exception. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_kind_unboundlocalerror",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "raise UnboundLocalError(kind)",
        ),
        "For any other kind, your code raises an UnboundLocalError: no branch gives the variable a value. Which error does the docstring name, and where is it raised?",
        trains=True,
    ),
    Mistake(
        "kind_in_lower_case",
        "projector",
        """def projector(kind, in_dim, hidden_dim, out_dim):
    kind = kind.lower()
    if kind == "none":
        return nn.Identity()
    if kind == "linear":
        return nn.Linear(in_dim, out_dim)
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(kind)
""",
        'You accept "MLP" in capital letters too. Which three words does the docstring allow?',
        trains=True,
    ),
    Mistake(
        "empty_is_none",
        "projector",
        ('if kind == "none"', 'if kind in ("none", "")'),
        'You accept an empty kind as "none". Which three words does the docstring allow?',
        trains=True,
    ),
    # more of predictor
    Mistake(
        "predictor_turned",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return mlp(hidden_dim, dim, hidden_dim)"),
        "You exchange the width of z and the hidden width. How wide is the predictor's input?",
    ),
    Mistake(
        "prediction_of_hidden_width",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return mlp(dim, hidden_dim, hidden_dim)"),
        "You make p as wide as the hidden layer. What is p compared with?",
    ),
    Mistake(
        "predictor_from_hidden",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return mlp(hidden_dim, hidden_dim, dim)"),
        "Your predictor expects a z as wide as the hidden layer. How wide is z?",
    ),
    Mistake(
        "hidden_and_output_exchanged",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return mlp(dim, dim, hidden_dim)"),
        "You make the hidden layer as wide as z, and p as wide as the hidden layer. In which order does mlp take its widths?",
    ),
    Mistake(
        "predictor_twice",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "return nn.Sequential(mlp(dim, hidden_dim, dim), mlp(dim, hidden_dim, dim))",
        ),
        "You put two MLPs one after the other. How many are there in p = q(z)?",
        trains=True,
    ),
    Mistake(
        "predictor_hidden_halved",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return mlp(dim, hidden_dim // 2, dim)"),
        "You halve the hidden width. Which width does the caller ask for?",
        trains=True,
    ),
    Mistake(
        "predictor_hidden_doubled",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return mlp(dim, 2 * hidden_dim, dim)"),
        "You double the hidden width. Which width does the caller ask for?",
        trains=True,
    ),
    Mistake(
        "predictor_without_relu",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "return nn.Sequential(nn.Linear(dim, hidden_dim, bias=False), nn.BatchNorm1d(hidden_dim), nn.Linear(hidden_dim, dim))",
        ),
        "You build the predictor without a ReLU. Which of your functions already has one?",
        trains=True,
    ),
    Mistake(
        "predictor_two_matrices",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "return nn.Sequential(nn.Linear(dim, hidden_dim), nn.Linear(hidden_dim, dim))",
        ),
        "You build the predictor from two matrices with nothing between them. What do two matrices in a row amount to?",
        trains=True,
    ),
    Mistake(
        "predictor_plain_no_norm",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "return nn.Sequential(nn.Linear(dim, hidden_dim, bias=False), nn.ReLU(), nn.Linear(hidden_dim, dim))",
        ),
        "You build the predictor without a norm, and without a first bias. Which of your functions has the norm?",
        trains=True,
    ),
    Mistake(
        "prediction_detached",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            """class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = mlp(dim, hidden_dim, dim)

        def forward(self, h):
            return self.layers(h).detach()

    return Head()""",
        ),
        "You detach p, so no gradient passes through the predictor. What can the predictor and the encoder learn from?",
    ),
    Mistake(
        "prediction_normalized",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            """class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = mlp(dim, hidden_dim, dim)

        def forward(self, h):
            return nn.functional.normalize(self.layers(h), dim=1)

    return Head()""",
        ),
        "You scale p to unit norm. Is that part of W2 relu(norm(W1 z)) + b2?",
        trains=True,
    ),
    Mistake(
        "z_normalized_first",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            """class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = mlp(dim, hidden_dim, dim)

        def forward(self, h):
            return self.layers(nn.functional.normalize(h, dim=1))

    return Head()""",
        ),
        "You scale z to unit norm before the predictor. Is that part of p = q(z)?",
        trains=True,
    ),
    Mistake(
        "prediction_and_z",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            """class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = mlp(dim, hidden_dim, dim)

        def forward(self, h):
            return self.layers(h), h

    return Head()""",
        ),
        "Your predictor returns two things. What does p = q(z) give?",
    ),
    Mistake(
        "prediction_with_tanh",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "return nn.Sequential(*mlp(dim, hidden_dim, dim), nn.Tanh())",
        ),
        "You put a tanh after the predictor. What follows W2 in the equation of mlp?",
        trains=True,
    ),
    Mistake(
        "predictor_frozen",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "return mlp(dim, hidden_dim, dim).requires_grad_(False)",
        ),
        "You freeze the weights of the predictor. What could it learn then?",
        trains=True,
    ),
    Mistake(
        "predictor_missing",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "mlp(dim, hidden_dim, dim)"),
        "You build the predictor, but return None. What does a function without a return statement return?",
    ),
    Mistake(
        "predictor_after_relu",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "return nn.Sequential(nn.ReLU(), *mlp(dim, hidden_dim, dim))",
        ),
        "You apply a ReLU to z before the predictor. What becomes of the numbers below 0 in z?",
        trains=True,
    ),
    Mistake(
        "predictor_after_norm",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "return nn.Sequential(nn.BatchNorm1d(dim), *mlp(dim, hidden_dim, dim))",
        ),
        "You put a norm before the first matrix. Is it part of p = W2 relu(norm(W1 z)) + b2?",
        trains=True,
    ),
    # more of mlp
    Mistake(
        "norm_not_applied",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.norm = nn.BatchNorm1d(hidden_dim)

        def forward(self, h):
            return self.second(self.first(h).relu())

    return Head()
""",
        "You make a norm, but forward does not apply it. Where is the norm in the equation?",
        trains=True,
    ),
    Mistake(
        "first_not_applied",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.norm = nn.BatchNorm1d(hidden_dim)
            self.extra = nn.Linear(out_dim, out_dim)

        def forward(self, h):
            return self.second(self.norm(self.first(h)).relu())

    return Head()
""",
        "You create an extra matrix of d rows and d columns, which forward does not use. Which layers does the equation have?",
        trains=True,
    ),
    Mistake(
        "extra_hidden_not_applied",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.norm = nn.BatchNorm1d(hidden_dim)
            self.extra = nn.Linear(hidden_dim, hidden_dim)

        def forward(self, h):
            return self.second(self.norm(self.first(h)).relu())

    return Head()
""",
        "You create an extra hidden matrix, which forward does not use. Which layers does the equation have?",
        trains=True,
    ),
    Mistake(
        "hidden_skip",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.norm = nn.BatchNorm1d(hidden_dim)

        def forward(self, h):
            a = self.first(h)
            return self.second(a + self.norm(a).relu())

    return Head()
""",
        "You add W1 h to the output of the ReLU. Where does the equation add them?",
        trains=True,
    ),
    Mistake(
        "squeezed",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.norm = nn.BatchNorm1d(hidden_dim)

        def forward(self, h):
            return self.second(self.norm(self.first(h)).relu()).squeeze()

    return Head()
""",
        "You squeeze z, so a single row comes back without its batch dimension. What shape does the docstring name for B = 1?",
        trains=True,
    ),
    Mistake(
        "averaged",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.norm = nn.BatchNorm1d(hidden_dim)

        def forward(self, h):
            return self.second(self.norm(self.first(h)).relu()).mean(0)

    return Head()
""",
        "You take the mean of z over the batch. How many rows does z have?",
    ),
    Mistake(
        "z_turned",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.norm = nn.BatchNorm1d(hidden_dim)

        def forward(self, h):
            return self.second(self.norm(self.first(h)).relu()).T

    return Head()
""",
        "You transpose z. Which dimension of the result is the batch?",
    ),
    Mistake(
        "own_norm_std",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.scale = nn.Parameter(self.second.bias.new_ones(hidden_dim))
            self.shift = nn.Parameter(self.second.bias.new_zeros(hidden_dim))

        def forward(self, h):
            a = self.first(h)
            a = (a - a.mean(0)) / (a.std(0) + 1e-5)
            a = self.scale * a + self.shift
            return self.second(a.relu())

    return Head()
""",
        "You write the batch norm yourself, with std and without running statistics. What does it give for one image in eval mode?",
        trains=True,
    ),
    Mistake(
        "own_norm_var",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.scale = nn.Parameter(self.second.bias.new_ones(hidden_dim))
            self.shift = nn.Parameter(self.second.bias.new_zeros(hidden_dim))

        def forward(self, h):
            a = self.first(h)
            a = (a - a.mean(0)) / (a.var(0) + 1e-5).sqrt()
            a = self.scale * a + self.shift
            return self.second(a.relu())

    return Head()
""",
        "You write the batch norm yourself, with torch's unbiased variance and without running statistics. What does var divide by, and what does it give for one image?",
        trains=True,
    ),
    Mistake(
        "own_norm_biased_std",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.scale = nn.Parameter(self.second.bias.new_ones(hidden_dim))
            self.shift = nn.Parameter(self.second.bias.new_zeros(hidden_dim))

        def forward(self, h):
            a = self.first(h)
            a = (a - a.mean(0)) / (a.std(0, correction=0) + 1e-5)
            a = self.scale * a + self.shift
            return self.second(a.relu())

    return Head()
""",
        "You write the batch norm yourself, without running statistics, and add eps outside the square root. What does it give for one image in eval mode?",
        trains=True,
    ),
    Mistake(
        "own_norm_no_root",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.scale = nn.Parameter(self.second.bias.new_ones(hidden_dim))
            self.shift = nn.Parameter(self.second.bias.new_zeros(hidden_dim))

        def forward(self, h):
            a = self.first(h)
            a = (a - a.mean(0)) / (a.var(0, correction=0) + 1e-5)
            a = self.scale * a + self.shift
            return self.second(a.relu())

    return Head()
""",
        "You divide by the variance. Which power of it is the standard deviation?",
        trains=True,
    ),
    Mistake(
        "own_norm_mean_only",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.scale = nn.Parameter(self.second.bias.new_ones(hidden_dim))
            self.shift = nn.Parameter(self.second.bias.new_zeros(hidden_dim))

        def forward(self, h):
            a = self.first(h)
            a = a - a.mean(0)
            a = self.scale * a + self.shift
            return self.second(a.relu())

    return Head()
""",
        "You subtract the mean of the batch and divide by nothing. What else does a norm do?",
        trains=True,
    ),
    Mistake(
        "own_norm_of_rows",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.scale = nn.Parameter(self.second.bias.new_ones(hidden_dim))
            self.shift = nn.Parameter(self.second.bias.new_zeros(hidden_dim))

        def forward(self, h):
            a = self.first(h)
            a = (a - a.mean(1, keepdim=True)) / (a.std(1, keepdim=True) + 1e-5)
            a = self.scale * a + self.shift
            return self.second(a.relu())

    return Head()
""",
        "You take the mean and standard deviation over the units of one row. Over what does a batch norm take them?",
        trains=True,
    ),
    Mistake(
        "own_norm_of_rows_biased",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.scale = nn.Parameter(self.second.bias.new_ones(hidden_dim))
            self.shift = nn.Parameter(self.second.bias.new_zeros(hidden_dim))

        def forward(self, h):
            a = self.first(h)
            a = (a - a.mean()) / (a.std() + 1e-5)
            a = self.scale * a + self.shift
            return self.second(a.relu())

    return Head()
""",
        "You take one mean and one standard deviation of the whole matrix. Over what does a batch norm take them?",
        trains=True,
    ),
    Mistake(
        "own_norm_std_plain",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)

        def forward(self, h):
            a = self.first(h)
            a = (a - a.mean(0)) / (a.std(0) + 1e-5)
            return self.second(a.relu())

    return Head()
""",
        "You write the batch norm yourself, with std but without running statistics, scale or shift. What does it give for one image in eval mode?",
        trains=True,
    ),
    Mistake(
        "own_norm_var_plain",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)

        def forward(self, h):
            a = self.first(h)
            a = (a - a.mean(0)) / (a.var(0) + 1e-5).sqrt()
            return self.second(a.relu())

    return Head()
""",
        "You write the batch norm yourself, with torch's unbiased variance but without running statistics, scale or shift. What does var divide by, and what does it give for one image?",
        trains=True,
    ),
    Mistake(
        "own_norm_biased_std_plain",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)

        def forward(self, h):
            a = self.first(h)
            a = (a - a.mean(0)) / (a.std(0, correction=0) + 1e-5)
            return self.second(a.relu())

    return Head()
""",
        "You write the batch norm yourself, without running statistics, scale or shift, and add eps outside the square root. What does it give for one image in eval mode?",
        trains=True,
    ),
    Mistake(
        "own_norm_no_root_plain",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)

        def forward(self, h):
            a = self.first(h)
            a = (a - a.mean(0)) / (a.var(0, correction=0) + 1e-5)
            return self.second(a.relu())

    return Head()
""",
        "You divide by the variance, and give the norm no scale or shift. Which power of it is the standard deviation?",
        trains=True,
    ),
    Mistake(
        "own_norm_mean_only_plain",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)

        def forward(self, h):
            a = self.first(h)
            a = a - a.mean(0)
            return self.second(a.relu())

    return Head()
""",
        "You subtract the mean of the batch and divide by nothing, and give the norm no scale or shift. What else does a norm do?",
        trains=True,
    ),
    Mistake(
        "own_norm_of_rows_plain",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)

        def forward(self, h):
            a = self.first(h)
            a = (a - a.mean(1, keepdim=True)) / (a.std(1, keepdim=True) + 1e-5)
            return self.second(a.relu())

    return Head()
""",
        "You take the mean and standard deviation over the units of one row, and give the norm no scale or shift. Over what does a batch norm take them?",
        trains=True,
    ),
    Mistake(
        "own_norm_of_rows_biased_plain",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)

        def forward(self, h):
            a = self.first(h)
            a = (a - a.mean()) / (a.std() + 1e-5)
            return self.second(a.relu())

    return Head()
""",
        "You take one mean and one standard deviation of the whole matrix, and give the norm no scale or shift. Over what does a batch norm take them?",
        trains=True,
    ),
    Mistake(
        "own_norm_biased_plain",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)

        def forward(self, h):
            a = self.first(h)
            a = (a - a.mean(0)) / (a.var(0, correction=0) + 1e-5).sqrt()
            return self.second(a.relu())

    return Head()
""",
        "Your norm has no scale, no shift and no running statistics. What does it give for one image in eval mode?",
        trains=True,
    ),
    Mistake(
        "layer_norm_plain",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.LayerNorm(hidden_dim, elementwise_affine=False),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You normalise over the units of one row, without scale or shift. Over what does a batch norm take its mean?",
        trains=True,
    ),
    Mistake(
        "instance_norm",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.InstanceNorm1d(hidden_dim, affine=True),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use an instance norm, which is for sequences. Which norm does the docstring name?",
    ),
    Mistake(
        "norm_before_first",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.BatchNorm1d(hidden_dim),
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You put the norm, which is as wide as the hidden layer, before the first matrix. Which layer does h reach first?",
    ),
    Mistake(
        "authors_head",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim, bias=False),
        nn.BatchNorm1d(out_dim),
    )
""",
        "You build the authors' head, with three matrices and a norm after each. How many of each does the equation here have?",
        trains=True,
    ),
    Mistake(
        "second_from_input",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(in_dim, out_dim),
    )
""",
        "Your second matrix expects the width of h. How wide is the output of the ReLU?",
    ),
    Mistake(
        "second_from_output",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(out_dim, out_dim),
    )
""",
        "Your second matrix expects the width of z. How wide is the output of the ReLU?",
    ),
    Mistake(
        "second_turned",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(out_dim, hidden_dim),
    )
""",
        "Your second matrix maps the width of z to the hidden width. In which order does nn.Linear take its two widths?",
    ),
    Mistake(
        "slower_running_values",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim, momentum=0.001),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "After one batch your norm has moved its running mean and variance only a thousandth of the way. Which share of each batch does torch's batch norm take by default?",
        trains=True,
    ),
    Mistake(
        "mish",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.Mish(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use a Mish between the matrices. Which activation does the docstring name?",
        trains=True,
    ),
    Mistake(
        "hardtanh",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.Hardtanh(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use a function between the matrices that stops at -1 and 1. Which activation does the docstring name?",
        trains=True,
    ),
    Mistake(
        "hardswish",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.Hardswish(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use a hard swish between the matrices. Which activation does the docstring name?",
        trains=True,
    ),
    Mistake(
        "selu",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.SELU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use a SELU between the matrices. Which activation does the docstring name?",
        trains=True,
    ),
    Mistake(
        "softsign",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.Softsign(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use a softsign between the matrices. Which activation does the docstring name?",
        trains=True,
    ),
    Mistake(
        "log_sigmoid",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.LogSigmoid(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use the log of a sigmoid between the matrices. Which activation does the docstring name?",
        trains=True,
    ),
    Mistake(
        "absolute_hidden",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.norm = nn.BatchNorm1d(hidden_dim)

        def forward(self, h):
            return self.second(self.norm(self.first(h)).abs())

    return Head()
""",
        "You take the absolute value between the matrices. What is relu(-1)?",
        trains=True,
    ),
    Mistake(
        "squared_hidden",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)
            self.second = nn.Linear(hidden_dim, out_dim)
            self.norm = nn.BatchNorm1d(hidden_dim)

        def forward(self, h):
            return self.second(self.norm(self.first(h)).relu() ** 2)

    return Head()
""",
        "You square the output of the ReLU. Where does the equation do so?",
        trains=True,
    ),
    Mistake(
        "all_start_at_zero",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    made = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    for p in made.parameters():
        nn.init.zeros_(p)
    return made
""",
        "You start every weight at zero, including the scale of the norm. What could ever make two units differ?",
    ),
    Mistake(
        "all_start_equal",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    made = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    for p in made.parameters():
        nn.init.constant_(p, 0.1)
    return made
""",
        "You start every weight with the same number, including the scale and shift of the norm. What could ever make two units differ?",
    ),
    Mistake(
        "all_drawn",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    made = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    for p in made.parameters():
        nn.init.normal_(p, std=0.02)
    return made
""",
        "You draw the scale and shift of the norm at random, too. At which values does a norm start?",
        trains=True,
    ),
    Mistake(
        "two_matrices",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You have two matrices with nothing between them. What do two matrices in a row amount to?",
        trains=True,
    ),
    Mistake(
        "two_matrices_offset",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You have two matrices with biases and nothing between them. What do two matrices in a row amount to?",
        trains=True,
    ),
    Mistake(
        "no_norm_no_offsets",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim, bias=False),
    )
""",
        "You have no norm and no bias at all. Which four layers does the docstring name, and where is b2?",
        trains=True,
    ),
    Mistake(
        "no_relu_offset",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim),
        nn.BatchNorm1d(hidden_dim),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You have no ReLU between the matrices, and give the first matrix a bias. What do two matrices in a row amount to?",
        trains=True,
    ),
    Mistake(
        "norm_after_relu_offset",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim),
        nn.ReLU(),
        nn.BatchNorm1d(hidden_dim),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You put the norm after the ReLU, and give the first matrix a bias. In relu(norm(W1 h)), which comes first?",
        trains=True,
    ),
    Mistake(
        "layer_norm_offset",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim),
        nn.LayerNorm(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You normalise over the units of one row, and give the first matrix a bias. Over what does a batch norm take its mean?",
        trains=True,
    ),
    Mistake(
        "gelu_offset",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim),
        nn.BatchNorm1d(hidden_dim),
        nn.GELU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You use a GELU, and give the first matrix a bias. Which activation does the docstring name, and what is left of that bias after the norm?",
        trains=True,
    ),
    Mistake(
        "leaky_offset",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim),
        nn.BatchNorm1d(hidden_dim),
        nn.LeakyReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You multiply negative numbers by 0.01, and give the first matrix a bias. What is relu(-1), and what is left of that bias after the norm?",
        trains=True,
    ),
    Mistake(
        "relu_at_end_offset",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
        nn.ReLU(),
    )
""",
        "You put a ReLU after the second matrix, and give the first matrix a bias. What follows W2 in the equation?",
        trains=True,
    ),
    Mistake(
        "norm_at_end_offset",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
        nn.BatchNorm1d(out_dim),
    )
""",
        "You put a norm after the second matrix, and give the first matrix a bias. What follows W2 in the equation?",
        trains=True,
    ),
    Mistake(
        "two_hidden_all_offsets",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, hidden_dim),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You have two hidden layers, and give the first matrix a bias. How many matrices does the equation have?",
        trains=True,
    ),
    Mistake(
        "two_hidden_no_norms",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
""",
        "You have two hidden layers with biases and no norm. How many matrices and norms does the equation have?",
        trains=True,
    ),
    Mistake(
        "norm_moved_to_end_offset",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
        nn.BatchNorm1d(out_dim),
    )
""",
        "You put the norm after the second matrix and none after the first, and give the first matrix a bias. Which of the two does the equation normalise?",
        trains=True,
    ),
    Mistake(
        "mlp_without_output_width",
        "mlp",
        """def mlp(in_dim, hidden_dim, out_dim):
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim),
    )
""",
        "You give nn.Linear only one width. Which two does it need?",
    ),
    # more of projector
    Mistake(
        "kind_stripped",
        "projector",
        """def projector(kind, in_dim, hidden_dim, out_dim):
    kind = kind.strip()
    if kind == "none":
        return nn.Identity()
    if kind == "linear":
        return nn.Linear(in_dim, out_dim)
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(kind)
""",
        'You accept "linear " with a space at the end. Which three words does the docstring allow?',
        trains=True,
    ),
    Mistake(
        "kind_stripped_and_lowered",
        "projector",
        """def projector(kind, in_dim, hidden_dim, out_dim):
    kind = kind.strip().lower()
    if kind == "none":
        return nn.Identity()
    if kind == "linear":
        return nn.Linear(in_dim, out_dim)
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(kind)
""",
        'You accept "MLP" and "linear " too. Which three words does the docstring allow?',
        trains=True,
    ),
    Mistake(
        "all_kinds_by_part",
        "projector",
        """def projector(kind, in_dim, hidden_dim, out_dim):
    if "none" in kind:
        return nn.Identity()
    if "linear" in kind:
        return nn.Linear(in_dim, out_dim)
    if "mlp" in kind.lower():
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(kind)
""",
        'You accept each kind that contains one of the words, and "MLP" in capital letters too. What does "nonlinear" return?',
        trains=True,
    ),
    Mistake(
        "starts_with_n",
        "projector",
        """def projector(kind, in_dim, hidden_dim, out_dim):
    if kind.startswith("n"):
        return nn.Identity()
    if kind == "linear":
        return nn.Linear(in_dim, out_dim)
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(kind)
""",
        'You look only at how "none" begins. What does "nonlinear" return?',
        trains=True,
    ),
    Mistake(
        "none_returns_h",
        "projector",
        ("return nn.Identity()", "return h"),
        'You return h for "none", but there is no h yet: projector makes a module. Which module of torch returns its input unchanged?',
    ),
    Mistake(
        "none_returns_x",
        "projector",
        ("return nn.Identity()", "return x"),
        'You return x for "none", but there is no x yet: projector makes a module. Which module of torch returns its input unchanged?',
    ),
    Mistake(
        "other_kind_notimplementederror",
        "projector",
        (
            'raise ValueError(f\'a projector is "none", "linear" or "mlp", not {kind!r}\')',
            "raise NotImplementedError(kind)",
        ),
        "For any other kind, your code raises a NotImplementedError. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "linear_with_gelu",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Sequential(nn.Linear(in_dim, out_dim), nn.GELU())",
        ),
        'You put a GELU after the matrix of "linear". Is that head still linear?',
        trains=True,
    ),
    Mistake(
        "linear_with_sigmoid",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Sequential(nn.Linear(in_dim, out_dim), nn.Sigmoid())",
        ),
        'You put a sigmoid after the matrix of "linear". Is that head still linear?',
        trains=True,
    ),
    Mistake(
        "linear_with_leaky",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Sequential(nn.Linear(in_dim, out_dim), nn.LeakyReLU())",
        ),
        'You put a leaky ReLU after the matrix of "linear". Is that head still linear?',
        trains=True,
    ),
    Mistake(
        "linear_with_softmax",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Sequential(nn.Linear(in_dim, out_dim), nn.Softmax(dim=1))",
        ),
        'You put a softmax after the matrix of "linear". Is that head still linear?',
        trains=True,
    ),
    Mistake(
        "linear_with_norm_and_relu",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Sequential(nn.Linear(in_dim, out_dim), nn.BatchNorm1d(out_dim), nn.ReLU())",
        ),
        'You put a norm and a ReLU after the matrix of "linear". What follows W h + b in the equation?',
        trains=True,
    ),
    Mistake(
        "linear_with_dropout",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Sequential(nn.Linear(in_dim, out_dim), nn.Dropout(0.1))",
        ),
        'In train mode your "linear" gives different results each time, as with dropout. Where does z = W h + b draw random numbers?',
        trains=True,
    ),
    Mistake(
        "mlp_with_dropout",
        "projector",
        (
            "return mlp(in_dim, hidden_dim, out_dim)",
            "return nn.Sequential(mlp(in_dim, hidden_dim, out_dim), nn.Dropout(0.1))",
        ),
        'In train mode your "mlp" gives different results each time, as with dropout. Which step of its equation draws random numbers?',
        trains=True,
    ),
    Mistake(
        "none_with_dropout",
        "projector",
        ("return nn.Identity()", "return nn.Dropout(0.1)"),
        'In train mode your "none" gives different results each time, as with dropout. Is that h itself?',
        trains=True,
    ),
    Mistake(
        "mlp_without_hidden",
        "projector",
        ("return mlp(in_dim, hidden_dim, out_dim)", "return mlp(in_dim, out_dim)"),
        "You call mlp with two widths. Which three does it take?",
    ),
    Mistake(
        "linear_without_output",
        "projector",
        ("return nn.Linear(in_dim, out_dim)", "return nn.Linear(in_dim)"),
        'You give the matrix of "linear" only one width. How wide are h and z?',
    ),
    Mistake(
        "mlp_with_kind",
        "projector",
        (
            "return mlp(in_dim, hidden_dim, out_dim)",
            "return mlp(kind, in_dim, hidden_dim, out_dim)",
        ),
        "You pass four arguments to mlp. Which three does it take?",
    ),
    Mistake(
        "linear_no_offset_relu",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Sequential(nn.Linear(in_dim, out_dim, bias=False), nn.ReLU())",
        ),
        'You give "linear" no bias, and put a ReLU after its matrix. What is z = W h + b for a large negative b?',
        trains=True,
    ),
    # more of predictor
    Mistake(
        "predictor_with_dropout",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "return nn.Sequential(mlp(dim, hidden_dim, dim), nn.Dropout(0.1))",
        ),
        "In train mode your predictor gives different results each time, as with dropout. Which step of its equation draws random numbers?",
        trains=True,
    ),
    Mistake(
        "one_matrix_to_hidden",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return nn.Linear(dim, hidden_dim)"),
        "You use one matrix, from dim to the hidden width. What is p compared with, and where is the hidden layer?",
    ),
    Mistake(
        "one_matrix_no_offset",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return nn.Linear(dim, dim, bias=False)"),
        "You use one matrix without a bias as the predictor. Where is the hidden layer?",
        trains=True,
    ),
    Mistake(
        "one_matrix_relu",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "return nn.Sequential(nn.Linear(dim, dim), nn.ReLU())",
        ),
        "You use one matrix and a ReLU as the predictor. Where is the hidden layer?",
        trains=True,
    ),
    Mistake(
        "predictor_hidden_quarter",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return mlp(dim, dim // 4, dim)"),
        "You make the hidden layer a quarter as wide as z. What is hidden_dim for?",
        trains=True,
    ),
    Mistake(
        "predictor_hidden_half",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return mlp(dim, dim // 2, dim)"),
        "You make the hidden layer half as wide as z. What is hidden_dim for?",
        trains=True,
    ),
    Mistake(
        "predictor_hidden_double",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return mlp(dim, 2 * dim, dim)"),
        "You make the hidden layer twice as wide as z. What is hidden_dim for?",
        trains=True,
    ),
    Mistake(
        "predictor_hidden_four",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return mlp(dim, 4 * dim, dim)"),
        "You make the hidden layer four times as wide as z. What is hidden_dim for?",
        trains=True,
    ),
    Mistake(
        "predictor_without_output",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return mlp(dim, hidden_dim)"),
        "You call mlp with the widths of z and the hidden layer only. How wide is p?",
    ),
    Mistake(
        "predictor_is_the_function",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return mlp"),
        "You return mlp without calling it. Which widths does the predictor have?",
    ),
    Mistake(
        "norm_and_relu_at_end",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "return nn.Sequential(*mlp(dim, hidden_dim, dim), nn.BatchNorm1d(dim), nn.ReLU())",
        ),
        "You put a norm and a ReLU after the predictor. What follows W2 in the equation of mlp?",
        trains=True,
    ),
    # parts of a kind's name
    Mistake(
        "parts_of_words",
        "projector",
        """def projector(kind, in_dim, hidden_dim, out_dim):
    if kind in "none":
        return nn.Identity()
    if kind in "linear":
        return nn.Linear(in_dim, out_dim)
    if kind in "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(kind)
""",
        'You accept a part of a word, such as "no" or "lin", and an empty kind. When is one string `in` another?',
        trains=True,
    ),
    Mistake(
        "parts_but_not_empty",
        "projector",
        """def projector(kind, in_dim, hidden_dim, out_dim):
    if not kind:
        raise ValueError(kind)
    if kind in "none":
        return nn.Identity()
    if kind in "linear":
        return nn.Linear(in_dim, out_dim)
    if kind in "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(kind)
""",
        'You accept a part of a word, such as "no" for "none" and "lin" for "linear". Which three words does the docstring allow?',
        trains=True,
    ),
    Mistake(
        "part_of_none",
        "projector",
        (
            'if kind == "none"',
            'if kind in ("none")',
        ),
        'You accept an empty kind and a part of "none", such as "no". When is one string `in` another?',
        trains=True,
    ),
    Mistake(
        "part_of_linear",
        "projector",
        (
            'if kind == "linear"',
            'if kind in ("linear")',
        ),
        'You accept an empty kind and a part of "linear", such as "lin". When is one string `in` another?',
        trains=True,
    ),
    Mistake(
        "part_of_mlp",
        "projector",
        (
            'if kind == "mlp"',
            'if kind in ("mlp")',
        ),
        'You accept an empty kind and a part of "mlp", such as "m". When is one string `in` another?',
        trains=True,
    ),
    Mistake(
        "first_letters_only",
        "projector",
        """def projector(kind, in_dim, hidden_dim, out_dim):
    if kind[:1] == "n":
        return nn.Identity()
    if kind[:1] == "l":
        return nn.Linear(in_dim, out_dim)
    if kind[:1] == "m":
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(kind)
""",
        'You look only at how the kind begins, so that "m" is enough for "mlp". Which three words does the docstring allow?',
        trains=True,
    ),
    Mistake(
        "beginnings_of_words",
        "projector",
        """def projector(kind, in_dim, hidden_dim, out_dim):
    if kind.startswith("no"):
        return nn.Identity()
    if kind.startswith("lin"):
        return nn.Linear(in_dim, out_dim)
    if kind.startswith("mlp"):
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(kind)
""",
        'You look only at how the kind begins, so that "lin" is enough for "linear". Which three words does the docstring allow?',
        trains=True,
    ),
    # widths of h and z that are equal or differ
    Mistake(
        "none_matrix_if_widths_differ",
        "projector",
        (
            "return nn.Identity()",
            "return nn.Identity() if in_dim == out_dim else nn.Linear(in_dim, out_dim)",
        ),
        'If the widths of h and z differ, you return a matrix with a bias for "none". What does "none" do with out_dim?',
        trains=True,
    ),
    Mistake(
        "none_no_offset_if_widths_differ",
        "projector",
        (
            "return nn.Identity()",
            "return nn.Identity() if in_dim == out_dim else nn.Linear(in_dim, out_dim, bias=False)",
        ),
        'If the widths of h and z differ, you return a matrix without a bias for "none". What does "none" do with out_dim?',
        trains=True,
    ),
    Mistake(
        "none_mlp_if_widths_differ",
        "projector",
        (
            "return nn.Identity()",
            "return nn.Identity() if in_dim == out_dim else mlp(in_dim, hidden_dim, out_dim)",
        ),
        'If the widths of h and z differ, you return the MLP for "none". What does "none" do with out_dim?',
        trains=True,
    ),
    Mistake(
        "none_refused_if_widths_differ",
        "projector",
        (
            'if kind == "none":',
            'if kind == "none":\n        if in_dim != out_dim:\n            raise ValueError(out_dim)',
        ),
        'You refuse "none" if the widths of h and z differ. What does "none" do with out_dim?',
    ),
    Mistake(
        "none_asserted_if_widths_differ",
        "projector",
        (
            'if kind == "none":',
            'if kind == "none":\n        assert in_dim == out_dim',
        ),
        'Your assert refuses "none" if the widths of h and z differ. What does "none" do with out_dim?',
    ),
    Mistake(
        "linear_is_none_if_widths_equal",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Identity() if in_dim == out_dim else nn.Linear(in_dim, out_dim)",
        ),
        'If h and z are equally wide, you return h itself for "linear". Where are W and b then?',
        trains=True,
    ),
    Mistake(
        "linear_no_offset_if_widths_equal",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "return nn.Linear(in_dim, out_dim, bias=in_dim != out_dim)",
        ),
        'If h and z are equally wide, you give "linear" no bias. Where is the b of z = W h + b then?',
        trains=True,
    ),
    Mistake(
        "linear_with_the_norm_of_the_mlp",
        "projector",
        """def projector(kind, in_dim, hidden_dim, out_dim):
    if kind not in ("none", "linear", "mlp"):
        raise ValueError(f"no projector is called {kind!r}")
    if kind == "none":
        return nn.Identity()
    head = mlp(in_dim, hidden_dim, out_dim)
    if kind == "linear":
        head = nn.Sequential(*[layer for layer in head if not isinstance(layer, nn.ReLU)])
    return head""",
        'For "linear" you only take the ReLU out of the MLP. How many matrices does the docstring name, and is there a norm?',
        trains=True,
    ),
    Mistake(
        "predictor_of_three_matrices",
        "predictor",
        """def predictor(dim, hidden_dim):
    body = mlp(dim, hidden_dim, hidden_dim)
    return nn.Sequential(*body, nn.ReLU(), nn.Linear(hidden_dim, dim))""",
        "You put another ReLU and another matrix after the MLP. Which matrix does it already end with?",
        trains=True,
    ),
    Mistake(
        "projector_norm_replaces_last_bias",
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
        'You put a batch norm after the last matrix of "mlp", in place of its bias, as the authors\' code does. What is the last layer of W2 relu(norm(W1 h)) + b2?',
        trains=True,
    ),
    Mistake(
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
        "You return the same module from two calls with the same arguments. What happens to the first head when the second is trained?",
        trains=True,
    ),
    Mistake(
        "statistics_not_saved",
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
        "You keep the norm's running statistics out of the state_dict, so a checkpoint does not hold them. Which statistics does a loaded head use in eval mode?",
        trains=True,
    ),
    Mistake(
        "mlp_norm_forgets_at_once",
        "mlp",
        ("nn.BatchNorm1d(hidden_dim),", "nn.BatchNorm1d(hidden_dim, momentum=0.9),"),
        "The norm takes nine tenths of its running statistics from the last batch, as momentum 0.9 does in torch. What does torch's default keep?",
        trains=True,
    ),
    Mistake(
        "mlp_norm_holds_the_last_batch",
        "mlp",
        ("nn.BatchNorm1d(hidden_dim),", "nn.BatchNorm1d(hidden_dim, momentum=0.99),"),
        "Your norm's running statistics are nearly those of the last batch alone. In Keras, momentum is the share that is kept; what is it in torch?",
        trains=True,
    ),
    Mistake(
        "mlp_synchronised_norm",
        "mlp",
        ("nn.BatchNorm1d(hidden_dim),", "nn.SyncBatchNorm(hidden_dim),"),
        "You use a SyncBatchNorm, which raises in several processes without GPUs. Who knows how many processes there are?",
        trains=True,
    ),
    Mistake(
        "mlp_nan_to_number",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    head = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    head.register_forward_hook(lambda head, inputs, z: z.nan_to_num())
    return head
""",
        "You turn NaN into numbers. How does the training then find out that the encoder has diverged?",
        trains=True,
    ),
    Mistake(
        "mlp_to_gpu",
        "mlp",
        """
def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    import torch

    head = nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )
    return head.cuda() if torch.cuda.is_available() else head
""",
        "You move the perceptron to a GPU if the machine has one. What if the run is on the CPU, or on the second GPU?",
        trains=True,
    ),
    Mistake(
        "projector_to_gpu",
        "projector",
        (
            "return nn.Linear(in_dim, out_dim)",
            "import torch\n\n        head = nn.Linear(in_dim, out_dim)\n        return head.cuda() if torch.cuda.is_available() else head",
        ),
        "You move the linear head to a GPU if the machine has one. What if the run is on the CPU, or on the second GPU?",
        trains=True,
    ),
    Mistake(
        "predictor_to_gpu",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "import torch\n\n    head = mlp(dim, hidden_dim, dim)\n    return head.cuda() if torch.cuda.is_available() else head",
        ),
        "You move the predictor to a GPU if the machine has one. What if the run is on the CPU, or on the second GPU?",
        trains=True,
    ),
    Mistake(
        "predictor_norm_forgets_at_once",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "head = mlp(dim, hidden_dim, dim)\n    head[1].momentum = 0.9\n    return head",
        ),
        "The norm of your predictor takes nine tenths of its running statistics from the last batch, as momentum 0.9 does in torch. What does torch's default keep?",
        trains=True,
    ),
    Mistake(
        "projector_makes_all_heads",
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
        'You make all three heads and return one, so the others draw random numbers too, and even "none" needs a hidden width. If a table holds functions, when is a head made?',
        trains=True,
    ),
    Mistake(
        "predictor_always_float32",
        "predictor",
        ("return mlp(dim, hidden_dim, dim)", "return mlp(dim, hidden_dim, dim).float()"),
        "You make the predictor float32, whatever torch's default type is. Which type do torch's own layers have?",
        trains=True,
    ),
    Mistake(
        "predictor_norm_hardly_moves",
        "predictor",
        (
            "return mlp(dim, hidden_dim, dim)",
            "head = mlp(dim, hidden_dim, dim)\n    head[1].momentum = 0.001\n    return head",
        ),
        "The norm of your predictor takes a thousandth of its running statistics from each batch, so they hardly move in a short run. What does torch's default take?",
        trains=True,
    ),
    Mistake(
        "none_is_a_matrix",
        "projector",
        (
            " return nn.Identity()",
            " made = nn.Linear(in_dim, in_dim, bias=False)\n        nn.init.eye_(made.weight)\n        return made",
        ),
        'Your "none" is a matrix that starts as the identity and is trained. What must z remain equal to?',
        trains=True,
    ),
    Mistake(
        "each_view_its_own_statistics",
        "mlp",
        '''def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
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
        "You normalise the two halves of a batch separately. Over which rows does a batch norm take its mean?",
        trains=True,
    ),
    Mistake(
        "norm_and_relu_first",
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
        "You put a norm and a ReLU before the first matrix too, so the predictor cannot see negative values of z. Which layer is the first of an MLP?",
        trains=True,
    ),
    Mistake(
        "epsilon_of_keras_in_the_predictor",
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
        "Your predictor's norm adds 0.001 to the variance, as Keras does. What does torch's batch norm add?",
        trains=True,
    ),
    Mistake(
        "error_in_forward",
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
        "You raise the error in forward, so a misspelt kind still makes a module, which fails at its first batch. When should the error be raised?",
        trains=True,
    ),
    Mistake(
        "all_three_are_made_and_looked_up",
        "projector",
        """
def projector(kind, in_dim, hidden_dim, out_dim):
    return {
        "none": nn.Identity(),
        "linear": nn.Linear(in_dim, out_dim),
        "mlp": mlp(in_dim, hidden_dim, out_dim),
    }[kind]
""",
        "You make all three heads and look one up, so the others draw random numbers, too, and an unknown kind is a KeyError. How many heads should be made, and which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "norm_in_float32",
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
        "You build the norm in float32, whatever torch's default dtype is. Which dtype do the linear layers have if the default is float64?",
        trains=True,
    ),
]
