"""Lesson 14, a good answer: compare with the iteration in loops, and try the edges."""

import math

import torch

from simclr_mini.swav import sinkhorn


def in_loops(scores, epsilon, iterations):
    """Columns by their sums, then rows by theirs, in Python's own numbers."""
    table = [[math.exp(s / epsilon) for s in row] for row in scores.tolist()]
    for _ in range(iterations):
        columns = [sum(column) for column in zip(*table, strict=True)]
        table = [[x / c for x, c in zip(row, columns, strict=True)] for row in table]
        table = [[x / sum(row) for x in row] for row in table]
    return torch.tensor(table, dtype=torch.float64)


def scores_of(B, K):
    return torch.randn(B, K, generator=torch.Generator().manual_seed(B), dtype=torch.float64) / 3


def test_codes_are_those_of_the_loops():
    for B, K, epsilon, iterations in [(11, 7, 0.1, 3), (4, 9, 0.2, 1), (6, 5, 0.5, 2)]:
        scores = scores_of(B, K)
        expected = in_loops(scores, epsilon, iterations)
        assert torch.allclose(sinkhorn(scores, epsilon, iterations).double(), expected, atol=1e-6)


def test_codes_sum_to_one():
    assert torch.allclose(sinkhorn(scores_of(5, 3), 0.2, 1).sum(1).double(), torch.ones(5).double())


def test_a_small_epsilon_does_not_overflow():
    scores = torch.tensor([[0.99, 0.95, 0.2], [0.9, 0.93, 0.1]])
    codes = sinkhorn(scores, 0.004, 3)
    assert torch.allclose(codes.double(), in_loops(scores.double(), 0.004, 3), atol=1e-3)


def test_half_precision():
    scores = scores_of(7, 5).bfloat16()
    codes = sinkhorn(scores, 0.05, 3).double()
    assert torch.allclose(codes, in_loops(scores.double(), 0.05, 3), atol=1e-4)


def test_codes_are_constants():
    assert not sinkhorn(scores_of(5, 3).requires_grad_()).requires_grad
