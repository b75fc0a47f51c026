"""The balance of journals is asked once for each statement that posts; names of accounts are found by their beginning.

Both belong to the ledger's keeper. Docs: docs/decisions/0069-a-statement-balances-its-journals.md
"""

from typing import Any

from django.db import migrations, models

from jishi.kernel.tables import AddIndexAsOwner, as_owner

# What was there before summed to zero by the same rule, so what is new must: no look at the table is needed.
OF_A_STATEMENT = """
CREATE OR REPLACE FUNCTION ledger_refuse_imbalance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    crooked uuid;
BEGIN
    SELECT journal_id INTO crooked FROM posted GROUP BY journal_id, currency HAVING sum(amount_minor) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal % does not sum to zero', crooked USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER balanced ON ledger_posting;
CREATE TRIGGER balanced AFTER INSERT ON ledger_posting
REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_imbalance();
"""
OF_A_ROW = """
CREATE OR REPLACE FUNCTION ledger_refuse_imbalance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM ledger_posting WHERE journal_id = NEW.journal_id
        GROUP BY currency HAVING sum(amount_minor) <> 0
    ) THEN
        RAISE EXCEPTION 'journal % does not sum to zero', NEW.journal_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER balanced ON ledger_posting;
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger_posting
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_refuse_imbalance();
"""


def watch_statements(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, OF_A_STATEMENT)


def watch_rows(apps: Any, schema_editor: Any) -> None:
    _run(schema_editor, OF_A_ROW)


def _run(schema_editor: Any, statements: str) -> None:
    with schema_editor.connection.cursor() as cursor, as_owner(cursor, "ledger_posting"):
        cursor.execute(statements)


class Migration(migrations.Migration):

    dependencies = [("money", "0004_indexes_of_desks")]

    operations = [
        migrations.RunPython(watch_statements, watch_rows),
        AddIndexAsOwner(
            model_name="account",
            index=models.Index(
                fields=["name"], name="ledger_account_name_begins", opclasses=["text_pattern_ops"]
            ),
        ),
    ]
