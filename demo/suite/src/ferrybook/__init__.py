"""Bookings for ferry lines."""

__version__ = "4.2.0"
