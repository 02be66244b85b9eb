"""The shared map on a server: migrations that an administrator runs, each once, behind the walls of tenants.

Features (roads of an extract, reports with a position) are rows with a geometry; PostGIS finds them by place,
so no office has to load a country to ask about a valley. Behind a wall the server uses an index only for
comparisons that tell nothing about other rows, and knows of few; that of boxes (`&&`) compares numbers and
raises nothing, so it is said to be one. Without that every question reads the whole table.

One index holds tenant, layer and place, so that few reports among many roads are found as fast as alone. What
a box asks for lies on few pages where rows were added in the order of their places, batch by batch; an
administrator brings single rows into that order, too, with `CLUSTER safepassage.features`.
"""

from __future__ import annotations

from safepassage.store.server_schema import TENANT_SETTING, Names

MIGRATIONS: tuple[str, ...] = (
    """\
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE TABLE safepassage.features (
  tenant text NOT NULL, layer text NOT NULL, id text NOT NULL, at_ms bigint NOT NULL, facts jsonb NOT NULL,
  geom geometry(Geometry, 4326) NOT NULL, PRIMARY KEY (tenant, layer, id)
);
CREATE INDEX features_by_place ON safepassage.features USING gist (geom);
ALTER TABLE safepassage.features ENABLE ROW LEVEL SECURITY;
ALTER TABLE safepassage.features FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON safepassage.features
  USING (tenant = (SELECT current_setting('{setting}'))
    AND (SELECT pg_has_role(session_user, 'safepassage_' || current_setting('{setting}'), 'MEMBER')))
  WITH CHECK (tenant = (SELECT current_setting('{setting}'))
    AND (SELECT pg_has_role(session_user, 'safepassage_' || current_setting('{setting}'), 'MEMBER')));
ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF;
""",
    """\
CREATE INDEX features_by_time ON safepassage.features (tenant, layer, at_ms DESC, id);
""",
    """\
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE INDEX features_by_tenant_and_place ON safepassage.features USING gist (tenant, layer, geom);
DROP INDEX safepassage.features_by_place;
ALTER TABLE safepassage.features CLUSTER ON features_by_tenant_and_place;
""",
)
"""Statements in the order in which they are run; what has been released is never changed, only followed."""

_KEPT = """\
CREATE TABLE IF NOT EXISTS safepassage.migrations (number int PRIMARY KEY);
"""
_ONCE = """\
DO $migration$ BEGIN
IF NOT EXISTS (SELECT 1 FROM safepassage.migrations WHERE number = {number}) THEN
{statements}INSERT INTO safepassage.migrations VALUES ({number});
END IF; END $migration$;
"""
_RIGHTS = """\
GRANT SELECT, INSERT, UPDATE, DELETE ON safepassage.features TO safepassage_{tenant};
GRANT SELECT ON safepassage.migrations TO safepassage_{tenant};
"""


def map_sql(tenant: str, login: str) -> str:
    """Return the statements that bring the map of a server up to date for a tenant; they may run again.

    They follow `server_sql` of the same tenant.

    Raises
    ------
    StoreError
        When a name could be anything but a name.
    """
    Names(tenant=tenant, login=login)
    steps = [
        _ONCE.format(number=number, statements=statements.format(setting=TENANT_SETTING))
        for number, statements in enumerate(MIGRATIONS, 1)
    ]
    return "".join(["BEGIN;\n", _KEPT, *steps, _RIGHTS.format(tenant=tenant), "COMMIT;\n"])
