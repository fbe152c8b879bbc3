"""/api/v1/: what programs do by HTTP, with tokens."""
