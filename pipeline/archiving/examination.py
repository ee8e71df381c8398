"""All checks of the 四性 report in turn, those of the files and those that others run."""

from collections.abc import Mapping

from pipeline.archiving import inspections
from pipeline.archiving.appraisal import PASSED, Check, Outcome, Property, failed, untested
from pipeline.archiving.inspections import Files, Inspection, Undecided

REGISTERED = "正本是用印登记所记的文件"
TYPESET_AGAIN = "由内容文件重新排版，与用印前的报告一致"
DESCRIPTION = "正本自带的题名、责任者与元数据一致"
SIGNATURE = "电子签名完好，覆盖整个文件"
SIGNER = "签名者的身份经可信的根证书核对"
CELLS = "正本中的表格每一格都在"
OPENS = "正本能打开，没有加密"
SCRIPTS = "正本没有 JavaScript"
FONTS = "正本的字体全部嵌入，文字可以提取"
WORDS = "正本的文字与内容文件一致"
VIRUSES = "没有查出病毒"
_NOT_RUN = untested("由其他程序检测，本次没有运行")
_NOT_ASKED = untested("归档时不核对；有电子签名的，可用 nianbao verify --root 核对正本")
_MOST_FAULTS = 5
"""Named in a line; of the others, their number is told."""
_A, _I, _U, _S = Property

ITEMS: tuple[tuple[Property, str, Inspection | Outcome], ...] = (
    (_A, "清单中的摘要与文件一致", inspections.digests),
    (_A, "元数据中的大小、摘要与文件一致", inspections.sizes),
    (_A, "正本内嵌的内容文件与存档的一致", inspections.source),
    (_A, "内容文件、文件夹、元数据的年度和日期一致", inspections.years),
    (_A, REGISTERED, _NOT_RUN),
    (_A, TYPESET_AGAIN, _NOT_RUN),
    (_A, DESCRIPTION, _NOT_RUN),
    (_A, SIGNATURE, _NOT_RUN),
    (_A, SIGNER, _NOT_ASKED),
    (_I, "文件目录与文件一致，不多不少", inspections.listed),
    (_I, "过程记录首尾相接，没有缺漏", inspections.events),
    (_I, CELLS, _NOT_RUN),
    (_U, OPENS, _NOT_RUN),
    (_U, SCRIPTS, _NOT_RUN),
    (_U, FONTS, _NOT_RUN),
    (_U, WORDS, _NOT_RUN),
    (_U, "文本是 UTF-8，XML、JSON、TOML 可以解析", inspections.readable),
    (_U, "格式适合长期保存", inspections.formats),
    (_U, "文件名在各种系统上都可用", inspections.portable),
    (_S, "没有以程序或脚本的标记（MZ、ELF、#! 等）开头的文件", inspections.programs),
    (_S, "原件没有宏、脚本、控件和嵌入的对象", inspections.active),
    (_S, "原件没有引用外部的模板和文件", inspections.outside),
    (_S, "没有隐藏文件和空文件", inspections.hidden),
    (_S, "没有个人文件夹的路径和私钥", inspections.private),
    (_S, VIRUSES, _NOT_RUN),
)
"""Property, item, and the inspection that decides it, or what holds where no outcome is given."""


def examine(files: Files, given: Mapping[str, Outcome]) -> tuple[Check, ...]:
    """Every item with its outcome; one that is not `given`, by item, is 未检测.

    Raises:
        ValueError: an outcome is given for what is no such item.
    """
    if unknown := given.keys() - {
        item for _, item, decided in ITEMS if isinstance(decided, Outcome)
    }:
        raise ValueError(f"no such items: {sorted(unknown)}")
    return tuple(
        Check(
            side,
            item,
            given.get(item, decided) if isinstance(decided, Outcome) else _outcome(decided, files),
        )
        for side, item, decided in ITEMS
    )


def _outcome(inspection: Inspection, files: Files) -> Outcome:
    try:
        faults = list(inspection(files))
    except Undecided as why:
        return untested(str(why))
    except ValueError as error:
        return failed(str(error))
    if not faults:
        return PASSED
    more = f" 等 {len(faults)} 处" if len(faults) > _MOST_FAULTS else ""
    return failed("、".join(faults[:_MOST_FAULTS]) + more)
