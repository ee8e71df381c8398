"""The catalogue and the note of a hand-over: 文件目录.XML and 说明文件.TXT.

Their names, elements and subjects are those of annex 2 of 《电子档案移交与接收办法》 (2012).
"""

from collections.abc import Collection, Iterable, Iterator

from pipeline.archiving import xmltext
from pipeline.archiving.record import Record

FOLDER = "data/电子档案/"
CATALOGUE_FILE = "data/文件目录.XML"
NOTE_FILE = "data/说明文件.TXT"
MAIN, SOURCE, TEXT, TABLE = "正本.pdf", "内容.toml", "正文.txt", "表格.csv"
_REMARKS = {
    SOURCE: "生成正本的内容文件",
    TEXT: "正本的文字，供检索",
    TABLE: "正本的表格，供利用",
}


def catalogue(record: Record, paths: Iterable[str]) -> bytes:
    """文件目录.XML: an entry for each of `paths`, which are those in `FOLDER`."""
    entries: list[xmltext.Node] = []
    for number, path in enumerate(sorted(paths), start=1):
        file = path.rpartition("/")[2]
        what = f"正本；{record.remark}" if file == MAIN else _REMARKS.get(file, "")
        entry = {
            "顺序号": str(number),
            "档号": record.number,
            "责任者": record.agency,
            "题名": record.title,
            "日期": f"{record.date:%Y%m%d}",
            "密级": record.secrecy,
            "电子档案名称": path.removeprefix("data/"),
            "备注": what,
        }
        entries.append(("文件", list(entry.items())))
    return xmltext.write(("文件目录", entries), "参照《电子档案移交与接收办法》附件 2")


def entries(data: bytes) -> Iterator[str]:
    """The paths that a 文件目录.XML lists.

    Raises:
        ValueError: it is no XML.
    """
    for element in xmltext.read(data).iter("电子档案名称"):
        yield f"data/{element.text or ''}"


def note(record: Record, files: Collection[str]) -> bytes:
    """说明文件.TXT of a record with these files, by name; with BOM and CR LF, for Windows."""
    place = f"电子档案/{record.year}/01/"
    lines = [
        "说明文件（参照《电子档案移交与接收办法》附件 2）",
        "",
        f"归档包名称：{record.name}",
        f"内容：{record.title}",
        f"责任者：{record.agency}",
        f"年度：{record.year}",
        f"日期：{record.date:%Y-%m-%d}",
        f"归档日期：{record.archived:%Y-%m-%d}",
        f"状态：{record.remark}",
        "载体编号、保管单位、制作单位、检查单位：由移交时填写",
        "",
        "一、文件",
        f"{place}{MAIN}：年报正本，{record.pages} 页。",
        *(f"{place}{file}：{what}。" for file, what in _REMARKS.items() if file in files),
        "其他/：排版文件、字体许可、所用规范、原件，仅供复核。",
        "上一级文件夹的 metadata/：元数据、过程记录、软件环境、四性检测报告。",
        "",
        "二、读取",
        "正本是 PDF，用任何 PDF 阅读器打开。其余是 UTF-8 文本，用任何文本编辑器打开；",
        "CSV 表格也可以用 WPS 表格或 Excel 打开。不需要其他软件，不需要密码。",
        "",
        "三、核对",
        "装有 nianbao 的：nianbao verify 归档包。",
        "没有的：在上一级文件夹运行 sha256sum -c manifest-sha256.txt，",
        "再运行 sha256sum -c tagmanifest-sha256.txt；",
        "Windows 上用 certutil -hashfile 文件 SHA256，与清单逐个对照。",
        "归档包的结构是 BagIt 1.0（RFC 8493）。",
    ]
    return "\r\n".join([*lines, ""]).encode("utf-8-sig")
