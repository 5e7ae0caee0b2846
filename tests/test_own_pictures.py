"""Own pictures: whatever people have in a folder is used correctly, or named with a reason."""

import errno
import io
import json
import os
import struct
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, features

from simclr_mini import array_file, data, folder
from simclr_mini.data import SPLITS, info, load, read_splits
from simclr_mini.folder import build, built_name, read_folder
from simclr_mini.layout import Notes, find_pictures, natural
from simclr_mini.picture_file import has_end, read_picture, reason

ROOT = Path(__file__).parent.parent
EVERY = (*SPLITS, "pretrain", "all")
WEIRD = "mine (1) [x] $HOME Käfer Кошки 'q'"


def paint(file: Path, seed: int, side: int = 16) -> Path:
    """Save a picture of noise; each seed has its own."""
    file.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)
    Image.fromarray(noise).save(file)
    return file


def fill(root: Path, **counts: int) -> Path:
    """Different pictures in folders; in a folder's name "__" stands for "/", and "_" for itself."""
    number = 0
    for name, count in counts.items():
        for _ in range(count):
            paint(root / name.replace("__", "/") / f"{number:03d}.png", number)
            number += 1
    return root


def tops(images) -> Counter:
    """How many images are in each of the top folders."""
    return Counter(str(Path(file).parent) for file in images.files)


def names(images) -> set[str]:
    return {Path(file).name for file in images.files}


# each file once


def test_a_link_to_a_parent_folder_adds_nothing(tmp_path, capsys):
    """20 pictures stay 20, no test picture is trained on, and the link is named."""
    root = fill(tmp_path / "p", a=10, b=10)
    (root / "a" / "back").symlink_to("..")
    images = load(str(root), split="all", size=8)
    assert len(images) == 20 and tops(images) == {"a": 10, "b": 10}
    splits = read_splits(str(root), size=8)
    assert not set(splits["test"].files) & set(splits["pretrain"].files)
    assert f"1 linked back to a folder ({Path('a') / 'back'})" in capsys.readouterr().out


def test_links_above_the_folder_are_not_followed(tmp_path):
    """Two of them would have led through all that lies above, many times over."""
    root = fill(tmp_path / "p", a=3, b=3)
    fill(tmp_path, other=5)
    (root / "a" / "up").symlink_to(tmp_path)
    (root / "b" / "up").symlink_to(tmp_path)
    assert len(load(str(root), split="all", size=8)) == 6


def test_links_to_folders_outside_are_followed_once(tmp_path):
    """A class may be a link; a second link to the same pictures adds nothing."""
    outside, root = fill(tmp_path / "outside", x=4, y=3), fill(tmp_path / "p", dog=2)
    (root / "cat").symlink_to(outside / "x")
    (root / "cow").symlink_to(outside / "x")
    (root / "sheep").symlink_to(outside / "y")
    images = load(str(root), split="all", size=8)
    assert tops(images) == {"cat": 4, "dog": 2, "sheep": 3}
    assert images.classes == ("cat", "dog", "sheep")


def test_two_folders_that_link_to_each_other_end(tmp_path):
    root = fill(tmp_path / "p", a=4, b=4)
    (root / "a" / "b").symlink_to(root / "b")
    (root / "b" / "a").symlink_to(root / "a")
    images = load(str(root), split="all", size=8)
    assert tops(images) == {"a": 4, "b": 4}


@pytest.mark.parametrize("link, kept", [(os.symlink, "train"), (os.link, "test")])
def test_a_link_to_a_picture_is_no_second_picture(tmp_path, capsys, link, kept):
    """A real name wins over a link, and of two hard links the first by name."""
    root = fill(tmp_path / "p", train__a=10, train__b=10, test__a=4, test__b=4)
    link(root / "train" / "a" / "000.png", root / "test" / "b" / "leak.png")
    link(root / "train" / "a" / "001.png", root / "train" / "a" / "z.png")
    images = load(str(root), split="all", size=8)
    assert len(images) == 28 and "z.png" not in names(images)
    both = {str(Path("train", "a", "000.png")), str(Path("test", "b", "leak.png"))}
    (only,) = both & set(images.files)
    assert Path(only).parts[0] == kept
    assert "2 read under another name" in capsys.readouterr().out


def test_a_link_to_a_picture_outside_is_a_picture(tmp_path):
    root = fill(tmp_path / "p", a=4)
    (root / "b").mkdir()
    (root / "b" / "x.png").symlink_to(paint(tmp_path / "outside.png", 99))
    assert tops(load(str(root), split="all", size=8)) == {"a": 4, "b": 1}


def test_a_link_to_nothing_is_named(tmp_path, capsys):
    root = fill(tmp_path / "p", a=4, b=4)
    (root / "b" / "gone.png").symlink_to("nowhere.png")
    assert len(load(str(root), split="all", size=8)) == 8
    assert f"1 linked to nothing ({Path('b') / 'gone.png'})" in capsys.readouterr().out


