# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 8: wrong ways to write k-means and parts of an autoencoder, and what to say about each."""

from lessons.course.mistakes import Mistake

LEAST = "least, label = torch.addmm(norms, some, centroids.T, alpha=-2).min(1)"
SQUARED = "(least + some.norm(dim=1).square()).clamp(min=0)"
MEAN = "total / count.clamp(min=1)[:, None]"
RESULT = "result = torch.where(count[:, None] > 0, total / count.clamp(min=1)[:, None], centroids)"
REVIVED = "result[empty[: len(far)]] = x[far]"
PLACES = "torch.rand(count, generator=generator, dtype=torch.float64).to(ends) * ends[-1]"
FOUND = "torch.searchsorted(ends, places, right=True).clamp(max=len(squared) - 1)"
CANDIDATES = "far_points(nearest, 2 + int(math.log(k)), generator)"
START = "plus_plus(x, k, generator) if start is None else start - middle"
STEP = "centroids = means(x, labels, distances, centroids)"
NOISE = "x + std * torch.randn(x.shape, generator=generator).to(x)"
LOSS = "F.mse_loss(model(noisy).float(), x)"
LATENT = "self.encoder(x).mean((2, 3))"

MISTAKES = [
    # assign
    Mistake(
        "inner_product",
        "assign",
        (
            "torch.addmm(norms, some, centroids.T, alpha=-2).min(1)",
            "(-2 * some @ centroids.T).min(1)",
        ),
        "You look for the largest inner product, so a centroid with a large norm wins everywhere. Where is |c|^2?",
        trains=True,
    ),
    Mistake(
        "cross_term_once",
        "assign",
        ("alpha=-2", "alpha=-1"),
        "You count the cross term only once. What is (x - c)^2 when you expand it?",
        trains=True,
    ),
    Mistake(
        "point_norm_forgotten",
        "assign",
        (SQUARED, "least"),
        "You leave |x|^2 out of the distances. It is the same for all centroids, so the labels are right, but how far is (3, 0) from (4, 0)?",
        trains=True,
    ),
    Mistake(
        "farthest",
        "assign",
        (".min(1)", ".max(1)"),
        "You give each point the centroid that is farthest away. Which one is nearest?",
    ),
    Mistake(
        "not_squared",
        "assign",
        (SQUARED, SQUARED + ".sqrt()"),
        "You return distances, and the docstring asks for their squares. Which squares add up to the 37 for (10, 1) and (4, 0)?",
        trains=True,
    ),
    Mistake(
        "city_block",
        "assign",
        (
            LEAST,
            "least, label = (some[:, None] - centroids).abs().sum(2).square().min(1)\n        least = least - some.norm(dim=1).square()",
        ),
        "You add up absolute differences. If you draw a circle around (3, 3), which centroid is nearer: (0, 3) or (5, 5)?",
        trains=True,
    ),
    Mistake(
        "cosine",
        "assign",
        (
            LEAST,
            "least, label = torch.addmm(norms, some, centroids.T, alpha=-2)[:, (some @ (centroids / centroids.norm(dim=1, keepdim=True)).T).argmax(1)].diagonal(), (some @ (centroids / centroids.norm(dim=1, keepdim=True)).T).argmax(1)",
        ),
        "You compare directions, so (1, 1) and (9, 9) count as the same. Does k-means compare directions or positions?",
        trains=True,
    ),
    Mistake(
        "per_dimension",
        "assign",
        (SQUARED, SQUARED + " / x.shape[1]"),
        "You average the squares over the dimensions. Is |x - c|^2 a mean or a sum?",
        trains=True,
    ),
    Mistake(
        "second_nearest",
        "assign",
        (".min(1)", ".kthvalue(min(2, len(centroids)), 1)"),
        "You give each point its second nearest centroid. If you sorted, at which position is the nearest?",
    ),
    Mistake(
        "negative_distance",
        "assign",
        (SQUARED, "least + some.norm(dim=1).square()"),
        "You let rounding make some squared distances negative. What is the smallest value that a square can have?",
        trains=True,
    ),
    Mistake(
        "all_at_once",
        "assign",
        ("x.split(CHUNK)", "[x]"),
        "You compare all points with all centroids in one matrix. How large is it for a million points and 1,000 centroids?",
        trains=True,
    ),
    Mistake(
        "last_chunk_first",
        "assign",
        ("for some in x.split(CHUNK):", "for some in x.split(CHUNK)[::-1]:"),
        "You put the last chunk of points first. Which rows of the result belong to the first CHUNK points?",
    ),
    Mistake(
        "first_chunk_repeated",
        "assign",
        (
            "for some in x.split(CHUNK):",
            "for some in x[(torch.arange(len(x)) % CHUNK)].split(CHUNK):",
        ),
        "After CHUNK points you start again with the first point. Which points should the labels further down belong to?",
    ),
    Mistake(
        "last_chunk_left_out",
        "assign",
        (
            "    return torch.cat([label for label, _ in parts]), torch.cat([least for _, least in parts])",
            "    done = len(x) // CHUNK * CHUNK or len(x)\n"
            "    rest = torch.arange(len(x), device=x.device) >= done\n"
            "    labels, distances = (torch.cat(one) for one in zip(*parts, strict=True))\n"
            "    return labels.masked_fill(rest, 0), distances.masked_fill(rest, 0)",
        ),
        "You treat only full chunks, so the last points keep label 0. How long is the last chunk of 1,500 points?",
        trains=True,
    ),
    Mistake(
        "inner_product_then_distance",
        "assign",
        (
            LEAST,
            "label = (some @ centroids.T).argmax(1)\n        least = (some - centroids[label]).square().sum(1) - some.norm(dim=1).square()",
        ),
        "You choose the largest inner product, so a centroid with a large norm wins everywhere. Which centroid has the smallest *distance*?",
        trains=True,
    ),
    Mistake(
        "labels_on_the_cpu",
        "assign",
        (
            "    return torch.cat([label for label, _ in parts]),",
            "    labels = torch.zeros(len(x), dtype=torch.int64)\n"
            "    labels[:] = torch.cat([label for label, _ in parts])\n"
            "    return labels,",
        ),
        "You make the labels on the CPU, wherever x is. Which argument of torch.zeros prevents that?",
        trains=True,
    ),
    Mistake(
        "distances_in_float32",
        "assign",
        (
            "torch.cat([least for _, least in parts])",
            "torch.cat([least for _, least in parts]).float()",
        ),
        "You return float32 distances, whatever x is. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "distances_first",
        "assign",
        (
            "return torch.cat([label for label, _ in parts]), torch.cat([least for _, least in parts])",
            "return torch.cat([least for _, least in parts]), torch.cat([label for label, _ in parts])",
        ),
        "You return the distances first. In which order does the docstring name the two results?",
    ),
    Mistake(
        "point_norm_forgotten_and_cut",
        "assign",
        (SQUARED, "least.clamp(min=0)"),
        "You leave |x|^2 out of the distances, and replace what is below 0 by 0. The labels are right, but how far is (3, 0) from (4, 0)?",
        trains=True,
    ),
    Mistake(
        "cross_term_added",
        "assign",
        ("alpha=-2", "alpha=2"),
        "You add the cross term. What is its sign in (x - c)^2?",
        trains=True,
    ),
    Mistake(
        "cross_term_missing",
        "assign",
        ("alpha=-2", "alpha=0"),
        "You leave out the cross term, so the centroid with the smallest norm wins everywhere. What is (x - c)^2 when you expand it?",
        trains=True,
    ),
    Mistake(
        "norm_of_centroids_not_squared",
        "assign",
        ("centroids.square().sum(1)", "centroids.norm(dim=1)"),
        "You add |c| instead of |c|^2. What is (x - c)^2 when you expand it?",
        trains=True,
    ),
    Mistake(
        "norm_of_points_not_squared",
        "assign",
        ("some.norm(dim=1).square()", "some.norm(dim=1)"),
        "You add |x| instead of |x|^2. The labels are right, but what is (x - c)^2 when you expand it?",
        trains=True,
    ),
    Mistake(
        "centroid_norm_twice",
        "assign",
        ("norms = centroids.square().sum(1)", "norms = 2 * centroids.square().sum(1)"),
        "You count |c|^2 twice. What is (x - c)^2 when you expand it?",
        trains=True,
    ),
    Mistake(
        "nearest_point_of_each_centroid",
        "assign",
        (LEAST, "least, label = torch.addmm(norms, some, centroids.T, alpha=-2).min(0)"),
        "You take the minimum over the points, so you return one result for each centroid. Which dimension holds the centroids?",
    ),
    Mistake(
        "distances_from_centroids_to_points",
        "assign",
        (
            "for some in x.split(CHUNK):\n        least, label = torch.addmm(norms, some, centroids.T, alpha=-2).min(1)\n        parts.append((label, (least + some.norm(dim=1).square()).clamp(min=0)))",
            "for some in centroids.split(CHUNK):\n        least, label = torch.cdist(some, x).square().min(1)\n        parts.append((label, least))",
        ),
        "You look for the nearest point of each centroid. Which rows should have a label?",
    ),
    Mistake(
        "sum_of_differences",
        "assign",
        (
            LEAST,
            "least, label = (some[:, None] - centroids).abs().sum(2).min(1)\n        least = least - some.norm(dim=1).square()",
        ),
        "You add up absolute differences. What should be done with each difference before it is added?",
        trains=True,
    ),
    Mistake(
        "difference_not_absolute",
        "assign",
        (
            LEAST,
            "least, label = (some[:, None] - centroids).sum(2).square().min(1)\n        least = least - some.norm(dim=1).square()",
        ),
        "You add up the differences and square the sum, so they can cancel. Which comes first in |x - c|^2?",
        trains=True,
    ),
    Mistake(
        "largest_difference",
        "assign",
        (
            LEAST,
            "least, label = (some[:, None] - centroids).square().amax(2).min(1)\n        least = least - some.norm(dim=1).square()",
        ),
        "You take the largest squared difference of all dimensions. What does |x - c|^2 do with them?",
        trains=True,
    ),
    Mistake(
        "squared_twice",
        "assign",
        (
            "least + some.norm(dim=1).square()).clamp(min=0)",
            "least + some.norm(dim=1).square()).clamp(min=0).square()",
        ),
        "You square the distances once more. What does |x|^2 - 2 x.c + |c|^2 give already?",
        trains=True,
    ),
    Mistake(
        "sign_of_distance",
        "assign",
        (
            "(least + some.norm(dim=1).square()).clamp(min=0)",
            "-(least + some.norm(dim=1).square()).clamp(min=0)",
        ),
        "You return distances with a minus sign. What is the smallest value that a square can have?",
        trains=True,
    ),
    Mistake(
        "labels_in_int32",
        "assign",
        (
            "return torch.cat([label for label, _ in parts]),",
            "return torch.cat([label for label, _ in parts]).int(),",
        ),
        "You return int32 labels. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "labels_in_float",
        "assign",
        (
            "return torch.cat([label for label, _ in parts]),",
            "return torch.cat([label for label, _ in parts]).to(x),",
        ),
        "You return the labels in the dtype of x. Which dtype does the docstring promise?",
    ),
    Mistake(
        "only_the_first_chunk",
        "assign",
        (
            "return torch.cat([label for label, _ in parts]), torch.cat([least for _, least in parts])",
            "return parts[0]",
        ),
        "You return only the first chunk. How many labels do N points need?",
    ),
    Mistake(
        "only_the_last_chunk",
        "assign",
        (
            "return torch.cat([label for label, _ in parts]), torch.cat([least for _, least in parts])",
            "return parts[-1]",
        ),
        "You return only the last chunk. How many labels do N points need?",
    ),
    Mistake(
        "short_chunk_left_out",
        "assign",
        (
            "for some in x.split(CHUNK):",
            "for some in x[: max(1, len(x) // CHUNK) * CHUNK].split(CHUNK):",
        ),
        "You leave out a short last chunk. How many labels do 1,500 points need?",
    ),
    Mistake(
        "chunks_stacked",
        "assign",
        (
            "return torch.cat([label for label, _ in parts]), torch.cat([least for _, least in parts])",
            "return torch.stack([label for label, _ in parts]), torch.stack([least for _, least in parts])",
        ),
        "You stack the chunks, which adds a dimension and needs chunks of equal size. What joins them end to end?",
    ),
    Mistake(
        "sum_of_distances",
        "assign",
        (
            "torch.cat([least for _, least in parts])",
            "torch.cat([least for _, least in parts]).sum()",
        ),
        "You return the sum of the distances. How many distances does the docstring promise?",
    ),
    Mistake(
        "all_distances_returned",
        "assign",
        (
            LEAST,
            "every = torch.addmm(norms, some, centroids.T, alpha=-2)\n        least, label = every.mean(1), every.argmin(1)",
        ),
        "You return the mean of each point's distances to all centroids. Which centroid should the distance be to?",
        trains=True,
    ),
    Mistake(
        "labels_one_too_large",
        "assign",
        (
            "return torch.cat([label for label, _ in parts]),",
            "return torch.cat([label for label, _ in parts]) + 1,",
        ),
        "You number the clusters from 1. What is the number of the first row of centroids?",
    ),
    Mistake(
        "kept_dimension",
        "assign",
        (".min(1)", ".min(1, keepdim=True)"),
        "You keep a dimension of size 1. Which shapes does the docstring promise?",
    ),
    Mistake(
        "centroids_transposed",
        "assign",
        ("some, centroids.T", "some, centroids"),
        "You multiply (n, d) by (K, d). What must be transposed so that the inner sizes agree?",
    ),
    Mistake(
        "labels_alone",
        "assign",
        (
            "return torch.cat([label for label, _ in parts]), torch.cat([least for _, least in parts])",
            "return torch.cat([label for label, _ in parts])",
        ),
        "You return the labels alone. What else does the docstring promise?",
    ),
    Mistake(
        "cosine_distance",
        "assign",
        (
            LEAST,
            "least, label = (2 - 2 * (some / some.norm(dim=1, keepdim=True)) @ (centroids / centroids.norm(dim=1, keepdim=True)).T).min(1)\n        least = least - some.norm(dim=1).square()",
        ),
        "You measure between unit vectors, so (1, 1) and (9, 9) count as the same. Does k-means compare directions or positions?",
        trains=True,
    ),
    Mistake(
        "one_minus_cosine",
        "assign",
        (
            LEAST,
            "least, label = (1 - (some / some.norm(dim=1, keepdim=True)) @ (centroids / centroids.norm(dim=1, keepdim=True)).T).min(1)\n        least = least - some.norm(dim=1).square()",
        ),
        "You return 1 minus the cosine, so (1, 1) and (9, 9) count as the same. Does k-means compare directions or positions?",
        trains=True,
    ),
    Mistake(
        "cut_before_the_minimum",
        "assign",
        ("alpha=-2).min(1)", "alpha=-2).clamp(min=0).min(1)"),
        "You clamp |c|^2 - 2 x.c at 0 before |x|^2 is added, so many centroids seem equally near. Which sum cannot be below 0?",
        trains=True,
    ),
    Mistake(
        "absolute_before_the_minimum",
        "assign",
        ("alpha=-2).min(1)", "alpha=-2).abs().min(1)"),
        "You take the absolute value of |c|^2 - 2 x.c before |x|^2 is added. Which sum cannot be below 0?",
        trains=True,
    ),
    Mistake(
        "only_full_chunks",
        "assign",
        ("x.split(CHUNK)", "x[: len(x) // CHUNK * CHUNK].split(CHUNK)[: len(x) // CHUNK]"),
        "You go over full chunks only, and fewer than CHUNK points make none. How many chunks do 1,500 points need?",
    ),
    # means
    Mistake(
        "sum_not_mean",
        "means",
        (MEAN, "total / 1"),
        "You return the sum of the points. Where would that place the centroid of a hundred points at (1, 1)?",
    ),
    Mistake(
        "over_all_points",
        "means",
        (MEAN, "total / len(x)"),
        "You divide by the number of all points. How many of them are in the cluster?",
    ),
    Mistake(
        "over_clusters",
        "means",
        (MEAN, "total / len(centroids)"),
        "You divide by the number of clusters. How many points were added up?",
    ),
    Mistake(
        "one_too_many",
        "means",
        ("count.clamp(min=1)", "(count + 1)"),
        "You divide by the count plus one, which is never zero. What does that make the mean of a single point?",
        trains=True,
    ),
    Mistake(
        "half_way",
        "means",
        (MEAN, "(total / count.clamp(min=1)[:, None] + centroids) / 2"),
        "You go only half-way from the old centroid to the mean. Which point has the smallest sum of squared distances?",
        trains=True,
    ),
    Mistake(
        "median",
        "means",
        (
            RESULT,
            "result = torch.stack([x[labels == k].median(0).values if count[k] else c for k, c in enumerate(centroids)])",
        ),
        "You take the median in each dimension. Which centroid has the smallest sum of *squared* distances?",
        trains=True,
    ),
    Mistake(
        "old_one_counts",
        "means",
        (MEAN, "(total + centroids) / (count + 1)[:, None]"),
        "You count the old centroid as one more point. Is it a point of the data?",
        trains=True,
    ),
    Mistake(
        "weighted_by_distance",
        "means",
        (
            RESULT,
            "weight = distances + 1e-9\n    heavy = torch.zeros_like(centroids).index_add_(0, labels, x * weight[:, None])\n    sums = torch.zeros_like(count, dtype=x.dtype).index_add_(0, labels, weight)\n    result = torch.where(count[:, None] > 0, heavy / sums.clamp(min=1e-30)[:, None], centroids)",
        ),
        "You give far points more weight in the mean. How much should each point of a cluster weigh?",
        trains=True,
    ),
    Mistake(
        "empty_stays",
        "means",
        (REVIVED, "pass"),
        "You leave an empty cluster where it is, so it is likely to stay empty. Which point needs a centroid most?",
        trains=True,
    ),
    Mistake(
        "empty_to_zero",
        "means",
        (RESULT, "result = " + MEAN + "\n    return result"),
        "You set the centroid of an empty cluster to zero. What does the docstring say about an empty cluster?",
        trains=True,
    ),
    Mistake(
        "empty_to_first_points",
        "means",
        (REVIVED, "result[empty[: len(far)]] = x[: len(far)]"),
        "You give an empty cluster the first point of the data. Which point is farthest from its centroid?",
        trains=True,
    ),
    Mistake(
        "empty_to_nearest",
        "means",
        (
            "distances.topk(min(len(empty), len(x)))",
            "distances.topk(min(len(empty), len(x)), largest=False)",
        ),
        "You give an empty cluster the point that is nearest to its own centroid. Does that point need another centroid?",
        trains=True,
    ),
    Mistake(
        "same_point_for_all",
        "means",
        (REVIVED, "result[empty] = x[far[:1]] if len(far) else result[empty]"),
        "You give all empty clusters the same point. If two centroids are at the same point, how many of the two stay empty?",
        trains=True,
    ),
    Mistake(
        "revived_in_wrong_place",
        "means",
        (REVIVED, "result[: len(far)] = x[far]"),
        "You write the new centroids over the first clusters. Which rows belong to the empty clusters?",
        trains=True,
    ),
    Mistake(
        "revived_without_need",
        "means",
        ("far = far[distances[far] > 0]", "far = far[distances[far] >= 0]"),
        "You move an empty cluster to a point that already lies on its own centroid. What does that gain?",
        trains=True,
    ),
    Mistake(
        "revived_without_need_or_zero",
        "means",
        """def means(x, labels, distances, centroids):
    count = torch.bincount(labels, minlength=len(centroids))
    result = torch.zeros_like(centroids).index_add_(0, labels, x) / count.clamp(min=1)[:, None]
    empty = (count == 0).nonzero()[:, 0]
    far = distances.topk(min(len(empty), len(x))).indices
    result[empty[: len(far)]] = x[far]
    return result
""",
        "You move an empty cluster even to a point at distance 0, and set it to 0 if no point is left at all. What does the docstring say about that case?",
        trains=True,
    ),
    Mistake(
        "zero_if_no_point_is_left",
        "means",
        (RESULT, f"result = {MEAN}"),
        "You set an empty cluster to zero if no point with a distance above 0 is left. What does the docstring say about that case?",
        trains=True,
    ),
    Mistake(
        "nan_if_no_point_is_left",
        "means",
        (RESULT, "result = total / count[:, None]"),
        "You leave NaN in an empty cluster if no point with a distance above 0 is left. What does the docstring say about that case?",
        trains=True,
    ),
    Mistake(
        "middle_if_no_point_is_left",
        "means",
        (RESULT, RESULT.replace(", centroids)", ", x.mean(0))")),
        "You set an empty cluster to the mean of all points if no point with a distance above 0 is left. What does the docstring say about that case?",
        trains=True,
    ),
    Mistake(
        "empty_to_middle",
        "means",
        (REVIVED, "result[empty[: len(far)]] = x.mean(0)"),
        "You move an empty cluster to the mean of all points. Which point needs a centroid most?",
        trains=True,
    ),
    Mistake(
        "farthest_from_the_middle",
        "means",
        ("far = distances.topk(", "far = (x - x.mean(0)).square().sum(1).topk("),
        "You revive with the points that are farthest from the mean of all points. From which centroid are the given distances measured?",
        trains=True,
    ),
    Mistake(
        "only_one_revived",
        "means",
        (REVIVED, "result[empty[: min(1, len(far))]] = x[far[:1]]"),
        "You revive only one empty cluster. What becomes of the second one?",
        trains=True,
    ),
    Mistake(
        "count_too_short",
        "means",
        (", minlength=len(centroids))", ")"),
        "You count only up to the largest label. How many counts do five clusters need if the last one is empty?",
    ),
    Mistake(
        "old_centroids_overwritten",
        "means",
        (REVIVED, REVIVED + "\n    result = centroids.copy_(result)"),
        "You write into the centroids that you were given. What will the caller find in them?",
        trains=True,
    ),
    Mistake(
        "more_empty_clusters_than_points",
        "means",
        ("min(len(empty), len(x))", "len(empty)"),
        "You ask topk for as many points as there are empty clusters. What if there are fewer points?",
    ),
    Mistake(
        "one_number_for_a_mean",
        "means",
        (MEAN, "total.mean(1, keepdim=True) / count.clamp(min=1)[:, None]"),
        "You average over the dimensions too, so all numbers of a centroid are the same. What is a centroid the mean of?",
    ),
    Mistake(
        "mean_of_all_points",
        "means",
        (MEAN, "x.mean(0).expand_as(total)"),
        "You give every cluster the mean of all points. Which points belong to cluster k?",
    ),
    Mistake(
        "empty_is_nan",
        "means",
        (RESULT, "return total / count[:, None]"),
        "You divide by a count of 0, so an empty cluster's centroid is NaN. What does the docstring say about an empty cluster?",
    ),
    Mistake(
        "revived_by_chance",
        "means",
        (REVIVED, "result[empty[: len(far)]] = x[torch.randint(len(x), (len(far),))]"),
        "You give an empty cluster a random point. Which point needs a centroid most?",
        trains=True,
    ),
    Mistake(
        "empty_to_last_points",
        "means",
        (REVIVED, "result[empty[: len(far)]] = x[len(x) - len(far) :]"),
        "You give an empty cluster the last points of the data. Which point is farthest from its centroid?",
        trains=True,
    ),
    Mistake(
        "empty_beside_the_farthest",
        "means",
        (REVIVED, "result[empty[: len(far)]] = x[far] + 1e-2"),
        "You move an empty cluster close to the farthest point, and not onto it. Where does the docstring put it?",
        trains=True,
    ),
    Mistake(
        "distances_anew_from_old",
        "means",
        (
            "far = distances.topk(min(len(empty), len(x))).indices",
            "distances = (x - centroids[labels]).square().sum(1)\n    far = distances.topk(min(len(empty), len(x))).indices",
        ),
        "You compute the distances anew from the old centroids. What is the argument `distances` for?",
        trains=True,
    ),
    Mistake(
        "distances_anew_from_means",
        "means",
        (
            "far = distances.topk(min(len(empty), len(x))).indices",
            "distances = (x - result[labels]).square().sum(1)\n    far = distances.topk(min(len(empty), len(x))).indices",
        ),
        "You measure from the new means. Which distances does the docstring mean, and which argument holds them?",
        trains=True,
    ),
    Mistake(
        "distances_overwritten",
        "means",
        (REVIVED, "result[empty[: len(far)]] = x[far]\n    distances[far] = 0"),
        "You write into the distances that you were given. What will the caller find in them?",
        trains=True,
    ),
    Mistake(
        "empty_removed",
        "means",
        ("return result", "return result[count > 0]"),
        "You leave out the centroids of empty clusters. How many rows should the result have?",
    ),
    Mistake(
        "weights_of_neighbours",
        "means",
        (MEAN, "0.1 * (total / count.clamp(min=1)[:, None]) + 0.9 * centroids"),
        "You go only a tenth of the way from the old centroid to the mean. Which point has the smallest sum of squared distances?",
        trains=True,
    ),
    Mistake(
        "most_of_the_way",
        "means",
        (MEAN, "0.9 * (total / count.clamp(min=1)[:, None]) + 0.1 * centroids"),
        "You go only nine tenths of the way from the old centroid to the mean. Which point has the smallest sum of squared distances?",
        trains=True,
    ),
    Mistake(
        "added_to_the_old",
        "means",
        ("torch.zeros_like(centroids).index_add_", "centroids.clone().index_add_"),
        "You add the points to the old centroids. What should a sum start from?",
        trains=True,
    ),
    Mistake(
        "one_point_for_a_mean",
        "means",
        (
            RESULT,
            "result = torch.stack([x[labels == k][0] if count[k] else c for k, c in enumerate(centroids)])",
        ),
        "You take the first point of each cluster. What is the mean of all of them?",
        trains=True,
    ),
    Mistake(
        "last_point_of_a_cluster",
        "means",
        (
            "total = torch.zeros_like(centroids).index_add_(0, labels, x)",
            "total = torch.zeros_like(centroids)\n    total[labels] = x",
        ),
        "A point replaces the points before it, so only the last one of each cluster is counted; total[labels] += x does that too. How do you add when an index occurs twice?",
        trains=True,
    ),
    Mistake(
        "unit_length_means",
        "means",
        ("return result", "return result / result.norm(dim=1, keepdim=True).clamp(min=1e-12)"),
        "You normalise every centroid. Does the mean of arbitrary points have unit norm?",
        trains=True,
    ),
    Mistake(
        "middle_of_the_range",
        "means",
        (
            RESULT,
            "result = torch.stack([(x[labels == k].amin(0) + x[labels == k].amax(0)) / 2 if count[k] else c for k, c in enumerate(centroids)])",
        ),
        "You take the midpoint of the smallest and the largest number in each dimension. Which centroid has the smallest sum of squared distances?",
        trains=True,
    ),
    Mistake(
        "divided_by_count_minus_one",
        "means",
        ("count.clamp(min=1)", "(count - 1).clamp(min=1)"),
        "You divide by the count minus one. How many points were added up?",
        trains=True,
    ),
    Mistake(
        "means_in_float32",
        "means",
        ("return result", "return result.float()"),
        "You return float32, whatever the old centroids are. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "float32_sums",
        "means",
        ("torch.zeros_like(centroids)", "torch.zeros(centroids.shape)"),
        "You add the points to float32 zeros, whatever x is. Which function makes zeros of the dtype and the device of a tensor?",
    ),
    Mistake(
        "least_far_first",
        "means",
        (
            REVIVED,
            "result[empty[: len(far)]] = x[distances.argsort()[-len(empty) - 1 : -1][: len(far)]]",
        ),
        "You skip the farthest point. Which point needs a centroid most?",
        trains=True,
    ),
    Mistake(
        "empty_to_infinity",
        "means",
        (REVIVED, "result[empty] = float('inf')"),
        "You set an empty cluster to infinity. What does the docstring say about an empty cluster?",
    ),
    Mistake(
        "empty_splits_the_largest",
        "means",
        (REVIVED, "result[empty[: len(far)]] = result[count.argmax()]"),
        "You put an empty cluster onto the centroid of the largest cluster. If two centroids are at the same point, how many of the two stay empty?",
        trains=True,
    ),
    Mistake(
        "farthest_from_the_empty_one",
        "means",
        (REVIVED, "result[empty] = x[torch.cdist(centroids[empty], x).argmax(1)]"),
        "You give an empty cluster the point that is farthest from the empty cluster's own centroid. From which centroid are the given distances measured?",
        trains=True,
    ),
    Mistake(
        "nearest_to_the_empty_one",
        "means",
        (REVIVED, "result[empty] = x[torch.cdist(centroids[empty], x).argmin(1)]"),
        "You give an empty cluster the point that is nearest to its old centroid. Which point needs a centroid most?",
        trains=True,
    ),
    # far_points
    Mistake(
        "uniform_draw",
        "far_points",
        (FOUND, "(torch.rand(count, generator=generator) * len(squared)).long()"),
        "You draw every point with the same probability. If a point's squared distance is four times as large, how much likelier should it be?",
        trains=True,
    ),
    Mistake(
        "root_of_distance",
        "far_points",
        ("squared.double().cumsum(0)", "squared.double().sqrt().cumsum(0)"),
        "You draw in proportion to the distance, by taking a square root. The rule of k-means++ is D^2, so what does the argument already hold?",
        trains=True,
    ),
    Mistake(
        "squared_again",
        "far_points",
        ("squared.double().cumsum(0)", "squared.double().square().cumsum(0)"),
        "You square what is already squared, so outliers win. What does the argument hold?",
        trains=True,
    ),
    Mistake(
        "always_the_farthest",
        "far_points",
        (FOUND, "squared.argmax().repeat(count)"),
        "You always take the farthest point. What happens if it is an outlier?",
        trains=True,
    ),
    Mistake(
        "the_farthest_few",
        "far_points",
        (FOUND, "squared.argsort(descending=True).repeat(count)[:count]"),
        "You take the farthest points in order. Where does chance come in?",
        trains=True,
    ),
    Mistake(
        "nearest_preferred",
        "far_points",
        ("squared.double().cumsum(0)", "(squared.max() - squared).double().cumsum(0)"),
        "You draw near points more often than far ones. Should the weight grow or shrink with distance?",
        trains=True,
    ),
    Mistake(
        "softmax_of_distance",
        "far_points",
        ("squared.double().cumsum(0)", "squared.double().softmax(0).cumsum(0)"),
        "You draw with softmax probabilities, so a point at distance 0 still has a chance. Does 'proportional' mean an exponential?",
        trains=True,
    ),
    Mistake(
        "one_place_further",
        "far_points",
        (FOUND, "torch.searchsorted(ends, places, right=True).add(1).clamp(max=len(squared) - 1)"),
        "You return the point after the one that was drawn. On whose piece of the line did the draw fall?",
        trains=True,
    ),
    Mistake(
        "all_draws_equal",
        "far_points",
        (
            "torch.rand(count, generator=generator, dtype=torch.float64)",
            "torch.rand(1, generator=generator, dtype=torch.float64).repeat(count)",
        ),
        "You use one random number for all draws, so they all give the same point. How many random numbers do you need?",
        trains=True,
    ),
    Mistake(
        "none_twice",
        "far_points",
        (
            "torch.rand(count, generator=generator, dtype=torch.float64)",
            "((torch.rand(1, generator=generator, dtype=torch.float64) + torch.arange(count) / count) % 1)[torch.randperm(count, generator=generator)]",
        ),
        "You spread the draws evenly over the line. Should the second draw know where the first one fell?",
        trains=True,
    ),
    Mistake(
        "draw_without_generator",
        "far_points",
        ("generator=generator, ", ""),
        "You draw the random numbers from torch's global generator. What is `generator` for?",
        trains=True,
    ),
    Mistake(
        "seeded_again",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    if generator is not None:
        generator = Generator().manual_seed(generator.initial_seed())
    some = x[torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]]
    chosen = [0]
    nearest = (some - some[0]).square().sum(1)
    for _ in range(1, k):
        candidates = far_points(nearest, 2 + int(math.log(k)), generator)
        after = torch.minimum(nearest, squared_distances(some[candidates], some))
        best = int(after.sum(1).argmin())
        chosen.append(int(candidates[best]))
        nearest = after[best]
    return some[chosen]
""",
        "You make a new generator from the same seed at each call, so every call gives the same start. Who advances the generator that you were given?",
        trains=True,
    ),
    Mistake(
        "kmeans_seeded_again",
        "kmeans",
        (
            START,
            "plus_plus(x, k, generator and Generator().manual_seed(generator.initial_seed())) if start is None else start - middle",
        ),
        "You make a new generator from the same seed at each call, so every call begins with the same centroids. Who advances the generator that you were given?",
        trains=True,
    ),
    Mistake(
        "draws_stand_still",
        "far_points",
        (
            "generator=generator, ",
            "generator=generator and Generator().manual_seed(generator.initial_seed()), ",
        ),
        "You make a new generator from the same seed at each call, so every call gives the same draws. Who advances the generator that you were given?",
        trains=True,
    ),
    Mistake(
        "behind_the_end",
        "far_points",
        (".clamp(max=len(squared) - 1)", ""),
        "You return position N if all distances are 0. What is the position of the last of N points?",
        trains=True,
    ),
    Mistake(
        "a_little_for_all",
        "far_points",
        ("squared.double().cumsum(0)", "(squared + 0.05 * squared.max()).double().cumsum(0)"),
        "You add a little to every squared distance, so a centroid can be drawn again. How likely should a point at distance 0 be?",
        trains=True,
    ),
    Mistake(
        "without_replacement",
        "far_points",
        (
            FOUND,
            "torch.multinomial(squared, count, generator=generator) if squared.sum() > 0 else torch.zeros(count, dtype=torch.int64)",
        ),
        "You draw without replacement, so no point can be drawn twice. What does 'independent' mean for the second draw?",
        trains=True,
    ),
    Mistake(
        "drawn_on_the_cpu",
        "far_points",
        (".to(ends) * ends[-1]", " * (1.0 if ends.is_meta else ends[-1].item())"),
        "With distances on a GPU this fails: the generator draws on the CPU, so the random numbers or the distances must move. Which line does that?",
        trains=True,
    ),
    Mistake(
        "multinomial_as_it_is",
        "far_points",
        """
def far_points(squared, count, generator=None):
    return torch.multinomial(squared, count, generator=generator)
""",
        "You draw without replacement, which torch.multinomial does unless told otherwise, and it refuses distances that are all 0. Which argument allows a point to be drawn twice, and what if no point is far?",
        trains=True,
    ),
    Mistake(
        "nothing_far",
        "far_points",
        """
def far_points(squared, count, generator=None):
    weights = squared.cpu().double()
    return torch.multinomial(weights, count, replacement=True, generator=generator).to(squared.device)
""",
        "You raise an error if all distances are 0. Which position would do?",
        trains=True,
    ),
    Mistake(
        "nothing_far_and_one_device",
        "far_points",
        """
def far_points(squared, count, generator=None):
    return torch.multinomial(squared, count, replacement=True, generator=generator)
""",
        "You raise an error if all distances are 0, and draw where the distances are, although the generator is on the CPU. Which position would do, and which of the two must move?",
        trains=True,
        ties=("nothing_far",),
    ),
    Mistake(
        "as_many_as_there_are",
        "far_points",
        """
def far_points(squared, count, generator=None):
    return squared.topk(min(count, len(squared))).indices
""",
        "You take the farthest points in order, each of them once. Where does chance come in, and how many positions are asked for?",
        trains=True,
    ),
    Mistake(
        "topk_of_count",
        "far_points",
        """
def far_points(squared, count, generator=None):
    return squared.topk(count).indices
""",
        "You take the farthest points in order, and raise an error if more draws are asked for than there are points. Where does chance come in?",
        trains=True,
    ),
    Mistake(
        "line_not_used",
        "far_points",
        (" * ends[-1]", ""),
        "You draw places between 0 and 1, but the line is as long as the sum of all squared distances. Which points lie on its first part?",
        trains=True,
    ),
    Mistake(
        "piece_before",
        "far_points",
        (FOUND, "(torch.searchsorted(ends, places, right=True) - 1).clamp(min=0)"),
        "You return the point before the one that was drawn. On whose piece of the line did the draw fall?",
        trains=True,
        unsure=("test_without_iterations_the_centroids_are_points",),
    ),
    Mistake(
        "any_far_point",
        "far_points",
        ("squared.double().cumsum(0)", "(squared > 0).double().cumsum(0)"),
        "You draw every point that is not at distance 0 with the same probability. If a point's squared distance is four times as large, how much likelier should it be?",
        trains=True,
    ),
    Mistake(
        "inverse_distance",
        "far_points",
        ("squared.double().cumsum(0)", "(1 / squared.double().clamp(min=1e-6)).cumsum(0)"),
        "You draw in proportion to 1 / distance, so near points are drawn most often. Should the weight grow or shrink with distance?",
        trains=True,
        unsure=("test_without_iterations_the_centroids_are_points",),
    ),
    Mistake(
        "logarithm_of_distance",
        "far_points",
        ("squared.double().cumsum(0)", "squared.double().log1p().cumsum(0)"),
        "You draw in proportion to a logarithm of the distance. What does 'proportional to their squared distance' mean?",
        trains=True,
    ),
    Mistake(
        "largest_product",
        "far_points",
        (FOUND, "(squared * torch.rand(count, len(squared), generator=generator)).argmax(1)"),
        "You multiply each distance by a random number and take the largest product, which favours far points too much. How likely should a point be that has a quarter of the sum?",
        trains=True,
    ),
    Mistake(
        "above_the_mean",
        "far_points",
        ("squared.double().cumsum(0)", "(squared * (squared > squared.mean())).double().cumsum(0)"),
        "You draw only points whose distance is above the mean. How likely is a point at half of the largest distance?",
        trains=True,
    ),
    Mistake(
        "values_returned",
        "far_points",
        (
            FOUND,
            "squared[torch.searchsorted(ends, places, right=True).clamp(max=len(squared) - 1)]",
        ),
        "You return the squared distances of the drawn points. Which numbers does the docstring promise?",
    ),
    Mistake(
        "draws_in_int32",
        "far_points",
        (FOUND, "torch.searchsorted(ends, places, right=True).clamp(max=len(squared) - 1).int()"),
        "You return int32. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "latent_of_sixteen_positions",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).sum((2, 3)) / 16"),
        "You divide by 16 positions, which is right only for images of 32 x 32 pixels. How many positions does the code of a larger image have?",
        trains=True,
    ),
    Mistake(
        "length_for_its_square",
        "assign",
        """def assign(x, centroids):
    norms = centroids.norm(dim=1) / 2
    labels = torch.cat([(some @ centroids.T - norms).argmax(1) for some in x.split(CHUNK)])
    return labels, (x - centroids[labels]).square().sum(1)
""",
        "You subtract |c| / 2, so the centroid that you choose is not always the nearest. What is left of |x - c|^2 without |x|^2?",
        trains=True,
    ),
    Mistake(
        "repeated_draws_left_out",
        "far_points",
        (FOUND, FOUND + ".unique()"),
        "You leave out repeated draws and sort the rest, so fewer positions come back than were asked for. What does 'independent' allow?",
        trains=True,
    ),
    Mistake(
        "one_draw",
        "far_points",
        ("torch.rand(count,", "torch.rand(1,"),
        "You return one draw, however many are asked for. What is `count`?",
    ),
    Mistake(
        "draws_in_a_column",
        "far_points",
        (
            FOUND,
            "torch.searchsorted(ends, places, right=True).clamp(max=len(squared) - 1)[:, None]",
        ),
        "You return a column. How many dimensions does the docstring promise?",
    ),
    Mistake(
        "draws_from_numpy",
        "far_points",
        (
            "torch.rand(count, generator=generator, dtype=torch.float64)",
            "torch.tensor(__import__('numpy').random.rand(count))",
        ),
        "You draw from another library's generator. What is `generator` for?",
        trains=True,
    ),
    Mistake(
        "draws_seeded_inside",
        "far_points",
        (
            "torch.rand(count, generator=generator, dtype=torch.float64)",
            "torch.rand(count, generator=Generator().manual_seed(0), dtype=torch.float64)",
        ),
        "You seed a generator inside the function, so every call gives the same draws. Who should choose the seed?",
        trains=True,
    ),
    Mistake(
        "draws_normal",
        "far_points",
        (
            "torch.rand(count, generator=generator, dtype=torch.float64)",
            "torch.randn(count, generator=generator, dtype=torch.float64).abs().clamp(max=1)",
        ),
        "Your draws are not spread evenly over the line: they come from a normal distribution. Which function gives numbers between 0 and 1 that are equally likely?",
        trains=True,
    ),
    Mistake(
        "small_number_added",
        "far_points",
        ("squared.double().cumsum(0)", "(squared.double() + 1e-3).cumsum(0)"),
        "You add a small number to every squared distance, which is not small if the points are close together. How likely should a point at distance 0 be?",
        trains=True,
    ),
    Mistake(
        "no_more_than_are_far",
        "far_points",
        """
def far_points(squared, count, generator=None):
    weights = squared.double().cpu()
    weights = weights if weights.sum() > 0 else torch.ones_like(weights)
    count = min(count, int((weights > 0).sum()))
    return torch.multinomial(weights, count, generator=generator).to(squared.device)
""",
        "You draw each point at most once, and return fewer positions than were asked for. What does 'independent' mean for the second draw?",
        trains=True,
    ),
    # plus_plus
    Mistake(
        "any_points",
        "plus_plus",
        (CANDIDATES, "torch.randint(len(some), (2 + int(math.log(k)),), generator=generator)"),
        "You draw the candidates uniformly from all points. Which ones does k-means++ prefer?",
        trains=True,
    ),
    Mistake(
        "random_rows",
        "plus_plus",
        ("chosen.append(int(candidates[best]))", "chosen.append(len(chosen))"),
        "You take k random points. What if one clump has 60 points and another has one?",
        trains=True,
    ),
    Mistake(
        "one_candidate",
        "plus_plus",
        ("2 + int(math.log(k))", "1"),
        "You draw one candidate and keep it, which is plain k-means++. How many does the docstring ask for, and why?",
        trains=True,
    ),
    Mistake(
        "too_many_candidates",
        "plus_plus",
        ("2 + int(math.log(k))", "2 + k"),
        "You draw more candidates than 2 + floor(ln K). What is left to chance if there are very many?",
        trains=True,
    ),
    Mistake(
        "farthest_candidate",
        "plus_plus",
        ("int(after.sum(1).argmin())", "int(nearest[candidates].argmax())"),
        "You keep the farthest of the candidates, which is often an outlier. Which one leaves the smallest sum?",
        trains=True,
    ),
    Mistake(
        "farthest_point",
        "plus_plus",
        (CANDIDATES, "nearest.argmax()[None]"),
        "You always take the farthest point and never draw. When would nine nearer points deserve the centroid more?",
        trains=True,
    ),
    Mistake(
        "last_centroid_only",
        "plus_plus",
        ("nearest = after[best]", "nearest = squared[best]"),
        "You measure distances to the last centroid only, and forget the earlier ones. To which centroid should `nearest` hold the distance?",
        trains=True,
    ),
    Mistake(
        "first_centroid_only",
        "plus_plus",
        ("nearest = after[best]", "nearest = nearest * 1"),
        "You always measure distances to the first centroid. What changes for a point when a new centroid is nearer?",
        trains=True,
    ),
    Mistake(
        "farthest_centroid_counts",
        "plus_plus",
        ("nearest = after[best]", "nearest = torch.maximum(nearest, squared[best])"),
        "You keep, for each point, the distance to the farthest centroid so far. Which centroid will the point belong to?",
        trains=True,
        ties=("sum_over_centroids",),
    ),
    Mistake(
        "sum_over_centroids",
        "plus_plus",
        ("nearest = after[best]", "nearest = nearest + squared[best]"),
        "You add up the distances to all centroids. Is a point far if it lies on one of them?",
        trains=True,
        ties=("farthest_centroid_counts",),
    ),
    Mistake(
        "distances_from_norms",
        "plus_plus",
        (
            "squared_distances(some[candidates], some)",
            "((some[candidates] ** 2).sum(1)[:, None] + (some**2).sum(1) - 2 * some[candidates] @ some.T).clamp(min=0)",
        ),
        "You compute squared distances as |a|² + |b|² - 2 a·b. How many digits are left if two points are 100 from the origin and 0.001 from each other?",
        trains=True,
    ),
    Mistake(
        "starts_with_row_0",
        "plus_plus",
        (
            "torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]",
            "torch.cat([torch.zeros(1, dtype=torch.long), 1 + torch.randperm(len(x) - 1, generator=generator)])[: max(SEEDING_POINTS * k, 1000)]",
        ),
        "You always choose the first point of the data as the first centroid. Which point should it be?",
        trains=True,
    ),
    Mistake(
        "first_rows_of_data",
        "plus_plus",
        (
            "some = x[torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]]",
            "some = x[: max(SEEDING_POINTS * k, 1000)]\n    some = some[torch.randperm(len(some), generator=generator)]",
        ),
        "You look only at the first points of the data. What if the data is sorted by class?",
        trains=True,
    ),
    Mistake(
        "beside_the_points",
        "plus_plus",
        (
            "return some[chosen]",
            "return some[chosen] + 1e-3 * torch.randn(some[chosen].shape, generator=generator).to(x)",
        ),
        "You return centroids that are close to points, but not points. Which rows does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "start_without_generator",
        "plus_plus",
        ("torch.randperm(len(x), generator=generator)", "torch.randperm(len(x))"),
        "You make a draw from torch's global generator. Does the same seed then give the same start?",
        trains=True,
    ),
    Mistake(
        "two_candidates",
        "plus_plus",
        ("2 + int(math.log(k))", "2"),
        "You always draw two candidates. How many does the docstring ask for if k is 8?",
        trains=True,
    ),
    Mistake(
        "first_rows_in_order",
        "plus_plus",
        (
            "x[torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]]",
            "x[: max(SEEDING_POINTS * k, 1000)]",
        ),
        "You take the first points of the data, in their order. What if the data is sorted, and which point is always the first centroid?",
        trains=True,
    ),
    Mistake(
        "distances_not_squared",
        "plus_plus",
        ("(some - some[0]).square().sum(1)", "(some - some[0]).norm(dim=1)"),
        "You measure plain distances to the first centroid, and squared ones to the others. Which does `far_points` ask for?",
        trains=True,
    ),
    Mistake(
        "distance_over_dimensions",
        "plus_plus",
        ("(some - some[0]).square().sum(1)", "(some - some[0]).square().mean(1)"),
        "You take the mean of the squares over the dimensions for the first centroid, and their sum for the others. Which one is |a - b|²?",
        trains=True,
    ),
    Mistake(
        "candidate_alone",
        "plus_plus",
        ("int(after.sum(1).argmin())", "int(squared.sum(1).argmin())"),
        "You compare the distances to each candidate alone, and forget the centroids that are there already. Which sum should become small?",
        trains=True,
    ),
    Mistake(
        "largest_sum",
        "plus_plus",
        ("int(after.sum(1).argmin())", "int(after.sum(1).argmax())"),
        "You keep the candidate that leaves the largest sum. Which sum does k-means minimise?",
        trains=True,
    ),
    Mistake(
        "last_centroid_in_all",
        "plus_plus",
        ("after = torch.minimum(nearest, squared)", "after = squared"),
        "You measure distances to the newest centroid only, even when you compare the candidates. Which number should a point keep if an earlier centroid is nearer?",
        trains=True,
    ),
    Mistake(
        "candidates_number_kept",
        "plus_plus",
        ("chosen.append(int(candidates[best]))", "chosen.append(best)"),
        "You keep a candidate's place among the candidates (0, 1, 2, …) as if it were a position in the data. Which point is candidate `best`?",
        trains=True,
        unsure=("test_without_iterations_the_centroids_are_points",),
    ),
    Mistake(
        "other_points_than_the_subset",
        "plus_plus",
        ("return some[chosen]", "return x[chosen]"),
        "Your positions refer to the shuffled subset, but you look them up in x. Which tensor are they rows of?",
        trains=True,
    ),
    Mistake(
        "positions_returned",
        "plus_plus",
        ("return some[chosen]", "return torch.tensor(chosen)"),
        "You return positions. Which rows does the docstring promise?",
    ),
    Mistake(
        "one_centroid_more",
        "plus_plus",
        ("range(1, k)", "range(k)"),
        "You return k + 1 centroids. How many are left to choose after the first?",
    ),
    Mistake(
        "one_centroid_less",
        "plus_plus",
        ("range(1, k)", "range(2, k)"),
        "You return one centroid too few. How many are left to choose after the first?",
    ),
    Mistake(
        "subset_too_small",
        "plus_plus",
        ("max(SEEDING_POINTS * k, 1000)", "SEEDING_POINTS * k"),
        "You keep 12 points per cluster, even if that is few. How many are kept at least?",
        trains=True,
    ),
    Mistake(
        "root_for_the_draws",
        "plus_plus",
        ("far_points(nearest,", "far_points(nearest.sqrt(),"),
        "You draw candidates in proportion to the plain distance. Which distances does `far_points` take?",
        trains=True,
    ),
    Mistake(
        "square_for_the_draws",
        "plus_plus",
        ("far_points(nearest,", "far_points(nearest.square(),"),
        "You square distances that are squared already before you draw. Which distances does `far_points` take?",
        trains=True,
    ),
    Mistake(
        "all_candidates_count",
        "plus_plus",
        ("nearest = after[best]", "nearest = torch.minimum(nearest, squared.amin(0))"),
        "You update the distances with all candidates, including those that you drop. To which centroids should `nearest` hold the distance?",
        trains=True,
    ),
    Mistake(
        "first_candidate",
        "plus_plus",
        ("best = int(after.sum(1).argmin())", "best = 0"),
        "You draw several candidates and keep the first, whichever it is. Which one leaves the smallest sum?",
        trains=True,
    ),
    Mistake(
        "candidates_by_log2",
        "plus_plus",
        ("int(math.log(k))", "int(math.log2(k))"),
        "You take the logarithm to base 2. What is floor(ln 8)?",
        trains=True,
    ),
    Mistake(
        "candidates_by_log10",
        "plus_plus",
        ("int(math.log(k))", "int(math.log10(k))"),
        "You take the logarithm to base 10. What is floor(ln 8)?",
        trains=True,
    ),
    Mistake(
        "candidates_one_less",
        "plus_plus",
        ("2 + int", "1 + int"),
        "You draw one candidate too few. What is 2 + floor(ln 8)?",
        trains=True,
    ),
    Mistake(
        "candidates_one_more",
        "plus_plus",
        ("2 + int", "3 + int"),
        "You draw one candidate too many. What is 2 + floor(ln 8)?",
        trains=True,
    ),
    Mistake(
        "log_only",
        "plus_plus",
        ("2 + int(math.log(k))", "max(1, int(math.log(k)))"),
        "You draw floor(ln K) candidates. What should be added?",
        trains=True,
    ),
    Mistake(
        "middle_first",
        "plus_plus",
        (
            "nearest = (some - some[0]).square().sum(1)",
            "some = torch.cat([some.mean(0, keepdim=True), some])\n    nearest = (some - some[0]).square().sum(1)",
        ),
        "You begin with the mean of the points. Which of the points should be first?",
        trains=True,
    ),
    Mistake(
        "farthest_first",
        "plus_plus",
        (
            "chosen = [0]\n",
            "some = some[(some - some.mean(0)).square().sum(1).argsort(descending=True)]\n    chosen = [0]\n",
        ),
        "You begin with the point that is farthest from the mean. Which point should be first?",
        trains=True,
    ),
    Mistake(
        "start_seeded_inside",
        "plus_plus",
        (
            "some = x[torch.randperm(len(x), generator=generator)",
            "generator = Generator().manual_seed(0)\n    some = x[torch.randperm(len(x), generator=generator)",
        ),
        "You seed a generator inside the function, so every call gives the same start. Who should choose the seed?",
        trains=True,
    ),
    Mistake(
        "start_in_float32",
        "plus_plus",
        ("return some[chosen]", "return some[chosen].float()"),
        "You return float32, whatever x is. Which dtype does the docstring promise?",
        trains=True,
    ),
    # kmeans
    Mistake(
        "never_moves",
        "kmeans",
        (STEP, "means(x, labels, distances, centroids)"),
        "Your centroids stay where they started. What should happen to the result of `means`?",
        trains=True,
    ),
    Mistake(
        "one_iteration",
        "kmeans",
        ("range(iterations)", "range(min(iterations, 1))"),
        "You stop after one iteration. What do the new centroids do to the labels?",
        trains=True,
    ),
    Mistake(
        "one_more",
        "kmeans",
        ("range(iterations)", "range(iterations + 1)"),
        "You run one iteration more than asked for. What should iterations=0 give?",
        trains=True,
    ),
    Mistake(
        "labels_of_before",
        "kmeans",
        (
            "return centroids + middle, labels",
            "return centroids + middle, before if iterations else labels",
        ),
        "You return the labels from before the last step, and their centroids have moved since. Which step should come last?",
        trains=True,
    ),
    Mistake(
        "ends_with_means",
        "kmeans",
        (
            "return centroids + middle, labels",
            "return means(x, labels, distances, centroids) + middle, labels",
        ),
        "You end with `means`, so a point may be nearer to another centroid than to its own. Which of the two steps comes last?",
        trains=True,
    ),
    Mistake(
        "stops_early",
        "kmeans",
        ("if torch.equal(labels, before):", "if (labels == before).double().mean() > 0.5:"),
        "You stop although some labels still change. When is nothing left to change?",
        trains=True,
    ),
    Mistake(
        "stops_at_one_percent",
        "kmeans",
        ("if torch.equal(labels, before):", "if (labels != before).double().mean() < 0.04:"),
        "You stop while a few labels still change. May one of those changes set off others? When is nothing left to change?",
        trains=True,
    ),
    Mistake(
        "start_ignored",
        "kmeans",
        (START, "plus_plus(x, k, generator)"),
        "You draw a start even though one is given. When is `start` None?",
        trains=True,
    ),
    Mistake(
        "random_start",
        "kmeans",
        (
            START,
            "x[torch.randperm(len(x), generator=generator)[:k]] if start is None else start - middle",
        ),
        "You start from any k points, although you have written a better start. What happens if two of them lie in one clump?",
        trains=True,
    ),
    Mistake(
        "kmeans_without_generator",
        "kmeans",
        ("plus_plus(x, k, generator)", "plus_plus(x, k)"),
        "You do not pass the generator to `plus_plus`. Which generator does it draw from?",
        trains=True,
    ),
    Mistake(
        "stale_distances",
        "kmeans",
        (STEP, "centroids = means(x, labels, torch.zeros_like(distances), centroids)"),
        "You do not pass the distances on to `means`, so it revives no empty cluster. Which two results does `assign` give?",
        trains=True,
    ),
    Mistake(
        "not_from_the_middle",
        "kmeans",
        ("x.mean(0)", "torch.zeros_like(x[0])"),
        "You measure from zero. At 20,000 a square is 400,000,000, and float32 keeps seven digits: what is left of a distance of 1?",
        trains=True,
    ),
    Mistake(
        "from_the_middle_and_not_back",
        "kmeans",
        ("return centroids + middle, labels", "return centroids, labels"),
        "You return centroids relative to the mean of all points. Where are they relative to zero?",
        trains=True,
    ),
    Mistake(
        "unit_length",
        "kmeans",
        (
            "x = x - middle",
            "x = (x - middle) / (x - middle).norm(dim=1, keepdim=True).clamp(min=1e-9)",
        ),
        "You normalise every point first. k-means clusters the points as they are, so who should decide whether to normalise?",
        trains=True,
    ),
    Mistake(
        "start_not_shifted",
        "kmeans",
        ("else start - middle", "else start"),
        "You shift the points to their mean, but not the start. Where is zero for the centroids that you were given?",
        trains=True,
    ),
    Mistake(
        "start_overwritten",
        "kmeans",
        ("else start - middle", "else start.sub_(middle)"),
        "You subtract the mean from the caller's start, in place. What will the caller find in it?",
        trains=True,
    ),
    Mistake(
        "distances_of_the_start",
        "kmeans",
        (
            STEP + "\n        labels, distances = assign",
            STEP + "\n        labels, _ = assign",
        ),
        "You keep the distances of the start, so `means` revives empty clusters with points that were far away then. Which distances belong to the new labels?",
        trains=True,
    ),
    Mistake(
        "kmeans_in_float32",
        "kmeans",
        ("return centroids + middle, labels", "return (centroids + middle).float(), labels"),
        "You return float32 centroids, whatever x is. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "no_first_assign",
        "kmeans",
        (
            "labels, distances = assign(x, centroids)\n    for _ in range(iterations):\n        before = labels\n        centroids = means(x, labels, distances, centroids)\n        labels, distances = assign(x, centroids)\n        if torch.equal(labels, before):\n            break",
            "for _ in range(iterations):\n        labels, distances = assign(x, centroids)\n        centroids = means(x, labels, distances, centroids)",
        ),
        "You end each iteration with `means`, so the labels belong to the previous centroids, and with iterations=0 there are no labels. Which step comes before the loop, and which comes last in it?",
    ),
    Mistake(
        "no_first_assign_but_stops",
        "kmeans",
        (
            "labels, distances = assign(x, centroids)\n    for _ in range(iterations):\n        before = labels\n        centroids = means(x, labels, distances, centroids)\n        labels, distances = assign(x, centroids)\n        if torch.equal(labels, before):\n            break",
            "labels = None\n    for _ in range(iterations):\n        before = labels\n        labels, distances = assign(x, centroids)\n        if before is not None and torch.equal(labels, before):\n            break\n        centroids = means(x, labels, distances, centroids)",
        ),
        "You begin each iteration with `assign`, so after the last one the labels belong to the previous centroids, and with iterations=0 there are no labels. Which step comes before the loop, and which comes last in it?",
    ),
    Mistake(
        "labels_first",
        "kmeans",
        ("return centroids + middle, labels", "return labels, centroids + middle"),
        "You return the labels first. In which order does the docstring name the two results?",
    ),
    Mistake(
        "three_results",
        "kmeans",
        ("return centroids + middle, labels", "return centroids + middle, labels, distances"),
        "You return the distances too. Which two results does the docstring promise?",
    ),
    Mistake(
        "distances_for_labels",
        "kmeans",
        ("return centroids + middle, labels", "return centroids + middle, distances"),
        "You return the distances in place of the labels. Which of the results of `assign` is wanted?",
    ),
    Mistake(
        "middle_subtracted_again",
        "kmeans",
        ("return centroids + middle, labels", "return centroids - middle, labels"),
        "You subtract the middle once more at the end. What undoes x - middle?",
        trains=True,
    ),
    Mistake(
        "columns_standardised",
        "kmeans",
        (
            "x = x - middle",
            "scale = x.std(0).clamp(min=1e-12)\n    x, start = (x - middle) / scale, None if start is None else (start - middle) / scale + middle",
        ),
        "You divide every dimension by its standard deviation. k-means clusters the points as they are, so who should decide whether to rescale?",
        trains=True,
    ),
    Mistake(
        "one_iteration_less",
        "kmeans",
        ("range(iterations)", "range(iterations - 1)"),
        "You run one iteration fewer than asked for. What should iterations=1 give?",
        trains=True,
    ),
    Mistake(
        "always_twenty",
        "kmeans",
        ("range(iterations)", "range(20)"),
        "You go on when the allowed iterations are used up. How many are allowed?",
        trains=True,
    ),
    Mistake(
        "labels_of_the_start",
        "kmeans",
        (
            "        labels, distances = assign(x, centroids)\n        if",
            "        _, distances = assign(x, centroids)\n        if",
        ),
        "You keep the labels of the start, so the loop stops at once. Which result of `assign` belongs to the new centroids?",
        trains=True,
    ),
    Mistake(
        "small_moves_ignored",
        "kmeans",
        (
            "        before = labels\n        centroids = means(x, labels, distances, centroids)\n        labels, distances = assign(x, centroids)\n        if torch.equal(labels, before):",
            "        old = centroids\n        centroids = means(x, labels, distances, centroids)\n        labels, distances = assign(x, centroids)\n        if (centroids - old).abs().max() < 1e-2:",
        ),
        "You stop while labels still change, if the points are only a thousandth apart. Which comparison does not depend on the unit of the points?",
        trains=True,
    ),
    Mistake(
        "start_from_unshifted_points",
        "kmeans",
        ("plus_plus(x, k, generator) if", "plus_plus(x + middle, k, generator) if"),
        "You draw the start from the points before they were shifted. Where is zero for the centroids then?",
        trains=True,
    ),
    Mistake(
        "first_points_as_start",
        "kmeans",
        ("plus_plus(x, k, generator) if", "x[:k] if"),
        "You start from the first k points, although you have written a better start. What if the data is sorted?",
        trains=True,
    ),
    Mistake(
        "points_for_centroids",
        "kmeans",
        (
            "centroids = means(x, labels, distances, centroids)",
            "centroids = means(x, labels, distances, centroids)\n        centroids = x[torch.cdist(centroids, x).argmin(1)]",
        ),
        "You replace each mean by the nearest point. Which points may a centroid be?",
        trains=True,
    ),
    Mistake(
        "labels_in_int32_too",
        "kmeans",
        ("return centroids + middle, labels", "return centroids + middle, labels.int()"),
        "You return the labels in int32. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "points_overwritten",
        "kmeans",
        ("x = x - middle", "x -= middle"),
        "You subtract the mean from the caller's points, in place. What will the caller find in them?",
        trains=True,
    ),
    Mistake(
        "start_not_moved",
        "kmeans",
        (
            "plus_plus(x, k, generator) if start is None else start - middle",
            "plus_plus(x, k, generator) if start is None else start + middle",
        ),
        "You add the mean to the start. The points were shifted by -middle: which way must the centroids go?",
        trains=True,
    ),
    Mistake(
        "labels_not_renewed",
        "kmeans",
        (
            "        labels, distances = assign(x, centroids)\n        if torch.equal(labels, before):",
            "        new, distances = assign(x, centroids)\n        if torch.equal(new, before):",
        ),
        "You compare with the labels of the start at every iteration, and return them: the new labels are never kept. Which labels should `means` get?",
        trains=True,
    ),
    Mistake(
        "no_start_shifted",
        "kmeans",
        (START, "plus_plus(x + middle, k, generator) if start is None else start"),
        "You shift the points to their mean, but no start, neither a given one nor your own. Where is zero for these centroids?",
        trains=True,
    ),
    Mistake(
        "standardised_and_back",
        "kmeans",
        """
def kmeans(x, k, iterations=20, generator=None, start=None):
    middle, scale = x.mean(0), x.std(0).clamp(min=1e-12)
    x = (x - middle) / scale
    centroids = plus_plus(x, k, generator) if start is None else (start - middle) / scale
    labels, distances = assign(x, centroids)
    for _ in range(iterations):
        before = labels
        centroids = means(x, labels, distances, centroids)
        labels, distances = assign(x, centroids)
        if torch.equal(labels, before):
            break
    return centroids * scale + middle, labels
""",
        "You divide every dimension by its standard deviation, and multiply at the end. Which centroid is nearest if one dimension counts for more than it should?",
        trains=True,
    ),
    # add_noise
    Mistake(
        "cut_to_range",
        "add_noise",
        (NOISE, f"({NOISE}).clamp(0, 1)"),
        "You clip the result to [0, 1], so the noise on black and white is one-sided. What does the docstring say about [0, 1]?",
        trains=True,
    ),
    Mistake(
        "variance_for_deviation",
        "add_noise",
        ("std * ", "std**2 * "),
        "You make noise with standard deviation std squared. What is the standard deviation of 3 times a standard normal number?",
        trains=True,
    ),
    Mistake(
        "even_noise",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "(12**0.5 * (torch.rand(x.shape, generator=generator) - 0.5))",
        ),
        "You draw uniform noise, which never goes beyond 1.74 std. How far out can Gaussian noise go?",
        trains=True,
    ),
    Mistake(
        "only_brighter",
        "add_noise",
        ("torch.randn(x.shape, generator=generator)", "torch.rand(x.shape, generator=generator)"),
        "You use rand, which is between 0 and 1, so your noise only brightens. Around which value should noise be centred?",
        trains=True,
    ),
    Mistake(
        "one_for_the_batch",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "torch.randn(x.shape[1:], generator=generator).expand(x.shape)",
        ),
        "You give all images the same noise. How many values does the batch have?",
        trains=True,
    ),
    Mistake(
        "one_for_the_channels",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "torch.randn(x[:, :1].shape, generator=generator).expand(x.shape)",
        ),
        "You give red, green and blue the same noise, so it is grey. Is it independent on every value?",
        trains=True,
    ),
    Mistake(
        "one_for_the_image",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "torch.randn(x[:, :, :1, :1].shape, generator=generator).expand(x.shape)",
        ),
        "You shift all pixels of a channel by the same amount, which changes brightness and is not noise. How many draws does an image need?",
        trains=True,
    ),
    Mistake(
        "one_for_the_row",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "torch.randn(x[:, :, :, :1].shape, generator=generator).expand(x.shape)",
        ),
        "You give all pixels of a row the same noise. How many draws does a row need?",
        trains=True,
    ),
    Mistake(
        "noise_times_image",
        "add_noise",
        (NOISE, "x * (1 + std * torch.randn(x.shape, generator=generator).to(x))"),
        "You multiply by the noise, so black stays black. What does *additive* noise do to a 0?",
        trains=True,
    ),
    Mistake(
        "noise_in_bytes",
        "add_noise",
        ("std * ", "std / 255 * "),
        "You divide std by 255. In which units is std, and in which are the images?",
        trains=True,
    ),
    Mistake(
        "noise_without_generator",
        "add_noise",
        (", generator=generator", ""),
        "You draw from torch's global generator. Which one were you given?",
        trains=True,
    ),
    Mistake(
        "noise_stands_still",
        "add_noise",
        (
            "generator=generator",
            "generator=generator and torch.Generator().manual_seed(generator.initial_seed())",
        ),
        "You make a new generator from the same seed at each call, so every batch gets the same noise. Who advances the generator that you were given?",
        trains=True,
    ),
    Mistake(
        "half_of_the_values",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "(torch.randn(x.shape, generator=generator) * (torch.rand(x.shape, generator=generator) < 0.5) * 2**0.5)",
        ),
        "You add noise to only half of the values, with twice the variance. Which values should stay clean?",
        trains=True,
    ),
    Mistake(
        "noise_in_float32",
        "add_noise",
        (".to(x)", ".to(x.device)"),
        "You add float32 noise, which makes bfloat16 images float32. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "noise_on_the_cpu",
        "add_noise",
        (".to(x)", ".to(x.dtype)"),
        "You do not bring the noise and the images to one device: the generator draws on the CPU, and the images may be on a GPU. Which of the two must move?",
        trains=True,
    ),
    Mistake(
        "noise_in_place",
        "add_noise",
        (NOISE, NOISE.replace("x + std", "x.add_(std").replace(".to(x)", ".to(x))")),
        "You add the noise to the caller's images, in place. With what will the result be compared?",
        trains=True,
    ),
    Mistake(
        "noise_only",
        "add_noise",
        (NOISE, "std * torch.randn(x.shape, generator=generator).to(x)"),
        "You return the noise without the images. What should it be added to?",
    ),
    Mistake(
        "std_forgotten",
        "add_noise",
        ("std * ", ""),
        "You add noise of standard deviation 1, whatever std is. What is the argument for?",
        trains=True,
    ),
    Mistake(
        "std_fixed",
        "add_noise",
        ("std * ", "0.01 * "),
        "You add noise of standard deviation 0.01, whatever std is. What is the argument for?",
        trains=True,
    ),
    Mistake(
        "root_of_std",
        "add_noise",
        ("std * ", "std**0.5 * "),
        "You make noise with the square root of std. What is the standard deviation of 3 times a standard normal number?",
        trains=True,
    ),
    Mistake(
        "half_uniform",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "(torch.rand(x.shape, generator=generator) - 0.5)",
        ),
        "You draw uniform noise between -1/2 and 1/2. Which distribution does the docstring name, and how large is its standard deviation?",
        trains=True,
    ),
    Mistake(
        "uniform_both_signs",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "(2 * torch.rand(x.shape, generator=generator) - 1)",
        ),
        "You draw uniform noise between -1 and 1. Which distribution does the docstring name, and how large is its standard deviation?",
        trains=True,
    ),
    Mistake(
        "only_positive",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "torch.randn(x.shape, generator=generator).abs()",
        ),
        "You take absolute values, so your noise only brightens. Around which value should noise be centred?",
        trains=True,
    ),
    Mistake(
        "std_added_too",
        "add_noise",
        ("x + std", "x + std + std"),
        "You add std itself to every value. Around which value should noise be centred?",
        trains=True,
    ),
    Mistake(
        "noise_twice",
        "add_noise",
        ("std * ", "2 * std * "),
        "You make noise with twice the standard deviation. What is the standard deviation of a standard normal number?",
        trains=True,
    ),
    Mistake(
        "one_for_each_image",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "torch.randn(x[:, :1, :1, :1].shape, generator=generator).expand(x.shape)",
        ),
        "You shift all values of an image by the same amount, which changes brightness and is not noise. How many draws does an image need?",
        trains=True,
    ),
    Mistake(
        "one_for_the_column",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "torch.randn(x[:, :, :1].shape, generator=generator).expand(x.shape)",
        ),
        "You give all pixels of a column the same noise. How many draws does a column need?",
        trains=True,
    ),
    Mistake(
        "one_number_for_all",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "torch.randn((), generator=generator).expand(x.shape)",
        ),
        "You add one number to all values. How many draws does the batch need?",
        trains=True,
    ),
    Mistake(
        "one_for_all_images_and_colours",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "torch.randn(x.shape[2:], generator=generator).expand(x.shape)",
        ),
        "You give all images and all colours the same noise. How many values does the batch have?",
        trains=True,
    ),
    Mistake(
        "faded_image",
        "add_noise",
        (NOISE, "(1 - std) * x + std * torch.randn(x.shape, generator=generator).to(x)"),
        "You fade the images by the factor 1 - std. What should noise of standard deviation std do to x itself?",
        trains=True,
    ),
    Mistake(
        "cut_below_zero",
        "add_noise",
        (NOISE, "(x + std * torch.randn(x.shape, generator=generator).to(x)).clamp(min=0)"),
        "You cut off values below 0, so the noise on black is one-sided. What does the docstring say about [0, 1]?",
        trains=True,
    ),
    Mistake(
        "cut_above_one",
        "add_noise",
        (NOISE, "(x + std * torch.randn(x.shape, generator=generator).to(x)).clamp(max=1)"),
        "You cut off values above 1, so the noise on white is one-sided. What does the docstring say about [0, 1]?",
        trains=True,
    ),
    Mistake(
        "noise_seeded_inside",
        "add_noise",
        (
            "torch.randn(x.shape, generator=generator)",
            "torch.randn(x.shape, generator=torch.Generator().manual_seed(0))",
        ),
        "You seed a generator inside the function, so every call gives the same noise. Who should choose the seed?",
        trains=True,
    ),
    Mistake(
        "noise_rounded",
        "add_noise",
        (
            NOISE,
            "(255 * (x + std * torch.randn(x.shape, generator=generator).to(x))).round() / 255",
        ),
        "You round the result to 255 levels. Does the docstring ask for whole bytes?",
        trains=True,
    ),
    Mistake(
        "std_as_the_mean",
        "add_noise",
        (
            "std * torch.randn(x.shape, generator=generator)",
            "(std + torch.randn(x.shape, generator=generator))",
        ),
        "You make std the mean of the noise, and its standard deviation is 1. In which order does torch.normal take the two?",
        trains=True,
    ),
    # reconstruction_loss
    Mistake(
        "target_is_noisy",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(model(noisy).float(), noisy)"),
        "You compare the output with the noisy image, so copying is perfect. What should come out?",
        trains=True,
    ),
    Mistake(
        "clean_goes_in",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(model(x).float(), x)"),
        "You give the model the clean image. What noise is there for it to remove?",
        trains=True,
    ),
    Mistake(
        "swapped",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(model(x).float(), noisy)"),
        "You give the model the clean image and ask for the noisy one, which cannot be learned. Which of the two should go in?",
        trains=True,
    ),
    Mistake(
        "target_is_the_noise",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(model(noisy).float(), noisy - x)"),
        "You ask the model to predict the noise. That is possible too, but what does this decoder output?",
        trains=True,
    ),
    Mistake(
        "absolute_error",
        "reconstruction_loss",
        ("F.mse_loss", "F.l1_loss"),
        "You take absolute differences. What does the S in MSE stand for?",
        trains=True,
    ),
    Mistake(
        "root",
        "reconstruction_loss",
        (LOSS, LOSS + ".sqrt()"),
        "You take the square root of the mean. Does the docstring ask for a root?",
        trains=True,
    ),
    Mistake(
        "sum_of_squares",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(model(noisy).float(), x, reduction='sum')"),
        "You add up all squares, so a larger batch has a larger loss. What does the M in MSE stand for?",
        trains=True,
    ),
    Mistake(
        "sum_per_image",
        "reconstruction_loss",
        (LOSS, LOSS + " * x[0].numel()"),
        "You take the mean over images but the sum over pixels. Over what should the mean be taken?",
        trains=True,
    ),
    Mistake(
        "squared_mean",
        "reconstruction_loss",
        (LOSS, "(model(noisy).float() - x).mean().square()"),
        "You take the mean first and then the square, so positive and negative errors cancel. Which comes first in a *mean squared* error?",
        trains=True,
    ),
    Mistake(
        "half_the_square",
        "reconstruction_loss",
        (LOSS, LOSS + " / 2"),
        "You halve the loss, as some books do to simplify the derivative. Does the docstring ask for half of the mean?",
        trains=True,
    ),
    Mistake(
        "no_gradient",
        "reconstruction_loss",
        ("model(noisy).float()", "model(noisy).float().detach() + 0 * model(noisy)"),
        "You cut off the gradient at the output. How can the model learn?",
    ),
    Mistake(
        "no_training_mode",
        "reconstruction_loss",
        ("model(noisy)", "model.eval()(noisy)"),
        "You switch the model to eval mode. Who should decide which mode it is in?",
        trains=True,
    ),
    Mistake(
        "loss_in_bfloat16",
        "reconstruction_loss",
        ("model(noisy).float()", "model(noisy)"),
        "You compute the loss in the dtype of the model's output. How many digits does a mean in bfloat16 have?",
        trains=True,
    ),
    Mistake(
        "not_reduced",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(model(noisy).float(), x, reduction='none')"),
        "You return more than one number. How many numbers is a scalar?",
    ),
    Mistake(
        "sum_per_pixel",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(model(noisy).float(), x) * x.shape[1]"),
        "You add up over the colours and take the mean over the rest. Over what should the mean be taken?",
        trains=True,
    ),
    Mistake(
        "mean_over_the_batch_only_of_norms",
        "reconstruction_loss",
        (LOSS, "(model(noisy).float() - x).flatten(1).norm(dim=1).mean()"),
        "You take the root of each image's sum of squares. Does the docstring ask for a root?",
        trains=True,
    ),
    Mistake(
        "root_for_each_image",
        "reconstruction_loss",
        (
            LOSS,
            "F.mse_loss(model(noisy).float(), x, reduction='none').mean((1, 2, 3)).sqrt().mean()",
        ),
        "You take the root for each image. Does the docstring ask for a root?",
        trains=True,
    ),
    Mistake(
        "smooth_error",
        "reconstruction_loss",
        ("F.mse_loss", "F.smooth_l1_loss"),
        "You use the smooth L1 loss, which is half the square for small errors and linear for large ones. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "cross_entropy_of_pixels",
        "reconstruction_loss",
        (LOSS, "F.binary_cross_entropy(model(noisy).float().clamp(1e-6, 1 - 1e-6), x)"),
        "You use the binary cross entropy. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "cross_entropy_of_logits",
        "reconstruction_loss",
        (LOSS, "F.binary_cross_entropy_with_logits(model(noisy).float(), x)"),
        "You use the binary cross entropy. Which error does the docstring name, and what does the decoder end with?",
        trains=True,
    ),
    Mistake(
        "sigmoid_again",
        "reconstruction_loss",
        ("model(noisy).float()", "model(noisy).float().sigmoid()"),
        "You pass the output through a sigmoid once more. With what does the decoder end?",
        trains=True,
    ),
    Mistake(
        "output_cut",
        "reconstruction_loss",
        ("model(noisy).float()", "model(noisy).float().clamp(0, 1)"),
        "You clip the output to [0, 1], and no gradient passes where it is clipped. Does the docstring ask for it?",
        trains=True,
    ),
    Mistake(
        "negative_loss",
        "reconstruction_loss",
        (LOSS, "-F.mse_loss(model(noisy).float(), x)"),
        "You return the loss with a minus sign, so training makes the error larger. What does an optimiser minimise?",
        trains=True,
    ),
    Mistake(
        "loss_in_bytes",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(255 * model(noisy).float(), 255 * x)"),
        "You compare values up to 255. In what range are the images?",
        trains=True,
    ),
    Mistake(
        "noise_added_to_output",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(noisy + model(noisy).float(), x)"),
        "You add the output to the noisy image. What should come out of the model?",
        trains=True,
    ),
    Mistake(
        "both_targets",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(model(noisy).float(), x) + F.mse_loss(model(x).float(), x)"),
        "You add the error for the clean images. Which images should the model be shown?",
        trains=True,
    ),
    Mistake(
        "clean_output_as_target",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(model(noisy).float(), model(x).float())"),
        "You compare two outputs of the model, so giving the same for all images is perfect. With what should the output be compared?",
        trains=True,
    ),
    Mistake(
        "loss_without_graph",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(model(noisy).float(), x).detach()"),
        "Your loss has no graph: it is detached, or made without gradients. How can the model learn?",
    ),
    Mistake(
        "loss_as_a_number",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(model(noisy).float(), x).item()"),
        "You return a Python number, which has no gradient. What does item() leave behind?",
    ),
    Mistake(
        "more_noise",
        "reconstruction_loss",
        ("model(noisy)", "model(noisy + (noisy - x))"),
        "You add the noise a second time. What does `noisy` hold?",
        trains=True,
    ),
    Mistake(
        "loss_in_float64",
        "reconstruction_loss",
        ("model(noisy).float()", "model(noisy).bfloat16()"),
        "You round the output to bfloat16. How many digits does bfloat16 have?",
        trains=True,
    ),
    Mistake(
        "float_too_late",
        "reconstruction_loss",
        (LOSS, "F.mse_loss(model(noisy), x).float()"),
        "You convert to float32 only after the mean, whose digits are lost by then. How many digits does a mean in bfloat16 have?",
        trains=True,
    ),
    # Autoencoder.latent
    Mistake(
        "max_over_places",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).amax((2, 3))"),
        "You keep the largest value of each channel. What does 'averaged' ask for?",
        trains=True,
    ),
    Mistake(
        "sum_over_places",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).sum((2, 3))"),
        "You take the sum over positions, so a larger image has a larger latent. What should you divide by?",
        trains=True,
    ),
    Mistake(
        "one_place",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x)[:, :, 0, 0]"),
        "You keep only the upper left corner. What about the rest of the image?",
        trains=True,
    ),
    Mistake(
        "one_row",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x)[:, :, 0].mean(2)"),
        "You average the first row only. Which two dimensions hold the positions?",
        trains=True,
    ),
    Mistake(
        "latent_of_unit_length",
        "Autoencoder.latent",
        (LATENT, "F.normalize(self.encoder(x).mean((2, 3)), dim=1)"),
        "You normalise each latent. The authors cluster it as it is, and what does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "centred_on_batch",
        "Autoencoder.latent",
        (LATENT, "(lambda code: code - code.mean(0))(self.encoder(x).mean((2, 3)))"),
        "You subtract the mean of the batch. May a latent depend on the other images of the batch?",
        trains=True,
    ),
    Mistake(
        "noise_at_encode_time",
        "Autoencoder.latent",
        (LATENT, "self.encoder(add_noise(x, 0.1)).mean((2, 3))"),
        "You add noise before you encode, so each call gives a different latent. When is the noise needed?",
        trains=True,
    ),
    Mistake(
        "latent_in_train_mode",
        "Autoencoder.latent",
        (LATENT, "self.train().encoder(x).mean((2, 3))"),
        "You switch to train mode, so batch norm uses the statistics of this batch, and remembers them. Who should decide which mode the model is in?",
        trains=True,
    ),
    Mistake(
        "pixels_as_bytes",
        "Autoencoder.latent",
        (LATENT, "self.encoder(255 * x).mean((2, 3))"),
        "You show the encoder values up to 255. In what range were the images that it was trained on?",
        trains=True,
    ),
    Mistake(
        "spread_over_places",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).std((2, 3), correction=0)"),
        "You return the standard deviation over positions. What does 'averaged' ask for?",
        trains=True,
    ),
    Mistake(
        "flattened_code",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).flatten(1)"),
        "You keep every position of the code. How many numbers does the docstring promise for each channel?",
        trains=True,
    ),
    Mistake(
        "mean_over_channels",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).mean(1).flatten(1)"),
        "You average over the channels. Which dimensions hold the positions?",
        trains=True,
    ),
    Mistake(
        "mode_changed",
        "Autoencoder.latent",
        (LATENT, "self.eval().encoder(x).mean((2, 3))"),
        "You leave the model in eval mode. Who should decide which mode it is in?",
        trains=True,
    ),
    Mistake(
        "mean_over_channels_and_rows",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).mean((1, 2))"),
        "You average over channels and rows. Which two dimensions hold the positions?",
        trains=True,
    ),
    Mistake(
        "mean_over_channels_and_columns",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).mean((1, 3))"),
        "You average over channels and columns. Which two dimensions hold the positions?",
        trains=True,
    ),
    Mistake(
        "mean_over_rows_only",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).mean(2)"),
        "You average over rows only, and the columns stay. Which two dimensions hold the positions?",
        trains=True,
    ),
    Mistake(
        "mean_over_columns_only",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).mean(3)"),
        "You average over columns only, and the rows stay. Which two dimensions hold the positions?",
        trains=True,
    ),
    Mistake(
        "mean_over_everything",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).mean((1, 2, 3))"),
        "You average over the channels too. How many numbers does the docstring promise for each image?",
        trains=True,
    ),
    Mistake(
        "mean_over_the_batch",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).mean((0, 2, 3))"),
        "You average over the images too. How many rows should B images have?",
    ),
    Mistake(
        "one_number_for_a_batch",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).mean()"),
        "You average over everything. How many numbers does the docstring promise for each image?",
    ),
    Mistake(
        "positions_kept_as_ones",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).mean((2, 3), keepdim=True)"),
        "You keep two dimensions of size 1. Which shape does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "code_not_averaged",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x)"),
        "You return the code as it is. What does 'averaged over positions' ask for?",
    ),
    Mistake(
        "reconstruction_averaged",
        "Autoencoder.latent",
        (LATENT, "self.decoder(self.encoder(x)).mean((2, 3))"),
        "You average what the decoder gives. Is the latent taken before or after the decoder?",
    ),
    Mistake(
        "images_averaged",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x.mean((2, 3), keepdim=True).expand(x.shape)).mean((2, 3))"),
        "You average the pixels before you encode. What is left of the picture then?",
        trains=True,
    ),
    Mistake(
        "median_over_places",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).flatten(2).median(2).values"),
        "You take the median over positions. What does 'averaged' ask for?",
        trains=True,
    ),
    Mistake(
        "least_over_places",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).amin((2, 3))"),
        "You keep the smallest value of each channel. What does 'averaged' ask for?",
        trains=True,
    ),
    Mistake(
        "length_over_places",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).flatten(2).norm(dim=2)"),
        "You take the norm over positions. What does 'averaged' ask for?",
        trains=True,
    ),
    Mistake(
        "middle_place",
        "Autoencoder.latent",
        (
            LATENT,
            "(lambda code: code[:, :, code.shape[2] // 2, code.shape[3] // 2])(self.encoder(x))",
        ),
        "You keep only the position in the middle. What about the rest of the image?",
        trains=True,
    ),
    Mistake(
        "mean_of_absolute_values",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).abs().mean((2, 3))"),
        "You average absolute values. What does the docstring average?",
        trains=True,
    ),
    Mistake(
        "only_positive_averaged",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).relu().mean((2, 3))"),
        "You apply a ReLU once more before you average. What does the docstring average?",
        trains=True,
    ),
    Mistake(
        "relu_after_the_mean",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).mean((2, 3)).relu()"),
        "You set negative means to 0. What does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "latent_in_float32",
        "Autoencoder.latent",
        (LATENT, "self.encoder(x).mean((2, 3)).float()"),
        "You return the latent in float32, whatever x is. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "latent_standardised",
        "Autoencoder.latent",
        (LATENT, "F.layer_norm(self.encoder(x).mean((2, 3)), (self.encoder(x).shape[1],))"),
        "You standardise each latent. What does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "images_to_both_signs",
        "Autoencoder.latent",
        (LATENT, "self.encoder(2 * x - 1).mean((2, 3))"),
        "You show the encoder values from -1 to 1. In what range were the images that it was trained on?",
        trains=True,
    ),
    # what is enough to stop, and what is taken already
    Mistake(
        "one_revival_for_each_cluster",
        "means",
        """def means(x, labels, distances, centroids):
    new, left = centroids.clone(), distances.clone()
    empty = []
    for k in range(len(centroids)):
        if (labels == k).any():
            new[k] = x[labels == k].double().mean(0).to(x)
        else:
            empty.append(k)
    for k in empty:
        i = int(left.argmax())
        if left[i] == 0:
            break
        new[k] = x[i]
        left[labels == labels[i]] = 0
    return new""",
        "Once a point has revived a cluster, you take no other point of its own cluster. Which points are the two farthest if both lie in one cluster?",
        trains=True,
    ),
    Mistake(
        "stops_below_a_hundredth",
        "kmeans",
        """def kmeans(x, k, iterations=20, generator=None, start=None):
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    middle = x.mean(0)
    x = x - middle
    centroids = plus_plus(x, k, generator) if start is None else start - middle
    labels, distances = assign(x, centroids)
    for _ in range(iterations):
        centroids = means(x, labels, distances, centroids)
        before, (labels, distances) = labels, assign(x, centroids)
        if (labels != before).double().mean() < 0.01:
            break
    return centroids + middle, labels""",
        "You stop when fewer than one point in a hundred has changed its cluster. Are the centroids the means of their points then?",
        trains=True,
    ),
    Mistake(
        "stops_when_nearly_equal",
        "kmeans",
        """def kmeans(x, k, iterations=20, generator=None, start=None):
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    middle = x.mean(0)
    x = x - middle
    centroids = plus_plus(x, k, generator) if start is None else start - middle
    labels, distances = assign(x, centroids)
    for _ in range(iterations):
        before, centroids = centroids, means(x, labels, distances, centroids)
        labels, distances = assign(x, centroids)
        if torch.allclose(before, centroids):
            break
    return centroids + middle, labels""",
        "You stop when the centroids are nearly equal, as allclose counts it. How far apart are the centroids if the features are a millionth in size?",
        trains=True,
    ),
    Mistake(
        "tiny_distances_count_as_zero",
        "far_points",
        """def far_points(squared, count, generator=None):
    if squared.sum() < 1e-10:
        return torch.randint(len(squared), (count,), generator=generator).to(squared.device)
    chance = (squared.double() / squared.double().sum()).cpu()
    return torch.multinomial(chance, count, True, generator=generator).to(squared.device)""",
        "You treat small distances as zero, and then draw any point. Does the scale of the distances matter?",
        trains=True,
    ),
    Mistake(
        "latent_squeezed",
        "Autoencoder.latent",
        """
def latent(self, x):
    code = self.encoder(x)
    return F.adaptive_avg_pool2d(code, output_size=1).squeeze()
""",
        "You squeeze every dimension of size 1, which the batch is for a single image. Which two dimensions should remain?",
        trains=True,
    ),
    Mistake(
        "loss_in_place",
        "reconstruction_loss",
        """
def reconstruction_loss(model, x, noisy):
    error = model(noisy).float()
    error -= x
    return (error ** 2).mean()
""",
        "You subtract in the model's output itself, which its sigmoid needs for the gradient. Which kind of difference makes a new tensor?",
    ),
    Mistake(
        "assign_starts_at_a_billion",
        "assign",
        """
def assign(x, centroids):
    best = x.new_full((len(x),), 1e9)
    labels = torch.zeros(len(x), dtype=torch.int64, device=x.device)
    for j, c in enumerate(centroids):
        d = ((x - c) ** 2).sum(dim=1)
        closer = d < best
        labels[closer] = j
        best[closer] = d[closer]
    return labels, best
""",
        "Your search starts at 1e9, so a point farther from every centroid keeps that number and the label 0. Which number is above every distance?",
        trains=True,
    ),
    Mistake(
        "labels_in_a_byte",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    norms = centroids.square().sum(1)
    labels = torch.empty(len(x), dtype=torch.uint8, device=x.device)  # saves memory
    distances = x.new_empty(len(x))
    for start in range(0, len(x), CHUNK):
        some = x[start : start + CHUNK]
        least, label = torch.addmm(norms, some, centroids.T, alpha=-2).min(1)
        labels[start : start + CHUNK] = label
        distances[start : start + CHUNK] = (least + some.norm(dim=1).square()).clamp(min=0)
    return labels.long(), distances
""",
        "You keep labels in 8 bits, so label 256 is 0 again. How many clusters may there be?",
        trains=True,
    ),
    Mistake(
        "small_distance_is_zero",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    count = torch.bincount(labels, minlength=len(centroids))
    total = torch.zeros_like(centroids).index_add_(0, labels, x)
    result = torch.where(count[:, None] > 0, total / count.clamp(min=1)[:, None], centroids)
    empty = (count == 0).nonzero()[:, 0]
    far = distances.topk(min(len(empty), len(x))).indices
    far = far[distances[far] > 1e-6]  # rounding errors are no distances
    result[empty[: len(far)]] = x[far]
    return result
""",
        "You treat every distance below 1e-6 as zero, so points that lie close together revive no empty cluster. Which distance means that no other point is left?",
        trains=True,
    ),
    Mistake(
        "loss_in_train_mode",
        "reconstruction_loss",
        """
def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    model.train()  # batch norm must see the noise
    return F.mse_loss(model(noisy).float(), x)
""",
        "You switch the model to train mode. In which mode is the error of held-out images measured?",
        trains=True,
    ),
    Mistake(
        "one_middle_for_all_coordinates",
        "kmeans",
        ("middle = x.mean(0)", "middle = x.mean()"),
        "You subtract one number from all coordinates. What if one coordinate lies around 10,000 and another around -10,000?",
        trains=True,
    ),
    Mistake(
        "pooling_of_square_maps",
        "Autoencoder.latent",
        """
def latent(self, x):
    code = self.encoder(x)
    side = code.shape[-1]
    return F.avg_pool2d(code, side).flatten(1)
""",
        "You average over a square window as wide as the map. What if the images are not square?",
        trains=True,
    ),
    Mistake(
        "every_point_pulls_every_centroid",
        "kmeans",
        """def kmeans(
    x: Tensor,
    k: int,
    iterations: int = 20,
    generator: Generator | None = None,
    start: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")

    # The clusters are not known, so a point cannot be sure of its own: it belongs to each one
    # with a probability, the greater the nearer the centroid. The two steps are then
    #   1. the probability of each cluster for each point
    #   2. the mean of all points, weighted by their probabilities of the cluster
    # and the labels are the most probable clusters in the end.
    origin = x.double().mean(dim=0)
    points = x.double() - origin
    if start is None:
        centroids = plus_plus(points, k, generator)
    else:
        centroids = start.double() - origin

    def probabilities(centroids):
        labels, nearest = assign(points, centroids)
        # the width of a cluster: the mean squared distance to the nearest centroid
        width = nearest.mean().clamp(min=1e-300)
        shares = []
        for some in points.split(CHUNK):
            shares.append((-squared_distances(some, centroids) / width).softmax(dim=1))
        return labels, torch.cat(shares)

    labels, share = probabilities(centroids)
    for _ in range(iterations):
        weight = share.sum(dim=0)
        moved = share.T @ points / weight.clamp(min=1e-300)[:, None]
        # a centroid that nobody wants stays where it is
        centroids = torch.where(weight[:, None] > 1e-12, moved, centroids)
        new_labels, share = probabilities(centroids)
        unchanged = torch.equal(new_labels, labels)
        labels = new_labels
        if unchanged:
            break
    return (centroids + origin).to(x.dtype), labels
""",
        "In your k-means, every point pulls on every centroid, and a nearer point pulls more. Which points is a centroid the mean of?",
        trains=True,
    ),
    Mistake(
        "floor_of_a_trillionth",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    labels = torch.empty(len(x), dtype=torch.int64, device=x.device)
    distances = torch.empty(len(x), dtype=x.dtype, device=x.device)
    for first in range(0, len(x), CHUNK):
        rows = slice(first, first + CHUNK)
        table = (x[rows] ** 2).sum(1)[:, None] + (centroids**2).sum(1)
        table = table - 2 * (x[rows] @ centroids.T)
        distances[rows], labels[rows] = table.clamp(min=1e-12).min(dim=1)
    return labels, distances
""",
        "You never let a squared distance fall below 1e-12. How far is a point from the centroid that it equals?",
        trains=True,
    ),
    Mistake(
        "binary_cross_entropy",
        "reconstruction_loss",
        """
def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    made = model(noisy)
    # the loss of Keras' tutorial for pixels in [0, 1]; it must not run under autocast
    with torch.autocast(x.device.type, enabled=False):
        return F.binary_cross_entropy(made.float(), x.float())
""",
        "You use binary cross entropy. Which loss does the docstring name, and what does a perfect reconstruction cost?",
        trains=True,
    ),
    Mistake(
        "single_points_stay",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    count = labels.bincount(minlength=len(centroids))
    total = torch.zeros_like(centroids, dtype=torch.float64).index_add_(0, labels, x.double())
    new = (total / count[:, None]).to(centroids.dtype)
    empty = (count == 0).nonzero().flatten()
    new[empty] = centroids[empty]
    if len(empty):
        # a point that is alone in its cluster stays there: without it, that one would be empty
        free = ((distances > 0) & (count[labels] > 1)).nonzero().flatten()
        farthest = free[distances[free].argsort(descending=True)][: len(empty)]
        new[empty[: len(farthest)]] = x[farthest]
    return new
""",
        "You never move a point that is alone in its cluster. Which point does the docstring give to an empty cluster?",
        trains=True,
    ),
    Mistake(
        "fresh_generator_far_points",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    generator = torch.Generator() if generator is None else generator
    # lay the squared distances end to end on a line, and draw places on it
    ends = squared.double().cumsum(0)
    places = torch.rand(count, generator=generator, dtype=torch.float64).to(ends) * ends[-1]
    # find the point whose segment holds each place; a segment of length zero holds none
    return torch.searchsorted(ends, places, right=True).clamp(max=len(squared) - 1)
""",
        "Without a generator, you make a new one, which starts from the same seed in each call, so you get the same draws again. What does None stand for?",
        trains=True,
    ),
    Mistake(
        "fresh_generator_plus_plus",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    generator = torch.Generator() if generator is None else generator
    # take a random subset of the points, which is enough to start from
    some = x[torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]]
    # choose any point as the first centroid
    chosen = [0]
    nearest = (some - some[0]).square().sum(1)  # squared distance to the nearest centroid so far
    # choose each further one among candidates: the one that leaves the smallest sum of distances
    for _ in range(1, k):
        candidates = far_points(nearest, 2 + int(math.log(k)), generator)
        squared = squared_distances(some[candidates], some)  # one row for each candidate
        after = torch.minimum(nearest, squared)
        best = int(after.sum(1).argmin())
        chosen.append(int(candidates[best]))
        nearest = after[best]
    return some[chosen]
""",
        "Without a generator, you make a new one, which starts from the same seed in each call, so you get the same centroids again. What does None stand for?",
        trains=True,
    ),
    Mistake(
        "fresh_generator_kmeans",
        "kmeans",
        """
def kmeans(
    x: Tensor,
    k: int,
    iterations: int = 20,
    generator: Generator | None = None,
    start: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    generator = torch.Generator() if generator is None else generator
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    # centre the points, as small numbers have more exact squares; undo it at the end
    middle = x.mean(0)
    x = x - middle
    # take the given start, or find one by k-means++
    centroids = plus_plus(x, k, generator) if start is None else start - middle
    # assign, then alternate means and assign until no point changes its cluster
    labels, distances = assign(x, centroids)
    for _ in range(iterations):
        before = labels
        centroids = means(x, labels, distances, centroids)
        labels, distances = assign(x, centroids)
        if torch.equal(labels, before):
            break
    return centroids + middle, labels
""",
        "Without a generator, you make a new one, which starts from the same seed in each call, so you get the same clusters again. What does None stand for?",
        trains=True,
    ),
    Mistake(
        "fresh_generator_add_noise",
        "add_noise",
        """
def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    generator = torch.Generator() if generator is None else generator
    return x + std * torch.randn(x.shape, generator=generator).to(x)
""",
        "Without a generator, you make a new one, which starts from the same seed in each call, so you get the same noise again. What does None stand for?",
        trains=True,
    ),
    Mistake(
        "last_means_not_taken",
        "kmeans",
        """
def kmeans(x, k, iterations=20, generator=None, start=None):
    if k < 1 or k > len(x):
        raise ValueError(f"cannot make {k} clusters of {len(x)} points")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("points must be finite and small enough to be squared")
    if start is not None:
        if start.shape != (k, x.shape[1]) or not start.isfinite().all():
            raise ValueError("start must be finite, with shape (k, d)")
    origin = x.mean(0)
    x = x - origin
    if start is None:
        centroids = plus_plus(x, k, generator)
    else:
        centroids = start - origin
    labels, distances = assign(x, centroids)
    for step in range(iterations):
        proposal = means(x, labels, distances, centroids)
        new_labels, new_distances = assign(x, proposal)
        if (new_labels == labels).all():
            break  # converged, nothing to update
        centroids, labels, distances = proposal, new_labels, new_distances
    return centroids + origin, labels
""",
        "You stop as soon as no label changes, and do not take the means that you have just computed. Is each centroid the mean of its points then?",
        trains=True,
    ),
    Mistake(
        "seeds_by_cdist",
        "plus_plus",
        """
def plus_plus(x, k, generator=None):
    size = min(len(x), max(1000, SEEDING_POINTS * k))
    shuffled = torch.randperm(len(x), generator=generator).to(x.device)
    pool = x[shuffled[:size]]
    trials = 2 + math.floor(math.log(k))
    picked = [pool[0]]  # the pool is shuffled, so this is any point
    closest = torch.cdist(pool[:1], pool).square()[0]
    while len(picked) < k:
        candidates = far_points(closest, trials, generator)
        with_candidate = torch.minimum(closest, torch.cdist(pool[candidates], pool).square())
        winner = with_candidate.sum(dim=1).argmin()
        closest = with_candidate[winner]
        picked.append(pool[candidates[winner]])
    return torch.stack(picked)
""",
        "You take distances from torch.cdist, which loses small ones to rounding if there are more than 25 rows, so a point may be chosen twice. Which function of this file keeps them?",
        trains=True,
    ),
    Mistake(
        "points_numbered_on_the_cpu",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    N, K = len(x), len(centroids)
    points = torch.arange(N)
    ones = torch.ones(N, dtype=torch.float64, device=x.device)
    # a sparse K x N matrix with a 1 where point n is in cluster k
    member = torch.sparse_coo_tensor(torch.stack([labels, points]), ones, (K, N), check_invariants=True)
    sums = torch.sparse.mm(member, torch.cat([x.double(), ones[:, None]], dim=1))
    sums, count = sums[:, :-1], sums[:, -1:]
    new = torch.where(count > 0, sums / count, centroids.double()).to(centroids.dtype)
    empty = torch.where(count[:, 0] == 0)[0]
    revived = min(len(empty), int((distances > 0).sum()))
    if revived:
        farthest = distances.topk(revived).indices
        new = new.index_copy(0, empty[:revived], x[farthest].to(new.dtype))
    return new
""",
        "You number the points on the CPU, wherever x is. On which device are the labels?",
        trains=True,
    ),
    Mistake(
        "stops_once_all_labels_change",
        "kmeans",
        """
def kmeans(x, k, iterations=20, generator=None, start=None):
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    origin = x.mean(0, dtype=torch.float64).to(x.dtype)
    x = x.sub(origin)
    if start is None:
        c = plus_plus(x, k, generator)
    else:
        c = start.sub(origin)

    def lloyd(c, labels, d2, left):
        while left:
            c = means(x, labels, d2, c)
            old, (labels, d2) = labels, assign(x, c)
            left = 0 if bool((old != labels).all()) else left - 1
        return c, labels

    c, labels = lloyd(c, *assign(x, c), iterations)
    return c.add(origin), labels
""",
        "You stop once every label has changed, not once none has. When does k-means come to rest?",
        trains=True,
    ),
    Mistake(
        "no_clusters_let_in",
        "kmeans",
        ("if not 1 <= k <= len(x):", "if not 0 <= k <= len(x):"),
        "You let k be 0. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "more_clusters_than_points",
        "kmeans",
        ("if not 1 <= k <= len(x):", "if k < 1:"),
        "You let k be larger than the number of points. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "points_that_are_no_numbers",
        "kmeans",
        ("if not x.norm(dim=1).square().isfinite().all():", "if False:"),
        "You let in points that are NaN, infinite or too large to be squared. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "any_start",
        "kmeans",
        (
            "if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):",
            "if False:",
        ),
        "You take any start, even of another shape or with NaN. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "latent_summed_in_bfloat16",
        "Autoencoder.latent",
        """
def latent(self, x: Tensor) -> Tensor:
    code = self.encoder(x)
    height, width = code.shape[2:]
    total = code.new_zeros(code.shape[:2], dtype=code.dtype)
    for row in range(height):
        for column in range(width):
            total = total + code[:, :, row, column]
    return (total / (height * width)).to(x.dtype)
""",
        "You add up the positions one by one in bfloat16, where a sum of ones stops at 256. In which precision should you add?",
        trains=True,
    ),
    Mistake(
        "stops_at_a_tolerance",
        "kmeans",
        """
def kmeans(
    x: Tensor,
    k: int,
    iterations: int = 20,
    generator: Generator | None = None,
    start: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    origin = x.mean(0)
    points = x - origin
    centroids = plus_plus(points, k, generator) if start is None else start - origin
    labels, distances = assign(points, centroids)
    tolerance = 1e-4 * points.var(0, unbiased=False).mean()
    for _ in range(iterations):
        old, old_labels = centroids, labels
        centroids = means(points, labels, distances, old)
        labels, distances = assign(points, centroids)
        moved = (centroids - old).square().sum()
        if torch.equal(labels, old_labels) or moved <= tolerance:
            break
    return centroids + origin, labels
""",
        "You also stop when the centroids have moved only a little, although labels may still change. What else may end the loop than labels that stay, and the number of iterations?",
        trains=True,
    ),
    Mistake(
        "origin_at_the_first_point",
        "kmeans",
        """
def kmeans(
    x: Tensor,
    k: int,
    iterations: int = 20,
    generator: Generator | None = None,
    start: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    middle = x[0].clone()  # any origin among the points will do
    x = x - middle
    centroids = plus_plus(x, k, generator) if start is None else start - middle
    labels, distances = assign(x, centroids)
    for _ in range(iterations):
        before = labels
        centroids = means(x, labels, distances, centroids)
        labels, distances = assign(x, centroids)
        if torch.equal(labels, before):
            break
    return centroids + middle, labels
""",
        "You take the first point as the origin. What if it is far from all others?",
        trains=True,
    ),
    Mistake(
        "product_under_autocast",
        "reconstruction_loss",
        """
def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    wide = torch.promote_types(x.dtype, torch.float32)
    error = (model(noisy).to(wide) - x.to(wide)).flatten()
    # the sum of squares is the inner product of the errors with themselves
    return error @ error / error.numel()
""",
        "You sum the squares as a matrix product, which autocast computes in bfloat16. Which operations does it leave in float32?",
        trains=True,
    ),
    Mistake(
        "always_the_first_point",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    drawn = torch.rand(count, dtype=torch.float64, generator=generator)
    return torch.zeros_like(drawn, dtype=torch.int64).to(squared.device)
""",
        "All your positions are 0, whatever is drawn. Where do the numbers that you draw go?",
        trains=True,
    ),
]
