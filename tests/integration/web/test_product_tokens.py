import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from aiohttp import web
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from pydantic import SecretStr, ValidationError

from tests.conftest import Running
from tests.integration.web.conftest import Hands
from tests.integration.web.people import API, Person
from tests.integration.web.test_every_route import UNKNOWN
from tomada.adapters.signing_keys import jwks
from tomada.adapters.signing_keys.jwks import JwksKeys
from tomada.domain.errors import UnauthenticatedError, UnavailableError
from tomada.services.access import Access
from tomada.services.product_tokens import ProductTokens, TokenSettings
from tomada.services.product_users import ProductUsers
from tomada.settings import Settings
from tomada.web.app import create_app

ISSUER, AUDIENCE = "https://product.example", "https://tomada.example"
SECRET = b"a secret that both sides know, and nobody else"
HEADER = {"alg": "HS256", "typ": "tomada+jwt"}
TWICE = b'{"alg":"none","alg":"HS256","typ":"tomada+jwt"}'
Change = Mapping[str, Any]
_REGISTRY = jws.JWSRegistry(algorithms=["none", "HS256", "HS384", "HS512", "RS256", "ES256", "Ed25519"],
                            strict_check_header=False)  # fmt: skip


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def minted(now: float, key: Any = None, *, header: Change | None = None, **claims: Any) -> str:
    """Sign what a product would sign, with changes; a claim of None is left out."""
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "user-42",
        "iat": int(now),
        "exp": int(now) + 120,
        **claims,
    }
    said = {name: value for name, value in said.items() if value is not None}
    shown = {k: v for k, v in {**HEADER, **(header or {})}.items() if v is not None}
    return raw_token(shown, json.dumps(said).encode(), key or OctKey.import_key(SECRET))


def raw_token(header: Change, payload: bytes, key: Any) -> str:
    return jws.serialize_compact(dict(header), payload, key, registry=_REGISTRY)


def by_hand(secret: bytes, header: Change | bytes, payload: Change) -> str:
    """Sign with HMAC what the library refuses to: strange headers, a public key for a secret."""
    return sealed(f"{part(header)}.{part(payload)}", secret)


def sealed(signed: str, secret: bytes) -> str:
    """Sign a text as it stands, so that the text alone is what is wrong with it."""
    return f"{signed}.{part(hmac.digest(secret, signed.encode(), 'sha256'))}"


@pytest.fixture
def tokens(access: Access, clock: Hands) -> ProductTokens:
    users = ProductUsers(access.store, access.vault, clock, access.audit, creates=True)
    return ProductTokens(TokenSettings(ISSUER, AUDIENCE, SECRET), None, users, clock)


def changed_claims(now: float) -> dict[str, Change]:
    """List claims that are wrong under a good signature; None is left out."""
    return {
        "no iss": {"iss": None}, "other iss": {"iss": "https://evil.example"},
        "iss list": {"iss": [ISSUER]}, "iss with slash": {"iss": f"{ISSUER}/"},
        "no aud": {"aud": None}, "other aud": {"aud": "https://other.example"},
        "aud part": {"aud": AUDIENCE[:-1]}, "aud empty": {"aud": []},
        "aud many": {"aud": ["x"] * 10 + [AUDIENCE]}, "aud object": {"aud": {AUDIENCE: 1}},
        "no exp": {"exp": None}, "expired": {"exp": int(now), "iat": int(now) - 60},
        "long expired": {"exp": int(now) - 9999, "iat": int(now) - 10_000},
        "lives too long": {"exp": int(now) + 301}, "exp text": {"exp": str(int(now) + 60)},
        "exp float": {"exp": now + 60.5}, "exp true": {"exp": True}, "exp huge": {"exp": 2**63},
        "exp negative": {"exp": -1}, "ends before it begins": {"exp": int(now) - 1},
        "no iat": {"iat": None}, "from the future": {"iat": int(now) + 61, "exp": int(now) + 120},
        "not yet": {"nbf": int(now) + 61}, "nbf text": {"nbf": "x"},
        "no sub": {"sub": None}, "sub empty": {"sub": ""}, "sub number": {"sub": 42},
        "sub long": {"sub": "x" * 201}, "sub control": {"sub": "a\x00b"},
        "entity null": {"entity": ["x"]}, "entity empty": {"entity": ""},
        "proved in the future": {"auth_time": int(now) + 61}, "proved never": {"auth_time": "now"},
    }  # fmt: skip


