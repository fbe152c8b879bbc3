"""How long messages are kept."""

from mysite import environment
from mysite.environment import read

RETENTION_DAYS = read(  # then messages go, in all rooms; None: never
    environment.between(1, 36_500), "RETENTION_DAYS", None, allowed="a number of days, 1 to 36500"
)
