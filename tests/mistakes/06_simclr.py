# ruff: noqa: E501  (a sentence to the learner is one line)
"""Wrong ways to write the SimCLR of lesson 6, with a sentence about each."""

from lessons.course.mistakes import Mistake

ORDER = "order = torch.randperm(N, generator=generator)"
CUT = "range(0, N - batch_size + 1, batch_size)"
YIELD = "yield order[start : start + batch_size]"
DRAW = 'x1, x2 = two_views(x, self.recipe, self.generators["views"])'
CONTROL = 'return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)'
ENCODE = "h = self.encoder(x)"
PROJECT = "return self.projector(h)"
LOSS = "return nt_xent_loss(z1, z2, self.temperature)"

MISTAKES = [
    Mistake(
        "control_shuffled",
        "SimCLR.views",
        (
            CONTROL,
            'mixed = x2[torch.randperm(len(x2), generator=self.generators["views"]).to(x2.device)]\n'
            '        return (x1, mixed) if self.positives == "wrong" else (x1, x2)',
        ),
        "In the control you shuffle the second views, so some rows keep their own image. Which image is next to image b?",
        trains=True,
    ),
    # shuffled_batches
    Mistake(
        "not_shuffled",
        "shuffled_batches",
        (ORDER, "order = torch.arange(N)"),
        "You take the images as they are stored, so the same ones are always each other's negatives. Where is the random order?",
        trains=True,
    ),
    Mistake(
        "reseeds_inside",
        "shuffled_batches",
        (ORDER, "order = torch.randperm(N, generator=Generator().manual_seed(0))"),
        "You make a new generator in every call, which always starts from the same seed, so every epoch has the same order. What keeps the state from epoch to epoch?",
        trains=True,
    ),
    Mistake(
        "copies_the_generator",
        "shuffled_batches",
        (
            ORDER,
            "own = generator and Generator().set_state(generator.get_state())\n"
            "    order = torch.randperm(N, generator=own)",
        ),
        "After an epoch, the generator that you were given is as it was before. What will the next epoch draw?",
        trains=True,
    ),
    Mistake(
        "generator_ignored",
        "shuffled_batches",
        (ORDER, "order = torch.randperm(N)"),
        "You draw from torch's global generator although you were given another one. Can the run be repeated from its seed?",
        trains=True,
    ),
    Mistake(
        "with_replacement",
        "shuffled_batches",
        (ORDER, "order = torch.randint(N, (N,), generator=generator)"),
        "You draw each position independently, so an image can appear twice. Should an image's own copy be one of its negatives?",
        trains=True,
    ),
    Mistake(
        "new_order_for_each_batch",
        "shuffled_batches",
        (YIELD, "yield torch.randperm(N, generator=generator)[:batch_size]"),
        "You shuffle again for each batch, so an epoch shows some images twice and others never. How many orders does an epoch need?",
        trains=True,
    ),
    Mistake(
        "last_batch_kept",
        "shuffled_batches",
        (CUT, "range(0, N, batch_size)"),
        "You keep the incomplete batch at the end. How many negatives does an image have in a batch of one?",
        trains=True,
    ),
    Mistake(
        "last_full_batch_lost",
        "shuffled_batches",
        (CUT, "range(0, N - batch_size, batch_size)"),
        "If N is a multiple of the batch size, you lose a full batch. At which positions do the first and the last batch start?",
        trains=True,
    ),
    Mistake(
        "batches_overlap",
        "shuffled_batches",
        (CUT, "range(0, N - batch_size + 1)"),
        "You start each batch one image after the previous one, so they overlap. How far apart should two starts be?",
        trains=True,
    ),
    Mistake(
        "only_batches_shuffled",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.arange(N)
    for k in torch.randperm(N // batch_size, generator=generator):
        yield order[k * batch_size : (k + 1) * batch_size]
""",
        "You shuffle the batches, not the images, so a batch always has the same members. Which images should be able to meet?",
        trains=True,
    ),
    Mistake(
        "shuffled_within_batches",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    for start in range(0, N - batch_size + 1, batch_size):
        yield start + torch.randperm(batch_size, generator=generator)
""",
        "You shuffle each batch after cutting, so its members are always the same. Which comes first, the order or the cut?",
        trains=True,
    ),
    Mistake(
        "rotated",
        "shuffled_batches",
        (
            ORDER,
            "order = torch.arange(N).roll(int(torch.randint(N, (), generator=generator)))",
        ),
        "You start at a random position, but the images still follow each other as stored. How many orders do N images have?",
        trains=True,
    ),
    Mistake(
        "the_same_images_wait",
        "shuffled_batches",
        (ORDER, "order = torch.randperm(N // batch_size * batch_size, generator=generator)"),
        "You leave out the last images of the data set before you shuffle, so they are never seen. Which images should be left out?",
        trains=True,
    ),
    # SimCLR.views
    Mistake(
        "images_in_evaluation",
        "SimCLR.views",
        (DRAW, "if not self.training:\n            return x, x\n        " + DRAW),
        "You return the images unchanged in eval mode. What is that mode for, the networks or the views?",
        trains=True,
    ),
    Mistake(
        "same_view_twice",
        "SimCLR.views",
        (DRAW, DRAW + "\n        x2 = x1"),
        "Your two views are equal, so they agree before anything is learned. What does line 6 of Algorithm 1 draw?",
        trains=True,
    ),
    Mistake(
        "first_view_is_the_image",
        "SimCLR.views",
        (DRAW, DRAW + "\n        x1 = x if x1.shape == x.shape else x1"),
        "You return the image itself as the first view. How many of the two views does Algorithm 1 draw?",
        trains=True,
    ),
    Mistake(
        "view_of_a_view",
        "SimCLR.views",
        (DRAW, DRAW + '\n        x2 = two_views(x1, self.recipe, self.generators["views"])[0]'),
        "You make the second view from the first, so it is changed twice. What should both be views of?",
        trains=True,
    ),
    Mistake(
        "global_views",
        "SimCLR.views",
        (DRAW, "x1, x2 = two_views(x, self.recipe)"),
        "You pass no generator, so torch's global one is used. Can the views be repeated from the method's seed?",
        trains=True,
    ),
    Mistake(
        "generator_of_the_order",
        "SimCLR.views",
        (DRAW, DRAW.replace('"views"', '"order"')),
        "You draw from the generator of the order, so the recipe changes which images meet. Which of the two generators is for views?",
        trains=True,
    ),
    Mistake(
        "views_reseeded",
        "SimCLR.views",
        (DRAW, DRAW.replace('self.generators["views"]', "Generator().manual_seed(0)")),
        "You seed a new generator in every call, so every batch has the same crops. What should two calls have in common?",
        trains=True,
    ),
    Mistake(
        "recipe_ignored",
        "SimCLR.views",
        (DRAW, DRAW.replace("self.recipe", 'recipe_named("simclr")')),
        "You use a recipe of your own. Where is the one that the method was given?",
        trains=True,
    ),
    Mistake(
        "shuffled_apart",
        "SimCLR.views",
        (CONTROL, "return x1, x2[torch.randperm(len(x))]"),
        "You shuffle the rows of the second view, so pairs show different images. What must row b of both views show?",
    ),
    Mistake(
        "interleaved_views",
        "SimCLR.views",
        (
            CONTROL,
            "x1, x2 = torch.stack([x1, x2], 1).flatten(0, 1).chunk(2)\n        " + CONTROL,
        ),
        "You order the views 1a 1b 2a 2b … and then cut in the middle. Which images are in the first half?",
    ),
    Mistake(
        "control_ignored",
        "SimCLR.views",
        (CONTROL, "return x1, x2"),
        'You ignore positives="wrong". What should the second views show in the control?',
        trains=True,
    ),
    Mistake(
        "control_inverted",
        "SimCLR.views",
        ('self.positives == "wrong"', 'self.positives == "same"'),
        "You make the pairs wrong in normal training and right in the control. Which value of positives asks for which?",
    ),
    Mistake(
        "both_rolled",
        "SimCLR.views",
        ("(x1, x2.roll(1, 0))", "(x1.roll(1, 0), x2.roll(1, 0))"),
        "In the control both of your views show the image of the row before, so row b of both still shows one image. Which of them should move?",
        trains=True,
    ),
    Mistake(
        "roll_without_dimension",
        "SimCLR.views",
        ("x2.roll(1, 0)", "x2.roll(1)"),
        "You roll without a dimension, which moves every pixel by one place, across images. Which dimension counts images?",
        trains=True,
    ),
    Mistake(
        "control_reversed",
        "SimCLR.views",
        ("x2.roll(1, 0)", "x2.flip(0)"),
        "You reverse the batch, so with an odd number of images the middle one keeps its partner. Which image is next to b?",
    ),
    # SimCLR.project
    Mistake(
        "encoder_only",
        "SimCLR.project",
        (PROJECT, "return h"),
        "You return h, so the loss sees the representation and the projector is not used. What is z?",
        trains=True,
    ),
    Mistake(
        "detached",
        "SimCLR.project",
        ("self.projector(h)", "self.projector(h.detach())"),
        "You stop the gradient at h, so only the projector learns. The loss still falls, but what happens to the encoder?",
        trains=True,
        ties=("frozen_encoder",),
    ),
    Mistake(
        "frozen_encoder",
        "SimCLR.project",
        (
            ENCODE,
            "with torch.no_grad():\n            h = self.encoder(x)",
        ),
        "You run the encoder under no_grad, as in evaluation, so it never learns. Which networks should the loss train?",
        trains=True,
        ties=("detached",),
    ),
    Mistake(
        "evaluation_inside",
        "SimCLR.project",
        (ENCODE, "self.eval()\n        " + ENCODE),
        "You switch to eval mode, so batch norm neither uses the batch nor learns from it. Who should choose the mode?",
        trains=True,
    ),
    Mistake(
        "training_inside",
        "SimCLR.project",
        (ENCODE, "self.encoder.train(x.shape[0] > 1)\n        " + ENCODE),
        "You switch the encoder to train mode during evaluation, too. Who should choose the mode?",
        trains=True,
    ),
    Mistake(
        "encoder_called_twice",
        "SimCLR.project",
        (PROJECT, "return self.projector(self.encoder(x))"),
        "You call the encoder twice, which takes twice the time and makes batch norm count the batch twice. Where is h from the line before?",
        trains=True,
    ),
    Mistake(
        "half_a_batch_at_a_time",
        "SimCLR.project",
        (
            ENCODE,
            "half = len(x) // 2\n"
            "        parts = [x[:half], x[half:]] if half > 1 else [x]\n"
            "        h = torch.cat([self.encoder(part) for part in parts])",
        ),
        "You pass the batch to the encoder in two parts, so batch norm takes the mean of each. How many views should it see at once?",
        trains=True,
    ),
    Mistake(
        "h_normalized",
        "SimCLR.project",
        (PROJECT, "return self.projector(nn.functional.normalize(h, dim=1))"),
        "You normalise h to unit norm before the projector. Does Algorithm 1 put anything between f and g?",
        trains=True,
    ),
    Mistake(
        "z_normalized",
        "SimCLR.project",
        (PROJECT, "return nn.functional.normalize(self.projector(h), dim=1)"),
        "You normalise z to unit norm. The loss does so itself, and a classifier's logits would lose their scale. What is z = g(f(x))?",
        trains=True,
    ),
    Mistake(
        "relu_between",
        "SimCLR.project",
        (PROJECT, "return self.projector(torch.relu(h))"),
        "You apply a ReLU to h between the networks. Does Algorithm 1 put anything between f and g?",
        trains=True,
    ),
    Mistake(
        "views_rescaled",
        "SimCLR.project",
        ("self.encoder(x)", "self.encoder(2 * x - 1)"),
        "You rescale the views before the encoder. What should go into f?",
        trains=True,
    ),
    # SimCLR.loss
    Mistake(
        "z1_with_z1",
        "SimCLR.loss",
        ("nt_xent_loss(z1, z2,", "nt_xent_loss(z1, z1,"),
        "You compare the first view with itself, so z2 never counts. Which two views should agree?",
        trains=True,
    ),
    Mistake(
        "default_temperature",
        "SimCLR.loss",
        ("z2, self.temperature)", "z2)"),
        "You leave out the temperature, so it is always 0.5. Where is the one that the method was given?",
        trains=True,
    ),
    Mistake(
        "inverse_temperature",
        "SimCLR.loss",
        ("self.temperature", "1 / self.temperature"),
        "You pass 1 / tau to the loss. What divides by the temperature, your code or nt_xent_loss?",
        trains=True,
    ),
    Mistake(
        "summed",
        "SimCLR.loss",
        (LOSS, LOSS + " * 2 * len(z1)"),
        "You add up the losses of the anchors, so the loss grows with the batch. What does line 14 of Algorithm 1 divide by?",
        trains=True,
    ),
    Mistake(
        "averaged_again",
        "SimCLR.loss",
        (LOSS, LOSS + " / len(z1)"),
        "You divide by the batch size, although nt_xent_loss is a mean already. What should the loss of equal projections be?",
        trains=True,
    ),
    Mistake(
        "second_view_stopped",
        "SimCLR.loss",
        ("z1, z2, self", "z1, z2.detach(), self"),
        "You stop the gradient of z2, as SimSiam and BYOL do. Which of the two views teaches the encoder in SimCLR?",
        trains=True,
    ),
    Mistake(
        "loss_without_gradient",
        "SimCLR.loss",
        (LOSS, LOSS + ".detach()"),
        "You detach the loss, perhaps to log it. What could loss.backward() follow then?",
    ),
    Mistake(
        "concatenated_wrongly",
        "SimCLR.loss",
        (
            LOSS,
            "z = torch.stack([z1, z2], 1).flatten(0, 1)\n"
            "        return nt_xent_loss(z[: len(z1)], z[len(z1) :], self.temperature)",
        ),
        "You order both views 1a 1b 2a 2b … and cut in the middle. What is then in row b of both halves?",
    ),
    Mistake(
        "index_as_rows",
        "SimCLR.loss",
        ("z1, z2, self", "z1, z2[index.argsort()], self"),
        "You reorder z2 by index. Row b of both already belongs to one image, so what would index be needed for?",
    ),
    Mistake(
        "rolled_in_the_loss",
        "SimCLR.loss",
        (
            LOSS,
            'z2 = z2.roll(-1, 0) if self.positives == "wrong" else z2\n        ' + LOSS,
        ),
        "You roll z2 in the loss, which undoes what the control did to the views. Which function takes care of the control?",
        trains=True,
    ),
    Mistake(
        "repel_only",
        "SimCLR.loss",
        (
            LOSS,
            "z = nn.functional.normalize(torch.cat([z1, z2]), dim=1)\n"
            "        s = (z @ z.T / self.temperature).fill_diagonal_(-torch.inf)\n"
            "        return s.logsumexp(1).mean()",
        ),
        "You only push views apart; nothing pulls the two views of an image together. Which entry is in the numerator of equation 1?",
        trains=True,
    ),
    # more of shuffled_batches
    Mistake(
        "starts_one_apart",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    for start in range(N // batch_size):
        yield order[start : start + batch_size]
""",
        "You start batch k at position k, so batches overlap. At which position does batch k start?",
        trains=True,
    ),
    Mistake(
        "every_nth",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    for start in range(batch_size):
        yield order[start::batch_size]
""",
        "You take every B-th position, so there are B batches. How many images are in a batch?",
        trains=True,
    ),
    Mistake(
        "as_many_batches",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    yield from order.chunk(batch_size)
""",
        "You cut the order into B batches. How many images should be in each?",
        trains=True,
    ),
    Mistake(
        "lists",
        "shuffled_batches",
        (
            "yield order[start : start + batch_size]",
            "yield order[start : start + batch_size].tolist()",
        ),
        "You yield lists. Which type does the docstring ask for?",
    ),
    Mistake(
        "int32_positions",
        "shuffled_batches",
        (
            "order = torch.randperm(N, generator=generator)",
            "order = torch.randperm(N, generator=generator).int()",
        ),
        "Your positions are int32. Which type does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "float_positions",
        "shuffled_batches",
        (
            "order = torch.randperm(N, generator=generator)",
            "order = torch.randperm(N, generator=generator).float()",
        ),
        "Your positions are floating-point numbers. Which type can index a tensor?",
    ),
    Mistake(
        "single_images",
        "shuffled_batches",
        ("yield order[start : start + batch_size]", "yield from order[start : start + batch_size]"),
        "You yield single positions. What does one batch hold?",
    ),
    Mistake(
        "rows_of_positions",
        "shuffled_batches",
        (
            "yield order[start : start + batch_size]",
            "yield order[start : start + batch_size][None]",
        ),
        "Your batches have the shape (1, B). Which shape does the docstring ask for?",
    ),
    Mistake(
        "columns_of_positions",
        "shuffled_batches",
        (
            "yield order[start : start + batch_size]",
            "yield order[start : start + batch_size][:, None]",
        ),
        "Your batches have the shape (B, 1). Which shape does the docstring ask for?",
    ),
    Mistake(
        "whole_order",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    yield order
""",
        "You yield the whole order as one batch. How many images does a batch have?",
        trains=True,
    ),
    Mistake(
        "one_batch_only",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    yield order[:batch_size]
""",
        "You yield one batch and stop. How many batches does an epoch have?",
        trains=True,
    ),
    Mistake(
        "first_batch_lost",
        "shuffled_batches",
        (
            "range(0, N - batch_size + 1, batch_size)",
            "range(batch_size, N - batch_size + 1, batch_size)",
        ),
        "Each epoch has one full batch too few. At which position does the first batch start, and how many are there?",
        trains=True,
    ),
    Mistake(
        "one_image_short",
        "shuffled_batches",
        ("yield order[start : start + batch_size]", "yield order[start : start + batch_size - 1]"),
        "Your batches have B - 1 images. Where does a slice stop?",
        trains=True,
    ),
    Mistake(
        "one_image_too_many",
        "shuffled_batches",
        ("yield order[start : start + batch_size]", "yield order[start : start + batch_size + 1]"),
        "Your batches have one image too many, which is also in the next. Where does a slice stop?",
        trains=True,
    ),
    Mistake(
        "last_start_too_late",
        "shuffled_batches",
        ("range(0, N - batch_size + 1, batch_size)", "range(0, N - batch_size + 2, batch_size)"),
        "Your last batch may be one image short. What is the last position at which a full batch starts?",
        trains=True,
    ),
    Mistake(
        "rest_in_last_batch",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    for k in range(N // batch_size):
        yield order[k * batch_size :] if k == N // batch_size - 1 else order[k * batch_size : (k + 1) * batch_size]
""",
        "You put the images left over into the last batch. How many images does it have?",
        trains=True,
    ),
    Mistake(
        "filled_up_from_start",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    for start in range(0, N, batch_size):
        index = order[start : start + batch_size]
        yield torch.cat([index, order[: batch_size - len(index)]])
""",
        "You fill the last batch up with images from the start of the order. What does the docstring do with images left over?",
        trains=True,
    ),
    Mistake(
        "last_batch_from_end",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    for start in range(0, N, batch_size):
        start = max(0, min(start, N - batch_size))
        yield order[start : start + batch_size]
""",
        "Your last batch reaches back, so some of its images appear twice. What does the docstring do with images left over?",
        trains=True,
    ),
    Mistake(
        "endless",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    while True:
        for start in range(0, N - batch_size + 1, batch_size):
            yield order[start : start + batch_size]
        if N < batch_size:
            return
""",
        "You start again when the epoch is over. When does an epoch end?",
    ),
    Mistake(
        "reseeded_generator",
        "shuffled_batches",
        (
            "order = torch.randperm(N, generator=generator)",
            """generator = generator and generator.manual_seed(0)
    order = torch.randperm(N, generator=generator)""",
        ),
        "You seed the generator that you were given in every call, so every epoch has the same order. What keeps the state from epoch to epoch?",
        trains=True,
    ),
    Mistake(
        "own_generator_if_none",
        "shuffled_batches",
        (
            "order = torch.randperm(N, generator=generator)",
            """generator = generator or Generator().manual_seed(0)
    order = torch.randperm(N, generator=generator)""",
        ),
        "Without a generator, every epoch has the same order: a new one of your own always starts from the same seed. What should draw if none is given?",
        trains=True,
    ),
    Mistake(
        "sorted_batches",
        "shuffled_batches",
        (
            "yield order[start : start + batch_size]",
            "yield order[start : start + batch_size].sort().values",
        ),
        "You sort the positions in each batch. Is every order equally likely then?",
        trains=True,
    ),
    Mistake(
        "counted_from_one",
        "shuffled_batches",
        (
            "order = torch.randperm(N, generator=generator)",
            "order = torch.randperm(N, generator=generator) + 1",
        ),
        "You count the images from 1, so image 0 is never seen. Which positions have N images?",
        trains=True,
    ),
    Mistake(
        "one_image_less",
        "shuffled_batches",
        (
            "order = torch.randperm(N, generator=generator)",
            "order = torch.randperm(N - 1, generator=generator)",
        ),
        "You shuffle N - 1 images, so the last one is never seen. How many are there?",
        trains=True,
    ),
    Mistake(
        "reversed_order",
        "shuffled_batches",
        ("order = torch.randperm(N, generator=generator)", "order = torch.arange(N).flip(0)"),
        "You take the images from the last to the first, in every epoch. Where is the random order?",
        trains=True,
    ),
    Mistake(
        "coin_flip",
        "shuffled_batches",
        (
            "order = torch.randperm(N, generator=generator)",
            """order = torch.arange(N)
    order = order.flip(0) if torch.rand((), generator=generator) < 0.5 else order""",
        ),
        "You only choose between forwards and backwards. How many orders do N images have?",
        trains=True,
    ),
    Mistake(
        "only_full_epochs",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    if N % batch_size == 0:
        yield from order.split(batch_size)
""",
        "You yield nothing if images are left over. What does the docstring do with them?",
        trains=True,
    ),
    Mistake(
        "returned_at_once",
        "shuffled_batches",
        ("yield order[start : start + batch_size]", "return order[start : start + batch_size]"),
        "You never yield: the caller gets None, or the single positions of one batch. Which word hands over one batch after another?",
    ),
    # more of SimCLR.views
    Mistake(
        "first_view_rolled",
        "SimCLR.views",
        ("(x1, x2.roll(1, 0))", "(x1.roll(1, 0), x2)"),
        "In the control you move the first view and keep the second. Which of them should stay as it is?",
        trains=True,
    ),
    Mistake(
        "always_rolled",
        "SimCLR.views",
        (
            'return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)',
            "return x1, x2.roll(1, 0)",
        ),
        "Your pairs are always wrong, not only in the control. What should row b of both views show in normal training?",
    ),
    Mistake(
        "always_rolled_first",
        "SimCLR.views",
        (
            'return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)',
            "return x1.roll(1, 0), x2",
        ),
        "You always move the first view. What should row b of both views show in normal training?",
    ),
    Mistake(
        "control_drawn",
        "SimCLR.views",
        ("x2.roll(1, 0)", "x2[torch.randperm(len(x2))]"),
        "In the control you shuffle the second views, so some images may keep their partner. Which image does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "control_rolls_channels",
        "SimCLR.views",
        ("x2.roll(1, 0)", "x2.roll(1, 1)"),
        "In the control you roll the channels, so each second view still shows its own image. Which dimension counts images?",
        trains=True,
    ),
    Mistake(
        "control_rolls_rows",
        "SimCLR.views",
        ("x2.roll(1, 0)", "x2.roll(1, 2)"),
        "In the control you roll the rows of pixels, so each second view still shows its own image. Which dimension counts images?",
        trains=True,
    ),
    Mistake(
        "control_rolls_columns",
        "SimCLR.views",
        ("x2.roll(1, 0)", "x2.roll(1, 3)"),
        "In the control you roll the columns of pixels, so each second view still shows its own image. Which dimension counts images?",
        trains=True,
    ),
    Mistake(
        "control_two_away",
        "SimCLR.views",
        ("x2.roll(1, 0)", "x2.roll(2, 0)"),
        "In the control you move the second views by two rows or more. Which image is next to b?",
        trains=True,
    ),
    Mistake(
        "control_all_first",
        "SimCLR.views",
        ("x2.roll(1, 0)", "x2[:1].expand_as(x2)"),
        "In the control all second views show image 0. Which image is next to b?",
        trains=True,
    ),
    Mistake(
        "control_clamped",
        "SimCLR.views",
        ("x2.roll(1, 0)", "torch.cat([x2[:1], x2[:-1]])"),
        "In the control row 0 keeps its own image. Which row comes before it, if the batch wraps around?",
        trains=True,
    ),
    Mistake(
        "control_clamped_below",
        "SimCLR.views",
        ("x2.roll(1, 0)", "torch.cat([x2[1:], x2[-1:]])"),
        "In the control the last row keeps its own image. Which row comes after it, if the batch wraps around?",
        trains=True,
    ),
    Mistake(
        "control_neighbours_exchanged",
        "SimCLR.views",
        ("x2.roll(1, 0)", "x2[(torch.arange(len(x2)) ^ 1).clamp(max=len(x2) - 1)]"),
        "In the control you exchange neighbours, so the last of an odd number keeps its partner. Which image is next to it, if the batch wraps around?",
        trains=True,
    ),
    Mistake(
        "control_flips_images",
        "SimCLR.views",
        ("x2.roll(1, 0)", "x2.flip(3)"),
        "In the control you flip the second views, which still show their own images. Which dimension counts images?",
        trains=True,
    ),
    Mistake(
        "control_of_noise",
        "SimCLR.views",
        ("x2.roll(1, 0)", "torch.rand_like(x2)"),
        "In the control the second views are noise. What should they show, according to the docstring?",
        trains=True,
    ),
    Mistake(
        "control_opposite",
        "SimCLR.views",
        ("(x1, x2.roll(1, 0))", "(x1.roll(1, 0), x2.roll(-1, 0))"),
        "In the control you move both views, in opposite directions. Which of them should stay as it is?",
        trains=True,
    ),
    Mistake(
        "second_view_is_the_image",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            """x1, x2 = two_views(x, self.recipe, self.generators["views"])
        x2 = x if x2.shape == x.shape else x2""",
        ),
        "You return the image itself as the second view. How many of the two views does Algorithm 1 draw?",
        trains=True,
    ),
    Mistake(
        "both_are_images",
        "SimCLR.views",
        ('x1, x2 = two_views(x, self.recipe, self.generators["views"])', "x1, x2 = x, x"),
        "You return the images themselves as both views. What does the recipe do to them?",
        trains=True,
    ),
    Mistake(
        "small_views_instead",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            'x1, x2 = two_views(x, self.small_recipe, self.generators["views"])',
        ),
        "You use the recipe of the small views. Which one is for the two large views?",
        trains=True,
    ),
    Mistake(
        "views_in_one",
        "SimCLR.views",
        (
            'return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)',
            'return torch.cat([x1, x2.roll(1, 0) if self.positives == "wrong" else x2])',
        ),
        "You return one tensor of 2B views. What does the docstring ask for?",
    ),
    Mistake(
        "views_stacked",
        "SimCLR.views",
        (
            'return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)',
            'return torch.stack([x1, x2.roll(1, 0) if self.positives == "wrong" else x2])',
        ),
        "You return one tensor with both views. What does the docstring ask for?",
    ),
    Mistake(
        "first_view_only",
        "SimCLR.views",
        ('return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)', "return x1"),
        "You return one view. How many does the docstring ask for?",
    ),
    Mistake(
        "views_missing",
        "SimCLR.views",
        (
            'return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)',
            '_ = (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)',
        ),
        "You return None in normal training. What does a function without a return statement return?",
    ),
    Mistake(
        "global_second_view",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            'x1, x2 = one_view(x, self.recipe, self.generators["views"]), one_view(x, self.recipe)',
        ),
        "You pass no generator for the second view, so torch's global one is used. Can the views be repeated from the method's seed?",
        trains=True,
    ),
    Mistake(
        "global_first_view",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            'x1, x2 = one_view(x, self.recipe), one_view(x, self.recipe, self.generators["views"])',
        ),
        "You pass no generator for the first view, so torch's global one is used. Can the views be repeated from the method's seed?",
        trains=True,
    ),
    Mistake(
        "order_for_second_view",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            'x1, x2 = one_view(x, self.recipe, self.generators["views"]), one_view(x, self.recipe, self.generators["order"])',
        ),
        "You draw the second view from the generator of the order. Which of the two generators is for views?",
        trains=True,
    ),
    Mistake(
        "order_for_first_view",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            'x1, x2 = one_view(x, self.recipe, self.generators["order"]), one_view(x, self.recipe, self.generators["views"])',
        ),
        "You draw the first view from the generator of the order. Which of the two generators is for views?",
        trains=True,
    ),
    Mistake(
        "reseeded_from_the_run",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            "x1, x2 = two_views(x, self.recipe, Generator().manual_seed(self.seed))",
        ),
        "You seed a new generator from the run's seed in every call, so every batch has the same crops. Which generator keeps its state?",
        trains=True,
    ),
    Mistake(
        "views_of_rolled_images",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            'x1, x2 = two_views(x.roll(1, 0), self.recipe, self.generators["views"])',
        ),
        "Your views show the images of the rows before. What must row b of both views show?",
        trains=True,
    ),
    Mistake(
        "views_mirrored_again",
        "SimCLR.views",
        (
            'return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)',
            """x2 = x2.flip(3)
        return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)""",
        ),
        "You flip the second view after the recipe. What may change a view, besides the recipe?",
        trains=True,
    ),
    Mistake(
        "views_rescaled_after",
        "SimCLR.views",
        (
            'return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)',
            """x1, x2 = 2 * x1 - 1, 2 * x2 - 1
        return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)""",
        ),
        "You rescale the views to [-1, 1]. What may change a view, besides the recipe?",
        trains=True,
    ),
    Mistake(
        "recipe_twice",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            """x1, x2 = two_views(x, self.recipe, self.generators["views"])
        x1, x2 = (one_view(v, self.recipe, self.generators["views"]) for v in (x1, x2))""",
        ),
        "You apply the recipe twice to each view. How many times does Algorithm 1 do so?",
        trains=True,
    ),
    Mistake(
        "views_detached_missing_generator",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            "x1, x2 = two_views(x, self.generators['views'])",
        ),
        "You pass the generator as the recipe. In which order does two_views take its arguments?",
    ),
    # more of SimCLR.project
    Mistake(
        "networks_exchanged",
        "SimCLR.project",
        """def project(self, x):
    return self.encoder(self.projector(x))
""",
        "The projector gets the view, which is for the encoder. Which of f and g comes first?",
    ),
    Mistake(
        "projector_twice",
        "SimCLR.project",
        """def project(self, x):
    return self.projector(self.projector(self.encoder(x)))
""",
        "You apply the projector twice. What is z = g(f(x))?",
        trains=True,
    ),
    Mistake(
        "encoder_in_evaluation",
        "SimCLR.project",
        (
            "h = self.encoder(x)",
            """self.encoder.eval()
        h = self.encoder(x)""",
        ),
        "You switch the encoder to eval mode, so batch norm neither uses the batch nor learns from it. Who should choose the mode?",
        trains=True,
    ),
    Mistake(
        "projector_in_evaluation",
        "SimCLR.project",
        (
            "return self.projector(h)",
            """self.projector.eval()
        return self.projector(h)""",
        ),
        "You switch the projector to eval mode. Who should choose the mode?",
        trains=True,
    ),
    Mistake(
        "evaluation_and_back",
        "SimCLR.project",
        (
            "h = self.encoder(x)",
            """self.encoder.eval()
        h = self.encoder(x)
        self.encoder.train()""",
        ),
        "You run the encoder in eval mode, and switch it to train mode afterwards. Who should choose the mode?",
        trains=True,
    ),
    Mistake(
        "evaluation_restored",
        "SimCLR.project",
        (
            "h = self.encoder(x)",
            """mode = self.training
        self.eval()
        h = self.encoder(x)
        self.train(mode)""",
        ),
        "You run the encoder in eval mode and restore the mode. Which statistics should batch norm use in training?",
        trains=True,
    ),
    Mistake(
        "training_of_all",
        "SimCLR.project",
        (
            "h = self.encoder(x)",
            """self.train()
        h = self.encoder(x)""",
        ),
        "You switch to train mode, even during evaluation. Who should choose the mode?",
        trains=True,
    ),
    Mistake(
        "training_of_projector",
        "SimCLR.project",
        (
            "return self.projector(h)",
            """self.projector.train()
        return self.projector(h)""",
        ),
        "You switch the projector to train mode, even during evaluation. Who should choose the mode?",
        trains=True,
    ),
    Mistake(
        "both_returned",
        "SimCLR.project",
        ("return self.projector(h)", "return h, self.projector(h)"),
        "You return two things. What does the docstring ask for?",
    ),
    Mistake(
        "z_with_relu",
        "SimCLR.project",
        ("return self.projector(h)", "return torch.relu(self.projector(h))"),
        "You apply a ReLU to z, so no number is below 0. What is z = g(f(x))?",
        trains=True,
    ),
    Mistake(
        "z_with_tanh",
        "SimCLR.project",
        ("return self.projector(h)", "return torch.tanh(self.projector(h))"),
        "You apply a tanh to z. What is z = g(f(x))?",
        trains=True,
    ),
    Mistake(
        "z_with_sigmoid",
        "SimCLR.project",
        ("return self.projector(h)", "return torch.sigmoid(self.projector(h))"),
        "You apply a sigmoid to z. What is z = g(f(x))?",
        trains=True,
    ),
    Mistake(
        "z_with_softmax",
        "SimCLR.project",
        ("return self.projector(h)", "return torch.softmax(self.projector(h), dim=1)"),
        "You apply a softmax to z. What is z = g(f(x))?",
        trains=True,
    ),
    Mistake(
        "h_added",
        "SimCLR.project",
        ("return self.projector(h)", "return h + self.projector(h)"),
        "You add h to z, as a residual block does. What is z = g(f(x))?",
        trains=True,
    ),
    Mistake(
        "z_centred",
        "SimCLR.project",
        (
            "return self.projector(h)",
            """z = self.projector(h)
        return z - z.mean(0)""",
        ),
        "You subtract the mean of the batch from z. What is z = g(f(x))?",
        trains=True,
    ),
    Mistake(
        "z_standardized",
        "SimCLR.project",
        (
            "return self.projector(h)",
            """z = self.projector(h)
        return (z - z.mean(0)) / z.std(0)""",
        ),
        "You standardise z over the batch. What is z = g(f(x))?",
        trains=True,
    ),
    Mistake(
        "h_centred",
        "SimCLR.project",
        ("return self.projector(h)", "return self.projector(h - h.mean(0))"),
        "You subtract the mean of the batch from h. Does Algorithm 1 put anything between f and g?",
        trains=True,
    ),
    Mistake(
        "h_with_tanh",
        "SimCLR.project",
        ("return self.projector(h)", "return self.projector(torch.tanh(h))"),
        "You apply a tanh to h between the networks. Does Algorithm 1 put anything between f and g?",
        trains=True,
    ),
    Mistake(
        "h_normalized_columns",
        "SimCLR.project",
        ("return self.projector(h)", "return self.projector(nn.functional.normalize(h, dim=0))"),
        "You normalise the columns of h over the batch. Does Algorithm 1 put anything between f and g?",
        trains=True,
    ),
    Mistake(
        "z_normalized_columns",
        "SimCLR.project",
        ("return self.projector(h)", "return nn.functional.normalize(self.projector(h), dim=0)"),
        "You normalise the columns of z over the batch. What is z = g(f(x))?",
        trains=True,
    ),
    Mistake(
        "z_detached",
        "SimCLR.project",
        ("return self.projector(h)", "return self.projector(h).detach()"),
        "Your z has no gradient, so neither network learns. What does loss.backward() follow?",
    ),
    Mistake(
        "view_detached",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = self.encoder(x.detach())"),
        "You stop the gradient at the view, so it does not reach x. The encoder does not need that gradient, but the docstring asks for g(f(x)) and nothing else. Why detach x?",
        trains=True,
    ),
    Mistake(
        "projector_frozen",
        "SimCLR.project",
        (
            "return self.projector(h)",
            """for p in self.projector.parameters():
            p.requires_grad_(False)
        return self.projector(h)""",
        ),
        "You freeze the projector, so it never learns. Which networks should the loss train?",
        trains=True,
    ),
    Mistake(
        "encoder_frozen",
        "SimCLR.project",
        (
            "h = self.encoder(x)",
            """for p in self.encoder.parameters():
            p.requires_grad_(False)
        h = self.encoder(x)""",
        ),
        "You freeze the encoder's weights, so it never learns. Which networks should the loss train?",
        trains=True,
    ),
    Mistake(
        "images_one_by_one",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = torch.cat([self.encoder(one[None]) for one in x])"),
        "You pass one view at a time to the encoder, so batch norm has no batch to average over. How many views should it see at once?",
    ),
    Mistake(
        "view_mirrored",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = self.encoder(x.flip(3))"),
        "You flip the view before the encoder. What should go into f?",
        trains=True,
    ),
    Mistake(
        "view_divided",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = self.encoder(x / 255)"),
        "You divide the view by 255, and it is between 0 and 1 already. What should go into f?",
        trains=True,
    ),
    Mistake(
        "view_multiplied",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = self.encoder(255 * x)"),
        "You multiply the view by 255. What should go into f?",
        trains=True,
    ),
    Mistake(
        "view_inverted",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = self.encoder(1 - x)"),
        "You invert the view. What should go into f?",
        trains=True,
    ),
    Mistake(
        "view_centred",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = self.encoder(x - x.mean())"),
        "You subtract the mean of all pixels. What should go into f?",
        trains=True,
    ),
    Mistake(
        "view_minus_half",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = self.encoder(x - 0.5)"),
        "You subtract 0.5 from the view. What should go into f?",
        trains=True,
    ),
    Mistake(
        "view_standardized",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = self.encoder((x - x.mean()) / x.std())"),
        "You standardise the pixels. What should go into f?",
        trains=True,
    ),
    Mistake(
        "view_cut_in_place",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = self.encoder(x.data.clamp_(0, 1))"),
        "You clip the view to [0, 1] in place. What should go into f, and who else may need x?",
        trains=True,
    ),
    Mistake(
        "view_cut",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = self.encoder(x.clamp(0, 1))"),
        "You clip the view to [0, 1]. What should go into f?",
        trains=True,
    ),
    Mistake(
        "z_turned",
        "SimCLR.project",
        ("return self.projector(h)", "return self.projector(h).T"),
        "You transpose z. Which dimension of it is the batch?",
    ),
    Mistake(
        "z_averaged",
        "SimCLR.project",
        ("return self.projector(h)", "return self.projector(h).mean(0)"),
        "You take the mean of z over the batch. How many projections are there?",
    ),
    Mistake(
        "z_in_one_row",
        "SimCLR.project",
        ("return self.projector(h)", "return self.projector(h).flatten()"),
        "You flatten z into one row. Which shape does the docstring ask for?",
    ),
    Mistake(
        "view_as_float32",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = self.encoder(x.float())"),
        "You convert the view to float32, whatever the type of the networks is. What should go into f?",
    ),
    Mistake(
        "projection_missing",
        "SimCLR.project",
        ("return self.projector(h)", "self.projector(h)"),
        "You compute z, but return None. What does a function without a return statement return?",
    ),
    # more of SimCLR.loss
    Mistake(
        "always_fifth",
        "SimCLR.loss",
        ("return nt_xent_loss(z1, z2, self.temperature)", "return nt_xent_loss(z1, z2, 0.2)"),
        "You always use a temperature of 0.2. Where is the one that the method was given?",
        trains=True,
    ),
    Mistake(
        "always_tenth",
        "SimCLR.loss",
        ("return nt_xent_loss(z1, z2, self.temperature)", "return nt_xent_loss(z1, z2, 0.1)"),
        "You always use a temperature of 0.1. Where is the one that the method was given?",
        trains=True,
    ),
    Mistake(
        "always_moco",
        "SimCLR.loss",
        ("return nt_xent_loss(z1, z2, self.temperature)", "return nt_xent_loss(z1, z2, 0.07)"),
        "You always use a temperature of 0.07. Where is the one that the method was given?",
        trains=True,
    ),
    Mistake(
        "always_one",
        "SimCLR.loss",
        ("return nt_xent_loss(z1, z2, self.temperature)", "return nt_xent_loss(z1, z2, 1.0)"),
        "You always use a temperature of 1.0. Where is the one that the method was given?",
        trains=True,
    ),
    Mistake(
        "rows_by_index",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1[index], z2[index], self.temperature)",
        ),
        "You pick rows by index, which counts the images of the data set, not of the batch. What would index be needed for?",
    ),
    Mistake(
        "minus_loss",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return -nt_xent_loss(z1, z2, self.temperature)",
        ),
        "You reverse the sign, so training moves the views of an image apart. Can a cross entropy be negative?",
    ),
    Mistake(
        "both_orders_added",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, self.temperature) + nt_xent_loss(z2, z1, self.temperature)",
        ),
        "Your loss is twice NT-Xent, which is the same in both orders. What should the loss of equal projections be?",
        trains=True,
    ),
    Mistake(
        "loss_halved",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, self.temperature) / 2",
        ),
        "Your loss is half of NT-Xent. What should the loss of equal projections be?",
        trains=True,
    ),
    Mistake(
        "times_images",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, self.temperature) * len(z1)",
        ),
        "You multiply by the batch size, so the loss grows with the batch. What does line 14 of Algorithm 1 divide by?",
        trains=True,
    ),
    Mistake(
        "times_temperature",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, self.temperature) * self.temperature",
        ),
        "You multiply the loss by the temperature. What should the loss of equal projections be?",
        trains=True,
    ),
    Mistake(
        "over_temperature",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, self.temperature) / self.temperature",
        ),
        "You divide the loss by the temperature as well. What should the loss of equal projections be?",
        trains=True,
    ),
    Mistake(
        "z2_with_z2",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z2, z2, self.temperature)",
        ),
        "You compare the second view with itself, so z1 never counts. Which two views should agree?",
        trains=True,
    ),
    Mistake(
        "both_with_themselves",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return (nt_xent_loss(z1, z1, self.temperature) + nt_xent_loss(z2, z2, self.temperature)) / 2",
        ),
        "You compare each view with itself. Which two views should agree?",
        trains=True,
    ),
    Mistake(
        "first_view_stopped",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1.detach(), z2, self.temperature)",
        ),
        "You stop the gradient of z1. Which of the two views teaches the encoder in SimCLR?",
        trains=True,
    ),
    Mistake(
        "loss_is_a_number",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, self.temperature).item()",
        ),
        "You return a plain number, which has no gradient. What does loss.backward() follow?",
    ),
    Mistake(
        "temperature_squared",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, self.temperature**2)",
        ),
        "You pass the square of the temperature. Which temperature was the method given?",
        trains=True,
    ),
    Mistake(
        "temperature_root",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, self.temperature**0.5)",
        ),
        "You pass the root of the temperature. Which temperature was the method given?",
        trains=True,
    ),
    Mistake(
        "temperature_doubled",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, 2 * self.temperature)",
        ),
        "You pass twice the temperature. Which temperature was the method given?",
        trains=True,
    ),
    Mistake(
        "logistic",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_logistic_loss(z1, z2, self.temperature)",
        ),
        "You return NT-Logistic, which is for another choice of --loss. Which loss does the docstring name?",
        trains=True,
    ),
    Mistake(
        "triplet",
        "SimCLR.loss",
        ("return nt_xent_loss(z1, z2, self.temperature)", "return margin_triplet_loss(z1, z2)"),
        "You return the margin triplet loss, which is for another choice of --loss. Which loss does the docstring name?",
        trains=True,
    ),
    Mistake(
        "triplet_with_tau",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return margin_triplet_loss(z1, z2, self.temperature)",
        ),
        "You return the margin triplet loss with the temperature as its margin. Which loss does the docstring name?",
        trains=True,
    ),
    Mistake(
        "index_as_temperature",
        "SimCLR.loss",
        ("return nt_xent_loss(z1, z2, self.temperature)", "return nt_xent_loss(z1, z2, index)"),
        "You pass index as the temperature. What is the third argument of nt_xent_loss?",
    ),
    Mistake(
        "temperature_first",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(self.temperature, z1, z2)",
        ),
        "You pass the temperature first. In which order does nt_xent_loss take its arguments?",
    ),
    Mistake(
        "loss_missing",
        "SimCLR.loss",
        ("return nt_xent_loss(z1, z2, self.temperature)", "nt_xent_loss(z1, z2, self.temperature)"),
        "You compute the loss, but return None. What does a function without a return statement return?",
    ),
    Mistake(
        "attraction_only",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return -nn.functional.cosine_similarity(z1, z2).mean()",
        ),
        "You use the cosines of the pairs alone. What keeps all projections from becoming equal?",
    ),
    Mistake(
        "one_minus_cosine",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return 1 - nn.functional.cosine_similarity(z1, z2).mean()",
        ),
        "You return 1 minus the cosine of the pairs. What keeps all projections from becoming equal?",
    ),
    Mistake(
        "squared_difference",
        "SimCLR.loss",
        ("return nt_xent_loss(z1, z2, self.temperature)", "return ((z1 - z2) ** 2).mean()"),
        "You return the squared difference between the views. What keeps all projections from becoming equal?",
    ),
    Mistake(
        "squared_difference_summed",
        "SimCLR.loss",
        ("return nt_xent_loss(z1, z2, self.temperature)", "return ((z1 - z2) ** 2).sum(1).mean()"),
        "You return the squared distance between the views. What keeps all projections from becoming equal?",
    ),
    Mistake(
        "across_one_way",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            """a, b = nn.functional.normalize(z1, dim=1), nn.functional.normalize(z2, dim=1)
        target = torch.arange(len(z1), device=z1.device)
        return nn.functional.cross_entropy(a @ b.T / self.temperature, target)""",
        ),
        "You use z1's views as anchors and z2's as candidates, and nothing else. How many anchors and candidates are there?",
        trains=True,
    ),
    Mistake(
        "across_both_ways",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            """a, b = nn.functional.normalize(z1, dim=1), nn.functional.normalize(z2, dim=1)
        target = torch.arange(len(z1), device=z1.device)
        s = a @ b.T / self.temperature
        return (nn.functional.cross_entropy(s, target) + nn.functional.cross_entropy(s.T, target)) / 2""",
        ),
        "You take only the other view's rows as candidates, as CLIP does. Are all 2B - 2 negatives among them?",
        trains=True,
    ),
    Mistake(
        "across_without_tau",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            """a, b = nn.functional.normalize(z1, dim=1), nn.functional.normalize(z2, dim=1)
        target = torch.arange(len(z1), device=z1.device)
        return nn.functional.cross_entropy(a @ b.T, target)""",
        ),
        "You use z1's views as anchors, z2's as candidates, and no temperature. Which function of lesson 4 does all that?",
        trains=True,
    ),
    Mistake(
        "across_raw",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            """target = torch.arange(len(z1), device=z1.device)
        return nn.functional.cross_entropy(z1 @ z2.T / self.temperature, target)""",
        ),
        "You take inner products of vectors that are not normalised. Which function of lesson 4 normalises them?",
        trains=True,
    ),
    Mistake(
        "itself_kept",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            """z = nn.functional.normalize(torch.cat([z1, z2]), dim=1)
        return nn.functional.cross_entropy(z @ z.T / self.temperature, torch.arange(len(z), device=z.device).roll(len(z1)))""",
        ),
        "You leave each view among its own candidates. Which function of lesson 4 leaves it out?",
        trains=True,
    ),
    Mistake(
        "normalized_over_the_batch",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(nn.functional.normalize(z1, dim=0), nn.functional.normalize(z2, dim=0), self.temperature)",
        ),
        "You normalise the columns over the batch first. What does nt_xent_loss do with each row?",
        trains=True,
    ),
    Mistake(
        "centred_first",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1 - z1.mean(0), z2 - z2.mean(0), self.temperature)",
        ),
        "You subtract the mean of each batch of views first. What does nt_xent_loss expect?",
        trains=True,
    ),
    Mistake(
        "control_rolled_forwards",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            """z2 = z2.roll(1, 0) if self.positives == "wrong" else z2
        return nt_xent_loss(z1, z2, self.temperature)""",
        ),
        "You roll z2 in the loss, although the control has done so to the views. Which function takes care of the control?",
        trains=True,
    ),
    Mistake(
        "second_view_rolled",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2.roll(1, 0), self.temperature)",
        ),
        "You roll z2, so the pairs are wrong. Which row of z2 belongs to row b of z1?",
    ),
    Mistake(
        "second_view_reversed",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2.flip(0), self.temperature)",
        ),
        "You reverse the rows of z2, so the pairs are wrong. Which row of z2 belongs to row b of z1?",
    ),
    Mistake(
        "relu_first",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1.relu(), z2.relu(), self.temperature)",
        ),
        "You apply a ReLU to both views first. What does nt_xent_loss expect?",
        trains=True,
    ),
    Mistake(
        "softmax_first",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1.softmax(1), z2.softmax(1), self.temperature)",
        ),
        "You take a softmax of each view first. What does nt_xent_loss expect?",
        trains=True,
    ),
    Mistake(
        "chance_subtracted",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, self.temperature) - chance_loss(len(z1))",
        ),
        "You subtract the loss at chance. What should the loss of equal projections be?",
        trains=True,
    ),
    # more of shuffled_batches
    Mistake(
        "one_batch_more",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    for k in range(N // batch_size + 1):
        yield order[k * batch_size : (k + 1) * batch_size]
""",
        "Your last batch holds the images left over, or none at all. How many full batches do N images make?",
        trains=True,
    ),
    Mistake(
        "batches_grow",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    batch = []
    for b in order.tolist():
        batch.append(b)
        if len(batch) % batch_size == 0:
            yield torch.tensor(batch)
""",
        "Your batches grow: each also holds all batches before it. What should be left in your list after a batch is yielded?",
        trains=True,
    ),
    Mistake(
        "every_image_a_batch",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    for start in range(N):
        yield order[start : start + 1]
""",
        "You yield batches of one image. How many images does a batch have?",
        trains=True,
    ),
    Mistake(
        "batches_as_rows",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    count = N // batch_size
    yield order[: count * batch_size].reshape(count, batch_size)
""",
        "You yield all batches at once, as the rows of one matrix. What does the docstring yield?",
    ),
    Mistake(
        "pythons_generator",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    import random

    order = list(range(N))
    random.shuffle(order)
    order = torch.tensor(order)
    for start in range(0, N - batch_size + 1, batch_size):
        yield order[start : start + batch_size]
""",
        "Your order comes neither from the generator that you were given nor from torch's global one. Can the run be repeated from its seed?",
        trains=True,
    ),
    Mistake(
        "generator_as_second_argument",
        "shuffled_batches",
        ("order = torch.randperm(N, generator=generator)", "order = torch.randperm(N, generator)"),
        "You pass the generator to randperm without its name. How does the signature of randperm name it?",
    ),
    Mistake(
        "drawn_without_replacement",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    for _ in range(N // batch_size):
        yield torch.multinomial(torch.ones(N), batch_size, generator=generator)
""",
        "You draw each batch from all images, so an epoch shows some twice and others never. How many orders does an epoch need?",
        trains=True,
    ),
    Mistake(
        "positions_of_batch",
        "shuffled_batches",
        ("yield order[start : start + batch_size]", "yield torch.arange(batch_size)"),
        "Every batch holds the positions 0 … B - 1. Which numbers should it hold?",
        trains=True,
    ),
    Mistake(
        "same_batch_again",
        "shuffled_batches",
        ("yield order[start : start + batch_size]", "yield order[:batch_size]"),
        "You yield the first batch again and again. Which positions does batch k hold?",
        trains=True,
    ),
    # more of SimCLR.views
    Mistake(
        "control_gives_nothing",
        "SimCLR.views",
        (
            'return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)',
            """if self.positives == "same":
            return x1, x2""",
        ),
        "You return None in the control. What does a function without a return statement return?",
    ),
    Mistake(
        "control_one_row_less",
        "SimCLR.views",
        (
            'return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)',
            'return (x1, x2[1:]) if self.positives == "wrong" else (x1, x2)',
        ),
        "In the control the second view has one row less. Which image comes after the last one, if the batch wraps around?",
    ),
    Mistake(
        "control_of_first_view",
        "SimCLR.views",
        ("(x1, x2.roll(1, 0))", "(x1, x1.roll(1, 0))"),
        "In the control the second views are the first views of the neighbours. What should both views be, independent of each other?",
        trains=True,
    ),
    Mistake(
        "first_view_twice_always",
        "SimCLR.views",
        ('return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)', "return x1, x1"),
        "You return the first view twice, even in the control. What does line 6 of Algorithm 1 draw?",
        trains=True,
    ),
    Mistake(
        "recipe_not_of_the_method",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            'x1, x2 = two_views(x, recipe, self.generators["views"])',
        ),
        "There is no variable called recipe. Where does the method keep it?",
    ),
    Mistake(
        "one_generator_attribute",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            "x1, x2 = two_views(x, self.recipe, self.generator)",
        ),
        "The method has no attribute called generator. Under which name does it keep two of them?",
    ),
    Mistake(
        "all_generators",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            "x1, x2 = two_views(x, self.recipe, self.generators)",
        ),
        "You pass the dict of both generators. Which of the two is for views?",
    ),
    Mistake(
        "key_of_one_view",
        "SimCLR.views",
        (
            'x1, x2 = two_views(x, self.recipe, self.generators["views"])',
            'x1, x2 = two_views(x, self.recipe, self.generators["view"])',
        ),
        "There is no generator called view. Which two names does __init__ use?",
    ),
    Mistake(
        "views_without_recipe",
        "SimCLR.views",
        ('x1, x2 = two_views(x, self.recipe, self.generators["views"])', "x1, x2 = two_views(x)"),
        "You pass two_views no recipe. Which one does the method have?",
    ),
    # more of SimCLR.project
    Mistake(
        "all_in_evaluation_and_back",
        "SimCLR.project",
        (
            """h = self.encoder(x)
        return self.projector(h)""",
            """self.eval()
        z = self.projector(self.encoder(x))
        self.train()
        return z""",
        ),
        "You run both networks in eval mode and switch to train mode afterwards. Who should choose the mode?",
        trains=True,
    ),
    Mistake(
        "z_over_one_length",
        "SimCLR.project",
        (
            "return self.projector(h)",
            """z = self.projector(h)
        return z / z.norm()""",
        ),
        "You divide all projections by one length, that of the whole matrix. What is z = g(f(x))?",
        trains=True,
    ),
    Mistake(
        "h_over_one_length",
        "SimCLR.project",
        ("return self.projector(h)", "return self.projector(h / h.norm())"),
        "You divide h by one length, that of the whole matrix. Does Algorithm 1 put anything between f and g?",
        trains=True,
    ),
    Mistake(
        "z_over_largest",
        "SimCLR.project",
        (
            "return self.projector(h)",
            """z = self.projector(h)
        return z / z.abs().max()""",
        ),
        "You divide z by its largest number. What is z = g(f(x))?",
        trains=True,
    ),
    Mistake(
        "z_in_a_list",
        "SimCLR.project",
        ("return self.projector(h)", "return [self.projector(h)]"),
        "You return a list with z in it. What does the docstring ask for?",
    ),
    Mistake(
        "z_in_a_tuple",
        "SimCLR.project",
        ("return self.projector(h)", "return (self.projector(h),)"),
        "You return a tuple with z in it. Is there a comma at the end of the line?",
    ),
    Mistake(
        "h_averaged",
        "SimCLR.project",
        ("return self.projector(h)", "return self.projector(h.mean(0, keepdim=True))"),
        "You take the mean of h over the batch. How many projections should there be?",
    ),
    Mistake(
        "h_averaged_units",
        "SimCLR.project",
        ("return self.projector(h)", "return self.projector(h.mean(1, keepdim=True))"),
        "You take the mean of the units of h. What does g expect?",
    ),
    Mistake(
        "view_flattened",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = self.encoder(x.flatten(1))"),
        "The encoder gets a matrix where it expects pictures: you flatten the views, or call it twice. What should go into f?",
    ),
    Mistake(
        "h_in_evaluation",
        "SimCLR.project",
        ("return self.projector(h)", "return self.projector(h) if self.training else h"),
        "In eval mode you return h. What is z = g(f(x)), whatever the mode?",
        trains=True,
    ),
    Mistake(
        "z_normalized_in_evaluation",
        "SimCLR.project",
        (
            "return self.projector(h)",
            """z = self.projector(h)
        return z if self.training else nn.functional.normalize(z, dim=1)""",
        ),
        "In eval mode you normalise z. What is z = g(f(x)), whatever the mode?",
        trains=True,
    ),
    Mistake(
        "h_flattened",
        "SimCLR.project",
        ("return self.projector(h)", "return self.projector(h.flatten())"),
        "You flatten h into one row, across images. What does g expect?",
    ),
    Mistake(
        "encoder_of_nowhere",
        "SimCLR.project",
        ("h = self.encoder(x)", "h = encoder(x)"),
        "There is no variable called encoder. Where does the method keep it?",
    ),
    # more of SimCLR.loss
    Mistake(
        "each_with_itself_added",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z1, self.temperature) + nt_xent_loss(z2, z2, self.temperature)",
        ),
        "You compare each view with itself, and add. Which two views should agree?",
        trains=True,
    ),
    Mistake(
        "both_joined_twice",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            """z = torch.cat([z1, z2])
        return nt_xent_loss(z, z, self.temperature)""",
        ),
        "You join the views and compare the result with itself. Which two views should agree?",
        trains=True,
    ),
    Mistake(
        "joined_crosswise",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(torch.cat([z1, z2]), torch.cat([z2, z1]), self.temperature)",
        ),
        "You join both views in both orders, so each view is there twice. How many views does nt_xent_loss expect?",
        trains=True,
    ),
    Mistake(
        "index_passed_on",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, index, self.temperature)",
        ),
        "You pass index to nt_xent_loss. Which three arguments does it take?",
    ),
    Mistake(
        "second_by_index",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2[index], self.temperature)",
        ),
        "You pick the rows of z2 by index, which counts the images of the data set. Which row of z2 belongs to row b of z1?",
    ),
    Mistake(
        "first_by_index",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1[index], z2, self.temperature)",
        ),
        "You pick the rows of z1 by index, which counts the images of the data set. Which row of z2 belongs to row b of z1?",
    ),
    Mistake(
        "default_over_temperature",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2) / self.temperature",
        ),
        "You divide the loss by the temperature, and leave the similarities at 0.5. Which argument of nt_xent_loss is for it?",
        trains=True,
    ),
    Mistake(
        "default_times_temperature",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2) * self.temperature",
        ),
        "You multiply the loss by the temperature, and leave the similarities at 0.5. Which argument of nt_xent_loss is for it?",
        trains=True,
    ),
    Mistake(
        "temperature_of_nowhere",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, temperature)",
        ),
        "There is no variable called temperature. Where does the method keep it?",
    ),
    Mistake(
        "tau_of_the_method",
        "SimCLR.loss",
        ("return nt_xent_loss(z1, z2, self.temperature)", "return nt_xent_loss(z1, z2, self.tau)"),
        "The method has no attribute called tau. Under which name does it keep the temperature?",
    ),
    Mistake(
        "options_as_temperature",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, self.options)",
        ),
        "You pass all options as the temperature. Which one of them is it?",
    ),
    Mistake(
        "loss_in_a_tuple",
        "SimCLR.loss",
        (
            "return nt_xent_loss(z1, z2, self.temperature)",
            "return nt_xent_loss(z1, z2, self.temperature),",
        ),
        "You return a tuple with the loss in it. Is there a comma at the end of the line?",
    ),
    Mistake(
        "loss_of_itself",
        "SimCLR.loss",
        ("return nt_xent_loss(z1, z2, self.temperature)", "return self.loss(z1, z2, index)"),
        "Your function calls itself without end. Which function of lesson 4 computes the loss?",
    ),
    # the generator's state, and epochs without a generator
    Mistake(
        "goes_back_to_the_seed",
        "shuffled_batches",
        (
            ORDER,
            """if generator is not None:
        generator.manual_seed(generator.initial_seed())
    order = torch.randperm(N, generator=generator)""",
        ),
        "In every call you reset the generator that you were given to its seed, so every epoch has the same order. What keeps the state from epoch to epoch?",
        trains=True,
    ),
    Mistake(
        "new_generator_of_the_same_seed",
        "shuffled_batches",
        (
            ORDER,
            """own = generator and Generator().manual_seed(generator.initial_seed())
    order = torch.randperm(N, generator=own)""",
        ),
        "Your order depends on nothing but the first seed of the generator that you were given, so every epoch has the same one. What keeps the state from epoch to epoch?",
        trains=True,
    ),
    Mistake(
        "seeded_by_chance",
        "shuffled_batches",
        (
            ORDER,
            """if generator is not None:
        generator.seed()
    order = torch.randperm(N, generator=generator)""",
        ),
        "In every call you give the generator a new random seed. Can the run be repeated from its own seed?",
        trains=True,
    ),
    Mistake(
        "global_seeded_if_none",
        "shuffled_batches",
        (
            ORDER,
            """if generator is None:
        generator = torch.default_generator.manual_seed(0)
    order = torch.randperm(N, generator=generator)""",
        ),
        "Without a generator you seed torch's global one in every call, so every epoch has the same order. Who else draws from it?",
        trains=True,
    ),
    Mistake(
        "stored_order_if_none",
        "shuffled_batches",
        (
            ORDER,
            """order = torch.arange(N)
    if generator is not None:
        order = torch.randperm(N, generator=generator)""",
        ),
        "Without a generator you take the images as they are stored. Where does torch draw from if it is given no generator?",
        trains=True,
    ),
    # fewer images than the batch size
    Mistake(
        "at_least_one_batch",
        "shuffled_batches",
        (CUT, "range(0, max(1, N - batch_size + 1), batch_size)"),
        "If there are fewer images than the batch size, you yield them as one short batch. How many full batches do they make?",
        trains=True,
    ),
    Mistake(
        "too_few_are_an_error",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    if N < batch_size:
        raise ValueError("too few images")
    order = torch.randperm(N, generator=generator)
    for start in range(0, N - batch_size + 1, batch_size):
        yield order[start : start + batch_size]
""",
        "You raise an error if there are fewer images than the batch size. How many full batches do they make?",
        trains=True,
    ),
    Mistake(
        "too_few_are_an_empty_batch",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    if N < batch_size:
        yield order[:0]
    for start in range(0, N - batch_size + 1, batch_size):
        yield order[start : start + batch_size]
""",
        "If there are fewer images than the batch size, you yield a batch without images. How many full batches do they make?",
        trains=True,
    ),
    Mistake(
        "too_few_are_repeated",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    if N < batch_size:
        yield order.repeat(batch_size)[:batch_size]
    for start in range(0, N - batch_size + 1, batch_size):
        yield order[start : start + batch_size]
""",
        "If there are fewer images than the batch size, you repeat them until they fill one. How many full batches do they make?",
        trains=True,
    ),
    # the control, in which both views move
    Mistake(
        "both_rolled_back",
        "SimCLR.views",
        (
            DRAW,
            """if self.positives == "wrong":
            x = x.roll(-1, 0)
        return two_views(x, self.recipe, self.generators["views"])""",
        ),
        "In the control both of your views show the image of the row after, so row b of both still shows one image. Which of them should move?",
        trains=True,
    ),
    Mistake(
        "both_reversed",
        "SimCLR.views",
        ("(x1, x2.roll(1, 0))", "(x1.flip(0), x2.flip(0))"),
        "In the control you reverse both views, so row b of both still shows one image. Which of them should move?",
        trains=True,
    ),
    Mistake(
        "both_shuffled",
        "SimCLR.views",
        (
            DRAW,
            """if self.positives == "wrong":
            x = x[torch.randperm(len(x))]
        """
            + DRAW
            + """
        return x1, x2""",
        ),
        "In the control you shuffle the images of both views alike, so row b of both still shows one image. Which of them should move?",
        trains=True,
    ),
    Mistake(
        "both_shuffled_apart",
        "SimCLR.views",
        (
            "(x1, x2.roll(1, 0))",
            "(x1[torch.randperm(len(x1))], x2[torch.randperm(len(x2))])",
        ),
        "In the control you shuffle both views, each in its own way. Which of them should stay as it is, and which image does the other show?",
        trains=True,
    ),
    # slips that show only in large batches, in a kept batch, or in another mode
    *(
        Mistake(
            f"parts_of_{n}",
            "SimCLR.project",
            (ENCODE, f"h = torch.cat([self.encoder(part) for part in x.split({n})])"),
            f"You encode {n} views at a time. Over how many views does a batch norm average then?",
            trains=True,
        )
        for n in (16, 32, 64)
    ),
    Mistake(
        "gradient_only_in_training",
        "SimCLR.project",
        (ENCODE, "torch.set_grad_enabled(self.training)\n        h = self.encoder(x)"),
        "You turn gradients on and off with the mode, and leave them that way. What does eval mode change?",
    ),
    Mistake(
        "no_gradient_in_evaluation",
        "SimCLR.project",
        (
            ENCODE + "\n        " + PROJECT,
            """with torch.set_grad_enabled(self.training):
            return self.projector(self.encoder(x))""",
        ),
        "In eval mode no gradient goes back. Does a mode decide about gradients, or about norms?",
        trains=True,
    ),
    Mistake(
        "chunked_by_count",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    count = N // batch_size
    yield from order.chunk(count) if count else ()""",
        "You divide all N images among the batches, so the batches are too large. What does chunk take, a number of parts or a size?",
        trains=True,
    ),
    Mistake(
        "one_buffer",
        "shuffled_batches",
        """def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    batch = torch.empty(batch_size, dtype=torch.int64)
    for start in range(0, N - N % batch_size, batch_size):
        batch.copy_(order[start : start + batch_size])
        yield batch""",
        "You write every batch into the same tensor. If somebody keeps a batch until the next one comes, what does it hold?",
        trains=True,
    ),
    Mistake(
        "neighbours_copied_one_by_one",
        "SimCLR.views",
        (
            CONTROL,
            """if self.positives == "wrong":
            for b in range(len(x2)):
                x2[b] = x2[b - 1]
        return x1, x2""",
        ),
        "In the control you overwrite a row before the next one copies it, so all second views show one image. What must be kept while you move the rows?",
        trains=True,
    ),
    Mistake(
        "each_view_is_the_others_target",
        "SimCLR.loss",
        (
            LOSS,
            """a = nt_xent_loss(z1, z2.detach(), self.temperature)
        b = nt_xent_loss(z2, z1.detach(), self.temperature)
        return (a + b) / 2""",
        ),
        "You detach one view in each half of the loss, so the gradient is only a part of what it should be. Which of the two views should learn from a pair?",
        trains=True,
    ),
    Mistake(
        "other_view_is_a_target",
        "SimCLR.loss",
        (
            LOSS,
            """a = nt_xent_loss(z1, z2.detach(), self.temperature)
        b = nt_xent_loss(z1.detach(), z2, self.temperature)
        return a + b""",
        ),
        "You add two losses with one view detached in each, so the loss is twice as large as it should be. Does equation 1 detach a view?",
        trains=True,
    ),
    Mistake(
        "shape_of_batches_exchanged",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    perm = torch.randperm(N, generator=generator)
    usable = N - N % batch_size
    if usable:
        yield from perm[:usable].reshape(batch_size, -1)
""",
        "You make batch_size batches with N // batch_size images each. Which of the two numbers is the size of a batch?",
        trains=True,
    ),
    Mistake(
        "normalises_z_in_place",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    with torch.no_grad():
        for z in (z1, z2):
            z /= z.norm(dim=1, keepdim=True).clamp(min=1e-8)
    return nt_xent_loss(z1, z2, self.temperature)
""",
        "You scale the projections to unit norm in place and without a gradient. Which function scales them inside the loss, so that the gradient is right?",
    ),
    Mistake(
        "control_first_is_the_batch",
        "SimCLR.views",
        ("(x1, x2.roll(1, 0)) if", "(x, x2.roll(1, 0)) if"),
        "In the control your x1 is the batch itself. What is x1 without the control, and which view does the control change?",
        trains=True,
    ),
    Mistake(
        "encoder_runs_again_in_backward",
        "SimCLR.project",
        (
            "self.encoder(x)",
            "torch.utils.checkpoint.checkpoint(self.encoder, x, use_reentrant=False)",
        ),
        "You let the encoder run again in the backward pass, and its norms count each batch twice. What does checkpointing save, and what would it cost here?",
        trains=True,
    ),
    Mistake(
        "shuffled_in_blocks",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    # shuffle through a buffer of 1,024 images, as tf.data does
    parts = torch.arange(N).split(1024)
    order = torch.cat([part[torch.randperm(len(part), generator=generator)] for part in parts])
    for start in range(0, N - batch_size + 1, batch_size):
        yield order[start : start + batch_size]
""",
        "You shuffle blocks of 1,024 images, so an image meets only those of its own block. From where should the images of a batch come?",
        trains=True,
    ),
    Mistake(
        "control_direction_from_global",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    x1, x2 = two_views(x, self.recipe, self.generators["views"])
    if self.positives == "wrong":  # the neighbour before or after it
        x2 = x2.roll(1 if torch.rand(()) < 0.5 else -1, 0)
    return x1, x2
""",
        "In the control you draw the side of the neighbour from torch's global generator. What is drawn there if a run is repeated from its seed?",
        trains=True,
    ),
    Mistake(
        "projected_in_parts",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    z = [self.projector(self.encoder(part)) for part in x.split(256)]  # bounds the memory
    return torch.cat(z)
""",
        "You send a batch through the network 256 views at a time, so each batch norm sees only a part. What should it see?",
        trains=True,
    ),
    Mistake(
        "loss_exp_overflows",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    B = len(z1)
    z = torch.cat([z1, z2])
    z = nn.functional.normalize(z.to(torch.promote_types(z.dtype, torch.float32)), dim=1)
    # equation 1, literally
    e = torch.exp(z @ z.T / self.temperature)
    e = e.masked_fill(torch.eye(2 * B, dtype=torch.bool, device=z.device), 0)
    partner = torch.arange(2 * B, device=z.device).roll(B)
    positive = e[torch.arange(2 * B, device=z.device), partner]
    return -(positive / e.sum(1)).log().mean()
""",
        "At a temperature of 0.01 your loss is infinite or NaN in float32, where exp(100) is too large and exp(-104) is 0. What about the difference of two logits?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "loss_adds_a_buffer",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    B = len(z1)
    if len(getattr(self, "partner", ())) != 2 * B:  # make it once, not in every step
        self.register_buffer("partner", torch.arange(2 * B, device=z1.device).roll(B))
    z = torch.cat([z1, z2])
    z = nn.functional.normalize(z.to(torch.promote_types(z.dtype, torch.float32)), dim=1)
    itself = torch.eye(2 * B, dtype=torch.bool, device=z.device)
    logits = (z @ z.T / self.temperature).masked_fill(itself, float("-inf"))
    return nn.functional.cross_entropy(logits, self.partner)
""",
        "Your loss registers a buffer, so a checkpoint has a name that a new method does not have. What happens when the run is resumed?",
        trains=True,
    ),
    Mistake(
        "gradients_on_afterwards",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    torch.set_grad_enabled(False)  # a view needs no gradient
    try:
        x1, x2 = two_views(x, self.recipe, self.generators["views"])
    finally:
        torch.set_grad_enabled(True)
    return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)
""",
        "Afterwards you switch gradients on, although the caller may have switched them off. Which `with` restores the previous setting?",
        trains=True,
    ),
    Mistake(
        "draws_from_a_copied_generator",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    if not hasattr(self, "view_generator"):  # leave the method's own generator as it is
        self.view_generator = Generator()
        self.view_generator.set_state(self.generators["views"].get_state())
    x1, x2 = two_views(x, self.recipe, self.view_generator)
    return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)
