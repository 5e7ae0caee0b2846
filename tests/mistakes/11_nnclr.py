# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 11: wrong ways to write NNCLR, and what to say about each."""

from lessons.course.mistakes import Mistake, probabilities_kept_from_zero

SIMILARITY = "F.normalize(z.to(self.rows), dim=1) @ self.rows.T"
OWN = "own = exclude[:, None].to(self.images) == self.images"
FILL = "similarity = similarity.masked_fill(own, -2)"
COUNTS = "counts = (nearest.values != -2).float().cpu()"
DRAW = "one = torch.multinomial(counts, 1, generator=generator).to(nearest.indices)"
ROWS = "self.rows[self.find(z)]"
PLACES = "(self.position + torch.arange(len(z), device=self.rows.device)) % len(self.rows)"
OLDER = "self.ages += self.ages >= 0"
NEW = "F.normalize(z.detach().to(self.rows), dim=1)"
ON = "self.position.copy_((self.position + len(z)) % len(self.rows))"
LOGITS = "neighbours @ F.normalize(p2.to(neighbours), dim=1).T / temperature"
ENTROPY = "F.cross_entropy(logits, torch.arange(len(p2), device=p2.device))"
NEIGHBOURS = "neighbours = support.nearest(z1) if rows is None else support.rows[rows]"
SEARCH = "rows1, rows2 = self.search(z1, index), self.search(z2, index)"
LOSS1 = "loss1 = self.direction(z1, self.predictor(z2), rows1)"
LOSS2 = "loss2 = self.direction(z2, self.predictor(z1), rows2)"
PUSH = "self.support.push(z1, index)"
FOUND = "self.found = self.health(torch.cat([rows1, rows2]), index.repeat(2))"

LOG_OF_P = """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    n = support.nearest(z1) if rows is None else support.rows[rows]
    logits = n @ F.normalize(p2.to(n), dim=1).T / temperature
    p = torch.softmax(logits, 1).diagonal()
    return -LOG_P.mean()
"""

