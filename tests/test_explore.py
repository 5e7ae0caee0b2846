"""The live figures of the site: their arithmetic is the library's, and a reader can use them.

The scripts run in Chromium, from `file://`, on the lines of their own page.
"""

import base64
import dataclasses
import importlib.util
import json
import re
import shutil
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from simclr_mini import baselines, gsimclr, views
from simclr_mini.nnclr import SupportSet
from simclr_mini.nt_xent import candidate_logits, nt_xent_loss, positive_index, similarity_matrix
from simclr_mini.simclr import shuffled_batches
from simclr_mini.views import RECIPES, Recipe

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="no playwright: pip install playwright"
)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium among the system's packages")

EXPLORE = Path(__file__).parents[1] / "docs" / "explore"
FIGURES = ("temperature", "views", "batch", "support-set")
EVERYTHING = Recipe(
    crop=0.5, rotation=0.5, cutout=0.5, gray=0.3, sobel=0.3, noise=0.5, crop_scale=(0.02, 1.2)
)


# ---- the browser, and what it is given


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def page_of(name: str) -> str:
    """The Markdown of a figure's page."""
    return (EXPLORE / f"{name}.md").read_text("utf-8")


def tags(name: str) -> str:
    """The HTML in a figure's page: the figure's place, and its scripts."""
    return "\n".join(re.findall(r"^<(?:div|script).*$", page_of(name), re.M))


