"""What `pln doctor` looks for among what the bank has said: no row when all is well."""

from app.installation.doctor import invariant

invariant(
    "a line of the bank's that is matched is about a payment of its fund, of its amount",
    """
    SELECT bank_lines.id, payments.id AS payment_id FROM bank_lines
    JOIN payments ON payments.id = payment_id
    JOIN funds ON funds.id = payments.fund_id
    WHERE payments.fund_id <> bank_lines.fund_id
    OR (payments.amount_minor, payments.currency)
        <> (bank_lines.amount_minor, bank_lines.currency)
    AND (payments.booked_minor IS NULL OR bank_lines.currency <> funds.currency)
    """,
)
