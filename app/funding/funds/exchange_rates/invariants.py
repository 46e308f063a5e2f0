"""What `pln doctor` looks for among exchange rates."""

from app.installation.doctor import invariant

invariant(
    "an exchange rate is for another currency than its fund's, and says the same in minor units",
    """
    SELECT exchange_rates.id FROM exchange_rates JOIN funds ON funds.id = fund_id
    WHERE funds.currency = exchange_rates.currency
    OR minor_rate / rate NOT IN (0.0001, 0.001, 0.01, 0.1, 1, 10, 100, 1000, 10000)
    """,
)
