"""Signed access tokens, opaque secrets and the keys behind them. Nothing else imports `jose`.

python-jose is used for one thing: ES256 over a compact JWS. Everything that it leaves open
(typ, crit, header keys, length, encoding, lifetime, which key) is decided here.
"""

import base64
import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Final
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jose import jws, jwt
from jose.backends.cryptography_backend import CryptographyECKey
from pydantic import BaseModel, ConfigDict, Field, Strict

from app.kernel.db import new_id
from app.kernel.errors import Unauthenticated

ACCESS_TOKEN_LIFETIME: Final = timedelta(minutes=10)
CLOCK_SKEW: Final = timedelta(seconds=60)
LONGEST_TOKEN: Final = 4096
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105

INVALID_TOKEN: Final = {"WWW-Authenticate": 'Bearer realm="pln", error="invalid_token"'}
"""The challenge that comes with the refusal of a credential that was sent (RFC 6750)."""

_ALGORITHM: Final = "ES256"
_REQUIRED: Final = {
    "require_exp": True,
    "require_iat": True,
    "require_aud": True,
    "require_iss": True,
    "require_sub": True,
    "require_jti": True,
    # jose compares exp with the machine's clock, and to require exp is to switch that on: enough
    # leeway to be without effect, since `_check_times` compares it with the injected clock.
    "leeway": 2**40,
}
_SEGMENT: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_SIGNATURE_BYTES: Final = 64
_REMEMBERED: Final = 2048
"""How many proved tokens a ring remembers, at about 2 KB each."""


# --- signed access tokens ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a proven access token says: who, through which client and sign-in, how narrowed."""

    account_id: UUID
    client_id: str
    scope: str
    token_id: UUID
    sign_in_id: UUID | None
    issued_at: datetime
    expires_at: datetime