@pytest.fixture
def open_page(browser, tmp_path):
    """Open HTML from a file, at a width and in a palette; fail on an error or a request."""
    contexts, troubles = [], []

    def open_(body: str, width: int = 1280, scheme: str = "default"):
        file = tmp_path / "page.html"
        file.write_text(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>figure</title>'
            f'<base href="{EXPLORE.as_uri()}/"><link rel="stylesheet" href="explore.css">'
            f'<body class="md-typeset" data-md-color-scheme="{scheme}">{body}</body></html>'
        )
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda m: m.type == "error" and troubles.append(m.text))
        page.on("request", lambda r: r.url.startswith(("file:", "data:")) or troubles.append(r.url))
        page.goto(file.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture(scope="module")
def js(browser):
    """Call a function of the scripts: js("temperature.softmax", [0.1, 0.2], 0.5)."""
    context = browser.new_context()
    page = context.new_page()
    for name in ("explore.js", "data.js", *(f"{f.replace('-', '_')}.js" for f in FIGURES)):
        page.add_script_tag(path=EXPLORE / name)
    page.evaluate(  # a tensor is [side, values] there and back; a stream of numbers is a source
        """() => {
          const explore = simclrExplore;
          const get = (path) => path.split(".").reduce((at, key) => at[key], explore);
          const read = (given) => {
            if (given && given.side) return { ...given, values: Float64Array.from(given.values) };
            if (given && given.stream) {
              const next = () => given.stream.shift();
              const source = { uniform: next, integer: next, normal: next, permutation: next };
              return given.named ? () => source : source;
            }
            return given;
          };
          const write = (made) => {
            if (ArrayBuffer.isView(made)) return Array.from(made);
            if (made && made.side) return { ...made, values: Array.from(made.values) };
            return made;
          };
          window.call = ([path, given]) => write(get(path)(...given.map(read)));
        }"""
    )
    yield lambda path, *given: page.evaluate("call", [path, list(given)])
    context.close()


def close(found, expected: Tensor | float, tolerance: float = 1e-5) -> None:
    """Equal up to rounding."""
    found = torch.tensor(found, dtype=torch.float64)
    expected = torch.as_tensor(expected).detach().double()
    assert found.shape == expected.shape
    assert torch.allclose(found, expected, rtol=tolerance, atol=tolerance), (found, expected)


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def stills():
    """docs/explore/stills.py as a module."""
    spec = importlib.util.spec_from_file_location("stills", EXPLORE / "stills.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- temperature


@pytest.mark.parametrize("B, temperature", [(2, 1.0), (4, 0.5), (4, 0.07), (7, 0.02)])
def test_one_row_of_nt_xent(js, B, temperature):
    """Softmax, gradient and shares of one anchor; and the mean of all anchors is the loss."""
    generator = seeded(B)
    z1, z2 = (torch.randn(B, 5, dtype=torch.float64, generator=generator) for _ in range(2))
    similarity = similarity_matrix(z1, z2).requires_grad_()
    target = positive_index(B)
    logits = candidate_logits(similarity, temperature)
    F.cross_entropy(logits, target).backward()
    losses = []
    for anchor in range(2 * B):
        others = [k for k in range(2 * B) if k != anchor]
        row = similarity[anchor, others].tolist()
        positive = others.index(int(target[anchor]))
        close(js("temperature.softmax", row, temperature), logits[anchor, others].softmax(0))
        gradient = similarity.grad[anchor, others]
        close(js("temperature.gradient", row, positive, temperature), gradient)
        push = gradient.clone()
        push[positive] = 0
        shares = js("temperature.shares", row, positive, temperature)
        close(shares, push / push.sum(), 1e-4)
        losses.append(js("temperature.loss", row, positive, temperature))
        assert 1 <= js("temperature.counting", shares) <= 2 * B - 2 + 1e-9
    close(sum(losses) / len(losses), nt_xent_loss(z1, z2, temperature))


def test_equal_negatives_all_count(js):
    """Six equal negatives count as six, whatever the temperature."""
    for temperature in (0.02, 2):
        shares = js("temperature.shares", [0.3, *[0.1] * 6], 0, temperature)
        close(js("temperature.counting", shares), 6.0)


# ---- views


def as_js(x: Tensor) -> dict:
    """A picture, shape (3, S, S), as the scripts have it."""
    return {"side": x.shape[1], "values": x.double().flatten().tolist()}


def as_tensor(picture: dict) -> Tensor:
    return torch.tensor(picture["values"]).view(3, picture["side"], picture["side"])


@pytest.fixture(scope="module")
def pictures(stills) -> Tensor:
    """The figure's pictures in [0, 1], and one of random values, shape (7, 3, 32, 32)."""
    noise = torch.rand(1, 3, 32, 32, generator=seeded())
    return torch.cat([stills.shown_pictures() / 255, noise])


def factors(adjust, *amounts):
    """The same adjustment, in the library and in the scripts."""
    return [(lambda x, v=v: adjust(x, torch.tensor([v])), (v,)) for v in amounts]


BOXES = [(0, 0, 32, 32), (3, 8, 11, 20), (31, 0, 1, 1), (5, 5, 9, 27)]
HOLES = [(4.0, 30.2), (16.0, 16.0)]


def cut_out(x: Tensor, row: float, column: float) -> Tensor:
    """`views.cutout` at a given place: its random numbers are what we say."""
    numbers = iter([torch.tensor([row / 32]), torch.tensor([column / 32]), torch.tensor([0.0])])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "rand", lambda *_, **__: next(numbers))
        return views.cutout(x)


OPERATIONS = {
    "flip": [(lambda x: views.horizontal_flip(x, 1.0), ())],
    "toGray": [(lambda x: views.to_gray(x).expand_as(x), ())],
    "adjustBrightness": factors(views.adjust_brightness, 0.0, 0.4, 1.0, 1.8),
    "adjustContrast": factors(views.adjust_contrast, 0.0, 0.4, 1.0, 1.8),
    "adjustSaturation": factors(views.adjust_saturation, 0.0, 0.4, 1.0, 1.8),
    "adjustHue": factors(views.adjust_hue, -0.5, -0.13, 0.0, 0.2),
    "blur": factors(views.blur, 0.1, 0.7, 2.0),
    "sobel": [(lambda x: views.sobel(x, 1.0), ())],
    "rotate": [(lambda x, k=k: x.rot90(k, (2, 3)), (k,)) for k in range(4)],
    "cropAndResize": [
        (
            lambda x, box=box: views.crop_and_resize(x, torch.tensor([box]), 32),
            (dict(zip(("top", "left", "height", "width"), box, strict=True)), 32),
        )
        for box in BOXES
    ],
    "cutout": [(lambda x, at=at: cut_out(x, *at), at) for at in HOLES],
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_change_is_the_librarys(js, pictures, operation):
    """Same picture, same parameters, same pixels."""
    for x in pictures[::2]:
        for change, parameters in OPERATIONS[operation]:
            found = as_tensor(js(f"views.{operation}", as_js(x), *parameters))
            close(found.tolist(), change(x[None])[0])


def record(monkeypatch) -> list[float]:
    """Record everything that torch draws from now on, in order."""
    drawn = []
    for name in ("rand", "randint", "randn"):
        draw = getattr(torch, name)

        def keep(*args, draw=draw, **kwargs):
            values = draw(*args, **kwargs)
            drawn.extend(values.flatten().tolist())
            return values

        monkeypatch.setattr(torch, name, keep)
    return drawn


@pytest.mark.parametrize("name", [*RECIPES, "everything"])
def test_a_view_from_the_same_random_numbers_is_the_same(js, pictures, monkeypatch, name):
    """Which changes, in which order, and how strong: one_view, draw for draw."""
    recipe = EVERYTHING if name == "everything" else RECIPES[name]
    drawn = record(monkeypatch)
    for seed in range(12):
        drawn.clear()
        x = pictures[seed % len(pictures)]
        expected = views.one_view(x[None], recipe, seeded(seed))[0]
        source = {"stream": list(drawn), "named": True}
        found = js("views.oneView", as_js(x), dataclasses.asdict(recipe), source)
        close(as_tensor(found).tolist(), expected)


def test_crop_that_never_fits_is_the_largest_allowed(js):
    """The last resort of crop_boxes, for wide and for tall ratios."""
    for ratio in [(2.0, 3.0), (0.2, 0.5)]:
        expected = views.crop_boxes(1, 32, 32, (3.0, 4.0), ratio, seeded(1))[0].tolist()
        stream = [torch.rand(n, generator=g).tolist() for g in [seeded(1)] for n in (10, 10, 1, 1)]
        found = js("views.cropBox", 32, (3.0, 4.0), ratio, {"stream": sum(stream, [])})
        assert [found[key] for key in ("top", "left", "height", "width")] == expected


def test_colours_are_counted_as_in_the_report(js, stills):
    pixels = stills.shown_pictures()
    shares = [js("views.histogram", x.flatten().tolist(), 32) for x in pixels]
    close(shares, baselines.histogram_features(pixels))
    assert js("views.common", shares[0], shares[0]) == pytest.approx(1)


# ---- the batch


CLUSTERS = {
    "equal": torch.arange(50) % 10,
    "unequal": (torch.rand(64, generator=seeded(2)) ** 3 * 7).long(),
    "one": torch.zeros(12, dtype=torch.int64),
}


@pytest.mark.parametrize("B", [2, 4, 10])
@pytest.mark.parametrize("clusters", CLUSTERS.values(), ids=CLUSTERS)
def test_batches_from_the_same_permutations_are_the_same(js, monkeypatch, clusters, B):
    permutations = []
    draw = torch.randperm

    def keep(*args, **kwargs):
        permutations.append(draw(*args, **kwargs))
        return permutations[-1]

    monkeypatch.setattr(torch, "randperm", keep)
    ways = {
        "shuffledBatches": lambda g: shuffled_batches(len(clusters), B, g),
        "dealtBatches": lambda g: gsimclr.pseudo_label_batches(clusters, B, g, "dealt"),
        "releasedBatches": lambda g: gsimclr.pseudo_label_batches(clusters, B, g, "released"),
    }
    for name, way in ways.items():
        permutations.clear()
        expected = [batch.tolist() for batch in way(seeded(3))]
        source = {"stream": [p.tolist() for p in permutations]}
        assert js(f"batch.{name}", clusters.tolist(), B, source) == expected


@pytest.mark.parametrize("clusters", CLUSTERS.values(), ids=CLUSTERS)
def test_collisions_are_counted_as_in_the_library(js, clusters):
    sizes = torch.bincount(clusters)
    assert js("batch.sizesOf", clusters.tolist()) == sizes.tolist()
    assert (
        js("batch.rankInCluster", clusters.tolist()) == gsimclr.rank_in_cluster(clusters).tolist()
    )
    assert js("batch.collisions", clusters.tolist()) == gsimclr.collisions(clusters)
    for T in (1, 3, 5):
        assert js("batch.leastCollisions", sizes.tolist(), T) == gsimclr.least_collisions(sizes, T)
    close(
        js("batch.expectedCollisions", sizes.tolist(), 10), gsimclr.expected_collisions(sizes, 10)
    )


def test_pairs_are_what_nt_xent_makes_of_them(js, stills):
    """Masked, positive, negative, false negative; and the share of the false is the library's."""
    names = ("negative", "false", "positive", "masked")
    for labels in (torch.tensor([0, 1, 2, 1]), torch.arange(10) % 4, torch.zeros(3).long()):
        found = js("batch.kinds", labels.tolist())
        assert found == [[names[kind] for kind in row] for row in stills.kinds(labels).tolist()]
        flat, B = sum(found, []), len(labels)
        share = flat.count("false") / (2 * B * (2 * B - 2))
        assert share == pytest.approx(gsimclr.collisions(labels) / (B * (B - 1) / 2))
        assert js("batch.falseShare", labels.tolist()) == pytest.approx(share)


# ---- the support set


@pytest.mark.parametrize("Q, d, B", [(6, 2, 4), (10, 2, 4), (7, 5, 3), (4, 3, 4)])
def test_a_support_set_turns_over_as_in_the_library(js, Q, d, B):
    """Ten pushes with wrap-around: rows, images, ages, position; and what each projection finds."""
    generator = seeded(Q)
    support = SupportSet(Q, d, generator)
    ring = js("supportSet.create", support.rows.tolist())
    for _ in range(10):
        z = 3 * torch.randn(B, d, generator=generator)
        images = torch.randint(5, (B,), generator=generator)
        found = [js("supportSet.find", ring, row) for row in z.tolist()]
        assert found == support.find(z).tolist()
        own = zip(z.tolist(), images.tolist(), strict=True)
        found = [js("supportSet.find", ring, row, image) for row, image in own]
        assert found == support.find(z, exclude=images).tolist()
        close([js("supportSet.nearest", ring, row) for row in z.tolist()], support.nearest(z))
        support.push(z, images)
        ring = js("supportSet.push", ring, z.tolist(), images.tolist())
        close(ring["rows"], support.rows)
        assert ring["images"] == support.images.tolist()
        assert ring["ages"] == support.ages.tolist()
        assert ring["position"] == int(support.position)


def test_a_batch_larger_than_the_set_is_refused(js):
    ring = js("supportSet.create", [[1, 0], [0, 1]])
    with pytest.raises(sync_api.Error, match="3 projections do not fit a support set of 2"):
        js("supportSet.push", ring, [[1, 0]] * 3)


# ---- what the figures start from


def equal(found, expected) -> bool:
    """Equal, except that a picture may differ by one level, as random numbers' last bits differ."""
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(equal(found[k], expected[k]) for k in found)
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(equal, found, expected))
    if isinstance(expected, float):
        return found == pytest.approx(expected, abs=2e-4)
    if isinstance(expected, str) and len(expected) > 200:
        first, second = (torch.tensor(list(base64.b64decode(s))) for s in (found, expected))
        return bool((first - second).abs().max() <= 1)
    return found == expected


def test_data_is_what_stills_writes(stills):
    """data.js is current: python docs/explore/stills.py writes it."""
    lines = re.findall(
        r"data\.(\w+) = \{$(.*?)^\};", (EXPLORE / "data.js").read_text(), re.M | re.S
    )
    found = {
        figure: {k: json.loads(v) for k, v in re.findall(r"^  (\w+): (.*),$", body, re.M)}
        for figure, body in lines
    }
    assert equal(found, json.loads(json.dumps(stills.data())))


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_has_a_still_picture_with_alt_text(name):
    alt, file = re.search(
        r"^!\[(.*)\]\((\S+)\)\{ \.explore-still \}$", page_of(name), re.M
    ).groups()
    assert len(alt) > 60
    assert (EXPLORE / file).stat().st_size > 1000


@pytest.mark.parametrize("name", FIGURES)
def test_still_picture_shows_only_in_print_and_without_scripts(open_page, name):
    still = '<p><img class="explore-still" alt="still" src="views.png"></p>'
    page = open_page(re.sub("</div>", f"</div>{still}", tags(name), count=1))
    picture = page.get_by_alt_text("still")
    assert not picture.is_visible()
    page.emulate_media(media="print")
    assert picture.is_visible()
    page = open_page(re.sub("<script.*", "", tags(name)) + still)
    assert page.get_by_alt_text("still").is_visible()


# ---- a reader at the figures


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("name", FIGURES)
def test_figure_fits_a_phone(open_page, name, scheme):
    page = open_page(tags(name), width=390, scheme=scheme)
    assert page.locator(".explore button").count() > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("name", FIGURES)
def test_tab_reaches_every_control_and_shows_where_it_is(open_page, name):
    page = open_page(tags(name))
    expected = page.evaluate(
        """() => {
          const all = [...document.querySelectorAll(".explore :is(button, input)")];
          const groups = new Set(all.filter((e) => e.type === "radio").map((e) => e.name));
          return all.filter((e) => e.type !== "radio").length + groups.size;
        }"""
    )
    reached = set()
    for _ in range(expected):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
              const at = document.activeElement;
              const shown = at.type === "radio" ? at.closest("label") : at;
              const { outlineStyle, outlineWidth } = getComputedStyle(shown);
              return [at.name || at.id || at.textContent, outlineStyle, outlineWidth];
            }"""
        )
        assert stop[1:] == ["solid", "2px"], f"no visible focus on {stop[0]}"
        reached.add(stop[0])
    assert len(reached) == expected


def said(page) -> str:
    """What a screen reader announces, once there is something."""
    page.wait_for_function(
        """() => document.querySelector("[aria-live]").textContent ===
                 document.querySelector(".explore-sentence").textContent""",
        timeout=60_000,
        polling=200,
    )
    return page.locator("[aria-live]").text_content().replace("\xa0", " ")


def test_temperature_by_keyboard_and_mouse(open_page, stills):
    page = open_page(tags("temperature"))
    slider = page.get_by_label("temperature τ")
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "0.02"
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "0.1"
    assert f"{stills.push_shares(0.1).max():.0%}".replace("%", " %") in said(page)
    # the similarity of a negative, by keyboard: the greatest is now most pushed
    bricks = page.get_by_label("bricks, view 1")
    bricks.focus()
    page.keyboard.press("End")
    assert "pushed hardest is “bricks, view 1”" in said(page)
    page.get_by_role("button", name="all equal").click()
    assert "share the push evenly" in said(page)
    # the chart, by mouse
    chart = page.locator(".explore-chart").bounding_box()
    page.mouse.click(chart["x"] + 50, chart["y"] + 100)
    assert slider.get_attribute("aria-valuetext") == "0.02"


def test_temperature_shows_the_librarys_softmax(open_page, stills):
    page = open_page(tags("temperature"))
    similarities = torch.tensor(stills.PRESETS["start"], dtype=torch.float64)
    expected = [f"{100 * p:.0f}\xa0%" for p in (similarities / 0.5).softmax(0).tolist()]
    rows = page.locator(".explore-candidate:not(.explore-head)")
    found = [rows.nth(k).locator(".explore-number").first.text_content() for k in range(7)]
    assert found == expected


def pixels_of(page, k: int) -> list:
    return (
        page.locator(".explore-frame canvas")
        .nth(k)
        .evaluate("c => Array.from(c.getContext('2d').getImageData(0, 0, 32, 32).data)")
    )


def test_views_by_keyboard_and_mouse(open_page, stills):
    page = open_page(tags("views"))
    words = page.locator(".explore-drawn")
    before = words.all_text_contents()
    page.get_by_role("button", name="New draw").focus()
    page.keyboard.press("Enter")
    assert words.all_text_contents() != before
    assert "chance 17 %" in said(page)
    # the recipe "none" changes nothing: both views are the picture itself
    page.get_by_role("radio", name="crop_only").focus()
    page.keyboard.press("ArrowRight")
    assert words.all_text_contents()[1:] == ["unchanged", "unchanged"]
    shown = stills.shown_pictures()[0].permute(1, 2, 0)
    expected = torch.cat([shown, torch.full((32, 32, 1), 255, dtype=torch.uint8)], 2)
    for k in range(3):
        assert pixels_of(page, k) == expected.flatten().tolist()
    # grey always: three equal channels
    grey = page.get_by_label("grey", exact=True)
    grey.focus()
    page.keyboard.press("End")
    assert grey.get_attribute("aria-valuetext") == "always"
    values = torch.tensor(pixels_of(page, 1)).view(-1, 4)
    assert (values[:, 0] == values[:, 1]).all() and (values[:, 1] == values[:, 2]).all()
    # another picture, by mouse
    page.get_by_role("radio", name="spiral").click()
    assert words.first.text_content() == "spiral"


def test_a_slider_of_views_changes_only_what_it_names(open_page):
    """Moving the jitter's strength leaves box, flip and blur unchanged."""
    page = open_page(tags("views"))
    drawn = page.locator(".explore-drawn")

    def places() -> list:
        return [
            re.findall(r"box \S+ at \d+, \d+|flipped|blur", t) for t in drawn.all_text_contents()
        ]

    before = places()
    page.get_by_label("strength s of the jitter").focus()
    page.keyboard.press("Home")
    assert places() == before


