"""Presenters: which member presents in each session of a series, each as often as the others."""
