"""NT-Xent for large batches: equal to the plain form, in less memory."""

import subprocess
import sys

import pytest
import torch

from simclr_mini import simclr
from simclr_mini.build import build_method
from simclr_mini.data import Images
from simclr_mini.diagnostics import contrastive_accuracy
from simclr_mini.large_batch import (
    CHUNK,
    LARGE,
    NTXent,
    contrastive_accuracy_in_chunks,
    nt_xent_in_chunks,
    unit_rows,
)
from simclr_mini.methods import configure
from simclr_mini.nt_xent import nt_xent_loss

# 2B below, at, just above and far above a chunk, and no multiple of it
SIZES = [(2, 1), (3, 5), (CHUNK // 2, 4), (CHUNK // 2 + 1, 4), (101, 7)]


def two_projections(B, d, dtype=torch.float64):
    z = torch.randn(2, B, d, generator=torch.Generator().manual_seed(B), dtype=dtype)
    return [one.requires_grad_() for one in z.unbind()]


@pytest.mark.parametrize("temperature", [0.01, 0.2, 5.0])
@pytest.mark.parametrize("B, d", SIZES)
def test_value_and_gradient_are_those_of_the_plain_form(B, d, temperature):
    """At 0.01, sums of exponentials that are shifted by one constant underflow."""
    results = []
    for loss in (nt_xent_loss, nt_xent_in_chunks):
        z1, z2 = two_projections(B, d)
        value = loss(z1, z2, temperature)
        (3 * value).backward()  # the factor must reach the gradient
        results.append((value.detach(), z1.grad, z2.grad))
    for plain, large in zip(*results, strict=True):
        torch.testing.assert_close(large, plain, rtol=1e-10, atol=1e-12)


def test_the_gradient_is_that_of_the_value():
    z = unit_rows(*two_projections(CHUNK // 2 + 2, 3)).detach().requires_grad_()
    assert torch.autograd.gradcheck(lambda z: NTXent.apply(z, 0.3), z)


def test_collapse_costs_log_of_candidates():
    z = torch.ones(50, 4)
    assert nt_xent_in_chunks(z, z).item() == pytest.approx(torch.tensor(99.0).log().item())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_widened(dtype):
    z1, z2 = two_projections(9, 4, dtype)
    value = nt_xent_in_chunks(z1, z2, 0.05)
    assert value.dtype == torch.float32 and value.isfinite()
    torch.testing.assert_close(value, nt_xent_loss(z1, z2, 0.05))


@pytest.mark.parametrize("B, d", SIZES)
def test_accuracy_is_that_of_the_plain_form(B, d):
    z1, z2 = two_projections(B, d)
    assert contrastive_accuracy_in_chunks(z1, z1 + z2) == contrastive_accuracy(z1, z1 + z2)


@pytest.mark.parametrize("wrong", [(torch.ones(1, 2),) * 2, (torch.ones(3, 2), torch.ones(4, 2))])
def test_what_the_plain_form_refuses_is_refused(wrong):
    with pytest.raises(ValueError):
        nt_xent_in_chunks(*wrong)


@pytest.mark.parametrize("method", ["simclr", "gsimclr", "curation"])
@pytest.mark.parametrize("B, large", [(LARGE - 1, False), (LARGE, True)])
def test_simclr_uses_it_for_large_batches_only(monkeypatch, method, B, large):
    """At the usual sizes `nt_xent_loss` must run: it may be a learner's."""
    called = []
    for name in ("nt_xent_loss", "nt_xent_in_chunks"):
        monkeypatch.setattr(simclr, name, lambda *_, name=name: called.append(name))
    images = Images(torch.zeros(B, 3, 32, 32, dtype=torch.uint8), None, (), "none", "train")
    made = build_method(configure(method, batch_size=B), images)
    made.loss(torch.ones(B, 2), torch.ones(B, 2), torch.arange(B))
    assert called == ["nt_xent_in_chunks" if large else "nt_xent_loss"]


MEMORY = """
import resource, torch
from simclr_mini.large_batch import contrastive_accuracy_in_chunks, nt_xent_in_chunks
torch.set_num_threads(1)
def step(B):
    z1, z2 = (torch.randn(B, 16, requires_grad=True) for _ in range(2))
    nt_xent_in_chunks(z1, z2).backward()
    contrastive_accuracy_in_chunks(z1, z2)
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
step(64)
before = peak()
step(3000)
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss has another unit elsewhere")
def test_no_square_matrix_is_held():
    """At B = 3,000 one matrix of all similarities takes 137 MiB."""
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True)
    assert float(done.stdout) < 32, done.stdout + done.stderr
