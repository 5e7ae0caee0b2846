# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 14's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "name_bound_anew",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes: Tensor) -> None:
    norms = prototypes.pow(2).sum(1, keepdim=True).sqrt()
    prototypes = prototypes / norms
""",
        "only the local name is bound to the result, so the parameter does not change",
    ),
    (
        "short_rows_stay",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes: Tensor) -> None:
    prototypes.renorm_(p=2, dim=0, maxnorm=1.0)
""",
        "renorm_ only shrinks rows longer than 1, so shorter prototypes stay short",
    ),
    (
        "columns",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes: Tensor) -> None:
    length = torch.linalg.vector_norm(prototypes, dim=0).clamp(min=1e-12)
    prototypes.div_(length)
""",
        "columns get unit norm instead of rows",
    ),
    (
        "rows_first",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    logs = scores.float() / epsilon if scores.dtype != torch.float64 else scores / epsilon
    for step in range(iterations):
        logs = F.log_softmax(logs, dim=1)
        logs = F.log_softmax(logs, dim=0)
    return logs.exp() * (scores.shape[0] / scores.shape[1])
""",
        "rows are scaled first and columns last, so the balance is exact and the codes do not sum to 1",
    ),
    (
        "exp_overflows",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    Q = torch.exp(scores / epsilon)
    B, K = Q.shape
    for _ in range(iterations):
        Q = Q / Q.sum(dim=0, keepdim=True) / K
        Q = Q / Q.sum(dim=1, keepdim=True) / B
    return Q * B
""",
        "the exponential overflows at small epsilon and gives nan",
    ),
    (
        "one_iteration_short",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    dtype = torch.promote_types(scores.dtype, torch.float32)
    x = scores.to(dtype) / epsilon
    x = x - torch.logsumexp(x, dim=1, keepdim=True)
    for _ in range(1, iterations):
        x = x - torch.logsumexp(x, dim=0, keepdim=True)
        x = x - torch.logsumexp(x, dim=1, keepdim=True)
    return torch.exp(x)
""",
        "the loop runs iterations - 1 times after a scaling of the rows alone",
    ),
    (
        "row_maximum_taken_off",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    s = scores.to(torch.promote_types(scores.dtype, torch.float32)) / epsilon
    s = s - s.max(dim=1, keepdim=True).values  # against overflow
    for _ in range(iterations):
        s = s - s.logsumexp(dim=0)
        s = s - s.logsumexp(dim=1)[:, None]
    return s.exp()
""",
        "the maximum of each row is taken off first, which scales rows before columns and changes the codes",
    ),
    (
        "gradient_flows",
        "sinkhorn",
        """
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    wide = torch.promote_types(scores.dtype, torch.float32)
    logits = scores.to(wide) / epsilon
    for _ in range(iterations):
        logits = logits.log_softmax(dim=0)
        logits = logits.log_softmax(dim=1)
    return logits.exp()
""",
        "the decorator no_grad is missing, so a gradient flows through the codes",
    ),
    (
        "scores_changed",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    log_q = scores.to(torch.promote_types(scores.dtype, torch.float32))
    log_q /= epsilon
    for _ in range(iterations):
        log_q -= torch.logsumexp(log_q, dim=0, keepdim=True)
        log_q -= torch.logsumexp(log_q, dim=1, keepdim=True)
    return log_q.exp()
""",
        "everything is done in place, so the caller's scores change",
    ),
    (
        "columns_scaled_once",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    lp = scores.to(torch.promote_types(scores.dtype, torch.float32)) / epsilon
    lp = torch.log_softmax(lp, dim=0)
    for _ in range(iterations):
        lp = torch.log_softmax(lp, dim=1)
    return lp.exp()
""",
        "columns are scaled before the loop only, so more iterations do not bring the balance closer",
    ),
    (
        "queue_first_batch_slice",
        "codes_with_queue",
        """
def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    everything = torch.cat((queue.to(z), z), dim=0)
    table = torch.einsum("nd,kd->nk", everything, prototypes)
    codes = sinkhorn(table, epsilon=epsilon, iterations=iterations)
    return codes[: len(z)]
""",
        "the queue comes first in the table, but the first B rows are returned: codes of the queue",
    ),
    (
        "options_lost",
        "codes_with_queue",
        """
def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    own = z @ prototypes.t()
    old = queue.to(z) @ prototypes.t()
    return sinkhorn(torch.vstack([own, old]))[: own.shape[0]]
""",
        "epsilon and iterations are not passed on",
    ),
    (
        "empty_queue_softmax",
        "codes_with_queue",
        """
def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    B = z.shape[0]
    scores = z @ prototypes.T
    if queue.shape[0] == 0:
        return F.softmax(scores.detach() / epsilon, dim=1)
    scores = torch.cat([scores, queue.to(z) @ prototypes.T])
    return sinkhorn(scores, epsilon, iterations)[:B]
""",
        "without a queue the codes are a plain softmax, which is not balanced over the batch",
    ),
    (
        "balanced_apart",
        "codes_with_queue",
        """
def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    result = []
    for part in (z, queue.to(z)):
        if len(part):
            result.append(sinkhorn(part @ prototypes.T, epsilon, iterations))
    return torch.cat(result)[: len(z)]
""",
        "the batch and the queue are balanced each by itself, so the queue has no effect",
    ),
    (
        "own_code_too",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    total, pairs = 0.0, 0
    for code in codes:
        for s in scores:
            total = total + F.cross_entropy(s / temperature, code)
            pairs += 1
    return total / pairs
""",
        "each view also predicts its own code",
    ),
    (
        "kl_divergence",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    terms = []
    for i in range(len(codes)):
        for v in range(len(scores)):
            if i == v:
                continue
            log_p = F.log_softmax(scores[v] / temperature, dim=1)
            terms.append(F.kl_div(log_p, codes[i], reduction="batchmean"))
    return sum(terms) / len(terms)
""",
        "kl_div takes off the entropy of the codes, so this is the divergence and not the cross entropy",
    ),
    (
        "mean_over_prototypes",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    log_probs = [torch.log_softmax(s.div(temperature), dim=1) for s in scores]
    result = torch.zeros((), dtype=log_probs[0].dtype, device=log_probs[0].device)
    for i, q in enumerate(codes):
        others = log_probs[:i] + log_probs[i + 1 :]
        result = result - torch.stack([(q * p).mean() for p in others]).mean()
    return result / len(codes)
""",
        "the mean also runs over the K prototypes, so the loss is K times too small",
    ),
    (
        "log_of_softmax",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    probs = [F.softmax(s / temperature, dim=-1) for s in scores]
    losses = []
    for i, code in enumerate(codes):
        for v, p in enumerate(probs):
            if v != i:
                losses.append(-(code * torch.log(p)).sum(dim=-1).mean())
    return torch.stack(losses).mean()
""",
        "the logarithm of an underflowed softmax is -inf at low temperature",
    ),
    (
        "divided_by_all_views",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    loss = 0.0
    for i, target in enumerate(codes):
        sub = 0.0
        for v in range(len(scores)):
            if v != i:
                sub = sub + F.cross_entropy(scores[v] / temperature, target)
        loss = loss + sub / len(scores)
    return loss / len(codes)
""",
        "the sum over the other views is divided by the number of all views",
    ),
    (
        "normalised_in_the_graph",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    views = [F.normalize(v, dim=1) for v in [z1, z2] + list(small)]
    c = F.normalize(self.prototypes, dim=1)
    if self.epoch <= self.freeze_epochs:
        c = c.detach()
    scores = [v @ c.T for v in views]
    codes = [self.codes(views[0], self.queues[0]), self.codes(views[1], self.queues[1])]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, float(loss))
    self.remember(views[:2], index)
    return loss
