"""Implementations of the ports, chosen by address in ``tomada.bootstrap``."""
