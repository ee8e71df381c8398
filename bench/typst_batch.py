"""Sets reports by Typst in one process that shares its compiler and its fonts.

A script of its own, which imports nothing but Typst: given one report, it is Typst's cold process.

    python bench/typst_batch.py STANDARDS FONTS TEMPLATE OUT DATA...

STANDARDS are those of the PDF, `a-3a,ua-1`, or `none`: then the file has no tags.
"""

import sys

import typst


def main(standards: str, fonts: str, template: str, out: str, *data: str) -> None:
    """Write OUT/0.pdf, OUT/1.pdf, … for the data files in turn."""
    tagged = standards != "none"
    shared = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]
    )
    compiler = typst.Compiler(template, root="/", font_paths=shared)
    for number, path in enumerate(data):
        compiler.compile(
            output=f"{out}/{number}.pdf",
            sys_inputs={"data": path, "attach": "yes" if tagged else ""},
            pdf_standards=standards.split(",") if tagged else [],  # type: ignore[arg-type]
            pdf_tags=tagged,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
