"""What keeps the ledger true whatever the code does: journals that sum to zero, and rows that never change."""

from django.db import migrations

from jishi.kernel.tables import append_only

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
    ]
