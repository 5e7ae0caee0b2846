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
REFUSAL = BY_HAND[BY_HAND.index("    if pixels.dtype") : BY_HAND.index("    modes =")]
IN_THE_END = """
    try:
        h = [encoder(as_input(some, encoder)).float().cpu() for some in pixels.split(batch_size)]
    finally:
        for part, mode in zip(encoder.modules(), modes, strict=True):
            part.training = mode
    return torch.cat(h)
"""

# fit by plain gradient descent: far from the minimum after as many iterations
SLOW = """
def fit(h, position, weight, bias, penalty, iterations):
    weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    optimizer = torch.optim.SGD([weight, bias], lr=0.003)
    for _ in range(iterations):
        optimizer.zero_grad()
        loss = F.cross_entropy(F.linear(h, weight, bias), position)
        loss = loss + penalty / 2 * weight.square().sum()
        loss.backward()
        optimizer.step()
    return weight.detach(), bias.detach()
"""

MISTAKES = [
    Mistake(
        "almost_zero_added_to_std",
        "linear_probe",
        ("std = torch.where(std > 1e-6, std, torch.ones_like(std))", "std = std + 1e-12"),
        "You add a tiny number to the standard deviation, so a constant dimension is divided by that alone, and its rounding error becomes large. What divisor does no harm there?",
        trains=True,
    ),
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
        "pixels_of_any_dtype",
        "features",
        (
            'if pixels.dtype != torch.uint8:\n        raise ValueError(f"pixels must be uint8 in [0, 255], not {pixels.dtype}")',
            "pass",
        ),
        "You accept pixels that are not uint8. What does the docstring promise for them?",
    ),
    Mistake(
        "other_integers_accepted",
        "features",
        ("pixels.dtype != torch.uint8", "pixels.is_floating_point()"),
        "You accept integers that are not uint8, such as int64. Which pixels does the docstring refuse?",
    ),
    Mistake(
        "only_integers_refused",
        "features",
        (
            "pixels.dtype != torch.uint8",
            "pixels.dtype in (torch.int8, torch.int16, torch.int32, torch.int64)",
        ),
        "You accept floats. Which pixels does the docstring refuse?",
    ),
    Mistake(
        "refused_by_another_error",
        "features",
        ("raise ValueError(", "raise TypeError("),
        "You refuse pixels that are not uint8, but not with a ValueError. Which error does the docstring promise?",
    ),
    Mistake(
        "by_hand_and_pixels_of_any_dtype",
        "features",
        BY_HAND.replace(REFUSAL, ""),
        "You restore the modes only if nothing goes wrong, notice no change, and accept pixels that are not uint8. Which errors does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "restored_and_pixels_of_any_dtype",
        "features",
        (BY_HAND[: BY_HAND.index("    h = [")].rstrip() + IN_THE_END).replace(REFUSAL, ""),
        "You do not notice if the encoder changes, and accept pixels that are not uint8. Which errors does the docstring promise?",
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
        "You average the representations of an image and of its flipped copy. That may help, but how many times may the encoder see each image here?",
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
    Mistake(
        "only_the_first_batch",
        "features",
        ("return torch.cat(h)", "return h[0]"),
        "You return only the first batch. Where are the representations of the other images?",
        trains=True,
    ),
    Mistake(
        "only_the_last_batch",
        "features",
        ("return torch.cat(h)", "return h[-1]"),
        "You return only the last batch. Where are the representations of the images before it?",
        trains=True,
    ),
    Mistake(
        "batches_stacked",
        "features",
        ("torch.cat(h)", "torch.stack(h)"),
        "You stack the batches, which adds a dimension and needs batches of equal size. What joins them row after row?",
    ),
    Mistake(
        "batch_size_ignored",
        "features",
        (SPLIT, "batches = pixels.split(len(pixels))"),
        "You show the encoder all images at once. What is batch_size for when the images do not fit into memory?",
        trains=True,
    ),
    Mistake(
        "batch_size_is_a_number_of_batches",
        "features",
        (SPLIT, "batches = pixels.chunk(batch_size)"),
        "You cut the images into batch_size batches. Is it the number of batches, or the number of images in one?",
        trains=True,
    ),
    Mistake(
        "divided_by_256",
        "features",
        (SHOWN, "batch.float() / 256"),
        "You divide the pixels by 256. What is the value of the brightest pixel then, and what was it in training?",
        trains=True,
    ),
    Mistake(
        "divided_by_the_largest",
        "features",
        (SHOWN, "batch.float() / batch.max()"),
        "You divide by the brightest pixel of the batch. Does the answer for an image still depend on that image alone?",
        trains=True,
    ),
    Mistake(
        "each_image_standardised",
        "features",
        (SHOWN, "F.layer_norm(as_input(batch, encoder), batch.shape[1:])"),
        "You standardise each image before the encoder sees it. Which changes to an image are allowed in an evaluation?",
        trains=True,
    ),
    Mistake(
        "images_transposed",
        "features",
        (SHOWN, "as_input(batch.transpose(2, 3), encoder)"),
        "You swap height and width of every image. Which changes to an image are allowed in an evaluation?",
        trains=True,
    ),
    Mistake(
        "upside_down",
        "features",
        (SHOWN, "as_input(batch.flip(2), encoder)"),
        "You turn every image upside down. Which changes to an image are allowed in an evaluation?",
        trains=True,
    ),
    Mistake(
        "colours_reversed",
        "features",
        (SHOWN, "as_input(batch.flip(1), encoder)"),
        "You reverse the order of the colours. In which order did the encoder learn them?",
        trains=True,
    ),
    Mistake(
        "mean_of_each_batch",
        "features",
        ("float().cpu()", "float().cpu().mean(0, keepdim=True)"),
        "You return one row for each batch, the mean of its images. How many rows does h have for N images?",
        trains=True,
    ),
    Mistake(
        "double_returned",
        "features",
        ("float().cpu()", "double().cpu()"),
        "You return float64. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "encoded_twice",
        "features",
        ("batch in batches", "batch in [b for one in batches for b in (one, one)]"),
        "You return every batch twice. How many rows does h have for N images?",
        trains=True,
    ),
    Mistake(
        "columns_of_h_standardised",
        "features",
        (
            "return torch.cat(h)",
            "h = torch.cat(h)\n    return (h - h.mean(0)) / h.std(0, correction=0).clamp(min=1e-6)",
        ),
        "You standardise the columns of h. Which function does that, and with whose mean and standard deviation?",
        trains=True,
    ),
    Mistake(
        "warmed_up_in_train_mode",
        "features",
        (
            HALF,
            "for batch in batches:\n        encoder(as_input(batch, encoder))\n    with frozen(encoder):",
        ),
        "You show the encoder the images before it is frozen. What does batch norm remember of them?",
        trains=True,
    ),
    Mistake(
        "frozen_after_the_first_batch",
        "features",
        (HALF, "encoder(as_input(batches[0], encoder))\n    with frozen(encoder):"),
        "You show the encoder the first batch before it is frozen. What does batch norm remember of it?",
        trains=True,
    ),
    Mistake(
        "joined_side_by_side",
        "features",
        ("torch.cat(h)", "torch.cat(h, 1)"),
        "You join the batches side by side, which needs batches of equal size. Along which dimension do the images lie?",
    ),
    Mistake(
        "batches_in_a_list",
        "features",
        ("torch.cat(h)", "h"),
        "You return the batches in a list. What does the docstring promise?",
    ),
    Mistake(
        "half_returned",
        "features",
        ("float().cpu()", "half().cpu()"),
        "You return float16, which keeps three digits. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "one_image_short",
        "features",
        (SPLIT, "batches = pixels[: max(1, len(pixels) - 1)].split(batch_size)"),
        "You leave out the last image. How many rows does h have for N images?",
        trains=True,
    ),
    Mistake(
        "numpy_returned",
        "features",
        ("torch.cat(h)", "torch.cat(h).numpy()"),
        "You return a NumPy array. What does the docstring promise?",
    ),
    # knn_predict
    Mistake(
        "raw_inner_product",
        "knn_predict",
        (LENGTHS, "bank, queries = bank / 1, queries / 1"),
        "You take plain inner products, so the longest rows of the bank seem near to every query. What is an inner product divided by to make a cosine?",
    ),
    Mistake(
        "zeros_become_nan",
        "knn_predict",
        (LENGTHS, "bank, queries = (x / x.norm(dim=1, keepdim=True) for x in (bank, queries))"),
        "A row of zeros becomes NaN, which counts as the nearest of all. What is 0 / 0?",
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
        "The class of the nearest row wins, whatever the other rows are. What are the other k - 1 for?",
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
        "You subtract one number from the cosines of all queries, so at a low temperature all votes of a query that is far from the bank become 0. Whose largest cosine may you subtract?",
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
        "labels_up_to_their_number",
        "knn_predict",
        """def knn_predict(bank, bank_labels, queries, k=20, temperature=0.07):
    if k < 1 or not temperature > 0:
        raise ValueError("k or temperature")
    if bank_labels.shape != (len(bank),):
        raise ValueError("labels")
    classes = torch.arange(len(bank_labels.unique()), dtype=bank_labels.dtype)
    bank, queries = F.normalize(bank, dim=1), F.normalize(queries, dim=1)
    similarity, rows = (queries @ bank.T).topk(min(k, len(bank)))
    weight = (similarity / temperature).softmax(1)
    votes = [(weight * (bank_labels[rows] == c)).sum(1) for c in classes]
    return classes[torch.stack(votes, 1).argmax(1)]
""",
        "You count votes for the labels 0 to C - 1 only, if there are C classes. What if a label is 40, or below 0?",
    ),
    Mistake(
        "votes_at_the_labels",
        "knn_predict",
        ("position[neighbours]", "bank_labels[neighbours].long()"),
        "You use labels as columns of a table with one column for each class, which raises an error. Which column belongs to label 40?",
    ),
    Mistake(
        "labels_one_hot",
        "knn_predict",
        (
            "votes = votes.scatter_add(1, position[neighbours], weight)",
            "own = F.one_hot(bank_labels.long(), len(classes))[neighbours].to(weight)\n"
            "    votes = (weight[:, :, None] * own).sum(1)",
        ),
        "You give one_hot the labels themselves, which raises an error if they are not 0, 1, 2, …. Which number does each class have?",
    ),
    Mistake(
        "labels_after_the_smallest",
        "knn_predict",
        (
            "classes, position = bank_labels.unique(return_inverse=True)",
            "classes = torch.arange(len(bank_labels.unique()), dtype=bank_labels.dtype) + bank_labels.min()\n"
            "    position = (bank_labels - bank_labels.min()).long().clamp(max=len(classes) - 1)",
        ),
        "You number the labels from the smallest on, as if none were left out in between. Which labels does a bank of 2, 3, 7 and 40 have?",
    ),
    Mistake(
        "more_neighbours_than_rows",
        "knn_predict",
        ("k = min(k, len(bank))", "k = 1 * k"),
        "You ask for k neighbours, even of a bank that has fewer. How many can vote then?",
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
        "Your temperature is half of the one that was given. The squared distance between unit vectors is 2 - 2s: what remains of its 2 in the exponent?",
    ),
    Mistake(
        "dtype_of_labels_lost",
        "knn_predict",
        ("return classes[votes.argmax(1)]", "return classes[votes.argmax(1)].long()"),
        "You return int64, whatever the labels are. Which dtype does the docstring promise?",
    ),
    Mistake(
        "labels_always_int32",
        "knn_predict",
        ("return classes[votes.argmax(1)]", "return classes[votes.argmax(1)].int()"),
        "You return int32, whatever the labels are. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "nearest_always_skipped",
        "knn_predict",
        (
            "[(some @ bank.T).topk(k) for some in queries.split(QUERIES)]",
            "[tuple(t[:, 1:] for t in (some @ bank.T).topk(min(k + 1, len(bank)))) for some in queries.split(QUERIES)]",
        ),
        "You skip the nearest row, as if the query itself were in the bank. What does the docstring say about that?",
    ),
    Mistake(
        "nearest_of_k_skipped",
        "knn_predict",
        (
            "similarity = torch.cat([values for values, _ in found])",
            "found = [(values[:, 1:], rows[:, 1:]) for values, rows in found]\n    similarity = torch.cat([values for values, _ in found])",
        ),
        "You drop the nearest of the k rows, so k - 1 vote. Is the query itself in the bank?",
    ),
    Mistake(
        "one_neighbour_more",
        "knn_predict",
        ("k = min(k, len(bank))", "k = min(k + 1, len(bank))"),
        "You let k + 1 rows vote. How many neighbours were asked for?",
    ),
    Mistake(
        "one_neighbour_less",
        "knn_predict",
        ("k = min(k, len(bank))", "k = max(1, min(k - 1, len(bank)))"),
        "You let k - 1 rows vote. How many neighbours were asked for?",
    ),
    Mistake(
        "always_twenty",
        "knn_predict",
        ("k = min(k, len(bank))", "k = min(20, len(bank))"),
        "You let 20 rows vote, whatever k is. What is the argument for?",
    ),
    Mistake(
        "no_temperature",
        "knn_predict",
        ("similarity / temperature", "similarity / 1.0"),
        "You weight by exp(s), without the temperature. What is it for?",
    ),
    Mistake(
        "temperature_squared",
        "knn_predict",
        ("similarity / temperature", "similarity / temperature**2"),
        "You divide by the square of the temperature. What does the docstring put into the exponent?",
    ),
    Mistake(
        "root_of_temperature",
        "knn_predict",
        ("similarity / temperature", "similarity / temperature**0.5"),
        "You divide by the square root of the temperature. What does the docstring put into the exponent?",
    ),
    Mistake(
        "votes_for_the_unlike",
        "knn_predict",
        ("similarity / temperature", "-similarity / temperature"),
        "You weight by exp(-s / tau), so of the k rows the least similar counts most. What is the sign of the exponent?",
    ),
    Mistake(
        "least_voted_class",
        "knn_predict",
        ("votes.argmax(1)", "votes.argmin(1)"),
        "You return the class with the smallest weight. Which class wins a vote?",
    ),
    Mistake(
        "weight_is_s",
        "knn_predict",
        (WEIGHT, "weight = similarity.clamp(min=0)"),
        "You weight each vote by the cosine, and leave out negative ones. Where are the exp and the temperature?",
    ),
    Mistake(
        "weight_is_one_over_distance",
        "knn_predict",
        (WEIGHT, "weight = 1 / (1 - similarity).clamp(min=1e-6)"),
        "You weight each vote by 1 / (1 - s). With which weight does a neighbour at cosine s vote?",
    ),
    Mistake(
        "weight_is_one_over_root",
        "knn_predict",
        (WEIGHT, "weight = 1 / (2 - 2 * similarity).clamp(min=1e-12).sqrt()"),
        "You weight each vote by 1 / distance. With which weight does a neighbour at cosine s vote?",
    ),
    Mistake(
        "rank_for_similarity",
        "knn_predict",
        (WEIGHT, "weight = torch.linspace(1, 1 / k, k).to(similarity).expand_as(similarity)"),
        "You weight each vote by its rank. With which weight does a neighbour at cosine s vote?",
    ),
    Mistake(
        "bank_columns_normalised",
        "knn_predict",
        (LENGTHS, "bank, queries = F.normalize(bank, dim=0), F.normalize(queries, dim=1)"),
        "You normalise the bank column by column, across its images. Which dimension holds the numbers of one image?",
    ),
    Mistake(
        "query_columns_normalised",
        "knn_predict",
        (LENGTHS, "bank, queries = F.normalize(bank, dim=1), F.normalize(queries, dim=0)"),
        "You normalise the queries column by column, so they change each other. Which dimension holds the numbers of one image?",
    ),
    Mistake(
        "divided_by_one_norm",
        "knn_predict",
        (LENGTHS, "bank, queries = bank / bank.norm(), queries / queries.norm()"),
        "You divide all rows by one norm, that of the whole matrix. Which rows are still longer than others?",
    ),
    Mistake(
        "absolute_values_for_the_norm",
        "knn_predict",
        (
            LENGTHS,
            "bank, queries = F.normalize(bank, p=1, dim=1), F.normalize(queries, p=1, dim=1)",
        ),
        "You divide by the sum of absolute values. Which norm makes an inner product a cosine?",
    ),
    Mistake(
        "norm_squared",
        "knn_predict",
        (LENGTHS, "bank, queries = (t / t.square().sum(1, keepdim=True) for t in (bank, queries))"),
        "You divide by the squared norm, so short rows become long ones. What must you divide by to get unit norm?",
    ),
    Mistake(
        "largest_number_for_the_norm",
        "knn_predict",
        (LENGTHS, "bank, queries = (t / t.abs().amax(1, keepdim=True) for t in (bank, queries))"),
        "You divide by the largest number of a row. Which norm makes an inner product a cosine?",
    ),
    Mistake(
        "bank_centred",
        "knn_predict",
        (
            LENGTHS,
            "queries, bank = F.normalize(queries - bank.mean(0), dim=1), F.normalize(bank - bank.mean(0), dim=1)",
        ),
        "You subtract the bank's mean before you take the cosine. Which vectors does the docstring compare?",
    ),
    Mistake(
        "softmax_of_softmax",
        "knn_predict",
        (WEIGHT, "weight = (similarity / temperature).softmax(1).softmax(1)"),
        "You take the softmax twice, so every vote is nearly the same. How many times should s / tau go through a softmax?",
    ),
    Mistake(
        "log_of_weights",
        "knn_predict",
        (WEIGHT, "weight = (similarity / temperature).log_softmax(1)"),
        "You add up log-probabilities, so each further neighbour makes its class worse. Which function gives exp(s / tau)?",
    ),
    Mistake(
        "exponent_cut_off",
        "knn_predict",
        (WEIGHT, "weight = (similarity / temperature).clamp(max=80).exp()"),
        "You cap s / tau at a fixed number, so at a low temperature all near votes become equal. What may you subtract from every s / tau of a query without changing who wins?",
    ),
    Mistake(
        "columns_by_position",
        "knn_predict",
        ("position[neighbours]", "neighbours.clamp(max=len(classes) - 1)"),
        "You use the row of a neighbour as the number of its class. Which tensor holds the class of each row?",
    ),
    Mistake(
        "classes_as_they_come",
        "knn_predict",
        ("return classes[votes.argmax(1)]", "return bank_labels[votes.argmax(1)]"),
        "You look the winner up in bank_labels, where position 0 is the first image's label. Which tensor lists each class once?",
    ),
    Mistake(
        "neighbours_row_not_label",
        "knn_predict",
        ("return classes[votes.argmax(1)]", "return neighbours[:, 0]"),
        "You return the number of a row of the bank. What is the label of that row?",
    ),
    Mistake(
        "winner_of_all_queries",
        "knn_predict",
        (
            "return classes[votes.argmax(1)]",
            "return classes[votes.sum(0).argmax()].expand(len(queries))",
        ),
        "You add up the votes of all queries, so all get the same class. Which dimension holds the queries?",
    ),
    Mistake(
        "votes_of_classes_over_queries",
        "knn_predict",
        ("votes.argmax(1)", "votes.argmax(0)"),
        "You take argmax over the queries, so you return one label for each class. Which dimension holds the classes?",
    ),
    Mistake(
        "bank_and_queries_swapped",
        "knn_predict",
        ("(some @ bank.T).topk(k)", "(bank @ some.T).topk(min(k, len(some)))"),
        "You put the bank's rows where the queries belong: each row of the bank gets neighbours among the queries. Which rows should the result have?",
    ),
    Mistake(
        "divided_by_class_size",
        "knn_predict",
        (
            "return classes[votes.argmax(1)]",
            "return classes[(votes / position.bincount()).argmax(1)]",
        ),
        "You divide the votes by the number of images that each class has in the bank. Does the docstring ask for that?",
    ),
    Mistake(
        "labels_as_floats",
        "knn_predict",
        ("return classes[votes.argmax(1)]", "return classes[votes.argmax(1)].float()"),
        "You return floating-point labels. Which dtype does the docstring promise?",
    ),
    Mistake(
        "bank_changed",
        "knn_predict",
        (
            LENGTHS,
            "bank /= bank.norm(dim=1, keepdim=True)\n    queries = F.normalize(queries, dim=1)",
        ),
        "You normalise the caller's bank in place. What will the caller's next line find in it?",
    ),
    Mistake(
        "queries_changed",
        "knn_predict",
        (
            LENGTHS,
            "queries /= queries.norm(dim=1, keepdim=True)\n    bank = F.normalize(bank, dim=1)",
        ),
        "You normalise the caller's queries in place. What will the caller's next line find in them?",
    ),
    Mistake(
        "both_changed",
        "knn_predict",
        (
            LENGTHS,
            "bank /= bank.norm(dim=1, keepdim=True)\n    queries /= queries.norm(dim=1, keepdim=True)",
        ),
        "You normalise the caller's bank and queries in place. What will the caller's next line find in them?",
    ),
    Mistake(
        "plain_distance",
        "knn_predict",
        """
def knn_predict(bank, bank_labels, queries, k=20, temperature=0.07):
    classes, position = bank_labels.unique(return_inverse=True)
    d, rows = torch.cdist(queries, bank).topk(min(k, len(bank)), dim=1, largest=False)
    weight = (-d / temperature).softmax(1)
    votes = weight.new_zeros(len(queries), len(classes)).scatter_add(1, position[rows], weight)
    return classes[votes.argmax(1)]
""",
        "You take the distance between the rows as they are, and weight by exp(-distance / tau). What is a cosine, and which rows must be scaled first?",
    ),
    Mistake(
        "plain_squared_distance",
        "knn_predict",
        """
def knn_predict(bank, bank_labels, queries, k=20, temperature=0.07):
    classes, position = bank_labels.unique(return_inverse=True)
    d, rows = torch.cdist(queries, bank).topk(min(k, len(bank)), dim=1, largest=False)
    weight = (-d.square() / temperature).softmax(1)
    votes = weight.new_zeros(len(queries), len(classes)).scatter_add(1, position[rows], weight)
    return classes[votes.argmax(1)]
""",
        "You take the squared distance between the rows as they are, and weight by exp(-distance² / tau). What is a cosine, and which rows must be scaled first?",
    ),
    Mistake(
        "nearest_by_plain_distance",
        "knn_predict",
        """
def knn_predict(bank, bank_labels, queries, k=20, temperature=0.07):
    classes, position = bank_labels.unique(return_inverse=True)
    d, rows = torch.cdist(queries, bank).topk(min(k, len(bank)), dim=1, largest=False)
    weight = (F.cosine_similarity(queries[:, None], bank[rows], dim=2) / temperature).softmax(1)
    votes = weight.new_zeros(len(queries), len(classes)).scatter_add(1, position[rows], weight)
    return classes[votes.argmax(1)]
""",
        "You choose the k rows by their distance, not by the cosine. Which rows are the most similar if their lengths differ?",
    ),
    Mistake(
        "distance_as_similarity",
        "knn_predict",
        """
def knn_predict(bank, bank_labels, queries, k=20, temperature=0.07):
    classes, position = bank_labels.unique(return_inverse=True)
    d, rows = torch.cdist(F.normalize(queries, dim=1), F.normalize(bank, dim=1)).topk(min(k, len(bank)), dim=1)
    weight = (d / temperature).softmax(1)
    votes = weight.new_zeros(len(queries), len(classes)).scatter_add(1, position[rows], weight)
    return classes[votes.argmax(1)]
""",
        "You take the k largest distances and give the farthest row the largest weight. Are rows at a large distance similar?",
    ),
    Mistake(
        "majority_of_plain_distance",
        "knn_predict",
        """
def knn_predict(bank, bank_labels, queries, k=20, temperature=0.07):
    classes, position = bank_labels.unique(return_inverse=True)
    d, rows = torch.cdist(queries, bank).topk(min(k, len(bank)), dim=1, largest=False)
    weight = torch.ones_like(d)
    votes = weight.new_zeros(len(queries), len(classes)).scatter_add(1, position[rows], weight)
    return classes[votes.argmax(1)]
""",
        "You give one vote to each of the k rows at the smallest distance. Which measure and which weight does the docstring name?",
    ),
    Mistake(
        "rest_votes_with_one",
        "knn_predict",
        """
def knn_predict(bank, bank_labels, queries, k=20, temperature=0.07):
    classes, position = bank_labels.unique(return_inverse=True)
    s = F.normalize(queries, dim=1) @ F.normalize(bank, dim=1).T
    least = s.topk(min(k, len(bank)), dim=1).values[:, -1:]
    weight = (torch.where(s >= least, s, 0.0) / temperature).softmax(1)
    return classes[(weight @ F.one_hot(position, len(classes)).to(weight)).argmax(1)]
""",
        "You set the similarity of all other rows to 0, and exp(0) is 1: they vote too. What must s be so that exp(s / tau) is 0?",
    ),
    Mistake(
        "all_others_vote_by_s",
        "knn_predict",
        """
def knn_predict(bank, bank_labels, queries, k=20, temperature=0.07):
    classes, position = bank_labels.unique(return_inverse=True)
    s = F.normalize(queries, dim=1) @ F.normalize(bank, dim=1).T
    s, rows = s.topk(min(k, len(bank)), dim=1)
    weight = 1 - (-s / temperature).softmax(1)
    votes = weight.new_zeros(len(queries), len(classes)).scatter_add(1, position[rows], weight)
    return classes[votes.argmax(1)]
""",
        "You take 1 minus a softmax of -s / tau. With which weight does a neighbour at cosine s vote?",
    ),
    Mistake(
        "dimensions_left_over",
        "knn_predict",
        ("return classes[votes.argmax(1)]", "return classes[votes.argmax(1, keepdim=True)]"),
        "You keep a dimension of size 1. Which shape does the docstring promise?",
    ),
    Mistake(
        "votes_returned",
        "knn_predict",
        ("return classes[votes.argmax(1)]", "return votes"),
        "You return the votes of all classes. Which one wins?",
    ),
    Mistake(
        "most_votes_returned",
        "knn_predict",
        ("return classes[votes.argmax(1)]", "return votes.amax(1)"),
        "You return the winner's weight, not its label. Which function returns the position of the largest entry?",
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
        "You take the largest label plus one as the number of classes. How many classes do the labels 2, 5 and 8 stand for?",
    ),
    Mistake(
        "rounded_down",
        "class_balanced",
        (COUNT, "int(share * len(labels) / len(classes))"),
        "You round down. What is 2.7, rounded to the nearest whole number?",
    ),
    Mistake(
        "rounded_up",
        "class_balanced",
        (COUNT, "-int(-share * len(labels) / len(classes) // 1)"),
        "You round up. What is 2.25, rounded to the nearest whole number?",
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
    Mistake(
        "drawn_with_replacement_in_a_class",
        "class_balanced",
        (
            FIRST,
            "rows = [(labels == c).nonzero()[:, 0] for c in classes]\n    return torch.cat([own[torch.randint(len(own), (min(count, len(own)),), generator=generator)] for own in rows])",
        ),
        "You draw within a class with replacement, so an image can appear twice. Which function gives each position once?",
    ),
    Mistake(
        "shuffled_places_returned",
        "class_balanced",
        (FIRST, "return torch.cat([(labels[order] == c).nonzero()[:count, 0] for c in classes])"),
        "You return positions in the shuffled order. Which row of the data set is at position i of `order`?",
    ),
    Mistake(
        "share_of_the_smallest_class",
        "class_balanced",
        (COUNT, "round(share * int(labels.unique(return_counts=True)[1].min()))"),
        "You take the share of the smallest class. Which number is multiplied by the share and divided by the number of classes?",
    ),
    Mistake(
        "share_of_the_largest_class",
        "class_balanced",
        (COUNT, "round(share * int(labels.unique(return_counts=True)[1].max()))"),
        "You take the share of the largest class. Which number is multiplied by the share and divided by the number of classes?",
    ),
    Mistake(
        "share_forgotten",
        "class_balanced",
        (COUNT, "round(len(labels) / len(classes))"),
        "You do not use the share. How many images should be kept in all?",
    ),
    Mistake(
        "one_of_each",
        "class_balanced",
        (COUNT, "round(share)"),
        "You keep one image of each class, whatever the share. The share of how many images is rounded?",
    ),
    Mistake(
        "one_more_of_each",
        "class_balanced",
        (
            "max(1, round(share * len(labels) / len(classes)))",
            "1 + round(share * len(labels) / len(classes))",
        ),
        "You keep one image more of each class. What does `at least one` mean for a count of 3?",
    ),
    Mistake(
        "one_more_after_rounding_down",
        "class_balanced",
        (
            "max(1, round(share * len(labels) / len(classes)))",
            "1 + int(share * len(labels) / len(classes))",
        ),
        "You round down and add one. What is 3.0, rounded to the nearest whole number?",
    ),
    Mistake(
        "images_per_class_rounded_first",
        "class_balanced",
        (COUNT, "round(share * (len(labels) // len(classes)))"),
        "You round N / C down before you multiply by the share. What should be rounded, and when?",
    ),
    Mistake(
        "classes_numbered",
        "class_balanced",
        ("for c in classes]", "for c in range(len(classes))]"),
        "You look for the labels 0, 1, 2, … Which labels occur?",
    ),
    Mistake(
        "two_classes_less_one",
        "class_balanced",
        ("for c in classes]", "for c in classes[:-1]]"),
        "You leave out the last class. How many classes should the subset have?",
    ),
    Mistake(
        "first_class_left_out",
        "class_balanced",
        ("for c in classes]", "for c in classes[1:]]"),
        "You leave out the class with the smallest label. How many classes should the subset have?",
    ),
    Mistake(
        "stretches_for_classes",
        "class_balanced",
        ("labels.unique()", "labels.unique_consecutive()"),
        "You count a class again wherever its label comes back. How many times should each class occur in the list of classes?",
    ),
    Mistake(
        "labels_returned",
        "class_balanced",
        (FIRST, "return labels[torch.cat([order[labels[order] == c][:count] for c in classes])]"),
        "You return the labels of the chosen images. Which numbers does the docstring promise?",
    ),
    Mistake(
        "mask_returned",
        "class_balanced",
        (
            FIRST,
            "mask = torch.zeros(len(labels), dtype=torch.bool)\n    mask[torch.cat([order[labels[order] == c][:count] for c in classes])] = True\n    return mask",
        ),
        "You return a mask with an entry for every image. Which numbers does the docstring promise?",
    ),
    Mistake(
        "list_returned",
        "class_balanced",
        (FIRST, "return torch.cat([order[labels[order] == c][:count] for c in classes]).tolist()"),
        "You return a list. What does the docstring promise?",
    ),
    Mistake(
        "the_rest_returned",
        "class_balanced",
        (FIRST, "return torch.cat([order[labels[order] == c][count:] for c in classes])"),
        "You return the images that should be left out. Which part of each class is the subset?",
    ),
    Mistake(
        "stacked_by_class",
        "class_balanced",
        (FIRST, "return torch.stack([order[labels[order] == c][:count] for c in classes])"),
        "You stack the rows of the classes, so the result has two dimensions and the stacking fails if a class has fewer images. What joins them end to end?",
    ),
    Mistake(
        "too_small_class_left_out",
        "class_balanced",
        ("for c in classes]", "for c in classes if int((labels == c).sum()) >= count]"),
        "You leave out a class that has too few images. What does the docstring say about such a class?",
    ),
    Mistake(
        "rows_in_int32",
        "class_balanced",
        (FIRST, "return torch.cat([order[labels[order] == c][:count] for c in classes]).int()"),
        "You return int32. Which dtype does the docstring promise?",
    ),
    Mistake(
        "rows_in_a_column",
        "class_balanced",
        (FIRST, "return torch.cat([order[labels[order] == c][:count] for c in classes])[:, None]"),
        "You return a column: nonzero gives one, for example. How many dimensions does the docstring promise?",
    ),
    Mistake(
        "same_without_generator",
        "class_balanced",
        (ORDER, "order = torch.randperm(len(labels), generator=generator or Generator())"),
        "Without a generator, you make a new one, which always starts from the same seed. What does torch use if generator=None?",
    ),
    Mistake(
        "at_least_as_many_as_classes",
        "class_balanced",
        (
            "max(1, round(share * len(labels) / len(classes)))",
            "max(len(classes), round(share * len(labels)))",
        ),
        "You keep share * N images of each class, and at least as many as there are classes. How many images should be kept in all, and how many of each class at least?",
    ),
    Mistake(
        "at_least_the_number_of_classes",
        "class_balanced",
        ("max(1, round", "max(len(classes), round"),
        "You keep at least as many images of each class as there are classes. How many should a class have at least?",
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
        "classes_always_int32",
        "Probe.predict",
        ("return self.classes[logits.argmax(1)]", "return self.classes[logits.argmax(1)].int()"),
        "You return int32, whatever the classes are. Which dtype does the docstring promise?",
        trains=True,
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
    Mistake(
        "multiplied_by_the_deviation",
        "Probe.predict",
        ("/ self.std", "* self.std"),
        "You multiply by the standard deviation. In what unit is the result?",
    ),
    Mistake(
        "mean_added",
        "Probe.predict",
        ("h - self.mean", "h + self.mean"),
        "You add the mean. What should become of an image whose h is the mean?",
    ),
    Mistake(
        "mean_and_deviation_swapped",
        "Probe.predict",
        ("(h - self.mean) / self.std", "(h - self.std) / self.mean"),
        "You subtract the standard deviation and divide by the mean. Which of the two is subtracted?",
    ),
    Mistake(
        "mean_minus_h",
        "Probe.predict",
        ("h - self.mean", "self.mean - h"),
        "You subtract h from the mean. What is the sign of a number above the mean?",
    ),
    Mistake(
        "root_of_the_deviation",
        "Probe.predict",
        ("/ self.std", "/ self.std.sqrt()"),
        "You divide by the square root of the standard deviation. On what numbers was the weight fitted?",
    ),
    Mistake(
        "one_added_to_the_deviation",
        "Probe.predict",
        ("/ self.std", "/ (self.std + 1)"),
        "You add 1 to the standard deviation. On what numbers was the weight fitted?",
    ),
    Mistake(
        "standardised_again",
        "Probe.predict",
        ("(h - self.mean) / self.std", "((h - self.mean) / self.std - self.mean) / self.std"),
        "You standardise twice. On what numbers was the weight fitted?",
    ),
    Mistake(
        "own_mean",
        "Probe.predict",
        ("h - self.mean", "h - h.mean(0)"),
        "You subtract the mean of the images to be classified. What is left of an image that comes alone?",
    ),
    Mistake(
        "own_deviation",
        "Probe.predict",
        ("/ self.std", "/ h.std(0, correction=0).clamp(min=1e-6)"),
        "You divide by the standard deviation of the images to be classified. What is it for an image that comes alone?",
    ),
    Mistake(
        "unit_length_again",
        "Probe.predict",
        ("(h - self.mean) / self.std", "F.normalize((h - self.mean) / self.std, dim=1)"),
        "You scale each standardised row to unit norm. On what numbers was the weight fitted?",
    ),
    Mistake(
        "unit_length_first",
        "Probe.predict",
        ("(h - self.mean)", "(F.normalize(h, dim=1) - self.mean)"),
        "You scale each h to unit norm first. Which numbers do the stored mean and standard deviation describe?",
    ),
    Mistake(
        "smallest_logit",
        "Probe.predict",
        ("argmax(1)", "argmin(1)"),
        "You choose the smallest logit. Which class is the most probable?",
    ),
    Mistake(
        "argmax_over_images",
        "Probe.predict",
        ("argmax(1)", "argmax(0)"),
        "You take argmax over the images, so you return one label for each class. Which dimension holds the classes?",
    ),
    Mistake(
        "argmax_of_all",
        "Probe.predict",
        ("argmax(1)", "argmax()"),
        "You take one argmax over all images and classes. Which dimension holds the classes?",
    ),
    Mistake(
        "bias_subtracted",
        "Probe.predict",
        (LINE, "F.linear((h - self.mean) / self.std, self.weight, -self.bias)"),
        "You subtract the bias. What is its sign in W h + b?",
    ),
    Mistake(
        "bias_twice",
        "Probe.predict",
        (LINE, "F.linear((h - self.mean) / self.std, self.weight, self.bias) + self.bias"),
        "You add the bias twice: F.linear adds it already. What is its factor in W h + b?",
    ),
    Mistake(
        "weight_not_transposed",
        "Probe.predict",
        (LINE, "(h - self.mean) / self.std @ self.weight + self.bias"),
        "You multiply (M, D) by (C, D). What must be transposed so that the inner sizes agree?",
    ),
    Mistake(
        "logits_returned",
        "Probe.predict",
        ("return self.classes[logits.argmax(1)]", "return logits"),
        "You return the logits. Which label belongs to the largest of each row?",
    ),
    Mistake(
        "probabilities_returned",
        "Probe.predict",
        ("return self.classes[logits.argmax(1)]", "return logits.softmax(1)"),
        "You return the probabilities of the classes. Which label belongs to the largest of each row?",
    ),
    Mistake(
        "largest_logit_returned",
        "Probe.predict",
        ("return self.classes[logits.argmax(1)]", "return logits.amax(1)"),
        "You return the largest logit itself, not the class that it belongs to. Which function returns its position?",
        unsure=(
            "test_probe_does_not_depend_on_units",
            "test_probe_tries_every_penalty",
            "test_probe_ignores_a_constant_dimension",
        ),
    ),
    Mistake(
        "largest_probability_returned",
        "Probe.predict",
        ("return self.classes[logits.argmax(1)]", "return logits.softmax(1).amax(1)"),
        "You return the probability of the likeliest class, not its label. Which function returns its position?",
        unsure=(
            "test_probe_does_not_depend_on_units",
            "test_probe_tries_every_penalty",
            "test_probe_ignores_a_constant_dimension",
        ),
    ),
    Mistake(
        "classes_in_order",
        "Probe.predict",
        ("return self.classes[", "return self.classes.sort().values["),
        "You sort the classes. Which label stands for row 0 of the weight?",
    ),
    Mistake(
        "absolute_logits",
        "Probe.predict",
        ("logits.argmax(1)", "logits.abs().argmax(1)"),
        "You take the logit that is farthest from 0. Does a very negative one speak for its class?",
    ),
    Mistake(
        "labels_in_float",
        "Probe.predict",
        ("return self.classes[logits.argmax(1)]", "return self.classes[logits.argmax(1)].float()"),
        "You return the class as a floating-point number. Which dtype does the docstring promise?",
    ),
    Mistake(
        "queries_standardised_in_place",
        "Probe.predict",
        (
            "logits =",
            "h -= self.mean\n        h /= self.std\n        logits = F.linear(h, self.weight, self.bias)\n        _ =",
        ),
        "You standardise the caller's h in place. What will the caller's next line find in it?",
    ),
    Mistake(
        "softmax_over_images",
        "Probe.predict",
        ("logits.argmax(1)", "logits.softmax(0).argmax(1)"),
        "You take the softmax over the images, so they change each other's classes. Which dimension holds the classes?",
    ),
    Mistake(
        "one_dimension_too_many",
        "Probe.predict",
        ("argmax(1)]", "argmax(1, keepdim=True)]"),
        "You return a column of classes. Which shape does the docstring promise?",
    ),
    Mistake(
        "penalty_times_logits",
        "Probe.predict",
        (LINE, "F.linear((h - self.mean) / self.std, self.penalty * self.weight, self.bias)"),
        "You multiply the weight by the penalty. When does the penalty count: while fitting, or in a prediction?",
        unsure=("test_probe_ignores_a_constant_dimension",),
    ),
    Mistake(
        "weight_of_unit_length",
        "Probe.predict",
        ("self.weight, self.bias", "F.normalize(self.weight, dim=1), self.bias"),
        "You normalise the rows of the weight. Which logits did fit work with?",
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
        "Compared with the cross entropy of all images, your penalty counts N times less than it should: you add up the losses, or divide the penalty by N. Which of the two terms is a mean over images?",
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
    Mistake(
        "norm_for_its_square",
        "fit",
        ("weight.square().sum()", "weight.norm()"),
        "You add the norm of the weight, not its square. What is |W|², and which function takes no root?",
        trains=True,
    ),
    Mistake(
        "norm_not_halved",
        "fit",
        (PENALTY, "penalty * weight.norm()"),
        "You add penalty x |W|, neither squared nor halved. What is the second term of the loss?",
        trains=True,
    ),
    Mistake(
        "sum_squared",
        "fit",
        ("weight.square().sum()", "weight.sum().square()"),
        "You square the sum of the weights, in which positive and negative ones cancel. What is |W|²?",
        trains=True,
    ),
    Mistake(
        "penalty_quartered",
        "fit",
        (PENALTY, "(penalty / 2 * weight).square().sum()"),
        "You square the penalty as well. What is squared in penalty |W|² / 2?",
        trains=True,
    ),
    Mistake(
        "half_squared",
        "fit",
        (PENALTY, "penalty * (weight / 2).square().sum()"),
        "You penalise half as strongly, as the factor 1/2 is squared too. What is squared in penalty |W|² / 2?",
        trains=True,
    ),
    Mistake(
        "penalty_four_times",
        "fit",
        (PENALTY, "2 * penalty * weight.square().sum()"),
        "You multiply by 2 where the penalty is divided by 2. What is the second term of the loss?",
        trains=True,
    ),
    Mistake(
        "mean_square_of_rows",
        "fit",
        ("weight.square().sum()", "weight.square().sum(1).mean()"),
        "You take the mean of |W|² over the classes. What is |W|² of the whole matrix?",
        trains=True,
    ),
    Mistake(
        "mean_square_of_columns",
        "fit",
        ("weight.square().sum()", "weight.square().sum(0).mean()"),
        "You take the mean of |W|² over the dimensions. What is |W|² of the whole matrix?",
        trains=True,
    ),
    Mistake(
        "mean_square_not_halved",
        "fit",
        (PENALTY, "penalty * weight.square().mean()"),
        "You take the mean of the squares and do not halve it. What is penalty |W|² / 2?",
        trains=True,
    ),
    Mistake(
        "penalty_for_each_image",
        "fit",
        (PENALTY, "penalty * len(h) / 2 * weight.square().sum()"),
        "You multiply the penalty by the number of images. In the docstring, what is a mean over images, and what is not?",
        trains=True,
    ),
    Mistake(
        "penalty_shared_not_halved",
        "fit",
        (PENALTY, "penalty / len(h) * weight.square().sum()"),
        "You divide the penalty by the number of images instead of by 2. What is the second term of the loss?",
        trains=True,
    ),
    Mistake(
        "penalty_inverted",
        "fit",
        (PENALTY, "weight.square().sum() / (2 * penalty)"),
        "You divide by the penalty. scikit-learn's C works like that: is a large penalty strong or weak here?",
        trains=True,
    ),
    Mistake(
        "bias_penalised_alone",
        "fit",
        (PENALTY, "penalty / 2 * bias.square().sum()"),
        "You penalise the bias, and not the weight. Which of the two has a penalty?",
        trains=True,
    ),
    Mistake(
        "both_penalised_twice",
        "fit",
        (PENALTY, "penalty * (weight.square().sum() + bias.square().sum())"),
        "You penalise the bias as well, and do not halve the squares. What is penalty |W|² / 2?",
        trains=True,
    ),
    Mistake(
        "mean_over_classes_too",
        "fit",
        (ENTROPY, "F.cross_entropy(F.linear(h, weight, bias), position) / len(bias)"),
        "You divide the cross entropy by the number of classes too. Over what is it a mean?",
        trains=True,
    ),
    Mistake(
        "classes_weigh_the_same",
        "fit",
        (
            ENTROPY,
            "F.cross_entropy(F.linear(h, weight, bias), position, weight=len(position) / (len(bias) * position.bincount(minlength=len(bias)).clamp(min=1)).to(h))",
        ),
        "You give each class the same weight, however few images it has. Over what is the cross entropy a mean?",
        trains=True,
    ),
    Mistake(
        "labels_smoothed",
        "fit",
        (ENTROPY, "F.cross_entropy(F.linear(h, weight, bias), position, label_smoothing=0.1)"),
        "You smooth the labels. Which loss does the docstring name?",
        trains=True,
    ),
    Mistake(
        "no_bias_in_the_logits",
        "fit",
        ("F.linear(h, weight, bias)", "F.linear(h, weight)"),
        "You leave the bias out of the logits, so it stays where it started. What are the logits of W and b?",
        trains=True,
    ),
    Mistake(
        "bias_from_zero",
        "fit",
        ("bias.clone()", "torch.zeros_like(bias)"),
        "You start the bias from zero. What is the bias that you were given for?",
        trains=True,
    ),
    Mistake(
        "weight_from_zero",
        "fit",
        ("weight.clone()", "torch.zeros_like(weight)"),
        "You start the weight from zero. What is the weight that you were given for?",
        trains=True,
    ),
    Mistake(
        "steps_of_twenty",
        "fit",
        """def fit(h, position, weight, bias, penalty, iterations):
    weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    optimizer = torch.optim.LBFGS(
        [weight, bias], tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(F.linear(h, weight, bias), position)
        loss = loss + penalty / 2 * weight.square().sum()
        loss.backward()
        return loss

    for _ in range(iterations):
        optimizer.step(closure)
    return weight.detach(), bias.detach()
""",
        "You make many more iterations than `iterations` allows: one step() of L-BFGS makes up to 20 unless you say otherwise. How many may there be in all?",
        trains=True,
    ),
    Mistake(
        "one_iteration_more",
        "fit",
        ("max_iter=iterations", "max_iter=iterations + 1"),
        "You allow one iteration more than `iterations`. What should 0 iterations give?",
        trains=True,
    ),
    Mistake(
        "descends_slowly",
        "fit",
        SLOW,
        "You stop before the minimum: called again from its own result, your function comes closer. Which optimiser gets there in so few iterations?",
        trains=True,
    ),
    Mistake(
        "nothing_fitted",
        "fit",
        ("optimizer.step(closure)", "closure()"),
        "You return the weight and the bias as they came in. Which call lets the optimiser change them?",
        trains=True,
    ),
    Mistake(
        "only_bias_fitted",
        "fit",
        ("[weight, bias], max_iter", "[bias], max_iter"),
        "You give only the bias to the optimiser, so the weight stays where it started. Which tensors should change?",
        trains=True,
    ),
    Mistake(
        "callers_weight",
        "fit",
        ("weight.clone().requires_grad_()", "weight.requires_grad_()"),
        "You train the caller's own weight. How do you make a copy of a tensor?",
        trains=True,
    ),
    Mistake(
        "callers_bias",
        "fit",
        ("bias.clone().requires_grad_()", "bias.requires_grad_()"),
        "You train the caller's own bias. How do you make a copy of a tensor?",
        trains=True,
    ),
    Mistake(
        "callers_memory",
        "fit",
        (COPIES, "weight, bias = weight.detach().requires_grad_(), bias.detach().requires_grad_()"),
        "You change the numbers of the caller's weight and bias: detach gives a new tensor on the same memory. Which method copies the numbers?",
        trains=True,
    ),
    Mistake(
        "weight_keeps_its_graph",
        "fit",
        ("return weight.detach(), bias.detach()", "return weight, bias.detach()"),
        "You return a weight that still requires a gradient. What takes a tensor out of the graph?",
        trains=True,
    ),
    Mistake(
        "bias_and_weight_swapped",
        "fit",
        ("return weight.detach(), bias.detach()", "return bias.detach(), weight.detach()"),
        "You return the bias first. In which order does the docstring name the two?",
    ),
    Mistake(
        "weight_transposed",
        "fit",
        ("return weight.detach(),", "return weight.detach().T,"),
        "You return the weight transposed. Which shape does the docstring give it?",
    ),
    Mistake(
        "only_the_weight",
        "fit",
        ("return weight.detach(), bias.detach()", "return weight.detach()"),
        "You return the weight alone. What else does the docstring promise?",
    ),
    Mistake(
        "no_transpose_in_fit",
        "fit",
        ("F.linear(h, weight, bias)", "h @ weight + bias"),
        "You multiply (N, D) by (C, D). What must be transposed so that the inner sizes agree?",
    ),
    Mistake(
        "closure_returns_nothing",
        "fit",
        ("        return loss\n", ""),
        "Your closure returns nothing, and L-BFGS needs the loss to decide on its step. What should a closure return?",
    ),
    Mistake(
        "fitted_without_gradients",
        "fit",
        ("        loss.backward()", "        loss.detach().backward()"),
        "You detach the loss before backward. What links it to the weight then?",
    ),
    Mistake(
        "standardised_in_fit",
        "fit",
        (
            COPIES,
            "h = (h - h.mean(0)) / h.std(0, correction=0).clamp(min=1e-6)\n    weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()",
        ),
        "You standardise h once more inside fit. According to the docstring, what has been done to h already?",
        trains=True,
    ),
    Mistake(
        "unit_length_in_fit",
        "fit",
        ("F.linear(h, weight", "F.linear(F.normalize(h, dim=1), weight"),
        "You scale each row of h to unit norm. Which numbers should the weight be fitted to?",
        trains=True,
    ),
    Mistake(
        "loss_is_the_penalty",
        "fit",
        ("loss = loss + penalty / 2", "loss = penalty / 2"),
        "You minimise the penalty alone: the cross entropy is lost. Which two terms does the loss have?",
        trains=True,
    ),
    Mistake(
        "log_forgotten",
        "fit",
        (ENTROPY, "-F.linear(h, weight, bias).softmax(1)[torch.arange(len(h)), position].mean()"),
        "You maximise the mean probability of the right class, without a logarithm. What is the cross entropy of a probability p?",
        trains=True,
    ),
    Mistake(
        "logits_penalised",
        "fit",
        ("weight.square().sum()", "F.linear(h, weight, bias).square().mean()"),
        "You penalise the logits. What does the docstring square?",
        trains=True,
    ),
    Mistake(
        "sigmoid_before_softmax",
        "fit",
        ("F.linear(h, weight, bias)", "F.linear(h, weight, bias).sigmoid()"),
        "You squash the logits with a sigmoid before cross_entropy. What is the first thing that cross_entropy does with its input?",
        trains=True,
    ),
    Mistake(
        "mean_loss_over_half",
        "fit",
        (ENTROPY, "F.cross_entropy(F.linear(h, weight, bias), position) / 2"),
        "You halve the cross entropy too. Which of the two terms has the factor 1/2?",
        trains=True,
    ),
    Mistake(
        "double_returned_by_fit",
        "fit",
        (
            "return weight.detach(), bias.detach()",
            "return weight.detach().double(), bias.detach().double()",
        ),
        "You return float64, whatever h is. Which dtype does the docstring promise?",
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
        unsure=("test_validation_images_may_lack_a_class",),
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
        unsure=("test_probe_has_the_weights_of_its_penalty",),
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
        "You keep the last fit, even where an earlier one is more accurate on validation images. Which of the fits is best there?",
        trains=True,
    ),
    Mistake(
        "the_first_probe",
        "linear_probe",
        (BEST, "return probes[0]"),
        "You keep the first fit, even where a later one is more accurate on validation images. Which of the fits is best there?",
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
        unsure=("test_probe_tries_every_penalty", "test_validation_images_may_lack_a_class"),
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
    Mistake(
        "labels_for_positions",
        "linear_probe",
        ("fit(h, position,", "fit(h, train_labels,"),
        "You hand the labels themselves to fit. Which row of the weight stands for label 7?",
    ),
    Mistake(
        "one_mean_and_deviation",
        "linear_probe",
        (
            MOMENTS,
            "mean, std = (t.expand(train_h.shape[1]) for t in (train_h.mean(), train_h.std(correction=0)))",
        ),
        "You use one mean and one standard deviation for all dimensions. Over which dimension of h are they taken?",
        trains=True,
    ),
    Mistake(
        "one_mean_for_all",
        "linear_probe",
        ("train_h.mean(0)", "train_h.mean().expand(train_h.shape[1])"),
        "You use one mean for all dimensions. Over which dimension of h is it taken?",
        trains=True,
        unsure=("test_probe_has_the_weights_of_its_penalty",),
    ),
    Mistake(
        "each_image_standardised_alone",
        "linear_probe",
        (MOMENTS, "mean, std = train_h.mean(1), train_h.std(1, correction=0)"),
        "You take the mean and the standard deviation of each image. Which dimension holds the images?",
    ),
    Mistake(
        "validation_statistics",
        "linear_probe",
        (MOMENTS, "mean, std = val_h.mean(0), val_h.std(0, correction=0)"),
        "You take the mean and the standard deviation of the validation images. Which images may the fit know?",
        trains=True,
    ),
    Mistake(
        "deviation_about_zero",
        "linear_probe",
        ("train_h.std(0, correction=0)", "train_h.square().mean(0).sqrt()"),
        "You take the root of the mean square, without subtracting the mean. About which value does a standard deviation measure?",
        trains=True,
    ),
    Mistake(
        "length_of_a_column",
        "linear_probe",
        ("train_h.std(0, correction=0)", "(train_h - train_h.mean(0)).norm(dim=0)"),
        "You divide by the norm of each centred column, which grows with the number of images. What must the sum of squares be divided by before the root?",
        trains=True,
    ),
    Mistake(
        "mean_absolute_deviation",
        "linear_probe",
        ("train_h.std(0, correction=0)", "(train_h - train_h.mean(0)).abs().mean(0)"),
        "You divide by the mean absolute deviation. What is a standard deviation?",
        trains=True,
    ),
    Mistake(
        "range_for_deviation",
        "linear_probe",
        (MOMENTS, "mean, std = train_h.amin(0), train_h.amax(0) - train_h.amin(0)"),
        "You scale each dimension to [0, 1]. Which two statistics does the docstring of Probe name?",
        trains=True,
    ),
    Mistake(
        "root_of_deviation",
        "linear_probe",
        ("train_h.std(0, correction=0)", "train_h.std(0, correction=0).sqrt()"),
        "You divide by the square root of the standard deviation. In what unit is it?",
        trains=True,
        unsure=("test_probe_has_the_weights_of_its_penalty",),
    ),
    Mistake(
        "one_added_to_std",
        "linear_probe",
        ("std > 1e-6, std, torch.ones_like(std)", "std > -1, std + 1, std"),
        "You add a number to every standard deviation, or to every variance. What happens to a dimension with small values?",
        trains=True,
    ),
    Mistake(
        "small_deviation_ignored",
        "linear_probe",
        ("std > 1e-6", "std > 1"),
        "You set every standard deviation below 1 to 1. What happens to a dimension with small values?",
        trains=True,
    ),
    Mistake(
        "scaled_not_centred",
        "linear_probe",
        ("train_h.mean(0), train_h.std", "0 * train_h.mean(0), train_h.std"),
        "You scale, but do not shift. Which number is subtracted first?",
        trains=True,
    ),
    Mistake(
        "fitted_after_centring",
        "linear_probe",
        ("h = (train_h - mean) / std", "h = train_h - mean"),
        "You fit centred numbers that are not scaled, although the probe scales what it predicts. Which numbers should the weight be fitted on?",
        trains=True,
    ),
    Mistake(
        "fitted_after_scaling",
        "linear_probe",
        ("h = (train_h - mean) / std", "h = train_h / std"),
        "You fit scaled numbers that are not centred, although the probe centres what it predicts. Which numbers should the weight be fitted on?",
        trains=True,
    ),
    Mistake(
        "multiplied_by_std",
        "linear_probe",
        ("h = (train_h - mean) / std", "h = (train_h - mean) * std"),
        "You fit numbers that were multiplied by the standard deviation. In what unit are they?",
        trains=True,
        unsure=(
            "test_probe_has_the_weights_of_its_penalty",
            "test_probe_ignores_a_constant_dimension",
        ),
    ),
    Mistake(
        "shifted_after_scaling",
        "linear_probe",
        ("h = (train_h - mean) / std", "h = train_h / std - mean"),
        "You fit numbers that were divided before the mean was subtracted. In what unit is the mean?",
        trains=True,
        unsure=("test_validation_images_may_lack_a_class",),
    ),
    Mistake(
        "unit_length_for_the_fit",
        "linear_probe",
        ("h = (train_h - mean) / std", "h = F.normalize((train_h - mean) / std, dim=1)"),
        "You scale each standardised row to unit norm, which predict does not do. Which numbers should the weight be fitted on?",
        trains=True,
    ),
    Mistake(
        "standardisation_not_stored",
        "linear_probe",
        (
            "probes.append(Probe(weight, bias, mean, std, classes, penalty))",
            "probes.append(Probe(weight, bias, 0 * mean, 0 * std + 1, classes, penalty))",
        ),
        "You do not store the mean and the standard deviation that you fitted with. With what will predict standardise?",
        trains=True,
    ),
    Mistake(
        "mean_and_std_swapped",
        "linear_probe",
        (
            "probes.append(Probe(weight, bias, mean, std, classes, penalty))",
            "probes.append(Probe(weight, bias, std, mean, classes, penalty))",
        ),
        "You store the standard deviation as the mean, and the mean as the standard deviation. In which order does Probe take them?",
        trains=True,
    ),
    Mistake(
        "mean_not_stored",
        "linear_probe",
        (
            "probes.append(Probe(weight, bias, mean, std, classes, penalty))",
            "probes.append(Probe(weight, bias, 0 * mean, std, classes, penalty))",
        ),
        "You store a mean of 0, but fitted with another. With what will predict standardise?",
        trains=True,
    ),
    Mistake(
        "deviation_not_stored",
        "linear_probe",
        (
            "probes.append(Probe(weight, bias, mean, std, classes, penalty))",
            "probes.append(Probe(weight, bias, mean, 0 * std + 1, classes, penalty))",
        ),
        "You store a standard deviation of 1, but fitted with another. With what will predict standardise?",
        trains=True,
    ),
    Mistake(
        "labels_of_images_stored",
        "linear_probe",
        (
            "probes.append(Probe(weight, bias, mean, std, classes, penalty))",
            "probes.append(Probe(weight, bias, mean, std, train_labels, penalty))",
        ),
        "You store the label of every image as `classes`. Which label stands for row 0 of the weight?",
        trains=True,
    ),
    Mistake(
        "positions_stored",
        "linear_probe",
        (
            "probes.append(Probe(weight, bias, mean, std, classes, penalty))",
            "probes.append(Probe(weight, bias, mean, std, position, penalty))",
        ),
        "You store the position of every image's label as `classes`. Which label stands for row 0 of the weight?",
        trains=True,
    ),
    Mistake(
        "classes_backwards",
        "linear_probe",
        (
            "probes.append(Probe(weight, bias, mean, std, classes, penalty))",
            "probes.append(Probe(weight, bias, mean, std, classes.flip(0), penalty))",
        ),
        "You store the classes in an order that is not that of the rows of the weight. Which label stands for row 0?",
        trains=True,
    ),
    Mistake(
        "first_penalty_stored",
        "linear_probe",
        (
            "probes.append(Probe(weight, bias, mean, std, classes, penalty))",
            "probes.append(Probe(weight, bias, mean, std, classes, penalties[0]))",
        ),
        "You store the first penalty with every probe. With which one was each fitted?",
        trains=True,
    ),
    Mistake(
        "default_penalties",
        "linear_probe",
        ("sorted(penalties, reverse=True)", "sorted(PENALTIES, reverse=True)"),
        "You try the default penalties, whatever the caller passes. What is the argument for?",
        trains=True,
    ),
    Mistake(
        "largest_penalty_not_tried",
        "linear_probe",
        (
            "sorted(penalties, reverse=True)",
            "sorted(penalties, reverse=True)[min(1, len(penalties) - 1) :]",
        ),
        "You do not try the largest penalty. Which of them can be the best?",
        trains=True,
    ),
    Mistake(
        "smallest_penalty_not_tried",
        "linear_probe",
        (
            "sorted(penalties, reverse=True)",
            "sorted(penalties, reverse=True)[: max(1, len(penalties) - 1)]",
        ),
        "You do not try the smallest penalty. Which of them can be the best?",
        trains=True,
    ),
    Mistake(
        "only_the_first_penalty",
        "linear_probe",
        ("sorted(penalties, reverse=True)", "penalties[:1]"),
        "You try only the penalty that is listed first. Which of them can be the best?",
        trains=True,
    ),
    Mistake(
        "penalty_times_images",
        "linear_probe",
        (
            "fit(h, position, weight, bias, penalty, iterations)",
            "fit(h, position, weight, bias, penalty * len(h), iterations)",
        ),
        "You multiply the penalty by the number of images. What does the docstring say about lambda, and what about scikit-learn's C?",
        trains=True,
    ),
    Mistake(
        "penalty_per_image",
        "linear_probe",
        (
            "fit(h, position, weight, bias, penalty, iterations)",
            "fit(h, position, weight, bias, penalty / len(h), iterations)",
        ),
        "You divide the penalty by the number of images. What does the docstring say about lambda, and what about scikit-learn's C?",
        trains=True,
    ),
    Mistake(
        "penalty_is_c",
        "linear_probe",
        (
            "fit(h, position, weight, bias, penalty, iterations)",
            "fit(h, position, weight, bias, 1 / penalty, iterations)",
        ),
        "You hand 1 / penalty to fit. Is a large penalty strong or weak?",
        trains=True,
    ),
    Mistake(
        "penalty_is_scikits_c",
        "linear_probe",
        (
            "fit(h, position, weight, bias, penalty, iterations)",
            "fit(h, position, weight, bias, 1 / (penalty * len(h)), iterations)",
        ),
        "You hand scikit-learn's C to fit. Does fit take C, or lambda?",
        trains=True,
    ),
    Mistake(
        "penalty_halved_again",
        "linear_probe",
        (
            "fit(h, position, weight, bias, penalty, iterations)",
            "fit(h, position, weight, bias, penalty / 2, iterations)",
        ),
        "You hand half the penalty to fit, which halves it again. Which of the two applies the factor 1/2?",
        trains=True,
    ),
    Mistake(
        "no_penalty_handed_on",
        "linear_probe",
        (
            "fit(h, position, weight, bias, penalty, iterations)",
            "fit(h, position, weight, bias, 0.0, iterations)",
        ),
        "You fit without a penalty. What is the loop over penalties for?",
        trains=True,
    ),
    Mistake(
        "last_of_equals",
        "linear_probe",
        (
            BEST,
            "probes = [next(p for p in probes if p.penalty == penalty) for penalty in reversed(penalties)]\n    return max(probes, key=lambda probe: probe.accuracy(val_h, val_labels))",
        ),
        "Among equally good probes, you keep the one whose penalty is listed last. Which one does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "all_probes_averaged",
        "linear_probe",
        (
            BEST,
            "weight = torch.stack([p.weight for p in probes]).mean(0)\n    bias = torch.stack([p.bias for p in probes]).mean(0)\n    best = max(probes, key=lambda probe: probe.accuracy(val_h, val_labels))\n    return Probe(weight, bias, mean, std, classes, best.penalty)",
        ),
        "You average the weights of all probes. Which one does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "fitted_on_validation_images",
        "linear_probe",
        (
            "classes, position = train_labels.unique(return_inverse=True)\n    h = (train_h - mean) / std",
            "classes, position = val_labels.unique(return_inverse=True)\n    h = (val_h - mean) / std",
        ),
        "You fit the validation images. Which images are for the fit, and which for the choice?",
        trains=True,
    ),
    Mistake(
        "chosen_with_raw_validation_images",
        "linear_probe",
        (
            BEST,
            "raw = [Probe(p.weight, p.bias, 0 * mean, 0 * std + 1, classes, p.penalty) for p in probes]\n    return probes[max(range(len(raw)), key=lambda i: raw[i].accuracy(val_h, val_labels))]",
        ),
        "You choose with validation images that are not standardised. On which numbers was the weight fitted?",
        trains=True,
    ),
    Mistake(
        "chosen_with_their_own_statistics",
        "linear_probe",
        (
            BEST,
            "own = [Probe(p.weight, p.bias, val_h.mean(0), val_h.std(0, correction=0).clamp(min=1e-6), classes, p.penalty) for p in probes]\n    return probes[max(range(len(own)), key=lambda i: own[i].accuracy(val_h, val_labels))]",
        ),
        "You choose with validation images that you standardised by their own statistics. With whose mean and standard deviation was the weight fitted?",
        trains=True,
    ),
    Mistake(
        "chosen_by_positions",
        "linear_probe",
        (
            BEST,
            "return max(probes, key=lambda p: (F.linear((val_h - mean) / std, p.weight, p.bias).argmax(1) == val_labels).double().mean().item())",
        ),
        "You compare positions with validation labels. Which label does position 0 stand for?",
        trains=True,
    ),
    Mistake(
        "training_images_changed",
        "linear_probe",
        ("h = (train_h - mean) / std", "h = train_h.sub_(mean).div_(std)"),
        "You standardise the caller's train_h in place. What will the caller's next line find in it?",
        trains=True,
    ),
    Mistake(
        "probe_in_float32",
        "linear_probe",
        (
            "probes.append(Probe(weight, bias, mean, std, classes, penalty))",
            "probes.append(Probe(weight.float(), bias.float(), mean.float(), std.float(), classes, penalty))",
        ),
        "You return a float32 probe, whatever train_h is. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "probe_in_float64",
        "linear_probe",
        (
            "probes.append(Probe(weight, bias, mean, std, classes, penalty))",
            "probes.append(Probe(weight.double(), bias.double(), mean.double(), std.double(), classes, penalty))",
        ),
        "You return a float64 probe, whatever train_h is. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "largest_validation_loss",
        "linear_probe",
        (
            BEST,
            "return max(probes, key=lambda p: F.cross_entropy(F.linear((val_h - mean) / std, p.weight, p.bias), torch.searchsorted(classes, val_labels).clamp(max=len(classes) - 1)).item())",
        ),
        "You choose the largest loss on validation images. Is a large loss good?",
        trains=True,
    ),
    Mistake(
        "labels_wrapped_around",
        "linear_probe",
        ("fit(h, position,", "fit(h, train_labels % len(classes),"),
        "You turn labels into row numbers by a remainder, so two labels may share a row. Which row of the weight stands for each label?",
        trains=True,
    ),
    Mistake(
        "labels_minus_the_least",
        "linear_probe",
        ("fit(h, position,", "fit(h, train_labels - train_labels.min(),"),
        "You subtract the smallest label, but labels with gaps between them still point outside the weight. Which row stands for each label?",
    ),
    # labels are names, whatever their size, and mean the same in both parts
    Mistake(
        "labels_kept_in_float32",
        "knn_predict",
        (
            "return classes[votes.argmax(1)]",
            "return classes[votes.argmax(1)].float().to(bank_labels.dtype)",
        ),
        "You convert the labels to float32. Which whole number comes after 2^24 there?",
        trains=True,
    ),
    Mistake(
        "label_plus_fraction",
        "class_balanced",
        """def class_balanced(labels, share, generator=None):
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    sizes = labels.unique(return_counts=True)[1].tolist()
    count = max(1, round(share * len(labels) / len(sizes)))
    order = (labels + torch.rand(len(labels), generator=generator)).argsort()
    return torch.cat([rows[:count] for rows in order.split(sizes)])""",
        "You add a random fraction to each label and sort. What is left of the fraction, and of the label, if the label is a large number?",
        trains=True,
    ),
    Mistake(
        "validation_labels_numbered_apart",
        "linear_probe",
        """def linear_probe(train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200):
    mean, std = train_h.mean(0), train_h.std(0, correction=0)
    std = torch.where(std < 1e-6, torch.ones_like(std), std)
    classes, position = train_labels.unique(return_inverse=True)
    _, right = val_labels.unique(return_inverse=True)
    h, val = (train_h - mean) / std, (val_h - mean) / std
    weight = h.new_zeros(len(classes), h.shape[1])
    bias, best, top = h.new_zeros(len(classes)), None, -1.0
    for penalty in sorted(penalties, reverse=True):
        weight, bias = fit(h, position, weight, bias, penalty, iterations)
        share = float(((val @ weight.T + bias).argmax(1) == right).double().mean())
        if share > top:
            best, top = Probe(weight, bias, mean, std, classes, penalty), share
    return best""",
        "You number the validation labels by themselves. Which number does a class get if the validation images lack the first one?",
        trains=True,
    ),
    Mistake(
        "probe_refits_on_all",
        "linear_probe",
        """
def linear_probe(train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200):
    def train(h, labels, lam):
        center = h.mean(0)
        scale = h.std(0, correction=0)
        scale[scale < 1e-6] = 1.0
        classes, rows = labels.unique(return_inverse=True)
        W0 = torch.zeros((len(classes), h.shape[1]), dtype=h.dtype, device=h.device)
        b0 = torch.zeros((len(classes),), dtype=h.dtype, device=h.device)
        W, b = fit((h - center) / scale, rows, W0, b0, lam, iterations)
        return Probe(W, b, center, scale, classes, lam)

    ordered = sorted(penalties, reverse=True)
    scores = [train(train_h, train_labels, lam).accuracy(val_h, val_labels) for lam in ordered]
    winner = ordered[scores.index(max(scores))]
    # as GridSearchCV does: refit on everything with the best setting
    return train(torch.cat([train_h, val_h]), torch.cat([train_labels, val_labels]), winner)
""",
        "You fit the best probe once more, to training and validation images together, as grid searches do. To which images does the docstring fit it?",
        trains=True,
    ),
    Mistake(
        "features_first_look_unfrozen",
        "features",
        """
@torch.no_grad()
def features(encoder, pixels, batch_size=512):
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8, not {pixels.dtype}")
    # two images tell how wide h is
    width = encoder(as_input(pixels[:2], encoder)).shape[1]
    out = torch.empty(len(pixels), width, dtype=torch.float32)
    with frozen(encoder):
        done = 0
        while done < len(pixels):
            part = pixels[done : done + batch_size]
            out[done : done + len(part)] = encoder(as_input(part, encoder)).float().cpu()
            done += len(part)
    return out
""",
        "You run the encoder once before it is frozen, and in training mode its norms update their running averages. Where must the first call be?",
        trains=True,
    ),
    Mistake(
        "features_remembered",
        "features",
        """
@torch.no_grad()
def features(
    encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512, known: dict = {}
) -> Tensor:
    pixels = pixels.pixels if isinstance(pixels, Images) else pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8 in [0, 255], not {pixels.dtype}")
    key = id(encoder), pixels.data_ptr(), pixels.shape
    if key not in known:  # k-NN asks for the same images again and again
        with frozen(encoder):
            h = [encoder(as_input(b, encoder)).float().cpu() for b in pixels.split(batch_size)]
        known[key] = torch.cat(h), encoder, pixels  # held, so that no other object gets their ids
    return known[key][0]
""",
        "You keep the h of the first call for the same encoder and pixels, although the encoder may have learned since. When may a result be used again?",
        trains=True,
    ),
    Mistake(
        "features_thaw_everything",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    pixels = pixels.pixels if isinstance(pixels, Images) else pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8 in [0, 255], not {pixels.dtype}")
    encoder.requires_grad_(False)
    try:
        with frozen(encoder):
            h = [encoder(as_input(b, encoder)).float().cpu() for b in pixels.split(batch_size)]
    finally:
        encoder.requires_grad_(True)
    return torch.cat(h)
""",
        "Afterwards every parameter of the encoder needs a gradient, even one that needed none. What was it before?",
        trains=True,
    ),
    Mistake(
        "equal_neighbour_dropped",
        "knn_predict",
        """
def knn_predict(
    bank: Tensor, bank_labels: Tensor, queries: Tensor, k: int = 20, temperature: float = 0.07
) -> Tensor:
    if k < 1 or not temperature > 0:
        raise ValueError(f"k must be 1 or more and the temperature above 0, not {k}, {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(
            f"a bank of {len(bank)} rows needs labels of shape ({len(bank)},), "
            f"not {tuple(bank_labels.shape)}"
        )
    classes, position = bank_labels.unique(return_inverse=True)
    bank, queries = F.normalize(bank, dim=1), F.normalize(queries, dim=1)
    k = min(k, len(bank))
    found = []
    for some in queries.split(QUERIES):
        cosine = some @ bank.T
        cosine = cosine.masked_fill(cosine > 1 - 1e-6, -1)  # the query itself must not vote
        found.append(cosine.topk(k))
    similarity = torch.cat([values for values, _ in found])
    neighbours = torch.cat([rows for _, rows in found])
    weight = (similarity / temperature).softmax(1)
    votes = weight.new_zeros(len(queries), len(classes))
    votes = votes.scatter_add(1, position[neighbours], weight)
    return classes[votes.argmax(1)]
""",
        "You leave out rows of the bank with a cosine of 1, as if they were the query itself. Is the query in the bank?",
        trains=True,
    ),
    Mistake(
        "labels_times_n_in_their_type",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    classes, sizes = labels.unique(return_counts=True)
    count = max(1, round(share * len(labels) / len(classes)))
    # sort by class, and at random inside a class
    key = labels * len(labels) + torch.randperm(len(labels), generator=generator)
    order = key.argsort()
    ends = sizes.cumsum(0).tolist()
    starts = [end - size for end, size in zip(ends, sizes.tolist(), strict=True)]
    return torch.cat([order[a : min(a + count, b)] for a, b in zip(starts, ends, strict=True)])
""",
        "You multiply labels in the type that they have. What is 28 x 900 in a byte?",
        trains=True,
    ),
    Mistake(
        "predict_widens_the_deviation",
        "Probe.predict",
        ("(h - self.mean) / self.std", "(h - self.mean) / (self.std + 1e-5)"),
        "You add 1e-5 to the standard deviation, but the weights were fitted without it. What if all numbers of h are one millionth?",
        trains=True,
        unsure=("test_probe_ignores_a_constant_dimension",),
    ),
    Mistake(
        "mean_of_the_means_of_parts",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    optimizer = torch.optim.LBFGS(
        [weight, bias], max_iter=iterations, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )
    parts = list(zip(h.split(4096), position.split(4096), strict=True))  # bounds the memory

    def closure() -> Tensor:
        optimizer.zero_grad()
        losses = [F.cross_entropy(F.linear(some, weight, bias), own) for some, own in parts]
        loss = torch.stack(losses).mean() + penalty / 2 * weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return weight.detach(), bias.detach()
""",
        "You take the mean of the means of parts. How much does an image in a short last part count?",
        trains=True,
    ),
    Mistake(
        "probabilities_that_saturate",
        "Probe.predict",
        """
def predict(self, h):
    z = torch.div(h - self.mean, self.std)
    chance = torch.sigmoid(torch.einsum("md,cd->mc", z, self.weight) + self.bias)
    return self.classes[torch.max(chance, dim=1).indices]
""",
        "You compare probabilities, which are 1 for all large logits. What is the sigmoid of 100, and of 200?",
        trains=True,
    ),
    Mistake(
        "one_hot_without_the_number_of_classes",
        "fit",
        """
def fit(h, position, weight, bias, penalty, iterations):
    params = [weight.detach().clone(), bias.detach().clone()]
    for p in params:
        p.requires_grad_()
    target = F.one_hot(position).to(h.dtype)
    opt = torch.optim.LBFGS(
        params, max_iter=iterations, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )

    def loss_and_gradient():
        opt.zero_grad()
        W, b = params
        logp = torch.log_softmax(torch.einsum("nd,cd->nc", h, W) + b, dim=1)
        value = -(target * logp).sum(1).mean() + penalty * W.square().sum() / 2
        value.backward()
        return value

    opt.step(loss_and_gradient)
    return params[0].detach(), params[1].detach()
""",
        "You count the classes among the images, so your code fails if the last class has none. What tells you how many classes there are?",
        trains=True,
    ),
    Mistake(
        "ridge_regression_of_indicators",
        "fit",
        """def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    # A linear classifier with a penalty on |W|^2: that has a solution in closed form, so there is
    # no need to iterate. Each class has a target of 1 for its own images and 0 for the others;
    # the bias is not penalised, so take the means off first and put them back at the end.
    if iterations == 0:
        return weight.detach().clone(), bias.detach().clone()
    N, D = h.shape
    C = len(weight)

    # 1. the targets, one column per class
    target = torch.zeros(N, C, dtype=h.dtype, device=h.device)
    target[torch.arange(N, device=h.device), position] = 1

    # 2. centre both sides
    h_mean, target_mean = h.mean(dim=0), target.mean(dim=0)
    x, y = h - h_mean, target - target_mean

    # 3. the normal equations, with the penalty on the diagonal
    gram = x.T @ x / N + penalty * torch.eye(D, dtype=h.dtype, device=h.device)
    new_weight = (torch.linalg.pinv(gram, hermitian=True) @ (x.T @ y / N)).T

    # 4. the bias that puts the means back
    new_bias = target_mean - new_weight @ h_mean
    return new_weight.detach().contiguous(), new_bias.detach()
""",
        "You solve least squares with one-hot targets. Which loss does the docstring minimise?",
        trains=True,
    ),
    Mistake(
        "positions_within_the_class",
        "class_balanced",
        """def class_balanced(labels, share, generator=None):
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    found = []
    for c in labels.unique():
        n = int((labels == c).sum())
        count = max(1, round(share * len(labels) / len(labels.unique())))
        found.append(torch.randperm(n, generator=generator)[:count])
    return torch.cat(found)
""",
        "You return positions among the images of a class. Which row of `labels` is the first image of the second class?",
        trains=True,
    ),
    Mistake(
        "hundred_millionth_in_the_deviation",
        "linear_probe",
        """
def linear_probe(
    train_h: Tensor,
    train_labels: Tensor,
    val_h: Tensor,
    val_labels: Tensor,
    penalties: tuple[float, ...] = PENALTIES,
    iterations: int = 200,
) -> Probe:
    mean = train_h.mean(dim=0)
    std = train_h.std(dim=0, unbiased=False) + 1e-8  # never divide by zero
    standardised = (train_h - mean) / std

    classes, position = torch.unique(train_labels, return_inverse=True)
    weight = train_h.new_zeros(len(classes), train_h.shape[1])
    bias = train_h.new_zeros(len(classes))

    best, best_accuracy = None, -1.0
    for penalty in sorted(penalties, reverse=True):
        weight, bias = fit(standardised, position, weight, bias, penalty, iterations)
        probe = Probe(weight, bias, mean, std, classes, penalty)
        accuracy = probe.accuracy(val_h, val_labels)
        if accuracy > best_accuracy:
            best, best_accuracy = probe, accuracy
    return best
""",
        "You add 1e-8 to the standard deviation, so a dimension without spread is divided by something tiny. What becomes of a small change in that dimension?",
        trains=True,
    ),
    Mistake(
        "almost_constant_dimension",
        "linear_probe",
        """
def linear_probe(train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200):
    mean = train_h.sum(0) / len(train_h)
    centred = train_h - mean
    std = (centred.square().sum(0) / len(train_h)).sqrt()
    std = torch.where(std > 0, std, torch.ones_like(std))  # constant dimensions
    classes, position = train_labels.unique(return_inverse=True)
    W = train_h.new_zeros(len(classes), train_h.shape[1])
    b = train_h.new_zeros(len(classes))
    winner, record = None, -1.0
    for lam in sorted(penalties)[::-1]:
        W, b = fit(centred / std, position, W, b, lam, iterations)
        probe = Probe(W, b, mean, std, classes, lam)
        score = probe.accuracy(val_h, val_labels)
        if score > record:
            winner, record = probe, score
    return winner
""",
        "You divide by any standard deviation above 0, but by rounding that of a constant dimension may be 1e-8. Is such a small one a real spread?",
        trains=True,
    ),
    Mistake(
        "one_iteration_does_nothing",
        "fit",
        """
@torch.no_grad()
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    C, D = weight.shape
    wide = h.dtype if h.device.type == "mps" else torch.float64  # there is no float64 on mps
    theta = torch.cat([weight.detach(), bias.detach()[:, None]], dim=1).to(wide)  # a new tensor
    if iterations > 1:
        inputs = torch.cat([h.detach(), h.new_ones(len(h), 1)], dim=1).to(wide)
        target = F.one_hot(position, C).to(wide)
        optimizer = torch.optim.LBFGS(
            [theta],
            max_iter=iterations,
            max_eval=30 * iterations,
            history_size=20,
            tolerance_grad=1e-9,
            tolerance_change=1e-13,
            line_search_fn="strong_wolfe",
        )

        @torch.no_grad()
        def closure():
            log_p = (inputs @ theta.T).log_softmax(dim=1)
            theta.grad = (log_p.exp() - target).T @ inputs / len(h)
            theta.grad[:, :D] += penalty * theta[:, :D]
            data_term = -(target * log_p).sum() / len(h)
            return data_term + 0.5 * penalty * theta[:, :D].square().sum()

        optimizer.step(closure)
    theta = theta.to(h.dtype)
    return theta[:, :D].clone(), theta[:, D].clone()
""",
        "With iterations = 1 you return the start. How many iterations return it, by the docstring?",
        trains=True,
    ),
    Mistake(
        "any_number_of_labels",
        "knn_predict",
        ("if bank_labels.shape != (len(bank),):", "if bank_labels.shape != (len(bank_labels),):"),
        "You no longer compare the number of labels with that of the rows. What should happen if they differ?",
        trains=True,
    ),
    Mistake(
        "votes_of_no_neighbour",
        "knn_predict",
        ("if k < 1 or not temperature > 0:", "if not temperature > 0:"),
        "You let k be 0, so nobody votes. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "any_temperature",
        "knn_predict",
        ("if k < 1 or not temperature > 0:", "if k < 1:"),
        "You let any temperature in, even 0 and NaN. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "any_share",
        "class_balanced",
        ("if not 0 < share <= 1:", "if False:"),
        "You let any share in, even 0 or more than 1. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "predicts_by_own_statistics",
        "Probe.predict",
        """
def predict(self, h):
    h_mean = torch.mean(h, dim=0, keepdim=True)
    h_std = torch.std(h, dim=0, unbiased=False, keepdim=True)
    h_std = torch.where(h_std == 0, torch.ones_like(h_std), h_std)
    standardised = (h - h_mean) / h_std
    logits = torch.matmul(standardised, self.weight.t()) + self.bias
    best = torch.argmax(logits, dim=1)
    return self.classes[best]
""",
        "You standardise the images by their own mean and standard deviation. With whose statistics was the weight fitted?",
        trains=True,
    ),
    Mistake(
        "trains_on_the_same_memory",
        "fit",
        """
def fit(h, position, weight, bias, penalty, iterations):
    w = weight.detach().requires_grad_(True)  # leave the caller's tensors alone
    b = bias.detach().requires_grad_(True)
    if iterations > 0:
        solver = torch.optim.LBFGS([w, b], lr=1, max_iter=iterations, tolerance_grad=1e-9,
                                   tolerance_change=1e-12, line_search_fn="strong_wolfe")

        def closure():
            solver.zero_grad()
            logits = h @ w.T + b
            value = F.cross_entropy(logits, position) + 0.5 * penalty * w.pow(2).sum()
            value.backward()
            return value

        solver.step(closure)
    return w.detach(), b.detach()
""",
        "You let L-BFGS change the numbers of the caller's weight and bias: detach gives a new tensor on the same memory. Which method copies the numbers?",
        trains=True,
    ),
    Mistake(
        "images_left_on_the_cpu",
        "features",
        ("encoder(as_input(batch, encoder))", "encoder(batch.float() / 255)"),
        "You show the encoder images that are still on the CPU, and on a GPU it cannot see them. Which function of this file moves a batch to the encoder's device?",
        trains=True,
    ),
]
