"""Lobby beside the alternatives, measured on this machine: `make bench`.

One load generator drives one server after the other. docs/performance.md says how to read what
comes out.
"""
