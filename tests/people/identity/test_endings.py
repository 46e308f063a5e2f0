"""What has ended is looked up for the scopes that are asked about, however much has ended."""

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.identity.endings import has_ended
from app.people.identity.scopes import Scope


async def test_it_is_looked_up_scope_by_scope(db: AsyncSession) -> None:
    asked = select(Scope.id, has_ended(Scope.id)).compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    )
    plan = "\n".join(await db.scalars(text(f"EXPLAIN VERBOSE {asked}".replace(":", r"\:"))))
    assert "SubPlan" in plan
    assert "hashed" not in plan
