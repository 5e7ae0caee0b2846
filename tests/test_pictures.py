"""The pictures of the pages: each is made by the script, is small, and says what it shows."""

import importlib.util
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"
FILES = {file.stem: file.read_text("utf-8") for file in (DOCS / "pictures").glob("*.svg")}
INCLUDED = re.compile(r'--8<-- "docs/pictures/([\w-]+)\.svg"')


def test_the_script_makes_every_picture_and_no_other(monkeypatch):
    monkeypatch.syspath_prepend(DOCS / "pictures")
    spec = importlib.util.spec_from_file_location("make_pictures", DOCS / "pictures" / "make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    made = (DOCS / "pictures").glob("*.[sp][vn]g")
    assert set(make.PICTURES) == {file.stem for file in made}


def test_a_picture_that_moves_has_a_still_and_a_button():
    moving = [svg for svg in FILES.values() if "<animate" in svg]
    assert len(moving) == 2
    for svg in moving:
        assert 'class="still"' in svg and 'aria-label="Pause or play"' in svg
        assert "prefers-reduced-motion:reduce" in svg


def test_the_film_leaves_room_for_the_rest_of_home():
    assert len(FILES["film"]) < 70_000


@pytest.mark.parametrize("name", FILES)
def test_a_picture_has_words_and_takes_the_colour_of_its_page(name):
    assert len(re.search(r'<g role="img" aria-label="([^"]+)"', FILES[name])[1]) > 60
    assert 'fill="currentColor"' in FILES[name]
    assert "\n\n" not in FILES[name], "Markdown would end the picture there"


def test_all_pictures_together_are_small():
    assert sum(map(len, FILES.values())) < 1_000_000


@pytest.mark.parametrize("page", sorted(DOCS.glob("*/*.md")), ids=lambda page: page.stem)
def test_the_caption_of_a_picture_is_its_command(page):
    text = page.read_text("utf-8")
    commands = re.findall(r"`python docs/pictures/make\.py ([^`]+)`\n\{ \.caption \}", text)
    assert " ".join(commands).split() == INCLUDED.findall(text)
