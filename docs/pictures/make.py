"""The pictures of the pages: `python docs/pictures/make.py [NAME ...]` makes all, or these only.

Run it in the root of the repository. Pictures of training train first, for some minutes, and keep
what they need in runs/pictures.
"""

import importlib
import sys

from drawing import save

METHODS = ("simclr", "gsimclr", "curation", "nnclr", "deepcluster", "moco", "swav")
PICTURES = {  # name: where its function is
    "film": "film.film",
    "card": "card.card",
    "matrix-before": "batch.before",
    "matrix-after": "batch.after",
    "gradient": "batch.gradient",
    "histograms": "batch.histograms",
    "nnclr-neighbours": "logs.neighbours",
    "nnclr-queue": "company.neighbours",
    "deepcluster-sheets": "company.clusters",
    "deepcluster-clusters": "logs.clusters",
    "gsimclr-pairs": "logs.pairs",
    "curation-draws": "draws.kept",
    "fields": "depth.fields",
    "gradient-by-depth": "depth.by_depth",
    "circle": "plane.circle",
    "kmeans": "plane.steps",
} | {f"architecture-{name}": f"architecture.{name}" for name in METHODS}

if __name__ == "__main__":
    for name in sys.argv[1:] or PICTURES:
        module, function = PICTURES[name].split(".")
        save(name, getattr(importlib.import_module(module), function)())
