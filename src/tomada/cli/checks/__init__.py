"""The checks of ``tomada doctor``: the production checklist of Pluggy's guide, made to run."""
