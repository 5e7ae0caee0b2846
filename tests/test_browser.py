"""Every page of the site in a real browser, from disk, with the network watched.

Needs the system's Chromium (apt-get install chromium) and `pip install -e '.[dev]'`.
"""

import functools
import http.server
import io
import shutil
import sys
import threading
from pathlib import Path

import pytest

pytest.importorskip("mkdocs", reason="the site's tools are not installed: pip install -e '.[docs]'")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docs" / "site"))

from build_site import SERVED_AT, build_site, pages  # noqa: E402

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
if CHROMIUM is None:
    pytest.skip("there is no Chromium: apt-get install chromium", allow_module_level=True)
pytestmark = pytest.mark.timeout(600)  # the first test builds the site
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
TABLET, PAPER = {"width": 768, "height": 1024}, {"width": 794, "height": 1123}
SERIOUS = ("serious", "critical")
# What repeats is judged by its first pieces, else axe takes ten minutes: rows of a table, mistakes,
# entries of the menu, lines of code, definitions of a module. The menu keeps the way to this page:
# without it no link would be left there, and axe would say that no key can scroll it.
SHORTEN = """document.querySelectorAll(
  `tr:nth-child(n + 4), .mistakes > li:nth-child(n + 3),
   .md-nav__item:nth-child(n + 4):not(.md-nav__item--active),
   pre > code > span:nth-child(n + 9), .doc-children > .doc-object:nth-child(n + 4)`
).forEach(piece => piece.remove())"""
# Colours follow from the tag and class of an element and its ancestors. Each such path is judged
# on the first page that has it, in light and in dark. This marks what is new on a page.
MARK_NEW = """seen => {
  const known = new Set(seen), found = [];
  for (const element of document.querySelectorAll("body *")) {
    const words = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!words || !element.checkVisibility()) continue;
    let path = "";
    for (let e = element; e !== document.body; e = e.parentElement)
      path += `<${e.localName}.${e.getAttribute("class") || ""}${e.style.color}`;
    if (known.has(path)) continue;
    known.add(path);
    found.push(path);
    element.dataset.judge = "";
  }
  return found;
}"""
SHAPE = {
    "resultTypes": ["violations"],
    "preload": False,
    "rules": {"color-contrast": {"enabled": False}},
}
COLOURS = {"resultTypes": ["violations"], "preload": False, "runOnly": ["color-contrast"]}
ONE_TEMPLATE = {"reference": "nt_xent.html"}


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def axe():
    """The source of axe-core."""
    return (Path(axe_module.__file__).parent / "axe.min.js").read_text("utf-8")


class Watched:
    """A page that remembers what went wrong on it."""

    def __init__(self, browser, scheme: str, size: dict):
        self.size = size
        self.context = browser.new_context(color_scheme=scheme, viewport=size)
        self.context.add_init_script("localStorage.clear()")  # each page opens as the first
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", self.asked)
        self.page.on("requestfailed", self.failed)

    def heard(self, message) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"console: {message.text}")

    def failed(self, request) -> None:
        if request.failure != "net::ERR_ABORTED":  # by `open`, which leaves the last page
            self.wrong.append(f"not found: {request.url}")

    def asked(self, request) -> None:
        if not request.url.startswith(("file://", "data:", "blob:")):
            self.wrong.append(f"request: {request.url}")

    def open(self, file: Path) -> None:
        self.wrong.clear()
        self.page.set_viewport_size(self.size)
        self.page.goto(file.as_uri())
        self.page.wait_for_load_state("load")


def all_pages() -> list[str]:
    """The pages, by their path in the site; known before the site is built."""
    docs = ROOT / "docs"
    written = [p.relative_to(docs).with_suffix(".html").as_posix() for p in docs.rglob("*.md")]
    elsewhere = ("results/", "kill_matrix/", "captured/")
    written = [page for page in written if not page.startswith(elsewhere)]
    modules = [p.stem for p in (ROOT / "simclr_mini").glob("*.py") if not p.stem.startswith("__")]
    generated = ["mistakes", "mistake-costs", "kill-matrix", "contributing", "changelog", "inside"]
    generated += [f"reference/{name}" for name in modules]
    return sorted([*written, *(f"{name}.html" for name in generated)])


@pytest.fixture(scope="module")
def site():
    """The folder of the site, built once."""
    return build_site()[0]


@pytest.fixture(scope="module")
def light(chromium):
    """One page for all tests, because opening a new one takes as long as looking at it."""
    watched = Watched(chromium, "light", WIDE)
    yield watched
    watched.context.close()


@pytest.fixture(scope="module")
def judged():
    """The paths of elements whose colours were judged on earlier pages."""
    return set()


