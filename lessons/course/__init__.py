"""The course tool. HOW.md says how it works, README.md how to write a lesson."""
