"""Data: splits that never mix, CIFAR-10's files, and folders of whatever people have."""

import hashlib
import http.server
import io
import json
import os
import random
import re
import socket
import struct
import tarfile
import threading
import zlib
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from simclr_mini import data, shapes
from simclr_mini.data import SPLITS, load, read_cifar10, read_splits
from simclr_mini.folder import build, read_folder, readable
from simclr_mini.layout import Notes, Place
from simclr_mini.picture_file import NotRead, read_picture

ROOT = Path(__file__).parent.parent
REAL = Path(os.environ.get("SIMCLR_MINI_DATA") or ROOT.parent / "shared" / "data")
NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def splits(name, root=None, **options):
    """All three splits of a set, in the order of `SPLITS`."""
    return [load(name, root, split, **options) for split in SPLITS]


def rows(images):
    """Each image as bytes, to tell it from others."""
    return [image.numpy().tobytes() for image in images.pixels]


def paint(file, color, size=(8, 8), mode="RGB", **options):
    """Save a picture of one colour."""
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, color).save(file, **options)
    return file


def paint_folder(root, count=40, classes=("cat", "dog")):
    """Pictures that all differ; number i is of class i modulo the number of classes."""
    for i in range(count):
        folder = root / classes[i % len(classes)] if classes else root
        paint(folder / f"{i}.png", (i, 255 - i, 7))
    return root


def number(images):
    """Which of `paint_folder`'s pictures each image is."""
    return images.pixels[:, 0, 0, 0].tolist()


# shapes


@pytest.fixture
def few(monkeypatch):
    """A built-in set of 120 images, so that drawing it takes no time."""
    monkeypatch.setattr(data, "SHAPES_TRAIN", 100)
    monkeypatch.setattr(data, "SHAPES_TEST", 20)


@pytest.fixture
def no_drawing(monkeypatch):
    """Drawing fails."""
    monkeypatch.setattr(shapes, "draw", None)


def test_shapes_has_nine_one_and_two_thousand_images(tmp_path, monkeypatch):
    """Every drawn image is in one split, once."""

    def draw(N, seed):
        return torch.arange(N)[:, None, None, None].expand(N, 3, 1, 1), torch.arange(N), {}

    monkeypatch.setattr(shapes, "draw", draw)
    parts = splits("shapes", tmp_path)
    assert [len(part) for part in parts] == [9_000, 1_000, 2_000]
    assert sorted(torch.cat([part.labels for part in parts]).tolist()) == list(range(12_000))
    assert all(torch.equal(part.pixels[:, 0, 0, 0], part.labels) for part in parts)


def test_shapes_are_what_the_generator_draws(few, tmp_path):
    """Disjoint splits, labels and classes that belong to the images."""
    pixels, labels, _ = shapes.draw(120, 0)
    drawn = {image.numpy().tobytes(): label for image, label in zip(pixels, labels, strict=True)}
    parts = splits("shapes", tmp_path)
    assert [(len(p), p.name, p.split) for p in parts] == [
        (90, "shapes", "train"),
        (10, "shapes", "val"),
        (20, "shapes", "test"),
    ]
    assert len({row for part in parts for row in rows(part)}) == 120
    for part in parts:
        assert part.classes == shapes.CLASSES and part.labels.dtype == torch.int64
        assert [drawn[row] for row in rows(part)] == part.labels.tolist()


def test_the_kept_set_depends_on_code_and_on_no_words():
    """Nobody waits for a new drawing because a docstring was improved."""
    code = '"""Docstring."""\nx = 1  # comment\ndef f():\n    """Docstring."""\n    return "a"\n'
    words = "# comment\nx = 1\n\n\ndef f():\n    'another'\n    # comment\n    return 'a'"
    assert data.code_hash(code) == data.code_hash(words)
    for old, new in (("x = 1", "x = 2"), ('"a"', '"b"'), ("return", "x ="), ("def f", "def g")):
        assert data.code_hash(code.replace(old, new)) != data.code_hash(code)


