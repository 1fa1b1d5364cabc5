"""The Connect page: what the official widget SDK shows in its frame when pointed at the simulator.

The page calls the simulator's own API with the connect token it is given; this package only serves
its three files. They are built from `frontend/bundle`.
"""

from tomada.simulator.widget.pages import widget_routes

__all__ = ["widget_routes"]
