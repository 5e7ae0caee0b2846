# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 13: wrong ways to write MoCo, and what to say about each."""

from lessons.course.mistakes import Mistake

Q_UNIT = "F.normalize(q, dim=1)"
K_UNIT = "F.normalize(k.detach(), dim=1)"
OWN = "own = (q * k).sum(1, keepdim=True)"
WAITING = "q @ queue.to(q).T"
COLUMNS = "torch.cat([own, q @ queue.to(q).T], dim=1)"
LOGITS = "similarities(q, k, queue) / temperature"
TARGETS = "torch.zeros(len(q), dtype=torch.int64, device=q.device)"
ENTROPY = f"F.cross_entropy(logits, {TARGETS})"
MOVE = "slow.mul_(momentum).add_(fast, alpha=1 - momentum)"
PAIRS = "zip(key.parameters(), query.parameters(), strict=True)"
PLACES = "(self.position + torch.arange(len(z), device=self.rows.device)) % len(self.rows)"
OLDER = "self.ages += self.ages >= 0"
NEW = "F.normalize(z.detach().to(self.rows), dim=1)"
OF = "self.images[places] = -1 if images is None else images.to(self.images)"
ON = "self.position.copy_((self.position + len(z)) % len(self.rows))"
COPY = "self.queue.rows.clone()"
IMAGES = "index.repeat(len(z1) // len(index))"
LOSS = "loss = moco_loss(z1, z2, queue, self.temperature)"
HEALTH = "self.found = self.health(z1, z2, images)"
PUSH = "self.queue.push(z2, images)"

