"""Every command on own pictures: odd names, odd sizes, full disks and poor terminals."""

import importlib
import io
import json
import os
import shutil
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from simclr_mini import checkpoint, cli, runs
from simclr_mini.baselines import majority
from simclr_mini.build import build_method, load_splits, trained_on
from simclr_mini.canvas import card, save
from simclr_mini.compare import Row, table
from simclr_mini.data import load
from simclr_mini.methods import configure
from simclr_mini.train import train
from simclr_mini.whole_file import whole_file

ODD = "mine (1) [x] $HOME Käfer"
CLASSES = ("Ke$ha_&_A$AP", "[red]Кошки", "x^{_$")  # each breaks some markup
TINY = ("--size", "16", "--epochs", "1", "--batch-size", "8", "--knn-every", "0")


def paint(folder: Path, count: int, classes=CLASSES, first: int = 0) -> Path:
    """Pictures of noise, 16 x 16 pixels, as many of each class."""
    for i in range(first, first + count):
        noise = np.random.default_rng(i).integers(0, 256, (16, 16, 3), np.uint8)
        file = folder / classes[i % len(classes)] / f"{i:03d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise).save(file)
    return folder


def command(*words: object) -> None:
    cli.main([str(word) for word in words])


def refused(*words: object) -> str:
    with pytest.raises(SystemExit) as stop:
        command(*words)
    assert isinstance(stop.value.code, str), "it did not end in a sentence"
    return stop.value.code


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder of pictures with an odd name, and a run on it. Not to be changed."""
    where = tmp_path_factory.mktemp(ODD)
    paint(where / ODD, 42)
    command("train", "--data", where / ODD, "--runs", where / "runs", "--name", ODD, *TINY)
    return where


# names


def test_every_command_takes_any_path_and_any_class(place, tmp_path, capsys):
    """Rich would take [x] for markup, and matplotlib $ and _ for a formula."""
    run, pictures = place / "runs" / ODD, place / ODD
    for name in ("map.svg", "accuracy.svg", "neighbours.png", "result.json"):
        assert (run / name).exists()
    drawn = (run / "map.svg").read_text()
    assert all(f"<!-- {name} -->" in drawn for name in ("[red]Кошки", "x^{_$"))
    out = {name: tmp_path / f"{ODD}.{name}" for name in ("npz", "png", "svg", "npy")}
    command("evaluate", run, "--no-fine-tune")
    assert ODD in " ".join(capsys.readouterr().out.split())
    command("embed", run, "--data", pictures, "--out", out["npz"])
    command("neighbours", run, "--data", pictures, "--out", out["png"])
    command("compare", run, "--mixed", "--out", out["svg"])
    command("data", "info", pictures)
    command("data", "build", pictures, "--size", "16", "--out", out["npy"])
    said = capsys.readouterr().out
    assert all(file.stat().st_size > 500 for file in out.values())
    assert all(f"{name} 1" in said for name in CLASSES)  # each with its count
    built = load(str(out["npy"]), split="all")
    assert built.classes == load(str(pictures), split="all", size=16).classes


def test_a_figure_draws_text_as_it_is(tmp_path):
    """As glyphs, one for each character; an unbalanced formula would stop the drawing."""
    text = save(card("a_$b$ ^{"), tmp_path / "a.svg").read_text()
    assert "<!-- a_$b$ ^{ -->" in text


def test_rows_of_features_say_which_pictures_they_are(place, tmp_path):
    out = tmp_path / "features.npz"
    command("embed", place / "runs" / ODD, "--data", place / ODD, "--out", out)
    found = np.load(out)
    assert sorted(found) == ["classes", "features", "files", "labels"]
    for file, label in zip(found["files"], found["labels"], strict=True):
        assert Path(file).parts[0] == found["classes"][label]
    images = load(str(place / ODD), split="all", size=16)
    assert found["files"].tolist() == list(images.files)


def test_neighbours_are_named(place, tmp_path, capsys):
    """The nearest of each picture by hand, from the features that `embed` writes."""
    run, pictures = place / "runs" / ODD, place / ODD
    command("embed", run, "--data", pictures, "--out", tmp_path / "f.npz")
    capsys.readouterr()
    command("neighbours", run, "--data", pictures, "--count", "2", "--out", tmp_path / "n.png")
    first, second, _ = capsys.readouterr().out.splitlines()
    found = np.load(tmp_path / "f.npz")
    h = found["features"] / np.linalg.norm(found["features"], axis=1, keepdims=True)
    for i, line in enumerate((first, second)):
        order = [j for j in np.argsort(-(h @ h[i])) if j != i]
        assert line == f"{found['files'][i]}: {', '.join(found['files'][order[:7]])}"


def test_images_of_a_built_in_set_are_named_by_class_and_place():
    images = load("shapes", split="test").rows(slice(3, 5))
    names = [f"{images.classes[k]} {10_003 + i}" for i, k in enumerate(images.labels)]
    assert images.names() == names


def test_a_run_says_that_its_path_is_relative(place, tmp_path, monkeypatch):
    """Whoever evaluates a run from another folder learns where to go."""
    shutil.copytree(place / "runs" / ODD, tmp_path / "run")
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    (tmp_path / "run" / "config.json").write_text(json.dumps(config | {"data": "pets"}))
    monkeypatch.chdir(tmp_path)
    for words in (("evaluate", "run"), ("neighbours", "run")):
        assert "trained on pets, a relative path that is not in" in refused(*words)
    (tmp_path / "run" / "config.json").write_text(json.dumps(config | {"data": "/gone/pets"}))
    assert "trained on /gone/pets, which is no longer there" in refused("evaluate", "run")


# sizes


def test_the_size_of_a_built_file_is_the_runs_own(place, tmp_path, monkeypatch):
    """Whatever is embedded has the size of training; a file of another size is refused."""
    monkeypatch.chdir(tmp_path)
    pictures, build = place / ODD, ("data", "build", place / ODD, "--out", "p.npy", "--force")
    command(*build, "--size", "24")
    words = ("train", "--data", "p.npy", "--name", "x", *TINY[2:])
    assert "p.npy has 24 x 24" in refused(*words, "--size", "16")
    command(*words)
    assert json.loads(Path("runs/x/config.json").read_text())["size"] == 24
    for data, out in ((pictures, "a.npz"), ("p.npy", "b.npz")):
        command("embed", "runs/x", "--data", data, "--out", out)
    one, other = np.load("a.npz"), np.load("b.npz")
    assert np.array_equal(one["files"], other["files"])
    assert np.allclose(one["features"], other["features"], atol=1e-5)
    assert "images of 24 x 24" in refused("embed", "runs/x", "--data", "shapes")
    command(*build, "--size", "16")
    for words in (
        ("evaluate", "runs/x"),
        ("neighbours", "runs/x"),
        ("embed", "runs/x", "--data", "p.npy", "--out", "c.npz"),
    ):
        said = refused(*words)
        assert "16 x 16" in said and "24 x 24" in said and "\n" not in said
    assert not Path("c.npz").exists()


# what is trained on


def test_unlabelled_pictures_are_trained_on_and_measure_nothing(tmp_path):
    root = paint(tmp_path / "p" / "train", 24, ("cat", "dog"))
    paint(tmp_path / "p" / "test", 8, ("cat", "dog"), 100)
    paint(tmp_path / "p", 18, ("unlabeled",), 200)
    choices = {"data": str(root.parent), "size": 16, "batch_size": 8, "epochs": 1, "knn_every": 0}
    data = load_splits(configure(**choices))
    found = Counter(Path(file).parts[0] for file in trained_on(data).files)
    assert found == {"train": 22, "unlabeled": 18}
    assert len(data["train"]) == 22 and data["train"].labels is not None
    seen, config = [], configure(**choices)
    train(config, build_method(config, trained_on(data)), data, tmp_path, seen.append)
    assert len(seen) == 40 // 8
    labelled = configure("supervised", **choices)
    assert len(trained_on(load_splits(labelled))) == 22
    assert len(trained_on(load_splits(configure(**choices | {"images": 10})))) == 10


def test_the_only_step_of_a_run_has_a_rate(tmp_path):
    """A warm-up over the whole run would leave its first step at zero, and there is no other."""
    paint(tmp_path / "p", 20)
    config = configure(
        data=str(tmp_path / "p"), size=16, batch_size=16, epochs=1, warmup_epochs=1.0, knn_every=0
    )
    data, lines = load_splits(config), []
    train(config, build_method(config, data["train"]), data, tmp_path, lines.append)
    assert [line["learning_rate"] > 0 for line in lines] == [True]


def test_the_majority_class_is_a_baseline(tmp_path):
    """Three cats to a dog: whoever always says cat is right three times in four."""
    paint(tmp_path / "p" / "train", 30, ("cat", "cat", "cat", "dog"))
    paint(tmp_path / "p" / "test", 8, ("cat", "cat", "cat", "dog"))
    splits = tuple(load(str(tmp_path / "p"), None, s, 16) for s in ("train", "val", "test"))
    assert majority(splits) == {"knn": 0.75, "linear_probe": 0.75}


# disks


@pytest.mark.parametrize("size", [100, 100_000])
def test_a_full_disk_is_named_and_leaves_no_part(tmp_path, monkeypatch, size):
    """torch reports it as an archive's "unexpected pos"."""
    checkpoint.save(tmp_path, {"step": 1})
    before = (tmp_path / checkpoint.FILE).read_bytes()
    full_disk(monkeypatch, size)
    writers = {
        checkpoint.FILE: lambda file: checkpoint.save(tmp_path, {"x": torch.zeros(10**6)}),
        "features.npz": lambda file: whole_npz(file),
        "result.json": lambda file: runs.write_json(file, {"x": [0.5] * 10**5}),
        "figure.png": lambda file: save(card("x" * 60), file),
    }
    for name, write in writers.items():
        if name == "figure.png" and size > 100:
            continue  # it fits
        with pytest.raises(OSError) as error:
            write(tmp_path / name)
        assert cli.sentence(error.value) == f"{tmp_path / name}: No space left on device"
    assert [file.name for file in tmp_path.iterdir()] == [checkpoint.FILE]
    assert (tmp_path / checkpoint.FILE).read_bytes() == before


