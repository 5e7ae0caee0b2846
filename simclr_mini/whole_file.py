"""Write a file whole or not at all: a killed process or a full disk never leaves half a file.

Ours; no paper.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def whole_file(file: Path) -> Iterator[BinaryIO]:
    """A file to write to. It gets its name at the end, once all of it is on the disk.

    Args:
        file: the file to make or to replace. After an error it is what it was before.

    Raises:
        OSError: the disk is full or read-only; its message names the file.
    """
    part = file.with_name(f"{file.name}.{os.getpid()}.part")  # other processes may write it, too
    try:
        with errors_name(file):
            with open(part, "wb") as opened:
                yield opened
                opened.flush()
                os.fsync(opened.fileno())
            os.replace(part, file)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def delete_parts(file: Path) -> None:
    """Delete the unfinished parts of a file that killed processes left behind."""
    older = file.with_name(f"{file.name}.part")  # the name before parts had the process's number
    for part in (older, *file.parent.glob(f"{file.name}.[0-9]*.part")):
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def errors_name(file: Path) -> Iterator[None]:
    """Inside the block, every disk error names `file`.

    Raises:
        OSError: with the name of `file`, whichever part of it could not be written.
    """
    try:
        yield
    except BaseException as error:
        cause = disk_error(error)
        if cause is None:
            raise
        raise OSError(cause.errno, cause.strerror, str(file)) from error


def disk_error(error: BaseException | None) -> OSError | None:
    """The disk's error that caused another error; None if there is none.

    torch reports a full disk as a RuntimeError about its archive. The OSError came before it.
    """
    while error is not None and not (isinstance(error, OSError) and error.errno):
        error = error.__context__
    return error