""",
        "a normalised copy is used and the parameter itself keeps its norm, so the codes come from other prototypes than the scores",
    ),
    (
        "freeze_one_epoch_less",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    z = [F.normalize(x, dim=1) for x in (z1, z2) + small]
    weight = self.prototypes
    if self.epoch < self.freeze_epochs:
        weight = weight.detach()
    scores = [F.linear(x, weight) for x in z]
    codes = [self.codes(x, q) for x, q in zip(z[:2], self.queues)]
    out = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, out.item())
    self.remember(z[:2], index)
    return out
""",
        "epoch is 1 in the first epoch, so < frees the prototypes an epoch too early",
    ),
    (
        "gradient_zero_not_none",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    z = [F.normalize(x, dim=1) for x in [z1, z2, *small]]
    c = self.prototypes
    if self.epoch <= self.freeze_epochs:
        c = c.detach() + 0 * c
    scores = [x @ c.t() for x in z]
    codes = [self.codes(x, q) for x, q in zip(z, self.queues, strict=False)]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, loss.item())
    self.remember(z, index)
    return loss
""",
        "frozen prototypes get a gradient of 0 instead of none, so momentum and weight decay still move them",
    ),
    (
        "queue_pushed_first",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    large = [F.normalize(z1, dim=1), F.normalize(z2, dim=1)]
    self.remember(large, index)
    tiny = [F.normalize(s, dim=1) for s in small]
    frozen = bool(self.epoch <= self.freeze_epochs)
    P = self.prototypes.detach() if frozen else self.prototypes
    scores = [x @ P.T for x in large + tiny]
    codes = [self.codes(x, ring) for x, ring in zip(large, self.queues)]
    value = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, value.item())
    return value
""",
        "the batch enters the queue before the codes are computed, so it is balanced with itself",
    ),
    (
        "codes_of_raw_projections",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    codes = [self.codes(z1, self.queues[0]), self.codes(z2, self.queues[1])]
    z = [F.normalize(v, dim=1) for v in (z1, z2, *small)]
    if self.epoch <= self.freeze_epochs:
        scores = [v @ self.prototypes.detach().T for v in z]
    else:
        scores = [v @ self.prototypes.T for v in z]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, loss.item())
    self.remember(z, index)
    return loss
""",
        "the codes are made from projections without unit norm",
    ),
    (
        "one_queue_for_both",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    z = []
    for view in (z1, z2, *small):
        z.append(F.normalize(view, dim=1))
    protos = self.prototypes if self.epoch > self.freeze_epochs else self.prototypes.detach()
    scores = [view @ protos.T for view in z]
    codes = [self.codes(view, self.queues[0]) for view in z[:2]]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, loss.item())
    self.remember(z, index)
    return loss
""",
        "the codes of the second view are balanced with the queue of the first view",
    ),
    (
        "both_potentials_at_once",
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
        "Row and column potentials are updated at the same time from the old values instead of columns first and then rows, so the codes do not sum to 1.",
    ),
    (
        "queue_first_in_cat",
        "codes_with_queue",
        """
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    n = z.size(0)
    everything = torch.vstack((queue.to(z), z)).detach()
    logits = torch.einsum("nd,kd->nk", everything, prototypes.detach())
    return sinkhorn(logits, epsilon, iterations)[:n]
""",
        "The queue comes first in the concatenation, but the first B codes are returned, so they belong to rows of the queue.",
    ),
    (
        "divides_by_all_pairs",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    n_views = len(scores)
    total = 0.0
    for i in range(len(codes)):
        subloss = 0.0
        for v in range(n_views):
            if v == i:
                continue
            logp = torch.log_softmax(scores[v] / temperature, dim=-1)
            subloss = subloss - torch.einsum("bk,bk->b", codes[i], logp).mean()
        total = total + subloss / n_views
    return total / len(codes)
""",
        "The sum for a code is divided by the number of all views instead of the number of other views.",
    ),
    (
        "freezes_one_epoch_less",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    crops = [F.normalize(crop, dim=-1) for crop in [z1, z2] + list(small)]
    weight = self.prototypes
    if int(self.epoch) < self.freeze_epochs:
        weight = weight.detach()
    logits = [F.linear(crop, weight) for crop in crops]
    targets = [self.codes(crops[i], self.queues[i]) for i in (0, 1)]
    value = swapped_loss(logits, targets, self.temperature)
    self.found = self.health(logits, targets, float(value.detach()))
    self.remember(crops, index)
    return value
""",
        "epoch counts from 1, so with < the prototypes are frozen for one epoch less than freeze_epochs.",
    ),
    (
        "no_root_and_large_eps",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes):
    length = torch.einsum("kd,kd->k", prototypes, prototypes)
    prototypes.div_(length.clamp_(min=0.01)[:, None])
