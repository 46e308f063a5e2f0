"""Verbs that span storeys: a cohort moves, two collaborations become one."""
