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
    (
        "sm_one_length",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    feats = torch.vstack((z1, z2))
    if feats.dtype not in (torch.float32, torch.float64):
        feats = feats.float()
    lengths = feats.square().sum(dim=-1).sqrt().clamp_min(1e-8)
    gram = torch.einsum("id,jd->ij", feats, feats)
    return gram / lengths[:, None]
""",
        "Every inner product is divided by the length of the row's view only, not by that of the column's, so the entries are not cosines.",
    ),
    (
        "pi_wrong_flip",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    table = torch.arange(2 * B, device=device).reshape(2, B)  # first views above, second views below
    swapped = table.flip(1)
    return swapped.reshape(-1)
""",
        "The table of rows is flipped along the images instead of along the two views, so B = 3 gives 2 1 0 5 4 3.",
    ),
    (
        "cl_half_diagonal",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    n_images = similarity.shape[0] // 2
    scores = torch.true_divide(similarity, temperature).clone()
    here = torch.arange(n_images, device=scores.device)
    scores[here, here] = -float("inf")
    return scores
""",
        "Only the first B rows have their own view removed; the second views stay candidates of themselves.",
    ),
    (
        "nx_sum_over_B",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    n = z1.shape[0]
    sims = similarity_matrix(z1, z2)
    logits = candidate_logits(sims, temperature)
    attract = torch.cat([logits.diagonal(n), logits.diagonal(-n)])
    everyone = torch.logsumexp(logits, dim=1)
    return (everyone - attract).sum() / n
""",
        "The sum over the 2B views is divided by B instead of by 2B, so the loss is twice too large.",
    ),
    (
        "sm_order_and_clamp",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    wide = torch.promote_types(z1.dtype, torch.float32)
    units = []
    for half in (z2, z1):
        half = half.to(wide)
        size = torch.linalg.vector_norm(half, dim=1, keepdim=True)
        units.append(half / size.clamp(min=1.0))
    units = torch.cat(units, dim=0)
    return torch.matmul(units, units.transpose(0, 1))
""",
        "z2's views come first in rows and columns, and the norm is clamped at 1, so rows shorter than 1 are not scaled to unit norm.",
    ),
    (
        "pi_numpy_int32_cpu",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    import numpy as np

    partner = np.empty(2 * B, dtype=np.int32)
    for i in range(B):
        partner[i] = i + B
        partner[i + B] = i
    return torch.from_numpy(partner)
""",
        "The result is int32 instead of int64, and it stays on the CPU whatever the device asked for.",
    ),
    (
        "cl_zero_and_shift",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    logits = similarity / temperature
    top, _ = torch.max(logits, dim=1, keepdim=True)
    logits = logits - top.detach()  # stable softmax
    keep = 1 - torch.eye(logits.size(0), dtype=logits.dtype, device=logits.device)
    return logits * keep
""",
        "The view itself gets the logit 0 instead of -inf, and every row is shifted by its largest logit, so entries are not similarity / temperature.",
    ),
    (
        "nx_first_anchors_no_positive_below",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    B = len(z1)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    partner = positive_index(B, z1.device)
    total = logits.new_zeros(())
    for i in range(B):
        j = int(partner[i])
        rest = torch.cat([logits[i, :j], logits[i, j + 1 :]])
        total = total + torch.logsumexp(rest, 0) - logits[i, j]
    return total / B
""",
        "Only the first views are anchors, and the positive is missing from the sum in the denominator.",
    ),
    (
        "nx_clip",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    n = len(z1)
    cross = similarity_matrix(z1, z2)[:n, n:] / temperature  # z1 against z2
    labels = torch.arange(n, device=z1.device)
    one_way = F.cross_entropy(cross, labels)
    other_way = F.cross_entropy(cross.T, labels)
    return (one_way + other_way) / 2
""",
        "This is CLIP's symmetric InfoNCE: each view has only the B views of the other half as candidates, not 2B - 1.",
    ),
    (
        "sm_from_distance",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat((z1, z2), 0)
    z = z if z.dtype == torch.float64 else z.to(torch.float32)
    squares = (z * z).sum(1)
    distance2 = squares[:, None] + squares[None, :] - 2 * z.mm(z.t())
    return 1 - distance2 / 2  # |u - v|^2 = 2 - 2 cos
""",
        "The cosine is computed as 1 - |u - v|^2 / 2, which holds for unit vectors only, and nothing is normalised.",
    ),
    (
        "pi_diagonal_dropped",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    rows = torch.arange(B, device=device)
    # a row has 2B - 1 candidates, so columns to the right of the view itself move up by one
    return torch.cat([rows + B - 1, rows])
""",
        "The index counts columns of a matrix whose diagonal was cut out, as in other implementations, so B = 3 gives 2 3 4 0 1 2.",
    ),
    (
        "cl_in_place",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    similarity.div_(temperature)
    similarity.fill_diagonal_(float("-inf"))
    return similarity
""",
        "The caller's similarity matrix is itself divided and masked in place and returned, so it no longer holds cosines afterwards.",
    ),
    (
        "sm_widen_too_late",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    both = torch.cat([z1, z2], dim=0)
    squared = (both * both).sum(dim=1, keepdim=True)
    unit = both / squared.sqrt().clamp(min=1e-6)
    if unit.dtype in (torch.float16, torch.bfloat16):
        unit = unit.float()
    return torch.inner(unit, unit)
""",
        "Half precision is widened only after the normalisation, so squares overflow in float16 and large projections get a cosine of 0.",
    ),
    (
        "nx_log_eps",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    answer = positive_index(z1.size(0), z1.device)
    share = torch.softmax(logits, dim=-1).gather(-1, answer.unsqueeze(-1)).squeeze(-1)
    return torch.log(share + 1e-8).neg().mean()
""",
        "The log is taken of the share plus 1e-8, so at a low temperature the loss of a view is cut off near 18.4 and its gradient vanishes.",
    ),
    (
        "norm_by_sqrt",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat([z1, z2])
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    length = z.pow(2).sum(1, keepdim=True).sqrt().clamp(min=1e-8)
    z = z / length
    return z @ z.T
""",
        "If a projection is all zeros the similarities are right (0), but the derivative of sqrt at 0 is infinite and 0 times infinity is NaN: one dead row gives its view a NaN gradient and the next step ruins every weight.",
    ),
    (
        "cosine_by_broadcasting",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat([z1, z2])
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    return F.cosine_similarity(z[:, None], z[None], dim=2, eps=1e-8)
""",
        "It builds all (2B, 2B, d) products, and keeps them for the backward pass: a batch of 4,096 images with d = 128 needs more than 34 GB for each such tensor, where the matrix of similarities has 0.27 GB.",
    ),
    (
        "only_float16_widened",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat([z1, z2])
    if z.dtype == torch.float16:
        z = z.float()
    z = F.normalize(z, dim=1, eps=1e-8)
    return z @ z.T
""",
        "bfloat16 projections are not widened: the cosines come back in bfloat16 with two or three digits, so at temperature 0.1 logits are wrong by several hundredths and the loss is not float32.",
    ),
    (
        "index_cached_by_size",
        "positive_index",
        """
def positive_index(B: int, device=None, made={}) -> Tensor:
    if B not in made:
        made[B] = torch.arange(2 * B, device=device).roll(B)
    return made[B]
""",
        "The tensor of the first call with this B is returned again: a later call for another device gets the old device's tensor (loss on the CPU first, then on a GPU: crash), and a caller that changes its index changes everyone's.",
    ),
    (
        "index_on_cpu_by_default",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    return torch.arange(2 * B, device=device or "cpu").roll(B)
""",
        "No device, and device 0, mean the CPU instead of torch's default device (or the first GPU): with torch.set_default_device the index lies on another device than everything else, and indexing crashes.",
    ),
    (
        "in_place_at_temperature_one",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    logits = similarity if temperature == 1 else similarity / temperature
    return logits.fill_diagonal_(float("-inf"))
""",
        "At temperature 1 nothing is copied, so the diagonal of the caller's similarity matrix becomes -inf: its mean or any statistic taken afterwards is -inf, and a leaf that needs a gradient raises.",
    ),
    (
        "masks_every_cosine_of_one",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    logits = similarity / temperature
    itself = similarity > 1 - 1e-6  # only a view itself has a cosine of 1
    return logits.masked_fill(itself, float("-inf"))
""",
        "Every candidate with a cosine of 1 is left out, not only the view itself: if both views of an image, or two images, have equal projections (no changes, duplicates, collapse), the positive is -inf and the loss infinite or NaN; a row of zeros keeps itself as candidate.",
    ),
    (
        "grad_mode_switched_on",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    torch.set_grad_enabled(False)  # an index needs no gradient
    target = positive_index(len(z1), z1.device)
    torch.set_grad_enabled(True)
    similarity = similarity_matrix(z1, z2)
    return F.cross_entropy(candidate_logits(similarity, temperature), target)
""",
        "It leaves gradients switched on whatever they were: called inside torch.no_grad() (a validation loss, a momentum update in the same block), all that follows in the block records graphs, so memory grows and in-place updates of parameters raise.",
    ),
    (
        "nan_becomes_zero",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    similarity = similarity_matrix(z1, z2)
    target = positive_index(len(z1), z1.device)
    loss = F.cross_entropy(candidate_logits(similarity, temperature), target)
    return torch.nan_to_num(loss)
""",
        "If the network has diverged and z holds a NaN, the loss is 0, the best value of all, with no gradient: the run goes on, nobody is told, and the broken epoch is kept as the best one.",
    ),
    (
        "largest_of_the_matrix",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    target = positive_index(len(z1), z1.device)
    largest = logits.max()  # so that no exp overflows
    log_sum = (logits - largest).exp().sum(1).log() + largest
    positive = logits.gather(1, target[:, None])[:, 0]
    return (log_sum - positive).mean()
""",
        "It subtracts the largest logit of the whole matrix, not of each row: at temperature 0.01 or below, a view whose best candidate has a cosine 1.04 lower than the best pair of the batch has all its exponentials underflow to 0, and the loss is -inf with NaN gradients.",
    ),
    (
        "sim_columns_order",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    both = torch.vstack((z2, z1))
    both = both.to(torch.promote_types(both.dtype, torch.float32))
    unit = both / both.norm(dim=0, keepdim=True).clamp_min(1e-8)
    return torch.einsum("id,jd->ij", unit, unit)
""",
        "Two slips: columns are normalised instead of rows, and z2's views come first.",
    ),
    (
        "positive_rolled_wrong_way",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    table = torch.arange(2 * B).reshape(2, B)
    return torch.roll(table, shifts=1, dims=1).flatten()
""",
        "Two slips: the table is rolled along the images instead of the views, so partners are other images of the same half, and the device is forgotten.",
    ),
    (
        "logits_times_tau_zero_diagonal",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    n = similarity.shape[0]
    off = 1 - torch.eye(n, dtype=similarity.dtype, device=similarity.device)
    return similarity * temperature * off
""",
        "Two slips: it multiplies by the temperature instead of dividing, and the diagonal is 0 instead of -inf.",
    ),
    (
        "loss_one_side_summed",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    n = z1.shape[0]
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    wanted = positive_index(n, z1.device)
    return F.cross_entropy(logits[:n], wanted[:n], reduction="sum")
""",
        "Two slips: only the first views are anchors, and their losses are summed instead of averaged.",
    ),
    (
        "sim_half_norms",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat((z1, z2), dim=0)
    length = (z * z).sum(dim=1, keepdim=True).sqrt()
    wide = torch.promote_types(z.dtype, torch.float32)
    unit = z.to(wide) / length.to(wide).clamp_min(1e-8)
    return unit.mm(unit.t())
""",
        "The squares are summed before half precision is widened: float16 rows with an entry of 256 or more, or a norm above 256, get an infinite length and cosine 0 with everything.",
    ),
    (
        "sim_zero_row_nan",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat((z1, z2))
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    gram = torch.einsum("ik,jk->ij", z, z)
    length = z.norm(dim=1)
    return gram / torch.outer(length, length)
""",
        "A row of zeros, which a dead or collapsed head gives, is divided by a length of 0: its row and column are NaN, and so are the loss and every weight after the step.",
    ),
    (
        "positive_on_default_device",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    second = torch.arange(B, 2 * B)
    first = torch.arange(0, B)
    return torch.hstack((second, first))
""",
        "The argument device is ignored, so with projections on a GPU the targets are on the CPU and the cross entropy raises.",
    ),
    (
        "logits_in_place_2",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    similarity /= temperature
    return similarity.fill_diagonal_(-float("inf"))
""",
        "The caller's similarity matrix is divided and its diagonal overwritten, so it no longer holds cosines, and a second call divides by the temperature twice.",
    ),
    (
        "loss_one_maximum",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    B = len(z1)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    logits = logits - logits.max().detach()
    mate = positive_index(B, z1.device).unsqueeze(1)
    numerator = logits.gather(1, mate).squeeze(1)
    denominator = logits.exp().sum(dim=1).log()
    return (denominator - numerator).mean()
""",
        "The largest logit of the whole matrix is subtracted instead of each row's: at a low temperature such as 0.005 a view far from all others has exponentials that are all 0, and the loss is -inf or wrong and its gradient NaN.",
    ),
    (
        "loss_other_view_detached",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    B = z1.shape[0]
    mate = positive_index(B, z1.device)
    top = candidate_logits(similarity_matrix(z1, z2.detach()), temperature)[:B]
    bottom = candidate_logits(similarity_matrix(z1.detach(), z2), temperature)[B:]
    halves = F.cross_entropy(top, mate[:B]), F.cross_entropy(bottom, mate[B:])
    return sum(halves) / 2
""",
        "In each half the other view is detached: the loss is right, but a view gets no gradient as a candidate of the other view, so the gradient is not that of the loss.",
    ),
    (
        "norm_of_the_whole_matrix",
        "similarity_matrix",
        """
def similarity_matrix(z1, z2):
    views = torch.cat((z1, z2), 0)
    if views.dtype != torch.float64:
        views = views.to(torch.float32)
    views = views / torch.linalg.norm(views)
    return torch.mm(views, views.t())
""",
        "Usual (NumPy). norm without a dimension is one number for the whole matrix; each row must be scaled to unit norm by itself.",
    ),
    (
        "labels_as_in_clip",
        "positive_index",
        """
def positive_index(B, device=None):
    image = torch.arange(B, device=device)
    return torch.cat([image, image])
""",
        "Usual. 0 1 2 0 1 2 is the number of each view's image and not the row of its other view; B = 3 must give 3 4 5 0 1 2.",
    ),
    (
        "softmax_twice",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    scores = candidate_logits(similarity_matrix(z1, z2), temperature)
    shares = scores.softmax(dim=-1)
    right = positive_index(z1.shape[0], z1.device)
    return F.cross_entropy(shares, right)
""",
        "Usual (Keras). F.cross_entropy gets probabilities instead of logits, so there are two softmaxes; it must get the logits.",
    ),
    (
        "large_negative_number",
        "candidate_logits",
        """
def candidate_logits(similarity, temperature):
    n = similarity.shape[0]
    itself = torch.eye(n, device=similarity.device, dtype=similarity.dtype)
    return similarity / temperature - 1e4 * itself
""",
        "Subtle. The view itself gets about -10,000 instead of -inf; an entry that is not a candidate must be exactly -inf.",
    ),
    (
        "small_number_in_the_log",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    B = len(z1)
    probability = torch.softmax(candidate_logits(similarity_matrix(z1, z2), temperature), dim=1)
    row = torch.arange(2 * B, device=z1.device)
    chosen = probability[row, positive_index(B, z1.device)]
    return -torch.log(chosen + 1e-8).mean()
""",
        "Subtle. log(p + 1e-8) bounds the loss of a view at 18.4 and kills its gradient; at a low temperature that is wrong. It must be a log-softmax without an added number.",
    ),
    (
        "widened_too_late",
        "similarity_matrix",
        """
def similarity_matrix(z1, z2):
    unit = torch.cat([F.normalize(z1, dim=1), F.normalize(z2, dim=1)])
    unit = unit.to(torch.promote_types(unit.dtype, torch.float32))
    return unit @ unit.T
""",
        "In use. Half precision is normalised first and widened afterwards, so the square of a number above 255 overflows and the digits are lost; it must be widened first.",
    ),
    (
        "short_rows_not_normalised",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    views = torch.cat([z1, z2])
    views = views.to(torch.promote_types(views.dtype, torch.float32))
    unit = F.normalize(views, dim=1, eps=1e-4)  # safe for a row of zeros
    return unit @ unit.T
""",
        "Rows shorter than 1e-4 (a collapsing head, or a last layer started near zero) are not scaled to unit norm, so their cosines shrink towards 0, and the gradient is wrong. Contradicts 'Cosine similarity ... not normalised' and the page's 'The lengths of vectors must not matter'.",
    ),
    (
        "index_cached_and_handed_out",
        "positive_index",
        """
def positive_index(B: int, device=None, _made: dict = {}) -> Tensor:
    device = torch.device(torch.get_default_device() if device is None else device)
    if (B, device) not in _made:
        rows = torch.arange(2 * B, device=device)
        _made[B, device] = (rows + B) % (2 * B)
    return _made[B, device]
""",
        "Every call with the same B hands out the same tensor, so a caller that changes its targets in place (target += offset) spoils all later losses. Contradicts 'B = 3 gives 3 4 5 0 1 2', in each call.",
    ),
    (
        "in_place_at_temperature_one_2",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    logits = similarity
    if temperature != 1:
        logits = similarity / temperature
    return logits.fill_diagonal_(-float("inf"))
""",
        "At temperature 1 nothing is divided, and -inf is written into the diagonal of the caller's similarities: a later use of them (a meter, another temperature) sees -inf. Contradicts the docstring: it returns logits and does not say that similarity is changed.",
    ),
    (
        "one_maximum_for_all_rows",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    target = positive_index(len(z1), z1.device)
    logits = logits - logits.detach().max()  # no exponential overflows
    positive = logits.gather(1, target[:, None])[:, 0]
    return (logits.exp().sum(dim=1).log() - positive).mean()
""",
        "The largest logit of the whole matrix is subtracted, not that of the row: at temperature 0.01, if one pair is nearly equal and some view has no candidate with a cosine near 0 or above, its whole row underflows and the loss is inf. Contradicts 'The loss must also be right at tau = 0.01, without infinities'.",
    ),
    (
        "correlation_for_cosine",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    views = torch.cat((z1, z2))
    if views.dtype in (torch.float16, torch.bfloat16):
        views = views.float()
    # normalised inner products of all pairs of rows, in one call
    return torch.corrcoef(views)
""",
        "torch.corrcoef (as np.corrcoef) subtracts each row's own mean before it normalises. Against 'Cosine similarity of every view with every view' and 'scale every row to unit norm; the inner product is then the cosine'. Shape, dtype, symmetry, diagonal and independence of lengths are right; nearly right for wide random rows of mean 0; clearly wrong for small d or rows with a mean (the page's (1, 0) and (0, 1) get -1 instead of 0).",
    ),
    (
        "views_backwards",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    # first views from the front, second views from the back
    return torch.arange(2 * B - 1, -1, -1, device=device)
""",
        "Reverses the order, as if the rows were a b c C B A. Against 'B = 3 gives 3 4 5 0 1 2' and 'they are b and b + B'. It is its own inverse and always names a row of the other half; right for B = 1 and for the middle image of an odd B, wrong otherwise.",
    ),
    (
        "smallest_number_instead_of_minus_infinity",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    itself = torch.eye(len(similarity), dtype=torch.bool, device=similarity.device)
    lowest = torch.finfo(similarity.dtype).min  # minus infinity ends in NaN sooner or later
    return (similarity / temperature).masked_fill(itself, lowest)
""",
        "Fills with the lowest finite number. Against 'An entry that is not a candidate is -inf'. The loss is the same in nearly all cases; shows on the diagonal of the result itself (it is finite, not -inf).",
    ),
    (
        "only_first_views_seek",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    B = len(z1)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    target = positive_index(B, logits.device)
    # the cosine is symmetric: the second half of the rows would count every pair again
    return F.cross_entropy(logits[:B], target[:B])
""",
        "Only the first views are anchors. Against 'averaged over all 2B views i' and 'averaged over the views'. The similarity is symmetric, but the softmax is not: the page's example gives (0.627 + 0.627) / 2 = 0.627 instead of 0.871. Right if all projections are equal (ln(2B - 1)) and if swapping z1 and z2 changes nothing.",
    ),
    (
        "normalised_before_it_is_widened",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    views = F.normalize(torch.cat((z1, z2)), dim=1)
    # products of unit vectors are summed in single precision
    if views.dtype != torch.float64:
        views = views.float()
    return views @ views.T
""",
        "Normalises in half precision and widens afterwards. Against 'collect all 2B views in one matrix, in float32 or float64', then scale, and 'half precision cannot hold the square of a large number' (page: 'Convert half precision to float32 first'). Right for float32 and float64; for float16 / bfloat16 the result is float32 but rounded to 3 (2) digits, e.g. the diagonal is not 1 to 1e-5, and rows whose norm exceeds 65,504 become 0.",
    ),
    (
        "one_maximum_for_all_rows_2",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    # only ratios matter: subtract the largest logit from all, so that no exp overflows
    logits = logits - logits.max().detach()
    target = positive_index(len(z1), logits.device)
    positive = logits.gather(1, target[:, None])[:, 0]
    total = logits.exp().sum(dim=1)
    return (total.log() - positive).mean()
""",
        "Subtracts the maximum of the whole matrix instead of each row's, and takes a log of a sum of exps. Against step 5: 'The loss must also be right at tau = 0.01, without infinities'. Right at ordinary temperatures; at 0.01 in float32 a row whose candidates are all more than about 1.03 below the most similar pair's cosine underflows to log 0 = -inf (e.g. one tight pair and a view that points away from all others); also imprecise between 0.87 and 1.03.",
    ),
    (
        "a_matching_of_all_views",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    views = 2 * len(z1)
    log_p = candidate_logits(similarity_matrix(z1, z2), temperature)

    # Partners find *each other*: if A is the partner of a, then a is the partner of A, and no
    # view can be the partner of two. So the shares form one table in which every row sums to 1
    # (each view has one partner) and every column sums to 1 (each view is one view's partner).
    # Scale rows and columns in turn until both hold (Sinkhorn), in logarithms for low temperatures.
    def scaled(table, dim):
        return table - table.logsumexp(dim, keepdim=True)

    for _ in range(20):
        log_p = scaled(log_p, dim=0)
        log_p = scaled(log_p, dim=1)

    itself = torch.arange(views, device=log_p.device)
    partner = positive_index(len(z1), log_p.device)
    return -log_p[itself, partner].mean()
""",
        "Takes the shares for one doubly stochastic matching of all views (Sinkhorn) instead of a softmax for each anchor. Against the formula l(i, j) = -log(exp(s_ij / tau) / sum over k of exp(s_ik / tau)), where each view's sum runs over its own candidates only. It is stable, symmetric, sends gradient to both views and gives ln(2B - 1) if all projections are equal; wrong wherever the rows' sums differ (the page's example is not 0.871).",
    ),
    (
        "similarity_interleaved",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    B, d = z1.shape
    views = torch.stack((z1, z2), dim=1).reshape(2 * B, d)
    if views.dtype != torch.float64:
        views = views.float()
    views = F.normalize(views, dim=1)
    return views @ views.T
""",
        "the two views of an image are neighbours (1a 1b 2a 2b ...); breaks 'Rows and columns hold z1's views first, then z2's'",
    ),
    (
        "positive_reversed",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    rows = torch.arange(2 * B, device=device)
    return rows.flip(0)
""",
        "the whole list is reversed instead of the two halves being exchanged; B = 3 gives 5 4 3 2 1 0, not 3 4 5 0 1 2",
    ),
    (
        "logits_large_number",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    logits = similarity / temperature
    for view in range(len(logits)):
        logits[view, view] = -1e4
    return logits
""",
        "the diagonal holds -10000 instead of -inf; breaks 'An entry that is not a candidate is -inf, so that exp makes it exactly 0'",
    ),
    (
        "loss_across_only",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    B = len(z1)
    across = similarity_matrix(z1, z2)[:B, B:] / temperature  # first views against second views
    same = torch.arange(B, device=z1.device)
    return (F.cross_entropy(across, same) + F.cross_entropy(across.T, same)) / 2
""",
        "the loss of CLIP, whose candidates are only the B views on the other side; breaks 'Each view has 2B - 1 candidates' and gives ln B instead of ln(2B - 1) for equal projections",
    ),
    (
        "loss_one_maximum_11",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    logits = logits - logits.max().detach()  # nothing overflows now; the ratio stays the same
    partner = positive_index(len(z1), logits.device).unsqueeze(1)
    attract = logits.gather(1, partner).squeeze(1)
    everything = logits.exp().sum(dim=1).log()
    return (everything - attract).mean()
""",
        "subtracts the maximum of the whole matrix, not of each row; at tau = 0.01 all exponentials of a row far below it underflow, so the log is -inf. Breaks step 5: right at tau = 0.01, without infinities",
    ),
    (
        "similarity_eps_in_root",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat((z1, z2))
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    squares = (z * z).sum(dim=1, keepdim=True)
    z = z * torch.rsqrt(squares + 1e-6)  # safe for a row of zeros
    return torch.mm(z, z.t())
""",
        "1e-6 is added to the squared norm, so a projection of length 0.001 has the cosine 0.5 with itself; breaks 'The lengths of vectors must not matter' (the result is right only for projections of ordinary length)",
    ),
    (
        "always_float32",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.vstack((z1, z2)).float()  # fp16 would overflow
    lengths = z.norm(dim=1, keepdim=True)
    z = z / lengths
    return torch.einsum("id,jd->ij", z, z)
""",
        "hurried engineer: .float() also narrows float64; docstring: the result is in float64 if the projections are",
    ),
    (
        "partners_are_neighbours",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    partner = []
    for image in range(B):
        first, second = 2 * image, 2 * image + 1
        partner += [second, first]
    return torch.tensor(partner, dtype=torch.int64, device=device)
""",
        "beginner who read the paper's listing: rows 1a 1b 2a 2b ...; docstring: the order is that of similarity_matrix, B = 3 gives 3 4 5 0 1 2",
    ),
    (
        "smallest_number_for_minus_inf",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    # Mask out self-similarity. A large negative value is used instead of -inf to avoid NaNs.
    num_views = similarity.size(0)
    self_mask = torch.eye(num_views, dtype=torch.bool, device=similarity.device)
    logits = similarity.div(temperature)
    return logits.masked_fill(self_mask, torch.finfo(logits.dtype).min)
""",
        "chat assistant: fills with the smallest finite number; docstring: an entry that is not a candidate is -inf",
    ),
    (
        "denominator_of_negatives_only",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    s = similarity_matrix(z1, z2) / temperature
    partner = positive_index(len(z1)).tolist()
    n = len(s)
    losses = []
    for i in range(n):
        j = partner[i]
        # pull the positive closer, push all the negatives away
        negatives = torch.stack([s[i, k] for k in range(n) if k != i and k != j])
        losses.append(torch.logsumexp(negatives, 0) - s[i, j])
    return torch.stack(losses).mean()
""",
        "beginner with loops: the positive is left out of the sum; docstring: each view has 2B - 1 candidates, the sum runs over all k != i, and the loss is ln(2B - 1) if all projections are equal (here ln(2B - 2))",
    ),
    (
        "log_of_probability_plus_eps",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    # softmax subtracts the maximum of each row itself, so nothing overflows at a low temperature
    probability = torch.softmax(logits, dim=1)
    target = positive_index(len(z1), logits.device)
    right = probability.gather(1, target.unsqueeze(1)).squeeze(1)
    return -torch.log(right + 1e-12).mean()
""",
        "stable softmax, but then log(p + 1e-12): the loss of a view never exceeds 27.6 and its gradient vanishes; page, step 5: the loss must also be right at tau = 0.01 (where it can reach 200), 'Never take the log of an exp'",
    ),
    (
        "index_from_a_cache",
        "positive_index",
        """
def positive_index(B: int, device=None, cache={}) -> Tensor:
    # the same for every step of training: build it once per batch size and device
    key = (B, torch.device(device) if device is not None else torch.get_default_device())
    if key not in cache:
        cache[key] = torch.roll(torch.arange(2 * B, device=key[1]), B)
    return cache[key]
""",
        "hurried engineer: hands out the same tensor again and again, so an in-place change by one caller reaches all later calls; docstring: 'new in each call'",
    ),
    (
        "one_norm_for_all_views",
        "similarity_matrix",
        """
def similarity_matrix(z1, z2):
    views = torch.cat((z1, z2), dim=0)
    if views.dtype != torch.float64:
        views = views.float()
    length = torch.linalg.norm(views)
    unit = views / length
    return torch.einsum("id,kd->ik", unit, unit)
""",
        "torch.linalg.norm without a dim is the norm of the whole matrix, so all views are divided by one common number; breaks 'scale every row to unit norm' and 'the lengths of vectors must not matter' (no cosine at all)",
    ),
    (
        "middle_row_on_the_wrong_side",
        "positive_index",
        """
def positive_index(B, device=None):
    partners = []
    for row in range(2 * B):
        if row <= B:
            partners.append(row + B)
        else:
            partners.append(row - B)
    return torch.tensor(partners, dtype=torch.int64, device=device)
""",
        "off by one: row B, the first of the second views, gets 2B, a row that does not exist, instead of 0; breaks 'B = 3 gives 3 4 5 0 1 2'",
    ),
    (
        "smallest_number_for_infinity",
        "candidate_logits",
        """
def candidate_logits(similarity, temperature):
    n = similarity.shape[0]
    itself = torch.eye(n, device=similarity.device).bool()
    # a huge negative number, to be safe from NaNs
    return torch.where(itself, torch.full_like(similarity, -1e9), similarity) / temperature
""",
        "the diagonal holds -1e9 / temperature instead of -inf; breaks 'an entry that is not a candidate is -inf'",
    ),
    (
        "only_the_other_half_competes",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    B = z1.size(0)
    sim = similarity_matrix(z1, z2)
    logits_12 = sim[:B, B:] / temperature
    logits_21 = sim[B:, :B] / temperature
    labels = torch.arange(B, device=z1.device)
    loss_12 = F.cross_entropy(logits_12, labels)
    loss_21 = F.cross_entropy(logits_21, labels)
    return (loss_12 + loss_21) / 2
""",
        "the loss of CLIP: a view competes only with views of the other half, so it has B candidates; breaks 'each view has 2B - 1 candidates' and 'ln(2B - 1) if all projections are equal'",
    ),
    (
        "the_most_similar_one_is_me",
        "candidate_logits",
        """
def candidate_logits(similarity, temperature):
    logits = similarity / temperature
    # every view is most similar to itself, so the maximum of a row is the view itself
    me = logits.argmax(dim=1, keepdim=True)
    return logits.scatter(1, me, float("-inf"))
""",
        "finds the view itself by its value, not by its place; where two views are equal (or differ by rounding), another candidate, often the partner, is removed and the view stays; breaks 'a view is not its own candidate' and 'ln(2B - 1) if all projections are equal'",
    ),
    (
        "one_maximum_for_all_rows_13",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature)
    partner = positive_index(len(z1), z1.device)
    # subtract the largest logit, so that exp cannot overflow
    logits = logits - logits.max().detach()
    weights = torch.exp(logits)
    right = logits[torch.arange(len(logits), device=z1.device), partner]
    return (torch.log(weights.sum(dim=1)) - right).mean()
""",
        "subtracts the largest logit of the whole matrix instead of that of each row; at tau = 0.01 a row whose cosines are all about 1 or more below the largest has a sum that underflows to 0, and log(0) makes the loss infinite; breaks 'the loss must also be right at tau = 0.01, without infinities'",
    ),
    (
        "sim_views_alternate",
        "similarity_matrix",
        """
def similarity_matrix(z1, z2):
    dtype = torch.float64 if z1.dtype == torch.float64 else torch.float32
    n, d = z1.shape
    # like np.stack(...).reshape(...): both views in one array
    both = torch.stack([z1, z2], dim=1).reshape(2 * n, d).to(dtype)
    length = torch.linalg.norm(both, dim=1, keepdim=True).clamp(min=1e-12)
    unit = both / length
    return unit @ unit.T
""",
        "the rows are 1a 1b 2a 2b ... because of stack along axis 1; breaks 'Rows and columns hold z1's views first, then z2's' (written by a NumPy user)",
    ),
    (
        "positive_float",
        "positive_index",
        """
def positive_index(B, device=None):
    partner = torch.zeros(2 * B, device=device)
    for b in range(B):
        partner[b] = b + B
        partner[b + B] = b
    return partner
""",
        "the values are right, but torch.zeros makes float32, which cannot serve as an index or a class; breaks 'Shape (2B,), int64' (written by a beginner)",
    ),
    (
        "itself_gets_lowest_cosine",
        "candidate_logits",
        """
def candidate_logits(similarity, temperature):
    n = similarity.shape[0]
    s = similarity.clone()
    # -1 is the smallest cosine there is, so the view itself is the worst possible candidate
    s[range(n), range(n)] = -1.0
    return s / temperature
""",
        "the view itself stays in the sum with exp(-1/tau); breaks 'An entry that is not a candidate is -inf, so that exp makes it exactly 0' (written by a physicist)",
    ),
    (
        "loss_of_first_views_only",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    n = len(z1)
    sim = similarity_matrix(z1, z2)
    logits = candidate_logits(sim, temperature)
    # anchors = z1, the right answers are in the second half
    labels = torch.arange(n, device=z1.device) + n
    return F.cross_entropy(logits[:n], labels)
""",
        "only the B first views are anchors; breaks 'averaged over all 2B views i' (in the page's example 0.627 and so on of a and b only, not 0.871; written by a hurried engineer)",
    ),
    (
        "zero_row_where_nan_gradient",
        "similarity_matrix",
        """
def similarity_matrix(z1, z2):
    z = torch.cat((z1, z2), dim=0)
    if z.dtype != torch.float64:
        z = z.float()
    # the biggest entry goes first, so that no square can overflow
    largest = z.detach().abs().amax(dim=1, keepdim=True)
    z = z / torch.where(largest > 0, largest, torch.ones_like(largest))
    norm = z.square().sum(dim=1, keepdim=True).sqrt()
    # a row of zeros has no direction: it stays zero instead of 0 / 0
    unit = torch.where(norm > 0, z / norm, torch.zeros_like(z))
    return unit.mm(unit.t())
""",
        "the values are right, also for rows of zeros, but where() sends 0 * nan back through 0/0 and sqrt(0); breaks 'A row of zeros has similarity 0 with all rows, and a finite gradient'",
    ),
    (
        "max_over_the_view_itself",
        "nt_xent_loss",
        """
def nt_xent_loss(z1, z2, temperature=0.5):
    check(z1, z2, temperature)
    B = z1.shape[0]
    scaled = similarity_matrix(z1, z2) / temperature
    # log-sum-exp trick: the ratio of exponentials is the same if the largest logit is subtracted
    scaled = scaled - scaled.max(dim=1, keepdim=True).values.detach()
    others = 1.0 - torch.eye(2 * B, dtype=scaled.dtype, device=scaled.device)
    log_denominator = (scaled.exp() * others).sum(dim=1).log()
    partner = positive_index(B, scaled.device)
    log_numerator = scaled.gather(1, partner.unsqueeze(1)).squeeze(1)
    return (log_denominator - log_numerator).mean()
""",
        "the largest logit is always that of the view with itself (1/tau), which is then masked out: if all candidates have a cosine well below 1, every exponential underflows at low tau and the log is -inf (as in a public SupCon code); breaks 'The loss must stay right at tau = 0.01 and below, without infinities'",
    ),
    (
        "always_float32_15",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    # half precision is too small, so convert everything first
    first = z1.float()
    second = z2.float()
    views = torch.cat((first, second))
    # compare every row with every other row
    return F.cosine_similarity(views.unsqueeze(1), views.unsqueeze(0), dim=2)
""",
        "beginner: .float() also narrows float64; breaks 'in float64 if the projections are, otherwise in float32'",
    ),
    (
        "index_made_of_zeros",
        "positive_index",
        """
def positive_index(B: int, device=None) -> Tensor:
    result = torch.zeros(2 * B, device=device)
    for i in range(B):
        result[i] = i + B
        result[i + B] = i
    return result
""",
        "beginner: torch.zeros is float32, so the numbers are right and the type is not; breaks 'Shape (2B,), int64' (it cannot be used as an index or as a class)",
    ),
    (
        "minus_inf_times_eye",
        "candidate_logits",
        """
def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    n = similarity.shape[0]
    penalty = torch.eye(n, dtype=similarity.dtype, device=similarity.device) * -float("inf")
    return similarity / temperature + penalty
""",
        "NumPy user: 0 * -inf is nan, so everything beside the diagonal becomes nan; breaks 'similarity / temperature' for all candidates",
    ),
    (
        "formula_as_printed",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    B = z1.size(0)
    s = similarity_matrix(z1, z2)
    e = torch.exp(s / temperature)
    top = e[torch.arange(2 * B, device=s.device), positive_index(B, s.device)]
    bottom = e.sum(dim=1) - e.diagonal()
    return -torch.log(top / bottom).mean()
""",
        "physicist: types equation 1 as it is printed; exp(1 / 0.01) overflows float32, inf / inf is nan, and near there the subtraction of the diagonal loses all digits; breaks step 5 of the page ('must stay right at tau = 0.01 and below')",
    ),
    (
        "root_of_zero",
        "similarity_matrix",
        """
def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    z = torch.cat([z1, z2], dim=0)
    if z.dtype != torch.float64:
        z = z.to(torch.float32)
    # a row of zeros must not divide by zero
    length = z.pow(2).sum(dim=1, keepdim=True).sqrt().clamp(min=1e-12)
    unit = z / length
    return unit.matmul(unit.t())
""",
        "physicist: the clamp comes after the root, whose slope at 0 is infinite: the similarities are all right, but the gradient of a row of zeros is 0 * inf = nan; breaks 'and a finite gradient'",
    ),
    (
        "safe_log",
        "nt_xent_loss",
        """
def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    check(z1, z2, temperature)
    sim = similarity_matrix(z1, z2)
    targets = positive_index(len(z1), device=sim.device)

    # softmax subtracts the row maximum internally, so this is numerically stable
    probs = F.softmax(candidate_logits(sim, temperature), dim=-1)
    p_positive = probs.gather(dim=-1, index=targets.unsqueeze(-1)).squeeze(-1)

    # small constant avoids log(0)
    return -(p_positive + 1e-12).log().mean()
""",
        "chat assistant: no infinities, but the loss of a view is cut off at -log(1e-12) = 27.6, while at tau = 0.01 a partner that is 0.5 less similar than another view costs 50; breaks step 5 of the page ('The loss must stay right at tau = 0.01 and below'; 'Never take the log of an exp')",
    ),
]