def hostile(now: float) -> dict[str, str]:
    """List tokens that must open nothing, each with one thing wrong."""
    good = minted(now)
    head, body, _ = good.split(".")
    rsa = RSAKey.generate_key(2048)
    public = rsa.as_pem(private=False)
    other = OctKey.import_key(b"x" * 40)
    claims = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "user-42", "iat": int(now), "exp": int(now) + 120,
    }  # fmt: skip
    found = {
        "public key as secret": by_hand(public, HEADER, claims),
        "no signature": f"{head}.{body}.",
        "cut signature": good[:-2],
        "signature of another": f"{head}.{body}.{minted(now, sub='other').split('.')[2]}",
        "another's secret": minted(now, other),
        "two parts": f"{head}.{body}",
        "four parts": f"{good}.x",
        "five parts": f"{good}.x.y",
        "empty": "..",
        "padding": sealed(f"{head}=.{body}", SECRET),
        "a line break": sealed(f"{head}\n.{body}", SECRET),
        "standard alphabet": sealed(f"{head}+/.{body}", SECRET),
        "header no object": sealed(f"{part([1])}.{body}", SECRET),
        "header no json": sealed(f"{part(b'x')}.{body}", SECRET),
        "header says alg twice": by_hand(SECRET, TWICE, claims),
        "too large": minted(now, sub="x" * 4000),
        "payload no object": raw_token(HEADER, b"[1]", OctKey.import_key(SECRET)),
        "payload says sub twice": raw_token(
            HEADER, json.dumps(claims).encode()[:-1] + b',"sub":"root"}', OctKey.import_key(SECRET)
        ),
        "payload nested deeply": raw_token(
            HEADER, b'{"a":' * 400 + b"1" + b"}" * 400, OctKey.import_key(SECRET)
        ),
        "rs256 for a secret": minted(now, rsa, header={"alg": "RS256"}),
    }
    for algorithm in ("none", "None", "NONE", "nOnE", "", "HS1", None, ["HS256"], {"x": 1}):
        found[f"alg {algorithm!r}"] = f"{part({**HEADER, 'alg': algorithm})}.{body}."
        found[f"alg {algorithm!r} signed"] = by_hand(SECRET, {**HEADER, "alg": algorithm}, claims)
    for algorithm in ("HS384", "HS512"):
        found[f"alg {algorithm}"] = minted(now, header={"alg": algorithm})
    for name, value in {
        "jku": "https://evil.example/keys", "x5u": "https://evil.example/cert",
        "jwk": other.as_dict(), "x5c": ["x"], "crit": ["exp"], "b64": False, "zip": "DEF",
        "kid": "", "cty": "JWT",
    }.items():  # fmt: skip
        found[f"header {name}"] = by_hand(SECRET, {**HEADER, name: value}, claims)
    found["typ 1"] = by_hand(SECRET, {**HEADER, "typ": 1}, claims)
    for typ in (None, "JWT", "at+jwt", "tomada", "TOMADA+JWT"):
        found[f"typ {typ!r}"] = minted(now, header={"typ": typ})
    for name, value in {
        "kid path": "../../etc/passwd\x00" * 20, "kid sql": 1, "kid list": ["a"],
    }.items():  # fmt: skip
        found[name] = by_hand(SECRET, {**HEADER, "kid": value}, claims)
    return found | {name: minted(now, **change) for name, change in changed_claims(now).items()}


async def test_a_token_that_is_not_exactly_right_opens_nothing(
    tokens: ProductTokens, clock: Hands, access: Access
) -> None:
    now = clock.now.timestamp()
    bad = hostile(now)

    for token in bad.values():
        with pytest.raises(UnauthenticatedError, match=r"^this token opens nothing$"):
            await tokens.recognise(token)

    assert len(bad) >= 70
    async with access.store.begin() as tx:
        assert await tx.conn.fetchval("SELECT count(*) FROM users") == 0
    assert (await tokens.recognise(minted(now))).kind == "user"
    claims = json.loads(base64.urlsafe_b64decode(minted(now).split(".")[1] + "=="))
    assert await tokens.recognise(by_hand(SECRET, HEADER, claims)), "the forger's hand is steady"