def test_batch_by_keyboard_and_mouse(open_page, stills):
    page = open_page(tags("batch"))
    false = page.locator("rect.explore-cell.explore-false")
    negatives = page.locator(".explore-matrix rect.explore-cell.explore-negative")
    assert page.locator(".explore-matrix rect.explore-cell.explore-masked").count() == 20
    assert page.locator(".explore-matrix rect.explore-cell.explore-positive").count() == 20
    # with a perfect clustering, as many clusters as images: dealt batches have no false negative
    page.get_by_role("radio", name="random").focus()
    page.keyboard.press("ArrowRight")
    assert "0 of 360 negatives are false" in said(page)
    assert negatives.count() == 360
    # a worse clustering: the released batches are the library's
    page.keyboard.press("ArrowRight")
    wrong = page.get_by_label("images moved at random")
    wrong.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    start = stills.batch_data()
    labels, clusters = torch.tensor(start["labels"]), stills.clustering(start, 0.4)
    released = list(gsimclr.pseudo_label_batches(clusters, 10, batching="released"))
    slider = page.get_by_label("batch of the epoch")
    slider.focus()
    page.keyboard.press("End")
    expected = gsimclr.collisions(labels[released[-1]])
    assert f"{8 * expected} of 360" in said(page)
    assert false.count() == 8 * expected + 1  # and the legend's
    # an anchor, by mouse
    matrix = page.locator(".explore-matrix").bounding_box()
    page.mouse.click(matrix["x"] + 100, matrix["y"] + matrix["height"] - 4)
    assert page.get_by_label("anchor (row)").get_attribute("aria-valuetext") == "20 of 20"
    assert "Row 20: the second view" in page.locator(".explore-row-words").text_content()


