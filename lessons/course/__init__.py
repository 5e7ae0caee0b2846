"""The course tool. How to write a lesson: README.md beside this file."""
