"""The schema's history; run at start by ``tomada.store.engine.migrate``."""
