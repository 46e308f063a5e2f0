"""Grants that others published, kept as they told them: searched and compared with ours."""