def test_copies_in_training_and_test_are_named(tmp_path, capsys):
    """Both stay, because pictures may be equal by nature; but nobody overlooks them."""
    root = fill(tmp_path / "p", train__a=10, train__b=10, test__a=4, test__b=4)
    (root / "test" / "a" / "copy.png").write_bytes((root / "train" / "a" / "000.png").read_bytes())
    assert len(load(str(root), split="all", size=8)) == 29
    expected = "copies: 2 pictures are equal to one in another split, pixel for pixel\n"
    assert capsys.readouterr().out == expected


# what the eye sees


def disc(colour, ground=(0, 0, 0, 0), half=None) -> Image.Image:
    """A disc on a transparent ground; its lower half may have another colour."""
    picture = Image.new("RGBA", (40, 40), ground)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((8, 8, 30, 30), fill=colour)
    if half:
        draw.pieslice((8, 8, 30, 30), 0, 180, fill=half)
    return picture


def seen(picture: Image.Image, file: Path, **options) -> tuple[int, int, int]:
    """Grey levels of a saved picture at the disc's upper half, its lower half and the ground."""
    picture.save(file, **options)
    square = read_picture(file, 40).mean(0)
    return tuple(round(square[y, 19]) for y in (13, 26, 2))


@pytest.mark.parametrize("suffix", ["png", "webp", "gif", "tif", "jp2", "avif"])
def test_a_transparent_picture_shows_its_shape(tmp_path, suffix):
    """Transparent ground becomes white behind black, and black behind white."""
    if suffix == "avif" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    lossless = {"lossless": True} if suffix == "webp" else {}
    black, clear = (0, 0, 0, 255), (255, 255, 255, 0)
    assert seen(disc(black), tmp_path / f"b.{suffix}", **lossless) == (0, 0, 255)
    white = seen(disc((255, 255, 255, 255), clear), tmp_path / f"w.{suffix}", **lossless)
    assert white == pytest.approx((255, 255, 0), abs=2)


def test_black_and_white_on_nothing_are_both_seen_on_grey(tmp_path):
    picture = disc((255, 255, 255, 255), half=(0, 0, 0, 255))
    assert seen(picture, tmp_path / "a.png") == (255, 0, 128)


def test_what_is_half_transparent_is_mixed_with_the_ground(tmp_path):
    assert seen(disc((0, 0, 0, 128)), tmp_path / "a.png") == (127, 127, 255)


@pytest.mark.parametrize("kind", ["palette", "palette of alphas", "one grey", "one colour", "16"])
def test_every_kind_of_transparency_counts(tmp_path, kind):
    """A palette's entry, an alpha for each entry, one value of grey, RGB or 16 bits."""
    if kind.startswith("palette"):
        picture = Image.new("P", (40, 40), 0)
        picture.putpalette([0, 0, 0, 0, 0, 0])
        value, clear = 1, 0 if kind == "palette" else bytes([0, 255])
    elif kind == "one grey":
        picture, value, clear = Image.new("L", (40, 40), 7), 0, 7
    elif kind == "one colour":
        picture, value, clear = Image.new("RGB", (40, 40), (1, 2, 3)), (0, 0, 0), (1, 2, 3)
    else:
        picture, value, clear = Image.new("I;16", (40, 40), 700), 0, 700
    if kind == "16":
        values = np.where(np.asarray(disc((0, 0, 0, 255)))[..., 3] > 0, 0, 700).astype(np.uint16)
        picture = Image.fromarray(values)
    else:
        ImageDraw.Draw(picture).ellipse((8, 8, 30, 30), fill=value)
    assert seen(picture, tmp_path / "a.png", transparency=clear) == (0, 0, 255)


def test_thirty_icons_stay_thirty_pictures(tmp_path):
    """Black discs in thirty places on nothing; the transparent ground is black as well."""
    (tmp_path / "p").mkdir()
    for i in range(30):
        picture = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
        ImageDraw.Draw(picture).ellipse((i // 3, i % 3 * 6, i // 3 + 15, 20), fill=(0, 0, 0, 255))
        picture.save(tmp_path / "p" / f"{i}.png")
    pixels = load(str(tmp_path / "p"), split="all").pixels
    assert len({image.numpy().tobytes() for image in pixels}) == 30
    assert "converted: 30 transparent, composed on white" in str(info(str(tmp_path / "p")))


def test_transparency_without_a_shape_is_dropped(tmp_path):
    """A satellite's picture whose alpha is 0 everywhere keeps its colours, and it is said."""
    changes = Counter()
    Image.new("RGBA", (8, 8), (9, 90, 200, 0)).save(tmp_path / "a.png")
    assert read_picture(tmp_path / "a.png", 8, changes)[:, 0, 0].tolist() == [9, 90, 200]
    assert changes == {"equally transparent everywhere, made opaque": 1}


@pytest.mark.parametrize("suffix", ["gif", "png", "webp", "tif"])
def test_the_first_of_several_frames_is_used(tmp_path, suffix):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ((250, 0, 0), (0, 250, 0))]
    file, changes = tmp_path / f"a.{suffix}", Counter()
    frames[0].save(file, save_all=True, append_images=frames[1:])
    red, green, _ = read_picture(file, 8, changes).mean((1, 2))
    assert red > 240 and green < 10 and changes["only the first of several frames"] == 1


def test_damage_after_the_first_frame_does_no_harm(tmp_path):
    """The place of a third page points nowhere: counting the pages fails, and the first is read."""
    pages = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    content = bytearray((tmp_path / "a.tif").read_bytes())
    at = 4  # where the place of the first page is written, then of the second, then of the third
    for _ in range(2):
        (page,) = struct.unpack_from("<I", content, at)
        (entries,) = struct.unpack_from("<H", content, page)
        at = page + 2 + 12 * entries
    struct.pack_into("<I", content, at, len(content) + 1000)
    (tmp_path / "a.tif").write_bytes(content)
    assert read_picture(tmp_path / "a.tif", 8)[:, 0, 0].tolist() == [255, 0, 0]


def test_what_is_changed_is_counted(tmp_path):
    """Sides, size, 16 bits and CMYK; a picture that needs no change counts nowhere."""
    folder = tmp_path / "p"
    paint(folder / "plain.png", 0)
    Image.new("RGB", (40, 20), "red").save(folder / "wide.png")
    Image.new("RGB", (9, 9), "blue").save(folder / "small.png")
    Image.new("I;16", (16, 16), 128 * 256).save(folder / "deep.png")
    Image.new("CMYK", (16, 16), (0, 255, 0, 0)).save(folder / "print.jpg")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (16, 16), "green").save(folder / "turned.jpg", exif=exif)
    notes = read_folder(folder, 16).notes["converted"].split(", ")
    assert sorted(notes) == [
        "1 CMYK",
        "1 cut to the middle square",
        "1 enlarged",
        "1 grey",
        "1 reduced from 16 bits",
        "1 turned upright",
    ]


