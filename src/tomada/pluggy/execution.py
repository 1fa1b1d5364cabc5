"""What the outcome of an item's run means: who can fix it, and what to tell the person.

The codes are those of ``Item.execution_status`` and ``Item.error.code``.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Fixer(StrEnum):
    """Whose turn it is after a failed run."""

    PERSON = "person"
    PLUGGY = "pluggy"
    INSTITUTION = "institution"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionError:
    """One failure.

    *retryable* says that repeating the run without the person can succeed. *new_login* says that
    the person has to type the login again. The texts are for the person's screen; where the
    institution sent a text of its own (``Item.error.provider_message``), show that as well.
    """

    code: str
    fixer: Fixer
    retryable: bool
    new_login: bool
    pt: str
    en: str


RUNNING = frozenset(
    {
        "CREATING",
        "CREATED",
        "LOGIN_IN_PROGRESS",
        "WAITING_USER_INPUT",
        "WAITING_USER_ACTION",
        "LOGIN_MFA_IN_PROGRESS",
        "ACCOUNTS_IN_PROGRESS",
        "CREDITCARDS_IN_PROGRESS",
        "TRANSACTIONS_IN_PROGRESS",
        "PAYMENT_DATA_IN_PROGRESS",
        "INVESTMENTS_IN_PROGRESS",
        "INVESTMENTS_TRANSACTIONS_IN_PROGRESS",
        "IDENTITY_IN_PROGRESS",
        "LOANS_IN_PROGRESS",
        "ACCOUNT_STATEMENTS_IN_PROGRESS",
        "MERGING",
    }
)
"""The states of a run that has not ended; each step of collecting has its own."""

SUCCEEDED = frozenset({"SUCCESS", "PARTIAL_SUCCESS"})


def is_running(execution_status: str) -> bool:
    """Tell whether a run goes on, also for a step added after this was written."""
    return execution_status in RUNNING or execution_status.endswith("_IN_PROGRESS")


def explain(code: str) -> ExecutionError:
    """Describe a failure; an unknown code reads as a passing trouble at Pluggy."""
    return EXECUTION_ERRORS.get(code) or ExecutionError(
        code=code,
        fixer=Fixer.PLUGGY,
        retryable=True,
        new_login=False,
        pt="Não foi possível atualizar os dados agora. Tentaremos de novo.",
        en="The data could not be updated right now. We will try again.",
    )


def _of_person(code: str, pt: str, en: str, *, new_login: bool = False) -> ExecutionError:
    return ExecutionError(
        code=code, fixer=Fixer.PERSON, retryable=False, new_login=new_login, pt=pt, en=en
    )


def _passing(code: str, pt: str, en: str, *, fixer: Fixer = Fixer.PLUGGY) -> ExecutionError:
    return ExecutionError(code=code, fixer=fixer, retryable=True, new_login=False, pt=pt, en=en)


_ALL = (
    _of_person(
        "INVALID_CREDENTIALS",
        "A instituição recusou o usuário ou a senha. Confira os dados e conecte de novo.",
        "The institution refused the user or password. Check them and connect again.",
        new_login=True,
    ),
    _of_person(
        "INVALID_CREDENTIALS_MFA",
        "O código de segurança não foi aceito. Recomece com um código novo.",
        "The security code was not accepted. Start again with a fresh one.",
        new_login=True,
    ),
    _of_person(
        "ALREADY_LOGGED_IN",
        "Há outra sessão aberta na instituição. Saia dela, aguarde alguns minutos e tente de novo.",
        "Another session is open at the institution. Log out there, wait a few minutes, try again.",
    ),
    _of_person(
        "ACCOUNT_LOCKED",
        "O acesso está bloqueado na instituição. Desbloqueie-o lá e conecte de novo.",
        "Access is blocked at the institution. Unblock it there and connect again.",
        new_login=True,
    ),
    _of_person(
        "ACCOUNT_CREDENTIALS_RESET",
        "A instituição pede uma nova senha. Troque-a lá e conecte de novo.",
        "The institution asks for a new password. Change it there and connect again.",
        new_login=True,
    ),
    _of_person(
        "ACCOUNT_NEEDS_ACTION",
        "A instituição pede uma ação sua. Abra o aplicativo dela, conclua e tente de novo.",
        "The institution needs something from you. Finish it in its app and try again.",
    ),
    _of_person(
        "USER_AUTHORIZATION_PENDING",
        "Falta aprovar o acesso no aplicativo da instituição. Depois disso continuamos sozinhos.",
        "The access waits for approval in the institution's app. It goes on by itself afterwards.",
    ),
    _of_person(
        "USER_AUTHORIZATION_NOT_GRANTED",
        "O acesso não foi aprovado na instituição. Conecte de novo para autorizar.",
        "The access was not approved at the institution. Connect again to authorise it.",
        new_login=True,
    ),
    _of_person(
        "USER_AUTHORIZATION_REVOKED",
        "A autorização foi cancelada na instituição. Conecte de novo para voltar a atualizar.",
        "The authorisation was withdrawn at the institution. Connect again to go on updating.",
        new_login=True,
    ),
    _of_person(
        "USER_INPUT_TIMEOUT",
        "O código não chegou a tempo. Tente de novo.",
        "The code did not arrive in time. Try again.",
        new_login=True,
    ),
    ExecutionError(
        code="USER_NOT_SUPPORTED",
        fixer=Fixer.NOBODY,
        retryable=False,
        new_login=False,
        pt="Este tipo de conta não pode ser conectado aqui. Escolha outra opção da instituição.",
        en="This kind of account cannot be connected here. Choose the institution's other option.",
    ),
    _passing(
        "SITE_NOT_AVAILABLE",
        "A instituição está fora do ar. Tentaremos de novo mais tarde.",
        "The institution is offline. We will try again later.",
        fixer=Fixer.INSTITUTION,
    ),
    _passing(
        "CONNECTION_ERROR",
        "Não conseguimos falar com a instituição. Tentaremos de novo.",
        "We could not reach the institution. We will try again.",
    ),
    _passing(
        "UNEXPECTED_ERROR",
        "Algo falhou na leitura dos dados. Tentaremos de novo.",
        "Reading the data failed. We will try again.",
    ),
    _passing(
        "ERROR",
        "Algo falhou na leitura dos dados. Tentaremos de novo.",
        "Reading the data failed. We will try again.",
    ),
    _passing(
        "MERGE_ERROR",
        "Os dados lidos não puderam ser reunidos. Tentaremos de novo.",
        "The data read could not be put together. We will try again.",
    ),
    _passing(
        "CREATE_ERROR",
        "A leitura não pôde começar. Tentaremos de novo.",
        "Reading could not start. We will try again.",
    ),
)

EXECUTION_ERRORS = MappingProxyType({error.code: error for error in _ALL})
