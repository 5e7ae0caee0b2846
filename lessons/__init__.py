"""A course: write the library yourself, lesson by lesson. `python -m lessons` shows the board."""
