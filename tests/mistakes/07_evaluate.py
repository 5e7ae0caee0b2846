# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 7: wrong ways to evaluate, and what to say about each.

`trains` is True only where something still learns despite the mistake: the encoder, or the probe.
"""

from lessons.course.mistakes import Mistake

SHOWN = "as_input(batch, encoder)"
HALF = "with frozen(encoder):"
LENGTHS = "bank, queries = F.normalize(bank, dim=1), F.normalize(queries, dim=1)"
WEIGHT = "weight = (similarity / temperature).softmax(1)"
ENTROPY = "F.cross_entropy(F.linear(h, weight, bias), position)"
PENALTY = "penalty / 2 * weight.square().sum()"
FIRST = "return torch.cat([order[labels[order] == c][:count] for c in classes])"
ORDER = "order = torch.randperm(len(labels), generator=generator)"
LINE = "F.linear((h - self.mean) / self.std, self.weight, self.bias)"
MOMENTS = "mean, std = train_h.mean(0), train_h.std(0, correction=0)"
SPLIT = "batches = pixels.split(batch_size)"
COUNT = "round(share * len(labels) / len(classes))"
COPIES = "weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()"
BEST = "return max(probes, key=lambda probe: probe.accuracy(val_h, val_labels))"

# features, with modes by hand: eval mode before, the old mode of every part afterwards
BY_HAND = """
@torch.no_grad()
def features(encoder, pixels, batch_size=512):
    pixels = pixels.pixels if isinstance(pixels, Images) else pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8 in [0, 255], not {pixels.dtype}")
    modes = [part.training for part in encoder.modules()]
    encoder.eval()
    h = [encoder(as_input(some, encoder)).float().cpu() for some in pixels.split(batch_size)]
    for part, mode in zip(encoder.modules(), modes, strict=True):
        part.training = mode
    return torch.cat(h)
"""
IN_THE_END = """
    try:
        h = [encoder(as_input(some, encoder)).float().cpu() for some in pixels.split(batch_size)]
    finally:
        for part, mode in zip(encoder.modules(), modes, strict=True):
            part.training = mode
    return torch.cat(h)