def test_batch_averages_lie_where_the_library_says(open_page, stills):
    """Random batches near the expected number of collisions, dealt ones at the bound."""
    page = open_page(tags("batch"))
    wrong = page.get_by_label("images moved at random")
    for share in (0.0, 0.5):
        wrong.fill(str(share))
        sizes = torch.bincount(stills.clustering(stills.batch_data(), share))
        table = {
            row.locator("th").text_content(): row.locator("td").all_text_contents()
            for row in page.locator(".explore-table tbody tr").all()
        }
        least = gsimclr.least_collisions(sizes, 5) / 5
        assert float(table["dealt"][0]) == pytest.approx(least, abs=0.006)
        assert float(table["minimum possible"][0]) == pytest.approx(least, abs=0.006)
        random = gsimclr.expected_collisions(sizes, 10)
        assert float(table["random"][0]) == pytest.approx(random, rel=0.05)


def test_support_set_by_keyboard_and_mouse(open_page):
    page = open_page(tags("support-set"))
    places = page.locator(".explore-strip li")
    assert places.count() == 10
    page.get_by_role("button", name="Step", exact=True).focus()
    for _ in range(3):
        page.keyboard.press("Enter")
    # 12 rows into a ring of 10: the last step went round the end
    ages = places.locator("span:not(.explore-hidden)").all_text_contents()
    assert ages == ["0", "0", "2", "2", "1", "1", "1", "1", "0", "0"]
    assert "The next row goes to place 3." in said(page)
    # push first and let a view's own image count: everyone finds itself
    page.get_by_role("radio", name="look up, then push").focus()
    page.keyboard.press("ArrowRight")
    box = page.get_by_label("ignore rows of the view’s own image")
    box.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="20 steps").click()
    assert "100 % are the projection itself" in said(page)
    # your own projection, by mouse: straight up
    circle = page.locator(".explore-circle").bounding_box()
    page.mouse.click(circle["x"] + circle["width"] / 2, circle["y"] + 20)
    assert page.get_by_label("your own projection z").get_attribute("aria-valuetext") == "90°"
    assert "The nearest row is in place" in said(page)
    # a smaller ring starts again
    page.get_by_label("rows Q").fill("6")
    assert places.count() == 6