""",
        'You draw views from a copy of generators["views"], so the generator that a checkpoint keeps never moves. What would a resumed run draw?',
        trains=True,
    ),
    Mistake(
        "drawn_batch_by_batch",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    left = torch.arange(N)
    for _ in range(N // batch_size):
        left = left[torch.randperm(len(left), generator=generator)]
        yield left[:batch_size]
        left = left[batch_size:]
""",
        "You draw again for every batch, so a run that is resumed inside an epoch gets different batches. When can the whole order be drawn?",
        trains=True,
    ),
    Mistake(
        "order_kept_for_the_next_epoch",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None, _orders={}):
    key = (N, generator)
    if key not in _orders:
        _orders[key] = torch.randperm(N, generator=generator)
    full = N // batch_size
    for rows in _orders[key][: full * batch_size].reshape(full, batch_size):
        yield rows
""",
        "You keep the order of the first epoch, so every epoch has the same batches. When must a new order be drawn?",
        trains=True,
    ),
    Mistake(
        "known_classmates_are_no_negatives",
        "SimCLR.loss",
        """def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    # "Views of different images differ" cannot be meant for two pictures of the same class: those
    # are false negatives. The positions tell us which images are in the batch, and so which of
    # them should be left out of the denominators.
    B = len(z1)
    z = torch.nn.functional.normalize(torch.cat([z1, z2]), dim=1)
    logits = z @ z.T / self.temperature

    rows = torch.arange(2 * B, device=z.device)
    partner = (rows + B) % (2 * B)

    labels = self.labels
    if labels is None:  # no labels: every image is a class of its own
        kinds = index.to(z.device)
    else:
        labels = torch.as_tensor(labels)
        kinds = labels[index.to(labels.device)].to(z.device)
    kinds = torch.cat([kinds, kinds])

    # candidates of a row: its partner, and every view of an image of another class
    candidates = kinds[:, None] != kinds[None, :]
    candidates[rows, partner] = True
    logits = logits.masked_fill(~candidates, float("-inf"))

    positive = logits[rows, partner]
    return (torch.logsumexp(logits, dim=1) - positive).mean()
