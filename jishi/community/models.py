"""All tables of the area, for Django's migrations."""

from jishi.community.reviews.models import ReviewRow

__all__ = ["ReviewRow"]
