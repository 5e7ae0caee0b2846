# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 14: wrong ways to write SwAV, and what to say about each."""

from lessons.course.mistakes import Mistake, probabilities_kept_from_zero

UNIT = "F.normalize(prototypes, dim=1)"
COPY = f"prototypes.copy_({UNIT})"
START = "log_codes = scores.to(torch.promote_types(scores.dtype, torch.float32)) / epsilon"
COLUMNS = "log_codes = log_codes - log_codes.logsumexp(0, keepdim=True)"
ROWS = "log_codes = log_codes - log_codes.logsumexp(1, keepdim=True)"
TIMES = "range(iterations)"
CODES = "return log_codes.exp()"
TOGETHER = "scores = torch.cat([z, queue.to(z)]) @ prototypes.T"
BATCH = "sinkhorn(scores, epsilon, iterations)[: len(z)]"
PREDICT = "F.log_softmax(s / temperature, dim=1)"
PAIR = "-(code * predicted).sum(1).mean()"
OTHER = "if v != i"
MEAN = "torch.stack(losses).mean()"
FIRST = "normalise_(self.prototypes)"
EMBED = "z = [F.normalize(one, dim=1) for one in (z1, z2, *small)]"
FROZEN = "frozen = self.epoch <= self.freeze_epochs"
SCORES = "scores = [one @ (self.prototypes.detach() if frozen else self.prototypes).T for one in z]"
TARGETS = "codes = [self.codes(one, queue) for one, queue in zip(z, self.queues, strict=False)]"
LOSS = "loss = swapped_loss(scores, codes, self.temperature)"
HEALTH = "self.found = self.health(scores, codes, loss.item())"
KEEP = "self.remember(z, index)"

LOG_OF_P = """
def swapped_loss(scores, codes, temperature=0.1):
    losses = []
    for i, code in enumerate(codes):
        for v, s in enumerate(scores):
            if v != i:
                p = torch.softmax(s / temperature, dim=1)
                losses.append(-(code * LOG_P).sum(1).mean())
    return torch.stack(losses).mean()
"""

