"""The words of letters: several notices are one letter, and no bank's words without a wish."""

from collections.abc import Sequence

from tomada.domain.notifications import Language, Notice
from tomada.pluggy.execution import explain

_MOST = 20
"""Notices a letter tells one by one; it counts the others."""

_WORDS: dict[Language, dict[str, str]] = {
    "pt-BR": {
        "many": "Você tem {count} avisos sobre os seus bancos",
        "error": "Erro de conexão bancária: {bank}",
        "waiting": "Ação necessária: {bank}",
        "expiry": "Autorização perto do fim: {bank}",
        "first": "Primeira leitura terminada: {bank}",
        "waiting_text": "O banco pede uma nova autenticação.",
        "expiry_text": "A autorização termina em {day}. Renove para que os lançamentos continuem"
        " chegando.",
        "first_text": "Os lançamentos dos últimos doze meses estão no painel.",
        "said": "Mensagem do banco: {said}",
        "reconnect": "Reconecte em {url}",
        "more": "E mais {count}, que estão no painel.",
        "footer": "Você recebe este aviso porque tem uma conta em {url}. Nunca pedimos senha por"
        " e-mail.",
        "day": "%d/%m/%Y",
    },
    "en": {
        "many": "You have {count} notices about your banks",
        "error": "Bank connection error: {bank}",
        "waiting": "Action needed: {bank}",
        "expiry": "Authorisation about to end: {bank}",
        "first": "First reading done: {bank}",
        "waiting_text": "The bank asks you to sign in again.",
        "expiry_text": "The authorisation ends on {day}. Renew it so that transactions keep coming.",
        "first_text": "The transactions of the last twelve months are in the dashboard.",
        "said": "The bank's message: {said}",
        "reconnect": "Reconnect at {url}",
        "more": "And {count} more, which are in the dashboard.",
        "footer": "You get this notice because you have an account at {url}. We never ask for a"
        " password by e-mail.",
        "day": "%Y-%m-%d",
    },
}


def letter(
    notices: Sequence[Notice], *, language: Language, details: bool, origin: str
) -> tuple[str, str]:
    """Write subject and text; what the bank wrote is there only with *details*."""
    words = _WORDS[language]
    subject = words["many"].format(count=len(notices))
    if len(notices) == 1:
        subject = _title(notices[0], words)
    parts = [_part(one, language, details=details, origin=origin) for one in notices[:_MOST]]
    if len(notices) > _MOST:
        parts.append(words["more"].format(count=len(notices) - _MOST))
    parts.append("-- \n" + words["footer"].format(url=origin))
    return subject, "\n\n".join(parts) + "\n"


def _title(notice: Notice, words: dict[str, str]) -> str:
    # A bank's name comes from outside: it stays on its line.
    return words[notice.kind].format(bank=" ".join(notice.institution.split()))


def _part(notice: Notice, language: Language, *, details: bool, origin: str) -> str:
    words = _WORDS[language]
    lines = [_title(notice, words)]
    if notice.kind == "error":
        reason = explain(notice.code)
        lines.append(reason.pt if language == "pt-BR" else reason.en)
        if details and notice.said:
            lines.append(words["said"].format(said=" ".join(notice.said.split())))
    else:
        day = notice.ends.strftime(words["day"]) if notice.ends else ""
        lines.append(words[f"{notice.kind}_text"].format(day=day))
    if notice.reconnect:
        lines.append(words["reconnect"].format(url=f"{origin}/reconectar/{notice.item_id}"))
    return "\n".join(lines)
