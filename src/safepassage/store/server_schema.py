"""What a database administrator runs once on PostgreSQL for each organisation: tables, walls, rights.

Rows are seen by one tenant at a time, and only by a login that is a member of that tenant's role; without
a tenant every query is an error. The walls are forced, so they bind the owner of the tables, too. Entries
can be read and added, by nobody changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from safepassage.domain.errors import StoreError

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
TENANT_SETTING = "safepassage.tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a server is and as whom to speak to it; `socket` (a path) takes the place of host and port."""

    database: str
    user: str
    tenant: str
    host: str = "localhost"
    port: int = 5432
    socket: str = ""
    password: str = ""


_TABLES = """\
CREATE SCHEMA IF NOT EXISTS safepassage;
CREATE TABLE IF NOT EXISTS safepassage.named_values (
  tenant text NOT NULL, name text NOT NULL, value bytea NOT NULL, PRIMARY KEY (tenant, name)
);
CREATE TABLE IF NOT EXISTS safepassage.entries (
  tenant text NOT NULL, log text NOT NULL, seq bigint NOT NULL, id text NOT NULL, kind text NOT NULL,
  about text NOT NULL, undoes text NOT NULL, at_ms bigint NOT NULL, hash text NOT NULL, record bytea NOT NULL,
  PRIMARY KEY (tenant, log, seq), UNIQUE (tenant, id, log)
);
CREATE TABLE IF NOT EXISTS safepassage.sealing_keys (
  tenant text NOT NULL, org text NOT NULL, key_id text NOT NULL, used_ms bigint NOT NULL, wrapped bytea,
  PRIMARY KEY (tenant, org, key_id)
);
CREATE OR REPLACE FUNCTION safepassage.entries_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'entries are only added'; END $$;
DROP TRIGGER IF EXISTS entries_stay ON safepassage.entries;
CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON safepassage.entries
  FOR EACH STATEMENT EXECUTE FUNCTION safepassage.entries_stay();
"""
_WALL = """\
ALTER TABLE safepassage.{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE safepassage.{table} FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_rows ON safepassage.{table};
CREATE POLICY own_rows ON safepassage.{table}
  USING (tenant = current_setting('{setting}')
    AND pg_has_role(session_user, 'safepassage_' || current_setting('{setting}'), 'MEMBER'))
  WITH CHECK (tenant = current_setting('{setting}')
    AND pg_has_role(session_user, 'safepassage_' || current_setting('{setting}'), 'MEMBER'));
"""
_TENANT = """\
DO $$ BEGIN CREATE ROLE safepassage_{tenant} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT USAGE ON SCHEMA safepassage TO safepassage_{tenant};
GRANT SELECT, INSERT ON safepassage.entries TO safepassage_{tenant};
GRANT SELECT, INSERT, UPDATE ON safepassage.sealing_keys, safepassage.named_values TO safepassage_{tenant};
GRANT safepassage_{tenant} TO {login};
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """A tenant and a login that can stand in statements as they are."""

    tenant: str
    login: str

    def __post_init__(self) -> None:
        for name in (self.tenant, self.login):
            if not _NAME.fullmatch(name):
                raise StoreError(f"{name!r} is no name: take up to 40 small letters, digits and underscores.")


def server_sql(tenant: str, login: str) -> str:
    """Return the statements that make room for one tenant, to be used by one login; they may run again.

    Raises
    ------
    StoreError
        When a name could be anything but a name.
    """
    Names(tenant=tenant, login=login)
    walls = [
        _WALL.format(table=table, setting=TENANT_SETTING)
        for table in ("entries", "sealing_keys", "named_values")
    ]
    return "".join(["BEGIN;\n", _TABLES, *walls, _TENANT.format(tenant=tenant, login=login), "COMMIT;\n"])
