"""The version of Lobby: https://semver.org, and .dev until it is released."""

VERSION = "1.0.0.dev0"
