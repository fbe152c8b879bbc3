"""The mutants are of the code as it stands. Whether they are noticed, `make mutants` says."""

import pytest

from chat.tests.faults.mutants import MUTANTS, Mutant
from chat.tests.support.servers import ROOT


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda it: it.breaks)
def test_what_a_mutant_breaks_is_there_once(mutant: Mutant) -> None:
    assert (ROOT / mutant.path).read_text().count(mutant.code) == 1
    assert all((ROOT / it).exists() for it in mutant.tests)