def test_shapes_are_drawn_once(few, tmp_path, monkeypatch):
    """The second time they come from the disk, equal to the byte, and nothing else is there."""
    first = load("shapes", tmp_path)
    monkeypatch.setattr(shapes, "draw", None)
    again = load("shapes", tmp_path)
    assert torch.equal(first.pixels, again.pixels) and torch.equal(first.labels, again.labels)
    (only,) = tmp_path.iterdir()
    assert only.match("shapes-120-*.npz")


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "flipped"])
def test_a_damaged_cache_is_drawn_again(few, tmp_path, monkeypatch, damage):
    """Whatever happened to the file, the images are right, and so is the file afterwards."""
    first = load("shapes", tmp_path)
    (file,) = tmp_path.glob("shapes-120-*.npz")
    whole = file.read_bytes()
    flipped = whole[:9000] + bytes([whole[9000] ^ 1]) + whole[9001:]
    worse = {"cut": whole[:5000], "empty": b"", "text": b"hello", "flipped": flipped}[damage]
    file.write_bytes(worse)
    assert torch.equal(load("shapes", tmp_path).pixels, first.pixels)
    monkeypatch.setattr(shapes, "draw", None)
    assert torch.equal(load("shapes", tmp_path).pixels, first.pixels)


def test_a_cache_that_cannot_be_written_does_no_harm(few, tmp_path):
    """The root's parent is a file: nothing can be written, but the images are returned."""
    (tmp_path / "file").write_text("")
    assert len(load("shapes", tmp_path / "file" / "deeper")) == 90


