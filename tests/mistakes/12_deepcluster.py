# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 12: wrong ways to write DeepCluster, and what to say about each."""

from lessons.course.mistakes import Mistake

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

MISTAKES = [
    # pca_whiten
    Mistake(
        "mean_kept",
        "pca_whiten",
        (MEAN, "h = h.double()"),
        "You do not take off the mean, so the way from 0 to the cloud counts as a direction. Around which point do deviations go?",
        trains=True,
    ),
    Mistake(
        "mean_of_rows",
        "pca_whiten",
        (MEAN, "h = h.double() - h.double().mean(1, keepdim=True)"),
        "You take each row's own mean off it. The mean of which numbers must be 0: one image's, or one dimension's?",
        trains=True,
    ),
    Mistake(
        "not_whitened",
        "pca_whiten",
        (WHITE, "white = h @ directions[:, kept]"),
        "You project, and leave each direction its own variance: the largest decides all distances. What is the variance of each to be?",
        trains=True,
        ties=("one_scale_for_all",),
    ),
    Mistake(
        "divided_by_variance",
        "pca_whiten",
        (WHITE, "white = h @ directions[:, kept] / variance[kept]"),
        "You divide by the variance. If deviations are 10, what is variance / variance², and what should it be?",
        trains=True,
    ),
    Mistake(
        "multiplied_by_deviation",
        "pca_whiten",
        (WHITE, "white = h @ directions[:, kept] * variance[kept].sqrt()"),
        "You multiply by the standard deviation, so great directions grow. To which power does the docstring's whitening take a variance?",
        trains=True,
    ),
    Mistake(
        "one_scale_for_all",
        "pca_whiten",
        (WHITE, "white = h @ directions[:, kept] / variance[kept].mean().sqrt()"),
        "You divide all directions by one number, which length 1 takes off again. Which number belongs to each direction?",
        trains=True,
        ties=("not_whitened",),
    ),
    Mistake(
        "smallest_directions",
        "pca_whiten",
        (SORTED, "variance, directions = variance[:dim].clamp(min=1e-9), directions[:, :dim]"),
        "You keep the directions of least variance. In which order does eigh return them?",
        trains=True,
    ),
    Mistake(
        "first_direction_lost",
        "pca_whiten",
        (
            SORTED,
            "skip = min(1, len(variance) - dim)\n    variance = variance.flip(0)[skip : dim + skip]\n    directions = directions.flip(1)[:, skip : dim + skip]",
        ),
        "Where some directions must go, you leave out the one of greatest variance. Is it noise, or the first thing that the encoder says?",
        trains=True,
    ),
    Mistake(
        "rows_of_eigenvectors",
        "pca_whiten",
        (
            SORTED,
            "variance, directions = variance.flip(0)[:dim], directions.T.flip(1)[:, :dim]",
        ),
        "You take the rows of eigh's matrix for directions. Does it put an eigenvector into each row, or into each column?",
        trains=True,
    ),
    Mistake(
        "each_number_by_itself",
        "pca_whiten",
        (
            "variance, directions = torch.linalg.eigh(h.T @ h / len(h))",
            "variance, places = h.var(0, correction=0).sort()\n    directions = torch.eye(h.shape[1]).double()[:, places]",
        ),
        "You divide each number of h by its own deviation, so numbers that repeat each other still count several times. Which directions vary independently?",
        trains=True,
    ),
    Mistake(
        "standardised_before",
        "pca_whiten",
        (MEAN, "h = h.double() - h.double().mean(0)\n    h = h / h.std(0).clamp(min=1e-9)"),
        "You give every number deviation 1 before you look for directions. Which directions are then the greatest: those of h, or of something else?",
        trains=True,
    ),
    Mistake(
        "all_directions_kept",
        "pca_whiten",
        (SORTED, "variance, directions = variance.flip(0), directions.flip(1)"),
        "You keep all directions, whatever dim says. How many are asked for, at most?",
        trains=True,
    ),
    Mistake(
        "noise_blown_up",
        "pca_whiten",
        (WHITE, "white = h @ directions / variance.clamp(min=1e-20).sqrt()"),
        "You keep directions in which nothing varies, and divide rounding by nearly nothing. What should become of them?",
        trains=True,
    ),
    Mistake(
        "weak_directions_lost",
        "pca_whiten",
        (KEPT, "kept = variance > 0.01 * variance[0]"),
        "You leave out whatever has less than a hundredth of the greatest variance. Is a tenth of the deviation noise?",
        trains=True,
    ),
    Mistake(
        "length_1_before",
        "pca_whiten",
        (MEAN, "h = F.normalize(h.double(), dim=1)\n    h = h - h.mean(0)"),
        "You bring h to length 1 before whitening as well. How long a representation is says something too: when may it go?",
        trains=True,
    ),
    Mistake(
        "length_free",
        "pca_whiten",
        (LENGTH, "return white.float()"),
        "Your rows have any length. What is the last step of the released code?",
        trains=True,
    ),
    Mistake(
        "columns_at_length_1",
        "pca_whiten",
        (LENGTH, "return F.normalize(white, dim=0).float()"),
        "You give columns length 1, which whitening had nearly done. Which dimension of (N, d) runs through one image?",
        trains=True,
    ),
    Mistake(
        "length_1_by_absolutes",
        "pca_whiten",
        (LENGTH, "return F.normalize(white, p=1, dim=1).float()"),
        "The absolute values of your rows sum to 1. Which length does k-means measure?",
        trains=True,
    ),
    Mistake(
        "length_1_instead_of_whitening",
        "pca_whiten",
        (WHITE, "white = h"),
        "You take off the mean and give rows length 1, and neither turn nor whiten. What do you do with the directions that you found?",
        trains=True,
    ),
    Mistake(
        "threshold_in_units_of_h",
        "pca_whiten",
        (KEPT, "kept = variance > LEAST_VARIANCE\n    kept[0] = True"),
        "You compare a variance with a millionth itself, so h in small units loses its directions. A millionth of what?",
        trains=True,
    ),
    Mistake(
        "millionth_of_the_deviation",
        "pca_whiten",
        (KEPT, "kept = variance.clamp(min=0).sqrt() > LEAST_VARIANCE * variance[0].sqrt()"),
        "You compare deviations with a millionth, not variances, and blow up directions of 1e-8 of the greatest variance. What is the square of a thousandth?",
        trains=True,
    ),
    # uniform_over_clusters
    Mistake(
        "every_image_once",
        "uniform_over_clusters",
        (CUT, "return order[torch.randperm(N, generator=generator)]"),
        "Every image comes once, so a large cluster comes more often than a small one. What should come equally often?",
        trains=True,
    ),
    Mistake(
        "any_image",
        "uniform_over_clusters",
        (CUT, "return torch.randint(N, (N,), generator=generator)"),
        "You draw images evenly, so a cluster of nine comes nine times as often as one of one. Draw what evenly?",
        trains=True,
    ),
    Mistake(
        "even_on_average_only",
        "uniform_over_clusters",
        (
            CUT,
            "return torch.multinomial(1 / sizes[pseudo_labels].float(), N, True, generator=generator)",
        ),
        "You weight every image with 1 / the size of its cluster, which is even on average only. How many images does each cluster give in every epoch?",
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
    return drawn[torch.randperm(len(drawn), generator=generator)].repeat(N)[:N]
""",
        "You divide N by all clusters, empty ones too, and fill up with images that were drawn already. How many clusters can give any?",
        trains=True,
    ),
    Mistake(
        "as_many_as_the_largest",
        "uniform_over_clusters",
        (EACH, "each, drawn = int(sizes.max()), []"),
        "Each cluster gives as many as the largest has, and the cut leaves it to chance how many stay. How many does the rule take of each?",
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
        "You take as many of each as the smallest cluster has, again and again, and never show the rest in this epoch. How many may a large cluster give?",
        trains=True,
    ),
    Mistake(
        "largest_cluster_twice",
        "uniform_over_clusters",
        (
            APPEND,
            "drawn.append(members[:each] if len(members) < int(sizes.max()) else members[:each].repeat(2))",
        ),
        "The largest cluster gives twice as many as the others. Which clusters should be seen more often: any?",
        trains=True,
    ),
    Mistake(
        "replacement_everywhere",
        "uniform_over_clusters",
        (SMALL, "if True:"),
        "You draw with replacement in large clusters too, so an image comes twice while others wait. When is replacement needed?",
        trains=True,
    ),
    Mistake(
        "always_the_first",
        "uniform_over_clusters",
        (ORDER, "order = torch.arange(N)"),
        "A large cluster always gives its first images, and the others are never seen. Which of its images should it give?",
        trains=True,
    ),
    Mistake(
        "small_ones_in_turn",
        "uniform_over_clusters",
        (REPLACE, "members = members.repeat(each)"),
        "A small cluster gives its images in turn, all equally often. With replacement, how often can one of three come in eleven draws?",
        trains=True,
    ),
    Mistake(
        "one_image_over_and_over",
        "uniform_over_clusters",
        (
            REPLACE,
            "members = members[torch.randint(len(members), (1,), generator=generator)].expand(each)",
        ),
        "A small cluster gives one of its images over and over. How many draws does it take to fill its part?",
        trains=True,
    ),
    Mistake(
        "small_ones_not_repeated",
        "uniform_over_clusters",
        (
            APPEND,
            "drawn.append(members[:each].unique())\n    missing = max(0, N - sum(map(len, drawn)))\n    drawn.append(order[torch.randint(N, (missing,), generator=generator)])",
        ),
        "A small cluster gives each image once, and what is missing comes from anywhere. Who should fill a small cluster's part?",
        trains=True,
    ),
    Mistake(
        "not_mixed",
        "uniform_over_clusters",
        (CUT, "return drawn[torch.randperm(len(drawn), generator=generator)[:N].sort().values]"),
        "The images come cluster by cluster. What does a batch of one cluster teach a classifier?",
        trains=True,
    ),
    Mistake(
        "cut_before_mixing",
        "uniform_over_clusters",
        (CUT, "return drawn[:N][torch.randperm(N, generator=generator)]"),
        "You cut to N before you mix, so the last cluster always pays. On whom should the cut fall?",
        trains=True,
    ),
    Mistake(
        "one_draw_for_all_epochs",
        "uniform_over_clusters",
        (
            ORDER,
            "generator = Generator().manual_seed(0)\n    order = torch.randperm(N, generator=generator)",
        ),
        "You make a generator with a fixed seed at each call, so every epoch is the same. Who keeps the state from epoch to epoch?",
        trains=True,
    ),
    Mistake(
        "draws_from_elsewhere",
        "uniform_over_clusters",
        (ORDER, "generator = None\n    order = torch.randperm(N, generator=generator)"),
        "You draw from torch's global generator though one is given. Can the run be repeated from its seed?",
        trains=True,
    ),
    Mistake(
        "clusters_for_positions",
        "uniform_over_clusters",
        (CUT, "return pseudo_labels[drawn[torch.randperm(len(drawn), generator=generator)[:N]]]"),
        "You return the clusters of the images, not the images' positions. Which of the two can be looked up in the pixels?",
        trains=True,
    ),
    Mistake(
        "places_within_clusters",
        "uniform_over_clusters",
        (
            "clusters = order.split(sizes[sizes > 0].tolist())",
            "clusters = [torch.randperm(int(size), generator=generator) for size in sizes[sizes > 0]]",
        ),
        "You return places within a cluster. Which image is number 2 of cluster 3, among all images?",
        trains=True,
    ),
    Mistake(
        "replacement_begins_too_late",
        "uniform_over_clusters",
        (SMALL, "if len(members) < each:"),
        "A cluster that has just as many images as it gives gives each of them once. What does the docstring say of no more than that?",
        trains=True,
    ),
    Mistake(
        "all_first_then_the_rest",
        "uniform_over_clusters",
        (
            REPLACE,
            "more = torch.randint(len(members), (each - len(members),), generator=generator)\n            members = torch.cat([members, members[more]])",
        ),
        "A small cluster gives all its images first, and only the rest by chance. With replacement, may an image be missing?",
        trains=True,
    ),
    Mistake(
        "parts_without_remainder",
        "uniform_over_clusters",
        (EACH, "each, drawn = -(-N // len(clusters)), []"),
        "You round N / K up, so where K divides N nothing is left for the cut. How many does the rule take of each?",
        trains=True,
    ),
    # old_means
    Mistake(
        "sums",
        "old_means",
        (MEANS, "return torch.where(count > 0, total, h[:K])"),
        "You return the sum of each cluster's rows. By what is a sum divided to be a mean?",
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
        "You divide by one more than there are, which shortens every mean. What else keeps 0 from dividing?",
        trains=True,
    ),
    Mistake(
        "means_at_length_1",
        "old_means",
        (MEANS, "return torch.where(count > 0, F.normalize(total, dim=1), h[:K])"),
        "You give the means length 1. Does the mean of points on a ball lie on the ball?",
        trains=True,
    ),
    Mistake(
        "last_member",
        "old_means",
        (
            MEANS,
            "last = {int(k): n for n, k in enumerate(pseudo_labels)}\n    return torch.stack([h[last.get(k, k)] for k in range(K)])",
        ),
        "You take one image of each cluster, the last. Which point is nearest to all of its images?",
        trains=True,
    ),
    Mistake(
        "middle_of_the_range",
        "old_means",
        (
            MEANS,
            "own = [h[pseudo_labels == k] if count[k] else h[k : k + 1] for k in range(K)]\n    return torch.stack([(some.amax(0) + some.amin(0)) / 2 for some in own])",
        ),
        "You take the middle between the smallest and the greatest number. Is that the mean of three points?",
        trains=True,
    ),
    Mistake(
        "empty_at_zero",
        "old_means",
        (MEANS, "return total / count.clamp(min=1)"),
        "An empty cluster starts at 0, where no image of length 1 can lie. Which points could it start from?",
        trains=True,
    ),
    Mistake(
        "empty_at_the_mean",
        "old_means",
        (MEANS, "return torch.where(count > 0, total / count.clamp(min=1), h.mean(0))"),
        "Every empty cluster starts at the mean of all images. Where do two centroids at one place end?",
        trains=True,
    ),
    Mistake(
        "empty_at_one_image",
        "old_means",
        (MEANS, "return torch.where(count > 0, total / count.clamp(min=1), h[0])"),
        "All empty clusters start from the same image. Which of two equal centroids gets the points?",
        trains=True,
    ),
    Mistake(
        "names_moved",
        "old_means",
        (MEANS, "return torch.where(count > 0, total / count.clamp(min=1), h[:K]).roll(1, 0)"),
        "Row k is the mean of another cluster than k. In which order must the means come for the names to stay?",
        trains=True,
    ),
    Mistake(
        "empty_ones_by_lot",
        "old_means",
        (MEANS, MEANS.replace("h[:K]", "h[torch.randint(len(h), (K,))]")),
        "You draw an image for every empty cluster, and two may draw the same. How can no two be alike?",
        trains=True,
    ),
    # effective_clusters
    Mistake(
        "entropy_itself",
        "effective_clusters",
        (EXP, "return entropy(torch.bincount(pseudo_labels))"),
        "You return the entropy: ln K for K equal clusters. Which function takes ln K to K?",
    ),
    Mistake(
        "two_to_nats",
        "effective_clusters",
        (EXP, "return 2 ** entropy(torch.bincount(pseudo_labels))"),
        "You raise 2 to an entropy in natural units. Which base belongs to the natural logarithm?",
    ),
    Mistake(
        "clusters_in_use",
        "effective_clusters",
        (EXP, "return float(len(pseudo_labels.unique()))"),
        "You count the clusters that have images. What do you say of one with nearly all images, and nine with one each?",
    ),
    Mistake(
        "highest_number",
        "effective_clusters",
        (EXP, "return float(pseudo_labels.max() + 1)"),
        "You count cluster numbers, empty ones too. How many of them are in use, and how evenly?",
    ),
    Mistake(
        "inverse_of_squares",
        "effective_clusters",
        (
            EXP,
            "return float(1 / (torch.bincount(pseudo_labels) / len(pseudo_labels)).square().sum())",
        ),
        "You return 1 / the sum of squared shares: another count of clusters, not that of the docstring. Which measure of spread does it name?",
    ),
    Mistake(
        "inverse_of_the_largest",
        "effective_clusters",
        (EXP, "return len(pseudo_labels) / float(torch.bincount(pseudo_labels).max())"),
        "You look at the largest cluster alone. Do the sizes of the others not matter?",
    ),
    Mistake(
        "as_a_share",
        "effective_clusters",
        (
            EXP,
            "return math.exp(entropy(torch.bincount(pseudo_labels))) / (int(pseudo_labels.max()) + 1)",
        ),
        "You return a share of all clusters. What should K equal clusters give?",
    ),
    Mistake(
        "entropy_of_the_numbers",
        "effective_clusters",
        (EXP, "return math.exp(entropy(pseudo_labels + 1))"),
        "You take the clusters' numbers for sizes. How do you count the images of each?",
    ),
    Mistake(
        "empty_ones_get_one",
        "effective_clusters",
        (EXP, "return math.exp(entropy(torch.bincount(pseudo_labels) + 1))"),
        "You add one image to every cluster. What does 0 ln 0 add to an entropy, if `entropy` takes care of it?",
    ),
    # mutual_information
    Mistake(
        "same_numbers",
        "mutual_information",
        (RETURN, "return float((a == b).double().mean())"),
        "You count images whose numbers agree. What if both clusterings are the same, with other numbers?",
    ),
    Mistake(
        "arithmetic_mean",
        "mutual_information",
        (SHARED, "2 * (of_a + of_b - of_both) / (of_a + of_b)"),
        "You divide by the arithmetic mean of the entropies. Which mean has a product and a root?",
    ),
    Mistake(
        "smaller_entropy",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / min(of_a, of_b)"),
        "You divide by the smaller entropy, so that cutting clusters up costs nothing. Which mean does the docstring take?",
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
        "You divide by the entropy of the pairs. Which two entropies stand below the root?",
    ),
    Mistake(
        "entropy_of_one",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / of_a"),
        "You divide by the entropy of a alone, so a and b cannot change places. What of H(b)?",
    ),
    Mistake(
        "no_root",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / (of_a * of_b)"),
        "You divide by the product of the entropies, without its root. Does a clustering then agree with itself at 1?",
    ),
    Mistake(
        "not_normalised",
        "mutual_information",
        (RETURN, "return of_a + of_b - of_both"),
        "You return I in natural units. What does a clustering of K equal clusters share with itself: 1, or ln K?",
    ),
    Mistake(
        "what_differs",
        "mutual_information",
        (SHARED, "1 - (of_a + of_b - of_both) / math.sqrt(of_a * of_b)"),
        "You return how much they differ: 0 for the same groups. What should 1 mean?",
    ),
    Mistake(
        "pairs_collide",
        "mutual_information",
        (PAIRS, "torch.bincount(a * len(a.unique()) + b)"),
        "You number pairs by a · (clusters of a) + b, so two pairs can have one number. By how many values of b must a jump?",
    ),
    Mistake(
        "sums_for_pairs",
        "mutual_information",
        (PAIRS, "torch.bincount(a + b)"),
        "You number pairs by a + b. Which other pair has the number of (0, 1)?",
    ),
    Mistake(
        "chance_pairs",
        "mutual_information",
        (PAIRS, "torch.bincount(a * (int(b.max()) + 1) + b.sort().values)"),
        "You sort b before you pair it with a. Which image does the n-th entry of b belong to then?",
    ),
    Mistake(
        "bits_and_nats",
        "mutual_information",
        (RETURN, "return (of_a + of_b - of_both) / math.log(2) / math.sqrt(of_a * of_b)"),
        "What they share is in bits, the entropies below are in nats. What does a clustering share with itself?",
    ),
    Mistake(
        "purity",
        "mutual_information",
        (RETURN, "return sum(int(torch.bincount(b[a == k]).max()) for k in a.unique()) / len(a)"),
        "You count images of the commonest b within each a. What does that give where every image is a cluster of its own?",
    ),
    Mistake(
        "pairs_of_images",
        "mutual_information",
        (RETURN, "return float(((a[:, None] == a) == (b[:, None] == b)).double().mean())"),
        "You count pairs of images on which a and b agree, the Rand index. Most pairs are apart in both anyway: is it 0 for independent clusterings?",
    ),
    Mistake(
        "a_little_below",
        "mutual_information",
        (SHARED, "(of_a + of_b - of_both) / (math.sqrt(of_a * of_b) + 0.01)"),
        "You add 0.01 below the line, so even equal clusterings do not reach 1. Is there still something to protect from, after the check above?",
    ),
    Mistake(
        "single_cluster_agrees",
        "mutual_information",
        ("return 0.0", "return 1.0"),
        "You say 1 where one clustering has a single cluster. What does it say of the other?",
    ),
    # DeepCluster.start_epoch
    Mistake(
        "clusters_of_views",
        "DeepCluster.start_epoch",
        (
            SEEN,
            "h = pca_whiten(features(self.encoder, (self.views(pixels.float() / 255)[0] * 255).to(torch.uint8)), self.pca_dim)",
        ),
        "You cluster random views of the images. Does an image's cluster depend on how it was just cropped?",
        trains=True,
    ),
    Mistake(
        "encoder_in_train_mode",
        "DeepCluster.start_epoch",
        (
            SEEN,
            "with torch.no_grad():\n            h = pca_whiten(self.encoder(pixels.float() / 255), self.pca_dim)",
        ),
        "You ask the encoder in the mode it is in. In train mode batch norm uses the batch's own statistics, and keeps them. Which function of lesson 7 is there for it?",
        trains=True,
    ),
    Mistake(
        "left_in_eval_mode",
        "DeepCluster.start_epoch",
        (
            SEEN,
            "self.encoder.eval()\n        h = pca_whiten(features(self.encoder, pixels), self.pca_dim)",
        ),
        "You leave the encoder in eval mode. What does batch norm no longer learn in the epoch that follows?",
        trains=True,
    ),
    Mistake(
        "raw_representations",
        "DeepCluster.start_epoch",
        (SEEN, "h = F.normalize(features(self.encoder, pixels), dim=1)"),
        "You cluster representations that are not whitened. Which number of h decides the distances then?",
        trains=True,
    ),
    Mistake(
        "all_directions",
        "DeepCluster.start_epoch",
        (SEEN, "h = pca_whiten(features(self.encoder, pixels), self.encoder.dim)"),
        "You keep all directions. Which setting says how many?",
        trains=True,
    ),
    Mistake(
        "clusters_of_logits",
        "DeepCluster.start_epoch",
        (
            SEEN,
            "h = pca_whiten(features(nn.Sequential(self.encoder, self.projector), pixels), self.pca_dim + 9)",
        ),
        "You cluster what the classifier says, so it teaches itself. Of which part are the images' representations?",
        trains=True,
    ),
    Mistake(
        "clusters_of_pixels",
        "DeepCluster.start_epoch",
        (SEEN, "h = pca_whiten(pixels.flatten(1).float(), self.pca_dim)"),
        "You cluster pixels. What can the encoder learn for the next epoch, if it is not asked?",
        trains=True,
    ),
    Mistake(
        "clusters_of_other_images",
        "DeepCluster.start_epoch",
        (
            CLUSTER,
            "mix = torch.randperm(len(h), generator=generator)\n        _, new = kmeans(h[mix], self.clusters, generator=generator, start=start)",
        ),
        "You shuffle the images before the clustering, so entry n is the cluster of another image. To which image does each cluster belong?",
        trains=True,
    ),
    Mistake(
        "one_cluster_short",
        "DeepCluster.start_epoch",
        (CLUSTER, "_, new = kmeans(h, self.clusters - 1, generator=generator)"),
        "You make one cluster fewer than the classifier has outputs. What is K?",
        trains=True,
    ),
    Mistake(
        "as_many_as_classes",
        "DeepCluster.start_epoch",
        (
            CLUSTER,
            "K = self.clusters if self.labels is None else len(self.labels.unique())\n        _, new = kmeans(h, K, generator=generator, start=start)",
        ),
        "Where a person's labels are known you make as many clusters as classes. What may labels be used for here?",
        trains=True,
    ),
    Mistake(
        "clustered_once",
        "DeepCluster.start_epoch",
        (
            CLUSTER,
            "_, new = kmeans(h, self.clusters, generator=generator, start=start)\n        new = old if old[0] >= 0 else new",
        ),
        "You cluster in the first epoch only. The encoder sees better now: whose clusters should the next epoch learn?",
        trains=True,
    ),
    Mistake(
        "clusters_from_elsewhere",
        "DeepCluster.start_epoch",
        (CLUSTER, "_, new = kmeans(h, self.clusters, start=start)"),
        'k-means draws from torch\'s global generator. What must generators["clusters"] do after a run is resumed?',
        trains=True,
    ),
    Mistake(
        "the_same_start_again",
        "DeepCluster.start_epoch",
        (
            CLUSTER,
            "_, new = kmeans(h, self.clusters, generator=Generator().manual_seed(0), start=start)",
        ),
        "k-means gets a new generator with a fixed seed at each call, so it starts alike in every epoch and every run. Which generator goes on?",
        trains=True,
    ),
    Mistake(
        "always_warm",
        "DeepCluster.start_epoch",
        ("self.warm_start and old[0] >= 0", "old[0] >= 0"),
        "You start from the last clusters in any case. What does self.warm_start say?",
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
        "Your warm start begins at the first K images, which know nothing of the last clusters. Where do the last clusters lie today?",
        trains=True,
    ),
    Mistake(
        "agreement_not_noted",
        "DeepCluster.start_epoch",
        (NMI, "pass"),
        "self.nmi stays as it was. What do you want to know of two clusterings before you forget one?",
        trains=True,
    ),
    Mistake(
        "agreement_with_itself",
        "DeepCluster.start_epoch",
        (NMI, "self.nmi.fill_(mutual_information(new, new))"),
        "You compare the new clusters with themselves: always 1. Which are the last ones?",
        trains=True,
    ),
    Mistake(
        "agreement_with_labels",
        "DeepCluster.start_epoch",
        (
            NMI,
            "self.nmi.fill_(mutual_information(old if self.labels is None else self.labels, new))",
        ),
        "You compare with a person's labels, where there are any. What is nmi to say, by its docstring?",
        trains=True,
    ),
    Mistake(
        "agreement_before_the_first",
        "DeepCluster.start_epoch",
        (
            "if old[0] >= 0:\n            self.nmi",
            "if True:\n            old = old.clamp(min=0)\n            self.nmi",
        ),
        "In the first epoch you set nmi, and there is nothing to compare with yet. How do you tell?",
        trains=True,
    ),
    Mistake(
        "old_classifier",
        "DeepCluster.start_epoch",
        (COPY, "pass"),
        "The weights stay, and answer yesterday's question: cluster 3 is another group today. What must a classifier forget?",
        trains=True,
    ),
    Mistake(
        "old_biases",
        "DeepCluster.start_epoch",
        (ZERO, "pass"),
        "The biases stay: they still favour clusters of the last epoch. What does a new classifier start from?",
        trains=True,
    ),
    Mistake(
        "weights_too_large",
        "DeepCluster.start_epoch",
        (DRAW, "weight = torch.randn(self.projector.weight.shape, generator=generator)"),
        "Weights of deviation 1: the first loss is far above ln K. Which deviation do the steps name?",
        trains=True,
    ),
    Mistake(
        "variance_for_deviation",
        "DeepCluster.start_epoch",
        (DRAW, "weight = 0.1 * torch.randn(self.projector.weight.shape, generator=generator)"),
        "Your weights have variance 0.01, so deviation 0.1. Which of the two do the steps name?",
        trains=True,
    ),
    Mistake(
        "even_weights",
        "DeepCluster.start_epoch",
        (
            DRAW,
            "weight = 0.01 * math.sqrt(12) * (torch.rand(self.projector.weight.shape, generator=generator) - 0.5)",
        ),
        "Your weights are even draws, not normal ones. Which does the released code take?",
        trains=True,
    ),
    Mistake(
        "weights_of_zero",
        "DeepCluster.start_epoch",
        (DRAW, "weight = torch.zeros(self.projector.weight.shape)"),
        "All weights are 0: the loss starts at ln K, but which gradient reaches the encoder through a matrix of zeros?",
        trains=True,
    ),
    Mistake(
        "the_same_weights_again",
        "DeepCluster.start_epoch",
        (
            DRAW,
            "weight = 0.01 * torch.randn(self.projector.weight.shape, generator=Generator().manual_seed(0))",
        ),
        "Every epoch begins with the same weights, whatever the seed. Which generator goes on from epoch to epoch?",
        trains=True,
    ),
    Mistake(
        "weights_from_elsewhere",
        "DeepCluster.start_epoch",
        (DRAW, "weight = 0.01 * torch.randn(self.projector.weight.shape)"),
        'The weights come from torch\'s global generator. What must generators["clusters"] do after a run is resumed?',
        trains=True,
    ),
    Mistake(
        "weights_from_the_order",
        "DeepCluster.start_epoch",
        (
            DRAW,
            'weight = 0.01 * torch.randn(self.projector.weight.shape, generator=self.generators["order"])',
        ),
        'You draw from generators["order"], which belongs to the batches. Which one is kept for this?',
        trains=True,
    ),
    Mistake(
        "new_layer_old_optimiser",
        "DeepCluster.start_epoch",
        (
            ZERO,
            "self.projector.bias.zero_()\n        self.projector = nn.Linear(self.projector.in_features, self.clusters)\n        nn.init.zeros_(self.projector.bias).data, self.projector.weight.data.copy_(weight)",
        ),
        "You put a new layer in the place of the old, whose tensors the optimiser still moves. What can change in a tensor while it stays the same one?",
    ),
    Mistake(
        "nothing_returned",
        "DeepCluster.start_epoch",
        (BACK, "return []"),
        "You return nothing, so the optimiser keeps the old classifier's momentum. Whose state must it forget?",
        trains=True,
    ),
    Mistake(
        "bias_not_returned",
        "DeepCluster.start_epoch",
        (BACK, "return [self.projector.weight]"),
        "You return the weight alone. What else of the classifier is new?",
        trains=True,
    ),
    Mistake(
        "encoder_returned",
        "DeepCluster.start_epoch",
        (BACK, "return list(self.parameters())"),
        "You return the encoder's parameters too, so its momentum is forgotten in every epoch. What is new, and what only goes on?",
        trains=True,
    ),
    Mistake(
        "cluster_zero_is_no_cluster",
        "DeepCluster.start_epoch",
        ("if old[0] >= 0:\n            self.nmi", "if old[0] > 0:\n            self.nmi"),
        "You take cluster 0 for no cluster, and nmi stays as it was while image 0 lies in it. Which number says not clustered yet?",
        trains=True,
    ),
    # DeepCluster.loss
    Mistake(
        "first_clusters",
        "DeepCluster.loss",
        (OWN, "clusters = self.pseudo_labels[: len(index)]"),
        "You take the clusters of images 0, 1, 2, …, whichever images are in the batch. What is index for?",
    ),
    Mistake(
        "labels_of_a_person",
        "DeepCluster.loss",
        (OWN, "clusters = (self.pseudo_labels if self.labels is None else self.labels)[index]"),
        "You take a person's labels where there are any. What does DeepCluster learn from?",
        trains=True,
    ),
    Mistake(
        "first_view_only",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(z1, clusters)"),
        "Only the first view is classified. Which views does the docstring take the mean over?",
        trains=True,
    ),
    Mistake(
        "second_view_detached",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(torch.cat([z1, z2.detach()]), clusters.repeat(2))"),
        "No gradient leaves the second view. Is there a reason here why one view should not teach?",
        trains=True,
    ),
    Mistake(
        "sum_of_views",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(z1, clusters) + F.cross_entropy(z2, clusters)"),
        "You add the losses of both views. What is the loss of a classifier that says nothing: ln K, or twice that?",
        trains=True,
    ),
    Mistake(
        "sum_of_images",
        "DeepCluster.loss",
        (LOSS, 'return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat(2), reduction="sum")'),
        "You sum over the batch, so the step grows with it. What is the docstring's loss of B images?",
        trains=True,
    ),
    Mistake(
        "each_cluster_twice_running",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat_interleave(2))"),
        "You repeat each cluster at once, a a b b, but the views come all first, then all second. Write both orders down for three images.",
    ),
    Mistake(
        "mean_logits",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy((z1 + z2) / 2, clusters)"),
        "You classify the mean of both views' logits, so one view can make good what the other misses. Must each view be classified?",
        trains=True,
    ),
    Mistake(
        "softmax_twice",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(torch.cat([z1, z2]).softmax(1), clusters.repeat(2))"),
        "You give probabilities to cross entropy, which takes logits. How many softmaxes has the equation?",
        trains=True,
    ),
    Mistake(
        "mean_before_logarithm",
        "DeepCluster.loss",
        (
            LOSS,
            "return -torch.cat([z1, z2]).softmax(1).gather(1, clusters.repeat(2)[:, None]).mean().log()",
        ),
        "You take the logarithm of the mean probability. Which comes first, logarithm or mean?",
        trains=True,
    ),
    Mistake(
        "probability_itself",
        "DeepCluster.loss",
        (
            LOSS,
            "return 1 - torch.cat([z1, z2]).softmax(1).gather(1, clusters.repeat(2)[:, None]).mean()",
        ),
        "You return 1 minus the probability, without a logarithm. What does a view cost that gives its cluster 1/K?",
        trains=True,
    ),
    Mistake(
        "cosines",
        "DeepCluster.loss",
        (
            LOSS,
            "return F.cross_entropy(F.normalize(torch.cat([z1, z2]), dim=1), clusters.repeat(2))",
        ),
        "You bring the logits to length 1, as for NT-Xent. These are no projections: how sure can the classifier then be?",
        trains=True,
    ),
    Mistake(
        "weighted_too",
        "DeepCluster.loss",
        (
            LOSS,
            "rare = 1 / torch.bincount(self.pseudo_labels, minlength=z1.shape[1]).clamp(min=1).float()\n        return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat(2), weight=rare.to(z1))",
        ),
        "You give small clusters a greater weight, though they are drawn more often already. Who takes care of the balance?",
        trains=True,
    ),
    Mistake(
        "cluster_0_ignored",
        "DeepCluster.loss",
        (LOSS, "return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat(2), ignore_index=0)"),
        "Images of cluster 0 do not count. Is 0 a cluster, or a sign for none?",
        trains=True,
    ),
    Mistake(
        "views_of_neighbours",
        "DeepCluster.loss",
        (
            LOSS,
            "return F.cross_entropy(torch.cat([z1, z2]), torch.cat([clusters, clusters.roll(1)]))",
        ),
        "The second views are to have their neighbours' clusters. To which image does row b of z2 belong?",
    ),
    Mistake(
        "soft_clusters",
        "DeepCluster.loss",
        (
            LOSS,
            "return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat(2), label_smoothing=0.1)",
        ),
        "You give a tenth of each target to all clusters. What are the pseudo-labels of the equation: one-hot, or smoothed?",
        trains=True,
    ),
    Mistake(
        "logarithm_kept_from_zero",
        "DeepCluster.loss",
        (
            LOSS,
            "return -(torch.cat([z1, z2]).softmax(1) + 1e-6).log().gather(1, clusters.repeat(2)[:, None]).mean()",
        ),
        "You add 1e-6 to the softmax, so that no view costs more than 13.8. What is ln(softmax) if you write it with logits?",
        trains=True,
    ),
]
