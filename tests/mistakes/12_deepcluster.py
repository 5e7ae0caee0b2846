# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 12: wrong ways to write DeepCluster, and what to say about each."""

from lessons.course.mistakes import Mistake, probabilities_kept_from_zero

MEAN = "h = h.double() - h.double().mean(0)"
SORTED = "variance, directions = variance.flip(0)[:dim], directions.flip(1)[:, :dim]"
KEPT = "kept = variance > LEAST_VARIANCE * variance[0]"
WHITE = "white = h @ directions[:, kept] / variance[kept].sqrt()"
LENGTH = "return F.normalize(white, dim=1).float()"

ORDER = "order = torch.randperm(N, generator=generator)"
SMALL = "if len(members) <= each:"
REPLACE = "members = members[torch.randint(len(members), (each,), generator=generator)]"
EACH = "each, drawn = N // len(clusters) + 1, []"
APPEND = "drawn.append(members[:each])"
CUT = "return drawn[torch.randperm(len(drawn), generator=generator)[:N]]"

COUNT = "count = torch.bincount(pseudo_labels, minlength=K)[:, None]"
MEANS = "return torch.where(count > 0, total / count.clamp(min=1), h[:K])"

EXP = "return math.exp(entropy(torch.bincount(pseudo_labels)))"

PAIRS = "(a * (int(b.max()) + 1) + b).unique(return_counts=True)[1]"
SHARED = "(of_a + of_b - of_both) / math.sqrt(of_a * of_b)"
RETURN = f"return min(max({SHARED}, 0.0), 1.0)"

SEEN = "h = pca_whiten(features(self.encoder, pixels), self.pca_dim)"
WARM = "start = old_means(h, old, self.clusters) if self.warm_start and old[0] >= 0 else None"
CLUSTER = "_, new = kmeans(h, self.clusters, generator=generator, start=start)"
NMI = "self.nmi.fill_(mutual_information(old, new))"
KEEP = "self.pseudo_labels.copy_(new)"
DRAW = "weight = 0.01 * torch.randn(self.projector.weight.shape, generator=generator)"
COPY = "self.projector.weight.copy_(weight)"
ZERO = "self.projector.bias.zero_()"
BACK = "return list(self.projector.parameters())"

OWN = "clusters = self.pseudo_labels[index.to(self.pseudo_labels.device)]"
LOSS = "return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat(2))"

LOG_OF_P = """
def loss(self, z1, z2, index):
    clusters = self.pseudo_labels[index].to(z1.device).repeat(2)
    p = torch.cat([z1, z2]).softmax(1).gather(1, clusters[:, None])
    return -LOG_P.mean()
"""

