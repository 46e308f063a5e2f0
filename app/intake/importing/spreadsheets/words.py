"""Comparing the words of a vocabulary (columns, kinds, roles, countries) however they are typed.

Names of things are not compared here: those are folded by the database, as search folds them.
"""

import re
import unicodedata


def alike(words: str) -> str:
    """The words in lower case, without accents and punctuation, a blank between them."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(re.findall(r"\w+", re.sub(r"[.'\u2019]", "", letters).replace("_", " ")))
