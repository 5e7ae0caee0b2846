# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 14's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "norm_out",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes: Tensor) -> None:
    F.normalize(prototypes, dim=1, out=prototypes)
""",
        "F.normalize writes into the tensor that it reads",
    ),
    (
        "norm_div_",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes: Tensor) -> None:
    squares = torch.einsum("kd,kd->k", prototypes, prototypes)
    prototypes.div_(squares.sqrt().clamp_min(1e-12).unsqueeze(-1))
""",
        "own norm by einsum, divided in place",
    ),
    (
        "norm_rows",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes: Tensor) -> None:
    for prototype in prototypes.detach():
        length = torch.linalg.norm(prototype)
        if length > 0:
            prototype /= length
""",
        "a loop over the rows, each of which is a view that is divided in place",
    ),
    (
        "sink_potentials",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    if scores.dtype in (torch.float16, torch.bfloat16):
        scores = scores.float()
    M = scores / epsilon
    f = M.new_zeros(M.shape[0], 1)  # one for each sample
    g = M.new_zeros(1, M.shape[1])  # one for each prototype
    for step in range(iterations):
        g = -torch.logsumexp(M + f, dim=0, keepdim=True)
        if step < iterations - 1:
            f = -torch.logsumexp(M + g, dim=1, keepdim=True)
    return torch.softmax(M + g, dim=1)
""",
        "dual potentials of optimal transport; the last scaling of the rows is a softmax",
    ),
    (
        "sink_recursion",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    wide = torch.float64 if scores.dtype == torch.float64 else torch.float32

    def balanced(logs: Tensor, left: int) -> Tensor:
        logs = F.log_softmax(logs, dim=0)
        if left == 1:
            return F.softmax(logs, dim=1)
        return balanced(F.log_softmax(logs, dim=1), left - 1)

    return balanced(scores.to(wide) * (1 / epsilon), iterations)
""",
        "recursion; log_softmax over columns and over rows in turn, and a softmax at the end",
    ),
    (
        "sink_max_by_hand_transposed",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    result_type = torch.promote_types(scores.dtype, torch.float32)
    # prototypes in rows, samples in columns, as in the authors' code
    logs = scores.to(torch.float64).t().clone() / epsilon
    K, B = logs.shape

    def log_of_sum(x: Tensor, dim: int) -> Tensor:
        top = x.max(dim=dim, keepdim=True).values
        return top + (x - top).exp().sum(dim=dim, keepdim=True).log()

    for _ in range(iterations):
        logs -= log_of_sum(logs, 1) + math.log(K)
        logs -= log_of_sum(logs, 0) + math.log(B)
    return (logs + math.log(B)).exp().t().to(result_type).contiguous()
""",
        "the authors' layout and masses 1/K and 1/B, in float64, with an own log of a sum",
    ),
    (
        "codes_queue_first",
        "codes_with_queue",
        """
def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    everything = torch.vstack((queue.to(z), z)).detach()
    table = F.linear(everything, prototypes.detach())
    old, new = sinkhorn(table, iterations=iterations, epsilon=epsilon).split([len(queue), len(z)])
    return new
""",
        "the queue comes first and the batch last; F.linear",
    ),
    (
        "codes_scores_apart",
        "codes_with_queue",
        """
@torch.no_grad()
def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    B = z.shape[0]
    scores = torch.einsum("bd,kd->bk", z, prototypes)
    if queue.shape[0] > 0:
        earlier = torch.einsum("bd,kd->bk", queue.to(z), prototypes)
        scores = torch.cat((scores, earlier), dim=0)
    codes = sinkhorn(scores, epsilon, iterations)
    return torch.index_select(codes, 0, torch.arange(B, device=codes.device))
""",
        "scores of batch and queue apart, joined only if there is a queue; index_select",
    ),
    (
        "swap_soft_targets",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    total, pairs = 0.0, 0
    for v in range(len(scores)):
        logits = scores[v] / temperature
        for i in range(len(codes)):
            if i == v:
                continue
            kind = torch.promote_types(logits.dtype, codes[i].dtype)
            total = total + F.cross_entropy(logits.to(kind), codes[i].to(kind))
            pairs += 1
    return total / pairs
""",
        "F.cross_entropy with soft targets, views outside and codes inside",
    ),
    (
        "swap_einsum_mask",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    V, I, B = len(scores), len(codes), len(codes[0])
    C = torch.stack(list(codes))  # (I, B, K)
    P = torch.log_softmax(torch.stack(list(scores)) / temperature, dim=-1)  # (V, B, K)
    kind = torch.promote_types(C.dtype, P.dtype)
    table = -torch.einsum("ibk,vbk->iv", C.to(kind), P.to(kind)) / B
    others = ~torch.eye(I, V, dtype=torch.bool, device=table.device)
    return torch.masked_select(table, others).mean()
""",
        "one table of codes and views by einsum, without its diagonal",
    ),
    (
        "swap_lse_minus_dot",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    per_code = []
    for i, code in enumerate(codes):
        others = scores[:i] + scores[i + 1 :]
        logits = torch.cat(list(others)) / temperature  # ((V - 1) B, K)
        wanted = code.repeat(len(others), 1)
        # sum_k c_k (log Z - s_k)
        per_row = wanted.sum(1) * torch.logsumexp(logits, dim=1) - torch.sum(wanted * logits, dim=1)
        per_code.append(per_row.mean())
    return sum(per_code) / len(per_code)
""",
        "the other views below each other, and log Z minus the product instead of log_softmax",
    ),
    (
        "swap_kl_plus_entropy",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    from itertools import product

    logs = [(s / temperature).log_softmax(-1) for s in scores]
    pairs = [(i, v) for i, v in product(range(len(codes)), range(len(scores))) if i != v]
    return torch.stack(
        [
            F.kl_div(logs[v], codes[i], reduction="batchmean") + entropy(codes[i]).mean()
            for i, v in pairs
        ]
    ).mean()
""",
        "Kullback-Leibler divergence plus the entropy of the code",
    ),
    (
        "method_one_product",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    centres = self.prototypes
    if int(self.epoch) <= self.freeze_epochs:
        centres = centres.detach().clone()
    views = 2 + len(small)
    unit = F.normalize(torch.cat((z1, z2) + small), dim=1)
    z = unit.chunk(views)
    scores = list((unit @ centres.t()).chunk(views))
    codes = [self.codes(z[0], self.queues[0]), self.codes(z[1], self.queues[1])]
    loss = swapped_loss(scores, codes, temperature=self.temperature)
    self.found = self.health(scores, codes, float(loss.detach()))
    self.remember([z[0], z[1]], index)
    return loss
""",
        "all views in one product, cut apart afterwards; a detached clone while frozen",
    ),
    (
        "method_codes_first",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    unit = [v / v.norm(dim=1, keepdim=True).clamp_min(1e-12) for v in [z1, z2] + list(small)]
    codes = []
    with torch.no_grad():
        for view, queue in zip(unit[:2], self.queues):
            use = self.queue_size > 0 and queue.filled() == 1
            earlier = queue.rows if use else view.new_empty(0, view.shape[1])
            codes.append(
                codes_with_queue(view, earlier, self.prototypes, self.epsilon, self.iterations)
            )
    if self.epoch > self.freeze_epochs:
        scores = [F.linear(u, self.prototypes) for u in unit]
    else:
        scores = [F.linear(u, self.prototypes.data) for u in unit]
    result = swapped_loss(scores, codes, self.temperature)
    self.found = self.health([s.detach() for s in scores], codes, result.item())
    self.remember([u.detach() for u in unit], index)
    return result
""",
        "codes before the scores and without the helper `codes`; own norms, and detached copies for health and queues",
    ),
    (
        "method_loss_inline",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    frozen = bool(self.epoch <= self.freeze_epochs)
    C = self.prototypes.detach() if frozen else self.prototypes
    views = [F.normalize(x, dim=-1) for x in (z1, z2)] + [F.normalize(x, dim=-1) for x in small]
    scores = [torch.einsum("bd,kd->bk", x, C) for x in views]
    q1, q2 = (self.codes(x.detach(), ring) for x, ring in zip(views, self.queues))
    logs = [F.log_softmax(s / self.temperature, dim=1) for s in scores]

    def ce(code, log_p):
        return (code * log_p).sum() / -len(code)

    tasks = [(q1, logs[1]), (q2, logs[0])] + [(q, p) for p in logs[2:] for q in (q1, q2)]
    loss = sum(ce(q, p) for q, p in tasks) / len(tasks)
    self.found = self.health(scores, [q1, q2], loss.item())
    self.remember(views, index)
    return loss
""",
        "the swapped loss written out in place, pair by pair, instead of a call of swapped_loss",
    ),
    (
        "normalise_loop_div",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes):
    for row in prototypes.unbind(0):
        row.div_(torch.linalg.vector_norm(row).clamp_min(1e-12))
""",
        "A loop over the rows, each of which is a view and is divided in place by its own length.",
    ),
    (
        "sinkhorn_two_potentials",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    M = scores.to(torch.float64 if scores.dtype == torch.float64 else torch.float32) / epsilon
    u = M.new_zeros(M.shape[0], 1)
    v = M.new_zeros(1, M.shape[1])
    for _ in range(iterations):
        v = -torch.logsumexp(M + u, dim=0, keepdim=True)
        u = -torch.logsumexp(M + v, dim=1, keepdim=True)
    return (M + u + v).exp()
""",
        "As in books on optimal transport: the matrix stays and two vectors of potentials change in turn.",
    ),
    (
        "codes_scored_in_two_parts",
        "codes_with_queue",
        """
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    B, Q = z.shape[0], queue.shape[0]
    with torch.no_grad():
        score = F.linear(z.detach(), prototypes.detach())
        table = score.new_empty(B + Q, prototypes.shape[0])
        table[Q:] = score
        table[:Q] = F.linear(queue.to(z), prototypes.detach())
        return sinkhorn(table, epsilon, iterations)[Q:].clone()
""",
        "Batch and queue are scored separately and written into one table, with the queue first, and the last B codes are returned.",
    ),
    (
        "swapped_table_of_pairs",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    S, Q = torch.stack(list(scores)), torch.stack(list(codes))
    kind = torch.promote_types(S.dtype, Q.dtype)
    S = S / temperature
    logp = (S - torch.logsumexp(S, dim=2, keepdim=True)).to(kind)
    pairs = -torch.einsum("cbk,vbk->cv", Q.to(kind), logp) / S.shape[1]
    other = ~torch.eye(len(Q), len(S), dtype=torch.bool, device=S.device)
    return pairs[other].mean()
""",
        "One einsum gives a table of all codes and views, of which the diagonal is left out, instead of a list of losses.",
    ),
    (
        "sinkhorn_two_potentials_2",
        "sinkhorn",
        """
def sinkhorn(scores, epsilon=0.05, iterations=3):
    with torch.no_grad():
        wide = torch.promote_types(scores.dtype, torch.float32)
        s = scores.detach().to(wide) / epsilon
        of_samples = s.new_zeros(s.shape[0], 1)
        of_prototypes = s.new_zeros(1, s.shape[1])
        for _ in range(iterations):
            of_prototypes = -torch.logsumexp(s + of_samples, dim=0, keepdim=True)
            of_samples = -torch.logsumexp(s + of_prototypes, dim=1, keepdim=True)
        return torch.exp(s + of_prototypes + of_samples)
""",
        "The table stays as it is; only one offset for each sample and one for each prototype are updated, as in optimal transport.",
    ),
    (
        "swapped_one_table_of_pairs",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    guess = (torch.stack(list(scores)) / temperature).log_softmax(dim=-1)
    code = torch.stack(list(codes))
    cost = -(code[:, None] * guess[None]).sum(-1).mean(-1)
    own = torch.eye(len(codes), len(scores), dtype=torch.bool, device=cost.device)
    return cost[~own].mean()
""",
        "All pairs of a code and a view in one broadcast table, of which the diagonal is left out.",
    ),
    (
        "codes_of_the_last_rows",
        "codes_with_queue",
        """
def codes_with_queue(z, queue, prototypes, epsilon=0.05, iterations=3):
    with torch.no_grad():
        wide = torch.promote_types(z.dtype, prototypes.dtype)
        centres = prototypes.detach().to(wide)
        older = F.linear(queue.detach().to(z.device, wide), centres)
        newer = F.linear(z.detach().to(wide), centres)
        codes = sinkhorn(torch.cat((older, newer), dim=0), epsilon, iterations)
        return codes.narrow(0, older.shape[0], newer.shape[0])
""",
        "The queue comes first, and the last B codes are kept; the order of the samples does not matter to the balance.",
    ),
    (
        "normalise_out",
        "normalise_",
        """
@torch.no_grad()
def normalise_(prototypes: Tensor) -> None:
    F.normalize(prototypes, p=2.0, dim=1, out=prototypes)
""",
        "The library's own normalize with its out argument, which writes into the parameter's memory; allowed under no_grad.",
    ),
    (
        "recursion_in_double",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    match scores.dtype:
        case torch.float64:
            wanted = torch.float64
        case _:
            wanted = torch.float32

    def balanced(table: Tensor, left: int) -> Tensor:
        if left == 0:
            return table
        columns = torch.log_softmax(table, dim=0)
        return balanced(torch.log_softmax(columns, dim=1), left - 1)

    logs = balanced(scores.double() / epsilon, iterations)
    return logs.exp().to(wanted)
""",
        "Recursion, log_softmax along each axis in turn (scaling to sum 1 on logarithms), double precision inside, cast at the end to the dtype that match picks.",
    ),
    (
        "column_totals_only",
        "codes_with_queue",
        """
def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    with torch.no_grad():
        dtype = torch.promote_types(z.dtype, prototypes.dtype)
        P = prototypes.to(dtype)
        parts = [F.linear(rows.to(dtype), P) for rows in (z, queue)]
        wide = torch.float64 if parts[0].dtype == torch.float64 else torch.float32
        batch, earlier = [part.to(wide) / epsilon for part in parts]
        # only one number for each prototype is carried from iteration to iteration
        column = batch.new_zeros(len(P))
        first = True
        for _ in range(iterations):
            totals = []
            for table in (batch, earlier):
                row = 0 if first else -torch.logsumexp(table + column, dim=1, keepdim=True)
                totals.append(torch.logsumexp(table + row, dim=0))
            column, first = -torch.logaddexp(*totals), False
        return torch.softmax(batch + column, dim=1)
""",
        "Does not call sinkhorn: the batch and the queue stay separate tables (no cat), and only the logarithms of the column factors are kept; the last row scaling is a softmax of the batch alone. An empty queue gives -inf in its total, which logaddexp ignores.",
    ),
    (
        "table_of_pairs",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    views, targets = torch.stack(list(scores)), torch.stack(list(codes))
    log_p = (views / temperature).log_softmax(dim=-1)  # (V, B, K)
    pairs = -(targets.unsqueeze(1) * log_p.unsqueeze(0)).sum(dim=-1).mean(dim=-1)  # (I, V)
    I, V = pairs.shape
    own = torch.eye(I, V, dtype=torch.bool, device=pairs.device)
    return pairs.masked_select(own.logical_not()).mean()
""",
        "The whole table of codes and views at once by broadcasting; the own pairs on the diagonal are masked out.",
    ),
    (
        "one_block_of_views",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    trained = bool(self.epoch > self.freeze_epochs)
    block = F.normalize(torch.stack([z1, z2, *small]), dim=2)  # (V, B, d)
    weight = self.prototypes if trained else self.prototypes.detach()
    scores = list(F.linear(block, weight))
    large = list(block[:2].detach())
    codes = list(map(self.codes, large, self.queues))
    loss = swapped_loss(scores, codes, temperature=self.temperature)
    self.found = self.health(scores, codes, float(loss.detach()))
    self.remember(large, index)
    return loss
""",
        "All views in one stacked tensor, one normalisation and one linear map; iterating the result gives the list of views. Frozen: the prototypes are detached, so their grad stays None.",
    ),
    (
        "sinkhorn_logaddexp",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    from functools import reduce

    q = scores.to(torch.promote_types(scores.dtype, torch.float32)) / epsilon
    for _ in range(iterations):
        q = q - reduce(torch.logaddexp, q.unbind(0))
        q = q.T - reduce(torch.logaddexp, q.unbind(1))
        q = q.T
    return q.exp()
""",
        "log-sums by folding logaddexp over rows and over columns | no logsumexp and no softmax",
    ),
    (
        "queue_first_then_split",
        "codes_with_queue",
        """
def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    with torch.no_grad():
        new = F.linear(z, prototypes)
        old = F.linear(queue.to(z), prototypes)
        together = sinkhorn(torch.cat((old, new)), epsilon, iterations)
        _, mine = together.split((len(old), len(new)))
    return mine
""",
        "the queue comes first and the batch last; both are scored on their own and only the scores are joined | split instead of a slice",
    ),
    (
        "swapped_table_of_pairs_11",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    q = torch.stack(codes)  # (codes, B, K)
    s = torch.stack(scores)
    s = s.to(torch.promote_types(s.dtype, q.dtype)) / temperature  # (views, B, K)
    log_p = s - s.logsumexp(dim=2, keepdim=True)
    table = -torch.einsum("ibk,vbk->iv", q.to(s.dtype), log_p) / q.shape[1]
    other = ~torch.eye(len(codes), len(scores), dtype=torch.bool, device=table.device)
    return table[other].mean()
""",
        "one einsum makes the table of all codes and views, from which the code's own view is then left out | no loop over pairs",
    ),
    (
        "loss_one_matrix",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    trained = int(self.epoch) > self.freeze_epochs
    prototypes = self.prototypes if trained else self.prototypes.detach()
    rows = F.normalize(torch.cat((z1, z2, *small)), dim=1)
    views = list(rows.split(len(z1)))
    codes = [self.codes(view, queue) for view, queue in zip(views, self.queues, strict=False)]
    scores = list(F.linear(rows, prototypes).split(len(z1)))
    result = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, float(result.detach()))
    self.remember([view.detach() for view in views[:2]], index)
    return result
