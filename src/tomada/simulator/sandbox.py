"""What a login leads to: the sandbox users, and how each one's execution goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tomada.simulator.connectors import Connector

Prompt = Literal["token", "image", "select", "phone"]
Approval = Literal["authorize-access", "qr", "device"]

PASSWORD = "password-ok"  # noqa: S105  the sandbox's published password
MFA_TOKEN = "123456"  # noqa: S105  the sandbox's published one-time value
SELECT_OPTIONS = (("1", "Celular com final 1234"), ("2", "E-mail a***@exemplo.com.br"))

LOGIN_CODES = frozenset(
    {
        "INVALID_CREDENTIALS",
        "INVALID_CREDENTIALS_MFA",
        "ALREADY_LOGGED_IN",
        "ACCOUNT_LOCKED",
        "ACCOUNT_CREDENTIALS_RESET",
        "ACCOUNT_NEEDS_ACTION",
        "USER_NOT_SUPPORTED",
        "USER_AUTHORIZATION_NOT_GRANTED",
        "USER_AUTHORIZATION_REVOKED",
        "USER_INPUT_TIMEOUT",
    }
)
OUTAGE_CODES = frozenset(
    {
        "SITE_NOT_AVAILABLE",
        "CONNECTION_ERROR",
        "UNEXPECTED_ERROR",
        "ERROR",
        "MERGE_ERROR",
        "CREATE_ERROR",
        "USER_AUTHORIZATION_PENDING",
    }
)

MESSAGES = {
    "INVALID_CREDENTIALS": "The provided credentials are invalid",
    "INVALID_CREDENTIALS_MFA": "The provided MFA value is invalid",
    "ALREADY_LOGGED_IN": "The user is already logged in on another session",
    "ACCOUNT_LOCKED": "The account is locked, the user must unlock it at the institution",
    "ACCOUNT_CREDENTIALS_RESET": "The institution asks for a new password",
    "ACCOUNT_NEEDS_ACTION": "The institution asks the user to do something in its own channels",
    "USER_NOT_SUPPORTED": "This kind of account is not supported",
    "USER_AUTHORIZATION_PENDING": "The user has to approve the access at the institution",
    "USER_AUTHORIZATION_NOT_GRANTED": "The user did not grant the access",
    "USER_AUTHORIZATION_REVOKED": "The user revoked the access at the institution",
    "USER_INPUT_TIMEOUT": "The user did not answer in time",
    "SITE_NOT_AVAILABLE": "The institution is not available",
    "CONNECTION_ERROR": "The institution could not be reached",
    "UNEXPECTED_ERROR": "An unexpected error occurred",
    "ERROR": "An unexpected error occurred",
    "MERGE_ERROR": "The collected data could not be merged",
    "CREATE_ERROR": "The execution could not be started",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """How one execution goes, decided before it starts."""

    # SUCCESS, PARTIAL_SUCCESS, or an error code.
    outcome: str = "SUCCESS"
    prompt: Prompt | None = None
    approval: Approval | None = None
    # Products (keys of `statusDetail`) that fail, and those that only warn.
    failed: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    # Those of the failed ones that are over a monthly limit of Open Finance.
    limited: tuple[str, ...] = ()
    provider_message: str | None = None
    # Open Finance: some resources first wait for a second approver.
    resources_pending: bool | None = None


_FIXED = {
    "user-ok-account-error": Script(outcome="PARTIAL_SUCCESS", failed=("creditCards",)),
    "user-ok-account-warning": Script(warned=("accounts",)),
    "user-ok-img": Script(prompt="image"),
    "user-ok-select": Script(prompt="select"),
    "user-ok-phone": Script(prompt="phone"),
    "user-ok-auth-pending": Script(approval="device"),
    "user-logged": Script(outcome="ALREADY_LOGGED_IN"),
    "user-locked": Script(outcome="ACCOUNT_LOCKED"),
    "user-account-credentials-reset": Script(outcome="ACCOUNT_CREDENTIALS_RESET"),
    "user-account-need-actions": Script(outcome="ACCOUNT_NEEDS_ACTION"),
    "user-account-need-actions-provider-message": Script(
        outcome="ACCOUNT_NEEDS_ACTION",
        provider_message="Atualize seus dados cadastrais no aplicativo do banco.",
    ),
    "user-not-supported": Script(outcome="USER_NOT_SUPPORTED"),
    "user-unavailable": Script(outcome="SITE_NOT_AVAILABLE"),
    "user-connection-error": Script(outcome="CONNECTION_ERROR"),
    "user-error": Script(outcome="UNEXPECTED_ERROR"),
}
_REFUSED = Script(outcome="INVALID_CREDENTIALS", provider_message="Usuário ou senha incorretos.")

CPF_REJECTED = "05117767055"
CPF_MULTI_APPROVAL = "23824264030"


def script_for(connector: Connector, parameters: Mapping[str, str]) -> Script:
    """Decide how a login goes.

    Beside the published users every `user-ok…` logs in, and is a person of its own, so that a
    demonstration can have several.
    """
    if connector.oauth:
        return _open_finance(parameters)
    user = parameters.get("user", "")
    script = _FIXED.get(user)
    if script is None and user.startswith("user-ok"):
        script = Script()
    if script is None or parameters.get("password") != PASSWORD:
        return _REFUSED
    if script.outcome not in {"SUCCESS", "PARTIAL_SUCCESS"}:
        return script
    one_step = next((rule.name for rule in connector.credentials if rule.mfa), None)
    if one_step is not None and parameters.get(one_step) != MFA_TOKEN:
        return Script(outcome="INVALID_CREDENTIALS_MFA")
    if script == Script() and connector.has_mfa:
        return Script(approval="qr") if connector.id == _QR else Script(prompt="token")
    return script


def login_of(parameters: Mapping[str, str]) -> str:
    """Name who logs in: the user, or the digits of the CPF."""
    user = parameters.get("user")
    return user if user is not None else "".join(filter(str.isdigit, parameters.get("cpf", "")))


def same_person(one: str, other: str) -> bool:
    """Say whether two logins may belong to one item.

    The published sandbox users stand for situations, not for people, so they may follow anybody.
    """
    return one == other or one in _FIXED or other in _FIXED


def scripted(outcome: str) -> Script:
    """Turn a wished *outcome* into a script.

    Takes execution statuses and, as shorthands, the item statuses they lead to.
    """
    shorthand = {
        "UPDATED": Script(),
        "LOGIN_ERROR": _REFUSED,
        "OUTDATED": Script(outcome="SITE_NOT_AVAILABLE"),
        "WAITING_USER_INPUT": Script(prompt="token"),
        "WAITING_USER_ACTION": Script(approval="authorize-access"),
        "PARTIAL_SUCCESS": Script(outcome="PARTIAL_SUCCESS", failed=("creditCards",)),
    }
    return shorthand.get(outcome) or Script(outcome=outcome)


def is_outcome(outcome: str) -> bool:
    """Say whether `scripted` knows *outcome*."""
    return (
        outcome in LOGIN_CODES
        or outcome in OUTAGE_CODES
        or outcome
        in {
            "SUCCESS",
            "PARTIAL_SUCCESS",
            "UPDATED",
            "LOGIN_ERROR",
            "OUTDATED",
            "WAITING_USER_INPUT",
            "WAITING_USER_ACTION",
        }
    )


def _open_finance(parameters: Mapping[str, str]) -> Script:
    digits = "".join(filter(str.isdigit, parameters.get("cpf", "")))
    if digits == CPF_REJECTED:
        return Script(
            approval="authorize-access",
            outcome="PARTIAL_SUCCESS",
            failed=("accounts", "transactions"),
            resources_pending=True,
        )
    return Script(approval="authorize-access", resources_pending=digits == CPF_MULTI_APPROVAL)


_QR = 5