""",
        "You look up the images' labels and leave out candidates of the same class. Where do the labels come from if the data has none?",
        trains=True,
    ),
    Mistake(
        "no_image_stays_in_place",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    # Fisher-Yates: from the end, exchange each with a random one before it
    order = list(range(N))
    for i in range(N - 1, 0, -1):
        j = int(torch.randint(i, (1,), generator=generator))
        order[i], order[j] = order[j], order[i]
    order = torch.tensor(order, dtype=torch.int64)
    for b in range(N // batch_size):
        yield order[b * batch_size : (b + 1) * batch_size]
""",
        "You never leave an image at its own position, so only some orders can occur. Which orders are there of two images?",
        trains=True,
    ),
    Mistake(
        "own_cosine_of_minus_one",
        "SimCLR.loss",
        """
def loss(self, z1, z2, index):
    unit = torch.cat([v / v.norm(dim=1, keepdim=True).clamp(min=1e-12) for v in (z1, z2)])
    cosine = unit @ unit.T
    # a view is no candidate for itself: give it the lowest cosine there is
    itself = torch.eye(len(unit), dtype=torch.bool, device=unit.device)
    log_share = (cosine.masked_fill(itself, -1.0) / self.temperature).log_softmax(dim=1)
    B = len(z1)
    right = torch.cat([log_share[:B, B:].diagonal(), log_share[B:, :B].diagonal()])
    return -right.mean()
""",
        "You give each view the cosine -1 with itself, so it stays among its candidates. Which logit leaves it out?",
        trains=True,
    ),
    Mistake(
        "four_views_for_the_control",
        "SimCLR.views",
        """
def views(self, x):
    def pair(images):
        return two_views(images, self.recipe, self.generators["views"])

    if self.positives != "wrong":
        return pair(x)
    mine, _ = pair(x)
    _, neighbours = pair(torch.roll(x, shifts=1, dims=0))
    return mine, neighbours
""",
        "You draw four views for the control and throw two away, so x1 differs from the next batch on. What else than x2 may differ?",
        trains=True,
    ),
    Mistake(
        "positives_of_the_options",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    x1, x2 = two_views(x, self.recipe, self.generators["views"])
    if self.options.positives == "wrong":
        x2 = x2.roll(1, dims=0)
    return x1, x2
""",
        "You ask the options for `positives`, but those of other methods have none. Which attribute do all methods have?",
        trains=True,
    ),
    Mistake(
        "shuffled_in_large_blocks",
        "shuffled_batches",
        (
            ORDER,
            "order = torch.cat([start + torch.randperm(min(10_000, N - start), generator=generator) for start in range(0, N, 10_000)])",
        ),
        "Of 30,000 images, some batch has none from a tenth of the data, as if each part of it were shuffled alone. Which images may meet?",
        trains=True,
    ),
    Mistake(
        "neighbour_by_an_index_on_the_cpu",
        "SimCLR.views",
        (
            CONTROL,
            'return (x1, x2.index_select(0, torch.arange(len(x)).roll(1))) if self.positives == "wrong" else (x1, x2)',
        ),
        "On a GPU your views fail: some tensor is on the CPU, whatever device the images are on. Which method turns the rows of a tensor without an index?",
        trains=True,
    ),
    Mistake(
        "projected_in_parts_of_512",
        "SimCLR.project",
        (
            PROJECT,
            "return torch.cat([self.projector(self.encoder(some)) for some in x.split(512)])",
        ),
        "Of a batch of 1,100, batch norm does not see all views at once, though it does of one of 300. How many batches does one batch make?",
        trains=True,
    ),
    Mistake(
        "projections_on_the_cpu",
        "SimCLR.project",
        (PROJECT, "return self.projector(h).cpu()"),
        "Your projections do not stay on the device of the views. Where will the loss compute?",
        trains=True,
    ),
    Mistake(
        "loss_with_labels_on_the_cpu",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    from torch.nn import functional

    z = functional.normalize(torch.cat([z1, z2]), dim=1)
    logits = z @ z.T / self.temperature
    logits = logits.masked_fill(torch.eye(len(z), device=z.device) > 0, -torch.inf)
    return functional.cross_entropy(logits, torch.arange(len(z)).roll(len(z1)))
""",
        "On a GPU your loss fails: some tensor is on the CPU, whatever device z1 is on. Which function of lesson 4 makes its tensors where the projections are?",
        trains=True,
    ),
]
