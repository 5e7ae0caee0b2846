# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 10: what one gets wrong when curating batches."""

from lessons.course.mistakes import Mistake

UNIT = "z1, z2 = F.normalize(z1.float(), dim=1), F.normalize(z2.float(), dim=1)"
TABLE = "distance = torch.cdist(z1, z2, compute_mode=exact)"
POSITIVE = "return distance.diagonal(), distance[other].view(B, B - 1)"
GAP = "return negative.mean() - positive.mean()"
NEAR = "near = negative.quantile(quantile, dim=1)"
SHARE = "return (positive > near).float().mean()"
LENGTH_ONE = "z1, z2 = (F.normalize(z.cpu().double(), dim=1) for z in (z1, z2))"
COVARIANCE = "z.T.cov(correction=0) + SHRINKAGE / len(identity) * identity"
ROOT = "root = vectors * values.clamp(min=0).sqrt() @ vectors.T"
CROSS = "cross = torch.linalg.eigvalsh(root @ S2 @ root).clamp(min=0).sqrt().sum()"
MEANS = "means = (z1.mean(0) - z2.mean(0)).square().sum()"
WHOLE = "return (means + S1.trace() + S2.trace() - 2 * cross).clamp(min=0)"
NORMS = "[m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]"
SET = "m.training, m.track_running_stats = True, False"
ASK = "with torch.no_grad():\n            return model.project(x)"
BACK = "m.training, m.track_running_stats = training, tracked"
START = "start = torch.maximum(a[:, :2], b[:, :2])"
END = "end = torch.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])"
PRODUCT = "return (end - start).clamp(min=0).prod(1)"
UNION = "return shared / (area(a) + area(b) - shared)"
ANY = 'return int(torch.randint(len(draws), (1,), generator=self.generators["tries"]))'
ORDER = 'order = sorted(range(len(draws)), key=lambda i: (draws[i]["badness"], -draws[i]["gap"]))'
KEY = '(draws[i]["badness"], -draws[i]["gap"])'
TAKE = 'return order[-1] if self.rule == "reversed" else order[0]'

