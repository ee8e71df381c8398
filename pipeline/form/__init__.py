"""The official forms as data: form.toml, the cells of its tables, the wordings of its labels."""