def test_ctrl_c_leaves_no_half_of_a_file(few, tmp_path, monkeypatch):
    def save(file, **arrays):
        Path(file).write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", save)
    with pytest.raises(KeyboardInterrupt):
        load("shapes", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser writes anywhere")
def test_a_read_only_root_does_no_harm(few, tmp_path):
    """Nothing is kept, but the images are returned."""
    tmp_path.chmod(0o500)
    assert len(load("shapes", tmp_path)) == 90
    tmp_path.chmod(0o700)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_half_of_a_file(few, tmp_path, monkeypatch):
    """Saving fails half-way: the images are returned, and the partial file is gone."""

    def save(file, **arrays):
        Path(file).write_bytes(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", save)
    assert len(load("shapes", tmp_path)) == 90
    assert list(tmp_path.iterdir()) == []


def test_the_data_root_is_named_by_the_environment(few, tmp_path, monkeypatch):
    """$SIMCLR_MINI_DATA first; a root that is passed wins; without both, the user's cache."""
    monkeypatch.setenv("SIMCLR_MINI_DATA", str(tmp_path / "env"))
    load("shapes")
    assert list((tmp_path / "env").glob("shapes-120-*.npz"))
    load("shapes", tmp_path / "passed")
    assert list((tmp_path / "passed").glob("shapes-120-*.npz"))
    monkeypatch.delenv("SIMCLR_MINI_DATA")
    assert data.data_root().name == "simclr-mini"


def test_first_takes_from_the_front():
    """Pixels and labels together; None stays None."""
    pixels = torch.arange(24, dtype=torch.uint8).view(8, 3, 1, 1)
    images = data.Images(pixels, torch.arange(8), ("a",), "x", "train")
    few = images.first(3)
    assert len(few) == 3 and few.labels.tolist() == [0, 1, 2] and few.split == "train"
    assert torch.equal(few.pixels, pixels[:3])
    assert data.Images(pixels, None, (), "x", "train").first(3).labels is None


@pytest.mark.parametrize("name", ["mnist", "/no/such/folder", "folder"])
def test_an_unknown_name_is_refused(name):
    """The error names what is allowed."""
    with pytest.raises(ValueError, match=f'"shapes", "cifar10", or the path .*, not {name!r}'):
        load(name)


def test_an_unknown_split_is_refused(tmp_path):
    """A misspelt split must not become the training set."""
    with pytest.raises(ValueError, match="one of train, val, test, pretrain, all, not 'valid'"):
        load("shapes", tmp_path, "valid")


# CIFAR-10


def record(label, value):
    """One record: a label, and an image whose pixel at (channel, row, column) is a known number."""
    pixels = [
        (value + 50 * c + 3 * y + x) % 256 for c in range(3) for y in range(32) for x in range(32)
    ]
    return bytes([label, *pixels])


def write_cifar10(folder, train=(7, 4, 6, 2, 1), test=5):
    """CIFAR-10's files with these numbers of records; record i has label i modulo 10, value i."""
    folder.mkdir(parents=True, exist_ok=True)
    start = 0
    for i, count in enumerate([*train, test], start=1):
        name = f"data_batch_{i}.bin" if i <= len(train) else "test_batch.bin"
        content = b"".join(record(k % 10, k) for k in range(start, start + count))
        (folder / name).write_bytes(content)
        start += count
    (folder / "batches.meta.txt").write_text("\n".join(NAMES) + "\n\n")
    return folder


@pytest.fixture
def no_network(monkeypatch):
    """Any socket fails."""

    def refuse(*_):
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("below", ["", "cifar-10-batches-bin"])
def test_cifar10_files_of_any_length_are_read(tmp_path, no_network, below):
    """From the folder itself or its parent: 18 + 2 and 5 records, each once, pixels in place."""
    write_cifar10(tmp_path / below)
    train, val, test = splits("cifar10", tmp_path)
    assert (len(train), len(val), len(test)) == (18, 2, 5)
    assert train.classes == tuple(NAMES) and train.name == "cifar10"
    values = [part.pixels[:, 0, 0, 0].tolist() for part in (train, val, test)]
    assert sorted(values[0] + values[1]) == list(range(20)) and values[2] == [20, 21, 22, 23, 24]
    assert values[0] != sorted(values[0])
    for part, value in zip((train, val, test), values, strict=True):
        assert part.pixels.dtype == torch.uint8 and part.labels.dtype == torch.int64
        assert part.labels.tolist() == [v % 10 for v in value]
        assert part.pixels[:, 1, 2, 30].tolist() == [(v + 50 + 6 + 30) % 256 for v in value]
        assert part.pixels[:, 2, 31, 4].tolist() == [(v + 100 + 93 + 4) % 256 for v in value]
    assert torch.equal(load("cifar10", tmp_path, "val").pixels, val.pixels)


def test_all_splits_at_once_read_each_file_once_and_are_those_of_load(
    tmp_path, no_network, monkeypatch
):
    write_cifar10(tmp_path)
    opened, read = [], data.read_cifar10
    monkeypatch.setattr(data, "read_cifar10", lambda file: opened.append(file.name) or read(file))
    found = read_splits("cifar10", tmp_path)
    assert len(opened) == len(set(opened)) == 6
    for split, images in found.items():
        alone = load("cifar10", tmp_path, split)
        assert images.split == alone.split == split
        assert torch.equal(images.pixels, alone.pixels)
        assert torch.equal(images.labels, alone.labels) and torch.equal(images.index, alone.index)


def test_each_cifar10_image_knows_its_place_in_the_files(tmp_path, no_network):
    """Splits are shuffled; the index counts through the training files, then the test file."""
    write_cifar10(tmp_path)
    for split in (*SPLITS, "pretrain", "all"):
        images = load("cifar10", tmp_path, split)
        assert images.index.tolist() == number(images)
        assert images.first(3).index.tolist() == number(images)[:3]
    assert sorted(number(images)) == list(range(25)) and number(images) != list(range(25))


def test_the_environment_names_the_folder_of_cifar10(tmp_path, monkeypatch, no_network):
    """$SIMCLR_MINI_DATA is where data sets are."""
    write_cifar10(tmp_path / "cifar-10-batches-bin")
    monkeypatch.setenv("SIMCLR_MINI_DATA", str(tmp_path))
    assert len(load("cifar10")) == 18


@pytest.mark.parametrize("names", [None, b"", b"cat dog"])
def test_class_names_that_are_missing_are_named(tmp_path, no_network, names):
    file = write_cifar10(tmp_path) / "batches.meta.txt"
    file.unlink() if names is None else file.write_bytes(names)
    with pytest.raises(ValueError, match="does not hold the names of 10 classes; fetch"):
        load("cifar10", tmp_path)


@pytest.mark.parametrize("cut", [1, 3072, 3073 * 5])
def test_a_file_cut_short_is_refused(tmp_path, cut):
    """The error has the name, length and what to do; shifted records would silently be noise."""
    file = write_cifar10(tmp_path) / "test_batch.bin"
    file.write_bytes(file.read_bytes()[:-cut])
    with pytest.raises(ValueError, match=rf"test_batch.bin has {5 * 3073 - cut} bytes.* delete it"):
        load("cifar10", tmp_path, "test")


@pytest.mark.parametrize(
    ("name", "like"),
    [("test_batch (1).bin", "test_batch.bin"), ("data_batch_1 copy.bin", "data_batch_1.bin")],
)
def test_other_files_in_the_folder_are_not_read(tmp_path, no_network, name, like):
    """A browser's second download of the test images must not be trained on."""
    write_cifar10(tmp_path)
    before = splits("cifar10", tmp_path)
    (tmp_path / name).write_bytes((tmp_path / like).read_bytes())
    (tmp_path / "test_batch_old.bin").write_bytes((tmp_path / like).read_bytes())
    for old, new in zip(before, splits("cifar10", tmp_path), strict=True):
        assert torch.equal(old.pixels, new.pixels)


def test_labels_above_nine_are_refused(tmp_path):
    """A file that is not CIFAR-10, or shifted by bytes."""
    write_cifar10(tmp_path)
    (tmp_path / "data_batch_2.bin").write_bytes(record(10, 0))
    with pytest.raises(ValueError, match="data_batch_2.bin has a label above 9; delete it"):
        load("cifar10", tmp_path)


def test_missing_training_files_are_named(tmp_path, no_network):
    """Only the test file is there, or the unpacking was interrupted: no other split is made up."""
    write_cifar10(tmp_path, train=())
    with pytest.raises(FileNotFoundError, match="has no data_batch_1.bin"):
        load("cifar10", tmp_path)
    write_cifar10(tmp_path)
    (tmp_path / "data_batch_4.bin").unlink()
    for split in ("train", "val", "test", "all"):
        with pytest.raises(FileNotFoundError, match="has no data_batch_4.bin"):
            load("cifar10", tmp_path, split)


@pytest.fixture
def archive_server(tmp_path, monkeypatch):
    """A small archive of the official layout on this machine, in the official one's place."""
    source = write_cifar10(tmp_path / "server" / "cifar-10-batches-bin")
    archive = tmp_path / "server" / "cifar-10-binary.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(source, source.name)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = partial(Quiet, directory=archive.parent)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("NO_PROXY", "*")
    url = f"http://127.0.0.1:{server.server_port}/{archive.name}"
    monkeypatch.setattr(data, "CIFAR10_URL", url)
    monkeypatch.setattr(data, "CIFAR10_SHA256", hashlib.sha256(archive.read_bytes()).hexdigest())
    yield
    server.shutdown()
    server.server_close()


def test_cifar10_is_downloaded_where_it_is_missing(archive_server, tmp_path):
    """Fetched, checked and unpacked into the root; the next time it is found there."""
    root = tmp_path / "root"
    assert len(load("cifar10", root)) == 18
    assert (root / "cifar-10-batches-bin" / "test_batch.bin").exists()
    data.CIFAR10_URL = "http://127.0.0.1:9/gone"  # put back by archive_server's monkeypatch
    assert len(load("cifar10", root, "test")) == 5


def test_a_download_with_another_checksum_is_refused(archive_server, tmp_path, monkeypatch):
    """Nothing is unpacked."""
    monkeypatch.setattr(data, "CIFAR10_SHA256", "0" * 64)
    with pytest.raises(FileNotFoundError, match="could not be downloaded .*SIMCLR_MINI_DATA"):
        load("cifar10", tmp_path / "root")
    assert not list((tmp_path / "root").rglob("*.bin"))


def test_a_failed_download_says_what_to_do(tmp_path, monkeypatch):
    """Without a network, the error names the folder to put there, and the variable."""
    monkeypatch.setattr(data, "CIFAR10_URL", "http://127.0.0.1:9/cifar-10-binary.tar.gz")
    monkeypatch.setenv("NO_PROXY", "*")
    with pytest.raises(FileNotFoundError, match="put the folder cifar-10-batches-bin there"):
        load("cifar10", tmp_path)


def test_the_checksum_has_the_length_of_one():
    """A SHA-256 has 64 hexadecimal digits: one more, and every download would be refused."""
    assert re.fullmatch("[0-9a-f]{64}", data.CIFAR10_SHA256)


@pytest.mark.skipif(
    not (REAL / "cifar-10-batches-bin").is_dir(), reason=f"no cifar-10-batches-bin in {REAL}"
)
def test_real_cifar10_has_its_known_labels_and_mean(no_network):
    """The first ten labels, the mean over all 50,000 training images, and balanced classes."""
    _, labels = read_cifar10(REAL / "cifar-10-batches-bin" / "data_batch_1.bin")
    assert labels[:10].tolist() == [6, 9, 9, 4, 1, 1, 2, 7, 8, 3]
    train, val, test = splits("cifar10", REAL)
    # where only the training archive is at hand, its last fifth stands in for the test set
    parts = [train, val] if len(train) == 45_000 else [train, val, test]
    assert len(val) == (len(train) + len(val)) // 10
    assert sum(len(part) for part in parts) == 50_000
    mean = sum(part.pixels.sum((0, 2, 3)) for part in parts) / (50_000 * 1024 * 255)
    assert mean.tolist() == pytest.approx([0.49140, 0.48216, 0.44653], abs=1e-5)
    assert torch.cat([part.labels for part in parts]).bincount().tolist() == [5_000] * 10
    assert train.classes == tuple(NAMES)


# folders


def test_a_folder_gives_three_splits_that_never_mix(tmp_path):
    """40 pictures: 4 for test, 3 of the other 36 for validation; each once, each with its label."""
    paint_folder(tmp_path / "pets")
    train, val, test = splits(str(tmp_path / "pets"), size=8)
    assert (len(train), len(val), len(test)) == (33, 3, 4)
    assert sorted(number(train) + number(val) + number(test)) == list(range(40))
    for part in (train, val, test):
        assert part.classes == ("cat", "dog") and part.name == "pets"
        assert part.labels.tolist() == [n % 2 for n in number(part)]
    assert number(train) != sorted(number(train))


def test_the_same_folder_gives_the_same_splits(tmp_path):
    """Even when it is elsewhere; and `folder` with a root is the same as its path."""
    first = splits(str(paint_folder(tmp_path / "a")), size=8)
    again = splits("folder", paint_folder(tmp_path / "b"), size=8)
    assert [number(part) for part in first] == [number(part) for part in again]


def test_sub_folders_are_searched_and_name_classes_at_the_top(tmp_path):
    """cat/young/1.png is a cat; hidden files and folders are passed over without a word."""
    paint(tmp_path / "cat" / "young" / "1.png", "red")
    paint(tmp_path / "cat" / "2.png", "red")
    paint(tmp_path / "dog" / "a" / "b" / "3.png", "blue")
    paint(tmp_path / ".trash" / "4.png", "green")
    paint(tmp_path / "dog" / "._3.png", "green")
    pets = read_folder(tmp_path, 8)
    assert pets.classes == ("cat", "dog")
    assert sorted(pets.files) == [
        str(Path(f)) for f in ("cat/2.png", "cat/young/1.png", "dog/a/b/3.png")
    ]
    assert [f.startswith("dog") for f in pets.files] == pets.labels.tolist()
    assert sorted(pets.labels.tolist()) == [0, 0, 1]
    assert torch.equal(pets.pixels[:, 2, 0, 0] == 255, pets.labels == 1)  # dogs are blue


def test_pictures_outside_sub_folders_have_no_labels(tmp_path):
    """One picture at the top is enough, because a partial labelling is none."""
    paint_folder(tmp_path, classes=())
    assert load(str(tmp_path)).labels is None and load(str(tmp_path)).classes == ()
    paint(tmp_path / "cat" / "99.png", "red")
    assert load(str(tmp_path)).labels is None


@pytest.mark.parametrize("held_out", ["test", "val"])
@pytest.mark.parametrize("built", [False, True])
def test_a_folder_keeps_its_own_test_set(tmp_path, held_out, built):
    """Test pictures come from there alone, and a class has one number in both folders."""
    root = tmp_path / "pets"
    classes = ("ape", "bee", "cat", "dog")
    for i in range(20):
        paint(root / "train" / classes[i % 4] / f"{i}.png", (i, 0, 0))
    for i in range(20, 26):
        paint(root / held_out / classes[1 + i % 2 * 2] / f"{i}.png", (i, 0, 0))
    if built:
        build(root, tmp_path / "pets.npy", 8)
    train, val, test = splits(str(tmp_path / "pets.npy" if built else root), size=8)
    assert (len(train), len(val)) == (18, 2)
    assert sorted(number(train) + number(val)) == list(range(20))
    assert sorted(number(test)) == list(range(20, 26))
    assert train.classes == test.classes == classes
    assert test.labels.tolist() == [1 + n % 2 * 2 for n in number(test)]
    assert train.labels.tolist() == [n % 4 for n in number(train)]


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_pictures_are_refused(tmp_path, count):
    """Three splits need three pictures; an empty validation set would give nan."""
    paint_folder(tmp_path, count)
    for split in SPLITS:
        with pytest.raises(ValueError, match=f"has {count} images.* each need at least one"):
            load(str(tmp_path), split=split)
    paint_folder(tmp_path, 3)
    assert [len(part) for part in splits(str(tmp_path))] == [1, 1, 1]


def test_a_folder_without_pictures_is_refused(tmp_path):
    """So is a folder that does not exist."""
    with pytest.raises(FileNotFoundError, match="no readable picture in"):
        load(str(tmp_path))
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        load("folder", tmp_path / "gone")
    with pytest.raises(FileNotFoundError, match="there is no file .*data build"):
        load("folder", tmp_path / "gone.npy")


# pictures


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG", ".png", ".webp"])
def test_jpeg_png_and_webp_are_read(tmp_path, suffix):
    """Red stays red, in channel order."""
    image = read_picture(paint(tmp_path / f"a{suffix}", (250, 20, 90), (40, 30)), 16)
    assert image.shape == (3, 16, 16) and image.dtype == np.uint8
    assert np.abs(image.mean((1, 2)) - [250, 20, 90]).max() < 4


def test_the_middle_square_is_kept(tmp_path):
    """A wide picture loses its sides, a tall one its ends; nothing is squeezed."""
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 255
    Image.fromarray(wide).save(tmp_path / "wide.png")
    Image.fromarray(wide.transpose(1, 0, 2)).save(tmp_path / "high.png")
    for name in ("wide.png", "high.png"):  # the filter looks a pixel past the cut
        image = read_picture(tmp_path / name, 10)
        assert (image[:, 1:-1, 1:-1] == 255).all() and image.min() > 200


def test_a_picture_that_shrinks_is_averaged(tmp_path):
    """A board of black and white pixels becomes grey: no pixel is left out."""
    board = 255 * (np.indices((64, 64)).sum(0) % 2).astype(np.uint8)
    Image.fromarray(board).save(tmp_path / "a.png")
    assert np.abs(read_picture(tmp_path / "a.png", 16).astype(int) - 127).max() < 4


def test_rows_go_down_and_columns_go_right(tmp_path):
    """Pixel (channel, row, column) is the picture's."""
    image = np.random.default_rng(0).integers(0, 256, (6, 6, 3), np.uint8)
    Image.fromarray(image).save(tmp_path / "a.png")
    assert (read_picture(tmp_path / "a.png", 6) == image.transpose(2, 0, 1)).all()


def test_a_png_with_a_changed_byte_is_left_out(tmp_path):
    """Pillow does not compare the checksum of the pixels, and reads garbage."""
    noise = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    file = tmp_path / "a.png"
    Image.fromarray(noise).save(file)
    content = bytearray(file.read_bytes())
    assert read_picture(file, 16).shape == (3, 16, 16)
    content[content.index(b"IDAT") + 40] ^= 1
    file.write_bytes(content)
    with pytest.raises(NotRead):
        read_picture(file, 16)


def test_a_large_jpeg_looks_as_its_png(tmp_path):
    """It is read at a fraction of its size; the result is the same except for a few levels."""
    y, x = np.mgrid[0:800, 0:800]
    image = np.stack([x * 255 / 800, y * 255 / 800, 128 + 100 * np.sin(x / 40)], 2).astype(np.uint8)
    Image.fromarray(image).save(tmp_path / "a.png")
    Image.fromarray(image).save(tmp_path / "a.jpg", quality=95)
    png, jpg = (read_picture(tmp_path / f"a.{kind}", 32).astype(int) for kind in ("png", "jpg"))
    assert np.abs(png - jpg).max() < 12


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
@pytest.mark.parametrize("orientation, back", [(1, None), (3, 3), (6, 2), (8, 4), (2, 0)])
def test_pictures_stand_upright(tmp_path, suffix, orientation, back):
    """A camera held sideways says so in EXIF; red belongs at the top left, blue below."""
    image = np.zeros((32, 32, 3), np.uint8)
    image[:16, :16, 0] = image[16:, :, 2] = 255
    stored = Image.fromarray(image)
    stored = stored if back is None else stored.transpose(Image.Transpose(back))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / f"a.{suffix}", exif=exif)
    found = read_picture(tmp_path / f"a.{suffix}", 32)
    assert np.abs(found.astype(int) - image.transpose(2, 0, 1)).mean() < 20


@pytest.mark.parametrize(
    "mode, color, expected",
    [
        ("L", 200, (200, 200, 200)),
        ("LA", (200, 0), (200, 200, 200)),
        ("1", 1, (255, 255, 255)),
        ("P", 3, None),
        ("RGBA", (9, 90, 200, 40), (9, 90, 200)),
        ("I;16", 128 * 256 + 9, (128, 128, 128)),
    ],
)
def test_other_kinds_of_pixels_become_rgb(tmp_path, mode, color, expected):
    """Grey, grey with alpha, black and white, palette, RGBA and 16 bits, which must not clip."""
    picture = Image.new(mode, (8, 8), color)
    if mode == "P":
        picture.putpalette([0, 0, 0, 1, 1, 1, 2, 2, 2, 40, 50, 60])
        expected = (40, 50, 60)
    picture.save(tmp_path / "a.png")
    found = read_picture(tmp_path / "a.png", 4)
    assert found.shape == (3, 4, 4) and (found == np.array(expected)[:, None, None]).all()


def test_a_cmyk_jpeg_becomes_rgb(tmp_path):
    """Printers' four inks: no ink is white."""
    paint(tmp_path / "a.jpg", (0, 0, 0, 0), mode="CMYK")
    assert (read_picture(tmp_path / "a.jpg", 4) > 250).all()


def huge_png(file, side):
    """A PNG of a hundred bytes that claims side x side pixels."""

    def chunk(kind, content):
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + head + body)


