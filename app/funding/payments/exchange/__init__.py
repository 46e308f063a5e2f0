"""Exchange: what the bank took for a payment in another currency than its fund's."""
