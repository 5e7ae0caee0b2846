"""Speed and memory of NT-Xent, plain and in chunks. Run: pytest benchmarks/test_loss_speed.py

One step is forward and backward, d = 128. With `--benchmark-json FILE` the numbers are kept.
"""

import pytest
import torch

from simclr_mini.large_batch import nt_xent_in_chunks
from simclr_mini.nt_xent import nt_xent_loss


@pytest.mark.parametrize("B", [512, 1024, 2048])
@pytest.mark.parametrize("loss", [nt_xent_loss, nt_xent_in_chunks], ids=["plain", "chunks"])
def test_forward_and_backward(benchmark, loss, B):
    z1, z2 = torch.randn(2, B, 128, generator=torch.Generator().manual_seed(0)).unbind()
    z1.requires_grad_(), z2.requires_grad_()
    benchmark.pedantic(lambda: loss(z1, z2, 0.2).backward(), warmup_rounds=1, rounds=7)