""",
        "all views in one matrix, normalised and scored at once, and split again | codes before scores",
    ),
    (
        "loss_remembers_raw_projections",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    prototypes = self.prototypes
    if self.epoch <= self.freeze_epochs:
        prototypes = prototypes.detach()
    unit = [F.normalize(z, dim=1) for z in (z1, z2, *small)]
    scores = [z @ prototypes.T for z in unit]
    codes = [self.codes(unit[0], self.queues[0]), self.codes(unit[1], self.queues[1])]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, loss.item())
    self.remember([z1.detach(), z2.detach()], index)
    return loss
""",
        "The queues get projections as they came; Ring.push scales them to unit norm.",
    ),
    (
        "sinkhorn_potentials",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    wide = torch.float64 if scores.dtype == torch.float64 else torch.float32
    kernel = scores.to(wide) / epsilon
    rows = kernel.new_zeros(kernel.shape[0], 1)  # logarithm of each row's factor
    for _ in range(iterations):
        columns = -torch.logsumexp(kernel + rows, dim=0, keepdim=True)
        rows = -torch.logsumexp(kernel + columns, dim=1, keepdim=True)
    return F.softmax(kernel + columns, dim=1)  # the last row step, without rounding errors
""",
        "the table is never changed: only the logarithms of the row and column factors are iterated, and a softmax applies the last row step",
    ),
    (
        "swapped_all_pairs_at_once",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    log_p = F.log_softmax(torch.stack(list(scores)) / temperature, dim=-1)  # (V, B, K)
    q = torch.stack(list(codes))  # (C, B, K)
    table = -(q[:, None] * log_p[None]).sum(-1).mean(-1)  # (C, V)
    C, V = table.shape
    own = torch.arange(C, device=table.device)[:, None] == torch.arange(V, device=table.device)
    return table.masked_select(~own).mean()
""",
        "one table of all codes against all views, whose diagonal is masked out; no loop",
    ),
    (
        "loss_one_product",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    frozen = int(self.epoch) <= self.freeze_epochs
    targets = self.prototypes.detach() if frozen else self.prototypes
    B = len(z1)
    together = torch.cat([z1, z2, *small])
    together = together / together.norm(dim=1, keepdim=True).clamp_min(1e-12)
    scores = list(F.linear(together, targets).split(B))
    large = list(together[: 2 * B].split(B))
    codes = []
    for k in range(2):
        codes.append(self.codes(large[k], self.queues[k]))
    result = swapped_loss(scores, codes, temperature=self.temperature)
    self.found = self.health(scores, codes, result.detach().item())
    self.remember(large, index)
    return result
""",
        "all views in one tensor: normalised by a division, scored with a single product, then split; frozen prototypes are detached",
    ),
    (
        "two_potentials",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    wide = torch.float64 if scores.dtype == torch.float64 else torch.float32
    energy = scores.detach().to(wide) / epsilon
    energy = energy - energy.amax(dim=0, keepdim=True)  # the columns are scaled first anyway
    row = torch.zeros_like(energy[:, :1])  # logarithm of each sample's factor
    for _ in range(iterations):
        column = -(energy + row).logsumexp(0, keepdim=True)
        row = -(energy + column).logsumexp(1, keepdim=True)
        row = row - row.mean()  # a common factor of all samples changes nothing
    # the last scaling of the rows is a softmax
    return torch.softmax(energy + column, dim=1)
""",
        "never changes the table: keeps one logarithmic factor for each row and each column (dual potentials), and ends with a softmax",
    ),
    (
        "table_of_pairs_13",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    p = torch.stack([torch.log_softmax(s / temperature, dim=1) for s in scores])  # (V, B, K)
    q = torch.stack(list(codes))  # (C, B, K)
    wide = torch.promote_types(p.dtype, q.dtype)
    table = torch.einsum("cbk,vbk->cv", q.to(wide), p.to(wide)) / q.shape[1]
    other = torch.ones_like(table, dtype=torch.bool).triu(1)
    other |= torch.ones_like(table, dtype=torch.bool).tril(-1)
    return -table[other].mean()
""",
        "all pairs of a code and a view in one einsum, a table (C, V); then the mean of what is off the diagonal",
    ),
    (
        "one_product_for_all_views",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    table = F.normalize(torch.cat([z1, z2, *small]), dim=1)
    codes = []
    for part, queue in zip(table.detach().split(len(z1)), self.queues, strict=False):
        codes.append(self.codes(part, queue))
    free = int(self.epoch) > self.freeze_epochs
    centres = self.prototypes if free else self.prototypes.detach()
    scores = list(F.linear(table, centres).split(len(z1)))
    value = swapped_loss(scores, codes, temperature=self.temperature)
    self.found = self.health(scores, codes, float(value.detach()))
    self.remember(list(table[: 2 * len(z1)].detach().chunk(2)), index)
    return value
""",
        "codes before scores; all views in one matrix, normalised and compared at once, then split",
    ),
    (
        "sinkhorn_one_offset_per_prototype",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores, epsilon=0.05, iterations=3):
    wide = torch.promote_types(scores.dtype, torch.float32)
    M = scores.to(wide) / epsilon
    row = M.new_zeros(M.shape[0], 1)  # logarithm of each sample's factor
    for _ in range(iterations):
        column = -torch.logsumexp(M + row, dim=0, keepdim=True)
        row = -torch.logsumexp(M + column, dim=1, keepdim=True)
    return torch.softmax(M + column, dim=1)
