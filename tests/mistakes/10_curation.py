# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 10: wrong ways to curate batches, and what to say about each."""

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
        "You do not normalise the projections, so those of large norm are far from everything. What does NT-Xent do to projections before it compares them?",
        trains=True,
    ),
    Mistake(
        "normalised_columns",
        "pair_distances",
        (UNIT, UNIT.replace("dim=1", "dim=0")),
        "You normalise each column of the batch. Which dimension holds the numbers of one projection?",
        trains=True,
    ),
    Mistake(
        "only_first_normalised",
        "pair_distances",
        (UNIT, "z1, z2 = F.normalize(z1.float(), dim=1), z2.float()"),
        "You normalise only the first views. What about the second views?",
        trains=True,
    ),
    Mistake(
        "squared_distances",
        "pair_distances",
        (TABLE, f"{TABLE}.square()"),
        "You return squared distances, 2 - 2 u · v. What is left to do?",
        trains=True,
    ),
    Mistake(
        "one_less_cosine",
        "pair_distances",
        (TABLE, "distance = 1 - z1 @ z2.T"),
        "You measure by the cosine and not by the distance. On a unit circle, how long is the straight line between two points 90 degrees apart?",
        trains=True,
    ),
    Mistake(
        "angles",
        "pair_distances",
        (TABLE, "distance = (z1 @ z2.T).clamp(-1, 1).arccos()"),
        "You measure along the sphere, so opposite points are pi apart. Which distance is at most 2?",
        trains=True,
    ),
    Mistake(
        "city_block",
        "pair_distances",
        (TABLE, "distance = torch.cdist(z1, z2, p=1)"),
        "You add up absolute differences. Which norm is |u - v|?",
        trains=True,
    ),
    Mistake(
        "root_of_a_rounding_error",
        "pair_distances",
        (TABLE, "distance = (2 - 2 * z1 @ z2.T).sqrt()"),
        "You take the root of 2 - 2 u · v, which is 0 for equal views only up to rounding. What is the root of a number just below 0?",
        trains=True,
    ),
    Mistake(
        "same_view_compared",
        "pair_distances",
        (TABLE, "distance = torch.cdist(z1, z1, compute_mode=exact)"),
        "You compare the first views with themselves, so every positive is 0 and no batch is ever bad. Where do the second views come in?",
        trains=True,
    ),
    Mistake(
        "second_views_ask",
        "pair_distances",
        (TABLE, f"{TABLE}.T"),
        "You measure from view 2 of image b in row b. From which view does the docstring measure?",
        trains=True,
    ),
    Mistake(
        "first_column_dropped",
        "pair_distances",
        (POSITIVE, "return distance.diagonal(), distance[:, 1:]"),
        "You drop the first column of the table in every row. Which entry of row b is not a negative?",
        trains=True,
    ),
    Mistake(
        "next_image_is_positive",
        "pair_distances",
        (POSITIVE, "return distance.roll(1, 0).diagonal(), distance[other].view(B, B - 1)"),
        "You take positives from two neighbouring images. Which entries of the table belong to a single image?",
        trains=True,
    ),
    Mistake(
        "negatives_of_the_first_views",
        "pair_distances",
        (
            POSITIVE,
            "return distance.diagonal(), torch.cdist(z1, z1, compute_mode=exact)[other].view(B, B - 1)",
        ),
        "You measure negatives between first views. The docstring measures from view 1 to which view of the other images?",
        trains=True,
    ),
    Mistake(
        "sorted_negatives",
        "pair_distances",
        (POSITIVE, f"{POSITIVE}.sort(dim=1).values"),
        "You sort the negatives of each image. In which order does the docstring want them?",
        trains=True,
    ),
    Mistake(
        "half_precision_stays",
        "pair_distances",
        (UNIT, "z1, z2 = F.normalize(z1, dim=1), F.normalize(z2, dim=1)"),
        "Half precision does not become float32 here, and it has only three digits. What must the projections become first?",
        trains=True,
    ),
    Mistake(
        "columns_on_the_cpu",
        "pair_distances",
        (
            POSITIVE,
            "columns = torch.arange(B - 1).repeat(B, 1)\n"
            "    columns = columns + (columns >= torch.arange(B)[:, None])\n"
            "    return distance.diagonal(), distance.gather(1, columns)",
        ),
        "You make a tensor on the CPU, whatever device the projections are on. Which argument says where a new tensor is?",
        trains=True,
    ),
    Mistake(
        "negatives_in_a_circle",
        "pair_distances",
        (
            POSITIVE,
            "turned = torch.stack([row.roll(-b) for b, row in enumerate(distance)])\n"
            "    return distance.diagonal(), turned[:, 1:]",
        ),
        "You begin row b with image b + 1 and go round in a circle. In which order does the docstring want the other images?",
        trains=True,
    ),
    Mistake(
        "own_among_negatives",
        "pair_distances",
        (POSITIVE, "return distance.diagonal(), distance"),
        "You return the whole table as negatives, and its diagonal holds the positives. How many negatives does each of B images have?",
        trains=True,
    ),
    Mistake(
        "one_norm_for_all",
        "pair_distances",
        (UNIT, "z1, z2 = z1.float() / z1.float().norm(), z2.float() / z2.float().norm()"),
        "You divide by one norm of the whole batch. What should the norm of each row be?",
        trains=True,
    ),
    Mistake(
        "sum_of_absolute_values",
        "pair_distances",
        (UNIT, "z1, z2 = F.normalize(z1.float(), 1, dim=1), F.normalize(z2.float(), 1, dim=1)"),
        "You divide each projection by the sum of its absolute values. Which norm should be 1?",
        trains=True,
    ),
    Mistake(
        "rows_cut_the_other_way",
        "pair_distances",
        (POSITIVE, POSITIVE.replace("view(B, B - 1)", "view(B - 1, B).T")),
        "You cut the negatives into B - 1 rows of B and transpose, so they end up with other images. How many of them follow each other that belong to one image?",
        trains=True,
    ),
    Mistake(
        "negatives_first",
        "pair_distances",
        (POSITIVE, "return distance[other].view(B, B - 1), distance.diagonal()"),
        "You return the negatives first. In which order does the docstring return the two?",
    ),
    # gap
    Mistake(
        "gap_backwards",
        "gap",
        (GAP, "return positive.mean() - negative.mean()"),
        "You subtract the negatives from the positives, so a good batch gets a low number. Is a wide gap good or bad?",
        trains=True,
    ),
    Mistake(
        "nearest_negative_only",
        "gap",
        (GAP, "return negative.min(dim=1).values.mean() - positive.mean()"),
        "You average the nearest negative of each image. Which distances should the mean include?",
        trains=True,
    ),
    Mistake(
        "medians",
        "gap",
        (GAP, "return negative.median() - positive.median()"),
        "You take medians. What does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "positives_among_negatives",
        "gap",
        (GAP, "return torch.cat([negative.flatten(), positive]).mean() - positive.mean()"),
        "You average over all B² pairs. Are the two views of one image a negative?",
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
        "You average squared distances. Does the docstring say distance or squared distance?",
        trains=True,
    ),
    Mistake(
        "ratio_of_means",
        "gap",
        (GAP, "return 1 - positive.mean() / negative.mean()"),
        "You divide by the mean of the negatives. Should the result be a difference of distances or a ratio?",
        trains=True,
    ),
    Mistake(
        "farthest_positive",
        "gap",
        (GAP, "return negative.mean() - positive.max()"),
        "You subtract the farthest positive. Which distances should the mean include?",
        trains=True,
    ),
    # violation
    Mistake(
        "share_that_agrees",
        "violation",
        (SHARE, "return (positive <= near).float().mean()"),
        "You return the share of images that are not violated, so the worst batch looks best. Should the violation of a good batch be low or high?",
        trains=True,
    ),
    Mistake(
        "ties_are_violations",
        "violation",
        (SHARE, "return (positive >= near).float().mean()"),
        "You count a positive as violated if it is exactly at the limit. What happens if all projections are equal?",
        trains=True,
    ),
    Mistake(
        "quantile_of_the_batch",
        "violation",
        (NEAR, "near = negative.quantile(quantile)"),
        "You take one quantile over all negatives of the batch. Whose negatives should an image be compared with?",
        trains=True,
    ),
    Mistake(
        "upper_quantile",
        "violation",
        (NEAR, "near = negative.quantile(1 - quantile, dim=1)"),
        "You compare with the farthest negatives. Should a share q of the negatives be below the limit or above it?",
        trains=True,
    ),
    Mistake(
        "always_the_nearest",
        "violation",
        (NEAR, "near = negative.min(dim=1).values"),
        "You compare with the nearest negative, whatever q is. That is right for q = 0, but what about other values of q?",
        trains=True,
    ),
    Mistake(
        "always_five_hundredths",
        "violation",
        (NEAR, "near = negative.quantile(QUANTILE, dim=1)"),
        "You always use 0.05. What should happen to the quantile that the caller gives?",
        trains=True,
    ),
    Mistake(
        "mean_negative",
        "violation",
        (NEAR, "near = negative.mean(dim=1)"),
        "You compare with the mean negative of each image. What share of its negatives lies below the mean?",
        trains=True,
    ),
    Mistake(
        "without_interpolation",
        "violation",
        (NEAR, 'near = negative.quantile(quantile, dim=1, interpolation="lower")'),
        "You take the lower of two negatives instead of interpolating. Where between them is the quantile?",
        trains=True,
    ),
    Mistake(
        "share_of_pairs",
        "violation",
        (SHARE, "return (positive[:, None] > negative).float().mean()"),
        "You count pairs of a positive and a negative. The violation is a share of what?",
        trains=True,
    ),
    Mistake(
        "count_of_violations",
        "violation",
        (SHARE, "return (positive > near).float().sum()"),
        "You return the number of violated images. What must you divide it by to get a share?",
        trains=True,
    ),
    Mistake(
        "how_much_farther",
        "violation",
        (SHARE, "return (positive - near).clamp(min=0).mean()"),
        "You measure how much farther away the positives are. Should the result be a distance or a share of images?",
        trains=True,
    ),
    Mistake(
        "mean_positive_violates",
        "violation",
        (SHARE, "return (positive.mean() > near).float().mean()"),
        "You compare the mean positive of the batch with each image's negatives. Which positive should each image be judged by?",
        trains=True,
    ),
    Mistake(
        "own_in_the_quantile",
        "violation",
        (
            NEAR,
            "near = torch.cat([negative, positive[:, None]], 1).quantile(quantile, dim=1)",
        ),
        "You take the quantile over all B distances of an image, its own positive among them. Which distances should be in it?",
        trains=True,
    ),
    # frechet_distance
    Mistake(
        "frechet_raw_lengths",
        "frechet_distance",
        (LENGTH_ONE, "z1, z2 = (z.cpu().double() for z in (z1, z2))"),
        "You do not normalise the projections. What does the docstring do with them first?",
        trains=True,
    ),
    Mistake(
        "single_precision",
        "frechet_distance",
        (LENGTH_ONE, LENGTH_ONE.replace("double", "float")),
        "You compute in float32, so about 0.0001 is left over for equal sets. What does the last line subtract, and how close are these numbers?",
        trains=True,
    ),
    Mistake(
        "divided_by_one_less",
        "frechet_distance",
        (COVARIANCE, COVARIANCE.replace("correction=0", "correction=1")),
        "You divide the covariance by B - 1. What does the comment divide by?",
        trains=True,
    ),
    Mistake(
        "around_zero",
        "frechet_distance",
        (COVARIANCE, COVARIANCE.replace("z.T.cov(correction=0)", "z.T @ z / len(z)")),
        "You do not subtract the mean from the projections, so the position of a set counts twice. Around which point is a covariance measured?",
        trains=True,
    ),
    Mistake(
        "variances_only",
        "frechet_distance",
        (COVARIANCE, COVARIANCE.replace("z.T.cov(correction=0)", "z.var(0, correction=0).diag()")),
        "You keep the variances and drop everything off the diagonal. What changes when you rotate both sets?",
        trains=True,
    ),
    Mistake(
        "no_shrinkage",
        "frechet_distance",
        (f"({COVARIANCE} for z in (z1, z2))", "(z.T.cov(correction=0) for z in (z1, z2))"),
        "You add nothing to the covariances. What is special about the covariance of three vectors in seven dimensions?",
        trains=True,
    ),
    Mistake(
        "whole_shrinkage",
        "frechet_distance",
        (COVARIANCE, COVARIANCE.replace(" / len(identity)", "")),
        "You add the whole SHRINKAGE to every variance. Over how many dimensions should it be divided?",
        trains=True,
    ),
    Mistake(
        "no_means",
        "frechet_distance",
        (MEANS, "means = 0 * z1.sum()"),
        "You ignore the means. How far apart are two clouds of the same shape in different places?",
        trains=True,
    ),
    Mistake(
        "means_not_squared",
        "frechet_distance",
        (MEANS, "means = (z1.mean(0) - z2.mean(0)).norm()"),
        "You add the distance between the means. To which power is it raised in the formula?",
        trains=True,
    ),
    Mistake(
        "mean_over_dimensions",
        "frechet_distance",
        (MEANS, "means = (z1.mean(0) - z2.mean(0)).square().mean()"),
        "You average the squares over the dimensions. Is |m|^2 a mean or a sum?",
        trains=True,
    ),
    Mistake(
        "pair_by_pair",
        "frechet_distance",
        (MEANS, "means = (z1 - z2).square().sum(1).mean()"),
        "You compare the two views of each image. Does a distance between two sets know which views belong together?",
        trains=True,
    ),
    Mistake(
        "cross_once",
        "frechet_distance",
        (WHOLE, WHOLE.replace("2 * cross", "cross")),
        "You subtract the cross term once, so a set is not at distance 0 from itself. Which factor does the formula have?",
        trains=True,
    ),
    Mistake(
        "no_root",
        "frechet_distance",
        (CROSS, CROSS.replace(".clamp(min=0).sqrt()", "")),
        "You add up the eigenvalues, not their roots. What is the exponent 1/2 for?",
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
        "You take the root of each entry of the matrix. What should root @ root give?",
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
        "You multiply the roots of the two matrices. That is the root of the product only if both have the same eigenvectors; do they?",
        trains=True,
    ),
    Mistake(
        "sorted_eigenvalues",
        "frechet_distance",
        (CROSS, "cross = (values * torch.linalg.eigvalsh(S2)).clamp(min=0).sqrt().sum()"),
        "You multiply the sorted eigenvalues of both matrices, as if they had the same eigenvectors. Which matrix has the eigenvalues that you need?",
        trains=True,
    ),
    Mistake(
        "root_at_the_end",
        "frechet_distance",
        (WHOLE, f"{WHOLE}.sqrt()"),
        "You take the root of the result. Should you return the distance or its square?",
        trains=True,
    ),
    Mistake(
        "below_zero",
        "frechet_distance",
        (WHOLE, "return means + S1.trace() + S2.trace() - 2 * cross - 1e-10"),
        "You let the result fall slightly below 0 by rounding. What is the smallest possible squared distance?",
        trains=True,
    ),
    Mistake(
        "one_triangle",
        "frechet_distance",
        (CROSS, "cross = torch.linalg.eigvalsh(S1 @ S2).clamp(min=0).sqrt().sum()"),
        "You give S1 S2 to eigvalsh, which reads one triangle and takes the other to be the same. Is the product of two symmetric matrices symmetric?",
        trains=True,
    ),
    Mistake(
        "roots_of_the_diagonal",
        "frechet_distance",
        (CROSS, "cross = (S1 @ S2).diagonal().clamp(min=0).sqrt().sum()"),
        "You take the root of each entry of S1 S2. What does a matrix root give when it is multiplied by itself?",
        trains=True,
    ),
    Mistake(
        "averaged_with_its_transpose",
        "frechet_distance",
        (
            CROSS,
            "cross = torch.linalg.eigvalsh((S1 @ S2 + S2 @ S1) / 2).clamp(min=0).sqrt().sum()",
        ),
        "You average S1 S2 with its transpose, which has other eigenvalues. Which symmetric matrix has those of S1 S2?",
        trains=True,
    ),
    # embed
    Mistake(
        "in_evaluation",
        "embed",
        (SET, "m.training, m.track_running_stats = False, True"),
        "You project in eval mode, with the running averages. Which statistics do norms use in training?",
        trains=True,
    ),
    Mistake(
        "as_it_is",
        "embed",
        (SET, "pass"),
        "You use the model as it is, so in training the running averages learn from draws that are thrown away. How can you keep them unchanged?",
        trains=True,
    ),
    Mistake(
        "running_averages_move",
        "embed",
        (SET, "m.training = True"),
        "You let the norms update their running averages with this batch. Which attribute of a norm says whether it tracks statistics?",
        trains=True,
    ),
    Mistake(
        "momentum_zero",
        "embed",
        (
            f"{SET}\n    try:\n        {ASK}\n    finally:",
            "m.training, m.momentum = True, 0.0\n    try:\n        " + ASK + "\n    finally:",
        ),
        "You set momentum to 0: the averages stay, but the counter advances, and the momentum stays 0. What else does a norm record?",
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
        "You keep the averages, but let the norms count a batch that was never trained on. What do they store besides mean and variance?",
        trains=True,
    ),
    Mistake(
        "not_put_back",
        "embed",
        (BACK, "pass"),
        "You switch off the norms' tracking and never switch it back on, so their running averages stop learning. What must be restored?",
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
        "If project raises an error, something in the norms is not restored. Which statement makes code run in any case?",
        trains=True,
    ),
    Mistake(
        "always_on_afterwards",
        "embed",
        (BACK, "m.training, m.track_running_stats = True, True"),
        "You leave every norm in train mode with tracking on, whatever it had before. Where did you save the old modes?",
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
        "You handle only BatchNorm2d. Which kind of norm does the projector have?",
        trains=True,
    ),
    Mistake(
        "only_children",
        "embed",
        (NORMS, NORMS.replace("model.modules()", "model.children()")),
        "You look only at the direct children of the model. Where are the norms inside those?",
        trains=True,
    ),
    Mistake(
        "graph_kept",
        "embed",
        (ASK, "return model.project(x)"),
        "You keep the graph of the projections, which takes R times the memory for R draws. Who will ever call backward on a score?",
        trains=True,
    ),
    Mistake(
        "gradients_off_for_good",
        "embed",
        (ASK, "torch.set_grad_enabled(False)\n        return model.project(x)"),
        "You switch gradients off and never switch them back on, so nothing learns from here on. Which form of the switch ends by itself?",
    ),
    Mistake(
        "parameters_frozen",
        "embed",
        (ASK, "return model.requires_grad_(False).project(x)"),
        "You freeze the parameters, and they stay frozen. How else can you avoid a gradient?",
    ),
    Mistake(
        "everything_in_evaluation",
        "embed",
        (
            SET,
            "pass\n    for m in model.modules():\n        if m not in norms:\n            m.training = False\n    for m in norms:\n        "
            + SET,
        ),
        "You put all other modules into eval mode and leave them there. Which modules may embed switch, and for how long?",
        trains=True,
    ),
    Mistake(
        "gradients_on_again",
        "embed",
        (
            f"try:\n        {ASK}\n    finally:\n",
            "try:\n        torch.set_grad_enabled(False)\n        return model.project(x)\n    finally:\n        torch.set_grad_enabled(True)\n",
        ),
        "You switch gradients on at the end, even if the caller had them off. What restores the previous setting?",
        trains=True,
    ),
    Mistake(
        "copied_in_training",
        "embed",
        (
            f"try:\n        {ASK}",
            "import copy\n\n    try:\n        with torch.no_grad():\n            return copy.deepcopy(model).train().project(x)",
        ),
        "You put the whole network into train mode while you project, dropout included. Which modules should change their mode?",
        trains=True,
    ),
    Mistake(
        "trained_and_put_back",
        "embed",
        (
            f"{SET}\n    try:\n        {ASK}\n    finally:",
            "pass\n    was = model.training\n    model.train()\n    try:\n        "
            + ASK
            + "\n    finally:\n        model.train(was)",
        ),
        "You put the whole network into train mode while you project, so running averages move and dropout is on. Which modules should change, and which of their two switches keeps the averages?",
        trains=True,
    ),
    Mistake(
        "whole_mode_put_back",
        "embed",
        (
            f"{SET}\n    try:\n        {ASK}\n    finally:\n        for m, (training, tracked) in zip(norms, modes, strict=True):\n            {BACK}",
            "pass\n    was = model.training\n    model.train()\n    try:\n        "
            + ASK
            + "\n    finally:\n        model.train(was)",
        ),
        "You call train on the whole network before and after, so running averages move, and every module ends in one mode. How do you give each module its own mode back?",
        trains=True,
    ),
    Mistake(
        "counter_moves_alone",
        "embed",
        (
            f"{SET}\n    try:\n        {ASK}\n    finally:\n",
            "m.training = True\n    momenta = [m.momentum for m in norms]\n    for m in norms:\n        m.momentum = 0.0\n    try:\n        "
            + ASK
            + "\n    finally:\n        for m, momentum in zip(norms, momenta, strict=True):\n            m.momentum = momentum\n",
        ),
        "You keep the averages, but a norm that tracks also counts this batch. What does it store besides mean and variance?",
        trains=True,
    ),
    Mistake(
        "only_tracking_off",
        "embed",
        (SET, "m.track_running_stats = False"),
        "You switch the tracking off and leave the mode, so a norm in eval mode still uses its running averages. Which switch makes it use the statistics of the batch?",
        trains=True,
    ),
    Mistake(
        "others_in_evaluation",
        "embed",
        (
            f"{SET}\n    try:\n        {ASK}\n    finally:\n",
            "pass\n    every = [(m, m.training) for m in model.modules()]\n    model.eval()\n    for m in norms:\n        "
            + SET
            + "\n    try:\n        "
            + ASK
            + "\n    finally:\n        for m, training in every:\n            m.training = training\n",
        ),
        "You put the other modules, such as dropout, into eval mode while you project. Which modules should change their mode?",
        trains=True,
    ),
    Mistake(
        "whole_network_in_evaluation",
        "embed",
        (
            f"{SET}\n    try:\n        {ASK}\n    finally:\n        for m, (training, tracked) in zip(norms, modes, strict=True):\n            {BACK}",
            "pass\n    was = model.training\n    model.eval()\n    try:\n        "
            + ASK
            + "\n    finally:\n        model.train(was)",
        ),
        "You put the whole network into eval mode, so norms use their running averages, and every module ends in one mode. Which statistics do norms use in training, and how does each module get its own mode back?",
        trains=True,
    ),
    Mistake(
        "evaluated_then_trained",
        "embed",
        (
            f"{SET}\n    try:\n        {ASK}\n    finally:\n        for m, (training, tracked) in zip(norms, modes, strict=True):\n            {BACK}",
            "pass\n    model.eval()\n    try:\n        "
            + ASK
            + "\n    finally:\n        model.train()",
        ),
        "You put the whole network into eval mode and then into train mode, whatever it was in before. Which statistics do norms use in training, and how does each module get its own mode back?",
        trains=True,
    ),
    # intersection
    Mistake(
        "apart_by_both_sides",
        "intersection",
        (PRODUCT, "return (end - start).prod(1).clamp(min=0)"),
        "You multiply before you clamp, and boxes that are apart in rows and columns have two negative sides, with a positive product. When must you clamp at 0?",
        trains=True,
    ),
    Mistake(
        "sides_of_any_sign",
        "intersection",
        (PRODUCT, "return (end - start).abs().prod(1)"),
        "You drop the sign of each side, so boxes that are apart seem to share the space between them. What does a negative side mean?",
        trains=True,
    ),
    Mistake(
        "sizes_as_corners",
        "intersection",
        (END, "end = torch.minimum(a[:, 2:], b[:, 2:])"),
        "You use height and width as the positions where a box ends. Where does a box end if it begins at row 3 and is 4 rows high?",
        trains=True,
    ),
    Mistake(
        "box_around_both",
        "intersection",
        (
            f"{START}\n    {END}",
            f"{START.replace('maximum', 'minimum')}\n    {END.replace('minimum', 'maximum')}",
        ),
        "You measure the smallest box around both. Does the common part begin where the earlier box begins, or the later one?",
        trains=True,
    ),
    Mistake(
        "last_pixel_counted_twice",
        "intersection",
        (PRODUCT, "return (end - start + 1).clamp(min=0).prod(1)"),
        "You add 1 to each side. If a box has top 0 and height 2, which rows does it hold?",
        trains=True,
    ),
    Mistake(
        "rows_only",
        "intersection",
        (PRODUCT, "return (end - start).clamp(min=0)[:, 0] * torch.minimum(a[:, 3], b[:, 3])"),
        "You intersect the rows, but take the whole smaller width. Where do the common columns begin and end?",
        trains=True,
    ),
    Mistake(
        "sum_of_sides",
        "intersection",
        (PRODUCT, "return (end - start).clamp(min=0).sum(1)"),
        "You add height and width. How many pixels does a box of 2 by 3 have?",
        trains=True,
    ),
    Mistake(
        "smaller_box",
        "intersection",
        (PRODUCT, "return torch.minimum(area(a), area(b)) * (end > start).all(1)"),
        "You count the whole smaller box if the two boxes meet. How much of it is in the other?",
        trains=True,
    ),
    Mistake(
        "sides_exchanged",
        "intersection",
        (END, "end = torch.minimum(a[:, :2] + a[:, [3, 2]], b[:, :2] + b[:, [3, 2]])"),
        "You add the width to the top and the height to the left. In which order do the four numbers of a box come?",
        trains=True,
    ),
    Mistake(
        "zero_on_the_cpu",
        "intersection",
        (
            PRODUCT,
            "return torch.maximum(end - start, torch.zeros(len(a), 2, dtype=a.dtype)).prod(1)",
        ),
        "You make a tensor on the CPU, whatever device the boxes are on. Which argument says where a new tensor is?",
        trains=True,
    ),
    Mistake(
        "only_rows_clamped",
        "intersection",
        (PRODUCT, "return (end - start)[:, 0].clamp(min=0) * (end - start)[:, 1]"),
        "You clamp the rows and not the columns, so boxes that are side by side share a negative number of pixels. Which sides can be negative?",
        trains=True,
    ),
    # overlap
    Mistake(
        "both_counted_twice",
        "overlap",
        (UNION, "return shared / (area(a) + area(b))"),
        "You count common pixels twice in the denominator, so equal boxes have an overlap of 1/2. How many pixels are in at least one box?",
        trains=True,
    ),
    Mistake(
        "dice",
        "overlap",
        (UNION, "return 2 * shared / (area(a) + area(b))"),
        "You divide by the mean area of the boxes. What does the U in IoU stand for?",
        trains=True,
    ),
    Mistake(
        "share_of_the_first",
        "overlap",
        (UNION, "return shared / area(a)"),
        "You divide by the first box only. What if the second box is much larger?",
        trains=True,
    ),
    Mistake(
        "share_of_the_smaller",
        "overlap",
        (UNION, "return shared / torch.minimum(area(a), area(b))"),
        "You divide by the smaller box, so a box inside another has an overlap of 1. How many pixels are in at least one of them?",
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
        "You divide by the smallest box around both. Is every pixel of it in one of the two?",
        trains=True,
    ),
    Mistake(
        "whole_numbers",
        "overlap",
        (UNION, f"{UNION.replace('shared / ', 'shared // ')}.float()"),
        "You use integer division, so only equal boxes overlap. Which division keeps the fraction?",
        trains=True,
    ),
    Mistake(
        "pixels_not_share",
        "overlap",
        (UNION, "return shared.float()"),
        "You return a number of pixels. What should it be divided by?",
        trains=True,
    ),
    Mistake(
        "share_of_the_larger",
        "overlap",
        (UNION, "return shared / torch.maximum(area(a), area(b))"),
        "You divide by the larger box, so pixels of the smaller one that lie outside it are left out. How many pixels are in at least one of them?",
        trains=True,
    ),
    Mistake(
        "mean_of_two_shares",
        "overlap",
        (UNION, "return (shared / area(a) + shared / area(b)) / 2"),
        "You average the shares of both boxes. How many pixels are in at least one of them?",
        trains=True,
    ),
    # Curation.choose
    Mistake(
        "highest_badness",
        "Curation.choose",
        (TAKE, TAKE.replace("==", "!=")),
        "You choose the worst draw, and the control chooses the best. Is high badness good?",
        trains=True,
    ),
    Mistake(
        "always_the_best",
        "Curation.choose",
        (TAKE, "return order[0]"),
        "You let the control take the best draw as well, so it controls nothing. What should reversed take?",
        trains=True,
    ),
    Mistake(
        "gap_alone",
        "Curation.choose",
        (KEY, '-draws[i]["gap"]'),
        "You decide by the gap alone. Which number decides first, and when does the gap count?",
        trains=True,
    ),
    Mistake(
        "gap_first",
        "Curation.choose",
        (KEY, '(-draws[i]["gap"], draws[i]["badness"])'),
        "You compare gaps first, and since they are hardly ever equal, badness never decides. Which of the two comes first?",
        trains=True,
    ),
    Mistake(
        "badness_alone",
        "Curation.choose",
        (KEY, 'draws[i]["badness"]'),
        "You take the first of equally bad draws, whatever its gap. How often are the violations of two draws of 128 images equal?",
        trains=True,
    ),
    Mistake(
        "badness_rounded",
        "Curation.choose",
        (KEY, '(round(draws[i]["badness"], 2), -draws[i]["gap"])'),
        "You round the badness, so draws that differ by less than a hundredth can count as equal. Which is lower, 0.0118 or 0.0112?",
        trains=True,
    ),
    Mistake(
        "narrowest_gap",
        "Curation.choose",
        (KEY, '(draws[i]["badness"], draws[i]["gap"])'),
        "You take the narrowest gap among equally bad draws. Should negatives be near or far?",
        trains=True,
    ),
    Mistake(
        "badness_less_gap",
        "Curation.choose",
        (KEY, 'draws[i]["badness"] - draws[i]["gap"]'),
        "You subtract the gap from the badness, so a wide gap makes up for violations. When should the gap count?",
        trains=True,
    ),
    Mistake(
        "the_last_draw",
        "Curation.choose",
        (TAKE, 'return order[-1] if self.rule == "reversed" else len(draws) - 1'),
        "You take the last draw, as if it had been accepted. What if none was accepted and the tries are used up?",
        trains=True,
    ),
    Mistake(
        "the_first_draw",
        "Curation.choose",
        (TAKE, 'return order[-1] if self.rule == "reversed" else 0'),
        "You always take the first draw, which is SimCLR's own. What are the other draws for?",
        trains=True,
    ),
    Mistake(
        "first_worst",
        "Curation.choose",
        (
            TAKE,
            'worst = max(draw["badness"] for draw in draws)\n        return [draw["badness"] for draw in draws].index(worst) if self.rule == "reversed" else order[0]',
        ),
        "You let the control take the first of equally bad draws. Which gap makes a draw the worst of them?",
        trains=True,
    ),
    Mistake(
        "place_in_the_order",
        "Curation.choose",
        (TAKE, 'return order.index(len(draws) - 1 if self.rule == "reversed" else 0)'),
        "You return the rank of a draw instead of the draw at a rank. Which draw is at the start of the order?",
        trains=True,
    ),
    Mistake(
        "list_sorted_in_place",
        "Curation.choose",
        (
            ORDER,
            'draws.sort(key=lambda draw: (draw["badness"], -draw["gap"]))\n        order = list(range(len(draws)))',
        ),
        "You sort the caller's list in place, so position 0 becomes another draw, and first_kept is wrong. How can you sort positions instead?",
        trains=True,
    ),
    Mistake(
        "random_from_the_global_generator",
        "Curation.choose",
        (ANY, "return int(torch.randint(len(draws), (1,)))"),
        "You draw from torch's global generator, which no checkpoint saves. Which generator is meant for the tries?",
        trains=True,
    ),
    Mistake(
        "random_from_the_views",
        "Curation.choose",
        (ANY, ANY.replace('"tries"', '"views"')),
        "You draw from the generator of SimCLR's views, which changes its first draws from the next step on. Which generator is meant for the tries?",
        trains=True,
    ),
    Mistake(
        "random_but_not_the_first",
        "Curation.choose",
        (
            ANY,
            'return min(1 + int(torch.randint(max(len(draws) - 1, 1), (1,), generator=self.generators["tries"])), len(draws) - 1)',
        ),
        "You never take the first draw when there are others. How likely should each draw be?",
        trains=True,
    ),
    Mistake(
        "random_is_the_first",
        "Curation.choose",
        (ANY, "return 0"),
        "You always take the first draw in the random control, which makes it plain SimCLR. How likely should each draw be?",
        trains=True,
    ),
    Mistake(
        "random_is_the_best",
        "Curation.choose",
        (f'if self.rule == "random":\n            {ANY}', "pass"),
        "You let the random control take the best draw. What can a control show if it uses the scores?",
        trains=True,
    ),
    Mistake(
        "the_same_dice_each_time",
        "Curation.choose",
        (
            ANY,
            "return int(torch.randint(len(draws), (1,), generator=Generator().manual_seed(len(draws))))",
        ),
        "You make a new generator with the same seed at each call, so it always draws the same number. Which generator continues from step to step?",
        trains=True,
    ),
    Mistake(
        "worst_by_the_widest_gap",
        "Curation.choose",
        (
            TAKE,
            'worst = max(range(len(draws)), key=lambda i: (draws[i]["badness"], draws[i]["gap"]))\n'
            '        return worst if self.rule == "reversed" else order[0]',
        ),
        "You let the control take the widest gap among equally bad draws. Which gap makes a draw the worst of them?",
        trains=True,
    ),
    Mistake(
        "draw_itself",
        "Curation.choose",
        (TAKE, 'return draws[order[-1] if self.rule == "reversed" else order[0]]'),
        "You return the draw itself. Does the docstring ask for a draw or for its position?",
    ),
    Mistake(
        "position_as_a_tensor",
        "Curation.choose",
        (ANY, 'return torch.randint(len(draws), (1,), generator=self.generators["tries"])'),
        "You return a random position as a tensor. What does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "random_from_python",
        "Curation.choose",
        (ANY, "import random\n\n            return random.randrange(len(draws))"),
        "You draw from a source that no checkpoint saves, as Python's own is. Which generator is meant for the tries?",
        trains=True,
    ),
    Mistake(
        "gates_take_the_last",
        "Curation.choose",
        (TAKE, "if self.rule in GATES:\n            return len(draws) - 1\n        " + TAKE),
        "You take the last draw if the rule is a gate, as if it had been accepted. What if none was accepted and the tries are used up?",
        trains=True,
    ),
    Mistake(
        "worst_by_gap_alone",
        "Curation.choose",
        (
            TAKE,
            'narrowest = min(range(len(draws)), key=lambda i: draws[i]["gap"])\n'
            '        return narrowest if self.rule == "reversed" else order[0]',
        ),
        "You let the control take the narrowest gap, whatever the badness. Which of the two decides first?",
        trains=True,
    ),
]