async def test_a_token_names_the_same_person_each_time_and_makes_them_once(
    tokens: ProductTokens, clock: Hands, access: Access
) -> None:
    now = clock.now.timestamp()
    shared: Change = {"sub": "partner", "entity": "user-42"}

    first = await asyncio.gather(*(tokens.recognise(minted(now)) for _ in range(8)))
    again = await tokens.recognise(minted(now, aud=["x", AUDIENCE], auth_time=int(now) - 10))
    partner = await tokens.recognise(minted(now, **shared))
    other = await tokens.recognise(minted(now, sub="user-43"))

    assert len(set(first)) == 1
    assert (again.user_id, again.entity_id) == (first[0].user_id, first[0].entity_id)
    assert again.proved_at == clock.now - timedelta(seconds=10)
    assert partner.entity_id == again.entity_id
    assert partner.user_id != again.user_id
    assert other.entity_id != again.entity_id
    async with access.store.begin() as tx:
        counts = await tx.conn.fetchrow(
            "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM entities),"
            " (SELECT count(*) FROM memberships)"
        )
        kept = str([tuple(one) for one in await tx.conn.fetch("SELECT * FROM product_entities")])
    assert tuple(counts) == (3, 2, 3)
    assert "user-42" not in kept


async def test_where_the_settings_say_so_nobody_is_made_and_who_is_suspended_is_out(
    tokens: ProductTokens, clock: Hands, access: Access
) -> None:
    now = clock.now.timestamp()
    closed = replace(tokens, users=replace(tokens.users, creates=False))
    known = await tokens.recognise(minted(now))

    assert await closed.recognise(minted(now)) == known
    strange: tuple[Change, ...] = ({"sub": "stranger"}, {"entity": "strange"})
    for change in strange:
        with pytest.raises(UnauthenticatedError):
            await closed.recognise(minted(now, **change))
    for table, column, name in (
        ("users", "disabled_at", known.user_id),
        ("entities", "suspended_at", known.entity_id),
    ):
        async with access.store.begin() as tx:
            await tx.conn.execute(f"UPDATE {table} SET {column} = now() WHERE id = $1", name)  # noqa: S608  (names above)
        with pytest.raises(UnauthenticatedError):
            await tokens.recognise(minted(now))
        async with access.store.begin() as tx:
            await tx.conn.execute(f"UPDATE {table} SET {column} = NULL")  # noqa: S608  (names above)


@pytest.fixture
async def published() -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """A product's address of keys; what it answers can be changed, and is counted."""
    state: dict[str, Any] = {"body": "{}", "asked": 0, "status": 200}

    async def keys(_: web.Request) -> web.Response:
        state["asked"] += 1
        return web.Response(text=state["body"], status=state["status"],
                            headers={"Location": "/elsewhere"})  # fmt: skip

    app = web.Application()
    app.router.add_get("/keys", keys)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}/keys", state
    await runner.cleanup()


def _public(*keys: tuple[str, Any]) -> str:
    return json.dumps({"keys": [{**key.as_dict(private=False), "kid": kid} for kid, key in keys]})


async def test_keys_of_the_product_are_read_from_its_address_and_not_too_often(
    tokens: ProductTokens, clock: Hands, published: tuple[str, dict[str, Any]]
) -> None:
    url, state = published
    rsa, ec, okp = (
        RSAKey.generate_key(2048), ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519"),
    )  # fmt: skip
    state["body"] = _public(("r", rsa), ("e", ec))
    source = JwksKeys(url, clock)
    signed = replace(tokens, settings=TokenSettings(ISSUER, AUDIENCE), keys=source)

    def of(key: Any, kid: str | None, algorithm: str, **more: Any) -> str:
        header = {"kid": kid, "alg": algorithm}
        return minted(clock.now.timestamp(), key, header=header, **more)

    async def opens(token: str) -> bool:
        try:
            return bool(await signed.recognise(token))
        except UnauthenticatedError:
            return False

    assert [await opens(of(rsa, "r", "RS256")), await opens(of(ec, "e", "ES256"))] == [True, True]
    assert state["asked"] == 1
    claims = json.loads(base64.urlsafe_b64decode(of(rsa, "r", "RS256").split(".")[1] + "=="))
    # The wrong key, the wrong kind, no id among several, the public key as a secret, a secret.
    for token in (
        of(rsa, "e", "RS256"), of(RSAKey.generate_key(2048), "r", "RS256"), of(rsa, None, "RS256"),
        by_hand(rsa.as_pem(private=False), {**HEADER, "kid": "r"}, claims), of(None, "r", "HS256"),
    ):  # fmt: skip
        assert not await opens(token)
    for n in range(20):
        assert not await opens(of(rsa, f"unknown {n}", "RS256"))
    assert state["asked"] == 1
    # A new key is known at the first token that names it, once thirty seconds have passed.
    state["body"] = _public(("r", rsa), ("o", okp))
    clock.move(seconds=31)
    assert await opens(of(okp, "o", "Ed25519"))
    assert not await opens(of(ec, "e", "ES256"))
    assert state["asked"] == 2


