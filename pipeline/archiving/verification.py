"""A bundle against what it says of itself: every file that is missing, added or changed.

Needs the bundle and nothing else: no content, no configuration, no TeX, no network. Digests show
what was changed after the bundle was made; who made it, only a signature shows.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.archiving import bag, folderreading, names, reading
from pipeline.archiving.differences import Difference, Kind
from pipeline.archiving.members import Member
from pipeline.errors import Refused

_MOST_KEPT = 16 * 1024 * 1024
"""Bytes of all manifests together."""
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was read; `data` is kept of what makes a folder a bag."""

    size: int
    digests: Mapping[str, str]
    data: bytes = b""


@dataclass(slots=True)
class _Found:
    """All that was read of a bundle."""

    files: dict[str, _File] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    kept: int = 0

    def tell(self, file: str, kind: Kind, detail: str = "") -> None:
        self.differences.append(Difference(names.shown(file), kind, detail))


def verify(path: Path) -> tuple[Difference, ...]:
    """All differences of the bundle at `path`, in the order of files; none where it is whole.

    Raises:
        Refused: it is no bundle, or made to fill the machine.
        FileProblem: it cannot be read.
    """
    if path.is_dir() and (inner := folderreading.inside(path)):
        at = "、".join(str(path / name) for name in inner[:_MOST_NAMED])
        raise Refused(f"这个文件夹不是归档包，归档包在它里面：{path}。", f"请核对里面的：{at}。")
    found = _read(path)
    if not path.is_dir():
        _strip_root(found)
    _check_bag(found)
    return tuple(sorted(set(found.differences)))


def _read(path: Path) -> _Found:
    found = _Found()
    paths: list[str] = []
    for item in reading.read(path):
        if isinstance(item, Difference):
            found.differences.append(item)
            continue
        file = _digest(item, found)
        if why := names.problem(item.name):
            found.tell(item.name, Kind.REFUSED, why)
        else:
            paths.append(item.name)
            found.files.setdefault(item.name, file)
    for name, other in names.clashes(paths):
        found.tell(name, Kind.REFUSED, f"与 {names.shown(other)} 重名")
    return found


def _digest(member: Member, found: _Found) -> _File:
    hashes = {algorithm: hashlib.new(algorithm) for algorithm in bag.ALGORITHMS}
    keep = member.name.rpartition("/")[2] in bag.OWN_FILES
    data = bytearray()
    size = 0
    for piece in member.chunks:
        size += len(piece)
        for digest in hashes.values():
            digest.update(piece)
        if keep and found.kept < _MOST_KEPT:
            found.kept += len(piece)
            data += piece
    digests = {algorithm: digest.hexdigest() for algorithm, digest in hashes.items()}
    return _File(size, digests, bytes(data))


def _strip_root(found: _Found) -> None:
    """Take the bundle's one folder off the paths; its name is what bag-info.txt says.

    Raises:
        Refused: the files of the bag lie in no folder.
    """
    below = {path.partition("/")[2] for path in found.files}
    if bag.OWN_FILES & found.files.keys() and not bag.OWN_FILES & below:
        raise Refused(
            "归档包的文件外面没有文件夹，没有核对。",
            "打包时请包含归档包的整个文件夹：tar cf 归档包.tar 归档包文件夹。",
        )
    roots = Counter(path.partition("/")[0] for path in found.files if "/" in path)
    root = roots.most_common(1)[0][0] if roots else ""
    inside = {}
    for path, file in found.files.items():
        if path.startswith(f"{root}/"):
            inside[path.removeprefix(f"{root}/")] = file
        else:
            found.tell(path, Kind.ADDED, f"不在文件夹 {root} 之内")
    found.files = inside
    found.differences = [
        replace(told, file=told.file.removeprefix(f"{root}/")) for told in found.differences
    ]
    info = dict(_info(found))
    if bag.IDENTIFIER in info and info[bag.IDENTIFIER] != root:
        found.tell(root, Kind.DECLARED, f"文件夹改了名，原为 {info[bag.IDENTIFIER]}")


def _check_bag(found: _Found) -> None:
    for name in sorted(bag.OWN_FILES - found.files.keys()):
        found.tell(name, Kind.MISSING)
    declaration = found.files.get(bag.DECLARATION_FILE)
    if declaration and declaration.data != bag.DECLARATION:
        found.tell(bag.DECLARATION_FILE, Kind.DECLARED, "不是 BagIt 1.0 的声明")
    payload = {path for path in found.files if path.startswith(bag.PAYLOAD)}
    tags = found.files.keys() - payload - set(bag.TAGMANIFESTS)
    _check_listed(found, bag.manifest_file, payload)
    _check_listed(found, bag.tagmanifest_file, tags)
    total = f"{sum(found.files[path].size for path in payload)}.{len(payload)}"
    said = dict(_info(found)).get(bag.OXUM)
    if bag.INFO_FILE in found.files and said != total:
        found.tell(bag.INFO_FILE, Kind.DECLARED, f"{bag.OXUM} 为 {said}，实为 {total}")


def _check_listed(found: _Found, named: Callable[[str], str], there: Collection[str]) -> None:
    """Files against the manifests that have to list them, and these against each other."""
    listings = dict(_listings(found, named))
    listed = {path for listing in listings.values() for path in listing}
    for algorithm, listing in listings.items():
        for path in listed - listing.keys():
            found.tell(named(algorithm), Kind.DECLARED, f"没有列出 {names.shown(path)}")
    for path in listed:
        if path not in there:
            found.tell(path, Kind.MISSING)
            continue
        fits = {
            algorithm: listing[path] == found.files[path].digests[algorithm]
            for algorithm, listing in listings.items()
            if path in listing
        }
        if not any(fits.values()):
            found.tell(path, Kind.CHANGED)
            continue
        for algorithm in (algorithm for algorithm, fit in fits.items() if not fit):
            found.tell(named(algorithm), Kind.DECLARED, f"其中 {path} 的摘要与文件不符")
    if listings:
        for path in set(there) - listed:
            found.tell(path, Kind.ADDED)


def _listings(
    found: _Found, named: Callable[[str], str]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The manifests of a kind that can be read, by algorithm."""
    for algorithm in bag.ALGORITHMS:
        name = named(algorithm)
        if name in found.files:
            try:
                yield algorithm, bag.parse_listing(found.files[name].data, algorithm)
            except ValueError as error:
                found.tell(name, Kind.DECLARED, str(error))


def _info(found: _Found) -> Sequence[tuple[str, str]]:
    if bag.INFO_FILE not in found.files:
        return ()
    try:
        return bag.parse_info(found.files[bag.INFO_FILE].data)
    except ValueError as error:
        found.tell(bag.INFO_FILE, Kind.DECLARED, str(error))
        return ()
