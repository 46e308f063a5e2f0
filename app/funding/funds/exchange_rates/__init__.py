"""Exchange rates: what a fund reckons with when it pays in another currency, as recorded."""
