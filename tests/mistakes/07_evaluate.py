# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 7: wrong ways to evaluate, and what to say about each.

`trains` is True only where something goes on learning after the mistake: the encoder, or the probe.
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
BEST = "return max(probes, key=lambda probe: probe.accuracy(val_h, val_labels))"

MISTAKES = [
    # features
    Mistake(
        "encoder_in_train_mode",
        "features",
        (HALF, "with torch.no_grad():"),
        "You leave the encoder in the mode it came in. In train mode batch norm uses the batch's own statistics, and keeps them. Which context manager of this file prevents it?",
        trains=True,
    ),
    Mistake(
        "left_in_eval_mode",
        "features",
        (HALF, "encoder.eval()\n    with torch.no_grad():"),
        "You leave the encoder in eval mode. What does batch norm no longer do when training goes on?",
        trains=True,
    ),
    Mistake(
        "all_parts_in_train_mode",
        "features",
        ("return torch.cat(h)", "encoder.train()\n    return torch.cat(h)"),
        "You put every part of the encoder in train mode afterwards. What if one of them was in eval mode before?",
        trains=True,
    ),
    Mistake(
        "parameters_frozen_for_good",
        "features",
        (HALF, "with frozen(encoder.requires_grad_(False)):"),
        "You switch requires_grad off and never on again. Who trains the encoder after your evaluation?",
    ),
    Mistake(
        "bytes_not_scaled",
        "features",
        (SHOWN, "batch.float()"),
        "You show pixels from 0 to 255. In what range were the pixels that the encoder learned from?",
        trains=True,
    ),
    Mistake(
        "scaled_twice",
        "features",
        (SHOWN, "as_input(batch, encoder) / 255"),
        "You divide by 255 and so does as_input. What is the brightest pixel then?",
        trains=True,
    ),
    Mistake(
        "scaled_to_both_signs",
        "features",
        (SHOWN, "(2 * as_input(batch, encoder) - 1)"),
        "You show pixels from -1 to 1. In what range were the pixels that the encoder learned from?",
        trains=True,
    ),
    Mistake(
        "batch_standardised",
        "features",
        (SHOWN, "as_input(batch - batch.float().mean(0, keepdim=True), encoder)"),
        "You take the mean image of the batch away. What is then the representation of an image that comes alone?",
        trains=True,
    ),
    Mistake(
        "mirrored",
        "features",
        (SHOWN, "as_input(batch.flip(3), encoder)"),
        "You show mirror images. Which random view is allowed when one evaluates?",
        trains=True,
    ),
    Mistake(
        "mirror_image_averaged",
        "features",
        (
            "encoder(as_input(batch, encoder)).float()",
            "(encoder(as_input(batch, encoder)) + encoder(as_input(batch.flip(3), encoder))).div(2)",
        ),
        "You average an image and its mirror image. That may help, but how often may the encoder see each image here?",
        trains=True,
    ),
    Mistake(
        "batches_backwards",
        "features",
        ("return torch.cat(h)", "return torch.cat(h[::-1])"),
        "Your batches come out in reverse. Which label will row 0 be compared with?",
        trains=True,
    ),
    Mistake(
        "unit_length",
        "features",
        ("return torch.cat(h)", "return F.normalize(torch.cat(h), dim=1)"),
        "You give every h length 1. knn_predict does that itself; does the linear probe want it?",
        trains=True,
    ),
    Mistake(
        "graph_kept",
        "features",
        ("@torch.no_grad()\n", "@torch.enable_grad()\n"),
        "h carries its graph, so every image stays in memory. Who will call backward on it?",
        trains=True,
    ),
    # knn_predict
    Mistake(
        "raw_inner_product",
        "knn_predict",
        (LENGTHS, "bank, queries = bank / 1, queries / 1"),
        "You take plain inner products, so long rows of the bank are near to everyone. What is the cosine divided by?",
    ),
    Mistake(
        "bank_not_normalised",
        "knn_predict",
        (LENGTHS, "queries = F.normalize(queries, dim=1)"),
        "Only the queries get length 1. Whose length still counts in the order of the neighbours?",
    ),
    Mistake(
        "queries_not_normalised",
        "knn_predict",
        (LENGTHS, "bank = F.normalize(bank, dim=1)"),
        "Only the bank gets length 1. The order stays, but what is exp(s / tau) of a query ten times as long?",
    ),
    Mistake(
        "columns_normalised",
        "knn_predict",
        (LENGTHS, "bank, queries = F.normalize(bank, dim=0), F.normalize(queries, dim=0)"),
        "You give every column length 1, across the images. Which dimension holds one image's numbers?",
    ),
    Mistake(
        "least_similar",
        "knn_predict",
        (".topk(k)", ".topk(k, largest=False)"),
        "You take the k smallest cosines: the farthest rows. For which measure is small near?",
    ),
    Mistake(
        "nearest_left_out",
        "knn_predict",
        (
            "[(some @ bank.T).topk(k) for some in queries.split(QUERIES)]",
            "[tuple(t[:, -k:] for t in (some @ bank.T).topk(min(k + 1, len(bank)))) for some in queries.split(QUERIES)]",
        ),
        "You skip the nearest row, as if the query were in the bank. Is it?",
    ),
    Mistake(
        "all_rows_vote",
        "knn_predict",
        ("k = min(k, len(bank))", "k = len(bank)"),
        "The whole bank votes, whatever k is. How many neighbours were asked for?",
    ),
    Mistake(
        "only_the_nearest",
        "knn_predict",
        ("k = min(k, len(bank))", "k = 1"),
        "Only the nearest row votes. What are the other k - 1 for?",
    ),
    Mistake(
        "votes_counted",
        "knn_predict",
        (WEIGHT, "weight = torch.ones_like(similarity)"),
        "Every neighbour has one vote. Should one at cosine 0.9 weigh as much as one at 0.5?",
    ),
    Mistake(
        "weight_is_the_cosine",
        "knn_predict",
        (WEIGHT, "weight = similarity / temperature"),
        "You weigh by s / tau itself. Where is the exp of exp(s / tau), and what is a negative vote?",
    ),
    Mistake(
        "multiplied_by_temperature",
        "knn_predict",
        ("similarity / temperature", "similarity * temperature"),
        "You multiply by the temperature. Should the nearest count for more or for less at a low one?",
    ),
    Mistake(
        "temperature_ignored",
        "knn_predict",
        ("similarity / temperature", "similarity / 0.07"),
        "You divide by 0.07 whatever is asked for. Where does the argument go?",
    ),
    Mistake(
        "softmax_over_queries",
        "knn_predict",
        (".softmax(1)", ".softmax(0)"),
        "Your softmax runs over the queries, so they change each other's votes. Over which dimension lie a query's neighbours?",
    ),
    Mistake(
        "mean_vote_of_a_class",
        "knn_predict",
        (
            "classes[votes.argmax(1)]",
            "classes[(votes / votes.new_zeros(votes.shape).scatter_add(1, position[neighbours], torch.ones_like(weight)).clamp(min=1)).argmax(1)]",
        ),
        "You take the mean weight of a class's neighbours. Should ten good neighbours say no more than one?",
    ),
    Mistake(
        "last_vote_of_a_class",
        "knn_predict",
        (
            "votes.scatter_add(1, position[neighbours], weight)",
            "votes.scatter(1, position[neighbours], weight)",
        ),
        "A neighbour's vote replaces the earlier votes of its class, as votes[rows, classes] += does too. How does one add where an index comes twice?",
    ),
    Mistake(
        "positions_returned",
        "knn_predict",
        ("return classes[votes.argmax(1)]", "return votes.argmax(1)"),
        "You return 0, 1, 2, … as the class. Which label does that position stand for?",
    ),
    Mistake(
        "overflow",
        "knn_predict",
        (WEIGHT, "weight = (similarity / temperature).float().exp().clamp(max=3e38)"),
        "exp(s / tau) leaves float32 at a low temperature, and all votes are equally huge. What may you take off every s / tau of a query without changing who wins?",
    ),
    # class_balanced
    Mistake(
        "any_images",
        "class_balanced",
        (FIRST, "return order[: count * len(classes)]"),
        "You draw from all images at once. What says that every class comes equally often?",
    ),
    Mistake(
        "share_of_each_class",
        "class_balanced",
        (
            FIRST,
            "own = [order[labels[order] == c] for c in classes]\n    return torch.cat([rows[: max(1, round(share * len(rows)))] for rows in own])",
        ),
        "You keep the same share of each class, so a large class stays large. What must be equal?",
    ),
    Mistake(
        "share_of_all_from_each",
        "class_balanced",
        ("round(share * len(labels) / len(classes))", "round(share * len(labels))"),
        "You keep share * N images of each class. Of how many images in all was it the share?",
    ),
    Mistake(
        "smallest_class_rules",
        "class_balanced",
        (
            "count = max(1, round(share * len(labels) / len(classes)))",
            "count = max(1, round(share * len(labels) / len(classes)))\n    count = min(count, *(int((labels == c).sum()) for c in classes))",
        ),
        "All classes give no more than the smallest one has. What does the docstring say of a class with too few?",
    ),
    Mistake(
        "class_may_vanish",
        "class_balanced",
        (
            "max(1, round(share * len(labels) / len(classes)))",
            "round(share * len(labels) / len(classes))",
        ),
        "A small share rounds to no image at all. How many of each class are the least?",
    ),
    Mistake(
        "always_the_first",
        "class_balanced",
        (ORDER, "order = torch.arange(len(labels))"),
        "You always take the first images of a class. Where does chance come in?",
    ),
    Mistake(
        "generator_ignored",
        "class_balanced",
        (ORDER, "order = torch.randperm(len(labels))"),
        "You draw from torch's own generator. What is the argument for?",
    ),
    Mistake(
        "seeded_inside",
        "class_balanced",
        (ORDER, "order = torch.randperm(len(labels), generator=Generator().manual_seed(0))"),
        "You seed inside, so every call chooses the same images. Who decides about the seed?",
    ),
    Mistake(
        "with_replacement",
        "class_balanced",
        (ORDER, "order = torch.randint(len(labels), (50 * len(labels),), generator=generator)"),
        "You draw with replacement, so an image can come twice. How many different labels does one then have?",
    ),
    Mistake(
        "places_within_a_class",
        "class_balanced",
        (
            FIRST,
            "places = [torch.randperm(int((labels == c).sum()), generator=generator) for c in classes]\n    return torch.cat([place[:count] for place in places])",
        ),
        "You return places within a class. In which row of the data set is the third image of a class?",
    ),
    Mistake(
        "mask_in_another_order",
        "class_balanced",
        ("order[labels[order] == c]", "order[labels == c]"),
        "You shuffle the rows, but the mask is in the old order. Which label has row order[i]?",
    ),
    Mistake(
        "same_places_in_all_classes",
        "class_balanced",
        (
            FIRST,
            "rows = [(labels == c).nonzero()[:, 0] for c in classes]\n    return torch.cat([own[order[order < len(own)]][:count] for own in rows])",
        ),
        "All classes use one random order, so place 3 comes from all or from none. What if neighbours in the files are alike?",
    ),
    Mistake(
        "one_stretch",
        "class_balanced",
        (
            FIRST,
            "rows = [(labels == c).nonzero()[:, 0] for c in classes]\n    starts = [int(torch.randint(len(own), (1,), generator=generator)) for own in rows]\n    return torch.cat([own.roll(start)[:count] for own, start in zip(rows, starts, strict=True)])",
        ),
        "You take a stretch of neighbours from a random start. Can the first and the third come without the second?",
    ),
    # Probe.predict
    Mistake(
        "not_standardised",
        "Probe.predict",
        (LINE, "F.linear(h, self.weight, self.bias)"),
        "You use h as it comes. For which numbers was the weight fitted?",
    ),
    Mistake(
        "only_centred",
        "Probe.predict",
        (" / self.std", ""),
        "You take the mean off, but do not divide by the deviation. What did training see?",
    ),
    Mistake(
        "only_scaled",
        "Probe.predict",
        ("(h - self.mean) / self.std", "h / self.std"),
        "You divide by the deviation, but leave the mean in. What did training see?",
    ),
    Mistake(
        "mean_not_scaled",
        "Probe.predict",
        ("(h - self.mean) / self.std", "h / self.std - self.mean"),
        "You divide before you take the mean off. In which unit is the mean?",
    ),
    Mistake(
        "own_statistics",
        "Probe.predict",
        ("(h - self.mean) / self.std", "(h - h.mean(0)) / h.std(0, correction=0).clamp(min=1e-6)"),
        "You standardise by the images asked about. What is left of one image that comes alone?",
    ),
    Mistake(
        "bias_forgotten",
        "Probe.predict",
        ("self.weight, self.bias", "self.weight"),
        "The bias is not used. Which class does an average image belong to?",
    ),
    Mistake(
        "row_not_label",
        "Probe.predict",
        ("return self.classes[logits.argmax(1)]", "return logits.argmax(1)"),
        "You return the row of the weight. Which label does that row stand for?",
    ),
    # fit
    Mistake(
        "bias_has_a_penalty",
        "fit",
        (PENALTY, "penalty / 2 * (weight.square().sum() + bias.square().sum())"),
        "You hold the bias down as well. What would it say if all images were alike?",
        trains=True,
    ),
    Mistake(
        "penalty_not_halved",
        "fit",
        (PENALTY, "penalty * weight.square().sum()"),
        "Your penalty is twice as strong: where is the half of penalty |W|² / 2?",
        trains=True,
    ),
    Mistake(
        "length_not_squared",
        "fit",
        (PENALTY, "penalty / 2 * (weight.square().sum() + 1e-12).sqrt()"),
        "You add the length of the weight, not its square. What is |W|²?",
        trains=True,
    ),
    Mistake(
        "mean_square",
        "fit",
        ("weight.square().sum()", "weight.square().mean()"),
        "You take the mean of the squares, so the penalty weakens with every dimension. What is |W|²?",
        trains=True,
    ),
    Mistake(
        "penalty_on_absolute_values",
        "fit",
        ("weight.square().sum()", "weight.abs().sum()"),
        "You add absolute values, which makes weights exactly 0. What is |W|²?",
        trains=True,
    ),
    Mistake(
        "no_penalty",
        "fit",
        (PENALTY, "0 * penalty"),
        "The penalty is not used. What stops the weights from growing where the classes can be told apart?",
        trains=True,
    ),
    Mistake(
        "losses_added",
        "fit",
        (ENTROPY, ENTROPY[:-1] + ', reduction="sum")'),
        "You add the losses of all images. What happens to the penalty's share when there are twice as many?",
        trains=True,
    ),
    Mistake(
        "softmax_twice",
        "fit",
        ("F.linear(h, weight, bias)", "F.linear(h, weight, bias).softmax(1)"),
        "You give cross_entropy probabilities. What does it do first with what it gets?",
        trains=True,
    ),
    Mistake(
        "one_against_the_rest",
        "fit",
        (
            ENTROPY,
            "F.binary_cross_entropy_with_logits(F.linear(h, weight, bias), F.one_hot(position, len(bias)).to(h))",
        ),
        "You fit a sigmoid for each class alone. What makes the shares of all classes add up to 1?",
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
        "The optimizer does not know the bias, so it stays where it was. Which tensors should change?",
        trains=True,
    ),
    Mistake(
        "too_few_iterations",
        "fit",
        ("max_iter=iterations", "max_iter=2"),
        "You stop after two iterations. How many were allowed?",
        trains=True,
    ),
    Mistake(
        "starts_at_random",
        "fit",
        ("weight, bias = weight.clone()", "weight, bias = torch.randn_like(weight)"),
        "You start at random. What are the weights for that you were given?",
        trains=True,
    ),
    Mistake(
        "callers_tensors",
        "fit",
        (
            "weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()",
            "weight, bias = weight.requires_grad_(), bias.requires_grad_()",
        ),
        "You train the caller's own tensors. How does one get a copy of a tensor?",
        trains=True,
    ),
    Mistake(
        "parameters_returned",
        "fit",
        ("return weight.detach(), bias.detach()", "return weight, bias"),
        "You return tensors that still require a gradient. What takes a tensor out of the graph?",
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
        "You stop at the first penalty that is worse than the one before. Can a later one be the best of all?",
        trains=True,
    ),
    Mistake(
        "probe_not_standardised",
        "linear_probe",
        (MOMENTS, "mean, std = 0 * train_h[0], 0 * train_h[0] + 1"),
        "You fit raw numbers, so a dimension in small units pays a larger penalty. What does the first step ask for?",
        trains=True,
    ),
    Mistake(
        "probe_centred_only",
        "linear_probe",
        (MOMENTS, "mean, std = train_h.mean(0), torch.ones_like(train_h[0])"),
        "You shift, but do not scale. Which penalty does a dimension pay that varies by a thousandth?",
        trains=True,
    ),
    Mistake(
        "variance_for_deviation",
        "linear_probe",
        ("train_h.std(0, correction=0)", "train_h.var(0, correction=0)"),
        "You divide by the variance. In which unit is it?",
        trains=True,
    ),
    Mistake(
        "one_deviation_for_all",
        "linear_probe",
        (
            MOMENTS,
            "mean, std = train_h.mean(0), train_h.std(correction=0).expand(train_h.shape[1])",
        ),
        "One deviation serves all dimensions. What becomes of one in small units?",
        trains=True,
    ),
    Mistake(
        "validation_images_in_the_mean",
        "linear_probe",
        (
            MOMENTS,
            "both = torch.cat([train_h, val_h])\n    mean, std = both.mean(0), both.std(0, correction=0)",
        ),
        "Validation images have a say in mean and deviation. Which images may the fit know?",
        trains=True,
    ),
    Mistake(
        "fitted_on_both",
        "linear_probe",
        (
            "classes, position = train_labels.unique(return_inverse=True)",
            "train_h = torch.cat([train_h, val_h])\n    classes, position = torch.cat([train_labels, val_labels]).unique(return_inverse=True)",
        ),
        "You fit validation images too. What does their accuracy say about the penalty then?",
        trains=True,
    ),
    Mistake(
        "chosen_on_training_images",
        "linear_probe",
        (BEST, BEST.replace("val_h, val_labels", "train_h, train_labels")),
        "You choose by the images that were fitted, where the smallest penalty wins. Which images know better?",
        trains=True,
    ),
    Mistake(
        "the_last_probe",
        "linear_probe",
        (BEST, "return probes[-1]"),
        "You return the last fit. Which of them is best on validation images?",
        trains=True,
    ),
    Mistake(
        "the_first_probe",
        "linear_probe",
        (BEST, "return probes[0]"),
        "You return the first fit. Which of them is best on validation images?",
        trains=True,
    ),
    Mistake(
        "the_worst_probe",
        "linear_probe",
        ("max(probes", "min(probes"),
        "You keep the probe with the lowest accuracy. For which measure is small good?",
        trains=True,
    ),
    Mistake(
        "smallest_of_equals",
        "linear_probe",
        ("sorted(penalties, reverse=True)", "sorted(penalties)"),
        "Of equally good probes you keep the one with the smallest penalty. Which does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "first_of_equals",
        "linear_probe",
        ("sorted(penalties, reverse=True)", "penalties"),
        "Of equally good probes you keep the one that was named first. Which does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "constant_dimension_blown_up",
        "linear_probe",
        (
            "std = torch.where(std > 1e-6, std, torch.ones_like(std))",
            "std = std.nan_to_num()",
        ),
        "A dimension that never changes has deviation 0, and you divide by it. By what could you divide instead?",
    ),
    Mistake(
        "positions_for_labels",
        "linear_probe",
        (
            "probes.append(Probe(weight, bias, mean, std, classes, penalty))",
            "probes.append(Probe(weight, bias, mean, std, torch.arange(len(classes)), penalty))",
        ),
        "Your classes are 0, 1, 2, …. Which label does row 0 of the weight stand for?",
        trains=True,
    ),
]
