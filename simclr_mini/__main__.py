"""`simclr-mini` and `python -m simclr_mini`; torchrun starts it in the second way."""

import sys


def main() -> None:
    """Run the command line. Ctrl-C ends it with one word even while torch is being imported."""
    try:
        from simclr_mini.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit("stopped")


if __name__ == "__main__":
    main()