MISTAKES = [
    # similarities
    Mistake(
        "queries_not_normalised",
        "similarities",
        (Q_UNIT, "q"),
        "You do not normalise the queries, so a long query has large similarities. What is a cosine?",
        trains=True,
    ),
    Mistake(
        "keys_not_normalised",
        "similarities",
        (K_UNIT, "k.detach()"),
        "You do not normalise the own keys, while those in the queue have unit norm. How can a query compare the two kinds?",
        trains=True,
    ),
    Mistake(
        "normalised_over_the_batch",
        "similarities",
        (f"{Q_UNIT}, {K_UNIT}", "F.normalize(q, dim=0), F.normalize(k.detach(), dim=0)"),
        "You normalise each column of the batch. Which dimension holds the numbers of one query?",
        trains=True,
    ),
    Mistake(
        "keys_get_a_gradient",
        "similarities",
        (K_UNIT, "F.normalize(k, dim=1)"),
        "You let a gradient reach the own keys. From what should the key network learn?",
        trains=True,
    ),
    Mistake(
        "queries_get_no_gradient",
        "similarities",
        (Q_UNIT, "F.normalize(q.detach(), dim=1)"),
        "No gradient reaches the queries, so nothing can learn. Which of the two networks is trained?",
    ),
    Mistake(
        "norm_without_a_gradient",
        "similarities",
        (Q_UNIT, "q / q.detach().norm(dim=1, keepdim=True)"),
        "You detach the norm of the query, so the gradient also tries to make queries longer. What is the gradient of q / |q|?",
        trains=True,
    ),
    Mistake(
        "own_key_last",
        "similarities",
        (COLUMNS, "torch.cat([q @ queue.to(q).T, own], dim=1)"),
        "You write the own key to the last column. Which column does the docstring name?",
    ),
    Mistake(
        "own_keys_shifted",
        "similarities",
        (OWN, "own = (q * k.roll(1, 0)).sum(1, keepdim=True)"),
        "You give each query the key of another image, as if a shuffle of the keys were not undone. Which row of k belongs to row b of q?",
    ),
    Mistake(
        "first_key_for_all",
        "similarities",
        (OWN, "own = (q * k[:1]).sum(1, keepdim=True)"),
        "You compare every query with the first key of the batch. Which row of k belongs to row b of q?",
    ),
    Mistake(
        "most_similar_key_of_the_batch",
        "similarities",
        (OWN, "own = (q @ k.T).max(1, keepdim=True).values"),
        "You take the most similar key of the batch as the own one. Whose key must a query find?",
        trains=True,
    ),
    Mistake(
        "mean_over_dimensions",
        "similarities",
        (OWN, "own = (q * k).mean(1, keepdim=True)"),
        "You divide the inner product with the own key by d. Is an inner product a sum or a mean?",
        trains=True,
    ),
    Mistake(
        "sign_dropped",
        "similarities",
        (COLUMNS, "torch.cat([own, q @ queue.to(q).T], dim=1).abs()"),
        "You drop the sign, so opposite vectors count as similar. What is the cosine of 180 degrees?",
        trains=True,
    ),
    Mistake(
        "keys_against_the_queue",
        "similarities",
        (WAITING, "k @ queue.to(k).T"),
        "You compare the own keys with the queue, so the other candidates do not depend on the query. Which vector searches?",
        trains=True,
    ),
    Mistake(
        "queue_normalised_by_column",
        "similarities",
        (WAITING, "q @ F.normalize(queue.to(q), dim=0).T"),
        "You normalise the columns of the queue, as the original code does with a queue of shape (d, K). Which dimension of ours holds the numbers of one key?",
        trains=True,
    ),
    Mistake(
        "distances_to_the_queue",
        "similarities",
        (WAITING, "torch.cdist(q, queue.to(q))"),
        "You write distances to the keys in the queue, which are large where cosines are small. What is in the other column?",
    ),
    Mistake(
        "queue_in_reverse",
        "similarities",
        (WAITING, "q @ queue.to(q).flip(0).T"),
        "You list the queue from its end. Which key belongs to column 1?",
        trains=True,
    ),
    Mistake(
        "nothing_normalised",
        "similarities",
        (f"{Q_UNIT}, {K_UNIT}", "q, k.detach()"),
        "You normalise neither queries nor own keys, so the longest ones decide. What is a cosine?",
        trains=True,
    ),
    Mistake(
        "queries_normalised_over_the_batch",
        "similarities",
        (Q_UNIT, "F.normalize(q, dim=0)"),
        "You normalise the keys by row, but the queries by column. Which dimension holds the numbers of one query?",
        trains=True,
    ),
    Mistake(
        "one_norm_for_the_batch",
        "similarities",
        (f"{Q_UNIT}, {K_UNIT}", "q / q.norm(), k.detach() / k.detach().norm()"),
        "You divide by the norm of the whole matrix, so long queries stay longer than others. How many norms are there?",
        trains=True,
    ),
    Mistake(
        "sum_of_absolutes",
        "similarities",
        (f"{Q_UNIT}, {K_UNIT}", "F.normalize(q, p=1, dim=1), F.normalize(k.detach(), p=1, dim=1)"),
        "You divide by the sum of absolute values. Which norm makes an inner product a cosine?",
        trains=True,
    ),
    Mistake(
        "squared_norm",
        "similarities",
        (
            f"{Q_UNIT}, {K_UNIT}",
            "q / q.square().sum(1, keepdim=True), k.detach() / k.detach().square().sum(1, keepdim=True)",
        ),
        "You divide by the squared norm, so long queries get small similarities. What is missing after the sum of squares?",
        trains=True,
    ),
    Mistake(
        "wrong_one_is_constant",
        "similarities",
        (f"{Q_UNIT}, {K_UNIT}", "F.normalize(q.detach(), dim=1), F.normalize(k, dim=1)"),
        "You detach the queries and let a gradient reach the keys. Which of the two networks is trained by the loss?",
        trains=True,
    ),
    Mistake(
        "all_keys_of_the_batch",
        "similarities",
        (COLUMNS, "q @ torch.cat([k, queue.to(q)]).T"),
        "You compare each query with all keys of its batch, so there are B + K columns. How many of these keys belong to one query?",
    ),
    Mistake(
        "distances_for_cosines",
        "similarities",
        (
            COLUMNS,
            "-torch.cat([(q - k).norm(dim=1, keepdim=True), torch.cdist(q, queue.to(q))], dim=1)",
        ),
        "You write negative distances. Which product of two unit vectors is their cosine?",
        trains=True,
    ),
    Mistake(
        "temperature_already_here",
        "similarities",
        (COLUMNS, "torch.cat([own, q @ queue.to(q).T], dim=1) / 0.2"),
        "You divide the cosines by a temperature of 0.2 here already. Which function gets the temperature as an argument?",
        trains=True,
    ),
    Mistake(
        "keys_of_the_batch_in_the_queue",
        "similarities",
        (WAITING, "q @ torch.cat([k, queue.to(q)])[: len(queue)].T"),
        "You put the keys of this batch in front of the queue, so the own key is among the wrong candidates. When do keys enter the queue?",
        trains=True,
    ),
    Mistake(
        "query_with_itself",
        "similarities",
        (OWN, "own = (q * q).sum(1, keepdim=True)"),
        "You compare each query with itself, so column 0 is always 1. Which row of k belongs to row b of q?",
        trains=True,
    ),
    Mistake(
        "one_key_of_the_queue_skipped",
        "similarities",
        (WAITING, "q @ queue.to(q)[1:].T"),
        "You skip the first key of the queue. How many columns does the docstring name?",
        trains=True,
    ),
    Mistake(
        "keys_on_the_cpu",
        "similarities",
        (K_UNIT, "F.normalize(k.detach().cpu(), dim=1)"),
        "You make or move a tensor to the CPU, whatever device the queries are on. What does a GPU say when two devices meet?",
        trains=True,
    ),
    # moco_loss
    Mistake(
        "times_temperature",
        "moco_loss",
        (LOGITS, "similarities(q, k, queue) * temperature"),
        "You multiply by the temperature, so the loss stays near ln(K + 1) for ever. What does the equation do with tau?",
        trains=True,
    ),
    Mistake(
        "temperature_twice",
        "moco_loss",
        (LOGITS, "similarities(q, k, queue) / temperature / temperature"),
        "You divide by the temperature twice. How often does tau occur in an exponent?",
        trains=True,
    ),
    Mistake(
        "temperature_forgotten",
        "moco_loss",
        (LOGITS, "similarities(q, k, queue)"),
        "You never use the temperature. What does the equation divide by?",
        trains=True,
    ),
    Mistake(
        "temperature_on_negatives_only",
        "moco_loss",
        (
            LOGITS,
            "similarities(q, k, queue) / torch.tensor([1.0] + [temperature] * len(queue)).to(q)",
        ),
        "You divide only the similarities with the queue by the temperature. What about the own key?",
        trains=True,
    ),
    Mistake(
        "temperature_of_version_1",
        "moco_loss",
        ("temperature: float = 0.2", "temperature: float = 0.07"),
        "Your default temperature is 0.07, that of the first version. Which default does the blank have?",
        trains=True,
    ),
    Mistake(
        "own_key_not_in_the_denominator",
        "moco_loss",
        (f"return {ENTROPY}", "return (logits[:, 1:].logsumexp(1) - logits[:, 0]).mean()"),
        "You leave the own key out of the denominator, so the loss can be negative. How many terms does the sum in the equation have?",
        trains=True,
    ),
    Mistake(
        "keys_of_the_batch_too",
        "moco_loss",
        (
            LOGITS,
            "torch.cat([similarities(q, k, queue), similarities(q, k, F.normalize(k.detach(), dim=1))[:, 1:].masked_fill(torch.eye(len(q), dtype=torch.bool, device=q.device), -torch.inf)], 1) / temperature",
        ),
        "You also take the other keys of the batch as candidates, as NT-Xent does. How many candidates does a query of MoCo have?",
        trains=True,
    ),
    Mistake(
        "softmax_twice",
        "moco_loss",
        (ENTROPY, f"F.cross_entropy(logits.softmax(1), {TARGETS})"),
        "You take a softmax before the cross entropy, which takes one itself, so the loss is nearly flat. What does F.cross_entropy expect?",
        trains=True,
    ),
    Mistake(
        "sum_over_queries",
        "moco_loss",
        (ENTROPY, f"F.cross_entropy(logits, {TARGETS}, reduction='sum')"),
        "You add up the losses of the queries. Should the loss double if the batch does?",
        trains=True,
    ),
    Mistake(
        "log_of_the_mean",
        "moco_loss",
        (ENTROPY, "-logits.softmax(1)[:, 0].mean().log()"),
        "You take the logarithm of the mean probability. Which comes first, the logarithm or the mean?",
        trains=True,
    ),
    Mistake(
        "last_column_is_right",
        "moco_loss",
        (TARGETS, "torch.full((len(q),), len(queue), device=q.device)"),
        "You say that the last column is right, which is a key of the queue. Where is the own key?",
    ),
    Mistake(
        "targets_of_nt_xent",
        "moco_loss",
        (TARGETS, "torch.arange(len(q), device=q.device) % (len(queue) + 1)"),
        "You say that column b is right for query b, as in NT-Xent or in MoCo v3. Where is the own key in each row?",
    ),
    Mistake(
        "exp_by_hand",
        "moco_loss",
        (ENTROPY, "-(logits[:, 0].exp() / logits.exp().sum(1)).log().mean()"),
        "At a temperature of 0.005 your loss is infinite or NaN in float32. What is exp(200) there, and which function takes the log of a sum of exponentials without it?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "the_other_sign",
        "moco_loss",
        (f"return {ENTROPY}", f"return -{ENTROPY}"),
        "You return the logarithm without its minus sign, so training makes keys hard to find. Should the loss be low or high if a query finds its key?",
    ),
    Mistake(
        "logarithm_of_base_2",
        "moco_loss",
        (f"return {ENTROPY}", f"return {ENTROPY} / math.log(2)"),
        "You count in bits. Which logarithm is in the equation?",
        trains=True,
    ),
    Mistake(
        "hardest_key_only",
        "moco_loss",
        (LOGITS, LOGITS + "\n    logits = torch.stack([logits[:, 0], logits[:, 1:].amax(1)], 1)"),
        "You keep only the most similar key of the queue. Over how many keys does the sum run?",
        trains=True,
    ),
    Mistake(
        "mean_of_the_queue",
        "moco_loss",
        (LOGITS, LOGITS + "\n    logits[:, 1:] -= math.log(len(queue))"),
        "You take the mean over the queue instead of the sum in the denominator, so chance is ln 2. What does the equation have there?",
        trains=True,
    ),
    Mistake(
        "each_candidate_by_itself",
        "moco_loss",
        (
            ENTROPY,
            "F.binary_cross_entropy_with_logits(logits, F.one_hot(torch.zeros(len(q), dtype=torch.int64, device=q.device), logits.shape[1]).to(logits))",
        ),
        "You ask of each candidate by itself whether it is the right one. Over what is the softmax of the equation?",
        trains=True,
    ),
    Mistake(
        "factor_of_version_3",
        "moco_loss",
        (f"return {ENTROPY}", f"return 2 * temperature * {ENTROPY}"),
        "You multiply the loss by 2 tau, as version 3 does, which changes every gradient. Where does the equation have such a factor?",
        trains=True,
    ),
    Mistake(
        "labels_smoothed",
        "moco_loss",
        (ENTROPY, f"F.cross_entropy(logits, {TARGETS}, label_smoothing=0.1)"),
        "You smooth the targets, so keys in the queue count as a little right. How right is a key of another image?",
        trains=True,
    ),
    Mistake(
        "roles_exchanged",
        "moco_loss",
        (LOGITS, "similarities(k, q, queue) / temperature"),
        "You let the keys search for their queries, so the gradient goes into the wrong network. Which argument of `similarities` is constant?",
    ),
    Mistake(
        "loss_without_a_gradient",
        "moco_loss",
        (LOGITS, "similarities(q.detach(), k, queue) / temperature"),
        "Your loss has the right value, but no gradient reaches the queries, so nothing can learn. Which of q and k must be constant?",
    ),
    Mistake(
        "column_1_is_right",
        "moco_loss",
        (TARGETS, "torch.ones(len(q), dtype=torch.int64, device=q.device)"),
        "You say that column 1 is right, which is a key of the queue. What is the number of the first column?",
    ),
    Mistake(
        "one_loss_for_each_query",
        "moco_loss",
        (ENTROPY, f"F.cross_entropy(logits, {TARGETS}, reduction='none')"),
        "You return a loss for each query. How do they become one number?",
    ),
    Mistake(
        "probability_not_log",
        "moco_loss",
        (ENTROPY, "-logits.softmax(1)[:, 0].mean()"),
        "You return the mean probability with a minus sign. Where is the logarithm of the equation?",
        trains=True,
    ),
    Mistake(
        "temperature_on_the_own_key_only",
        "moco_loss",
        (
            LOGITS,
            "similarities(q, k, queue) / torch.tensor([temperature] + [1.0] * len(queue)).to(q)",
        ),
        "You divide only the similarity with the own key by the temperature. What about the queue?",
        trains=True,
    ),
    Mistake(
        "own_keys_in_the_queue",
        "moco_loss",
        (
            LOGITS,
            "similarities(q, k, torch.cat([queue.to(q), F.normalize(k.detach(), dim=1)])) / temperature",
        ),
        "You append the keys of the batch to the queue, so each query's own key is a wrong candidate too. When do keys enter the queue?",
        trains=True,
    ),
    Mistake(
        "mean_over_the_candidates",
        "moco_loss",
        (ENTROPY, "-logits.log_softmax(1).mean()"),
        "You take the mean over all candidates, as if each of them were right. Which column is right?",
        trains=True,
    ),
    Mistake(
        "softmax_over_the_batch",
        "moco_loss",
        (ENTROPY, "-logits.log_softmax(0)[:, 0].mean()"),
        "You take the softmax over the queries of the batch. Among what does a query search for its key?",
        trains=True,
    ),
    Mistake(
        "answers_on_the_cpu",
        "moco_loss",
        (TARGETS, "torch.zeros(len(q), dtype=torch.int64)"),
        "You make the right answers on the CPU, whatever device the queries are on. Which argument says where a new tensor is?",
        trains=True,
    ),
    # follow
    Mistake(
        "shares_exchanged",
        "follow",
        (MOVE, "slow.mul_(1 - momentum).add_(fast, alpha=momentum)"),
        "You exchange m and 1 - m, so the key network is nearly the query network after one step. Which share of the old value stays if m is 0.99?",
        trains=True,
    ),
    Mistake(
        "always_a_copy",
        "follow",
        (MOVE, "slow.copy_(fast)"),
        "You copy the query network. What should m do?",
        trains=True,
    ),
    Mistake(
        "a_new_tensor",
        "follow",
        (MOVE, "slow = momentum * slow + (1 - momentum) * fast"),
        "The key network stays as it is. Do you write the average into its own tensors, and not into new ones, a copy, or only those that require a gradient? What changes a tensor in place?",
        trains=True,
    ),
    Mistake(
        "query_follows",
        "follow",
        (MOVE, "fast.mul_(momentum).add_(slow, alpha=1 - momentum)"),
        "You move the query network towards the key network. Which of the two follows?",
    ),
    Mistake(
        "both_move",
        "follow",
        (MOVE, MOVE + "\n        fast.copy_(slow)"),
        "You also write the average into the query network, whose training step is then lost. Which of the two may change?",
    ),
    Mistake(
        "nothing_is_forgotten",
        "follow",
        (MOVE, "slow.add_(fast, alpha=1 - momentum)"),
        "You add a share of the query network without shrinking the old value, so weights grow at every step. Do your two shares add up to 1?",
        trains=True,
    ),
    Mistake(
        "whole_query_added",
        "follow",
        (MOVE, "slow.mul_(momentum).add_(fast)"),
        "You add the whole query network to a share of the key network. Do your two shares add up to 1?",
        trains=True,
    ),
    Mistake(
        "momentum_twice",
        "follow",
        (MOVE, "slow.mul_(momentum).add_(fast, alpha=1 - momentum).mul_(momentum)"),
        "You multiply by m once more at the end, so all weights shrink. Do your two shares add up to 1?",
        trains=True,
    ),
    Mistake(
        "plain_mean",
        "follow",
        (MOVE, "slow.add_(fast).div_(2)"),
        "You take the plain mean of both networks. What should m do?",
        trains=True,
    ),
    Mistake(
        "moves_away",
        "follow",
        (MOVE, "slow.add_(slow - fast, alpha=1 - momentum)"),
        "You move the key network away from the query network. What is the sign of the difference?",
    ),
    Mistake(
        "only_weights",
        "follow",
        (MOVE, f"if slow.dim() > 1:\n            {MOVE}"),
        "You move matrices only. What about biases and the parameters of norms?",
        trains=True,
    ),
    Mistake(
        "last_layer_only",
        "follow",
        (PAIRS, "list(zip(key.parameters(), query.parameters(), strict=True))[-2:]"),
        "You move only the last layer. The keys come from encoder and head, so which parameters must follow?",
        trains=True,
    ),
    Mistake(
        "head_left_out",
        "follow",
        (PAIRS, "list(zip(key.parameters(), query.parameters(), strict=True))[:-2]"),
        "You leave out the last layer, so the head of the key network stays untrained. Which parameters must follow?",
        trains=True,
    ),
    Mistake(
        "buffers_averaged",
        "follow",
        (
            PAIRS,
            "zip([v for v in key.state_dict().values() if v.is_floating_point()], [v for v in query.state_dict().values() if v.is_floating_point()], strict=True)",
        ),
        "You average the running statistics of batch norms too. Whose statistics should the key network keep?",
        trains=True,
    ),
    Mistake(
        "buffers_copied",
        "follow",
        (
            f"for slow, fast in {PAIRS}:",
            f"for old, new in zip(key.buffers(), query.buffers(), strict=True):\n        old.copy_(new)\n    for slow, fast in {PAIRS}:",
        ),
        "You copy the running statistics of batch norms. Whose statistics should the key network keep?",
        trains=True,
    ),
    Mistake(
        "half_precision",
        "follow",
        (MOVE, MOVE + "\n        slow.copy_(slow.bfloat16())"),
        "You round to half precision, in which a step of 1 - m is often lost. How many digits does bfloat16 have?",
        trains=True,
    ),
    Mistake(
        "keeps_the_graph",
        "follow",
        """def follow(key, query, momentum):
    for slow, fast in zip(key.parameters(), query.parameters(), strict=True):
        slow.mul_(momentum).add_(fast, alpha=1 - momentum)
""",
        "The key network's parameters require a gradient after your update, so a graph of all steps may grow. Is the key network trained by a loss, and what does the decorator of the blank do?",
    ),
    Mistake(
        "everything_copied",
        "follow",
        """@torch.no_grad()
def follow(key, query, momentum):
    key.load_state_dict(query.state_dict())
""",
        "You copy the query network, with its running statistics. What should m do, and what should stay?",
        trains=True,
    ),
    Mistake(
        "whole_state_averaged",
        "follow",
        """@torch.no_grad()
def follow(key, query, momentum):
    theirs = query.state_dict()
    for name, slow in key.state_dict().items():
        slow.copy_(momentum * slow + (1 - momentum) * theirs[name])
""",
        "You average everything that is in the state, so also the running statistics and the count of batches. Which of these are parameters?",
        trains=True,
    ),
    Mistake(
        "query_keeps_little",
        "follow",
        (MOVE, "fast.mul_(1 - momentum).add_(slow, alpha=momentum)"),
        "You write the average into the query network. Which of the two follows?",
    ),
    Mistake(
        "first_only",
        "follow",
        (MOVE, MOVE + "\n        return"),
        "You stop after the first parameter. Where does the loop end?",
        trains=True,
    ),
    Mistake(
        "difference_after_the_decay",
        "follow",
        (MOVE, "slow.mul_(momentum)\n        slow.add_(fast - slow, alpha=1 - momentum)"),
        "You shrink the old value and then take the difference from what is left. Do your two shares add up to 1?",
        trains=True,
    ),
    Mistake(
        "fixed_momentum",
        "follow",
        (MOVE, "slow.mul_(0.999).add_(fast, alpha=0.001)"),
        "You always keep 0.999, as the paper does. What should happen to the momentum that the caller gives?",
        trains=True,
    ),
    Mistake(
        "evaluation_mode",
        "follow",
        (f"for slow, fast in {PAIRS}:", f"key.eval()\n    for slow, fast in {PAIRS}:"),
        "You switch the key network to evaluation mode, so its batch norms use running statistics while those of the query network use the batch. Who should set the mode?",
        trains=True,
    ),
    Mistake(
        "direct_parameters_only",
        "follow",
        (PAIRS, "zip(key.parameters(recurse=False), query.parameters(recurse=False), strict=True)"),
        "You move only parameters that belong to the network directly, and not those of its layers. What does recurse=False leave out?",
        trains=True,
    ),
    # Ring.push
    Mistake(
        "not_normalised",
        "Ring.push",
        (NEW, "z.detach().to(self.rows)"),
        "You do not normalise the rows, so long ones dominate the queue. What norm should a row of the ring have?",
        trains=True,
    ),
    Mistake(
        "rows_normalised_over_the_batch",
        "Ring.push",
        (NEW, "F.normalize(z.detach().to(self.rows), dim=0)"),
        "You normalise each column of what is pushed. Which dimension holds the numbers of one row?",
        trains=True,
    ),
    Mistake(
        "graph_in_the_ring",
        "Ring.push",
        (NEW, "F.normalize(z.to(self.rows), dim=1)"),
        "You keep the graph of every row, and the next backward pass runs through it. What should the ring keep of a row?",
    ),
    Mistake(
        "position_stays",
        "Ring.push",
        (ON, "self.position.copy_(self.position)"),
        "You write every batch to the same positions, over the one before it. Where does the next batch go, and what must change for that?",
        trains=True,
    ),
    Mistake(
        "position_moves_by_one",
        "Ring.push",
        (ON, "self.position.copy_((self.position + 1) % len(self.rows))"),
        "You move the position by one. How many rows were pushed?",
        trains=True,
    ),
    Mistake(
        "tail_is_dropped",
        "Ring.push",
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
        "Ring.push",
        (
            PLACES,
            "torch.arange(len(z), device=self.rows.device) + (self.position if self.position + len(z) <= len(self.rows) else 0)",
        ),
        "You write a batch that does not fit before the end to the beginning, so old rows stay at the end. Which rows are the oldest?",
        trains=True,
    ),
    Mistake(
        "all_at_the_end",
        "Ring.push",
        (
            PLACES,
            "(self.position + torch.arange(len(z), device=self.rows.device)).clamp(max=len(self.rows) - 1)",
        ),
        "You write all rows that do not fit to the last position, one over another. What comes after the last position of a ring?",
        trains=True,
    ),
    Mistake(
        "random_places",
        "Ring.push",
        (PLACES, "torch.randperm(len(self.rows), device=self.rows.device)[: len(z)]"),
        "You write new rows to random positions, so an old row may stay for a very long time. Which rows should be replaced?",
        trains=True,
    ),
    Mistake(
        "later_rows_leave_first",
        "Ring.push",
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
        "You put each batch in front and drop the end, so the later rows of a batch leave before its earlier ones. Which rows came last?",
        trains=True,
    ),
    Mistake(
        "images_not_written",
        "Ring.push",
        (OF, "pass"),
        "You do not store which images the new rows came from. How can a meter then count how often an image meets its own key?",
        trains=True,
    ),
    Mistake(
        "old_images_stay",
        "Ring.push",
        (
            OF,
            "self.images[places] = self.images[places] if images is None else images.to(self.images)",
        ),
        "You keep the old images of overwritten rows if no images are given. Which number says that the image is unknown?",
        trains=True,
    ),
    Mistake(
        "images_in_reverse",
        "Ring.push",
        ("images.to(self.images)", "images.to(self.images).flip(0)"),
        "You store the images in reverse order. Which row came from images[0]?",
        trains=True,
    ),
    Mistake(
        "images_at_the_beginning",
        "Ring.push",
        ("self.images[places] = -1", "self.images[: len(z)] = -1"),
        "You always write the images to the first B positions. Where did the rows go?",
        trains=True,
    ),
    Mistake(
        "nobody_ages",
        "Ring.push",
        (OLDER, "self.ages += 0"),
        "You do not increase any age. What is the age of a row three pushes later?",
        trains=True,
    ),
    Mistake(
        "random_rows_age_too",
        "Ring.push",
        (OLDER, "self.ages += 1"),
        "You also increase the age of rows that were never pushed, from -1 to 0, so they look new. What does -1 mean?",
        trains=True,
    ),
    Mistake(
        "new_rows_are_one_old",
        "Ring.push",
        ("self.ages[places] = 0", "self.ages[places] = 1"),
        "You start new rows at age 1. How many pushes ago did they come?",
        trains=True,
    ),
    Mistake(
        "ages_in_rows",
        "Ring.push",
        (OLDER, "self.ages += len(z) * (self.ages >= 0)"),
        "You count ages in rows. In what does the docstring count them?",
        trains=True,
    ),
    Mistake(
        "old_ages_stay",
        "Ring.push",
        ("self.ages[places] = 0", "self.ages[places] += self.ages[places] < 0"),
        "You do not reset the age of an overwritten row. How old is a row that has just come?",
        trains=True,
    ),
    Mistake(
        "position_without_end",
        "Ring.push",
        (ON, "self.position.copy_(self.position + len(z))"),
        "Your rows are in the right places, but the position grows beyond the last row. What comes after the last position of a ring?",
        trains=True,
    ),
    Mistake(
        "starts_over_at_the_beginning",
        "Ring.push",
        """def push(self, z, images=None):
    start = int(self.position) if int(self.position) + len(z) <= len(self.rows) else 0
    places = start + torch.arange(len(z))
    self.ages += self.ages >= 0
    self.rows[places] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[places] = -1 if images is None else images.to(self.images)
    self.ages[places] = 0
    self.position.fill_((start + len(z)) % len(self.rows))
""",
        "You start over at the beginning when a batch does not fit before the end, so old rows stay at the end. Which rows are the oldest?",
        trains=True,
    ),
    Mistake(
        "all_are_new",
        "Ring.push",
        (OLDER, "self.ages.zero_()"),
        "You set every age to 0. How old is a row that came three pushes ago?",
        trains=True,
    ),
    Mistake(
        "position_is_the_batch_size",
        "Ring.push",
        (ON, "self.position.fill_(len(z) % len(self.rows))"),
        "You set the position to B, wherever it was. Where does the next row go after two pushes?",
        trains=True,
    ),
    Mistake(
        "position_moves_first",
        "Ring.push",
        """def push(self, z, images=None):
    self.position.copy_((self.position + len(z)) % len(self.rows))
    places = (self.position + torch.arange(len(z))) % len(self.rows)
    self.ages += self.ages >= 0
    self.rows[places] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[places] = -1 if images is None else images.to(self.images)
    self.ages[places] = 0
""",
        "You move the position before you write, so a batch of another size skips rows or overwrites new ones. What does the position mean between two pushes?",
        trains=True,
    ),
    Mistake(
        "last_row_never_used",
        "Ring.push",
        """def push(self, z, images=None):
    last = max(1, len(self.rows) - 1)
    places = (self.position + torch.arange(len(z))) % last
    self.ages += self.ages >= 0
    self.rows[places] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[places] = -1 if images is None else images.to(self.images)
    self.ages[places] = 0
    self.position.copy_((self.position + len(z)) % last)
""",
        "You count modulo one less than the number of rows, so the last row is never replaced. How many positions are there?",
        trains=True,
    ),
    Mistake(
        "half_of_the_old_row_stays",
        "Ring.push",
        (
            NEW,
            "F.normalize((self.rows[places] + F.normalize(z.detach().to(self.rows), dim=1)) / 2, dim=1)",
        ),
        "You mix each new row with the one that was there, as a memory bank does. What have the two rows in common?",
        trains=True,
    ),
    Mistake(
        "rows_on_the_cpu",
        "Ring.push",
        (NEW, "F.normalize(z.detach().to(self.rows).cpu(), dim=1)"),
        "You write numbers that are on the CPU into the ring, whatever device it is on. How do you move a tensor to the device of another?",
        trains=True,
    ),
    # MoCo.loss
    Mistake(
        "enters_first",
        "MoCo.loss",
        """def loss(self, z1, z2, index):
    images = index.repeat(len(z1) // len(index))
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return moco_loss(z1, z2, self.queue.rows.clone(), self.temperature)
""",
        "You let the keys enter first, so each query's own key is among the wrong candidates too, and the loss stays above ln 2. What may be in the queue when the loss is computed?",
        trains=True,
    ),
    Mistake(
        "enters_between_the_losses",
        "MoCo.loss",
        """def loss(self, z1, z2, index):
    images = index.repeat(len(z1) // len(index))
    self.found = self.health(z1, z2, images)
    losses = []
    for q, k in zip(z1.split(len(index)), z2.split(len(index)), strict=True):
        losses.append(moco_loss(q, k, self.queue.rows.clone(), self.temperature))
        self.queue.push(k, index)
    return sum(losses) / len(losses)
""",
        "You let keys of view 2 enter between the two losses, as a benchmark of a well-known library does, so the second loss meets keys of the same pictures. Which queue should both losses meet?",
        trains=True,
    ),
    Mistake(
        "queries_enter",
        "MoCo.loss",
        (PUSH, "self.queue.push(z1, images)"),
        "You let the queries enter the queue, so later queries are compared with rows of the wrong network. Which network makes keys?",
        trains=True,
    ),
    Mistake(
        "nothing_enters",
        "MoCo.loss",
        (PUSH, "pass"),
        "You never push, so the queue stays random and is easy to tell from real keys. When do the keys of a step enter?",
        trains=True,
    ),
    Mistake(
        "one_view_enters",
        "MoCo.loss",
        (PUSH, "self.queue.push(z2[: len(index)], index)"),
        "You push the keys of one view only, even if both views have keys. How many keys does a symmetric step make?",
        trains=True,
    ),
    Mistake(
        "queue_not_copied",
        "MoCo.loss",
        (COPY, "self.queue.rows"),
        "You use the rows themselves for the loss, and then the push changes them before the backward pass. Of what does the graph need a copy?",
    ),
    Mistake(
        "images_forgotten",
        "MoCo.loss",
        (PUSH, "self.queue.push(z2)"),
        "You push keys without their images. How can a meter then tell that an image meets its own key?",
        trains=True,
    ),
    Mistake(
        "images_one_by_one",
        "MoCo.loss",
        (IMAGES, "index.repeat_interleave(len(z1) // len(index))"),
        "You repeat each image twice in a row, but the rows of z2 are all of one view and then all of the other. Which image is row B of?",
        trains=True,
    ),
    Mistake(
        "keys_in_reverse",
        "MoCo.loss",
        (PUSH, "self.queue.push(z2.flip(0), images)"),
        "You push the keys in reverse, but not their images. Which image does each key belong to?",
        trains=True,
    ),
    Mistake(
        "default_temperature",
        "MoCo.loss",
        (LOSS, "loss = moco_loss(z1, z2, queue)"),
        "You ignore the temperature that the run was given. Where does the method keep it?",
        trains=True,
    ),
    Mistake(
        "health_after_the_push",
        "MoCo.loss",
        (f"{HEALTH}\n        {PUSH}", f"{PUSH}\n        {HEALTH}"),
        "You measure after the push, so every image seems to meet its own key. What must the meters describe?",
        trains=True,
    ),
    Mistake(
        "no_meters",
        "MoCo.loss",
        (HEALTH, "pass"),
        "You leave self.found empty, so the progress bar has nothing to show. Which method of the class computes the meters?",
        trains=True,
    ),
    Mistake(
        "keys_search",
        "MoCo.loss",
        (LOSS, "loss = moco_loss(z2, z1, queue, self.temperature)"),
        "You let keys search for queries, so the gradient goes into the keys. Which of z1 and z2 comes from the trained network?",
    ),
    Mistake(
        "key_of_the_same_view",
        "MoCo.loss",
        (LOSS, "loss = moco_loss(z1, z2.roll(len(index), 0), queue, self.temperature)"),
        "You swap the two halves of the keys, so that a view must find the key of the very same view. Which order does `project_views` give?",
        trains=True,
    ),
    Mistake(
        "sum_of_directions",
        "MoCo.loss",
        (LOSS, f"{LOSS} * (len(z1) // len(index))"),
        "You add both directions up, as the authors' demo does, and chance is then 2 ln(K + 1). What does the docstring of this file say about it?",
        trains=True,
    ),
    Mistake(
        "pushed_keys_only",
        "MoCo.loss",
        (COPY, "self.queue.rows[self.queue.ages >= 0].clone()"),
        "You leave out random rows, so the first loss is 0 and the number of candidates grows. How many candidates does the equation have at every step?",
        trains=True,
    ),
    Mistake(
        "random_rows_are_zero",
        "MoCo.loss",
        (COPY, "self.queue.rows * (self.queue.ages >= 0)[:, None]"),
        "You set rows that were never pushed to zero. With which rows does the queue start?",
        trains=True,
    ),
    Mistake(
        "newest_keys_only",
        "MoCo.loss",
        (COPY, "self.queue.rows[self.queue.ages < 1].clone()"),
        "You use only keys of the last step. What is the rest of the queue for?",
        trains=True,
    ),
    Mistake(
        "own_image_left_out",
        "MoCo.loss",
        (COPY, "self.queue.rows[~torch.isin(self.queue.images, index)].clone()"),
        "You leave out older keys of the images in the batch. That may be a good idea, but does the equation do it?",
        trains=True,
    ),
    Mistake(
        "other_queries_join",
        "MoCo.loss",
        (COPY, "torch.cat([self.queue.rows, F.normalize(z2.detach(), dim=1)])"),
        "You append the keys of this step to the queue for the loss, so each own key is there a second time. Which queue should the queries meet?",
        trains=True,
    ),
    Mistake(
        "one_direction_only",
        "MoCo.loss",
        (LOSS, "loss = moco_loss(z1[: len(index)], z2[: len(index)], queue, self.temperature)"),
        "You compute the loss of the first B queries only. How many queries does a symmetric step have?",
        trains=True,
    ),
    Mistake(
        "a_push_for_each_direction",
        "MoCo.loss",
        (PUSH, "for k in z2.split(len(index)):\n            self.queue.push(k, index)"),
        "You push once for each direction, so the keys of one step have different ages. How many pushes does a step make?",
        trains=True,
    ),
    Mistake(
        "health_of_exchanged_roles",
        "MoCo.loss",
        (HEALTH, "self.found = self.health(z2, z1, images)"),
        "You give keys to `health` where it expects queries, so the meters compare the keys with the queue. Which of z1 and z2 are queries?",
        trains=True,
    ),
    Mistake(
        "key_network_moves_again",
        "MoCo.loss",
        (PUSH, PUSH + "\n        follow(self.key_network, self.query_network(), self.momentum)"),
        "You move the key network here too, so it moves twice in a step. Which method has moved it already?",
        trains=True,
    ),
    Mistake(
        "loss_carries_no_gradient",
        "MoCo.loss",
        (LOSS, "loss = moco_loss(z1.detach(), z2, queue, self.temperature)"),
        "Your loss has the right value, but no gradient reaches the queries, so nothing can learn. Which of z1 and z2 must be constant?",
    ),
]
