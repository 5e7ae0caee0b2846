"""Single keys from the terminal, read without waiting and without Return."""

import contextlib
import os
import sys

try:
    import termios
    import tty
    from select import select
except ImportError:  # Windows
    termios = None
    import msvcrt


def in_front() -> bool:
    """Whether the terminal is ours: a background process that changes it would be stopped."""
    return termios is None or os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()


class Keys:
    """Inside `with`, `pressed` returns the keys. Without a terminal nothing is ever pressed."""

    def __enter__(self) -> "Keys":
        self.on = sys.stdin is not None and sys.stdin.isatty() and in_front()
        if self.on and termios:
            self.before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin, termios.TCSANOW)
        return self

    def __exit__(self, *_) -> None:
        if self.on and termios:
            with contextlib.suppress(termios.error):  # the terminal may be gone
                termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self.before)

    def pressed(self) -> str:
        """The next key in lower case, or nothing."""
        if not self.on:
            return ""
        if termios is None:
            return msvcrt.getwch().lower() if msvcrt.kbhit() else ""
        if not select([sys.stdin], [], [], 0)[0]:
            return ""
        key = os.read(sys.stdin.fileno(), 1)
        self.on = bool(key)  # if nothing came, the terminal is closed
        return key.decode(errors="replace").lower()
