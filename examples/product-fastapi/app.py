"""Your product's back end with FastAPI: a token for the button, and what Tomada tells you."""

import base64
import hashlib
import hmac
import json
import os
import time

from fastapi import FastAPI, Header, HTTPException, Request, Response
from joserfc import jwt
from joserfc.jwk import OctKey

TOMADA = os.environ["TOMADA_APP_URL"]
ISSUER = os.environ["TOMADA_TOKEN_ISSUER"]
TOKEN_KEY = OctKey.import_key(os.environ["TOMADA_TOKEN_SECRET"])
HOOK_KEY = base64.b64decode(os.environ["TOMADA_PRODUCT_WEBHOOK_SECRET"].removeprefix("whsec_"))

app = FastAPI()
heard: dict[str, dict] = {}  # a table of yours, with the id as its key


@app.get("/bank-token")
def bank_token(x_user: str = Header()) -> dict[str, str]:
    """The page's `getToken`. Who is signed in is for your own session to say."""
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": TOMADA, "sub": x_user, "iat": now, "exp": now + 240}
    return {"token": jwt.encode({"alg": "HS256", "typ": "tomada+jwt"}, claims, TOKEN_KEY)}


@app.post("/hooks/tomada", status_code=204)
async def hook(request: Request) -> Response:
    """Verify, keep once, answer; the work comes afterwards."""
    body, sent = await request.body(), request.headers
    message, at = sent.get("webhook-id", ""), sent.get("webhook-timestamp", "0")
    signed = f"{message}.{at}.".encode() + body
    good = "v1," + base64.b64encode(hmac.digest(HOOK_KEY, signed, hashlib.sha256)).decode()
    given = sent.get("webhook-signature", "").split()
    fresh = at.isdigit() and abs(time.time() - int(at)) < 300
    if not fresh or not any(hmac.compare_digest(good, one) for one in given):
        raise HTTPException(401)
    heard.setdefault(message, json.loads(body))
    return Response(status_code=204)


@app.get("/heard")
def what_was_heard() -> list[str]:
    return [one["type"] for one in heard.values()]
