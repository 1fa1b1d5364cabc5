"""SCR: what Banco Central's credit registry holds of a person; names and codes are the registry's."""

from decimal import Decimal

from tomada.pluggy.model import Model, Resource


class ScrGuarantee(Model, frozen=True, kw_only=True, gc=False):
    """Collateral of one kind, and how much of it."""

    tp: str | None = None
    qtd: int | None = None


class ScrAdditionalInfo(Model, frozen=True, kw_only=True, gc=False):
    """Further information by code."""

    tp: str | None = None
    cd: str | None = None
    qtd: int | None = None


class ScrMaturityBalances(Model, frozen=True, kw_only=True, gc=False):
    """Balances by maturity; *v110* and up are due later, *v205* and up overdue, *v310* and up written off."""

    v20: Decimal | None = None
    v40: Decimal | None = None
    v60: Decimal | None = None
    v80: Decimal | None = None
    v110: Decimal | None = None
    v120: Decimal | None = None
    v130: Decimal | None = None
    v140: Decimal | None = None
    v150: Decimal | None = None
    v160: Decimal | None = None
    v165: Decimal | None = None
    v170: Decimal | None = None
    v175: Decimal | None = None
    v180: Decimal | None = None
    v190: Decimal | None = None
    v199: Decimal | None = None
    v205: Decimal | None = None
    v210: Decimal | None = None
    v220: Decimal | None = None
    v230: Decimal | None = None
    v240: Decimal | None = None
    v245: Decimal | None = None
    v250: Decimal | None = None
    v255: Decimal | None = None
    v260: Decimal | None = None
    v270: Decimal | None = None
    v280: Decimal | None = None
    v290: Decimal | None = None
    v310: Decimal | None = None
    v320: Decimal | None = None


class ScrOperation(Model, frozen=True, kw_only=True, gc=False):
    """Credit operations of one kind."""

    mod: str | None = None
    ori_rec: str | None = None
    indx: str | None = None
    var_camb: str | None = None
    sub_j_disc: str | None = None
    res_venc: ScrMaturityBalances | None = None
    ls_gar: list[ScrGuarantee] | None = None
    ls_inf_ad: list[ScrAdditionalInfo] | None = None


class ScrDatabase(Model, frozen=True, kw_only=True, gc=False):
    """One base date, ``YYYYMM`` in *dtb*."""

    dtb: int | None = None
    msg: str | None = None
    doc_proc: str | None = None
    vol_proc: str | None = None
    qtd_ifs: int | None = None
    qtd_cong_finc: int | None = None
    dtb_ini_rel: str | None = None
    coob_ass: Decimal | None = None
    coob_rec: Decimal | None = None
    ls_op: list[ScrOperation] | None = None


class ScrValidationMessage(Model, frozen=True, kw_only=True, gc=False):
    """A remark of the registry."""

    codigo: str | None = None
    mensagem: str | None = None


class ScrResponse(Resource, frozen=True, kw_only=True, gc=False):
    """The registry's answer, one entry per base date."""

    dtb_consult: str
    cd_cli: str
    tp_cli: str
    ls_dtb: list[ScrDatabase] | None = None
    lista_de_mensagens_de_validacao: list[ScrValidationMessage] | None = None
