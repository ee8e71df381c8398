"""What a file may not ask of those who read it: programs, presentations, hidden layers."""

from collections.abc import Iterable, Iterator, Mapping

from pipeline.conformance.objects import Objects
from pipeline.conformance.problem import Problem, Rule

PERMISSIONS = Rule("permissions", "ISO 19005-3 6.1.12")
RENDERING = Rule("needs-rendering", "ISO 19005-3 6.4.2")
LAYERS = Rule("optional-content", "ISO 19005-3 6.9")
PRESENTATION = Rule("presentation", "ISO 19005-3 6.10")
REQUIREMENTS = Rule("requirements", "ISO 19005-3 6.11")

_PERMITTED = frozenset({"/UR3", "/DocMDP"})


def check(objects: Objects, pages: Iterable[Mapping[str, object]]) -> Iterator[Problem]:
    """Problems of the catalogue, and of how pages are presented."""
    root = objects.dictionary(objects.trailer.get("/Root"))
    if objects.dictionary(root.get("/Perms")).keys() - _PERMITTED:
        yield PERMISSIONS.broken("文件含有不允许的权限（/Perms）。")
    if objects.of(root.get("/NeedsRendering")) is True:
        yield RENDERING.broken("文件要求由阅读程序生成页面（/NeedsRendering）。")
    if "/Requirements" in root:
        yield REQUIREMENTS.broken("文件对阅读程序提出要求（/Requirements）。")
    if "/AlternatePresentations" in objects.dictionary(root.get("/Names")):
        yield PRESENTATION.broken("文件有别的演示方式（/AlternatePresentations）。")
    for number, page in enumerate(pages, 1):
        if "/PresSteps" in page:
            yield PRESENTATION.broken(f"第 {number} 页分步演示（/PresSteps）。")
    yield from _layers(objects, objects.dictionary(root.get("/OCProperties")))


def _layers(objects: Objects, layers: Mapping[str, object]) -> Iterator[Problem]:
    """Problems of the ways to show layers: each has a name of its own, and none changes itself."""
    if not layers:
        return
    ways = [layers.get("/D"), *objects.array(layers.get("/Configs"))]
    names = [objects.string(objects.dictionary(way).get("/Name")) for way in ways]
    if not all(names) or len({*names}) < len(names):
        yield LAYERS.broken("图层的显示方式没有名称，或名称重复（/Name）。")
    if any("/AS" in objects.dictionary(way) for way in ways):
        yield LAYERS.broken("图层会自动显示或隐藏（/AS）。")
