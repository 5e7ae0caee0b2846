"""`save`: commits the learner's files to a git branch of their own, `my-lessons`.

Git ignores these files, so that an update of the course never conflicts with them. The commit is
made without touching the working tree, the index or the current branch.
"""

import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from lessons.course import files
from lessons.course.manifest import ROOT, lessons, typed
from lessons.course.terminal import say

BRANCH = "my-lessons"
REF = f"refs/heads/{BRANCH}"


def save(message: str) -> int:
    """Commit all files that the learner has worked on. Returns the exit code."""
    if not answer("rev-parse", "--git-dir"):
        say(f"{ROOT} is not a git repository, or git is not installed: nothing is saved.")
        return 1
    inside = answer("rev-parse", "--show-prefix")  # if the course is a folder of a repository
    mine = {
        f"{inside}lessons/{lesson.folder}/{name}.py": lesson.learner_file(name)
        for lesson in lessons()
        for name in lesson.files
        if files.touched(lesson, name)
    }
    if not mine:
        say("There is nothing to save: you have not changed a file yet.")
        return 1
    parent = answer("rev-parse", "--verify", "--quiet", REF)
    tree = tree_of(mine)
    if parent and tree == git("rev-parse", f"{parent}^{{tree}}"):
        say(f"Nothing has changed since the last save on the branch {BRANCH}.")
        return 0
    commit = git("commit-tree", tree, *(["-p", parent] if parent else []), "-m", message)
    git("update-ref", REF, commit, parent)
    some = f"{len(mine)} file{'s' if len(mine) > 1 else ''}"
    say(f"Saved {some} as commit {commit[:8]} on the branch {BRANCH}.")
    path = next(iter(mine)).removeprefix(inside)
    say(f"To get a file back: git restore --source {BRANCH} -- {typed(ROOT / path)}")
    say(f"To keep them elsewhere too: git push REMOTE {BRANCH}")
    return 0


def tree_of(mine: dict[str, Path]) -> str:
    """The id of a git tree that holds these files, by their path in the repository."""
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        for path, file in mine.items():
            blob = git("hash-object", "-w", "--no-filters", str(file))
            git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", **index)
        return git("write-tree", **index)


def answer(*words: str) -> str:
    """What a git command prints, or nothing if it fails."""
    try:
        return git(*words)
    except (OSError, subprocess.CalledProcessError):
        return ""


def git(*words: str, **environ: str) -> str:
    """What a git command in the repository prints."""
    ended = subprocess.run(
        ["git", *words],
        cwd=ROOT,
        env={**author(), **os.environ, **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.strip()


@cache
def author() -> dict[str, str]:
    """A name for the commits of a learner who has not given git a name."""
    command = ["git", "config", "user.email"]
    known = subprocess.run(command, cwd=ROOT, capture_output=True).stdout
    names = {"NAME": "learner", "EMAIL": "learner@localhost"}
    roles = [] if known else ["AUTHOR", "COMMITTER"]
    return {f"GIT_{role}_{key}": value for role in roles for key, value in names.items()}
