"""What can go wrong in our own terms.

    TomadaError
    ├── RefusedError            the caller may not, or not now
    │   ├── UnauthenticatedError
    │   ├── InvalidCredentialsError
    │   ├── SecondFactorRequiredError   the password was right, a code is needed as well
    │   ├── StepUpRequiredError     the proof of who the person is is too old for this
    │   ├── RoleRequiredError       this is for other duties than the caller's
    │   ├── TooManyAttemptsError
    │   ├── ConsentRequiredError
    │   ├── AlreadyConnectedError
    │   ├── ConfirmationRequiredError   only the person can say that an item is theirs
    │   ├── SupersededError         what the decision is about has changed since
    │   └── RefreshRefusedError
    ├── ErasedError             these data were erased; nothing is read of them any more
    ├── NotFoundError           unknown, or somebody else's: the two look the same
    ├── InvalidInputError       what was sent cannot be right
    ├── AuditContradictedError  the audit is not what was signed before
    ├── StaleWriterError        another run took the item over; its writes win
    └── UnavailableError        something we depend on does not answer
        ├── ProviderError       Pluggy
        ├── KeyUnavailableError the master key or a data key
        │   └── KeyRefusedError it works, and what it should open is not its own
        ├── AnchorUnavailableError  where checkpoints of the audit are kept
        └── StoreUnavailableError
            └── SchemaBehindError

Each has a stable ``code``; the text is one sentence for a person and names nothing personal.
"""

from datetime import datetime

from tomada.domain.refreshes import RefreshObstacle


class TomadaError(Exception):
    """The root of all errors of ours."""

    code = "internal_error"


class RefusedError(TomadaError):
    """The caller may not do this, or not now."""

    code = "refused"


class UnauthenticatedError(RefusedError):
    """Nobody is signed in."""

    code = "unauthenticated"


class InvalidCredentialsError(RefusedError):
    """E-mail or password is wrong; which of the two is not said."""

    code = "invalid_credentials"


class SecondFactorRequiredError(RefusedError):
    """The password was right; a code of the second factor is needed as well."""

    code = "second_factor_required"

    def __init__(self) -> None:
        super().__init__("a code of the second factor is needed as well")


class StepUpRequiredError(RefusedError):
    """The person must prove again who they are; a proof counts for five minutes."""

    code = "step_up_required"

    def __init__(self) -> None:
        super().__init__("prove again who you are; the last proof is older than five minutes")


class RoleRequiredError(RefusedError):
    """The caller has not the duty that this is for."""

    code = "role_required"

    def __init__(self) -> None:
        super().__init__("this is for another role than yours")


class TooManyAttemptsError(RefusedError):
    """Too many tries; *retry_after* is in seconds."""

    code = "too_many_attempts"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many attempts; try again in {retry_after} s")
        self.retry_after = retry_after


class ConsentRequiredError(RefusedError):
    """No consent in force covers this institution."""

    code = "consent_required"


class AlreadyConnectedError(RefusedError):
    """The person has this institution connected; update that connection instead."""

    code = "already_connected"

    def __init__(self, item_id: str) -> None:
        super().__init__("this institution is connected already")
        self.item_id = item_id


class ConfirmationRequiredError(RefusedError):
    """Pluggy does not say who made the item; the person must say that it was they."""

    code = "confirmation_required"

    def __init__(self, item_id: str, institution: str) -> None:
        super().__init__("say that it was you who made this connection")
        self.item_id = item_id
        self.institution = institution


class SupersededError(RefusedError):
    """What is to be decided has changed since; a later decision has the last word on it."""

    code = "superseded"


class RefreshRefusedError(RefusedError):
    """The bank cannot be read again now.

    *obstacle* is one of ``domain.refreshes``, *at* when it may be possible, where that is known.
    """

    code = "refresh_refused"

    def __init__(self, obstacle: RefreshObstacle, at: datetime | None) -> None:
        super().__init__("the bank cannot be read again now")
        self.obstacle = obstacle
        self.at = at


class ErasedError(TomadaError):
    """The person had their data erased."""

    code = "erased"


class NotFoundError(TomadaError):
    """There is no such thing, or it is somebody else's."""

    code = "not_found"


class InvalidInputError(TomadaError):
    """What was sent cannot be right; *field* names the part."""

    code = "invalid_input"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class StaleWriterError(TomadaError):
    """Another run holds the item's lease now; this one must stop without writing."""

    code = "stale_writer"


class AuditContradictedError(TomadaError):
    """The audit is not what was signed before; nothing more is signed until somebody looked."""

    code = "audit_contradicted"


class UnavailableError(TomadaError):
    """Something we depend on does not answer; trying again later is right."""

    code = "unavailable"


class ProviderError(UnavailableError):
    """Pluggy refused or did not answer; *provider_code* is its own word, where it gave one.

    *final* says that the same request will be refused again.
    """

    code = "provider_unavailable"

    def __init__(
        self,
        message: str,
        *,
        provider_code: str | None = None,
        retry_after: int | None = None,
        final: bool = False,
    ) -> None:
        super().__init__(message)
        self.provider_code = provider_code
        self.retry_after = retry_after
        self.final = final


class KeyUnavailableError(UnavailableError):
    """A key cannot be loaded, so nothing sealed under it can be read or written."""

    code = "key_unavailable"


class KeyRefusedError(KeyUnavailableError):
    """The master key works; what it should open was changed, cut, or wrapped by another one."""

    code = "key_refused"


class AnchorUnavailableError(UnavailableError):
    """A place where checkpoints of the audit are kept does not answer."""

    code = "anchor_unavailable"


class StoreUnavailableError(UnavailableError):
    """The database does not answer."""

    code = "store_unavailable"


class SchemaBehindError(StoreUnavailableError):
    """The tables are another version's; whoever starts the server brings them up to this one."""

    code = "schema_behind"
