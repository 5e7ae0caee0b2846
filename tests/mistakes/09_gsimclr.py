# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 9: wrong ways to count collisions and to compose batches, and what to say about each."""

from lessons.course.mistakes import Mistake

PAIRS = "(count * (count - 1) // 2)"
SHARE = "int((sizes * (sizes - 1)).sum()) / (N * (N - 1))"
BATCH = "batch_size * (batch_size - 1) / 2 * share"
LEAST = "(batches * (each * (each - 1) // 2) + more * each)"
RELEASED = "order = rank_in_cluster(pseudo_labels).argsort(stable=True)"
CUT = "order[: batches * batch_size].view(batches, batch_size)"
SHUFFLE = "order = torch.randperm(len(pseudo_labels), generator=generator)"
TURN = "turn = torch.randperm(int(pseudo_labels.max()) + 1, generator=generator)"
GATHER = "return order[turn[pseudo_labels[order]].argsort(stable=True)]"
HANDS = "hands = order.view(-1, batches).T"
MIX = "return hands[torch.randperm(batches, generator=generator)]"
ORDER = "order = in_clusters(pseudo_labels, generator)"
KEPT = (
    "kept = torch.randperm(len(order), generator=generator)[: batches * batch_size].sort().values"
)
DEAL = "return deal(order[kept], batches, generator)"
COUNT = "possible = [t for t in range(most + 1) if int(sizes.clamp(max=t).sum()) >= t * batch_size]"
MAX = "return max(possible)"
STRICT = "batches = strict_count(torch.bincount(pseudo_labels), batch_size)"
SURPLUS = "order = order[rank_in_cluster(pseudo_labels[order]) < batches]"
FROZEN = "generator = Generator().manual_seed(0)\n    "
DEFAULT = "generator = generator or Generator().manual_seed(0)\n    "
SUM = f"int({PAIRS}.sum())"
PARTS = "parts = [order[pseudo_labels[order] == c] for c in {}]\n    return torch.cat(parts)"