def spoil(root):
    """Add six files that cannot be read to the pictures. Returns the line about them."""
    paint(root / "whole.jpg", "red", (64, 64))
    (root / "truncated.jpg").write_bytes((root / "whole.jpg").read_bytes()[:400])
    (root / "whole.jpg").unlink()
    huge_png(root / "bomb.png", 30_000)
    huge_png(root / "large.png", 12_000)  # over the limit, below twice the limit: Pillow only warns
    (root / "notes.txt").write_text("not a picture")
    (root / "empty.png").write_bytes(b"")
    (root / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic")
    return {
        "1 empty (empty.png)",
        "1 not a picture (notes.txt)",
        "1 HEIC (phone.heic)",
        "1 incomplete (truncated.jpg)",
    }


def test_what_cannot_be_read_is_left_out_and_said_once(tmp_path, capsys):
    """One line names each file and its reason; all splits come from one reading."""
    reasons = spoil(paint_folder(tmp_path, classes=()))
    parts = read_splits(str(tmp_path), size=8)
    assert sorted(n for split in SPLITS for n in number(parts[split])) == list(range(40))
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and said.startswith("left out: ")
    found, read = said.removeprefix("left out: ").split("; what is read: ")
    assert set(re.sub(r"2 more than 89 megapixels \(.*?\)(, )?", "", found).split(", ")) == reasons
    assert "bomb.png" in found and "large.png" in found
    assert read == "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, JPEG 2000, up to 89 megapixels\n"


def test_each_file_that_is_left_out_is_named_with_its_reason(tmp_path, capsys):
    """One file that is too large among good ones: its path, the reason, and what is allowed."""
    paint_folder(tmp_path)
    huge_png(tmp_path / "cat" / "bomb.png", 30_000)
    assert len(load(str(tmp_path), size=8)) == 33
    name = Path("cat") / "bomb.png"
    said = capsys.readouterr().out
    assert said.startswith(f"left out: 1 more than 89 megapixels ({name}); what is read: JPEG, ")
    assert said.count("\n") == 1
    assert load(str(tmp_path), size=8).classes == ("cat", "dog")


def test_unreadable_files_name_no_class_and_take_no_label_away(tmp_path):
    """A text file at the top and a folder of text files leave the labels as they were."""
    paint_folder(tmp_path)
    (tmp_path / "README").write_text("pets")
    (tmp_path / "about").mkdir()
    (tmp_path / "about" / "x.txt").write_text("pets")
    images = load(str(tmp_path), size=8)
    assert images.classes == ("cat", "dog") and len(images) == 33


def test_no_damage_stops_the_reading(tmp_path):
    """Three kinds of files, each damaged in 40 ways: every one is read or skipped."""
    chance, files = random.Random(0), []
    exif = Image.Exif()
    exif[0x0112] = 6
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (24, 24, 3), np.uint8))
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = io.BytesIO()
        noise.save(whole, kind, exif=exif)
        for i in range(40):
            damaged = bytearray(whole.getvalue())
            for _ in range(3):
                damaged[chance.randrange(200)] = chance.randrange(256)
            file = tmp_path / f"{kind}{i}"
            files.append(Place(file, "train", None))
            file.write_bytes(damaged[: chance.choice([None, chance.randrange(len(damaged))])])
    found = list(readable(files, 8, Notes(tmp_path)))
    assert 0 < len(found) < 120 and all(image.shape == (3, 8, 8) for _, image in found)


