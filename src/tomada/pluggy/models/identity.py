"""Identity: who holds the accounts, as the institution knows the person or company."""

from decimal import Decimal

from tomada.pluggy.dates import Instant, PlainDate
from tomada.pluggy.model import Model, Resource


class PhoneNumber(Model, frozen=True, kw_only=True, gc=False):
    """A phone number, whole in *value*."""

    type: str | None = None
    value: str | None = None
    country_calling_code: str | None = None
    area_code: str | None = None
    extension: str | None = None
    additional_info: str | None = None


class Email(Model, frozen=True, kw_only=True, gc=False):
    """An e-mail address."""

    type: str | None = None
    value: str | None = None


class GeographicCoordinates(Model, frozen=True, kw_only=True, gc=False):
    """Where an address is."""

    latitude: Decimal | None = None
    longitude: Decimal | None = None


class Address(Model, frozen=True, kw_only=True, gc=False):
    """A postal address, whole and in parts."""

    full_address: str | None = None
    primary_address: str | None = None
    city: str | None = None
    postal_code: str | None = None
    state: str | None = None
    country: str | None = None
    type: str | None = None
    additional_info: str | None = None
    district: str | None = None
    ibge_town_code: str | None = None
    country_code: str | None = None
    geographic_coordinates: GeographicCoordinates | None = None


class IdentityRelation(Model, frozen=True, kw_only=True, gc=False):
    """A parent or spouse."""

    type: str | None = None
    name: str | None = None
    document: str | None = None


class MaritalStatus(Model, frozen=True, kw_only=True, gc=False):
    """Marital status."""

    code: str | None = None
    additional_info: str | None = None


class NationalityDocument(Model, frozen=True, kw_only=True, gc=False):
    """A document of another nationality."""

    type: str | None = None
    number: str | None = None
    country: str | None = None
    issue_date: PlainDate | None = None
    expiration_date: PlainDate | None = None
    additional_info: str | None = None


class OtherNationality(Model, frozen=True, kw_only=True, gc=False):
    """A nationality other than the Brazilian, with its documents."""

    country_code: str | None = None
    documents: list[NationalityDocument] | None = None


class Nationality(Model, frozen=True, kw_only=True, gc=False):
    """Nationalities."""

    has_brazilian_nationality: bool | None = None
    other_nationalities: list[OtherNationality] | None = None


class OtherDocument(Model, frozen=True, kw_only=True, gc=False):
    """A further document of a person."""

    type: str | None = None
    type_additional_info: str | None = None
    number: str | None = None
    check_digit: str | None = None
    additional_info: str | None = None
    expiration_date: PlainDate | None = None


class Passport(Model, frozen=True, kw_only=True, gc=False):
    """A passport."""

    number: str | None = None
    country: str | None = None
    issue_date: PlainDate | None = None
    expiration_date: PlainDate | None = None


class BusinessParty(Model, frozen=True, kw_only=True, gc=False):
    """A partner or administrator; the unit of *shareholding* is not documented."""

    type: str | None = None
    person_type: str | None = None
    document_type: str | None = None
    document_number: str | None = None
    document_country: str | None = None
    document_expiration_date: PlainDate | None = None
    document_issue_date: PlainDate | None = None
    document_additional_info: str | None = None
    civil_name: str | None = None
    social_name: str | None = None
    company_name: str | None = None
    trade_name: str | None = None
    start_date: PlainDate | None = None
    shareholding: Decimal | None = None


class BusinessOtherDocument(Model, frozen=True, kw_only=True, gc=False):
    """A further document of a company."""

    type: str | None = None
    number: str | None = None
    country: str | None = None
    expiration_date: PlainDate | None = None


class EconomicActivity(Model, frozen=True, kw_only=True, gc=False):
    """A CNAE code of the company."""

    code: str | None = None
    is_main: bool | None = None


