"""Training: a killed run resumes and ends with the same bytes; trouble ends in one sentence."""

import contextlib
import itertools
import json
import multiprocessing
import os
import random
import signal
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from simclr_mini import checkpoint, cli, experiment
from simclr_mini.baselines import BASELINES
from simclr_mini.build import build_method, load_splits
from simclr_mini.data import Images, load, read_splits
from simclr_mini.methods import METHODS, configure
from simclr_mini.nt_xent import nt_xent_loss
from simclr_mini.resume import Stopped
from simclr_mini.runs import load_encoder
from simclr_mini.simclr import SimCLR, shuffled_batches, source
from simclr_mini.train import project, train
from simclr_mini.views import RECIPES

CHOICES = {"images": 96, "batch_size": 16, "epochs": 3, "seed": 3, "encoder": "tiny"}
CHOICES |= {"knn_every": 2, "checkpoint_every": 4}
SMALL = configure(**CHOICES)


def small(**choices):
    """A short run that differs from SMALL in these choices."""
    return configure(**CHOICES | choices)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def data(halved) -> dict[str, Images]:
    return {name: halved(images) for name, images in load_splits(SMALL).items()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory, data, one_thread) -> Path:
    """A folder with a run that nothing has interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    trained(folder, data)
    return folder


def trained(folder: Path, data, config=SMALL, stop_after=None) -> dict:
    """The last checkpoint of a run; `stop_after` steps the process "dies"."""
    folder.mkdir(exist_ok=True)

    def report(line):
        if line["step"] == stop_after:
            raise SystemExit

    with contextlib.suppress(SystemExit):
        train(config, build_method(config, data["train"]), data, folder, report)
    return checkpoint.load(folder)


def same(a, b) -> bool:
    """Equal to the last bit, whatever they are made of."""
    if isinstance(a, torch.Tensor):
        return a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


TIMES = {"seconds", "core_seconds", "log_bytes"}


def test_every_source_of_randomness_is_its_own():
    """torch's generator sees 32 bits of a seed: seed + 2^32 would be the same source again."""
    names = ("order", "views", "clusters", "tries", "neighbours", "frozen")
    draws = [torch.rand(3, generator=source(seed, n)).tolist() for seed in (0, 1, 2) for n in names]
    assert len({tuple(d) for d in draws}) == len(draws)
    again = torch.rand(3, generator=source(0, "order")).tolist()
    assert again == draws[0]


def test_heads_and_the_next_runs_encoder_are_not_one_stream(data):
    """With seed + 1 for the head, the first numbers of both were the same draws."""
    head = build_method(small(projector="linear"), data["train"]).projector.weight
    with torch.random.fork_rng(devices=[]):
        for seed in range(10):
            torch.manual_seed(seed)
            other = torch.nn.Linear(256, 128).weight
            assert not torch.equal(head, other)


@pytest.mark.parametrize("stop_after", [5, 6, 12, 13, 17])
def test_a_run_that_died_goes_on_to_the_same_bytes(tmp_path, data, whole, stop_after):
    """Step 5 is inside an epoch, step 6 at its end; checkpoints are at 4, 8, 12, 16 and 18."""
    trained(tmp_path, data, stop_after=stop_after)
    resumed, expected = trained(tmp_path, data), checkpoint.load(whole)
    assert all(same(expected[k], resumed[k]) for k in expected.keys() - TIMES)
    logs = [(folder / "log.jsonl").read_text() for folder in (whole, tmp_path)]
    assert logs[0] == logs[1]


