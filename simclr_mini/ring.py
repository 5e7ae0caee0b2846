"""A ring of rows: the newest replace the oldest.

MoCo takes negatives from it (its queue), and SwAV enlarges small batches with it (its queue).
NNCLR's support set is a ring that can be searched (`nnclr.SupportSet`).

Papers: Dwibedi et al. 2021, https://arxiv.org/abs/2104.14548
He et al. 2020, https://arxiv.org/abs/1911.05722
Caron et al. 2020, https://arxiv.org/abs/2006.09882
Differs: the size need not be a multiple of what one push adds; a push may wrap around at the end.
"""

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn


class Ring(nn.Module):
    """The last rows that were pushed, of unit norm, with the image and the age of each.

    Its state is in buffers, so that a checkpoint holds it.

    Args:
        size: how many rows it holds.
        dim: d, their width.
        generator: source of randomness. The first rows are random, of unit norm.

    Attributes:
        rows: shape (size, d), of unit norm.
        images: which image each row comes from, shape (size,); -1 if it was never pushed.
        ages: how many pushes ago each row was added, shape (size,); 0: newest; -1: never.
        position: where the next row goes.
    """

    def __init__(self, size: int, dim: int, generator: Generator | None = None):
        super().__init__()
        rows = torch.randn(size, dim, generator=generator)
        self.register_buffer("rows", F.normalize(rows, dim=1))
        self.register_buffer("images", torch.full((size,), -1))
        self.register_buffer("ages", torch.full((size,), -1))
        self.register_buffer("position", torch.zeros((), dtype=torch.int64))

    def push(self, z: Tensor, images: Tensor | None = None) -> None:
        """Replace the oldest rows.

        Args:
            z: projections, shape (B, d), not normalised, B <= size, in any precision; that of the
                rows counts. Their graph is not kept.
            images: which image each comes from, shape (B,). None: unknown, stored as -1.

        Raises:
            ValueError: more projections than rows.
        """
        if len(z) > len(self.rows):
            raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
        # the next B positions, wrapping around at the end
        places = (self.position + torch.arange(len(z), device=self.rows.device)) % len(self.rows)
        # every row that was ever pushed grows older by one
        self.ages += self.ages >= 0
        # the new rows have unit norm, their images, and age 0
        self.rows[places] = F.normalize(z.detach().to(self.rows), dim=1)
        self.images[places] = -1 if images is None else images.to(self.images)
        self.ages[places] = 0
        # the next push begins after them
        self.position.copy_((self.position + len(z)) % len(self.rows))

    def filled(self) -> float:
        """Share of the rows that were pushed; the others are still random. In [0, 1]."""
        return float((self.ages >= 0).float().mean())
