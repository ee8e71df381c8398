"""Making many reports: what is up to date, tasks, who does them, and where they go."""