# the built file


@pytest.mark.parametrize("classes", [("cat", "dog"), ()])
def test_a_built_file_equals_its_folder(tmp_path, classes):
    """Same pictures, order, labels, classes and splits, with broken files in between."""
    root = paint_folder(tmp_path / "pets", classes=classes)
    spoil(root / "cat" if classes else root)
    assert build(root, tmp_path / "pets.npy", 8) == 40
    whole, built = splits(str(root), size=8), splits(str(tmp_path / "pets.npy"))
    for a, b in zip(whole, built, strict=True):
        assert torch.equal(a.pixels, b.pixels) and b.pixels.dtype == torch.uint8
        assert (a.classes, a.name, a.split) == (b.classes, b.name, b.split)
        same = a.labels is None and b.labels is None
        assert same or (torch.equal(a.labels, b.labels) and b.labels.dtype == torch.int64)
    assert sorted(f.name for f in tmp_path.iterdir()) == ["pets", "pets.npy", "pets.npy.json"]


def test_a_built_file_is_a_plain_numpy_array(tmp_path):
    """Its header tells the truth, and nothing in it is pickled."""
    build(paint_folder(tmp_path / "pets", 12), tmp_path / "pets.npy", 16)
    array = np.load(tmp_path / "pets.npy", allow_pickle=False)
    assert array.shape == (12, 3, 16, 16) and array.dtype == np.uint8
    about = json.loads((tmp_path / "pets.npy.json").read_text())
    assert about["classes"] == ["cat", "dog"] and len(about["labels"]) == 12