""",
        "The root of the sum of squares is missing, and sums below 0.01 are clamped, so short prototypes are hardly scaled.",
    ),
    (
        "row_maximum_and_one_balance_less",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    if scores.dtype in (torch.float16, torch.bfloat16):
        scores = scores.float()
    Q = torch.exp((scores - scores.amax(dim=1, keepdim=True)) / epsilon)
    for _ in range(iterations - 1):
        Q = Q / Q.sum(dim=0, keepdim=True).clamp_min(1e-30)
        Q = Q / Q.sum(dim=1, keepdim=True)
    return Q / Q.sum(dim=1, keepdim=True)
""",
        "Subtracting each row's own maximum changes the first scaling of the columns, and the last iteration scales only the rows.",
    ),
    (
        "kl_and_no_small_crops",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    log_p = [(s / temperature).log_softmax(dim=1) for s in scores]
    n = len(codes)
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    total = sum(F.kl_div(log_p[j], codes[i], reduction="batchmean") for i, j in pairs)
    return total / len(pairs)
""",
        "kl_div subtracts the entropy of the codes from the cross entropy, and only views that have codes predict, so small crops are left out.",
    ),
    (
        "remembers_first_and_raw_small",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    large = [F.normalize(z1, dim=1), F.normalize(z2, dim=1)]
    self.remember(large, index)
    targets = [self.codes(view, queue) for view, queue in zip(large, self.queues)]
    frozen = bool(self.epoch <= self.freeze_epochs)
    protos = self.prototypes.detach() if frozen else self.prototypes
    predictions = [torch.mm(view, protos.t()) for view in (*large, *small)]
    loss = swapped_loss(predictions, targets, self.temperature)
    self.found = self.health(predictions, targets, loss.item())
    return loss
""",
        "The large views enter their queues before the codes are computed, and small views are not brought to unit norm.",
    ),
    (
        "dino_centering",
        "codes_with_queue",
        """
@torch.no_grad()
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    logits = z @ prototypes.T
    seen = torch.cat([logits, queue.to(z) @ prototypes.T], dim=0)
    center = seen.mean(dim=0, keepdim=True)
    return torch.softmax((logits - center) / epsilon, dim=1)
""",
        "As in DINO, the scores are centered with the mean over batch and queue and then a softmax is taken, instead of Sinkhorn's iterations.",
    ),
    (
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
        "It solves the transport problem until the columns are balanced, as optimal transport libraries do, instead of doing the given number of iterations.",
    ),
    (
        "hard_codes",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    losses = []
    for i, code in enumerate(codes):
        pseudo_label = code.argmax(dim=1)
        for v, logits in enumerate(scores):
            if v != i:
                losses.append(F.cross_entropy(logits / temperature, pseudo_label))
    return sum(losses) / len(losses)
""",
        "As in DeepCluster, the largest share of each code is taken as a label, instead of predicting the whole code.",
    ),
    (
        "new_data",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes):
    w = prototypes.data.clone()
    w = F.normalize(w, dim=1, p=2)
    prototypes.data = w
""",
        "The tensor gets new memory instead of being written in place, so other tensors that share its memory keep the old norms.",
    ),
    (
        "global_maximum_underflows",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    if scores.dtype in (torch.float16, torch.bfloat16):
        scores = scores.float()
    Q = torch.exp((scores - scores.max()) / epsilon).t()
    n_prototypes, n_samples = Q.shape
    Q = Q / Q.sum()
    for _ in range(iterations):
        Q = Q / Q.sum(dim=1, keepdim=True) / n_prototypes
        Q = Q / Q.sum(dim=0, keepdim=True) / n_samples
    return (Q * n_samples).t()
""",
        "Exponentials relative to the maximum of the whole table underflow to 0 at a small epsilon for samples or prototypes far from it, and 0 / 0 gives nan.",
    ),
    (
        "zero_gradient_for_frozen",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    views = [F.normalize(v, dim=1) for v in (z1, z2) + small]
    trained = float(self.epoch > self.freeze_epochs)
    C = trained * self.prototypes + (1.0 - trained) * self.prototypes.detach()
    scores = [torch.einsum("bd,kd->bk", v, C) for v in views]
    q = [self.codes(views[0], self.queues[0]), self.codes(views[1], self.queues[1])]
    out = swapped_loss(scores, q, self.temperature)
    self.found = self.health(scores, q, out.item())
    self.remember(views[:2], index)
    return out
""",
        "Frozen prototypes get a gradient of zeros instead of None, so an optimiser with momentum or weight decay still moves them.",
    ),
    (
        "short_prototypes_stay_short",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes):
    prototypes.copy_(torch.renorm(prototypes, p=2, dim=0, maxnorm=1.0))
""",
        "renorm only shortens rows whose norm is above 1, so a prototype that has become shorter than 1 (weight decay, a step towards zero) keeps its norm, gets small scores and few images.",
    ),
    (
        "gradients_switched_on",
        "normalise_",
        """
def normalise_(prototypes):
    torch.set_grad_enabled(False)
    prototypes.copy_(F.normalize(prototypes, dim=1))
    torch.set_grad_enabled(True)
""",
        "It switches gradients on at the end instead of restoring what was there, so inside a no_grad block (an evaluation of the loss) the rest of the block records graphs and uses their memory; and if the copy raises, gradients stay off everywhere.",
    ),
    (
        "a_small_number_in_each_sum",
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
        "1e-12 is added to each sum before the division, so a prototype that is far from all samples (its column sums to less than 1e-12 after the largest score is subtracted: cosines 0.6 below the largest at epsilon 0.02, or 1.4 below it at 0.05) does not get its share of the batch, and a sample that is far from all prototypes gets a code that sums to less than 1, down to 0.",
    ),
    (
        "divides_the_scores_of_the_caller",
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
        "to() of float32 scores is no copy, so the in-place division changes the caller's scores: whoever predicts with the scores that it has just balanced predicts with scores that are 20 times too large.",
    ),
    (
        "prototypes_frozen_for_good",
        "codes_with_queue",
        """
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    prototypes.requires_grad_(False)  # codes are constants
    scores = torch.cat([z, queue.to(z)]) @ prototypes.T
    return sinkhorn(scores, epsilon, iterations)[: len(z)]
""",
        "It switches off requires_grad of the caller's parameter and does not restore it, so after the first step the prototypes get no gradient any more and are never trained, in any epoch.",
    ),
    (
        "iterations_lost_with_a_queue",
        "codes_with_queue",
        """
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    if len(queue) == 0:
        return sinkhorn(z @ prototypes.T, epsilon, iterations)
    scores = torch.cat([z, queue.to(z)]) @ prototypes.T
    return sinkhorn(scores, epsilon)[: len(z)]
