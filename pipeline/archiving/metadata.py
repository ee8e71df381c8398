"""元数据.xml: the record in the four kinds of DA/T 46-2009: 文件, 业务, 机构人员, 关系."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from pipeline.archiving import xmltext
from pipeline.archiving.record import Record
from pipeline.archiving.xmltext import Node
from pipeline.events import Action

FILE = "metadata/元数据.xml"
_DEEDS = {
    Action.CHECK: "检查",
    Action.BUILD: "排版",
    Action.STAMP: "用印",
    Action.SIGN: "电子签名",
    Action.ARCHIVE: "归档",
}
_FORMATS = {
    ".pdf": "PDF",
    ".toml": "TOML 文本，UTF-8",
    ".txt": "纯文本，UTF-8",
    ".csv": "CSV 文本，UTF-8",
    ".xml": "XML，UTF-8",
    ".json": "JSON，UTF-8",
    ".tex": "LaTeX 源文件，UTF-8",
}


def metadata(record: Record, files: Mapping[str, bytes]) -> bytes:
    """元数据.xml of a record with these files, path in the bag → bytes."""
    agents = sorted({event.agent for event in record.events} - {record.agency, ""})
    parts: list[Node] = [
        ("文件实体", _document(record, files)),
        *(("业务实体", deed) for deed in _deeds(record)),
        ("机构人员实体", _agent("单位", record.agency)),
        *(("机构人员实体", _agent("个人", agent)) for agent in agents),
        *(("实体关系", relation) for relation in _relations(record)),
    ]
    return xmltext.write(("电子文件元数据", parts), "参照 DA/T 46-2009")


def stated(data: bytes) -> dict[str, tuple[int, str]]:
    """What a 元数据.xml says of files: path → size, SHA-256 in hex.

    Raises:
        ValueError: it is no XML, or lacks what this program writes.
    """
    found: dict[str, tuple[int, str]] = {}
    for element in xmltext.read(data).iter("电子属性"):
        texts = {str(child.tag): child.text or "" for child in element}
        try:
            size = int(texts["计算机文件大小"])
            found[texts["计算机文件名"]] = size, texts["数字摘要"]
        except KeyError as error:
            raise ValueError(f"缺少{error.args[0]}") from None
    return found


def year_and_date(data: bytes) -> tuple[str, str]:
    """年度 and 日期 as a 元数据.xml has them.

    Raises:
        ValueError: it is no XML.
    """
    root = xmltext.read(data)
    return root.findtext(".//年度") or "", root.findtext(".//内容描述/日期") or ""


def summary(data: bytes) -> dict[str, str]:
    """What the index of bundles takes from a 元数据.xml.

    Raises:
        ValueError: it is no XML.
    """
    root = xmltext.read(data)
    paths = {
        "agency": ".//立档单位名称",
        "year": ".//年度",
        "title": ".//题名",
        "date": ".//内容描述/日期",
        "remark": ".//附注",
        "replaces": ".//实体关系[关系='更正并替代']/相关实体",
    }
    return {key: root.findtext(path) or "" for key, path in paths.items()}


def _document(record: Record, files: Mapping[str, bytes]) -> Sequence[Node]:
    return [
        ("聚合层次", "件"),
        ("来源", [("立档单位名称", record.agency)]),
        ("电子文件号", record.name),
        ("档号", [("编号", record.number), ("年度", f"{record.year}")]),
        ("内容描述", [
            ("题名", record.title),
            ("责任者", record.agency),
            ("日期", f"{record.date:%Y-%m-%d}"),
            ("文种", "报告"),
            ("密级", record.secrecy),
        ]),
        ("形式特征", [
            ("文件组合类型", "组合文件"),
            ("件数", "1"),
            ("页数", f"{record.pages}"),
            ("语种", "汉语"),
            ("稿本", "正本"),
        ]),
        *(("电子属性", _attributes(path, files[path])) for path in sorted(files)),
        ("保管期限", record.retention),
        ("附注", record.remark),
    ]  # fmt: skip


def _attributes(path: str, data: bytes) -> Sequence[Node]:
    suffix = path[path.rfind(".") :].lower()
    return [
        ("格式信息", _FORMATS.get(suffix, suffix.removeprefix("."))),
        ("计算机文件名", path),
        ("计算机文件大小", f"{len(data)}"),
        ("摘要算法", "SHA-256"),
        ("数字摘要", hashlib.sha256(data).hexdigest()),
    ]


def _deeds(record: Record) -> Iterator[Sequence[Node]]:
    for event in record.events:
        yield [
            ("业务状态", "历史行为"),
            ("业务行为", _DEEDS[event.action]),
            ("行为时间", event.time.isoformat(timespec="seconds")),
            ("行为描述", event.detail),
            ("行为人", event.agent),
        ]


def _agent(kind: str, name: str) -> Sequence[Node]:
    return [("机构人员类型", kind), ("机构人员名称", name)]


def _relations(record: Record) -> Iterator[Sequence[Node]]:
    yield [
        ("关系类型", "文件与机构人员"),
        ("实体标识符", record.name),
        ("关系", "形成于"),
        ("相关实体", record.agency),
    ]
    if record.replaces:
        yield [
            ("关系类型", "文件与文件"),
            ("实体标识符", record.name),
            ("关系", "更正并替代"),
            ("相关实体", record.replaces.name),
            ("关系描述", f"原归档包的 SHA-256 为 {record.replaces.sha256}"),
        ]