MISTAKES = [
    # collisions
    Mistake(
        "every_pair_twice",
        "collisions",
        (PAIRS, "(count * (count - 1))"),
        "You count both (a, b) and (b, a). How many pairs do two images make?",
        trains=True,
    ),
    Mistake(
        "pairs_with_itself",
        "collisions",
        (PAIRS, "(count * (count + 1) // 2)"),
        "You let each image make a pair with itself. How many pairs are there in a batch of one image?",
        trains=True,
    ),
    Mistake(
        "images_too_many",
        "collisions",
        (PAIRS, "(count - 1).clamp(min=0)"),
        "You count the images after the first of each cluster. With three images of one cluster, are the second and the third not a pair?",
        trains=True,
    ),
    Mistake(
        "images_in_company",
        "collisions",
        (PAIRS, "count[count > 1]"),
        "You count the images that are not alone in their cluster. How many pairs do two such images make?",
        trains=True,
    ),
    Mistake(
        "clusters_that_repeat",
        "collisions",
        (PAIRS, "(count > 1)"),
        "You count the clusters that occur more than once, whether twice or ten times. How many pairs do ten images of one cluster make?",
        trains=True,
    ),
    Mistake(
        "neighbours_only",
        "collisions",
        "def collisions(labels):\n    return int((labels[1:] == labels[:-1]).sum())",
        "You compare each image only with the next one. Does the order of images within a batch matter to the loss?",
        trains=True,
    ),
    Mistake(
        "pairs_that_differ",
        "collisions",
        "def collisions(labels):\n    return int((labels[:, None] != labels).triu().sum())",
        "You count the pairs of different clusters. Which pairs are the bad ones?",
        trains=True,
    ),
    Mistake(
        "halved_too_early",
        "collisions",
        (PAIRS, "(count * ((count - 1) // 2))"),
        "You halve n - 1 and round down before you multiply, so two images make no pair. One of n and n - 1 is even, so when is it safe to halve?",
        trains=True,
    ),
    Mistake(
        "collisions_as_a_tensor",
        "collisions",
        (f"int({PAIRS}.sum())", f"{PAIRS}.sum()"),
        "You return the count as a tensor. What does the docstring promise, and can the JSON log store a tensor?",
        trains=True,
    ),
    Mistake(
        "half_of_the_table",
        "collisions",
        "def collisions(labels):\n    return int((labels[:, None] == labels).sum()) // 2",
        "You halve the number of all equal entries, and the diagonal is among them: each image is equal to itself. What must you leave out before you halve?",
        trains=True,
    ),
    Mistake(
        "half_of_the_squares",
        "collisions",
        (PAIRS, "(count * count // 2)"),
        "You halve n² for each cluster, as if an image made a pair with itself. With how many others does each of n images make a pair?",
        trains=True,
    ),
    Mistake(
        "images_with_a_partner_halved",
        "collisions",
        (f"int({PAIRS}.sum())", "int(count[count > 1].sum()) // 2"),
        "You halve the number of images that are not alone, as if each had one partner. How many pairs do three images make?",
        trains=True,
    ),
    Mistake(
        "equal_counts_once",
        "collisions",
        (f"int({PAIRS}.sum())", "sum(n * (n - 1) // 2 for n in set(count.tolist()))"),
        "You count clusters of equal size only once, because a set holds each number once. With two pairs from two clusters, how many collisions are there?",
        trains=True,
    ),
    Mistake(
        "largest_cluster_only",
        "collisions",
        (f"{PAIRS}.sum()", f"{PAIRS}.max()"),
        "You count the pairs of a single cluster, the one with the most images. What about the pairs of the others?",
        trains=True,
    ),
    Mistake(
        "whole_table",
        "collisions",
        (PAIRS, "(count * count)"),
        "You count all equal entries of the table of B x B, so each pair comes twice, and each image once with itself. How many pairs do two images make?",
        trains=True,
    ),
    Mistake(
        "every_pair",
        "collisions",
        (f"int({PAIRS}.sum())", "len(labels) * (len(labels) - 1) // 2"),
        "You count all pairs of the batch, whatever their clusters. Which pairs collide?",
        trains=True,
    ),
    Mistake(
        "collisions_as_a_float",
        "collisions",
        (f"int({PAIRS}.sum())", f"float({PAIRS}.sum())"),
        "You return a float, although a count is a whole number. Which division gives a float even if nothing is left over?",
        trains=True,
    ),
    Mistake(
        "cluster_zero_ignored",
        "collisions",
        ("torch.bincount(labels)", "torch.bincount(labels)[1:]"),
        "You leave out cluster 0. What is special about it?",
        trains=True,
    ),
    Mistake(
        "share_of_the_pairs",
        "collisions",
        (
            f"int({PAIRS}.sum())",
            f"int({PAIRS}.sum()) / max(len(labels) * (len(labels) - 1) / 2, 1)",
        ),
        "You return the share of the pairs that collide, from 0 to 1. What does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "last_image_skipped",
        "collisions",
        ("torch.bincount(labels)", "torch.bincount(labels[:-1], minlength=1)"),
        "You leave out the last image of the batch. Where does a range end?",
        trains=True,
    ),
    Mistake(
        "pairs_per_image",
        "collisions",
        (SUM, f"{SUM} / len(labels)"),
        "You divide the number of pairs by the number of images. How many pairs are there?",
        trains=True,
    ),
    Mistake(
        "number_of_images",
        "collisions",
        (SUM, "int(count.sum())"),
        "You return the number of images. How many pairs of them share a cluster?",
        trains=True,
    ),
    Mistake(
        "number_of_clusters",
        "collisions",
        (SUM, "int((count > 0).sum())"),
        "You return the number of clusters. How many pairs of images share one?",
        trains=True,
    ),
    Mistake(
        "size_of_the_largest",
        "collisions",
        (SUM, "int(count.max())"),
        "You return the size of the largest cluster. How many pairs do its images form, and those of the others?",
        trains=True,
    ),
    Mistake(
        "size_of_the_largest_less_one",
        "collisions",
        (SUM, "int(count.max()) - 1"),
        "You return the size of the largest cluster, less 1. How many pairs do its images form, and those of the others?",
        trains=True,
    ),
    Mistake(
        "squares_of_one_less",
        "collisions",
        (SUM, "int((count - 1).square().sum())"),
        "You add up (n - 1)². How many pairs do n images make?",
        trains=True,
    ),
    Mistake(
        "last_cluster_left_out",
        "collisions",
        (SUM, f"int({PAIRS}[:-1].sum())"),
        "You leave out the cluster with the highest number. Which clusters count?",
        trains=True,
    ),
    Mistake(
        "pairs_less_clusters",
        "collisions",
        (SUM, "len(labels) * (len(labels) - 1) // 2 - int((count > 0).sum())"),
        "You subtract the number of clusters from the number of pairs. Which pairs share a cluster?",
        trains=True,
    ),
    Mistake(
        "images_that_share",
        "collisions",
        (SUM, "int((count - 1).clamp(min=0).sum()) // 2"),
        "You halve the number of images after the first of each cluster. How many pairs do three images make?",
        trains=True,
    ),
    Mistake(
        "products_of_neighbours",
        "collisions",
        (SUM, "int((count[1:] * count[:-1]).sum())"),
        "You multiply the sizes of two clusters. Do images of two clusters collide?",
        trains=True,
    ),
    Mistake(
        "any_collision",
        "collisions",
        (SUM, "int((count > 1).any())"),
        "You say only whether there is a collision. How many are there?",
        trains=True,
    ),
    Mistake(
        "doubled_and_halved_too_late",
        "collisions",
        (SUM, "int((count * (count - 1) // 2).sum()) // 2"),
        "You count half of the pairs. Where do you divide by 2, and how many times?",
        trains=True,
    ),
    Mistake(
        "batch_of_its_labels",
        "collisions",
        (SUM, "int((labels * (labels - 1) // 2).sum())"),
        "You put the numbers of the clusters into the formula. What does n_c count?",
        trains=True,
    ),
    Mistake(
        "counts_of_counts",
        "collisions",
        ("count = torch.bincount(labels)", "count = torch.bincount(torch.bincount(labels))"),
        "You count how many clusters have each size, and then pair up the clusters. Which images form a pair?",
        trains=True,
    ),
    Mistake(
        "pairs_over_the_clusters",
        "collisions",
        (SUM, f"{SUM} / int((count > 0).sum())"),
        "You divide the number of pairs by the number of clusters. How many pairs are there?",
        trains=True,
    ),
    Mistake(
        "pairs_of_the_smallest",
        "collisions",
        (SUM, f"int({PAIRS}.min())"),
        "You count the pairs of a single cluster, the one with the fewest images. What about the pairs of the others?",
        trains=True,
    ),
    Mistake(
        "triples",
        "collisions",
        (SUM, "int((count * (count - 1) * (count - 2) // 6).sum())"),
        "You count groups of three. How many pairs do n images make?",
        trains=True,
    ),
    Mistake(
        "next_image_too",
        "collisions",
        ("count = torch.bincount(labels)", "count = torch.bincount(labels[1:])"),
        "You leave out the first image. Where does a count of all images begin?",
        trains=True,
    ),
    # expected_collisions
    Mistake(
        "drawn_with_replacement",
        "expected_collisions",
        (SHARE, "int((sizes * sizes).sum()) / (N * N)"),
        "You allow the second image to be the first one again. How many images are left once one is drawn?",
        trains=True,
    ),
    Mistake(
        "all_left_in",
        "expected_collisions",
        (SHARE, "int((sizes * (sizes - 1)).sum()) / (N * N)"),
        "You take the first image out of its cluster, but not out of the N images. From how many is the second one drawn?",
        trains=True,
    ),
    Mistake(
        "equal_clusters",
        "expected_collisions",
        (SHARE, "1 / int((sizes > 0).sum())"),
        "You take 1 / K as the chance that two images share a cluster. Is that right if one cluster holds nearly all images?",
        trains=True,
    ),
    Mistake(
        "ordered_pairs_of_a_batch",
        "expected_collisions",
        (BATCH, "batch_size * (batch_size - 1) * share"),
        "Your result is twice the average: somewhere you count a pair as (a, b) and as (b, a). How many pairs do two images make?",
        trains=True,
    ),
    Mistake(
        "of_one_image",
        "expected_collisions",
        (BATCH, "(batch_size - 1) * share"),
        "You return the collisions of a single image of the batch. How many images are there, and how many share each collision?",
        trains=True,
    ),
    Mistake(
        "of_an_epoch",
        "expected_collisions",
        (BATCH, BATCH + " * (N // batch_size)"),
        "You return the collisions of a whole epoch. How many batches does the docstring speak of?",
        trains=True,
    ),
    Mistake(
        "pairs_with_itself_too",
        "expected_collisions",
        (BATCH, "batch_size * batch_size / 2 * share"),
        "You count B² / 2 pairs in a batch. Does an image make a pair with itself?",
        trains=True,
    ),
    Mistake(
        "expectation_as_a_tensor",
        "expected_collisions",
        (BATCH, f"{BATCH} * torch.ones(())"),
        "You return the average as a tensor. What does the docstring promise, and can the JSON log store a tensor?",
        trains=True,
    ),
    Mistake(
        "pairs_of_the_average",
        "expected_collisions",
        (
            BATCH,
            "float((batch_size * sizes / N * (batch_size * sizes / N - 1) / 2).clamp(min=0).sum())",
        ),
        "You take the average number of images of a cluster, and count the pairs of that many. Is the average of n (n - 1) / 2 the same as n (n - 1) / 2 of the average?",
        trains=True,
    ),
    Mistake(
        "halved_twice",
        "expected_collisions",
        (BATCH, "batch_size * (batch_size - 1) / 4 * share"),
        "Your result is half of the average: somewhere you divide pairs that count once by pairs that count twice, or halve once too often. Does N (N - 1) count a pair once or twice?",
        trains=True,
    ),
    Mistake(
        "average_rounded",
        "expected_collisions",
        (BATCH, f"float(round({BATCH}))"),
        "You round the average to a whole number. Must an average of whole numbers be one?",
        trains=True,
    ),
    Mistake(
        "clusters_for_images",
        "expected_collisions",
        ("N = int(sizes.sum())", "N = len(sizes)"),
        "You use the number of clusters as N. How many images are there?",
        trains=True,
    ),
    Mistake(
        "share_without_a_fraction",
        "expected_collisions",
        (SHARE, SHARE.replace(") / (N", ") // (N")),
        "You use integer division, so the share is 0 unless all images share a cluster. Which division keeps the fraction?",
        trains=True,
    ),
    Mistake(
        "first_left_in_its_cluster",
        "expected_collisions",
        (SHARE, "int((sizes * sizes).sum()) / (N * (N - 1))"),
        "You take the first image out of the N images, but not out of its own cluster. How many of its cluster are left for the second one?",
        trains=True,
    ),
    Mistake(
        "share_alone",
        "expected_collisions",
        (BATCH, "share"),
        "You return the chance that two images collide. How many pairs does a batch have?",
        trains=True,
    ),
    Mistake(
        "share_for_each_image",
        "expected_collisions",
        (BATCH, "batch_size * share"),
        "You multiply the share by B, the number of images. How many pairs do B images make?",
        trains=True,
    ),
    Mistake(
        "equal_clusters_with_empty_ones",
        "expected_collisions",
        (SHARE, "1 / len(sizes)"),
        "You take 1 / K as the chance that two images share a cluster, and empty clusters are among the K. What does the chance depend on?",
        trains=True,
    ),
    Mistake(
        "mean_over_clusters",
        "expected_collisions",
        (BATCH, BATCH + " / len(sizes)"),
        "You divide by the number of clusters, as if you took a mean over them. Which clusters' pairs count?",
        trains=True,
    ),
    Mistake(
        "average_cut_off",
        "expected_collisions",
        (f"return {BATCH}", f"return int({BATCH})"),
        "You cut off the fraction of the average. Must an average of whole numbers be one?",
        trains=True,
    ),
    Mistake(
        "pairs_of_the_data",
        "expected_collisions",
        (BATCH, "N * (N - 1) / 2 * share"),
        "You count the collisions of all N images. How many images does a batch have?",
        trains=True,
    ),
    Mistake(
        "last_cluster_skipped",
        "expected_collisions",
        (SHARE, SHARE.replace("(sizes * (sizes - 1))", "(sizes * (sizes - 1))[:-1]")),
        "You leave out the pairs of the last cluster. Where does a range end?",
        trains=True,
    ),
    Mistake(
        "chances_squared",
        "expected_collisions",
        (f"return {BATCH}", "return int((sizes * (sizes - 1) // 2).sum()) * (batch_size / N) ** 2"),
        "You take (B / N)² as the chance that two images are both in the batch. If the first one is, how many places are left, and for how many images?",
        trains=True,
    ),
    Mistake(
        "pairs_over_the_batches",
        "expected_collisions",
        (f"return {BATCH}", "return int((sizes * (sizes - 1) // 2).sum()) * batch_size / N"),
        "You divide the pairs of all images by the number of batches. Do all pairs of a cluster stay together when it is divided?",
        trains=True,
    ),
    Mistake(
        "fullest_cluster_only",
        "expected_collisions",
        (SHARE, SHARE.replace(".sum())", ".max())")),
        "You count the pairs of the largest cluster only. What about pairs from the others?",
        trains=True,
    ),
    Mistake(
        "half_of_the_batch",
        "expected_collisions",
        (BATCH, "batch_size / 2 * share"),
        "You multiply the share by B / 2. How many pairs do B images form?",
        trains=True,
    ),
    Mistake(
        "square_of_the_batch",
        "expected_collisions",
        (BATCH, "batch_size**2 * share"),
        "You multiply the share by B². How many pairs do B images form?",
        trains=True,
    ),
    Mistake(
        "one_image_more",
        "expected_collisions",
        (BATCH, "batch_size * (batch_size + 1) / 2 * share"),
        "You let each image make a pair with itself. How many pairs do B images form?",
        trains=True,
    ),
    Mistake(
        "one_over_the_clusters_less",
        "expected_collisions",
        (SHARE, "(N / len(sizes) - 1) / (N - 1)"),
        "You treat all clusters as equally large. Which share of the pairs do unequal clusters have?",
        trains=True,
    ),
    Mistake(
        "pairs_of_clusters",
        "expected_collisions",
        (SHARE, "len(sizes) * (len(sizes) - 1) / (N * (N - 1))"),
        "You count pairs of clusters. Which pairs of images share a cluster?",
        trains=True,
    ),
    Mistake(
        "two_in_the_mean_cluster",
        "expected_collisions",
        (SHARE, "float(((sizes - 1) / (N - 1)).clamp(min=0).mean())"),
        "You average over the clusters, so a small one counts as much as a large one. How likely is it that the first image comes from a cluster of s?",
        trains=True,
    ),
    Mistake(
        "fraction_of_sizes",
        "expected_collisions",
        (SHARE, "float((sizes / N).max())"),
        "You take the share of the images that are in the largest cluster. How likely is it that two images share a cluster?",
        trains=True,
    ),
    Mistake(
        "share_that_differs",
        "expected_collisions",
        (SHARE, f"1 - {SHARE}"),
        "You take the share of pairs that do not collide. Which pairs do?",
        trains=True,
    ),
    Mistake(
        "batch_size_of_clusters",
        "expected_collisions",
        ("N = int(sizes.sum())", "N = int((sizes > 0).sum())"),
        "You use the number of clusters that have an image as N. How many images are there?",
        trains=True,
    ),
    Mistake(
        "largest_possible_number",
        "expected_collisions",
        ("N = int(sizes.sum())", "N = int(sizes.max())"),
        "You use the size of the largest cluster as N. How many images are there?",
        trains=True,
    ),
    Mistake(
        "batch_less_one_image",
        "expected_collisions",
        (BATCH, "(batch_size - 1) * (batch_size - 2) / 2 * share"),
        "You count the pairs of B - 1 images. How many images are there in the batch?",
        trains=True,
    ),
    Mistake(
        "collisions_per_batch_of_all",
        "expected_collisions",
        (BATCH, "share * N * (N - 1) / 2 / (N // batch_size)"),
        "You divide the collisions of all images by the number of batches. Does a pair of images always share a batch?",
        trains=True,
    ),
    Mistake(
        "brackets_forgotten",
        "expected_collisions",
        (SHARE, "int((sizes * (sizes - 1)).sum()) / N * (N - 1)"),
        "You divide by N and multiply by N - 1. How many ordered pairs do N images form, and what must brackets hold together?",
        trains=True,
    ),
    Mistake(
        "whole_share_in_batches",
        "expected_collisions",
        (BATCH, "share * N / batch_size"),
        "You multiply the share by N / B. How many pairs are there in a batch of B?",
        trains=True,
    ),
    Mistake(
        "share_squared",
        "expected_collisions",
        (BATCH, f"{BATCH.replace('share', 'share**2')}"),
        "You square the share. With which probability does one pair collide?",
        trains=True,
    ),
    Mistake(
        "by_image_count",
        "expected_collisions",
        (BATCH, f"{BATCH} / batch_size"),
        "You divide by B. How many pairs are there in a batch, and which share of them collides?",
        trains=True,
    ),
    Mistake(
        "without_a_share",
        "expected_collisions",
        (BATCH, "batch_size * (batch_size - 1) / 2"),
        "You count all pairs of a batch. Which share of them collides?",
        trains=True,
    ),
    Mistake(
        "binomial_of_clusters",
        "expected_collisions",
        (SHARE, "len(sizes) / N"),
        "You take K / N as the share. Which share of the pairs of images share a cluster?",
        trains=True,
    ),
    # least_collisions
    Mistake(
        "rest_forgotten",
        "least_collisions",
        (LEAST, "(batches * (each * (each - 1) // 2))"),
        "You count no pairs for the s mod T images that are left over. How many images of their cluster are already in their batch?",
        trains=True,
    ),
    Mistake(
        "least_in_float32",
        "least_collisions",
        (LEAST, "(batches * (each * (each - 1) / 2) + more * each)"),
        "You compute in float32, as after a division with /, and that rounds large counts. Which operator keeps them whole?",
    ),
    Mistake(
        "one_batch_only",
        "least_collisions",
        (LEAST, "(each * (each - 1) // 2 + more * each)"),
        "You count the s // T images of a cluster for one batch only. How many batches hold that many?",
        trains=True,
    ),
    Mistake(
        "rounded_up",
        "least_collisions",
        (LEAST, "(batches * ((each + (more > 0)) * (each + (more > 0) - 1) // 2))"),
        "You give every batch the larger number, as if the cluster had more images. How many batches get one more?",
        trains=True,
    ),
    Mistake(
        "surplus_counted_once",
        "least_collisions",
        (LEAST, "(sizes - batches).clamp(min=0)"),
        "You count one collision for each image after the first T. How many of its cluster does the third image in a batch collide with?",
        trains=True,
    ),
    Mistake(
        "rest_in_one_batch",
        "least_collisions",
        (LEAST, "(batches * (each * (each - 1) // 2) + more * each + more * (more - 1) // 2)"),
        "You put all images that are left over into one batch, where they collide with each other. How could you keep them apart?",
        trains=True,
    ),
    Mistake(
        "clusters_together",
        "least_collisions",
        (
            "each, more = sizes // batches, sizes % batches",
            "each, more = sizes.sum() // batches, sizes.sum() % batches",
        ),
        "You treat all images as one cluster. Do images of different clusters collide?",
        trains=True,
    ),
    Mistake(
        "each_pair_twice",
        "least_collisions",
        (LEAST, "(batches * (each * (each - 1)) + 2 * more * each)"),
        "You count every pair twice. By what must you divide q (q - 1) to get the pairs of q images?",
        trains=True,
    ),
    Mistake(
        "least_as_a_tensor",
        "least_collisions",
        (f"int({LEAST}.sum())", f"{LEAST}.sum()"),
        "You return the minimum as a tensor. What does the docstring promise, and can the JSON log store a tensor?",
        trains=True,
    ),
    Mistake(
        "fractions_of_images",
        "least_collisions",
        (
            f"int({LEAST}.sum())",
            "int((batches * (sizes / batches) * (sizes / batches - 1).clamp(min=0) / 2).sum())",
        ),
        "You give each batch s / T images of a cluster, which need not be a whole number. How many whole images does a batch get, and how many batches get one more?",
        trains=True,
    ),
    Mistake(
        "fractions_below_zero",
        "least_collisions",
        (
            f"int({LEAST}.sum())",
            "int((batches * (sizes / batches) * (sizes / batches - 1) / 2).sum())",
        ),
        "You give each batch s / T images of a cluster, and a fraction below 1 makes a negative number of pairs. How many whole images does a batch get, and how many batches get one more?",
        trains=True,
    ),
    Mistake(
        "extra_meets_itself",
        "least_collisions",
        (LEAST, "(batches * (each * (each - 1) // 2) + more * (each + 1))"),
        "You let each image that is left over collide with s // T + 1 images. How many of its cluster are already in its batch?",
        trains=True,
    ),
    Mistake(
        "one_for_each_left_over",
        "least_collisions",
        (LEAST, "(batches * (each * (each - 1) // 2) + more)"),
        "You count one collision for each image that is left over. How many of its cluster are already in its batch?",
        trains=True,
    ),
    Mistake(
        "full_as_long_as_they_last",
        "least_collisions",
        (
            f"int({LEAST}.sum())",
            "sum(\n        n * (n - 1) // 2\n        for s in sizes.tolist()\n        for n in map(len, torch.arange(s).split(-(-s // batches) or 1))\n    )",
        ),
        "You give batches s / T images each, rounded up, until none are left, so the last batch gets fewer than it could. How can the numbers differ by at most one?",
        trains=True,
    ),
    Mistake(
        "all_pairs_over_t",
        "least_collisions",
        (f"int({LEAST}.sum())", "int((sizes * (sizes - 1) // 2).sum()) // batches"),
        "You divide the pairs of all images by T. If T batches share a cluster, do only 1 / T of its pairs remain, or fewer?",
        trains=True,
    ),
    Mistake(
        "larger_ones_counted_in_both",
        "least_collisions",
        (LEAST, "(batches * (each * (each - 1) // 2) + more * (each * (each + 1) // 2))"),
        "You count s // T images for all T batches, and then count the batches with one more a second time. How many batches hold exactly s // T images?",
        trains=True,
    ),
    Mistake(
        "quotient_and_remainder_exchanged",
        "least_collisions",
        (
            "each, more = sizes // batches, sizes % batches",
            "more, each = sizes // batches, sizes % batches",
        ),
        "You exchange s // T and s mod T. Which one is the number of images that every batch gets?",
        trains=True,
    ),
    Mistake(
        "pairs_of_all_images",
        "least_collisions",
        (f"int({LEAST}.sum())", "int((sizes * (sizes - 1) // 2).sum())"),
        "You count all pairs of each cluster, as if there were one batch. Between how many batches are its images shared?",
        trains=True,
    ),
    Mistake(
        "least_as_a_float",
        "least_collisions",
        (f"int({LEAST}.sum())", f"float({LEAST}.sum())"),
        "You return the minimum as a float, although it counts pairs. Which division gives a float even if nothing is left over?",
        trains=True,
    ),
    Mistake(
        "average_of_a_batch",
        "least_collisions",
        (f"int({LEAST}.sum())", f"int({LEAST}.sum()) / batches"),
        "You return the average of a batch. For how many batches does the docstring count?",
        trains=True,
    ),
    Mistake(
        "least_without_the_last_cluster",
        "least_collisions",
        (
            "each, more = sizes // batches, sizes % batches",
            "each, more = sizes[:-1] // batches, sizes[:-1] % batches",
        ),
        "You leave out the last cluster. Where does a range end?",
        trains=True,
    ),
    Mistake(
        "worst_cluster_only",
        "least_collisions",
        (f"{LEAST}.sum()", f"{LEAST}.max()"),
        "You return the number for one cluster, the one with the most. What about the others?",
        trains=True,
    ),
    Mistake(
        "rest_without_the_multiple",
        "least_collisions",
        (
            "each, more = sizes // batches, sizes % batches",
            "each, more = sizes // batches, sizes - sizes // batches",
        ),
        "You subtract s // T from s to get the rest. How many images are already given away if each of T batches gets s // T?",
        trains=True,
    ),
    Mistake(
        "rounded_to_nearest",
        "least_collisions",
        (
            f"int({LEAST}.sum())",
            "int((batches * ((sizes / batches).round() * ((sizes / batches).round() - 1) / 2)).sum())",
        ),
        "You round s / T to the nearest whole number for every batch. How many batches get one image more?",
        trains=True,
    ),
    Mistake(
        "pairs_not_halved",
        "least_collisions",
        (LEAST, "(batches * each * (each - 1) + more * each)"),
        "You count the pairs of the s // T images twice, as (a, b) and as (b, a). How many pairs do two images make?",
        trains=True,
    ),
    Mistake(
        "extra_halved",
        "least_collisions",
        (LEAST, "(batches * (each * (each - 1) // 2) + more * each // 2)"),
        "You halve the pairs of the images that are left over. How many images of its cluster does each of them meet?",
        trains=True,
    ),
    Mistake(
        "extra_meets_one_less",
        "least_collisions",
        (LEAST, "(batches * (each * (each - 1) // 2) + more * (each - 1).clamp(min=0))"),
        "You let each image that is left over meet s // T - 1 images. How many of its cluster are already in its batch?",
        trains=True,
    ),
    Mistake(
        "extra_meets_both_ways",
        "least_collisions",
        (LEAST, "(batches * (each * (each - 1) // 2) + 2 * more * each)"),
        "You count the pairs of the images that are left over twice. How many pairs do two images make?",
        trains=True,
    ),
    Mistake(
        "fuller_batches_only",
        "least_collisions",
        (f"int({LEAST}.sum())", "int((more * (each * (each + 1) // 2)).sum())"),
        "You count only the batches that get one image more. What about the others?",
        trains=True,
    ),
    Mistake(
        "emptier_batches_only",
        "least_collisions",
        (f"int({LEAST}.sum())", "int(((batches - more) * (each * (each - 1) // 2)).sum())"),
        "You count only the batches that do not get one image more. What about the others?",
        trains=True,
    ),
    Mistake(
        "images_of_one_batch",
        "least_collisions",
        (LEAST, "each"),
        "You add up s // T. How many pairs do that many images form, and in how many batches?",
        trains=True,
    ),
    Mistake(
        "largest_number_of_a_batch",
        "least_collisions",
        (f"int({LEAST}.sum())", "int((each * (each + 1) // 2).sum())"),
        "You count the pairs of one batch only, one that gets an extra image of every cluster. How many batches are there?",
        trains=True,
    ),
    Mistake(
        "one_less_first",
        "least_collisions",
        (
            "each, more = sizes // batches, sizes % batches",
            "each, more = (sizes - 1).clamp(min=0) // batches, sizes % batches",
        ),
        "You subtract 1 from s before you divide by T. How many images of a cluster does every batch get?",
        trains=True,
    ),
    Mistake(
        "rest_of_all",
        "least_collisions",
        (
            "each, more = sizes // batches, sizes % batches",
            "each, more = sizes // batches, sizes.sum() % batches",
        ),
        "You divide the number of all images by T to get the rest. Which cluster does an image that is left over belong to?",
        trains=True,
    ),
    Mistake(
        "batches_taken_for_b",
        "least_collisions",
        (
            "each, more = sizes // batches, sizes % batches",
            "batches = max(int(sizes.sum()) // batches, 1)\n    each, more = sizes // batches, sizes % batches",
        ),
        "You divide the number of images by T, as if T were the number of images in a batch. Which of the two is given?",
        trains=True,
    ),
    Mistake(
        "each_and_more_added",
        "least_collisions",
        (LEAST, "(each * more)"),
        "You count only the pairs of the images that are left over. Which pairs do the others form?",
        trains=True,
    ),
    Mistake(
        "squares_of_each",
        "least_collisions",
        (LEAST, "(batches * (each * each // 2) + more * each)"),
        "You halve the square of s // T, as if an image made a pair with itself. How many pairs do n images make?",
        trains=True,
    ),
    Mistake(
        "one_more_in_each",
        "least_collisions",
        (LEAST, "(batches * (each * (each + 1) // 2) + more * each)"),
        "You let each image make a pair with itself. How many pairs do n images make?",
        trains=True,
    ),
    Mistake(
        "exchanged_arguments",
        "least_collisions",
        (
            "each, more = sizes // batches, sizes % batches",
            "each, more = batches // sizes.clamp(min=1), batches % sizes.clamp(min=1)",
        ),
        "You divide T by the size of the cluster. How many of s images does each of T batches get?",
        trains=True,
    ),
    Mistake(
        "least_of_random",
        "least_collisions",
        (f"int({LEAST}.sum())", "int((sizes * (sizes - 1) // 2).sum()) / batches"),
        "You divide the pairs of all images by T and return a fraction. How does a cluster spread over T batches?",
        trains=True,
    ),
    Mistake(
        "batches_with_one_less",
        "least_collisions",
        (
            "each, more = sizes // batches, sizes % batches",
            "each, more = sizes // batches, (batches - sizes % batches) % batches",
        ),
        "You count the batches that do not get one image more. How many get one?",
        trains=True,
    ),
    Mistake(
        "divided_by_b",
        "least_collisions",
        (
            "each, more = sizes // batches, sizes % batches",
            "batches = int(sizes.sum()) // batches\n    each, more = sizes // batches, sizes % batches",
        ),
        "You divide by N // T, as if T were the size of a batch. How many images of s does each of T batches get?",
        trains=True,
    ),
    Mistake(
        "one_batch_full",
        "least_collisions",
        (
            f"int({LEAST}.sum())",
            "int(((sizes - batches + 1).clamp(min=0) * (sizes - batches).clamp(min=0) // 2).sum())",
        ),
        "You give one image to each batch except one, which takes all the rest. How evenly can the images spread?",
        trains=True,
    ),
    Mistake(
        "clusters_with_more_than_t",
        "least_collisions",
        (f"int({LEAST}.sum())", "int((sizes > batches).sum())"),
        "You count the clusters with more than T images. How many pairs must their images form?",
        trains=True,
    ),
    Mistake(
        "at_least_one_each",
        "least_collisions",
        (LEAST, "(batches * (each * (each - 1) // 2) + more * each.clamp(min=1))"),
        "You let each image that is left over collide once, even if its batch has no other of its cluster. How many does it meet?",
        trains=True,
    ),
    # rank_in_cluster
    Mistake(
        "rank_from_one",
        "rank_in_cluster",
        ("return rank", "return rank + 1"),
        "You give the first image of each cluster rank 1, as the authors' code does. How many of its cluster came before it?",
        trains=True,
    ),
    Mistake(
        "rank_from_the_end",
        "rank_in_cluster",
        ("return rank", "return sizes[pseudo_labels] - 1 - rank"),
        "You count the later images of the cluster. Which image of a cluster has rank 0?",
        trains=True,
    ),
    Mistake(
        "not_put_back",
        "rank_in_cluster",
        ("rank[order] =", "rank[:] ="),
        "You leave the ranks in the order of the sorted images. At which position does the rank of image order[0] belong?",
        trains=True,
    ),
    Mistake(
        "put_back_the_other_way",
        "rank_in_cluster",
        ("return rank", "return rank[order][order]"),
        "You apply the order to the ranks again when they are already back in place. Does rank[order] = r write to the positions in `order`, or read from them?",
        trains=True,
    ),
    Mistake(
        "place_among_all",
        "rank_in_cluster",
        (" - first[pseudo_labels[order]]", ""),
        "You return the position among all sorted images. Where does the image's own cluster begin?",
        trains=True,
    ),
    Mistake(
        "of_other_clusters",
        "rank_in_cluster",
        ("return rank", "return torch.arange(len(rank)) - rank"),
        "You count the earlier images of all other clusters. Which images does the docstring count?",
        trains=True,
    ),
    Mistake(
        "length_of_the_run",
        "rank_in_cluster",
        """def rank_in_cluster(pseudo_labels):
    rank = torch.zeros_like(pseudo_labels)
    for n in range(1, len(rank)):
        if pseudo_labels[n] == pseudo_labels[n - 1]:
            rank[n] = rank[n - 1] + 1
    return rank
""",
        "You restart the count when another cluster comes in between. What about the images of the same cluster further up?",
        trains=True,
    ),
    Mistake(
        "cluster_ends_for_starts",
        "rank_in_cluster",
        ("first = sizes.cumsum(0) - sizes", "first = sizes.cumsum(0)"),
        "You subtract where the cluster ends in the sorted row, so your ranks are negative. How do you get from its end to its first image?",
        trains=True,
    ),
    Mistake(
        "all_of_the_cluster",
        "rank_in_cluster",
        ("return rank", "return sizes[pseudo_labels]"),
        "You count all images of the cluster. Which of them are earlier?",
        trains=True,
    ),
    Mistake(
        "all_others_of_the_cluster",
        "rank_in_cluster",
        ("return rank", "return sizes[pseudo_labels] - 1"),
        "You count all other images of the cluster. Which of them are earlier?",
        trains=True,
    ),
    Mistake(
        "later_ones_and_itself",
        "rank_in_cluster",
        ("return rank", "return sizes[pseudo_labels] - rank"),
        "You count the image itself and the later ones of its cluster. Which images does the docstring count?",
        trains=True,
    ),
    Mistake(
        "seen_or_not",
        "rank_in_cluster",
        ("return rank", "return rank.clamp(max=1)"),
        "You say only whether there was an image of the cluster before. How many were there?",
        trains=True,
    ),
    Mistake(
        "distance_to_the_first",
        "rank_in_cluster",
        """def rank_in_cluster(pseudo_labels):
    rows = pseudo_labels.tolist()
    return torch.tensor([n - rows.index(c) for n, c in enumerate(rows)])
""",
        "You return how far the image is from the first one of its cluster. Do images of other clusters in between count?",
        trains=True,
    ),
    Mistake(
        "distance_to_the_last_one",
        "rank_in_cluster",
        """def rank_in_cluster(pseudo_labels):
    last, rank = {}, []
    for n, c in enumerate(pseudo_labels.tolist()):
        rank.append(n - last.get(c, n))
        last[c] = n
    return torch.tensor(rank)
""",
        "You return how far the image is from the one before it in its cluster. How many earlier ones are there?",
        trains=True,
    ),
    Mistake(
        "ranks_by_an_unstable_sort",
        "rank_in_cluster",
        ("argsort(stable=True)", "argsort()"),
        "Your sort may change the order of equal values, so with many images the ranks in a cluster are mixed up. Which argument forbids that?",
        trains=True,
    ),
    Mistake(
        "ranks_in_int32",
        "rank_in_cluster",
        ("return rank", "return rank.int()"),
        "You return the ranks as int32. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "ranks_as_floats",
        "rank_in_cluster",
        ("return rank", "return rank.float()"),
        "You return the ranks as floats. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "last_rank_missing",
        "rank_in_cluster",
        ("return rank", "rank[-1] = 0\n    return rank"),
        "You give the last image rank 0, whatever its cluster. Where does a range end?",
        trains=True,
    ),
    Mistake(
        "all_ranks_zero",
        "rank_in_cluster",
        ("return rank", "return torch.zeros_like(rank)"),
        "All your ranks are 0. If you count along a dimension of a table, is it that of the images or that of the clusters?",
        trains=True,
    ),
    Mistake(
        "last_cluster_first",
        "rank_in_cluster",
        (
            "pseudo_labels.argsort(stable=True)",
            "pseudo_labels.argsort(stable=True, descending=True)",
        ),
        "You sort the clusters in descending order, but your first positions are those of the ascending order. Which order must the first positions follow?",
        trains=True,
    ),
    Mistake(
        "starts_in_the_datas_order",
        "rank_in_cluster",
        ("first[pseudo_labels[order]]", "first[pseudo_labels]"),
        "You subtract first positions in the order of the data from positions in the sorted row. Which cluster does the image at each place of the row have?",
        trains=True,
    ),
    Mistake(
        "sizes_for_starts",
        "rank_in_cluster",
        ("first[pseudo_labels[order]]", "sizes[pseudo_labels[order]]"),
        "You subtract the size of the cluster. What comes before its first image in the sorted row?",
        trains=True,
    ),
    Mistake(
        "starts_turned",
        "rank_in_cluster",
        ("first = sizes.cumsum(0) - sizes", "first = sizes.cumsum(0).roll(1)"),
        "You shift the cumulative sizes in a circle, so cluster 0 begins at N. How many images come before cluster 0?",
        trains=True,
    ),
    Mistake(
        "ends_of_the_clusters",
        "rank_in_cluster",
        ("first = sizes.cumsum(0) - sizes", "first = sizes.cumsum(0) - 1"),
        "You subtract the position of the last image of the cluster. What is the position of the first?",
        trains=True,
    ),
    Mistake(
        "order_itself",
        "rank_in_cluster",
        ("return rank", "return order"),
        "You return the order that sorts the images. How many images of its cluster come before each?",
        trains=True,
    ),
    Mistake(
        "clusters_in_sorted_order",
        "rank_in_cluster",
        ("return rank", "return pseudo_labels[order]"),
        "You return the sorted clusters. How many images of its cluster come before each?",
        trains=True,
    ),
    Mistake(
        "order_of_the_clusters",
        "rank_in_cluster",
        ("return rank", "return pseudo_labels"),
        "You return the clusters. How many images of its cluster come before each?",
        trains=True,
    ),
    Mistake(
        "reversed_numbers",
        "rank_in_cluster",
        ("return rank", "return -rank"),
        "Your ranks are negative. How many images come before the second of a cluster?",
        trains=True,
    ),
    Mistake(
        "ranks_of_the_reversed",
        "rank_in_cluster",
        ("return rank", "return rank.flip(0)"),
        "You return the ranks from the last image to the first. Which image does each rank belong to?",
        trains=True,
    ),
    Mistake(
        "rank_modulo_clusters",
        "rank_in_cluster",
        ("return rank", "return torch.arange(len(rank)) % len(sizes)"),
        "You take the position modulo the number of clusters. Which cluster does each image have?",
        trains=True,
    ),
    Mistake(
        "rounds_by_position",
        "rank_in_cluster",
        ("return rank", "return torch.arange(len(rank)) // len(sizes)"),
        "You divide the position by the number of clusters. Which cluster does each image have?",
        trains=True,
    ),
    Mistake(
        "position_in_the_data",
        "rank_in_cluster",
        ("return rank", "return torch.arange(len(rank))"),
        "You count all earlier images. Which of them are in the same cluster?",
        trains=True,
    ),
    Mistake(
        "sorted_ranks",
        "rank_in_cluster",
        ("return rank", "return rank.sort().values"),
        "You sort the ranks. Which image does each rank belong to?",
        trains=True,
    ),
    Mistake(
        "clusters_seen_before",
        "rank_in_cluster",
        (
            "return rank",
            "return torch.tensor([len(set(pseudo_labels[:n].tolist())) for n in range(len(rank))])",
        ),
        "You count the earlier clusters. How many earlier images are in the same cluster?",
        trains=True,
    ),
    Mistake(
        "larger_clusters_first",
        "rank_in_cluster",
        (
            "return rank",
            "return torch.tensor([int((pseudo_labels[:n] < pseudo_labels[n]).sum()) for n in range(len(rank))])",
        ),
        "You count the earlier images whose cluster has a lower number. Which images are in the same cluster?",
        trains=True,
    ),
    Mistake(
        "rank_as_a_share",
        "rank_in_cluster",
        ("return rank", "return rank / sizes[pseudo_labels]"),
        "You divide the rank by the size of the cluster. What is the rank of the third image of a cluster?",
        trains=True,
    ),
    Mistake(
        "two_ranks_less",
        "rank_in_cluster",
        ("return rank", "return (rank - 1).clamp(min=0)"),
        "You give the first two images of a cluster rank 0. How many images come before the second?",
        trains=True,
    ),
    Mistake(
        "rank_from_two_sides",
        "rank_in_cluster",
        ("return rank", "return torch.minimum(rank, sizes[pseudo_labels] - 1 - rank)"),
        "You count from the nearer end of the cluster. Which images are earlier?",
        trains=True,
    ),
    Mistake(
        "missing_clusters_left_out",
        "rank_in_cluster",
        (
            "sizes = torch.bincount(pseudo_labels)",
            "sizes = pseudo_labels.unique(return_counts=True)[1]",
        ),
        "You count only the clusters that have an image, and then look them up by number. Which count belongs to cluster 5 if there is no cluster 4?",
        trains=True,
    ),
    Mistake(
        "starts_of_the_clusters_by_position",
        "rank_in_cluster",
        ("- first[pseudo_labels[order]]", "- first.repeat(len(order))[: len(order)]"),
        "You subtract the first positions one after the other, and not by cluster. Which cluster does an image have?",
        trains=True,
    ),
    Mistake(
        "starts_not_looked_up",
        "rank_in_cluster",
        ("- first[pseudo_labels[order]]", "- first"),
        "You subtract one first position for each cluster from one position for each image. How do you look up the cluster of each image?",
        trains=True,
    ),
    Mistake(
        "rank_of_the_last_label",
        "rank_in_cluster",
        ("first[pseudo_labels[order]]", "first[pseudo_labels[order]].max()"),
        "You subtract the same position from all. Which cluster's first image counts?",
        trains=True,
    ),
    Mistake(
        "order_twice",
        "rank_in_cluster",
        (
            "rank[order] = torch.arange(len(order)) - first[pseudo_labels[order]]",
            "rank[order] = order - first[pseudo_labels[order]]",
        ),
        "You subtract the first position from the image's position in the data. Which position does it have in the sorted row?",
        trains=True,
    ),
    # released_batches
    Mistake(
        "cluster_after_cluster",
        "released_batches",
        (RELEASED, "order = pseudo_labels.argsort(stable=True)"),
        "You sort by cluster, so a batch holds one cluster. What does the authors' code sort by?",
        trains=True,
    ),
    Mistake(
        "in_the_datas_order",
        "released_batches",
        (RELEASED, "order = torch.arange(len(pseudo_labels))"),
        "You cut the data into batches in its stored order. What part do the clusters play?",
        trains=True,
    ),
    Mistake(
        "ranks_downwards",
        "released_batches",
        (RELEASED, "order = rank_in_cluster(pseudo_labels).argsort(stable=True, descending=True)"),
        "You start with the highest ranks, the last images of the largest cluster. Which rank comes first?",
        trains=True,
    ),
    Mistake(
        "ties_by_cluster",
        "released_batches",
        (
            RELEASED,
            "order = pseudo_labels.argsort(stable=True)\n"
            "    order = order[rank_in_cluster(pseudo_labels)[order].argsort(stable=True)]",
        ),
        "You order images of equal rank by cluster. What order does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "ties_at_random",
        "released_batches",
        (
            RELEASED,
            "order = torch.randperm(len(pseudo_labels))\n"
            "    order = order[rank_in_cluster(pseudo_labels)[order].argsort(stable=True)]",
        ),
        "You shuffle images of equal rank, so epochs differ. Does the released code draw anything at random?",
        trains=True,
    ),
    Mistake(
        "dealt_not_cut",
        "released_batches",
        (CUT, "order[: batches * batch_size].view(batch_size, batches).T"),
        "You deal the images out to the batches, which removes the flaw of the authors' code. If you cut the order instead, which images share a batch?",
        trains=True,
    ),
    Mistake(
        "cut_at_the_front",
        "released_batches",
        (CUT, "order[len(order) - batches * batch_size :].view(batches, batch_size)"),
        "You leave out the first images of the order. Which images does the docstring leave out?",
        trains=True,
    ),
    Mistake(
        "batches_shuffled",
        "released_batches",
        (CUT, CUT + "[torch.randperm(batches)]"),
        "You shuffle the batches. Does the authors' order ever change from epoch to epoch?",
        trains=True,
    ),
    Mistake(
        "rounds_end_early",
        "released_batches",
        (
            RELEASED,
            "sizes = torch.bincount(pseudo_labels)\n"
            "    last = sizes[sizes > 0].min()\n"
            "    order = rank_in_cluster(pseudo_labels).clamp(max=last).argsort(stable=True)",
        ),
        "You ignore the ranks once the smallest cluster is used up, and continue in the data's order. Which images should come next?",
        trains=True,
    ),
    Mistake(
        "cut_from_the_end",
        "released_batches",
        (CUT, "order[: -(len(order) % batch_size)].view(-1, batch_size)"),
        "You cut N mod B images off the end by a negative index. What is order[:-0]?",
        trains=True,
    ),
    Mistake(
        "images_by_an_unstable_sort",
        "released_batches",
        (RELEASED, RELEASED.replace("stable=True", "")),
        "Your sort may change the order of equal ranks, so with many images the data's order is lost. Which argument forbids that?",
        trains=True,
    ),
    Mistake(
        "labels_for_positions",
        "released_batches",
        (f"return {CUT}", f"return pseudo_labels[{CUT}]"),
        "You return the clusters of the images. What does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "ranks_for_positions",
        "released_batches",
        (RELEASED, "order = rank_in_cluster(pseudo_labels).sort(stable=True).values"),
        "You return the sorted ranks. Which images have them?",
        trains=True,
    ),
    Mistake(
        "places_for_positions",
        "released_batches",
        (RELEASED, RELEASED + ".argsort()"),
        "You return the place of each image in the sorted order. Which image is at the first place?",
        trains=True,
    ),
    Mistake(
        "b_and_number_exchanged",
        "released_batches",
        (CUT, "order[: batches * batch_size].view(batch_size, batches)"),
        "You cut B batches of N // B images. Which is the number of batches, and which is their size?",
        trains=True,
    ),
    Mistake(
        "each_round_cut",
        "released_batches",
        """def released_batches(pseudo_labels, batch_size):
    rank, found = rank_in_cluster(pseudo_labels), []
    for r in range(int(rank.max()) + 1):
        own = (rank == r).nonzero().flatten()
        full = len(own) // batch_size * batch_size
        found.append(own[:full].view(-1, batch_size))
    return torch.cat(found)
""",
        "You cut each rank by itself, and discard the images that fill no batch. Which images come after those of rank 0?",
        trains=True,
    ),
    Mistake(
        "last_full_batch_lost",
        "released_batches",
        (
            f"return {CUT}",
            "starts = range(0, len(order) - batch_size, batch_size)\n    return torch.stack([order[n : n + batch_size] for n in starts])",
        ),
        "You lose the last batch if B divides N. Where may the last batch start?",
        trains=True,
    ),
    Mistake(
        "batches_in_columns",
        "released_batches",
        (f"return {CUT}", f"return {CUT}.T"),
        "You return the batches as columns. Which shape does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "ranks_and_ties_downwards",
        "released_batches",
        (RELEASED, f"{RELEASED}.flip(0)"),
        "You start with the last image of the highest rank. Which rank comes first, and which image among equal ranks?",
        trains=True,
    ),
    Mistake(
        "first_batch_left_out",
        "released_batches",
        (f"return {CUT}", f"return {CUT}[1:]"),
        "You leave out the first batch. Which images does the docstring leave out?",
        trains=True,
    ),
    Mistake(
        "last_batch_left_out",
        "released_batches",
        (f"return {CUT}", f"return {CUT}[:-1]"),
        "You leave out the last full batch. How many batches does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "batches_backwards",
        "released_batches",
        (f"return {CUT}", f"return {CUT}.flip(0)"),
        "You return the last batch first. Which ranks come first?",
        trains=True,
    ),
    Mistake(
        "images_sorted_inside",
        "released_batches",
        (f"return {CUT}", f"return {CUT}.sort(1).values"),
        "You sort the positions inside each batch. In which order do the images come?",
        trains=True,
    ),
    Mistake(
        "images_backwards_inside",
        "released_batches",
        (f"return {CUT}", f"return {CUT}.flip(1)"),
        "You reverse the order inside each batch. In which order do the images come?",
        trains=True,
    ),
    Mistake(
        "first_batch_alone",
        "released_batches",
        (f"return {CUT}", "return order[:batch_size].view(1, -1)"),
        "You return a single batch. How many batches do N images fill?",
        trains=True,
    ),
    Mistake(
        "one_batch_of_all",
        "released_batches",
        (f"return {CUT}", "return order[: batches * batch_size].view(1, -1)"),
        "You return all images as one batch. Into how many batches should they be cut?",
        trains=True,
    ),
    Mistake(
        "row_not_cut",
        "released_batches",
        (f"return {CUT}", "return order[: batches * batch_size]"),
        "You return the row and do not cut it into batches. Which shape does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "nothing_left_out_of_the_order",
        "released_batches",
        (f"return {CUT}", "return order.view(-1, batch_size)"),
        "You cut all images, which fails if B does not divide their number. Which images does the docstring leave out?",
        trains=True,
    ),
    Mistake(
        "last_batch_filled_up",
        "released_batches",
        (
            f"return {CUT}",
            "missing = -len(order) % batch_size\n    return torch.cat([order, order[:missing]]).view(-1, batch_size)",
        ),
        "You fill the last batch with images from the start. Which images does the docstring leave out?",
        trains=True,
    ),
    Mistake(
        "ranks_from_the_end",
        "released_batches",
        (RELEASED, "order = rank_in_cluster(pseudo_labels.flip(0)).flip(0).argsort(stable=True)"),
        "You count the ranks from the end of the data. Which images of a cluster are earlier?",
        trains=True,
    ),
    Mistake(
        "ties_backwards",
        "released_batches",
        (
            RELEASED,
            "order = rank_in_cluster(pseudo_labels)\n    order = len(order) - 1 - order.flip(0).argsort(stable=True)",
        ),
        "You put images of equal rank in the reverse of the data's order. Which order does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "ties_by_cluster_downwards",
        "released_batches",
        (
            RELEASED,
            "order = pseudo_labels.argsort(stable=True, descending=True)\n    order = order[rank_in_cluster(pseudo_labels)[order].argsort(stable=True)]",
        ),
        "You order images of equal rank by cluster, from the last cluster. What order does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "ties_by_size",
        "released_batches",
        (
            RELEASED,
            "sizes = torch.bincount(pseudo_labels)\n    order = sizes[pseudo_labels].argsort(stable=True, descending=True)\n    order = order[rank_in_cluster(pseudo_labels)[order].argsort(stable=True)]",
        ),
        "You order images of equal rank by the size of their cluster. What order does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "clusters_one_by_one",
        "released_batches",
        (RELEASED, "order = pseudo_labels.argsort(stable=True, descending=True)"),
        "You sort by cluster, from the last one, so a batch holds one cluster. What does the authors' code sort by?",
        trains=True,
    ),
    Mistake(
        "sizes_decide",
        "released_batches",
        (RELEASED, "order = torch.bincount(pseudo_labels)[pseudo_labels].argsort(stable=True)"),
        "You sort the images by the size of their cluster. What does the authors' code sort by?",
        trains=True,
    ),
    Mistake(
        "cut_with_a_stride",
        "released_batches",
        (f"return {CUT}", "return order.unfold(0, batch_size, 1)"),
        "You move the window by one image, so batches overlap. Where does the second batch begin?",
        trains=True,
    ),
    Mistake(
        "number_of_batches_for_b",
        "released_batches",
        (
            f"return {CUT}",
            "batches = min(batches, batch_size)\n    return order[: batches * batch_size].view(batches, batch_size)",
        ),
        "You return at most B batches. How many batches do N images fill?",
        trains=True,
    ),
    Mistake(
        "sorted_by_rank_of_sorted",
        "released_batches",
        (
            RELEASED,
            "order = pseudo_labels.argsort(stable=True)\n    order = rank_in_cluster(pseudo_labels[order]).argsort(stable=True)",
        ),
        "You return places in the sorted row. Which image is at such a place?",
        trains=True,
    ),
    Mistake(
        "ranks_taken_for_the_order",
        "released_batches",
        (RELEASED, "order = rank_in_cluster(pseudo_labels)"),
        "You return the ranks and not the images. What sorts the images by rank?",
        trains=True,
    ),
    Mistake(
        "ranks_of_the_data_on_the_row",
        "released_batches",
        (
            RELEASED,
            "order = pseudo_labels.argsort(stable=True)\n    order = order[rank_in_cluster(pseudo_labels).argsort(stable=True)]",
        ),
        "You sort by cluster and then use places that belong to the data's order. Which ranks belong to the images of the row?",
        trains=True,
    ),
    Mistake(
        "clusters_and_ranks_added",
        "released_batches",
        (RELEASED, "order = (rank_in_cluster(pseudo_labels) + pseudo_labels).argsort(stable=True)"),
        "You sort by the sum of rank and cluster. Which of the two decides?",
        trains=True,
    ),
    Mistake(
        "rounded_up_number",
        "released_batches",
        (
            f"return {CUT}",
            "batches = -(-len(order) // batch_size)\n    return order[: batches * batch_size].view(batches, batch_size)",
        ),
        "You round the number of batches up, which fails if B does not divide the number of images. Which images does the docstring leave out?",
        trains=True,
    ),
    # in_clusters
    Mistake(
        "clusters_by_number",
        "in_clusters",
        (TURN, "turn = torch.arange(int(pseudo_labels.max()) + 1)"),
        "You keep the clusters in the order of their numbers, so the same ones are neighbours in every epoch. Besides the images, what should be in random order?",
        trains=True,
    ),
    Mistake(
        "largest_cluster_first",
        "in_clusters",
        (
            TURN,
            "turn = torch.bincount(pseudo_labels).argsort(descending=True, stable=True).argsort()",
        ),
        "You always sort the clusters by size, so the same ones are neighbours in every epoch. What order does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "turns_in_a_circle",
        "in_clusters",
        (
            TURN,
            "K = int(pseudo_labels.max()) + 1\n"
            "    turn = torch.arange(K).roll(int(torch.randint(K, (), generator=generator)))",
        ),
        "Your clusters come in only some of their orders, as if you started with a random one and went on by number. How many orders do three clusters have?",
        trains=True,
    ),
    Mistake(
        "large_before_small",
        "in_clusters",
        (
            TURN,
            "sizes = torch.bincount(pseudo_labels)\n"
            "    turn = (-sizes - torch.rand(len(sizes), generator=generator)).argsort().argsort()",
        ),
        "You put large clusters before small ones, and draw only among clusters of equal size. Which clusters should have a chance to be first?",
        trains=True,
    ),
    Mistake(
        "turn_of_the_first_image",
        "in_clusters",
        (
            TURN,
            "turn = torch.full((int(pseudo_labels.max()) + 1,), len(order))\n"
            '    turn = turn.scatter_reduce(0, pseudo_labels[order], torch.arange(len(order)), "amin")',
        ),
        "You place each cluster where the first of its shuffled images is, so large clusters come early. How likely should each cluster be to come first?",
        trains=True,
    ),
    Mistake(
        "images_as_stored",
        "in_clusters",
        (SHUFFLE, "order = torch.arange(len(pseudo_labels))"),
        "You keep the images of each cluster in one order, the same in every epoch. What should differ between two epochs?",
        trains=True,
    ),
    Mistake(
        "first_image_turned",
        "in_clusters",
        (
            SHUFFLE,
            "order = torch.arange(len(pseudo_labels)).roll(int(torch.randint(len(pseudo_labels), (), generator=generator)))",
        ),
        "You start at a random image and then follow the data's order. How many orders do three images have?",
        trains=True,
    ),
    Mistake(
        "clusters_forgotten",
        "in_clusters",
        (GATHER, "return order"),
        "You shuffle all images and do nothing else. What brings the images of a cluster together?",
        trains=True,
    ),
    Mistake(
        "images_drawn_again",
        "in_clusters",
        (
            SHUFFLE,
            "order = torch.randint(\n"
            "        len(pseudo_labels), pseudo_labels.shape, generator=generator\n"
            "    )",
        ),
        "You draw each image independently, so some appear twice and others not at all. Which function shuffles without repeats?",
        trains=True,
    ),
    Mistake(
        "places_for_images",
        "in_clusters",
        (GATHER, "return turn[pseudo_labels[order]].argsort(stable=True)"),
        "You return positions in the shuffled row. Which image is at such a position?",
        trains=True,
    ),
    Mistake(
        "some_clusters_merged",
        "in_clusters",
        (
            TURN,
            "turn = torch.randint(int(pseudo_labels.max()) + 1, (int(pseudo_labels.max()) + 1,), generator=generator)",
        ),
        "You draw each cluster's turn independently, so two clusters can get the same turn and mix. How do you draw distinct turns?",
        trains=True,
    ),
    Mistake(
        "one_shuffle_for_all",
        "in_clusters",
        (
            SHUFFLE,
            "rank = rank_in_cluster(pseudo_labels)\n"
            "    order = torch.randperm(len(pseudo_labels), generator=generator)[rank].argsort(stable=True)",
        ),
        "You shuffle clusters of one size alike, so images of equal rank always end up at the same position in their clusters. How many shuffles are needed?",
        trains=True,
    ),
    Mistake(
        "generator_ignored",
        "in_clusters",
        (SHUFFLE, "generator = None\n    " + SHUFFLE),
        "You draw from torch's global generator although a generator is given. Can the run be repeated from its seed?",
        trains=True,
    ),
    Mistake(
        "seeded_inside",
        "in_clusters",
        (SHUFFLE, FROZEN + SHUFFLE),
        "Every epoch is the same, as if you seeded a generator of your own at each call. What keeps its state from epoch to epoch?",
        trains=True,
    ),
    Mistake(
        "numbers_without_gaps",
        "in_clusters",
        (TURN, "turn = torch.randperm(len(pseudo_labels.unique()), generator=generator)"),
        "You draw a turn for each cluster that has images, so there is none for the highest number if another one is missing. How long must the list be for every number to have a turn?",
        trains=True,
    ),
    Mistake(
        "up_or_down",
        "in_clusters",
        (
            TURN,
            "turn = torch.arange(int(pseudo_labels.max()) + 1)\n    turn = turn.flip(0) if torch.rand((), generator=generator) < 0.5 else turn",
        ),
        "You draw only whether the clusters come by number or in reverse, so the same ones are always neighbours. How many orders do three clusters have?",
        trains=True,
    ),
    Mistake(
        "clusters_as_they_come",
        "in_clusters",
        (
            TURN,
            "names = dict.fromkeys(pseudo_labels.tolist())\n"
            "    turn = torch.zeros(int(pseudo_labels.max()) + 1, dtype=torch.int64)\n"
            "    turn[[*names]] = torch.arange(len(names))",
        ),
        "You keep the clusters in the order in which they first occur in the data, so the same ones are neighbours in every epoch. Besides the images, what should be in random order?",
        trains=True,
    ),
    Mistake(
        "smallest_cluster_first",
        "in_clusters",
        (TURN, "turn = torch.bincount(pseudo_labels).argsort(stable=True).argsort()"),
        "You sort the clusters by size, the smallest first, so the same ones are neighbours in every epoch. What order does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "labels_for_images",
        "in_clusters",
        (GATHER, GATHER.replace("return order[", "return pseudo_labels[order][")),
        "You return the cluster of each place in the row. Which image is at that place?",
        trains=True,
    ),
    Mistake(
        "fixed_without_a_generator",
        "in_clusters",
        (SHUFFLE, DEFAULT + SHUFFLE),
        "If no generator is given, you shuffle with one of a fixed seed, so each such call gives the same order. What does torch draw from if the generator is None?",
        trains=True,
    ),
    Mistake(
        "shuffled_by_python",
        "in_clusters",
        (
            SHUFFLE,
            "import random\n\n    order = torch.tensor(random.sample(range(len(pseudo_labels)), len(pseudo_labels)))",
        ),
        "You shuffle with a source that the run's seed does not set, such as Python's own. Which generator should you draw from?",
        trains=True,
    ),
    Mistake(
        "turn_by_position",
        "in_clusters",
        (GATHER, GATHER.replace("turn[pseudo_labels[order]]", "turn[order]")),
        "You look up the turn of an image by its position. Which number does each turn belong to?",
        trains=True,
    ),
    Mistake(
        "clusters_by_number_backwards",
        "in_clusters",
        (TURN, "turn = -torch.arange(int(pseudo_labels.max()) + 1)"),
        "You keep the clusters in the reverse order of their numbers, so the same ones are neighbours in every epoch. What should be in random order besides the images?",
        trains=True,
    ),
    Mistake(
        "last_cluster_missing",
        "in_clusters",
        (
            GATHER,
            "parts = [order[pseudo_labels[order] == c] for c in torch.randperm(int(pseudo_labels.max()), generator=generator).tolist()]\n    return torch.cat(parts)",
        ),
        "You never reach the cluster with the highest number. How many clusters are there if the highest number is K - 1?",
        trains=True,
    ),
    Mistake(
        "one_turn_missing",
        "in_clusters",
        (TURN, TURN.replace(") + 1,", "),")),
        "You draw one turn too few, so the cluster with the highest number has none. How many clusters are there if the highest number is K - 1?",
        trains=True,
    ),
    Mistake(
        "first_cluster_missing",
        "in_clusters",
        (
            GATHER,
            "parts = [order[pseudo_labels[order] == c] for c in torch.randperm(int(pseudo_labels.max()), generator=generator).tolist()]\n    return torch.cat([order[pseudo_labels[order] == c + 1] for c in torch.randperm(int(pseudo_labels.max()), generator=generator).tolist()])",
        ),
        "You never reach cluster 0. At which number do clusters begin?",
        trains=True,
    ),
    Mistake(
        "shuffled_turns_in_the_row",
        "in_clusters",
        (GATHER, GATHER.replace("argsort(stable=True)", "sort(stable=True).values")),
        "You use the sorted turns as places in the row. What does argsort return?",
        trains=True,
    ),
    Mistake(
        "order_of_the_places",
        "in_clusters",
        (GATHER, "return order[turn[pseudo_labels[order]].argsort(stable=True).argsort()]"),
        "You use the place of each image where you need the image at each place. Which of the two does argsort return?",
        trains=True,
    ),
    Mistake(
        "labels_not_shuffled",
        "in_clusters",
        (GATHER, "return order[turn[pseudo_labels].argsort(stable=True)]"),
        "You sort by the clusters in the data's order, and apply that to the shuffled images, so clusters are mixed. Which cluster does the image at each place of `order` have?",
        trains=True,
    ),
    Mistake(
        "one_image_of_each",
        "in_clusters",
        (
            GATHER,
            "order = order[turn[pseudo_labels[order]].argsort(stable=True)]\n    return order[rank_in_cluster(pseudo_labels[order]) == 0]",
        ),
        "You return one image of each cluster. How many images does the docstring return?",
        trains=True,
    ),
    Mistake(
        "cluster_by_cluster_as_a_list",
        "in_clusters",
        (
            GATHER,
            "order = order[turn[pseudo_labels[order]].argsort(stable=True)]\n    return [order[pseudo_labels[order] == c] for c in pseudo_labels.unique()]",
        ),
        "You return one tensor for each cluster. Which shape does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "order_of_ranks",
        "in_clusters",
        (GATHER, "return order[rank_in_cluster(pseudo_labels[order]).argsort(stable=True)]"),
        "You sort by rank, so one image of each cluster comes first. What does cluster by cluster mean?",
        trains=True,
    ),
    Mistake(
        "rest_not_shuffled",
        "in_clusters",
        (
            SHUFFLE,
            "order = torch.cat([torch.randperm(len(pseudo_labels) // 2, generator=generator), torch.arange(len(pseudo_labels) // 2, len(pseudo_labels))])",
        ),
        "You shuffle only the first half of the images. Which images should be in random order?",
        trains=True,
    ),
    Mistake(
        "numbers_counted_not_looked_up",
        "in_clusters",
        (
            GATHER,
            PARTS.format(
                "torch.randperm(len(pseudo_labels.unique()), generator=generator).tolist()"
            ),
        ),
        "You use the numbers 0 to C - 1 if C clusters have an image, so a cluster with a higher number gets lost. Which numbers do the clusters have?",
        trains=True,
    ),
    Mistake(
        "places_in_the_cluster",
        "in_clusters",
        (
            GATHER,
            "parts = [torch.randperm(int((pseudo_labels == c).sum()), generator=generator) for c in turn.tolist()]\n    return torch.cat(parts)",
        ),
        "You return places inside the clusters, so most appear several times. Which image of the cluster is at such a place?",
        trains=True,
    ),
    Mistake(
        "numbers_times_chance",
        "in_clusters",
        (
            GATHER,
            "return (pseudo_labels * torch.rand(len(pseudo_labels), generator=generator)).argsort()",
        ),
        "You multiply the cluster of each image by a random number, so clusters get mixed. What keeps the images of a cluster together?",
        trains=True,
    ),
    Mistake(
        "numbers_plus_much_chance",
        "in_clusters",
        (
            GATHER,
            "return (turn[pseudo_labels] + 2 * torch.rand(len(pseudo_labels), generator=generator)).argsort()",
        ),
        "You add a random number of up to 2 to each image's turn, so neighbouring clusters get mixed. What keeps the images of a cluster together?",
        trains=True,
    ),
    Mistake(
        "turn_times_chance",
        "in_clusters",
        (
            GATHER,
            "return (turn[pseudo_labels] * torch.rand(len(pseudo_labels), generator=generator)).argsort()",
        ),
        "You multiply the turn of each image by a random number, so clusters get mixed. What keeps the images of a cluster together?",
        trains=True,
        ties=("numbers_times_chance",),
    ),
    Mistake(
        "clusters_with_an_image_lost",
        "in_clusters",
        (GATHER, PARTS.format("turn.tolist()[:-1]")),
        "You leave out the cluster whose turn is last. How many images should the row hold?",
        trains=True,
    ),
    Mistake(
        "clusters_with_an_image_twice",
        "in_clusters",
        (GATHER, PARTS.format("[*turn.tolist(), turn.tolist()[0]]")),
        "You add the first cluster of the row again at its end. How many times should each image appear?",
        trains=True,
    ),
    Mistake(
        "only_clusters_of_two",
        "in_clusters",
        (GATHER, PARTS.format("[c for c in turn.tolist() if int((pseudo_labels == c).sum()) > 1]")),
        "You leave out clusters of a single image. How many images should the row hold?",
        trains=True,
    ),
    # deal
    Mistake(
        "cut_like_bread",
        "deal",
        (HANDS, "hands = order.view(batches, -1)"),
        "You cut the row into batches, so each batch gets neighbours, which are mostly from one cluster. Which player should get the second card?",
        trains=True,
    ),
    Mistake(
        "turned_and_cut",
        "deal",
        (HANDS, "hands = order.view(batches, -1).T.reshape(batches, -1)"),
        "You lay out one row for each batch and then read down the columns, so you deal to B players. How many players are there?",
        trains=True,
    ),
    Mistake(
        "snake",
        "deal",
        (
            HANDS,
            "hands = order.view(-1, batches).clone()\n    hands[1::2] = hands[1::2].flip(1)\n    hands = hands.T",
        ),
        "You reverse direction after each round, so the last player gets two cards in a row. Which cluster are two successive cards likely to be from?",
        trains=True,
    ),
    Mistake(
        "every_round_shuffled",
        "deal",
        (
            HANDS,
            "rounds = order.view(-1, batches)\n"
            "    hands = torch.stack([r[torch.randperm(batches, generator=generator)] for r in rounds], 1)",
        ),
        "You shuffle the players in every round, so a cluster that continues into the next round can meet itself. In what order must the second round go?",
        trains=True,
    ),
    Mistake(
        "cards_shuffled",
        "deal",
        (HANDS, "order = order[torch.randperm(len(order), generator=generator)]\n    " + HANDS),
        "You shuffle the cards first, so images of a cluster no longer follow each other. What does dealing spread evenly now?",
        trains=True,
    ),
    Mistake(
        "batches_in_order",
        "deal",
        (MIX, "return hands"),
        "Your batches come in the same order in every epoch. In what order should they come?",
        trains=True,
    ),
    Mistake(
        "batches_turned",
        "deal",
        (MIX, "return hands.roll(int(torch.randint(batches, (), generator=generator)), 0)"),
        "Your batches come in only some of their orders, as if you started with a random one and went on in turn. How many orders do three batches have?",
        trains=True,
    ),
    Mistake(
        "deal_ignores_generator",
        "deal",
        (MIX, "return hands[torch.randperm(batches)]"),
        "You shuffle the batches with torch's global generator although a generator is given. Which generator's state does a checkpoint save?",
        trains=True,
    ),
    Mistake(
        "deal_seeded_inside",
        "deal",
        (MIX, FROZEN + MIX),
        "The batches come in the same order at every call, as if you drew nothing, or seeded a generator of your own. What keeps its state from call to call?",
        trains=True,
    ),
    Mistake(
        "places_shuffled",
        "deal",
        (MIX, "return hands[:, torch.randperm(hands.shape[1], generator=generator)]"),
        "You shuffle the places inside the batches, so the batches themselves always come in the same order. Which dimension numbers the batches?",
        trains=True,
    ),
    Mistake(
        "table_not_turned",
        "deal",
        (f"{HANDS}\n", "hands = order.view(-1, batches)\n    batches = len(hands)\n"),
        "You return the rounds, of T images each, and not the batches. Which dimension of the table belongs to a player?",
        trains=True,
    ),
    Mistake(
        "on_the_cpu",
        "deal",
        (MIX, "return hands.index_select(0, torch.randperm(batches, generator=generator))"),
        "One of your tensors is on the CPU, whatever device the order is on, and is used where both must be on one device. How do you move it?",
        trains=True,
    ),
    Mistake(
        "begins_one_later",
        "deal",
        (
            HANDS,
            "hands = torch.stack([r.roll(i) for i, r in enumerate(order.view(-1, batches))], 1)",
        ),
        "You begin each round one player later. Which player gets the first card of the second round, and how many cards ago did that player get one?",
        trains=True,
    ),
    Mistake(
        "batches_drawn_again",
        "deal",
        (MIX, "return hands[torch.randint(batches, (batches,), generator=generator)]"),
        "You draw each batch independently, so some appear twice and others not at all. Which function shuffles without repeats?",
        trains=True,
    ),
    Mistake(
        "cards_for_images",
        "deal",
        (HANDS, "hands = torch.arange(len(order)).view(-1, batches).T"),
        "You deal the places in the row. Which image is at such a place?",
        trains=True,
    ),
    Mistake(
        "deal_fixed_without_a_generator",
        "deal",
        (MIX, DEFAULT + MIX),
        "If no generator is given, you order the batches with one of a fixed seed, the same way at each call. What does torch draw from if the generator is None?",
        trains=True,
    ),
    Mistake(
        "batches_ordered_by_python",
        "deal",
        (MIX, "import random\n\n    return hands[random.sample(range(batches), batches)]"),
        "You order the batches with a source that no seed of the run sets, such as Python's own. Which generator should you draw from?",
        trains=True,
    ),
    Mistake(
        "cards_in_columns",
        "deal",
        (HANDS, "hands = order.view(-1, batches)"),
        "Your table has B rows of T images, and you draw T of its rows, which fails if T is larger. Which dimension should number the batches?",
        trains=True,
    ),
    Mistake(
        "hands_in_one_row",
        "deal",
        (MIX, f"{MIX}.flatten()"),
        "You return the hands in one row. Which shape does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "last_hand_missing",
        "deal",
        (MIX, "return hands[torch.randperm(batches - 1, generator=generator)]"),
        "You leave out one batch. How many batches should come out?",
        trains=True,
    ),
    Mistake(
        "first_hand_missing",
        "deal",
        (MIX, "return hands[1 + torch.randperm(batches - 1, generator=generator)]"),
        "You leave out the first batch. How many batches should come out?",
        trains=True,
    ),
    Mistake(
        "last_card_missing",
        "deal",
        (HANDS, f"{HANDS}[:, :-1]"),
        "You do not deal the last round. How many cards does each batch get?",
        trains=True,
    ),
    Mistake(
        "batches_turned_around",
        "deal",
        (MIX, "return hands.flip(0) if torch.rand((), generator=generator) < 0.5 else hands"),
        "Your batches come in only two orders, as if you kept or reversed their order. Which orders of the batches should be equally likely?",
        trains=True,
    ),
    Mistake(
        "hands_as_floats",
        "deal",
        (MIX, "return hands[torch.randperm(batches, generator=generator)].float()"),
        "You return floats. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "rows_of_b_turned",
        "deal",
        (
            MIX,
            "hands = order.view(-1, len(order) // batches).T\n    return hands[torch.randperm(len(hands), generator=generator)]",
        ),
        "You return B batches of T images, each spread over the row. Which number of batches does the caller want?",
        trains=True,
    ),
    Mistake(
        "all_hands_the_same",
        "deal",
        (MIX, "return hands[:1].expand(batches, -1)"),
        "You return the first batch T times. Which cards does each player get?",
        trains=True,
    ),
    Mistake(
        "hands_of_one_round_only",
        "deal",
        (MIX, "return hands[torch.randperm(batches, generator=generator)][:, :1]"),
        "You deal one round only. How many cards does each batch get?",
        trains=True,
    ),
    Mistake(
        "first_card_missing",
        "deal",
        (HANDS, f"{HANDS}[:, 1:]"),
        "You do not deal the first round. How many cards does each batch get?",
        trains=True,
    ),
    Mistake(
        "hands_always_int64",
        "deal",
        (MIX, f"{MIX}.long()"),
        "You return int64 whatever dtype the order has, as a list of Python numbers would give. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "hands_always_int32",
        "deal",
        (MIX, f"{MIX}.int()"),
        "You return int32 whatever dtype the order has. Which dtype does the docstring promise?",
        trains=True,
    ),
    # dealt_batches
    Mistake(
        "dealt_at_random",
        "dealt_batches",
        (ORDER, "order = torch.randperm(len(pseudo_labels), generator=generator)"),
        "You make random batches, in which clusters play no part. Which images must be neighbours before you deal?",
        trains=True,
        ties=("order_lost",),
    ),
    Mistake(
        "order_lost",
        "dealt_batches",
        (KEPT, KEPT.replace(".sort().values", "")),
        "You take the images in the order in which they were drawn, so clusters are scattered. In what order must the drawn positions be?",
        trains=True,
        ties=("dealt_at_random",),
    ),
    Mistake(
        "last_cluster_waits",
        "dealt_batches",
        (DEAL, "return deal(order[: batches * batch_size], batches, generator)"),
        "All images left out are of one cluster, as if you cut one end off the row, and those of a small cluster are left out too often. Which images should be left out?",
        trains=True,
    ),
    Mistake(
        "last_images_never_come",
        "dealt_batches",
        (ORDER, "order = in_clusters(pseudo_labels[: batches * batch_size], generator)"),
        "You leave out the last images of the data in every epoch. Which images should be left out?",
        trains=True,
    ),
    Mistake(
        "largest_cluster_waits",
        "dealt_batches",
        (
            KEPT,
            "spare = len(order) - batches * batch_size\n"
            "    largest = torch.bincount(pseudo_labels).argmax()\n"
            "    own = (pseudo_labels[order] == largest).nonzero().flatten()[:spare]\n"
            "    kept = torch.tensor([n for n in range(len(order)) if n not in own.tolist()])\n"
            "    kept = kept[: batches * batch_size]",
        ),
        "You leave out images of the largest cluster only, so the network sees them less often. Which images should be left out?",
        trains=True,
    ),
    Mistake(
        "neighbours_wait",
        "dealt_batches",
        (
            KEPT,
            "start = int(torch.randint(len(order), (), generator=generator))\n"
            "    kept = (torch.arange(batches * batch_size) + start).remainder(len(order)).sort().values",
        ),
        "You leave out images that are next to each other in the row, so they come from one or two clusters. Should leaving out one image make it likelier that the next one is left out too?",
        trains=True,
    ),
    Mistake(
        "order_drawn_once",
        "dealt_batches",
        (ORDER, "order = in_clusters(pseudo_labels, Generator().manual_seed(0))"),
        "You use the same row in every epoch; only the images left out and the order of the batches change. What does in_clusters need to draw a new row?",
        trains=True,
    ),
    Mistake(
        "drawn_twice",
        "dealt_batches",
        (
            KEPT,
            "kept = torch.randint(len(order), (batches * batch_size,), generator=generator).sort().values",
        ),
        "You draw each position independently, so an image can appear twice. Should an image be its own negative?",
        trains=True,
    ),
    Mistake(
        "cut_instead_of_dealt",
        "dealt_batches",
        (
            DEAL,
            "return order[kept].view(batches, batch_size)[torch.randperm(batches, generator=generator)]",
        ),
        "You cut the row of clusters, so each batch has as many images of one cluster as possible. Which of your functions spreads them?",
        trains=True,
    ),
    Mistake(
        "emptiest_batch",
        "dealt_batches",
        (
            DEAL,
            "hands = [[] for _ in range(batches)]\n"
            "    for n in order[kept].tolist():\n"
            "        chance = torch.rand(batches, generator=generator).tolist()\n"
            "        hands[min(range(batches), key=lambda t: (len(hands[t]), chance[t]))].append(n)\n"
            "    return torch.tensor(hands)[torch.randperm(batches, generator=generator)]",
        ),
        "You put each image into a random one of the emptiest batches, so a cluster can meet itself where a round ends. Which batches hold none of its cluster yet?",
        trains=True,
    ),
    Mistake(
        "neighbours_never_change",
        "dealt_batches",
        (
            ORDER,
            "order = torch.randperm(len(pseudo_labels), generator=generator)\n"
            "    order = order[pseudo_labels[order].argsort(stable=True)]",
        ),
        "The clusters keep one order, such as that of their numbers, so images of two small clusters next to each other never meet. Which of your functions shuffles the clusters too?",
        trains=True,
    ),
    Mistake(
        "partners_never_change",
        "dealt_batches",
        (
            ORDER,
            "turn = torch.randperm(int(pseudo_labels.max()) + 1, generator=generator)\n"
            "    order = turn[pseudo_labels].argsort(stable=True)",
        ),
        "You leave the images of a cluster in their stored order, so the same ones are always dealt together or always apart. What does in_clusters shuffle?",
        trains=True,
    ),
    Mistake(
        "one_draw_is_global",
        "dealt_batches",
        (ORDER, "order = in_clusters(pseudo_labels)"),
        "You make at least one of the draws without the generator. Can the run be repeated from its seed?",
        trains=True,
    ),
    Mistake(
        "dealt_once",
        "dealt_batches",
        (ORDER, FROZEN + ORDER),
        "All epochs have the same batches, as in the released code, or as if you seeded a generator of your own at each call. What should keep the state from epoch to epoch?",
        trains=True,
    ),
    Mistake(
        "any_cluster_waits",
        "dealt_batches",
        (
            KEPT,
            "kept = torch.arange(len(order))\n"
            "    while len(kept) > batches * batch_size:\n"
            "        names = pseudo_labels[order[kept]].unique()\n"
            "        some = names[torch.randint(len(names), (), generator=generator)]\n"
            "        own = (pseudo_labels[order[kept]] == some).nonzero().flatten()\n"
            "        out = own[torch.randint(len(own), (), generator=generator)]\n"
            "        kept = kept[torch.arange(len(kept)) != out]",
        ),
        "An image of a small cluster is left out more often than other images, as if you drew a cluster first and then one of its images. Among which images should you draw?",
        trains=True,
    ),
    Mistake(
        "places_among_the_kept",
        "dealt_batches",
        """def dealt_batches(pseudo_labels, batch_size, generator=None):
    batches = len(pseudo_labels) // batch_size
    kept = torch.randperm(len(pseudo_labels), generator=generator)[: batches * batch_size]
    order = in_clusters(pseudo_labels[kept], generator)
    return deal(order, batches, generator)
""",
        "You return places among the images that you kept. Which image of the data is at such a place?",
        trains=True,
    ),
    Mistake(
        "shuffled_ranks_cut",
        "dealt_batches",
        """def dealt_batches(pseudo_labels, batch_size, generator=None):
    order = torch.randperm(len(pseudo_labels), generator=generator)
    batches = order[released_batches(pseudo_labels[order], batch_size)]
    return batches[torch.randperm(len(batches), generator=generator)]
""",
        "You shuffle the images, but cut them by rank as the authors' code does, so the last batches come from the large clusters. Which of your functions spreads a cluster over all batches?",
        trains=True,
    ),
    Mistake(
        "dealt_fixed_without_a_generator",
        "dealt_batches",
        (ORDER, DEFAULT + ORDER),
        "If no generator is given, a second call deals the same batches as the first. What does torch draw from if the generator is None?",
        trains=True,
    ),
    Mistake(
        "one_draw_is_pythons",
        "dealt_batches",
        (
            ORDER,
            "import random\n\n    number = random.SystemRandom().getrandbits(60)\n"
            "    order = in_clusters(pseudo_labels, Generator().manual_seed(number))",
        ),
        "One of your draws comes from a source that no seed of the run sets, such as Python's own. Which generator should you draw from?",
        trains=True,
    ),
    Mistake(
        "dealt_to_b_batches",
        "dealt_batches",
        (DEAL, DEAL.replace("batches,", "batch_size,")),
        "You deal to B batches. How many batches should there be, and how many images in each?",
        trains=True,
    ),
    Mistake(
        "nothing_waits",
        "dealt_batches",
        (DEAL, DEAL.replace("order[kept]", "order")),
        "You deal all images, which fails if B does not divide their number. Which images should be left out?",
        trains=True,
    ),
    Mistake(
        "one_batch_less",
        "dealt_batches",
        (KEPT, f"batches = max(batches - 1, 1)\n    {KEPT}"),
        "You make one batch too few. How many full batches do N images fill?",
        trains=True,
    ),
    Mistake(
        "kept_looked_up_in_reverse",
        "dealt_batches",
        (DEAL, DEAL.replace("order[kept]", "kept[order[: len(kept)]]")),
        "You use images as positions in the list of kept places. Which of the two holds the images?",
        trains=True,
    ),
    Mistake(
        "batches_as_columns",
        "dealt_batches",
        (DEAL, f"{DEAL}.T"),
        "You transpose the result of `deal`, so batches are columns. Which shape does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "strict_in_place_of_dealt",
        "dealt_batches",
        (
            DEAL,
            "order = order[kept]\n    order = order[rank_in_cluster(pseudo_labels[order]) < batches]\n    order = order[: len(order) // batches * batches]\n    return deal(order, batches, generator)",
        ),
        "You drop the images that would collide. How many images does the docstring leave out?",
        trains=True,
    ),
    Mistake(
        "each_image_by_chance",
        "dealt_batches",
        (
            KEPT,
            "keep = torch.rand(len(order), generator=generator) < batches * batch_size / len(order)\n    kept = keep.nonzero().flatten()\n    kept = kept[: len(kept) // batches * batches]",
        ),
        "You toss a coin for each image, so the number of images that remain varies. How many images fill N // B batches?",
        trains=True,
    ),
    Mistake(
        "labels_dealt",
        "dealt_batches",
        (DEAL, "return pseudo_labels[deal(order[kept], batches, generator)]"),
        "You return the clusters of the images. What does the docstring return?",
        trains=True,
    ),
    Mistake(
        "b_rounded_up",
        "dealt_batches",
        (
            "batches = len(pseudo_labels) // batch_size",
            "batches = -(-len(pseudo_labels) // batch_size)",
        ),
        "You round the number of batches up. How many full batches do N images fill?",
        trains=True,
    ),
    # strict_count
    Mistake(
        "all_that_images_fill",
        "strict_count",
        (MAX, "return most"),
        "You count the batches that all images together could fill. How many images of a cluster of 30 can 5 batches use?",
    ),
    Mistake(
        "smallest_cluster",
        "strict_count",
        (
            MAX,
            "full = sizes[sizes > 0]\n    return int(full.min()) if len(full) >= batch_size else 0",
        ),
        "You stop when the smallest cluster is used up. Can the other clusters not fill a batch without it?",
        trains=True,
    ),
    Mistake(
        "b_largest_clusters",
        "strict_count",
        (
            MAX,
            "largest = sizes.sort(descending=True).values\n"
            "    return int(largest[batch_size - 1]) if len(largest) >= batch_size else 0",
        ),
        "You use only the B largest clusters, until one of them is empty. Can the small clusters not take turns?",
        trains=True,
    ),
    Mistake(
        "cut_once",
        "strict_count",
        (MAX, "return int(sizes.clamp(max=most).sum()) // batch_size"),
        "You limit clusters to N // B images, and only once. If there are fewer batches than that, may a cluster still give as many?",
    ),
    Mistake(
        "exactly_full_refused",
        "strict_count",
        (COUNT, COUNT.replace("= [t", "= [0] + [t").replace(">=", ">")),
        "You require more images than the batches need. What if there are exactly enough?",
        trains=True,
    ),
    Mistake(
        "last_not_tried",
        "strict_count",
        (COUNT, COUNT.replace("= [t", "= [0] + [t").replace("most + 1", "most")),
        "You do not try T = N // B. When can all images be used?",
        trains=True,
    ),
    Mistake(
        "whole_rounds",
        "strict_count",
        (MAX, "return int(sum((sizes > r).sum() // batch_size for r in range(int(sizes.max()))))"),
        "You take one image of each cluster in every round, and discard the images that do not fill a batch. Can they not join the next round?",
        trains=True,
    ),
    Mistake(
        "count_as_a_tensor",
        "strict_count",
        (MAX, "return torch.tensor(max(possible))"),
        "You return the number of batches as a tensor. What does the docstring promise, and can the JSON log store a tensor?",
        trains=True,
    ),
    Mistake(
        "clusters_fill_batches",
        "strict_count",
        (
            MAX,
            "return int(sizes.sum()) // batch_size if int((sizes > 0).sum()) >= batch_size else 0",
        ),
        "You check only that there are B clusters, and then count the batches that all images could fill. How many images of a cluster of 30 can 5 batches use?",
    ),
    Mistake(
        "up_to_the_largest_cluster",
        "strict_count",
        ("range(most + 1)", "range(int(sizes.max()) + 1)"),
        "You try T up to the size of the largest cluster. Can there be more batches than any cluster has images?",
        trains=True,
    ),
    Mistake(
        "clusters_over_b",
        "strict_count",
        (MAX, "return int((sizes > 0).sum()) // batch_size"),
        "You divide the number of clusters by B, as if each could give a single image. How many may a cluster give to T batches?",
        trains=True,
    ),
    Mistake(
        "enough_for_one_batch",
        "strict_count",
        (COUNT, COUNT.replace("t * batch_size", "batch_size")),
        "You require B images, which is enough for one batch. How many do T batches need?",
    ),
    Mistake(
        "one_too_high",
        "strict_count",
        (MAX, "return max(possible) + 1"),
        "Your number is one too high: it is the first T with too few images, or it counts T = 0 as well. What is the last T with enough?",
    ),
    Mistake(
        "of_the_largest_cluster",
        "strict_count",
        (MAX, "return int(sizes.max())"),
        "You return the size of the largest cluster. Do the others have enough images to fill that many batches?",
    ),
    Mistake(
        "at_most_b_of_a_cluster",
        "strict_count",
        (MAX, "return int(sizes.clamp(max=batch_size).sum()) // batch_size"),
        "You let a cluster give at most B images. How many batches are there, and how many images may each get from one cluster?",
    ),
    Mistake(
        "none_is_an_error",
        "strict_count",
        (COUNT, COUNT.replace("range(most", "range(1, most")),
        "You raise an error if not even one batch is possible. Which number is the answer then?",
        trains=True,
    ),
    Mistake(
        "smallest_of_all",
        "strict_count",
        (MAX, "return int(sizes.min())"),
        "You return the size of the smallest cluster, even if it is empty or there are too few clusters. Can the other clusters not fill a batch without it?",
        trains=True,
    ),
    Mistake(
        "up_to_the_number_of_clusters",
        "strict_count",
        ("range(most + 1)", "range(len(sizes) + 1)"),
        "You try T only up to the number of clusters. Can three clusters not fill more than three batches?",
        trains=True,
    ),
    Mistake(
        "smallest_of_the_possible",
        "strict_count",
        (MAX, "return min(possible)"),
        "You return the smallest possible number, which is always 0. Which number does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "exactly_full_is_an_error",
        "strict_count",
        (COUNT, COUNT.replace(">=", ">")),
        "You require more images than the batches need, and raise an error if no T has them. How many images do T batches of B need?",
        trains=True,
    ),
    Mistake(
        "all_over_the_largest",
        "strict_count",
        (MAX, "return int(sizes.sum()) // int(sizes.max())"),
        "You divide the number of images by the size of the largest cluster. Where does B come in?",
        trains=True,
    ),
    Mistake(
        "b_th_largest_or_an_error",
        "strict_count",
        (MAX, "return int(sizes.sort(descending=True).values[batch_size - 1])"),
        "You use only the B largest clusters, until one of them is empty, and raise an error if there are fewer. When can another cluster take its place?",
        trains=True,
    ),
    Mistake(
        "one_too_low",
        "strict_count",
        (MAX, "return max(max(possible) - 1, 0)"),
        "Your number is one too low. Which T is the largest with enough images?",
        trains=True,
    ),
    Mistake(
        "one_image_less_of_each",
        "strict_count",
        (COUNT, COUNT.replace("clamp(max=t)", "clamp(max=max(t - 1, 0))")),
        "You let a cluster give at most T - 1 images. How many can it give to T batches?",
        trains=True,
    ),
    Mistake(
        "one_image_more_of_each",
        "strict_count",
        (COUNT, COUNT.replace("clamp(max=t)", "clamp(max=t + 1)")),
        "You let a cluster give T + 1 images. How many can it give to T batches without a collision?",
        trains=True,
    ),
    Mistake(
        "batches_one_smaller",
        "strict_count",
        (COUNT, COUNT.replace("t * batch_size", "t * (batch_size - 1)")),
        "You require B - 1 images for each batch. How many images do T batches of B need?",
        trains=True,
    ),
    Mistake(
        "batches_one_larger",
        "strict_count",
        (COUNT, COUNT.replace("t * batch_size", "t * (batch_size + 1)")),
        "You require B + 1 images for each batch. How many images do T batches of B need?",
        trains=True,
    ),
    Mistake(
        "at_most_enough",
        "strict_count",
        (COUNT, COUNT.replace(">=", "<=")),
        "You look for a T with at most T B images. How many images do T batches need?",
        trains=True,
    ),
    Mistake(
        "each_cluster_divided",
        "strict_count",
        (MAX, "return int((sizes // batch_size).sum())"),
        "You divide each cluster by B. How many images of a cluster can one batch hold?",
        trains=True,
    ),
    Mistake(
        "mean_size",
        "strict_count",
        (MAX, "return int(sizes.sum()) // len(sizes)"),
        "You return the mean size of a cluster. Where does B come in?",
        trains=True,
    ),
    Mistake(
        "clusters_of_b_images",
        "strict_count",
        (MAX, "return int((sizes >= batch_size).sum())"),
        "You count the clusters with at least B images. How many batches can take one image of each of B clusters?",
        trains=True,
    ),
    Mistake(
        "fewer_of_two_limits",
        "strict_count",
        (MAX, "return min(int(sizes.sum()) // batch_size, int(sizes.max()))"),
        "You take the smaller of N // B and the largest cluster's size. How many images can a cluster of s give to T batches?",
        trains=True,
    ),
    Mistake(
        "images_of_the_others",
        "strict_count",
        (MAX, "return (int(sizes.sum()) - int(sizes.max())) // max(batch_size - 1, 1)"),
        "You assume that each batch takes one image of the largest cluster, and fill up with all others. How many images can each of the other clusters give?",
        trains=True,
    ),
    Mistake(
        "count_as_a_float",
        "strict_count",
        (MAX, "return float(max(possible))"),
        "You return a float. What does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "second_largest_cluster",
        "strict_count",
        (MAX, "return int(sizes.sort().values[-2:].min())"),
        "You return the size of the second largest cluster. Where does B come in?",
        trains=True,
    ),
    Mistake(
        "median_cluster",
        "strict_count",
        (MAX, "return int(sizes.median())"),
        "You return the median size of the clusters. Where does B come in?",
        trains=True,
    ),
    Mistake(
        "first_that_are_left",
        "strict_count",
        (
            MAX,
            "left, T = sizes.clone(), 0\n    while int((left > 0).sum()) >= batch_size:\n        left[(left > 0).nonzero()[:batch_size, 0]] -= 1\n        T += 1\n    return T",
        ),
        "You fill each batch from the first clusters that have images left, so the last ones remain too large. How many images can a cluster of s give to T batches?",
        trains=True,
    ),
    Mistake(
        "b_is_t",
        "strict_count",
        (COUNT, COUNT.replace("range(most + 1)", "range(batch_size + 1)")),
        "You try T only up to B. How many batches can N images fill?",
        trains=True,
    ),
    Mistake(
        "sum_of_all_for_t",
        "strict_count",
        (COUNT, COUNT.replace("sizes.clamp(max=t).sum()", "sizes.clamp(max=t).max() * len(sizes)")),
        "You let every cluster give as many images as the largest. How many can a cluster of s give to T batches?",
        trains=True,
    ),
    # strict_batches
    Mistake(
        "surplus_stays",
        "strict_batches",
        (SURPLUS, "order = order.clone()"),
        "You deal all images, so a cluster with more than T of them meets itself. How many may it give?",
        trains=True,
    ),
    Mistake(
        "always_the_first_images",
        "strict_batches",
        (SURPLUS, "order = order[rank_in_cluster(pseudo_labels)[order] < batches]"),
        "You keep the first images of a large cluster in the data, the same in every epoch. Which rank do you need, the one in the data or the one in this epoch's order?",
        trains=True,
    ),
    Mistake(
        "always_the_last_images",
        "strict_batches",
        (
            SURPLUS,
            "order = order[rank_in_cluster(pseudo_labels.flip(0)).flip(0)[order] < batches]",
        ),
        "You keep the last images of a large cluster in the data, the same in every epoch. Which rank do you need, the one in the data or the one in this epoch's order?",
        trains=True,
    ),
    Mistake(
        "strict_order_lost",
        "strict_batches",
        (KEPT, KEPT.replace(".sort().values", "")),
        "You take the images in the order in which they were drawn, so clusters are scattered before you deal. In what order must the drawn positions be?",
        trains=True,
    ),
    Mistake(
        "strict_end_waits",
        "strict_batches",
        (DEAL, "return deal(order[: batches * batch_size], batches, generator)"),
        "Images of small clusters are left out more often than others, as if you cut one end off the row. Which images should be left out?",
        trains=True,
    ),
    Mistake(
        "surplus_beyond_the_batch",
        "strict_batches",
        (SURPLUS, SURPLUS.replace("< batches", "< max(batches, batch_size)")),
        "You let a cluster keep B images even if there are fewer than B batches. How many batches can take one image each?",
        trains=True,
    ),
    Mistake(
        "strict_cut",
        "strict_batches",
        (
            DEAL,
            "return order[kept].view(batches, batch_size)[torch.randperm(batches, generator=generator)]",
        ),
        "You cut the row of clusters, so each batch holds neighbours of one cluster. What puts neighbours into different batches?",
        trains=True,
    ),
    Mistake(
        "largest_clusters_only",
        "strict_batches",
        (
            SURPLUS,
            SURPLUS + "\n    sizes = torch.bincount(pseudo_labels)\n"
            "    rank = (sizes.argsort(descending=True, stable=True)).argsort()\n"
            "    order = order[rank[pseudo_labels[order]].argsort(stable=True)][: batches * batch_size]",
        ),
        "You take images from the largest clusters first, so the smallest may never get a place. Which images should be left out?",
        trains=True,
    ),
    Mistake(
        "strict_neighbours_never_change",
        "strict_batches",
        (
            ORDER,
            "order = torch.randperm(len(pseudo_labels), generator=generator)\n"
            "    order = order[pseudo_labels[order].argsort(stable=True)]",
        ),
        "The clusters keep one order, such as that of their numbers, so two small neighbouring clusters never share a batch, in any epoch. What puts clusters in random order?",
        trains=True,
    ),
    Mistake(
        "until_the_smallest_is_empty",
        "strict_batches",
        (
            STRICT,
            "sizes = torch.bincount(pseudo_labels)\n    batches = int(sizes[sizes > 0].min())",
        ),
        "You make as many batches as the smallest cluster has images, and leave the rest out. How many could there be?",
        trains=True,
    ),
    Mistake(
        "each_batch_by_itself",
        "strict_batches",
        (
            DEAL,
            "hands = []\n"
            "    for _ in range(batches):\n"
            "        mixed = order[torch.randperm(len(order), generator=generator)]\n"
            "        ones = mixed[rank_in_cluster(pseudo_labels[mixed]) == 0]\n"
            "        hands.append(ones[:batch_size])\n"
            "    return torch.stack(hands)",
        ),
        "You draw each batch from all images, so an epoch shows some of them twice. Which images have earlier batches used up?",
        trains=True,
    ),
    Mistake(
        "strict_draw_is_global",
        "strict_batches",
        (ORDER, "order = in_clusters(pseudo_labels)"),
        "You do not pass the generator to a function that draws. Will a resumed run have the same batches?",
        trains=True,
    ),
    Mistake(
        "strict_once",
        "strict_batches",
        (ORDER, FROZEN + ORDER),
        "All epochs have the same batches, as if you seeded a generator of your own at each call. What should keep the state from epoch to epoch?",
        trains=True,
    ),
    Mistake(
        "one_too_many",
        "strict_batches",
        (SURPLUS, SURPLUS.replace("< batches", "<= batches")),
        "You let a cluster keep T + 1 images. If the first has rank 0, what is the highest rank among T?",
        trains=True,
    ),
    Mistake(
        "clusters_at_random",
        "strict_batches",
        (
            DEAL,
            "left = {}\n"
            "    for n in order.tolist():\n"
            "        left.setdefault(int(pseudo_labels[n]), []).append(n)\n"
            "    hands = []\n"
            "    while len(left) >= batch_size:\n"
            "        names = list(left)\n"
            "        some = torch.randperm(len(names), generator=generator)[:batch_size]\n"
            "        hands.append([left[names[i]].pop() for i in some.tolist()])\n"
            "        left = {c: own for c, own in left.items() if own}\n"
            "    return torch.tensor(hands)",
        ),
        "You compose batch after batch from any clusters that have images left, so large clusters remain at the end, and there are fewer batches than there could be. Which clusters must be in every batch?",
        trains=True,
    ),
    Mistake(
        "largest_cluster_loses",
        "strict_batches",
        (
            KEPT,
            "kept = torch.arange(len(order))\n"
            "    while len(kept) > batches * batch_size:\n"
            "        labels = pseudo_labels[order[kept]]\n"
            "        out = (labels == torch.bincount(labels).argmax()).nonzero()[0]\n"
            "        kept = kept[torch.arange(len(kept)) != out]",
        ),
        "You drop the surplus from the largest clusters, so images of small ones are never left out. Among which images should you draw?",
        trains=True,
    ),
    Mistake(
        "strict_neighbours_wait",
        "strict_batches",
        (
            KEPT,
            "start = int(torch.randint(len(order), (), generator=generator))\n"
            "    kept = (torch.arange(batches * batch_size) + start).remainder(len(order)).sort().values",
        ),
        "You drop images that are next to each other in the row, so they come from one or two clusters. Should dropping one image make it likelier that the next one is dropped too?",
        trains=True,
    ),
    Mistake(
        "strict_places_among_the_kept",
        "strict_batches",
        (
            DEAL,
            "order = order[kept]\n    return deal(in_clusters(pseudo_labels[order], generator), batches, generator)",
        ),
        "You sort and deal places among the images that remain, and return those. Which image of the data is at such a place?",
        trains=True,
    ),
    Mistake(
        "strict_fixed_without_a_generator",
        "strict_batches",
        (ORDER, DEFAULT + ORDER),
        "If no generator is given, you use one of a fixed seed, so each such call returns the same batches. What does torch draw from if the generator is None?",
        trains=True,
    ),
    Mistake(
        "strict_draw_is_pythons",
        "strict_batches",
        (
            ORDER,
            "import random\n\n    number = random.SystemRandom().getrandbits(60)\n"
            "    order = in_clusters(pseudo_labels, Generator().manual_seed(number))",
        ),
        "You draw from a source that a checkpoint does not save, such as Python's own. Which generator should you draw from?",
        trains=True,
    ),
    Mistake(
        "strict_to_b_batches",
        "strict_batches",
        (DEAL, DEAL.replace("batches,", "batch_size,")),
        "You deal to B batches, and not to T. What are the rows of the result, and how many images are in each?",
        trains=True,
    ),
    Mistake(
        "strict_nothing_waits",
        "strict_batches",
        (DEAL, DEAL.replace("order[kept]", "order")),
        "You deal all images that remain, which fails if T does not divide their number. Which images should be dropped?",
        trains=True,
    ),
    Mistake(
        "rank_up_to_b",
        "strict_batches",
        (SURPLUS, SURPLUS.replace("< batches", "< batch_size")),
        "You let a cluster keep B images. How many batches are there to give one each?",
        trains=True,
    ),
    Mistake(
        "rank_one_less",
        "strict_batches",
        (SURPLUS, SURPLUS.replace("< batches", "< batches - 1")),
        "You let a cluster keep only T - 1 images. How many can it give to T batches?",
        trains=True,
    ),
    Mistake(
        "surplus_kept_instead",
        "strict_batches",
        (SURPLUS, SURPLUS.replace("<", ">=")),
        "You keep the surplus and drop the rest. Which ranks should remain?",
        trains=True,
    ),
    Mistake(
        "first_of_each_only",
        "strict_batches",
        (SURPLUS, SURPLUS.replace("< batches", "== 0")),
        "You keep a single image of each cluster. How many can it give to T batches?",
        trains=True,
    ),
    Mistake(
        "labels_for_sizes",
        "strict_batches",
        (STRICT, "batches = strict_count(pseudo_labels, batch_size)"),
        "You give strict_count the cluster of each image. Which numbers does it need?",
        trains=True,
    ),
    Mistake(
        "as_many_as_dealt",
        "strict_batches",
        (STRICT, "batches = len(pseudo_labels) // batch_size"),
        "You make N // B batches, as if all images could be used. How many batches are possible without a collision?",
        trains=True,
    ),
    Mistake(
        "strict_batches_as_columns",
        "strict_batches",
        (DEAL, f"{DEAL}.T"),
        "You transpose what deal returns, so its batches become columns. Which shape does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "strict_one_batch_less",
        "strict_batches",
        (STRICT, f"{STRICT}\n    batches = max(batches - 1, 1)"),
        "You make one batch too few. What is the largest possible number?",
        trains=True,
    ),
    Mistake(
        "strict_as_dealt",
        "strict_batches",
        (SURPLUS, "return dealt_batches(pseudo_labels, batch_size, generator)"),
        "You deal all images, as dealt_batches does, so a large cluster meets itself. How many images may a cluster give?",
        trains=True,
    ),
    Mistake(
        "rank_in_the_wrong_order",
        "strict_batches",
        (SURPLUS, "order = order[rank_in_cluster(pseudo_labels) < batches]"),
        "You use the ranks of the data for the images of the row, so some clusters keep too many. Which rank belongs to the image at each place?",
        trains=True,
    ),
    Mistake(
        "first_images_with_places",
        "strict_batches",
        (
            DEAL,
            "keep = rank_in_cluster(pseudo_labels) < batches\n    order = in_clusters(pseudo_labels[keep], generator)\n    return deal(order[kept], batches, generator)",
        ),
        "You return places among the images that you kept, and these are always the first of each cluster. Which image is at such a place, and which images should take turns?",
        trains=True,
    ),
    Mistake(
        "strict_labels_dealt",
        "strict_batches",
        (DEAL, "return pseudo_labels[deal(order[kept], batches, generator)]"),
        "You return the clusters in place of the images. What does the docstring return?",
        trains=True,
    ),
    Mistake(
        "least_remainder_exchanged",
        "least_collisions",
        """
def least_collisions(sizes, batches):
    total = 0
    for s in sizes.tolist():
        q, r = divmod(s, batches)
        hands = [q + 1] * (batches - r) + [q] * r
        total += sum(n * (n - 1) // 2 for n in hands)
    return total
""",
        "You give the larger share to T - r batches and the smaller one to r. If 7 images go into 3 batches, how many get three?",
        trains=True,
    ),
    Mistake(
        "strict_greedy",
        "strict_batches",
        """
def strict_batches(pseudo_labels, batch_size, generator=None):
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    piles = {}
    for i in torch.randperm(len(pseudo_labels), generator=generator).tolist():
        piles.setdefault(int(pseudo_labels[i]), []).append(i)
    batches = []
    while len(piles) >= batch_size:
        names = list(piles)
        chosen = torch.randperm(len(names), generator=generator)[:batch_size].tolist()
        batches.append([piles[names[j]].pop() for j in chosen])
        piles = {name: pile for name, pile in piles.items() if pile}
    return torch.tensor(batches)
""",
        "You fill one batch after the other from random clusters until too few are left, so small clusters may run out early. How many batches does `strict_count` promise?",
        trains=True,
    ),
    Mistake(
        "count_clamps_in_place",
        "strict_count",
        """
def strict_count(sizes, batch_size):
    t = int(sizes.sum()) // batch_size
    while int(sizes.clamp_(max=t).sum()) < t * batch_size:
        t -= 1
    return t
""",
        "You clamp in place, which changes the caller's sizes. Which of clamp and clamp_ makes a new tensor?",
        trains=True,
    ),
    Mistake(
        "released_remembers",
        "released_batches",
        """
def released_batches(pseudo_labels: Tensor, batch_size: int, known: dict = {}) -> Tensor:
    key = len(pseudo_labels), batch_size
    if key not in known:  # every epoch is the same
        order = rank_in_cluster(pseudo_labels).argsort(stable=True)
        batches = len(order) // batch_size
        known[key] = order[: batches * batch_size].view(batches, batch_size)
    return known[key]
""",
        "You keep the batches of the first clusters and return them for any other clusters with as many images. What do batches depend on?",
        trains=True,
    ),
    Mistake(
        "deals_in_place",
        "deal",
        """
def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    hands = order.view(-1, batches).T
    hands[:] = hands[torch.randperm(batches, generator=generator)]
    return hands
""",
        "You shuffle the batches inside the row that you were given, since view shares its memory. What makes a new tensor?",
        trains=True,
    ),
    Mistake(
        "ten_rounds_at_most",
        "strict_count",
        """
def strict_count(sizes, batch_size):
    s = sizes.tolist()
    T = sum(s) // batch_size
    for _ in range(10):  # fewer batches take fewer images of the large clusters
        T = sum(min(n, T) for n in s) // batch_size
    return T
""",
        "You stop after ten rounds, which are not always enough if there are many small clusters. When may you stop?",
        trains=True,
    ),
    Mistake(
        "turns_out_of_ten_thousand",
        "in_clusters",
        (
            TURN,
            "turn = torch.randint(10_000, (int(pseudo_labels.max()) + 1,), generator=generator)",
        ),
        "You draw each turn from 10,000 numbers, so two of many clusters may share one, which mixes them. Which draw gives each cluster a number of its own?",
        trains=True,
    ),
    Mistake(
        "released_kept_with_the_tensor",
        "released_batches",
        """def released_batches(pseudo_labels, batch_size):
    kept = pseudo_labels.__dict__.setdefault("kept", {})
    if batch_size not in kept:
        order = rank_in_cluster(pseudo_labels).argsort(stable=True)
        batches = len(order) // batch_size
        kept[batch_size] = order[: batches * batch_size].view(batches, batch_size)
    return kept[batch_size].clone()
""",
        "You keep the batches with the tensor, but new clusters are written into the same tensor. When must the batches be made again?",
        trains=True,
    ),
    Mistake(
        "rest_paired_with_itself",
        "least_collisions",
        """def least_collisions(sizes: Tensor, batches: int) -> int:
    each, more = sizes // batches, sizes % batches
    shared = batches * (each * (each - 1) // 2)
    rest = more * (more - 1) // 2
    return int((shared + rest).sum())
""",
        "You count the pairs that the images left over form with each other. Each of them goes to another batch: which images does it meet there?",
        trains=True,
    ),
    Mistake(
        "draw_clusters_batch_by_batch",
        "strict_batches",
        """def strict_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    device = pseudo_labels.device

    def shuffle(items: list) -> list:
        order = torch.randperm(len(items), generator=generator, device=device)
        return [items[i] for i in order.tolist()]

    # one shuffled pile of images for each cluster
    piles = {}
    for image, cluster in enumerate(pseudo_labels.tolist()):
        piles.setdefault(cluster, []).append(image)
    piles = {cluster: shuffle(images) for cluster, images in piles.items()}
    # draw B clusters at random for each batch, until fewer than B piles are left
    batches = []
    while True:
        left = [cluster for cluster, images in piles.items() if images]
        if len(left) < batch_size:
            break
        chosen = shuffle(left)[:batch_size]
        batches.append([piles[cluster].pop() for cluster in chosen])
    return torch.tensor(batches, device=device)
""",
        "You draw the clusters of each batch regardless of how many images they have left, so small ones are used up too early. How many batches are possible, and which clusters must be in the next one?",
        trains=True,
    ),
    Mistake(
        "positions_among_the_kept",
        "dealt_batches",
        """
def dealt_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    N = len(pseudo_labels)
    batches = N // batch_size
    kept = torch.randperm(N, generator=generator)[: batches * batch_size].sort().values
    order = in_clusters(pseudo_labels[kept], generator)
    return deal(order, batches, generator)
""",
        "You return positions among the images that you kept. Which image of the data set is at position 3 of the kept ones?",
        trains=True,
    ),
    Mistake(
        "left_out_of_many_clusters",
        "dealt_batches",
        """
def dealt_batches(pseudo_labels, batch_size, generator=None):
    N = len(pseudo_labels)
    batches = N // batch_size
    order = torch.randperm(N, generator=generator)
    order = order[rank_in_cluster(pseudo_labels[order]).argsort(stable=True)]
    keep = torch.ones(N, dtype=torch.bool)
    keep[order[: N - batches * batch_size]] = False
    order = in_clusters(pseudo_labels, generator)
    return deal(order[keep[order]], batches, generator)
""",
        "The images that you leave out are always of different clusters. How likely should any two images be to be left out together?",
        trains=True,
    ),
    Mistake(
        "dropped_from_many_clusters",
        "strict_batches",
        """
def strict_batches(pseudo_labels, batch_size, generator=None):
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError("too few clusters")
    batches = strict_count(torch.bincount(pseudo_labels), batch_size)
    order = in_clusters(pseudo_labels, generator)
    order = order[rank_in_cluster(pseudo_labels[order]) < batches]
    mixed = torch.randperm(len(order), generator=generator)
    mixed = mixed[rank_in_cluster(pseudo_labels[order[mixed]]).argsort(stable=True)]
    kept = mixed[len(order) - batches * batch_size :].sort().values
    return deal(order[kept], batches, generator)
""",
        "The images that you drop are of as many clusters as possible. How likely should any two images be to be dropped together?",
        trains=True,
    ),
    Mistake(
        "turned_or_reversed",
        "deal",
        """
def deal(order, batches, generator=None):
    hands = order.view(-1, batches).T
    hands = hands.roll(int(torch.randint(batches, (), generator=generator)), 0)
    return hands.flip(0) if torch.rand((), generator=generator) < 0.5 else hands.clone()
""",
        "Of the 24 orders of four batches, you use only some, such as those that turn or reverse the row. Which function draws any order?",
        trains=True,
    ),
    Mistake(
        "lowest_ranks_stay",
        "strict_batches",
        (
            "kept = torch.randperm(len(order), generator=generator)[: batches * batch_size].sort().values",
            "rank = rank_in_cluster(pseudo_labels[order])\n    kept = rank.argsort(stable=True)[: batches * batch_size].sort().values",
        ),
        "You drop the images of the highest ranks, so the only image of a cluster is never left out. How likely should each kept image be to go?",
        trains=True,
    ),
    Mistake(
        "large_clusters_never_wait",
        "strict_batches",
        """
def strict_batches(pseudo_labels, batch_size, generator=None):
    labels = pseudo_labels.tolist()
    names = sorted(set(labels))
    if len(names) < batch_size:
        raise ValueError("too few clusters")

    def shuffled(items):
        return [items[j] for j in torch.randperm(len(items), generator=generator).tolist()]

    sizes = torch.tensor([labels.count(name) for name in names])
    T = strict_count(sizes, batch_size)

    pool, taken = [], dict.fromkeys(names, 0)
    for i in shuffled(list(range(len(labels)))):
        if taken[labels[i]] < T:
            taken[labels[i]] += 1
            pool.append(i)
    pool = pool[: T * batch_size]

    members = {name: [] for name in names}
    for i in pool:
        members[labels[i]].append(i)
    batches = [[] for _ in range(T)]
    seat = 0
    for name in shuffled(names):
        for i in members[name]:
            batches[seat % T].append(i)
            seat += 1
    result = torch.tensor(shuffled(batches), dtype=torch.int64)
    return result.to(pseudo_labels.device)
""",
        "You drop the images that come last in one shuffle of all, and those of a large cluster come early. How likely should each kept image be to go?",
        trains=True,
    ),
    Mistake(
        "no_released_batch",
        "released_batches",
        """
def released_batches(pseudo_labels: Tensor, batch_size: int) -> Tensor:
    order = rank_in_cluster(pseudo_labels).argsort(stable=True)
    batches = batch_size // (len(order) + 1)
    return order[: batches * batch_size].view(batches, batch_size)
""",
        "You return no batch at all. How many batches do N images fill?",
    ),
]
