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
]
