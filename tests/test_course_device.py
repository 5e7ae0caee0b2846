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


def in_inference(x):
    with torch.inference_mode():
        y = F.linear(torch.ones(4, 3).to(x.device).div(3), x).cpu()
    return x * y.to(x)[:, :3]


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
        (lambda x: torch.arange(3) + x.sum(), "two devices meet in `add`"),
        (lambda x: torch.zeros(3).fill_(x.sum()).to(x), ""),
        (lambda x: x[ZEROS], ""),
        (lambda x: x.index_put((ZEROS,), torch.tensor(1.0)), ""),
        (lambda x: x[x.argmax(1).cpu()], ""),
        (lambda x: x[torch.randperm(4, generator=G)], ""),
        (lambda x: x + torch.rand(3, generator=G).to(x.device), ""),
        (lambda x: x * x.new_tensor([1.0, 2, 3]) * torch.tensor([3.0, 4, 5], device=x.device), ""),
        (lambda x: x + torch.as_tensor([1, 2, 3], device=x.device), ""),
        (lambda x: x * x.new_tensor([1.0, 2, 3], device="cpu"), "two devices meet in `mul`"),
        (in_inference, ""),
        # these read numbers
        (lambda x: torch.tensor(x[0].tolist()), "the result is on cpu"),
        (lambda x: torch.tensor([row.sum().item() for row in x]), "the result is on cpu"),
        (
            lambda x: x + torch.ones(3) if bool((x.norm() > 0).all()) else x,
            "two devices meet in `add`",
        ),
        (lambda x: x * len(x.mean(1).tolist()) + float(x[0, 0]), ""),
        (lambda x: x + float(x.cpu().numpy().sum()), ""),
        (lambda x: torch.arange(9)[x.argmax(1)], "two devices meet in `index`"),
        (
            lambda x: torch.zeros(9).index_put((x.argmax(1),), torch.tensor(1.0)),
            "two devices meet in `index_put`",
        ),
        (lambda x: x.clone().unsqueeze_(0)[0] + x.new_ones(3), ""),
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
