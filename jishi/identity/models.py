"""The area's tables, gathered for Django."""

from jishi.identity.accounts.models import Address, User
from jishi.identity.merchants.models import Merchant, Staff

__all__ = ["Address", "Merchant", "Staff", "User"]
