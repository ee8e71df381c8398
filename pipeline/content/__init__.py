"""A content file: its TOML with places, its shape by the form, the report that it holds."""
