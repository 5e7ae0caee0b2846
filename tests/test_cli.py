"""The command line: every command once, and what it says and keeps when something is wrong."""

import json
import runpy
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from simclr_mini import baselines, cli

TINY = ("--size", "16", "--epochs", "1", "--batch-size", "8", "--warmup-epochs", "0")


def paint(folder: Path, count: int, classes=("cat", "dog")) -> Path:
    """A folder of pictures of 16 x 16 pixels, all different."""
    rng = np.random.default_rng(0)
    for i in range(count):
        file = folder / classes[i % len(classes)] / f"{i}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (16, 16, 3), np.uint8)).save(file)
    return folder


def train(data: Path, runs: Path, *words: str) -> Path:
    cli.main(["train", "--data", str(data), "--runs", str(runs), "--name", "mine", *TINY, *words])
    return runs / "mine"


def refused(*words) -> str:
    """What the command says when it does not do what it was asked."""
    with pytest.raises(SystemExit) as stop:
        cli.main([str(word) for word in words])
    assert isinstance(stop.value.code, str), "it did not end in a sentence"
    assert "\n" not in stop.value.code
    return stop.value.code


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A folder with pictures and a finished run on them; to be copied, not changed."""
    where = tmp_path_factory.mktemp("made")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield train(paint(where / "pets", 40), where / "runs", "--supervised").parents[1]
    torch.set_num_threads(before)


@pytest.fixture
def own(made, tmp_path, monkeypatch) -> Path:
    """A run that a test may spoil, on pictures that it may change."""
    shutil.copytree(made, tmp_path / "own")
    monkeypatch.chdir(tmp_path / "own")
    config = Path("runs/mine/config.json")
    for file in (config, config.parent / "supervised" / "config.json"):
        text = file.read_text().replace(str(made), str(tmp_path / "own"))
        file.write_text(text)
    return tmp_path / "own"


def test_views_are_drawn_in_the_size_that_training_uses(own, monkeypatch):
    """Not in the size of the images."""
    shown = []
    monkeypatch.setattr("simclr_mini.sheets.contact_sheet", lambda *rows: shown.extend(rows))
    monkeypatch.setattr("simclr_mini.canvas.save", lambda figure, out: out)
    cli.main(["views", "pets", "--size", "40"])
    assert [row.shape[2] for row in shown] == [40, 30, 30]


def test_every_command_writes_what_it_says(own, capsys):
    """`train` is tried at length elsewhere."""
    cli.main(["evaluate", "runs/mine", "--no-fine-tune"])
    cli.main(["embed", "runs/mine", "--data", "pets"])
    cli.main(["neighbours", "runs/mine", "--data", "pets"])
    cli.main(["compare", "runs/mine"])
    cli.main(["views", "pets"])
    cli.main(["data", "info", "pets"])
    cli.main(["data", "build", "pets"])
    said = capsys.readouterr().out
    assert "train      33 images" in said and "40 pictures of 32 x 32" in said
    again = json.loads(Path("runs/mine/evaluation.json").read_text())
    first = json.loads(Path("runs/mine/result.json").read_text())
    for key in ("views_per_second", "wall_seconds", "images"):
        assert again[key] == first[key]
    assert again["diagnostics"] == pytest.approx(first["diagnostics"], rel=1e-3)
    for name in ("features.npz", "neighbours.png", "compare.svg", "views.png", "pets.npy"):
        assert Path(name).stat().st_size > 500


@pytest.mark.parametrize(
    "words",
    [
        ("embed", "runs/mine", "--data", "pets", "--out", "here.npz"),
        ("neighbours", "runs/mine", "--out", "here.png"),
        ("compare", "runs/mine", "--out", "here.svg"),
        ("views", "pets", "--out", "here.png"),
        ("data", "build", "pets", "--out", "here.npy"),
    ],
    ids=lambda words: words[0],
)
def test_a_file_that_is_there_is_replaced_only_with_force(own, words):
    file = Path(words[-1])
    file.write_text("mine")
    assert "--force replaces it" in refused(*words)
    assert file.read_text() == "mine"
    cli.main([*words, "--force"])
    assert file.read_bytes() != b"mine"


def test_a_build_leaves_other_files_alone(own):
    Path("pets.json").write_text("mine")
    cli.main(["data", "build", "pets"])
    assert Path("pets.json").read_text() == "mine"


def test_force_deletes_the_run_and_nothing_else(own):
    Path("runs/mine/notes.txt").write_text("mine")
    Path("runs/mine/other").mkdir()
    Path("runs/mine/other/config.json").write_text("{}")
    train(Path("pets").resolve(), Path("runs"), "--force")
    assert Path("runs/mine/notes.txt").exists() and Path("runs/mine/other/config.json").exists()
    assert not Path("runs/mine/supervised/config.json").exists()


def test_force_does_not_touch_what_is_no_run(own):
    folder = Path("models/net")
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"layers": 3}')
    (folder / "model.png").write_text("mine")
    words = ("train", "--data", "pets", "--runs", "models", "--name", "net", *TINY, "--force")
    assert "does not belong to a run" in refused(*words)
    assert (folder / "model.png").read_text() == "mine"
    assert "inside runs" in refused("train", "--data", "pets", "--name", ".", "--force", *TINY)


def test_other_pictures_than_the_run_began_with_are_refused(own):
    """Ordered anew, images that were trained on would be for test."""
    Image.new("RGB", (16, 16)).save("pets/cat/new.png")
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "mine", *TINY)
    assert "not those that this run began with" in refused(*words, "--resume")
    assert "not those that this run began with" in refused("evaluate", "runs/mine")


def test_a_supervised_part_that_had_not_begun_is_begun_by_resume(own):
    shutil.rmtree("runs/mine/supervised")
    Path("runs/mine/result.json").unlink()
    run = train(Path("pets").resolve(), Path("runs"), "--supervised", "--resume")
    assert "supervised" in json.loads((run / "result.json").read_text())["baselines"]


def test_resume_of_a_finished_run_loses_no_number(own):
    before = json.loads(Path("runs/mine/result.json").read_text())
    run = train(Path("pets").resolve(), Path("runs"), "--resume")
    after = json.loads((run / "result.json").read_text())
    assert after["test"] == before["test"] and after["baselines"] == before["baselines"]


@pytest.mark.parametrize("damage", [b"", b"hello", None])
def test_a_damaged_checkpoint_is_named(own, damage):
    file = Path("runs/mine/checkpoint.pt")
    file.write_bytes(file.read_bytes()[:999] if damage is None else damage)
    assert "checkpoint.pt is damaged" in refused("evaluate", "runs/mine")


def test_a_log_that_lost_lines_is_named(own):
    Path("runs/mine/log.jsonl").unlink()
    words = ("train", "--data", Path("pets").resolve(), "--runs", "runs", "--name", "mine", *TINY)
    assert "log.jsonl has lost lines" in refused(*words, "--resume")


@pytest.mark.parametrize("text", ["{}", "[", '{"test": 3}'])
def test_what_is_no_result_is_not_compared(own, text):
    Path("runs/mine/result.json").write_text(text)
    assert "is not the result of a run" in refused("compare", "runs/mine")


@pytest.mark.parametrize(
    "words, said",
    [
        (("views", "pets", "--size", "0"), "--size must be 8 or more, not 0"),
        (("data", "build", "pets", "--size", "-3"), "--size must be 8 or more, not -3"),
        (("neighbours", "runs/mine", "--count", "9"), "--count must be 1 to 4, not 9"),
        (("embed", "runs/mine", "--data", "pets", "--out", "f"), "must end in .npz"),
        (("train", "--size", "64"), "shapes has 32 x 32"),
        (("train", "--seed", str(2**63)), "--seed must be below 2^63"),
        (("train", "--temperature", "1e20"), "--temperature must be a number above 0"),
        (("train", "--weight-decay", "inf"), "--weight-decay must be"),
        (("train", "--data", "pets", "--method", "gsimclr", "--clusters", "2", *TINY, "--size=20"),
         "multiples of 8"),
        (("train", "--data", "one", "--supervised", "--batch-size", "8"), "2 or more classes"),
        (("train", "--data", "plain", "--supervised", "--batch-size", "8"), "needs labels"),
        (("train", "--data", "few", "--batch-size", "8"), "1 image for test"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_before_anything_is_made(own, words, said):
    paint(Path("one"), 30, ("cat",))
    paint(Path("few"), 12)
    shutil.copytree("one/cat", "plain")
    before = {file for file in own.rglob("*") if file.is_file()}
    assert said in refused(*words)
    assert {file for file in own.rglob("*") if file.is_file()} == before


def test_an_epochs_line_is_of_its_own_last_step(own, capsys):
    train(Path("pets").resolve(), Path("two"), "--epochs", "2", "--warmup-epochs", "0")
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("epoch ")]
    log = [json.loads(line) for line in Path("two/mine/log.jsonl").read_text().splitlines()]
    last = [[one for one in log if one["epoch"] == epoch][-1] for epoch in (0, 1)]
    for epoch, (text, line) in enumerate(zip(said, last, strict=True), 1):
        assert text.startswith(f"epoch {epoch}: loss {line['loss']:.2f} ")


def test_pixels_of_a_set_too_large_are_read_in_part(own, monkeypatch):
    """The report of a set larger than the memory must fit into it."""
    seen = []
    real = baselines.pixel_features
    monkeypatch.setattr(baselines, "PIXEL_NUMBERS", 20 * 3 * 16 * 16)
    monkeypatch.setattr(baselines, "pixel_features", lambda x: seen.append(len(x)) or real(x))
    cli.main(["evaluate", "runs/mine", "--no-fine-tune"])
    assert seen == [20, 3, 4]


def test_python_m_is_the_command(monkeypatch):
    """torchrun starts a module, not a command."""
    called = []
    monkeypatch.setattr(cli, "main", lambda: called.append("main"))
    runpy.run_module("simclr_mini", run_name="__main__")
    assert called == ["main"]