def whole_npz(file: Path) -> None:
    with whole_file(file) as opened:
        np.savez(opened, x=np.zeros(10**6))


def test_two_writers_of_one_file_leave_the_whole_of_one(tmp_path, monkeypatch):
    """Each in a process of its own: none sees what the other has written so far."""
    file = tmp_path / "f"
    with whole_file(file) as first:
        first.write(b"first")
        monkeypatch.setattr(os, "getpid", lambda: -1)
        with whole_file(file) as second:
            second.write(b"sec")
            second.flush()
            assert not file.exists()
        monkeypatch.undo()
        assert file.read_bytes() == b"sec"
    assert file.read_bytes() == b"first" and list(tmp_path.iterdir()) == [file]


def full_disk(monkeypatch, size: int, name: str = "whole_file") -> None:
    """Every file that a module of the library opens can hold only this many bytes."""
    module = importlib.import_module(f"simclr_mini.{name}")

    class Disk(io.FileIO):
        def write(self, content) -> int:
            if self.tell() + len(memoryview(content).cast("B")) > size:
                raise OSError(28, "No space left on device")
            return super().write(content)

    monkeypatch.setattr(module, "open", lambda path, mode: Disk(path, mode), raising=False)


@pytest.mark.parametrize("size", [50, 3000])
def test_data_build_names_the_file_where_the_disk_is_full(place, tmp_path, monkeypatch, size):
    full_disk(monkeypatch, size, "folder")
    words = ("data", "build", place / ODD, "--size", 16, "--out", tmp_path / "p.npy")
    assert refused(*words) == f"simclr-mini: {tmp_path / 'p.npy'}: No space left on device"
    assert list(tmp_path.iterdir()) == []


