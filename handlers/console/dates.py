"""Days and moments in the templates: as people here write them, in the installation's zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask

from core import dates


def add_filters(application: Flask, zone: ZoneInfo) -> None:
    """`epoch|moment`, `date|day`, `date|short_day`."""
    application.jinja_env.filters["moment"] = lambda epoch: dates.moment(datetime.fromtimestamp(epoch, zone))
    application.jinja_env.filters["day"] = dates.day
    application.jinja_env.filters["short_day"] = dates.short_day