# ---- the numbers on the pages


def test_numbers_of_the_temperature_page(stills):
    """Shares of the push, and how many negatives count, from the library's gradient."""
    text = page_of("temperature")
    for temperature in (1, 0.1):
        shares = stills.push_shares(temperature)
        count = torch.exp(torch.special.entr(shares).sum())
        for number in (f"{shares.max():.0%}", f"{shares[1:3].sum():.0%}", f"{count:.1f}"):
            assert number in text


def test_numbers_of_the_views_page(open_page):
    """What the figure says, with the settings that the page names."""
    page = open_page(tags("views"))
    text = page_of("views")
    found = []
    for recipe, settings in [
        ("crop_only", {}),
        ("simclr", {}),
        ("simclr", {"colour jitter: how often": "0"}),
        ("simclr", {"strength s of the jitter": "0.25"}),
        ("simclr", {"strength s of the jitter": "0.5"}),
        ("simclr", {"colour jitter: how often": "0", "grey": "1"}),
    ]:
        page.get_by_role("radio", name="none", exact=True).check()
        page.get_by_role("radio", name=recipe, exact=True).check()
        for label, value in settings.items():
            page.get_by_label(label, exact=True).fill(value)
        page.wait_for_timeout(600)  # until the last words are out of date
        words = said(page)
        common = re.search(r"have (\d+) % of their colours in common", words)[1]
        assert recipe != "crop_only" or f"have {common}% of their colours in common" in text
        found.append(re.search(r"other view in (\d+) % of", words)[1])
    answers = re.findall(r"^\*\*\d\. \D*(\d+)%", text, re.M)
    assert answers == found[:3]
    assert all(number in text for number in found)


