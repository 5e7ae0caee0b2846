# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 4's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "similarity_rows_cosine",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    views = torch.cat((z1, z2), dim=0)
    if views.dtype != torch.float64:
        views = views.float()
    return torch.stack([F.cosine_similarity(v.unsqueeze(0), views, dim=1) for v in views])
""",
        "a list comprehension over anchors with F.cosine_similarity",
    ),
    (
        "similarity_polarisation",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat([z1, z2])
    wide = torch.float64 if z.dtype == torch.float64 else torch.float32
    z = z.to(wide)
    length = z.square().sum(1, keepdim=True).clamp(min=1e-16).sqrt()
    u = z / length
    plus = (u[:, None] + u[None]).square().sum(2)
    minus = (u[:, None] - u[None]).square().sum(2)
    return (plus - minus) / 4
""",
        "the polarisation identity <u, v> = (|u + v|^2 - |u - v|^2) / 4 by broadcasting",
    ),
    (
        "similarity_blocks",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    dtype = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)

    def unit(z):
        z = z.to(dtype)
        largest = z.detach().abs().amax(dim=1, keepdim=True)
        z = z / torch.where(largest > 0, largest, torch.ones_like(largest))
        return z / torch.linalg.vector_norm(z, dim=1, keepdim=True).clamp_min(1e-8)

    a, b = unit(z1), unit(z2)
    ab = torch.einsum("id,jd->ij", a, b)
    top = torch.hstack([torch.mm(a, a.t()), ab])
    bottom = torch.hstack([ab.t(), torch.mm(b, b.t())])
    return torch.vstack([top, bottom])
""",
        "a block matrix [[aa, ab], [ba, bb]] with ba as ab transposed; rows are first divided by their largest entry, so no square can overflow",
    ),
    (
        "similarity_gram",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat([z1, z2])
    out = torch.promote_types(z.dtype, torch.float32)
    z = z.double()
    gram = torch.einsum("id, jd -> ij", z, z)
    scale = gram.diagonal().clamp(min=1e-16).rsqrt()
    return (gram * torch.outer(scale, scale)).to(out)
""",
        "the Gram matrix in float64, divided by the roots of its own diagonal afterwards, then rounded to float32",
    ),
    (
        "positive_view_flip",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    return torch.arange(2 * B, device=device).view(2, B).flip(0).flatten()
""",
        "numbers as a 2 x B table whose two rows are exchanged",
    ),
    (
        "positive_python_list",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    partner = list(range(B, 2 * B))
    partner.extend(range(B))
    return torch.tensor(partner, dtype=torch.long, device=device)
""",
        "plain Python ranges turned into a tensor",
    ),
    (
        "positive_where",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    first = torch.ones(2 * B, dtype=torch.int64, device=device).cumsum(0) - 1
    return torch.where(first < B, first + B, first - B)
""",
        "counts with cumsum and decides with torch.where",
    ),
    (
        "logits_fill_diagonal",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    logits = similarity.div(temperature)
    logits.fill_diagonal_(-torch.inf)
    return logits
""",
        "fills the diagonal of its own new matrix in place",
    ),
    (
        "logits_where",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    i = torch.arange(similarity.shape[0], device=similarity.device)
    is_candidate = i.unsqueeze(1).ne(i.unsqueeze(0))
    nothing = similarity.new_full((), float("-inf"))
    return torch.where(is_candidate, similarity, nothing) / temperature
""",
        "torch.where on i != k first and the division afterwards (-inf / tau stays -inf)",
    ),
    (
        "logits_scatter",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    itself = torch.arange(len(similarity), device=similarity.device).unsqueeze(-1)
    return (similarity * (1.0 / temperature)).scatter(1, itself, -float("inf"))
""",
        "multiplies by 1 / tau and scatters -inf to column i of row i",
    ),
    (
        "logits_additive_mask",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    n = similarity.size(0)
    minus_infinity = torch.full((n,), -torch.inf, dtype=similarity.dtype, device=similarity.device)
    return similarity / temperature + torch.diag(minus_infinity)
""",
        "adds a mask with -inf on its diagonal and 0 elsewhere, as attention masks do",
    ),
    (
        "loss_own_logsumexp",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    largest = logits.detach().max(dim=1, keepdim=True).values
    total = torch.exp(logits - largest).sum(1).log() + largest.squeeze(1)
    B = len(z1)
    positive = torch.cat([logits.diagonal(B), logits.diagonal(-B)])
    return (total - positive).sum() / (2 * B)
""",
        "own log-sum-exp with the maximum taken away, and positives read from the diagonals at +B and -B",
    ),
    (
        "loss_softplus",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    positive, negatives = positive_and_negatives(similarity_matrix(z1, z2) / temperature)
    # -log(e^p / (e^p + sum e^n)) = log(1 + e^(logsumexp(n) - p))
    margin = torch.logsumexp(negatives, dim=1) - positive
    return F.softplus(margin, threshold=40).mean()
""",
        "splits positives from negatives and takes softplus(logsumexp(negatives) - positive), without any -inf",
    ),
    (
        "loss_diagonal_cut_out",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    s = similarity_matrix(z1, z2) / temperature
    n = s.shape[0]
    B = n // 2
    # without its first entry, the flat matrix in rows of n + 1 ends each row with a diagonal entry
    others = s.flatten()[1:].view(n - 1, n + 1)[:, :-1].reshape(n, n - 1)
    i = torch.arange(B, device=s.device)
    target = torch.cat([i + B - 1, i])  # a column moves left if it was right of the diagonal
    return F.nll_loss(F.log_softmax(others, dim=1), target)
""",
        "cuts the diagonal out by a reshape, so each row has 2B - 1 entries and shifted targets",
    ),
    (
        "loss_two_directions",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    dtype = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)
    a = F.normalize(z1.to(dtype), dim=-1)
    b = F.normalize(z2.to(dtype), dim=-1)
    B = a.shape[0]
    labels = torch.arange(B, device=a.device)
    itself = torch.eye(B, dtype=torch.bool, device=a.device)

    def one_way(u, v):
        across = u @ v.T / temperature
        within = (u @ u.T / temperature).masked_fill(itself, float("-inf"))
        return F.cross_entropy(torch.cat([across, within], 1), labels, reduction="sum")

    return (one_way(a, b) + one_way(b, a)) / (2 * B)