def test_a_built_file_is_mapped_and_not_loaded(tmp_path):
    """A byte changed in the file shows in every split: the pixels are the file's."""
    build(paint_folder(tmp_path / "pets"), tmp_path / "pets.npy", 8)
    train, val, test = splits(str(tmp_path / "pets.npy"))
    few = train.first(5)
    with open(tmp_path / "pets.npy", "r+b") as file:
        start = os.path.getsize(tmp_path / "pets.npy") - 40 * 3 * 64
        file.seek(start)
        file.write(bytes([201]) * (40 * 3 * 64))
    for part in (train, val, test, few):
        assert (part.pixels == 201).all()


def test_writing_to_mapped_pixels_leaves_the_file_alone(tmp_path):
    """What a user does to a batch in place must not spoil the data."""
    build(paint_folder(tmp_path / "pets"), tmp_path / "pets.npy", 8)
    before = (tmp_path / "pets.npy").read_bytes()
    load(str(tmp_path / "pets.npy")).pixels.zero_()
    assert (tmp_path / "pets.npy").read_bytes() == before


def test_building_inside_the_folder_does_not_read_itself(tmp_path, capsys):
    """The half-written file is no picture of the folder."""
    paint_folder(tmp_path)
    assert build(tmp_path, tmp_path / "all.npy", 8) == 40
    assert capsys.readouterr().out == ""


