"""Who someone is, and what they may do where.

`models` holds accounts, their credentials and their roles. `roles` is the table of what each role
allows. `scopes`, `throttling` and `keys` each keep tables of their own, which nothing else
touches. The verbs live in a room set for each noun: `sign_ins`, `accounts`, `role_assignments`,
`invitations`, `joining`, `password_changes`, `service_accounts`, `api_tokens`.
"""