"""

MISTAKES = [
    # features
    Mistake(
        "encoder_in_train_mode",
        "features",
        (HALF, "with torch.no_grad():"),
        "You leave the encoder in the mode it was in. In train mode, batch norm uses the statistics of the batch and updates its running averages. Which context manager in this file prevents that?",
        trains=True,
    ),
    Mistake(
        "left_in_eval_mode",
        "features",
        (HALF, "encoder.eval()\n    with torch.no_grad():"),
        "You leave the encoder in eval mode. What will batch norm no longer do when training continues?",
        trains=True,
    ),
    Mistake(
        "all_parts_in_train_mode",
        "features",
        ("return torch.cat(h)", "encoder.train()\n    return torch.cat(h)"),
        "You switch every part of the encoder to train mode afterwards. What if one of them was in eval mode before?",
        trains=True,
    ),
    Mistake(
        "parameters_frozen_for_good",
        "features",
        (HALF, "with frozen(encoder.requires_grad_(False)):"),
        "You switch requires_grad off and never switch it back on. How will the encoder be trained after your evaluation?",
    ),
    Mistake(
        "bytes_not_scaled",
        "features",
        (SHOWN, "batch.float()"),
        "You show the encoder pixels from 0 to 255. In what range were the pixels that it was trained on?",
        trains=True,
    ),
    Mistake(
        "scaled_twice",
        "features",
        (SHOWN, "as_input(batch, encoder) / 255"),
        "You divide by 255, and as_input does so too. What is the value of the brightest pixel then?",
        trains=True,
    ),
    Mistake(
        "scaled_to_both_signs",
        "features",
        (SHOWN, "(2 * as_input(batch, encoder) - 1)"),
        "You show the encoder pixels from -1 to 1. In what range were the pixels that it was trained on?",
        trains=True,
    ),
    Mistake(
        "batch_standardised",
        "features",
        (SHOWN, "as_input(batch - batch.float().mean(0, keepdim=True), encoder)"),
        "You subtract the mean image of the batch. What does that leave of an image that is alone in its batch?",
        trains=True,
    ),
    Mistake(
        "mirrored",
        "features",
        (SHOWN, "as_input(batch.flip(3), encoder)"),
        "You show the encoder flipped images. Which changes to an image are allowed in an evaluation?",
        trains=True,
    ),
    Mistake(
        "mirror_image_averaged",
        "features",
        (
            "encoder(as_input(batch, encoder)).float()",
            "(encoder(as_input(batch, encoder)) + encoder(as_input(batch.flip(3), encoder))).div(2)",
        ),
        "You average the representations of an image and of its flipped copy. That may help, but how often may the encoder see each image here?",
        trains=True,
    ),
    Mistake(
        "batches_backwards",
        "features",
        ("return torch.cat(h)", "return torch.cat(h[::-1])"),
        "You return the batches in reverse order. Which label will row 0 be compared with?",
        trains=True,
    ),
    Mistake(
        "unit_length",
        "features",
        ("return torch.cat(h)", "return F.normalize(torch.cat(h), dim=1)"),
        "You normalise every h. knn_predict does that itself; does the linear probe want it too?",
        trains=True,
    ),
    Mistake(
        "graph_kept",
        "features",
        ("@torch.no_grad()\n", "@torch.enable_grad()\n"),
        "You keep the graph of h, so every image stays in memory. Who will ever call backward on it?",
        trains=True,
    ),
    Mistake(
        "last_batch_lost",
        "features",
        (
            SPLIT,
            "batches = pixels[: max(1, len(pixels) // batch_size) * batch_size].split(batch_size)",
        ),
        "You leave out a short last batch. How many batches of three do seven images need?",
        trains=True,
    ),
    Mistake(
        "shuffled",
        "features",
        (SPLIT, "batches = pixels[torch.randperm(len(pixels))].split(batch_size)"),
        "You shuffle the images. Which label will row 0 be compared with?",
        trains=True,
    ),
    Mistake(
        "one_mode_for_all",
        "features",
        ("return torch.cat(h)", "encoder.train(encoder.training)\n    return torch.cat(h)"),
        "You give every part of the encoder the mode of the whole. What if one part had a mode of its own?",
        trains=True,
    ),
    Mistake(
        "only_batch_norm_in_eval_mode",
        "features",
        (
            HALF,
            HALF
            + "\n        for part in encoder.modules():\n            part.training = not isinstance(part, nn.BatchNorm2d)",
        ),
        "You switch only batch norm to eval mode. Which other layers behave differently in train mode?",
        trains=True,
    ),
    Mistake(
        "modes_lost_by_an_error",
        "features",
        BY_HAND,
        "You restore the modes only if nothing goes wrong. In which mode is the encoder after an error, and what does `frozen` do about it?",
        trains=True,
    ),
    Mistake(
        "change_not_noticed",
        "features",
        BY_HAND[: BY_HAND.index("    h = [")].rstrip() + IN_THE_END,
        "You do not notice if the encoder changes in eval mode. Which error does the docstring promise, and who raises it?",
        trains=True,
    ),
    Mistake(
        "dtype_of_the_encoder",
        "features",
        (".float().cpu()", ".cpu()"),
        "You leave h in the dtype that the encoder gave it. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "device_of_the_encoder",
        "features",
        (".float().cpu()", ".float()"),
        "You leave h on the encoder's device. Where does the docstring promise it?",
        trains=True,
    ),
    # knn_predict
    Mistake(
        "raw_inner_product",
        "knn_predict",
        (LENGTHS, "bank, queries = bank / 1, queries / 1"),
        "You take plain inner products, so the longest rows of the bank seem near to every query. What is an inner product divided by to make a cosine?",
    ),
    Mistake(
        "bank_not_normalised",
        "knn_predict",
        (LENGTHS, "queries = F.normalize(queries, dim=1)"),
        "You normalise only the queries. Whose norm still affects the order of the neighbours?",
    ),
    Mistake(
        "queries_not_normalised",
        "knn_predict",
        (LENGTHS, "bank = F.normalize(bank, dim=1)"),
        "You normalise only the bank. The order of the neighbours is right, but what is exp(s / tau) for a query ten times as long?",
    ),
    Mistake(
        "columns_normalised",
        "knn_predict",
        (LENGTHS, "bank, queries = F.normalize(bank, dim=0), F.normalize(queries, dim=0)"),
        "You normalise every column, across the images. Which dimension holds the numbers of one image?",
    ),
    Mistake(
        "least_similar",
        "knn_predict",
        (".topk(k)", ".topk(k, largest=False)"),
        "You take the k smallest cosines, which belong to the farthest rows. For which measure would the smallest be the nearest?",
    ),
    Mistake(
        "nearest_left_out",
        "knn_predict",
        (
            "[(some @ bank.T).topk(k) for some in queries.split(QUERIES)]",
            "[tuple(t[:, -k:] for t in (some @ bank.T).topk(min(k + 1, len(bank)))) for some in queries.split(QUERIES)]",
        ),
        "You skip the nearest row, as if the query itself were in the bank. Is it?",
    ),
    Mistake(
        "all_rows_vote",
        "knn_predict",
        ("k = min(k, len(bank))", "k = len(bank)"),
        "You let the whole bank vote, whatever k is. How many neighbours were asked for?",
    ),
    Mistake(
        "only_the_nearest",
        "knn_predict",
        ("k = min(k, len(bank))", "k = 1"),
        "You let only the nearest row vote. What are the other k - 1 for?",
    ),
    Mistake(
        "votes_counted",
        "knn_predict",
        (WEIGHT, "weight = torch.ones_like(similarity)"),
        "You give every neighbour one vote. Should one at cosine 0.9 count for no more than one at 0.5?",
    ),
    Mistake(
        "weight_is_the_cosine",
        "knn_predict",
        (WEIGHT, "weight = similarity / temperature"),
        "You weight each vote by s / tau itself. Where is the exp, and what would a negative vote mean?",
    ),
    Mistake(
        "multiplied_by_temperature",
        "knn_predict",
        ("similarity / temperature", "similarity * temperature"),
        "You multiply by the temperature. When it is low, should the nearest neighbour count for more or for less?",
    ),
    Mistake(
        "temperature_ignored",
        "knn_predict",
        ("similarity / temperature", "similarity / 0.07"),
        "You divide by 0.07, whatever temperature is asked for. What is the argument for?",
    ),
    Mistake(
        "softmax_over_queries",
        "knn_predict",
        (".softmax(1)", ".softmax(0)"),
        "You take the softmax over the queries, so they change each other's votes. Which dimension holds the neighbours of one query?",
    ),
    Mistake(
        "mean_vote_of_a_class",
        "knn_predict",
        (
            "classes[votes.argmax(1)]",
            "classes[(votes / votes.new_zeros(votes.shape).scatter_add(1, position[neighbours], torch.ones_like(weight)).clamp(min=1)).argmax(1)]",
        ),
        "You take the mean weight of each class's neighbours. Should ten good neighbours count for no more than one?",
    ),
    Mistake(
        "last_vote_of_a_class",
        "knn_predict",
        (
            "votes.scatter_add(1, position[neighbours], weight)",
            "votes.scatter(1, position[neighbours], weight)",
        ),
        "You let a neighbour's vote replace the earlier votes for its class; votes[rows, classes] += does that too. How do you add when an index occurs twice?",
    ),
    Mistake(
        "positions_returned",
        "knn_predict",
        ("return classes[votes.argmax(1)]", "return votes.argmax(1)"),
        "You return a position (0, 1, 2, …) as the class. Which label does that position stand for?",
    ),
    Mistake(
        "overflow",
        "knn_predict",
        (WEIGHT, "weight = (similarity / temperature).exp()"),
        "You let exp(s / tau) overflow float32 at a low temperature, so all votes become equally huge. What may you subtract from every s / tau of a query without changing who wins?",
    ),
    Mistake(
        "one_maximum_for_all",
        "knn_predict",
        (WEIGHT, "weight = ((similarity - similarity.max()) / temperature).exp()"),
        "You subtract the largest cosine of all queries, so at a low temperature all votes of another query become 0. Whose largest cosine may you subtract?",
    ),
    Mistake(
        "labels_as_columns",
        "knn_predict",
        (
            "classes, position = bank_labels.unique(return_inverse=True)",
            "classes, position = torch.arange(int(bank_labels.max()) + 1, dtype=bank_labels.dtype), bank_labels.long()",
        ),
        "You use a label as the number of a column. Which column belongs to label -3?",
    ),
    Mistake(
        "more_neighbours_than_rows",
        "knn_predict",
        ("k = min(k, len(bank))", "k = 1 * k"),
        "You ask topk for k rows, even of a bank that has fewer. How many can vote then?",
    ),
    Mistake(
        "distance_for_cosine",
        "knn_predict",
        (WEIGHT, "weight = (-(2 - 2 * similarity).clamp(min=0).sqrt() / temperature).softmax(1)"),
        "You weight by exp(-distance / tau). The neighbours are the same, but what does the docstring put into the exponent?",
    ),
    Mistake(
        "squared_distance_for_cosine",
        "knn_predict",
        (WEIGHT, "weight = (2 * similarity / temperature).softmax(1)"),
        "Your temperature is half of the one that was given. The squared distance of unit vectors is 2 - 2s: what remains of its 2 in the exponent?",
    ),
    Mistake(
        "dtype_of_labels_lost",
        "knn_predict",
        ("return classes[votes.argmax(1)]", "return classes[votes.argmax(1)].long()"),
        "You return int64, whatever the labels are. Which dtype does the docstring promise?",
    ),
    # class_balanced
    Mistake(
        "any_images",
        "class_balanced",
        (FIRST, "return order[: count * len(classes)]"),
        "You draw from all images at once. What ensures that every class comes equally often?",
    ),
    Mistake(
        "share_of_each_class",
        "class_balanced",
        (
            FIRST,
            "own = [order[labels[order] == c] for c in classes]\n    return torch.cat([rows[: max(1, round(share * len(rows)))] for rows in own])",
        ),
        "You keep the same share of each class, so a large class stays large. What must be equal for all classes?",
    ),
    Mistake(
        "share_of_all_from_each",
        "class_balanced",
        ("round(share * len(labels) / len(classes))", "round(share * len(labels))"),
        "You keep share * N images of each class. How many images should be kept in all?",
    ),
    Mistake(
        "smallest_class_rules",
        "class_balanced",
        (
            "count = max(1, round(share * len(labels) / len(classes)))",
            "count = max(1, round(share * len(labels) / len(classes)))\n    count = min(count, *(int((labels == c).sum()) for c in classes))",
        ),
        "You keep no more images of any class than the smallest class has. What does the docstring say about a class with too few?",
    ),
    Mistake(
        "class_may_vanish",
        "class_balanced",
        (
            "max(1, round(share * len(labels) / len(classes)))",
            "round(share * len(labels) / len(classes))",
        ),
        "You let a small share round to no images at all. What is the least number to keep of each class?",
    ),
    Mistake(
        "always_the_first",
        "class_balanced",
        (ORDER, "order = torch.arange(len(labels))"),
        "You always take the first images of each class. Where does chance come in?",
    ),
    Mistake(
        "generator_ignored",
        "class_balanced",
        (ORDER, "order = torch.randperm(len(labels))"),
        "You draw from torch's global generator. What is the argument `generator` for?",
    ),
    Mistake(
        "seeded_inside",
        "class_balanced",
        (ORDER, "order = torch.randperm(len(labels), generator=Generator().manual_seed(0))"),
        "You seed a generator inside the function, so every call chooses the same images. Who should choose the seed?",
    ),
    Mistake(
        "with_replacement",
        "class_balanced",
        (ORDER, "order = torch.randint(len(labels), (50 * len(labels),), generator=generator)"),
        "You draw with replacement, so an image can be chosen twice. How many different images does that leave you with?",
    ),
    Mistake(
        "places_within_a_class",
        "class_balanced",
        (
            FIRST,
            "places = [torch.randperm(int((labels == c).sum()), generator=generator) for c in classes]\n    return torch.cat([place[:count] for place in places])",
        ),
        "You return positions within a class. In which row of the data set is the third image of that class?",
    ),
    Mistake(
        "mask_in_another_order",
        "class_balanced",
        ("order[labels[order] == c]", "order[labels == c]"),
        "You shuffle the rows, but your mask is still in the old order. Which label belongs to row order[i]?",
    ),
    Mistake(
        "same_places_in_all_classes",
        "class_balanced",
        (
            FIRST,
            "rows = [(labels == c).nonzero()[:, 0] for c in classes]\n    return torch.cat([own[order[order < len(own)]][:count] for own in rows])",
        ),
        "You use one random order for all classes, so the third image is chosen from all of them or from none. What if the images of a class are stored in a meaningful order?",
    ),
    Mistake(
        "one_stretch",
        "class_balanced",
        (
            FIRST,
            "rows = [(labels == c).nonzero()[:, 0] for c in classes]\n    starts = [int(torch.randint(len(own), (1,), generator=generator)) for own in rows]\n    return torch.cat([own.roll(start)[:count] for own, start in zip(rows, starts, strict=True)])",
        ),
        "You take consecutive images from a random start. Can the first and the third be chosen without the second?",
    ),
    Mistake(
        "classes_by_largest_label",
        "class_balanced",
        (COUNT, "round(share * len(labels) / (int(labels.max()) + 1))"),
        "You take the largest label plus one as the number of classes. How many classes have the labels 2, 5 and 8?",
    ),
    Mistake(
        "rounded_down",
        "class_balanced",
        (COUNT, "int(share * len(labels) / len(classes))"),
        "You round down. How many rows of each class are 2.7, rounded?",
    ),
    Mistake(
        "rounded_up",
        "class_balanced",
        (COUNT, "-int(-share * len(labels) / len(classes) // 1)"),
        "You round up. How many rows of each class are 2.25, rounded?",
    ),
    Mistake(
        "filled_up_from_other_classes",
        "class_balanced",
        (
            FIRST,
            FIRST.replace("return", "kept =")
            + "\n    rest = order[~torch.isin(order, kept)]\n    return torch.cat([kept, rest[: count * len(classes) - len(kept)]])",
        ),
        "You fill up from other classes if one has too few images. How many does each of the others then have?",
    ),
    # Probe.predict
    Mistake(
        "not_standardised",
        "Probe.predict",
        (LINE, "F.linear(h, self.weight, self.bias)"),
        "You use h without standardising it. On what numbers was the weight fitted?",
    ),
    Mistake(
        "only_centred",
        "Probe.predict",
        (" / self.std", ""),
        "You subtract the mean, but do not divide by the standard deviation. On what numbers was the weight fitted?",
    ),
    Mistake(
        "only_scaled",
        "Probe.predict",
        ("(h - self.mean) / self.std", "h / self.std"),
        "You divide by the standard deviation, but do not subtract the mean. On what numbers was the weight fitted?",
    ),
    Mistake(
        "mean_not_scaled",
        "Probe.predict",
        ("(h - self.mean) / self.std", "h / self.std - self.mean"),
        "You divide before you subtract the mean. In what unit is the mean?",
    ),
    Mistake(
        "own_statistics",
        "Probe.predict",
        ("(h - self.mean) / self.std", "(h - h.mean(0)) / h.std(0, correction=0).clamp(min=1e-6)"),
        "You standardise with the statistics of the images to be classified. What is left of an image that comes alone?",
    ),
    Mistake(
        "bias_forgotten",
        "Probe.predict",
        ("self.weight, self.bias", "self.weight"),
        "You do not use the bias. What decides the class of an image whose h is the mean?",
    ),
    Mistake(
        "row_not_label",
        "Probe.predict",
        ("return self.classes[logits.argmax(1)]", "return logits.argmax(1)"),
        "You return the number of a row of the weight. Which label does that row stand for?",
    ),
    Mistake(
        "divided_by_the_variance",
        "Probe.predict",
        ("/ self.std", "/ self.std.square()"),
        "You divide by the square of the standard deviation. On what numbers was the weight fitted?",
    ),
    Mistake(
        "dtype_of_classes_lost",
        "Probe.predict",
        ("return self.classes[logits.argmax(1)]", "return self.classes[logits.argmax(1)].long()"),
        "You return int64, whatever the classes are. Which dtype does the docstring promise?",
    ),
    Mistake(
        "predicted_on_the_cpu",
        "Probe.predict",
        (
            "return self.classes[logits.argmax(1)]",
            "best = torch.zeros(len(h), dtype=torch.long)\n        best = torch.where(best > 0, best, logits.argmax(1))\n        return self.classes[best]",
        ),
        "You make a tensor on the CPU, whatever device h is on. Which argument of torch.zeros prevents that?",
    ),
    # fit
    Mistake(
        "bias_has_a_penalty",
        "fit",
        (PENALTY, "penalty / 2 * (weight.square().sum() + bias.square().sum())"),
        "You penalise the bias as well. What should the bias be if all images are identical?",
        trains=True,
    ),
    Mistake(
        "penalty_not_halved",
        "fit",
        (PENALTY, "penalty * weight.square().sum()"),
        "You penalise twice as strongly. Where is the factor 1/2 of penalty |W|² / 2?",
        trains=True,
    ),
    Mistake(
        "length_not_squared",
        "fit",
        (PENALTY, "penalty / 2 * (weight.square().sum() + 1e-12).sqrt()"),
        "You add the norm of the weight, not its square. What is |W|²?",
        trains=True,
    ),
    Mistake(
        "mean_square",
        "fit",
        ("weight.square().sum()", "weight.square().mean()"),
        "You take the mean of the squares, so the penalty gets weaker as dimensions are added. What is |W|²?",
        trains=True,
    ),
    Mistake(
        "penalty_on_absolute_values",
        "fit",
        ("weight.square().sum()", "weight.abs().sum()"),
        "You add up absolute values, which drives weights to exactly 0. What is |W|²?",
        trains=True,
        unsure=(
            "test_probe_keeps_the_largest_of_equally_good_penalties",
            "test_probe_ignores_a_constant_dimension",
        ),
    ),
    Mistake(
        "no_penalty",
        "fit",
        (PENALTY, "0 * penalty"),
        "You do not use the penalty. What stops the weights from growing when the classes can be separated?",
        trains=True,
    ),
    Mistake(
        "losses_added",
        "fit",
        (ENTROPY, ENTROPY[:-1] + ', reduction="sum")'),
        "You add up the losses of all images. How much does the penalty matter when there are twice as many?",
        trains=True,
    ),
    Mistake(
        "softmax_twice",
        "fit",
        ("F.linear(h, weight, bias)", "F.linear(h, weight, bias).softmax(1)"),
        "You pass probabilities to cross_entropy. What is the first thing that it does with its input?",
        trains=True,
    ),
    Mistake(
        "one_against_the_rest",
        "fit",
        (
            ENTROPY,
            "F.binary_cross_entropy_with_logits(F.linear(h, weight, bias), F.one_hot(position, len(bias)).to(h))",
        ),
        "You fit a separate sigmoid for each class. What makes the probabilities of all classes add up to 1?",
        trains=True,
    ),
    Mistake(
        "least_squares",
        "fit",
        (ENTROPY, "F.mse_loss(F.linear(h, weight, bias), F.one_hot(position, len(bias)).to(h))"),
        "You fit the labels by least squares. Which loss does the docstring name?",
        trains=True,
    ),
    Mistake(
        "bias_not_fitted",
        "fit",
        ("[weight, bias], max_iter", "[weight], max_iter"),
        "You do not give the bias to the optimiser, so it stays where it started. Which tensors should change?",
        trains=True,
    ),
    Mistake(
        "too_few_iterations",
        "fit",
        ("max_iter=iterations", "max_iter=2"),
        "You stop after two iterations. How many are allowed?",
        trains=True,
    ),
    Mistake(
        "starts_at_random",
        "fit",
        ("weight, bias = weight.clone()", "weight, bias = torch.randn_like(weight)"),
        "You start from random weights. What are the weights that you were given for?",
        trains=True,
    ),
    Mistake(
        "callers_tensors",
        "fit",
        (
            "weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()",
            "weight, bias = weight.requires_grad_(), bias.requires_grad_()",
        ),
        "You train the caller's own tensors. How do you make a copy of a tensor?",
        trains=True,
    ),
    Mistake(
        "parameters_returned",
        "fit",
        ("return weight.detach(), bias.detach()", "return weight, bias"),
        "You return tensors that still require a gradient. What takes a tensor out of the graph?",
        trains=True,
    ),
    Mistake(
        "gradients_add_up",
        "fit",
        ("optimizer.zero_grad()", "pass"),
        "You never clear the gradients, so each call of the closure adds to those of the last call. What is the first line of a training step?",
        trains=True,
        unsure=("test_probe_tries_every_penalty",),
    ),
    Mistake(
        "starts_at_zero",
        "fit",
        (
            COPIES,
            "weight, bias = torch.zeros_like(weight).requires_grad_(), torch.zeros_like(bias).requires_grad_()",
        ),
        "You start from zero. What are the weights that you were given for?",
        trains=True,
    ),
    Mistake(
        "iterations_ignored",
        "fit",
        ("max_iter=iterations", "max_iter=200"),
        "You do not use `iterations`. How many iterations may L-BFGS make?",
        trains=True,
    ),
    Mistake(
        "fit_in_float32",
        "fit",
        (
            "return weight.detach(), bias.detach()",
            "return weight.detach().float(), bias.detach().float()",
        ),
        "You return float32, whatever h is. Which dtype does the docstring promise?",
        trains=True,
    ),
    # linear_probe
    Mistake(
        "stops_at_the_first_fall",
        "linear_probe",
        (
            "probes.append(Probe(weight, bias, mean, std, classes, penalty))",
            "probe = Probe(weight, bias, mean, std, classes, penalty)\n"
            "        if probes and probe.accuracy(val_h, val_labels) < probes[-1].accuracy(val_h, val_labels):\n"
            "            break\n"
            "        probes.append(probe)",
        ),
        "You stop at the first penalty that does worse than the one before. Can a later one still be the best of all?",
        trains=True,
    ),
    Mistake(
        "probe_not_standardised",
        "linear_probe",
        (MOMENTS, "mean, std = 0 * train_h[0], 0 * train_h[0] + 1"),
        "You fit raw numbers, so a dimension with small values pays a larger penalty. What does the first step ask for?",
        trains=True,
    ),
    Mistake(
        "probe_centred_only",
        "linear_probe",
        (MOMENTS, "mean, std = train_h.mean(0), torch.ones_like(train_h[0])"),
        "You shift, but do not scale. How large a penalty does a dimension pay if it varies by only a thousandth?",
        trains=True,
    ),
    Mistake(
        "variance_for_deviation",
        "linear_probe",
        ("train_h.std(0, correction=0)", "train_h.var(0, correction=0)"),
        "You divide by the variance. In what unit is it?",
        trains=True,
    ),
    Mistake(
        "one_deviation_for_all",
        "linear_probe",
        (
            MOMENTS,
            "mean, std = train_h.mean(0), train_h.std(correction=0).expand(train_h.shape[1])",
        ),
        "You use one standard deviation for all dimensions. What happens to a dimension with small values?",
        trains=True,
    ),
    Mistake(
        "validation_images_in_the_mean",
        "linear_probe",
        (
            MOMENTS,
            "both = torch.cat([train_h, val_h])\n    mean, std = both.mean(0), both.std(0, correction=0)",
        ),
        "You include validation images in the mean and the standard deviation. Which images may the fit know?",
        trains=True,
    ),
    Mistake(
        "fitted_on_both",
        "linear_probe",
        (
            "classes, position = train_labels.unique(return_inverse=True)",
            "train_h = torch.cat([train_h, val_h])\n    classes, position = torch.cat([train_labels, val_labels]).unique(return_inverse=True)",
        ),
        "You fit the validation images too. What does the accuracy on them say about the penalty then?",
        trains=True,
    ),
    Mistake(
        "chosen_on_training_images",
        "linear_probe",
        (BEST, BEST.replace("val_h, val_labels", "train_h, train_labels")),
        "You choose on the images that were fitted, where the smallest penalty wins. Which images are a fairer judge?",
        trains=True,
    ),
    Mistake(
        "the_last_probe",
        "linear_probe",
        (BEST, "return probes[-1]"),
        "You return the last fit. Which of the fits is best on validation images?",
        trains=True,
    ),
    Mistake(
        "the_first_probe",
        "linear_probe",
        (BEST, "return probes[0]"),
        "You return the first fit. Which of the fits is best on validation images?",
        trains=True,
    ),
    Mistake(
        "the_worst_probe",
        "linear_probe",
        ("max(probes", "min(probes"),
        "You keep the probe with the lowest accuracy. For which measure would the lowest value be the best?",
        trains=True,
    ),
    Mistake(
        "smallest_of_equals",
        "linear_probe",
        ("sorted(penalties, reverse=True)", "sorted(penalties)"),
        "Among equally good probes, you keep the one with the smallest penalty. Which one does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "first_of_equals",
        "linear_probe",
        ("sorted(penalties, reverse=True)", "penalties"),
        "Among equally good probes, you keep the one whose penalty is listed first. Which one does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "constant_dimension_blown_up",
        "linear_probe",
        (
            "std = torch.where(std > 1e-6, std, torch.ones_like(std))",
            "std = std.nan_to_num()",
        ),
        "You divide by the standard deviation of a dimension that never changes, which is 0. What could you divide by instead?",
    ),
    Mistake(
        "positions_for_labels",
        "linear_probe",
        (
            "probes.append(Probe(weight, bias, mean, std, classes, penalty))",
            "probes.append(Probe(weight, bias, mean, std, torch.arange(len(classes)), penalty))",
        ),
        "You number the classes 0, 1, 2, … instead of keeping their labels. Which label does row 0 of the weight stand for?",
        trains=True,
    ),
    Mistake(
        "fitted_on_raw_numbers",
        "linear_probe",
        ("h = (train_h - mean) / std", "h = train_h / 1"),
        "You fit raw numbers, although the probe standardises what it predicts. Which numbers should the weight be fitted on?",
        trains=True,
        unsure=("test_probe_tries_every_penalty",),
    ),
    Mistake(
        "standardised_twice",
        "linear_probe",
        (BEST, BEST.replace("val_h,", "(val_h - mean) / std,")),
        "You standardise the validation images, and the probe's `accuracy` does so again. On which numbers do you choose?",
        trains=True,
    ),
    Mistake(
        "chosen_by_the_loss",
        "linear_probe",
        (
            BEST,
            "return min(probes, key=lambda p: F.cross_entropy(F.linear((val_h - mean) / std, p.weight, p.bias), torch.searchsorted(classes, val_labels).clamp(max=len(classes) - 1)).item())",
        ),
        "You choose the smallest loss on validation images. The docstring asks for the most accurate probe: can the two differ?",
        trains=True,
    ),
    Mistake(
        "refitted_on_both",
        "linear_probe",
        (
            BEST,
            BEST.replace("return", "best =")
            + "\n    both = (torch.cat([train_h, val_h]) - mean) / std\n    position = torch.searchsorted(classes, torch.cat([train_labels, val_labels]))\n    weight, bias = fit(both, position, best.weight, best.bias, best.penalty, iterations)\n    return Probe(weight, bias, mean, std, classes, best.penalty)",
        ),
        "You fit once more, to validation images as well. Which images may the fit know?",
        trains=True,
    ),
    Mistake(
        "iterations_not_passed_on",
        "linear_probe",
        ("penalty, iterations)", "penalty, 200)"),
        "You do not pass `iterations` on to `fit`. How many may it use?",
        trains=True,
    ),
]
