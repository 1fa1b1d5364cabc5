"""PostgreSQL: the engine, one transaction at a time, one module per group of tables."""
