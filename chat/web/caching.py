"""How long browsers keep what they got."""

from django.views.decorators.cache import cache_control

no_cache = cache_control(private=True, no_cache=True)  # asks each time whether it has changed
