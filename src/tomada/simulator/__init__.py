"""A stateful local Pluggy to develop and test against; it shares no code with the client."""