""",
        "keeps only the logarithms of the row and column factors (the dual form) and never changes the matrix; the last scaling of the rows is a softmax",
    ),
    (
        "swapped_table_of_pairs_14",
        "swapped_loss",
        """
def swapped_loss(scores, codes, temperature=0.1):
    s = torch.stack(list(scores))
    q = torch.stack(list(codes))
    wide = torch.promote_types(torch.promote_types(s.dtype, q.dtype), torch.float32)
    s, q = s.to(wide) / temperature, q.to(wide)
    logp = s - torch.logsumexp(s, dim=2, keepdim=True)  # (V, B, K)
    table = -(logp.unsqueeze(1) * q.unsqueeze(0)).sum(3).mean(2)  # (V, C)
    swapped = torch.ones_like(table, dtype=torch.bool).fill_diagonal_(False)
    return table.masked_select(swapped).mean()
""",
        "one table with the loss of every view and every code; its diagonal (own codes) is left out of the mean; no loop over pairs",
    ),
    (
        "swav_all_views_in_one_matrix",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    counts = [len(z1), len(z2)] + [len(one) for one in small]
    every = torch.cat([z1, z2, *small])
    every = every.to(torch.promote_types(every.dtype, self.prototypes.dtype))
    every = F.normalize(every, dim=1)
    first, second = every.detach().split(counts)[:2]
    codes = [self.codes(first, self.queues[0]).detach(), self.codes(second, self.queues[1]).detach()]
    learns = int(self.epoch) > self.freeze_epochs
    weight = self.prototypes if learns else self.prototypes.detach()
    scores = list(F.linear(every, weight.to(every.dtype)).split(counts))
    value = swapped_loss(scores, codes, self.temperature)
    self.found = self.health([one.detach() for one in scores], codes, value.item())
    self.remember([first, second], index)
    return value
""",
        "all views in one matrix and one product with F.linear, split afterwards; codes before the scores",
    ),
    (
        "swav_queue_of_raw_projections",
        "SwAV.loss",
        """
def loss(self, z1, z2, index, *small):
    normalise_(self.prototypes)
    views = [F.normalize(z, dim=1) for z in (z1, z2, *small)]
    prototypes = self.prototypes
    if self.epoch <= self.freeze_epochs:
        prototypes = prototypes.detach()
    scores = [view @ prototypes.T for view in views]
    with torch.no_grad():
        codes = [self.codes(view, queue) for view, queue in zip(views[:2], self.queues)]
    loss = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, float(loss.detach()))
    # last of all, the two large views go to their queues
    self.remember([z1.detach(), z2.detach()], index)
    return loss
""",
        "The queues get projections as they are: Ring.push scales them to unit norm.",
    ),
    (
        "two_potentials_15",
        "sinkhorn",
        """
@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    if scores.dtype != torch.float64:
        scores = scores.to(torch.float32)
    M = scores / epsilon
    of_samples = M.new_zeros(M.shape[0], 1)
    for _ in range(iterations):
        of_prototypes = -torch.logsumexp(M + of_samples, dim=0, keepdim=True)
        of_samples = -torch.logsumexp(M + of_prototypes, dim=1, keepdim=True)
    return torch.softmax(M + of_prototypes, dim=1)
""",
        "optimal transport: only the two dual potentials change, the table of scores stays; the last scaling of the rows is a softmax",
    ),
    (
        "table_of_pairs_15",
        "swapped_loss",
        """
def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    predictions = torch.log_softmax(torch.stack(scores) / temperature, dim=2)  # (V, B, K)
    targets = torch.stack(codes)  # (C, B, K)
    pairs = -(targets.unsqueeze(1) * predictions.unsqueeze(0)).sum(dim=3).mean(dim=2)  # (C, V)
    C, V = pairs.shape
    own = torch.eye(C, V, dtype=torch.bool, device=pairs.device)
    return pairs.masked_select(~own).mean()
""",
        "NumPy user: a table of all losses, codes by views, without loops; the mean of all entries off the diagonal",
    ),
    (
        "all_views_at_once",
        "SwAV.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
    normalise_(self.prototypes)
    B = z1.shape[0]
    rows = F.normalize(torch.cat((z1, z2) + small), dim=1)
    frozen = int(self.epoch) <= self.freeze_epochs
    weight = self.prototypes.detach() if frozen else self.prototypes
    scores = list(F.linear(rows, weight).split(B))
    large = list(rows[: 2 * B].split(B))
    codes = [self.codes(one.detach(), ring) for one, ring in zip(large, self.queues, strict=True)]
    value = swapped_loss(scores, codes, self.temperature)
    self.found = self.health(scores, codes, value.item())
    self.remember(large, index)
    return value
""",
        "hurried engineer: all views in one tensor, one F.linear, then split",
    ),
]
