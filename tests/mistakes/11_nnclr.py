# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 11: what one gets wrong when writing NNCLR."""

from lessons.course.mistakes import Mistake

SIMILARITY = "F.normalize(z.to(self.rows), dim=1) @ self.rows.T"
OWN = "own = exclude[:, None].to(self.images) == self.images"
FILL = "similarity = similarity.masked_fill(own, -2)"
DRAW = "one = torch.multinomial(counts, 1, generator=generator).to(nearest.indices)"
ROWS = "self.rows[self.find(z)]"
PLACES = "(self.position + torch.arange(len(z), device=self.rows.device)) % len(self.rows)"
OLDER = "self.ages += self.ages >= 0"
NEW = "F.normalize(z.detach().to(self.rows), dim=1)"
ON = "self.position.copy_((self.position + len(z)) % len(self.rows))"
LOGITS = "neighbours @ F.normalize(p.to(neighbours), dim=1).T / temperature"
ENTROPY = "F.cross_entropy(logits, torch.arange(len(p), device=p.device))"
ONE_WAY = "neighbour_loss(support.nearest(z1), p2, temperature)"
SEARCH = "one, two = self.search(z1, index), self.search(z2, index)"
LOSS1 = "loss1 = self.agree(neighbours1, self.predictor(z2))"
LOSS2 = "loss2 = self.agree(neighbours2, self.predictor(z1))"
PUSH = "self.support.push(z1, index)"
FOUND = "self.found = self.describe(torch.cat([one, two]), index.repeat(2))"