MISTAKES = [
    # normalise_
    Mistake(
        "columns_normalised",
        "normalise_",
        (UNIT, "F.normalize(prototypes, dim=0)"),
        "You normalise every column, across the prototypes. Which dimension holds the numbers of one prototype?",
        trains=True,
    ),
    Mistake(
        "sum_of_absolutes",
        "normalise_",
        (UNIT, "F.normalize(prototypes, p=1, dim=1)"),
        "You divide by the sum of absolute values. Which norm makes an inner product a cosine?",
        trains=True,
    ),
    Mistake(
        "largest_entry",
        "normalise_",
        (UNIT, "prototypes / prototypes.abs().amax(1, keepdim=True)"),
        "You divide by the largest entry. Which norm makes an inner product a cosine?",
        trains=True,
    ),
    Mistake(
        "one_norm_for_all",
        "normalise_",
        (UNIT, "prototypes / prototypes.norm()"),
        "You divide by the norm of the whole matrix, so the rows keep different norms. How many norms are there?",
        trains=True,
    ),
    Mistake(
        "squared_norm",
        "normalise_",
        (UNIT, "prototypes / prototypes.square().sum(1, keepdim=True)"),
        "You divide by the squared norm, so long prototypes become short. What did you forget after the sum?",
        trains=True,
    ),
    Mistake(
        "only_the_long",
        "normalise_",
        (UNIT, "prototypes / prototypes.norm(dim=1, keepdim=True).clamp(min=1)"),
        "You shorten long prototypes and leave short ones as they are. What norm should a short one have?",
        trains=True,
    ),
    Mistake(
        "only_the_short",
        "normalise_",
        (UNIT, "prototypes / prototypes.norm(dim=1, keepdim=True).clamp(max=1)"),
        "You lengthen short prototypes and leave long ones as they are. What norm should a long one have?",
        trains=True,
    ),
    Mistake(
        "centred_first",
        "normalise_",
        (UNIT, "F.normalize(prototypes - prototypes.mean(1, keepdim=True), dim=1)"),
        "You subtract the mean of each prototype, which turns it. Should its direction change?",
        trains=True,
    ),
    Mistake(
        "sign_lost",
        "normalise_",
        (UNIT, "F.normalize(prototypes.abs(), dim=1)"),
        "You make all numbers positive. Which part of a vector should normalising keep?",
        trains=True,
    ),
    Mistake(
        "a_new_tensor",
        "normalise_",
        (COPY, f"prototypes = {UNIT}"),
        "The parameter stays as it was, as if the unit vectors were in a new tensor. How do you write into the memory of a tensor?",
        trains=True,
    ),
    Mistake(
        "new_memory",
        "normalise_",
        (COPY, f"prototypes.data = {UNIT}"),
        "You replace the memory of the parameter, so whoever holds the old memory is left behind. Which method copies values into a tensor?",
        trains=True,
    ),
    Mistake(
        "no_longer_trained",
        "normalise_",
        (COPY, f"prototypes.copy_({UNIT})\n    prototypes.requires_grad_(False)"),
        "You switch off the gradient of the parameter for good. For how long should there be no gradient?",
        trains=True,
    ),
    Mistake(
        "rows_sum_to_one",
        "normalise_",
        (UNIT, "prototypes / prototypes.sum(1, keepdim=True)"),
        "You divide by the sum of the numbers, which may be near 0 or negative. Which norm makes an inner product a cosine?",
        trains=True,
    ),
    Mistake(
        "mean_norm_for_all",
        "normalise_",
        (UNIT, "prototypes / prototypes.norm(dim=1).mean()"),
        "You divide all prototypes by their mean norm. How many norms are there?",
        trains=True,
    ),
    Mistake(
        "norms_on_the_cpu",
        "normalise_",
        (COPY, "prototypes.div_(prototypes.norm(dim=1, keepdim=True).cpu())"),
        "You make a tensor on the CPU or move one there, whatever device the prototypes are on. What happens when tensors on two devices meet?",
        trains=True,
    ),
    # sinkhorn
    Mistake(
        "plain_softmax",
        "sinkhorn",
        (COLUMNS, "pass"),
        "You never scale the columns, so codes are a plain softmax and one prototype may take every image. What keeps the prototypes balanced?",
        trains=True,
    ),
    Mistake(
        "prototypes_last",
        "sinkhorn",
        (f"{COLUMNS}\n        {ROWS}", f"{ROWS}\n        {COLUMNS}"),
        "You scale rows first and columns last, so a code does not sum to 1. Which of the two must be exact at the end?",
        trains=True,
    ),
    Mistake(
        "prototypes_only",
        "sinkhorn",
        (ROWS, "pass"),
        "You never scale the rows. What must the code of one image sum to?",
        trains=True,
    ),
    Mistake(
        "epsilon_ignored",
        "sinkhorn",
        (START, START.replace("/ epsilon", "* 1.0")),
        "Your codes do not depend on epsilon and are nearly uniform. Where is epsilon in exp(s / epsilon)?",
        trains=True,
    ),
    Mistake(
        "times_epsilon",
        "sinkhorn",
        (START, START.replace("/ epsilon", "* epsilon")),
        "You multiply by epsilon, so codes are nearly uniform. Should a small epsilon make differences larger or smaller?",
        trains=True,
    ),
    Mistake(
        "always_five_hundredths",
        "sinkhorn",
        (START, START.replace("/ epsilon", "/ 0.05")),
        "You always use 0.05. What should happen to the epsilon that the caller gives?",
        trains=True,
    ),
    Mistake(
        "cost_for_similarity",
        "sinkhorn",
        (START, START.replace("= scores", "= -scores")),
        "You take exp(-s / epsilon), as for a cost, so a code is large where the similarity is low. Are the scores costs or similarities?",
        trains=True,
    ),
    Mistake(
        "one_iteration",
        "sinkhorn",
        (TIMES, "range(1)"),
        "Your result is that of one iteration, whatever `iterations` is. Which two half-steps must take turns, and how many times?",
        trains=True,
    ),
    Mistake(
        "always_three",
        "sinkhorn",
        (TIMES, "range(3)"),
        "You always repeat three times. What should happen to the number that the caller gives?",
        trains=True,
    ),
    Mistake(
        "one_iteration_more",
        "sinkhorn",
        (TIMES, "range(iterations + 1)"),
        "You repeat once too often. How many times does range(n) count?",
        trains=True,
    ),
    Mistake(
        "until_balanced",
        "sinkhorn",
        (TIMES, "range(100)"),
        "You repeat a hundred times, whatever `iterations` is. Where does the paper stop?",
        trains=True,
    ),
    Mistake(
        "hard_codes",
        "sinkhorn",
        (CODES, "return F.one_hot(log_codes.argmax(1), log_codes.shape[1]).to(log_codes)"),
        "You round each code to its largest prototype, which the paper found to be worse. What is lost when 0.6 and 0.4 become 1 and 0?",
        trains=True,
    ),
    Mistake(
        "logarithm_returned",
        "sinkhorn",
        (CODES, "return log_codes"),
        "You return the logarithms of the codes. Which function undoes a logarithm?",
    ),
    Mistake(
        "joint_distribution",
        "sinkhorn",
        (CODES, "return log_codes.exp() / len(scores)"),
        "You return codes that sum to 1 over the whole batch. What must each row sum to?",
        trains=True,
    ),
    Mistake(
        "masses_of_one",
        "sinkhorn",
        (CODES, "return log_codes.exp() * scores.shape[1] / len(scores)"),
        "You scale the result so that prototypes get 1 each. What must each row sum to?",
        trains=True,
    ),
    Mistake(
        "columns_centred",
        "sinkhorn",
        (COLUMNS, "log_codes = log_codes - log_codes.mean(0, keepdim=True)"),
        "You subtract the mean of each column of logarithms. The logarithm of which sum should you subtract?",
        trains=True,
    ),
    Mistake(
        "columns_by_their_maximum",
        "sinkhorn",
        (COLUMNS, "log_codes = log_codes - log_codes.amax(0, keepdim=True)"),
        "You divide each column by its largest entry. By what must you divide, so that all columns have the same total?",
        trains=True,
    ),
    Mistake(
        "rows_by_their_maximum",
        "sinkhorn",
        (ROWS, "log_codes = log_codes - log_codes.amax(1, keepdim=True)"),
        "You divide each row by its largest entry. By what must you divide, so that a row sums to 1?",
        trains=True,
    ),
    Mistake(
        "row_maximum_off",
        "sinkhorn",
        (START, f"{START}\n    log_codes = log_codes - log_codes.amax(1, keepdim=True)"),
        "You subtract the largest score of each row against overflow, which changes what the first columns sum to. Which one number may you subtract from all scores?",
        trains=True,
    ),
    Mistake(
        "softmax_afterwards",
        "sinkhorn",
        (CODES, "return log_codes.exp().softmax(1)"),
        "You apply a softmax to codes that sum to 1 already. Why should that be needed?",
        trains=True,
    ),
    Mistake(
        "exp_before_log",
        "sinkhorn",
        """@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    scores = scores.to(torch.promote_types(scores.dtype, torch.float32)) / epsilon
    codes = scores.clamp(-80, 80).exp()
    for _ in range(iterations):
        codes = codes / codes.sum(0, keepdim=True)
        codes = codes / codes.sum(1, keepdim=True)
    return codes
""",
        "You compute exp(s / epsilon) itself, and clamp it before it overflows float32. What is left of the differences when epsilon is small?",
        trains=True,
    ),
    Mistake(
        "half_precision",
        "sinkhorn",
        (START, "log_codes = scores / epsilon"),
        "You compute in the precision of the scores, which is half precision under autocast, and each half-step rounds. In which precision should the iteration run?",
        trains=True,
    ),
    Mistake(
        "codes_with_a_gradient",
        "sinkhorn",
        """def sinkhorn(scores, epsilon=0.05, iterations=3):
    log_codes = scores.to(torch.promote_types(scores.dtype, torch.float32)) / epsilon
    for _ in range(iterations):
        log_codes = log_codes - log_codes.logsumexp(0, keepdim=True)
        log_codes = log_codes - log_codes.logsumexp(1, keepdim=True)
    return log_codes.exp()
""",
        "You leave out the decorator, so a gradient passes through the codes and the targets chase the predictions. Which decorator makes them constants?",
        trains=True,
    ),
    Mistake(
        "one_iteration_less",
        "sinkhorn",
        (TIMES, "range(1, iterations)"),
        "You repeat once too few. How many times does range(1, n) count?",
        trains=True,
    ),
    Mistake(
        "softmax_first",
        "sinkhorn",
        (START, START + "\n    log_codes = log_codes.log_softmax(1)"),
        "You take a softmax over the prototypes before the iteration, so the columns start from other sums. Which half-step comes first?",
        trains=True,
    ),
    Mistake(
        "transposed",
        "sinkhorn",
        (CODES, "return log_codes.exp().T"),
        "You return a row for each prototype. What does the docstring have a row for?",
    ),
    Mistake(
        "total_only",
        "sinkhorn",
        (f"{COLUMNS}\n        {ROWS}", "log_codes = log_codes - log_codes.logsumexp((0, 1))"),
        "You divide everything by its total, so neither images nor prototypes get equal shares. Which sums must be equal?",
        trains=True,
    ),
    Mistake(
        "means_for_sums",
        "sinkhorn",
        (CODES, "return log_codes.exp() * scores.shape[1]"),
        "You divide by means, so each code sums to K. What must each row sum to?",
        trains=True,
    ),
    Mistake(
        "rows_first_and_scaled",
        "sinkhorn",
        """@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    log_codes = scores.to(torch.promote_types(scores.dtype, torch.float32)) / epsilon
    for _ in range(iterations):
        log_codes = log_codes.log_softmax(1).log_softmax(0)
    return log_codes.exp() * len(scores) / scores.shape[1]
""",
        "You scale rows first and columns last, to B / K each, so a code does not sum to 1. Which of the two must be exact at the end?",
        trains=True,
    ),
    Mistake(
        "rows_alone_first",
        "sinkhorn",
        """@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    log_codes = scores.to(torch.promote_types(scores.dtype, torch.float32)) / epsilon
    log_codes = log_codes.log_softmax(1)
    for _ in range(1, iterations):
        log_codes = log_codes.log_softmax(0).log_softmax(1)
    return log_codes.exp()
""",
        "You scale the rows alone, and then repeat once too few. With what does each iteration begin, and how many times does range(1, n) count?",
        trains=True,
    ),
    Mistake(
        "exponentials_overflow",
        "sinkhorn",
        """@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    codes = (scores / epsilon).exp()
    for _ in range(iterations):
        codes = codes / codes.sum(0, keepdim=True)
        codes = codes / codes.sum(1, keepdim=True)
    return codes
""",
        "At an epsilon of 0.004 your codes are infinite or NaN in float32. What is exp(240) there, what is exp(-240), and what becomes of a division if you work on logarithms?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "codes_on_the_cpu",
        "sinkhorn",
        (START, f"{START} + torch.zeros(scores.shape)"),
        "You make a tensor on the CPU or move one there, whatever device the scores are on. What happens when tensors on two devices meet?",
        trains=True,
    ),
    # codes_with_queue
    Mistake(
        "queue_ignored",
        "codes_with_queue",
        (TOGETHER, "scores = z @ prototypes.T"),
        "You balance the batch alone. Where does the queue come in?",
        trains=True,
    ),
    Mistake(
        "codes_of_the_queue",
        "codes_with_queue",
        (
            TOGETHER,
            "scores = torch.cat([queue.to(z)[: len(z)], z, queue.to(z)[len(z) :]]) @ prototypes.T",
        ),
        "You return the first rows, but those belong to the queue. Where in your matrix is the batch?",
        trains=True,
    ),
    Mistake(
        "last_rows_returned",
        "codes_with_queue",
        (BATCH, BATCH.replace("[: len(z)]", "[-len(z) :]")),
        "You return the last rows, and the batch comes first. Whose codes are those?",
        trains=True,
    ),
    Mistake(
        "epsilon_not_passed",
        "codes_with_queue",
        (BATCH, "sinkhorn(scores, iterations=iterations)[: len(z)]"),
        "You leave epsilon at its default. What did the caller ask for?",
        trains=True,
    ),
    Mistake(
        "iterations_not_passed",
        "codes_with_queue",
        (BATCH, "sinkhorn(scores, epsilon)[: len(z)]"),
        "You leave the iterations at their default. What did the caller ask for?",
        trains=True,
    ),
    Mistake(
        "softmax_of_scores",
        "codes_with_queue",
        (BATCH, "(scores / epsilon).softmax(1)[: len(z)].detach()"),
        "You take a softmax of each row, so the queue has no effect on it. Which function balances the rows together?",
        trains=True,
    ),
    Mistake(
        "one_batch_of_the_queue",
        "codes_with_queue",
        (TOGETHER, TOGETHER.replace("queue.to(z)", "queue.to(z)[: len(z) - 1]")),
        "You take only a few rows of the queue. How many of them should balance the codes?",
        trains=True,
    ),
    Mistake(
        "mean_of_the_queue",
        "codes_with_queue",
        (
            TOGETHER,
            TOGETHER.replace("queue.to(z)", "queue.to(z).mean(0, keepdim=True).nan_to_num()"),
        ),
        "You let one mean row stand for the whole queue. How many rows does Sinkhorn's iteration need from it?",
        trains=True,
    ),
    Mistake(
        "padded_with_zeros",
        "codes_with_queue",
        (TOGETHER, TOGETHER.replace("queue.to(z)", "queue.to(z), torch.zeros_like(z)")),
        "You add rows of zeros, as a queue that is not full would. What share of each prototype does a row of zeros take?",
        trains=True,
    ),
    Mistake(
        "batch_twice",
        "codes_with_queue",
        (TOGETHER, TOGETHER.replace("queue.to(z)", "queue.to(z), z")),
        "You count the batch twice. How many rows should there be?",
        trains=True,
    ),
    Mistake(
        "distances_for_scores",
        "codes_with_queue",
        (TOGETHER, "scores = -torch.cdist(torch.cat([z, queue.to(z)]), prototypes)"),
        "You take negative distances. Which product do the predictions use?",
        trains=True,
    ),
    Mistake(
        "absolute_scores",
        "codes_with_queue",
        (TOGETHER, "scores = (torch.cat([z, queue.to(z)]) @ prototypes.T).abs()"),
        "You drop the sign, so an opposite prototype counts as near. How far is z from -z?",
        trains=True,
    ),
    Mistake(
        "all_rows_returned",
        "codes_with_queue",
        (BATCH, "sinkhorn(scores, epsilon, iterations)"),
        "You return the codes of the queue as well. How many rows are there in the batch?",
    ),
    Mistake(
        "nothing_passed",
        "codes_with_queue",
        (BATCH, "sinkhorn(scores)[: len(z)]"),
        "You leave epsilon and the iterations at their defaults. What did the caller ask for?",
        trains=True,
    ),
    Mistake(
        "prototypes_normalised_by_column",
        "codes_with_queue",
        (TOGETHER, TOGETHER.replace("prototypes.T", "F.normalize(prototypes, dim=0).T")),
        "You normalise the columns of the prototypes. Which dimension holds the numbers of one prototype, and what norm does it have already?",
        trains=True,
    ),
    Mistake(
        "queue_cut_to_a_batch",
        "codes_with_queue",
        (TOGETHER, TOGETHER.replace("queue.to(z)", "queue.to(z)[: len(z)]")),
        "You take as many rows of the queue as the batch has. How many of them should balance the codes?",
        trains=True,
    ),
    Mistake(
        "temperature_too",
        "codes_with_queue",
        (TOGETHER, TOGETHER + " / 0.1"),
        "You divide the scores by a temperature before the iteration, so codes are too sharp. Which number makes codes sharp?",
        trains=True,
    ),
    Mistake(
        "balanced_on_the_cpu",
        "codes_with_queue",
        (TOGETHER, "scores = (torch.cat([z, queue.to(z)]) @ prototypes.T).cpu()"),
        "You make a tensor on the CPU or move one there, whatever device the projections are on. What happens when tensors on two devices meet?",
        trains=True,
    ),
    # swapped_loss
    Mistake(
        "own_code",
        "swapped_loss",
        (OTHER, "if v == i"),
        "You let each view predict its own code, which it can do without knowing the other view. Whose code should it predict?",
        trains=True,
    ),
    Mistake(
        "own_code_too",
        "swapped_loss",
        (OTHER, "if v >= 0"),
        "You let each view predict its own code as well. Which pair of a view and a code must be left out?",
        trains=True,
    ),
    Mistake(
        "no_temperature",
        "swapped_loss",
        (PREDICT, "F.log_softmax(s, dim=1)"),
        "You do not use the temperature, so predictions are nearly uniform. By what are scores divided?",
        trains=True,
    ),
    Mistake(
        "times_temperature",
        "swapped_loss",
        (PREDICT, "F.log_softmax(s * temperature, dim=1)"),
        "You multiply by the temperature. Should a lower temperature make differences larger or smaller?",
        trains=True,
    ),
    Mistake(
        "always_a_tenth",
        "swapped_loss",
        (PREDICT, "F.log_softmax(s / 0.1, dim=1)"),
        "You always use 0.1. What should happen to the temperature that the caller gives?",
        trains=True,
    ),
    Mistake(
        "softmax_over_the_batch",
        "swapped_loss",
        (PREDICT, "F.log_softmax(s / temperature, dim=0)"),
        "You take the softmax over the batch. Over what should the shares of one image sum to 1?",
        trains=True,
    ),
    Mistake(
        "probability_not_log",
        "swapped_loss",
        (PREDICT, "F.softmax(s / temperature, dim=1)"),
        "You multiply codes by probabilities. Where is the logarithm of the equation?",
        trains=True,
    ),
    Mistake(
        "squared_difference",
        "swapped_loss",
        (PAIR, "(code - predicted.exp()).square().sum(1).mean()"),
        "You take the squared difference of code and prediction. Which function of them is in the equation?",
        trains=True,
    ),
    Mistake(
        "divergence_for_cross_entropy",
        "swapped_loss",
        (PAIR, "(torch.special.entr(code).sum(1) * -1 - (code * predicted).sum(1)).mean()"),
        "You subtract the entropy of the codes, so you return KL. The gradient is the same; what is the value in the equation?",
        trains=True,
    ),
    Mistake(
        "sides_exchanged",
        "swapped_loss",
        (PAIR, "-(predicted.exp() * (code + 1e-12).log()).sum(1).mean()"),
        "You take the logarithm of the code. Which of the two is the target, and which is the prediction?",
        trains=True,
    ),
    Mistake(
        "sum_over_the_batch",
        "swapped_loss",
        (PAIR, "-(code * predicted).sum(1).sum()"),
        "You add up the losses of the batch. What should you divide the sum by?",
        trains=True,
    ),
    Mistake(
        "mean_over_prototypes",
        "swapped_loss",
        (PAIR, "-(code * predicted).mean()"),
        "You take the mean over the prototypes too. Is the k of the equation under a sum or under a mean?",
        trains=True,
    ),
    Mistake(
        "sum_over_pairs",
        "swapped_loss",
        (MEAN, "torch.stack(losses).sum()"),
        "You add up the losses of all pairs, so more small crops mean a larger loss. What does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "sum_over_views",
        "swapped_loss",
        (MEAN, "torch.stack(losses).sum() / len(codes)"),
        "You take the mean over the codes, but the sum over the views. How does the loss change when you add small crops?",
        trains=True,
    ),
    Mistake(
        "own_pair_counted",
        "swapped_loss",
        (MEAN, "torch.stack(losses).sum() / (len(codes) * len(scores))"),
        "You divide by the number of all pairs, although each view's pair with its own code is left out. How many pairs are there in your sum?",
        trains=True,
    ),
    Mistake(
        "large_views_only",
        "swapped_loss",
        (OTHER, "if v != i and v < len(codes)"),
        "You let only views with a code predict, so small crops teach nothing. Which views should predict?",
        trains=True,
    ),
    Mistake(
        "small_crops_only_for_the_first_code",
        "swapped_loss",
        (OTHER, "if v != i and (v < len(codes) or i == 0)"),
        "You let small crops predict the first code alone. Which codes should they predict?",
        trains=True,
    ),
    Mistake(
        "next_view_only",
        "swapped_loss",
        (OTHER, "if v == (i + 1) % len(scores)"),
        "You let only the next view predict a code. How many views are there besides the one that the code comes from?",
        trains=True,
    ),
    Mistake(
        "later_views_only",
        "swapped_loss",
        (OTHER, "if v > i"),
        "You let only later views predict a code. What about code 2 and view 1?",
        trains=True,
    ),
    Mistake(
        "first_code_only",
        "swapped_loss",
        ("enumerate(codes)", "enumerate(codes[:1])"),
        "You use only the first code. What must the first view predict?",
        trains=True,
    ),
    Mistake(
        "code_of_another_image",
        "swapped_loss",
        (PAIR, "-(code.roll(1, 0) * predicted).sum(1).mean()"),
        "You compare each image with the code of the image before it. Which rows belong together?",
        trains=True,
    ),
    Mistake(
        "hard_targets",
        "swapped_loss",
        (PAIR, "F.nll_loss(predicted, code.argmax(1))"),
        "You use only the largest prototype of each code. What does the sum over k say about the others?",
        trains=True,
    ),
    Mistake(
        "codes_softened",
        "swapped_loss",
        (PAIR, "-(code.softmax(1) * predicted).sum(1).mean()"),
        "You apply a softmax to codes, which are distributions already. What do they sum to?",
        trains=True,
    ),
    Mistake(
        "codes_sharpened",
        "swapped_loss",
        (
            PAIR,
            "-((code.clamp(min=1e-12).log() / temperature).softmax(1) * predicted).sum(1).mean()",
        ),
        "You apply the temperature to the codes too. On which of the two does tau act?",
        trains=True,
    ),
    Mistake(
        "yes_or_no_for_each_prototype",
        "swapped_loss",
        (PREDICT, "F.logsigmoid(s / temperature)"),
        "You judge each prototype on its own with a sigmoid. What do the shares of one image sum to?",
        trains=True,
    ),
    Mistake(
        "first_view_stopped",
        "swapped_loss",
        (PAIR, "-(code * (predicted.detach() if v == 0 else predicted)).sum(1).mean()"),
        "You detach the predictions of the first view. Which views should teach the encoder?",
        trains=True,
    ),
    Mistake(
        "small_crops_stopped",
        "swapped_loss",
        (PAIR, "-(code * (predicted.detach() if v >= len(codes) else predicted)).sum(1).mean()"),
        "You detach the predictions of small crops. Which views should teach the encoder?",
        trains=True,
    ),
    Mistake(
        "sum_of_clamped_exponentials",
        "swapped_loss",
        (
            PREDICT,
            "(s / temperature) - (s / temperature).clamp(max=80).exp().sum(1, keepdim=True).log()",
        ),
        "You compute exp of every score, and clamp it before it overflows float32. Which function takes the logarithm of the sum safely?",
        trains=True,
    ),
    Mistake(
        "sum_over_codes",
        "swapped_loss",
        (MEAN, "torch.stack(losses).sum() / (len(scores) - 1)"),
        "You take the mean over the views, but the sum over the codes. What does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "divided_by_the_views",
        "swapped_loss",
        (MEAN, "torch.stack(losses).sum() / len(scores)"),
        "You divide the sum by the number of views. How many pairs are there in your sum?",
        trains=True,
    ),
    Mistake(
        "the_other_sign",
        "swapped_loss",
        (PAIR, "(code * predicted).sum(1).mean()"),
        "You leave out the minus sign, so training makes predictions worse. Should the loss be low or high if a view predicts the code?",
    ),
    Mistake(
        "mean_squared_difference",
        "swapped_loss",
        (PAIR, "(code - predicted.exp()).square().mean()"),
        "You take the mean squared difference of code and prediction. Which function of them is in the equation?",
        trains=True,
    ),
    Mistake(
        "softmax_by_hand",
        "swapped_loss",
        (PREDICT, "((s / temperature).exp() / (s / temperature).exp().sum(1, keepdim=True)).log()"),
        "At a temperature of 0.004 your loss is infinite or NaN in float32, where exp(200) is too large and exp(-200) is 0. Which function takes the log of a sum of exponentials without computing one alone?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "log_after_softmax",
        "swapped_loss",
        (PREDICT, "(s / temperature).softmax(1).log()"),
        "At a temperature of 0.004 your loss is infinite or NaN in float32. A share of the softmax rounds to 0 there, and what is its logarithm? Which function takes both at once?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "softmax_of_codes",
        "swapped_loss",
        (PAIR, "-((code / temperature).softmax(1) * predicted).sum(1).mean()"),
        "You apply a softmax with the temperature to codes, which are distributions already. What do they sum to?",
        trains=True,
    ),
    Mistake(
        "views_in_reverse",
        "swapped_loss",
        """def swapped_loss(scores, codes, temperature=0.1):
    predictions = [F.log_softmax(s / temperature, dim=1) for s in reversed(scores)]
    losses = [-(q * p).sum(1).mean() for q, p in zip(codes, predictions, strict=False)]
    return torch.stack(losses).mean()
""",
        "You pair the codes with the views in reverse, so each code has one view, which with three views may be its own. How many views must predict each code?",
        trains=True,
    ),
    Mistake(
        "predictions_stopped",
        "swapped_loss",
        (PAIR, "-(code * predicted.detach()).sum(1).mean()"),
        "You detach the predictions, so nothing can learn. Which of code and prediction is the constant?",
    ),
    Mistake(
        "mean_prediction",
        "swapped_loss",
        """def swapped_loss(scores, codes, temperature=0.1):
    losses = []
    for i, code in enumerate(codes):
        others = [F.softmax(s / temperature, dim=1) for v, s in enumerate(scores) if v != i]
        losses.append(-(code * torch.stack(others).mean(0).log()).sum(1).mean())
    return torch.stack(losses).mean()
""",
        "You average the predictions of the other views before the logarithm. Which comes first, the logarithm or the mean over views?",
        trains=True,
    ),
    Mistake(
        "large_and_small_apart",
        "swapped_loss",
        """def swapped_loss(scores, codes, temperature=0.1):
    predictions = [F.log_softmax(s / temperature, dim=1) for s in scores]
    groups = ([], [])
    for i, code in enumerate(codes):
        for v, predicted in enumerate(predictions):
            if v != i:
                groups[v >= len(codes)].append(-(code * predicted).sum(1).mean())
    return torch.stack([torch.stack(one).mean() for one in groups if one]).mean()
""",
        "You take a mean over large views, another over small ones, and the mean of both, so a pair counts more if its group is small. Which pairs count the same?",
        trains=True,
    ),
    Mistake(
        "loss_on_the_cpu",
        "swapped_loss",
        (MEAN, "sum(losses, torch.zeros(1))[0] / len(losses)"),
        "You make a tensor on the CPU or move one there, whatever device scores and codes are on. What happens when tensors on two devices meet?",
        trains=True,
    ),
    # SwAV.loss
    Mistake(
        "prototypes_never_normalised",
        "SwAV.loss",
        (FIRST, "pass"),
        "You never normalise the prototypes, so their norms grow and scores are no longer cosines. When must they have unit norm?",
        trains=True,
    ),
    Mistake(
        "normalised_at_the_end",
        "SwAV.loss",
        """def loss(self, z1, z2, index, *small):
    z = [F.normalize(one, dim=1) for one in (z1, z2, *small)]
    frozen = self.epoch <= self.freeze_epochs
    scores = [one @ (self.prototypes.detach() if frozen else self.prototypes).clone().T for one in z]
    codes = [self.codes(one, queue) for one, queue in zip(z, self.queues, strict=False)]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, loss.item())
    self.remember(z, index)
    normalise_(self.prototypes)
    return loss
""",
        "You normalise the prototypes after the loss, so this step used what the optimiser left. When must they have unit norm?",
        trains=True,
    ),
    Mistake(
        "normalised_in_the_graph",
        "SwAV.loss",
        (
            SCORES,
            "unit = F.normalize(self.prototypes, dim=1)\n        scores = [one @ (unit.detach() if frozen else unit).T for one in z]",
        ),
        "You normalise the prototypes inside the graph as well, so only the sideways part of their gradient is left. Which call has normalised them already?",
        trains=True,
    ),
    Mistake(
        "a_new_parameter",
        "SwAV.loss",
        (FIRST, "self.prototypes = nn.Parameter(F.normalize(self.prototypes.detach(), dim=1))"),
        "You make a new parameter at each step, and the optimiser still holds the old one. How can the same tensor get new values?",
        trains=True,
    ),
    Mistake(
        "projections_not_normalised",
        "SwAV.loss",
        (EMBED, "z = [z1, z2, *small]"),
        "You do not normalise the projections, so scores may have any size. Between which numbers does a cosine lie?",
        trains=True,
    ),
    Mistake(
        "projections_normalised_by_columns",
        "SwAV.loss",
        (EMBED, EMBED.replace("dim=1", "dim=0")),
        "You normalise every column of a projection, across the batch. Which dimension holds the numbers of one image?",
        trains=True,
    ),
    Mistake(
        "small_crops_not_normalised",
        "SwAV.loss",
        (EMBED, "z = [F.normalize(z1, dim=1), F.normalize(z2, dim=1), *small]"),
        "You normalise only the large views. What are the scores of the small ones then?",
        trains=True,
    ),
    Mistake(
        "never_frozen",
        "SwAV.loss",
        (FROZEN, "frozen = False"),
        "You train the prototypes from the first step. What does freeze_epochs say?",
        trains=True,
    ),
    Mistake(
        "always_frozen",
        "SwAV.loss",
        (FROZEN, "frozen = True"),
        "You never train the prototypes. When does freeze_epochs end?",
        trains=True,
    ),
    Mistake(
        "thawed_an_epoch_early",
        "SwAV.loss",
        (FROZEN, "frozen = self.epoch < self.freeze_epochs"),
        "You stop freezing one epoch too early. The first epoch has number 1; is it smaller than freeze_epochs = 1?",
        trains=True,
    ),
    Mistake(
        "thawed_an_epoch_late",
        "SwAV.loss",
        (FROZEN, "frozen = self.epoch <= self.freeze_epochs + 1"),
        "You freeze one epoch too long. How many epochs have begun when `epoch` is 2?",
        trains=True,
    ),
    Mistake(
        "everything_frozen",
        "SwAV.loss",
        (
            SCORES,
            "scores = [(one.detach() if frozen else one) @ (self.prototypes.detach() if frozen else self.prototypes).T for one in z]",
        ),
        "You stop the gradient of the projections too while the prototypes are frozen. What should learn in the first epoch?",
        trains=True,
    ),
    Mistake(
        "codes_of_small_crops_too",
        "SwAV.loss",
        (TARGETS, "codes = [self.codes(one, self.queues[i % 2]) for i, one in enumerate(z)]"),
        "You compute codes of small crops as well, which the paper found to hurt. Which views have codes?",
        trains=True,
    ),
    Mistake(
        "small_crops_do_not_predict",
        "SwAV.loss",
        (LOSS, "loss = swapped_loss(scores[:2], codes, self.temperature)"),
        "You leave the small crops out of the loss, so they only cost time. Which views should predict?",
        trains=True,
    ),
    Mistake(
        "codes_of_the_first_view",
        "SwAV.loss",
        (LOSS, "loss = swapped_loss(scores, codes[:1], self.temperature)"),
        "You use the code of the first view alone. What must the first view predict?",
        trains=True,
    ),
    Mistake(
        "codes_exchanged",
        "SwAV.loss",
        (LOSS, "loss = swapped_loss(scores, codes[::-1], self.temperature)"),
        "You exchange the codes, and swapped_loss exchanges them again. Whose code does each view predict now?",
        trains=True,
    ),
    Mistake(
        "codes_of_raw_projections",
        "SwAV.loss",
        (TARGETS, TARGETS.replace("zip(z,", "zip((z1, z2),")),
        "You compute codes from projections that are not normalised. Which norm does `codes` expect?",
        trains=True,
    ),
    Mistake(
        "temperature_not_passed",
        "SwAV.loss",
        (LOSS, "loss = swapped_loss(scores, codes)"),
        "You leave the temperature at its default. Which one did the method get?",
        trains=True,
    ),
    Mistake(
        "options_not_passed",
        "SwAV.loss",
        (TARGETS, "codes = [codes_with_queue(one, one[:0], self.prototypes) for one in z[:2]]"),
        "You bypass the method's own `codes`, so epsilon, iterations and queue have no effect. Which function uses them?",
        trains=True,
    ),
    Mistake(
        "queue_bypassed",
        "SwAV.loss",
        (TARGETS, "codes = [sinkhorn(one, self.epsilon, self.iterations) for one in scores[:2]]"),
        "You balance each batch alone, so the queues have no effect. Which function uses them?",
        trains=True,
    ),
    Mistake(
        "queue_used_half_full",
        "SwAV.loss",
        (
            TARGETS,
            "codes = [codes_with_queue(one, queue.rows, self.prototypes, self.epsilon, self.iterations) for one, queue in zip(z, self.queues, strict=False)]",
        ),
        "You use a queue before it is full, with rows that no image has written. Which function checks whether it is full?",
        trains=True,
    ),
    Mistake(
        "one_queue_for_both",
        "SwAV.loss",
        (TARGETS, "codes = [self.codes(one, self.queues[0]) for one in z[:2]]"),
        "You balance both views with the first queue. Which queue belongs to the second view?",
        trains=True,
    ),
    Mistake(
        "remembered_before_use",
        "SwAV.loss",
        """def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    z = [F.normalize(one, dim=1) for one in (z1, z2, *small)]
    self.remember(z, index)
    frozen = self.epoch <= self.freeze_epochs
    scores = [one @ (self.prototypes.detach() if frozen else self.prototypes).T for one in z]
    codes = [self.codes(one, queue) for one, queue in zip(z, self.queues, strict=False)]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, loss.item())
    return loss
""",
        "You push the batch before you compute its codes, so it is balanced with itself. When may the queues change?",
        trains=True,
    ),
    Mistake(
        "described_after_the_push",
        "SwAV.loss",
        (f"{HEALTH}\n        {KEEP}", f"{KEEP}\n        {HEALTH}"),
        "You describe the step after the push, when the queue is fuller than it was. What did this step use?",
        trains=True,
    ),
    Mistake(
        "never_remembered",
        "SwAV.loss",
        (KEEP, "pass"),
        "You never add to the queues, so they never fill. What should a step leave behind?",
        trains=True,
    ),
    Mistake(
        "queues_exchanged",
        "SwAV.loss",
        (KEEP, "self.remember([z[1], z[0]], index)"),
        "You push the second view into the first queue. Which queue is balanced with which view?",
        trains=True,
    ),
    Mistake(
        "remembered_small_crops",
        "SwAV.loss",
        (KEEP, "self.remember(z[-2:], index)"),
        "You push the last two views, which may be small crops. Which views do the queues hold?",
        trains=True,
    ),
    Mistake(
        "nothing_for_the_meters",
        "SwAV.loss",
        (HEALTH, "pass"),
        "You do not set self.found, so the meters say nothing. How would you notice that a prototype is dead?",
        trains=True,
    ),
    Mistake(
        "health_of_other_views",
        "SwAV.loss",
        (HEALTH, "self.found = self.health(scores[-2:], codes, loss.item())"),
        "You describe the last two views, which may be small crops. Which views come first in `scores`?",
        trains=True,
    ),
    Mistake(
        "second_view_stopped",
        "SwAV.loss",
        (EMBED, "z = [F.normalize(one, dim=1) for one in (z1, z2.detach(), *small)]"),
        "You stop the gradient of the second view. Which views should teach the encoder?",
        trains=True,
    ),
    Mistake(
        "loss_of_the_divergence",
        "SwAV.loss",
        (LOSS, f"{LOSS} - entropy(torch.cat(codes)).mean()"),
        "You subtract the entropy of the codes. The gauge compares the loss with ln K; what should the method return?",
        trains=True,
    ),
    Mistake(
        "frozen_by_a_gradient_of_zero",
        "SwAV.loss",
        (
            SCORES,
            "c = self.prototypes * 0 + self.prototypes.detach() if frozen else self.prototypes\n        scores = [one @ c.T for one in z]",
        ),
        "You give frozen prototypes a gradient of 0, with which momentum and weight decay still move them. How can they have no gradient at all?",
        trains=True,
    ),
    Mistake(
        "projections_stopped",
        "SwAV.loss",
        (EMBED, "z = [F.normalize(one.detach(), dim=1) for one in (z1, z2, *small)]"),
        "You detach the projections, so the encoder cannot learn. Which of projections and codes are constants?",
    ),
    Mistake(
        "balanced_together",
        "SwAV.loss",
        (TARGETS, "codes = list(self.codes(torch.cat(z[:2]), self.queues[0]).chunk(2))"),
        "You balance both large views together, so the codes of one view depend on the other. Over which samples is the code of a view balanced?",
        trains=True,
    ),
    Mistake(
        "meter_is_a_tensor",
        "SwAV.loss",
        (HEALTH, "self.found = self.health(scores, codes, loss)"),
        "You give `health` a tensor where it expects a number, so a meter is a tensor too, which no log can hold. Which method of a tensor gives a plain number?",
        trains=True,
    ),
    Mistake(
        "both_scaled_at_once",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    if scores.dtype in (torch.float16, torch.bfloat16):
        scores = scores.float()
    M = scores / epsilon
    f = M.new_zeros(M.shape[0])
    g = M.new_zeros(M.shape[1])
    for _ in range(iterations):
        f, g = -torch.logsumexp(M + g[None, :], dim=1), -torch.logsumexp(M + f[:, None], dim=0)
    return torch.exp(M + f[:, None] + g[None, :])
""",
        "You compute the factors of rows and columns at the same time, from the old ones. Which of the two must already be applied when you compute the other?",
        trains=True,
    ),
    Mistake(
        "until_convergence",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    work = scores if scores.dtype == torch.float64 else scores.float()
    B, K = work.shape
    logQ = work / epsilon
    for step in range(max(iterations, 2000)):
        logQ = logQ - torch.logsumexp(logQ, dim=0, keepdim=True)
        logQ = logQ - torch.logsumexp(logQ, dim=1, keepdim=True)
        balance = logQ.exp().sum(dim=0)
        if (balance - B / K).abs().max() < 1e-5:
            break
    return logQ.exp()
""",
        "You repeat until the columns are balanced, whatever `iterations` is. Where does the paper stop?",
        trains=True,
    ),
    Mistake(
        "centred_softmax",
        "codes_with_queue",
        """
@torch.no_grad()
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    logits = z @ prototypes.T
    seen = torch.cat([logits, queue.to(z) @ prototypes.T], dim=0)
    center = seen.mean(dim=0, keepdim=True)
    return torch.softmax((logits - center) / epsilon, dim=1)
""",
        "You subtract the mean and take a softmax, as DINO does. What balances the codes in SwAV?",
        trains=True,
    ),
    Mistake(
        "gradients_on_afterwards",
        "normalise_",
        """
def normalise_(prototypes):
    torch.set_grad_enabled(False)
    prototypes.copy_(F.normalize(prototypes, dim=1))
    torch.set_grad_enabled(True)
""",
        "Afterwards you switch gradients on, although the caller may have switched them off. Which `with` restores the previous setting?",
        trains=True,
    ),
    Mistake(
        "small_number_in_sums",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    scores = scores.to(torch.promote_types(scores.dtype, torch.float32))
    codes = ((scores - scores.max()) / epsilon).exp()
    for _ in range(iterations):
        codes = codes / (codes.sum(0, keepdim=True) + 1e-12)
        codes = codes / (codes.sum(1, keepdim=True) + 1e-12)
    return codes
""",
        "You add a small number to each sum, so a row or column whose sum is even smaller does not get its share. What replaces it if you work on logarithms?",
        trains=True,
    ),
    Mistake(
        "scores_divided_by_sinkhorn",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    log_codes = scores.to(torch.promote_types(scores.dtype, torch.float32))
    log_codes /= epsilon
    for _ in range(iterations):
        log_codes = log_codes - log_codes.logsumexp(0, keepdim=True)
        log_codes = log_codes - log_codes.logsumexp(1, keepdim=True)
    return log_codes.exp()
""",
        "You divide the caller's scores in place: `to` makes no copy if the type stays. Which division makes a new tensor?",
        trains=True,
    ),
    Mistake(
        "codes_freeze_the_prototypes",
        "codes_with_queue",
        """
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    prototypes.requires_grad_(False)  # codes are constants
    scores = torch.cat([z, queue.to(z)]) @ prototypes.T
    return sinkhorn(scores, epsilon, iterations)[: len(z)]
""",
        "You switch off the prototypes' requires_grad and never switch it back on. How can a block be left out of the graph?",
        trains=True,
    ),
    Mistake(
        "loss_divides_in_place",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    predictions = [F.log_softmax(s.div_(temperature), dim=1) for s in scores]
    losses = [
        -(code * predicted).sum(1).mean()
        for i, code in enumerate(codes)
        for v, predicted in enumerate(predictions)
        if v != i
    ]
    return torch.stack(losses).mean()
""",
        "You divide the caller's scores in place. Which division makes a new tensor?",
        trains=True,
    ),
    Mistake(
        "never_thawed",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    z = [F.normalize(one, dim=1) for one in (z1, z2, *small)]
    if self.epoch <= self.freeze_epochs:
        self.prototypes.requires_grad_(False)
    scores = [one @ self.prototypes.T for one in z]
    codes = [self.codes(one, queue) for one, queue in zip(z, self.queues, strict=False)]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, loss.item())
    self.remember(z, index)
    return loss
""",
        "You switch off the prototypes' requires_grad and never switch it back on, so they stay frozen. What must happen after the frozen epochs?",
        trains=True,
    ),
    Mistake(
        "normalises_after_the_loss",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    z = [F.normalize(one, dim=1) for one in (z1, z2, *small)]
    frozen = self.epoch <= self.freeze_epochs
    scores = [one @ (self.prototypes.detach() if frozen else self.prototypes).T for one in z]
    codes = [self.codes(one, queue) for one, queue in zip(z, self.queues, strict=False)]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, loss.item())
    self.remember(z, index)
    normalise_(self.prototypes)
    return loss
""",
        "You bring the prototypes to unit norm after the loss, so the scores were made from the old numbers, which the backward pass can no longer find. When must the prototypes have unit norm?",
    ),
    Mistake(
        "queue_in_its_own_type",
        "codes_with_queue",
        """
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    rows = torch.cat([z, queue], dim=0)
    affinity = rows.matmul(prototypes.t())
    return sinkhorn(affinity, epsilon, iterations).narrow(0, 0, len(z))
""",
        "You leave the queue in its own type, so projections in bfloat16 become float32 and no longer fit the prototypes. Which type should the queue have?",
        trains=True,
    ),
    Mistake(
        "a_copy_of_columns",
        "normalise_",
        (
            "prototypes.copy_(F.normalize(prototypes, dim=1))",
            "rows = prototypes.contiguous()\n    rows.copy_(F.normalize(rows, dim=1))",
        ),
        "You change what contiguous() returns, which is a copy unless the prototypes are contiguous in memory. Which tensor must change?",
        trains=True,
    ),
    Mistake(
        "frozen_prototypes_kept",
        "SwAV.loss",
        (
            "scores = [one @ (self.prototypes.detach() if frozen else self.prototypes).T for one in z]",
            "if frozen and not hasattr(self, 'kept'):\n            self.kept = self.prototypes.detach().clone()\n        scores = [one @ (self.kept if frozen else self.prototypes).T for one in z]",
        ),
        "You keep a copy of the frozen prototypes, but a checkpoint may load others. Which prototypes must a step use?",
        trains=True,
    ),
    Mistake(
        "both_scales_from_the_same_table",
        "sinkhorn",
        """@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    dtype = torch.float64 if scores.dtype == torch.float64 else torch.float32
    kernel = scores.to(dtype) / epsilon
    B, K = kernel.shape
    # one logarithm of a factor for each row and one for each column: code = exp(kernel + row + column)
    row = kernel.new_zeros(B, 1)
    column = kernel.new_zeros(1, K)

    def factors(row, column):
        # what each column and each row must be multiplied with, given the other factors
        new_column = -torch.logsumexp(kernel + row, dim=0, keepdim=True)
        new_row = -torch.logsumexp(kernel + column, dim=1, keepdim=True)
        return new_row, new_column

    for _ in range(iterations):
        row, column = factors(row, column)
    # samples last: each code must sum to 1
    return torch.softmax(kernel + row + column, dim=1)
""",
        "You scale rows and columns by the factors of the iteration before. What must have happened to the columns when the rows are scaled?",
        trains=True,
    ),
    Mistake(
        "minus_zero_cuts_all",
        "codes_with_queue",
        """
def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    everything = torch.cat([z, queue.to(z.dtype)])
    codes = sinkhorn(everything @ prototypes.T, epsilon, iterations)
    return codes[: -len(queue)]
""",
        "You cut the queue off with a negative end. What does codes[:-0] hold, if the queue is empty?",
        trains=True,
    ),
    Mistake(
        "codes_in_the_precision_of_the_scores",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    logs = scores.double() / epsilon
    for _ in range(iterations):
        logs = torch.log_softmax(logs, dim=0)
        logs = torch.log_softmax(logs, dim=1)
    return logs.exp().to(scores.dtype)
""",
        "You return codes in the precision of the scores, even if that is half. Which dtype does the docstring promise?",
        trains=True,
    ),
    *probabilities_kept_from_zero("swapped_loss", LOG_OF_P, "a bad prediction"),
]
