"""Passphrases are text, or refused in one line."""

import pytest
from django.core.management import CommandError

from ops.management import passphrases


def test_a_passphrase_that_is_no_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(passphrases.VARIABLE, "\udcff\udcfe")
    with pytest.raises(CommandError, match=r"^The passphrase is not UTF-8: BACKUP_PASSPHRASE\.$"):
        passphrases.given(None, ask_passphrase=False, is_new=True)
