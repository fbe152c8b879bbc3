"""Upgrades without a break: what a migration may do, so that two versions run side by side."""
