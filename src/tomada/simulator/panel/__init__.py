"""The control page at `/_simulator/`, and what it needs beyond the world's own verbs.

Everything the page does goes through the control API, so a script can do the same.
"""

from tomada.simulator.panel.routes import panel_routes

__all__ = ["panel_routes"]
