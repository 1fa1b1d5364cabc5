"""What a row is to a card, by which word; what stays unknown."""

import pytest

from tomada.domain.card_lines import Part, Words, kind_on_card, part_of, pays_a_bill, stem

# direction, operation, category, text → kind, evidence
GOLDEN = """
DEBIT  | PAGAMENTO        |          | MERCADO BOM                   | purchase         | type
DEBIT  | -                |          | MERCADO BOM                   | purchase         | type
DEBIT  | TARIFA           |          | ANUIDADE                      | fee              | operation
DEBIT  | TARIFA           |          | IOF COMPRA INTERNACIONAL      | tax              | operation
DEBIT  | OPERACOES_CREDITO_CONTRATADAS_CARTAO | | PARCELAMENTO DE FATURA | credit_operation | operation
DEBIT  | OUTROS           | 15030000 | IOF                           | tax              | category
DEBIT  | OUTROS           | 02020000 | ENCARGOS                      | interest         | category
DEBIT  | -                | 16030000 | ANUIDADE DIFERENCIADA         | fee              | category
DEBIT  | -                |          | Juros do rotativo             | interest         | text
DEBIT  | -                |          | IOF COMPRA NO EXTERIOR        | tax              | text
DEBIT  | -                |          | MULTA POR ATRASO              | fee              | text
CREDIT | ESTORNO          |          | MERCADO BOM                   | refund           | operation
CREDIT | ESTORNO          | 05100000 | MERCADO BOM                   | refund           | operation
CREDIT | CASHBACK         |          | CASHBACK OUT                  | cashback         | operation
CREDIT | PAGAMENTO_FATURA |          | Pagamento recebido            | payment          | operation
CREDIT | -                | 05100000 | PAGAMENTO EFETUADO - OBRIGADO | payment          | category
CREDIT | -                |          | Pagamento recebido            | payment          | text
CREDIT | PAGAMENTO        |          | PGTO DEBITO CONTA             | payment          | text
CREDIT | -                |          | Estorno de compra             | refund           | text
CREDIT | -                |          | Cancelamento MERCADO          | refund           | text
CREDIT | -                |          | MERCADO BOM                   | credit           | type
CREDIT | TARIFA           |          | MERCADO BOM                   | credit           | type
DEBIT  | ESTORNO          |          | MERCADO BOM                   | purchase         | type
"""
CASES = [tuple(part.strip() for part in line.split("|")) for line in GOLDEN.strip().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[:4]))
def test_the_strongest_word_decides_and_says_so(case: tuple[str, ...]) -> None:
    direction, operation, category, text, kind, evidence = case

    found = kind_on_card(
        Words(
            text=text,
            direction="DEBIT" if direction == "DEBIT" else "CREDIT",
            operation=None if operation == "-" else operation,
            category_id=category or None,
        )
    )

    assert found == (kind, evidence)


@pytest.mark.parametrize(
    ("number", "of", "text", "part"),
    [
        (3, 10, "LOJA", Part(3, 10, "metadata")),
        (3, None, "LOJA PARC 03/10", Part(3, None, "metadata")),
        (None, None, "LOJA PARC 03/10", Part(3, 10, "text")),
        (None, None, "Loja Parcela 3 de 10", Part(3, 10, "text")),
        (None, None, "LOJA PARC03/10 SAO PAULO", Part(3, 10, "text")),
        (None, None, "LOJA 03/10", None),
        (None, None, "FARMACIA 05/11", None),
        (None, None, "PARC 11/10", None),
        (1, 1, "LOJA", None),
        (0, 10, "LOJA", None),
        (11, 10, "LOJA", None),
    ],
)
def test_an_instalment_is_read_from_numbers_else_from_a_word_beside_them(
    number: int | None, of: int | None, text: str, part: Part | None
) -> None:
    assert part_of(number, of, text) == part


def test_the_parts_of_a_purchase_share_their_text() -> None:
    assert stem("LOJA São João PARC 01/03") == stem("Loja Sao Joao  PARC 02/03") == "loja sao joao"
    assert stem("Loja Sao Joao 02/03") == "loja sao joao"


@pytest.mark.parametrize(
    ("text", "category", "said"),
    [
        ("PAGAMENTO FATURA CARTAO", None, "text"),
        ("PAGTO FATURA CARTAO CREDITO", None, "text"),
        ("Pagamento de cartão de crédito", None, "text"),
        ("DEB AUT", "05100000", "category"),
        ("PAGAMENTO FATURA CLARO", None, None),
        ("COMPRA CARTAO DEB 12/11 PADARIA", None, None),
        ("COMPRA CARTAO CREDITO FATURA", None, None),
        ("PIX MARIA", None, None),
    ],
)
def test_a_bank_row_pays_a_card_bill_where_a_word_says_so(
    text: str, category: str | None, said: str | None
) -> None:
    assert pays_a_bill(Words(text, "DEBIT", category_id=category)) == said