# formats and damage


@pytest.mark.parametrize(
    "suffix", ["bmp", "tif", "gif", "avif", "jp2", "webp", "PNG", "JPG", "Jpeg"]
)
def test_what_pillow_reads_safely_is_read(tmp_path, suffix):
    if suffix == "avif" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    picture = Image.new("RGB", (32, 32), (200, 40, 90))
    picture.save(tmp_path / f"a.{suffix}")
    found = read_picture(tmp_path / f"a.{suffix}", 16).mean((1, 2))
    assert found == pytest.approx([200, 40, 90], abs=5)


def test_the_suffix_does_not_matter(tmp_path):
    paint(tmp_path / "a.png", 0).rename(tmp_path / "a.jpg")
    (tmp_path / "a.jpg").rename(tmp_path / "no suffix")
    assert read_picture(tmp_path / "no suffix", 16).shape == (3, 16, 16)


@pytest.mark.parametrize("share", [0.5, 0.1])
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "gif", "avif", "jp2"])
def test_a_file_whose_end_is_zeros_is_no_picture(tmp_path, suffix, share):
    """As an interrupted download leaves it. Pillow alone would accept four of these formats."""
    if suffix == "avif" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    file = paint(tmp_path / f"a.{suffix}", 0, side=300)
    content = file.read_bytes()
    lost = int(share * len(content))
    file.write_bytes(content[: len(content) - lost] + bytes(lost))
    with pytest.raises(Exception) as error:
        read_picture(file, 32)
    assert reason(error.value) in ("incomplete", "damaged")
    if suffix in ("jpg", "png", "webp", "avif"):
        assert reason(error.value) == "incomplete"


