"""A version of the library holds questions and laws too, and who saved it and why."""

import csv
import io

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UNKNOWN = -1
COUNTS = ("cases", "questions", "laws")
TEXTS = ("author", "note", "shipped_digest")


def upgrade() -> None:
    for name in ("questions_csv", "laws_csv"):
        op.add_column("library_versions", sa.Column(name, sa.LargeBinary()))
    for name in COUNTS:
        op.add_column("library_versions", sa.Column(name, sa.Integer(), nullable=False, server_default=str(UNKNOWN)))
    for name in TEXTS:
        op.add_column("library_versions", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("library_versions", sa.Column("shipped", sa.Boolean(), nullable=False, server_default=sa.false()))
    _count_cases()


def _count_cases() -> None:
    versions = sa.table("library_versions", sa.column("id"), sa.column("cases_csv"), sa.column("cases"))
    for number, data in op.get_bind().execute(sa.select(versions.c.id, versions.c.cases_csv)).all():
        rows = csv.reader(io.StringIO(bytes(data).decode("utf-8-sig", "replace"), newline=""))
        counted = max(0, sum(1 for row in rows if row) - 1)
        op.execute(versions.update().where(versions.c.id == number).values(cases=counted))
