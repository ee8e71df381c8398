"""The page of all findings, docs/findings.md, made from the rules themselves."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from pipeline.findings import Rule
from pipeline.listing import SEVERITIES

GROUPS = {
    "1": "文件",
    "2": "键和值",
    "3": "数字",
    "4": "文字",
    "5": "引用",
    "6": "导入",
    "7": "确认",
    "8": "排版",
}
"""What the first digit of a code stands for."""

_HEAD = """\
# 检查结果的编号

<!-- 由规则生成：make docs。请不要手工修改。 -->

`nianbao check` 列出的每个问题都有位置、轻重、编号和改法。
本页按编号说明：是什么问题，怎样查出来，怎么改。在命令行里查一个编号，运行 `nianbao explain NB302`。

- **错误**：改正以前不能生成年报，只能生成送审稿。
- **警告**：可以生成，但多半有问题，请逐条核对。
- **提示**：供参考。

注明“可以确认”的，确属实情时可以在内容文件末尾写明理由，以后只作提示，不再拦住：

```toml
[[accepted]]
code = "NB302"
path = "applications.received.0"   # 问题所在的键；不写，则到处都算
reason = "上年公布的结转数有误，已向上级说明。"
```

`path` 就是 `nianbao check --format json` 中的 `path`，数组里的格从 0 数起。
"""


def page(rules: Iterable[Rule]) -> str:
    """The page that tells of `rules`, which come by code."""
    return "\n".join([_HEAD, *_groups(rules)])


def _groups(rules: Iterable[Rule]) -> Iterator[str]:
    for digit, group in groupby(rules, key=lambda rule: rule.code.removeprefix("NB")[0]):
        yield f"## {digit}xx　{GROUPS[digit]}\n"
        yield from (_entry(rule) for rule in group)


def _entry(rule: Rule) -> str:
    weight = SEVERITIES[rule.severity] + ("，可以确认" if rule.acceptable else "")
    about = f"{rule.about}\n\n" if rule.about else "\n\n"
    return f"### {rule.code}　{rule.title}\n\n**{weight}。**{about}改法：{rule.remedy}\n"
