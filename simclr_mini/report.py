"""The report of a run: everything that result.json holds, and its table for a terminal."""

import platform
import time
from pathlib import Path

import torch
from rich.markup import escape
from rich.table import Table
from torch import Tensor

from simclr_mini.accuracy import encoder_accuracy
from simclr_mini.baselines import BASELINES, baselines
from simclr_mini.build import build_encoder, trained_on
from simclr_mini.config import Config
from simclr_mini.data import SPLITS, Images
from simclr_mini.diagnostics import alignment, effective_rank, uniformity
from simclr_mini.evaluate import as_input, images_at_once, represent
from simclr_mini.runs import read_log
from simclr_mini.simclr import SimCLR

VIEWED = 512  # images from which two views are made
RANKED = 2_000  # test images on which the effective rank of representations is measured


def report(
    config: Config,
    state: dict,
    folder: Path,
    method: SimCLR,
    data: dict[str, Images],
    fine_tune: bool,
) -> dict:
    """How accurate a trained encoder is, next to the baselines that it must beat.

    Args:
        config: the choices of the run.
        state: the checkpoint that holds the method. The folder may hold a later one by now.
        folder: the run's folder, with its log.
        method: the trained method.
        data: the splits by name.
        fine_tune: whether to fine-tune the encoder on few labels as well, which takes longer.

    Returns:
        The content of result.json. Accuracies are in [0, 1], or None if there are no labels.
    """
    untrained = build_encoder(config, trained_on(data)).to(next(method.parameters()).device)
    began = time.perf_counter()
    splits = tuple(data[name] for name in SPLITS)
    if any(images.labels is None for images in splits):
        nothing = {"knn": None, "linear_probe": None}
        test = nothing | {"few_labels": None}
        beaten = dict.fromkeys(BASELINES, nothing)
    else:
        test = encoder_accuracy(method.encoder, splits, config.seed, fine_tune)
        beaten = baselines(untrained, splits, config.seed)
    B = config.batch_size
    log = read_log(folder, state["step"])  # a run that was killed may have written more
    health = diagnostics(method, data["test"]) | {"final_loss": log[-1]["loss"]}
    health |= {"chance_loss": method.chance(B), "floor_loss": method.floor(B)}
    return {
        "data": config.data,
        "method": config.method,
        "seed": config.seed,
        "epochs": config.epochs,
        "images": {split: len(images) for split, images in data.items()},
        "wall_seconds": round(state["seconds"], 1),
        "core_seconds": round(state.get("core_seconds", 0.0), 1),
        "evaluation_seconds": round(time.perf_counter() - began, 1),
        "views_per_second": round(2 * B * len(log) / state["seconds"]),
        "test": test,
        "baselines": beaten,
        "diagnostics": health,
        "config": config.flat(),
        "machine": machine(),
    }


def machine() -> str:
    """CPU, number of threads and version of torch, needed to compare times."""
    name = platform.processor() or platform.machine()
    about = Path("/proc/cpuinfo")  # where Linux says more than "x86_64"
    if about.exists():
        lines = about.read_text().splitlines()
        name = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), name)
    return f"{name}, {torch.get_num_threads()} threads, torch {torch.__version__}"


@torch.no_grad()
def diagnostics(method: SimCLR, images: Images) -> dict[str, float]:
    """Health of representations and projections on test images.

    Alignment and uniformity are measured on views of up to 512 images, ranks on whole images.
    """
    (z1, z2), _ = project_pairs(method, images.pixels[:VIEWED])
    h = represent(method.encoder, images.pixels[:RANKED])
    z = method.projector(h.to(next(method.parameters()).device)).cpu()
    return {
        "alignment": float(alignment(z1, z2)),
        "uniformity": float(uniformity(z1) + uniformity(z2)) / 2,
        "effective_rank_h": float(effective_rank(h)),
        "effective_rank_z": float(effective_rank(z)),
    }


@torch.no_grad()
def project_pairs(method: SimCLR, pixels: Tensor, shown: int = 0) -> tuple[list[Tensor], ...]:
    """Projections of two views of each image, and the views of the first `shown` images.

    Both views are of the same image, even if the method trains with `positives="wrong"`. Large
    images are taken a few at a time, so that memory suffices. All results are on the CPU, because
    Apple's GPUs lack some operations.
    """
    trained_with, method.positives = method.eval().positives, "same"
    z, views, done = ([], []), ([], []), 0
    for some in pixels.split(images_at_once(pixels)):
        for v, x in enumerate(method.views(as_input(some, method))):
            z[v].append(method.project(x).cpu())
            views[v].append(x[: max(0, shown - done)].cpu())
        done += len(some)
    method.positives = trained_with
    return [torch.cat(one) for one in z], [torch.cat(one) for one in views]


def greatest_rank(method: SimCLR, images: Images) -> int:
    """The largest possible effective rank of h: its width, or the number of images measured."""
    return min(method.encoder.dim, RANKED, len(images))


def keep_costly(before: dict | None, result: dict) -> None:
    """Keep the earlier supervised and fine-tuned scores if this run did not measure them."""
    if before and "supervised" in before.get("baselines", {}):
        result["baselines"]["supervised"] = before["baselines"]["supervised"]
    old = ((before or {}).get("test") or {}).get("few_labels") or {}
    for share, row in (result["test"]["few_labels"] or {}).items():
        if row["fine_tune"] is None and share in old:
            row["fine_tune"] = old[share]["fine_tune"]


def table(result: dict) -> Table:
    """The accuracies of a run for a terminal."""
    count = f"{result['images']['test']:,}"
    title = f"{result['method']} on {result['data']}, accuracy on the {count} test images"
    out = Table(title=escape(title))
    for heading in ("", "k-NN", "linear probe"):
        out.add_column(heading)
    rows = {"trained": result["test"], **result["baselines"]}
    for name, row in rows.items():
        out.add_row(name, percent(row["knn"]), percent(row["linear_probe"]))
    for share, row in (result["test"]["few_labels"] or {}).items():
        tuned = row.get("fine_tune")
        text = percent(row["probe"])
        if tuned is not None:
            text += f", fine-tuned {percent(tuned)}"
        out.add_row(f"{share} of the labels", "", text)
    return out


def percent(value: float | None) -> str:
    """0.714 as 71.4%; a hyphen where there are no labels."""
    return "-" if value is None else f"{value:.1%}"
