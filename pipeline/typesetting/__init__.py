"""What stands on the pages → LaTeX → PDF by xelatex."""
