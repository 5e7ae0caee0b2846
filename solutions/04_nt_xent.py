"""Lesson 4: correct ways to write NT-Xent, from equation 1 in loops to a matrix product."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from lessons.course.ways import way


def widened(z):
    """Half precision as float32."""
    return z.to(torch.promote_types(z.dtype, torch.float32))


@way("similarity_matrix", "loops")
def similarity_in_loops(z1, z2):
    """Compute sim(u, v) = u·v / (|u| |v|) for each pair."""
    z = [widened(row) for row in [*z1, *z2]]
    rows = [[torch.dot(u, v) / (u.norm() * v.norm()).clamp(min=1e-30) for v in z] for u in z]
    return torch.stack([torch.stack(row) for row in rows])


@way("similarity_matrix", "cosine_similarity")
def similarity_by_cosine(z1, z2):
    """Use torch's cosine similarity, broadcasting (2B, 1, d) with (1, 2B, d)."""
    z = torch.cat((z1, z2), dim=0)
    z = z.float() if z.dtype in (torch.float16, torch.bfloat16) else z
    return F.cosine_similarity(z[:, None], z[None], dim=2)


@way("similarity_matrix", "blocks")
def similarity_in_blocks(z1, z2):
    """Compute four blocks of shape (B, B): first with first, first with second, and so on."""
    a, b = widened(z1), widened(z2)
    a = a / a.norm(dim=1, keepdim=True).clamp(min=1e-8)
    b = b / torch.linalg.vector_norm(b, dim=1, keepdim=True).clamp(min=1e-8)
    top = torch.hstack([torch.einsum("id,jd->ij", a, a), torch.einsum("id,jd->ij", a, b)])
    bottom = torch.hstack([torch.einsum("id,jd->ij", b, a), torch.einsum("id,jd->ij", b, b)])
    return torch.vstack([top, bottom])


@way("similarity_matrix", "product over lengths")
def similarity_of_products(z1, z2):
    """Compute all inner products in float64, then divide by the lengths."""
    kind = torch.promote_types(z1.dtype, torch.float32)
    z = torch.vstack([z1, z2]).double()
    squares = z.pow(2).sum(1)
    lengths = torch.where(squares > 0, squares, 1).sqrt()  # the products of a row of zeros are 0
    return (torch.inner(z, z) / torch.outer(lengths, lengths)).to(kind)


@way("positive_index", "loops")
def positive_in_loops(B, device=None):
    """Row b and row b + B are the two views of image b."""
    index = [0] * (2 * B)
    for b in range(B):
        index[b] = b + B
        index[b + B] = b
    return torch.tensor(index, device=device)


@way("positive_index", "two halves")
def positive_in_halves(B, device=None):
    """Join the second half and the first."""
    rows = torch.arange(2 * B, device=device)
    return torch.cat([rows[B:], rows[:B]])


@way("positive_index", "modulo")
def positive_by_modulo(B, device=None):
    """Go B rows further, modulo 2B."""
    return (torch.arange(2 * B, device=device) + B) % (2 * B)


@way("positive_index", "numpy")
def positive_in_numpy(B, device=None):
    """Put the row numbers into a table of shape (2, B), and exchange its two lines."""
    return torch.tensor(np.arange(2 * B).reshape(2, B)[::-1].reshape(-1).copy(), device=device)


@way("candidate_logits", "loops")
def logits_in_loops(similarity, temperature):
    """Compute s_ik / tau for every k except i."""
    rows = []
    for i, row in enumerate(similarity):
        rows.append(
            torch.stack(
                [s / temperature if k != i else s.new_tensor(-math.inf) for k, s in enumerate(row)]
            )
        )
    return torch.stack(rows)


@way("candidate_logits", "fill_diagonal_")
def logits_in_place(similarity, temperature):
    """Divide, which makes a copy, then fill the copy's diagonal."""
    logits = similarity / temperature
    logits.fill_diagonal_(-torch.inf)
    return logits


@way("candidate_logits", "where")
def logits_by_where(similarity, temperature):
    """Compare row and column numbers to choose."""
    rows = torch.arange(similarity.shape[0], device=similarity.device)
    other = rows.unsqueeze(1) != rows.unsqueeze(0)
    return torch.where(other, similarity * (1 / temperature), -math.inf)


