"""The control page at `/_sim/`, and what it needs of the control API beyond the world's own verbs.

Everything the page does goes through the control API, so a script can do the same.
"""

from tomada.simulator.panel.alias import SameApi
from tomada.simulator.panel.routes import panel_routes

__all__ = ["SameApi", "panel_routes"]