""",
        "With a queue the number of iterations is not passed on, so any choice but the default 3 is ignored as soon as the queue is full: with --iterations 10 the codes suddenly get worse balanced in the middle of the run.",
    ),
    (
        "scores_divided_in_place",
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
        "div_ changes the caller's scores, so what uses them afterwards sees scores that are ten times too large: `health` divides them by the temperature once more and reports a wrong usage, a second call gives another loss, and scores that are leaves with a gradient raise RuntimeError.",
    ),
    (
        "small_crops_do_not_learn",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    # small crops have no codes, so they are not trained
    scores = [s if v < len(codes) else s.detach() for v, s in enumerate(scores)]
    predictions = [F.log_softmax(s / temperature, dim=1) for s in scores]
    losses = [
        -(code * predicted).sum(1).mean()
        for i, code in enumerate(codes)
        for v, predicted in enumerate(predictions)
        if v != i
    ]
    return torch.stack(losses).mean()
""",
        "The scores of views without a code are detached, so the loss is right but the predictions of small crops send no gradient to the encoder or the prototypes: multi-crop costs time and teaches nothing.",
    ),
    (
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
        "requires_grad of the prototypes is switched off in the frozen epochs and never on again, so they stay at their random start for the whole run; only a run that is resumed after the frozen epochs trains them.",
    ),
    (
        "a_tensor_among_the_meters",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    z = [F.normalize(one, dim=1) for one in (z1, z2, *small)]
    frozen = self.epoch <= self.freeze_epochs
    scores = [one @ (self.prototypes.detach() if frozen else self.prototypes).T for one in z]
    codes = [self.codes(one, queue) for one, queue in zip(z, self.queues, strict=False)]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, loss)
    self.remember(z, index)
    return loss
""",
        "The loss goes to `health` as a tensor and not as a float, so found['divergence'] is a tensor (on a GPU: on the GPU) and not the float that `health` and `meters` promise: json.dumps of the first line of the log raises TypeError and training stops at step 1.",
    ),
    (
        "rows_first_and_times_epsilon",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    wide = torch.float64 if scores.dtype == torch.float64 else torch.float32
    L = scores.to(wide) * epsilon
    for _ in range(iterations):
        L = L - torch.logsumexp(L, dim=1, keepdim=True)
        L = L - torch.logsumexp(L, dim=0, keepdim=True)
    return L.exp()
""",
        "Scores are multiplied by epsilon instead of divided, and the columns instead of the rows come last, so that columns sum to 1 and codes do not.",
    ),
    (
        "own_code_too_and_mean_over_k",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    logp = [torch.log_softmax(s / temperature, dim=-1) for s in scores]
    total, pairs = 0.0, 0
    for q in codes:
        for lp in logp:
            total = total - (q * lp).mean()
            pairs += 1
    return total / pairs
""",
        "Each view also predicts its own code, and the sum over prototypes is a mean, so that the loss is smaller by a factor of K.",
    ),
    (
        "queue_codes_and_default_epsilon",
        "codes_with_queue",
        """
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    everything = torch.vstack([queue.to(z), z])
    table = torch.einsum("nd,kd->nk", everything, prototypes)
    balanced = sinkhorn(table, iterations=iterations)
    return balanced[: z.shape[0]]
""",
        "The queue comes first but the first B codes are returned, which are those of the queue, and epsilon is not passed on.",
    ),
    (
        "freeze_one_less_and_remember_first",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    unit = [F.normalize(v, dim=1) for v in [z1, z2, *small]]
    self.remember(unit, index)
    C = self.prototypes.detach() if self.epoch < self.freeze_epochs else self.prototypes
    scores = [u @ C.T for u in unit]
    targets = [self.codes(unit[i], self.queues[i]) for i in (0, 1)]
    value = swapped_loss(scores, targets, self.temperature)
    self.found = self.health(scores, targets, value.item())
    return value
""",
        "The prototypes are frozen for one epoch less than freeze_epochs, and the views enter the queue before their codes are computed, so that each is balanced together with itself.",
    ),
    (
        "normalise_in_new_memory",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes):
    lengths = torch.linalg.vector_norm(prototypes, dim=1, keepdim=True).clamp_min(1e-12)
    prototypes.data = prototypes.data / lengths
""",
        "The parameter gets new memory instead of new numbers: whatever else refers to the old memory (a view, a detached alias, a state_dict taken before, a flat buffer of an optimiser) keeps the numbers that are not normalised.",
    ),
    (
        "sinkhorn_exponentials_of_shifted",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    s = scores.to(torch.promote_types(scores.dtype, torch.float32))
    Q = torch.exp((s - s.max()) / epsilon)
    for _ in range(iterations):
        Q = Q / Q.sum(dim=0, keepdim=True)
        Q = Q / Q.sum(dim=1, keepdim=True)
    return Q
""",
        "Exponentials of scores minus the one global maximum: for a small epsilon (0.01, if all cosines of a prototype or of a sample are more than 1.04 below the largest of all) a whole column or row underflows to 0 and the codes are 0 / 0 = NaN.",
    ),
    (
        "queue_keeps_its_dtype",
        "codes_with_queue",
        """
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    rows = torch.cat([z, queue], dim=0)
    affinity = rows.matmul(prototypes.t())
    return sinkhorn(affinity, epsilon, iterations).narrow(0, 0, len(z))
""",
        "The queue is not brought to the dtype of the batch: if projections and prototypes are bfloat16 and the queue float32, cat promotes to float32 and the product with the prototypes raises a dtype error.",
    ),
    (
        "small_crops_not_averaged",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    n = len(codes)
    value = scores[0].new_zeros(())
    for v, s in enumerate(scores):
        predicted = F.log_softmax(s / temperature, dim=1)
        for i in range(n):
            if i != v:
                value = value - torch.einsum("bk,bk->b", codes[i].to(predicted), predicted).mean()
    return value / (n * (n - 1))
""",
        "The sum over pairs is divided by the pairs of large views only, so that with small crops the loss grows with their number (with two large and four small views it is five times too large).",
    ),
    (
        "prototypes_normalised_after_loss",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    views = [F.normalize(v, dim=1) for v in (z1, z2) + small]
    heads = self.prototypes.clone()
    if self.epoch <= self.freeze_epochs:
        heads = heads.detach()
    scores = [v @ heads.T for v in views]
    codes = [self.codes(v, q) for v, q in zip(views[:2], self.queues, strict=True)]
    out = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, float(out.detach()))
    self.remember(views, index)
    normalise_(self.prototypes)
    return out
""",
        "The prototypes are normalised after the loss instead of before it: the optimiser then moves them off the unit sphere, and from the second step on scores are no cosines.",
    ),
    (
        "first_queue_for_both_views",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    z = [F.normalize(one, dim=-1) for one in (z1, z2, *small)]
    trained = self.prototypes if self.epoch > self.freeze_epochs else self.prototypes.detach()
    scores = [F.linear(one, trained) for one in z]
    queue = self.queues[0]
    codes = [self.codes(one, queue) for one in z[:2]]
    result = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, result.item())
    self.remember(z, index)
    return result