def test_progress_sees_every_file(tmp_path):
    """The wrapper gets a list with a length, and what it passes on is read."""
    seen = []

    def progress(files):
        seen.append(len(files))
        return iter(files)

    assert build(paint_folder(tmp_path / "a", 12), tmp_path / "a.npy", 8, progress) == 12
    assert seen == [12]


def test_a_build_that_fails_leaves_nothing(tmp_path):
    """No picture, or stopped half-way: neither part nor array; an earlier one survives."""
    (tmp_path / "none").mkdir()
    with pytest.raises(FileNotFoundError, match="no readable picture in"):
        build(tmp_path / "none", tmp_path / "none.npy", 8)

    def stop(files):
        yield files[0]
        raise KeyboardInterrupt

    build(paint_folder(tmp_path / "a", 12), tmp_path / "a.npy", 8)
    before = (tmp_path / "a.npy").read_bytes()
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "a", tmp_path / "a.npy", 8, stop)
    assert (tmp_path / "a.npy").read_bytes() == before
    assert sorted(f.name for f in tmp_path.iterdir()) == ["a", "a.npy", "a.npy.json", "none"]
    with pytest.raises(ValueError, match=r"must end in .npy; .*a.bin does not"):
        build(tmp_path / "a", tmp_path / "a.bin", 8)


def test_a_file_that_build_did_not_write_is_refused(tmp_path):
    """Another array, no array, a file cut short, and labels of another file."""
    file = tmp_path / "a.npy"
    np.save(file, np.zeros((4, 8, 8, 3), np.uint8))
    with pytest.raises(ValueError, match=r"uint8 of shape \(N, 3, H, W\), not uint8 of shape"):
        load(str(file))
    file.write_bytes(b"hello")
    with pytest.raises(ValueError, match="not a complete array .* build it again"):
        load(str(file))
    build(paint_folder(tmp_path / "a", 12), file, 8)
    whole = file.read_bytes()
    file.write_bytes(whole[:-5])
    with pytest.raises(ValueError, match="not a complete array .* build it again"):
        load(str(file))
    np.save(file, np.zeros((4, 3, 8, 8), np.uint8))
    with pytest.raises(ValueError, match="4 images, but its .json file describes 12; build it"):
        load(str(file))
