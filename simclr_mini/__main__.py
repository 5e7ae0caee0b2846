"""`python -m simclr_mini` is the command `simclr-mini`; torchrun starts it in this way."""

from simclr_mini.cli import main

if __name__ == "__main__":
    main()
