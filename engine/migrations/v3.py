"""Version 3: a claim of a new phone number knows by whom it may be confirmed; those made before wait for a person."""

from __future__ import annotations

from alembic.operations import Operations
from sqlalchemy import Text

from engine.migrations.columns import index, need
from engine.vault import Vault


def upgrade(op: Operations, _vault: Vault) -> None:
    """From version 2."""
    op.add_column("claim", need("address", Text, ""))
    index(op, "ix_claim_address", "claim", ["address"], where="address <> ''")
