# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 13: wrong ways to write MoCo, and what to say about each."""

from lessons.course.mistakes import Mistake, probabilities_kept_from_zero

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
RETURN = f"return {COLUMNS}"
LAST = f"return {ENTROPY}"
WRITE = f"self.rows[places] = {NEW}"
AGE = "self.ages[places] = 0"

LOG_OF_P = """
def moco_loss(q, k, queue, temperature=0.2):
    p = torch.softmax(similarities(q, k, queue) / temperature, 1)[:, 0]
    return -LOG_P.mean()
"""

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
        "You do not normalise the queries' own keys, while those in the queue have unit norm. How can a query compare the two kinds?",
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
        "You let a gradient reach the queries' own keys. From what should the key network learn?",
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
        "You put the query's own key in the last column. Which column does the docstring name?",
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
        "You take the most similar key of the batch as the query's own key. Whose key must a query find?",
        trains=True,
    ),
    Mistake(
        "mean_over_dimensions",
        "similarities",
        (OWN, "own = (q * k).mean(1, keepdim=True)"),
        "You divide the inner product with the query's own key by d. Is an inner product a sum or a mean?",
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
        "You compare the queries' own keys with the queue, so the other candidates do not depend on the query. Which vector searches?",
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
        "You return the distances to the keys in the queue, which are large where cosines are small. What is in the other column?",
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
        "You normalise neither queries nor keys, so the longest ones decide. What is a cosine?",
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
        "You return negative distances. Which product of two unit vectors is their cosine?",
        trains=True,
    ),
    Mistake(
        "temperature_already_here",
        "similarities",
        (COLUMNS, "torch.cat([own, q @ queue.to(q).T], dim=1) / 0.2"),
        "You already divide the cosines by a temperature of 0.2 here. Which function gets the temperature as an argument?",
        trains=True,
    ),
    Mistake(
        "keys_of_the_batch_in_the_queue",
        "similarities",
        (WAITING, "q @ torch.cat([k, queue.to(q)])[: len(queue)].T"),
        "You put the keys of this batch in front of the queue, so each query's own key is among the wrong candidates. When do keys enter the queue?",
        trains=True,
    ),
    Mistake(
        "query_with_itself",
        "similarities",
        (OWN, "own = (q * q).sum(1, keepdim=True)"),
        "Column 0 is always 1, as if you compared a vector with itself. Which two vectors does it compare?",
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
        "You make a tensor on the CPU or move one there, whatever device the queries are on. What happens when tensors on two devices meet?",
        trains=True,
    ),
    Mistake(
        "own_without_a_column",
        "similarities",
        (OWN, "own = (q * k).sum(1)"),
        "You join a vector of B numbers to a table of shape (B, K). Which shape does column 0 need?",
        trains=True,
    ),
    Mistake(
        "joined_along_the_queries",
        "similarities",
        (COLUMNS, COLUMNS.replace("dim=1", "dim=0")),
        "You join the similarities with the own keys and with the queue along the queries. Along which dimension do the candidates lie?",
        trains=True,
    ),
    Mistake(
        "queue_not_turned",
        "similarities",
        (WAITING, "q @ queue.to(q)"),
        "You multiply (B, d) by (K, d). Which of the two must be transposed?",
        trains=True,
    ),
    Mistake(
        "own_key_left_out",
        "similarities",
        (RETURN, f"return {WAITING}"),
        "You return the queue's columns only. Where is the query's own key?",
        trains=True,
    ),
    Mistake(
        "own_key_twice",
        "similarities",
        (RETURN, f"return torch.cat([own, own, {WAITING}], dim=1)"),
        "You put the query's own key in two columns. How many columns does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "queue_left_out",
        "similarities",
        (RETURN, "return own"),
        "You return only the column of the query's own key. Where are the keys that wait?",
        trains=True,
    ),
    Mistake(
        "softmax_here",
        "similarities",
        (RETURN, f"return {COLUMNS}.softmax(1)"),
        "You return probabilities. What does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "one_less_the_cosine",
        "similarities",
        (RETURN, f"return 1 - {COLUMNS}"),
        "You return 1 minus the cosine, which is small for similar vectors. What does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "cosine_with_a_minus",
        "similarities",
        (RETURN, f"return -{COLUMNS}"),
        "You return the cosine with a minus sign, so similar vectors get the lowest number. What does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "cosines_squared",
        "similarities",
        (RETURN, f"return {COLUMNS}.square()"),
        "You square the cosines, so opposite vectors count as similar. What does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "cosines_from_zero_to_one",
        "similarities",
        (RETURN, f"return (1 + {COLUMNS}) / 2"),
        "You map the cosines to [0, 1]. What is the range of a cosine?",
        trains=True,
    ),
    Mistake(
        "exponential_here",
        "similarities",
        (RETURN, f"return {COLUMNS}.exp()"),
        "You return the exponentials of the cosines. Where does the loss take them?",
        trains=True,
    ),
    Mistake(
        "angles_for_cosines",
        "similarities",
        (RETURN, f"return {COLUMNS}.clamp(-1, 1).arccos()"),
        "You return angles, which are small for similar vectors. What does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "no_cosine_below_zero",
        "similarities",
        (RETURN, f"return {COLUMNS}.clamp(min=0)"),
        "You set cosines below 0 to 0. What is the range of a cosine?",
        trains=True,
    ),
    Mistake(
        "turned_around",
        "similarities",
        (RETURN, f"return {COLUMNS}.T"),
        "You return a row for each candidate. Which shape does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "raw_queries_for_the_queue",
        "similarities",
        (
            f"q, k = {Q_UNIT}, {K_UNIT}",
            f"raw, q, k = q, {Q_UNIT}, {K_UNIT}\n    queue = queue.to(q) * 1.0\n    return torch.cat([(q * k).sum(1, keepdim=True), raw @ queue.T], dim=1)",
        ),
        "You compare the queue with queries that are not normalised. Which of the two products has cosines?",
        trains=True,
    ),
    Mistake(
        "raw_queries_for_the_own_key",
        "similarities",
        (
            f"q, k = {Q_UNIT}, {K_UNIT}",
            f"raw, q, k = q, {Q_UNIT}, {K_UNIT}\n    return torch.cat([(raw * k).sum(1, keepdim=True), q @ queue.to(q).T], dim=1)",
        ),
        "You compare the queries' own keys with queries that are not normalised. Which of the two products has cosines?",
        trains=True,
    ),
    Mistake(
        "no_gradient_from_the_own_key",
        "similarities",
        (OWN, OWN.replace("q * k", "q.detach() * k")),
        "The gradient of column 0 does not reach the queries. Which of the two vectors should be a constant?",
        trains=True,
    ),
    Mistake(
        "no_gradient_from_the_queue",
        "similarities",
        (WAITING, "q.detach() @ queue.to(q).T"),
        "The gradient of the queue's columns does not reach the queries. Which of the two should be a constant?",
        trains=True,
    ),
    Mistake(
        "next_own_key",
        "similarities",
        (OWN, OWN.replace("* k)", "* k.roll(-1, 0))")),
        "You give each query the key of the next image. Which row of k belongs to query b?",
        trains=True,
    ),
    Mistake(
        "own_keys_backwards",
        "similarities",
        (OWN, OWN.replace("* k)", "* k.flip(0))")),
        "You give the first query the key of the last image. Which row of k belongs to query b?",
        trains=True,
    ),
    Mistake(
        "mean_own_key",
        "similarities",
        (OWN, OWN.replace("* k)", "* k.mean(0))")),
        "You compare every query with the mean of the batch's keys. Which row of k belongs to query b?",
        trains=True,
    ),
    Mistake(
        "first_query_for_all",
        "similarities",
        (WAITING, "(q[:1] @ queue.to(q).T).expand(len(q), -1)"),
        "You compare only the first query with the queue. Which query belongs to row b?",
        trains=True,
    ),
    Mistake(
        "one_product_for_the_batch",
        "similarities",
        (OWN, "own = (q * k).sum().expand(len(q), 1)"),
        "You add up the inner products of the whole batch. Over which dimension does an inner product add up?",
        trains=True,
    ),
    Mistake(
        "largest_of_the_products",
        "similarities",
        (OWN, OWN.replace("sum(1, keepdim=True)", "amax(1, keepdim=True)")),
        "You take the largest product of two numbers. What does an inner product do with all of them?",
        trains=True,
    ),
    Mistake(
        "keys_normalised_over_the_batch",
        "similarities",
        (K_UNIT, "F.normalize(k.detach(), dim=0)"),
        "You normalise the queries by row, but their own keys by column. Which dimension holds the numbers of one key?",
        trains=True,
    ),
    Mistake(
        "queries_centred",
        "similarities",
        (Q_UNIT, "F.normalize(q - q.mean(0), dim=1)"),
        "You subtract the mean of the batch from the queries. What does the docstring do with them?",
        trains=True,
    ),
    Mistake(
        "both_centred",
        "similarities",
        (
            f"{Q_UNIT}, {K_UNIT}",
            "F.normalize(q - q.mean(0), dim=1), F.normalize(k.detach() - k.detach().mean(0), dim=1)",
        ),
        "You subtract the mean of the batch from queries and keys. What does the docstring do with them?",
        trains=True,
    ),
    Mistake(
        "norm_of_the_other",
        "similarities",
        (
            f"{Q_UNIT}, {K_UNIT}",
            "q / k.detach().norm(dim=1, keepdim=True), k.detach() / q.norm(dim=1, keepdim=True)",
        ),
        "You divide each query by the norm of its key, and each key by that of its query. Which norm should be 1?",
        trains=True,
    ),
    Mistake(
        "queries_by_the_sum",
        "similarities",
        (Q_UNIT, "F.normalize(q, p=1, dim=1)"),
        "You divide the queries by the sum of their absolute values. Which norm should be 1?",
        trains=True,
    ),
    Mistake(
        "queries_one_norm",
        "similarities",
        (Q_UNIT, "q / q.norm()"),
        "You divide all queries by one norm, that of the whole matrix. Which dimension holds the numbers of one query?",
        trains=True,
    ),
    Mistake(
        "keys_one_norm",
        "similarities",
        (K_UNIT, "k.detach() / k.detach().norm()"),
        "You divide all keys of the batch by one norm, that of the whole matrix. Which dimension holds the numbers of one key?",
        trains=True,
    ),
    Mistake(
        "softmax_for_a_norm",
        "similarities",
        (f"{Q_UNIT}, {K_UNIT}", "q.softmax(1), k.detach().softmax(1)"),
        "You apply softmax to queries and keys. What has a unit norm?",
        trains=True,
    ),
    Mistake(
        "queue_averaged",
        "similarities",
        (RETURN, f"return torch.cat([own, ({WAITING}).mean(1, keepdim=True)], dim=1)"),
        "You average the similarities with the queue. How many columns does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "queue_largest",
        "similarities",
        (RETURN, f"return torch.cat([own, ({WAITING}).amax(1, keepdim=True)], dim=1)"),
        "You keep only the most similar key of the queue. How many columns does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "queue_divided_by_d",
        "similarities",
        (WAITING, f"{WAITING} / q.shape[1]"),
        "You divide the inner products with the queue by d. Is an inner product a sum or a mean?",
        trains=True,
    ),
    Mistake(
        "all_divided_by_d",
        "similarities",
        (RETURN, f"return {COLUMNS} / q.shape[1]"),
        "You divide all inner products by d. Is an inner product a sum or a mean?",
        trains=True,
    ),
    Mistake(
        "all_divided_by_the_root_of_d",
        "similarities",
        (RETURN, f"return {COLUMNS} / q.shape[1] ** 0.5"),
        "You divide by the root of d, as attention does. What is the range of a cosine?",
        trains=True,
    ),
    Mistake(
        "last_key_of_the_queue_skipped",
        "similarities",
        (WAITING, "q @ queue.to(q)[:-1].T"),
        "You skip the last key of the queue. How many columns does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "own_key_subtracted",
        "similarities",
        (WAITING, f"{WAITING} - own"),
        "You subtract the similarity with the query's own key from those with the queue. What does the docstring promise in these columns?",
        trains=True,
    ),
    Mistake(
        "sorted_candidates",
        "similarities",
        (
            RETURN,
            f"return torch.cat([own, ({WAITING}).sort(dim=1, descending=True).values], dim=1)",
        ),
        "You sort the similarities with the queue. Which key belongs to column 1 + j?",
        trains=True,
    ),
    Mistake(
        "own_in_one_row",
        "similarities",
        (OWN, "own = (q * k).sum(1).unsqueeze(0)"),
        "Your similarities with the queries' own keys make one row, and those with the queue have B rows. What is the shape of a column for B queries?",
        trains=True,
    ),
    Mistake(
        "queue_cut_to_b",
        "similarities",
        (WAITING, f"({WAITING})[:, : len(q)]"),
        "You keep only the first B keys of the queue. How many columns does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "own_halved",
        "similarities",
        (OWN, f"{OWN} / 2"),
        "You halve the similarity with the query's own key. What is the range of a cosine?",
        trains=True,
    ),
    Mistake(
        "own_doubled",
        "similarities",
        (OWN, f"{OWN} * 2"),
        "You double the similarity with the query's own key. What is the range of a cosine?",
        trains=True,
    ),
    Mistake(
        "own_negative",
        "similarities",
        (OWN, OWN.replace("= (", "= -(")),
        "You reverse the sign of the similarity with the query's own key. What is the range of a cosine, and what is the cosine of equal vectors?",
        trains=True,
    ),
    Mistake(
        "queue_negative",
        "similarities",
        (WAITING, f"-({WAITING})"),
        "You reverse the sign of the similarities with the queue. What does the docstring promise in these columns?",
        trains=True,
    ),
    Mistake(
        "all_halved",
        "similarities",
        (RETURN, f"return {COLUMNS} / 2"),
        "You halve all similarities. What is the range of a cosine?",
        trains=True,
    ),
    Mistake(
        "products_rooted",
        "similarities",
        (OWN, OWN.replace("(q * k)", "(q * k).abs().sqrt()")),
        "You take roots before you add up. Which product of two unit vectors is their cosine?",
        trains=True,
    ),
    Mistake(
        "own_is_the_difference",
        "similarities",
        (OWN, "own = (q - k).norm(dim=1, keepdim=True)"),
        "In column 0 you put the distance to the query's own key, which is small for similar vectors. What does the docstring promise there?",
        trains=True,
    ),
    Mistake(
        "own_is_the_squared_difference",
        "similarities",
        (OWN, "own = (q - k).square().sum(1, keepdim=True)"),
        "In column 0 you put the squared distance to the query's own key. What does the docstring promise there?",
        trains=True,
    ),
    Mistake(
        "own_is_always_zero",
        "similarities",
        (OWN, "own = torch.zeros_like(q[:, :1])"),
        "You put 0 in column 0. What is the cosine of a query with its own key?",
        trains=True,
    ),
    Mistake(
        "keys_as_queries",
        "similarities",
        (f"{Q_UNIT}, {K_UNIT}", "F.normalize(k, dim=1), F.normalize(k.detach(), dim=1)"),
        "You use the keys as queries. What is q for?",
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
        "You divide by the temperature twice. How many times does tau appear in an exponent?",
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
        "You divide only the similarities with the queue by the temperature. What about the query's own key?",
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
        "You leave the query's own key out of the denominator, so the loss can be negative. How many terms does the sum in the equation have?",
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
        "You say that the last column is right, which is a key of the queue. Where is the query's own key?",
    ),
    Mistake(
        "targets_of_nt_xent",
        "moco_loss",
        (TARGETS, "torch.arange(len(q), device=q.device) % (len(queue) + 1)"),
        "You say that column b is right for query b, as in NT-Xent or in MoCo v3. Where is the query's own key in each row?",
    ),
    Mistake(
        "exp_by_hand",
        "moco_loss",
        (ENTROPY, "-(logits[:, 0].exp() / logits.exp().sum(1)).log().mean()"),
        "At a low temperature, such as 0.005, your loss is infinite or NaN in float32, where exp(200) is too large and exp(-200) is 0. Which function takes the log of a sum of exponentials without computing one alone?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "log_after_softmax",
        "moco_loss",
        (ENTROPY, "-logits.softmax(1)[:, 0].log().mean()"),
        "At a low temperature, such as 0.005, your loss is infinite or NaN in float32. A share of the softmax rounds to 0 there, and what is its logarithm? Which function takes both at once?",
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
        "You judge each candidate by itself, with a sigmoid. Over what does the softmax in the equation run?",
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
        "You divide only the similarity with the query's own key by the temperature. What about the queue?",
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
    Mistake(
        "always_two_tenths",
        "moco_loss",
        (LOGITS, "similarities(q, k, queue) / 0.2"),
        "You always divide by 0.2. What should happen to the temperature that the caller gives?",
        trains=True,
    ),
    Mistake(
        "default_of_one_tenth",
        "moco_loss",
        ("temperature: float = 0.2", "temperature: float = 0.1"),
        "Your default temperature is 0.1. Which one does the signature of the blank have?",
        trains=True,
    ),
    Mistake(
        "default_of_one_half",
        "moco_loss",
        ("temperature: float = 0.2", "temperature: float = 0.5"),
        "Your default temperature is 0.5. Which one does the signature of the blank have?",
        trains=True,
    ),
    Mistake(
        "default_of_one",
        "moco_loss",
        ("temperature: float = 0.2", "temperature: float = 1.0"),
        "Your default temperature is 1. Which one does the signature of the blank have?",
        trains=True,
    ),
    Mistake(
        "root_of_the_temperature",
        "moco_loss",
        (LOGITS, "similarities(q, k, queue) / temperature**0.5"),
        "You divide by the root of the temperature. What does the equation divide by?",
        trains=True,
    ),
    Mistake(
        "temperature_and_half",
        "moco_loss",
        (LOGITS, "similarities(q, k, queue) / (2 * temperature)"),
        "You divide by twice the temperature. What does the equation divide by?",
        trains=True,
    ),
    Mistake(
        "only_the_numerator",
        "moco_loss",
        (LAST, "return -logits[:, 0].mean()"),
        "You leave out the denominator, so nothing keeps a query away from the other keys. What is below the fraction line in the equation?",
        trains=True,
    ),
    Mistake(
        "only_the_denominator",
        "moco_loss",
        (LAST, "return logits.logsumexp(1).mean()"),
        "You leave out the numerator. What pulls a query towards its own key?",
        trains=True,
    ),
    Mistake(
        "squared_error",
        "moco_loss",
        (
            LAST,
            "return F.mse_loss(logits.softmax(1), F.one_hot(torch.zeros(len(q), dtype=torch.int64, device=q.device), logits.shape[1]).to(logits))",
        ),
        "You take the squared error of the probabilities. Which loss does the docstring name?",
        trains=True,
    ),
    Mistake(
        "error_of_the_logits",
        "moco_loss",
        (
            LAST,
            "return F.mse_loss(logits, F.one_hot(torch.zeros(len(q), dtype=torch.int64, device=q.device), logits.shape[1]).to(logits))",
        ),
        "You take the squared error of the logits. Which loss does the docstring name?",
        trains=True,
    ),
    Mistake(
        "both_directions_here",
        "moco_loss",
        (
            LAST,
            f"other = similarities(k, q, queue) / temperature\n    return ({ENTROPY} + F.cross_entropy(other, {TARGETS})) / 2",
        ),
        "You also let the keys search for their queries, and average. Which network is trained?",
        trains=True,
    ),
    Mistake(
        "keys_of_the_batch_alone",
        "moco_loss",
        (
            LAST,
            "logits = F.normalize(q, dim=1) @ F.normalize(k.detach(), dim=1).T / temperature\n    return F.cross_entropy(logits, torch.arange(len(q), device=q.device))",
        ),
        "You compare queries with the keys of the batch only. Which candidates wait in the queue?",
        trains=True,
    ),
    Mistake(
        "loss_times_temperature",
        "moco_loss",
        (LAST, f"return temperature * {ENTROPY}"),
        "You multiply the loss by the temperature. Which factor does the equation have?",
        trains=True,
    ),
    Mistake(
        "loss_doubled",
        "moco_loss",
        (LAST, f"return 2 * {ENTROPY}"),
        "Your loss is twice as large as it should be. Which factor does the equation have?",
        trains=True,
    ),
    Mistake(
        "loss_halved",
        "moco_loss",
        (LAST, f"return {ENTROPY} / 2"),
        "Your loss is half of what it should be. Which factor does the equation have?",
        trains=True,
    ),
    Mistake(
        "mean_and_divided_by_b",
        "moco_loss",
        (LAST, f"return {ENTROPY} / len(q)"),
        "You divide the mean by B once more. What does cross_entropy do with the queries already?",
        trains=True,
    ),
    Mistake(
        "divided_by_the_candidates",
        "moco_loss",
        (LAST, f"return {ENTROPY} / logits.shape[1]"),
        "You divide by the number of candidates. Over what does the docstring take the mean?",
        trains=True,
    ),
    Mistake(
        "less_chance",
        "moco_loss",
        (LAST, f"return {ENTROPY} - math.log(logits.shape[1])"),
        "You subtract ln(K + 1), so chance is 0. What is the loss if all candidates are equal?",
        trains=True,
    ),
    Mistake(
        "share_of_chance",
        "moco_loss",
        (LAST, f"return {ENTROPY} / math.log(logits.shape[1])"),
        "You divide by ln(K + 1), so chance is 1. What is the loss if all candidates are equal?",
        trains=True,
    ),
    Mistake(
        "worst_query_only",
        "moco_loss",
        (
            LAST,
            "return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.int64, device=q.device), reduction='none').max()",
        ),
        "You return the largest loss of a query. What does the docstring do with all queries?",
        trains=True,
    ),
    Mistake(
        "first_query_only",
        "moco_loss",
        (LAST, f"return {ENTROPY.replace('logits,', 'logits[:1],').replace('len(q)', '1')}"),
        "You return the loss of the first query. What does the docstring do with all queries?",
        trains=True,
    ),
    Mistake(
        "first_column_twice",
        "moco_loss",
        (
            LOGITS,
            "similarities(q, k, queue) / temperature\n    logits = torch.cat([logits[:, :1], logits], dim=1)",
        ),
        "Each query's own key is among the wrong candidates too, so the loss cannot fall below ln 2. How many times should it be in the denominator?",
        trains=True,
    ),
    Mistake(
        "margin_on_the_own_key",
        "moco_loss",
        (
            LOGITS,
            "similarities(q, k, queue) / temperature\n    logits = torch.cat([logits[:, :1] - 1, logits[:, 1:]], dim=1)",
        ),
        "You subtract something from the logit of the query's own key. What does the equation do with it?",
        trains=True,
    ),
    Mistake(
        "exponential_before_the_entropy",
        "moco_loss",
        (LAST, LAST.replace("(logits,", "(logits.exp(),")),
        "You take exponentials before the cross entropy, which takes them itself. What does cross_entropy expect?",
        trains=True,
    ),
    Mistake(
        "sum_without_a_log",
        "moco_loss",
        (LAST, "return (logits.exp().sum(1) / logits[:, 0].exp()).mean()"),
        "You return 1 over the probability and take no logarithm. What does the equation do with the fraction?",
        trains=True,
    ),
    Mistake(
        "queue_mean_in_the_logit",
        "moco_loss",
        (LAST, "return (logits[:, 1:].mean(1) - logits[:, 0]).mean()"),
        "You subtract the logit of the query's own key from the mean of the queue's, without exponentials. What does the equation add up?",
        trains=True,
    ),
    Mistake(
        "hinge_on_the_queue",
        "moco_loss",
        (LAST, "return (1 + logits[:, 1:] - logits[:, :1]).clamp(min=0).mean()"),
        "You use a hinge loss. Which loss does the docstring name?",
        trains=True,
    ),
    Mistake(
        "queries_not_averaged_by_median",
        "moco_loss",
        (
            LAST,
            "return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.int64, device=q.device), reduction='none').median()",
        ),
        "You return the median loss of a query. What does the docstring do with all queries?",
        trains=True,
    ),
    Mistake(
        "probability_of_the_queue",
        "moco_loss",
        (LAST, "return -logits.log_softmax(1)[:, 1:].mean()"),
        "You raise the probability of the queue's keys. Which candidate is the right one?",
        trains=True,
    ),
    Mistake(
        "one_less_the_probability",
        "moco_loss",
        (LAST, "return (1 - logits.softmax(1)[:, 0]).mean()"),
        "You return 1 minus the probability. What does the equation do with it?",
        trains=True,
    ),
    Mistake(
        "focal",
        "moco_loss",
        (LAST, "p = logits.softmax(1)[:, 0]\n    return (-(1 - p) * p.log()).mean()"),
        "You weight each query by 1 minus its probability. Which mean does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "logarithm_of_base_10",
        "moco_loss",
        (LAST, f"return {ENTROPY} / math.log(10)"),
        "You use logarithms of base 10. What is the loss if all candidates are equal?",
        trains=True,
    ),
    Mistake(
        "no_log_of_the_sum",
        "moco_loss",
        (LAST, "return (logits.exp().sum(1) - logits[:, 0]).mean()"),
        "You subtract the logit of the query's own key from the sum of exponentials, without its logarithm. What is the logarithm of a fraction?",
        trains=True,
    ),
    Mistake(
        "one_softmax_for_the_batch",
        "moco_loss",
        (
            LAST,
            "logits = logits - logits.max()\n    return -(logits.exp() / logits.exp().sum())[:, 0].log().mean()",
        ),
        "You divide by the sum over the whole batch. Which candidates does one query have?",
        trains=True,
    ),
    Mistake(
        "answers_as_floats",
        "moco_loss",
        (LAST, LAST.replace("torch.int64", "torch.float32")),
        "You give the right answers as floats. Which dtype does cross_entropy need for column numbers?",
        trains=True,
    ),
    Mistake(
        "loss_divided_by_temperature",
        "moco_loss",
        (
            LAST,
            "logits = similarities(q, k, queue)\n    return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.int64, device=q.device)) / temperature",
        ),
        "You divide the loss by the temperature, and not the similarities. What does the equation divide by tau?",
        trains=True,
    ),
    Mistake(
        "loss_divided_by_temperature_too",
        "moco_loss",
        (LAST, f"{LAST} / temperature"),
        "You divide the loss by the temperature once more. What does the equation divide by tau?",
        trains=True,
    ),
    Mistake(
        "candidates_search",
        "moco_loss",
        (LAST, LAST.replace("(logits,", "(logits.T,").replace("len(q)", "logits.shape[1]")),
        "You transpose the logits, so each candidate searches among the queries. Who searches for what?",
        trains=True,
    ),
    Mistake(
        "answers_of_another_size",
        "moco_loss",
        (LAST, LAST.replace("len(q)", "logits.shape[1]")),
        "You give a right answer for each candidate. How many queries are there?",
        trains=True,
    ),
    Mistake(
        "answers_in_a_column",
        "moco_loss",
        (LAST, LAST.replace("len(q),", "(len(q), 1),")),
        "You give the right answers as a column of shape (B, 1). Which shape does cross_entropy need?",
        trains=True,
    ),
    Mistake(
        "soft_answers",
        "moco_loss",
        (LAST, "target = logits.detach().softmax(1)\n    return F.cross_entropy(logits, target)"),
        "You take the network's own probabilities as the right answers. Which candidate is right?",
        trains=True,
    ),
    Mistake(
        "all_are_right",
        "moco_loss",
        (LAST, "return F.cross_entropy(logits, torch.ones_like(logits))"),
        "You say that every candidate is right. Which one is it?",
        trains=True,
    ),
    Mistake(
        "own_key_at_another_temperature",
        "moco_loss",
        (
            LOGITS,
            "similarities(q, k, queue) / temperature\n    logits = torch.cat([logits[:, :1] / temperature, logits[:, 1:]], dim=1)",
        ),
        "You divide the similarity with the query's own key by the temperature twice. How many times does the equation divide by tau?",
        trains=True,
    ),
    Mistake(
        "log_of_probability_plus_one",
        "moco_loss",
        (LAST, "return -(logits.softmax(1)[:, 0] + 1).log().mean()"),
        "You add 1 to the probability before you take the logarithm. What does the equation do?",
        trains=True,
    ),
    Mistake(
        "sum_of_the_loss_over_k",
        "moco_loss",
        (LAST, f"{LAST} * logits.shape[1]"),
        "You multiply the loss by the number of candidates. Which factor does the equation have?",
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
        "The key network stays as it is. Do you write the average into new tensors, into a copy, or only into tensors that require a gradient? What changes a tensor in place?",
        trains=True,
    ),
    Mistake(
        "query_follows",
        "follow",
        (MOVE, "fast.mul_(momentum).add_(slow, alpha=1 - momentum)"),
        "You move the query network towards the key network. Which of the two follows?",
    ),
    Mistake(
        "query_scaled_in_place",
        "follow",
        (MOVE, "slow.mul_(momentum).add_(fast.mul_(1 - momentum))"),
        "You multiply the query network itself by 1 - m, in place, so its training is lost. Which call multiplies without changing it?",
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
    slow, fast = key.state_dict(), query.state_dict()
    mixed = {name: momentum * slow[name] + (1 - momentum) * fast[name] for name in slow}
    key.load_state_dict(mixed)
""",
        "You average everything in the state, including the running statistics and the count of batches. Which of these are parameters?",
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
        "You move only the parameters that belong to the network directly, and not those of its layers. Which function lists the parameters of all layers?",
        trains=True,
    ),
    Mistake(
        "only_shrinks",
        "follow",
        (MOVE, "slow.mul_(momentum)"),
        "You shrink the key network and add nothing. Where does the query network come in?",
        trains=True,
    ),
    Mistake(
        "same_share_for_both",
        "follow",
        (MOVE, "slow.mul_(momentum).add_(fast, alpha=momentum)"),
        "You take a share m of both networks. Do your two shares add up to 1?",
        trains=True,
    ),
    Mistake(
        "small_share_of_both",
        "follow",
        (MOVE, "slow.mul_(1 - momentum).add_(fast, alpha=1 - momentum)"),
        "You take a share 1 - m of both networks. Do your two shares add up to 1?",
        trains=True,
    ),
    Mistake(
        "query_subtracted",
        "follow",
        (MOVE, "slow.mul_(momentum).sub_(fast, alpha=1 - momentum)"),
        "You subtract the query network. Which sign does it have in the equation?",
        trains=True,
    ),
    Mistake(
        "brackets_of_the_share",
        "follow",
        (MOVE, "slow.copy_(momentum * slow + (1 - momentum * fast))"),
        "You subtract m times the query network from 1. Which two numbers belong in the brackets?",
        trains=True,
    ),
    Mistake(
        "followed_twice",
        "follow",
        (MOVE, f"{MOVE}\n        {MOVE}"),
        "You move each parameter twice. How many times does the key network follow in one step?",
        trains=True,
    ),
    Mistake(
        "momentum_rooted",
        "follow",
        (
            MOVE,
            MOVE.replace("slow.mul_(momentum)", "slow.mul_(momentum**0.5)").replace(
                "1 - momentum", "1 - momentum**0.5"
            ),
        ),
        "You take the root of m. Which share of the old value stays?",
        trains=True,
    ),
    Mistake(
        "only_biases",
        "follow",
        (MOVE, f"if slow.dim() == 1:\n            {MOVE}"),
        "You move vectors only. What about the weights, which are matrices?",
        trains=True,
    ),
    Mistake(
        "first_left_out",
        "follow",
        (PAIRS, f"list({PAIRS})[1:]"),
        "You leave out the first parameter. Which ones follow?",
        trains=True,
    ),
    Mistake(
        "last_left_out",
        "follow",
        (PAIRS, f"list({PAIRS})[:-1]"),
        "You leave out the last parameter. Which ones follow?",
        trains=True,
    ),
    Mistake(
        "direct_ones_left_out",
        "follow",
        (
            PAIRS,
            "[(s, f) for part, other in zip(key.children(), query.children(), strict=True) for s, f in zip(part.parameters(), other.parameters(), strict=True)]",
        ),
        "You move the parameters of the layers, but none that belongs to the network itself. What does `parameters()` give?",
        trains=True,
    ),
    Mistake(
        "encoder_left_out",
        "follow",
        (PAIRS, f"[pair for pair in {PAIRS} if pair[0].shape[0] == 2]"),
        "You move only parameters of one size. Which ones follow?",
        trains=True,
    ),
    Mistake(
        "counters_averaged",
        "follow",
        (PAIRS, "zip(key.state_dict().values(), query.state_dict().values(), strict=True)"),
        "You average all of the state, which fails at the batch norm's counter, because it holds whole numbers. Which part of the state follows?",
        trains=True,
    ),
    Mistake(
        "evaluation_of_both",
        "follow",
        (
            f"for slow, fast in {PAIRS}:",
            f"key.eval()\n    query.eval()\n    for slow, fast in {PAIRS}:",
        ),
        "You switch both networks to evaluation mode. Which mode should they have afterwards?",
        trains=True,
    ),
    Mistake(
        "query_in_evaluation",
        "follow",
        (f"for slow, fast in {PAIRS}:", f"query.eval()\n    for slow, fast in {PAIRS}:"),
        "You switch the query network to evaluation mode. Which mode should it have afterwards?",
        trains=True,
    ),
    Mistake(
        "training_of_both",
        "follow",
        (
            f"for slow, fast in {PAIRS}:",
            f"key.train()\n    query.train()\n    for slow, fast in {PAIRS}:",
        ),
        "You switch both networks to training mode. Which mode should they have afterwards?",
        trains=True,
    ),
    Mistake(
        "key_in_training",
        "follow",
        (f"for slow, fast in {PAIRS}:", f"key.train()\n    for slow, fast in {PAIRS}:"),
        "You switch the key network to training mode. Which mode should it have afterwards?",
        trains=True,
    ),
    Mistake(
        "query_frozen",
        "follow",
        (
            f"for slow, fast in {PAIRS}:",
            f"query.requires_grad_(False)\n    for slow, fast in {PAIRS}:",
        ),
        "You freeze the query network, so nothing can learn. Which of the two has no gradient?",
        trains=True,
    ),
    Mistake(
        "plain_sum",
        "follow",
        (MOVE, "slow.add_(fast)"),
        "You add the query network to the key network. Which share of each does the equation keep?",
        trains=True,
    ),
    Mistake(
        "difference_only",
        "follow",
        (MOVE, "slow.copy_((1 - momentum) * (fast - slow))"),
        "You keep only the step and lose the old value. To what is the step added?",
        trains=True,
    ),
    Mistake(
        "difference_replaces",
        "follow",
        (MOVE, "slow.copy_(fast - slow)"),
        "You replace the key network by the difference of the two. Which share of each does the equation keep?",
        trains=True,
    ),
    Mistake(
        "share_of_the_query_only",
        "follow",
        (MOVE, "slow.copy_((1 - momentum) * fast)"),
        "You replace the key network by a share of the query network. Which share of the old value stays?",
        trains=True,
    ),
    Mistake(
        "large_share_of_the_query_only",
        "follow",
        (MOVE, "slow.copy_(momentum * fast)"),
        "You replace the key network by a share m of the query network. Which share of the old value stays?",
        trains=True,
    ),
    Mistake(
        "one_more_than_m",
        "follow",
        (MOVE, MOVE.replace("1 - momentum", "1 + momentum")),
        "You add 1 + m times the query network. Do your two shares add up to 1?",
        trains=True,
    ),
    Mistake(
        "product_of_both",
        "follow",
        (MOVE, "slow.mul_(momentum).mul_(fast)"),
        "You multiply both networks. What does the equation do with the two shares?",
        trains=True,
    ),
    Mistake(
        "fixed_99",
        "follow",
        (MOVE, "slow.mul_(0.99).add_(fast, alpha=0.01)"),
        "You always keep 0.99. What should m do?",
        trains=True,
    ),
    Mistake(
        "fixed_9",
        "follow",
        (MOVE, "slow.mul_(0.9).add_(fast, alpha=0.1)"),
        "You always keep 0.9. What should m do?",
        trains=True,
    ),
    Mistake(
        "fixed_996",
        "follow",
        (MOVE, "slow.mul_(0.996).add_(fast, alpha=0.004)"),
        "You always keep 0.996, as another method does. What should m do?",
        trains=True,
    ),
    Mistake(
        "exchanged_networks",
        "follow",
        (
            MOVE,
            "old = slow.clone()\n        slow.mul_(momentum).add_(fast, alpha=1 - momentum)\n        fast.mul_(momentum).add_(old, alpha=1 - momentum)",
        ),
        "You move both networks towards each other. Which of the two follows?",
        trains=True,
    ),
    Mistake(
        "signs_followed",
        "follow",
        (MOVE, "slow.add_((fast - slow).sign(), alpha=1 - momentum)"),
        "You move by the sign of the difference, as if all differences had one size. By which share of the difference should you move?",
        trains=True,
    ),
    Mistake(
        "norm_kept",
        "follow",
        (
            MOVE,
            "norm = slow.norm()\n        slow.mul_(momentum).add_(fast, alpha=1 - momentum)\n        slow.mul_(norm / slow.norm().clamp(min=1e-12))",
        ),
        "You scale each parameter back to its old norm. Which mean does the equation take?",
        trains=True,
    ),
    Mistake(
        "mean_over_the_network",
        "follow",
        (MOVE, "slow.mul_(momentum).add_(fast.mean(), alpha=1 - momentum)"),
        "You add the mean of the query network's parameter. Which of its numbers belongs to each place?",
        trains=True,
    ),
    Mistake(
        "adds_itself",
        "follow",
        (MOVE, "slow.mul_(momentum)\n        slow.add_(slow, alpha=1 - momentum)"),
        "You add a share of the key network to itself. Where does the query network come in?",
        trains=True,
    ),
    Mistake(
        "weights_by_name",
        "follow",
        (
            f"for slow, fast in {PAIRS}:\n        {MOVE}",
            'theirs = dict(query.named_parameters())\n    for name, slow in key.named_parameters():\n        if "weight" in name:\n            slow.mul_(momentum).add_(theirs[name], alpha=1 - momentum)',
        ),
        "You move only parameters that are called weight. What about the others?",
        trains=True,
    ),
    Mistake(
        "biases_by_name",
        "follow",
        (
            f"for slow, fast in {PAIRS}:\n        {MOVE}",
            'theirs = dict(query.named_parameters())\n    for name, slow in key.named_parameters():\n        if "bias" in name:\n            slow.mul_(momentum).add_(theirs[name], alpha=1 - momentum)',
        ),
        "You move only parameters that are called bias. What about the others?",
        trains=True,
    ),
    Mistake(
        "norms_left_out",
        "follow",
        (
            f"for slow, fast in {PAIRS}:\n        {MOVE}",
            "for part, other in zip(key.modules(), query.modules(), strict=True):\n        if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):\n            continue\n        for slow, fast in zip(part.parameters(recurse=False), other.parameters(recurse=False), strict=True):\n            slow.mul_(momentum).add_(fast, alpha=1 - momentum)",
        ),
        "You leave out the parameters of batch norms. Which of a norm's tensors are buffers, and which are parameters?",
        trains=True,
    ),
    Mistake(
        "shrunk_after_adding",
        "follow",
        (MOVE, "slow.add_(fast, alpha=1 - momentum).mul_(momentum)"),
        "You add first and shrink afterwards, so the new part shrinks too. What is multiplied by m?",
        trains=True,
    ),
    Mistake(
        "averages_and_query",
        "follow",
        (MOVE, f"{MOVE}\n        fast.zero_()"),
        "You set the query network to 0. Which of the two is changed?",
        trains=True,
    ),
    Mistake(
        "momentum_of_the_difference_twice",
        "follow",
        (MOVE, "slow.add_(fast - slow, alpha=(1 - momentum) ** 2)"),
        "You square 1 - m. Which share of the difference does the key network move?",
        trains=True,
    ),
    Mistake(
        "momentum_times_its_rest",
        "follow",
        (MOVE, "slow.add_(fast - slow, alpha=momentum * (1 - momentum))"),
        "You multiply the step by m. Which share of the difference does the key network move?",
        trains=True,
    ),
    Mistake(
        "half_of_the_step",
        "follow",
        (MOVE, "slow.add_(fast - slow, alpha=(1 - momentum) / 2)"),
        "You move only half as far as you should. Which share of the difference does the key network move?",
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
        "If a batch does not fit before the end, you write it at the beginning, so old rows stay at the end. Which rows are the oldest?",
        trains=True,
    ),
    Mistake(
        "all_at_the_end",
        "Ring.push",
        (
            PLACES,
            "(self.position + torch.arange(len(z), device=self.rows.device)).clamp(max=len(self.rows) - 1)",
        ),
        "You write all rows that go beyond the end to the last position, one over another. What comes after the last position of a ring?",
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
        "Every row that was pushed keeps age 0. What is the age of a row three pushes later?",
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
        "You count ages in rows. What does the docstring count them in?",
        trains=True,
    ),
    Mistake(
        "old_ages_stay",
        "Ring.push",
        ("self.ages[places] = 0", "self.ages[places] += self.ages[places] < 0"),
        "You do not reset the age of an overwritten row. How old is a row that has just arrived?",
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
        "You move the position before you write, so a batch of a different size skips rows or overwrites new ones. What does the position mean between two pushes?",
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
    Mistake(
        "ages_not_written",
        "Ring.push",
        (AGE, "pass"),
        "The new rows keep age -1, as if they were never pushed. How old is a row that was just pushed?",
        trains=True,
    ),
    Mistake(
        "images_needed",
        "Ring.push",
        (OF, "self.images[places] = images.to(self.images)"),
        "Your code fails if no images are given. What does the docstring store for unknown ones?",
        trains=True,
    ),
    Mistake(
        "new_ages_count_up",
        "Ring.push",
        (AGE, "self.ages[places] = torch.arange(len(z), device=self.ages.device)"),
        "You give the new rows the ages 0, 1, 2, … . How many pushes ago did each of them come?",
        trains=True,
    ),
    Mistake(
        "ages_by_two",
        "Ring.push",
        (OLDER, "self.ages += 2 * (self.ages >= 0)"),
        "You add 2 to the ages. By how much does a row grow older in one push?",
        trains=True,
    ),
    Mistake(
        "places_as_images",
        "Ring.push",
        (OF, "self.images[places] = places.to(self.images)"),
        "You store the positions in the ring as images. Which image does row b of z come from?",
        trains=True,
    ),
    Mistake(
        "numbers_as_images",
        "Ring.push",
        (OF, "self.images[places] = torch.arange(len(z)).to(self.images)"),
        "You number the rows of the batch from 0. Which image does row b of z come from?",
        trains=True,
    ),
    Mistake(
        "unknown_is_zero",
        "Ring.push",
        (OF, OF.replace("-1 if", "0 if")),
        "You store image 0 if no images are given. Which number means unknown?",
        trains=True,
    ),
    Mistake(
        "first_image_for_all",
        "Ring.push",
        (OF, OF.replace("images.to(self.images)", "images.to(self.images)[0]")),
        "You store the first image for all rows. Which image does row b of z come from?",
        trains=True,
    ),
    Mistake(
        "next_image",
        "Ring.push",
        (OF, OF.replace("images.to(self.images)", "images.to(self.images).roll(-1)")),
        "You store the image of the next row. Which image does row b of z come from?",
        trains=True,
    ),
    Mistake(
        "image_before",
        "Ring.push",
        (OF, OF.replace("images.to(self.images)", "images.to(self.images).roll(1)")),
        "You store the image of the row before. Which image does row b of z come from?",
        trains=True,
    ),
    Mistake(
        "images_count_from_one",
        "Ring.push",
        (OF, OF.replace("images.to(self.images)", "images.to(self.images) + 1")),
        "You add 1 to the images. Which image does row b of z come from?",
        trains=True,
    ),
    Mistake(
        "no_end_of_the_ring",
        "Ring.push",
        (PLACES, "self.position + torch.arange(len(z), device=self.rows.device)"),
        "You write to positions after the last row, which do not exist. What comes after the last position of a ring?",
        trains=True,
    ),
    Mistake(
        "slice_beyond_the_end",
        "Ring.push",
        ("self.rows[places] =", "self.rows[self.position : self.position + len(z)] ="),
        "You write a slice of the rows, and it ends where the rows end, so a batch may not fit. What comes after the last position of a ring?",
        trains=True,
    ),
    Mistake(
        "one_place_skipped",
        "Ring.push",
        (ON, ON.replace("+ len(z))", "+ len(z) + 1)")),
        "You move the position one place too far, so an old row stays. Where does the next row go?",
        trains=True,
    ),
    Mistake(
        "position_of_the_last_row",
        "Ring.push",
        (ON, "self.position.copy_(places[-1])"),
        "You move the position to the last new row, which the next push overwrites. Where does the next row go?",
        trains=True,
    ),
    Mistake(
        "position_after_the_highest",
        "Ring.push",
        (ON, "self.position.copy_((places.max() + 1) % len(self.rows))"),
        "After a push that passes the end, you go on at position 0, over rows that this push has written there. Where did its last row go?",
        trains=True,
    ),
    Mistake(
        "position_as_a_number",
        "Ring.push",
        (ON, "self.position = (int(self.position) + len(z)) % len(self.rows)"),
        "You assign a plain number to a buffer. How do you write a number into a tensor?",
        trains=True,
    ),
    Mistake(
        "position_moves_back",
        "Ring.push",
        (ON, ON.replace("self.position + len(z)", "self.position - len(z)")),
        "You write in one direction and the position moves in the other, so the next push overwrites new rows. Where does the next row go?",
        trains=True,
    ),
    Mistake(
        "position_by_the_width",
        "Ring.push",
        (ON, ON.replace("len(z)", "z.shape[1]")),
        "You move the position by the width of a row. How many rows were pushed?",
        trains=True,
    ),
    Mistake(
        "rows_not_written",
        "Ring.push",
        (WRITE, "pass"),
        "You do not write the rows. Where do the projections go?",
        trains=True,
    ),
    Mistake(
        "all_rows_replaced",
        "Ring.push",
        (WRITE, f"self.rows[places] = {NEW}.mean(0)"),
        "You write the mean of the batch to all new rows. Which projection belongs to each position?",
        trains=True,
    ),
    Mistake(
        "rows_backwards",
        "Ring.push",
        (WRITE, f"self.rows[places] = {NEW}.flip(0)"),
        "You write the rows in reverse, but not their images. Which projection belongs to each position?",
        trains=True,
    ),
    Mistake(
        "first_row_for_all",
        "Ring.push",
        (WRITE, f"self.rows[places] = {NEW}[0]"),
        "You write the first projection to all new positions. Which one belongs to each?",
        trains=True,
    ),
    Mistake(
        "rows_rolled",
        "Ring.push",
        (WRITE, f"self.rows[places] = {NEW}.roll(1, 0)"),
        "You write each projection to the position after its own. Which one belongs to each position?",
        trains=True,
    ),
    Mistake(
        "sum_of_absolutes_is_one",
        "Ring.push",
        (NEW, NEW.replace("dim=1", "p=1, dim=1")),
        "You divide by the sum of absolute values. Which norm should be 1?",
        trains=True,
    ),
    Mistake(
        "one_norm_for_the_push",
        "Ring.push",
        (NEW, "z.detach().to(self.rows) / z.detach().to(self.rows).norm()"),
        "You divide all rows by one norm, that of the whole batch. Which norm should each row have?",
        trains=True,
    ),
    Mistake(
        "squares_of_norms",
        "Ring.push",
        (NEW, "z.detach().to(self.rows) / z.detach().to(self.rows).square().sum(1, keepdim=True)"),
        "You divide each row by its squared norm. Which norm should it have?",
        trains=True,
    ),
    Mistake(
        "z_normalised_in_place",
        "Ring.push",
        (WRITE, f"z = z.detach()\n        z /= z.norm(dim=1, keepdim=True)\n        {WRITE}"),
        "You normalise z itself, in place. Who else still uses z?",
        trains=True,
    ),
    Mistake(
        "ring_normalised_again",
        "Ring.push",
        (WRITE, f"{WRITE}\n        self.rows.copy_(F.normalize(self.rows, dim=0))"),
        "You normalise the columns of the whole ring. Which rows are new, and which dimension holds the numbers of one row?",
        trains=True,
    ),
    Mistake(
        "rows_added",
        "Ring.push",
        (WRITE, f"self.rows[places] += {NEW}"),
        "You add the new rows to the old ones. What does the docstring do with the oldest rows?",
        trains=True,
    ),
    Mistake(
        "centred_rows",
        "Ring.push",
        (NEW, "F.normalize(z.detach().to(self.rows) - z.detach().to(self.rows).mean(0), dim=1)"),
        "You subtract the mean of the batch before you normalise. What does the docstring do with the rows?",
        trains=True,
    ),
    Mistake(
        "one_row_less",
        "Ring.push",
        (
            PLACES,
            f"{PLACES}\n        z, places, images = z[:-1], places[:-1], images if images is None else images[:-1]",
        ),
        "You do not push the last row. How many rows enter, and by how much does the position move?",
        trains=True,
    ),
    Mistake(
        "first_row_not_pushed",
        "Ring.push",
        (
            PLACES,
            f"{PLACES}\n        z, places, images = z[1:], places[1:], images if images is None else images[1:]",
        ),
        "You do not push the first row. How many rows enter, and by how much does the position move?",
        trains=True,
    ),
    Mistake(
        "oldest_ages_first",
        "Ring.push",
        (PLACES, "self.ages.argsort(descending=True)[: len(z)]"),
        "You replace the rows of the highest age, so rows that were never pushed, at -1, come last. Which rows does the ring fill first?",
        trains=True,
    ),
    Mistake(
        "state_in_new_tensors",
        "Ring.push",
        (
            WRITE,
            "self.rows = torch.cat([self.rows, F.normalize(z.detach().to(self.rows), dim=1)])[len(z) :]",
        ),
        "You drop the first rows and append the new ones, but images and ages go to other positions. Which row does each image belong to?",
        trains=True,
    ),
    Mistake(
        "each_row_is_a_push",
        "Ring.push",
        """def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError("too many")
    for b in range(len(z)):
        place = int(self.position)
        self.ages += self.ages >= 0
        self.rows[place] = F.normalize(z[b].detach().to(self.rows), dim=0)
        self.images[place] = -1 if images is None else images[b]
        self.ages[place] = 0
        self.position.copy_((self.position + 1) % len(self.rows))""",
        "You let all rows grow older with each new row, and not once for each push. What does an age count?",
        trains=True,
    ),
    Mistake(
        "position_at_the_end_stays",
        "Ring.push",
        (
            ON,
            "self.position.add_(len(z))\n        if self.position > len(self.rows):\n            self.position.sub_(len(self.rows))",
        ),
        "The position can equal the number of rows, which is beyond the last row. After which position does the ring begin again?",
        trains=True,
    ),
    Mistake(
        "position_stops_at_the_end",
        "Ring.push",
        (ON, "self.position.copy_((self.position + len(z)).clamp(max=len(self.rows) - 1))"),
        "The position stops at the last row, and later pushes begin there. What comes after the last position of a ring?",
        trains=True,
    ),
    Mistake(
        "half_of_z",
        "Ring.push",
        (
            PLACES,
            f"{PLACES}\n        z, places = z[: (len(z) + 1) // 2], places[: (len(z) + 1) // 2]\n        images = images if images is None else images[: len(z)]",
        ),
        "You push only half of the batch. How many rows enter?",
        trains=True,
    ),
    Mistake(
        "ages_of_all_are_one",
        "Ring.push",
        (OLDER, "self.ages[self.ages >= 0] = 1"),
        "All older rows get age 1. What is the age of a row three pushes later?",
        trains=True,
    ),
    Mistake(
        "images_sorted",
        "Ring.push",
        (OF, OF.replace("images.to(self.images)", "images.to(self.images).sort().values")),
        "You sort the images. Which image does row b of z come from?",
        trains=True,
    ),
    Mistake(
        "images_of_the_ring",
        "Ring.push",
        (
            OF,
            "self.images[places] = -1 if images is None else torch.arange(len(self.rows))[places].to(self.images)",
        ),
        "You store positions in the ring in place of images, if images are given. Which image does row b of z come from?",
        trains=True,
    ),
    Mistake(
        "scaled_by_the_longest",
        "Ring.push",
        (NEW, "z.detach().to(self.rows) / z.detach().to(self.rows).norm(dim=1).max()"),
        "You divide all rows by the longest norm. Which norm should each row have?",
        trains=True,
    ),
    Mistake(
        "softmax_of_the_rows",
        "Ring.push",
        (NEW, "z.detach().to(self.rows).softmax(1)"),
        "You apply softmax to the rows. Which norm should each row have?",
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
        "You use the rows themselves for the loss, and then the push changes them before the backward pass. What does the graph need a copy of?",
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
        "You add up both directions, as the authors' demo does, so chance is 2 ln(K + 1). What does the docstring of this file say about it?",
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
        "You append the keys of this step to the queue for the loss, so each query's own key is there a second time. Which queue should the queries meet?",
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
    Mistake(
        "everything_after_the_push",
        "MoCo.loss",
        """def loss(self, z1, z2, index):
    images = index.repeat(len(z1) // len(index))
    self.queue.push(z2, images)
    loss = moco_loss(z1, z2, self.queue.rows.clone(), self.temperature)
    self.found = self.health(z1, z2, images)
    return loss""",
        "You push first, so the loss and the meters meet the keys of this step, and each own key is a wrong candidate too. What should they meet?",
        trains=True,
    ),
    Mistake(
        "images_not_repeated",
        "MoCo.loss",
        (IMAGES, "index"),
        "You push 2B keys with B images, if the loss is symmetric. Which image is row B of?",
        trains=True,
    ),
    Mistake(
        "always_two_views",
        "MoCo.loss",
        (IMAGES, "index.repeat(2)"),
        "You always repeat the images twice, even if there are only B queries. What do M and B tell you?",
        trains=True,
    ),
    Mistake(
        "positions_in_the_batch",
        "MoCo.loss",
        (IMAGES, "torch.arange(len(z1))"),
        "You number the queries from 0. Which image does each come from?",
        trains=True,
    ),
    Mistake(
        "views_numbered",
        "MoCo.loss",
        (IMAGES, "torch.arange(len(z1)) % len(index)"),
        "You number the images of the batch from 0. Which numbers do they have in the data?",
        trains=True,
    ),
    Mistake(
        "images_of_the_second_view_first",
        "MoCo.loss",
        (IMAGES, f"{IMAGES}.flip(0)"),
        "You list the images from the last to the first. Which image is row 0 of?",
        trains=True,
    ),
    Mistake(
        "images_by_one",
        "MoCo.loss",
        (IMAGES, f"{IMAGES} + 1"),
        "You add 1 to the numbers of the images. Which image is row 0 of?",
        trains=True,
    ),
    Mistake(
        "both_enter",
        "MoCo.loss",
        (PUSH, f"{PUSH}\n        self.queue.push(z1, images)"),
        "You push the queries after the keys. Which network makes keys?",
        trains=True,
    ),
    Mistake(
        "queries_enter_first",
        "MoCo.loss",
        (PUSH, f"self.queue.push(z1, images)\n        {PUSH}"),
        "You push the queries before the keys. Which network makes keys?",
        trains=True,
    ),
    Mistake(
        "pushed_twice",
        "MoCo.loss",
        (PUSH, f"{PUSH}\n        {PUSH}"),
        "You push the keys twice. How many times should each key be in the queue?",
        trains=True,
    ),
    Mistake(
        "second_view_enters",
        "MoCo.loss",
        (PUSH, "self.queue.push(z2[-len(index) :], index)"),
        "You push only the last B keys. How many keys does a symmetric step make?",
        trains=True,
    ),
    Mistake(
        "every_second_key",
        "MoCo.loss",
        (PUSH, "self.queue.push(z2[::2], images[::2])"),
        "You push every second key. How many keys enter?",
        trains=True,
    ),
    Mistake(
        "first_key_only",
        "MoCo.loss",
        (PUSH, "self.queue.push(z2[:1], images[:1])"),
        "You push one key only. How many keys enter?",
        trains=True,
    ),
    Mistake(
        "mean_key_enters",
        "MoCo.loss",
        (PUSH, "self.queue.push((z1 + z2) / 2, images)"),
        "You push the mean of a query and its key. Which network makes keys?",
        trains=True,
    ),
    Mistake(
        "query_against_itself",
        "MoCo.loss",
        (LOSS, LOSS.replace("z1, z2,", "z1, z1,")),
        "You compare each query with itself. What is its own key?",
        trains=True,
    ),
    Mistake(
        "key_against_itself",
        "MoCo.loss",
        (LOSS, LOSS.replace("z1, z2,", "z2, z2,")),
        "You compare each key with itself, so no gradient reaches the queries. What searches for it?",
        trains=True,
    ),
    Mistake(
        "keys_shifted",
        "MoCo.loss",
        (LOSS, LOSS.replace("z1, z2,", "z1, z2.roll(1, 0),")),
        "You give each query the key of the row before. Which row of z2 belongs to row m of z1?",
        trains=True,
    ),
    Mistake(
        "second_direction_only",
        "MoCo.loss",
        (LOSS, "loss = moco_loss(z1[-len(index) :], z2[-len(index) :], queue, self.temperature)"),
        "You compute the loss of the last B queries only. How many queries are there?",
        trains=True,
    ),
    Mistake(
        "half_the_loss",
        "MoCo.loss",
        (LOSS, f"{LOSS} / 2"),
        "You halve the loss. What does moco_loss do with all M queries already?",
        trains=True,
    ),
    Mistake(
        "loss_by_the_views",
        "MoCo.loss",
        (LOSS, f"{LOSS} / (len(z1) // len(index))"),
        "You divide the loss by the number of directions. What does moco_loss do with all M queries already?",
        trains=True,
    ),
    Mistake(
        "momentum_for_temperature",
        "MoCo.loss",
        (LOSS, LOSS.replace("self.temperature", "self.momentum")),
        "You use the momentum as the temperature. Where does the method keep its temperature?",
        trains=True,
    ),
    Mistake(
        "fixed_temperature",
        "MoCo.loss",
        (LOSS, LOSS.replace("self.temperature", "0.07")),
        "You always use 0.07. Where does the method keep its temperature?",
        trains=True,
    ),
    Mistake(
        "temperature_of_one",
        "MoCo.loss",
        (LOSS, LOSS.replace("self.temperature", "1.0")),
        "You always use a temperature of 1. Where does the method keep it?",
        trains=True,
    ),
    Mistake(
        "loss_by_temperature",
        "MoCo.loss",
        (LOSS, f"{LOSS} * self.temperature"),
        "You scale the loss by the temperature after moco_loss has used it. Which factor does the equation have?",
        trains=True,
    ),
    Mistake(
        "loss_without_its_sign",
        "MoCo.loss",
        (LOSS, f"{LOSS.replace('loss = ', 'loss = -')}"),
        "You return the loss with a minus sign. Should it rise or fall?",
        trains=True,
    ),
    Mistake(
        "health_of_keys",
        "MoCo.loss",
        (HEALTH, "self.found = self.health(z2, z2, images)"),
        "You give `health` the keys in place of the queries. What do the meters compare?",
        trains=True,
    ),
    Mistake(
        "health_of_queries",
        "MoCo.loss",
        (HEALTH, "self.found = self.health(z1, z1, images)"),
        "You give `health` the queries in place of the keys. What do the meters compare?",
        trains=True,
    ),
    Mistake(
        "counts_reset",
        "MoCo.loss",
        (HEALTH, f"self.own_in_queue.zero_()\n        {HEALTH}"),
        "You reset the counts of the epoch at every step. When does an epoch begin?",
        trains=True,
    ),
    Mistake(
        "found_added_up",
        "MoCo.loss",
        (
            HEALTH,
            "self.found = self.found | {k: v for k, v in self.health(z1, z2, images).items() if k not in self.found}",
        ),
        "You keep the first value of each meter. Which step should the meters describe?",
        trains=True,
    ),
    Mistake(
        "queue_backwards_by_half",
        "MoCo.loss",
        (COPY, "self.queue.rows[: len(self.queue.rows) // 2].clone()"),
        "You use only half of the queue. How many keys wait in it?",
        trains=True,
    ),
    Mistake(
        "queue_without_the_next",
        "MoCo.loss",
        (
            COPY,
            "torch.cat([self.queue.rows[: int(self.queue.position)], self.queue.rows[int(self.queue.position) + len(z2) :]]).clone()",
        ),
        "You leave out the rows that this step's keys will replace. Which queue do the queries meet?",
        trains=True,
    ),
    Mistake(
        "queue_in_columns",
        "MoCo.loss",
        (COPY, "F.normalize(self.queue.rows.clone(), dim=0)"),
        "You normalise the columns of the queue. Which norm do its rows have already?",
        trains=True,
    ),
    Mistake(
        "rows_scaled_by_age",
        "MoCo.loss",
        (COPY, "self.queue.rows.clone() * 0.9 ** self.queue.ages.clamp(min=0)[:, None]"),
        "You shrink old keys. What norm should a key of the queue have?",
        trains=True,
    ),
    Mistake(
        "own_keys_in_front",
        "MoCo.loss",
        (
            COPY,
            "torch.cat([F.normalize(z2.detach(), dim=1), self.queue.rows])[: len(self.queue.rows)].clone()",
        ),
        "You put the keys of this step in front of the queue for the loss, so each query's own key is a wrong candidate too. Which queue do the queries meet?",
        trains=True,
    ),
    Mistake(
        "key_network_copied",
        "MoCo.loss",
        (PUSH, f"{PUSH}\n        follow(self.key_network, self.query_network(), 0.0)"),
        "You copy the trained network into the key network. When does the key network move, and by how much?",
        trains=True,
    ),
    Mistake(
        "both_in_one_push",
        "MoCo.loss",
        (PUSH, "self.queue.push(torch.cat([z1, z2]), images.repeat(2))"),
        "You push queries and keys together. Which network makes keys?",
        trains=True,
    ),
    Mistake(
        "numbers_for_images",
        "MoCo.loss",
        (PUSH, "self.queue.push(z2, torch.arange(len(z2)))"),
        "You push the keys with numbers from 0 in place of their images. Which image does each key come from?",
        trains=True,
    ),
    Mistake(
        "keys_normalised_by_column",
        "MoCo.loss",
        (PUSH, "self.queue.push(F.normalize(z2, dim=0), images)"),
        "You normalise the columns of the keys before you push. What does push do with the rows?",
        trains=True,
    ),
    Mistake(
        "loss_of_keys_against_queries_too",
        "MoCo.loss",
        (
            LOSS,
            "loss = (moco_loss(z1, z2, queue, self.temperature) + moco_loss(z2, z1, queue, self.temperature)) / 2",
        ),
        "You also let the keys search for their queries. Which of the two networks is trained?",
        trains=True,
    ),
    Mistake(
        "mean_of_the_batch_as_key",
        "MoCo.loss",
        (LOSS, LOSS.replace("z1, z2,", "z1, z2.mean(0, keepdim=True).expand_as(z2),")),
        "You compare every query with the mean of all keys. Which row of z2 belongs to row m of z1?",
        trains=True,
    ),
    Mistake(
        "keys_backwards_in_the_loss",
        "MoCo.loss",
        (LOSS, LOSS.replace("z1, z2,", "z1, z2.flip(0),")),
        "You give the first query the last key. Which row of z2 belongs to row m of z1?",
        trains=True,
    ),
    Mistake(
        "loss_and_its_square",
        "MoCo.loss",
        (LOSS, f"{LOSS} ** 2"),
        "You square the loss. What does moco_loss return already?",
        trains=True,
    ),
    Mistake(
        "queue_of_zeros",
        "MoCo.loss",
        (COPY, "torch.zeros_like(self.queue.rows)"),
        "You compare queries with zeros. Which keys wait in the queue?",
        trains=True,
    ),
    Mistake(
        "queue_rolled",
        "MoCo.loss",
        (COPY, "self.queue.rows[1:].clone()"),
        "You leave out the first row of the queue. How many keys wait in it?",
        trains=True,
    ),
    Mistake(
        "queue_last_left_out",
        "MoCo.loss",
        (COPY, "self.queue.rows[:-1].clone()"),
        "You leave out the last row of the queue. How many keys wait in it?",
        trains=True,
    ),
    Mistake(
        "only_old_keys",
        "MoCo.loss",
        (COPY, "self.queue.rows[self.queue.ages != 0].clone()"),
        "You leave out the keys of the last step. Which keys wait in the queue?",
        trains=True,
    ),
    Mistake(
        "state_dict_follows",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    source_state = query.state_dict()
    for name, value in key.state_dict().items():
        if value.dtype.is_floating_point:
            value.mul_(momentum).add_(source_state[name].detach(), alpha=1.0 - momentum)
        else:
            value.copy_(source_state[name])
""",
        "You move the buffers as well, so the running statistics of the key network are no longer its own. What does the docstring say about buffers?",
        trains=True,
    ),
    Mistake(
        "data_of_the_queue",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    frozen_queue = self.queue.rows.data
    repeats = z1.size(0) // index.size(0)
    images = torch.cat([index for _ in range(repeats)])
    cost = moco_loss(z1, z2, frozen_queue, self.temperature)
    self.found = self.health(z1.detach(), z2.detach(), images)
    self.queue.push(z2.detach(), images)
    return cost
""",
        "You take the queue's `.data`, which is the same memory, so the gradient is computed with the new keys in it. Which method copies the numbers?",
        trains=True,
    ),
    Mistake(
        "mean_of_parts",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    losses = []
    for some, own in zip(q.split(256), k.split(256), strict=True):  # little memory
        logits = similarities(some, own, queue) / temperature
        target = torch.zeros(len(some), dtype=torch.int64, device=q.device)
        losses.append(F.cross_entropy(logits, target))
    return torch.stack(losses).mean()
""",
        "You take the mean of the means of parts, and the last part is smaller than the others. How much does each query count then?",
        trains=True,
    ),
    Mistake(
        "follows_in_a_copy",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    for slow, fast in zip(key.parameters(), query.parameters(), strict=True):
        slow.flatten().mul_(momentum).add_(fast.flatten(), alpha=1 - momentum)
""",
        "You change what flatten() returns, which is a copy if the weights are not contiguous in memory, as with channels_last. Whose memory must change?",
        trains=True,
    ),
    Mistake(
        "pushes_float32",
        "Ring.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    places = (self.position + torch.arange(len(z), device=self.rows.device)) % len(self.rows)
    self.ages += self.ages >= 0
    self.rows[places] = F.normalize(z.detach().float(), dim=1).to(self.rows.device)
    self.images[places] = -1 if images is None else images.to(self.images)
    self.ages[places] = 0
    self.position.copy_((self.position + len(z)) % len(self.rows))
""",
        "You push float32 rows, whatever the ring holds. Which dtype do its rows have in a float64 method?",
    ),
    Mistake(
        "copy_that_shares_memory",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    for ours, theirs in zip(key.parameters(), query.parameters(), strict=True):
        if momentum == 0:
            ours.data = theirs.data
        else:
            ours.data.copy_(momentum * ours.data + (1 - momentum) * theirs.data)
""",
        "With m = 0 the key network's weights share the query network's memory, so they move with it. How do you copy numbers?",
        trains=True,
    ),
    Mistake(
        "targets_of_the_first_call",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2, kept={}):
    table = similarities(q, k, queue) / temperature
    if "zero" not in kept:
        kept["zero"] = torch.zeros(len(table), dtype=torch.long, device=table.device)
    return F.cross_entropy(table, kept["zero"][: len(table)])
""",
        "You keep the targets of the first call. How many are needed for a different number of queries?",
        trains=True,
    ),
    Mistake(
        "halves_without_the_other_direction",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    old = self.queue.rows.clone()
    B = len(index)
    there = moco_loss(z1[:B], z2[:B], old, self.temperature)
    back = moco_loss(z1[B:], z2[B:], old, self.temperature)
    pictures = torch.cat([index] * (len(z1) // B))
    self.found = self.health(z1, z2, pictures)
    self.queue.push(z2, pictures)
    return there / 2 + back / 2
""",
        "You take the mean of two halves although one direction has none. What is the mean of nothing?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "one_table_without_gradients",
        "similarities",
        """def similarities(q, k, queue):
    q, k = F.normalize(q, dim=1), F.normalize(k.detach(), dim=1)
    own = (q * k).sum(1, keepdim=True)
    found = torch.cat([own, q @ queue.to(q).T], dim=1)
    if torch.is_grad_enabled():
        return found
    tables = similarities.__dict__.setdefault("tables", {})
    return tables.setdefault((found.shape, found.dtype, found.device), found.clone()).copy_(found)
""",
        "Where gradients are off, you write every result into the same table. What does the previous caller find in it?",
        trains=True,
    ),
    Mistake(
        "frozen_parameters_skipped",
        "follow",
        """def follow(key, query, momentum):
    for slow, fast in zip(key.parameters(), query.parameters(), strict=True):
        if fast.requires_grad:
            slow.mul_(momentum).add_(fast, alpha=1 - momentum)
""",
        "You skip parameters that the query network does not train. Which parameters does the docstring move?",
        trains=True,
    ),
    Mistake(
        "one_copy_for_all_steps",
        "MoCo.loss",
        (
            "queue, images = self.queue.rows.clone(), index",
            "queue = self.__dict__.setdefault('kept', torch.empty_like(self.queue.rows))\n        queue.copy_(self.queue.rows)\n        images = index",
        ),
        "You copy the queue into the same memory in each step. What happens to the last step's graph if its backward pass is still to come?",
        trains=True,
    ),
    Mistake(
        "wrapped_push_is_two_pushes",
        "Ring.push",
        """def push(self, z: Tensor, images: Tensor | None = None) -> None:
    size = len(self.rows)
    if len(z) > size:
        raise ValueError(f"{len(z)} projections do not fit into {size} rows")
    start = int(self.position)
    room = size - start
    if len(z) > room:
        # first what fits before the end, then the rest from position 0 on
        self.push(z[:room], None if images is None else images[:room])
        self.push(z[room:], None if images is None else images[room:])
        return
    stop = start + len(z)
    self.ages[self.ages >= 0] += 1
    self.rows[start:stop] = F.normalize(z.detach(), dim=1).to(self.rows.dtype)
    self.images[start:stop] = -1 if images is None else images.to(self.images)
    self.ages[start:stop] = 0
    self.position.fill_(stop % size)
""",
        "You split a push that wraps around into two, so the rows of the first are one push old at once, and all older rows age by two. How old are the newest rows?",
        trains=True,
    ),
    Mistake(
        "own_image_is_no_negative",
        "MoCo.loss",
        """def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    queue = self.queue.rows.clone()
    images = index.repeat(len(z1) // len(index)).to(self.queue.images.device)
    # a key of the same image in the queue is not a wrong answer: take it out for this query
    known = self.queue.images.unsqueeze(0)
    same = (images.unsqueeze(1) == known) & (known >= 0)
    logits = similarities(z1, z2, queue) / self.temperature
    keep = torch.cat([torch.ones_like(same[:, :1]), ~same], dim=1)
    logits = logits.masked_fill(~keep, float("-inf"))
    log_share = logits.log_softmax(dim=1)[:, 0]
    loss = -log_share.mean()
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return loss
""",
        "You leave out keys in the queue that come from the query's own image. Over how many keys does the sum in the equation go?",
        trains=True,
    ),
    Mistake(
        "health_gets_index_once",
        "MoCo.loss",
        """def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    queue = self.queue.rows.clone()
    loss = moco_loss(z1, z2, queue, self.temperature)
    self.found = self.health(z1, z2, index)
    images = index.repeat(len(z2) // len(index))
    self.queue.push(z2, images)
    return loss
""",
        "You give `health` the positions of B images, although there are 2B queries. How many queries does its meter count?",
        trains=True,
    ),
    Mistake(
        "targets_of_simclr",
        "moco_loss",
        """def moco_loss(q, k, queue, temperature):
    logits = similarities(q, k, queue) / temperature
    return F.cross_entropy(logits, torch.arange(len(q), device=q.device))
""",
        "Your targets are 0, 1, 2, …, as for a batch in which query b's key is in column b. In which column is the query's own key here?",
        trains=True,
    ),
    Mistake(
        "a_push_for_each_half",
        "MoCo.loss",
        """def loss(self, z1, z2, index):
    B = len(index)
    total = 0
    halves = len(z1) // B
    for i in range(halves):
        q, k = z1[i * B:(i + 1) * B], z2[i * B:(i + 1) * B]
        total = total + moco_loss(q, k, self.queue.rows.clone(), self.temperature)
        self.found = self.health(q, k, index)
        self.queue.push(k, index)
    return total / halves
""",
        "You push the keys of the first half before the queries of the second half are compared with the queue. Which rows should all queries meet?",
        trains=True,
    ),
    Mistake(
        "largest_of_the_queue",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    scaled = similarities(q, k, queue) / temperature
    own, others = scaled[:, 0], scaled[:, 1:]
    # the largest is taken out of the exponentials, so that none of them overflows
    largest = others.amax(dim=1).detach()
    total = torch.exp(own - largest) + torch.exp(others - largest[:, None]).sum(dim=1)
    return (largest + torch.log(total) - own).mean()
""",
        "At a low temperature, the exponential of an own key that is much closer than the queue overflows. Which logits may hold the largest, which you subtract?",
        trains=True,
        overflows=True,
    ),
    Mistake(
        "mask_filled_from_zero",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    size, B = len(self.rows), len(z)
    if B > size:
        raise ValueError(f"{B} projections do not fit into {size} rows")
    # how many steps behind the hand each place lies; the first B of them are replaced
    steps = (torch.arange(size, device=self.rows.device) - self.position) % size
    replaced = steps < B
    self.ages[self.ages >= 0] += 1
    self.ages[replaced] = 0
    self.rows[replaced] = F.normalize(z.detach().to(self.rows.dtype), dim=1)
    self.images[replaced] = -1 if images is None else images.to(self.images)
    self.position.copy_((self.position + B) % size)
""",
        "You fill the places in rising order, so a push that wraps around puts its first row at 0. Where should it go?",
        trains=True,
    ),
    Mistake(
        "only_weight_and_bias_follow",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    # only weights and biases: running_mean and running_var must stay
    for slow, fast in zip(key.modules(), query.modules()):
        for name in ("weight", "bias"):
            ours, theirs = getattr(slow, name, None), getattr(fast, name, None)
            if isinstance(ours, nn.Parameter):
                ours.mul_(momentum).add_(theirs, alpha=1 - momentum)
""",
        "You move only what is called weight or bias. Which parameters of a network can have other names?",
        trains=True,
    ),
    Mistake(
        "unknown_images_stay_young",
        "Ring.push",
        """
def push(self, z, images=None):
    B, size = len(z), len(self.rows)
    if B > size:
        raise ValueError(f"{B} projections do not fit into {size} rows")
    where = (self.position + torch.arange(B, device=self.position.device)) % size
    if images is None:
        images = torch.full((B,), -1)
    # image -1: this row was never pushed
    self.ages += (self.images >= 0).long()
    self.rows[where] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[where] = images.to(self.images)
    self.ages[where] = 0
    self.position.copy_((self.position + B) % size)
""",
        "You let a row grow older only if its image is known. How old is a row that was pushed without images?",
        trains=True,
    ),
    Mistake(
        "health_of_the_second_direction",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    B = len(index)
    old = self.queue.rows.clone()
    losses = []
    # one direction after the other, both against the old queue
    for q, k in zip(z1.split(B), z2.split(B), strict=True):
        losses.append(moco_loss(q, k, old, self.temperature))
        self.found = self.health(q, k, index)
    self.queue.push(z2, index.repeat(len(losses)))
    return torch.stack(losses).mean()
""",
        "You keep only what the second direction found. Whose queries should the meters describe?",
        trains=True,
    ),
    Mistake(
        "shared_weight_moves_twice",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    def walk(a: nn.Module, b: nn.Module) -> None:
        pairs = zip(a.named_parameters(recurse=False), b.named_parameters(recurse=False))
        for (_, pa), (_, pb) in pairs:
            pa.data.copy_(momentum * pa.data + (1 - momentum) * pb.data)
        for child_a, child_b in zip(a.children(), b.children()):
            walk(child_a, child_b)

    walk(key, query)
""",
        "You go through the layers one by one, so a weight that two layers share moves twice in a step. How often does `key.parameters()` list it?",
        trains=True,
    ),
    Mistake(
        "more_than_the_ring_holds",
        "Ring.push",
        ("if len(z) > len(self.rows):", "if len(z) > len(self.rows) and False:"),
        "You let more projections in than there are rows. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "right_answers_on_the_cpu",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    logits = similarities(z1, z2, self.queue.rows.clone()) / self.temperature
    right = torch.zeros(logits.shape[0], 1, dtype=torch.long)
    loss = -torch.log_softmax(logits, dim=1).gather(1, right).mean()
    images = index[None].expand(z1.shape[0] // index.shape[0], -1).flatten()
    self.found = dict(self.health(z1.detach(), z2.detach(), images))
    with torch.no_grad():
        self.queue.push(z2.clone(), images)
    return loss
""",
        "You make the right answers on the CPU, wherever the logits are. On which device should they be?",
        trains=True,
    ),
    Mistake(
        "norms_in_half_precision",
        "Ring.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    size = self.rows.size(0)
    unit = F.normalize(z.detach(), dim=1)
    at = torch.remainder(torch.arange(len(z), device=self.rows.device) + self.position, size)
    self.ages[self.ages >= 0] += 1
    self.rows.index_copy_(0, at, unit.to(self.rows))
    self.images.index_fill_(0, at, -1)
    if images is not None:
        self.images.index_copy_(0, at, images.to(self.images))
    self.ages.index_fill_(0, at, 0)
    self.position.copy_((self.position + len(z)).remainder(size))
""",
        "You normalise keys before you give them the precision of the rows, so their norms are only roughly 1. What comes first?",
        trains=True,
    ),
    Mistake(
        "shifts_all_rows",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    B = len(z)
    if B > len(self.rows):
        raise ValueError(f"{B} rows do not fit into  {len(self.rows)}")
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
    *probabilities_kept_from_zero("moco_loss", LOG_OF_P, "a bad query"),
]
