"""Numbers for Prometheus."""

from mysite import environment
from mysite.environment import read

METRICS_TOKEN = read(  # who has it may read /metrics; where there is none, this machine may
    environment.token,
    "METRICS_TOKEN",
    "",
    allowed="16 to 200 letters, digits and signs, without spaces",
)