class InformedRevenue(Model, frozen=True, kw_only=True, gc=False):
    """What a company said it earns."""

    amount: Decimal | None = None
    frequency: str | None = None
    frequency_additional_info: str | None = None
    year: int | None = None


class PortabilityReceived(Model, frozen=True, kw_only=True, gc=False):
    """A salary that is paid elsewhere and moved here."""

    employer_name: str | None = None
    employer_document: str | None = None
    paycheck_bank_detainer_cnpj: str | None = None
    paycheck_bank_detainer_ispb: str | None = None
    portability_approval_date: PlainDate | None = None


class PaycheckBankLink(Model, frozen=True, kw_only=True, gc=False):
    """The account a salary is paid to."""

    employer_name: str | None = None
    employer_document: str | None = None
    paycheck_bank_cnpj: str | None = None
    paycheck_bank_ispb: str | None = None
    account_opening_date: PlainDate | None = None


class InformedIncome(Model, frozen=True, kw_only=True, gc=False):
    """What the person said to earn; *frequency* is an Open Finance word in Portuguese."""

    amount: Decimal | None = None
    date: PlainDate | None = None
    frequency: str | None = None


class InformedPatrimony(Model, frozen=True, kw_only=True, gc=False):
    """What the person said to own."""

    amount: Decimal | None = None
    date: PlainDate | None = None
    year: int | None = None


class IdentityQualifications(Model, frozen=True, kw_only=True, gc=False):
    """Occupation, income and property, as stated to the institution."""

    company_cnpj: str | None = None
    economic_activities: list[EconomicActivity] | None = None
    informed_income: InformedIncome | None = None
    informed_patrimony: InformedPatrimony | None = None
    informed_revenue: InformedRevenue | None = None
    occupation_code: str | None = None
    occupation_description: str | None = None


class RelatedAccount(Model, frozen=True, kw_only=True, gc=False):
    """An account the person holds at the institution."""

    branch_code: str | None = None
    check_digit: str | None = None
    compe_code: str | None = None
    number: str | None = None
    subtype: str | None = None
    type: str | None = None


class Procurator(Model, frozen=True, kw_only=True, gc=False):
    """Somebody who may act for the person."""

    civil_name: str | None = None
    cpf_number: str | None = None
    document_number: str | None = None
    document_type: str | None = None
    social_name: str | None = None
    type: str | None = None


class FinancialRelationships(Model, frozen=True, kw_only=True, gc=False):
    """Since when and how the person is a customer."""

    accounts: list[RelatedAccount] | None = None
    paychecks_bank_link: list[PaycheckBankLink] | None = None
    portabilities_received: list[PortabilityReceived] | None = None
    procurators: list[Procurator] | None = None
    products_services_type: list[str] | None = None
    products_services_type_additional_info: str | None = None
    start_date: PlainDate | None = None


class IdentityResponse(Resource, frozen=True, kw_only=True, gc=False):
    """The holder of an item's accounts."""

    id: str
    item_id: str
    birth_date: PlainDate | None = None
    tax_number: str | None = None
    document: str | None = None
    document_type: str | None = None
    job_title: str | None = None
    full_name: str | None = None
    establishment_code: str | None = None
    establishment_name: str | None = None
    company_name: str | None = None
    phone_numbers: list[PhoneNumber] | None = None
    emails: list[Email] | None = None
    addresses: list[Address] | None = None
    relations: list[IdentityRelation] | None = None
    investor_profile: str | None = None
    qualifications: IdentityQualifications | None = None
    financial_relationships: FinancialRelationships | None = None
    social_name: str | None = None
    sex: str | None = None
    marital_status: MaritalStatus | None = None
    nationality: Nationality | None = None
    other_documents: list[OtherDocument] | None = None
    passport: Passport | None = None
    incorporation_date: PlainDate | None = None
    parties: list[BusinessParty] | None = None
    business_other_documents: list[BusinessOtherDocument] | None = None
    companies_cnpj: list[str] | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None
