"""All tables of the area, for Django's migrations."""

from jishi.discovery.content.models import BannerRow, ShelfRow

__all__ = ["BannerRow", "ShelfRow"]
