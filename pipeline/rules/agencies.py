"""Names of other offices where an office speaks of itself, as a copied report leaves them."""

import re
from collections.abc import Iterator

from pipeline.findings import Finding, Rule, Severity
from pipeline.rules.chinese import HAN, around
from pipeline.rules.dossier import Dossier

OTHER_OFFICE = Rule(
    "NB412",
    Severity.WARNING,
    "别的机关的名称",
    "请改为本机关的名称；确是说那个机关的，请用 [[accepted]] 写明理由。",
    acceptable=True,
    about="只看机关说自己的地方：标题、“某某编制”“以下简称”“报告如下”、联系方式、"
    "句首的“某某街道认真”、落款，以及“我局”“我镇”与本机关不合的。内容文件夹里其他机关的全称，"
    "在这些地方也算；街道、乡镇的年报里，别的街道、乡镇的全称到处都算。正文里提到别的机关，不算。",
)
RULES = (OTHER_OFFICE,)

_KINDS = (
    ("街道", re.compile("街道办事处$|街道$|街$")),
    ("镇", re.compile("镇人民政府$|镇政府$|镇$")),
    ("乡", re.compile("乡人民政府$|乡政府$|乡$")),
    ("局", re.compile("局$")),
    ("政府", re.compile("[省市县区旗州]人民政府$")),
)
_GRASSROOTS = ("街道", "镇", "乡")
_NOT_ITSELF = {
    "街道": "镇乡局",
    "镇": "街乡局",
    "乡": "街镇局",
    "局": "街镇乡",
    "政府": "局街镇乡",
    "": "",
}
"""What an office of a kind never calls itself: 我局, 我镇. A bureau may speak of 我市."""
_ITSELF = re.compile("(?:我|(?<![基根版])本)(?P<kind>[局镇乡街])(?![长部面限域土])")

_NAME = f"[{HAN}]{{2,24}}?(?:街道办事处|街道|[镇乡](?:人民)?政府|[镇乡局])"
_BEFORE = (
    r"(?:本报告由|现将|请[与向]|请联系|^|(?<=[。；;，,\n]))(?P<year>[12][0-9]{3}[ ]?年度?[，,]?)?"
)
_BEHIND = (
    "(?=认真|严格|坚持|高度重视|深入|全面(?!性)|积极(?!性)|始终|紧紧围绕|不断|历来|共?主动公开|"
    "共?收到|未收到|[（(]以下简称|依照|依据|根据|按照|编制|联系|咨询|[12][0-9]{3}年|政府信息公开|$)"
)
_SPEAKING = re.compile(f"{_BEFORE}(?P<name>{_NAME}){_BEHIND}")
_COMMAS = ("，", ",")
_REGION = re.compile(".{0,12}[省市县区州旗盟](?:人民政府|政府)?")
_KIND_OF = re.compile("(?:街道办事处|街道|街|[镇乡](?:人民)?政府|[镇乡局])$")
_PROPER = re.compile(".{2,8}")
"""Parts of a name, which is of Chinese characters."""
_NO_NAME = re.compile(
    "^[全对把从由以年月个等这其两每]|[我本各该据请将的在为]|街道|乡镇|镇街|村|推进|推动|指导|发挥|调动|督促"
    "|组织|加强|要求|围绕|结合|根据|通过|聚焦|深化|提升|强化|落实|公开|信息|[布格大全当]$"
)


def agencies(dossier: Dossier) -> Iterator[Finding]:
    """Names and pronouns that are not the office's own, where it speaks of itself."""
    agency = dossier.report.agency
    own = {agency.name, agency.title_name}
    kind = _kind(agency.name)
    for passage in dossier.passages:
        if not passage.own:
            continue
        text = passage.text
        listed = _listed(dossier.offices.named(text), kind, own)
        spans = {found.span("name") for names in listed for found in names.finditer(text)}
        pronouns = _ITSELF.finditer(text)
        spans |= {found.span() for found in pronouns if found["kind"] in _NOT_ITSELF[kind]}
        names = _SPEAKING.finditer(text)
        spans |= {found.span("name") for found in names if _is_other(found, kind, own)}
        for start, end in sorted(spans):
            quoted = around(text, start, end)
            message = f"“{quoted}”里的“{text[start:end]}”与本机关（{agency.name}）不合。"
            yield Finding(OTHER_OFFICE, dossier.at(passage, start), message)


def _listed(named: set[str], kind: str, own: set[str]) -> Iterator[re.Pattern[str]]:
    """Other offices that are named: towns in a town's report anywhere, others where one speaks.

    A town has no reason to name another; a bureau or a government has.
    """
    others = [name for name in sorted(named) if not _within(name, own)]
    towns = [name for name in others if kind in _GRASSROOTS and _kind(name) in _GRASSROOTS]
    if others:
        yield re.compile(f"{_BEFORE}(?P<name>{'|'.join(map(re.escape, others))}){_BEHIND}")
    if towns:
        yield re.compile(f"(?P<name>{'|'.join(map(re.escape, towns))})")


def _kind(name: str) -> str:
    return next((kind for kind, ending in _KINDS if ending.search(name)), "")


def _within(name: str, own: set[str]) -> bool:
    return any(name in ours or ours in name for ours in own)


def _is_other(found: re.Match[str], kind: str, own: set[str]) -> bool:
    """Whether a name is that of another office of the same sort, told by its proper part."""
    name, other = found["name"], _kind(found["name"])
    alike = other == kind or (other in _GRASSROOTS and kind in _GRASSROOTS)
    within = found.string[max(0, found.start() - 1) : found.start()] in _COMMAS
    if kind == "政府" or not alike or (within and not found["year"] and name[-1] not in "处府"):
        return False
    proper = _KIND_OF.sub("", _REGION.sub("", name, count=1))
    if not _PROPER.fullmatch(proper) or _NO_NAME.search(proper):
        return False
    if kind == "局":  # bureaus go by short names: 住建 is 住房和城乡建设
        return not any(set(proper) & set(ours) for ours in own)
    return not any(_in_order(proper, ours) for ours in own)


def _in_order(part: str, whole: str) -> bool:
    """Whether the characters of `part` stand in `whole` in this order."""
    letters = iter(whole)
    return all(letter in letters for letter in part)