MISTAKES = [
    # SupportSet.find
    Mistake(
        "argmin_of_similarity",
        "SupportSet.find",
        ("similarity.argmax(1)", "similarity.argmin(1)"),
        "You take the lowest similarity. Does the nearest row have the smallest or the largest cosine?",
        trains=True,
    ),
    Mistake(
        "absolute_similarity",
        "SupportSet.find",
        (SIMILARITY, f"({SIMILARITY}).abs()"),
        "You drop the sign, so an opposite row counts as near. How far is z from -z?",
        trains=True,
    ),
    Mistake(
        "one_dimension_short",
        "SupportSet.find",
        (SIMILARITY, "F.normalize(z.to(self.rows), dim=1)[:, 1:] @ self.rows[:, 1:].T"),
        "You leave out the first number of every vector. Over how many numbers does the inner product run?",
        trains=True,
    ),
    Mistake(
        "normalize_the_batch",
        "SupportSet.find",
        (SIMILARITY, "F.normalize(z.to(self.rows), dim=0) @ self.rows.T"),
        "You normalise each column of the batch, so a query depends on the rest of the batch. Which dimension holds the numbers of one projection?",
        trains=True,
    ),
    Mistake(
        "nearest_by_city_block",
        "SupportSet.find",
        (SIMILARITY, "-torch.cdist(F.normalize(z.to(self.rows), dim=1), self.rows, p=1) / 100"),
        "You compare sums of absolute differences. Which distance is |z - q|?",
        trains=True,
    ),
    Mistake(
        "second_nearest",
        "SupportSet.find",
        ("similarity.argmax(1)", "similarity.topk(min(2, len(self.rows))).indices[:, -1]"),
        "You take the second nearest row, as if the query were in the set. Is it there before the push?",
        trains=True,
    ),
    Mistake(
        "only_pushed_rows",
        "SupportSet.find",
        (SIMILARITY, f"({SIMILARITY}).masked_fill(self.ages < 0, -1.5)"),
        "You skip rows that were never pushed. In the paper, the set starts with random rows, and they are searched; what would you find in the first step?",
        trains=True,
    ),
    Mistake(
        "rows_up_to_the_position",
        "SupportSet.find",
        ("similarity.argmax(1)", "similarity[:, : max(int(self.position), 1)].argmax(1)"),
        "You search only the rows before the position. Which rows are behind it once the set has wrapped around?",
        trains=True,
    ),
    Mistake(
        "rows_before_the_position",
        "SupportSet.find",
        (
            SIMILARITY,
            f"({SIMILARITY}).index_fill(1, torch.arange(int(self.position) or len(self.rows), len(self.rows)), -1.5)",
        ),
        "You search only the rows before the position, unless it is 0. Which rows are behind it once the set has wrapped around?",
        trains=True,
    ),
    Mistake(
        "found_rows_are_young_again",
        "SupportSet.find",
        (
            "return similarity.argmax(1)",
            "found = similarity.argmax(1)\n            self.ages[found] = 0\n            return found",
        ),
        "You set the age of a found row to 0, as a cache would. What does an age count?",
        trains=True,
    ),
    Mistake(
        "half_precision",
        "SupportSet.find",
        (SIMILARITY, "(F.normalize(z, dim=1).bfloat16() @ self.rows.T.bfloat16()).to(self.rows)"),
        "You compare in half precision, which cannot tell similar rows apart. How many digits does bfloat16 have?",
        trains=True,
    ),
    Mistake(
        "exclude_forgotten",
        "SupportSet.find",
        (FILL, "similarity = similarity * 1.0"),
        "You ignore `exclude`, so an image may find its own older row. How would that differ from SimCLR?",
        trains=True,
    ),
    Mistake(
        "own_rows_get_zero",
        "SupportSet.find",
        ("masked_fill(own, -2)", "masked_fill(own, 0)"),
        "You give the query's own rows similarity 0, which beats every row that points away. Which number is below any cosine?",
        trains=True,
    ),
    Mistake(
        "own_rows_get_minus_one",
        "SupportSet.find",
        ("masked_fill(own, -2)", "masked_fill(own, -1)"),
        "You give the query's own rows similarity -1, which an opposite row has as well. Which number is below any cosine?",
        trains=True,
    ),
    Mistake(
        "own_rows_fill_the_k",
        "SupportSet.find",
        ("counts = (nearest.values != -2).float().cpu()", "counts = torch.ones(len(z), k)"),
        "You draw one of k rows even if fewer than k may be chosen, so an image can find its own row. How many are left to draw from?",
        trains=True,
    ),
    Mistake(
        "long_vectors_beat_the_mask",
        "SupportSet.find",
        (SIMILARITY, "z.to(self.rows) @ self.rows.T"),
        "You do not normalise z, so a similarity can be below the -2 that you give to the query's own rows. Which values can a cosine have?",
        trains=True,
    ),
    Mistake(
        "places_for_images",
        "SupportSet.find",
        (
            OWN,
            "own = exclude[:, None].to(self.images) == torch.arange(len(self.images), device=self.images.device)",
        ),
        "You leave out row number 8 for image 8. Where does the set store which image each row came from?",
        trains=True,
    ),
    Mistake(
        "excludes_the_whole_batch",
        "SupportSet.find",
        (OWN, "own = torch.isin(self.images, exclude.to(self.images)).expand(len(z), -1)"),
        "You leave out, for all queries, the rows of any image in the batch. Which rows should each query ignore?",
        trains=True,
    ),
    Mistake(
        "only_own_rows",
        "SupportSet.find",
        (OWN, "own = exclude[:, None].to(self.images) != self.images"),
        "You keep the image's own rows and drop all others. Which of them should be left out?",
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
        "You take the next row if the nearest is the image's own, without checking whether that is its own too. How many rows can an image have?",
        trains=True,
    ),
    Mistake(
        "always_the_kth",
        "SupportSet.find",
        (
            "return nearest.indices.gather(1, one)[:, 0]",
            "return nearest.indices.gather(1, counts.sum(1, keepdim=True).to(one) - 1)[:, 0]",
        ),
        "You always take the last of the k nearest. Which of them may be chosen?",
        trains=True,
    ),
    Mistake(
        "k_is_ignored",
        "SupportSet.find",
        ("if k == 1:", "if k >= 1:"),
        "You always return the nearest row, whatever k is. What should happen for k = 2?",
        trains=True,
    ),
    Mistake(
        "any_row_for_k",
        "SupportSet.find",
        (
            "return nearest.indices.gather(1, one)[:, 0]",
            "return torch.multinomial((similarity != -2).float(), 1, generator=generator)[:, 0]",
        ),
        "If k > 1, you choose among more rows than k, such as all rows of the set. How many of them should be in the draw?",
        trains=True,
    ),
    Mistake(
        "one_draw_for_the_batch",
        "SupportSet.find",
        (DRAW, DRAW.replace("counts, 1", "counts[:1], 1") + ".expand(len(z), 1)"),
        "You make one draw for the whole batch, so all queries take the same rank. How many draws do you need?",
        trains=True,
    ),
    Mistake(
        "nearest_is_never_chosen",
        "SupportSet.find",
        (
            "counts = (nearest.values != -2).float().cpu()",
            "counts = (nearest.values != -2).float().cpu()\n        counts[:, 0] = 0",
        ),
        "You never choose the nearest row itself. Does 'one of the k nearest' include the first?",
        trains=True,
    ),
    Mistake(
        "softmax_of_the_k",
        "SupportSet.find",
        (
            "counts = (nearest.values != -2).float().cpu()",
            "counts = (nearest.values / 0.1).softmax(1).cpu()",
        ),
        "You choose nearer rows more often. How likely should each of the k be?",
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
        "You take the k nearest of all rows, so the query's own rows are among them again. Which comes first, leaving out own rows or taking k?",
        trains=True,
    ),
    Mistake(
        "generator_ignored",
        "SupportSet.find",
        (DRAW, DRAW.replace("generator=generator", "generator=None")),
        "You draw from torch's global generator although one is given. How could a run with its own generator be repeated?",
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
        "Every call chooses the same ranks, as if it drew the same numbers. What keeps track of how many have been drawn?",
        trains=True,
    ),
    Mistake(
        "farthest_row",
        "SupportSet.find",
        (SIMILARITY, f"-({SIMILARITY})"),
        "You take the row at the largest distance. Which distance does the equation ask for?",
        trains=True,
    ),
    Mistake(
        "weights_by_similarity",
        "SupportSet.find",
        (
            "counts = (nearest.values != -2).float().cpu()",
            "counts = (nearest.values + 1).clamp(min=0).cpu()",
        ),
        "You weight each of the k by its similarity. How likely should each of them be?",
        trains=True,
    ),
    Mistake(
        "unknown_rows_left_out",
        "SupportSet.find",
        (OWN, f"{OWN}\n            own = own | (self.images < 0)"),
        "You leave out rows whose image is unknown as well. Which rows does the docstring name?",
        trains=True,
    ),
    Mistake(
        "seed_of_its_own",
        "SupportSet.find",
        (
            DRAW,
            DRAW.replace(
                "generator=generator", "generator=generator or Generator().manual_seed(0)"
            ),
        ),
        "Without a generator you make one with a fixed seed at each call, so every batch makes the same draws. What does the docstring say about None?",
        trains=True,
    ),
    Mistake(
        "kth_is_never_chosen",
        "SupportSet.find",
        (
            "counts = (nearest.values != -2).float().cpu()",
            "counts = (nearest.values != -2).float().cpu()\n        counts[:, counts.sum(1).long().clamp(min=2).min() - 1] = 0",
        ),
        "You never choose the last of the k. Which numbers does randint(k - 1) give?",
        trains=True,
    ),
    Mistake(
        "one_more_than_k",
        "SupportSet.find",
        ("nearest = similarity.topk(k)", "nearest = similarity.topk(min(k + 1, len(self.rows)))"),
        "You choose one of the k + 1 nearest. Is there a row to skip, as if the query were in the set?",
        trains=True,
    ),
    Mistake(
        "excludes_the_first_own_row",
        "SupportSet.find",
        (
            FILL,
            "similarity = similarity.masked_fill(own & (own.cumsum(1) == 1), -2)",
        ),
        "You leave out only the first row that came from the image. How many rows can an image have?",
        trains=True,
    ),
    Mistake(
        "images_of_the_batch_by_number",
        "SupportSet.find",
        (OWN, "own = torch.arange(len(z))[:, None].to(self.images) == self.images"),
        "You leave out rows of image b for query b. Which image does query b show?",
        trains=True,
    ),
    Mistake(
        "set_searched_once",
        "SupportSet.find",
        (
            SIMILARITY,
            'F.normalize(z.to(self.rows), dim=1) @ vars(self).setdefault("kept", self.rows.clone()).T',
        ),
        "You keep a copy of the rows from the first search. Which rows does the set hold after a push?",
        trains=True,
    ),
    Mistake(
        "exclude_on_another_device",
        "SupportSet.find",
        (OWN, "own = exclude[:, None] == self.images"),
        "You compare `exclude` with self.images, but on a GPU they are on two devices. How do you move a tensor to the device of another?",
        trains=True,
    ),
    Mistake(
        "draw_on_another_device",
        "SupportSet.find",
        (
            f"{COUNTS}\n        {DRAW}",
            "lot = torch.rand(nearest.values.shape, generator=generator)\n"
            "        one = lot.masked_fill(nearest.values == -2, -1).argmax(1, keepdim=True)",
        ),
        "You draw on the CPU, as the generator requires, and go on there, although the rows may be on a GPU. Where must the draws go?",
        trains=True,
    ),
    Mistake(
        "nearest_query_for_each_row",
        "SupportSet.find",
        ("similarity.argmax(1)", "similarity.argmax(0)"),
        "You return one number for each row of the set: the query that is nearest to it. Over which axis of (B, Q) do you choose a row?",
    ),
    Mistake(
        "positions_in_a_column",
        "SupportSet.find",
        ("similarity.argmax(1)", "similarity.argmax(1, keepdim=True)"),
        "For k = 1 you return positions of shape (B, 1). Which dimension should be dropped?",
    ),
    Mistake(
        "drawn_positions_in_a_column",
        "SupportSet.find",
        ("gather(1, one)[:, 0]", "gather(1, one)"),
        "For k > 1 you return positions of shape (B, 1). Which dimension should be dropped?",
    ),
    Mistake(
        "all_positions_in_a_column",
        "SupportSet.find",
        """def find(self, z, k=1, exclude=None, generator=None):
    similarity = F.normalize(z.to(self.rows), dim=1) @ self.rows.T
    if exclude is not None:
        similarity[exclude[:, None].to(self.images) == self.images] = -torch.inf
    nearest = similarity.topk(k)
    counts = nearest.values.isfinite().float().cpu()
    one = torch.multinomial(counts, 1, generator=generator).to(nearest.indices)
    return nearest.indices.gather(1, one)
""",
        "You return positions of shape (B, 1). Which dimension should be dropped?",
    ),
    Mistake(
        "all_k_positions",
        "SupportSet.find",
        ("return nearest.indices.gather(1, one)[:, 0]", "return nearest.indices"),
        "For k > 1 you return all k positions of each query. How many should be drawn from them?",
    ),
    Mistake(
        "similarity_instead_of_position",
        "SupportSet.find",
        ("similarity.argmax(1)", "similarity.amax(1)"),
        "For k = 1 you return the largest similarity. Which function returns its position?",
    ),
    Mistake(
        "similarity_and_position",
        "SupportSet.find",
        ("similarity.argmax(1)", "similarity.max(1)"),
        "You return both what max(1) gives, the similarity and the position. Which of the two do you need?",
    ),
    Mistake(
        "no_transpose",
        "SupportSet.find",
        (SIMILARITY, SIMILARITY.replace(".T", "")),
        "You multiply (B, d) by (Q, d), and their inner sizes differ. Which of them must be transposed?",
    ),
    Mistake(
        "rows_by_queries",
        "SupportSet.find",
        (SIMILARITY, "self.rows @ F.normalize(z.to(self.rows), dim=1).T"),
        "Your table of similarities has shape (Q, B), and you go on as if it were (B, Q). Which of the two comes first in the product?",
    ),
    Mistake(
        "query_with_the_row_of_its_number",
        "SupportSet.find",
        (SIMILARITY, "(F.normalize(z.to(self.rows), dim=1) - self.rows).square().sum(1).neg()"),
        "You subtract the (Q, d) rows from the (B, d) queries as they are. Which new axes let every query meet every row?",
    ),
    Mistake(
        "raw_distances_beat_the_mask",
        "SupportSet.find",
        (SIMILARITY, "-torch.cdist(z.to(self.rows), self.rows)"),
        "You take minus the distance to a z that is not normalised, which can be below the -2 that you give to the query's own rows. What lies below every number?",
        trains=True,
    ),
    Mistake(
        "distances_beat_the_mask",
        "SupportSet.find",
        (SIMILARITY, "-torch.cdist(F.normalize(z.to(self.rows), dim=1), self.rows)"),
        "You take minus the distance, which reaches the -2 that you give to the query's own rows. What lies below every number?",
        trains=True,
    ),
    Mistake(
        "squared_distances_beat_the_mask",
        "SupportSet.find",
        (SIMILARITY, "-torch.cdist(F.normalize(z.to(self.rows), dim=1), self.rows).square()"),
        "In your code, a row of the query's own image still wins if every other row is more than 90 degrees away. Which number lies below every similarity?",
        trains=True,
    ),
    Mistake(
        "signed_differences",
        "SupportSet.find",
        (SIMILARITY, "-(F.normalize(z.to(self.rows), dim=1)[:, None] - self.rows).sum(2)"),
        "You add up the differences with their signs, so they cancel. What is squared in |z - q|?",
        trains=True,
    ),
    Mistake(
        "k_least_similar",
        "SupportSet.find",
        ("similarity.topk(k)", "similarity.topk(k, largest=False)"),
        "For k > 1 you take the k lowest similarities, the query's own rows aside. Are the nearest rows the most or the least similar?",
        trains=True,
    ),
    Mistake(
        "k_lowest_with_own_rows",
        "SupportSet.find",
        (
            f"nearest = similarity.topk(k)  # (B, k)\n        {COUNTS}",
            "nearest = similarity.topk(k, largest=False)\n        counts = torch.ones(len(z), k)",
        ),
        "For k > 1 you draw from the k farthest rows, and the query's own rows come first. Do the nearest rows have the largest or the smallest distance?",
        trains=True,
    ),
    Mistake(
        "rank_for_a_position",
        "SupportSet.find",
        ("nearest.indices.gather(1, one)[:, 0]", "one[:, 0]"),
        "For k > 1 you return a number from 0 to k - 1, the rank of the draw. Which row has that rank?",
        trains=True,
    ),
    Mistake(
        "kth_even_if_own",
        "SupportSet.find",
        (
            "nearest.indices.gather(1, one)[:, 0]",
            "nearest.indices[:, k - 1]",
        ),
        "You always take the row of rank k, even if that is a row of the query's own image. Which of the k nearest may be chosen?",
        trains=True,
    ),
    Mistake(
        "one_rank_for_all_with_own_rows",
        "SupportSet.find",
        (
            f"{COUNTS}\n        {DRAW}",
            "one = torch.randint(k, (1,), generator=generator).to(nearest.indices).expand(len(z), 1)",
        ),
        "You draw one rank for the whole batch, and it may be that of a row of the query's own image. How many draws do you need?",
        trains=True,
    ),
    Mistake(
        "one_rank_for_all_and_generator_ignored",
        "SupportSet.find",
        (
            f"{COUNTS}\n        {DRAW}",
            "one = torch.randint(k, (1,)).to(nearest.indices).expand(len(z), 1)",
        ),
        "You draw one rank for the whole batch, and from torch's global generator. How many draws do you need, and which source is given?",
        trains=True,
    ),
    Mistake(
        "drawn_by_python",
        "SupportSet.find",
        (
            f"{COUNTS}\n        {DRAW}",
            "import random\n\n        one = torch.tensor([[random.randrange(k)] for _ in z]).to(nearest.indices)",
        ),
        "You draw ranks, even of the query's own rows, from a source that is not torch's. Which source is given?",
        trains=True,
    ),
    Mistake(
        "drawn_by_python_from_those_left",
        "SupportSet.find",
        (
            DRAW,
            "import random\n\n        one = torch.tensor([[random.randrange(int(n))] for n in counts.sum(1)]).to(nearest.indices)",
        ),
        "Equal seeds give different rows, as if you drew from Python's own source. Which source is given?",
        trains=True,
    ),
    Mistake(
        "generator_ignored_with_own_rows",
        "SupportSet.find",
        (f"{COUNTS}\n        {DRAW}", "one = torch.randint(k, (len(z), 1)).to(nearest.indices)"),
        "You draw from torch's global generator although one is given, and from all of the k, even if some are rows of the query's own image. Which source is given?",
        trains=True,
    ),
    Mistake(
        "first_of_k_never_drawn",
        "SupportSet.find",
        (
            f"{COUNTS}\n        {DRAW}",
            "one = torch.randint(1, k, (len(z), 1), generator=generator).to(nearest.indices)",
        ),
        "You never choose the nearest row itself, but may choose a row of the query's own image. What is the first number that randint(1, k) gives?",
        trains=True,
    ),
    Mistake(
        "any_row_with_own_rows",
        "SupportSet.find",
        (
            f"{COUNTS}\n        {DRAW}\n        return nearest.indices.gather(1, one)[:, 0]",
            "return torch.randint(len(self.rows), (len(z),), generator=generator).to(nearest.indices)",
        ),
        "For k > 1 you choose among all rows of the set, even the query's own rows. How many of them should be in the draw?",
        trains=True,
    ),
    Mistake(
        "nearest_row_whatever_is_excluded",
        "SupportSet.find",
        (
            "if k == 1:\n            return similarity.argmax(1)",
            f"if k == 1:\n            return ({SIMILARITY}).argmax(1)",
        ),
        "For k = 1 you ignore `exclude`. What comes first, leaving out the query's own rows or the search?",
        trains=True,
    ),
    Mistake(
        "truth_of_a_tensor",
        "SupportSet.find",
        ("if exclude is not None:", "if exclude:"),
        "You check whether the tensor `exclude` is true, which raises an error for more than one image. What do you really want to know about it?",
    ),
    Mistake(
        "image_zero_is_no_image",
        "SupportSet.find",
        ("if exclude is not None:", "if exclude is not None and exclude.any():"),
        "You ignore `exclude` if all its images are 0. Is 0 an image?",
        trains=True,
    ),
    Mistake(
        "exclude_of_every_query_alike",
        "SupportSet.find",
        (OWN, "own = exclude.to(self.images) == self.images"),
        "You compare B images with Q images as they are. Which new axis makes a (B, Q) table of them?",
    ),
    Mistake(
        "exclude_transposed",
        "SupportSet.find",
        (OWN, "own = self.images[:, None] == exclude.to(self.images)"),
        "Your table of own rows has shape (Q, B), and the similarities have (B, Q). Which of the two gets the new axis?",
    ),
    Mistake(
        "short_integers",
        "SupportSet.find",
        ("return similarity.argmax(1)", "return similarity.argmax(1).int()"),
        "You return positions that are not int64. Which dtype does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "rows_for_positions",
        "SupportSet.find",
        ("return similarity.argmax(1)", "return self.rows[similarity.argmax(1)]"),
        "For k = 1 you return the rows themselves. What does the docstring of `find` ask for?",
    ),
    Mistake(
        "flat_position",
        "SupportSet.find",
        ("return similarity.argmax(1)", "return similarity.argmax()"),
        "You return a single position, in the flattened table. Which dimension should argmax go over?",
    ),
    Mistake(
        "own_rows_nearest_of_all",
        "SupportSet.find",
        ("masked_fill(own, -2)", "masked_fill(own, 2)"),
        "You make the query's own rows the nearest of all. Which number puts a row last, and is yours a distance or a similarity?",
        trains=True,
    ),
    Mistake(
        "softmax_of_similarities",
        "SupportSet.find",
        (
            COUNTS,
            "counts = nearest.values.masked_fill(nearest.values == -2, -torch.inf).softmax(1).cpu()",
        ),
        "You draw some of the k rows more often than others. How likely should each of them be?",
        trains=True,
    ),
    Mistake(
        "own_rows_reversed",
        "SupportSet.find",
        (FILL, "similarity = torch.where(own, -similarity, similarity)"),
        "You reverse the sign of the query's own rows, so one that points away becomes near. Which number lies below every similarity?",
        trains=True,
    ),
    Mistake(
        "own_rows_one_less",
        "SupportSet.find",
        (FILL, "similarity = similarity - own.to(similarity)"),
        "You subtract 1 from the similarity of the query's own rows, and they still beat a row that is less similar than that. Which number lies below every similarity?",
        trains=True,
    ),
    Mistake(
        "own_rows_get_the_lowest",
        "SupportSet.find",
        (FILL, "similarity = torch.where(own, similarity.min(), similarity)"),
        "You give the query's own rows the lowest similarity of the table, which another row has as well. Which number lies below every similarity?",
        trains=True,
    ),
    Mistake(
        "excludes_the_first_image_for_all",
        "SupportSet.find",
        (OWN, "own = (exclude[:1].to(self.images) == self.images).expand(len(z), -1)"),
        "You leave out the rows of the first image of the batch, for all queries. Which rows should each query ignore?",
        trains=True,
    ),
    Mistake(
        "one_draw_and_generator_ignored",
        "SupportSet.find",
        (
            DRAW,
            DRAW.replace("counts, 1, generator=generator", "counts[:1], 1") + ".expand(len(z), 1)",
        ),
        "You make one draw for the whole batch, not from the given generator but from torch's global one. How many draws do you need, and which source is given?",
        trains=True,
    ),
    # SupportSet.nearest
    Mistake(
        "the_query_itself",
        "SupportSet.nearest",
        (ROWS, "F.normalize(z.detach().to(self.rows), dim=1)"),
        "You return the projection, not its neighbour, which makes this SimCLR with a predictor. Where should the neighbours come from?",
        trains=True,
    ),
    Mistake(
        "row_of_the_batch",
        "SupportSet.nearest",
        (ROWS, "F.normalize(z.detach().to(self.rows), dim=1)[self.find(z) % len(z)]"),
        "You look up the position in the batch. Which rows do the positions from `find` index?",
        trains=True,
    ),
    Mistake(
        "straight_through",
        "SupportSet.nearest",
        (ROWS, "z + (self.rows[self.find(z)] - z).detach()"),
        "You return the right rows, but let a gradient pass straight through them to z, as a well-known example does. Should the projection that searches learn?",
        trains=True,
    ),
    Mistake(
        "soft_neighbour",
        "SupportSet.nearest",
        (
            ROWS,
            "(F.normalize(z.detach().to(self.rows), dim=1) @ self.rows.T / 0.1).softmax(1) @ self.rows",
        ),
        "You return a weighted mean of all rows. Which single row is NN(z, Q)?",
        trains=True,
    ),
    Mistake(
        "mean_of_two",
        "SupportSet.nearest",
        (
            ROWS,
            "self.rows[(F.normalize(z.detach().to(self.rows), dim=1) @ self.rows.T).topk(2).indices].mean(1)",
        ),
        "You return the mean of the two nearest rows. How many neighbours should a projection have, and does their mean have norm 1?",
        trains=True,
    ),
    Mistake(
        "as_long_as_the_query",
        "SupportSet.nearest",
        (ROWS, "self.rows[self.find(z)] * z.detach().norm(dim=1, keepdim=True)"),
        "You scale the neighbour to the norm of the projection. What is the norm of a row of the set?",
        trains=True,
    ),
    Mistake(
        "one_row_further",
        "SupportSet.nearest",
        (ROWS, "self.rows[self.find(z) - 1]"),
        "You return the row before the one that was found. Do positions start at 0 or 1?",
        trains=True,
    ),
    Mistake(
        "any_of_two",
        "SupportSet.nearest",
        (ROWS, "self.rows[self.find(z, 2 if len(self.rows) > 1 else 1)]"),
        "You return one of the two nearest rows at random. Which k does the docstring of `nearest` mean?",
        trains=True,
    ),
    Mistake(
        "position_in_the_batch",
        "SupportSet.nearest",
        (ROWS, "F.normalize(z.detach(), dim=1)[self.find(z)]"),
        "You index the normalised projections with positions of the set. Which rows do the positions from `find` index?",
    ),
    Mistake(
        "position_in_the_raw_batch",
        "SupportSet.nearest",
        (ROWS, "z.detach()[self.find(z)]"),
        "You index z with positions of the set. Which rows do the positions from `find` index?",
    ),
    Mistake(
        "position_in_the_batch_with_gradient",
        "SupportSet.nearest",
        (ROWS, "F.normalize(z, dim=1)[self.find(z)]"),
        "You index the normalised projections with positions of the set, and a gradient flows. Which rows do the positions from `find` index?",
    ),
    Mistake(
        "position_in_the_raw_batch_with_gradient",
        "SupportSet.nearest",
        (ROWS, "z[self.find(z)]"),
        "You index z itself with positions of the set, and a gradient flows. Which rows do the positions from `find` index?",
    ),
    Mistake(
        "dtype_of_the_query",
        "SupportSet.nearest",
        (ROWS, f"{ROWS}.to(z.dtype)"),
        "You convert the rows to the dtype of z. Whose dtype does the docstring name?",
        trains=True,
    ),
    Mistake(
        "always_float32",
        "SupportSet.nearest",
        (ROWS, f"{ROWS}.float()"),
        "You return float32 from a set of float64. Whose dtype does the docstring name?",
        trains=True,
    ),
    Mistake(
        "positions_for_rows",
        "SupportSet.nearest",
        (ROWS, "self.find(z)"),
        "You return positions. Which rows of the set are at them?",
    ),
    Mistake(
        "rows_and_positions",
        "SupportSet.nearest",
        (f"return {ROWS}", "found = self.find(z)\n        return self.rows[found], found"),
        "You return rows and positions. Which of the two does the docstring ask for?",
    ),
    Mistake(
        "rows_with_an_axis_more",
        "SupportSet.nearest",
        (ROWS, "self.rows[self.find(z)[:, None]]"),
        "You return shape (B, 1, d). Which dimension should be dropped?",
    ),
    Mistake(
        "one_row_more_than_found",
        "SupportSet.nearest",
        (ROWS, "self.rows[(self.find(z) + 1) % len(self.rows)]"),
        "You return the row after the one that was found. Do positions start at 0 or 1?",
        trains=True,
    ),
    Mistake(
        "columns_for_rows",
        "SupportSet.nearest",
        (ROWS, "self.rows[:, self.find(z)]"),
        "You take columns of the set at the positions of rows. Which axis of (Q, d) do positions index?",
    ),
    Mistake(
        "mean_of_the_neighbours",
        "SupportSet.nearest",
        (ROWS, f"{ROWS}.mean(0, keepdim=True).expand_as(z)"),
        "You return the mean of all neighbours of the batch for every projection. How many neighbours should a projection have?",
        trains=True,
    ),
    Mistake(
        "own_numbers_excluded",
        "SupportSet.nearest",
        (ROWS, "self.rows[self.find(z, exclude=torch.arange(len(z)))]"),
        "You leave out rows of image b for projection b. Does `nearest` know which images the projections show?",
        trains=True,
    ),
    Mistake(
        "farthest_of_all",
        "SupportSet.nearest",
        (ROWS, "self.rows[self.find(-z)]"),
        "You return the row that points farthest away. Which row is NN(z, Q)?",
        trains=True,
    ),
    Mistake(
        "similarity_of_a_column",
        "SupportSet.nearest",
        (ROWS, "self.rows[(F.normalize(z.to(self.rows), dim=0) @ self.rows.T).argmax(1)]"),
        "You search with a batch that is normalised column by column. Which dimension holds the numbers of one projection?",
        trains=True,
    ),
    Mistake(
        "nearest_query_of_each_row",
        "SupportSet.nearest",
        (ROWS, "self.rows[(F.normalize(z.to(self.rows), dim=1) @ self.rows.T).argmax(0)]"),
        "You return Q rows: for each row of the set, the row at the position of its nearest query. Over which axis do you choose a row?",
    ),
    Mistake(
        "columns_of_neighbours_normalised",
        "SupportSet.nearest",
        (ROWS, f"F.normalize({ROWS}, dim=0)"),
        "You normalise the columns of what was found. What is the norm of a row of the set already?",
        trains=True,
    ),
    # SupportSet.push
    Mistake(
        "not_normalised",
        "SupportSet.push",
        (NEW, "z.detach().to(self.rows)"),
        "You do not normalise the projections, so the one with the largest norm would be nearest to everything. What norm should a row of the set have?",
        trains=True,
    ),
    Mistake(
        "normalised_over_the_batch",
        "SupportSet.push",
        (NEW, "F.normalize(z.detach().to(self.rows), dim=0)"),
        "You normalise each column of the batch. Which dimension holds the numbers of one projection?",
        trains=True,
    ),
    Mistake(
        "keeps_the_graph",
        "SupportSet.push",
        (NEW, "F.normalize(z.to(self.rows), dim=1)"),
        "You keep the graph of every projection in the set, and the next backward pass runs through it. What should the set keep of a projection?",
    ),
    Mistake(
        "position_stays",
        "SupportSet.push",
        (ON, "self.position.copy_(self.position)"),
        "You never move the position, so every batch overwrites the one before. Where should the next batch go?",
        trains=True,
    ),
    Mistake(
        "position_moves_by_one",
        "SupportSet.push",
        (ON, "self.position.copy_((self.position + 1) % len(self.rows))"),
        "You move the position by one. How many rows were pushed?",
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
        "You drop the rows that do not fit before the end, as a well-known library does. Where should those rows go?",
        trains=True,
    ),
    Mistake(
        "starts_over_before_the_end",
        "SupportSet.push",
        (
            PLACES,
            "torch.arange(len(z), device=self.rows.device) + (self.position if self.position + len(z) <= len(self.rows) else 0)",
        ),
        "If a batch does not fit before the end, you write it at the beginning, so old rows stay at the end. Which rows are the oldest?",
        trains=True,
    ),
    Mistake(
        "at_the_end_of_the_ring",
        "SupportSet.push",
        (
            PLACES,
            "(self.position + torch.arange(len(z), device=self.rows.device)).clamp(max=len(self.rows) - 1)",
        ),
        "You write all rows that go beyond the end to the last position, one over another. What comes after the last position of a ring?",
        trains=True,
    ),
    Mistake(
        "random_places",
        "SupportSet.push",
        (PLACES, "torch.randperm(len(self.rows), device=self.rows.device)[: len(z)]"),
        "You write new rows to random positions, so an old row may stay for a very long time. Which rows should be replaced?",
        trains=True,
    ),
    Mistake(
        "newest_go_first",
        "SupportSet.push",
        (
            PLACES,
            "(self.position - torch.arange(1, len(z) + 1, device=self.rows.device) if self.ages.min() >= 0 else self.position + torch.arange(len(z), device=self.rows.device)) % len(self.rows)",
        ),
        "You overwrite the newest rows once the set is full. Which rows should be replaced?",
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
        "You put each batch in front and drop the end, so the later rows of a batch are dropped before its earlier ones. Which rows are the last Q?",
        trains=True,
    ),
    Mistake(
        "images_not_written",
        "SupportSet.push",
        ("self.images[places] = -1 if images is None else images.to(self.images)", "pass"),
        "You do not store which images the new rows came from. Which rows will `find` then leave out?",
        trains=True,
    ),
    Mistake(
        "old_images_stay",
        "SupportSet.push",
        (
            "self.images[places] = -1 if images is None else images.to(self.images)",
            "self.images[places] = self.images[places] if images is None else images.to(self.images)",
        ),
        "You keep the old images of overwritten rows if no images are given. Which image number says that the image is unknown?",
        trains=True,
    ),
    Mistake(
        "images_in_reverse",
        "SupportSet.push",
        ("images.to(self.images)", "images.to(self.images).flip(0)"),
        "You store the images in reverse order. Which row came from images[0]?",
        trains=True,
    ),
    Mistake(
        "images_in_order_of_number",
        "SupportSet.push",
        ("images.to(self.images)", "images.to(self.images).sort().values"),
        "You sort the images, but not the rows. Which row came from which image?",
        trains=True,
    ),
    Mistake(
        "images_at_the_beginning",
        "SupportSet.push",
        (
            "self.images[places] = -1",
            "self.images[: len(z)] = -1",
        ),
        "You always write the images to the first B positions. Where did the rows go?",
        trains=True,
    ),
    Mistake(
        "nobody_ages",
        "SupportSet.push",
        (OLDER, "self.ages += 0"),
        "You do not increase any age. What is the age of a row three pushes later?",
        trains=True,
    ),
    Mistake(
        "unborn_age_too",
        "SupportSet.push",
        (OLDER, "self.ages += 1"),
        "You increase the age of rows that were never pushed too, from -1 to 0, so they look new. What does -1 mean?",
        trains=True,
    ),
    Mistake(
        "new_rows_are_one_old",
        "SupportSet.push",
        ("self.ages[places] = 0", "self.ages[places] = 1"),
        "You start new rows at age 1. How many pushes ago did they come?",
        trains=True,
    ),
    Mistake(
        "ages_in_rows",
        "SupportSet.push",
        (OLDER, "self.ages += len(z) * (self.ages >= 0)"),
        "You increase ages by B at every push. What are ages counted in?",
        trains=True,
    ),
    Mistake(
        "ages_are_not_reset",
        "SupportSet.push",
        ("self.ages[places] = 0", "self.ages[places] = self.ages[places].clamp(min=0)"),
        "You let a new row inherit the age of the row that it replaces. How old is it really?",
        trains=True,
    ),
    Mistake(
        "position_beyond_the_end",
        "SupportSet.push",
        (ON, "self.position.copy_(self.position % len(self.rows) + len(z))"),
        "You wrap the rows around, but let position become Q, which does not exist. Which position follows Q - 1?",
        trains=True,
    ),
    Mistake(
        "unknown_is_image_zero",
        "SupportSet.push",
        ("self.images[places] = -1 if", "self.images[places] = 0 if"),
        "You store 0 if no images are given, but image 0 exists. Which number says that the image is unknown?",
        trains=True,
    ),
    Mistake(
        "image_replaced_where_it_is",
        "SupportSet.push",
        """def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError("too many")
    self.ages += self.ages >= 0
    for b, row in enumerate(F.normalize(z.detach().to(self.rows), dim=1)):
        place = int(self.position)
        own = (self.images == int(images[b])).nonzero() if images is not None else []
        if len(own):
            place = int(own[0])
        else:
            self.position.fill_((place + 1) % len(self.rows))
        self.rows[place], self.ages[place] = row, 0
        self.images[place] = -1 if images is None else int(images[b])
""",
        "You replace the older row of the same image, as a memory bank does. Which rows should be replaced?",
        trains=True,
    ),
    Mistake(
        "rest_from_the_front",
        "SupportSet.push",
        """def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError("too many")
    start = int(self.position)
    room = min(len(z), len(self.rows) - start)
    rest = len(z) - room
    new = F.normalize(z.detach().to(self.rows), dim=1)
    of = torch.full((len(z),), -1) if images is None else images
    self.ages += self.ages >= 0
    for held, came in [(self.rows, new), (self.images, of.to(self.images))]:
        held[start : start + room], held[:rest] = came[:room], came[:rest]
    self.ages[start : start + room], self.ages[:rest] = 0, 0
    self.position.fill_((start + len(z)) % len(self.rows))
""",
        "After the end of the set you go on with the first rows of z again. Which rows of z are left?",
        trains=True,
    ),
    Mistake(
        "position_is_no_buffer",
        "SupportSet.push",
        """def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError("too many")
    start = vars(self).get("start", 0)
    places = (start + torch.arange(len(z), device=self.rows.device)) % len(self.rows)
    self.ages += self.ages >= 0
    self.rows[places] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[places] = -1 if images is None else images.to(self.images)
    self.ages[places] = 0
    self.start = (start + len(z)) % len(self.rows)
""",
        "You keep the position in an attribute of your own, which no checkpoint holds. Which buffer is it for?",
        trains=True,
    ),
    Mistake(
        "never_pushed_rows_go_last",
        "SupportSet.push",
        (PLACES, "self.ages.argsort(descending=True, stable=True)[: len(z)]"),
        "You replace rows of the highest age, and rows that were never pushed have age -1. Which rows are the oldest?",
        trains=True,
    ),
    Mistake(
        "too_many_are_cut",
        "SupportSet.push",
        (
            'raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")',
            "return self.push(z[-len(self.rows) :], None if images is None else images[-len(self.rows) :])",
        ),
        "You store the last Q projections if there are more. What does the docstring promise for that case?",
        trains=True,
    ),
    Mistake(
        "places_on_another_device",
        "SupportSet.push",
        (PLACES, PLACES.replace(", device=self.rows.device", "")),
        "You make the positions on the CPU, but on a GPU self.position is there. Where must torch.arange make its numbers?",
        trains=True,
    ),
    Mistake(
        "wraps_around_the_batch",
        "SupportSet.push",
        (PLACES, PLACES.replace("% len(self.rows)", "% len(z)")),
        "You wrap the positions around after B rows. After how many rows does the ring end?",
        trains=True,
    ),
    Mistake(
        "int_for_a_buffer",
        "SupportSet.push",
        (ON, "self.position = int((self.position + len(z)) % len(self.rows))"),
        "You assign an int to the buffer `position`, which must stay a tensor. How do you write a number into a tensor?",
    ),
    Mistake(
        "position_at_the_last_row",
        "SupportSet.push",
        (ON, "self.position.copy_((self.position + len(z) - 1) % len(self.rows))"),
        "You set the position to the last row that you wrote, so the next push overwrites it. Where does the next row go?",
        trains=True,
    ),
    Mistake(
        "position_one_too_far",
        "SupportSet.push",
        (ON, "self.position.copy_((self.position + len(z) + 1) % len(self.rows))"),
        "You move the position by B + 1, so one old row is skipped. Where does the next row go?",
        trains=True,
    ),
    Mistake(
        "position_grows",
        "SupportSet.push",
        (ON, "self.position += len(z)"),
        "You write to the right rows, but let the position grow past the end. Which position follows Q - 1?",
        trains=True,
    ),
    Mistake(
        "position_back_to_zero",
        "SupportSet.push",
        (
            ON,
            "end = self.position + len(z)\n        self.position.copy_(torch.where(end >= len(self.rows), 0, end))",
        ),
        "You set the position to 0 whenever the end is reached, even if rows wrapped around to the beginning. How many rows are past the end?",
        trains=True,
    ),
    Mistake(
        "position_is_the_size_of_the_batch",
        "SupportSet.push",
        (ON, "self.position.fill_(len(z) % len(self.rows))"),
        "You set the position to B after every push. Where did this push begin?",
        trains=True,
    ),
    Mistake(
        "always_at_the_end",
        "SupportSet.push",
        (PLACES, "torch.arange(len(self.rows) - len(z), len(self.rows), device=self.rows.device)"),
        "You always write to the last B rows. Where does the position say that the next row goes?",
        trains=True,
    ),
    Mistake(
        "one_place_for_the_batch",
        "SupportSet.push",
        (PLACES, "self.position.repeat(len(z))"),
        "You write all rows of a batch to one position, one over another. Where does row b go?",
        trains=True,
    ),
    Mistake(
        "slice_past_the_end",
        "SupportSet.push",
        (PLACES, "slice(int(self.position), int(self.position) + len(z))"),
        "You write to a slice that ends at Q at the latest, and a batch that does not fit before the end raises an error. Where should those rows go?",
    ),
    Mistake(
        "position_beyond_the_rows",
        "SupportSet.push",
        (PLACES, "self.position + torch.arange(len(z), device=self.rows.device)"),
        "You write to positions past the end, which raises an error. What comes after the last position of a ring?",
    ),
    Mistake(
        "ring_one_row_short",
        "SupportSet.push",
        (PLACES, PLACES.replace("len(self.rows)", "max(len(self.rows) - 1, 1)")),
        "You wrap the positions around after Q - 1 rows, so the last row is never written. How many positions does the ring have?",
        trains=True,
    ),
    Mistake(
        "ring_one_row_short_twice",
        "SupportSet.push",
        """def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError("too many")
    Q = len(self.rows) - 1
    places = (self.position + torch.arange(len(z), device=self.rows.device)) % Q
    self.ages += self.ages >= 0
    self.rows[places] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[places] = -1 if images is None else images.to(self.images)
    self.ages[places] = 0
    self.position.copy_((self.position + len(z)) % Q)
""",
        "You wrap the writing and the position around after Q - 1 rows, so the last row is never written. How many positions does the ring have?",
        trains=True,
    ),
    Mistake(
        "norm_of_the_batch",
        "SupportSet.push",
        (NEW, "z.detach().to(self.rows) / z.detach().to(self.rows).norm()"),
        "You divide by one norm for the whole batch. What norm should each row of the set have?",
        trains=True,
    ),
    Mistake(
        "divided_by_squares",
        "SupportSet.push",
        (NEW, "z.detach().to(self.rows) / z.detach().to(self.rows).square().sum(1, keepdim=True)"),
        "You divide by the squared norm. What norm should a row of the set have?",
        trains=True,
    ),
    Mistake(
        "normalised_in_place",
        "SupportSet.push",
        (
            f"self.rows[places] = {NEW}",
            "z = z.detach().to(self.rows)\n        z /= z.norm(dim=1, keepdim=True)\n        self.rows[places] = z",
        ),
        "You normalise the caller's z itself. How do you leave it as it is?",
        trains=True,
    ),
    Mistake(
        "rows_in_reverse",
        "SupportSet.push",
        (f"= {NEW}", f"= {NEW}.flip(0)"),
        "You store the rows in reverse order, but not their images. Which row came from images[0]?",
        trains=True,
    ),
    Mistake(
        "float32_on_the_way",
        "SupportSet.push",
        (NEW, "F.normalize(z.detach().float(), dim=1).to(self.rows)"),
        "You convert z to float32 on its way into a set of float64. Which dtype should it get?",
        trains=True,
    ),
    Mistake(
        "batch_behind_and_end_cut",
        "SupportSet.push",
        """def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError("too many")
    Q = len(self.rows)
    of = torch.full((len(z),), -1) if images is None else images
    self.ages += self.ages >= 0
    self.rows = torch.cat([self.rows, F.normalize(z.detach().to(self.rows), dim=1)])[:Q]
    self.images = torch.cat([self.images, of.to(self.images)])[:Q]
    self.ages = torch.cat([self.ages, torch.zeros_like(of).to(self.ages)])[:Q]
    self.position.copy_((self.position + len(z)) % Q)
""",
        "You put each batch behind the others and cut off the end, so nothing ever enters. Which rows should go?",
        trains=True,
    ),
    Mistake(
        "only_rows_move_up",
        "SupportSet.push",
        """def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError("too many")
    B = len(z)
    self.ages += self.ages >= 0
    self.rows = torch.cat([self.rows[B:], F.normalize(z.detach().to(self.rows), dim=1)])
    self.images[-B:] = -1 if images is None else images.to(self.images)
    self.ages[-B:] = 0
    self.position.copy_((self.position + B) % len(self.rows))
""",
        "You move the rows up, but not their images and ages. Which image does a row that has moved belong to?",
        trains=True,
    ),
    Mistake(
        "images_are_positions",
        "SupportSet.push",
        ("images.to(self.images)", "places"),
        "You store the position of each row as its image. What does `images` say?",
        trains=True,
    ),
    Mistake(
        "images_are_numbers_in_the_batch",
        "SupportSet.push",
        ("images.to(self.images)", "torch.arange(len(z), device=self.images.device)"),
        "You store 0, 1, 2, … as the images of each batch. What does `images` say?",
        trains=True,
    ),
    Mistake(
        "images_never_none",
        "SupportSet.push",
        ("-1 if images is None else images.to(self.images)", "images.to(self.images)"),
        "If no images are given, you treat None as a tensor, which raises an error. What should the set store then?",
    ),
    Mistake(
        "truth_of_the_images",
        "SupportSet.push",
        (
            "-1 if images is None else images.to(self.images)",
            "images.to(self.images) if images else -1",
        ),
        "You check whether the tensor `images` is true, which raises an error for more than one. What do you really want to know about it?",
    ),
    Mistake(
        "ages_are_set_to_one",
        "SupportSet.push",
        (OLDER, "self.ages[self.ages >= 0] = 1"),
        "You set the ages of older rows to 1 instead of increasing them. What is the age of a row three pushes later?",
        trains=True,
    ),
    Mistake(
        "ages_go_down",
        "SupportSet.push",
        (OLDER, "self.ages -= (self.ages >= 0).long()"),
        "You lower the ages. Is a row older or younger after a push?",
        trains=True,
    ),
    Mistake(
        "all_ages_zero",
        "SupportSet.push",
        ("self.ages[places] = 0", "self.ages.zero_()"),
        "You set the ages of all rows to 0. Which rows are new?",
        trains=True,
    ),
    Mistake(
        "ages_within_the_batch",
        "SupportSet.push",
        (
            "self.ages[places] = 0",
            "self.ages[places] = torch.arange(len(z), device=self.ages.device)",
        ),
        "You number the ages within a batch: 0, 1, 2, …. How many pushes ago did its rows come?",
        trains=True,
    ),
    Mistake(
        "last_of_a_batch_is_newest",
        "SupportSet.push",
        (
            "self.ages[places] = 0",
            "self.ages[places] = torch.arange(len(z), device=self.ages.device).flip(0)",
        ),
        "You number the ages within a batch, down to 0 for its last row. How many pushes ago did its rows come?",
        trains=True,
    ),
    Mistake(
        "ages_counted_in_rows",
        "SupportSet.push",
        """def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError("too many")
    for b, row in enumerate(F.normalize(z.detach().to(self.rows), dim=1)):
        place = int(self.position)
        self.ages += self.ages >= 0
        self.rows[place], self.ages[place] = row, 0
        self.images[place] = -1 if images is None else int(images[b])
        self.position.fill_((place + 1) % len(self.rows))
""",
        "You increase the ages once for every row. What are ages counted in?",
        trains=True,
    ),
    Mistake(
        "ages_of_all_counted_in_rows",
        "SupportSet.push",
        (OLDER, "self.ages += len(z)"),
        "You increase all ages by B, those of rows that were never pushed as well. What are ages counted in, and what does -1 mean?",
        trains=True,
    ),
    Mistake(
        "ages_not_written",
        "SupportSet.push",
        ("self.ages[places] = 0", "pass"),
        "You do not write the age of new rows, so a row that replaces a random one keeps -1. How old is a new row?",
        trains=True,
    ),
    Mistake(
        "ages_of_the_first_rows",
        "SupportSet.push",
        ("self.ages[places] = 0", "self.ages[: len(z)] = 0"),
        "You always set the first B ages to 0. Where did the rows go?",
        trains=True,
    ),
    Mistake(
        "position_twice_as_far",
        "SupportSet.push",
        (ON, ON.replace("len(z)", "2 * len(z)")),
        "You move the position by 2B. How many rows were pushed?",
        trains=True,
    ),
    Mistake(
        "rows_not_written",
        "SupportSet.push",
        ("self.rows[places] =", "self.rows.clone()[places] ="),
        "You store images and ages, but the rows of the set do not change. Where do the projections go?",
        trains=True,
    ),
    Mistake(
        "centred",
        "SupportSet.push",
        (NEW, "F.normalize((z - z.mean(0)).detach().to(self.rows), dim=1)"),
        "You subtract the mean of the batch first. Which steps lie between z and a row of the set?",
        trains=True,
    ),
    Mistake(
        "ages_before_the_end_only",
        "SupportSet.push",
        ("self.ages[places] = 0", "self.ages[places[places >= self.position]] = 0"),
        "You set the ages only of the new rows before the end, not of those that wrapped around to the beginning. How old is a row that has wrapped around?",
        trains=True,
    ),
    Mistake(
        "images_before_the_end_only",
        "SupportSet.push",
        (
            "self.images[places] = -1 if images is None else images.to(self.images)",
            "kept = places >= self.position\n        self.images[places[kept]] = -1 if images is None else images.to(self.images)[kept]",
        ),
        "You store the images only of the new rows before the end, not of those that wrapped around to the beginning. Which image does a row that has wrapped around show?",
        trains=True,
    ),
    Mistake(
        "first_image_for_all",
        "SupportSet.push",
        ("images.to(self.images)", "images[0].to(self.images)"),
        "You store the first image for all rows of the batch. Which image does row b show?",
        trains=True,
    ),
    Mistake(
        "starts_again_at_zero",
        "SupportSet.push",
        """def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError("too many")
    start = int(self.position)
    start = start if start + len(z) <= len(self.rows) else 0
    places = torch.arange(start, start + len(z), device=self.rows.device)
    self.ages += self.ages >= 0
    self.rows[places] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[places] = -1 if images is None else images.to(self.images)
    self.ages[places] = 0
    self.position.fill_((start + len(z)) % len(self.rows))
""",
        "If a batch does not fit before the end, you write all of it at the beginning, and go on from there. Which rows are the oldest?",
        trains=True,
    ),
    Mistake(
        "starts_again_one_row_early",
        "SupportSet.push",
        """def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError("too many")
    start = int(self.position)
    start = start if start + len(z) < len(self.rows) else 0
    places = torch.arange(start, start + len(z), device=self.rows.device)
    self.ages += self.ages >= 0
    self.rows[places] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[places] = -1 if images is None else images.to(self.images)
    self.ages[places] = 0
    self.position.fill_((start + len(z)) % len(self.rows))
""",
        "You write a batch as a whole at the beginning, even if it would end exactly at the end of the set. Which rows are the oldest?",
        trains=True,
    ),
    Mistake(
        "starts_over_one_row_early",
        "SupportSet.push",
        (
            PLACES,
            "torch.arange(len(z), device=self.rows.device) + (self.position if self.position + len(z) < len(self.rows) else 0)",
        ),
        "You write a batch at the beginning if it reaches the end, but move the position as in a ring. Which rows are the oldest?",
        trains=True,
    ),
    Mistake(
        "moved_back_to_fit",
        "SupportSet.push",
        (
            PLACES,
            "self.position.clamp(max=len(self.rows) - len(z)) + torch.arange(len(z), device=self.rows.device)",
        ),
        "If a batch does not fit before the end, you write it to the last B positions, but the position moves as in a ring. Which rows are the oldest?",
        trains=True,
    ),
    Mistake(
        "moved_back_to_fit_and_on_from_zero",
        "SupportSet.push",
        """def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError("too many")
    start = min(int(self.position), len(self.rows) - len(z))
    places = torch.arange(start, start + len(z), device=self.rows.device)
    self.ages += self.ages >= 0
    self.rows[places] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[places] = -1 if images is None else images.to(self.images)
    self.ages[places] = 0
    self.position.fill_((start + len(z)) % len(self.rows))
""",
        "If a batch does not fit before the end, you write it to the last B positions, over newer rows, and begin again at 0. Which rows are the oldest?",
        trains=True,
    ),
    Mistake(
        "normalised_in_half",
        "SupportSet.push",
        (NEW, "F.normalize(z.detach(), dim=1).to(self.rows)"),
        "You normalise in the dtype of z, and then convert; half precision cannot hold the norm of (60000, 60000). Which of the two comes first?",
        trains=True,
    ),
    Mistake(
        "rounded_like_z",
        "SupportSet.push",
        (NEW, "F.normalize(z.detach().to(self.rows), dim=1).to(z.dtype).to(self.rows)"),
        "You round the rows to the dtype of z, so those of half precision no longer have unit norm. Which dtype should they get?",
        trains=True,
    ),
    Mistake(
        "dtype_of_z_for_the_set",
        "SupportSet.push",
        (NEW, "F.normalize(z.detach(), dim=1)"),
        "You write rows in the dtype of z into the set, which raises an error if the set has a different one. Which dtype should they get?",
    ),
    # nnclr_loss: the softmax
    Mistake(
        "predictions_not_normalised",
        "nnclr_loss",
        (LOGITS, "neighbours @ p2.to(neighbours).T / temperature"),
        "You take plain inner products, so a prediction with a larger norm counts for more. What must you do to p before the product?",
        trains=True,
    ),
    Mistake(
        "normalised_columns",
        "nnclr_loss",
        (LOGITS, LOGITS.replace("dim=1", "dim=0")),
        "You normalise every column of p, across the batch. Which dimension holds the numbers of one prediction?",
        trains=True,
    ),
    Mistake(
        "no_temperature",
        "nnclr_loss",
        (LOGITS, LOGITS.replace(" / temperature", " * 1.0")),
        "You do not use the temperature. What should change when it goes from 1 to 0.1?",
        trains=True,
    ),
    Mistake(
        "times_temperature",
        "nnclr_loss",
        (LOGITS, LOGITS.replace("/ temperature", "* temperature")),
        "You multiply by the temperature. Should a lower temperature make differences larger or smaller?",
        trains=True,
    ),
    Mistake(
        "predictions_ask",
        "nnclr_loss",
        (ENTROPY, ENTROPY.replace("logits,", "logits.T,")),
        "You take the softmax over neighbours, so each prediction looks for its neighbour. In the equation, does k run over neighbours or predictions?",
        trains=True,
    ),
    Mistake(
        "both_axes",
        "nnclr_loss",
        (
            f"return {ENTROPY}",
            f"return ({ENTROPY} + {ENTROPY.replace('logits,', 'logits.T,')}) / 2",
        ),
        "You average the losses over predictions and over neighbours, as one public example does. Which of the two is in the equation?",
        trains=True,
    ),
    Mistake(
        "diagonal_masked",
        "nnclr_loss",
        (
            f"return {ENTROPY}",
            "itself = torch.eye(len(p2), dtype=torch.bool, device=p2.device)\n"
            "    rest = logits.masked_fill(itself, -torch.inf) if len(p2) > 1 else logits\n"
            "    return (rest.logsumexp(1) - logits.diagonal()).mean()",
        ),
        "You leave the diagonal out of the sum, as NT-Xent does. What is on the diagonal here?",
        trains=True,
    ),
    Mistake(
        "neighbours_repel_too",
        "nnclr_loss",
        (f"return {ENTROPY}", "return nt_xent_loss(neighbours, p2.to(neighbours), temperature)"),
        "You use the 2B - 1 candidates of NT-Xent, so neighbours also repel neighbours. How many terms does the sum have here?",
        trains=True,
    ),
    Mistake(
        "sum_over_the_batch",
        "nnclr_loss",
        (ENTROPY, ENTROPY[:-1] + ', reduction="sum")'),
        "You add up the losses of the batch. What should you divide the sum by?",
        trains=True,
    ),
    Mistake(
        "pull_without_push",
        "nnclr_loss",
        (f"return {ENTROPY}", "return -logits.diagonal().mean()"),
        "You only pull pairs together, as BYOL does. What must the right prediction be compared with?",
        trains=True,
    ),
    Mistake(
        "probability_not_log",
        "nnclr_loss",
        (f"return {ENTROPY}", "return 1 - logits.softmax(1).diagonal().mean()"),
        "You return the probability of being wrong. Where is the logarithm of the equation?",
        trains=True,
    ),
    Mistake(
        "softmax_twice",
        "nnclr_loss",
        (ENTROPY, ENTROPY.replace("logits,", "logits.softmax(1),")),
        "You pass probabilities to cross_entropy. What is the first thing that it does with its input?",
        trains=True,
    ),
    Mistake(
        "neighbour_of_another",
        "nnclr_loss",
        (ENTROPY, ENTROPY.replace("device=p2.device)", "device=p2.device).roll(1)")),
        "You make each neighbour find the prediction of a different image. In which column is the right one?",
        trains=True,
    ),
    Mistake(
        "predictions_detached",
        "nnclr_loss",
        (LOGITS, LOGITS.replace("p2.to(neighbours)", "p2.detach().to(neighbours)")),
        "You stop the gradient at the predictions, and neighbours have none, so nothing learns. On which side does NNCLR stop it?",
    ),
    Mistake(
        "negatives_detached",
        "nnclr_loss",
        (
            f"return {ENTROPY}",
            "right = torch.eye(len(p2), dtype=torch.bool, device=p2.device)\n"
            "    return (torch.where(right, logits, logits.detach()).logsumexp(1) - logits.diagonal()).mean()",
        ),
        "You give the wrong answers no gradient, so nothing pushes other images away. Which terms of the sum depend on p?",
        trains=True,
    ),
    Mistake(
        "exp_before_log",
        "nnclr_loss",
        (
            f"return {ENTROPY}",
            "e = logits.exp()\n    return -(e.diagonal() / e.sum(1)).log().mean()",
        ),
        "At tau = 0.005 your loss is infinite or NaN in float32, where exp(200) is too large and exp(-200) is 0. Which function takes the log of a sum of exponentials without computing one alone?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "log_after_softmax",
        "nnclr_loss",
        (f"return {ENTROPY}", "return -logits.softmax(1).diagonal().log().mean()"),
        "At tau = 0.005 your loss is infinite or NaN in float32. A share of the softmax rounds to 0 there, and what is its logarithm? Which function takes both at once?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "mean_before_logarithm",
        "nnclr_loss",
        (f"return {ENTROPY}", "return -logits.softmax(1).diagonal().mean().log()"),
        "You take the logarithm of the mean probability. Which comes first, the logarithm or the mean?",
        trains=True,
    ),
    Mistake(
        "in_bits",
        "nnclr_loss",
        (f"return {ENTROPY}", f"return {ENTROPY} / math.log(2)"),
        "You take the logarithm to base 2. To which base is ln?",
        trains=True,
    ),
    Mistake(
        "squared_distances",
        "nnclr_loss",
        (
            LOGITS,
            "-torch.cdist(neighbours, F.normalize(p2.to(neighbours), dim=1)).square() / temperature",
        ),
        "You take squared distances, |n - p|² = 2 - 2 n·p, which doubles every difference. What is in the exponent of the equation?",
        trains=True,
    ),
    Mistake(
        "answers_on_another_device",
        "nnclr_loss",
        (ENTROPY, ENTROPY.replace(", device=p2.device", "")),
        "You make the right answers on the CPU, wherever the predictions are. Where must torch.arange make its numbers?",
        trains=True,
    ),
    Mistake(
        "only_negative_refused",
        "nnclr_loss",
        ("if not temperature > 0:", "if temperature < 0:"),
        "You let a temperature of 0 or NaN pass, and the loss is NaN. Which temperatures does the docstring refuse?",
    ),
    # nnclr_loss: the search
    Mistake(
        "predictions_search",
        "nnclr_loss",
        (NEIGHBOURS, NEIGHBOURS.replace("nearest(z1)", "nearest(p2)")),
        "You search with the predictions of view 2, and compare them with what they found. Which view should search?",
        trains=True,
    ),
    Mistake(
        "views_exchanged",
        "nnclr_loss",
        (NEIGHBOURS, "z1, p2 = p2, z1\n    " + NEIGHBOURS),
        "You let p2 search and compare with z1. Which of the two went through the predictor?",
    ),
    Mistake(
        "no_neighbours",
        "nnclr_loss",
        (NEIGHBOURS, NEIGHBOURS.replace("support.nearest(z1)", "F.normalize(z1.detach(), dim=1)")),
        "You compare z1 itself with the predictions. Where does the support set come in?",
        trains=True,
    ),
    Mistake(
        "gradient_to_the_query",
        "nnclr_loss",
        (
            NEIGHBOURS,
            NEIGHBOURS.replace("support.nearest(z1)", "z1 + (support.nearest(z1) - z1).detach()"),
        ),
        "You get the right value, but let a gradient pass through the neighbour to z1. Through which input should the gradient flow?",
        trains=True,
    ),
    Mistake(
        "always_a_tenth",
        "nnclr_loss",
        (LOGITS, LOGITS.replace("/ temperature", "/ 0.1")),
        "You always use 0.1. What should happen to the temperature that the caller gives?",
        trains=True,
    ),
    Mistake(
        "pushes_as_well",
        "nnclr_loss",
        (
            f"return {ENTROPY}",
            f"support.push(z1.detach())\n    return {ENTROPY}",
        ),
        "You also push z1 into the set. Who should decide when the set changes?",
        trains=True,
    ),
    Mistake(
        "push_first",
        "nnclr_loss",
        (
            NEIGHBOURS,
            f"support.push(z1.detach()[: len(support.rows)])\n    {NEIGHBOURS}",
        ),
        "You push z1 before you search, so every view finds itself. Should this function push at all?",
        trains=True,
    ),
    Mistake(
        "known_rows_ignored",
        "nnclr_loss",
        (NEIGHBOURS, "neighbours = support.nearest(z1)"),
        "You search again although `rows` says which neighbours were found. What does `rows` hold?",
        trains=True,
    ),
    Mistake(
        "row_zero_is_no_row",
        "nnclr_loss",
        (NEIGHBOURS, NEIGHBOURS.replace("rows is None", "rows is None or not rows.any()")),
        "You search again if all known positions are 0. Is 0 a position?",
        trains=True,
    ),
    Mistake(
        "query_for_its_neighbour",
        "nnclr_loss",
        (NEIGHBOURS, "neighbours = F.normalize(z1.to(support.rows), dim=1)"),
        "You compare z1 itself with the predictions, whether or not `rows` is given, and it gets a gradient. Where does the support set come in?",
        trains=True,
    ),
    Mistake(
        "detached_query_for_its_neighbour",
        "nnclr_loss",
        (NEIGHBOURS, "neighbours = F.normalize(z1.detach().to(support.rows), dim=1)"),
        "You compare z1 itself with the predictions, whether or not `rows` is given. Where does the support set come in?",
        trains=True,
    ),
    Mistake(
        "raw_query_for_its_neighbour",
        "nnclr_loss",
        (NEIGHBOURS, "neighbours = z1.to(support.rows)"),
        "You compare z1 itself, not normalised, with the predictions. Where does the support set come in?",
        trains=True,
    ),
    Mistake(
        "rows_never_none",
        "nnclr_loss",
        (NEIGHBOURS, "neighbours = support.rows[rows]"),
        "You index the set with None if no `rows` are given. Who searches then?",
    ),
    Mistake(
        "truth_of_the_rows",
        "nnclr_loss",
        (NEIGHBOURS, "neighbours = support.rows[rows] if rows else support.nearest(z1)"),
        "You check whether the tensor `rows` is true, which raises an error for more than one. What do you really want to know about it?",
    ),
    Mistake(
        "predictions_with_themselves",
        "nnclr_loss",
        (
            LOGITS,
            "F.normalize(p2.to(neighbours), dim=1) @ F.normalize(p2.to(neighbours), dim=1).T / temperature",
        ),
        "You compare predictions with predictions. What should each of them be compared with?",
        trains=True,
    ),
    Mistake(
        "neighbours_with_themselves",
        "nnclr_loss",
        (LOGITS, "neighbours @ neighbours.T / temperature"),
        "You compare neighbours with neighbours, so nothing learns. What should each of them be compared with?",
    ),
    Mistake(
        "no_transpose_in_the_loss",
        "nnclr_loss",
        (LOGITS, LOGITS.replace(".T", "")),
        "You multiply (B, d) by (B, d), and their inner sizes differ. Which of them must be transposed?",
    ),
    Mistake(
        "row_by_row_only",
        "nnclr_loss",
        (LOGITS, "F.cosine_similarity(neighbours, p2.to(neighbours), dim=1) / temperature"),
        "You compare each neighbour only with the prediction in the same row, so there are no (B, B) logits. What must the right prediction be compared with?",
    ),
    Mistake(
        "right_answer_is_zero",
        "nnclr_loss",
        (
            ENTROPY,
            "F.cross_entropy(logits, torch.zeros(len(p2), dtype=torch.int64, device=p2.device))",
        ),
        "You make every neighbour find prediction 0. In which column is the right one?",
        trains=True,
    ),
    Mistake(
        "right_answer_is_the_next",
        "nnclr_loss",
        (ENTROPY, ENTROPY.replace("device=p2.device)", "device=p2.device).roll(-1)")),
        "You make each neighbour find the prediction of the next image. In which column is the right one?",
        trains=True,
    ),
    Mistake(
        "right_answers_are_rows",
        "nnclr_loss",
        (
            ENTROPY,
            "F.cross_entropy(logits, support.find(z1).clamp(max=len(p2) - 1).to(p2.device) if rows is None else rows.clamp(max=len(p2) - 1))",
        ),
        "You use positions in the set as right answers. In which column is the prediction of image i?",
        trains=True,
    ),
    Mistake(
        "temperature_twice",
        "nnclr_loss",
        (LOGITS, f"{LOGITS} / temperature"),
        "You divide by the temperature twice. How many times does tau appear in the exponent?",
        trains=True,
    ),
    Mistake(
        "loss_divided_by_temperature",
        "nnclr_loss",
        """def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError("the temperature must be above 0")
    neighbours = support.nearest(z1) if rows is None else support.rows[rows]
    logits = neighbours @ F.normalize(p2.to(neighbours), dim=1).T
    return F.cross_entropy(logits, torch.arange(len(p2), device=p2.device)) / temperature
""",
        "You divide the loss by the temperature, not the cosines. Where does tau appear in the equation?",
        trains=True,
    ),
    Mistake(
        "minus_forgotten",
        "nnclr_loss",
        (f"return {ENTROPY}", f"return -{ENTROPY}"),
        "You return minus the loss. Should a right answer make it small or large?",
    ),
    Mistake(
        "cosines_reversed",
        "nnclr_loss",
        (LOGITS, f"-({LOGITS})"),
        "You reverse the sign of the cosines, so unlike predictions win. Which prediction should be the most similar?",
        trains=True,
    ),
    Mistake(
        "distances_for_cosines",
        "nnclr_loss",
        (LOGITS, "-torch.cdist(neighbours, F.normalize(p2.to(neighbours), dim=1)) / temperature"),
        "You take distances that are not squared. What is in the exponent of the equation?",
        trains=True,
    ),
    Mistake(
        "positive_distances_for_cosines",
        "nnclr_loss",
        (LOGITS, "torch.cdist(neighbours, F.normalize(p2.to(neighbours), dim=1)) / temperature"),
        "You take distances, and the largest one wins. What is in the exponent of the equation?",
        trains=True,
    ),
    Mistake(
        "one_loss_for_each",
        "nnclr_loss",
        (ENTROPY, ENTROPY[:-1] + ', reduction="none")'),
        "You return one loss for each image. Does the docstring ask for B numbers or for one?",
    ),
    Mistake(
        "mean_of_the_whole_table",
        "nnclr_loss",
        (f"return {ENTROPY}", "return -logits.log_softmax(1).mean()"),
        "You average over the whole table, right answers and wrong ones. Which entries belong to pairs?",
        trains=True,
    ),
    Mistake(
        "divided_by_one_less",
        "nnclr_loss",
        (f"return {ENTROPY}", f"return {ENTROPY} * len(p2) / max(len(p2) - 1, 1)"),
        "You divide the sum by B - 1. How many losses are there?",
        trains=True,
    ),
    Mistake(
        "divided_by_two",
        "nnclr_loss",
        (f"return {ENTROPY}", f"return {ENTROPY} / 2"),
        "You halve the loss. How many directions does this function compute?",
        trains=True,
    ),
    Mistake(
        "divided_twice_by_the_batch",
        "nnclr_loss",
        (f"return {ENTROPY}", f"return {ENTROPY} / len(p2)"),
        "You divide by B once too often. What has cross_entropy done already?",
        trains=True,
    ),
    Mistake(
        "positive_counted_twice",
        "nnclr_loss",
        (
            f"return {ENTROPY}",
            "both = torch.cat([logits.diagonal()[:, None], logits], 1)\n    return F.cross_entropy(both, torch.zeros(len(p2), dtype=torch.int64, device=p2.device))",
        ),
        "You have the right prediction twice in the sum. How many terms does it have?",
        trains=True,
    ),
    Mistake(
        "log_of_one_plus_the_sum",
        "nnclr_loss",
        (
            f"return {ENTROPY}",
            "return ((logits - logits.diagonal()[:, None]).exp().sum(1)).log1p().mean()",
        ),
        "You add 1 to a sum that already holds the right prediction. How many terms does it have?",
        trains=True,
    ),
    Mistake(
        "only_pairs_squared",
        "nnclr_loss",
        (
            f"return {ENTROPY}",
            "return (neighbours - F.normalize(p2.to(neighbours), dim=1)).square().sum(1).mean()",
        ),
        "You only pull pairs together, by squared distance, as BYOL does. What must the right prediction be compared with?",
        trains=True,
    ),
    Mistake(
        "only_pairs_by_cosine",
        "nnclr_loss",
        (f"return {ENTROPY}", "return -(logits.diagonal() * temperature).mean()"),
        "You only pull pairs together, by cosine. What must the right prediction be compared with?",
        trains=True,
    ),
    Mistake(
        "only_a_number",
        "nnclr_loss",
        (f"return {ENTROPY}", f"return {ENTROPY}.item()"),
        "You return a Python number, so nothing learns. What does the gradient need?",
    ),
    Mistake(
        "norm_of_all_predictions",
        "nnclr_loss",
        (LOGITS, "neighbours @ (p2.to(neighbours) / p2.norm()).T / temperature"),
        "You divide all predictions by one norm. Which dimension holds the numbers of one prediction?",
        trains=True,
    ),
    Mistake(
        "norm_without_gradient",
        "nnclr_loss",
        (
            LOGITS,
            "neighbours @ (p2.to(neighbours) / p2.detach().norm(dim=1, keepdim=True)).T / temperature",
        ),
        "You get the right value, but treat the norm of a prediction as a constant in the gradient. What depends on p?",
        trains=True,
    ),
    Mistake(
        "queries_as_candidates",
        "nnclr_loss",
        (
            LOGITS,
            "neighbours @ F.normalize(torch.cat([p2, z1.detach()]).to(neighbours), dim=1).T / temperature",
        ),
        "You add the projections of view 1 to the candidates. How many terms does the sum have?",
        trains=True,
    ),
    Mistake(
        "softmax_of_both_axes",
        "nnclr_loss",
        (ENTROPY, ENTROPY.replace("logits,", "logits.log_softmax(0),")),
        "You take a softmax over neighbours first, and then one over predictions. Which of the two is in the equation?",
        trains=True,
    ),
    Mistake(
        "log_softmax_twice_over_columns",
        "nnclr_loss",
        (ENTROPY, ENTROPY.replace("logits,", "logits.softmax(0),")),
        "You pass probabilities over neighbours to cross_entropy. What is the first thing that it does with its input?",
        trains=True,
    ),
    Mistake(
        "answers_pushed_down",
        "nnclr_loss",
        (
            f"return {ENTROPY}",
            "logits = logits.masked_fill(torch.eye(len(p2), dtype=torch.bool, device=p2.device), -1e9)\n    return "
            + ENTROPY,
        ),
        "You give the diagonal a huge negative logit, so the loss is huge. What is on the diagonal here?",
    ),
    Mistake(
        "diagonal_left_out_of_exponentials",
        "nnclr_loss",
        (
            f"return {ENTROPY}",
            "e = logits.exp()\n    return -(e.diagonal() / (e.sum(1) - e.diagonal())).log().mean()",
        ),
        "You leave the right prediction out of the sum, and take exp without any care for large logits. Which terms does the sum have, and which function never overflows?",
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
        "You compare each neighbour with the prediction of the view that found it. Which view's prediction should it find?",
        trains=True,
    ),
    Mistake(
        "one_direction",
        "NNCLR.loss",
        ("return (loss1 + loss2) / 2", "return loss1"),
        "You let only view 1 search. What about the other direction?",
        trains=True,
    ),
    Mistake(
        "sum_of_directions",
        "NNCLR.loss",
        ("(loss1 + loss2) / 2", "loss1 + loss2"),
        "You add up the two directions. Does the docstring ask for the sum or the mean?",
        trains=True,
    ),
    Mistake(
        "no_predictor",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            f"{LOSS1.replace('self.predictor(z2)', 'z2')}\n        {LOSS2.replace('self.predictor(z1)', 'z1')}",
        ),
        "You compare with projections. Which network must they pass through first?",
        trains=True,
    ),
    Mistake(
        "one_prediction_stopped",
        "NNCLR.loss",
        (LOSS2, LOSS2.replace("z1", "z1.detach()")),
        "You detach view 1 before the predictor, so it gets no gradient. Which of the two views should teach the encoder?",
        trains=True,
    ),
    Mistake(
        "predictions_stopped",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            f"{LOSS1.replace('z2', 'z2.detach()')}\n        {LOSS2.replace('z1', 'z1.detach()')}",
        ),
        "You detach both views before the predictor, so only the predictor learns. How can the encoder learn?",
        trains=True,
    ),
    Mistake(
        "one_prediction_without_gradient",
        "NNCLR.loss",
        (LOSS2, LOSS2.replace("self.predictor(z1)", "self.predictor(z1).detach()")),
        "You give the prediction of view 1 no gradient, so neither the predictor nor view 1 learns from it. Which directions should teach?",
        trains=True,
    ),
    Mistake(
        "one_search_for_both",
        "NNCLR.loss",
        (
            LOSS2,
            LOSS2.replace("rows2", "rows1"),
        ),
        "You use the neighbours of view 1 in both directions. Where are the neighbours of view 2?",
        trains=True,
    ),
    Mistake(
        "push_before_search",
        "NNCLR.loss",
        """def loss(self, z1, z2, index):
    self.support.push(z1, index)
    rows1, rows2 = self.search(z1, index), self.search(z2, index)
    loss1 = self.direction(z1, self.predictor(z2), rows1)
    loss2 = self.direction(z2, self.predictor(z1), rows2)
    self.found = self.health(torch.cat([rows1, rows2]), index.repeat(2))
    return (loss1 + loss2) / 2
""",
        "You push before you search. If a view is already in the set, what does it find?",
        trains=True,
    ),
    Mistake(
        "push_between_searches",
        "NNCLR.loss",
        """def loss(self, z1, z2, index):
    rows1 = self.search(z1, index)
    loss1 = self.direction(z1, self.predictor(z2), rows1)
    self.support.push(z1, index)
    rows2 = self.search(z2, index)
    loss2 = self.direction(z2, self.predictor(z1), rows2)
    self.found = self.health(torch.cat([rows1, rows2]), index.repeat(2))
    return (loss1 + loss2) / 2
""",
        "You push view 1 before view 2 searches. Which rows should view 2 see?",
        trains=True,
    ),
    Mistake(
        "push_between_searches_then_losses",
        "NNCLR.loss",
        """def loss(self, z1, z2, index):
    rows1 = self.search(z1, index)
    self.support.push(z1, index)
    rows2 = self.search(z2, index)
    loss1 = self.direction(z1, self.predictor(z2), rows1)
    loss2 = self.direction(z2, self.predictor(z1), rows2)
    self.found = self.health(torch.cat([rows1, rows2]), index.repeat(2))
    return (loss1 + loss2) / 2
""",
        "You push view 1 before view 2 searches, and also before you read the rows of view 1. Which rows should both see?",
        trains=True,
    ),
    Mistake(
        "both_pushed_as_they_come",
        "NNCLR.loss",
        """def loss(self, z1, z2, index):
    losses, found = [], []
    for z, other in [(z1, z2), (z2, z1)]:
        found.append(self.search(z, index))
        losses.append(self.direction(z, self.predictor(other), found[-1]))
        self.support.push(z, index)
    self.found = self.health(torch.cat(found), index.repeat(2))
    return sum(losses) / 2
""",
        "You push each view after its own search, so view 2 sees view 1, and both join. Which view should join, and when?",
        trains=True,
    ),
    Mistake(
        "rows_looked_up_after_the_push",
        "NNCLR.loss",
        """def loss(self, z1, z2, index):
    rows1, rows2 = self.search(z1, index), self.search(z2, index)
    self.found = self.health(torch.cat([rows1, rows2]), index.repeat(2))
    self.support.push(z1, index)
    loss1 = self.direction(z1, self.predictor(z2), rows1)
    loss2 = self.direction(z2, self.predictor(z1), rows2)
    return (loss1 + loss2) / 2
""",
        "You search first, but read the rows only after the push, when other rows may be at those positions. When must you read them?",
        trains=True,
    ),
    Mistake(
        "never_pushed",
        "NNCLR.loss",
        (PUSH, "pass"),
        "You never push anything, so the neighbours stay the random rows of the start. What should join the set after a step?",
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
        "You push predictions. Should later projections be compared with predictions or with projections?",
        trains=True,
    ),
    Mistake(
        "mean_of_views_pushed",
        "NNCLR.loss",
        (PUSH, "self.support.push((z1 + z2) / 2, index)"),
        "You push the mean of both views. Which view does the docstring name?",
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
        "You push both views, so each image takes two rows. Which view does the docstring name?",
        trains=True,
    ),
    Mistake(
        "pushed_without_images",
        "NNCLR.loss",
        (PUSH, "self.support.push(z1.detach())"),
        "You push rows without their images. How can `find` then leave out an image's own rows?",
        trains=True,
    ),
    Mistake(
        "choices_go_round",
        "NNCLR.loss",
        (SEARCH, "rows1, rows2 = self.support.find(z1), self.support.find(z2)"),
        "You bypass the method's own `search`, so exclude_same and top_k have no effect. Which function uses them?",
        trains=True,
    ),
    Mistake(
        "own_rows_never_count",
        "NNCLR.loss",
        (
            SEARCH,
            "rows1, rows2 = (self.support.find(z, exclude=index) for z in (z1, z2))",
        ),
        "You always leave out the query's own rows and take the nearest, so exclude_same and top_k have no effect. Which function uses them?",
        trains=True,
    ),
    Mistake(
        "generator_left_out",
        "NNCLR.loss",
        (
            SEARCH,
            "exclude = index if self.exclude_same else None\n"
            "        rows1, rows2 = (self.support.find(z, self.top_k, exclude) for z in (z1, z2))",
        ),
        "Your search draws from torch's global generator. Which function of the method passes its own generator?",
        trains=True,
    ),
    Mistake(
        "candidates_go_round",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            "loss1 = nnclr_loss(z1, self.predictor(z2), self.support, self.temperature, rows1)\n"
            "        loss2 = nnclr_loss(z2, self.predictor(z1), self.support, self.temperature, rows2)",
        ),
        'You call nnclr_loss whatever `candidates` is. What should happen for "all"?',
        trains=True,
    ),
    Mistake(
        "described_after_the_push",
        "NNCLR.loss",
        (f"{FOUND}\n        {PUSH}", f"{PUSH}\n        {FOUND}"),
        "You describe the neighbours after the push, when other rows may be at their positions. When are the rows that were found still there?",
        trains=True,
    ),
    Mistake(
        "described_image_by_image",
        "NNCLR.loss",
        (FOUND, FOUND.replace("repeat(2)", "repeat_interleave(2)")),
        "You give `health` the images in the order 0 0 1 1, but the rows come view by view. Which image does entry b of the second view belong to?",
        trains=True,
    ),
    Mistake(
        "nothing_for_the_meters",
        "NNCLR.loss",
        (FOUND, "pass"),
        "You do not set self.found, so the meters report nothing about the search. How would you notice that an image finds itself?",
        trains=True,
    ),
    Mistake(
        "described_for_view_1",
        "NNCLR.loss",
        (FOUND, "self.found = self.health(rows1, index)"),
        "You describe only the search of view 1. How many searches were there?",
        trains=True,
    ),
    Mistake(
        "other_direction_only",
        "NNCLR.loss",
        ("return (loss1 + loss2) / 2", "return loss2"),
        "You let only view 2 search. What about the other direction?",
        trains=True,
    ),
    Mistake(
        "second_direction_halved",
        "NNCLR.loss",
        ("(loss1 + loss2) / 2", "loss1 + loss2 / 2"),
        "You halve only the second direction. What does Python compute first, + or /?",
        trains=True,
    ),
    Mistake(
        "quarter_of_directions",
        "NNCLR.loss",
        ("(loss1 + loss2) / 2", "(loss1 + loss2) / 4"),
        "You divide the sum of the directions by 4. How many directions are there?",
        trains=True,
    ),
    Mistake(
        "divided_by_the_batch",
        "NNCLR.loss",
        ("(loss1 + loss2) / 2", "(loss1 + loss2) / (2 * len(z1))"),
        "You divide by 2B, but each direction is already a mean over the batch. How many directions are there?",
        trains=True,
    ),
    Mistake(
        "loss_without_gradient",
        "NNCLR.loss",
        ("return (loss1 + loss2) / 2", "return ((loss1 + loss2) / 2).detach()"),
        "You detach the loss, so nothing learns. What must learn from it?",
    ),
    Mistake(
        "number_for_a_loss",
        "NNCLR.loss",
        ("return (loss1 + loss2) / 2", "return ((loss1 + loss2) / 2).item()"),
        "You return a Python number instead of a tensor, so nothing learns. What does the gradient need?",
    ),
    Mistake(
        "first_prediction_stopped",
        "NNCLR.loss",
        (LOSS1, LOSS1.replace("z2", "z2.detach()")),
        "You detach view 2 before the predictor, so it gets no gradient. Which of the two views should teach the encoder?",
        trains=True,
    ),
    Mistake(
        "first_prediction_without_gradient",
        "NNCLR.loss",
        (LOSS1, LOSS1.replace("self.predictor(z2)", "self.predictor(z2).detach()")),
        "You give the prediction of view 2 no gradient, so neither the predictor nor view 2 learns from it. Which directions should teach?",
        trains=True,
    ),
    Mistake(
        "one_view_without_predictor",
        "NNCLR.loss",
        (LOSS2, LOSS2.replace("self.predictor(z1)", "z1")),
        "You compare the neighbours of view 2 with a projection, not with a prediction. Which network must view 1 pass through?",
        trains=True,
    ),
    Mistake(
        "other_view_without_predictor",
        "NNCLR.loss",
        (LOSS1, LOSS1.replace("self.predictor(z2)", "z2")),
        "You compare the neighbours of view 1 with a projection, not with a prediction. Which network must view 2 pass through?",
        trains=True,
    ),
    Mistake(
        "prediction_of_view_1_twice",
        "NNCLR.loss",
        (LOSS1, LOSS1.replace("self.predictor(z2)", "self.predictor(z1)")),
        "You compare the neighbours of both views with predictions of view 1. Which view's prediction should those of view 1 find?",
        trains=True,
    ),
    Mistake(
        "prediction_of_view_2_twice",
        "NNCLR.loss",
        (LOSS2, LOSS2.replace("self.predictor(z1)", "self.predictor(z2)")),
        "You compare the neighbours of both views with predictions of view 2. Which view's prediction should those of view 2 find?",
        trains=True,
    ),
    Mistake(
        "neighbours_of_view_2_twice",
        "NNCLR.loss",
        (LOSS1, LOSS1.replace("rows1", "rows2")),
        "You use the neighbours of view 2 in both directions. Where are the neighbours of view 1?",
        trains=True,
    ),
    Mistake(
        "predictions_search_the_set",
        "NNCLR.loss",
        (
            SEARCH,
            "rows1, rows2 = self.search(self.predictor(z1), index), self.search(self.predictor(z2), index)",
        ),
        "You search with predictions. Do the rows of the set hold predictions or projections?",
        trains=True,
    ),
    Mistake(
        "one_search_is_both",
        "NNCLR.loss",
        (SEARCH, "rows1 = rows2 = self.search(z1, index)"),
        "You search with view 1 only, and use its neighbours in both directions and in the record. Who searches for view 2?",
        trains=True,
    ),
    Mistake(
        "numbers_in_the_batch_for_images",
        "NNCLR.loss",
        (SEARCH, "rows1, rows2 = (self.search(z, torch.arange(len(z))) for z in (z1, z2))"),
        "You search as if image b of the batch were image b of the data. What does `index` hold?",
        trains=True,
    ),
    Mistake(
        "searched_again_in_the_loss",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            "loss1 = nnclr_loss(z1, self.predictor(z2), self.support, self.temperature)\n"
            "        loss2 = nnclr_loss(z2, self.predictor(z1), self.support, self.temperature)",
        ),
        "You call nnclr_loss without rows, so it searches again, without your options. Which rows have been found already, and which function uses `candidates`?",
        trains=True,
    ),
    Mistake(
        "temperature_by_default",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            "loss1 = nnclr_loss(z1, self.predictor(z2), self.support, rows=rows1)\n"
            "        loss2 = nnclr_loss(z2, self.predictor(z1), self.support, rows=rows2)",
        ),
        "You call nnclr_loss without the method's temperature and `candidates`. Which function uses them?",
        trains=True,
    ),
    Mistake(
        "all_by_default",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            "loss1 = nnclr_loss(z1, self.predictor(z2), self.support)\n"
            "        loss2 = nnclr_loss(z2, self.predictor(z1), self.support)",
        ),
        "You call nnclr_loss with neither the method's temperature nor the rows that were found. Which function uses them?",
        trains=True,
    ),
    Mistake(
        "always_all_candidates",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            "loss1 = nt_xent_loss(self.support.rows[rows1], self.predictor(z2), self.temperature)\n"
            "        loss2 = nt_xent_loss(self.support.rows[rows2], self.predictor(z1), self.temperature)",
        ),
        'You use NT-Xent whatever `candidates` is. What should happen for "batch"?',
        trains=True,
    ),
    Mistake(
        "nt_xent_of_the_views",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            "loss1 = nt_xent_loss(z1, self.predictor(z2), self.temperature)\n"
            "        loss2 = nt_xent_loss(z2, self.predictor(z1), self.temperature)",
        ),
        "You compare projections with predictions by NT-Xent. Where are the neighbours?",
        trains=True,
    ),
    Mistake(
        "pushed_image_by_number",
        "NNCLR.loss",
        (PUSH, "self.support.push(z1, torch.arange(len(z1)))"),
        "You store numbers in the batch as images. What does `index` hold?",
        trains=True,
    ),
    Mistake(
        "pushed_twice_in_a_step",
        "NNCLR.loss",
        (PUSH, f"{PUSH}\n        {PUSH}"),
        "You push view 1 twice, so each image takes two rows and ages grow by 2. How many times should it join?",
        trains=True,
    ),
    Mistake(
        "both_views_in_two_pushes",
        "NNCLR.loss",
        (PUSH, f"{PUSH}\n        self.support.push(z2, index)"),
        "You push both views, one after the other. Which view does the docstring name?",
        trains=True,
    ),
    Mistake(
        "prediction_of_view_2_pushed",
        "NNCLR.loss",
        (PUSH, "self.support.push(self.predictor(z2), index)"),
        "You push predictions of view 2. What does the docstring name?",
        trains=True,
    ),
    Mistake(
        "pushed_before_and_not_recorded",
        "NNCLR.loss",
        """def loss(self, z1, z2, index):
    self.support.push(z1, index)
    rows1, rows2 = self.search(z1, index), self.search(z2, index)
    loss1 = self.direction(z1, self.predictor(z2), rows1)
    loss2 = self.direction(z2, self.predictor(z1), rows2)
    return (loss1 + loss2) / 2
""",
        "You push before you search, and do not set self.found. If a view is already in the set, what does it find?",
        trains=True,
    ),
    Mistake(
        "pushed_between_and_not_recorded",
        "NNCLR.loss",
        """def loss(self, z1, z2, index):
    rows1 = self.search(z1, index)
    loss1 = self.direction(z1, self.predictor(z2), rows1)
    self.support.push(z1, index)
    rows2 = self.search(z2, index)
    loss2 = self.direction(z2, self.predictor(z1), rows2)
    return (loss1 + loss2) / 2
""",
        "You push view 1 before view 2 searches, and do not set self.found. Which rows should view 2 see?",
        trains=True,
    ),
    Mistake(
        "pushed_between_searches_and_not_recorded",
        "NNCLR.loss",
        """def loss(self, z1, z2, index):
    rows1 = self.search(z1, index)
    self.support.push(z1, index)
    rows2 = self.search(z2, index)
    loss1 = self.direction(z1, self.predictor(z2), rows1)
    loss2 = self.direction(z2, self.predictor(z1), rows2)
    return (loss1 + loss2) / 2
""",
        "You push view 1 before view 2 searches and before you read any rows, and do not set self.found. Which rows should both see?",
        trains=True,
    ),
    Mistake(
        "both_pushed_and_not_recorded",
        "NNCLR.loss",
        """def loss(self, z1, z2, index):
    losses = []
    for z, other in [(z1, z2), (z2, z1)]:
        losses.append(self.direction(z, self.predictor(other), self.search(z, index)))
        self.support.push(z, index)
    return sum(losses) / 2
""",
        "You push each view after its own search, so view 2 sees view 1, and you do not set self.found. Which view should join, and when?",
        trains=True,
    ),
    Mistake(
        "view_2_pushed_between",
        "NNCLR.loss",
        """def loss(self, z1, z2, index):
    rows2 = self.search(z2, index)
    loss2 = self.direction(z2, self.predictor(z1), rows2)
    self.support.push(z1, index)
    rows1 = self.search(z1, index)
    loss1 = self.direction(z1, self.predictor(z2), rows1)
    self.found = self.health(torch.cat([rows1, rows2]), index.repeat(2))
    return (loss1 + loss2) / 2
""",
        "You push view 1 before it searches, so it can find itself. When may the set change?",
        trains=True,
    ),
    Mistake(
        "described_with_one_index",
        "NNCLR.loss",
        (FOUND, "self.found = self.health(torch.cat([rows1, rows2]), index)"),
        "You give `health` 2B rows, but only B images. How many images belong to the rows of both views?",
    ),
    Mistake(
        "larger_of_both",
        "NNCLR.loss",
        ("(loss1 + loss2) / 2", "torch.maximum(loss1, loss2)"),
        "You return the larger of the two losses. How do you get the mean of two numbers?",
        trains=True,
    ),
    Mistake(
        "both_views_in_one_direction",
        "NNCLR.loss",
        """def loss(self, z1, z2, index):
    z = torch.cat([z1, z2])
    rows = self.search(z, index.repeat(2))
    self.found = self.health(rows, index.repeat(2))
    loss = self.direction(z, self.predictor(z.roll(len(z1), 0)), rows)
    self.support.push(z1, index)
    return loss
""",
        "You put both directions into one softmax, so there are 2B candidates. How many are there in each direction?",
        trains=True,
    ),
    Mistake(
        "both_views_find_themselves_in_one_direction",
        "NNCLR.loss",
        """def loss(self, z1, z2, index):
    z = torch.cat([z1, z2])
    rows = self.search(z, index.repeat(2))
    self.found = self.health(rows, index.repeat(2))
    loss = self.direction(z, self.predictor(z), rows)
    self.support.push(z1, index)
    return loss
""",
        "You put both views into one softmax, where each neighbour must find the prediction of the view that found it. Which view's prediction should it find, and among how many?",
        trains=True,
    ),
    Mistake(
        "predictor_sees_both_views",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            "p1, p2 = self.predictor(torch.cat([z1, z2])).chunk(2)\n"
            "        loss1 = self.direction(z1, p2, rows1)\n"
            "        loss2 = self.direction(z2, p1, rows2)",
        ),
        "You send both views through the predictor in one batch, so its batch norm mixes them. What does the docstring say about the predictor?",
        trains=True,
    ),
    Mistake(
        "predictor_sees_one_projection",
        "NNCLR.loss",
        (
            f"{LOSS1}\n        {LOSS2}",
            "p1, p2 = (torch.cat([self.predictor(one[None]) for one in z]) for z in (z1, z2))\n"
            "        loss1 = self.direction(z1, p2, rows1)\n"
            "        loss2 = self.direction(z2, p1, rows2)",
        ),
        "You send projections through the predictor one by one, and a batch norm raises an error for a batch of one. What should pass through it at a time?",
    ),
    Mistake(
        "predictor_evaluates",
        "NNCLR.loss",
        (SEARCH, f"self.predictor.eval()\n        {SEARCH}"),
        "You switch the predictor to eval mode, so its batch norm does not use the batch. Who should choose the mode?",
        trains=True,
    ),
    Mistake(
        "search_without_top_k",
        "NNCLR.loss",
        (
            SEARCH,
            "exclude = index if self.exclude_same else None\n"
            "        rows1, rows2 = (self.support.find(z, exclude=exclude) for z in (z1, z2))",
        ),
        "Your search finds the same rows in every call, as if it had no top_k and took the nearest. Which function of the method passes it?",
        trains=True,
    ),
    Mistake(
        "own_rows_always_left_out",
        "NNCLR.loss",
        (
            SEARCH,
            'given = self.generators["neighbours"]\n'
            "        rows1, rows2 = (self.support.find(z, self.top_k, index, given) for z in (z1, z2))",
        ),
        "You leave out the query's own rows whatever exclude_same says. Which function uses it?",
        trains=True,
    ),
    Mistake(
        "own_rows_never_left_out",
        "NNCLR.loss",
        (
            SEARCH,
            'given = self.generators["neighbours"]\n'
            "        rows1, rows2 = (self.support.find(z, self.top_k, None, given) for z in (z1, z2))",
        ),
        "You never leave out the query's own rows, whatever exclude_same says. Which function uses it?",
        trains=True,
    ),
    Mistake(
        "own_rows_always_left_out_and_generator_too",
        "NNCLR.loss",
        (SEARCH, "rows1, rows2 = (self.support.find(z, self.top_k, index) for z in (z1, z2))"),
        "You use top_k, but neither exclude_same nor the method's generator. Which function uses all three?",
        trains=True,
    ),
    Mistake(
        "own_rows_and_global_generator",
        "NNCLR.loss",
        (SEARCH, "rows1, rows2 = (self.support.find(z, self.top_k) for z in (z1, z2))"),
        "You use top_k, but never leave out the query's own rows, and draw from torch's global generator. Which function uses all options?",
        trains=True,
    ),
    # more ways to leave out own rows, to draw, and to push
    Mistake(
        "own_rows_get_the_least_cosine",
        "SupportSet.find",
        """@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    cosine = F.normalize(z.to(self.rows), dim=1) @ self.rows.T
    own = torch.zeros_like(cosine, dtype=torch.bool)
    if exclude is not None:
        own = exclude[:, None].to(self.images) == self.images
        cosine = torch.where(own, cosine.min(), cosine)
    if k == 1:
        return cosine.argmax(1)
    order = cosine.topk(k).indices
    counts = (~own.gather(1, order)).float().cpu()
    one = torch.multinomial(counts, 1, generator=generator).to(order)
    return order.gather(1, one)[:, 0]""",
        "You give the query's own rows the least of all similarities, so one can tie with the only other row and win. Which number is below every cosine?",
        trains=True,
    ),
    Mistake(
        "position_among_the_others",
        "SupportSet.find",
        """@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    found = []
    for b, query in enumerate(F.normalize(z.to(self.rows), dim=1)):
        rows = self.rows
        if exclude is not None:
            rows = rows[self.images != exclude[b].to(self.images)]
        near = (rows @ query).topk(min(k, len(rows))).indices
        one = torch.randint(len(near), (1,), generator=generator) if k > 1 else 0
        found.append(near[int(one)])
    return torch.stack(found)""",
        "You return the position among the rows that are left. Whose positions does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "draw_clamped",
        "SupportSet.find",
        (
            DRAW,
            """pick = torch.randint(k, (len(z), 1), generator=generator).to(nearest.indices)
        one = pick.minimum(counts.sum(1, keepdim=True).to(pick) - 1)""",
        ),
        "You draw one of k even if fewer are left, and take the last one in place of those that are missing. How likely is the last one then?",
        trains=True,
    ),
    Mistake(
        "mask_of_places",
        "SupportSet.push",
        (
            f"places = {PLACES}",
            """ahead = (torch.arange(len(self.rows), device=self.rows.device) - self.position) % len(self.rows)
        places = ahead < len(z)""",
        ),
        "You write through a mask, which is filled from row 0 up. If the batch wraps around to the beginning of the set, which of its projections belongs in row 0?",
        trains=True,
    ),
    Mistake(
        "only_known_images_age",
        "SupportSet.push",
        (OLDER, "self.ages += self.images >= 0"),
        "You let only rows with a known image grow older. Which rows were ever pushed?",
        trains=True,
    ),
    Mistake(
        "neighbour_among_all_rows",
        "nnclr_loss",
        """def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    target = support.find(z1) if rows is None else rows
    logits = F.normalize(p2.to(support.rows), dim=1) @ support.rows.T / temperature
    return F.cross_entropy(logits, target)""",
        "You let each prediction find its neighbour among all rows of the set. What must a neighbour find, and among which B candidates?",
        trains=True,
    ),
    Mistake(
        "nearest_squeezed",
        "SupportSet.nearest",
        """
def nearest(self, z):
    return self.rows[self.find(z).squeeze()]
""",
        "You squeeze the positions, so a batch of one loses its first dimension. Which shape does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "rows_in_the_type_of_z",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    z = z.to(self.rows.device)
    cos = F.normalize(z, dim=1) @ self.rows.to(z.dtype).T
    if exclude is not None:
        cos = cos.masked_fill(exclude.to(self.images).view(-1, 1) == self.images.view(1, -1), -2)
    if k == 1:
        return cos.argmax(1)
    values, places = cos.topk(k)
    weights = (values > -1.9).float().cpu()
    chosen = torch.multinomial(weights, 1, generator=generator).to(places.device)
    return places.gather(1, chosen).flatten()
""",
        "You round the rows to the type of the projections, so rows that are close cannot be told apart in bfloat16. Which of the two should take the other's type?",
        trains=True,
    ),
    Mistake(
        "each_row_at_most_once",
        "SupportSet.find",
        """@torch.no_grad()
def find(
    self,
    z: Tensor,
    k: int = 1,
    exclude: Tensor | None = None,
    generator: Generator | None = None,
) -> Tensor:
    B, Q = len(z), len(self.rows)
    similarity = F.normalize(z.to(self.rows.dtype), dim=1) @ self.rows.T
    if exclude is not None:
        own = exclude.to(self.images.device)[:, None] == self.images[None]
        similarity = similarity.masked_fill(own, -torch.inf)
    allowed = similarity.isfinite().cpu()
    result = [None] * B
    taken = set()
    # the most similar pairs of query and row choose first
    for pair in similarity.flatten().argsort(descending=True).tolist():
        query, row = divmod(pair, Q)
        if result[query] is not None or row in taken or not allowed[query, row]:
            continue
        result[query] = row
        taken.add(row)
        if len(taken) == min(B, Q):
            break
    nearest = similarity.argmax(1).tolist()
    result = [near if row is None else row for row, near in zip(result, nearest, strict=True)]
    if k == 1:
        return torch.tensor(result, device=self.rows.device)
    # one of the k nearest: its own, or one of the k - 1 next that nobody took
    for query in range(B):
        order = similarity[query].argsort(descending=True).tolist()
        free = [row for row in order if row not in taken and allowed[query, row]]
        choice = [result[query], *free[: k - 1]]
        drawn = int(torch.randint(len(choice), (), generator=generator))
        taken.discard(result[query])
        result[query] = choice[drawn]
        taken.add(result[query])
    return torch.tensor(result, device=self.rows.device)
""",
        "You give each row to one projection at most. May two projections have the same nearest row?",
        trains=True,
    ),
    Mistake(
        "one_number_of_each_row",
        "SupportSet.nearest",
        """
def nearest(self, z):
    where = self.find(z)
    return self.rows.gather(0, where.unsqueeze(1))
""",
        "You gather with an index of one column, so you return one number per query. How many numbers does a row of the support set have?",
        trains=True,
    ),
    Mistake(
        "room_for_one_own_row",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    Q = len(self.rows)
    wide = torch.promote_types(z.dtype, self.rows.dtype)
    query = F.normalize(z.to(self.rows.device, wide), dim=1)
    cosine = query @ self.rows.to(wide).T
    if exclude is None:
        best = cosine.topk(min(k, Q), dim=1).indices
        count = torch.full((len(z),), best.shape[1])
    else:
        # one more than needed, because the query itself may be among them
        best = cosine.topk(min(k + 1, Q), dim=1).indices
        own = self.images[best] == exclude.to(self.images.device)[:, None]
        # move it behind the others, which keep their order
        own, order = own.long().sort(dim=1, stable=True)
        best = best.gather(1, order)[:, :k]
        count = (own[:, :k] == 0).sum(dim=1).cpu()
    if k == 1:
        return best[:, 0]
    draw = (torch.rand(len(z), generator=generator, dtype=torch.float64) * count).long()
    return best.gather(1, draw[:, None].to(best.device))[:, 0]
""",
        "You look at one row more than you need, in case one is of the same image. How many rows of one image can be in a set that is larger than an epoch?",
        trains=True,
    ),
    Mistake(
        "shared_neighbours_left_out",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    rows = support.find(z1) if rows is None else rows
    wide = torch.promote_types(p2.dtype, support.rows.dtype)
    targets = support.rows[rows].to(p2.device, wide)
    scores = targets @ F.normalize(p2.to(wide), dim=1).T / temperature
    # two images with the same neighbour are no negatives of each other
    same = (rows[:, None] == rows[None, :]).to(p2.device)
    same.fill_diagonal_(False)
    scores = scores.masked_fill(same, float("-inf"))
    return F.cross_entropy(scores, torch.arange(len(p2), device=p2.device))
""",
        "You leave out predictions of images that share a neighbour. How many candidates does the docstring count?",
        trains=True,
    ),
    Mistake(
        "largest_of_the_negatives",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    n = support.nearest(z1) if rows is None else support.rows[rows]
    logits = n @ F.normalize(p2.to(n), dim=1).T / temperature
    own = logits.diagonal()
    eye = torch.eye(len(own), dtype=torch.bool, device=own.device)
    others = logits.masked_fill(eye, float("-inf"))
    largest = others.amax(1).detach() if len(own) > 1 else own.detach()
    total = (own - largest).exp() + (others - largest[:, None]).exp().sum(1)
    return (largest + total.log() - own).mean()
""",
        "At a low temperature, the exponential of a prediction that is much closer than all others overflows. Which logits may hold the largest, which you subtract?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "one_own_row_moved_behind",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    unit = F.normalize(z.to(self.rows), dim=1)
    sim = unit @ self.rows.t()
    if exclude is None:
        best = sim.topk(k, dim=1).indices
    else:
        # ask for one more, since the best match can be the picture itself
        best = sim.topk(min(k + 1, len(self.rows)), dim=1).indices
        own = self.images[best] == exclude.to(best.device).unsqueeze(1)
        # move the own one to the end and cut it off
        order = own.int().argsort(dim=1, stable=True)
        best = best.gather(1, order)[:, :k]
    if k == 1:
        return best[:, 0]
    pick = torch.randint(best.shape[1], (len(z), 1), generator=generator).to(best.device)
    return best.gather(1, pick).squeeze(1)
""",
        "You ask for one row more than k and move the image's own behind the others. How many rows of one image can the set hold?",
        trains=True,
    ),
    Mistake(
        "shortest_list_for_all",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    cosine = F.normalize(z.to(self.rows), dim=1) @ self.rows.T
    if exclude is not None:
        own = exclude.to(self.images.device)[:, None] == self.images[None, :]
        cosine[own] = -math.inf
        # there may be fewer than k rows that count
        k = min(k, int((~own).sum(dim=1).min()))
    nearest = cosine.topk(k, dim=1).indices
    if k == 1:
        return nearest[:, 0]
    drawn = torch.randint(0, k, (len(z),), generator=generator).to(nearest.device)
    return nearest[torch.arange(len(z), device=nearest.device), drawn]
""",
        "You shorten the list of every query to the shortest one. Which rows count for a query that has none of its own in the set?",
        trains=True,
    ),
    Mistake(
        "images_repeated_directly",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    # both views in one search
    images = index.repeat_interleave(2)
    rows = self.search(torch.cat([z1, z2]), images)
    rows1, rows2 = rows.chunk(2)
    p1, p2 = self.predictor(z1), self.predictor(z2)
    total = self.direction(z1, p2, rows1) + self.direction(z2, p1, rows2)
    self.found = self.health(rows, images)
    self.support.push(z1, index)
    return total / 2
""",
        "You repeat each image number directly, as in a a b b, but all first views come before all second views. Whose rows does a query ignore then?",
        trains=True,
    ),
    Mistake(
        "one_number_for_all_queries",
        "SupportSet.find",
        """
@torch.no_grad()
def find(
    self,
    z: Tensor,
    k: int = 1,
    exclude: Tensor | None = None,
    generator: Generator | None = None,
) -> Tensor:
    overlap = z.to(self.rows.dtype) @ self.rows.T
    usable = torch.ones_like(overlap, dtype=torch.bool)
    if exclude is not None:
        usable = self.images[None, :] != exclude.to(self.images.device)[:, None]
    overlap = torch.where(usable, overlap, torch.full_like(overlap, -math.inf))
    ranking = overlap.argsort(dim=1, descending=True)
    if k == 1:
        return ranking[:, 0]
    available = usable.sum(1).clamp(max=k)
    xi = torch.rand(1, generator=generator).to(self.rows.device)  # uniform in [0, 1)
    rank = (xi * available).long()
    return ranking.gather(1, rank[:, None])[:, 0]
""",
        "You draw one random number for the whole batch, so all queries take the neighbour of the same rank. How many draws do you need?",
        trains=True,
    ),
    Mistake(
        "queries_normalised_in_half",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    found = []
    queries = F.normalize(z, dim=1)
    for b, query in enumerate(queries):
        distance = (self.rows - query).square().sum(1)
        if exclude is not None:
            distance = distance.masked_fill(self.images == int(exclude[b]), math.inf)
        nearest = distance.argsort(stable=True)[:k]
        nearest = nearest[distance[nearest] != math.inf]
        turn = 0
        if k > 1:
            turn = int(torch.randint(len(nearest), (), generator=generator))
        found.append(nearest[turn])
    return torch.stack(found)
""",
        "You normalise z in its own precision, and in half precision that rounds to three digits, or overflows. In which precision are the rows?",
        trains=True,
    ),
    Mistake(
        "all_rows_numbered_on_the_cpu",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    queries = F.normalize(z.to(self.rows), dim=1)
    everyone = torch.arange(len(self.rows))
    found = torch.zeros_like(everyone[:1]).repeat(len(z))
    for i in range(len(queries)):
        allowed = everyone
        if exclude is not None:
            allowed = everyone[self.images != int(exclude[i])]
        distance = (self.rows[allowed] - queries[i]).pow(2).sum(dim=1).sqrt()
        pool = allowed[distance.argsort()[:k]]
        if k == 1:
            found[i] = pool[0]
        else:
            found[i] = pool[int(torch.randint(len(pool), (), generator=generator))]
    return found
""",
        "You number the rows on the CPU and return such numbers, wherever the rows are. On which device should the positions be?",
        trains=True,
    ),
    Mistake(
        "searches_again_for_the_meters",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    p1 = self.predictor(z1)
    p2 = self.predictor(z2)
    one = self.direction(z1, p2, self.search(z1, index))
    two = self.direction(z2, p1, self.search(z2, index))
    found = torch.cat([self.search(z, index) for z in (z1, z2)])
    self.found = self.health(found, index.cpu().repeat(2))
    self.support.push(z1, index)
    return (one + two) / 2
""",
        "You search again for the meters, and with top_k above 1 that draws other neighbours. Which rows did the loss use?",
        trains=True,
    ),
    Mistake(
        "shifts_all_rows",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    B = len(z)
    if B > len(self.rows):
        raise ValueError(f"{B} projections do not fit a support set of {len(self.rows)}")
    new_rows = F.normalize(z.detach().to(self.rows), dim=1)
    if images is None:
        new_images = torch.full_like(self.images[:B], -1)
    else:
        new_images = images.to(self.images)
    older = torch.where(self.ages < 0, self.ages, self.ages + 1)
    # first in, first out: drop the oldest at the front, append the newest at the back
    self.rows = torch.cat([self.rows[B:], new_rows])
    self.images = torch.cat([self.images[B:], new_images])
    self.ages = torch.cat([older[B:], torch.zeros_like(self.ages[:B])])
""",
        "You move all rows to the front, and `position` stays at 0, although the next row does not go there. In a ring, which rows stay where they are?",
        trains=True,
    ),
    Mistake(
        "draws_like_the_views",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    exclude = index if self.exclude_same else None
    source = self.generators["views"]
    rows1, rows2 = (self.support.find(z, self.top_k, exclude, source) for z in (z1, z2))
    loss1 = self.direction(z1, self.predictor(z2), rows1)
    loss2 = self.direction(z2, self.predictor(z1), rows2)
    self.found = self.health(torch.cat([rows1, rows2]), index.repeat(2))
    self.support.push(z1, index)
    return (loss1 + loss2) / 2
""",
        "Your search draws from another generator of the method, so the number of neighbours changes the views. Which function of the method passes the right one?",
        trains=True,
    ),
    *probabilities_kept_from_zero("nnclr_loss", LOG_OF_P, "a bad prediction"),
]
