"""What the columns of a table are declared as."""

from sqlalchemy import TypedColumns


class Columns(TypedColumns):
    """A column that is not declared is a fault to mypy, for which TypedColumns alone has every name."""

    __getattr__: None  # type: ignore[assignment, misc]