@pytest.mark.parametrize(
    "spoil",
    [
        {"status": 500}, {"status": 302}, {"body": "no json"}, {"body": "[]"}, {"body": '{"keys":1}'},
        {"body": json.dumps({"keys": [{}] * 51})}, {"body": " " * 70_000 + '{"keys":[]}'},
    ],
)  # fmt: skip
async def test_while_the_address_of_keys_is_no_good_the_last_answer_counts_an_hour(
    clock: Hands, published: tuple[str, dict[str, Any]], spoil: dict[str, Any]
) -> None:
    url, state = published
    good, key = dict(state), OKPKey.generate_key("Ed25519")
    state["body"] = good["body"] = _public(("o", key))
    source = JwksKeys(url, clock)
    first = await source.find("o")
    state.update(spoil)

    clock.move(minutes=30)
    stale = await source.find("o")
    clock.move(seconds=(jwks.KEEP + jwks.KEEP_WITHOUT_ANSWER).total_seconds())
    with pytest.raises(UnavailableError):
        await source.find("o")
    state.update({"body": good["body"], "status": 200})
    clock.move(seconds=31)

    assert first == stale == await source.find("o")


async def test_private_and_secret_keys_of_a_careless_product_are_not_used(
    clock: Hands, published: tuple[str, dict[str, Any]]
) -> None:
    url, state = published
    careless = [
        {**OKPKey.generate_key("Ed25519").as_dict(private=True), "kid": "a"},
        {**OctKey.import_key(SECRET).as_dict(private=True), "kid": "b"},
    ]
    state["body"] = json.dumps({"keys": careless})

    source = JwksKeys(url, clock)

    assert [await source.find(kid) for kid in ("a", "b")] == [None, None]


def product_page(tomada: Running) -> httpx2.AsyncClient:
    """Call the same installation as one that takes the product's tokens."""
    more = {
        "token_issuer": ISSUER,
        "token_audience": AUDIENCE,
        "token_secret": SecretStr(SECRET.decode()),
    }
    settings = tomada.app.settings.model_copy(update=more)
    app = tomada.app
    users = ProductUsers(app.store, app.vault, app.clock, app.access.audit, creates=True)
    options = TokenSettings(ISSUER, AUDIENCE, SECRET)
    doors = replace(app.doors, tokens=ProductTokens(options, None, users, app.clock))
    served = create_app(replace(app, settings=settings, doors=doors))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(served), base_url=tomada.url)


async def test_the_products_users_reach_the_guides_endpoints_and_never_our_sign_in(
    tomada: Running, rita: Person
) -> None:
    item = await rita.read_a_bank()
    async with product_page(tomada) as client:
        now = tomada.app.clock().timestamp()
        client.headers["Authorization"] = f"Bearer {minted(now)}"
        me = (await client.get("/api/caller")).json()
        person = Person(tomada, client, "", me["entityId"])

        mine = await person.read_a_bank()

        assert me["kind"] == "user"
        assert [one["id"] for one in (await person.get("/items"))["items"]] == [mine]
        assert (await client.delete(f"{API}/items/{item}")).status_code == 404
        for named, status in ((me["entityId"], 200), (rita.entity_id, 404), (UNKNOWN, 404)):
            answer = await client.get(f"{API}/items", headers={"Tomada-Entity": named})
            assert answer.status_code == status
        # No session comes of it, and a page of ours shows the door.
        assert (await client.get("/api/session")).status_code == 401
        assert (await client.get("/")).headers["Location"] == "/entrar"
        assert "set-cookie" not in (await client.get("/api/caller")).headers


def test_half_a_setting_of_tokens_is_refused() -> None:
    secret = SecretStr("x" * 32)
    for half in (
        {"token_issuer": ISSUER},
        {"token_secret": secret},
        {"token_issuer": ISSUER, "token_secret": SecretStr("short")},
        {"token_issuer": ISSUER, "token_secret": secret, "token_jwks_url": "https://x.example/k"},
        {"token_issuer": ISSUER, "token_jwks_url": "file:///etc/passwd"},
        {"token_issuer": ISSUER, "token_jwks_url": "http://x.example/k", "env": "production"},
    ):
        with pytest.raises(ValidationError):
            Settings(**{"env": "development", **half})  # type: ignore[arg-type]
    assert Settings(env="development", token_issuer=ISSUER, token_secret=secret)
