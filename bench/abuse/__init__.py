"""Attacks on real servers, beside people who talk: `make abuse`.

A person in a quiet room must notice none of the attacks. docs/security.md explains the defences.
"""
