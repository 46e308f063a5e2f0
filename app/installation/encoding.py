"""Names of people are text of any script: a database that knows no text is refused at once."""

import psycopg

from app.installation.binaries import PostgresUnusable
from app.settings import libpq_url


def refuse_other_encodings(url: str) -> None:
    """A database that is not there yet is looked at by whoever waits for it."""
    try:
        with psycopg.connect(libpq_url(url), connect_timeout=3) as connection:
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.OperationalError:
        return
    if encoding != "UTF8":
        raise PostgresUnusable(
            f"The database is encoded as {encoding}, and UTF8 is needed: CREATE DATABASE pln "
            "ENCODING 'UTF8' TEMPLATE template0."
        )