@pytest.mark.parametrize("name", all_pages())
def test_page(name, site, light, axe, judged):
    """Light and dark, in three widths: no error, no request, nothing beyond its column; axe.

    Of the pages of one template, one is tested in every width, the others only on a phone.
    """
    page = light.page
    light.open(site / name)
    folder, _, file = name.rpartition("/")
    unique = ONE_TEMPLATE.get(folder, file) == file
    page.evaluate(LOAD_IMAGES)
    assert page.evaluate(BROKEN_IMAGES) == []
    assert page.locator(".arithmatex").count() == 0, "a formula is left as TeX"
    assert page.evaluate(FORMULAS_WITHOUT_AREA) == []
    looks = {"slate": [PHONE], "default": [PHONE, TABLET, WIDE]} if unique else {"default": [PHONE]}
    for scheme, sizes in looks.items():
        page.evaluate(SWITCH, scheme)
        assert page.evaluate("document.body.dataset.mdColorScheme") == scheme
        for size in sizes:
            page.set_viewport_size(size)
            assert once_settled(page, SIDEWAYS) == []
            assert once_settled(page, BEYOND_COLUMN) == []
    if not unique:
        assert light.wrong == []
        return
    page.evaluate(SHORTEN)
    page.evaluate(axe)
    assert violations(page, "document", SHAPE) == []
    new = page.evaluate(MARK_NEW, sorted(judged))
    judged.update(new)
    for scheme in ("default", "slate") if new else ():
        page.evaluate(SWITCH, scheme)
        assert violations(page, "{include: ['[data-judge]']}", COLOURS) == []
    assert light.wrong == []


def once_settled(page, script: str) -> list[str]:
    """What a script finds; if it finds something, what it still finds a second later.

    A live figure draws itself anew for a new width, and on a busy machine that takes a while.
    """
    found = page.evaluate(script)
    if found:
        page.wait_for_timeout(1000)
        found = page.evaluate(script)
    return found


def violations(page, where: str, how: dict) -> list[str]:
    """What axe finds there, if it is serious."""
    found = page.evaluate(f"how => axe.run({where}, how)", how)["violations"]
    return [told(one) for one in found if one["impact"] in SERIOUS]


def test_a_dark_system_gets_a_dark_page(chromium, site):
    watched = Watched(chromium, "dark", PHONE)
    try:
        watched.open(site / "index.html")
        assert watched.page.evaluate("document.body.dataset.mdColorScheme") == "slate"
        assert watched.wrong == []
    finally:
        watched.context.close()


SWITCH = """scheme => {
  if (document.body.dataset.mdColorScheme === scheme) return;
  const style = document.head.appendChild(document.createElement("style"));
  // colours change at once, and what is off the screen is laid out with the rest, not by itself
  style.textContent = "* { transition: none !important; content-visibility: visible !important }";
  [...document.querySelectorAll("label[for^=__palette]")].find(l => l.checkVisibility()).click();
}"""
LOAD_IMAGES = """Promise.all([...document.images].map(image => {
  image.loading = "eager";  // also those that a reader has not scrolled to
  return image.decode().catch(() => {});
}))"""
BROKEN_IMAGES = """[...document.images]
  .filter(image => !image.naturalWidth || !image.alt).map(image => image.src)"""
FORMULAS_WITHOUT_AREA = """[...document.querySelectorAll('svg.formula')]
  .filter(svg => svg.checkVisibility() && !(svg.getBoundingClientRect().width > 2))
  .map(svg => svg.getAttribute('aria-label'))"""
SIDEWAYS = """(() => {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  return [...document.querySelectorAll('article *')]
    .filter(e => e.getBoundingClientRect().right > page.clientWidth + 1)
    .slice(0, 3).map(e => e.outerHTML.slice(0, 200)).concat([page.scrollWidth + ' pixels']);
})()"""


# What is beyond the column and in no box that scrolls; and console boxes that would have to scroll.
BEYOND_COLUMN = """(() => {
  const article = document.querySelector("article");
  const edge = article.getBoundingClientRect().right + 17;  // boxes have a margin of -16
  // what is folded is left out first: to ask for its size would lay it out
  const visible = [...article.querySelectorAll("*")].filter(
    e => !e.closest("details:not([open]) > :not(summary)") && e.checkVisibility());
  const scrolls = new Set(visible.filter(
    e => e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX !== "visible"));
  const inside = e => e !== article && (scrolls.has(e) || inside(e.parentElement));
  const beyond = visible.filter(
    e => e.getBoundingClientRect().right > edge && !inside(e.parentElement)
      && (e.textContent.trim() || !e.closest("pre")));  // spaces may hang over a line's end
  const boxes = [...article.querySelectorAll(".language-console code, .language-sh code")].filter(
    e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1);
  return [...beyond, ...boxes].slice(0, 3).map(e => e.outerHTML.slice(0, 200));
})()"""


def told(violation: dict) -> str:
    """A violation in a few words, and the first places."""
    places = [node["html"][:150] for node in violation["nodes"][:3]]
    return f"{violation['id']}: {violation['help']}: {places}"


def test_every_page_is_looked_at(site):
    """The list above names every page of the site."""
    assert [p.relative_to(site).as_posix() for p in pages()] == all_pages()