VARIANTS = {
    "gsimclr": {"clusters": 24},
    "gsimclr strict": {"clusters": 24, "batching": "strict"},
    "gsimclr frozen": {"clusters": 8, "batching": "frozen"},
    "curation": {"tries": 3},
    "curation threshold": {"curate": "threshold", "curate_warmup": 1},
    "curation frechet": {"curate": "frechet"},
    "curation random": {"curate": "random"},
    "nnclr": {"support_size": 40},
    "simclr small": {"small_crops": 2, "small_size": 8},
    "simclr group": {"chunk_size": 5, "norm": "group"},
    "nnclr small": {"support_size": 40, "small_crops": 1, "small_size": 8},
    "nnclr all": {"support_size": 200, "top_k": 3, "candidates": "all", "exclude_same": False},
    "simclr patches": {"encoder": "patches"},
    "deepcluster": {"clusters": 12},
    "moco": {"queue_size": 64},
    "moco groups": {"queue_size": 32, "symmetric": False, "norm_groups": 2},
    "swav": {"prototypes": 8, "queue_size": 32, "queue_start": 0},
    "swav small": {"prototypes": 8, "small_crops": 2, "small_size": 8},
    "deepcluster warm": {"clusters": 12, "warm_start": True, "sobel": True},
}


VARIANTS |= {name: {} for name in METHODS if not any(v.split()[0] == name for v in VARIANTS)}


@pytest.mark.parametrize("name", VARIANTS)
def test_every_method_goes_on_to_the_same_bytes(tmp_path, data, name):
    """It dies at step 9, inside the second epoch and after the checkpoint at 8."""
    config = small(method=name.split()[0], epochs=2, **VARIANTS[name])
    config.check()
    whole = trained(tmp_path / "whole", data, config)
    trained(tmp_path / "broken", data, config, stop_after=9)
    resumed = trained(tmp_path / "broken", data, config)
    assert all(same(whole[k], resumed[k]) for k in whole.keys() - TIMES)
    logs = [(tmp_path / folder / "log.jsonl").read_text() for folder in ("whole", "broken")]
    assert logs[0] == logs[1]


def test_curation_that_is_off_is_simclr(tmp_path, data):
    off = small(method="curation", curate="off", epochs=1)
    plain = trained(tmp_path / "plain", data, small(epochs=1))["method"]
    curated = trained(tmp_path / "off", data, off)["method"]
    assert all(torch.equal(value, curated[key]) for key, value in plain.items())


def test_random_batching_is_simclr(tmp_path, data):
    """The control does not differ at all, so any effect of another batching is the batching's."""
    random = small(method="gsimclr", batching="random", clusters=8, epochs=1)
    plain = trained(tmp_path / "plain", data, small(epochs=1))["method"]
    other = trained(tmp_path / "random", data, random)["method"]
    assert all(torch.equal(value, other[key]) for key, value in plain.items())


def test_core_seconds_are_the_sum_over_all_steps(tmp_path, data, monkeypatch):
    """With a clock that advances by a second at each reading; the run is killed and resumed."""
    clock = itertools.count()
    monkeypatch.setattr(time, "process_time", lambda: next(clock))
    trained(tmp_path, data, stop_after=13)
    assert trained(tmp_path, data)["core_seconds"] == 18


@pytest.mark.parametrize("optimizer", ["sgd", "lars"])
def test_every_optimiser_resumes(tmp_path, data, optimizer):
    config = small(optimizer=optimizer, epochs=2)
    whole = trained(tmp_path / "whole", data, config)
    trained(tmp_path / "broken", data, config, stop_after=9)
    resumed = trained(tmp_path / "broken", data, config)
    assert all(same(whole[k], resumed[k]) for k in whole.keys() - TIMES)


def test_one_seed_gives_one_result_and_another_seed_another(tmp_path, data):
    short = small(epochs=1)
    a = trained(tmp_path / "a", data, short)["method"]
    b = trained(tmp_path / "b", data, short)["method"]
    c = trained(tmp_path / "c", data, small(epochs=1, seed=4))["method"]
    assert same(a, b) and not same(a, c)


def test_every_parameter_learns(tmp_path, data):
    short = small(epochs=1)
    before = build_method(short, data["train"]).state_dict()
    after = trained(tmp_path / "run", data, short)["method"]
    unchanged = [name for name in before if torch.equal(before[name], after[name])]
    assert unchanged == []


def test_looking_at_validation_changes_nothing(tmp_path, data):
    seen = trained(tmp_path / "seen", data, small(knn_every=1))
    blind = trained(tmp_path / "blind", data, small(knn_every=0))
    assert same(seen["method"], blind["method"])


