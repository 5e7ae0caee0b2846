"""Every page of the site in a real browser, from disk, with the network watched.

Needs Chromium of the system (apt-get install chromium) and `pip install -e '.[dev]'`.
"""

import functools
import shutil
import sys
from pathlib import Path

import pytest

pytest.importorskip("mkdocs", reason="the site's tools are not installed: pip install -e '.[docs]'")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docs" / "site"))

from build_site import build_site, pages  # noqa: E402

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
if CHROMIUM is None:
    pytest.skip("there is no Chromium: apt-get install chromium", allow_module_level=True)
pytestmark = pytest.mark.timeout(600)  # the first test builds the site
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SERIOUS = ("serious", "critical")
# What repeats is judged by its first pieces, else axe takes ten minutes: rows of a table, mistakes,
# entries of the menu, lines of code, definitions of a module.
SHORTEN = """document.querySelectorAll(
  `tr:nth-child(n + 4), .mistakes > li:nth-child(n + 3), .md-nav__item:nth-child(n + 4),
   pre > code > span:nth-child(n + 9), .doc-children > .doc-object:nth-child(n + 4)`
).forEach(piece => piece.remove())"""
# Colours follow from an element's tag and class and those that it is in. Each such path is judged
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
ONE_TEMPLATE = {"reference": "nt_xent.html", "kill_matrix": "04_nt_xent.html"}


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
        self.page.on("requestfailed", lambda r: self.wrong.append(f"not found: {r.url}"))

    def heard(self, message) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"console: {message.text}")

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
    written = [page for page in written if not page.startswith("results/")]  # not of the site
    modules = [p.stem for p in (ROOT / "simclr_mini").glob("*.py") if not p.stem.startswith("__")]
    generated = ["mistakes", "contributing", *(f"reference/{name}" for name in modules)]
    return sorted([*written, *(f"{name}.html" for name in generated)])


@pytest.fixture(scope="module")
def site():
    """The folder of the site, built once."""
    return build_site()[0]


@pytest.fixture(scope="module")
def light(chromium):
    """One page for all: to open a new one takes as long as to look at it."""
    watched = Watched(chromium, "light", WIDE)
    yield watched
    watched.context.close()


@pytest.fixture(scope="module")
def judged():
    """The paths of elements whose colours were judged on earlier pages."""
    return set()


@pytest.mark.parametrize("name", all_pages())
def test_page(name, site, light, axe, judged):
    """Light and dark, wide and on a phone: no error, no request, no sideways scroll; axe."""
    page = light.page
    light.open(site / name)
    assert page.evaluate(BROKEN_IMAGES) == []
    assert page.locator(".arithmatex").count() == 0, "a formula is left as TeX"
    assert page.evaluate(FORMULAS_WITHOUT_AREA) == []
    for scheme in ("slate", "default"):
        page.evaluate(SWITCH, scheme)
        assert page.evaluate("document.body.dataset.mdColorScheme") == scheme
        for size in (PHONE, WIDE):
            page.set_viewport_size(size)
            assert page.evaluate(SIDEWAYS) == []
    page.evaluate(SHORTEN)
    folder, _, file = name.rpartition("/")
    new = page.evaluate(MARK_NEW, sorted(judged))
    judged.update(new)
    unique = ONE_TEMPLATE.get(folder, file) == file
    if new or unique:
        page.evaluate(axe)
    if unique:
        assert violations(page, "document", SHAPE) == []
    for scheme in ("default", "slate") if new else ():
        page.evaluate(SWITCH, scheme)
        assert violations(page, "{include: ['[data-judge]']}", COLOURS) == []
    assert light.wrong == []


def violations(page, where: str, how: dict) -> list[str]:
    """What axe finds there, if it is serious."""
    found = page.evaluate(f"how => axe.run({where}, how)", how)["violations"]
    return [told(one) for one in found if one["impact"] in SERIOUS]


def test_a_dark_system_gets_a_dark_page(chromium):
    watched = Watched(chromium, "dark", PHONE)
    try:
        watched.open(build_site()[0] / "index.html")
        assert watched.page.evaluate("document.body.dataset.mdColorScheme") == "slate"
        assert watched.wrong == []
    finally:
        watched.context.close()


SWITCH = """scheme => {
  if (document.body.dataset.mdColorScheme === scheme) return;
  const style = document.head.appendChild(document.createElement("style"));
  style.textContent = "* { transition: none !important }";  // colours change at once
  [...document.querySelectorAll("label[for^=__palette]")].find(l => l.checkVisibility()).click();
}"""
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


def told(violation: dict) -> str:
    """A violation in a few words, and the first places."""
    places = [node["html"][:150] for node in violation["nodes"][:3]]
    return f"{violation['id']}: {violation['help']}: {places}"


def test_every_page_is_looked_at():
    """The list above is the site."""
    folder = build_site()[0]
    assert [p.relative_to(folder).as_posix() for p in pages()] == all_pages()


def test_search_finds_temperature(light):
    light.open(build_site()[0] / "index.html")
    light.page.keyboard.press("/")
    light.page.keyboard.type("temperature", delay=20)
    result = light.page.locator(".md-search-result__link").first
    result.wait_for(timeout=20_000)
    assert "temperature" in light.page.locator(".md-search-result__list").inner_text().lower()
    assert light.wrong == []


def test_mistakes_are_searched_by_keyboard(light):
    light.open(build_site()[0] / "mistakes.html")
    page = light.page
    shown = functools.partial(
        page.evaluate, "document.querySelectorAll('.mistakes > li:not([hidden])').length"
    )
    everything = shown()
    page.get_by_label("Search the mistakes").focus()
    page.keyboard.type("temperature twice")
    assert 0 < shown() < 20 < everything
    assert f"{shown()} of {everything}" in page.get_by_role("status").inner_text()
    for _ in range(20):
        page.keyboard.press("Backspace")
    page.get_by_label("only the silent ones").focus()
    page.keyboard.press("Space")
    assert 20 < shown() < everything
