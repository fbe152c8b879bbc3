"""/chat/search: messages, the names that complete a query, and where a day begins."""

from chat.web.search.days import first_of_day
from chat.web.search.door import search
from chat.web.search.names import search_names

__all__ = ["first_of_day", "search", "search_names"]