""",
        "The codes of view 2 are balanced with the queue of view 1 instead of its own, which shows only with queue_size > 0 and a full queue.",
    ),
    (
        "normalise_by_the_whole",
        "normalise_",
        """
def normalise_(prototypes):
    with torch.no_grad():
        prototypes /= torch.linalg.norm(prototypes)
""",
        "The norm has no dim, so it is that of the whole matrix, as in NumPy. Each row needs its own norm: dim=1, keepdim=True.",
    ),
    (
        "swapped_divides_by_all_views",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    predictions = [F.log_softmax(s / temperature, dim=1) for s in scores]
    total = 0.0
    for i, code in enumerate(codes):
        of_code = 0.0
        for v, prediction in enumerate(predictions):
            if v != i:
                of_code = of_code - (code * prediction).sum(dim=1).mean()
        total = total + of_code / len(predictions)
    return total / len(codes)
""",
        "Divides by the number of views, V, although each code is predicted by V - 1 of them. With equal scores the loss must be ln K, and is half of that for two views.",
    ),
    (
        "codes_of_the_queue",
        "codes_with_queue",
        """
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    everyone = torch.cat([queue.to(z), z]).detach()
    scores = everyone @ prototypes.detach().T
    return sinkhorn(scores, epsilon, iterations)[: len(z)]
""",
        "The queue comes first, but the first B codes are returned: those of the queue. It must return the codes of the batch (the last B here).",
    ),
    (
        "sinkhorn_from_softmax",
        "sinkhorn",
        """
def sinkhorn(scores, epsilon=0.05, iterations=3):
    with torch.no_grad():
        wide = torch.promote_types(scores.dtype, torch.float32)
        log_q = F.log_softmax(scores.to(wide) / epsilon, dim=1)
        for _ in range(iterations):
            log_q = log_q - torch.logsumexp(log_q, dim=0, keepdim=True)
            log_q = log_q - torch.logsumexp(log_q, dim=1, keepdim=True)
        return log_q.exp()
""",
        "Starts from a softmax over the prototypes, which is one scaling of the rows too many; only the limit is the same. It must start from exp(scores / epsilon), so that columns are scaled first.",
    ),
    (
        "method_freezes_one_epoch_less",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    views = [F.normalize(view, dim=1) for view in (z1, z2, *small)]
    frozen = bool(self.epoch < self.freeze_epochs)
    centres = self.prototypes.detach() if frozen else self.prototypes
    scores = [view @ centres.T for view in views]
    codes = [self.codes(views[i].detach(), self.queues[i]) for i in range(2)]
    value = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, float(value))
    self.remember(views[:2], index)
    return value
""",
        "`epoch` counts the epochs that have begun, so it is 1 in the first one. With `<` the prototypes are frozen one epoch too few; it must be `<=`.",
    ),
    (
        "method_never_thaws",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    if self.epoch <= self.freeze_epochs:
        self.prototypes.requires_grad_(False)
    large = [F.normalize(z1, dim=1), F.normalize(z2, dim=1)]
    crops = large + [F.normalize(z, dim=1) for z in small]
    scores = [F.linear(z, self.prototypes) for z in crops]
    codes = [self.codes(z.detach(), queue) for z, queue in zip(large, self.queues)]
    value = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, value.item())
    self.remember(large, index)
    return value
""",
        "Freezes the prototypes with requires_grad_(False) and never switches it on again, so they stay frozen after the first epochs. Use prototypes.detach() for this step only, or set the switch in every step.",
    ),
    (
        "in_place_on_a_contiguous_copy",
        "normalise_",
        """
def normalise_(prototypes):
    with torch.no_grad():
        rows = prototypes.detach().contiguous()
        rows.div_(rows.norm(dim=1, keepdim=True).clamp_min(1e-12))
""",
        "contiguous() of a tensor that is not contiguous (a transposed weight, a slice of columns) is a copy, so nothing happens to the prototypes, silently. Contradicts 'Bring each prototype to unit norm, in place'.",
    ),
    (
        "divides_before_it_widens",
        "sinkhorn",
        """
def sinkhorn(scores, epsilon=0.05, iterations=3):
    with torch.no_grad():
        wide = torch.float64 if scores.dtype == torch.float64 else torch.float32
        logs = (scores / epsilon).to(wide)
        for _ in range(iterations):
            logs = logs - torch.logsumexp(logs, dim=0, keepdim=True)
            logs = logs - torch.logsumexp(logs, dim=1, keepdim=True)
        return logs.exp()
""",
        "bf16/float16 scores are divided by epsilon in half precision (an exponent of 20 is rounded by up to 0.06 in bf16; a tiny epsilon overflows float16 to inf and NaN codes) and widened only then. Contradicts 'in float32, or in float64 if the scores are' and 'nothing overflows'.",
    ),
    (
        "own_view_by_identity",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    losses = []
    for own, code in zip(scores, codes):
        for view in scores:
            if view is own:
                continue
            log_p = F.log_softmax(view / temperature, dim=1)
            losses.append(-(code * log_p).sum(1).mean())
    return torch.stack(losses).mean()
""",
        "The code's own view is recognised by object identity, not by position: if one tensor serves as two views (no augmentation, [scores] * 4 in a check of ln K), all its copies are skipped, or nothing is left to average. Contradicts 'over all views but the one that the code is of' and 'ln K if all scores are equal'.",
    ),
    (
        "frozen_prototypes_cached",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    if self.epoch <= self.freeze_epochs:
        # they do not move: bring them to unit norm once
        if getattr(self, "_frozen", None) is None:
            normalise_(self.prototypes)
            self._frozen = self.prototypes.detach().clone()
        prototypes = self._frozen
    else:
        normalise_(self.prototypes)
        prototypes = self.prototypes
    z = [F.normalize(one, dim=1) for one in (z1, z2, *small)]
    scores = [one @ prototypes.T for one in z]
    codes = [self.codes(one.detach(), queue) for one, queue in zip(z[:2], self.queues)]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, float(loss))
    self.remember([one.detach() for one in z[:2]], index)
    return loss
""",
        "While frozen, a cached copy outside the state_dict is used: after load_state_dict, a deepcopy that gets new prototypes, or .to(device), scores come from the old ones and the loaded ones are never normalised. Contradicts 'Of unit norm at the start of each step' and 'prototypes first, in place'.",
    ),
    (
        "data_is_replaced",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes: Tensor) -> None:
    prototypes.data = F.normalize(prototypes.data, dim=1)
