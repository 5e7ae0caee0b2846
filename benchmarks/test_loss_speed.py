"""How long NT-Xent takes forward and backward, d = 128: in chunks, plain, and lightly's.

    pytest benchmarks/test_loss_speed.py -s

In chunks it should take at most 0.8 of the plain form's time, and half of lightly's. They take
turns, because a machine's speed changes, and the best times are compared. The last comparison
needs `pip install lightly torchvision`; without them it is skipped.
"""

import pytest
import torch

from simclr_mini.large_batch import nt_xent_in_chunks
from simclr_mini.nt_xent import nt_xent_loss

ROUNDS, TEMPERATURE = 9, 0.2


def step(loss, B):
    """A function that computes a loss and its gradient for a batch of B images."""
    z1, z2 = torch.randn(2, B, 128, generator=torch.Generator().manual_seed(0)).unbind()
    z1.requires_grad_(), z2.requires_grad_()
    return lambda: loss(z1, z2).backward()


def plain(z1, z2):
    return nt_xent_loss(z1, z2, TEMPERATURE)


def in_chunks(z1, z2):
    return nt_xent_in_chunks(z1, z2, TEMPERATURE)


@pytest.mark.parametrize("B", [1024, 2048])
def test_chunks_against_the_plain_form(two_threads, best_times, B):
    ours, theirs = best_times(ROUNDS, step(in_chunks, B), step(plain, B))
    print(f"\nB = {B}: in chunks {ours * 1e3:.0f} ms, plain {theirs * 1e3:.0f} ms")
    assert ours < 0.8 * theirs


def test_chunks_against_lightly(two_threads, best_times):
    lightly = pytest.importorskip("lightly.loss", reason="lightly is not installed")
    loss = lightly.NTXentLoss(temperature=TEMPERATURE)
    ours, theirs = best_times(ROUNDS, step(in_chunks, 2048), step(loss, 2048))
    print(f"\nB = 2,048: in chunks {ours * 1e3:.0f} ms, lightly {theirs * 1e3:.0f} ms")
    assert ours < 0.5 * theirs
