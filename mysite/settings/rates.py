"""Rates: how much one member, and one network, may do in how long."""

from mysite import environment

# A network is an IPv4 address, or an IPv6 /64. docs/rates.md explains each action.
RATE_TABLE = environment.rates(
    connection=("200/min", "2000/min"),
    guest=(None, "600/h"),
    room=("20/10min", "300/h"),
    message=("20/10s", "600/10s"),
    edit=("20/10s", "300/10s"),
    topic=("5/min", "60/min"),
    deletion=("20/10s", "300/10s"),
    reaction=("20/10s", "600/10s"),
    name=("10/min", "200/min"),
    page=(None, "3000/min"),
    sign_in=("10/10min", "300/10min"),
    admin_sign_in=("10/10min", "30/10min"),
    sign_up=(None, "60/h"),
    mail=(None, "60/h"),
    download=("5/h", "60/h"),
    device_link=("10/10min", "300/h"),
    person_search=("120/min", "1200/min"),
    search=("180/min", "1800/min"),
    invite=("60/h", "300/h"),
    report=("20/10min", "200/10min"),
    join=("60/10min", "2000/10min"),
    bytes=("200M/d", "1G/d"),
    file=("100/10min", "2000/10min"),
    upload=("2G/d", "10G/d"),
)
RATES = RATE_TABLE if environment.rates_are_on() else {}
CONNECTIONS_MAX = (  # open at once: of one member, and of one network
    environment.bound("CONNECTIONS_MAX", 100),
    environment.bound("NETWORK_CONNECTIONS_MAX", 1_000),
)
