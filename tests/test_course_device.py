"""A function that would fail on a GPU is found without one."""

import subprocess
import sys

import pytest
import torch
import torch.nn.functional as F
from torch import Generator

from lessons.course.device import strays
from lessons.course.manifest import ROOT

G = Generator()
ZEROS = torch.zeros(4, dtype=torch.int64)


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (lambda x: x + torch.ones(3), "two devices meet in `add`"),
        (lambda x: F.cross_entropy(x, ZEROS), "two devices meet in `nll_loss_forward`"),
        (lambda x: x.clone().uniform_(generator=G), "two devices meet in `uniform_`"),
        (lambda x: torch.rand(3, generator=G, device=x.device), "two devices meet in `rand`"),
        (lambda x: x.exp().multinomial(1, generator=G), "two devices meet in `multinomial`"),
        (lambda x: x.index_put((ZEROS,), torch.ones(4, 3)), "two devices meet in `index_put`"),
        (lambda x: torch.empty(4, 3).copy_(x), "the result is on cpu"),
        (lambda x: (x.sum(0), torch.arange(3)), "the result is on cpu"),
        (lambda x: x.cpu(), "the result is on cpu"),
        (lambda x: x * x.sum(0).to("cpu"), "two devices meet in `mul`"),
        (lambda x: x + torch.tensor(2.0), ""),
        (lambda x: x[ZEROS], ""),
        (lambda x: x.index_put((ZEROS,), torch.tensor(1.0)), ""),
        (lambda x: x[x.argmax(1).cpu()], ""),
        (lambda x: x[torch.randperm(4, generator=G)], ""),
        (lambda x: x + torch.rand(3, generator=G).to(x.device), ""),
        # these ask for numbers, and meta has none: they cannot be judged
        (lambda x: torch.tensor(x[0].tolist()), ""),
        (lambda x: torch.tensor([row.sum().item() for row in x]), ""),
    ],
)
def test_what_a_gpu_would_refuse(f, said):
    assert strays(f, torch.randn(4, 3)) == said


def test_the_check_does_not_load_torchs_compiler():
    """It would add seconds to a learner's first verdict. A function that needs it gets it."""
    program = """
import sys, torch
from lessons.course.device import strays

assert strays(lambda x: torch.nn.functional.normalize(x / 2), torch.ones(3, 2)) == ""
assert "device" in strays(lambda x: x + torch.ones(2), torch.ones(3, 2))
assert "torch._dynamo" not in sys.modules

def needs_it(x):
    from torch._dynamo import config
    return x + torch.ones(2) if config else x

assert "device" in strays(needs_it, torch.ones(3, 2))
assert hasattr(sys.modules["torch._dynamo"], "optimize")
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
