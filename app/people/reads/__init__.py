"""Reads of one statement, each from one declaration: from the token to the JSON that is answered.

To convert a noun, write its room `telling.py`:

1. `GRANTS = Telling(GrantOut, Grant, "grant.read", missing=GrantNotFound, lifecycle=GRANT, ...)`. A
   field that the model has by its name is said already: a column, a relationship to what a `Ref` or
   another schema is of, the list of one. `told` says each other field; what a rule of Python
   says of a loaded row it says there in SQL, once, and a test holds the two equal.
2. The filters of its lists that their name does not say (`kernel/filters.py`) go into `filters`,
   the orders that are more than a column into `sorts`. Its export asks
   `.where(*GRANTS.wanted(query))`. A nested list has a `Within`: its column, its parent, who may
   see that, and the 404.
3. Its routes take `read: Reading` in place of `db` and `actor`, and return
   `Written[GrantOut]` from `await GRANTS.one(read, grant_id)` or `WrittenList[GrantPage]` from
   `await GRANTS.page(read, query)`.
4. Its verbs end with `return await GRANTS.told_to(db, actor, grant.id)`. Then what `access` loaded
   for the answer alone goes, and so does the function that wrote the schema.
5. `tests/people/reads/test_told_alike.py` names it among the nouns whose read is held equal to what
   its verbs answer, and the count of statements of its lists falls to one.

What is seen by more than a permission on its scope has a rule `is_seen(by: Sight)` in its `access`:
its loader asks it of an actor (`Looking`), its `Telling` of whom the statement proves (`seen`).

What cannot be said in SQL stays as it is: docs/decisions/0037 names it.
"""
