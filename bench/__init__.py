"""Benchmarks of Lobby and its alternatives on this machine: `make bench`.

One load generator drives one server after the other. docs/performance.md explains the results.
"""