""",
        "The tensor object gets new memory instead of new contents: docstring 'in place', page 'write into its memory'. Shows in data_ptr(), or in any view or alias of the prototypes that was taken before; values of the object itself are right.",
    ),
    (
        "kl_divergence_2",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    log_p = [F.log_softmax(s / temperature, dim=1) for s in scores]
    losses = []
    for i, code in enumerate(codes):
        for v in range(len(log_p)):
            if v != i:
                losses.append(F.kl_div(log_p[v], code, reduction="batchmean"))
    return torch.stack(losses).mean()
""",
        "kl_div is the cross entropy minus the code's entropy; docstring: 'The loss of view v and code i is -sum_k code_ik log softmax' and 'ln K if all scores are equal'. Shows for all codes that are not one-hot (gradients are the same).",
    ),
    (
        "iterations_forgotten",
        "codes_with_queue",
        """
def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    rows = torch.cat([z, queue.to(z.dtype)])
    scores = rows @ prototypes.T
    return sinkhorn(scores, epsilon)[: len(z)]
""",
        "'epsilon, iterations: as sinkhorn', but iterations is not handed on. Shows only if iterations is not 3.",
    ),
    (
        "frozen_by_a_zero",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    z = [F.normalize(one, dim=1) for one in (z1, z2, *small)]
    free = (self.epoch > self.freeze_epochs).to(self.prototypes.dtype)
    # a share `free` of the gradient reaches the prototypes: all or nothing
    prototypes = free * self.prototypes + (1 - free) * self.prototypes.detach()
    scores = [one @ prototypes.T for one in z]
    codes = [self.codes(one.detach(), queue) for one, queue in zip(z[:2], self.queues)]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, loss.item())
    self.remember(z[:2], index)
    return loss
""",
        "In the frozen epochs prototypes.grad is a tensor of zeros and not None: 'frozen prototypes get no gradient at all, so that no optimiser moves or decays them'. Shows with epoch <= freeze_epochs in prototypes.grad, or after a step of an optimiser with momentum or weight decay.",
    ),
    (
        "largest_subtracted_once",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    scores = scores if scores.dtype == torch.float64 else scores.float()
    # the exponent is at most 0, so nothing overflows; a common factor does not change the codes
    table = torch.exp((scores - scores.max()) / epsilon)
    for _ in range(iterations):
        table = table / table.sum(dim=0, keepdim=True)
        table = table / table.sum(dim=1, keepdim=True)
    return table
""",
        "The largest score of the whole table is subtracted, so nothing overflows, but rows and columns far below it underflow to 0, and 0 / 0 is nan. Docstring: 'Rows sum to 1'; page, step 5: stability at small epsilon, 'avoid the exponential until the end'. Shows if epsilon is small (0.01 or less for cosines in float32) and a column or row lies well below the largest score.",
    ),
    (
        "large_and_small_half_each",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    log_p = [torch.log_softmax(s / temperature, dim=1) for s in scores]

    def pair(i, v):
        return -(codes[i] * log_p[v]).sum(dim=1).mean()

    n = len(codes)
    large = [pair(i, v) for i in range(n) for v in range(n) if v != i]
    small = [pair(i, v) for i in range(n) for v in range(n, len(scores))]
    means = [torch.stack(kind).mean() for kind in (large, small) if kind]
    return torch.stack(means).mean()
""",
        "The swaps among large views weigh as much as all small views together; docstring: 'the mean over the batch, over the codes, and over all views but the one that the code is of'. With two codes it is right without small crops, and with one (2 pairs of each kind). Shows with two or more small views.",
    ),
    (
        "both_scales_from_the_same_table",
        "sinkhorn",
        """
@torch.no_grad()
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
        "Row and column factors are both computed from the factors of the iteration before (Jacobi), so rows do not see the columns just scaled: 'In each iteration scale the columns ..., then the rows'. It keeps rows at 1, agrees exactly for one iteration, and converges to the same limit, but three iterations give what two should. Shows for iterations >= 2 at a small number of iterations.",
    ),
    (
        "normalise_no_root",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes: Tensor) -> None:
    lengths = (prototypes * prototypes).sum(dim=1, keepdim=True)
    prototypes /= lengths
""",
        "divides by the squared norm; rows that already have unit norm stay right, all others do not get it (a row of length 2 gets length 0.5). Breaks 'Scale each prototype to unit norm'",
    ),
    (
        "queue_cut_from_the_end",
        "codes_with_queue",
        """
def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    everything = torch.cat([z, queue.to(z.dtype)])
    codes = sinkhorn(everything @ prototypes.T, epsilon, iterations)
    return codes[: -len(queue)]
""",
        "with an empty queue codes[:-0] is empty; breaks 'Q may be 0' and 'Codes of the batch alone, shape (B, K)'",
    ),
    (
        "swapped_zip",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    losses = []
    for view, code in zip(scores, reversed(codes)):
        prediction = F.log_softmax(view / temperature, dim=1)
        losses.append(-(code * prediction).sum(dim=1).mean())
    return torch.stack(losses).mean()
""",
        "right for two views, but zip ends with the codes, so small crops predict nothing; breaks 'over all views except the code's own. There may be more views than codes'",
    ),
    (
        "sinkhorn_starts_with_softmax",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    wide = scores if scores.dtype == torch.float64 else scores.float()
    log_q = F.log_softmax(wide / epsilon, dim=1)  # cannot overflow
    for _ in range(iterations):
        log_q = log_q - torch.logsumexp(log_q, dim=0, keepdim=True)
        log_q = log_q - torch.logsumexp(log_q, dim=1, keepdim=True)
    return log_q.exp()
""",
        "scales the rows once before the first iteration; rows sum to 1 and many iterations give the same codes, but few do not (the page's table gives 0.593 instead of 0.571). Breaks 'Start from exp(scores / epsilon). In each iteration scale the columns ..., then the rows'",
    ),
    (
        "swapped_clamped_probabilities",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    logs = [torch.softmax(s / temperature, dim=1).clamp(min=1e-12).log() for s in scores]
    total, pairs = 0.0, 0
    for i, code in enumerate(codes):
        for v, log_p in enumerate(logs):
            if v == i:
                continue
            total = total - (code * log_p).sum(dim=1).mean()
            pairs += 1
    return total / pairs
""",
        "a probability below 1e-12 is raised to it, so no loss exceeds 27.6 and its gradient is 0; right at tau = 0.1, where this cannot happen between cosines. Breaks step 10 (low temperature, log-sum-exp) and the formula -sum_k code_ik log softmax(scores_v / tau)_k",
    ),
    (
        "normalise_whole_matrix",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes):
    length = torch.linalg.norm(prototypes)
    prototypes /= length
