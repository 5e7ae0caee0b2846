# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 4's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "sim_columns_normalised",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    views = torch.cat((z1, z2), dim=0)
    if views.dtype != torch.float64:
        views = views.float()
    views = views / views.norm(dim=0, keepdim=True).clamp(min=1e-8)
    return torch.mm(views, views.t())
""",
        "The columns are scaled to unit norm instead of the rows.",
    ),
    (
        "sim_always_float32",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat([z1, z2]).float()
    z = F.normalize(z)
    return z @ z.T
""",
        "float64 is narrowed to float32.",
    ),
    (
        "sim_widened_late",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    a = z1 / (z1 * z1).sum(1, keepdim=True).sqrt().clamp(min=1e-6)
    b = z2 / (z2 * z2).sum(1, keepdim=True).sqrt().clamp(min=1e-6)
    z = torch.cat([a, b])
    if z.dtype in (torch.float16, torch.bfloat16):
        z = z.to(torch.float32)
    return z @ z.T
""",
        "Half precision is widened after the norm, whose squares overflow or lose digits.",
    ),
    (
        "sim_bfloat16_forgotten",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.vstack([z1, z2])
    if z.dtype == torch.float16:
        z = z.float()
    z = F.normalize(z, p=2, dim=1)
    return torch.einsum("id,jd->ij", z, z)
""",
        "Only float16 is widened; bfloat16 stays bfloat16.",
    ),
    (
        "sim_block_not_transposed",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    wide = torch.promote_types(z1.dtype, torch.float32)
    u = F.normalize(z1.to(wide), dim=1)
    v = F.normalize(z2.to(wide), dim=1)
    uv = u @ v.T
    upper = torch.cat([u @ u.T, uv], dim=1)
    lower = torch.cat([uv, v @ v.T], dim=1)
    return torch.cat([upper, lower], dim=0)
""",
        "The lower left block should be the transpose of the upper right one.",
    ),
    (
        "sim_norm_detached",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat([z1, z2], dim=0)
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    with torch.no_grad():
        lengths = z.norm(dim=1, keepdim=True).clamp(min=1e-8)
    unit = z / lengths
    return unit @ unit.T
""",
        "The norm is a constant for the gradient, so the gradient is wrong.",
    ),
    (
        "sim_squared_length",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat([z1, z2])
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    dots = z @ z.T
    length = (z * z).sum(dim=1).clamp(min=1e-16)
    return dots / length[:, None]
""",
        "Each row is divided by the anchor's squared norm instead of by the product of both norms.",
    ),
    (
        "positive_modulo_B",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    i = torch.arange(2 * B, device=device)
    return (i + B) % B
""",
        "Modulo B instead of 2B: the first half points at itself.",
    ),
    (
        "positive_mirror",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    rows = torch.arange(2 * B, device=device)
    return torch.flip(rows, dims=[0])
""",
        "The rows are reversed (5 4 3 2 1 0) instead of the halves exchanged.",
    ),
    (
        "positive_no_device",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    partner = []
    for i in range(2 * B):
        partner.append(i + B if i < B else i - B)
    return torch.tensor(partner, dtype=torch.int64)
""",
        "The device is ignored.",
    ),
    (
        "logits_diagonal_in_place",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    similarity.fill_diagonal_(float("-inf"))
    return similarity / temperature
""",
        "fill_diagonal_ overwrites the caller's similarities.",
    ),
    (
        "logits_finite_mask",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    n = similarity.shape[0]
    me = torch.eye(n, dtype=similarity.dtype, device=similarity.device)
    return (similarity - 10 * me) / temperature
""",
        "A view only loses 10 from its own cosine: at high temperature its share is not 0.",
    ),
    (
        "logits_cosine_one",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    # the cosine of a view with itself is 1
    itself = similarity > 1 - 1e-5
    return torch.where(itself, float("-inf"), similarity / temperature)
""",
        "Every entry with cosine 1 is masked, also another view that is equal.",
    ),
    (
        "logits_times_temperature",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    scaled = similarity * temperature
    off = torch.arange(len(scaled), device=scaled.device)
    out = scaled.clone()
    out[off, off] = -torch.inf
    return out
""",
        "The similarity is multiplied by the temperature instead of divided.",
    ),
    (
        "logits_other_view_only",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    n = len(similarity)
    second = torch.arange(n, device=similarity.device) >= n // 2
    same_side = second[:, None] == second[None, :]
    return (similarity / temperature).masked_fill(same_side, float("-inf"))
""",
        "All views on the anchor's side are masked, not only the anchor.",
    ),
    (
        "logits_minus_max",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    scaled = similarity / temperature
    # avoids overflow of exp
    scaled = scaled - scaled.max(dim=1, keepdim=True).values
    diagonal = torch.eye(len(scaled), device=scaled.device) == 1
    return scaled.masked_fill(diagonal, -torch.inf)
""",
        "The row's largest logit is subtracted, so the result is no longer similarity / temperature.",
    ),
    (
        "loss_first_views_only",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    B = len(z1)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)[:B]
    labels = torch.arange(B, 2 * B, device=z1.device)
    return F.cross_entropy(logits, labels)
