"""Your product's back end with Django: a token for the button, and what Tomada tells you."""

import base64
import hashlib
import hmac
import json
import os
import sys
import time

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from joserfc import jwt
from joserfc.jwk import OctKey

TOMADA = os.environ["TOMADA_APP_URL"]
ISSUER = os.environ["TOMADA_TOKEN_ISSUER"]
TOKEN_KEY = OctKey.import_key(os.environ["TOMADA_TOKEN_SECRET"])
HOOK_KEY = base64.b64decode(os.environ["TOMADA_PRODUCT_WEBHOOK_SECRET"].removeprefix("whsec_"))

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY=os.urandom(32).hex())
heard: dict[str, dict] = {}  # a table of yours, with the id as its key


@require_GET
def bank_token(request):
    """The page's `getToken`. Who is signed in is for `request.user` to say."""
    now = int(time.time())
    user = request.headers["X-User"]
    claims = {"iss": ISSUER, "aud": TOMADA, "sub": user, "iat": now, "exp": now + 240}
    token = jwt.encode({"alg": "HS256", "typ": "tomada+jwt"}, claims, TOKEN_KEY)
    return JsonResponse({"token": token})


@csrf_exempt  # the signature says who it is
@require_POST
def hook(request):
    """Verify, keep once, answer; the work comes afterwards."""
    body, sent = request.body, request.headers
    message, at = sent.get("webhook-id", ""), sent.get("webhook-timestamp", "0")
    signed = f"{message}.{at}.".encode() + body
    good = "v1," + base64.b64encode(hmac.digest(HOOK_KEY, signed, hashlib.sha256)).decode()
    given = sent.get("webhook-signature", "").split()
    fresh = at.isdigit() and abs(time.time() - int(at)) < 300
    if not fresh or not any(hmac.compare_digest(good, one) for one in given):
        return HttpResponse(status=401)
    heard.setdefault(message, json.loads(body))
    return HttpResponse(status=204)


@require_GET
def what_was_heard(request):
    return JsonResponse([one["type"] for one in heard.values()], safe=False)


urlpatterns = [
    path("bank-token", bank_token),
    path("hooks/tomada", hook),
    path("heard", what_was_heard),
]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