@pytest.mark.parametrize(
    "words", ["temperature", "InfoNCE", "embedding", "momentum encoder", "color", "colour"]
)
def test_search_finds(words, site, light):
    """It also finds terms of the field that these pages do not use, and both spellings."""
    light.open(site / "index.html")
    light.page.keyboard.press("/")
    light.page.keyboard.type(words)
    wanted = words.replace("color", "colo")  # "color" finds "colour"
    result = light.page.locator(".md-search-result__list").get_by_text(wanted)
    result.first.wait_for(timeout=20_000)
    assert light.wrong == []


def test_the_first_hit_of_the_mistakes_search_is_in_view(site, light):
    light.open(site / "mistakes.html")
    page = light.page
    shown = functools.partial(
        page.evaluate, "document.querySelectorAll('.mistakes > li:not([hidden])').length"
    )
    everything = shown()
    page.get_by_label("Search the mistakes").focus()
    page.keyboard.type("temperature twice")
    assert 0 < shown() < 40 < everything
    assert f"{shown()} of {everything}" in page.get_by_role("status").inner_text()
    for size in (PHONE, WIDE):
        page.set_viewport_size(size)
        top = page.locator(".mistakes > li:not([hidden])").first.bounding_box()["y"]
        assert 0 < top < size["height"] - 100
    page.keyboard.type(" zyx")
    assert "Nothing found" in page.get_by_role("status").inner_text()
    page.get_by_label("Search the mistakes").fill("")
    page.get_by_label("only the silent ones").focus()
    page.keyboard.press("Space")
    assert 20 < shown() < everything


def test_mistakes_without_javascript_are_a_list(chromium, site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "mistakes.html").as_uri())
    assert not page.locator(".mistake-search").is_visible()
    assert page.locator(".mistakes > li").first.is_visible()
    context.close()


def test_a_kill_matrix_is_chosen(site, light):
    light.open(site / "kill-matrix.html")
    page = light.page
    assert page.locator("table.matrix:visible").count() == 1
    page.get_by_label("Lesson").select_option("lesson-4")
    assert page.locator("h2:visible").inner_text().startswith("Lesson 4")
    page.mouse.wheel(0, 900)
    page.wait_for_timeout(200)
    head = page.locator("table.matrix:visible thead th").first
    assert 0 <= head.bounding_box()["y"] < 100, "the head does not stick"
    assert light.wrong == []


def test_figures_are_dark_on_a_dark_page(chromium, site):
    from PIL import Image

    watched = Watched(chromium, "dark", WIDE)
    for name in ("index.html", "lessons/04-nt-xent.html", "results.html", "explore/views.html"):
        watched.open(site / name)
        for figure in watched.page.locator("article img:visible").all():
            picture = Image.open(io.BytesIO(figure.screenshot())).convert("L")
            assert picture.getpixel((4, 4)) < 80, figure.get_attribute("src")
    watched.context.close()


def test_paper_shows_no_hint_and_no_solution(site, light):
    """And no table or matrix is cut."""
    page = light.page
    page.emulate_media(media="print")
    try:
        for name in ("lessons/04-nt-xent.html", "kill-matrix.html", "results.html"):
            light.open(site / name)
            page.set_viewport_size(PAPER)
            opened = "[...document.querySelectorAll('article details > :not(summary)')]"
            assert page.evaluate(opened + ".filter(e => e.checkVisibility()).length") == 0
            wide = """[...document.querySelectorAll("article table")]
              .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth)
              .map(e => e.outerHTML.slice(0, 99))"""
            assert page.evaluate(wide) == []
    finally:
        page.emulate_media(media="screen")


class Served(http.server.SimpleHTTPRequestHandler):
    """The site below SERVED_AT, with its own page for missing addresses."""

    def translate_path(self, path):
        inside = path.startswith(SERVED_AT)
        return super().translate_path("/" + path.removeprefix(SERVED_AT) if inside else "/none")

    def send_error(self, code, *_):
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write((Path(self.directory) / "404.html").read_bytes())

    def log_message(self, *_):
        pass


def test_a_served_copy_below_a_path(chromium, site):
    """Its pages, its search, and a styled page for an address that is not there."""
    handler = functools.partial(Served, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_port}{SERVED_AT}"
    page = chromium.new_page()
    try:
        assert page.goto(home + "no/such/page.html").status == 404
        style = "getComputedStyle(document.querySelector('.md-header')).position"
        assert page.evaluate(style) == "sticky"
        bodies = []
        page.on("response", lambda response: bodies.append(response.body()))
        page.locator(".md-header__button.md-logo").first.click()
        page.wait_for_url(home)
        page.wait_for_load_state("networkidle")
        assert sum(map(len, bodies)) < 600 * 1024, "home is heavy"
        card = page.locator("meta[property='og:image']").get_attribute("content")
        assert page.request.get(home + card.rpartition("/")[2]).ok
        page.keyboard.press("/")
        page.keyboard.type("color")
        page.locator(".md-search-result__link").first.wait_for(timeout=20_000)
        assert "colour" in page.locator(".md-search-result__list").inner_text().lower()
        assert "lessons/04-nt-xent.html" in (site / "sitemap.xml").read_text("utf-8")
    finally:
        page.close()
        server.shutdown()
