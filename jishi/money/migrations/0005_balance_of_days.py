"""The balance of a journal is asked of the days around it, not of every month there is; names by their beginning.

Both belong to the ledger's keeper. Docs: docs/decisions/0069-a-journal-lies-within-a-day.md
"""

from typing import Any

from django.db import migrations, models

from jishi.kernel.tables import AddIndexAsOwner, as_owner

# A posting that lies elsewhere is refused, so that those within the day are all. Planned once for any day: a plan
# of its own for each would be cheaper to run, and PostgreSQL would therefore make one for every posting.
BALANCE = """
CREATE OR REPLACE FUNCTION ledger_refuse_imbalance() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    day constant bigint := 86400000;
    made bigint := ('x' || translate(left(NEW.journal_id::text, 13), '-', ''))::bit(48)::bigint;
    first uuid := rpad(lpad(to_hex(made - day), 12, '0'), 32, '0')::uuid;
    following uuid := rpad(lpad(to_hex(made + day), 12, '0'), 32, '0')::uuid;
BEGIN
    IF NEW.id < first OR NEW.id >= following THEN
        RAISE EXCEPTION 'posting % was not made within a day of its journal %', NEW.id, NEW.journal_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM ledger_posting WHERE journal_id = NEW.journal_id AND id >= first AND id < following
        GROUP BY currency HAVING sum(amount_minor) <> 0
    ) THEN
        RAISE EXCEPTION 'journal % does not sum to zero', NEW.journal_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""
OF_ALL_MONTHS = """
CREATE OR REPLACE FUNCTION ledger_refuse_imbalance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM ledger_posting WHERE journal_id = NEW.journal_id
        GROUP BY currency HAVING sum(amount_minor) <> 0
    ) THEN
        RAISE EXCEPTION 'journal % does not sum to zero', NEW.journal_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""


def ask_the_days(apps: Any, schema_editor: Any) -> None:
    _replace(schema_editor, BALANCE)


def ask_all_months(apps: Any, schema_editor: Any) -> None:
    _replace(schema_editor, OF_ALL_MONTHS)


def _replace(schema_editor: Any, function: str) -> None:
    with schema_editor.connection.cursor() as cursor, as_owner(cursor, "ledger_posting"):
        cursor.execute(function)


class Migration(migrations.Migration):

    dependencies = [("money", "0004_indexes_of_desks")]

    operations = [
        migrations.RunPython(ask_the_days, ask_all_months),
        AddIndexAsOwner(
            model_name="account",
            index=models.Index(
                fields=["name"], name="ledger_account_name_begins", opclasses=["text_pattern_ops"]
            ),
        ),
    ]