""",
        "NumPy user: linalg.norm without a dim is the norm of the whole matrix, so all prototypes share one divisor; breaks 'scale each prototype to unit norm'",
    ),
    (
        "sinkhorn_exponentials",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    Q = torch.exp(scores / epsilon)
    if Q.dtype != torch.float64:
        Q = Q.float()
    B, K = Q.shape
    Q = Q / Q.sum()
    for _ in range(iterations):
        Q = Q / Q.sum(dim=0, keepdim=True) / K
        Q = Q / Q.sum(dim=1, keepdim=True) / B
    return Q * B
""",
        "physicist, after the authors' code: takes exponentials as they are, so float16 scores above 0.55 (or float32 ones at a small epsilon) overflow to infinity and the codes are NaN; rows must sum to 1 at a small epsilon (step 5, 'cannot overflow')",
    ),
    (
        "swapped_large_views_only",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    losses = []
    for i in range(len(codes)):
        # the other view of the image predicts code i
        other = scores[1 - i]
        log_p = torch.log_softmax(other / temperature, dim=1)
        losses.append(-torch.sum(codes[i] * log_p, dim=1).mean())
    return sum(losses) / len(losses)
""",
        "student who thinks of two views: swaps view 1 and 2 only, so small crops never predict a code; breaks 'over all views except the code's own' and step 9",
    ),
    (
        "loss_grad_none_too_early",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    views = [F.normalize(z, dim=1) for z in (z1, z2, *small)]
    scores = [z @ self.prototypes.T for z in views]
    codes = [self.codes(z, queue) for z, queue in zip(views[:2], self.queues)]
    total = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, float(total.detach()))
    self.remember(views[:2], index)
    if self.epoch <= self.freeze_epochs:
        self.prototypes.grad = None  # frozen: no gradient
    return total
""",
        "engineer who knows the authors' code, which sets grad to None after backward: here backward comes later and fills it again, so the frozen prototypes do get a gradient and move",
    ),
    (
        "codes_minus_zero",
        "codes_with_queue",
        """
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    rows = torch.cat([z, queue.to(z.dtype)], dim=0).detach()
    scores = rows @ prototypes.detach().T
    balanced = sinkhorn(scores, epsilon=epsilon, iterations=iterations)
    # the queue came last: drop it
    return balanced[: -queue.shape[0]]
""",
        "drops the last Q rows with a negative index: for Q = 0 this is [:-0], which is empty; 'Q may be 0', and the codes must have shape (B, K)",
    ),
    (
        "sinkhorn_row_maximum",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    if scores.dtype != torch.float64:
        scores = scores.float()
    log_q = scores / epsilon
    # as in a stable softmax: the largest number of each row becomes 0
    log_q = log_q - log_q.amax(dim=1, keepdim=True)
    for _ in range(iterations):
        log_q = log_q - torch.logsumexp(log_q, dim=0, keepdim=True)
        log_q = log_q - torch.logsumexp(log_q, dim=1, keepdim=True)
    return log_q.exp()
""",
        "the softmax trick, row by row: harmless before a row step, but here the columns come first and now every sample starts with the same weight; page example gives 0.600, 0.400 instead of 0.571, 0.429 after one iteration; breaks 'start from exp(scores / epsilon)'; vanishes with many iterations",
    ),
    (
        "norm_of_whole_matrix",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes):
    length = torch.linalg.norm(prototypes)
    prototypes /= length
""",
        "norm without a dim is that of the whole matrix, so the prototypes together have norm 1, not each one; breaks 'scale each prototype to unit norm'",
    ),
    (
        "shares_of_total_one",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    n_samples, n_protos = scores.shape
    kind = torch.float64 if scores.dtype == torch.float64 else torch.float32
    log_q = scores.detach().to(kind) / epsilon
    for _ in range(iterations):
        # each prototype must get 1/K of everything
        log_q = log_q - torch.logsumexp(log_q, dim=0, keepdim=True) - math.log(n_protos)
        # each sample has 1/B of everything
        log_q = log_q - torch.logsumexp(log_q, dim=1, keepdim=True) - math.log(n_samples)
    return torch.exp(log_q)
""",
        "as in the authors' code, but without the last multiplication by B: rows sum to 1 / B; the docstring and step 4 promise that each code sums to 1",
    ),
    (
        "kl_divergence_13",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    loss = 0.0
    n_terms = 0
    for i, code in enumerate(codes):
        for v, score in enumerate(scores):
            if v == i:
                continue
            log_prob = F.log_softmax(score / temperature, dim=-1)
            loss = loss + F.kl_div(log_prob, code, reduction="batchmean")
            n_terms += 1
    return loss / n_terms
""",
        "KL divergence instead of cross entropy: too small by the entropy of the codes. The gradient is right, but the loss is not ln K if all scores are equal, and 'divergence' in the health subtracts the entropy twice",
    ),
    (
        "frozen_one_epoch_short",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    views = [F.normalize(v, dim=1) for v in [z1, z2] + list(small)]
    C = self.prototypes
    if self.epoch < self.freeze_epochs:  # not trained yet
        C = C.detach()
    scores = [v @ C.t() for v in views]
    codes = [self.codes(views[0], self.queues[0]), self.codes(views[1], self.queues[1])]
    result = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, result.item())
    self.remember(views[:2], index)
    return result
""",
        "epoch counts epochs that have begun, so it is 1 in the first one; with < the prototypes are frozen for one epoch too few, and with the default of 1 never. Breaks 'number of epochs at the start during which the prototypes are not trained' and step 12",
    ),
    (
        "row_maximum_subtracted_first",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    work = scores.double() if scores.dtype == torch.float64 else scores.float()
    work = work / epsilon
    # as in a stable softmax: the largest exponent of each sample is 0
    work = work - work.amax(dim=1, keepdim=True)
    for _ in range(iterations):
        work = work - work.logsumexp(dim=0, keepdim=True)
        work = work - work.logsumexp(dim=1, keepdim=True)
    return work.exp()
""",
        "subtracting each row's maximum is harmless in a softmax, but here the columns are scaled first, and they see other weights of the samples: the iteration does not start from exp(scores / epsilon). The page's example gives other codes than 0.571 0.429, 0.400 0.600; only after many iterations the difference fades",
    ),
    (
        "concatenates_two_dtypes",
        "codes_with_queue",
        """
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    everything = torch.cat((z, queue), dim=0)
    scores = everything @ prototypes.T
    codes = sinkhorn(scores.detach(), epsilon, iterations)
    return codes[: z.shape[0]]
""",
        "torch.cat promotes to the wider dtype, so z in float64 with a queue in float32 works, but a queue that is wider than z (float32 with z and prototypes in bfloat16) ends in a matrix product of two dtypes, an error; docstring: the queue's dtype may differ from that of z",
    ),
    (
        "normalise_loop_variable",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes):
    for prototype in prototypes:
        length = prototype.norm()
        if length > 0:
            prototype = prototype / length
