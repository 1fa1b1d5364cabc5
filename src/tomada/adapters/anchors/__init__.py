"""Where signed checkpoints are kept besides the database."""