def test_a_checkpoint_may_fall_anywhere(tmp_path, data):
    often = trained(tmp_path / "often", data, small(checkpoint_every=1))
    seldom = trained(tmp_path / "seldom", data, small(checkpoint_every=1000))
    assert same(often["method"], seldom["method"])


def test_a_failed_write_leaves_the_old_checkpoint(tmp_path, monkeypatch):
    checkpoint.save(tmp_path, {"config": {}, "method": {}, "step": 1})
    monkeypatch.setattr(os, "fsync", lambda fd: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space left"):
        checkpoint.save(tmp_path, {"step": 2})
    assert checkpoint.load(tmp_path)["step"] == 1


def test_a_loss_that_is_no_number_stops_the_run_and_names_causes(tmp_path, data):
    config = small(learning_rate=1e30, precision="float32", optimizer="sgd")
    with pytest.raises(FloatingPointError, match="--learning-rate"):
        trained(tmp_path / "run", data, config)


def test_the_loss_starts_near_chance_and_falls(tmp_path, data):
    trained(tmp_path / "run", data, small(epochs=12, checkpoint_every=100))
    log = [json.loads(x) for x in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    first, last = log[0]["loss"], sum(x["loss"] for x in log[-5:]) / 5
    assert first == pytest.approx(torch.tensor(31.0).log().item(), rel=0.35)
    assert last < first - 0.3
    assert [x["step"] for x in log] == list(range(1, 73))


def test_batches_show_each_image_once_and_change_every_epoch():
    g = torch.Generator().manual_seed(0)
    one, two = (torch.cat(list(shuffled_batches(23, 5, g))) for _ in range(2))
    assert len(one) == 20 and len(one.unique()) == 20
    assert not torch.equal(one, two)


def test_wrong_positives_come_from_another_image():
    config = small(positives="wrong", views="none", view_size=32, batch_size=4)
    images = load("shapes")
    method = build_method(config, images)
    x = images.pixels[:4].float() / 255
    x1, x2 = method.views(x)
    assert torch.equal(x1, x) and all(not torch.equal(x1[i], x2[i]) for i in range(4))
    assert RECIPES["none"].crop == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_killed_process_loses_nothing_but_time(tmp_path, data):
    """Kill -9 at random moments, again and again, until the run has ended."""
    whole = trained(tmp_path / "whole", data)
    folder = tmp_path / "killed"
    folder.mkdir()

    def go_on(steps):
        method = build_method(SMALL, data["train"])
        train(SMALL, method, data, folder, lambda line: steps.send(line["step"]))

    fork = multiprocessing.get_context("fork")  # torch is imported already
    for attempt in range(8):
        heard, steps = fork.Pipe(duplex=False)
        process = fork.Process(target=go_on, args=[steps])
        process.start()
        steps.close()  # the parent notices a child that ends without a word
        with contextlib.suppress(EOFError):  # killed after its last step, it has nothing left to do
            heard.recv()
        if attempt < 4:
            time.sleep(random.Random(attempt).uniform(0, 0.5))
            process.kill()
        process.join()
        if process.exitcode == 0:
            break
    resumed = checkpoint.load(folder)
    assert all(same(whole[k], resumed[k]) for k in whole.keys() - TIMES)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C differently")
def test_ctrl_c_saves_and_the_run_goes_on_to_the_same_bytes(tmp_path, data):
    whole = trained(tmp_path / "whole", data)
    folder = tmp_path / "stopped"
    folder.mkdir()

    def press(line):
        if line["step"] == 7:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Stopped):
        train(SMALL, build_method(SMALL, data["train"]), data, folder, press)
    assert checkpoint.load(folder)["step"] in (7, 8)
    resumed = trained(folder, data)
    assert all(same(whole[k], resumed[k]) for k in whole.keys() - TIMES)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C differently")
def test_ctrl_c_before_the_first_step_stops_at_once(tmp_path, data, monkeypatch):
    """An autoencoder may take minutes, and there is nothing yet to save."""
    monkeypatch.setattr(SimCLR, "start_epoch", lambda *_: os.kill(os.getpid(), signal.SIGINT) or [])
    method = build_method(SMALL, data["train"])
    with pytest.raises(KeyboardInterrupt):
        train(SMALL, method, data, tmp_path, lambda line: pytest.fail("a step was made"))


def test_what_comes_before_the_first_step_is_said_once(tmp_path, data, monkeypatch, capsys):
    """An autoencoder may take minutes. A resumed run does not train it again."""
    monkeypatch.setattr(experiment, "train", lambda *_: None)
    method = SimpleNamespace(prepares="training an autoencoder")
    experiment.train_with_bar(SMALL, method, data, tmp_path)
    assert "training an autoencoder ...\n" in capsys.readouterr().out
    (tmp_path / checkpoint.FILE).touch()
    experiment.train_with_bar(SMALL, method, data, tmp_path)
    assert "autoencoder" not in capsys.readouterr().out


# ---- the command line


def sentence(capsys, *argv) -> str:
    """What the command says when it refuses."""
    with pytest.raises(SystemExit) as stop:
        cli.main(argv)
    assert stop.value.code not in (0, None)
    return str(stop.value.code) + capsys.readouterr().err


@pytest.mark.parametrize(
    "words, named",
    [
        (("--batch-size", "1"), "--batch-size must be 2 or more, not 1"),
        (("--temperature", "0"), "--temperature must be above 0"),
        (("--epochs", "0"), "--epochs must be 1 or more, not 0"),
        (("--images", "99999"), "--images must be at most 9000, the"),
        (("--images", "100"), "--batch-size must be at most 100, the"),
        (("--data", "nowhere"), "not 'nowhere'"),
        (("--warmup-epochs", "30"), "--warmup-epochs must be at most --epochs (6)"),
        (("--method", "supervised", "--temperature", "0.3"), "does not use --temperature"),
        (("--clusters", "9"), "--method simclr does not use --clusters"),
        (("--method", "nnclr", "--support-size", "64"), "must be --batch-size (128) or more"),
        (("--method", "nnclr", "--top-k", "0"), "--top-k must be 1 or more, not 0"),
        (("--method", "curation", "--tries", "1"), "--tries must be 2 or more, not 1"),
        (("--method", "deepcluster", "--clusters", "9999"), "at most 9000, the number of"),
        (
            ("--method", "gsimclr", "--batching", "strict", "--clusters", "64"),
            "--clusters must be --batch-size (128) or more, not 64",
        ),
        (("--views", "crop+fog"), "crop, flip, rotate, cutout, color, gray, blur, sobel, noise"),
        (("--margin", "0"), "--margin must be above 0 and at most 2"),
        (("--width", "0"), "--width must be above 0 and at most 64"),
        (
            ("--positives", "wrong", "--small-crops", "1"),
            "--small-crops must be 0 with --positives",
        ),
        (("--recipe=fog",), "crop, flip, rotate, cutout, color, gray, blur, sobel, noise"),
        (("--temperature", "0.1", "--loss", "margin_triplet"), "no effect with --loss margin"),
        (("--margin", "0.4"), "--margin has no effect with --loss nt_xent; leave it out"),
        (("--projector", "linear", "--hidden-dim", "9"), "no effect with --projector linear"),
        (("--projector", "none", "--out-dim", "9"), "--out-dim has no effect"),
        (("--small-size", "12"), "--small-size has no effect with --small-crops 0"),
        (("--views", "color", "--crop-min", "0.5"), "--crop-min has no effect with --views color"),
        (("--method", "curation", "--curate", "off", "--tries", "9"), "--tries has no effect"),
        (("--method", "curation", "--curate-warmup", "10"), "--curate-warmup has no effect with"),
        (("--method", "swav", "--queue-start", "3"), "--queue-start has no effect"),
        (("--resume",), "no run to resume"),
        (("--resume", "--force"), "choose one of them"),
    ],
)
def test_a_wrong_value_is_refused_before_work_starts(capsys, tmp_path, words, named):
    assert named in sentence(capsys, "train", "--runs", str(tmp_path), *words)
    assert list(tmp_path.glob("*/log.jsonl")) == []


def test_a_run_is_not_overwritten_unasked(capsys, tmp_path):
    folder = tmp_path / "simclr-shapes-0"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({}))
    text = sentence(capsys, "train", "--runs", str(tmp_path))
    assert "--resume" in text and "--force" in text and "--name" in text