""",
        "the loop only gives a new value to the name, the tensor itself is never changed; breaks 'Scale each prototype to unit norm, in place' (written by a beginner)",
    ),
    (
        "sinkhorn_released_code_not_transposed",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    scores = scores if scores.dtype == torch.float64 else scores.float()
    Q = (scores - scores.max()).div(epsilon).exp()
    Q /= Q.sum()
    B, K = Q.shape
    for _ in range(iterations):
        Q /= Q.sum(dim=1, keepdim=True)
        Q /= K
        Q /= Q.sum(dim=0, keepdim=True)
        Q /= B
    return Q * B
""",
        "the authors' code has a (K, B) matrix; without the transposition the samples are scaled first and the prototypes last, so columns sum to 1 and codes do not; breaks 'Rows sum to 1' and 'columns ..., then the rows' (written with a chat assistant)",
    ),
    (
        "swapped_mean_counts_own_pairs",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    loss = 0.0
    for i, q in enumerate(codes):
        for v, s in enumerate(scores):
            if v == i:
                continue
            logp = F.log_softmax(s / temperature, dim=-1)
            loss = loss - (q * logp).sum(dim=-1).mean()
    return loss / (len(codes) * len(scores))
""",
        "own pairs are skipped in the sum but counted in the divisor; breaks 'the mean over ... all views except the code's own' and 'ln K if all scores are equal' (half of it for two views; written by a hurried engineer)",
    ),
    (
        "swav_freeze_off_by_one",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    # epochs 0, 1, ..., freeze_epochs - 1 are frozen
    if self.epoch < self.freeze_epochs:
        c = self.prototypes.detach()
    else:
        c = self.prototypes
    z = [F.normalize(one, dim=1) for one in [z1, z2, *small]]
    scores = [one @ c.t() for one in z]
    codes = [self.codes(z[0], self.queues[0]), self.codes(z[1], self.queues[1])]
    result = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, result.item())
    self.remember(z[:2], index)
    return result
""",
        "epoch counts the epochs that have begun, so it is 1 in the first: with freeze_epochs = 1 nothing is ever frozen; breaks 'In the first freeze_epochs epochs only the encoder learns' (written by a programmer who counts from 0)",
    ),
    (
        "codes_cut_minus_zero",
        "codes_with_queue",
        """
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    everything = torch.cat([z.detach(), queue.detach().to(z.dtype)])
    scores = everything @ prototypes.detach().t()
    balanced = sinkhorn(scores, epsilon, iterations)
    # the batch comes first: cut off what belongs to the queue
    return balanced[: -len(queue)]
""",
        "with an empty queue the slice is [:-0], which is empty; breaks 'Q may be 0' and 'Codes of the batch alone, shape (B, K)'",
    ),
    (
        "divides_by_square",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes: Tensor) -> None:
    # <c, c> = 1 afterwards
    overlap = torch.einsum("kd,kd->k", prototypes, prototypes)
    prototypes /= overlap[:, None]
""",
        "physicist: divides by the inner product of each row with itself and forgets the square root; norms become 1 / norm; breaks 'Scale each prototype to unit norm'",
    ),
    (
        "prototypes_last",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    if scores.dtype != torch.float64:
        scores = scores.float()
    B, K = scores.shape
    logq = scores / epsilon
    for step in range(iterations):
        # every sample has a total of 1
        logq = logq - torch.logsumexp(logq, dim=1, keepdim=True)
        # every prototype has a total of B / K
        logq = logq - torch.logsumexp(logq, dim=0, keepdim=True) + math.log(B / K)
    return torch.exp(logq)
""",
        "student: scales rows first and columns last; after few iterations the codes do not sum to 1, the columns are exact instead; breaks 'columns ..., then the rows', 'Rows sum to 1' and step 4",
    ),
    (
        "first_rows_are_the_queue",
        "codes_with_queue",
        """
def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    n = z.shape[0]
    everything = torch.cat([queue.to(z.dtype), z], dim=0)  # old ones first
    sim = torch.mm(everything, prototypes.t())
    Q = sinkhorn(sim, epsilon, iterations)
    return Q[:n]
""",
        "hurried engineer: puts the queue first, but keeps the first B rows, which are codes of the queue (right if Q is 0); breaks 'Codes of the batch alone'",
    ),
    (
        "freeze_counts_from_zero",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    views = [F.normalize(v, dim=1) for v in [z1, z2] + list(small)]
    C = self.prototypes
    if self.epoch < self.freeze_epochs:
        C = C.detach()
    scores = []
    for v in views:
        scores.append(v @ C.T)
    codes = [self.codes(views[0], self.queues[0]), self.codes(views[1], self.queues[1])]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, loss.item())
    self.remember(views[:2], index)
    return loss
""",
        "beginner, off by one: `epoch` is 1 in the first epoch, so `<` freezes one epoch too few and never with the default freeze_epochs = 1; breaks 'Number of epochs at the start during which the prototypes are not trained' and 'frozen prototypes get no gradient at all'",
    ),
    (
        "largest_score_subtracted",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    dtype = torch.float64 if scores.dtype == torch.float64 else torch.float32
    s = scores.to(dtype)
    # a common factor cancels, so take out the largest score: exp can't overflow
    Q = torch.exp((s - s.max()) / epsilon)
    Q /= Q.sum()
    for _ in range(iterations):
        Q /= Q.sum(dim=0, keepdim=True)
        Q /= Q.sum(dim=1, keepdim=True)
    return Q
""",
        "NumPy user who knows the softmax trick: no overflow, but exponentials of low scores underflow to 0 at small epsilon (from about 0.01 in float32), a column or a row of zeros gives 0 / 0 = nan; breaks step 5 'Stability at small epsilon' and 'Rows sum to 1'",
    ),
    (
        "kl_instead_of_cross_entropy",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    log_p = [F.log_softmax(s / temperature, dim=-1) for s in scores]
    terms = [
        F.kl_div(log_p[v], code.to(log_p[v].dtype), reduction="batchmean")
        for i, code in enumerate(codes)
        for v in range(len(scores))
        if v != i
    ]
    return sum(terms) / len(terms)
""",
        "someone who looks for torch's loss with soft targets: the KL divergence is the cross entropy minus the entropy of the code; same gradients, same value for codes of 0 and 1, but too small for soft codes; breaks '-sum_k code_ik log softmax' and 'ln K if all scores are equal' (0 if the codes are uniform too)",
    ),
]
