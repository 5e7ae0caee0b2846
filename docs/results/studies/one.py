"""One run of a study: FOLDER RESULT, then options as on the command line of `simclr-mini train`."""

import json
import sys
from pathlib import Path

import torch
import tyro

from simclr_mini.accuracy import encoder_accuracy, scores
from simclr_mini.build import build_method, load_splits
from simclr_mini.checkpoint import load
from simclr_mini.cli import method_in, train_command
from simclr_mini.data import SPLITS
from simclr_mini.device import number_format
from simclr_mini.evaluate import features
from simclr_mini.report import machine
from simclr_mini.runs import prepare, read_log
from simclr_mini.train import knn_accuracy, train


def measure(method, data: dict, seed: int, folder: Path) -> dict:
    """Accuracies on test images of h, and of z; k-NN on validation images; and the effort."""
    splits = tuple(data[name] for name in SPLITS)
    test = encoder_accuracy(method.encoder, splits, seed, fine_tune=False)
    result = {k: test[k] for k in ("knn", "linear_probe")}
    result |= {f"probe_{k}": v["probe"] for k, v in test["few_labels"].items()}
    network = torch.nn.Sequential(method.encoder, method.projector)
    z = tuple(features(network, images) for images in splits)
    result |= {f"{k}_of_z": v for k, v in scores(z, splits).items()}
    state = load(folder)
    result |= {"validation_knn": knn_accuracy(method, data)}
    return result | {k: round(state[k], 1) for k in ("seconds", "core_seconds")}


def main(folder: Path, result: Path, words: list[str]) -> None:
    """Train or resume training, then measure and keep the result."""
    command = train_command(method_in(words), then=lambda config, *_: config)
    config = tyro.cli(command, args=words)
    config.check()
    data = load_splits(config)
    method = build_method(config, data["train"])
    prepare(config, folder, resume=folder.exists(), force=False)
    train(config, method, data, folder, lambda line: None)
    found = measure(method, data, config.seed, folder)
    found |= {"command": f"simclr-mini train {' '.join(words)}", "machine": machine()}
    found["precision"] = number_format(config.precision, config.device)
    found["log"] = read_log(folder)[::10]
    result.parent.mkdir(parents=True, exist_ok=True)
    part = result.with_suffix(".part")
    part.write_text(json.dumps(found) + "\n")
    part.replace(result)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