MISTAKES = [
    # pair_distances
    Mistake(
        "raw_lengths",
        "pair_distances",
        (UNIT, "z1, z2 = z1.float(), z2.float()"),
        "You measure projections as they are, so long ones are far from everything. On what does NT-Xent compare them?",
        trains=True,
    ),
    Mistake(
        "normalised_columns",
        "pair_distances",
        (UNIT, UNIT.replace("dim=1", "dim=0")),
        "You give each column of the batch length 1. Which dimension holds the numbers of one projection?",
        trains=True,
    ),
    Mistake(
        "only_first_normalised",
        "pair_distances",
        (UNIT, "z1, z2 = F.normalize(z1.float(), dim=1), z2.float()"),
        "You bring only the first views to length 1. What about the second?",
        trains=True,
    ),
    Mistake(
        "squared_distances",
        "pair_distances",
        (TABLE, f"{TABLE}.square()"),
        "Your distances are squared: 2 - 2 u · v. What is left to do?",
        trains=True,
    ),
    Mistake(
        "one_less_cosine",
        "pair_distances",
        (TABLE, "distance = 1 - z1 @ z2.T"),
        "You return 1 less the cosine. How long is the straight line between two points of a circle at 90 degrees?",
        trains=True,
    ),
    Mistake(
        "angles",
        "pair_distances",
        (TABLE, "distance = (z1 @ z2.T).clamp(-1, 1).arccos()"),
        "You measure along the sphere, so opposite points are pi apart. Which distance has 2 as its greatest?",
        trains=True,
    ),
    Mistake(
        "city_block",
        "pair_distances",
        (TABLE, "distance = torch.cdist(z1, z2, p=1)"),
        "You add absolute differences. Which norm is |u - v|?",
        trains=True,
    ),
    Mistake(
        "root_of_a_rounding_error",
        "pair_distances",
        (TABLE, "distance = (2 - 2 * z1 @ z2.T).sqrt()"),
        "Between equal views 2 - 2 u · v is 0 only up to rounding. What is the root of a number just below 0?",
        trains=True,
    ),
    Mistake(
        "same_view_compared",
        "pair_distances",
        (TABLE, "distance = torch.cdist(z1, z1, compute_mode=exact)"),
        "You compare the first views with themselves, so every positive is at 0 and no batch is ever bad. Where do the second views come in?",
        trains=True,
    ),
    Mistake(
        "second_views_ask",
        "pair_distances",
        (TABLE, f"{TABLE}.T"),
        "Row b holds the distances from view 2 of image b. From which view does the docstring measure?",
        trains=True,
    ),
    Mistake(
        "first_column_dropped",
        "pair_distances",
        (POSITIVE, "return distance.diagonal(), distance[:, 1:]"),
        "You drop the first column of the table in every row. Which entry of row b is no negative?",
        trains=True,
    ),
    Mistake(
        "next_image_is_positive",
        "pair_distances",
        (POSITIVE, "return distance.roll(1, 0).diagonal(), distance[other].view(B, B - 1)"),
        "Your positives are of two neighbouring images. Which entries of the table belong to one image?",
        trains=True,
    ),
    Mistake(
        "negatives_of_the_first_views",
        "pair_distances",
        (
            POSITIVE,
            "return distance.diagonal(), torch.cdist(z1, z1, compute_mode=exact)[other].view(B, B - 1)",
        ),
        "Your negatives are between first views. From view 1 to which view of every other image does the docstring measure?",
        trains=True,
    ),
    Mistake(
        "sorted_negatives",
        "pair_distances",
        (POSITIVE, f"{POSITIVE}.sort(dim=1).values"),
        "You sort the negatives, so a column no longer belongs to an image. In which order are they asked for?",
        trains=True,
    ),
    # gap
    Mistake(
        "gap_backwards",
        "gap",
        (GAP, "return positive.mean() - negative.mean()"),
        "You subtract the negatives from the positives: a good batch gets a low number. Is a wide gap good or bad?",
        trains=True,
    ),
    Mistake(
        "nearest_negative_only",
        "gap",
        (GAP, "return negative.min(dim=1).values.mean() - positive.mean()"),
        "You compare with the nearest negative of each image. The mean of which distances is asked for?",
        trains=True,
    ),
    Mistake(
        "medians",
        "gap",
        (GAP, "return negative.median() - positive.median()"),
        "You take medians. What does the docstring take?",
        trains=True,
    ),
    Mistake(
        "positives_among_negatives",
        "gap",
        (GAP, "return torch.cat([negative.flatten(), positive]).mean() - positive.mean()"),
        "You average over all B² pairs. Are an image's own two views a negative?",
        trains=True,
    ),
    Mistake(
        "sums_of_distances",
        "gap",
        (GAP, "return (negative.sum() - positive.sum()) / len(positive)"),
        "You divide both sums by B. How many negatives are there?",
        trains=True,
    ),
    Mistake(
        "squares_of_distances",
        "gap",
        (GAP, "return negative.square().mean() - positive.square().mean()"),
        "You average squares. Is the mean of squares the square of the mean?",
        trains=True,
    ),
    Mistake(
        "ratio_of_means",
        "gap",
        (GAP, "return 1 - positive.mean() / negative.mean()"),
        "You divide by the negatives' mean. Is a difference of distances asked for, or a share?",
        trains=True,
    ),
    # violation
    Mistake(
        "share_that_agrees",
        "violation",
        (SHARE, "return (positive <= near).float().mean()"),
        "You return the share of images that are not violated, so the worst batch looks best. What is low for a good batch?",
        trains=True,
    ),
    Mistake(
        "ties_are_violations",
        "violation",
        (SHARE, "return (positive >= near).float().mean()"),
        "A positive as far as its near negatives counts as violated. What if all projections are at one place?",
        trains=True,
    ),
    Mistake(
        "quantile_of_the_batch",
        "violation",
        (NEAR, "near = negative.quantile(quantile)"),
        "You take one quantile of all negatives of the batch. Whose negatives should an image be compared with?",
        trains=True,
    ),
    Mistake(
        "upper_quantile",
        "violation",
        (NEAR, "near = negative.quantile(1 - quantile, dim=1)"),
        "You compare with the farthest negatives. Below which distance should a share q of them lie?",
        trains=True,
    ),
    Mistake(
        "always_the_nearest",
        "violation",
        (NEAR, "near = negative.min(dim=1).values"),
        "You compare with the nearest negative, whatever q is. That is q = 0; what of the others?",
        trains=True,
    ),
    Mistake(
        "always_five_hundredths",
        "violation",
        (NEAR, "near = negative.quantile(QUANTILE, dim=1)"),
        "You always use 0.05. What happens to the quantile that the caller gives?",
        trains=True,
    ),
    Mistake(
        "mean_negative",
        "violation",
        (NEAR, "near = negative.mean(dim=1)"),
        "You compare with an image's mean negative. What share of them lies below that?",
        trains=True,
    ),
    Mistake(
        "without_interpolation",
        "violation",
        (NEAR, 'near = negative.quantile(quantile, dim=1, interpolation="lower")'),
        "Between two negatives you take the lower. Where between them does the quantile lie?",
        trains=True,
    ),
    Mistake(
        "share_of_pairs",
        "violation",
        (SHARE, "return (positive[:, None] > negative).float().mean()"),
        "You count pairs of a positive and a negative. Of what is the violation the share?",
        trains=True,
    ),
    Mistake(
        "count_of_violations",
        "violation",
        (SHARE, "return (positive > near).float().sum()"),
        "You count violated images. By what do you divide to get a share?",
        trains=True,
    ),
    Mistake(
        "how_much_farther",
        "violation",
        (SHARE, "return (positive - near).clamp(min=0).mean()"),
        "You measure how much farther the positives are. Is a length asked for, or a share of images?",
        trains=True,
    ),
    Mistake(
        "mean_positive_violates",
        "violation",
        (SHARE, "return (positive.mean() > near).float().mean()"),
        "You compare the mean positive of the batch. Whose two views are farther apart than whose negatives?",
        trains=True,
    ),
    # frechet_distance
    Mistake(
        "frechet_raw_lengths",
        "frechet_distance",
        (LENGTH_ONE, "z1, z2 = (z.cpu().double() for z in (z1, z2))"),
        "You measure projections of any length. What does the docstring do with them first?",
        trains=True,
    ),
    Mistake(
        "single_precision",
        "frechet_distance",
        (LENGTH_ONE, LENGTH_ONE.replace("double", "float")),
        "You compute in float32: of two equal sets about 0.0001 is left over. What is the last operation, and between what numbers?",
        trains=True,
    ),
    Mistake(
        "divided_by_one_less",
        "frechet_distance",
        (COVARIANCE, COVARIANCE.replace("correction=0", "correction=1")),
        "You divide by B - 1. By what does the comment divide?",
        trains=True,
    ),
    Mistake(
        "around_zero",
        "frechet_distance",
        (COVARIANCE, COVARIANCE.replace("z.T.cov(correction=0)", "z.T @ z / len(z)")),
        "You multiply without taking off the mean, so where a set lies counts twice. What is a covariance around?",
        trains=True,
    ),
    Mistake(
        "variances_only",
        "frechet_distance",
        (COVARIANCE, COVARIANCE.replace("z.T.cov(correction=0)", "z.var(0, correction=0).diag()")),
        "You keep the variances and drop what is beside the diagonal. What changes when both sets are rotated?",
        trains=True,
    ),
    Mistake(
        "no_shrinkage",
        "frechet_distance",
        (f"({COVARIANCE} for z in (z1, z2))", "(z.T.cov(correction=0) for z in (z1, z2))"),
        "You add nothing to the covariances. What is one of three vectors in seven dimensions?",
        trains=True,
    ),
    Mistake(
        "whole_shrinkage",
        "frechet_distance",
        (COVARIANCE, COVARIANCE.replace(" / len(identity)", "")),
        "You add SHRINKAGE to every variance. Over how many dimensions is it shared out?",
        trains=True,
    ),
    Mistake(
        "no_means",
        "frechet_distance",
        (MEANS, "means = 0 * z1.sum()"),
        "You compare shapes only. How far apart are two equal clouds at two places?",
        trains=True,
    ),
    Mistake(
        "means_not_squared",
        "frechet_distance",
        (MEANS, "means = (z1.mean(0) - z2.mean(0)).norm()"),
        "You add the distance of the means. What power has it in the formula?",
        trains=True,
    ),
    Mistake(
        "mean_over_dimensions",
        "frechet_distance",
        (MEANS, "means = (z1.mean(0) - z2.mean(0)).square().mean()"),
        "You average the squares over the dimensions. What is |m|^2?",
        trains=True,
    ),
    Mistake(
        "pair_by_pair",
        "frechet_distance",
        (MEANS, "means = (z1 - z2).square().sum(1).mean()"),
        "You compare each pair of views. Does a distance of two sets know who belongs to whom?",
        trains=True,
    ),
    Mistake(
        "cross_once",
        "frechet_distance",
        (WHOLE, WHOLE.replace("2 * cross", "cross")),
        "You subtract the cross term once, so a set is not at 0 from itself. Which number stands before it?",
        trains=True,
    ),
    Mistake(
        "no_root",
        "frechet_distance",
        (CROSS, CROSS.replace(".clamp(min=0).sqrt()", "")),
        "You add the eigenvalues, not their roots. What is the exponent 1/2 for?",
        trains=True,
    ),
    Mistake(
        "root_of_the_trace",
        "frechet_distance",
        (CROSS, "cross = (root @ S2 @ root).trace().clamp(min=0).sqrt()"),
        "You take the root of the sum of eigenvalues. Is that the sum of their roots?",
        trains=True,
    ),
    Mistake(
        "root_of_entries",
        "frechet_distance",
        (ROOT, "root = S1.abs().sqrt()"),
        "You take the root of each entry. What must root @ root give?",
        trains=True,
    ),
    Mistake(
        "product_of_roots",
        "frechet_distance",
        (
            CROSS,
            "values2, vectors2 = torch.linalg.eigh(S2)\n"
            "    cross = (root @ (vectors2 * values2.clamp(min=0).sqrt() @ vectors2.T)).trace()",
        ),
        "You multiply the two roots. That is the root of the product only if both matrices share their axes; do they?",
        trains=True,
    ),
    Mistake(
        "sorted_eigenvalues",
        "frechet_distance",
        (CROSS, "cross = (values * torch.linalg.eigvalsh(S2)).clamp(min=0).sqrt().sum()"),
        "You multiply the eigenvalues of both in order, as if the axes were the same. Which matrix has the eigenvalues that you need?",
        trains=True,
    ),
    Mistake(
        "root_at_the_end",
        "frechet_distance",
        (WHOLE, f"{WHOLE}.sqrt()"),
        "You return the root. Is the distance asked for, or its square?",
        trains=True,
    ),
    Mistake(
        "below_zero",
        "frechet_distance",
        (WHOLE, "return means + S1.trace() + S2.trace() - 2 * cross - 1e-10"),
        "Between equal sets rounding leaves you a little below 0. What is the least squared distance?",
        trains=True,
    ),
    # embed
    Mistake(
        "in_evaluation",
        "embed",
        (SET, "m.training, m.track_running_stats = False, True"),
        "You ask in evaluation mode, with running averages. With what do norms divide in training?",
        trains=True,
    ),
    Mistake(
        "as_it_is",
        "embed",
        (SET, "pass"),
        "You ask the model as it is: in training the running averages move, and learn from draws that are thrown away. How do you keep them still?",
        trains=True,
    ),
    Mistake(
        "running_averages_move",
        "embed",
        (SET, "m.training = True"),
        "The norms use this batch, and write it into their running averages. Which switch of a norm says whether it keeps a record?",
        trains=True,
    ),
    Mistake(
        "momentum_zero",
        "embed",
        (
            f"{SET}\n    try:\n        {ASK}\n    finally:",
            "m.training, m.momentum = True, 0.0\n    try:\n        " + ASK + "\n    finally:",
        ),
        "With momentum 0 the averages stay, but the counter moves and the momentum is 0 for good. What else does a norm write down?",
        trains=True,
    ),
    Mistake(
        "the_counter_moves",
        "embed",
        (
            f"{ASK}\n    finally:",
            f"{ASK}\n    finally:\n        for m in norms:\n"
            "            if m.num_batches_tracked is not None:\n"
            "                m.num_batches_tracked += 1",
        ),
        "The averages stay, but the norms count a batch that was never trained on. What besides mean and variance do they keep?",
        trains=True,
    ),
    Mistake(
        "not_put_back",
        "embed",
        (BACK, "pass"),
        "The norms never keep a record again: at evaluation their averages are those of the first step. What must be put back?",
        trains=True,
    ),
    Mistake(
        "put_back_unless_it_fails",
        "embed",
        (
            f"try:\n        {ASK}\n    finally:\n        for m, (training, tracked) in zip(norms, modes, strict=True):\n            {BACK}",
            "with torch.no_grad():\n        z = model.project(x)\n    for m, (training, tracked) in zip(norms, modes, strict=True):\n"
            f"        {BACK}\n    return z",
        ),
        "If project raises an error, the norms stay switched off. Which statement runs in any case?",
        trains=True,
    ),
    Mistake(
        "always_on_afterwards",
        "embed",
        (BACK, "m.training, m.track_running_stats = True, True"),
        "Afterwards every norm trains and keeps a record, whatever it did before. Where were the old modes written down?",
        trains=True,
    ),
    Mistake(
        "one_mode_for_all",
        "embed",
        (BACK, "m.training, m.track_running_stats = model.training, tracked"),
        "You give every norm the mode of the whole model. What if one was frozen by hand?",
        trains=True,
    ),
    Mistake(
        "only_two_dimensional_norms",
        "embed",
        (NORMS, "[m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]"),
        "You look after BatchNorm2d alone. Which norms stand in the projector?",
        trains=True,
    ),
    Mistake(
        "only_children",
        "embed",
        (NORMS, NORMS.replace("model.modules()", "model.children()")),
        "You look at the model's direct parts. Where are the norms that lie inside those?",
        trains=True,
    ),
    Mistake(
        "graph_kept",
        "embed",
        (ASK, "return model.project(x)"),
        "The projections keep their history, and with R draws R times the memory. Who will ever call backward on a score?",
        trains=True,
    ),
    Mistake(
        "gradients_off_for_good",
        "embed",
        (ASK, "torch.set_grad_enabled(False)\n        return model.project(x)"),
        "You switch gradients off and never on again: nothing learns from here on. Which form of the switch ends by itself?",
    ),
    Mistake(
        "parameters_frozen",
        "embed",
        (ASK, "return model.requires_grad_(False).project(x)"),
        "You freeze the parameters, and they stay frozen. How else can you ask without a gradient?",
    ),
    Mistake(
        "everything_in_evaluation",
        "embed",
        (
            SET,
            "pass\n    for m in model.modules():\n        if m not in norms:\n            m.training = False\n    for m in norms:\n        "
            + SET,
        ),
        "You put all other modules into evaluation mode and leave them there. Whose mode may embed change, and for how long?",
        trains=True,
    ),
    Mistake(
        "gradients_on_again",
        "embed",
        (
            f"try:\n        {ASK}\n    finally:\n",
            "try:\n        torch.set_grad_enabled(False)\n        return model.project(x)\n    finally:\n        torch.set_grad_enabled(True)\n",
        ),
        "You switch gradients on when you are done, also for a caller who had them off. What puts back what was there?",
        trains=True,
    ),
    Mistake(
        "copied_in_training",
        "embed",
        (
            f"try:\n        {ASK}",
            "import copy\n\n    try:\n        with torch.no_grad():\n            return copy.deepcopy(model).train().project(x)",
        ),
        "The whole network is in training mode while you ask, dropout included. Which modules' mode should change?",
        trains=True,
    ),
    # intersection
    Mistake(
        "apart_by_both_sides",
        "intersection",
        (PRODUCT, "return (end - start).prod(1).clamp(min=0)"),
        "Two boxes apart by rows and by columns have two negative sides, and their product is positive. When must you cut at 0?",
        trains=True,
    ),
    Mistake(
        "sides_of_any_sign",
        "intersection",
        (PRODUCT, "return (end - start).abs().prod(1)"),
        "You drop the sign of a side, so boxes that are apart share what lies between them. What is a side below 0?",
        trains=True,
    ),
    Mistake(
        "sizes_as_corners",
        "intersection",
        (END, "end = torch.minimum(a[:, 2:], b[:, 2:])"),
        "You read height and width as the place where a box ends. Where does a box end that begins at 3 and is 4 high?",
        trains=True,
    ),
    Mistake(
        "box_around_both",
        "intersection",
        (
            f"{START}\n    {END}",
            f"{START.replace('maximum', 'minimum')}\n    {END.replace('minimum', 'maximum')}",
        ),
        "You measure the box around both. Does what they share begin where the earlier or where the later begins?",
        trains=True,
    ),
    Mistake(
        "last_pixel_counted_twice",
        "intersection",
        (PRODUCT, "return (end - start + 1).clamp(min=0).prod(1)"),
        "You add 1 to each side. A box with top 0 and height 2 holds rows 0 and 1: where does it end?",
        trains=True,
    ),
    Mistake(
        "rows_only",
        "intersection",
        (PRODUCT, "return (end - start).clamp(min=0)[:, 0] * torch.minimum(a[:, 3], b[:, 3])"),
        "You cut the rows and take the smaller width whole. Where do the columns begin and end?",
        trains=True,
    ),
    Mistake(
        "sum_of_sides",
        "intersection",
        (PRODUCT, "return (end - start).clamp(min=0).sum(1)"),
        "You add height and width. How many pixels has a box of 2 by 3?",
        trains=True,
    ),
    Mistake(
        "smaller_box",
        "intersection",
        (PRODUCT, "return torch.minimum(area(a), area(b)) * (end > start).all(1)"),
        "If two boxes meet you count the smaller one whole. How much of it lies in the other?",
        trains=True,
    ),
    # overlap
    Mistake(
        "both_counted_twice",
        "overlap",
        (UNION, "return shared / (area(a) + area(b))"),
        "Equal boxes overlap by 1/2 with you: what lies in both is counted twice below. How many pixels lie in either?",
        trains=True,
    ),
    Mistake(
        "dice",
        "overlap",
        (UNION, "return 2 * shared / (area(a) + area(b))"),
        "You divide by the mean area of the boxes. What is the U in IoU?",
        trains=True,
    ),
    Mistake(
        "share_of_the_first",
        "overlap",
        (UNION, "return shared / area(a)"),
        "You return how much of the first box is shared. What if the second is much larger?",
        trains=True,
    ),
    Mistake(
        "share_of_the_smaller",
        "overlap",
        (UNION, "return shared / torch.minimum(area(a), area(b))"),
        "You divide by the smaller box, so one inside another overlaps by 1. How many pixels lie in either?",
        trains=True,
    ),
    Mistake(
        "box_around",
        "overlap",
        (
            UNION,
            "around = torch.maximum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])\n"
            "    return shared / around.prod(1)",
        ),
        "You divide by the box around both. Does every pixel of it lie in one of them?",
        trains=True,
    ),
    Mistake(
        "whole_numbers",
        "overlap",
        (UNION, f"{UNION.replace('shared / ', 'shared // ')}.float()"),
        "You divide whole numbers and drop the rest: only equal boxes overlap. Which division keeps it?",
        trains=True,
    ),
    Mistake(
        "pixels_not_share",
        "overlap",
        (UNION, "return shared.float()"),
        "You return pixels. Of what are they a share?",
        trains=True,
    ),
    # Curation.choose
    Mistake(
        "highest_badness",
        "Curation.choose",
        (TAKE, TAKE.replace("==", "!=")),
        "You keep what should go, and the control keeps the best. Is badness good when it is high?",
        trains=True,
    ),
    Mistake(
        "always_the_best",
        "Curation.choose",
        (TAKE, "return order[0]"),
        "The control takes the best as well, so it controls nothing. What should reversed take?",
        trains=True,
    ),
    Mistake(
        "gap_alone",
        "Curation.choose",
        (KEY, '-draws[i]["gap"]'),
        "You look at the gap alone. Which number decides, and when does the gap?",
        trains=True,
    ),
    Mistake(
        "gap_first",
        "Curation.choose",
        (KEY, '(-draws[i]["gap"], draws[i]["badness"])'),
        "You look at the gap first, which is hardly ever equal, so badness never decides. Which of the two comes first?",
        trains=True,
    ),
    Mistake(
        "badness_alone",
        "Curation.choose",
        (KEY, 'draws[i]["badness"]'),
        "Among equals you take the first, wherever its gap. How often are two violations of 128 images equal?",
        trains=True,
    ),
    Mistake(
        "badness_rounded",
        "Curation.choose",
        (KEY, '(round(draws[i]["badness"], 2), -draws[i]["gap"])'),
        "You round badness, so draws that differ by less than a hundredth count as equal. Which is lower, 0.0118 or 0.0112?",
        trains=True,
    ),
    Mistake(
        "narrowest_gap",
        "Curation.choose",
        (KEY, '(draws[i]["badness"], draws[i]["gap"])'),
        "Among equals you take the narrowest gap. Should negatives be near or far?",
        trains=True,
    ),
    Mistake(
        "badness_less_gap",
        "Curation.choose",
        (KEY, 'draws[i]["badness"] - draws[i]["gap"]'),
        "You subtract the gap from the badness, so a wide gap makes up for violations. When does the gap count?",
        trains=True,
    ),
    Mistake(
        "the_last_draw",
        "Curation.choose",
        (TAKE, 'return order[-1] if self.rule == "reversed" else len(draws) - 1'),
        "You take the last draw, as if it had been accepted. What if none was, and the tries are used up?",
        trains=True,
    ),
    Mistake(
        "the_first_draw",
        "Curation.choose",
        (TAKE, 'return order[-1] if self.rule == "reversed" else 0'),
        "You always take the first draw, SimCLR's own. What were the others made for?",
        trains=True,
    ),
    Mistake(
        "first_worst",
        "Curation.choose",
        (
            TAKE,
            'worst = max(draw["badness"] for draw in draws)\n        return [draw["badness"] for draw in draws].index(worst) if self.rule == "reversed" else order[0]',
        ),
        "Among equally bad draws the control takes the first. Which gap has the worst of them?",
        trains=True,
    ),
    Mistake(
        "place_in_the_order",
        "Curation.choose",
        (TAKE, 'return order.index(len(draws) - 1 if self.rule == "reversed" else 0)'),
        "You return at which place of the order the first draw stands. Which draw stands at the first place?",
        trains=True,
    ),
    Mistake(
        "list_sorted_in_place",
        "Curation.choose",
        (
            ORDER,
            'draws.sort(key=lambda draw: (draw["badness"], -draw["gap"]))\n        order = list(range(len(draws)))',
        ),
        "You sort the list itself, and position 0 is then another draw: first_kept reports 1 in every step. What may be changed here?",
        trains=True,
    ),
    Mistake(
        "random_from_the_global_generator",
        "Curation.choose",
        (ANY, "return int(torch.randint(len(draws), (1,)))"),
        "You draw from torch's global generator, which no checkpoint keeps. Which generator is there for the tries?",
        trains=True,
    ),
    Mistake(
        "random_from_the_views",
        "Curation.choose",
        (ANY, ANY.replace('"tries"', '"views"')),
        "You draw from SimCLR's generator of views, so from the next step on its first draws are others. Which one is there for the tries?",
        trains=True,
    ),
    Mistake(
        "random_but_not_the_first",
        "Curation.choose",
        (
            ANY,
            'return min(1 + int(torch.randint(max(len(draws) - 1, 1), (1,), generator=self.generators["tries"])), len(draws) - 1)',
        ),
        "The first draw is never taken. How likely should each be?",
        trains=True,
    ),
    Mistake(
        "random_is_the_first",
        "Curation.choose",
        (ANY, "return 0"),
        "Your random control always takes the first draw: it is SimCLR. How likely should each be?",
        trains=True,
    ),
    Mistake(
        "random_is_the_best",
        "Curation.choose",
        (f'if self.rule == "random":\n            {ANY}', "pass"),
        "Random takes the best draw. What is a control for that knows the scores?",
        trains=True,
    ),
    Mistake(
        "the_same_dice_each_time",
        "Curation.choose",
        (
            ANY,
            "return int(torch.randint(len(draws), (1,), generator=Generator().manual_seed(len(draws))))",
        ),
        "You make a new generator at each call, and it draws the same number each time. Which one goes on from step to step?",
        trains=True,
    ),
]
