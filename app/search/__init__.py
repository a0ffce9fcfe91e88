"""Search over a store: exact, line by line, the same on every backend."""

from app.search.exact import DOCUMENT_BYTES_MAX, Match, SearchResult, search
from app.search.fold import fold

__all__ = ["DOCUMENT_BYTES_MAX", "Match", "SearchResult", "fold", "search"]
