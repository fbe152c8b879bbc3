"""What operators and machines ask of an installation: health checks."""