""",
        "Only the first views are anchors; the mean is over B instead of 2B views.",
    ),
    (
        "loss_clip",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    B = len(z1)
    s = similarity_matrix(z1, z2)[:B, B:] / temperature
    labels = torch.arange(B, device=z1.device)
    return (F.cross_entropy(s, labels) + F.cross_entropy(s.T, labels)) / 2
""",
        "Candidates come from the other side only (as in CLIP): B instead of 2B - 1.",
    ),
    (
        "loss_per_image",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    log_p = torch.log_softmax(logits, dim=1)
    target = positive_index(len(z1), z1.device)
    each = -log_p.gather(1, target.unsqueeze(1)).squeeze(1)
    return each.sum() / len(z1)
""",
        "The sum over 2B views is divided by B.",
    ),
    (
        "loss_exp_overflows",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    e = candidate_logits(similarity_matrix(z1, z2), temperature).exp()
    rows = torch.arange(len(e), device=z1.device)
    right = e[rows, positive_index(len(z1), z1.device)]
    return -(right / e.sum(1)).log().mean()
""",
        "exp overflows in float32 at a temperature of 0.01.",
    ),
    (
        "loss_double_softmax",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    shares = candidate_logits(similarity_matrix(z1, z2), temperature).softmax(dim=1)
    target = positive_index(len(z1), z1.device)
    return F.cross_entropy(shares, target)
""",
        "cross_entropy expects logits, but is given the softmax.",
    ),
    (
        "loss_without_positive",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    positive, negatives = positive_and_negatives(similarity_matrix(z1, z2))
    top = positive / temperature
    bottom = torch.logsumexp(negatives / temperature, dim=1)
    return (bottom - top).mean()
""",
        "The positive is missing from the sum in the denominator.",
    ),
    (
        "loss_mean_before_log",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    p = F.softmax(logits, dim=1)
    partner = positive_index(len(z1), device=z1.device)
    hit = p.gather(1, partner[:, None]).mean()
    return -torch.log(hit)
""",
        "The log of the mean share instead of the mean of the logs.",
    ),
    (
        "loss_temperature_twice",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    sim = similarity_matrix(z1, z2) / temperature
    logits = candidate_logits(sim, temperature)
    return F.nll_loss(F.log_softmax(logits, dim=-1), positive_index(len(z1), z1.device))
""",
        "The temperature divides twice.",
    ),
    (
        "loss_clamped",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    prob = torch.softmax(logits, 1)
    total = 0.0
    B = len(z1)
    for i in range(2 * B):
        j = i + B if i < B else i - B
        total = total - torch.log(prob[i, j] + 1e-6)
    return total / (2 * B)
""",
        "A constant inside the log caps the loss and its gradient at low temperatures.",
    ),
    (
        "sim_lengths_of_columns_twice",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat([z1, z2])
    if z.dtype != torch.float64:
        z = z.float()
    inner = z @ z.T
    lengths = z.norm(dim=1).clamp(min=1e-8)
    return inner / lengths / lengths
""",
        "A vector of lengths broadcasts over columns both times; one division must be by lengths[:, None].",
    ),
    (
        "sim_bfloat16_stays",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat((z1, z2), dim=0)
    if z.dtype == torch.float16:
        z = z.to(torch.float32)
    unit = F.normalize(z, p=2, dim=-1)
    return torch.einsum("id,jd->ij", unit, unit)
""",
        "Only float16 is widened; bfloat16, the other half precision, stays.",
    ),
    (
        "sim_block_not_transposed_2",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    wide = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)
    a, b = F.normalize(z1.to(wide), dim=1), F.normalize(z2.to(wide), dim=1)
    aa, ab, bb = a @ a.T, a @ b.T, b @ b.T
    upper = torch.cat([aa, ab], dim=1)
    lower = torch.cat([ab, bb], dim=1)
    return torch.cat([upper, lower])
""",
        "The lower left block is that of z2 with z1, the transpose of a @ b.T.",
    ),
    (
        "sim_length_without_gradient",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat([z1, z2])
    z = z.double() if z.dtype == torch.float64 else z.float()
    with torch.no_grad():  # a length is only a scale
        length = z.square().sum(1, keepdim=True).sqrt().clamp(min=1e-8)
    z = z / length
    return z.mm(z.t())
""",
        "The value is right, but the length is treated as a constant, so the gradient has a part along z that should not be there.",
    ),
    (
        "positive_xor",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    # flip the bit that tells first views from second views
    return torch.arange(2 * B, device=device) ^ B
""",
        "i xor B exchanges the halves only if B is a power of two; B = 3 gives 3 2 1 0 7 6.",
    ),
    (
        "positive_default_is_cpu",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    partner = [b + B if b < B else b - B for b in range(2 * B)]
    return torch.tensor(partner, dtype=torch.int64, device=device or "cpu")
""",
        "None must be torch's default device, not always the CPU.",
    ),
    (
        "positive_swap_of_views",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    index = torch.arange(2 * B, device=device)
    index[:B], index[B:] = index[B:], index[:B]
    return index
""",
        "Slices are views: the second assignment reads the half that the first has already overwritten, giving 3 4 5 3 4 5.",
    ),
    (
        "logits_alias_at_one",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    logits = similarity
    if temperature != 1:
        logits = logits / temperature
    return logits.fill_diagonal_(float("-inf"))
""",
        "At temperature 1 nothing is copied, and the diagonal of the caller's similarity is overwritten.",
    ),
    (
        "logits_equal_views_are_oneself",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    # only a view itself has a cosine of 1
    itself = torch.isclose(similarity, torch.ones_like(similarity))
    return torch.where(itself, float("-inf"), similarity / temperature)
""",
        "Other views may have a cosine of 1 as well (equal projections, even the positive), and a zero projection has 0 with itself.",
    ),
    (
        "logits_first_column",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    n = len(similarity)
    flat = (similarity / temperature).flatten()
    flat[::n] = float("-inf")
    return flat.view(n, n)
""",
        "The diagonal has a stride of n + 1 in the flat matrix; a stride of n masks the first column.",
    ),
    (
        "loss_log_of_softmax",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    B = len(z1)
    share = candidate_logits(similarity_matrix(z1, z2), temperature).softmax(dim=1)
    right = share[torch.arange(2 * B, device=z1.device), positive_index(B, z1.device)]
    return -right.log().mean()
""",
        "The softmax of a distant partner underflows to 0 at a low temperature, and its log is infinite; log_softmax is needed.",
    ),
    (
        "loss_positive_in_half",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    lengths = z1.norm(dim=1) * z2.norm(dim=1)
    positive = (z1 * z2).sum(1) / lengths.clamp(min=1e-8) / temperature  # (B,)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    return (torch.logsumexp(logits, dim=1) - positive.repeat(2)).mean()
""",
        "The positives are computed in the dtype of z1, so half precision is not widened there and overflows with large numbers.",
    ),
    (
        "loss_new_tensor_of_losses",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    losses = []
    for i, j in enumerate(positive_index(len(z1)).tolist()):
        losses.append(logits[i].logsumexp(0) - logits[i, j])
    return torch.tensor(losses, dtype=logits.dtype, device=logits.device).mean()
""",
        "torch.tensor copies the values only, so the loss has no gradient; torch.stack keeps it.",
    ),
    (
        "loss_mean_of_chunk_means",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    target = positive_index(len(z1), device=z1.device)
    # sixteen anchors at a time
    parts = [F.cross_entropy(l, t) for l, t in zip(logits.split(16), target.split(16))]
    return torch.stack(parts).mean()
""",
        "The mean of the chunks' means gives the views of a shorter last chunk too much weight.",
    ),
    (
        "loss_temperature_normalised_away",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    root = temperature**0.5  # so that each product is divided by tau
    logits = candidate_logits(similarity_matrix(z1 / root, z2 / root), 1.0)
    return F.cross_entropy(logits, positive_index(len(z1), z1.device))
""",
        "similarity_matrix normalises its rows, so dividing the projections has no effect: the temperature is always 1.",
    ),
    (
        "similarity_widened_too_late",
        "similarity_matrix",
        """
def similarity_matrix(z1, z2):
    z = torch.cat((z1, z2), dim=0)
    inner = torch.mm(z, z.t())
    inner = inner.to(torch.promote_types(inner.dtype, torch.float32))
    length = inner.diagonal().sqrt().clamp(min=1e-8)
    return inner / (length[:, None] * length[None, :])
""",
        "The inner products are computed in half precision and only then widened, so large projections overflow to inf and NaN.",
    ),
    (
        "similarity_always_float32",
        "similarity_matrix",
        """
def similarity_matrix(z1, z2):
    views = torch.cat([z1, z2], dim=0).float()
    views = F.normalize(views, p=2, dim=-1)
    return torch.einsum("id,kd->ik", views, views)
""",
        "Projections in float64 are narrowed to float32.",
    ),
    (
        "similarity_squared_norm",
        "similarity_matrix",
        """
def similarity_matrix(z1, z2):
    rows = torch.cat([z1, z2])
    if rows.dtype != torch.float64:
        rows = rows.float()
    length = (rows ** 2).sum(dim=1, keepdim=True)
    rows = rows / length.clamp(min=1e-8)
    return rows @ rows.T
""",
        "Each row is divided by its squared norm (the square root is missing), so the lengths of the vectors matter.",
    ),
    (
        "positive_ignores_device",
        "positive_index",
        """
def positive_index(B, device=None):
    second = torch.arange(B, 2 * B)
    first = torch.arange(B)
    return torch.cat([second, first])
""",
        "The device is ignored: the result is always on torch's default device.",
    ),
    (
        "positive_off_by_one",
        "positive_index",
        """
def positive_index(B, device=None):
    partner = []
    for i in range(2 * B):
        if i <= B:
            partner.append(i + B)
        else:
            partner.append(i - B)
    return torch.tensor(partner, dtype=torch.long, device=device)
""",
        "With <= instead of <, the first row of the second half points to row 2B, which does not exist.",
    ),
    (
        "logits_finfo_min",
        "candidate_logits",
        """
def candidate_logits(similarity, temperature):
    n = similarity.size(0)
    self_mask = torch.eye(n, dtype=torch.bool, device=similarity.device)
    logits = similarity / temperature
    return logits.masked_fill(self_mask, torch.finfo(logits.dtype).min)
""",
        "The diagonal is the smallest finite number instead of -inf.",
    ),
    (
        "logits_mask_row_maximum",
        "candidate_logits",
        """
def candidate_logits(similarity, temperature):
    logits = similarity / temperature
    # every view is most similar to itself
    itself = logits.argmax(dim=1, keepdim=True)
    return logits.scatter(1, itself, float("-inf"))
""",
        "The largest entry of each row is left out instead of the diagonal: with equal views (ties, collapse, rounding) another candidate goes.",
    ),
    (
        "logits_log_softmax",
        "candidate_logits",
        """
def candidate_logits(similarity, temperature):
    n = len(similarity)
    scaled = similarity / temperature
    diagonal = torch.arange(n, device=scaled.device)
    scaled[diagonal, diagonal] = float("-inf")
    return F.log_softmax(scaled, dim=1)
""",
        "The log-softmax is already taken here: the loss is the same, but the entries are not similarity / temperature.",
    ),
    (
        "logits_in_place",
        "candidate_logits",
        """
def candidate_logits(similarity, temperature):
    return similarity.fill_diagonal_(float("-inf")).div(temperature)
""",
        "The diagonal of the caller's similarity matrix is overwritten with -inf.",
    ),
    (
        "loss_first_views_only_again",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    B = z1.shape[0]
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    labels = positive_index(B, z1.device)
    return F.cross_entropy(logits[:B], labels[:B])
""",
        "Only the B first views are anchors; the mean must run over all 2B views.",
    ),
    (
        "loss_times_two_tau",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    labels = positive_index(z1.size(0), device=z1.device)
    return F.cross_entropy(logits, labels) * (2 * temperature)
""",
        "The loss is scaled by 2 tau as in MoCo v3, which is right only at the default temperature of 0.5.",
    ),
    (
        "loss_one_maximum_for_all",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    logits = logits - logits.max().detach()
    target = positive_index(len(z1), z1.device)
    rows = torch.arange(len(target), device=z1.device)
    total = torch.exp(logits).sum(dim=1)
    return (torch.log(total) - logits[rows, target]).mean()
""",
        "The largest logit of the whole matrix is subtracted instead of each row's: at low temperature a row without a near view underflows to log 0.",
    ),
    (
        "loss_denominator_detached",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    sim = similarity_matrix(z1, z2)
    j = positive_index(len(z1), z1.device)
    positive = sim.gather(1, j.unsqueeze(1)).squeeze(1) / temperature
    with torch.no_grad():
        log_sum = torch.logsumexp(candidate_logits(sim, temperature), dim=1)
    return (log_sum - positive).mean()
""",
        "The denominator is computed without gradient: the value is right, but nothing repels the other views.",
    ),
    (
        "loss_default_temperature",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.1):
    check(z1, z2, temperature)
    similarity = similarity_matrix(z1, z2)
    logits = candidate_logits(similarity, temperature)
    target = positive_index(len(z1), similarity.device)
    log_p = F.log_softmax(logits, dim=1)
    return F.nll_loss(log_p, target)
""",
        "The default temperature is the paper's best, 0.1, instead of 0.5.",
    ),
]
