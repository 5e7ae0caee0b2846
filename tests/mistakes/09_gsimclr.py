# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 9: wrong ways to count collisions and to put batches together, and what to say about each."""

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

MISTAKES = [
    # collisions
    Mistake(
        "every_pair_twice",
        "collisions",
        (PAIRS, "(count * (count - 1))"),
        "You count the pair (a, b) and the pair (b, a). How many pairs do two images make?",
        trains=True,
    ),
    Mistake(
        "pairs_with_itself",
        "collisions",
        (PAIRS, "(count * (count + 1) // 2)"),
        "You let each image make a pair with itself. How many pairs has a batch of one?",
        trains=True,
    ),
    Mistake(
        "images_too_many",
        "collisions",
        (PAIRS, "(count - 1).clamp(min=0)"),
        "You count the images beyond the first of each cluster. Three images of one cluster: is the second beside the third no pair?",
        trains=True,
    ),
    Mistake(
        "images_in_company",
        "collisions",
        (PAIRS, "count[count > 1]"),
        "You count images that are not alone in their cluster. Two such images make two images, and how many pairs?",
        trains=True,
    ),
    Mistake(
        "clusters_that_repeat",
        "collisions",
        (PAIRS, "(count > 1)"),
        "You count clusters that come more than once, whether twice or ten times. How many negatives are false among ten images of one cluster?",
        trains=True,
    ),
    Mistake(
        "neighbours_only",
        "collisions",
        "def collisions(labels):\n    return int((labels[1:] == labels[:-1]).sum())",
        "You compare each image with the next one only. Does the order inside a batch matter to the loss?",
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
        "You halve n - 1 and round down before you multiply, so two images make no pair. Of n and n - 1 one is even: when may you halve?",
        trains=True,
    ),
    # expected_collisions
    Mistake(
        "drawn_with_replacement",
        "expected_collisions",
        (SHARE, "int((sizes * sizes).sum()) / (N * N)"),
        "Your second image may be the first one again. How many images are left once one is drawn?",
        trains=True,
    ),
    Mistake(
        "all_left_in",
        "expected_collisions",
        (SHARE, "int((sizes * (sizes - 1)).sum()) / (N * N)"),
        "You take the first image out of its cluster, but not out of the N. How many are there to draw the second from?",
        trains=True,
    ),
    Mistake(
        "equal_clusters",
        "expected_collisions",
        (SHARE, "1 / int((sizes > 0).sum())"),
        "You take 1 / K for the chance that two images share a cluster. Is that so if one cluster holds nearly all images?",
        trains=True,
    ),
    Mistake(
        "ordered_pairs_of_a_batch",
        "expected_collisions",
        (BATCH, "batch_size * (batch_size - 1) * share"),
        "You count each pair of the batch twice. How many pairs do two images make?",
        trains=True,
    ),
    Mistake(
        "of_one_image",
        "expected_collisions",
        (BATCH, "(batch_size - 1) * share"),
        "You give the collisions of one image of the batch. How many images are there, and how many does each collision concern?",
        trains=True,
    ),
    Mistake(
        "of_an_epoch",
        "expected_collisions",
        (BATCH, BATCH + " * (N // batch_size)"),
        "You give the collisions of a whole epoch. Of how many batches does the docstring speak?",
        trains=True,
    ),
    Mistake(
        "pairs_with_itself_too",
        "expected_collisions",
        (BATCH, "batch_size * batch_size / 2 * share"),
        "You count B² / 2 pairs in a batch. Does an image make a pair with itself?",
        trains=True,
    ),
    # least_collisions
    Mistake(
        "rest_forgotten",
        "least_collisions",
        (LEAST, "(batches * (each * (each - 1) // 2))"),
        "The s mod T images that are left over cost nothing in your sum. Whom of their cluster do they meet in their batch?",
        trains=True,
    ),
    Mistake(
        "one_batch_only",
        "least_collisions",
        (LEAST, "(each * (each - 1) // 2 + more * each)"),
        "You count the pairs of one batch. How many batches hold s // T images of the cluster?",
        trains=True,
    ),
    Mistake(
        "rounded_up",
        "least_collisions",
        (LEAST, "(batches * ((each + (more > 0)) * (each + (more > 0) - 1) // 2))"),
        "You let every batch hold the larger number, as if the cluster had more images. How many batches get one more?",
        trains=True,
    ),
    Mistake(
        "surplus_counted_once",
        "least_collisions",
        (LEAST, "(sizes - batches).clamp(min=0)"),
        "Each image beyond the first T costs one in your sum. With how many of its cluster is the third image of a batch?",
        trains=True,
    ),
    Mistake(
        "rest_in_one_batch",
        "least_collisions",
        (LEAST, "(batches * (each * (each - 1) // 2) + more * each + more * (more - 1) // 2)"),
        "You put all images that are left over into one batch, where they meet each other. Where could each go alone?",
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
        "You double every pair. By what does the number of pairs of q images divide q (q - 1)?",
        trains=True,
    ),
    # rank_in_cluster
    Mistake(
        "rank_from_one",
        "rank_in_cluster",
        ("return rank", "return rank + 1"),
        "Your first image of each cluster has rank 1, as in the authors' code. How many of its cluster came before it?",
        trains=True,
    ),
    Mistake(
        "rank_from_the_end",
        "rank_in_cluster",
        ("return rank", "return sizes[pseudo_labels] - 1 - rank"),
        "You count the images of the cluster that come later. Which image of a cluster has rank 0?",
        trains=True,
    ),
    Mistake(
        "not_put_back",
        "rank_in_cluster",
        ("rank[order] =", "rank[:] ="),
        "Your ranks stand in the order of the sorted images. At which place does the rank of image order[0] belong?",
        trains=True,
    ),
    Mistake(
        "put_back_the_other_way",
        "rank_in_cluster",
        ("return rank", "return rank[order][order]"),
        "You move the ranks by the order once more than back. Does rank[order] = r put r at the places `order`, or take it from there?",
        trains=True,
    ),
    Mistake(
        "place_among_all",
        "rank_in_cluster",
        (" - first[pseudo_labels[order]]", ""),
        "You give the place among all sorted images. Where does the image's own cluster begin?",
        trains=True,
    ),
    Mistake(
        "of_other_clusters",
        "rank_in_cluster",
        ("return rank", "return torch.arange(len(rank)) - rank"),
        "You count earlier images of the other clusters. Which ones does the docstring count?",
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
        "Your count starts again when another cluster comes between. Does an image forget those of its cluster further up?",
        trains=True,
    ),
    # released_batches
    Mistake(
        "cluster_after_cluster",
        "released_batches",
        (RELEASED, "order = pseudo_labels.argsort(stable=True)"),
        "You sort by cluster, so a batch holds one cluster. By what does the authors' code sort?",
        trains=True,
    ),
    Mistake(
        "in_the_datas_order",
        "released_batches",
        (RELEASED, "order = torch.arange(len(pseudo_labels))"),
        "You cut the data as it is stored. Where do the clusters come in?",
        trains=True,
    ),
    Mistake(
        "ranks_downwards",
        "released_batches",
        (RELEASED, "order = rank_in_cluster(pseudo_labels).argsort(stable=True, descending=True)"),
        "You begin with the last images of the largest cluster. Which rank comes first?",
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
        "You order images of equal rank by cluster. In which order does the docstring put them?",
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
        "You shuffle images of equal rank, so epochs differ. What does the released code draw?",
        trains=True,
    ),
    Mistake(
        "dealt_not_cut",
        "released_batches",
        (CUT, "order[: batches * batch_size].view(batch_size, batches).T"),
        "You deal the order to the batches, which mends the flaw. The authors' code cuts: which images are neighbours in a batch?",
        trains=True,
    ),
    Mistake(
        "cut_at_the_front",
        "released_batches",
        (CUT, "order[len(order) - batches * batch_size :].view(batches, batch_size)"),
        "You leave out the first images of the order. Where is what fills no batch?",
        trains=True,
    ),
    Mistake(
        "batches_shuffled",
        "released_batches",
        (CUT, CUT + "[torch.randperm(batches)]"),
        "You shuffle the batches. Is the order of the authors' epochs ever another?",
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
        "Once the smallest cluster is used up, you go on in the data's order. What do the other clusters' ranks still say?",
        trains=True,
    ),
    # in_clusters
    Mistake(
        "clusters_by_number",
        "in_clusters",
        (TURN, "turn = torch.arange(int(pseudo_labels.max()) + 1)"),
        "Your clusters always come in the order of their numbers, so the same ones are neighbours in every epoch. What else is in random order?",
        trains=True,
    ),
    Mistake(
        "largest_cluster_first",
        "in_clusters",
        (
            TURN,
            "turn = torch.bincount(pseudo_labels).argsort(descending=True, stable=True).argsort()",
        ),
        "Your clusters always come by size, so the same ones are neighbours in every epoch. Who asked for large ones first?",
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
        "You begin with a random cluster, and go on by number: the same ones are neighbours in every epoch. How many orders have three clusters?",
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
        "You lay large clusters before small ones, and draw only among equals. Which cluster may be the first?",
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
        "A cluster has its turn where the first of its shuffled images lies, so large ones come early. How likely should each be the first?",
        trains=True,
    ),
    Mistake(
        "images_as_stored",
        "in_clusters",
        (SHUFFLE, "order = torch.arange(len(pseudo_labels))"),
        "Inside a cluster the images always follow each other as they are stored. What should two epochs have different?",
        trains=True,
    ),
    Mistake(
        "first_image_turned",
        "in_clusters",
        (
            SHUFFLE,
            "order = torch.arange(len(pseudo_labels)).roll(int(torch.randint(len(pseudo_labels), (), generator=generator)))",
        ),
        "You begin at a random image, and then follow the data's order. How many orders have three images?",
        trains=True,
    ),
    Mistake(
        "clusters_forgotten",
        "in_clusters",
        (GATHER, "return order"),
        "You shuffle all images, and that is all. Where do images of one cluster come together?",
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
        "You draw each image by itself, so some come twice and others not at all. What is a shuffle?",
        trains=True,
    ),
    Mistake(
        "places_for_images",
        "in_clusters",
        (GATHER, "return turn[pseudo_labels[order]].argsort(stable=True)"),
        "You return places of the shuffled row. Which image lies at such a place?",
        trains=True,
    ),
    Mistake(
        "some_clusters_merged",
        "in_clusters",
        (
            TURN,
            "turn = torch.randint(int(pseudo_labels.max()) + 1, (int(pseudo_labels.max()) + 1,), generator=generator)",
        ),
        "You draw each cluster's turn by itself, so two clusters can have the same one, and mix. How do you draw different turns?",
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
        "You shuffle the ranks once, for all clusters alike: images of equal rank always stand at the same place of their clusters. How many shuffles are needed?",
        trains=True,
    ),
    Mistake(
        "generator_ignored",
        "in_clusters",
        (SHUFFLE, "generator = None\n    " + SHUFFLE),
        "You draw from torch's global generator though one is given. Can the run be repeated from its seed?",
        trains=True,
    ),
    Mistake(
        "seeded_inside",
        "in_clusters",
        (SHUFFLE, FROZEN + SHUFFLE),
        "You seed a generator of your own at each call, so every epoch is the same. Who keeps the state from epoch to epoch?",
        trains=True,
    ),
    # deal
    Mistake(
        "cut_like_bread",
        "deal",
        (HANDS, "hands = order.view(batches, -1)"),
        "You cut the row into batches, so a batch gets what follows each other: one cluster. To whom goes the second card?",
        trains=True,
    ),
    Mistake(
        "turned_and_cut",
        "deal",
        (HANDS, "hands = order.view(batches, -1).T.reshape(batches, -1)"),
        "You make a row of the order for each batch, and then read the columns: you deal to B players and cut at T. How many players are there?",
        trains=True,
    ),
    Mistake(
        "snake",
        "deal",
        (
            HANDS,
            "hands = order.view(-1, batches).clone()\n    hands[1::2] = hands[1::2].flip(1)\n    hands = hands.T",
        ),
        "You deal to and fro, so the last player gets two cards in a row. Of which cluster are two cards in a row?",
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
        "You shuffle the players in every round. A cluster that goes on into the next round then meets itself: in what order must the second round go?",
        trains=True,
    ),
    Mistake(
        "cards_shuffled",
        "deal",
        (HANDS, "order = order[torch.randperm(len(order), generator=generator)]\n    " + HANDS),
        "You shuffle the cards, so clusters no longer follow each other. What is dealt out evenly now?",
        trains=True,
    ),
    Mistake(
        "batches_in_order",
        "deal",
        (MIX, "return hands"),
        "Your first batch always holds the first card. Which batch of an epoch should that be?",
        trains=True,
    ),
    Mistake(
        "batches_turned",
        "deal",
        (MIX, "return hands.roll(int(torch.randint(batches, (), generator=generator)), 0)"),
        "You begin with a random batch, and go on in order. How many orders have three batches?",
        trains=True,
    ),
    Mistake(
        "deal_ignores_generator",
        "deal",
        (MIX, "return hands[torch.randperm(batches)]"),
        "You put the batches in order by torch's global generator though one is given. Which numbers does a checkpoint keep?",
        trains=True,
    ),
    Mistake(
        "deal_seeded_inside",
        "deal",
        (MIX, FROZEN + MIX),
        "You seed a generator of your own at each call, so the batches always come in one order. Who keeps the state?",
        trains=True,
    ),
    # dealt_batches
    Mistake(
        "dealt_at_random",
        "dealt_batches",
        (ORDER, "order = torch.randperm(len(pseudo_labels), generator=generator)"),
        "Your batches are random: clusters play no part. What must be neighbours before you deal?",
        trains=True,
        ties=("order_lost",),
    ),
    Mistake(
        "order_lost",
        "dealt_batches",
        (KEPT, KEPT.replace(".sort().values", "")),
        "You take the images in the order in which they were drawn, so clusters are torn apart. In which order must the drawn places stand?",
        trains=True,
        ties=("dealt_at_random",),
    ),
    Mistake(
        "last_cluster_waits",
        "dealt_batches",
        (DEAL, "return deal(order[: batches * batch_size], batches, generator)"),
        "You cut off the end of the row: the last cluster waits, and an image of a small cluster more often than others. Who should wait?",
        trains=True,
    ),
    Mistake(
        "last_images_never_come",
        "dealt_batches",
        (ORDER, "order = in_clusters(pseudo_labels[: batches * batch_size], generator)"),
        "You leave out the last images of the data, in every epoch. Who should wait?",
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
        "Only images of the largest cluster wait, so they are seen less often. Who should wait?",
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
        "Those who wait stand side by side in the row, so they are of one cluster or two. What do any two have in common?",
        trains=True,
    ),
    Mistake(
        "order_drawn_once",
        "dealt_batches",
        (ORDER, "order = in_clusters(pseudo_labels, Generator().manual_seed(0))"),
        "Your row is the same in every epoch; new are only who waits and the order of batches. What does in_clusters need, to draw anew?",
        trains=True,
    ),
    Mistake(
        "drawn_twice",
        "dealt_batches",
        (
            KEPT,
            "kept = torch.randint(len(order), (batches * batch_size,), generator=generator).sort().values",
        ),
        "You draw each place by itself, so an image can come twice. What is an image's own copy in the batch: a negative?",
        trains=True,
    ),
    Mistake(
        "cut_instead_of_dealt",
        "dealt_batches",
        (
            DEAL,
            "return order[kept].view(batches, batch_size)[torch.randperm(batches, generator=generator)]",
        ),
        "You cut the row of clusters, so a batch is as much of one cluster as can be. Which function of yours spreads them?",
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
        "Each image goes to any of the emptiest batches, so a cluster can meet itself where a round ends. Which of them holds none of its cluster yet?",
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
        "You lay the clusters in the order of their numbers: images of two small clusters side by side never meet. Which function of yours mixes clusters, too?",
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
        "Inside a cluster your images stand as they are stored, so the same ones are always dealt together or apart. What does in_clusters shuffle?",
        trains=True,
    ),
    Mistake(
        "one_draw_is_global",
        "dealt_batches",
        (ORDER, "order = in_clusters(pseudo_labels)"),
        "One of your draws does not get the generator. Can the run be repeated from its seed?",
        trains=True,
    ),
    Mistake(
        "dealt_once",
        "dealt_batches",
        (ORDER, FROZEN + ORDER),
        "You seed a generator of your own at each call, so all epochs have the same batches, as in the released code. Who keeps the state?",
        trains=True,
    ),
    # strict_count
    Mistake(
        "all_that_images_fill",
        "strict_count",
        (MAX, "return most"),
        "You count the batches that all images could fill. How many images of a cluster of 30 can 5 batches use?",
    ),
    Mistake(
        "smallest_cluster",
        "strict_count",
        (
            MAX,
            "full = sizes[sizes > 0]\n    return int(full.min()) if len(full) >= batch_size else 0",
        ),
        "You stop where the smallest cluster is used up. Are there not others that can fill a batch without it?",
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
        "You use the B largest clusters only, until one is empty. Can small clusters not take turns?",
        trains=True,
    ),
    Mistake(
        "cut_once",
        "strict_count",
        (MAX, "return int(sizes.clamp(max=most).sum()) // batch_size"),
        "You cut large clusters to N // B images, once. With fewer batches, may a cluster still give as many?",
    ),
    Mistake(
        "exactly_full_refused",
        "strict_count",
        (COUNT, COUNT.replace("= [t", "= [0] + [t").replace(">=", ">")),
        "You ask for more images than the batches need. Is exactly enough not enough?",
        trains=True,
    ),
    Mistake(
        "last_not_tried",
        "strict_count",
        (COUNT, COUNT.replace("= [t", "= [0] + [t").replace("most + 1", "most")),
        "Your range ends before N // B. When can all images be used?",
        trains=True,
    ),
    Mistake(
        "whole_rounds",
        "strict_count",
        (MAX, "return int(sum((sizes > r).sum() // batch_size for r in range(int(sizes.max()))))"),
        "You take round after round, one image of each cluster, and throw away what fills no batch of that round. Can it not join the next round's images?",
        trains=True,
    ),
    # strict_batches
    Mistake(
        "surplus_stays",
        "strict_batches",
        (SURPLUS, "order = order.clone()"),
        "You deal from all images, so a cluster with more than T of them meets itself. How many may it give?",
        trains=True,
    ),
    Mistake(
        "always_the_first_images",
        "strict_batches",
        (SURPLUS, "order = order[rank_in_cluster(pseudo_labels)[order] < batches]"),
        "Of a large cluster you keep the first images of the data, in every epoch. Whose rank is asked for: in the data, or in this epoch's order?",
        trains=True,
    ),
    Mistake(
        "strict_order_lost",
        "strict_batches",
        (KEPT, KEPT.replace(".sort().values", "")),
        "You take the images in the order in which they were drawn, so clusters are torn apart before you deal. In which order must the drawn places stand?",
        trains=True,
    ),
    Mistake(
        "strict_end_waits",
        "strict_batches",
        (DEAL, "return deal(order[: batches * batch_size], batches, generator)"),
        "You cut off the end of the row, so an image of a small cluster waits more often than others. Who should wait?",
        trains=True,
    ),
    Mistake(
        "surplus_beyond_the_batch",
        "strict_batches",
        (SURPLUS, SURPLUS.replace("< batches", "< max(batches, batch_size)")),
        "You let a cluster keep B images if there are fewer batches than that. How many batches can take one each?",
        trains=True,
    ),
    Mistake(
        "strict_cut",
        "strict_batches",
        (
            DEAL,
            "return order[kept].view(batches, batch_size)[torch.randperm(batches, generator=generator)]",
        ),
        "You cut the row of clusters, so a batch holds neighbours: one cluster. What gives neighbours to different batches?",
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
        "You fill up with the largest clusters first, so the smallest never gets a place. Who should wait?",
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
        "Your clusters lie by number, so two small ones side by side are never in one batch, in any epoch. What lays them in random order?",
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
        "You draw each batch from all images, so an epoch shows some of them twice. What has an earlier batch of this epoch used up?",
        trains=True,
    ),
    Mistake(
        "strict_draw_is_global",
        "strict_batches",
        (ORDER, "order = in_clusters(pseudo_labels)"),
        "A function that draws is called without the generator. Will a resumed run have the same batches?",
        trains=True,
    ),
    Mistake(
        "strict_once",
        "strict_batches",
        (ORDER, FROZEN + ORDER),
        "You seed a generator of your own at each call, so all epochs have the same batches. Who keeps the state?",
        trains=True,
    ),
]
