"""Why a report is not archived, in words: what is wrong, where, and what to do."""

from collections.abc import Sequence
from pathlib import Path

from pipeline import project
from pipeline.archiving import names
from pipeline.archiving.appraisal import Check
from pipeline.archiving.record import Record
from pipeline.checking import Checked
from pipeline.document import Origin
from pipeline.errors import Refused
from pipeline.project import Project, Target
from pipeline.stamping.origin import office


def unfit(target: Target, failing: Sequence[Check]) -> Refused:
    """That checks of the 四性 report fail, and how to force it."""
    told = "".join(f"\n  {names.shown(str(each))}" for each in failing)
    return Refused(
        f"四性检测有 {len(failing)} 项不通过，未归档：{target}。{told}",
        f"请按原因改正；正本有问题的，重新生成（nianbao build {target}）、用印、签名后再归档。"
        "确需照此归档的，加上 --force --reason 理由，理由记入过程记录和附注。",
    )


def different(path: Path, target: Target, folders: Project, checked: Checked) -> Refused:
    """That another bundle is at `path`; of another folder, maybe, whose office is called so."""
    told = f"已有归档包，内容不同：{path}。"
    correct = f"用 --replaces {path}，另做一个新的归档包。"
    name = checked.report.agency.name
    same = [
        str(other)
        for other in project.known(folders)
        if other.year == target.year and other != target and office(other).get("name") == name
    ]
    if not same:
        return Refused(told, f"归档包从不改动。更正请{correct}")
    return Refused(
        f"{told}机关名称、年度相同的还有 {'、'.join(same)}，它可能是那一份的。",
        f"请先核对各自的机关名称（name），不同的机关改成不同的名称。确是同一份年报的更正，才{correct}",
    )


def require_name(record: Record, checked: Checked) -> None:
    """Refuse an office after whose name no file can be called.

    Raises:
        Refused: it says where the name stands, and what is wrong with it.
    """
    if why := names.part_problem(f"{record.name}.zip"):
        report = checked.report
        at = report.locate(Origin((*report.agency.path, "name"), file="agency"))
        raise Refused(
            f"{at.file}:{at.line}:{at.column} 机关名称不能用作归档包的文件名：{why}。",
            "请改正这里的 name，重新生成、用印后再归档。",
        )
