"""What the importer has to say: what it left out, guessed, missed, or reworded, and where."""

from dataclasses import dataclass

from pipeline.findings import Rule, Severity

LEFT_OUT = Rule(
    "NB601",
    Severity.WARNING,
    "导入时没有放进年报的文字",
    "请看内容文件末尾的注释；属于年报的，请放回原处。",
    about="年报中没有这段文字的位置，或者没有看懂。原文照抄在注释里，没有丢掉。",
)
GUESSED = Rule(
    "NB602",
    Severity.WARNING,
    "导入时推测的内容",
    "请与原件核对这一处。",
    about="标题、数字或格式写得与规定不完全相同，按最接近的放置。",
)
ABSENT = Rule(
    "NB603",
    Severity.WARNING,
    "导入时原文没有的内容",
    "请与原件核对；确实没有的，请补填。",
    about="原件中没有找到这个部分、这张表或这一行，有关的格子是空的。",
)
UNREADABLE = Rule(
    "NB604",
    Severity.WARNING,
    "导入时读不出来的内容",
    "图片里的文字和数字读不出来，请照原件补填。",
)
REWORDED = Rule(
    "NB605",
    Severity.NOTE,
    "导入时改用了规定的文字",
    "意思有出入的，请修改。",
    about="原件中的表格文字与规定的不同，印出来的是规定的文字。",
)
RULES = (LEFT_OUT, GUESSED, ABSENT, UNREADABLE, REWORDED)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a person should know of an import; `where` is the place in the file."""

    rule: Rule
    where: str
    message: str

    def __str__(self) -> str:
        place = f"{self.where}：" if self.where else ""
        return f"{self.rule.code} {place}{self.message}"
