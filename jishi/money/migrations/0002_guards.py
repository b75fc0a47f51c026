"""What keeps the ledger true whatever the code does: journals that sum to zero, rows that never change, another owner.

The owner is a role that nobody signs in with. The market's own role may read and add, so it can neither drop a
trigger nor switch one off. Docs: docs/decisions/0051-the-ledger-belongs-to-another-role.md
"""

import logging
from typing import Any

from django.db import migrations

from jishi.kernel.tables import append_only

log = logging.getLogger(__name__)

KEEPER = "jishi_ledger_keeper"
TABLES = ("ledger_account", "ledger_journal", "ledger_posting")

# Deferred to the commit, and on each posting: no later posting can slip into a journal that was balanced before.
BALANCE = """
CREATE FUNCTION ledger_refuse_imbalance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM ledger_posting WHERE journal_id = NEW.journal_id
        GROUP BY currency HAVING sum(amount_minor) <> 0
    ) THEN
        RAISE EXCEPTION 'journal % does not sum to zero', NEW.journal_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger_posting
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_refuse_imbalance();
"""

# The one thing the market must be able to do with a table it does not own: open the coming months.
OPEN_MONTH = """
CREATE FUNCTION ledger_open_month(partition text, first uuid, following uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, {schema} AS $$
BEGIN
    IF partition !~ '^ledger_posting_y[0-9]{{4}}m[0-9]{{2}}$' THEN
        RAISE EXCEPTION '% is no month of the ledger', partition;
    END IF;
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS {schema}.%I PARTITION OF {schema}.ledger_posting FOR VALUES FROM (%L) TO (%L)',
        partition, first, following);
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER append_only_truncate BEFORE TRUNCATE ON {schema}.%I '
        'FOR EACH STATEMENT EXECUTE FUNCTION {schema}.kernel_refuse_change()', partition);
END $$
"""


def hand_over(apps: Any, schema_editor: Any) -> None:
    """Give the ledger's tables to the keeper, where the connected role may make roles; else say so and go on."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_user, quote_ident(current_schema())")
        me, schema = cursor.fetchone()
        cursor.execute(OPEN_MONTH.format(schema=schema))
        if not _keeper_is_ours(cursor):
            log.warning(
                "the role %s may not make the role %s: it goes on owning the ledger's tables, and only their "
                "triggers guard them. Give it CREATEROLE before a database's first start to have more.",
                me,
                KEEPER,
            )
            return
        cursor.execute(f"GRANT {KEEPER} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")
        cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {KEEPER}")
        for table in _family(cursor):
            cursor.execute(f"ALTER TABLE {table} OWNER TO {KEEPER}")
        cursor.execute(f"ALTER FUNCTION ledger_open_month(text, uuid, uuid) OWNER TO {KEEPER}")
        cursor.execute(f"ALTER FUNCTION ledger_refuse_imbalance() OWNER TO {KEEPER}")
        cursor.execute(f"SET LOCAL ROLE {KEEPER}")
        cursor.execute(f"GRANT SELECT, INSERT ON {', '.join(TABLES)} TO {schema_editor.quote_name(me)}")
        cursor.execute("REVOKE ALL ON FUNCTION ledger_open_month(text, uuid, uuid) FROM PUBLIC")
        cursor.execute(
            f"GRANT EXECUTE ON FUNCTION ledger_open_month(text, uuid, uuid) TO {schema_editor.quote_name(me)}"
        )
        cursor.execute("RESET ROLE")
        cursor.execute(f"REVOKE {KEEPER} FROM CURRENT_USER")


def take_back(apps: Any, schema_editor: Any) -> None:
    """Return the tables to the connected role, so that the first migration can drop them."""
    with schema_editor.connection.cursor() as cursor:
        if _keeper_is_ours(cursor):
            cursor.execute("SELECT quote_ident(current_user)")
            (me,) = cursor.fetchone()
            cursor.execute(f"GRANT {KEEPER} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE")
            for table in _family(cursor):
                cursor.execute(f"ALTER TABLE {table} OWNER TO {me}")
            cursor.execute(f"ALTER FUNCTION ledger_refuse_imbalance() OWNER TO {me}")
            cursor.execute("DROP FUNCTION ledger_open_month(text, uuid, uuid)")
            cursor.execute(f"REVOKE {KEEPER} FROM CURRENT_USER")
        else:
            cursor.execute("DROP FUNCTION ledger_open_month(text, uuid, uuid)")


def _keeper_is_ours(cursor: Any) -> bool:
    """Make the keeper where that is allowed; say whether the connected role may hand things to it."""
    cursor.execute(
        f"DO $$ BEGIN CREATE ROLE {KEEPER} NOLOGIN; "
        "EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL; END $$"
    )
    cursor.execute(
        "SELECT rolsuper OR EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles k ON k.oid = m.roleid "
        "WHERE k.rolname = %s AND m.member = me.oid AND m.admin_option) FROM pg_roles me "
        "WHERE rolname = current_user AND EXISTS (SELECT FROM pg_roles WHERE rolname = %s)",
        [KEEPER, KEEPER],
    )
    found = cursor.fetchone()
    return bool(found and found[0])


def _family(cursor: Any) -> list[str]:
    cursor.execute("SELECT relid::regclass::text FROM pg_partition_tree('ledger_posting') ORDER BY level")
    return [*TABLES[:2], *(name for (name,) in cursor.fetchall())]


class Migration(migrations.Migration):

    dependencies = [("money", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=BALANCE,
            reverse_sql="DROP TRIGGER balanced ON ledger_posting; DROP FUNCTION ledger_refuse_imbalance()",
        ),
        append_only("ledger_account"),
        append_only("ledger_journal"),
        append_only("ledger_posting"),
        append_only("payments_callback"),
        migrations.RunPython(hand_over, take_back),
    ]
