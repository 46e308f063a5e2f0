"""What crosses the wire about signing keys."""

from pydantic import Field

from app.kernel.schemas import Response


class PublicKeyOut(Response):
    """A public key on the curve P-256, as a JWK (RFC 7517)."""

    kty: str = Field(examples=["EC"])
    crv: str = Field(examples=["P-256"])
    x: str
    y: str
    kid: str = Field(description="Named in the header of the tokens it checks.")
    alg: str = Field(examples=["ES256"])
    use: str = Field(examples=["sig"])


class PublicKeysOut(Response):
    """The keys that check tokens now, and the one that will sign next."""

    keys: list[PublicKeyOut]