@way("candidate_logits", "add a mask")
def logits_by_adding(similarity, temperature):
    """Add 0 everywhere and -inf on the diagonal."""
    mask = torch.full((len(similarity),), -math.inf, dtype=similarity.dtype).diag_embed()
    mask = torch.nan_to_num(mask, nan=0.0, neginf=-math.inf)
    return similarity.div(temperature) + mask.to(similarity)


def check(z1, z2, temperature):
    same = z1.ndim == 2 and z1.size() == z2.size()
    if not same or z1.size(0) == 1 or temperature != temperature or temperature <= 0:
        raise ValueError("a loss needs two images, two equal shapes and a temperature above 0")


@way("nt_xent_loss", "loops")
def loss_in_loops(z1, z2, temperature=0.5):
    """Compute equation 1 for each anchor."""
    check(z1, z2, temperature)
    z, B = widened(torch.cat([z1, z2])), len(z1)
    losses = []
    for i in range(2 * B):
        j = (i + B) % (2 * B)
        logits = {
            k: torch.dot(z[i], z[k]) / (z[i].norm() * z[k].norm()) / temperature
            for k in range(2 * B)
            if k != i
        }
        losses.append(torch.logsumexp(torch.stack(list(logits.values())), 0) - logits[j])
    return sum(losses) / (2 * B)


@way("nt_xent_loss", "attract and repel")
def loss_in_two_terms(z1, z2, temperature=0.5):
    """-s_ij / tau pulls the pair together, logsumexp pushes all candidates apart."""
    check(z1, z2, temperature)
    z = F.normalize(widened(torch.cat([z1, z2])), dim=1)
    s = z @ z.T / temperature
    B = len(z1)
    attract = -torch.cat([s.diagonal(B), s.diagonal(-B)])
    itself = torch.eye(2 * B, dtype=torch.bool, device=s.device)
    repel = s.masked_fill(itself, -torch.inf).logsumexp(dim=1)
    return (attract + repel).mean()


@way("nt_xent_loss", "positive first")
def loss_positive_first(z1, z2, temperature=0.5):
    """Drop each row's own column, and put the positive into column 0: every target is 0."""
    check(z1, z2, temperature)
    a, b = (F.normalize(widened(z), dim=-1) for z in (z1, z2))
    B = len(a)
    rest = ~torch.eye(B, dtype=torch.bool, device=a.device)
    positive = (a * b).sum(1, keepdim=True)

    def rows(this, other):
        near = (this @ this.T)[rest].view(B, B - 1)
        far = (this @ other.T)[rest].view(B, B - 1)
        return torch.cat([positive, far, near], dim=1) / temperature

    logits = torch.cat([rows(a, b), rows(b, a)])
    return F.cross_entropy(logits, torch.zeros(2 * B, dtype=torch.long, device=a.device))


@way("nt_xent_loss", "interleaved")
def loss_interleaved(z1, z2, temperature=0.5):
    """Order the views 1a 1b 2a 2b …, as Algorithm 1 does; the partner is row ^ 1."""
    check(z1, z2, temperature)
    z = torch.stack([z1, z2], dim=1).flatten(0, 1).double()
    z = z / z.norm(dim=1, keepdim=True)
    logits = torch.einsum("id,kd->ik", z, z) / temperature
    rows = torch.arange(len(z), device=z.device)
    logits[rows, rows] = -torch.inf
    return -logits.log_softmax(dim=0)[rows ^ 1, rows].mean()  # symmetric, so columns will do


@way("nt_xent_loss", "exp and log by hand")
def loss_by_hand(z1, z2, temperature=0.5):
    """Write the softmax out, subtract the largest logit first, and average both directions."""
    check(z1, z2, temperature)

    def one_side(anchors, partners):
        keys = torch.cat([partners, anchors])
        logits = F.cosine_similarity(anchors[:, None], keys[None], dim=-1) / temperature
        positive = logits.diagonal()
        itself = torch.eye(len(anchors), dtype=torch.bool, device=anchors.device)
        logits = logits.masked_fill(torch.cat([torch.zeros_like(itself), itself], 1), -torch.inf)
        largest = logits.detach().amax(dim=1)
        total = (logits - largest[:, None]).exp().sum(dim=1)
        return (largest + total.log() - positive).mean()

    z1, z2 = widened(z1), widened(z2)
    return (one_side(z1, z2) + one_side(z2, z1)) / 2
