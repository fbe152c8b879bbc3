"""What fields of requests have in common."""

from typing import Annotated

from ninja import Path, Schema
from pydantic import ConfigDict, Field

SEQ_MAX = 2**63 - 1

Seq = Annotated[int, Field(ge=1, le=SEQ_MAX)]
SeqInPath = Annotated[int, Path(ge=1, le=SEQ_MAX)]


class Body(Schema):
    """A field that is not known is refused: it may be misspelled."""

    model_config = ConfigDict(extra="forbid")
