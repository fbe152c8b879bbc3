"""Search in a large installation: its messages are made by code, its times measured."""
