"""Where Lobby's files are."""

from pathlib import Path

from mysite import environment

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = environment.data_dir("DATA_DIR", default=BASE_DIR / "var")