def test_resume_with_other_options_is_refused(capsys, tmp_path):
    folder = tmp_path / "simclr-shapes-0"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(configure(epochs=9).flat()))
    assert "--epochs 9" in sentence(capsys, "train", "--runs", str(tmp_path), "--resume")


def test_the_command_trains_measures_and_draws(tmp_path, monkeypatch, halved):
    # all 15,000 images would take half a minute
    shapes = {name: halved(images.first(300)) for name, images in read_splits("shapes").items()}
    monkeypatch.setattr("simclr_mini.build.read_splits", lambda *_: {**shapes})
    monkeypatch.setattr("simclr_mini.runs.load", lambda *_: shapes["test"])
    cli.main(
        ["train", "--runs", str(tmp_path), "--name", "a", "--images", "300", "--epochs", "1"]
        + ["--supervised"]
    )
    run = tmp_path / "a"
    result = json.loads((run / "result.json").read_text())
    for key in ("data", "method", "seed", "epochs", "images", "wall_seconds", "views_per_second"):
        assert key in result
    assert set(result["test"]) == {"knn", "linear_probe", "few_labels"}
    assert set(result["baselines"]) == {*BASELINES, "supervised"}
    for row in result["baselines"].values():
        assert 0.05 < row["knn"] <= 1 and 0.05 < row["linear_probe"] <= 1
    for name in ("views.png", "loss.svg", "similarities.svg", "map.svg", "neighbours.png"):
        assert (run / name).stat().st_size > 1000
    out = tmp_path / "features.npz"
    cli.main(["embed", str(run), "--data", "shapes", "--out", str(out)])
    cli.main(["neighbours", str(run), "--out", str(tmp_path / "n.png")])
    assert out.exists() and (tmp_path / "n.png").exists()
    encoder = load_encoder(run)
    assert encoder(torch.rand(2, 3, 32, 32)).shape == (2, 256)


