"""Forged, altered and stale tokens are refused as 401, whatever is wrong with them."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jose import jws, jwt

from app.kernel.errors import Unauthenticated
from app.people.identity import tokens
from app.people.identity.tokens import AccessClaims, KeyRing, PrivateKey, PublicKey, SecretKind

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
ISSUER = "https://network.example.org"
ACCOUNT = UUID("0195a3f0-7c1e-7000-8000-5f0e4a7d2b91")
SIGN_IN = UUID("0195a3f0-7c1e-7000-8000-5f0e4a7d2b92")

OURS = PrivateKey.generate("ours")
NEXT = PrivateKey.generate("next")
THEIRS = PrivateKey.generate("ours")
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
P384 = ec.generate_private_key(ec.SECP384R1())

RING = KeyRing(
    issuer=ISSUER, audience=f"{ISSUER}/v1", signing=OURS, verifying=[OURS.public, NEXT.public]
)


def good_claims(**changes: Any) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": f"{ISSUER}/v1",
        "sub": str(ACCOUNT),
        "client_id": "pln",
        "scope": "*",
        "jti": str(uuid4()),
        "iat": AT,
        "exp": AT + 600,
        "sid": str(SIGN_IN),
    }
    return {name: value for name, value in (claims | changes).items() if value is not ...}


def good_token() -> str:
    token, _ = RING.issue(
        account_id=ACCOUNT, client_id="pln", scope="*", sign_in_id=SIGN_IN, now=NOW
    )
    return token


def b64(data: bytes | str) -> str:
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def ecdsa(signing_input: str, key: PrivateKey = OURS) -> bytes:
    """A true signature by our key, over anything."""
    return key._signing.sign(signing_input.encode())


def token_of(
    header: object,
    claims: object,
    sign: Callable[[str], bytes] = ecdsa,
) -> str:
    head, body = (
        b64(part if isinstance(part, (str, bytes)) else json.dumps(part, separators=(",", ":")))
        for part in (header, claims)
    )
    return f"{head}.{body}.{b64(sign(f'{head}.{body}'))}"


HEADER = {"alg": "ES256", "kid": "ours", "typ": "at+jwt"}


def with_header(**changes: Any) -> str:
    header = {name: value for name, value in (HEADER | changes).items() if value is not ...}
    return token_of(header, good_claims())


def with_claims(**changes: Any) -> str:
    return token_of(HEADER, good_claims(**changes))


def hmac_of(secret: bytes) -> Callable[[str], bytes]:
    return lambda signing_input: hmac.digest(secret, signing_input.encode(), hashlib.sha256)


def public_bytes(encoding: Encoding, format_: PublicFormat) -> bytes:
    key = load_pem_private_key(OURS.pem, None)
    return key.public_key().public_bytes(encoding, format_)


def other_signature(token: str, signature: bytes) -> str:
    return token.rpartition(".")[0] + "." + b64(signature)


def algorithm_confusions() -> Iterator[tuple[str, str]]:
    pem = public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    secrets = {
        "pem": pem,
        "pem without its last line break": pem.strip(),
        "der": public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "x9.62 point": public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        "ssh": public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "jwk": json.dumps(dict(OURS.public.jwk)).encode(),
        "empty": b"",
        "issuer": ISSUER.encode(),
    }
    for name, secret in secrets.items():
        header = HEADER | {"alg": "HS256"}
        yield (
            f"hs256 keyed by our public key as {name}",
            token_of(header, good_claims(), hmac_of(secret)),
        )
    pem_header_kept = token_of(HEADER, good_claims(), hmac_of(pem))
    yield "an hmac under an es256 header", pem_header_kept


def unsigned() -> Iterator[tuple[str, str]]:
    for alg in ("none", "None", "NONE", "nOnE", ""):
        header, claims = b64(json.dumps(HEADER | {"alg": alg})), b64(json.dumps(good_claims()))
        yield f"alg {alg!r} without a signature", f"{header}.{claims}."
        yield f"alg {alg!r} with a signature", f"{header}.{claims}.{b64(b'x' * 64)}"
    yield "no signature at all", good_token().rpartition(".")[0] + "."


def other_keys() -> Iterator[tuple[str, str]]:
    yield (
        "another key of the same name",
        token_of(HEADER, good_claims(), lambda text: ecdsa(text, THEIRS)),
    )
    yield (
        "the next key under this one's name",
        token_of(HEADER, good_claims(), lambda text: ecdsa(text, NEXT)),
    )
    pem = RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for alg in ("RS256", "RS384", "RS512"):
        yield (
            f"signed by an rsa key as {alg}",
            jws.sign(good_claims(), pem, headers={"kid": "ours", "typ": "at+jwt"}, algorithm=alg),
        )
    pem = P384.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    yield (
        "signed on another curve",
        jws.sign(good_claims(), pem, headers={"kid": "ours", "typ": "at+jwt"}, algorithm="ES384"),
    )


def signatures() -> Iterator[tuple[str, str]]:
    token = good_token()
    der = load_pem_private_key(OURS.pem, None)
    assert isinstance(der, ec.EllipticCurvePrivateKey)
    yield "all zeros (psychic signature)", other_signature(token, bytes(64))
    yield (
        "r and s equal to the group order",
        other_signature(
            token,
            2 * bytes.fromhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
        ),
    )
    yield "empty", other_signature(token, b"")
    yield "half", other_signature(token, b"x" * 32)
    yield "one byte more", other_signature(token, ecdsa(token.rpartition(".")[0]) + b"\0")
    yield "that of another token", other_signature(token, ecdsa("another.token"))
    yield "s left out", other_signature(token, ecdsa(token.rpartition(".")[0])[:32])


def headers() -> Iterator[tuple[str, str]]:
    changes: dict[str, dict[str, Any]] = {
        "no typ": {"typ": ...},
        "typ JWT": {"typ": "JWT"},
        "typ of another class": {"typ": "rt+jwt"},
        "typ in capitals": {"typ": "AT+JWT"},
        "no kid": {"kid": ...},
        "unknown kid": {"kid": "theirs"},
        "kid a path": {"kid": "../../dev/null"},
        "kid sql": {"kid": "' OR 1=1 --"},
        "kid a url": {"kid": "https://evil.example/jwks.json"},
        "kid a list": {"kid": ["ours"]},
        "kid null": {"kid": None},
        "kid a number": {"kid": 0},
        "no alg": {"alg": ...},
        "alg in lower case": {"alg": "es256"},
        "alg a list": {"alg": ["ES256"]},
        "alg part of the right one": {"alg": "ES"},
        "crit": {"crit": ["exp"]},
        "crit of something unknown": {"crit": ["urn:x"], "urn:x": 1},
        "b64 false": {"b64": False, "crit": ["b64"]},
        "jku": {"jku": "https://evil.example/jwks.json"},
        "jwk": {"jwk": dict(THEIRS.public.jwk)},
        "x5u": {"x5u": "https://evil.example/cert.pem"},
        "x5c": {"x5c": ["AA=="]},
        "cty": {"cty": "JWT"},
        "zip": {"zip": "DEF"},
    }
    for name, change in changes.items():
        yield f"header: {name}", with_header(**change)
    raw = {
        "a key twice": '{"alg":"ES256","kid":"ours","typ":"at+jwt","alg":"none"}',
        "keys in another order": '{"typ":"at+jwt","alg":"ES256","kid":"ours"}',
        "blanks": '{"alg": "ES256", "kid": "ours", "typ": "at+jwt"}',
        "a list": '["ES256"]',
        "a string": '"ES256"',
        "null": "null",
        "no json": "{",
        "not utf-8": b'{"alg":"\xff"}',
        "empty": "",
        "deeply nested": "[" * 1000 + "]" * 1000,
    }
    for name, header in raw.items():
        yield f"header: {name}", token_of(header, good_claims())


def claims() -> Iterator[tuple[str, str]]:
    for name in ("iss", "aud", "sub", "client_id", "scope", "jti", "iat", "exp"):
        yield f"no {name}", with_claims(**{name: ...})
        yield f"{name} null", with_claims(**{name: None})
        yield f"{name} a list", with_claims(**{name: [good_claims()[name]]})
    changes: dict[str, dict[str, Any]] = {
        "another issuer": {"iss": "https://evil.example"},
        "the issuer with a slash": {"iss": ISSUER + "/"},
        "another audience": {"aud": "https://evil.example/v1"},
        "several audiences": {"aud": [f"{ISSUER}/v1", "https://evil.example"]},
        "the subject no id": {"sub": "root"},
        "the subject a number": {"sub": 0},
        "expired this second": {"iat": AT - 600, "exp": AT},
        "expired long ago": {"iat": 0, "exp": 600},
        "a lifetime of more than ten minutes": {"exp": AT + 601},
        "a lifetime of a year": {"exp": AT + 31_536_000},
        "a lifetime of nothing": {"iat": AT + 30, "exp": AT + 30},
        "it ends before it begins": {"iat": AT + 60, "exp": AT + 1},
        "issued in the future": {"iat": AT + 61, "exp": AT + 600},
        "not valid yet": {"nbf": AT + 10_000_000_000},
        "an exp that is a string": {"exp": str(AT + 600)},
        "an exp that is a float": {"exp": AT + 600.5},
        "an exp that is true": {"exp": True},
        "an exp beyond every calendar": {"exp": 10**30},
        "an exp that is infinite": {"exp": float("inf")},
        "an exp that is no number": {"exp": float("nan")},
        "an iat below zero": {"iat": -1},
        "an unknown claim": {"admin": True},
        "a role": {"roles": ["administrator"]},
        "at_hash": {"at_hash": "x"},
        "a sid that is no id": {"sid": "all"},
    }
    for name, change in changes.items():
        yield f"claims: {name}", with_claims(**change)
    raw = {
        "not an object": "[]",
        "a string": '"sub"',
        "no json": "{",
        "not utf-8": b"\xff",
        "deeply nested": '{"a":' * 3000 + "1" + "}" * 3000,
        "an exponent": json.dumps(good_claims(exp=0)).replace('"exp": 0', '"exp": 1e400'),
    }
    for name, payload in raw.items():
        yield f"claims: {name}", token_of(HEADER, payload)


def shapes() -> Iterator[tuple[str, str]]:
    token = good_token()
    head, body, signature = token.split(".")
    yield "empty", ""
    yield "one dot", "."
    yield "two dots", ".."
    yield "three dots", "..."
    yield "two segments", f"{head}.{body}"
    yield "four segments", f"{token}.{signature}"
    yield "five segments, as an encrypted token", f"{head}.{body}.{signature}.{body}.{signature}"
    yield "a dot in front", f".{token}"
    yield "a dot behind", f"{token}."
    yield "padded", f"{token}=="
    yield "a padded header", f"{head}=.{body}.{signature}"
    yield "a padded payload", f"{head}.{body}=.{signature}"
    yield "a blank inside", f"{head}.{body} .{signature}"
    yield "a line break behind", f"{token}\n"
    yield "a NUL behind", f"{token}\0"
    yield "in the plain base64 alphabet", f"{head}.{body}.{signature[:-1]}+"
    yield "not ASCII", f"{head}.{body}.{signature[:-1]}é"
    yield "a lone surrogate", f"{head}.{body}.{signature[:-1]}\ud800"
    yield "full-width digits", f"{head}.{body}.{signature[:-1]}\uff11"
    yield "twice", f"{token}.{token}"
    yield (
        "json serialisation",
        json.dumps({"protected": head, "payload": body, "signature": signature}),
    )
    yield "4 KB and one", token_of(HEADER, good_claims(scope="x" * 4096))
    yield "4 KB of nothing", token_of(HEADER, json.dumps(good_claims()) + 4096 * " ")
    yield "2 MB", "x" * 2_000_000
    yield "our own refresh token", tokens.new_secret(SecretKind.REFRESH_TOKEN)


FORGERIES = dict(
    forgery
    for source in (
        algorithm_confusions,
        unsigned,
        other_keys,
        signatures,
        headers,
        claims,
        shapes,
    )
    for forgery in source()
)


def refused(token: str, now: datetime = NOW) -> bool:
    with pytest.raises(Unauthenticated) as refusal:
        RING.verify(token, now)
    return refusal.value.status == 401


def test_a_good_token_is_accepted() -> None:
    token, expires_at = RING.issue(
        account_id=ACCOUNT, client_id="pln", scope="*", sign_in_id=SIGN_IN, now=NOW
    )
    claims = RING.verify(token, NOW)
    assert claims == AccessClaims(
        account_id=ACCOUNT,
        client_id="pln",
        scope="*",
        token_id=claims.token_id,
        sign_in_id=SIGN_IN,
        issued_at=NOW,
        expires_at=NOW + timedelta(minutes=10),
    )
    assert expires_at == claims.expires_at
    assert RING.verify(token_of(HEADER, good_claims()), NOW).account_id == ACCOUNT, (
        "what the forgeries below start from is accepted"
    )
    assert RING.verify(with_claims(sid=...), NOW).sign_in_id is None
    assert RING.verify(with_claims(iat=AT + 60), NOW).account_id == ACCOUNT


def test_there_are_sixty_kinds_of_forgery_and_more() -> None:
    assert len(FORGERIES) >= 60


@pytest.mark.parametrize("kind", FORGERIES)
def test_a_forgery_is_refused(kind: str) -> None:
    assert refused(FORGERIES[kind])


def test_python_jose_alone_takes_some_of_them() -> None:
    """The naive twin: without our own checks these forgeries get in."""

    def gets_in(token: str) -> bool:
        options = {"verify_exp": False}
        try:
            jwt.decode(
                token,
                dict(OURS.public.jwk),
                algorithms=["ES256"],
                audience=f"{ISSUER}/v1",
                issuer=ISSUER,
                options=options,
            )
        except Exception:  # noqa: BLE001  (which one it lets through is what it is known for)
            return False
        return True

    taken = {kind for kind, token in FORGERIES.items() if gets_in(token)}
    assert taken > {
        "header: no typ",
        "header: crit",
        "header: unknown kid",
        "header: jku",
        "no exp",
        "no aud",
        "claims: a lifetime of a year",
        "claims: issued in the future",
        "claims: several audiences",
        "padded",
    }


def test_every_change_of_one_byte_is_refused() -> None:
    token = good_token()
    for place, letter in enumerate(token):
        for other in {chr(ord(letter) ^ 1), chr(ord(letter) ^ 32), "A", "_", ".", "=", "\0"}:
            if other != letter:
                assert refused(token[:place] + other + token[place + 1 :]), (place, other)


def test_every_last_character_but_the_right_one_is_refused() -> None:
    token = good_token()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    accepted = [
        letter for letter in alphabet if letter == token[-1] or not refused(token[:-1] + letter)
    ]
    assert accepted == [token[-1]], "python-jose alone takes sixteen"


def test_every_missing_and_every_added_byte_is_refused() -> None:
    token = good_token()
    for place in range(len(token)):
        assert refused(token[:place] + token[place + 1 :])
        assert refused(token[:place] + "A" + token[place:])


def test_a_token_lives_ten_minutes_by_the_clock_that_is_given() -> None:
    token = good_token()
    assert RING.verify(token, NOW + timedelta(seconds=599)).account_id == ACCOUNT
    assert refused(token, NOW + timedelta(seconds=600))
    assert RING.verify(token, NOW - timedelta(seconds=60)).account_id == ACCOUNT
    assert refused(token, NOW - timedelta(seconds=61))


def test_a_token_that_was_proved_once_still_expires() -> None:
    token = good_token()
    before = RING._proved.cache_info()
    for _ in range(3):
        assert RING.verify(token, NOW).account_id == ACCOUNT
    after = RING._proved.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 2)
    assert refused(token, NOW + timedelta(seconds=600))
    assert refused(token, NOW - timedelta(seconds=61))


def test_what_was_refused_is_not_remembered() -> None:
    size = RING._proved.cache_info().currsize
    for token in list(FORGERIES.values())[:20]:
        assert refused(token)
        assert refused(token)
    assert RING._proved.cache_info().currsize == size


def test_a_token_of_another_ring_is_refused() -> None:
    elsewhere = KeyRing(
        issuer="https://other.example.org",
        audience="https://other.example.org/v1",
        signing=OURS,
        verifying=[OURS.public],
    )
    token, _ = elsewhere.issue(
        account_id=ACCOUNT, client_id="pln", scope="*", sign_in_id=None, now=NOW
    )
    assert elsewhere.verify(token, NOW).account_id == ACCOUNT
    assert refused(token)


def test_the_next_key_verifies_before_it_signs() -> None:
    later = KeyRing(
        issuer=ISSUER, audience=f"{ISSUER}/v1", signing=NEXT, verifying=[OURS.public, NEXT.public]
    )
    token, _ = later.issue(account_id=ACCOUNT, client_id="pln", scope="", sign_in_id=None, now=NOW)
    assert RING.knows(token)
    assert RING.verify(token, NOW).scope == ""
    assert not RING.knows(with_header(kid="theirs"))


def test_public_keys_are_published_without_their_private_half() -> None:
    assert [key["kid"] for key in RING.jwks()["keys"]] == ["ours", "next"]
    for key in RING.jwks()["keys"]:
        assert sorted(key) == ["alg", "crv", "kid", "kty", "use", "x", "y"]
        assert PublicKey(key["kid"], key).header == PublicKey(key["kid"], key).header


def test_only_private_keys_on_p256_sign() -> None:
    for key in (RSA, P384):
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with pytest.raises(ValueError, match="P-256"):
            PrivateKey("wrong", pem)


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "oct", "k": "AA"},
        {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"},
        {**OURS.public.jwk, "d": "AA"},
    ],
)
def test_only_public_keys_on_p256_verify(jwk: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="P-256"):
        PublicKey("wrong", jwk)


def test_the_signing_key_must_be_published() -> None:
    with pytest.raises(ValueError, match="published"):
        KeyRing(issuer=ISSUER, audience=ISSUER, signing=OURS, verifying=[NEXT.public])


# --- opaque secrets -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SecretKind)
def test_secrets_are_prefixed_checked_and_never_the_same(kind: SecretKind) -> None:
    secret = tokens.new_secret(kind)
    assert re.fullmatch(re.escape(kind) + "[0-9A-Za-z]{49}", secret)
    assert tokens.secret_digest(kind, secret) == hashlib.sha256(secret.encode()).digest()
    assert tokens.new_secret(kind) != secret


def test_a_mistyped_secret_is_known_without_looking_it_up() -> None:
    secret = tokens.new_secret(SecretKind.API_TOKEN)
    for place in range(len(secret)):
        for other in ("0", "a", "Z", "-", "é"):
            if other != secret[place]:
                changed = secret[:place] + other + secret[place + 1 :]
                assert tokens.secret_digest(SecretKind.API_TOKEN, changed) is None
    for wrong in ("", SecretKind.API_TOKEN, secret[:-1], secret + "0", f" {secret}", "x" * 10_000):
        assert tokens.secret_digest(SecretKind.API_TOKEN, wrong) is None
    assert tokens.secret_digest(SecretKind.REFRESH_TOKEN, secret) is None


def test_a_successor_is_the_same_each_time_and_takes_the_key() -> None:
    secret = tokens.new_secret(SecretKind.REFRESH_TOKEN)
    following = tokens.successor_of(secret, key=b"k" * 32)
    assert following == tokens.successor_of(secret, key=b"k" * 32)
    assert tokens.secret_digest(SecretKind.REFRESH_TOKEN, following) is not None
    others = {
        secret,
        following,
        tokens.successor_of(secret, key=b"l" * 32),
        tokens.successor_of(following, key=b"k" * 32),
    }
    assert len(others) == 4


def test_what_is_sealed_opens_with_the_same_key_only() -> None:
    sealed = tokens.seal(OURS.pem, secret_key="a key")
    assert OURS.pem not in sealed
    assert tokens.unseal(sealed, secret_key="a key") == OURS.pem
    for data, key in ((sealed, "another key"), (sealed[:-1] + b"x", "a key"), (b"", "a key")):
        with pytest.raises(ValueError, match="PLN_SECRET_KEY"):
            tokens.unseal(data, secret_key=key)


def test_keys_for_different_purposes_differ() -> None:
    derived = {tokens.derived_key("a key", purpose) for purpose in ("one", "two")}
    assert len(derived) == 2
    assert all(len(key) == 32 for key in derived)