def test_embed_leaves_nothing_where_the_disk_is_full(place, tmp_path, monkeypatch):
    full_disk(monkeypatch, 1000)
    words = ("embed", place / "runs" / ODD, "--data", place / ODD, "--out", tmp_path / "f.npz")
    assert refused(*words) == f"simclr-mini: {tmp_path / 'f.npz'}: No space left on device"
    assert list(tmp_path.iterdir()) == []


# terminals


def test_a_narrow_table_cuts_no_name():
    from rich.console import Console

    names = ("simclr, checkpoint-every 7, small-crops 2", "nnclr, queue-size 16")
    rows = [Row(name, "simclr", (0, 1), (0.5, 0.6), (0.6, 0.7), (10.0, 12.0)) for name in names]
    for width in (60, 80, 120):
        console = Console(width=width)
        with console.capture() as printed:
            console.print(table(rows, width))
        text = printed.get()
        assert "…" not in text
        assert max(map(len, text.splitlines())) <= width
        for word in " ".join(names).split() + ["55.0%", "65.0%", "seconds", "linear"]:
            assert word in text, f"{word} is cut at {width} columns"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_poor_terminal_stops_no_command(place, tmp_path, monkeypatch, encoding):
    """60 columns and few characters: missing ones are escaped, and table lines are plain."""
    run, pictures = place / "runs" / ODD, place / ODD
    monkeypatch.setenv("COLUMNS", "60")
    for words in (
        ("data", "info", pictures),
        ("data", "build", pictures, "--out", tmp_path / "p.npy"),
        ("evaluate", run, "--no-fine-tune"),
        ("neighbours", run, "--data", pictures, "--out", tmp_path / "n.png"),
        ("compare", run, "--out", tmp_path / "c.svg"),
        ("embed", run, "--data", pictures, "--out", tmp_path / "Кошки.npz"),
    ):
        terminal = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr(sys, "stdout", terminal)
        command(*words)
        said = terminal.buffer.getvalue()
        if words[0] in ("neighbours", "embed") or words[1] == "info":
            assert rb"\u041a\u043e\u0448\u043a\u0438" in said
        if words[0] in ("evaluate", "compare"):
            lines = [one for one in said.decode(encoding).splitlines() if one[:1] in ("|", "+")]
            assert len(lines) > 5 and max(map(len, lines)) <= 60
            assert rb"\xb1" not in said


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
@pytest.mark.parametrize("words", [("train", "--help"), ("data", "info", ODD), ("nonsense",)])
def test_a_reader_that_leaves_is_no_error(tmp_path, monkeypatch, capsys, words):
    """`head` closes the pipe before the command has written all."""
    paint(tmp_path / ODD, 12)
    monkeypatch.chdir(tmp_path)
    read, write = os.pipe()
    os.close(read)
    with open(write, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        with pytest.raises(SystemExit) as end:
            command(*words)
    assert end.value.code == (2 if words == ("nonsense",) else 141)
    assert "pipe" not in capsys.readouterr().err.lower()
