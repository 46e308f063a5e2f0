"""Data collaborations: the organisations and people that share or open data for a purpose."""
