"""`python -m simclr_mini` runs the command `simclr-mini`; torchrun starts it this way."""

from simclr_mini.cli import main

if __name__ == "__main__":
    main()