""",
        "the authors' way: from a to [b, a] and from b to [a, b], each with targets 0 .. B - 1, uses none of the other three functions",
    ),
    (
        "sim_blocks",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    wide = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)

    def unit(z):
        z = z.to(wide)
        return z / torch.linalg.vector_norm(z, dim=1, keepdim=True).clamp_min(1e-8)

    a, b = unit(z1), unit(z2)
    ab = torch.einsum("id,jd->ij", a, b)
    aa = torch.einsum("id,jd->ij", a, a)
    bb = torch.einsum("id,jd->ij", b, b)
    return torch.vstack([torch.hstack([aa, ab]), torch.hstack([ab.mT, bb])])
""",
        "Four blocks, of which one is the transpose of another, instead of one product of the stacked views.",
    ),
    (
        "positive_flipped_table",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    table = torch.arange(2 * B, dtype=torch.int64, device=device).reshape(2, B)
    return table.flip(0).reshape(2 * B)
""",
        "The row numbers as a table of two rows, turned upside down.",
    ),
    (
        "logits_diagonal_scatter",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    scaled = similarity / temperature
    nothing = torch.full_like(scaled.diagonal(), -torch.inf)
    return torch.diagonal_scatter(scaled, nothing)
""",
        "The diagonal is replaced by diagonal_scatter, without a mask.",
    ),
    (
        "loss_logsumexp_diagonals",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    n = z1.shape[0]
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    attract = torch.cat([torch.diagonal(logits, n), torch.diagonal(logits, -n)])
    repel = torch.logsumexp(logits, dim=1)
    return (repel - attract).sum() / (2 * n)
""",
        "logsumexp minus the positives, which are read from two off-diagonals, instead of cross_entropy with targets.",
    ),
    (
        "row_by_row",
        "similarity_matrix",
        """
def similarity_matrix(z1, z2):
    wide = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)
    units = []
    for z in (z1, z2):
        for row in z.to(wide):
            units.append(row / row.norm().clamp(min=1e-12))
    units = torch.stack(units)
    return torch.stack([torch.mv(units, one) for one in units])