MISTAKES = [
    # SupportSet.find
    Mistake(
        "argmin_of_similarity",
        "SupportSet.find",
        ("similarity.argmax(1)", "similarity.argmin(1)"),
        "You take the least similarity. Is the nearest row the one with the smallest or the largest cosine?",
        trains=True,
    ),
    Mistake(
        "absolute_similarity",
        "SupportSet.find",
        (SIMILARITY, f"({SIMILARITY}).abs()"),
        "You drop the sign, so an opposite row counts as near. What is the distance of z and -z?",
        trains=True,
    ),
    Mistake(
        "one_dimension_short",
        "SupportSet.find",
        (SIMILARITY, "F.normalize(z.to(self.rows), dim=1)[:, 1:] @ self.rows[:, 1:].T"),
        "You leave the first number of every vector out. Over which d does the inner product run?",
        trains=True,
    ),
    Mistake(
        "normalize_the_batch",
        "SupportSet.find",
        (SIMILARITY, "F.normalize(z.to(self.rows), dim=0) @ self.rows.T"),
        "You give each column of the batch length 1, so a query depends on its neighbours in the batch. Which dimension holds the numbers of one projection?",
        trains=True,
    ),
    Mistake(
        "nearest_by_city_block",
        "SupportSet.find",
        (SIMILARITY, "-torch.cdist(F.normalize(z.to(self.rows), dim=1), self.rows, p=1) / 100"),
        "You compare by the sum of absolute differences. Which distance is |z - q|?",
        trains=True,
    ),
    Mistake(
        "second_nearest",
        "SupportSet.find",
        ("similarity.argmax(1)", "similarity.topk(min(2, len(self.rows))).indices[:, -1]"),
        "You take the second nearest, as one does where a query is in the set itself. Is it, before the push?",
        trains=True,
    ),
    Mistake(
        "only_pushed_rows",
        "SupportSet.find",
        (SIMILARITY, f"({SIMILARITY}).masked_fill(self.ages < 0, -1.5)"),
        "You skip rows that were never pushed. In the paper the set starts full of random rows, and they are searched; what would you do in the first step?",
        trains=True,
    ),
    Mistake(
        "rows_up_to_the_position",
        "SupportSet.find",
        ("similarity.argmax(1)", "similarity[:, : max(int(self.position), 1)].argmax(1)"),
        "You search the rows before the position only. Which rows stand behind it once the ring has gone round?",
        trains=True,
    ),
    Mistake(
        "rows_before_the_position",
        "SupportSet.find",
        (
            SIMILARITY,
            f"({SIMILARITY}).index_fill(1, torch.arange(int(self.position) or len(self.rows), len(self.rows)), -1.5)",
        ),
        "Once rows were pushed you search those before the position only. Which rows stand behind it once the ring has gone round?",
        trains=True,
    ),
    Mistake(
        "found_rows_are_young_again",
        "SupportSet.find",
        (
            "return similarity.argmax(1)",
            "found = similarity.argmax(1)\n            self.ages[found] = 0\n            return found",
        ),
        "You set the age of a found row to 0, as a cache does. What does an age count?",
        trains=True,
    ),
    Mistake(
        "half_precision",
        "SupportSet.find",
        (SIMILARITY, "(F.normalize(z, dim=1).bfloat16() @ self.rows.T.bfloat16()).to(self.rows)"),
        "You compare in half precision, which cannot tell rows apart that lie close. How many digits has bfloat16?",
        trains=True,
    ),
    Mistake(
        "exclude_forgotten",
        "SupportSet.find",
        (FILL, "similarity = similarity * 1.0"),
        "`exclude` changes nothing: an image may find its own older row. What would then be the difference from SimCLR?",
        trains=True,
    ),
    Mistake(
        "own_rows_get_zero",
        "SupportSet.find",
        ("masked_fill(own, -2)", "masked_fill(own, 0)"),
        "Own rows get similarity 0, which beats every row that points away. What is below any cosine?",
        trains=True,
    ),
    Mistake(
        "own_rows_get_minus_one",
        "SupportSet.find",
        ("masked_fill(own, -2)", "masked_fill(own, -1)"),
        "Own rows get similarity -1, which a row that lies opposite has as well. What is below any cosine?",
        trains=True,
    ),
    Mistake(
        "own_rows_fill_the_k",
        "SupportSet.find",
        ("counts = (nearest.values != -2).float().cpu()", "counts = torch.ones(len(z), k)"),
        "You draw one of k even where fewer than k rows count, and an image finds its own row. How many are left to draw from?",
        trains=True,
    ),
    Mistake(
        "long_vectors_beat_the_mask",
        "SupportSet.find",
        (SIMILARITY, "z.to(self.rows) @ self.rows.T"),
        "z is not of length 1, so a similarity can lie below the -2 that you give to own rows. Which numbers can a cosine take?",
        trains=True,
    ),
    Mistake(
        "places_for_images",
        "SupportSet.find",
        (
            OWN,
            "own = exclude[:, None].to(self.images) == torch.arange(len(self.images), device=self.images.device)",
        ),
        "You leave out row number 8 for image 8. Where does the set say which image a row is of?",
        trains=True,
    ),
    Mistake(
        "excludes_the_whole_batch",
        "SupportSet.find",
        (OWN, "own = torch.isin(self.images, exclude).expand(len(z), -1)"),
        "A row of any image of the batch is left out for all queries. For which query is a row its own?",
        trains=True,
    ),
    Mistake(
        "only_own_rows",
        "SupportSet.find",
        (OWN, "own = exclude[:, None].to(self.images) != self.images"),
        "You keep the image's own rows and drop all others. Which of them are to go?",
        trains=True,
    ),
    Mistake(
        "excludes_one_row_only",
        "SupportSet.find",
        (
            FILL,
            "best = similarity.argmax(1, keepdim=True)\n"
            "            lost = own.gather(1, best)\n"
            "            similarity = similarity.scatter(1, best, torch.where(lost, -2.0, similarity.gather(1, best).double()).to(similarity))",
        ),
        "If the nearest row is its own you take the next one, and never look whether that is its own too. How many rows may an image have?",
        trains=True,
    ),
    Mistake(
        "always_the_kth",
        "SupportSet.find",
        (
            "return nearest.indices.gather(1, one)[:, 0]",
            "return nearest.indices.gather(1, counts.sum(1, keepdim=True).to(one) - 1)[:, 0]",
        ),
        "You always take the last of the k. Which of them may be chosen?",
        trains=True,
    ),
    Mistake(
        "k_is_ignored",
        "SupportSet.find",
        ("if k == 1:", "if k >= 1:"),
        "You return the nearest whatever k is. What should happen for k = 2?",
        trains=True,
    ),
    Mistake(
        "any_row_for_k",
        "SupportSet.find",
        (
            "return nearest.indices.gather(1, one)[:, 0]",
            "return torch.multinomial((similarity != -2).float(), 1, generator=generator)[:, 0]",
        ),
        "For k > 1 you choose among all rows of the set. Among how many of them?",
        trains=True,
    ),
    Mistake(
        "one_draw_for_the_batch",
        "SupportSet.find",
        (DRAW, DRAW.replace("counts, 1", "counts[:1], 1") + ".expand(len(z), 1)"),
        "One draw serves the whole batch: all take the same rank. Who draws?",
        trains=True,
    ),
    Mistake(
        "nearest_is_never_chosen",
        "SupportSet.find",
        (
            "counts = (nearest.values != -2).float().cpu()",
            "counts = (nearest.values != -2).float().cpu()\n        counts[:, 0] = 0",
        ),
        "The nearest itself is never chosen. Does 'one of the k nearest' begin with the first or the second?",
        trains=True,
    ),
    Mistake(
        "softmax_of_the_k",
        "SupportSet.find",
        (
            "counts = (nearest.values != -2).float().cpu()",
            "counts = (nearest.values / 0.1).softmax(1).cpu()",
        ),
        "Nearer rows are chosen more often. How likely is each of the k?",
        trains=True,
    ),
    Mistake(
        "k_before_exclusion",
        "SupportSet.find",
        (
            "counts = (nearest.values != -2).float().cpu()",
            "kept = (F.normalize(z.to(self.rows), dim=1) @ self.rows.T).topk(k)\n"
            "        nearest = nearest if exclude is None else kept\n"
            "        counts = torch.ones(len(z), k)",
        ),
        "You take the k nearest of all rows, and own ones are among them again. Which comes first, leaving out or choosing k?",
        trains=True,
    ),
    Mistake(
        "generator_ignored",
        "SupportSet.find",
        (DRAW, DRAW.replace("generator=generator", "generator=None")),
        "You draw from torch's global generator. How shall a run be repeated that was given one of its own?",
        trains=True,
    ),
    Mistake(
        "same_draw_every_time",
        "SupportSet.find",
        (
            DRAW,
            DRAW.replace(
                "generator=generator",
                "generator=Generator().manual_seed(generator.initial_seed() if generator else 0)",
            ),
        ),
        "Every call draws the same numbers. Who remembers how far the drawing has come?",
        trains=True,
    ),
    # SupportSet.nearest
    Mistake(
        "the_query_itself",
        "SupportSet.nearest",
        (ROWS, "F.normalize(z.detach().to(self.rows), dim=1)"),
        "You return the projection, not its neighbour: this is SimCLR with a predictor. Where do neighbours lie?",
        trains=True,
    ),
    Mistake(
        "row_of_the_batch",
        "SupportSet.nearest",
        (ROWS, "F.normalize(z.detach().to(self.rows), dim=1)[self.find(z) % len(z)]"),
        "You look the position up in the batch. Whose rows does `find` number?",
        trains=True,
    ),
    Mistake(
        "straight_through",
        "SupportSet.nearest",
        (ROWS, "z + (self.rows[self.find(z)] - z).detach()"),
        "Your rows are right but a gradient goes through them to z, straight through, as in a well-known example. Does the projection that searches learn?",
        trains=True,
    ),
    Mistake(
        "soft_neighbour",
        "SupportSet.nearest",
        (
            ROWS,
            "(F.normalize(z.detach().to(self.rows), dim=1) @ self.rows.T / 0.1).softmax(1) @ self.rows",
        ),
        "You return a weighted mean of all rows. Which single row does NN(z, Q) name?",
        trains=True,
    ),
    Mistake(
        "mean_of_two",
        "SupportSet.nearest",
        (
            ROWS,
            "self.rows[(F.normalize(z.detach().to(self.rows), dim=1) @ self.rows.T).topk(2).indices].mean(1)",
        ),
        "You return the mean of the two nearest rows. How many neighbours has a projection here, and what is the length of a mean?",
        trains=True,
    ),
    Mistake(
        "as_long_as_the_query",
        "SupportSet.nearest",
        (ROWS, "self.rows[self.find(z)] * z.detach().norm(dim=1, keepdim=True)"),
        "You give the neighbour the length of the projection. Which length has a row of the set?",
        trains=True,
    ),
    Mistake(
        "one_row_further",
        "SupportSet.nearest",
        (ROWS, "self.rows[self.find(z) - 1]"),
        "You return the row before the one that was found. Do positions start at 0 or at 1?",
        trains=True,
    ),
    # SupportSet.push
    Mistake(
        "not_normalised",
        "SupportSet.push",
        (NEW, "z.detach().to(self.rows)"),
        "You keep projections at the length they come with; the longest would be everyone's nearest. Which length has a row of the set?",
        trains=True,
    ),
    Mistake(
        "normalised_over_the_batch",
        "SupportSet.push",
        (NEW, "F.normalize(z.detach().to(self.rows), dim=0)"),
        "You give each column of the batch length 1. Which dimension holds the numbers of one projection?",
        trains=True,
    ),
    Mistake(
        "keeps_the_graph",
        "SupportSet.push",
        (NEW, "F.normalize(z.to(self.rows), dim=1)"),
        "The set keeps the gradient's history of every projection, and the next step runs back through it. What of a projection should stay?",
    ),
    Mistake(
        "position_stays",
        "SupportSet.push",
        (ON, "self.position.copy_(self.position)"),
        "The position never moves, so every batch takes the place of the last one. Where does the next batch go?",
        trains=True,
    ),
    Mistake(
        "position_moves_by_one",
        "SupportSet.push",
        (ON, "self.position.copy_((self.position + 1) % len(self.rows))"),
        "The position moves on by one. How many rows came?",
        trains=True,
    ),
    Mistake(
        "overflow_is_dropped",
        "SupportSet.push",
        (
            PLACES,
            "torch.arange(int(self.position), min(int(self.position) + len(z), len(self.rows)), device=self.rows.device)\n"
            "        z, images = z[: len(places)], images if images is None else images[: len(places)]",
        ),
        "What does not fit before the end is dropped, as in a well-known library. Where do those rows belong?",
        trains=True,
    ),
    Mistake(
        "starts_over_before_the_end",
        "SupportSet.push",
        (
            PLACES,
            "torch.arange(len(z), device=self.rows.device) + (self.position if self.position + len(z) <= len(self.rows) else 0)",
        ),
        "A batch that does not fit before the end goes to the beginning, and old rows stay at the end. Which rows are the oldest?",
        trains=True,
    ),
    Mistake(
        "at_the_end_of_the_ring",
        "SupportSet.push",
        (
            PLACES,
            "(self.position + torch.arange(len(z), device=self.rows.device)).clamp(max=len(self.rows) - 1)",
        ),
        "All rows that do not fit go to the last place, one over the other. What comes after the last place of a ring?",
        trains=True,
    ),
    Mistake(
        "random_places",
        "SupportSet.push",
        (PLACES, "torch.randperm(len(self.rows), device=self.rows.device)[: len(z)]"),
        "New rows take random places, so a row may stay for ever. Which rows should go?",
        trains=True,
    ),
    Mistake(
        "newest_go_first",
        "SupportSet.push",
        (
            PLACES,
            "(self.position - torch.arange(1, len(z) + 1, device=self.rows.device) if self.ages.min() >= 0 else self.position + torch.arange(len(z), device=self.rows.device)) % len(self.rows)",
        ),
        "Once the set is full the newest rows are overwritten. Which rows should go?",
        trains=True,
    ),
    Mistake(
        "last_of_a_batch_goes_first",
        "SupportSet.push",
        """def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError("too many")
    left = len(self.rows) - len(z)
    of = torch.full((len(z),), -1) if images is None else images
    older = self.ages + (self.ages >= 0)
    self.rows = torch.cat([F.normalize(z.detach().to(self.rows), dim=1), self.rows[:left]])
    self.images = torch.cat([of.to(self.images), self.images[:left]])
    self.ages = torch.cat([torch.zeros_like(older[: len(z)]), older[:left]])
""",
        "You put each batch in front as it is, and the end falls off, so of a batch cut in two the later rows go first. Which rows are the last Q?",
        trains=True,
    ),
    Mistake(
        "images_not_written",
        "SupportSet.push",
        ("self.images[places] = -1 if images is None else images.to(self.images)", "pass"),
        "The set does not learn which images its new rows are of. Whose rows will `find` leave out?",
        trains=True,
    ),
    Mistake(
        "old_images_stay",
        "SupportSet.push",
        (
            "self.images[places] = -1 if images is None else images.to(self.images)",
            "self.images[places] = self.images[places] if images is None else images.to(self.images)",
        ),
        "Without images the overwritten rows' images stay. Of which image is a row that nobody has named?",
        trains=True,
    ),
    Mistake(
        "images_in_reverse",
        "SupportSet.push",
        ("images.to(self.images)", "images.to(self.images).flip(0)"),
        "images[0] is written beside the last row. Which row is of which image?",
        trains=True,
    ),
    Mistake(
        "images_in_order_of_number",
        "SupportSet.push",
        ("images.to(self.images)", "images.to(self.images).sort().values"),
        "You sort the images and leave the rows as they are. Which row is of which image?",
        trains=True,
    ),
    Mistake(
        "images_at_the_beginning",
        "SupportSet.push",
        (
            "self.images[places] = -1",
            "self.images[: len(z)] = -1",
        ),
        "The images always go to the first B places. Where did the rows go?",
        trains=True,
    ),
    Mistake(
        "nobody_ages",
        "SupportSet.push",
        (OLDER, "self.ages += 0"),
        "No row grows older. What is the age of a row three pushes later?",
        trains=True,
    ),
    Mistake(
        "unborn_age_too",
        "SupportSet.push",
        (OLDER, "self.ages += 1"),
        "Rows that were never pushed grow older too, from -1 to 0, and look new. What does -1 say?",
        trains=True,
    ),
    Mistake(
        "new_rows_are_one_old",
        "SupportSet.push",
        ("self.ages[places] = 0", "self.ages[places] = 1"),
        "New rows begin at age 1. How many pushes ago did they come?",
        trains=True,
    ),
    Mistake(
        "ages_in_rows",
        "SupportSet.push",
        (OLDER, "self.ages += len(z) * (self.ages >= 0)"),
        "Every push makes rows older by B. In what are ages counted?",
        trains=True,
    ),
    Mistake(
        "ages_are_not_reset",
        "SupportSet.push",
        ("self.ages[places] = 0", "self.ages[places] = self.ages[places].clamp(min=0)"),
        "A new row takes over the age of the row whose place it takes. How old is it?",
        trains=True,
    ),
    Mistake(
        "position_beyond_the_end",
        "SupportSet.push",
        (ON, "self.position.copy_(self.position % len(self.rows) + len(z))"),
        "Your rows go round the end, but position can be Q, a place that is not there. Which number follows Q - 1?",
        trains=True,
    ),
    # neighbour_loss
    Mistake(
        "predictions_not_normalised",
        "neighbour_loss",
        (LOGITS, "neighbours @ p.to(neighbours).T / temperature"),
        "You take plain inner products, so a longer prediction counts for more. What must be true of p before the product?",
        trains=True,
    ),
    Mistake(
        "normalised_columns",
        "neighbour_loss",
        (LOGITS, LOGITS.replace("dim=1", "dim=0")),
        "You give every column of p length 1, across the batch. Which dimension holds the numbers of one prediction?",
        trains=True,
    ),
    Mistake(
        "no_temperature",
        "neighbour_loss",
        (LOGITS, LOGITS.replace(" / temperature", " * 1.0")),
        "The temperature is not used. What should change when it goes from 1 to 0.1?",
        trains=True,
    ),
    Mistake(
        "times_temperature",
        "neighbour_loss",
        (LOGITS, LOGITS.replace("/ temperature", "* temperature")),
        "You multiply by the temperature. Should a lower one make differences larger or smaller?",
        trains=True,
    ),
    Mistake(
        "predictions_ask",
        "neighbour_loss",
        (ENTROPY, ENTROPY.replace("logits,", "logits.T,")),
        "Your softmax runs over neighbours: each prediction looks for its neighbour. Who asks in the equation, and over what does k run?",
        trains=True,
    ),
    Mistake(
        "both_axes",
        "neighbour_loss",
        (
            f"return {ENTROPY}",
            f"return ({ENTROPY} + {ENTROPY.replace('logits,', 'logits.T,')}) / 2",
        ),
        "You average the softmax over predictions and that over neighbours, as one public example does. Which of the two is in the equation?",
        trains=True,
    ),
    Mistake(
        "diagonal_masked",
        "neighbour_loss",
        (
            f"return {ENTROPY}",
            "itself = torch.eye(len(p), dtype=torch.bool, device=p.device)\n"
            "    rest = logits.masked_fill(itself, -torch.inf) if len(p) > 1 else logits\n"
            "    return (rest.logsumexp(1) - logits.diagonal()).mean()",
        ),
        "You leave the diagonal out of the sum, as NT-Xent does with a view itself. What is on the diagonal here?",
        trains=True,
    ),
    Mistake(
        "neighbours_repel_too",
        "neighbour_loss",
        (f"return {ENTROPY}", "return nt_xent_loss(neighbours, p.to(neighbours), temperature)"),
        "Your candidates are those of NT-Xent, 2B - 1, so neighbours also repel neighbours. How many terms has the sum here?",
        trains=True,
    ),
    Mistake(
        "sum_over_the_batch",
        "neighbour_loss",
        (ENTROPY, ENTROPY[:-1] + ', reduction="sum")'),
        "You add the losses of the batch. By what do you divide?",
        trains=True,
    ),
    Mistake(
        "pull_without_push",
        "neighbour_loss",
        (f"return {ENTROPY}", "return -logits.diagonal().mean()"),
        "You only pull pairs together, as BYOL does. Against what must the right prediction win?",
        trains=True,
    ),
    Mistake(
        "probability_not_log",
        "neighbour_loss",
        (f"return {ENTROPY}", "return 1 - logits.softmax(1).diagonal().mean()"),
        "You return the probability of being wrong. Where is the log of the equation?",
        trains=True,
    ),
    Mistake(
        "softmax_twice",
        "neighbour_loss",
        (ENTROPY, ENTROPY.replace("logits,", "logits.softmax(1),")),
        "You give cross_entropy probabilities. What does it do first with what it gets?",
        trains=True,
    ),
    Mistake(
        "neighbour_of_another",
        "neighbour_loss",
        (ENTROPY, ENTROPY.replace("device=p.device)", "device=p.device).roll(1)")),
        "Neighbour i is to find another image's prediction. In which column is the right one?",
        trains=True,
    ),
    Mistake(
        "predictions_detached",
        "neighbour_loss",
        (LOGITS, LOGITS.replace("p.to(neighbours)", "p.detach().to(neighbours)")),
        "You stop the gradient at the predictions, and neighbours have none: nothing learns. On which side does NNCLR stop it?",
    ),
    Mistake(
        "negatives_detached",
        "neighbour_loss",
        (
            f"return {ENTROPY}",
            "right = torch.eye(len(p), dtype=torch.bool, device=p.device)\n"
            "    return (torch.where(right, logits, logits.detach()).logsumexp(1) - logits.diagonal()).mean()",
        ),
        "The wrong answers get no gradient, so nothing pushes other images away. Which terms of the sum depend on p?",
        trains=True,
    ),
    Mistake(
        "exp_before_log",
        "neighbour_loss",
        (
            f"return {ENTROPY}",
            "e = (logits.double().exp() if logits.dtype == torch.float64 else logits.clamp(max=80).exp())\n"
            "    return -(e.diagonal() / e.sum(1)).log().mean()",
        ),
        "You compute exp of every logit, cut off where float32 ends. What is left of the differences at tau = 0.005?",
        trains=True,
    ),
    # nnclr_loss
    Mistake(
        "predictions_search",
        "nnclr_loss",
        (ONE_WAY, "neighbour_loss(support.nearest(p2), p2, temperature)"),
        "You search with the predictions of view 2 and let them be found by what they found. Which view searches?",
        trains=True,
    ),
    Mistake(
        "views_exchanged",
        "nnclr_loss",
        (ONE_WAY, "neighbour_loss(support.nearest(p2), z1, temperature)"),
        "p2 searches and z1 is compared. Which of the two went through the predictor?",
    ),
    Mistake(
        "no_neighbours",
        "nnclr_loss",
        (ONE_WAY, "neighbour_loss(F.normalize(z1.detach(), dim=1), p2, temperature)"),
        "You compare z1 itself with the predictions. Where is the support set?",
        trains=True,
    ),
    Mistake(
        "gradient_to_the_query",
        "nnclr_loss",
        (
            ONE_WAY,
            "neighbour_loss(z1 + (support.nearest(z1) - z1).detach(), p2, temperature)",
        ),
        "The value is right, but a gradient goes through the neighbour to z1. Through what alone does NNCLR learn?",
        trains=True,
    ),
    Mistake(
        "always_a_tenth",
        "nnclr_loss",
        (ONE_WAY, "neighbour_loss(support.nearest(z1), p2, 0.1)"),
        "You always use 0.1. What happens to the temperature that the caller gives?",
        trains=True,
    ),
    Mistake(
        "pushes_as_well",
        "nnclr_loss",
        (
            f"return {ONE_WAY}",
            f"loss = {ONE_WAY}\n    support.push(z1.detach())\n    return loss",
        ),
        "You push z1 as well. Who decides when the set changes?",
        trains=True,
    ),
    Mistake(
        "push_first",
        "nnclr_loss",
        (
            f"return {ONE_WAY}",
            f"support.push(z1.detach()[: len(support.rows)])\n    return {ONE_WAY}",
        ),
        "You push z1 before you search, so every view finds itself. What is the order?",
        trains=True,
    ),
    Mistake(
        "nt_xent_of_neighbours",
        "nnclr_loss",
        (ONE_WAY, "nt_xent_loss(support.nearest(z1), p2.to(support.rows), temperature)"),
        "You give neighbours and predictions to NT-Xent, as one library does: 2B - 1 candidates. How many has the equation?",
        trains=True,
    ),
    # NNCLR.loss
    Mistake(
        "same_view",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            f"{LOSS1.replace('z2', 'z1')}\n        {LOSS2.replace('z1', 'z2')}",
        ),
        "Each neighbour meets the prediction of the view that searched for it. Which view is it to find?",
        trains=True,
    ),
    Mistake(
        "one_direction",
        "NNCLR.loss",
        ("return (loss1 + loss2) / 2", "return loss1"),
        "Only view 1 searches. What of the other direction?",
        trains=True,
    ),
    Mistake(
        "sum_of_directions",
        "NNCLR.loss",
        ("(loss1 + loss2) / 2", "loss1 + loss2"),
        "You add the two directions. What is their mean?",
        trains=True,
    ),
    Mistake(
        "no_predictor",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            f"{LOSS1.replace('self.predictor(z2)', 'z2')}\n        {LOSS2.replace('self.predictor(z1)', 'z1')}",
        ),
        "You compare with projections. Through which network do they still have to go?",
        trains=True,
    ),
    Mistake(
        "one_prediction_stopped",
        "NNCLR.loss",
        (LOSS2, LOSS2.replace("z1", "z1.detach()")),
        "View 1 gets no gradient: its prediction is made of a copy. Which of the two views teaches the encoder?",
        trains=True,
    ),
    Mistake(
        "predictions_stopped",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            f"{LOSS1.replace('z2', 'z2.detach()')}\n        {LOSS2.replace('z1', 'z1.detach()')}",
        ),
        "Only the predictor learns, for no gradient leaves it towards z. How does the encoder learn?",
        trains=True,
    ),
    Mistake(
        "one_search_for_both",
        "NNCLR.loss",
        (
            "self.support.rows[one], self.support.rows[two]",
            "self.support.rows[one], self.support.rows[one]",
        ),
        "Both directions use the neighbours of view 1. Who searches for view 2?",
        trains=True,
    ),
    Mistake(
        "push_before_search",
        "NNCLR.loss",
        (
            SEARCH,
            f"{PUSH}\n        {SEARCH}\n        self.support.position.copy_((self.support.position - len(z1)) % len(self.support.rows))",
        ),
        "You push before you search. Whom does a view find that is in the set already?",
        trains=True,
    ),
    Mistake(
        "push_between_searches",
        "NNCLR.loss",
        (
            f"{SEARCH}\n        neighbours1, neighbours2 = self.support.rows[one], self.support.rows[two]",
            "one = self.search(z1, index)\n"
            "        neighbours1 = self.support.rows[one]\n"
            "        self.support.push(z1.detach(), index)\n"
            "        two = self.search(z2, index)\n"
            "        neighbours2 = self.support.rows[two]\n"
            "        self.support.position.copy_((self.support.position - len(z1)) % len(self.support.rows))\n"
            "        self.support.ages -= (self.support.ages > 0).long()",
        ),
        "View 1 joins the set before view 2 searches. Which rows should view 2 see?",
        trains=True,
    ),
    Mistake(
        "rows_looked_up_after_the_push",
        "NNCLR.loss",
        """def loss(self, z1, z2, index):
    one, two = self.search(z1, index), self.search(z2, index)
    self.found = self.describe(torch.cat([one, two]), index.repeat(2))
    self.support.push(z1, index)
    loss1 = self.agree(self.support.rows[one], self.predictor(z2))
    loss2 = self.agree(self.support.rows[two], self.predictor(z1))
    return (loss1 + loss2) / 2
""",
        "You search first, but take the rows from their places after the push, when others stand there. What do positions stand for?",
        trains=True,
    ),
    Mistake(
        "never_pushed",
        "NNCLR.loss",
        (PUSH, "pass"),
        "Nothing is ever pushed: the neighbours stay the random rows of the beginning. What joins the set after a step?",
        trains=True,
    ),
    Mistake(
        "second_view_pushed",
        "NNCLR.loss",
        (PUSH, "self.support.push(z2.detach(), index)"),
        "You push view 2. Which view does the docstring name?",
        trains=True,
    ),
    Mistake(
        "prediction_pushed",
        "NNCLR.loss",
        (PUSH, "self.support.push(self.predictor(z1).detach(), index)"),
        "You push predictions. With what do later projections compare themselves when they search?",
        trains=True,
    ),
    Mistake(
        "both_views_pushed",
        "NNCLR.loss",
        (
            PUSH,
            "half = len(self.support.rows) // 2\n"
            "        self.support.push(torch.cat([z1[:half], z2[:half]]).detach(), index[:half].repeat(2))",
        ),
        "You push both views, so each image takes two places. Which one does the docstring name?",
        trains=True,
    ),
    Mistake(
        "pushed_without_images",
        "NNCLR.loss",
        (PUSH, "self.support.push(z1.detach())"),
        "The rows come without their images. How shall `find` leave an image's own rows out?",
        trains=True,
    ),
    Mistake(
        "choices_go_round",
        "NNCLR.loss",
        (SEARCH, "one, two = self.support.find(z1), self.support.find(z2)"),
        "You search past the method's own `search`: neither exclude_same nor top_k is heard. Who knows them?",
        trains=True,
    ),
    Mistake(
        "candidates_go_round",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            "loss1 = neighbour_loss(neighbours1, self.predictor(z2), self.temperature)\n"
            "        loss2 = neighbour_loss(neighbours2, self.predictor(z1), self.temperature)",
        ),
        'You call neighbour_loss whatever `candidates` says. What should happen for "all"?',
        trains=True,
    ),
    Mistake(
        "described_after_the_push",
        "NNCLR.loss",
        (f"{FOUND}\n        {PUSH}", f"{PUSH}\n        {FOUND}"),
        "You describe the neighbours after the push, when other rows stand in their places. When was what was found still there?",
        trains=True,
    ),
    Mistake(
        "nothing_for_the_meters",
        "NNCLR.loss",
        (FOUND, "pass"),
        "The meters hear nothing of the search. Who will notice when an image finds itself?",
        trains=True,
    ),
    Mistake(
        "described_for_view_1",
        "NNCLR.loss",
        (FOUND, "self.found = self.describe(one, index)"),
        "The meters hear of view 1's search only. How many searches were there?",
        trains=True,
    ),
]
