"""What must hold before a report is stamped; whatever does not is refused with its remedy.

Whatever would give a paper that is wrong is refused: a seal over the text, a second stamp, another
office's font. Lengths are in bp.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from pikepdf import Page

from pipeline.errors import Refused, UsageError
from pipeline.faces import Face
from pipeline.page import PITCH, bp
from pipeline.pdf.passport import Passport
from pipeline.signature import Anchors, Kind, Placement, date_text, seal_gap
from pipeline.stamping.seal import Seal

TOLERANCE = bp(0.2)
"""By how much a seal may miss the distance from the text that the standard asks for."""
REBUILD = "请用 nianbao build 重新生成 report.pdf 后再用印。"


def check_report(report: Passport) -> None:
    """Refuse a report that is stamped already, and a draft."""
    if report.stamped is not None:
        raise Refused(
            f"文件已经用印（日期 {date_text(report.stamped.date)}），不能再次用印。",
            "请对同一文件夹中未用印的 report.pdf 用印。",
        )
    if report.draft:
        raise Refused("送审稿不能用印。", f"请改正全部错误，{REBUILD.removeprefix('请')}")


def check_seal(
    report: Passport, seal: Seal | None, specimens: Collection[str], no_seal: bool
) -> None:
    """Refuse a seal where none belongs, none where one belongs, and the wrong one."""
    if seal is None:
        if report.signature is Kind.SEALED and not no_seal:
            raise Refused(
                "这份报告须加盖印章，但没有提供印章文件。",
                "请用 --seal 指定印章文件；若打印后手工盖章，请用 --no-seal。",
            )
        return
    if report.signature is Kind.UNSEALED:
        raise Refused(
            "这份报告设为不加盖印章，没有留出印章的位置。",
            "请去掉 --seal；若应盖章，请把 agency.toml 中的 signature 改为 sealed 后重新生成。",
        )
    if report.sample and seal.digest not in specimens:
        raise Refused(
            f"这是样例报告，只能使用样章，不能加盖“{seal.title}”。",
            "请使用 layouts/ 中的 specimen-seal；正式报告请去掉 sample = true 后重新生成。",
        )
    if not report.sample and seal.digest in specimens:
        raise Refused(
            "样章只能用于样例报告，不能加盖在正式报告上。", "请用 --seal 指定本单位的印章。"
        )
    if abs(seal.diameter - report.seal_diameter) > 0.01:  # noqa: PLR2004  # mm, as written
        raise Refused(
            f"印章按直径 {seal.diameter:g} 毫米读入，报告留出的是 {report.seal_diameter:g} 毫米。",
            f"请在 agency.toml 中改正印章直径，{REBUILD.removeprefix('请')}",
        )


def day_of(report: Passport, date: dt.date | None) -> dt.date:
    """The date to print; refuse none at all, and one that is not the report's own."""
    day = date or report.date
    if day is None:
        raise UsageError(
            "没有成文日期：内容文件和命令行都没有给出。", "请加上 --date，例如 --date 2022-01-13。"
        )
    if report.date is not None and day != report.date:
        raise Refused(
            f"日期不一致：报告中为 {report.date}，命令行为 {day}。",
            "请去掉 --date，或改正内容文件中的 date 后重新生成。",
        )
    return day


def check_fonts(report: Passport, faces: Sequence[Face]) -> None:
    """Refuse a font file that the build did not plan name and date in, or that has changed."""
    for face in faces:
        if report.fonts.get(face.path.name) != face.digest:
            raise Refused(f"署名所用字体与生成报告时不同：{face.path.name}。", REBUILD)


def check_place(report: Passport, placement: Placement, anchors: Anchors, page: Page) -> None:
    """Refuse what would lie over the text, off the page, or too far from the text."""
    if int(page.obj.get("/Rotate", 0)) % 360:
        raise Refused("署名所在页被旋转过，印章不会端正。", REBUILD)
    if placement.names[0].y > anchors.text_end.y - PITCH + TOLERANCE:
        raise Refused("署名与正文重叠：留出的行数不够。", REBUILD)
    if placement.seal is None:
        return
    gap, half = (
        seal_gap(anchors, placement.seal, report.seal_diameter),
        bp(report.seal_diameter) / 2,
    )
    left, bottom, right, top = map(float, page.cropbox)
    centre = placement.seal
    across = left <= centre.x - half and centre.x + half <= right
    along = bottom <= centre.y - half and centre.y + half <= top
    if not (across and along):
        raise Refused("印章会超出纸张边缘。", f"请检查印章直径；{REBUILD}")
    if gap < -TOLERANCE:
        raise Refused(
            f"印章会压住上方正文（重叠 {_mm(-gap)} 毫米）。", f"请检查印章直径；{REBUILD}"
        )
    if gap > PITCH + TOLERANCE:
        raise Refused(f"印章顶端距正文 {_mm(gap)} 毫米，超过一行（GB/T 9704 7.3.5.1）。", REBUILD)


def _mm(length: float) -> str:
    return f"{length / bp(1):.1f}"
