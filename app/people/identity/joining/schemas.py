"""What crosses the wire when somebody joins."""

from typing import Annotated

from pydantic import Field

from app.kernel.schemas import Name, Request
from app.people.identity.sign_ins.schemas import Password, Secret


class AcceptAsMe(Request):
    """The token behind the `#` of the link."""

    token: Secret


class AcceptInvitation(Request):
    """The token behind the `#` of the link, and the password to sign in with."""

    token: Secret
    password: Annotated[
        Password,
        Field(
            description="Where the address has an account, the password of that account; "
            "otherwise a new one of 15 characters or more."
        ),
    ]
    name: Annotated[
        Name | None, Field(description="How to be called; as invited when left out.")
    ] = None