PHRASES = (
    (
        0.4,
        "random batches have {:.1f} such pairs, released batches {:.1f}, and dealt batches {:.1f}",
    ),
    (0.6, "they have {1:.1f} pairs, and random batches have {0:.1f}"),
)


def test_numbers_of_the_batch_page(open_page):
    page = open_page(tags("batch"))
    text = " ".join(page_of("batch").split())
    page.get_by_role("radio", name="released").check()
    page.get_by_label("batch of the epoch").fill("5")
    worst = []
    for share, phrase in PHRASES:
        page.get_by_label("images moved at random").fill(str(share))
        rows = page.locator(".explore-table tbody tr")
        pairs = [float(rows.nth(k).locator("td").first.text_content()) for k in (0, 2, 1)]
        assert phrase.format(*pairs) in text
        worst.append(re.search(r"(\d+) pairs", said(page))[1])
        if share == 0.4:
            false = [rows.nth(k).locator("td").last.text_content() for k in (1, 0)]
            false = [share.replace(" ", "") for share in false]
            phrase = "{} of its negatives are still false, compared with {} in random"
            assert phrase.format(*false) in text
    assert worst == ["17", "45"]


def test_numbers_of_the_support_set_page(open_page):
    page = open_page(tags("support-set"))
    rows = re.findall(r"^\| (\d+) \| (\d+)% \| (\d+)% \|$", page_of("support-set"), re.M)
    for size, *expected in rows:
        for turn, share in zip(("0", "15"), expected, strict=True):
            page.get_by_label("rows Q").fill(size)
            page.get_by_label("turn of the encoder per step").fill(turn)
            for _ in range(2):
                page.get_by_role("button", name="20 steps").click()
            assert f"{share} % of the neighbours are of the same class" in said(page)
    assert len(rows) == 3
