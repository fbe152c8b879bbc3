"""docs/retention.md has the numbers of the code."""

from pathlib import Path

from django.conf import settings

from chat.models.job import RECURRING
from chat.retention import jobs, maintenance, removing
from mysite.settings.database import LOG_BYTES


def test_the_document_has_the_numbers_of_the_code() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "retention.md").read_text()
    messages, characters = removing.STEP_MESSAGES, removing.STEP_CHARACTERS
    for said in (
        f"at most {messages} messages of {characters:,} characters together, {removing.STEP_ROWS}",
        f"and {removing.STEP_FILES} files",
        f"write for {jobs.PAUSE_SECONDS * 1000:.0f} ms",
        f"({maintenance.VACUUMED_PAGES} at once; {maintenance.FREE_PAGES * 4 // 1024} MiB stay",
        f"more than {maintenance.LOG_MAX_BYTES // 1024**2} MiB",
        f"{maintenance.ANALYSED_ROWS} rows of each index",
    ):
        assert said in text
    assert maintenance.LOG_MAX_BYTES == LOG_BYTES
    assert jobs.ROUND == maintenance.ROUND
    assert len(RECURRING) == 2
