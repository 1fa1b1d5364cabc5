"""The words of the consent notice; a change of words is a new version."""

from tomada.domain.errors import InvalidInputError

NOTICE_VERSION = "2026-11.2"

Paragraphs = tuple[tuple[str, str], ...]


def notice_text(institution: str, locale: str) -> tuple[str, Paragraphs, str]:
    """Give title, headed paragraphs and the label of the box to tick."""
    match locale:
        case "pt-BR":
            return _portuguese(institution)
        case "en":
            return _english(institution)
        case _:
            raise InvalidInputError("locale is pt-BR or en", field="locale")


def _portuguese(institution: str) -> tuple[str, Paragraphs, str]:
    return (
        f"Conectar {institution}",
        (
            (
                "O que vamos ler",
                (
                    "Suas contas e cartões: saldos, limites, faturas e os lançamentos dos últimos doze "
                    "meses, com quem pagou ou recebeu, e depois os novos, à medida que acontecem. Seus "
                    "investimentos e as movimentações deles. Seus empréstimos e financiamentos. Seus "
                    "dados cadastrais no banco, como nome, documentos, contatos, endereços e renda "
                    "informada. E a autorização que você dá no banco, para sabermos até quando vale. "
                    "Só leitura: ninguém pode movimentar seu dinheiro com esta autorização."
                ),
            ),
            (
                "De onde vêm os dados",
                (
                    f"De {institution}, por meio da Pluggy, que faz a conexão com o banco. Sua senha "
                    "é digitada na janela da Pluggy e não passa por nós."
                ),
            ),
            (
                "Para quê",
                (
                    "Para mostrar a você, neste painel, seu extrato, suas faturas, seus investimentos e "
                    "seus empréstimos, completos e atualizados."
                ),
            ),
            (
                "Por quanto tempo",
                (
                    "Por doze meses a partir de hoje. Depois disso paramos de ler e perguntamos de "
                    "novo."
                ),
            ),
            (
                "Como desistir",
                (
                    "A qualquer momento, em Desconectar, ao lado da conexão. Paramos de ler na hora, "
                    "a conexão é encerrada na Pluggy e os dados desta conexão são apagados aqui. "
                    "Você não precisa dizer por quê."
                ),
            ),
        ),
        f"Li e autorizo a leitura dos meus dados em {institution}",
    )


def _english(institution: str) -> tuple[str, Paragraphs, str]:
    return (
        f"Connect {institution}",
        (
            (
                "What we read",
                (
                    "Your accounts and cards: balances, limits, bills and the transactions of the last "
                    "twelve months, with who paid or was paid, then new ones as they happen. Your "
                    "investments and their movements. Your loans and financing. Your personal data at "
                    "the bank, such as name, documents, contacts, addresses and declared income. And "
                    "the authorisation you give at the bank, so that we know how long it lasts. Reading "
                    "only: nobody can move your money with this authorisation."
                ),
            ),
            (
                "Where the data come from",
                (
                    f"From {institution}, through Pluggy, which makes the connection to the bank. "
                    "Your password is typed into Pluggy's window and does not pass through us."
                ),
            ),
            (
                "What for",
                (
                    "To show you your statement, bills, investments and loans in this dashboard, "
                    "complete and current."
                ),
            ),
            (
                "For how long",
                "For twelve months from today. After that we stop reading and ask again.",
            ),
            (
                "How to withdraw",
                (
                    "At any time, with Disconnect beside the connection. We stop reading at once, the "
                    "connection is ended at Pluggy, and this connection's data are deleted here. You "
                    "need not say why."
                ),
            ),
        ),
        f"I have read this and allow my data at {institution} to be read",
    )
