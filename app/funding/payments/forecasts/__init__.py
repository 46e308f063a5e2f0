"""Forecasts: what a fund is to pay, month by month, and how sure that is."""
