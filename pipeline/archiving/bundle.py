"""The whole bundle of a report, from values: files in, files and the zip out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline import __version__, events
from pipeline.archiving import (
    appraisal,
    bag,
    catalogue,
    examination,
    journal,
    metadata,
    names,
    zipping,
)
from pipeline.archiving.appraisal import Check, Outcome
from pipeline.archiving.record import Record
from pipeline.errors import Refused

OTHERS = "data/其他/"
NEEDED = (catalogue.MAIN, catalogue.SOURCE)

Examine = Callable[[Mapping[str, bytes]], Mapping[str, Outcome]]
"""From the files (path in the bag → bytes) the outcomes of items that are not the bundle's own."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bag: its name, its files (path in the bag → bytes), and what was checked of it."""

    name: str
    files: Mapping[str, bytes]
    checks: tuple[Check, ...]

    def zip(self) -> bytes:
        """The zip; its one folder has the bundle's name.

        Raises:
            Refused: it would be larger than any bundle.
        """
        return zipping.write({f"{self.name}/{path}": data for path, data in self.files.items()})


def _nothing(_files: Mapping[str, bytes]) -> Mapping[str, Outcome]:
    return {}


def assemble(
    record: Record,
    documents: Mapping[str, bytes],
    others: Mapping[str, bytes],
    examine: Examine = _nothing,
) -> Bundle:
    """The bundle of `record`.

    `documents` are the files of the record itself by name (正本.pdf and 内容.toml are needed,
    正文.txt and 表格.csv may be there), `others` those of 其他/ by their path in it.

    Raises:
        Refused: a file that is needed is not there, or a name cannot be kept everywhere.
    """
    if missing := [name for name in NEEDED if not documents.get(name)]:
        raise Refused(f"归档缺少文件：{'、'.join(missing)}。", "请先用 nianbao build 生成。")
    if why := names.part_problem(f"{record.name}.zip"):
        shown = names.shown(record.agency)
        raise Refused(f"机关名称不能用作文件名：{shown}（{why}）。", "请改正机关名称。")
    place = f"{catalogue.FOLDER}{record.year}/01/"
    payload = {f"{place}{name}": data for name, data in documents.items()}
    payload[catalogue.CATALOGUE_FILE] = catalogue.catalogue(record, payload)
    payload[catalogue.NOTE_FILE] = catalogue.note(record, documents)
    payload |= {f"{OTHERS}{path}": data for path, data in others.items()}
    files = {
        **payload,
        metadata.FILE: metadata.metadata(record, payload),
        journal.EVENTS_FILE: events.lines(record.events),
        journal.ENVIRONMENT_FILE: journal.environment(record.environment),
    }
    if record.registered:
        files[journal.REGISTER_FILE] = journal.registration(record.registered)
    seen = {**files, **bag.manifests(files)}
    checks = examination.examine(seen, examine(seen))
    day = record.archived.isoformat()
    files[appraisal.JSON_FILE] = appraisal.to_json(checks, record.name, day, record.remark)
    files[appraisal.TEXT_FILE] = appraisal.to_text(checks, record.name, day, record.remark)
    made = bag.make(files, _info(record))
    for path in made:
        names.require(f"{record.name}/{path}")
    return Bundle(record.name, made, checks)


def _info(record: Record) -> list[tuple[str, str]]:
    return [
        ("Source-Organization", record.agency),
        ("External-Description", f"{record.title}（{record.remark}）"),
        (bag.IDENTIFIER, record.name),
        ("Bagging-Date", record.archived.isoformat()),
        ("Bag-Software-Agent", f"nianbao {__version__}"),
    ]
