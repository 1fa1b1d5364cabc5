"""`/categories`: the tree as a flat list."""

from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate
from tomada.simulator.refusals import not_found
from tomada.simulator.shapes import page_shape
from tomada.simulator.world import World


@dataclass(frozen=True, slots=True, repr=False)
class CategoriesApi:
    """Show categories."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""
        return [
            Route("/categories", gate.key(self.list), methods=["GET"]),
            Route("/categories/{id}", gate.key(self.one), methods=["GET"]),
        ]

    def list(self, call: Call) -> Any:
        """List all categories, or the children of one."""
        parent = call.query("parentId")
        categories = self.world.categories
        return page_shape(
            [
                categories.shape(one)
                for one in categories.by_id.values()
                if parent in {None, one.parent_id}
            ]
        )

    def one(self, call: Call) -> Any:
        """Show one."""
        category = self.world.categories.by_id.get(call.request.path_params["id"])
        if category is None:
            raise not_found("category")
        return self.world.categories.shape(category)