def test_pictures_without_labels_train_and_say_so(tmp_path):
    from PIL import Image

    folder = tmp_path / "pictures"
    folder.mkdir()
    pixels = load("shapes").pixels[:60].permute(0, 2, 3, 1).numpy()
    for i, p in enumerate(pixels):
        Image.fromarray(p).save(folder / f"{i}.png")
    words = ["--batch-size", "16", "--epochs", "1", "--name", "mine", "--runs", str(tmp_path)]
    cli.main(["train", "--data", str(folder), *words])
    result = json.loads((tmp_path / "mine" / "result.json").read_text())
    assert result["test"]["knn"] is None and result["test"]["linear_probe"] is None
    out = tmp_path / "f.npz"
    cli.main(["embed", str(tmp_path / "mine"), "--data", str(folder), "--out", str(out)])
    import numpy as np

    saved = np.load(out)
    assert saved["features"].shape == (60, 256) and sorted(saved["files"])[0] == "0.png"


def test_a_small_crop_is_paired_with_both_large_views(data):
    """The loss is the mean of the large pair and of every pair of a large and a small view."""
    method = build_method(small(small_crops=2, small_size=8), data["train"]).eval()
    x = data["train"].pixels[:4].float() / 255
    views = [*method.views(x), *method.small_views(x)]
    assert [view.shape[-1] for view in views] == [12, 12, 8, 8]
    z = project(method, views, bfloat16=False)
    alone = [method.project(view) for view in views]
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(z, alone, strict=True))
    pairs = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3)]
    expected = sum(nt_xent_loss(z[a], z[b], method.temperature) for a, b in pairs) / 5
    assert method.loss_of_views(z, torch.arange(4)).item() == pytest.approx(expected.item())
