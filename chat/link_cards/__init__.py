"""Cards of links: what a linked page says about itself, fetched by this server (LINK_CARDS).

Hostile from both sides: members choose what is fetched, and strangers what comes back.
"""
