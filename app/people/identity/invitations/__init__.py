"""How people join: a link that grants one role on one scope, works once and expires."""
