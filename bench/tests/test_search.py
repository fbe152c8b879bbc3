"""The benchmark of the search works, with few messages."""

import subprocess
import sys
from itertools import islice

import pytest

from bench.search.__main__ import ROOT
from bench.search.corpus import CHINESE_SHARE, Corpus


def test_the_same_seed_makes_the_same_texts() -> None:
    texts = list(Corpus().texts(500))
    assert texts == list(islice(Corpus().texts(1_000), 500))
    chinese = [it for it in texts if not it.isascii()]
    assert abs(len(chinese) / len(texts) - CHINESE_SHARE) < 0.1


@pytest.mark.server
def test_searches_are_timed_on_both_databases() -> None:
    command = [sys.executable, "-m", "bench.search", "--messages", "3000", "--rooms", "600"]
    command += ["--rounds", "1", "--only", "one word"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for said in ("sqlite: 3,000", "postgresql: 3,000", "search index", "500 rooms", "ratio"):
        assert said in done.stdout