MISTAKES = [
    # pca_whiten
    Mistake(
        "mean_kept",
        "pca_whiten",
        (MEAN, "h = h.double()"),
        "You do not subtract the mean, so the direction from 0 to the cloud counts as variance. Around which point is variance measured?",
        trains=True,
    ),
    Mistake(
        "mean_of_rows",
        "pca_whiten",
        (MEAN, "h = h.double() - h.double().mean(1, keepdim=True)"),
        "You subtract from each row its own mean. Which mean should be 0, that of an image or that of a dimension?",
        trains=True,
    ),
    Mistake(
        "not_whitened",
        "pca_whiten",
        (WHITE, "white = h @ directions[:, kept]"),
        "You project, but leave each direction its own variance, so the largest decides all distances. Which variance should each direction have?",
        trains=True,
        ties=("one_scale_for_all",),
    ),
    Mistake(
        "divided_by_variance",
        "pca_whiten",
        (WHITE, "white = h @ directions[:, kept] / variance[kept]"),
        "You divide by the variance. If the standard deviation is 10, what variance is left, and what should it be?",
        trains=True,
    ),
    Mistake(
        "multiplied_by_deviation",
        "pca_whiten",
        (WHITE, "white = h @ directions[:, kept] * variance[kept].sqrt()"),
        "You multiply by the standard deviation, so strong directions grow. What must you do to make each variance 1?",
        trains=True,
    ),
    Mistake(
        "one_scale_for_all",
        "pca_whiten",
        (WHITE, "white = h @ directions[:, kept] / variance[kept].mean().sqrt()"),
        "You divide all directions by the same number, and normalising the rows undoes that. Which number belongs to each direction?",
        trains=True,
        ties=("not_whitened",),
    ),
    Mistake(
        "smallest_directions",
        "pca_whiten",
        (SORTED, "variance, directions = variance[:dim].clamp(min=1e-9), directions[:, :dim]"),
        "You keep the directions with the smallest variance. In which order does eigh return them?",
        trains=True,
        ties=("first_of_rising_order",),
    ),
    Mistake(
        "first_direction_lost",
        "pca_whiten",
        (
            SORTED,
            "skip = min(1, len(variance) - dim)\n    variance = variance.flip(0)[skip : dim + skip]\n    directions = directions.flip(1)[:, skip : dim + skip]",
        ),
        "You drop the direction of largest variance when some directions must go. Is it noise, or the strongest signal?",
        trains=True,
    ),
    Mistake(
        "rows_of_eigenvectors",
        "pca_whiten",
        (
            SORTED,
            "variance, directions = variance.flip(0)[:dim], directions.T.flip(1)[:, :dim]",
        ),
        "You take the rows of eigh's matrix as directions. Is an eigenvector a row or a column of it?",
        trains=True,
    ),
    Mistake(
        "each_number_by_itself",
        "pca_whiten",
        (
            "variance, directions = torch.linalg.eigh(h.T @ h / len(h))",
            "variance, places = h.var(0, correction=0).sort()\n    directions = torch.eye(h.shape[1]).double()[:, places]",
        ),
        "You divide each dimension of h by its own standard deviation, so dimensions that repeat each other count several times. Which directions are uncorrelated?",
        trains=True,
    ),
    Mistake(
        "standardised_before",
        "pca_whiten",
        (MEAN, "h = h.double() - h.double().mean(0)\n    h = h / h.std(0).clamp(min=1e-9)"),
        "You give every dimension standard deviation 1 before you look for directions. Are the largest directions then still those of h?",
        trains=True,
    ),
    Mistake(
        "all_directions_kept",
        "pca_whiten",
        (SORTED, "variance, directions = variance.flip(0), directions.flip(1)"),
        "You keep more directions than dim, such as all of them. How many may you keep at most?",
        trains=True,
    ),
    Mistake(
        "noise_blown_up",
        "pca_whiten",
        (WHITE, "white = h @ directions / variance.clamp(min=1e-20).sqrt()"),
        "You keep directions in which nothing varies, so they hold nothing but rounding errors. What should happen to these directions?",
        trains=True,
    ),
    Mistake(
        "weak_directions_lost",
        "pca_whiten",
        (KEPT, "kept = variance > 0.01 * variance[0]"),
        "You drop every direction with less than a hundredth of the largest variance. Is a tenth of the standard deviation only noise?",
        trains=True,
    ),
    Mistake(
        "length_1_before",
        "pca_whiten",
        (MEAN, "h = F.normalize(h.double(), dim=1)\n    h = h - h.mean(0)"),
        "You normalise h before whitening as well. The norm of a representation carries information too, so when may it be dropped?",
        trains=True,
    ),
    Mistake(
        "length_free",
        "pca_whiten",
        (LENGTH, "return white.float()"),
        "You do not normalise the rows. What is the last step of the released code?",
        trains=True,
    ),
    Mistake(
        "columns_at_length_1",
        "pca_whiten",
        (LENGTH, "return F.normalize(white, dim=0).float()"),
        "You normalise the columns, which whitening has already scaled. Which dimension of (N, d) holds the numbers of one image?",
        trains=True,
    ),
    Mistake(
        "length_1_by_absolutes",
        "pca_whiten",
        (LENGTH, "return F.normalize(white, p=1, dim=1).float()"),
        "You make the absolute values of each row sum to 1. Which norm does k-means use?",
        trains=True,
    ),
    Mistake(
        "length_1_instead_of_whitening",
        "pca_whiten",
        (WHITE, "white = h"),
        "You subtract the mean and normalise the rows, but you neither rotate nor scale. What are the directions for?",
        trains=True,
    ),
    Mistake(
        "threshold_in_units_of_h",
        "pca_whiten",
        (KEPT, "kept = variance > LEAST_VARIANCE"),
        "You compare variances with a millionth, so h loses its directions if its numbers are small. A millionth of what should the limit be?",
        trains=True,
    ),
    Mistake(
        "millionth_of_the_deviation",
        "pca_whiten",
        (KEPT, "kept = variance.clamp(min=0).sqrt() > LEAST_VARIANCE * variance[0].sqrt()"),
        "You keep a direction with 1e-8 of the largest variance, and blow it up. If one variance is a millionth of another, what is the ratio of the standard deviations?",
        trains=True,
    ),
    Mistake(
        "smallest_that_vary",
        "pca_whiten",
        (
            f"{SORTED}\n    {KEPT}",
            "varies = variance > LEAST_VARIANCE * variance.max()\n"
            "    variance, directions = variance[varies][:dim], directions[:, varies][:, :dim]\n"
            "    kept = variance > 0",
        ),
        "You keep the directions of smallest variance among those that vary. In which order does eigh return them?",
        trains=True,
    ),
    Mistake(
        "hundredth_in_the_root",
        "pca_whiten",
        (
            WHITE,
            "white = h @ directions / (variance + 0.01 * variance[0]).sqrt()",
        ),
        "You add a hundredth of the largest variance under the root, so weak directions stay weak. Which variance should each direction have?",
        trains=True,
    ),
    Mistake(
        "length_1_first_not_last",
        "pca_whiten",
        """def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("not finite")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("collapsed")
    h = F.normalize(h.double(), dim=1)
    h = h - h.mean(0)
    variance, directions = torch.linalg.eigh(h.T @ h / len(h))
    variance, directions = variance.flip(0)[:dim], directions.flip(1)[:, :dim]
    kept = variance > LEAST_VARIANCE * variance[0]
    return (h @ directions[:, kept] / variance[kept].sqrt()).float()
""",
        "You normalise the rows of h first, and not those of the result. Which step is last?",
        trains=True,
    ),
    Mistake(
        "rotated_back",
        "pca_whiten",
        (WHITE, "white = h @ directions[:, kept] / variance[kept].sqrt() @ directions[:, kept].T"),
        "You rotate back to the dimensions of h after whitening. How many numbers should a row have?",
        trains=True,
    ),
    Mistake(
        "left_in_float64",
        "pca_whiten",
        (LENGTH, "return F.normalize(white, dim=1)"),
        "You return float64. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "collapse_passes",
        "pca_whiten",
        (
            "if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():",
            "if h.isnan().any():",
        ),
        "You let equal representations pass, whose directions are rounding errors. What does the docstring promise for them?",
        trains=True,
    ),
    Mistake(
        "first_of_rising_order",
        "pca_whiten",
        (SORTED, "variance, directions = variance[:dim], directions[:, :dim]"),
        "You keep the first directions that eigh returns. In which order does it return them?",
        trains=True,
        ties=("smallest_directions",),
    ),
    Mistake(
        "only_variances_reversed",
        "pca_whiten",
        (SORTED, "variance, directions = variance.flip(0)[:dim], directions[:, :dim]"),
        "You reverse the variances, but not the directions. Which variance belongs to which direction?",
        trains=True,
    ),
    Mistake(
        "only_directions_reversed",
        "pca_whiten",
        (
            SORTED,
            "variance, directions = variance[:dim].clamp(min=1e-9), directions.flip(1)[:, :dim]",
        ),
        "You reverse the directions, but not the variances. Which variance belongs to which direction?",
        trains=True,
    ),
    Mistake(
        "hundred_thousandth_in_the_root",
        "pca_whiten",
        (WHITE, "white = h @ directions / (variance + 1e-5).sqrt()"),
        "You add 1e-5 under the root and drop no direction, so a small h is not scaled to variance 1. What should happen to directions without variance?",
        trains=True,
    ),
    Mistake(
        "millionth_in_the_root",
        "pca_whiten",
        (WHITE, "white = h @ directions / (variance + 1e-6).sqrt()"),
        "You add 1e-6 under the root and drop no direction, so a small h is not scaled to variance 1. What should happen to directions without variance?",
        trains=True,
    ),
    Mistake(
        "hundred_millionth_in_the_root",
        "pca_whiten",
        (WHITE, "white = h @ directions / (variance + 1e-8).sqrt()"),
        "You add 1e-8 under the root and drop no direction, so a small h is not scaled to variance 1. What should happen to directions without variance?",
        trains=True,
    ),
    Mistake(
        "rows_and_columns_exchanged",
        "pca_whiten",
        (SORTED, "variance, directions = variance.flip(0)[:dim], directions.flip(1)[:dim]"),
        "You keep the first rows of eigh's matrix, not the first columns, so the product fails. Is an eigenvector a row or a column of it?",
    ),
    Mistake(
        "products_of_images",
        "pca_whiten",
        ("torch.linalg.eigh(h.T @ h / len(h))", "torch.linalg.eigh(h @ h.T / len(h))"),
        "You take the (N, N) products of images, whose eigenvectors are not directions of h. Which product has shape (D, D)?",
    ),
    Mistake(
        "covariance_with_the_mean",
        "pca_whiten",
        """def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("not finite")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("collapsed")
    h = h.double()
    variance, directions = torch.linalg.eigh(h.T @ h / len(h))
    variance, directions = variance.flip(0)[:dim], directions.flip(1)[:, :dim]
    kept = variance > LEAST_VARIANCE * variance[0]
    white = (h - h.mean(0)) @ directions[:, kept] / variance[kept].sqrt()
    return F.normalize(white, dim=1).float()
""",
        "You subtract the mean after you have looked for directions. Around which point is variance measured?",
        trains=True,
    ),
    Mistake(
        "projected_with_the_mean",
        "pca_whiten",
        """def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("not finite")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("collapsed")
    h = h.double()
    centred = h - h.mean(0)
    variance, directions = torch.linalg.eigh(centred.T @ centred / len(h))
    variance, directions = variance.flip(0)[:dim], directions.flip(1)[:, :dim]
    kept = variance > LEAST_VARIANCE * variance[0]
    white = h @ directions[:, kept] / variance[kept].sqrt()
    return F.normalize(white, dim=1).float()
""",
        "You subtract the mean only for the covariance, and project rows that still contain it. Where should the mean of the whitened rows be?",
        trains=True,
    ),
    Mistake(
        "fourth_root",
        "pca_whiten",
        (WHITE, "white = h @ directions[:, kept] / variance[kept].sqrt().sqrt()"),
        "You divide by the root of the standard deviation. Which variance is left, and what should it be?",
        trains=True,
    ),
    Mistake(
        "transposed_by_svd",
        "pca_whiten",
        """def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("not finite")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("collapsed")
    h = h.double() - h.double().mean(0)
    variance, directions = torch.linalg.eigh(h.T @ h / len(h))
    variance, directions = variance.flip(0), directions.flip(1)
    kept = variance[:dim] > LEAST_VARIANCE * variance[0]
    white = h @ directions.T[:, :dim][:, kept] / variance[:dim][kept].sqrt()
    return F.normalize(white, dim=1).float()
""",
        "You take columns of the Vh that svd returns. Is a direction a row or a column of it?",
        trains=True,
    ),
    Mistake(
        "numbers_of_images_scaled",
        "pca_whiten",
        (LENGTH, "return (white / white.std(1, keepdim=True)).float()"),
        "You give the numbers of each row standard deviation 1, which is not norm 1. What is the last step of the released code?",
        trains=True,
    ),
    Mistake(
        "largest_number_is_1",
        "pca_whiten",
        (LENGTH, "return (white / white.abs().amax(1, keepdim=True)).float()"),
        "You divide each row by its largest number. Which norm does k-means use?",
        trains=True,
    ),
    Mistake(
        "norm_of_the_whole_table",
        "pca_whiten",
        (LENGTH, "return (white / white.norm()).float()"),
        "You divide the whole table by one norm. What should the norm of each row be?",
        trains=True,
    ),
    Mistake(
        "one_direction_more",
        "pca_whiten",
        (
            SORTED,
            "variance, directions = variance.flip(0)[: dim + 1], directions.flip(1)[:, : dim + 1]",
        ),
        "You keep one direction more than dim. How many may you keep at most?",
        trains=True,
    ),
    Mistake(
        "each_number_by_itself_in_order",
        "pca_whiten",
        (f"{WHITE}", "white = (h / h.std(0))[:, :dim]"),
        "You divide each dimension of h by its own standard deviation and keep the first ones. Which directions are uncorrelated, and which are the strongest?",
        trains=True,
    ),
    Mistake(
        "neither_whitened_nor_dropped",
        "pca_whiten",
        (WHITE, "white = h @ directions"),
        "You project, but leave each direction its own variance and drop none. Which variance should each direction have?",
        trains=True,
    ),
    Mistake(
        "at_least_a_millionth",
        "pca_whiten",
        (WHITE, "white = h @ directions / variance.clamp(min=1e-6).sqrt()"),
        "You replace variances below 1e-6 by 1e-6 and drop no direction. What should happen to directions without variance?",
        trains=True,
    ),
    Mistake(
        "mean_in_single_precision",
        "pca_whiten",
        (MEAN, "h = h.float() - h.float().mean(0)"),
        "You round h to float32 before you subtract the mean, and a spread that is small compared with the mean is lost. When should you convert to float32?",
        trains=True,
    ),
    Mistake(
        "difference_of_squares_in_single_precision",
        "pca_whiten",
        """def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("not finite")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("collapsed")
    single = h.float()
    mean = single.mean(0)
    variance, directions = torch.linalg.eigh(single.T @ single / len(h) - mean[:, None] * mean)
    variance, directions = variance.flip(0)[:dim], directions.flip(1)[:, :dim]
    kept = variance > LEAST_VARIANCE * variance[0]
    white = (single - mean) @ directions[:, kept] / variance[kept].sqrt()
    return F.normalize(white, dim=1)
""",
        "You take the mean of products minus the product of means, in float32: few digits are left of the difference of two large numbers. What should you subtract first, and in which dtype?",
        trains=True,
    ),
    Mistake(
        "image_at_the_mean",
        "pca_whiten",
        (LENGTH, "return (white / white.norm(dim=1, keepdim=True)).float()"),
        "You divide each row by its norm, and an image at the mean becomes 0 / 0. What does the docstring say about it?",
        trains=True,
    ),
    Mistake(
        "image_at_the_mean_moved",
        "pca_whiten",
        (LENGTH, "return F.normalize(white + 1e-8, dim=1).float()"),
        "You add a small number to the whitened rows before the last step, so an image at the mean gets norm 1. What does the docstring say about it?",
        trains=True,
    ),
    Mistake(
        "only_long_rows_divided",
        "pca_whiten",
        (LENGTH, "return (white / white.norm(dim=1, keepdim=True).clamp(min=1)).float()"),
        "You divide only the rows whose norm is above 1. What norm should every other row get?",
        trains=True,
    ),
    Mistake(
        "norm_and_a_hundredth",
        "pca_whiten",
        (LENGTH, "return (white / (white.norm(dim=1, keepdim=True) + 0.01)).float()"),
        "You add a hundredth to the norm, so no row gets norm 1. Which function takes care of a norm of 0 by itself?",
        trains=True,
    ),
    # uniform_over_clusters
    Mistake(
        "every_image_once",
        "uniform_over_clusters",
        (CUT, "return order[torch.randperm(N, generator=generator)]"),
        "You use every image once, so a large cluster appears more often than a small one. What should appear equally often?",
        trains=True,
    ),
    Mistake(
        "any_image",
        "uniform_over_clusters",
        (CUT, "return torch.randint(N, (N,), generator=generator)"),
        "You draw images evenly, so a cluster of nine appears nine times as often as a cluster of one. What should you draw evenly?",
        trains=True,
    ),
    Mistake(
        "even_on_average_only",
        "uniform_over_clusters",
        (
            CUT,
            "return torch.multinomial(1 / sizes[pseudo_labels].float(), N, True, generator=generator)",
        ),
        "Clusters are even only on average, as if you drew each image by itself. How many images should each cluster give in every epoch?",
        trains=True,
        ties=("as_many_as_the_largest",),
    ),
    Mistake(
        "empty_clusters_counted",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    N, sizes = len(pseudo_labels), torch.bincount(pseudo_labels)
    each, drawn = N // len(sizes) + 1, []
    for k in range(len(sizes)):
        members = (pseudo_labels == k).nonzero()[:, 0]
        members = members[torch.randperm(len(members), generator=generator)]
        if 0 < len(members) <= each:
            members = members[torch.randint(len(members), (each,), generator=generator)]
        drawn.append(members[:each])
    drawn = torch.cat(drawn)
    return drawn[torch.randperm(len(drawn), generator=generator)[:N]]
""",
        "You divide N by the number of all clusters, including empty ones. How many clusters can give images?",
        trains=True,
    ),
    Mistake(
        "as_many_as_the_largest",
        "uniform_over_clusters",
        (EACH, "each, drawn = int(sizes.max()), []"),
        "You take as many images of each cluster as the largest one has, and leave to chance how many remain after the cut. How many does the rule take of each?",
        trains=True,
        ties=("even_on_average_only",),
    ),
    Mistake(
        "as_few_as_the_smallest",
        "uniform_over_clusters",
        (
            CUT,
            "few = torch.cat([some[: int(sizes[sizes > 0].min())] for some in clusters])\n    return few.repeat(N)[:N][torch.randperm(N, generator=generator)]",
        ),
        "You take as many images of each cluster as the smallest one has, and repeat them, so the rest never appear in this epoch. How many may a large cluster give?",
        trains=True,
    ),
    Mistake(
        "largest_cluster_twice",
        "uniform_over_clusters",
        (
            APPEND,
            "drawn.append(members[:each] if len(members) < int(sizes.max()) else members[:each].repeat(2))",
        ),
        "You let the largest cluster give twice as many images as the others. Should any cluster be seen more often?",
        trains=True,
    ),
    Mistake(
        "replacement_everywhere",
        "uniform_over_clusters",
        (SMALL, "if True:"),
        "You draw with replacement from large clusters too, so some images appear twice while others are left out. When is replacement needed?",
        trains=True,
    ),
    Mistake(
        "always_the_first",
        "uniform_over_clusters",
        (ORDER, "order = torch.arange(N)"),
        "You always take the first images of a large cluster, so the others are never seen. Which of its images should it give?",
        trains=True,
    ),
    Mistake(
        "small_ones_in_turn",
        "uniform_over_clusters",
        (REPLACE, "members = members.repeat(each)"),
        "You repeat the images of a small cluster in turn, all equally often. With replacement, how many times can one of three images be drawn in eleven draws?",
        trains=True,
    ),
    Mistake(
        "one_image_over_and_over",
        "uniform_over_clusters",
        (
            REPLACE,
            "members = members[torch.randint(len(members), (1,), generator=generator)].expand(each)",
        ),
        "You repeat a single image of a small cluster. How many draws should it take to fill the share of that cluster?",
        trains=True,
    ),
    Mistake(
        "small_ones_not_repeated",
        "uniform_over_clusters",
        (
            APPEND,
            "drawn.append(members[:each].unique())\n    missing = max(0, N - sum(map(len, drawn)))\n    drawn.append(order[torch.randint(N, (missing,), generator=generator)])",
        ),
        "You take each image of a small cluster once, and fill up with images from any cluster. Which images should fill the share of a small cluster?",
        trains=True,
    ),
    Mistake(
        "not_mixed",
        "uniform_over_clusters",
        (CUT, "return drawn[torch.randperm(len(drawn), generator=generator)[:N].sort().values]"),
        "You leave the images sorted by cluster. What does a classifier learn from a batch of a single cluster?",
        trains=True,
    ),
    Mistake(
        "cut_before_mixing",
        "uniform_over_clusters",
        (CUT, "return drawn[:N][torch.randperm(N, generator=generator)]"),
        "You cut to N before you shuffle, so the last cluster always loses images. Which clusters should the cut affect?",
        trains=True,
    ),
    Mistake(
        "one_draw_for_all_epochs",
        "uniform_over_clusters",
        (
            ORDER,
            "generator = Generator().manual_seed(0)\n    order = torch.randperm(N, generator=generator)",
        ),
        "You make a generator with a fixed seed at each call, so every epoch is the same. What keeps the state from epoch to epoch?",
        trains=True,
    ),
    Mistake(
        "draws_from_elsewhere",
        "uniform_over_clusters",
        (ORDER, "generator = None\n    order = torch.randperm(N, generator=generator)"),
        "You draw from torch's global generator although one is given. Can the run be repeated from its seed?",
        trains=True,
    ),
    Mistake(
        "clusters_for_positions",
        "uniform_over_clusters",
        (CUT, "return pseudo_labels[drawn[torch.randperm(len(drawn), generator=generator)[:N]]]"),
        "You return the clusters of the images instead of their positions. Which of the two can index the pixels?",
        trains=True,
    ),
    Mistake(
        "places_within_clusters",
        "uniform_over_clusters",
        (
            "clusters = order.split(sizes[sizes > 0].tolist())",
            "clusters = [torch.randperm(int(size), generator=generator) for size in sizes[sizes > 0]]",
        ),
        "You return positions within a cluster. Which position in the whole data set does image 2 of cluster 3 have?",
        trains=True,
        ties=("numbers_within_each_cluster",),
    ),
    Mistake(
        "replacement_begins_too_late",
        "uniform_over_clusters",
        (SMALL, "if len(members) < each:"),
        "You draw without replacement from a cluster that has exactly as many images as it gives. What does the docstring say about that case?",
        trains=True,
    ),
    Mistake(
        "all_first_then_the_rest",
        "uniform_over_clusters",
        (
            REPLACE,
            "more = torch.randint(len(members), (each - len(members),), generator=generator)\n            members = torch.cat([members, members[more]])",
        ),
        "You take every image of a small cluster once, and draw only the rest at random. With replacement, may an image be missing?",
        trains=True,
    ),
    Mistake(
        "parts_without_remainder",
        "uniform_over_clusters",
        (EACH, "each, drawn = -(-N // len(clusters)), []"),
        "You round N / K up, so nothing is left to cut off when K divides N. How many does the rule take of each cluster?",
        trains=True,
    ),
    Mistake(
        "dealt_in_turn",
        "uniform_over_clusters",
        (f"drawn = torch.cat(drawn)\n    {CUT}", "return torch.stack(drawn, 1).flatten()[:N]"),
        "You take one image of each cluster in turn and shuffle nothing, so the cut always spares the same clusters. Which clusters should the cut affect?",
        trains=True,
    ),
    Mistake(
        "share_without_the_one",
        "uniform_over_clusters",
        (EACH, "each, drawn = N // len(clusters), []"),
        "You take N // C of each cluster, which is too few if C does not divide N. How many does the rule take?",
        trains=True,
    ),
    Mistake(
        "small_ones_fall_short",
        "uniform_over_clusters",
        (REPLACE, "members = members[torch.randperm(len(members), generator=generator)]"),
        "You take each image of a small cluster once, so the epoch is too short. How do you draw four times from one image?",
        trains=True,
    ),
    Mistake(
        "one_piece_of_a_large_cluster",
        "uniform_over_clusters",
        (
            "order = order[pseudo_labels[order].argsort(stable=True)]\n    clusters = order.split(sizes[sizes > 0].tolist())",
            "clusters = pseudo_labels.argsort(stable=True).split(sizes[sizes > 0].tolist())\n    clusters = [one.roll(int(torch.randint(len(one), (), generator=generator))) for one in clusters]",
        ),
        "You take consecutive images of a large cluster, from a random first one. Which sets of images can never be drawn?",
        trains=True,
    ),
    Mistake(
        "neither_shuffled_nor_cut_fairly",
        "uniform_over_clusters",
        (CUT, "return drawn[:N]"),
        "You do not shuffle before the cut, so the last cluster loses images and the order is sorted by cluster. Which clusters should the cut affect?",
        trains=True,
    ),
    Mistake(
        "not_cut",
        "uniform_over_clusters",
        (CUT, "return drawn[torch.randperm(len(drawn), generator=generator)]"),
        "You return more than N positions. How many should be kept after the shuffle?",
        trains=True,
    ),
    Mistake(
        "neither_shuffled_nor_cut",
        "uniform_over_clusters",
        (CUT, "return drawn"),
        "You neither shuffle nor cut what the clusters gave. What are the last two steps?",
        trains=True,
    ),
    Mistake(
        "positions_in_columns",
        "uniform_over_clusters",
        """def uniform_over_clusters(pseudo_labels, generator=None):
    N, drawn = len(pseudo_labels), []
    used = pseudo_labels.unique()
    each = N // len(used) + 1
    for k in used:
        members = (pseudo_labels == k).nonzero()
        if len(members) > each:
            members = members[torch.randperm(len(members), generator=generator)[:each]]
        else:
            members = members[torch.randint(len(members), (each,), generator=generator)]
        drawn.append(members)
    drawn = torch.cat(drawn)
    return drawn[torch.randperm(len(drawn), generator=generator)[:N]]
""",
        "You return shape (N, 1). What does nonzero() return for each image?",
    ),
    Mistake(
        "empty_clusters_asked",
        "uniform_over_clusters",
        """def uniform_over_clusters(pseudo_labels, generator=None):
    N, drawn = len(pseudo_labels), []
    each = N // len(pseudo_labels.unique()) + 1
    for k in range(int(pseudo_labels.max()) + 1):
        members = torch.where(pseudo_labels == k)[0]
        if len(members) > each:
            members = members[torch.randperm(len(members), generator=generator)[:each]]
        else:
            members = members[torch.randint(len(members), (each,), generator=generator)]
        drawn.append(members)
    drawn = torch.cat(drawn)
    return drawn[torch.randperm(len(drawn), generator=generator)[:N]]
""",
        "You draw from every number up to the largest, and an empty cluster has nothing to draw from. Which clusters give images?",
    ),
    Mistake(
        "numbers_up_to_the_count",
        "uniform_over_clusters",
        """def uniform_over_clusters(pseudo_labels, generator=None):
    N, drawn = len(pseudo_labels), []
    C = len(pseudo_labels.unique())
    each = N // C + 1
    for k in range(C):
        members = torch.where(pseudo_labels == k)[0]
        if 0 < len(members) <= each:
            members = members[torch.randint(len(members), (each,), generator=generator)]
        members = members[torch.randperm(len(members), generator=generator)[:each]]
        drawn.append(members)
    drawn = torch.cat(drawn)
    return drawn[torch.randperm(len(drawn), generator=generator)[:N]]
""",
        "You go through the numbers 0 to C - 1, but the clusters in use may have other numbers. Which numbers occur in pseudo_labels?",
    ),
    Mistake(
        "share_and_two",
        "uniform_over_clusters",
        (EACH, "each, drawn = N // len(clusters) + 2, []"),
        "You take N // C + 2 of each cluster. How many does the rule take?",
        trains=True,
    ),
    Mistake(
        "replacement_the_wrong_way_round",
        "uniform_over_clusters",
        (SMALL, "if len(members) > each:"),
        "You draw with replacement from large clusters, and not from small ones. Which of them has too few images?",
        trains=True,
    ),
    Mistake(
        "numbers_within_each_cluster",
        "uniform_over_clusters",
        """def uniform_over_clusters(pseudo_labels, generator=None):
    N, drawn = len(pseudo_labels), []
    used = pseudo_labels.unique()
    each = N // len(used) + 1
    for k in used:
        size = int((pseudo_labels == k).sum())
        if size > each:
            drawn.append(torch.randperm(size, generator=generator)[:each])
        else:
            drawn.append(torch.randint(size, (each,), generator=generator))
    drawn = torch.cat(drawn)
    return drawn[torch.randperm(len(drawn), generator=generator)[:N]]
""",
        "You return numbers from 0 to the size of a cluster. Which position in the whole data set does image 2 of cluster 3 have?",
        trains=True,
        ties=("places_within_clusters",),
    ),
    Mistake(
        "share_of_the_smallest",
        "uniform_over_clusters",
        (EACH, "each, drawn = int(sizes[sizes > 0].min()), []"),
        "You take as many images of each cluster as the smallest one has, so the epoch is too short. How many does the rule take?",
        trains=True,
    ),
    Mistake(
        "large_clusters_whole",
        "uniform_over_clusters",
        (APPEND, "drawn.append(members)"),
        "You take all images of a large cluster. How many does the rule take of each?",
        trains=True,
    ),
    # old_means
    Mistake(
        "sums",
        "old_means",
        (MEANS, "return torch.where(count > 0, total, h[:K])"),
        "You return the sum of each cluster's rows. What must you divide it by to get the mean?",
        trains=True,
    ),
    Mistake(
        "divided_by_all",
        "old_means",
        (MEANS, "return torch.where(count > 0, total / len(h), h[:K])"),
        "You divide every sum by N. How many rows does the sum of one cluster have?",
        trains=True,
    ),
    Mistake(
        "one_too_many",
        "old_means",
        (MEANS, "return torch.where(count > 0, total / (count + 1), h[:K])"),
        "You divide by the count plus one, which shortens every mean. How else can you avoid dividing by 0?",
        trains=True,
    ),
    Mistake(
        "means_at_length_1",
        "old_means",
        (MEANS, "return torch.where(count > 0, F.normalize(total, dim=1), h[:K])"),
        "You normalise the means. Is the mean of points on a sphere on the sphere?",
        trains=True,
    ),
    Mistake(
        "last_member",
        "old_means",
        (
            MEANS,
            "last = {int(k): n for n, k in enumerate(pseudo_labels)}\n    return torch.stack([h[last.get(k, k)] for k in range(K)])",
        ),
        "You take the last image of each cluster. Which point is nearest to all images of the cluster?",
        trains=True,
    ),
    Mistake(
        "middle_of_the_range",
        "old_means",
        (
            MEANS,
            "own = [h[pseudo_labels == k] if count[k] else h[k : k + 1] for k in range(K)]\n    return torch.stack([(some.amax(0) + some.amin(0)) / 2 for some in own])",
        ),
        "You take the midpoint of the smallest and the largest value. Is that the mean of three points?",
        trains=True,
    ),
    Mistake(
        "empty_at_zero",
        "old_means",
        (MEANS, "return total / count.clamp(min=1)"),
        "You start an empty cluster at 0, where no normalised image can be. Which points could it start from?",
        trains=True,
    ),
    Mistake(
        "empty_at_the_mean",
        "old_means",
        (MEANS, "return torch.where(count > 0, total / count.clamp(min=1), h.mean(0))"),
        "You start every empty cluster at the mean of all images. What happens to two centroids that start at the same point?",
        trains=True,
    ),
    Mistake(
        "empty_at_one_image",
        "old_means",
        (MEANS, "return torch.where(count > 0, total / count.clamp(min=1), h[0])"),
        "You start all empty clusters from the same image. Which of two equal centroids gets the points?",
        trains=True,
    ),
    Mistake(
        "names_moved",
        "old_means",
        (MEANS, "return torch.where(count > 0, total / count.clamp(min=1), h[:K]).roll(1, 0)"),
        "You put the mean of a different cluster into row k. In which order must the means be, so that clusters keep their names?",
        trains=True,
    ),
    Mistake(
        "empty_ones_by_lot",
        "old_means",
        (MEANS, MEANS.replace("h[:K]", "h[torch.randint(len(h), (K,))]")),
        "You draw an image for every empty cluster, and two clusters may draw the same one. How can you make sure that they differ?",
        trains=True,
    ),
    Mistake(
        "medians",
        "old_means",
        (
            MEANS,
            "return torch.stack([h[pseudo_labels == k].median(0).values if count[k] else h[k] for k in range(K)])",
        ),
        "You take the median of each dimension. Which point do the docstring and k-means name?",
        trains=True,
    ),
    Mistake(
        "rounded_to_float32",
        "old_means",
        (MEANS, "return torch.where(count > 0, total / count.clamp(min=1), h[:K]).float()"),
        "You return float32 whatever h is. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "empty_is_nan",
        "old_means",
        (MEANS, "return total / count"),
        "You divide 0 by 0 for an empty cluster. Which point could it start from?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "total_overwritten",
        "old_means",
        (
            "h.new_zeros(K, h.shape[1]).index_add_(0, pseudo_labels, h)",
            "h.new_zeros(K, h.shape[1])\n    for n, k in enumerate(pseudo_labels.tolist()):\n        total[k] = h[n]",
        ),
        "You divide the last row of each cluster by the count: `total[labels] += h` adds only one row to each. Which function adds up all of them?",
        trains=True,
    ),
    Mistake(
        "highest_number_for_k",
        "old_means",
        ("count = torch", "K = int(pseudo_labels.max()) + 1\n    count = torch"),
        "You return a row for each number up to the largest in use. How many rows does K ask for?",
    ),
    Mistake(
        "only_clusters_in_use",
        "old_means",
        (MEANS, "return (total / count)[count[:, 0] > 0]"),
        "You return rows for clusters in use only. How many rows does K ask for?",
    ),
    Mistake(
        "count_without_an_axis",
        "old_means",
        (COUNT, "count = torch.bincount(pseudo_labels, minlength=K)"),
        "You divide (K, d) sums by (K,) counts. Which new axis makes each count meet its row?",
    ),
    Mistake(
        "fewer_counts_than_k",
        "old_means",
        (COUNT, COUNT.replace(", minlength=K", "")),
        "You count only up to the largest number in use, which may be below K. Which argument of bincount asks for K counts?",
    ),
    Mistake(
        "sums_in_float32",
        "old_means",
        ("h.new_zeros(K, h.shape[1])", "torch.zeros(K, h.shape[1])"),
        "You add up in float32, which raises an error if h is float64. Which dtype should the sums have?",
        trains=True,
    ),
    Mistake(
        "empty_ones_by_permutation",
        "old_means",
        (MEANS, MEANS.replace("h[:K]", "h[torch.randperm(len(h))[:K]]")),
        "You draw the images of empty clusters. What does the docstring say about draws?",
        trains=True,
    ),
    Mistake(
        "divided_by_k",
        "old_means",
        (MEANS, "return torch.where(count > 0, total / K, h[:K])"),
        "You divide every sum by K. How many rows does the sum of one cluster have?",
        trains=True,
    ),
    Mistake(
        "one_less",
        "old_means",
        (MEANS, "return torch.where(count > 0, total / (count - 1).clamp(min=1), h[:K])"),
        "You divide by the count minus one. How many rows does the sum of one cluster have?",
        trains=True,
    ),
    Mistake(
        "mean_of_all_rows",
        "old_means",
        (MEANS, "return h.mean(0).expand(K, -1) + 0 * total"),
        "You return the mean of all rows for every cluster. Which rows belong to cluster k?",
        trains=True,
    ),
    Mistake(
        "first_member",
        "old_means",
        (
            MEANS,
            "first = {}\n    for n, k in enumerate(pseudo_labels.tolist()):\n        first.setdefault(k, n)\n    return torch.stack([h[first.get(k, k)] for k in range(K)])",
        ),
        "You take the first image of each cluster. Which point is nearest to all of its images on average?",
        trains=True,
    ),
    Mistake(
        "images_for_means",
        "old_means",
        (MEANS, "return h[:K]"),
        "You return the first K images. Which rows belong to cluster k?",
        trains=True,
    ),
    Mistake(
        "mean_of_all_numbers",
        "old_means",
        (
            MEANS,
            "own = [h[pseudo_labels == k].mean().expand(h.shape[1]) if count[k] else h[k] for k in range(K)]\n    return torch.stack(own)",
        ),
        "You take one mean over all numbers of a cluster. Over which axis does the mean of its rows go?",
        trains=True,
    ),
    Mistake(
        "all_at_length_1",
        "old_means",
        (MEANS, f"{MEANS.replace('return ', 'return F.normalize(')}, dim=1)"),
        "You normalise all rows, means and images. Is the mean of points on a sphere on the sphere?",
        trains=True,
    ),
    # effective_clusters
    Mistake(
        "entropy_itself",
        "effective_clusters",
        (EXP, "return entropy(torch.bincount(pseudo_labels))"),
        "You return the entropy, which is ln K for K equal clusters. Which function turns ln K into K?",
    ),
    Mistake(
        "two_to_nats",
        "effective_clusters",
        (EXP, "return 2 ** entropy(torch.bincount(pseudo_labels))"),
        "You raise 2 to the power of an entropy in nats. Which base belongs to the natural logarithm?",
    ),
    Mistake(
        "clusters_in_use",
        "effective_clusters",
        (EXP, "return float(len(pseudo_labels.unique()))"),
        "You count the clusters that have images. How many are there in effect if one holds nearly all images, and nine hold one each?",
    ),
    Mistake(
        "highest_number",
        "effective_clusters",
        (EXP, "return float(pseudo_labels.max() + 1)"),
        "You count cluster numbers, including empty clusters. How many are in use, and how evenly?",
    ),
    Mistake(
        "inverse_of_squares",
        "effective_clusters",
        (
            EXP,
            "return float(1 / (torch.bincount(pseudo_labels) / len(pseudo_labels)).square().sum())",
        ),
        "You return 1 / the sum of squared shares, which also counts clusters, but differently. Which measure of spread does the docstring name?",
    ),
    Mistake(
        "inverse_of_the_largest",
        "effective_clusters",
        (EXP, "return len(pseudo_labels) / float(torch.bincount(pseudo_labels).max())"),
        "You use only the size of the largest cluster. Do the sizes of the others not matter?",
    ),
    Mistake(
        "as_a_share",
        "effective_clusters",
        (
            EXP,
            "return math.exp(entropy(torch.bincount(pseudo_labels))) / (int(pseudo_labels.max()) + 1)",
        ),
        "You return a share of all clusters. What should the result be for K equal clusters?",
    ),
    Mistake(
        "entropy_of_the_numbers",
        "effective_clusters",
        (EXP, "return math.exp(entropy(pseudo_labels + 1))"),
        "You treat the numbers of the clusters as their sizes. How do you count the images of each cluster?",
    ),
    Mistake(
        "empty_ones_get_one",
        "effective_clusters",
        (EXP, "return math.exp(entropy(torch.bincount(pseudo_labels) + 1))"),
        "You add one image to every cluster, as if `entropy` could not handle 0. What does an empty cluster add to the entropy?",
    ),
    Mistake(
        "e_to_bits",
        "effective_clusters",
        (EXP, "return math.exp(entropy(torch.bincount(pseudo_labels)) / math.log(2))"),
        "You raise e to an entropy in bits. Which base belongs to bits?",
    ),
    Mistake(
        "number_in_a_tensor",
        "effective_clusters",
        (EXP, "return torch.tensor(entropy(torch.bincount(pseudo_labels))).exp()"),
        "You return a tensor, which the log cannot store. Which method turns it into a Python number?",
        trains=True,
    ),
    Mistake(
        "numbers_for_sizes",
        "effective_clusters",
        (EXP, "return math.exp(entropy(pseudo_labels))"),
        "You pass the numbers of the clusters to `entropy`. How do you count the images of each cluster?",
    ),
    Mistake(
        "numbers_for_sizes_and_no_exp",
        "effective_clusters",
        (EXP, "return entropy(pseudo_labels)"),
        "You return the entropy of the numbers of the clusters. How do you count the images, and which function turns ln K into K?",
    ),
    Mistake(
        "log_of_zero",
        "effective_clusters",
        (
            EXP,
            "p = torch.bincount(pseudo_labels) / len(pseudo_labels)\n    return float((-(p * p.log()).sum()).exp())",
        ),
        "You multiply 0 by the logarithm of 0 for an empty cluster, which is NaN. What does an empty cluster add to the entropy?",
        overflows=True,
    ),
    Mistake(
        "whole_number",
        "effective_clusters",
        (EXP, "return float(round(math.exp(entropy(torch.bincount(pseudo_labels)))))"),
        "You round the result. Must the effective number of clusters be whole?",
    ),
    Mistake(
        "one_over",
        "effective_clusters",
        (EXP, "return math.exp(-entropy(torch.bincount(pseudo_labels)))"),
        "You return 1 over the effective number. What should the result be for K equal clusters?",
    ),
    Mistake(
        "entropy_over_log_k",
        "effective_clusters",
        (
            EXP,
            "return entropy(torch.bincount(pseudo_labels)) / max(math.log(max(int(pseudo_labels.max()) + 1, 2)), 1e-9)",
        ),
        "You divide the entropy by ln K. Which function turns ln K into K?",
    ),
    Mistake(
        "different_numbers_only",
        "effective_clusters",
        (EXP, "return math.exp(entropy(pseudo_labels.unique() + 0))"),
        "You pass the numbers that occur to `entropy`, each once. How do you count the images of each cluster?",
    ),
    Mistake(
        "sizes_without_logarithm",
        "effective_clusters",
        (
            EXP,
            "p = torch.bincount(pseudo_labels) / len(pseudo_labels)\n    return math.exp(1 - float(p.square().sum()))",
        ),
        "You use 1 minus the sum of squared shares as an entropy. Which function is given for the entropy?",
    ),
    Mistake(
        "sizes_for_shares",
        "effective_clusters",
        (
            EXP,
            "n = torch.bincount(pseudo_labels).double()\n    n = n[n > 0]\n    return float((-(n * n.log()).sum()).exp())",
        ),
        "You use sizes where the entropy needs shares. By what must you divide the sizes?",
    ),
    # mutual_information
    Mistake(
        "same_numbers",
        "mutual_information",
        (RETURN, "return float((a == b).double().mean())"),
        "You count the images whose cluster numbers agree. What if both clusterings are the same, but with different numbers?",
    ),
    Mistake(
        "arithmetic_mean",
        "mutual_information",
        (SHARED, "2 * (of_a + of_b - of_both) / (of_a + of_b)"),
        "You divide by the arithmetic mean of the entropies. Which mean is the root of a product?",
    ),
    Mistake(
        "smaller_entropy",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / min(of_a, of_b)"),
        "You divide by the smaller entropy, so splitting clusters costs nothing. Which mean does the docstring take?",
    ),
    Mistake(
        "larger_entropy",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / max(of_a, of_b)"),
        "You divide by the larger entropy. Which mean does the docstring take?",
    ),
    Mistake(
        "entropy_of_pairs",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / of_both"),
        "You divide by the entropy of the pairs. Which two entropies are under the root?",
    ),
    Mistake(
        "entropy_of_one",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / of_a"),
        "You divide by the entropy of a alone, so exchanging a and b changes the result. Where does H(b) come in?",
    ),
    Mistake(
        "no_root",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / (of_a * of_b)"),
        "You divide by the product of the entropies, without the root. Does a clustering then get 1 with itself?",
    ),
    Mistake(
        "not_normalised",
        "mutual_information",
        (RETURN, "return of_a + of_b - of_both"),
        "You return I in nats. Should a clustering of K equal clusters get 1 with itself, or ln K?",
    ),
    Mistake(
        "what_differs",
        "mutual_information",
        (SHARED, "1 - (of_a + of_b - of_both) / math.sqrt(of_a * of_b)"),
        "You return how much they differ, so the same groups give 0. What should 1 mean?",
    ),
    Mistake(
        "pairs_collide",
        "mutual_information",
        (PAIRS, "torch.bincount(a * len(a.unique()) + b)"),
        "You number pairs by a * (number of clusters of a) + b, so two pairs can get the same number. By how much must the number grow when a grows by 1?",
    ),
    Mistake(
        "sums_for_pairs",
        "mutual_information",
        (PAIRS, "torch.bincount(a + b)"),
        "You number pairs by a + b. Which other pair gets the same number as (0, 1)?",
    ),
    Mistake(
        "chance_pairs",
        "mutual_information",
        (PAIRS, "torch.bincount(a * (int(b.max()) + 1) + b.sort().values)"),
        "You sort b before you pair it with a. Which image does entry n of b belong to then?",
    ),
    Mistake(
        "bits_and_nats",
        "mutual_information",
        (RETURN, "return (of_a + of_b - of_both) / math.log(2) / math.sqrt(of_a * of_b)"),
        "You measure what they share in bits, but the entropies below it in nats. What does a clustering get with itself?",
    ),
    Mistake(
        "purity",
        "mutual_information",
        (RETURN, "return sum(int(torch.bincount(b[a == k]).max()) for k in a.unique()) / len(a)"),
        "You count the images of the commonest b within each a. What does that give if every image is its own cluster?",
    ),
    Mistake(
        "pairs_of_images",
        "mutual_information",
        (RETURN, "return float(((a[:, None] == a) == (b[:, None] == b)).double().mean())"),
        "You return the Rand index, the share of pairs of images on which a and b agree. Most pairs are apart in both anyway, so is it 0 for independent clusterings?",
    ),
    Mistake(
        "a_little_below",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / (math.sqrt(of_a * of_b) + 0.01)"),
        "You add 0.01 to the denominator, so even equal clusterings do not reach 1. After the check above, can the denominator still be 0?",
    ),
    Mistake(
        "single_cluster_agrees",
        "mutual_information",
        ("return 0.0", "return 1.0"),
        "You return 1 if one clustering has a single cluster. What does a single cluster say about the other clustering?",
    ),
    Mistake(
        "equal_ones_agree",
        "mutual_information",
        (
            "if of_a == 0 or of_b == 0:",
            "if torch.equal(a, b):\n        return 1.0\n    if of_a == 0 or of_b == 0:",
        ),
        "You return 1 if both are the same single cluster. What can two single clusters tell about each other?",
    ),
    Mistake(
        "information_in_a_tensor",
        "mutual_information",
        (RETURN, f"return torch.tensor(min(max({SHARED}, 0.0), 1.0))"),
        "You return a tensor, but the log stores the agreement as a Python float. How do you make one?",
        trains=True,
    ),
    Mistake(
        "what_b_leaves_open",
        "mutual_information",
        (SHARED, "(of_both - of_b) / math.sqrt(of_a * of_b)"),
        "You return how much of a is left open by b. Should you add the entropy of the pairs, or subtract it?",
    ),
    Mistake(
        "one_side_only",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / of_b"),
        "You divide by the entropy of b alone, so exchanging a and b changes the result. Where does H(a) come in?",
    ),
    Mistake(
        "largest_of_b_without_one",
        "mutual_information",
        (PAIRS, "(a * int(b.max()) + b).unique(return_counts=True)[1]"),
        "You number pairs by a * max(b) + b, so two pairs can get the same number. How many numbers from 0 to max(b) are there?",
    ),
    Mistake(
        "products_for_pairs",
        "mutual_information",
        (PAIRS, "(a * b).unique(return_counts=True)[1]"),
        "You number pairs by a * b. Which other pair gets the same number as (0, 1)?",
    ),
    Mistake(
        "pooled_numbers",
        "mutual_information",
        (PAIRS, "torch.bincount(torch.cat([a, b]))"),
        "You count the numbers of both clusterings in one pool. What is a pair of clusters?",
    ),
    Mistake(
        "pair_of_a_with_itself",
        "mutual_information",
        (
            "of_a, of_b = entropy(torch.bincount(a)), entropy(torch.bincount(b))",
            "of_a, of_b = entropy(torch.bincount(a)), entropy(torch.bincount(a))",
        ),
        "You take the entropy of a for both. Where does H(b) come in?",
    ),
    Mistake(
        "numbers_for_sizes_of_both",
        "mutual_information",
        (
            "of_a, of_b = entropy(torch.bincount(a)), entropy(torch.bincount(b))",
            "of_a, of_b = entropy(a), entropy(b)",
        ),
        "You pass the cluster numbers of a and b to `entropy`. How do you count the images of each cluster?",
    ),
    Mistake(
        "no_check_for_one",
        "mutual_information",
        ("if of_a == 0 or of_b == 0:", "if False:"),
        "You divide by 0 if either has a single cluster, which raises an error. What should you return then?",
    ),
    Mistake(
        "both_must_be_one",
        "mutual_information",
        ("of_a == 0 or of_b == 0", "of_a == 0 and of_b == 0"),
        "You divide by 0 if only one of them has a single cluster, which raises an error. Is it enough to check for both at once?",
    ),
    Mistake(
        "only_a_checked",
        "mutual_information",
        ("of_a == 0 or of_b == 0", "of_a == 0"),
        "You divide by 0 if b has a single cluster and a has not, which raises an error. Which entropies are under the root?",
    ),
    Mistake(
        "only_b_checked",
        "mutual_information",
        ("of_a == 0 or of_b == 0", "of_b == 0"),
        "You divide by 0 if a has a single cluster and b has not, which raises an error. Which entropies are under the root?",
    ),
    Mistake(
        "all_three_added",
        "mutual_information",
        (SHARED, "(of_a + of_b + of_both) / math.sqrt(of_a * of_b)"),
        "You return 1 for every two clusterings that have more than one cluster. Which entropy must be subtracted, and how many times?",
    ),
    Mistake(
        "sign_reversed",
        "mutual_information",
        (SHARED, "(of_both - of_a - of_b) / math.sqrt(of_a * of_b)"),
        "You return 0 for every two clusterings. Which is larger, H(a) + H(b) or H(a, b), and which must be subtracted from which?",
    ),
    Mistake(
        "sum_without_the_two",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / (of_a + of_b)"),
        "You divide by the sum of the entropies. Does a clustering then get 1 with itself?",
    ),
    Mistake(
        "root_of_the_sum",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / math.sqrt(of_a + of_b)"),
        "You divide by the root of the sum of the entropies. What is under the root in the equation?",
    ),
    Mistake(
        "root_of_all",
        "mutual_information",
        (SHARED, "math.sqrt(max(of_a + of_b - of_both, 0) / math.sqrt(of_a * of_b))"),
        "You take the root of the whole quotient. What is under the root in the equation?",
    ),
    Mistake(
        "information_over_product_of_roots_twice",
        "mutual_information",
        (SHARED, "2 * (of_a + of_b - of_both) / math.sqrt(of_a * of_b)"),
        "You double the information. Does a clustering get 1 with itself without the 2?",
    ),
    Mistake(
        "roots_added",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / (math.sqrt(of_a) + math.sqrt(of_b))"),
        "You divide by the sum of two roots. What is under the root in the equation?",
    ),
    Mistake(
        "pairs_from_b",
        "mutual_information",
        (PAIRS, "(b * (int(b.max()) + 1) + a).unique(return_counts=True)[1]"),
        "You number pairs by b * (max(b) + 1) + a, so two pairs can get the same number if a has more clusters. By how much must the number grow when b grows by 1?",
    ),
    Mistake(
        "single_cluster_must_be_number_zero",
        "mutual_information",
        ("if of_a == 0 or of_b == 0:", "if a.max() == 0 or b.max() == 0:"),
        "You notice a single cluster only if its number is 0, and otherwise divide by 0. What do the entropies say, whatever its number is?",
    ),
    Mistake(
        "two_single_clusters_agree",
        "mutual_information",
        (
            "if of_a == 0 or of_b == 0:",
            "if of_a == 0 and of_b == 0:\n        return 1.0\n    if of_a == 0 or of_b == 0:",
        ),
        "You return 1 if both have a single cluster each. What can two single clusters tell about each other?",
    ),
    Mistake(
        "single_cluster_gives_nan",
        "mutual_information",
        """def mutual_information(a, b):
    of_a, of_b = entropy(torch.bincount(a)), entropy(torch.bincount(b))
    of_both = entropy((a * (int(b.max()) + 1) + b).unique(return_counts=True)[1])
    return float(((of_a + of_b - of_both) / torch.tensor(of_a * of_b).sqrt()).clamp(0, 1))
""",
        "You divide 0 by 0 if either has a single cluster, and return NaN. What should you return then?",
        overflows=True,
    ),
    Mistake(
        "single_cluster_named_zero_gives_nan",
        "mutual_information",
        """def mutual_information(a, b):
    if a.max() == 0 or b.max() == 0:
        return 0.0
    of_a, of_b = entropy(torch.bincount(a)), entropy(torch.bincount(b))
    of_both = entropy((a * (int(b.max()) + 1) + b).unique(return_counts=True)[1])
    return float(((of_a + of_b - of_both) / torch.tensor(of_a * of_b).sqrt()).clamp(0, 1))
""",
        "You return NaN for a single cluster, unless its number is 0. What do the entropies say, whatever its number is?",
        overflows=True,
    ),
    # DeepCluster.start_epoch
    Mistake(
        "clusters_of_views",
        "DeepCluster.start_epoch",
        (
            SEEN,
            "h = pca_whiten(features(self.encoder, (self.views(pixels.float() / 255)[0] * 255).to(torch.uint8)), self.pca_dim)",
        ),
        "You cluster random views of the images. Should the cluster of an image depend on how it was just cropped?",
        trains=True,
    ),
    Mistake(
        "encoder_in_train_mode",
        "DeepCluster.start_epoch",
        (
            SEEN,
            "with torch.no_grad():\n            h = pca_whiten(self.encoder(pixels.float() / 255), self.pca_dim)",
        ),
        "You run the encoder in whatever mode it is in. In train mode, batch norm uses the statistics of the batch and updates its running averages. Which function of lesson 7 prevents that?",
        trains=True,
    ),
    Mistake(
        "left_in_eval_mode",
        "DeepCluster.start_epoch",
        (
            SEEN,
            "self.encoder.eval()\n        h = pca_whiten(features(self.encoder, pixels), self.pca_dim)",
        ),
        "You leave the encoder in eval mode. What will batch norm no longer learn in the epoch that follows?",
        trains=True,
    ),
    Mistake(
        "raw_representations",
        "DeepCluster.start_epoch",
        (SEEN, "h = F.normalize(features(self.encoder, pixels), dim=1)"),
        "You cluster representations that are not whitened. Which dimension of h decides the distances then?",
        trains=True,
    ),
    Mistake(
        "all_directions",
        "DeepCluster.start_epoch",
        (SEEN, "h = pca_whiten(features(self.encoder, pixels), self.encoder.dim)"),
        "You keep more directions than asked for, such as all of them. Which setting says how many to keep?",
        trains=True,
    ),
    Mistake(
        "clusters_of_logits",
        "DeepCluster.start_epoch",
        (
            SEEN,
            "h = pca_whiten(features(nn.Sequential(self.encoder, self.projector), pixels), self.pca_dim + 9)",
        ),
        "You cluster the output of the classifier, so it teaches itself. Which part gives the representations?",
        trains=True,
    ),
    Mistake(
        "clusters_of_pixels",
        "DeepCluster.start_epoch",
        (SEEN, "h = pca_whiten(pixels.flatten(1).float(), self.pca_dim)"),
        "You cluster pixels, so the clusters can never improve with the encoder. Which numbers should be clustered?",
        trains=True,
    ),
    Mistake(
        "clusters_of_other_images",
        "DeepCluster.start_epoch",
        (
            CLUSTER,
            "mix = torch.randperm(len(h), generator=generator)\n        _, new = kmeans(h[mix], self.clusters, generator=generator, start=start)",
        ),
        "You shuffle the images before clustering, so entry n is the cluster of another image. Which image does entry n belong to?",
        trains=True,
    ),
    Mistake(
        "one_cluster_short",
        "DeepCluster.start_epoch",
        (CLUSTER, "_, new = kmeans(h, self.clusters - 1, generator=generator)"),
        "You make one cluster fewer than the classifier has outputs. How many clusters should there be?",
        trains=True,
    ),
    Mistake(
        "as_many_as_classes",
        "DeepCluster.start_epoch",
        (
            CLUSTER,
            "K = self.clusters if self.labels is None else len(self.labels.unique())\n        _, new = kmeans(h, K, generator=generator, start=start)",
        ),
        "You make as many clusters as there are classes if labels are known. What may labels be used for here?",
        trains=True,
    ),
    Mistake(
        "clustered_once",
        "DeepCluster.start_epoch",
        (
            CLUSTER,
            "_, new = kmeans(h, self.clusters, generator=generator, start=start)\n        new = old if old[0] >= 0 else new",
        ),
        "You cluster in the first epoch only. The encoder is better now, so which clusters should the next epoch learn?",
        trains=True,
    ),
    Mistake(
        "clusters_from_elsewhere",
        "DeepCluster.start_epoch",
        (CLUSTER, "_, new = kmeans(h, self.clusters, start=start)"),
        'You let k-means draw from torch\'s global generator. What is generators["clusters"] for when a run is resumed?',
        trains=True,
    ),
    Mistake(
        "the_same_start_again",
        "DeepCluster.start_epoch",
        (
            CLUSTER,
            "_, new = kmeans(h, self.clusters, generator=Generator().manual_seed(0), start=start)",
        ),
        "k-means has the same start in every epoch and every run, as with a new generator of a fixed seed. Which generator continues from epoch to epoch?",
        trains=True,
    ),
    Mistake(
        "always_warm",
        "DeepCluster.start_epoch",
        ("self.warm_start and old[0] >= 0", "old[0] >= 0"),
        "You always start from the last clusters. What does self.warm_start say?",
        trains=True,
    ),
    Mistake(
        "never_warm",
        "DeepCluster.start_epoch",
        (WARM, "start = None"),
        "You never start from the last clusters. What is self.warm_start for?",
        trains=True,
    ),
    Mistake(
        "warm_from_the_first_images",
        "DeepCluster.start_epoch",
        (WARM, "start = h[: self.clusters] if self.warm_start and old[0] >= 0 else None"),
        "You warm-start from the first K images, which have nothing to do with the last clusters. Where are the last clusters in the current h?",
        trains=True,
    ),
    Mistake(
        "agreement_not_noted",
        "DeepCluster.start_epoch",
        (NMI, "pass"),
        "You never set self.nmi. What should you compute before you overwrite the old clusters?",
        trains=True,
    ),
    Mistake(
        "agreement_with_itself",
        "DeepCluster.start_epoch",
        (NMI, "self.nmi.fill_(mutual_information(new, new))"),
        "You compare the new clusters with themselves, which always gives 1. Which clusters are the old ones?",
        trains=True,
    ),
    Mistake(
        "agreement_with_labels",
        "DeepCluster.start_epoch",
        (
            NMI,
            "self.nmi.fill_(mutual_information(old if self.labels is None else self.labels, new))",
        ),
        "You compare the clusters with the labels if there are any. What does the docstring say that nmi compares?",
        trains=True,
    ),
    Mistake(
        "agreement_before_the_first",
        "DeepCluster.start_epoch",
        (
            "if old[0] >= 0:\n            self.nmi",
            "if True:\n            old = old.clamp(min=0)\n            self.nmi",
        ),
        "You set nmi in the first epoch, when there is nothing to compare with. How can you tell that there are no old clusters?",
        trains=True,
    ),
    Mistake(
        "old_classifier",
        "DeepCluster.start_epoch",
        (COPY, "pass"),
        "You keep the old weights, although cluster 3 is a different group now. What should the classifier start from?",
        trains=True,
    ),
    Mistake(
        "old_biases",
        "DeepCluster.start_epoch",
        (ZERO, "pass"),
        "You keep the old biases, which still favour clusters of the last epoch. What should the biases of a new classifier be?",
        trains=True,
    ),
    Mistake(
        "weights_too_large",
        "DeepCluster.start_epoch",
        (DRAW, "weight = torch.randn(self.projector.weight.shape, generator=generator)"),
        "You draw weights with standard deviation 1, so the first loss is far above ln K. Which standard deviation do the steps name?",
        trains=True,
    ),
    Mistake(
        "variance_for_deviation",
        "DeepCluster.start_epoch",
        (DRAW, "weight = 0.1 * torch.randn(self.projector.weight.shape, generator=generator)"),
        "You draw weights with variance 0.01, which is a standard deviation of 0.1. Which of the two do the steps name?",
        trains=True,
    ),
    Mistake(
        "even_weights",
        "DeepCluster.start_epoch",
        (
            DRAW,
            "weight = 0.01 * math.sqrt(12) * (torch.rand(self.projector.weight.shape, generator=generator) - 0.5)",
        ),
        "You draw uniform weights instead of normal ones. Which does the released code draw?",
        trains=True,
    ),
    Mistake(
        "weights_of_zero",
        "DeepCluster.start_epoch",
        (DRAW, "weight = torch.zeros(self.projector.weight.shape)"),
        "You set all weights to 0, so the loss starts at ln K. Which gradient reaches the encoder through a matrix of zeros?",
        trains=True,
    ),
    Mistake(
        "the_same_weights_again",
        "DeepCluster.start_epoch",
        (
            DRAW,
            "weight = 0.01 * torch.randn(self.projector.weight.shape, generator=Generator().manual_seed(0))",
        ),
        "You start every epoch with the same weights. Which generator continues from epoch to epoch?",
        trains=True,
    ),
    Mistake(
        "weights_from_elsewhere",
        "DeepCluster.start_epoch",
        (DRAW, "weight = 0.01 * torch.randn(self.projector.weight.shape)"),
        'You draw the weights from torch\'s global generator. What is generators["clusters"] for when a run is resumed?',
        trains=True,
    ),
    Mistake(
        "weights_from_the_order",
        "DeepCluster.start_epoch",
        (
            DRAW,
            'weight = 0.01 * torch.randn(self.projector.weight.shape, generator=self.generators["order"])',
        ),
        'You draw from generators["order"], which belongs to the batches. Which generator is meant for the weights?',
        trains=True,
    ),
    Mistake(
        "new_layer_old_optimiser",
        "DeepCluster.start_epoch",
        (
            ZERO,
            "self.projector.bias.zero_()\n        self.projector = nn.Linear(self.projector.in_features, self.clusters)\n        nn.init.zeros_(self.projector.bias).data, self.projector.weight.data.copy_(weight)",
        ),
        "You make new tensors for the classifier, but the optimiser still updates the old ones. What can you change while the tensors stay the same objects?",
        ties=("new_parameters",),
    ),
    Mistake(
        "nothing_returned",
        "DeepCluster.start_epoch",
        (BACK, "return []"),
        "You return no parameters, so the optimiser keeps the old classifier's momentum. For which parameters must it forget its state?",
        trains=True,
    ),
    Mistake(
        "bias_not_returned",
        "DeepCluster.start_epoch",
        (BACK, "return [self.projector.weight]"),
        "You return only the weight. What else is new in the classifier?",
        trains=True,
    ),
    Mistake(
        "encoder_returned",
        "DeepCluster.start_epoch",
        (BACK, "return list(self.parameters())"),
        "You return the encoder's parameters too, so their momentum is forgotten in every epoch. Which parameters are new, and which simply continue?",
        trains=True,
    ),
    Mistake(
        "cluster_zero_is_no_cluster",
        "DeepCluster.start_epoch",
        ("if old[0] >= 0:\n            self.nmi", "if old[0] > 0:\n            self.nmi"),
        "You treat cluster 0 as no cluster at all, so nmi is not updated while image 0 is in it. Which number means that an image is not clustered yet?",
        trains=True,
    ),
    Mistake(
        "stored_once",
        "DeepCluster.start_epoch",
        (KEEP, "if old[0] < 0:\n            self.pseudo_labels.copy_(new)"),
        "You store the clusters in the first epoch only. Which clusters should the next epoch learn?",
        trains=True,
    ),
    Mistake(
        "features_as_they_are",
        "DeepCluster.start_epoch",
        (SEEN, "h = features(self.encoder, pixels)"),
        "You cluster the features as they are. Which function puts their directions in equal units?",
        trains=True,
    ),
    Mistake(
        "weights_of_a_new_layer",
        "DeepCluster.start_epoch",
        (f"{COPY}\n            {ZERO}", "self.projector.reset_parameters()"),
        "You reset the layer to torch's default, whose weights are uniform, larger, and drawn from the global generator. Which standard deviation do the steps name?",
        trains=True,
    ),
    Mistake(
        "biases_drawn_too",
        "DeepCluster.start_epoch",
        (ZERO, "self.projector.bias.copy_(0.01 * torch.randn(len(weight), generator=generator))"),
        "You draw the biases as well. What should they be in a new classifier?",
        trains=True,
    ),
    Mistake(
        "warm_from_the_old_centroids",
        "DeepCluster.start_epoch",
        (
            f"{WARM}\n        {CLUSTER}",
            'start = vars(self).get("kept") if self.warm_start and old[0] >= 0 else None\n'
            "        self.kept, new = kmeans(h, self.clusters, generator=generator, start=start)",
        ),
        "If only the last clusters are known and nothing else was kept, you start without them. Where are the old clusters in the current h?",
        trains=True,
    ),
    Mistake(
        "stored_before_compared",
        "DeepCluster.start_epoch",
        (
            f"if old[0] >= 0:\n            {NMI}\n        {KEEP}",
            f"{KEEP}\n        if old[0] >= 0:\n            {NMI}",
        ),
        "You store the new clusters before you compare, and `old` is the same tensor on a CPU, so nmi is 1, even in the first epoch. When must you compare?",
        trains=True,
    ),
    Mistake(
        "first_epoch_compared",
        "DeepCluster.start_epoch",
        (f"if old[0] >= 0:\n            {NMI}", NMI),
        "You compare with -1 in the first epoch, which raises an error. How can you tell that there are no old clusters?",
    ),
    Mistake(
        "warm_in_the_first_epoch",
        "DeepCluster.start_epoch",
        ("self.warm_start and old[0] >= 0", "self.warm_start"),
        "You ask for the means of clusters numbered -1 if the first epoch should start warm, which raises an error. How can you tell that there are no old clusters?",
    ),
    Mistake(
        "compared_if_warm",
        "DeepCluster.start_epoch",
        (
            "if old[0] >= 0:\n            self.nmi",
            "if self.warm_start and old[0] >= 0:\n            self.nmi",
        ),
        "You set nmi only with a warm start. When are there old clusters to compare with?",
        trains=True,
    ),
    Mistake(
        "number_for_a_buffer",
        "DeepCluster.start_epoch",
        (NMI, "self.nmi = mutual_information(old, new)"),
        "You assign a float to the buffer `nmi`, which must stay a tensor. How do you write a number into a tensor?",
    ),
    Mistake(
        "centroids_for_clusters",
        "DeepCluster.start_epoch",
        (CLUSTER, CLUSTER.replace("_, new", "new, _")),
        "You store the centroids that k-means returns first. Which of its two results are the clusters of the images?",
    ),
    Mistake(
        "generator_for_iterations",
        "DeepCluster.start_epoch",
        (CLUSTER, "_, new = kmeans(h, self.clusters, generator)"),
        "You pass the generator where k-means expects the number of iterations. Which arguments must be named?",
    ),
    Mistake(
        "directions_for_clusters",
        "DeepCluster.start_epoch",
        (CLUSTER, CLUSTER.replace("self.clusters", "self.pca_dim")),
        "You make as many clusters as there are directions. Which setting says how many clusters there are?",
        trains=True,
    ),
    Mistake(
        "leaf_written",
        "DeepCluster.start_epoch",
        ("with torch.no_grad():", "if True:"),
        "You write into a parameter while gradients are recorded, which raises an error. In which block may you change it?",
    ),
    Mistake(
        "weights_ten_times_too_small",
        "DeepCluster.start_epoch",
        (DRAW, DRAW.replace("0.01", "0.001")),
        "You draw weights with standard deviation 0.001. Which one do the steps name?",
        trains=True,
    ),
    Mistake(
        "square_of_the_deviation",
        "DeepCluster.start_epoch",
        (DRAW, DRAW.replace("0.01", "0.01**2")),
        "You draw weights with standard deviation 0.0001. Which one do the steps name?",
        trains=True,
    ),
    Mistake(
        "root_of_the_width",
        "DeepCluster.start_epoch",
        (DRAW, DRAW.replace("0.01 *", "self.projector.in_features**-0.5 *")),
        "You draw weights whose standard deviation depends on the number of inputs. Which one do the steps name?",
        trains=True,
    ),
    Mistake(
        "biases_of_one",
        "DeepCluster.start_epoch",
        (ZERO, "self.projector.bias.fill_(1.0)"),
        "You set the biases to 1. What should they be in a new classifier?",
        trains=True,
    ),
    Mistake(
        "module_returned",
        "DeepCluster.start_epoch",
        (BACK, "return self.projector"),
        "You return the layer. What does the docstring ask for?",
    ),
    Mistake(
        "weight_itself_returned",
        "DeepCluster.start_epoch",
        (BACK, "return self.projector.weight"),
        "You return the weight itself, not a list. What does the docstring ask for?",
    ),
    Mistake(
        "names_returned_too",
        "DeepCluster.start_epoch",
        (BACK, "return list(self.projector.named_parameters())"),
        "You return pairs of a name and a parameter. What does the docstring ask for?",
    ),
    Mistake(
        "clusters_returned",
        "DeepCluster.start_epoch",
        (BACK, "return new"),
        "You return the clusters. What does the docstring ask for?",
    ),
    Mistake(
        "scaled_twice",
        "DeepCluster.start_epoch",
        (SEEN, SEEN.replace("pixels)", "pixels / 255)")),
        "You divide the pixels by 255 before `features`, which expects uint8 and does it itself. What does the encoder see then?",
        trains=True,
    ),
    Mistake(
        "classifier_left_alone",
        "DeepCluster.start_epoch",
        (f"{COPY}\n            {ZERO}", "pass"),
        "You keep the old classifier, although cluster 3 is a different group now. What should it start from?",
        trains=True,
    ),
    Mistake(
        "graph_is_kept_and_train_mode",
        "DeepCluster.start_epoch",
        (SEEN, "h = pca_whiten(self.encoder(pixels.float() / 255).detach(), self.pca_dim)"),
        "You run the encoder in whatever mode it is in, and record a graph for the gradient. Which function of lesson 7 prevents both?",
        trains=True,
    ),
    Mistake(
        "weights_above_zero",
        "DeepCluster.start_epoch",
        (DRAW, DRAW.replace("randn", "rand")),
        "You draw weights from 0 to 0.01, evenly and never below 0. From which distribution should they come?",
        trains=True,
    ),
    Mistake(
        "new_parameters",
        "DeepCluster.start_epoch",
        (
            f"with torch.no_grad():\n            {COPY}\n            {ZERO}",
            "self.projector.weight = nn.Parameter(weight)\n        self.projector.bias = nn.Parameter(torch.zeros(len(weight)))",
        ),
        "You make new parameters, but the optimiser still updates the tensors of the old ones. What can you change while the tensors stay the same objects?",
        trains=True,
        ties=("new_layer_old_optimiser",),
    ),
    Mistake(
        "classifier_drawn_once",
        "DeepCluster.start_epoch",
        (
            f"{COPY}\n            {ZERO}",
            f"if self.nmi < 0:\n                {COPY}\n                {ZERO}",
        ),
        "You draw the classifier in the first epoch only, although cluster 3 is a different group later. When must it start anew?",
        trains=True,
    ),
    Mistake(
        "means_of_raw_features",
        "DeepCluster.start_epoch",
        (WARM, WARM.replace("old_means(h,", "old_means(features(self.encoder, pixels),")),
        "You take the means of features that are not whitened, but cluster whitened ones. In which space must the start lie?",
        trains=True,
    ),
    Mistake(
        "clusters_not_stored",
        "DeepCluster.start_epoch",
        (KEEP, "pass"),
        "You never store the new clusters. Where will `loss` look for them?",
    ),
    Mistake(
        "first_epoch_agrees",
        "DeepCluster.start_epoch",
        (
            "if old[0] >= 0:\n            self.nmi",
            "if old[0] < 0:\n            old = new\n        if True:\n            self.nmi",
        ),
        "You compare the first clusters with themselves. What should nmi be before there are two clusterings?",
        trains=True,
    ),
    Mistake(
        "drawn_from_the_views",
        "DeepCluster.start_epoch",
        (f"{CLUSTER}", f'generator = self.generators["views"]\n        {CLUSTER}'),
        'You draw from generators["views"], which belongs to the views. Which generator is meant for the clusters?',
        trains=True,
    ),
    # DeepCluster.loss
    Mistake(
        "first_clusters",
        "DeepCluster.loss",
        (OWN, "clusters = self.pseudo_labels[: len(index)]"),
        "You take the clusters of images 0, 1, 2, …, whatever images are in the batch. What is index for?",
    ),
    Mistake(
        "labels_of_a_person",
        "DeepCluster.loss",
        (OWN, "clusters = (self.pseudo_labels if self.labels is None else self.labels)[index]"),
        "You train on the labels if there are any. What should DeepCluster learn from?",
        trains=True,
    ),
    Mistake(
        "first_view_only",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(z1, clusters)"),
        "You classify only the first view. Over which views does the docstring take the mean?",
        trains=True,
    ),
    Mistake(
        "second_view_detached",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(torch.cat([z1, z2.detach()]), clusters.repeat(2))"),
        "You detach the second view, so it gets no gradient. Is there a reason here why it should not learn?",
        trains=True,
    ),
    Mistake(
        "sum_of_views",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(z1, clusters) + F.cross_entropy(z2, clusters)"),
        "You add up the losses of both views. If all logits are equal, should the loss be ln K, or twice that?",
        trains=True,
    ),
    Mistake(
        "sum_of_images",
        "DeepCluster.loss",
        (LOSS, 'return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat(2), reduction="sum")'),
        "You sum over the batch, so the gradient grows with the batch size. Does the docstring ask for a sum or a mean?",
        trains=True,
    ),
    Mistake(
        "each_cluster_twice_running",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat_interleave(2))"),
        "You repeat each cluster directly, as in a a b b, but all first views come before all second views. In which order are the views of three images?",
    ),
    Mistake(
        "mean_logits",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy((z1 + z2) / 2, clusters)"),
        "You classify the mean of both views' logits, so one view can make up for the other. Should each view be classified by itself?",
        trains=True,
    ),
    Mistake(
        "softmax_twice",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(torch.cat([z1, z2]).softmax(1), clusters.repeat(2))"),
        "You pass probabilities to cross entropy, which expects logits. How many softmaxes does the equation have?",
        trains=True,
    ),
    Mistake(
        "mean_before_logarithm",
        "DeepCluster.loss",
        (
            LOSS,
            "return -torch.cat([z1, z2]).softmax(1).gather(1, clusters.repeat(2)[:, None]).mean().log()",
        ),
        "You take the logarithm of the mean probability. Which comes first, the logarithm or the mean?",
        trains=True,
    ),
    Mistake(
        "probability_itself",
        "DeepCluster.loss",
        (
            LOSS,
            "return 1 - torch.cat([z1, z2]).softmax(1).gather(1, clusters.repeat(2)[:, None]).mean()",
        ),
        "You return 1 minus the probability, without a logarithm. What should the loss of a view be if its cluster gets probability 1/K?",
        trains=True,
    ),
    Mistake(
        "cosines",
        "DeepCluster.loss",
        (
            LOSS,
            "return F.cross_entropy(F.normalize(torch.cat([z1, z2]), dim=1), clusters.repeat(2))",
        ),
        "You normalise the logits, as if they were projections for NT-Xent. How confident can the classifier then become?",
        trains=True,
    ),
    Mistake(
        "weighted_too",
        "DeepCluster.loss",
        (
            LOSS,
            "rare = 1 / torch.bincount(self.pseudo_labels, minlength=z1.shape[1]).clamp(min=1).float()\n        return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat(2), weight=rare.to(z1))",
        ),
        "You give small clusters a larger weight, although their images are already drawn more often. Which function takes care of the balance?",
        trains=True,
    ),
    Mistake(
        "cluster_0_ignored",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat(2), ignore_index=0)"),
        "You ignore images of cluster 0. Is 0 a cluster, or does it mean that there is none?",
        trains=True,
    ),
    Mistake(
        "views_of_neighbours",
        "DeepCluster.loss",
        (
            LOSS,
            "return F.cross_entropy(torch.cat([z1, z2]), torch.cat([clusters, clusters.roll(1)]))",
        ),
        "You give each second view the cluster of its neighbour. Which image does row b of z2 belong to?",
    ),
    Mistake(
        "soft_clusters",
        "DeepCluster.loss",
        (
            LOSS,
            "return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat(2), label_smoothing=0.1)",
        ),
        "You spread a tenth of each target over all clusters. Are the targets in the equation one-hot or smoothed?",
        trains=True,
    ),
    Mistake(
        "view_by_view_and_image_by_image",
        "DeepCluster.loss",
        (
            LOSS,
            "return F.cross_entropy(torch.stack([z1, z2], 1).flatten(0, 1), clusters.repeat(2))",
        ),
        "You order the views image by image, but the clusters view by view. Which cluster belongs to the second row?",
    ),
    Mistake(
        "clusters_of_the_first_epoch",
        "DeepCluster.loss",
        (OWN, 'clusters = vars(self).setdefault("known", self.pseudo_labels.clone())[index]'),
        "You keep all clusters as they were at the first batch. What happens to them when a new epoch begins?",
        trains=True,
    ),
    Mistake(
        "one_hot_on_another_device",
        "DeepCluster.loss",
        (
            LOSS,
            "return F.cross_entropy(torch.cat([z1, z2]), torch.eye(z1.shape[1], dtype=z1.dtype)[clusters].repeat(2, 1))",
        ),
        "You make a table of one-hot rows on the CPU, wherever the logits are. Where must torch.eye make its numbers?",
        trains=True,
    ),
    Mistake(
        "index_for_clusters",
        "DeepCluster.loss",
        (OWN, "clusters = index.to(z1.device)"),
        "You use positions of images as clusters. Where is the cluster of each image stored?",
    ),
    Mistake(
        "clusters_of_all_images",
        "DeepCluster.loss",
        (OWN, "clusters = self.pseudo_labels"),
        "You take the clusters of all images. Which images are in the batch?",
    ),
    Mistake(
        "clusters_not_repeated",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(torch.cat([z1, z2]), clusters)"),
        "You have 2B rows of logits and B clusters. How many views does each image have?",
    ),
    Mistake(
        "views_side_by_side",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(torch.cat([z1, z2], 1), clusters)"),
        "You put both views side by side, as 2K logits of one image. Along which axis do the views follow each other?",
        trains=True,
    ),
    Mistake(
        "second_view_only",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(z2, clusters)"),
        "You classify only the second view. Over which views does the docstring take the mean?",
        trains=True,
    ),
    Mistake(
        "first_view_detached",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(torch.cat([z1.detach(), z2]), clusters.repeat(2))"),
        "You detach the first view, so it gets no gradient. Is there a reason here why it should not learn?",
        trains=True,
    ),
    Mistake(
        "no_gradient_at_all",
        "DeepCluster.loss",
        (LOSS, LOSS + ".detach()"),
        "You give neither view a gradient, so nothing learns. What must learn from the loss?",
    ),
    Mistake(
        "number_for_a_loss",
        "DeepCluster.loss",
        (LOSS, LOSS + ".item()"),
        "You return a Python number, so nothing learns. What does the gradient need?",
    ),
    Mistake(
        "one_loss_for_each_view",
        "DeepCluster.loss",
        (LOSS, LOSS[:-1] + ', reduction="none")'),
        "You return one loss for each view. Does the docstring ask for 2B numbers or for one?",
    ),
    Mistake(
        "halved_twice",
        "DeepCluster.loss",
        (LOSS, LOSS + " / 2"),
        "You halve what is already the mean over both views. If all logits are equal, should the loss be ln K, or half of that?",
        trains=True,
    ),
    Mistake(
        "sum_over_images_mean_over_views",
        "DeepCluster.loss",
        (LOSS, LOSS + " * len(z1)"),
        "You sum over the images of the batch. Does the docstring ask for a sum or a mean?",
        trains=True,
    ),
    Mistake(
        "minus_forgotten",
        "DeepCluster.loss",
        (LOSS, LOSS.replace("return ", "return -")),
        "You return minus the cross entropy. Should a right answer make the loss small or large?",
    ),
    Mistake(
        "logits_for_logarithms",
        "DeepCluster.loss",
        (LOSS, "return F.nll_loss(torch.cat([z1, z2]), clusters.repeat(2))"),
        "You take minus the logits themselves. Which function turns them into logarithms of probabilities?",
    ),
    Mistake(
        "softmax_over_the_batch",
        "DeepCluster.loss",
        (LOSS, "return F.nll_loss(torch.cat([z1, z2]).log_softmax(0), clusters.repeat(2))"),
        "You take the softmax over the batch. Over which axis do the probabilities of the K clusters add up to 1?",
        trains=True,
    ),
    Mistake(
        "squared_errors",
        "DeepCluster.loss",
        (
            LOSS,
            "return (torch.cat([z1, z2]) - F.one_hot(clusters.repeat(2), z1.shape[1])).square().mean()",
        ),
        "You take squared distances of the logits from one-hot rows. Which loss is in the equation?",
        trains=True,
    ),
    Mistake(
        "yes_or_no_for_each_cluster",
        "DeepCluster.loss",
        (
            LOSS,
            "return F.binary_cross_entropy_with_logits(torch.cat([z1, z2]), F.one_hot(clusters.repeat(2), z1.shape[1]).to(z1))",
        ),
        "You ask each cluster by itself whether it is right. Which loss compares all K with each other?",
        trains=True,
    ),
    Mistake(
        "logarithm_of_softmax",
        "DeepCluster.loss",
        (
            LOSS,
            "return -torch.cat([z1, z2]).softmax(1).log().gather(1, clusters.repeat(2)[:, None]).mean()",
        ),
        "With logits of 300 your loss is infinite. To what does the probability round, and which function takes the log of it without computing it?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "exponentials",
        "DeepCluster.loss",
        (
            LOSS,
            "e = torch.cat([z1, z2]).exp()\n        return -(e / e.sum(1, keepdim=True)).log().gather(1, clusters.repeat(2)[:, None]).mean()",
        ),
        "With logits of 300 your loss is NaN or infinite. What is exp(300) in float32, and which function takes the log of a softmax without it?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "difference_of_views",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(z1 - z2, clusters)"),
        "You classify the difference of both views' logits. Should each view be classified by itself?",
        trains=True,
    ),
    Mistake(
        "sum_of_logits",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(z1 + z2, clusters)"),
        "You classify the sum of both views' logits. Should each view be classified by itself?",
        trains=True,
    ),
    Mistake(
        "other_view_is_the_answer",
        "DeepCluster.loss",
        (
            LOSS,
            "return (F.cross_entropy(z1, z2.argmax(1)) + F.cross_entropy(z2, z1.argmax(1))) / 2",
        ),
        "You let each view find the answer of the other view. What should both of them find?",
        trains=True,
    ),
    Mistake(
        "sharpened",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(torch.cat([z1, z2]) / 0.1, clusters.repeat(2))"),
        "You divide the logits by 0.1. Is there a temperature in the equation?",
        trains=True,
    ),
    Mistake(
        "second_view_in_reverse",
        "DeepCluster.loss",
        (
            LOSS,
            "return F.cross_entropy(torch.cat([z1, z2]), torch.cat([clusters, clusters.flip(0)]))",
        ),
        "You give the second views the clusters in reverse order. Which image does row b of z2 belong to?",
        trains=True,
    ),
    Mistake(
        "numbers_in_the_batch",
        "DeepCluster.loss",
        (OWN, "clusters = torch.arange(len(z1), device=z1.device)"),
        "You make image b of the batch find cluster b. Where is the cluster of each image stored?",
    ),
    Mistake(
        "mean_probability_of_both_views",
        "DeepCluster.loss",
        (LOSS, "return F.nll_loss(((z1.softmax(1) + z2.softmax(1)) / 2).log(), clusters)"),
        "You average the probabilities of both views before the logarithm. Should each view be classified by itself?",
        trains=True,
    ),
    Mistake(
        "in_units_of_chance",
        "DeepCluster.loss",
        (LOSS, LOSS + " / math.log(z1.shape[1])"),
        "You divide by ln K. If all logits are equal, should the loss be ln K, or 1?",
        trains=True,
    ),
    Mistake(
        "clusters_from_one",
        "DeepCluster.loss",
        (OWN, OWN + " - 1"),
        "You subtract 1 from the clusters, and -1 is none. What is the number of the first cluster?",
    ),
    Mistake(
        "zero_mean_is_empty",
        "old_means",
        """
def old_means(h, pseudo_labels, K):
    count = torch.bincount(pseudo_labels, minlength=K)[:, None]
    total = h.new_zeros(K, h.shape[1]).index_add_(0, pseudo_labels, h)
    means = total / count.clamp(min=1)
    empty = (means == 0).all(1, keepdim=True)
    return torch.where(empty, h[:K], means)
""",
        "You treat a cluster whose mean is zero as an empty one. What tells you how many images it has?",
        trains=True,
    ),
    Mistake(
        "centres_float64_in_place",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    h = h.double()
    h -= h.mean(0)
    variance, directions = torch.linalg.eigh(h.T @ h / len(h))
    variance, directions = variance.flip(0)[:dim], directions.flip(1)[:, :dim]
    kept = variance > LEAST_VARIANCE * variance[0]
    white = h @ directions[:, kept] / variance[kept].sqrt()
    return F.normalize(white, dim=1).float()
""",
        "You subtract the mean in place, and float64 representations are the caller's own. Which kind of difference makes a new tensor?",
        trains=True,
    ),
    Mistake(
        "fresh_generator_without_one",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    generator = generator or Generator()
    N, sizes = len(pseudo_labels), torch.bincount(pseudo_labels)
    order = torch.randperm(N, generator=generator)
    order = order[pseudo_labels[order].argsort(stable=True)]
    clusters = order.split(sizes[sizes > 0].tolist())
    each, drawn = N // len(clusters) + 1, []
    for members in clusters:
        if len(members) <= each:
            members = members[torch.randint(len(members), (each,), generator=generator)]
        drawn.append(members[:each])
    drawn = torch.cat(drawn)
    return drawn[torch.randperm(len(drawn), generator=generator)[:N]]
""",
        "Without a generator you make a new one, which always starts from the same seed. What does torch draw from if the generator is None?",
        trains=True,
    ),
    Mistake(
        "sorts_in_place",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels):
    labels = pseudo_labels.cpu().numpy()
    labels.sort()
    steps = (labels[1:] != labels[:-1]).nonzero()[0] + 1
    ends = [0, *steps.tolist(), len(labels)]
    sizes = torch.tensor([b - a for a, b in zip(ends[:-1], ends[1:], strict=True)])
    return math.exp(entropy(sizes))
""",
        "You sort the caller's labels: numpy() shares their memory. What makes a sorted copy?",
        trains=True,
    ),
    Mistake(
        "last_clusters_in_an_attribute",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels):
    h = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    generator, old = self.generators["clusters"], getattr(self, "last", None)
    start = None
    if self.warm_start and old is not None:
        start = old_means(h, old, self.clusters)
    _, new = kmeans(h, self.clusters, generator=generator, start=start)
    if old is not None:
        self.nmi.fill_(mutual_information(old, new))
    self.last = new
    self.pseudo_labels.copy_(new)
    weight = 0.01 * torch.randn(self.projector.weight.shape, generator=generator)
    with torch.no_grad():
        self.projector.weight.copy_(weight)
        self.projector.bias.zero_()
    return list(self.projector.parameters())
""",
        "You keep the last clusters in an attribute that no checkpoint holds. Which buffer has them after a run is resumed?",
        trains=True,
    ),
    Mistake(
        "means_in_the_callers_rows",
        "old_means",
        """
def old_means(h, pseudo_labels, K):
    sums = torch.zeros(K, h.shape[1], dtype=h.dtype, device=h.device)
    sums.index_add_(0, pseudo_labels, h)
    sizes = torch.bincount(pseudo_labels, minlength=K)
    full = sizes > 0
    centres = h[:K]
    centres[full] = sums[full] / sizes[full].unsqueeze(1)
    return centres
""",
        "You write the means into the first rows of h, which k-means then clusters. What makes a new tensor?",
        trains=True,
    ),
    Mistake(
        "clusters_keep_their_names",
        "DeepCluster.start_epoch",
        """def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    K, generator = self.clusters, self.generators["clusters"]
    old = self.pseudo_labels.clone()
    first = bool(old[0] < 0)
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    start = None
    if self.warm_start and not first:
        start = old_means(x, old.to(x.device), K)
    _, new = kmeans(x, K, generator=generator, start=start)
    new = new.to(old.device)
    if not first:
        self.nmi.fill_(mutual_information(old, new))
        # give each new cluster the name of the old cluster with which it shares most images
        table = torch.bincount(old * K + new, minlength=K * K).view(K, K)
        names = [None] * K
        used = set()
        for pair in table.flatten().argsort(descending=True).tolist():
            before, now = divmod(pair, K)
            if names[now] is None and before not in used:
                names[now] = before
                used.add(before)
        new = torch.tensor(names, device=old.device)[new]
    self.pseudo_labels.copy_(new)
    weight, bias = self.projector.weight, self.projector.bias
    if first:
        with torch.no_grad():
            weight.copy_(0.01 * torch.randn(weight.shape, generator=generator))
            bias.zero_()
    # names are kept, so the classifier that has learned them goes on
    return [weight, bias]
""",
        "You give the new clusters the old numbers, and keep training the old classifier. What does the docstring ask for after a new clustering?",
        trains=True,
    ),
    Mistake(
        "pairs_share_a_number",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    H_a, H_b = entropy(a.bincount()), entropy(b.bincount())
    if H_a == 0 or H_b == 0:
        return 0.0
    K = int(max(a.max(), b.max()))
    H_ab = entropy((a * K + b).bincount())
    shared = H_a + H_b - H_ab
    return min(1.0, max(0.0, shared / math.sqrt(H_a * H_b)))
""",
        "You number the pairs with the largest label in place of the number of labels, so two different pairs can share a number. What should you multiply a by?",
        trains=True,
    ),
    Mistake(
        "numbered_by_clusters_that_are_there",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    Ha = entropy(torch.bincount(a))
    Hb = entropy(torch.bincount(b))
    if Ha == 0 or Hb == 0:
        return 0.0
    # one number for each pair (a, b)
    n_b = len(torch.unique(b))
    Hab = entropy(torch.bincount(a * n_b + b))
    nmi = (Ha + Hb - Hab) / (Ha * Hb) ** 0.5
    return max(0.0, min(1.0, nmi))
""",
        "You multiply a by the number of clusters of b that are not empty, but the labels of b may be higher, and then two pairs share a number. Which factor is always large enough?",
        trains=True,
    ),
    Mistake(
        "always_one_cluster_in_effect",
        "effective_clusters",
        """
def effective_clusters(labels: Tensor) -> float:
    share = torch.bincount(labels).double() / len(labels)
    return max(1.0, math.exp(float(torch.special.xlogy(share, share).sum())))
""",
        "Your result is 1, whatever the sizes are. What is the sign of an entropy, and that of ln p?",
        trains=True,
    ),
    *probabilities_kept_from_zero("DeepCluster.loss", LOG_OF_P, "a view"),
    Mistake(
        "method_on_the_gpu",
        "DeepCluster.start_epoch",
        ("self.pseudo_labels.cpu()", "self.pseudo_labels.clone()"),
        "Your epoch fails if the method is on a GPU: `features` returns h on the CPU, where the generator draws, too, but self.pseudo_labels and the classifier are on the GPU. Which of them do you copy?",
        trains=True,
    ),
]