def test_the_end_of_a_thumbnail_is_not_the_end_of_the_picture():
    """A JPEG's own end marker counts, with fill bytes or other data after it."""

    def jpeg(side, **options):
        noise = np.random.default_rng(side).integers(0, 256, (side, side, 3), np.uint8)
        file = io.BytesIO()
        Image.fromarray(noise).save(file, "JPEG", **options)
        return file.getvalue()

    thumbnail = jpeg(16)
    exif = b"Exif\0\0" + thumbnail
    whole = jpeg(200, exif=exif, progressive=True)
    assert thumbnail in whole and has_end(whole) and has_end(whole + b"\xff\xd8 a film" + bytes(99))
    assert not has_end(whole[: len(whole) // 2] + bytes(len(whole) // 2))
    assert not has_end(whole[:-2])


def test_greys_without_a_known_white_are_refused(tmp_path):
    """32 bits and fractions: Pillow would have made them all black or all white."""
    for mode in ("I", "F"):
        Image.new(mode, (16, 16), 1).save(tmp_path / "a.tif")
        with pytest.raises(ValueError, match="32 bits per pixel"):
            read_picture(tmp_path / "a.tif", 8)


def test_a_photo_of_108_megapixels_is_named_with_the_limit(tmp_path, capsys):
    root = fill(tmp_path / "p", a=4, b=4)
    Image.new("L", (12_000, 9_000)).save(root / "a" / "huge.jpg")
    assert len(load(str(root), split="all", size=8)) == 8
    said = capsys.readouterr().out
    assert f"1 more than 89 megapixels ({Path('a') / 'huge.jpg'})" in said
    assert said.endswith("up to 89 megapixels\n")


def test_a_folder_without_a_readable_picture_says_why(tmp_path):
    (tmp_path / "p").mkdir()
    for i in range(5):
        (tmp_path / "p" / f"{i}.heic").write_bytes(b"\0\0\0\x18ftypheic")
    with pytest.raises(FileNotFoundError, match=r"no readable .*5 HEIC \(0.*2.heic and 2 more\); "):
        load(str(tmp_path / "p"))


# files that are no pictures


def test_what_systems_add_is_ignored(tmp_path, capsys):
    """Hidden files, and the folders of archives and storage devices with pictures in them."""
    root = fill(tmp_path / "p", a=4, b=4)
    for name in ("__MACOSX", "@eaDir", "$RECYCLE.BIN", ".ipynb_checkpoints", ".thumbnails"):
        paint(root / name / "x.png", 1)
        paint(root / "a" / name / "x.png", 1)
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "._000.png"):
        (root / name).write_bytes(b"\0\0\0\1Bud1")
        (root / "b" / name).write_bytes(b"\0\0\0\1Bud1")
    images = load(str(root), split="all", size=8)
    assert tops(images) == {"a": 4, "b": 4} and images.classes == ("a", "b")
    assert capsys.readouterr().out == ""


def test_what_may_not_be_opened_is_named(tmp_path, capsys, monkeypatch):
    """The superuser may open anything, so this test makes opening fail."""
    root = fill(tmp_path / "p", a=4, b=4, c=4)
    scan, look = os.scandir, find_pictures.__globals__["file_format"]

    def scandir(at):
        if Path(at).name == "c":
            raise PermissionError(errno.EACCES, "Permission denied", str(at))
        return scan(at)

    def file_format(file):
        if file.name == "000.png":
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return look(file)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setitem(find_pictures.__globals__, "file_format", file_format)
    assert len(load(str(root), split="all", size=8)) == 7
    said = capsys.readouterr().out
    assert "1 that cannot be opened (c)" in said
    assert f"1 without permission to read ({Path('a') / '000.png'})" in said


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_pipe_is_not_opened(tmp_path, capsys):
    """Reading it would wait for ever."""
    root = fill(tmp_path / "p", a=4, b=4)
    os.mkfifo(root / "a" / "pipe.png")
    assert len(load(str(root), split="all", size=8)) == 8
    assert "1 not a file" in capsys.readouterr().out


# splits


def test_all_four_folders_are_used(tmp_path, capsys):
    """`val` is for validation, and `unlabeled` is trained on without labels."""
    parts = {"train__a": 12, "train__b": 12, "val__a": 5, "val__b": 5, "test__a": 4, "test__b": 4}
    root = fill(tmp_path / "p", **parts, unlabeled__a=20, unlabeled=10)
    splits = read_splits(str(root), size=8)
    assert {s: len(images) for s, images in splits.items()} == {
        "pretrain": 54,
        "train": 24,
        "val": 10,
        "test": 8,
    }
    for split in SPLITS:
        assert {Path(file).parts[0] for file in splits[split].files} == {split}
        assert splits[split].classes == ("a", "b")
        expected = [Path(file).parts[1] == "b" for file in splits[split].files]
        assert splits[split].labels.tolist() == expected
    assert {Path(file).parts[0] for file in splits["pretrain"].files} == {"train", "unlabeled"}
    assert splits["pretrain"].labels is None and splits["pretrain"].classes == ()
    every = load(str(root), split="all", size=8)
    assert len(every) == 72
    assert Counter(every.labels.tolist()) == {0: 21, 1: 21, -1: 30}
    assert capsys.readouterr().out == ""
    assert info(str(root), size=8) == [
        "train      24 images of 8 x 8; a 12, b 12",
        "val        10 images of 8 x 8; a 5, b 5",
        "test        8 images of 8 x 8; a 4, b 4",
        "also       30 images without labels, for training only",
    ]


@pytest.mark.parametrize(
    "train, val, test",
    [
        ("Train", "VAL", "Test"),
        ("TRAINING", "valid", "testing"),
        ("training", "Validation", "TEST"),
        ("train", "dev", "test"),
    ],
)
def test_splits_have_many_spellings(tmp_path, train, val, test):
    counts = {f"{name}__{c}": n for name, n in ((train, 8), (val, 3), (test, 2)) for c in "xy"}
    splits = read_splits(str(fill(tmp_path / "p", **counts)), size=8)
    assert [len(splits[s]) for s in SPLITS] == [16, 6, 4]
    assert splits["train"].classes == ("x", "y")


def test_validation_is_the_test_set_where_there_is_no_other(tmp_path):
    """As ImageNet is distributed. It is reported, and training pictures become validation."""
    root = fill(tmp_path / "p", train__a=10, train__b=10, val__a=3, val__b=3)
    splits = read_splits(str(root), size=8)
    assert [len(splits[s]) for s in SPLITS] == [18, 2, 6]
    assert {Path(file).parts[0] for file in splits["test"].files} == {"val"}
    assert "splits: the validation folder serves as the test set" in info(str(root), size=8)


def test_what_lies_next_to_the_splits_is_named(tmp_path, capsys):
    root = fill(tmp_path / "p", train__a=10, train__b=10, test__a=3, test__b=3, extra=4)
    paint(root / "montage.png", 99)
    assert len(load(str(root), split="all", size=8)) == 26
    assert "left out: 5 next to the folders for splits (" in capsys.readouterr().out


@pytest.mark.parametrize("wrapped", ["PetImages", "a/b", "train"])
def test_a_folder_around_everything_is_no_class(tmp_path, wrapped):
    fill(tmp_path / "p" / wrapped, cat=6, dog=6)
    (tmp_path / "p" / "README.txt").write_text("an archive has these")
    assert load(str(tmp_path / "p"), size=8).classes == ("cat", "dog")


def test_splits_are_found_below_a_folder_around_everything(tmp_path):
    root = fill(tmp_path / "p", set__train__a=9, set__train__b=9, set__test__a=2, set__test__b=2)
    splits = read_splits(str(root), size=8)
    assert [len(splits[s]) for s in SPLITS] == [17, 1, 4] and splits["test"].classes == ("a", "b")


def test_unlabelled_pictures_next_to_classes_are_no_class(tmp_path):
    """They are trained on without labels, and every split is labelled."""
    root = fill(tmp_path / "p", cat=20, dog=20, unlabelled=15)
    splits = read_splits(str(root), size=8)
    assert {s: len(images) for s, images in splits.items()} == {
        "pretrain": 48,
        "train": 33,
        "val": 3,
        "test": 4,
    }
    every = [file for s in SPLITS for file in splits[s].files]
    assert len(set(every)) == 40 and splits["train"].classes == ("cat", "dog")
    assert not set(splits["pretrain"].files) & {*splits["val"].files, *splits["test"].files}


def test_a_stray_picture_takes_no_label_away(tmp_path):
    """One at the top, next to labelled folders: it is trained on without a label."""
    root = fill(tmp_path / "p", cat=20, dog=20)
    paint(root / "stray.png", 99)
    splits = read_splits(str(root), size=8)
    assert splits["train"].classes == ("cat", "dog")
    assert names(splits["pretrain"]) - names(splits["train"]) == {"stray.png"}
    assert sum(len(splits[s]) for s in SPLITS) == 40
    assert info(str(root), size=8)[3] == ("also        1 images without labels, for training only")


def test_labels_that_are_dropped_are_said_to_be(tmp_path, capsys):
    """More pictures outside the class folders than inside: none has a label."""
    root = fill(tmp_path / "p", old=3)
    for i in range(20):
        paint(root / f"{i}.png", 100 + i)
    images = load(str(root), split="all", size=8)
    assert len(images) == 23 and images.labels is None
    expected = "labels: no picture has a label, because 20 of 23 pictures are in no class folder\n"
    assert capsys.readouterr().out == expected


def test_labels_of_test_alone_are_said_to_be_dropped(tmp_path, capsys):
    root = fill(tmp_path / "p", train=20, test__a=3, test__b=3)
    assert load(str(root), split="test", size=8).labels is None
    expected = "because 20 of 20 training pictures are in no class folder\n"
    assert capsys.readouterr().out == f"labels: no picture has a label, {expected}"


def test_a_test_set_without_labels_is_named_and_replaced(tmp_path, capsys):
    """As competitions distribute it: a tenth of the training pictures becomes the test set."""
    root = fill(tmp_path / "p", train__a=20, train__b=20, test=7)
    splits = read_splits(str(root), size=8)
    assert [len(splits[s]) for s in SPLITS] == [33, 3, 4]
    assert all(splits[s].labels is not None for s in SPLITS)
    assert "left out: 7 without a label in test (" in capsys.readouterr().out


def test_unlabelled_sets_keep_their_splits(tmp_path):
    """Without any class folder: `unlabeled` belongs to training, and nothing has a label."""
    splits = read_splits(str(fill(tmp_path / "p", train=9, unlabeled=9, test=4)), size=8)
    assert {s: len(images) for s, images in splits.items()} == {
        "pretrain": 17,
        "train": 17,
        "val": 1,
        "test": 4,
    }
    assert all(images.labels is None for images in splits.values())


def test_a_folder_for_test_alone_can_be_embedded(tmp_path):
    """The split "all" needs no training pictures; the others do, and say so."""
    root = fill(tmp_path / "p", test__a=4, test__b=4, val__a=2, val__b=2)
    assert Counter(load(str(root), split="all", size=8).labels.tolist()) == {0: 6, 1: 6}
    with pytest.raises(ValueError, match="12 images, 8 of them for test; .* at least one"):
        load(str(root), split="train", size=8)


def test_a_class_with_the_name_of_a_split_is_named(tmp_path, capsys):
    root = fill(tmp_path / "p", cat=10, dog=10, test=5)
    assert load(str(root), size=8).classes == ("cat", "dog", "test")
    assert "labels: a folder named test counts as a class" in capsys.readouterr().out


# classes


def test_a_single_class_is_said_to_be_one(tmp_path, capsys):
    assert load(str(fill(tmp_path / "p", cat=12)), size=8).classes == ("cat",)
    assert capsys.readouterr().out == (
        "labels: cat is the only class, so there is nothing to tell apart\n"
    )


def test_classes_that_cannot_be_learned_are_named(tmp_path, capsys):
    """Capitals make another class: `Cat` in test is not `cat` in training."""
    load(str(fill(tmp_path / "p", train__cat=9, train__dog=9, test__Cat=3, test__dog=3)), size=8)
    assert capsys.readouterr().out == "labels: no training picture of Cat\n"


def test_classes_are_numbered_as_people_count(tmp_path):
    """Label 2 is folder 2, not folder 10."""
    root = fill(tmp_path / "p", **{str(i): 2 for i in range(12)})
    images = load(str(root), split="all", size=8)
    assert images.classes == tuple(str(i) for i in range(12))
    assert [int(Path(file).parts[0]) for file in images.files] == images.labels.tolist()
    mixed = ["b10", "b9", "a", "b", "10", "9", "²", "b09"]
    assert sorted(mixed, key=natural) == ["9", "10", "a", "b", "b09", "b9", "b10", "²"]


def test_one_umlaut_in_two_spellings_is_one_class(tmp_path):
    """A Mac writes a letter and two dots, others write one letter."""
    root = tmp_path / "p"
    for form, split, count in (("NFC", "train", 9), ("NFD", "test", 3)):
        for i in range(count):
            paint(root / split / unicodedata.normalize(form, "Käfer") / f"{i}.png", count * 50 + i)
            paint(root / split / "Ameise" / f"{i}.png", count * 70 + i)
    assert load(str(root), split="all", size=8).classes == ("Ameise", "Käfer")


def test_rows_say_what_they_are(tmp_path):
    """Files and class names go with every output that has rows."""
    images = load(str(fill(tmp_path / "p", cat=6, dog=6)), split="all", size=8)
    record = images.record()
    assert record["classes"].tolist() == ["cat", "dog"]
    for file, label in zip(record["files"], record["labels"], strict=True):
        assert Path(file).parts[0] == record["classes"][label]
    np.savez(tmp_path / "x.npz", **record)
    again = np.load(tmp_path / "x.npz", allow_pickle=False)
    assert sorted(again) == ["classes", "files", "labels"]
    some = images.rows(slice(3, 5)).record()
    assert some["files"].tolist() == list(images.files[3:5]) and len(some["labels"]) == 2


# memory


def test_a_file_that_was_replaced_is_read_anew(tmp_path):
    """Whatever split is asked for, nothing is left from an earlier reading."""
    root = fill(tmp_path / "p", cat=6, dog=6)
    for number, split in enumerate(EVERY):
        before = load(str(root), split=split, size=8)
        paint(root / before.files[0], 500 + number)
        after = load(str(root), split=split, size=8)
        assert after.files == before.files
        assert not torch.equal(after.pixels[0], before.pixels[0])
        assert torch.equal(after.pixels[1:], before.pixels[1:])


@pytest.mark.parametrize("built", [False, True])
def test_pixels_that_were_changed_in_place_are_the_callers_own(tmp_path, built):
    root = fill(tmp_path / "p", cat=6, dog=6)
    build(root, tmp_path / "p.npy", 8)
    name = str(tmp_path / "p.npy" if built else root)
    before = {split: load(name, split=split, size=8).pixels for split in EVERY}
    for split in EVERY:
        load(name, split=split, size=8).pixels.fill_(7)
        for other in EVERY:
            assert torch.equal(load(name, split=other, size=8).pixels, before[other])


# the built file and its .json


def test_the_built_file_knows_all_that_its_folder_knows(tmp_path):
    """Every split, labels, unlabelled pictures, classes, and what was left out and why."""
    parts = {"train__2": 8, "train__10": 8, "val__2": 2, "val__10": 2, "test__2": 2, "test__10": 2}
    root = fill(tmp_path / "p", **parts, unlabeled=5)
    (root / "train" / "2" / "x.heic").write_bytes(b"\0\0\0\x18ftypheic")
    build(root, tmp_path / "p.npy", 8)
    from_folder = read_splits(str(root), size=8) | {"all": load(str(root), split="all", size=8)}
    for split, images in from_folder.items():
        built = load(str(tmp_path / "p.npy"), split=split)
        assert torch.equal(built.pixels, images.pixels) and built.files == images.files
        assert built.classes == images.classes
        assert (built.labels is None) == (images.labels is None)
        assert built.labels is None or torch.equal(built.labels, images.labels)
    assert info(str(tmp_path / "p.npy")) == info(str(root), size=8)
    assert any("1 HEIC" in line for line in info(str(tmp_path / "p.npy")))


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), MemoryError()])
def test_a_failing_disk_does_not_make_a_smaller_set(tmp_path, monkeypatch, error):
    """The pictures that could not be read may be sound."""
    root, read = fill(tmp_path / "p", a=6, b=6), folder.read_picture

    def fails(file, *rest):
        if file.name == "003.png":
            raise error
        return read(file, *rest)

    monkeypatch.setattr(folder, "read_picture", fails)
    with pytest.raises(type(error)):
        load(str(root), split="all")
    with pytest.raises(type(error)) as failed:
        build(root, tmp_path / "p.npy", 8)
    assert "p.npy" not in str(failed.value), "reading failed, not writing"
    assert list(tmp_path.iterdir()) == [root]


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("ends", [".npy", ".npy.json", ".old"])
def test_a_pair_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch, there, ends):
    """The array is in use, or the disk fails at another moment: the old pair stays as it was."""
    out = tmp_path / "p.npy"
    if there:
        build(fill(tmp_path / "p", old=12, older=12), out, 8)
    before = {file.name: file.read_bytes() for file in tmp_path.glob("p.npy*")}
    replace = os.replace

    def in_use(source, target):
        if str(target).endswith(ends) and not str(source).endswith(".old"):
            raise PermissionError(errno.EACCES, "in use", str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", in_use)
    if not there and ends == ".old":
        return  # nothing is moved away
    with pytest.raises(PermissionError, match="in use"):
        build(fill(tmp_path / "q", new=5, newer=5), out, 8)
    assert {file.name: file.read_bytes() for file in tmp_path.glob("p.npy*")} == before


def test_a_pair_that_is_replaced_leaves_no_other_file(tmp_path):
    for count in (6, 7):
        build(fill(tmp_path / str(count), a=count, b=6), tmp_path / "p.npy", 8)
    assert len(load(str(tmp_path / "p.npy"), split="all")) == 13
    assert sorted(file.name for file in tmp_path.glob("p*")) == ["p.npy", "p.npy.json"]


def test_a_full_disk_leaves_the_old_pair_and_no_part(tmp_path, monkeypatch):
    out = tmp_path / "p.npy"
    root = fill(tmp_path / "p", a=6, b=6)
    build(root, out, 8)
    before = {file.name: file.read_bytes() for file in tmp_path.glob("p.npy*")}

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(folder, "write_header", full)
    with pytest.raises(OSError, match="No space left on device.*p.npy"):
        build(root, out, 16)
    monkeypatch.undo()
    monkeypatch.setattr(json, "dumps", full)
    with pytest.raises(OSError, match="No space left on device"):
        build(root, out, 16)
    assert {file.name: file.read_bytes() for file in tmp_path.glob("p.npy*")} == before


def test_halves_of_two_builds_are_refused(tmp_path):
    """A copy of one file, or a machine that stopped between the two: equal counts, other names."""
    build(fill(tmp_path / "p", a=6, b=6), tmp_path / "p.npy", 8)
    first = (tmp_path / "p.npy").read_bytes()
    paint(tmp_path / "p" / "a" / "000.png", 500)
    build(tmp_path / "p", tmp_path / "p.npy", 8)
    (tmp_path / "p.npy").write_bytes(first)
    with pytest.raises(ValueError, match="come from different builds; build it again"):
        load(str(tmp_path / "p.npy"))


def test_an_array_without_its_json_is_one_clear_sentence(tmp_path):
    build(fill(tmp_path / "p", a=6, b=6), tmp_path / "p.npy", 8)
    (tmp_path / "p.npy.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"p.npy needs p.npy.json next to it, .* move both"):
        load(str(tmp_path / "p.npy"))


@pytest.mark.parametrize(
    "damage", ["[]", "{}", "{", '{"images": 12}', "short", "few", "no class", "counts"]
)
def test_a_damaged_json_is_named(tmp_path, damage):
    file = tmp_path / "p.npy.json"
    build(fill(tmp_path / "p", a=6, b=6), tmp_path / "p.npy", 8)
    about = json.loads(file.read_text())
    if damage == "short":
        damage = json.dumps(about | {"labels": about["labels"][:-1]})
    if damage == "no class":
        damage = json.dumps(about | {"labels": [2] * 12})
    if damage == "counts":
        damage = json.dumps(about | {"counts": about["counts"] | {"train": 99}})
    if damage == "few":
        damage = json.dumps(about | {"files": about["files"][:-1]})
    file.write_text(damage)
    with pytest.raises(ValueError, match="json is not what `build` wrote; build it again"):
        load(str(tmp_path / "p.npy"))


def test_a_file_of_an_earlier_version_is_read(tmp_path):
    """It knows how many pictures are for test, and nothing about other splits, notes or digests."""
    build(fill(tmp_path / "p", a=20, b=20), tmp_path / "p.npy", 8)
    now = read_splits(str(tmp_path / "p.npy"))
    file = tmp_path / "p.npy.json"
    about = json.loads(file.read_text())
    old = {key: about[key] for key in ("images", "labels", "classes", "files")}
    file.write_text(json.dumps(old | {"tests": about["counts"]["test"]}))
    for split, images in read_splits(str(tmp_path / "p.npy")).items():
        assert images.files == now[split].files and torch.equal(images.labels, now[split].labels)


# paths and terminals


def test_the_built_file_is_named_as_people_type_paths(tmp_path, monkeypatch):
    root = fill(tmp_path / "p", a=2, b=2)
    monkeypatch.chdir(root)
    assert built_name(Path(".")) == Path("p.npy")
    assert built_name(Path("..")) == Path(f"{tmp_path.name}.npy")
    assert built_name(root) == tmp_path / "p.npy" and built_name(Path("a/")) == Path("a.npy")
    with pytest.raises(ValueError, match="--out"):
        built_name(Path("/"))
    build(Path("."), built_name(Path(".")), 8)
    assert len(load("p.npy", split="all")) == len(load(".", split="all")) == 4


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    """Inside an option such as --data=~/pets, the shell leaves it alone."""
    fill(tmp_path / "pets", a=6, b=6)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert len(load("~/pets", split="all", size=8)) == 12
    assert len(load("folder", "~/pets", split="all", size=8)) == 12


def test_any_path_will_do(tmp_path):
    """Spaces, brackets, quotes, $, umlauts and Cyrillic, in the folder and below."""
    root = fill(tmp_path / WEIRD, **{WEIRD: 6, "[b]*?": 6})
    images = load(str(root), split="all", size=8)
    assert images.classes == ("[b]*?", WEIRD) and images.name == WEIRD
    build(root, built_name(root), 8)
    assert load(str(built_name(root)), split="all").files == images.files
    assert WEIRD in info(str(root), size=8)[0]


def test_a_relative_path_says_where_it_starts(tmp_path, monkeypatch):
    """Whoever calls `evaluate` from another folder learns why nothing is there."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="not 'pets'; there is no such folder in ") as error:
        load("pets")
    assert str(tmp_path) in str(error.value)


def test_a_file_is_not_a_folder(tmp_path):
    paint(tmp_path / "a.png", 0)
    with pytest.raises(FileNotFoundError, match="a.png is a file; name a folder of pictures"):
        load(str(tmp_path / "a.png"))


def test_a_place_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*gone to write p.npy to"):
        build(fill(tmp_path / "p", a=2, b=2), tmp_path / "gone" / "p.npy", 8)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_terminal_that_lacks_letters_gets_escapes(tmp_path, encoding):
    """Reading a folder never fails because its notes cannot be printed."""
    root = fill(tmp_path / "p", Кошки=6, Käfer=6)
    (root / "Кошки" / "новый.heic").write_bytes(b"\0\0\0\x18ftypheic")
    program = f"from simclr_mini.data import load; load({str(root)!r}, size=8)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    assert rb"left out: 1 HEIC (\u041a\u043e\u0448\u043a\u0438" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be made on Windows")
def test_a_name_cannot_break_a_line(tmp_path, capsys):
    """Line breaks, escape codes, and bytes that are no text."""
    root = fill(tmp_path / "p", a=4, b=4)
    for name in (b"a\nb.heic", b"\x1b[31mred.heic", b"\xff.heic"):
        with open(os.path.join(os.fsencode(root), name), "wb") as file:
            file.write(b"\0\0\0\x18ftypheic")
    load(str(root), size=8)
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "\x1b" not in said
    assert r"a\nb.heic" in said and r"\x1b[31mred.heic" in said and r"\udcff.heic" in said


def test_notes_name_three_files_and_count_the_others(tmp_path):
    notes = Notes(tmp_path)
    for i in range(9):
        notes.leave_out("empty", tmp_path / f"{i}.png")
    assert notes.text() == {"left out": "9 empty (0.png, 1.png, 2.png and 6 more)"}


def test_the_digest_of_a_picture_is_that_of_its_pixels():
    """Equal for equal pixels in any layout, and different if one differs."""
    square = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8).transpose(2, 0, 1)
    other = square.copy()
    assert array_file.digest(square) == array_file.digest(other)
    other[2, 7, 7] ^= 1
    assert array_file.digest(square) != array_file.digest(other)


# the built-in sets


def test_rows_of_the_built_in_sets_say_their_place(monkeypatch, tmp_path):
    """Splits are shuffled; the index finds an image again in the set as it was drawn."""
    monkeypatch.setattr(data, "SHAPES_TRAIN", 100)
    monkeypatch.setattr(data, "SHAPES_TEST", 20)
    every = load("shapes", tmp_path, "all")
    for split, images in read_splits("shapes", tmp_path).items():
        assert torch.equal(images.pixels, every.pixels[images.index])
        assert images.split == split and "files" not in images.record()
    assert every.record()["index"].tolist() == list(range(120))
    assert torch.equal(*(read_splits("shapes", tmp_path)[s].pixels for s in ("train", "pretrain")))


def test_info_counts_classes_and_says_when_pictures_are_too_few(tmp_path):
    parts = {f"train__c{i}": 2 + i for i in range(12)} | {"test__c0": 2, "val__c11": 1}
    assert info(str(fill(tmp_path / "p", **parts)), size=8) == [
        "train      90 images of 8 x 8; c0 2, c1 3, c2 4, c3 5, c4 6, c5 7, c6 8, c7 9, c8 10, "
        "c9 11 and 2 more",
        "val         1 images of 8 x 8; c0 0, c1 0, c2 0, c3 0, c4 0, c5 0, c6 0, c7 0, c8 0, "
        "c9 0 and 2 more",
        "test        2 images of 8 x 8; c0 2, c1 0, c2 0, c3 0, c4 0, c5 0, c6 0, c7 0, c8 0, "
        "c9 0 and 2 more",
    ]
    assert info(str(fill(tmp_path / "q", test__a=1, test__b=2, val__b=1)), size=8) == [
        "all         4 images of 8 x 8; a 1, b 3"
    ]