class _Claims(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    iss: str
    aud: str
    sub: Annotated[UUID, Strict(strict=False)]
    client_id: str = Field(min_length=1, max_length=200)
    scope: str = Field(max_length=2000)
    jti: Annotated[UUID, Strict(strict=False)]
    sid: Annotated[UUID, Strict(strict=False)] | None = None
    iat: int = Field(ge=0, lt=2**33)
    exp: int = Field(ge=0, lt=2**33)


class PrivateKey:
    """A P-256 key pair that signs access tokens, parsed once."""

    def __init__(self, kid: str, pem: bytes) -> None:
        key = load_pem_private_key(pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise ValueError("a signing key must be an EC key on P-256")
        self.kid = kid
        self.pem = pem
        self._signing = CryptographyECKey(key, _ALGORITHM)
        self.public = PublicKey(kid, CryptographyECKey(key.public_key(), _ALGORITHM).to_dict())

    @classmethod
    def generate(cls, kid: str) -> "PrivateKey":
        """A fresh key pair of this name."""
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        return cls(kid, pem)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """The claims as a compact JWS of type at+jwt."""
        header = {"kid": self.kid, "typ": TOKEN_TYPE}
        return jws.sign(dict(claims), self._signing, headers=header, algorithm=_ALGORITHM)


class PublicKey:
    """The half of a key that verifies; `jwk` is what is published."""

    def __init__(self, kid: str, jwk: Mapping[str, str]) -> None:
        if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256" or "d" in jwk:
            raise ValueError("a verifying key must be a public JWK on P-256")
        self.kid = kid
        self.jwk = {name: jwk[name] for name in ("kty", "crv", "x", "y")} | {
            "kid": kid,
            "alg": _ALGORITHM,
            "use": "sig",
        }
        self.verifying = CryptographyECKey(dict(jwk), _ALGORITHM)

    @property
    def header(self) -> str:
        """The first segment of every token that this key verifies, byte for byte."""
        text = f'{{"alg":"{_ALGORITHM}","kid":"{self.kid}","typ":"{TOKEN_TYPE}"}}'
        return _encode(text.encode())


class KeyRing:
    """The keys of one moment: one signs, several verify.

    A token is looked up by its whole first segment, which only ever holds alg, kid and typ as we
    write them. So a header with anything else (crit, jku, another alg or typ, other key order,
    padding) names no key and is refused before any of it is parsed.
    """

    def __init__(
        self, *, issuer: str, audience: str, signing: PrivateKey, verifying: Iterable[PublicKey]
    ) -> None:
        self.issuer = issuer
        self.audience = audience
        self._signing = signing
        self._published = tuple(verifying)
        self._by_header = {key.header: key.verifying for key in self._published}
        if signing.public.header not in self._by_header:
            raise ValueError("the signing key must be among the published keys")
        # A client sends the same token for ten minutes, and proving one costs more than the rest
        # of a small request. What fails is never remembered, and a ring lives for a minute.
        self._proved = lru_cache(maxsize=_REMEMBERED)(self._prove)

    def issue(
        self,
        *,
        account_id: UUID,
        client_id: str,
        scope: str,
        sign_in_id: UUID | None,
        now: datetime,
    ) -> tuple[str, datetime]:
        """A token for the account that lives ten minutes from `now`, and its expiry."""
        issued_at = int(now.timestamp())
        expires_at = issued_at + int(ACCESS_TOKEN_LIFETIME.total_seconds())
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(account_id),
            "client_id": client_id,
            "scope": scope,
            "jti": str(new_id()),
            "iat": issued_at,
            "exp": expires_at,
        }
        if sign_in_id is not None:
            claims["sid"] = str(sign_in_id)
        return self._signing.sign(claims), datetime.fromtimestamp(expires_at, UTC)

    def verify(self, token: str, now: datetime) -> AccessClaims:
        """What the token says. Whatever is wrong with it, the refusal is `Unauthenticated`."""
        try:
            return self._accept(token, now)
        except Exception as fault:
            raise invalid_token() from fault

    def knows(self, token: str) -> bool:
        """Whether the token names a key of this ring; false may mean that the ring is old."""
        return token[:LONGEST_TOKEN].partition(".")[0] in self._by_header

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JWK set (RFC 7517)."""
        return {"keys": [key.jwk for key in self._published]}

    def _accept(self, token: str, now: datetime) -> AccessClaims:
        if len(token) > LONGEST_TOKEN:
            raise ValueError("too long")
        claims = self._proved(token)
        _check_times(claims, now)
        return AccessClaims(
            account_id=claims.sub,
            client_id=claims.client_id,
            scope=claims.scope,
            token_id=claims.jti,
            sign_in_id=claims.sid,
            issued_at=datetime.fromtimestamp(claims.iat, UTC),
            expires_at=datetime.fromtimestamp(claims.exp, UTC),
        )

    def _prove(self, token: str) -> _Claims:
        """Everything about the token that does not depend on the time."""
        header, payload, signature = token.split(".")
        key = self._by_header[header]
        _decode(payload)
        if len(_decode(signature)) != _SIGNATURE_BYTES:
            raise ValueError("not an ES256 signature")
        return _Claims.model_validate(
            jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=self.audience,
                issuer=self.issuer,
                options=_REQUIRED,
            )
        )


def invalid_token() -> Unauthenticated:
    """The refusal of a credential that was sent and is not accepted, whatever is wrong with it."""
    return Unauthenticated("The token is not valid.", headers=INVALID_TOKEN)


def _check_times(claims: _Claims, now: datetime) -> None:
    seconds = now.timestamp()
    if not 0 < claims.exp - claims.iat <= ACCESS_TOKEN_LIFETIME.total_seconds():
        raise ValueError("a lifetime that is never issued")
    if claims.iat > seconds + CLOCK_SKEW.total_seconds():
        raise ValueError("issued in the future")
    if claims.exp <= seconds:
        raise ValueError("expired")


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(segment: str) -> bytes:
    """Canonical base64url only: jose takes fifteen changes of a signature's last character."""
    if not _SEGMENT.fullmatch(segment):
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    if _encode(data) != segment:
        raise ValueError("not canonical base64url")
    return data


# --- opaque secrets ---------------------------------------------------------------------------


class SecretKind(StrEnum):
    """The prefix tells a reader, and a scanner of leaked secrets, what was found."""

    REFRESH_TOKEN = "pln_rt_"  # noqa: S105
    API_TOKEN = "pln_pat_"  # noqa: S105
    INVITATION = "pln_inv_"
    CLIENT_SECRET = "pln_cs_"  # noqa: S105
    PASSWORD_RESET = "pln_pr_"  # noqa: S105
    ADDRESS_PROOF = "pln_ap_"
    CALENDAR_FEED = "pln_cal_"
    SESSION_GUEST = "pln_sg_"
    STAKEHOLDER = "pln_sh_"
    METRIC_CHART = "pln_mc_"


_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY_DIGITS: Final = 43
_CHECK_DIGITS: Final = 6


def new_secret(kind: SecretKind) -> str:
    """A prefix, 256 random bits in base 62 and a checksum. Shown once; only its digest is kept."""
    return _secret(kind, secrets.token_bytes(32))


def successor_of(secret: str, *, key: bytes) -> str:
    """The one secret that follows `secret`, the same each time it is asked for.

    It can be given again after a lost answer although it is not stored: it takes both the
    predecessor, which only its holder has, and the server's key to compute it.
    """
    kind = next(kind for kind in SecretKind if secret.startswith(kind))
    return _secret(kind, hmac.digest(key, secret.encode(), "sha256"))


def secret_digest(kind: SecretKind, secret: str) -> bytes | None:
    """What is stored in place of the secret; None when it can't be one (prefix, form, checksum).

    256 random bits need no slow hash and no salt. The checksum spares the database a lookup of
    what was mistyped, cut off or made up.
    """
    body = secret.removeprefix(kind)
    if body == secret or len(body) != _BODY_DIGITS + _CHECK_DIGITS:
        return None
    number, check = body[:_BODY_DIGITS], body[_BODY_DIGITS:]
    if not body.isascii() or not hmac.compare_digest(_checksum(kind + number), check):
        return None
    return hashlib.sha256(secret.encode()).digest()


def _secret(kind: SecretKind, bits: bytes) -> str:
    text = kind + _base62(int.from_bytes(bits, "big"), _BODY_DIGITS)
    return text + _checksum(text)


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode()), _CHECK_DIGITS)


def _base62(number: int, digits: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 62)
        text = _ALPHABET[digit] + text
    return text.rjust(digits, _ALPHABET[0])


# --- keys from the one secret of the installation ---------------------------------------------


def derived_key(secret_key: str, purpose: str) -> bytes:
    """32 bytes for one purpose out of PLN_SECRET_KEY, so that no two purposes share a key."""
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"pln:{purpose}".encode())
    return kdf.derive(secret_key.encode())


def seal(data: bytes, *, secret_key: str) -> bytes:
    """`data` encrypted and authenticated for storing in the database."""
    return _vault(secret_key).encrypt(data)


def unseal(data: bytes, *, secret_key: str) -> bytes:
    """The reverse of `seal`. Refuses (ValueError) what another secret key sealed."""
    try:
        return _vault(secret_key).decrypt(data)
    except InvalidToken as fault:
        raise ValueError("sealed with another PLN_SECRET_KEY, or damaged") from fault


def _vault(secret_key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key(secret_key, "seal")))