""",
        "Loops over rows: each is normalised by itself, and each row of the result is a matrix-vector product.",
    ),
    (
        "halves_exchanged",
        "positive_index",
        """
def positive_index(B, device=None):
    rows = torch.arange(2 * B, device=device).reshape(2, B)
    return rows.flip(0).reshape(-1)
""",
        "The rows as a 2 x B table, flipped from top to bottom.",
    ),
    (
        "log_sum_exp_of_others",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    B = len(z1)
    s = similarity_matrix(z1, z2) / temperature
    total = s.new_zeros(())
    for i in range(2 * B):
        others = torch.cat([s[i, :i], s[i, i + 1 :]])
        partner = s[i, i + B] if i < B else s[i, i - B]
        total = total + torch.logsumexp(others, 0) - partner
    return total / (2 * B)
""",
        "A loop over views: log-sum-exp of the other 2B - 1 entries minus the partner's, without a mask or cross_entropy.",
    ),
    (
        "double_inside",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    dtype = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)
    views = torch.vstack((z1, z2)).double()
    # bring the largest entry of every row to 1, so that no square overflows or vanishes
    largest = views.detach().abs().amax(dim=1, keepdim=True)
    views = views / torch.where(largest > 0, largest, 1)
    squares = torch.einsum("id,id->i", views, views).clamp(min=1e-24)
    products = torch.einsum("id,jd->ij", views, views)
    lengths = squares.sqrt()
    return (products / (lengths[:, None] * lengths[None, :])).to(dtype)
