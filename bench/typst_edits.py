"""Sets one report again and again by Typst in one process, after an edit each time.

    python bench/typst_edits.py STANDARDS FONTS TEMPLATE OUT DATA ROUNDS

Prints, as JSON, the milliseconds from each edit to the new PDF.
"""

import json
import sys
import time
from pathlib import Path

import typst


def main(*words: str) -> None:
    """Edit the first paragraph, compile, and measure; a first compilation does not count."""
    standards, fonts, template, out, data, rounds = words
    shared = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]
    )
    copy, pdf = Path(out) / "edited.json", Path(out) / "edited.pdf"
    report = json.loads(Path(data).read_text(encoding="utf-8"))
    first = next(one for one in report["elements"] if one["kind"] == "paragraph")["runs"][0]
    compiler = typst.Compiler(
        template, root="/", font_paths=shared, sys_inputs={"data": str(copy), "attach": "yes"}
    )
    taken, before = [], b""
    for number in range(int(rounds) + 1):
        first["text"] = f"第{number}次修改。{first['text'].split('修改。')[-1]}"
        copy.write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")
        start = time.perf_counter()
        compiler.compile(output=str(pdf), pdf_standards=standards.split(","))  # type: ignore[arg-type]
        taken.append((time.perf_counter() - start) * 1000)
        made = pdf.read_bytes()
        if made == before:
            raise SystemExit("Typst did not see the edit")
        before = made
    sys.stdout.write(json.dumps(taken[1:]))


if __name__ == "__main__":
    main(*sys.argv[1:])
