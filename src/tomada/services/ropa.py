"""The record of processing (LGPD art. 37), written from what the code does."""

from tomada.domain.controller import Controller
from tomada.domain.purposes import PURPOSES
from tomada.domain.retention import CLASSES
from tomada.store.columns import ColumnMap

_MEASURES = (
    "um par de chaves por titular, cifrado pela chave mestra; apagar destrói a chave",
    "segurança por linha no banco de dados: sem titular, nenhuma linha",
    "papel de serviço sem posse de tabelas; auditoria encadeada, que só recebe linhas",
    "confirmação da identidade há no máximo cinco minutos para cópia e apagamento",
    "nada pessoal em registros técnicos, rótulos de métricas ou endereços",
)


def ropa(who: Controller, known: ColumnMap) -> str:
    """Write it in Portuguese, whose law asks for it."""
    lines = [
        "# Registro das operações de tratamento (LGPD, art. 37)",
        "",
        f"- **Controlador**: {who.name}, CNPJ {who.cnpj}, {who.contact}",
        f"- **Encarregado**: {who.dpo_name}, {who.dpo_contact}",
        "- **Operador**: Pluggy, que faz a conexão com as instituições",
        "- **Titulares**: pessoas e empresas que conectam seus bancos, de 18 anos ou mais",
        "- **Origem**: as instituições conectadas, por autorização do titular no banco",
        "",
        "## Finalidades",
        "",
        "| Finalidade | Base legal | Obrigatória | Produtos | Permissões Open Finance | Guarda |",
        "|---|---|---|---|---|---|",
        *(
            f"| {one.code} | {one.basis} | {'sim' if one.mandatory else 'não'} |"
            f" {', '.join(one.products)} | {', '.join(one.permissions)} | {one.retention} |"
            for one in PURPOSES
        ),
        "",
        "## Compartilhamento e transferências",
        "",
        *(f"- {one}" for one in who.transfers),
        "",
        "## Prazos de guarda",
        "",
        "| Classe | Conteúdo | Prazo |",
        "|---|---|---|",
        *(f"| {one.code} | {one.content} | {one.words} |" for one in CLASSES.values()),
        "",
        "## Medidas de segurança",
        "",
        *(f"- {one}" for one in _MEASURES),
        "",
        "## Mapa de dados",
        "",
        "Cifrado: abre só com a chave do titular (ou da instalação, onde ainda não há titular).",
        "",
        "| Tabela | De quem | Contém | Classe | Cifrado | Em claro | Fica após apagamento |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| `{name}` | {table.of} | {table.holds} | {table.kept_as} |"
            f" {', '.join(table.sealed)} | {', '.join(table.plain)} | {table.keep} |"
            for name, table in sorted(known.tables.items())
        ),
    ]
    return "\n".join(lines) + "\n"