""",
        "In double precision, cast back to float32 (float64 stays): inner products first, divided by both lengths afterwards, after a scaling by each row's largest entry (a constant for the gradient, which is unchanged because the cosine does not depend on lengths). A row of zeros gives cosines of 0. Right also for very long and very short rows.",
    ),
    (
        "a_stable_sort_of_halves",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    first_view = torch.arange(2 * B, device=device) < B
    return first_view.to(torch.uint8).argsort(stable=True)
""",
        "A stable argsort of the 0/1 labels of the halves lists the second half's rows, then the first half's: B ... 2B - 1, 0 ... B - 1. argsort gives int64 on the same device, a new tensor each time; device None is torch's default.",
    ),
    (
        "two_triangles",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    n, device = len(similarity), similarity.device
    above = torch.triu_indices(n, n, offset=1, device=device)
    below = torch.tril_indices(n, n, offset=-1, device=device)
    logits = torch.full_like(similarity, -torch.inf)
    for rows, columns in (above, below):
        logits = logits.index_put((rows, columns), similarity[rows, columns] / temperature)
    return logits
""",
        "Starts from a table of -inf and writes both triangles into it; the diagonal is never read, so its gradient is exactly 0. Out of place, so similarity is unchanged and gradient flows; dtype and device follow similarity.",
    ),
    (
        "against_the_negatives",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    positive, negatives = positive_and_negatives(similarity_matrix(z1, z2))
    # -log(e^p / (e^p + sum e^n)) = log(1 + e^(log sum e^n - p))
    rival = torch.logsumexp((negatives - positive[:, None]) / temperature, dim=1)
    return torch.logaddexp(rival, torch.zeros_like(rival)).mean()
""",
        "Uses neither candidate_logits nor cross_entropy: the log of 1 plus the summed odds of the negatives against the positive. Stable for every temperature, because logsumexp and logaddexp subtract their maxima; the same values and gradients as the cross entropy.",
    ),
    (
        "anchor_by_anchor",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    similarity = similarity_matrix(z1, z2)

    def loss_of(i, j):
        row = similarity[i]
        candidates = torch.cat((row[:i], row[i + 1 :])) / temperature  # 2B - 1 of them
        j = j - 1 if j > i else j  # one place further left if i was taken out before it
        return -candidates.log_softmax(0)[j]

    partners = positive_index(len(z1), similarity.device).tolist()
    return torch.stack([loss_of(i, j) for i, j in enumerate(partners)]).mean()
""",
        "A loop over anchors; the view itself is cut out of its row instead of masked, so its partner's number shifts by one. log_softmax is stable. Slow, but equation 1 to the letter.",
    ),
    (
        "similarity_outer_products",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    wide = torch.promote_types(z1.dtype, torch.float32)
    unit = torch.cat([F.normalize(z.to(wide), dim=1) for z in (z1, z2)])
    cosines = unit.new_zeros(len(unit), len(unit))
    for feature in unit.unbind(dim=1):
        cosines = cosines + torch.outer(feature, feature)
    return cosines
""",
        "adds up one outer product for each of the d features; no matrix product | each view is normalised before they are joined",
    ),
    (
        "positive_from_ranges",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    partners = [*range(B, 2 * B), *range(B)]
    return torch.tensor(partners, dtype=torch.int64, device=device)
""",
        "a list of Python numbers from two ranges | no roll and no arithmetic on tensors",
    ),
    (
        "logits_diagonal_scatter_11",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    nothing = similarity.new_full((len(similarity),), float("-inf"))
    return torch.diagonal_scatter(similarity, nothing) * (1 / temperature)
""",
        "writes -inf into the diagonal with diagonal_scatter, then multiplies by 1 / tau (-inf stays -inf) | no mask",
    ),
    (
        "loss_of_differences",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    total = logits.new_zeros(())
    for row, partner in zip(logits, positive_index(len(z1)).tolist(), strict=True):
        total = total + torch.logsumexp(row - row[partner], dim=0)
    return total / len(logits)
""",
        "for each anchor the log-sum-exp of how far every candidate is ahead of the positive | a loop, without cross entropy",
    ),
    (
        "rescaled_then_cosine_similarity",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    kind = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)
    views = torch.cat([z1.to(kind), z2.to(kind)])
    # lengths do not matter: make the largest entry of each row 1, so that no square over- or underflows
    largest = views.detach().abs().amax(dim=1, keepdim=True)
    views = views / torch.where(largest > 0, largest, torch.ones_like(largest))
    return F.cosine_similarity(views.unsqueeze(1), views.unsqueeze(0), dim=2)
""",
        "torch's cosine_similarity by broadcasting instead of normalise and matrix product; rows are rescaled by their largest entry first",
    ),
    (
        "halves_exchanged_by_flip",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    table = torch.arange(2 * B, dtype=torch.int64, device=device).reshape(2, B)
    return table.flip(0).reshape(2 * B)
""",
        "writes the rows as a table of two lines and turns it upside down, instead of roll, cat or modulo",
    ),
    (
        "loss_by_blocks",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    B = len(z1)
    s = similarity_matrix(z1, z2) / temperature
    others = ~torch.eye(B, dtype=torch.bool, device=s.device)
    total = 0
    for own in (slice(0, B), slice(B, 2 * B)):
        other = slice(B, 2 * B) if own.start == 0 else slice(0, B)
        across = s[own, other]  # the other views, with the positives on the diagonal
        within = s[own, own][others].view(B, B - 1)  # the same views of other images
        everything = torch.cat([across, within], dim=1)  # 2B - 1 candidates
        total = total + (everything.logsumexp(dim=1) - across.diagonal()).sum()
    return total / (2 * B)
""",
        "no -inf, no index of positives, no cross_entropy: the matrix in four blocks, the diagonal cut out, logsumexp minus the positive",
    ),
    (
        "four_blocks",
        "similarity_matrix",
        """
def similarity_matrix(z1, z2):
    wide = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)

    def directions(z):
        z = z.to(wide)
        # bring the largest number of each row to 1 first: no square can overflow or vanish
        largest = z.detach().abs().amax(dim=1, keepdim=True)
        z = z / torch.where(largest > 0, largest, torch.ones_like(largest))
        length = torch.linalg.vector_norm(z, dim=1, keepdim=True)
        return z / length.clamp(min=0.5)  # a length is at least 1, or exactly 0

    a, b = directions(z1), directions(z2)
    across = a @ b.T
    top = torch.hstack((a @ a.T, across))
    bottom = torch.hstack((across.T, b @ b.T))
    return torch.vstack((top, bottom))
""",
        "normalises each view table by itself, scaled by its largest entry first, and builds the matrix from four blocks",
    ),
    (
        "diagonal_scatter",
        "candidate_logits",
        """
def candidate_logits(similarity, temperature):
    never = similarity.new_full((len(similarity),), float("-inf"))
    return torch.diagonal_scatter(similarity / temperature, never)
""",
        "puts -inf on the diagonal with diagonal_scatter, without a mask",
    ),
    (
        "diagonal_cut_out",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    B = len(z1)
    n = 2 * B
    s = similarity_matrix(z1, z2) / temperature
    # without its first entry, the flat matrix has a diagonal entry at the end of every n + 1 numbers
    others = s.flatten()[1:].view(n - 1, n + 1)[:, :-1].reshape(n, n - 1)
    attract = torch.cat((s.diagonal(B), s.diagonal(-B)))
    return torch.mean(torch.logsumexp(others, dim=1) - attract)
""",
        "cuts the diagonal out with strides instead of masking it, reads the positives from two off-diagonals, and takes logsumexp minus positive instead of a cross entropy",
    ),
    (
        "sim_row_by_row",
        "similarity_matrix",
        """
def similarity_matrix(z1, z2):
    wide = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)
    views = [*z1.to(wide), *z2.to(device=z1.device, dtype=wide)]
    directions = []
    for view in views:
        # the largest entry becomes 1: the cosine does not depend on the length of the vector
        size = view.detach().abs().max()
        size = torch.where(size > 0, size, torch.ones_like(size))
        directions.append(view / size)
    directions = torch.stack(directions)
    rows = [F.cosine_similarity(one.unsqueeze(0), directions, dim=1) for one in directions]
    return torch.stack(rows)
