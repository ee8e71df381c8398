"""Numbers and names of persons in a text. All of them are made up."""

import pytest
from conftest import Workshop
from texts import found

from pipeline.findings import Severity


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("号码‸11010519491231002X。", "1101**********002X"),
        ("号码‸110105 19491231 002x。", "1101**********002X"),
        ("身份证‸110105194912310021。", "1101**********0021"),
        ("旧号‸110105491231002。", "1101*******1002"),
    ],
)
def test_identity_numbers(workshop: Workshop, text: str, masked: str) -> None:
    """One with a right date and check is an error; so is any other that is called one."""
    (finding,) = found(workshop, "NB441", text)
    assert finding.message == f"{masked} 是身份证号码。"
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    "text",
    [
        "编号110105194912310021。",
        "编号110105194913310025。",
        "编号11010519491231002X7。",
        "编号990105491231002。",
        "代码91110000100000000X。",
    ],
)
def test_other_numbers(workshop: Workshop, text: str) -> None:
    """A wrong check, a month 13, a digit more or a region that is none: no identity number."""
    assert found(workshop, "NB441", text) == []


@pytest.mark.parametrize(
    "text",
    ["电话‸13812345678。", "电话‸138-1234-5678。", "电话‸138 1234 5678。", "+86 ‸13812345678"],
)
def test_mobile_numbers(workshop: Workshop, text: str) -> None:
    """They are found however they are grouped, and masked."""
    (finding,) = found(workshop, "NB442", text)
    assert finding.message == "138****5678 是手机号码。"
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    "text",
    [
        "电话0531-12345678。",
        "编号138123456789。",
        "138****5678",
        "共12812345678元",
        "1.13812345678",
    ],
)
def test_other_telephones(workshop: Workshop, text: str) -> None:
    """Fixed lines, longer numbers and masked ones are left alone."""
    assert found(workshop, "NB442", text) == []


@pytest.mark.parametrize("text", ["账号‸6222021234567894。", "账号‸6222 0212 3456 7894。"])
def test_bank_cards(workshop: Workshop, text: str) -> None:
    """The digits of a card pass its check."""
    (finding,) = found(workshop, "NB443", text)
    assert finding.message == "6222********7894 像是银行卡号码。"
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    "text", ["编号6222021234567895。", "编号0222021234567894。", "62220212345678"]
)
def test_other_long_numbers(workshop: Workshop, text: str) -> None:
    """A wrong check, another beginning, or too few digits."""
    assert found(workshop, "NB443", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "申请人‸张某某提出三件。",
        "申请人：‸李四",
        "申请人‸王五（示例街居民）撤回申请。",
        "原告‸赵六不服。",
        "申请人‸欧阳小明，要求公开。",
    ],
)
def test_names_of_applicants(workshop: Workshop, text: str) -> None:
    """A name behind 申请人 is found, and not repeated."""
    (finding,) = found(workshop, "NB444", text)
    name = text.partition("‸")[2]
    assert finding.message.endswith(f"{name[0]}某”是申请人的姓名。")
    assert name[:3] not in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "申请人提出申请，申请人对答复不服，申请人主动撤回，申请人于法定期限内未补正。",
        "申请人范围不限，申请人陈述，申请人均为自然人，申请人和第三人，申请人程序性权利。",
        "申请人为自然人。",
        "向申请人说明理由，由申请人补正。",
    ],
)
def test_applicants_without_names(workshop: Workshop, text: str) -> None:
    """What an applicant does is no name."""
    assert found(workshop, "NB444", text) == []
