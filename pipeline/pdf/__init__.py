"""PDFs: text and fonts in them, what they tell of themselves, drawing on their pages."""
