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
        "You seed a new generator in every call, so every epoch has the same order. What keeps the state from epoch to epoch?",
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
        "You do not draw from the generator itself, so it does not move on. What will the next epoch draw?",
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
        "You stop too early: if N is a multiple of the batch size, the last full batch is lost. At which position does it start?",
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
        "You roll both views by one, so row b of both still shows one image. Which of them should move?",
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
        "You switch to eval mode, so batch norm neither uses the batch nor learns from it. What should decide on the mode?",
        trains=True,
    ),
    Mistake(
        "training_inside",
        "SimCLR.project",
        (ENCODE, "self.encoder.train(x.shape[0] > 1)\n        " + ENCODE),
        "You set the encoder's mode by the size of the batch, whatever the training loop has set. What should decide on the mode?",
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
        "You normalise h to length 1 before the projector. Does Algorithm 1 put anything between f and g?",
        trains=True,
    ),
    Mistake(
        "z_normalized",
        "SimCLR.project",
        (PROJECT, "return nn.functional.normalize(self.projector(h), dim=1)"),
        "You normalise z to length 1, which the loss does itself, and which would take the scale from a classifier's logits. What is z = g(f(x))?",
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
]
