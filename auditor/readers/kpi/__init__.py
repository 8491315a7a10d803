"""The reader of tables of indicators (KPIs)."""
