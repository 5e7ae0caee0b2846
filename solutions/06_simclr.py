"""Lesson 6: correct ways to put SimCLR together."""

from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from lessons.course.ways import way
from simclr_mini.nt_xent import nt_xent_loss
from simclr_mini.views import one_view, two_views


@way("shuffled_batches", "loops")
def batches_in_loops(N, batch_size, generator=None):
    """Draw all images out of a hat, then yield a batch whenever it is full."""
    hat, drawn, batch = list(range(N)), [], []
    while hat:
        drawn.append(hat.pop(int(torch.randint(len(hat), (), generator=generator))))
    for image in drawn:
        batch.append(image)
        if len(batch) == batch_size:
            yield torch.tensor(batch)
            batch = []


@way("shuffled_batches", "a table of batches")
def batches_in_a_table(N, batch_size, generator=None):
    """Sort by random numbers, drop the rest, and reshape; return an iterator."""
    order = torch.rand(N, generator=generator, dtype=torch.float64).argsort()
    count = N // batch_size
    return iter(order[: count * batch_size].view(count, batch_size))


@way("shuffled_batches", "split")
def batches_by_splitting(N, batch_size, generator=None):
    """Split the order, and skip a batch that is too short."""
    for index in torch.randperm(N, generator=generator).split(batch_size):
        if len(index) == batch_size:
            yield index


@way("shuffled_batches", "samplers")
def batches_of_samplers(N, batch_size, generator=None):
    """Use the samplers of a DataLoader, with drop_last."""
    order = torch.utils.data.RandomSampler(range(N), generator=generator)
    for batch in torch.utils.data.BatchSampler(order, batch_size, drop_last=True):
        yield torch.tensor(batch)


@way("shuffled_batches", "numpy")
def batches_in_numpy(N, batch_size, generator=None):
    """Use NumPy's permutation, with a seed from the generator."""
    seed = torch.randint(2**62, (), generator=generator).item()
    order = torch.from_numpy(np.random.default_rng(seed).permutation(N))
    yield from (order[i * batch_size :][:batch_size] for i in range(N // batch_size))


@way("SimCLR.views", "loops")
def views_in_loops(self, x):
    """For each image, make one view of it, then one of it or of its neighbour."""
    away = 1 if self.positives == "wrong" else 0
    first, second = [], []
    for b in range(len(x)):
        other = (b - away) % len(x)
        first.append(one_view(x[b][None], self.recipe, self.generators["views"]))
        second.append(one_view(x[other][None], self.recipe, self.generators["views"]))
    return torch.cat(first), torch.cat(second)


@way("SimCLR.views", "roll the images")
def views_of_rolled_images(self, x):
    """Move the images before their views are made, and draw the second view first."""
    generator = self.generators["views"]
    others = x.roll(-1, dims=0) if self.positives == "wrong" else x
    x2 = one_view(others, self.recipe, generator=generator)
    return one_view(x, self.recipe, generator=generator), x2


@way("SimCLR.views", "one batch of 2B")
def views_of_doubled_batch(self, x):
    """Put every image twice into one batch, and cut the views in two afterwards."""
    both = one_view(torch.cat([x, x]), self.recipe, self.generators["views"])
    x1, x2 = both.chunk(2)
    if self.positives != "same":
        x2 = torch.cat([x2[1:], x2[:1]])
    return [x1, x2]


@way("SimCLR.views", "index")
def views_by_index(self, x):
    """Choose rows by an index."""
    x1, x2 = two_views(x, self.recipe, generator=self.generators["views"])
    rows = torch.arange(len(x))
    if self.positives == "wrong":
        rows = (rows + 1) % len(x)
    return x1, x2[rows]


@way("SimCLR.project", "loops")
def project_in_loops(self, x):
    """Apply f, then g."""
    for network in (self.encoder, self.projector):
        x = network(x)
    return x


@way("SimCLR.project", "sequential")
def project_in_sequence(self, x):
    """Join both networks into one."""
    return nn.Sequential(self.encoder, self.projector)(x)


@way("SimCLR.project", "composed")
def project_composed(self, x):
    """Reduce over a list of functions."""
    return reduce(lambda value, f: f(value), [self.encoder, self.projector], x)


@way("SimCLR.project", "functional call")
def project_functional(self, x):
    """Call the projector as a function of its parameters."""
    h = self.encoder(x)
    return torch.func.functional_call(self.projector, dict(self.projector.named_parameters()), h)


@way("SimCLR.loss", "loops")
def loss_in_loops(self, z1, z2, index):
    """Compute equation 1 for each anchor."""
    z, B = torch.cat([z1, z2]), len(z1)
    losses = []
    for i in range(2 * B):
        s = [torch.dot(z[i], v) / (z[i].norm() * v.norm()) / self.temperature for v in z]
        others = torch.stack([s[k] for k in range(2 * B) if k != i])
        losses.append(torch.logsumexp(others, 0) - s[(i + B) % (2 * B)])
    return sum(losses) / (2 * B)


@way("SimCLR.loss", "swapped")
def loss_swapped(self, z1, z2, index):
    """Exchange the two views, which does not change the loss."""
    return nt_xent_loss(temperature=self.temperature, z1=z2, z2=z1)


@way("SimCLR.loss", "by hand")
def loss_by_hand(self, z1, z2, index):
    """Take a cross entropy over the 2B views, without the view itself."""
    z = F.normalize(torch.vstack([z1, z2]).double(), dim=1)
    logits = torch.einsum("id,kd->ik", z, z) / self.temperature
    logits.fill_diagonal_(-torch.inf)
    places = torch.arange(2 * len(z1), device=z.device)
    return F.cross_entropy(logits, places.roll(len(z1)))


@way("SimCLR.loss", "both sides")
def loss_of_both_sides(self, z1, z2, index):
    """Average the losses for both orders of the views."""
    losses = [nt_xent_loss(a, b, self.temperature) for a, b in [(z1, z2), (z2, z1)]]
    return torch.stack(losses).mean()
