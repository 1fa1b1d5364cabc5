"""The script that pages load from the provider's CDN, served by the simulator instead.

It is the official widget SDK; a widget that names no `url` opens at the simulator that served the
script. Built from `frontend/bundle`.
"""

from tomada.simulator.standin.script import standin_routes

__all__ = ["standin_routes"]