""",
        "one row of the matrix at a time, with F.cosine_similarity instead of normalise and matmul; each vector is scaled by its largest entry first, so very long and very short vectors work too",
    ),
    (
        "logits_where_14",
        "candidate_logits",
        """
def candidate_logits(similarity, temperature):
    number = torch.arange(similarity.shape[0], device=similarity.device)
    itself = number.unsqueeze(1) == number.unsqueeze(0)
    nothing = torch.full_like(similarity, -float("inf"))
    return torch.where(itself, nothing, similarity / temperature)
""",
        "compares row and column numbers and picks with torch.where, instead of masked_fill on an identity matrix",
    ),
    (
        "loss_of_differences_14",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    B = len(z1)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    # the partners lie on two diagonals: z1's views with z2's, and the other way round
    partner = torch.cat([logits.diagonal(B), logits.diagonal(-B)])
    # -log(exp(p) / sum exp(l)) = log sum exp(l - p)
    each = torch.logsumexp(logits - partner[:, None], dim=1)
    return each.sum() / (2 * B)
""",
        "no cross entropy and no target numbers: the positives are read from the off-diagonals, and the loss is the logsumexp of the differences from the positive",
    ),
    (
        "scaled_then_cosine",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    kind = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)
    v = torch.cat([z1.to(kind), z2.to(kind)])
    # lengths do not matter: bring the largest entry of each row to 1 (a row of zeros stays)
    biggest = v.detach().abs().amax(1, keepdim=True)
    v = v / torch.where(biggest > 0, biggest, torch.ones_like(biggest))
    return F.cosine_similarity(v[:, None, :], v[None, :, :], dim=-1)
""",
        "careful NumPy user: no matrix product and no F.normalize; rows are scaled by their largest entry first (so also huge and tiny rows work), then torch's own cosine with broadcasting",
    ),
    (
        "where_instead_of_fill",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    number = torch.arange(similarity.size(0), device=similarity.device)
    itself = number.unsqueeze(0) == number.unsqueeze(1)
    nothing = similarity.new_full((), float("-inf"))
    return torch.where(itself, nothing, similarity / temperature)
""",
        "student: compares row and column numbers and chooses with torch.where, instead of filling a mask",
    ),
    (
        "gaps_to_the_partner",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    s = similarity_matrix(z1, z2)
    B = z1.shape[0]
    # s_ij of each row lies on the two diagonals that are B away from the main one
    partner = torch.cat([s.diagonal(B), s.diagonal(-B)])
    total = s.new_zeros(())
    for i in range(2 * B):
        others = torch.cat([s[i, :i], s[i, i + 1 :]])
        # -log(exp(a) / sum exp(b)) = log sum exp(b - a): the partner itself contributes exp(0)
        total = total + torch.logsumexp((others - partner[i]) / temperature, dim=0)
    return total / (2 * B)
""",
        "physicist: no cross entropy, no mask and no index: a loop over the views with the log-sum-exp of the gaps to the partner, partners read off the two side diagonals",
    ),
]
