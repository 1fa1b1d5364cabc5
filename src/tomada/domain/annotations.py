"""What a person writes to a movement; it is theirs, and no bank changes it."""

from dataclasses import dataclass

NOTE_LENGTH = 500
CATEGORY_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Annotation:
    """A person's own note and category of a movement, and whether they took it out of the list.

    An empty text is none. A hidden movement is in no list and no sum until it is shown again.
    """

    note: str = ""
    category: str = ""
    hidden: bool = False

    @property
    def empty(self) -> bool:
        """Tell whether nothing is left of it."""
        return not (self.note or self.category or self.hidden)
