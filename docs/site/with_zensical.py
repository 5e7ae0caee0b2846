"""Build the site with Zensical, which runs no hooks: they run before the build and after it.

    pip install zensical
    python docs/site/with_zensical.py FOLDER

writes the pages as the hooks make them to FOLDER, which must not exist, builds them there into
FOLDER/site, and draws the formulas and the long lists in what was built.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from mkdocs.config import load_config

sys.path.insert(0, str(Path(__file__).parent))

import dark  # noqa: E402
import hooks  # noqa: E402


class Pages(list):
    """Stands for the files of a build: keeps what the hooks add, and has nothing to remove."""

    def get_file_from_path(self, path: str) -> str:
        return path

    def remove(self, path: str) -> None:
        pass


def prepare(folder: Path) -> None:
    """Write mkdocs.yml, the modules that the reference reads, and the pages without directives."""
    shutil.copytree(hooks.ROOT / "docs", folder / "docs")
    shutil.copytree(hooks.ROOT / "simclr_mini", folder / "simclr_mini")
    text = (hooks.ROOT / "mkdocs.yml").read_text("utf-8")
    modules = "".join(f"\n          - {name}: reference/{name}.md" for name in hooks.modules())
    (folder / "mkdocs.yml").write_text(text.replace("Modules: []", f"Modules:{modules}"), "utf-8")
    made = Pages()
    config = load_config(str(folder / "mkdocs.yml"))
    config.plugins._current_plugin = "hooks"  # a build of MkDocs would set it
    hooks.on_files(made, config)
    for file in made:
        path = folder / "docs" / file.src_uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content_bytes)
    for sheet in dark.SOURCES:
        (folder / "docs" / sheet).unlink()
    for path in (folder / "docs").rglob("*.md"):
        page = page_at(path.relative_to(folder / "docs").as_posix())
        path.write_text(hooks.on_page_markdown(path.read_text("utf-8"), page, None, None), "utf-8")


def page_at(path: str) -> SimpleNamespace:
    """The part of a page that the hooks use."""
    return SimpleNamespace(file=SimpleNamespace(src_uri=path))


def finish(site: Path) -> None:
    """Draw in each built page what the hooks draw."""
    for path in site.rglob("*.html"):
        page = page_at(path.relative_to(site).with_suffix(".md").as_posix())
        path.write_text(hooks.on_page_content(path.read_text("utf-8"), page, None, None), "utf-8")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    prepare(target)
    command = ["zensical", "build", "--strict", "-f", "mkdocs.yml"]
    subprocess.run(command, cwd=target, check=True)
    finish(target / "site")
