"""Words of a template, and the notice of another form, that were left in the text."""

import re
from collections.abc import Iterator

from pipeline.findings import Finding, Rule, Severity
from pipeline.form.forms import Form
from pipeline.rules.chinese import around
from pipeline.rules.dossier import Dossier

PLACEHOLDER = Rule(
    "NB411",
    Severity.WARNING,
    "模板里的文字没有换掉",
    "请换成本机关的内容，或删去。",
    acceptable=True,
    about="查 XX、××、某某街道、____、“请填写”“此处”“行政机关规范全称”、"
    "【单位名称】一类的填写提示，以及空的括号和书名号。",
)
NOTICE = Rule(
    "NB414",
    Severity.WARNING,
    "引用了别的年度的格式文件",
    "请改为本年度年报所依据的文件。",
    acceptable=True,
    about="与各格式所依据的文号比较；文号里的括号和数字，半角、全角都认得。",
)
RULES = (PLACEHOLDER, NOTICE)

_PROMPT = "填|写明|输入|插入|此处|略|待补|名称|全称"
_OFFICE = "省|市(?!民|场|政)|县|区(?!域)|镇|乡|街|局(?!部|限)|厅|办事处|委员会|人民政府"
_PLACEHOLDER = re.compile(
    r"(?<![A-Za-z0-9])(?:[XＸ]{2,}|[xｘ]{2,})(?![A-Za-z0-9])"
    r"|×{2,}|(?<![一二三四五六七八九])[○△□]{2,}|(?<![A-Za-z0-9])[_＿]{2,}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9×])[XxＸｘ×](?=[年月日省市县区镇乡局件条次期份项万])"
    rf"|某某(?={_OFFICE}|单位|部门|公司|村|社区|[年月日])|(?<!某)某(?={_OFFICE}|[年月日]|单位名)"
    r"|请填写(?![《“]|.{0,6}申请)|请(?:在此|输入|填入|替换|补充填写)"
    r"|(?:点击|单击)此处|此处(?:填|写|插|略|从略|省略|输|注明|简述|说明)"
    r"|行政机关(?:规范)?全称|(?:单位|机关|部门)全称|TODO|FIXME"
    rf"|[【\[［][^】\]］]{{0,20}}(?:{_PROMPT})[^】\]］]{{0,20}}[】\]］]"
    r"|[【\[［](?:单位|机关|数字|日期|年份?|内容|电话|地址)[】\]］]"
    r"|（(?:请?填|选填|必填|写明)[^）]{0,40}）"
    r"|(?<![A-Za-z0-9_])（[ \u3000]{0,20}）|《[ \u3000]{0,20}》"
    r"|“[ \u3000]{0,20}”|〔[ \u3000]{0,20}〕"
)
_BRACKETS = str.maketrans("()", "（）")
_COUNTRY = "中华人民共和国"


def leftovers(dossier: Dossier) -> Iterator[Finding]:
    """Words of a template in any passage, and notices of other forms in the prose."""
    for passage in dossier.passages:
        if passage.own:
            for found in _PLACEHOLDER.finditer(passage.text.translate(_BRACKETS)):
                quoted = around(passage.text, *found.span())
                words = passage.text[found.start() : found.end()]
                message = f"“{quoted}”里的“{words}”像是模板里的文字。"
                yield Finding(PLACEHOLDER, dossier.at(passage, found.start()), message)
    for form, due in _others(dossier):
        notice = _written(form.notice)
        for passage in dossier.prose:
            for found in notice.finditer(passage.text):
                message = f"“{found[0]}”是 {_years(form)}年报的格式文件，本年度的是“{due}”。"
                yield Finding(NOTICE, dossier.at(passage, found.start()), message)


def _others(dossier: Dossier) -> Iterator[tuple[Form, str]]:
    """The forms whose notice a report must not cite, each with the notice of the report's year.

    Where offices chose their sections, earlier notices and the Regulation were still in force.
    """
    due = next((form for form in dossier.forms if form.covers(dossier.report.year)), None)
    if due is None or not due.notice:
        return
    for form in dossier.forms:
        in_force = due.own_sections and form.from_year < due.from_year
        if form.notice not in ("", due.notice) and not in_force:
            yield form, due.notice


def _years(form: Form) -> str:
    if form.to_year is None:
        return f"{form.from_year} 年及以后"
    return f"{form.from_year} 至 {form.to_year} 年"


def _written(notice: str) -> re.Pattern[str]:
    """A notice's number as it may be typed: any brackets, digits of either width, blanks."""
    kinds = {"〔": "[〔【（(\\[［]", "〕": "[〕】）)\\]］]"}
    kinds |= {digit: f"[{digit}{chr(ord(digit) + 0xFEE0)}]" for digit in "0123456789"}
    letters = [kinds.get(char, re.escape(char)) for char in notice.removeprefix(_COUNTRY)]
    return re.compile(r"[ \u3000]{0,2}".join(letters))
