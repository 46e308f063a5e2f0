"""Names fold alike however they were typed: apostrophes, quotation marks, dashes, blanks."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FOLDED = ("accounts", "organisations", "programmes", "collaborations", "data_sets", "cohorts")
"""The tables with a `name_folded`, which PostgreSQL computes when a name is written."""

APOSTROPHES = "\u2018\u2019\u201b\u02b9\u02bb\u02bc\u00b4`\u2032"
QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
MARKS = r"[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
BLANKS = r"[\s\u0085\u1680\u2028\u2029]+"

FOLD = f"""
CREATE OR REPLACE FUNCTION fold(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN btrim(regexp_replace(replace(replace(replace(replace(
    translate(
        regexp_replace(
            lower(normalize(translate(
                words,
                '{APOSTROPHES}{QUOTES}{DASHES}',
                '{"''" * len(APOSTROPHES)}{'"' * len(QUOTES)}{"-" * len(DASHES)}'
            ), NFKD)),
            '{MARKS}', '', 'g'
        ),
        'øłđıðħς', 'oldidh\u03c3'
    ),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), '{BLANKS}', ' ', 'g'))
"""

FOLD_BEFORE = r"""
CREATE OR REPLACE FUNCTION fold(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN replace(replace(replace(
    translate(
        regexp_replace(lower(normalize(words, NFKD)), '[\u0300-\u036f]', '', 'g'),
        'øłđı', 'oldi'
    ),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')
"""


def upgrade() -> None:
    """Fold more alike, and fold anew what is stored otherwise."""
    _fold_by(FOLD)


def downgrade() -> None:
    """Take it back."""
    _fold_by(FOLD_BEFORE)


def _fold_by(function: str) -> None:
    op.execute(function)
    for table in FOLDED:
        op.execute(f"UPDATE {table} SET name = name WHERE name_folded <> fold(name)")
