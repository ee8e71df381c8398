"""Digital signatures, measured in the signed file: what is added, what stays, what is found out."""

import contextlib
import datetime as dt
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import page as validator
import pikepdf
import pypdf
import pypdfium2
import pytest
from conftest import Workshop
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from extraction import READERS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notary import (
    CA,
    CLERK,
    FIRST,
    LAST,
    LONER,
    OTHER_ROOT,
    PASSWORD,
    ROOT,
    SIGNS,
    TSA,
    Holder,
    Office,
    certify,
    served,
    usage,
)
from PIL import ImageChops
from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from records import TARGETS, Shelf

from pipeline.errors import FileProblem, Refused, UsageError
from pipeline.events import BEIJING
from pipeline.signing import certificates, document, sign
from pipeline.signing.examination import examine, is_signed
from pipeline.signing.timestamps import Service
from pipeline.signing.verdict import Signature, Trust, lines
from pipeline.stamping import stamp as stamping

TIME = dt.datetime(2027, 1, 12, 9, 30, 5, tzinfo=BEIJING)
PROFILES = (validator.ValidationProfile.PDF_A_3A, validator.ValidationProfile.PDF_UA_1)
NAME = "example/2023"
STEADY = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


def identity(holder: Holder = CLERK) -> certificates.Identity:
    """Somebody who may sign."""
    return certificates.load(holder.file(), PASSWORD, TIME)


def signed(pdf: bytes, holder: Holder = CLERK, **options: Any) -> bytes:
    """The file, signed at the time of all tests."""
    return sign.sign(document.read(pdf), identity(holder), **{"time": TIME, **options})


@pytest.fixture(scope="session")
def plain(shelf: Shelf) -> bytes:
    """A stamped report."""
    return shelf(NAME, "sealed").read_bytes()


@pytest.fixture(scope="session")
def made(plain: bytes) -> bytes:
    """It, signed."""
    return signed(plain)


@pytest.fixture(scope="session")
def seen(plain: bytes) -> bytes:
    """It, signed at its seal."""
    return signed(plain, visible=True)


def only(pdf: bytes, *roots: Holder) -> Signature:
    """The one signature of a file."""
    (found,) = examine(pdf, [root.pem for root in roots])
    return found


# --- what is made ---


@pytest.mark.parametrize(
    ("name", "state"), [*((name, "sealed") for name in TARGETS), (NAME, "report"), (NAME, "ink")]
)
def test_conforms(name: str, state: str, shelf: Shelf) -> None:
    """Every report stays PDF/A-3a and PDF/UA-1, signed unseen or at its seal."""
    pdf = shelf(name, state).read_bytes()
    sealed = document.read(pdf).seal is not None
    for visible in {False, sealed}:
        file = signed(pdf, LONER, visible=visible)
        for profile in PROFILES:
            verdict = validator.validate_pdf_bytes(file, profile=profile)
            assert [(each.rule_id, each.message) for each in verdict.failures] == []
        assert only(file).holds


def test_what_was_there_stays(plain: bytes, made: bytes, seen: bytes) -> None:
    """The bytes before are the same; the signature stands behind them and covers all but itself."""
    for file in (made, seen):
        assert file.startswith(plain)
        (found,) = re.findall(rb"/ByteRange ?\[0 (\d+) (\d+) (\d+)\]", file)
        before, behind, after = map(int, found)
        assert len(plain) < before < behind
        assert behind + after == len(file)
        assert re.fullmatch(rb"<[0-9A-F]+>", file[before:behind])


def test_pages_and_text_stay(plain: bytes, made: bytes, seen: bytes, tmp_path: Path) -> None:
    """Every page looks as before, to the pixel, forms drawn too; every reader reads the same."""
    files = []
    for number, pdf in enumerate((plain, made, seen)):
        files.append(tmp_path / f"{number}.pdf")
        files[-1].write_bytes(pdf)
    pictures = []
    for file in files:
        with pypdfium2.PdfDocument(file) as opened:
            opened.init_forms()
            # as Chrome does; signatures are not highlighted
            pypdfium2.raw.FPDF_SetFormFieldHighlightColor(opened.formenv, 0, 0xFFE4DD)
            pypdfium2.raw.FPDF_SetFormFieldHighlightAlpha(opened.formenv, 100)
            pictures.append([each.render(scale=2).to_pil() for each in opened])
    for pages in pictures[1:]:
        assert len(pages) == len(pictures[0])
        for page, old in zip(pages, pictures[0], strict=True):
            assert ImageChops.difference(page, old).getbbox() is None
    shown = [subprocess.check_output(["pdftoppm", "-r", "60", str(file)]) for file in files]
    assert shown[0] == shown[1] == shown[2]
    for reader in READERS.values():
        assert reader(files[0]) == reader(files[1]) == reader(files[2])


def test_the_field_is_tagged(plain: bytes, made: bytes, seen: bytes) -> None:
    """A Form element behind name, date and seal leads to the widget and back; it has its words."""
    with pikepdf.open(BytesIO(plain)) as pdf:
        before = len(pdf.Root.StructTreeRoot.ParentTree.Nums)
    for file in (made, seen):
        with pikepdf.open(BytesIO(file)) as pdf:
            form, tree = pdf.Root.AcroForm, pdf.Root.StructTreeRoot
            assert sorted(form.keys()) == ["/Fields", "/SigFlags"]
            assert form.SigFlags == 3
            (widget,) = form.Fields
            assert (widget.FT, widget.Subtype, widget.F) == ("/Sig", "/Widget", 132)
            assert str(widget.TU) == f"{document.read(plain).passport.agency}的数字签名"
            names = tree.IDTree.Names
            held = {str(names[at]): names[at + 1] for at in range(0, len(names), 2)}
            kids = list(held["signature"].K)
            assert [str(kid.S) for kid in kids] == ["/P", "/P", "/Figure", "/Form"]
            element = kids[-1]
            assert element.P.ID == "signature"
            assert (element.K.Type, element.K.Obj.objgen) == ("/OBJR", widget.objgen)
            numbers = tree.ParentTree.Nums
            assert len(numbers) == before + 2
            assert (numbers[-2], numbers[-1].objgen) == (widget.StructParent, element.objgen)
            assert tree.ParentTreeNextKey == widget.StructParent + 1
            (page,) = [each for each in pdf.pages if "/Annots" in each]
            assert [annotation.objgen for annotation in page.Annots] == [widget.objgen]
            assert page.objgen == widget.P.objgen == element.Pg.objgen == kids[0].Pg.objgen


def test_a_visible_signature_lies_over_the_seal(made: bytes, seen: bytes) -> None:
    """Its widget has the box of the seal and draws nothing; an unseen one has no size."""
    with pikepdf.open(BytesIO(seen)) as pdf:
        (widget,) = pdf.Root.AcroForm.Fields
        names = pdf.Root.StructTreeRoot.IDTree.Names
        figure = next(
            kid
            for at in range(0, len(names), 2)
            if str(names[at]) == "signature"
            for kid in names[at + 1].K
            if kid.S == "/Figure"
        )
        assert [float(edge) for edge in widget.Rect] == pytest.approx(
            [float(edge) for edge in figure.A.BBox], abs=0.01
        )
        assert widget.AP.N.read_bytes() == b""
        width, height = (float(side) for side in list(widget.AP.N.BBox)[2:])
        assert width == pytest.approx(42 / 25.4 * 72, abs=0.1)
        assert height == pytest.approx(width, abs=0.1)
    with pikepdf.open(BytesIO(made)) as pdf:
        (widget,) = pdf.Root.AcroForm.Fields
        assert [float(edge) for edge in widget.Rect] == [0, 0, 0, 0]
        assert "/AP" not in widget


def test_what_the_signature_says(plain: bytes, made: bytes) -> None:
    """PAdES, the agency as name, the report as reason, the time; nothing else has changed."""
    with pikepdf.open(BytesIO(made)) as pdf, pikepdf.open(BytesIO(plain)) as before:
        entries = pdf.Root.AcroForm.Fields[0].V
        assert entries.SubFilter == "/ETSI.CAdES.detached"
        assert str(entries.Name) == str(before.docinfo["/Author"])
        assert str(entries.Reason) == "样例，仅供测试"
        assert str(entries.M) == "D:20270112093005+08'00'"
        assert {*entries.keys()} == {
            *("/Type", "/Filter", "/SubFilter", "/M", "/Name", "/Reason", "/ByteRange"),
            "/Contents",
        }
        assert dict(pdf.docinfo) == dict(before.docinfo)
        assert pdf.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert pdf.trailer.ID[0] == before.trailer.ID[0]
        assert pdf.trailer.ID[1] != before.trailer.ID[1]
        assert pdf.check_pdf_syntax() == []


def test_a_report_that_is_none_of_samples(plain: bytes) -> None:
    """What is issued is named."""
    read = document.read(plain)
    real = replace(read, passport=read.passport.model_copy(update={"sample": False}))
    found = only(sign.sign(real, identity(), time=TIME))
    assert found.reason == f"签发《{read.title}》"
    assert f"签名事由：签发《{read.title}》" in lines(found)


def test_too_long_a_chain(plain: bytes) -> None:
    """What has no room is refused."""
    crowd = tuple(certify(f"人{number}").certificate for number in range(30))
    with pytest.raises(Refused, match="放不下"):
        sign.sign(document.read(plain), replace(identity(), chain=crowd), time=TIME)


def test_the_same_bytes(plain: bytes, made: bytes, tmp_path: Path) -> None:
    """With an RSA key, signing again gives the same bytes, in another process, too."""
    assert signed(plain) == made
    (tmp_path / "in.pdf").write_bytes(plain)
    (tmp_path / "key.p12").write_bytes(CLERK.file())
    program = (
        "import sys, datetime as dt\n"
        "from pathlib import Path\n"
        "from pipeline.signing import certificates, document, sign\n"
        "folder, password, time = Path(sys.argv[1]), sys.argv[2], sys.argv[3]\n"
        "time = dt.datetime.fromisoformat(time)\n"
        "who = certificates.load((folder / 'key.p12').read_bytes(), password, time)\n"
        "made = sign.sign(document.read((folder / 'in.pdf').read_bytes()), who, time=time)\n"
        "(folder / 'out.pdf').write_bytes(made)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path), PASSWORD, TIME.isoformat()]
    subprocess.run(command, check=True)
    assert (tmp_path / "out.pdf").read_bytes() == made


def test_another_time_is_another_file(plain: bytes, made: bytes) -> None:
    """The second half of the file's ID tells two signings apart."""
    other = signed(plain, time=TIME + dt.timedelta(seconds=1))
    with pikepdf.open(BytesIO(made)) as one, pikepdf.open(BytesIO(other)) as two:
        assert one.trailer.ID[1] != two.trailer.ID[1]


@pytest.mark.parametrize("file", ["made", "seen"])
def test_poppler_agrees(file: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """An independent reader finds the signature valid, and the whole document signed."""
    path = tmp_path / "signed.pdf"
    path.write_bytes(request.getfixturevalue(file))
    told = subprocess.check_output(["pdfsig", str(path)], text=True)
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "CN=示例签名人" in told
    changed = bytearray(path.read_bytes())
    changed[1000] ^= 1
    path.write_bytes(changed)
    told = subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." not in told


def test_stamp_refuses_a_signed_file(made: bytes) -> None:
    """Signing is the last step."""
    with pytest.raises(Refused, match="已有数字签名"):
        stamping.passport_of(made)


def test_no_network_unless_configured(plain: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing and examining open no connection."""

    def forbidden(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    assert only(signed(plain), ROOT).trust is Trust.TRUSTED


# --- what is examined ---


def test_examined(plain: bytes, made: bytes) -> None:
    """Who, when, by whom vouched for, how; nothing is wrong."""
    found = only(made)
    assert found.holds
    assert found.intact
    assert found.whole
    assert (found.later, found.problem, found.timestamp) == (0, "", None)
    assert found.certificate is not None
    assert found.certificate.holder == "示例签名人（示例市样板区示范街道办事处）"
    assert found.certificate.issuer == "示例中间证书"
    assert (found.certificate.first, found.certificate.last) == (FIRST, LAST)
    assert not found.certificate.self_signed
    assert found.agency == document.read(plain).passport.agency
    assert found.claimed == found.time == TIME
    assert found.algorithm == "RSA 2048 位，SHA-256"
    assert found.trust is Trust.UNCHECKED
    told = "\n".join(lines(found))
    assert "签名：完好，但没有核对是谁签的" in told
    assert "签名者身份：未检测（没有用 --root 给出可信的根证书）" in told
    assert "2027年1月12日 09:30:05（签名人电脑的时间）" in told
    assert examine(plain) == ()
    assert is_signed(made)
    assert not is_signed(plain)


def test_elliptic_curves(plain: bytes) -> None:
    """An ECDSA key signs as well."""
    found = only(signed(plain, certify("曲线签名人", ROOT, SIGNS, kind="ec")), ROOT)
    assert found.holds
    assert found.algorithm == "ECDSA secp256r1，SHA-256"


def test_trust(made: bytes, plain: bytes) -> None:
    """The certificate's root vouches for it, as PEM or DER; another root does not."""
    assert only(made, ROOT).trust is Trust.TRUSTED
    assert "签名：有效" in lines(only(made, OTHER_ROOT, ROOT))
    der = ROOT.certificate.public_bytes(serialization.Encoding.DER)
    assert examine(made, [der])[0].trust is Trust.TRUSTED
    other = only(made, OTHER_ROOT)
    assert (other.trust, other.intact, other.holds) == (Trust.UNTRUSTED, True, False)
    assert "签名：无效" in lines(other)
    own = signed(plain, LONER)
    assert only(own).holds
    assert any("自签名证书，不能证明身份" in line for line in lines(only(own)))
    assert "签名者身份：未检测（没有用 --root 给出可信的根证书）" in lines(only(own))
    assert only(own, LONER).trust is Trust.TRUSTED
    assert only(own, ROOT).trust is Trust.UNTRUSTED
    with pytest.raises(FileProblem, match="根证书文件无法识别"):
        examine(made, [b"nonsense"])


@pytest.mark.parametrize(
    "extensions",
    [
        (),
        (usage(digital_signature=True),),
        (usage(content_commitment=True),),
        (SIGNS, x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.EMAIL_PROTECTION])),
    ],
)
def test_trust_in_every_usage(extensions: tuple[Any, ...], plain: bytes) -> None:
    """What may sign is trusted when it did."""
    holder = certify("各种用途", ROOT, *extensions)
    assert only(signed(plain, holder), ROOT).trust is Trust.TRUSTED


def test_judged_by_the_time_of_signing(plain: bytes) -> None:
    """A certificate that has expired since still holds; one that was not valid then does not."""
    short = certify("短期签名人", ROOT, SIGNS, first=FIRST, last=TIME + dt.timedelta(days=1))
    assert only(signed(plain, short), ROOT).trust is Trust.TRUSTED
    late = TIME + dt.timedelta(days=2)
    found = only(sign.sign(document.read(plain), identity(short), time=late))
    assert found.problem == "签名时，证书不在有效期内。"
    assert not found.holds


def test_what_people_read_is_printable(plain: bytes) -> None:
    """Names in a certificate cannot steer a terminal."""
    found = only(signed(plain, certify("坏人\x1b[31m\n签名：有效")))
    assert found.certificate is not None
    assert found.certificate.holder == "坏人·[31m·签名：有效"
    assert all(char.isprintable() for line in lines(found) for char in line)


# --- what is found out ---


def refuted(pdf: bytes) -> bool:
    """Whether no signature is found, or something is wrong with it."""
    found = examine(pdf)
    return not found or not all(each.holds for each in found)


def spoilt(pdf: bytes) -> bool:
    """Whether there is a signature, and something is wrong with it."""
    found = examine(pdf)
    return bool(found) and not any(each.holds for each in found)


@STEADY
@given(data=st.data(), bit=st.integers(0, 7), late=st.booleans())
def test_any_flipped_bit(
    plain: bytes, made: bytes, data: st.DataObject, bit: int, late: bool
) -> None:
    """Any bit of what is covered: the signature does not hold, and the file still tells of it."""
    start, end = (len(plain), len(made)) if late else (0, len(made))
    before, behind = _gap(made)
    at = data.draw(st.integers(start, end - 1 - (behind - before)))
    at += (behind - before) if at >= before else 0
    changed = bytearray(made)
    changed[at] ^= 1 << bit
    assert spoilt(bytes(changed))


@pytest.mark.slow
def test_bytes_of_the_update(plain: bytes, made: bytes) -> None:
    """What the signature came with cannot be changed, whatever that does to the file's form."""
    before, behind = _gap(made)
    for at in range(len(plain), len(made), 11):
        if not before <= at < behind:
            changed = bytearray(made)
            changed[at] ^= 1
            assert spoilt(bytes(changed)), at


@STEADY
@given(data=st.data(), piece=st.binary(min_size=1, max_size=9), drop=st.integers(0, 9))
def test_any_insertion_or_removal(
    made: bytes, data: st.DataObject, piece: bytes, drop: int
) -> None:
    """Bytes put in anywhere, with or without others taken out."""
    at = data.draw(st.integers(0, len(made)))
    changed = made[:at] + piece + made[at + drop :]
    if changed != made:
        assert refuted(changed)


@given(cut=st.integers(0, 400_000))
def test_any_truncation(made: bytes, cut: int) -> None:
    """A file without its end."""
    assert refuted(made[: min(cut, len(made) - 1)])


@pytest.mark.parametrize("piece", [b"\n", b"% remark\n", b"\0" * 40])
def test_appended(made: bytes, piece: bytes) -> None:
    """Anything behind the end is counted."""
    found = only(made + piece)
    assert (found.intact, found.whole, found.later) == (True, False, len(piece))
    assert f"追加了 {len(piece)} 字节" in "\n".join(lines(found))


@pytest.mark.parametrize("mark", [b"/ByteRange", b"/SubFilter", b"/AcroForm", b"/Contents"])
def test_what_makes_a_signature(plain: bytes, made: bytes, mark: bytes) -> None:
    """Each byte of the names by which a signature is known."""
    start = made.index(mark, len(plain))
    for at in range(start, start + len(mark)):
        changed = bytearray(made)
        changed[at] ^= 1
        assert spoilt(bytes(changed)), at


def test_filled_room(made: bytes) -> None:
    """What is left of the room for the signature holds nothing."""
    _, behind = _gap(made)
    changed = bytearray(made)
    changed[behind - 3 : behind - 1] = b"41"
    found = only(bytes(changed))
    assert (found.intact, found.whole, found.holds) == (True, False, False)


def test_a_later_update(made: bytes) -> None:
    """An update as viewers write them, even one that changes nothing to be seen."""
    writer = IncrementalPdfFileWriter(BytesIO(made))
    writer.root["/PageMode"] = NameObject("/UseNone")
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    found = only(out.getvalue())
    assert (found.intact, found.whole, found.holds) == (True, False, False)
    assert found.later == len(out.getvalue()) - len(made)


def test_rewritten(made: bytes) -> None:
    """A file that a program has opened and saved."""
    out = BytesIO()
    with pikepdf.open(BytesIO(made)) as pdf:
        pdf.save(out)
    assert not only(out.getvalue()).intact
    out = BytesIO()
    pypdf.PdfWriter(clone_from=BytesIO(made)).write(out)
    assert refuted(out.getvalue())


def test_a_second_signature(made: bytes, tmp_path: Path) -> None:
    """Somebody else's on top: the first one says that it does not cover the whole file any more."""
    (tmp_path / "other.p12").write_bytes(LONER.file())
    signer = SimpleSigner.load_pkcs12(tmp_path / "other.p12", passphrase=PASSWORD.encode())
    out = sign_pdf(
        IncrementalPdfFileWriter(BytesIO(made)),
        PdfSignatureMetadata(field_name="Second"),
        signer=signer,
    )
    first, second = examine(out.getvalue())
    assert (first.intact, first.whole, first.holds) == (True, False, False)
    assert (second.intact, second.whole, second.holds) == (True, True, True)


def test_a_hidden_signature(made: bytes) -> None:
    """A signature that the form does not list any more is missed."""
    changed = made.replace(b"/AcroForm", b"/AcroFoam")
    assert changed != made
    (found,) = examine(changed)
    assert "只能找到 0 个签名" in found.problem
    assert lines(found)[0] == "签名：无效"


def test_metadata_hide_no_signature(made: bytes) -> None:
    """A packet of metadata that seems to go on over the signature does not cover it up."""
    changed = made.replace(b"<?xpacket end", b"<?xpacket eNd", 1)
    changed += b'%<?xpacket end="w"?>\n'
    assert is_signed(changed)
    assert not any(found.holds for found in examine(changed))


def test_words_that_look_like_a_signature(workshop: Workshop) -> None:
    """An office may be called anything: a report of it is not taken for signed, and can be."""
    words = "/ByteRange [0 1 2 3] /SubFilter /adbe.pkcs7 (%"
    office = {"name": words, "title_name": words, "signature": "unsealed"}
    report = workshop.build(workshop.blank(), office).read_bytes()
    assert words.replace("/", "&#47;").encode() in report
    assert not is_signed(report)
    assert examine(report) == ()
    found = only(signed(report))
    assert found.holds
    assert found.agency == words
    assert words in found.reason


def test_a_crowd_of_signatures(made: bytes) -> None:
    """Only so many are looked at, and that is told."""
    out = BytesIO()
    with pikepdf.open(BytesIO(made)) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        (page,) = [each for each in pdf.pages if "/Annots" in each]
        del page.Annots
        pdf.Root.AcroForm.Fields = pikepdf.Array(
            pdf.make_indirect(
                pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String(f"S{n}"), V=field.V)
            )
            for n in range(40)
        )
        pdf.save(out)
    found = examine(out.getvalue())
    assert len(found) == 21
    assert "只检测了前 20 个" in found[-1].problem
    assert not any(each.holds for each in found)


@pytest.mark.parametrize(
    "pdf",
    [
        b"",
        b"%PDF-1.7\n/ByteRange [0 1 2 3]",
        b"/ByteRange[" * 2000,
        b"%PDF-1.7\n1 0 obj\n<</ByteRange [0 0 0 0]>>\nendobj\nstartxref\n9\n%%EOF",
    ],
)
def test_no_pdf(pdf: bytes) -> None:
    """Nonsense is told as a broken signature where it looks like one."""
    found = examine(pdf)
    assert len(found) == int(b"/ByteRange" in pdf)
    assert not any(each.holds for each in found)


def test_an_empty_field_is_no_signature(plain: bytes) -> None:
    """A field to be signed by somebody is none yet; but the file is not ours any more."""
    writer = IncrementalPdfFileWriter(BytesIO(plain))
    append_signature_field(writer, SigFieldSpec("Later"))
    out = BytesIO()
    writer.write(out)
    assert examine(out.getvalue()) == ()
    with pytest.raises(Refused, match="已有数字签名"):
        document.read(out.getvalue())


# --- timestamps ---


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    """A timestamp service, whose clock is a little ahead."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return Office(TIME + dt.timedelta(seconds=20))


def test_with_a_timestamp(plain: bytes, office: Office) -> None:
    """B-T: the service's token is for this signature; it was asked once, for a digest only."""
    with served(office) as address:
        file = signed(plain, timestamper=Service(address))
    (asked,) = office.asked
    assert len(asked["message_imprint"]["hashed_message"].native) == 32
    found = only(file)
    assert found.holds
    assert found.timestamp is not None
    assert (found.timestamp.intact, found.timestamp.trust) == (True, Trust.UNCHECKED)
    assert found.timestamp.service == "示例时间戳服务"
    assert found.time == TIME + dt.timedelta(seconds=20)
    assert "2027年1月12日 09:30:25，由示例时间戳服务签发（签发者未检测）" in "\n".join(lines(found))
    trusted = only(file, ROOT)
    assert trusted.timestamp is not None
    assert (trusted.trust, trusted.timestamp.trust) == (Trust.TRUSTED, Trust.TRUSTED)
    for profile in PROFILES:
        assert validator.validate_pdf_bytes(file, profile=profile).is_compliant
    assert file.startswith(plain)


def test_a_timestamp_of_strangers(plain: bytes, office: Office) -> None:
    """The signer's root is trusted and the service's is not: that is told, and does not hold."""
    lone = certify("独立签名人", OTHER_ROOT, SIGNS)
    with served(office) as address:
        file = signed(plain, lone, timestamper=Service(address))
    found = only(file, OTHER_ROOT)
    assert found.timestamp is not None
    assert (found.trust, found.timestamp.trust) == (Trust.TRUSTED, Trust.UNTRUSTED)
    assert not found.holds


@pytest.mark.parametrize(
    ("mood", "message"),
    [
        ("error", "HTTP 503"),
        ("nonsense", "无法识别"),
        ("empty", "无法识别"),
        ("rejection", "没有给出时间戳（rejection）"),
        ("nonce", "没有给出时间戳"),
    ],
)
def test_a_service_that_fails(mood: str, message: str, plain: bytes, office: Office) -> None:
    """Whatever it answers, the clerk learns what to do."""
    office.mood = mood
    with served(office) as address, pytest.raises(Refused, match=message) as told:
        signed(plain, timestamper=Service(address))
    assert "--timestamp" in told.value.hint


def test_a_service_that_is_not_there(plain: bytes, office: Office) -> None:
    """Nobody listens."""
    with served(office) as address:
        pass
    with pytest.raises(Refused, match="连接不上"):
        signed(plain, timestamper=Service(address))


def test_a_token_for_something_else(plain: bytes, office: Office) -> None:
    """A timestamp of another digest is told, and the signature does not hold."""
    office.mood = "other"
    with served(office) as address:
        found = only(signed(plain, timestamper=Service(address)))
    assert found.timestamp is not None
    assert (found.intact, found.timestamp.intact, found.holds) == (True, False, False)
    assert found.time == TIME


@pytest.mark.parametrize(
    "address", ["", "tsa.example", "file:///etc/passwd", "http://", "http://["]
)
def test_addresses(address: str) -> None:
    """Only the web is asked."""
    with pytest.raises(UsageError, match="地址无法识别"):
        Service(address)


# --- certificates ---


@pytest.mark.parametrize(
    ("holder", "message"),
    [
        (lambda: certify("过期", last=TIME - dt.timedelta(days=1)), "已过期：有效期至 2027-01-11"),
        (lambda: certify("未到", first=TIME + dt.timedelta(days=1)), "尚未生效：2027-01-13"),
        (lambda: certify("加密", ROOT, usage(key_encipherment=True)), "用途不含数字签名"),
        (
            lambda: certify(
                "网站", ROOT, x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH])
            ),
            "不是文件签名用的",
        ),
        (lambda: TSA, "不是文件签名用的"),
        (lambda: certify("机构", ROOT, CA, SIGNS), "签发证书用的"),
        (lambda: certify("弱", kind="weak"), "只有 1024 位"),
        (lambda: certify("曲线", kind="koblitz"), "secp256k1 不受支持"),
        (lambda: certify("爱德华", kind="edwards"), "不是 RSA 或 ECDSA"),
    ],
)
def test_certificates_that_do_not_hold(holder: Callable[[], Holder], message: str) -> None:
    """A certificate that readers would reject is refused, with a remedy."""
    with pytest.raises(Refused, match=message) as told:
        identity(holder())
    assert told.value.hint


def test_certificates_that_hold() -> None:
    """Any of the usages of signatures will do, and none said is all said."""
    for number, extensions in enumerate(
        [
            (),
            (usage(digital_signature=True),),
            (usage(content_commitment=True),),
            (x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.EMAIL_PROTECTION]),),
            (
                x509.ExtendedKeyUsage(
                    [
                        x509.ExtendedKeyUsageOID.SERVER_AUTH,
                        x509.ExtendedKeyUsageOID.CLIENT_AUTH,
                    ]
                ),
            ),
        ]
    ):
        assert not identity(certify(f"可用{number}", ROOT, *extensions)).self_signed
    assert identity(LONER).self_signed


def test_names() -> None:
    """The agency stands in the certificate's name, or it does not."""
    assert identity().names("示例市样板区示范街道办事处")
    assert not identity().names("别的街道办事处")


@pytest.mark.parametrize("password", ["", "口令", "口令 1 ", "x" * 2000])
def test_wrong_password(password: str) -> None:
    """It is told as such."""
    with pytest.raises(UsageError, match="密码不对"):
        certificates.load(CLERK.file(), password, TIME)


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\x30\x80", b"0" * 5000, b"-----BEGIN"])
def test_no_pkcs12(data: bytes) -> None:
    """A file of another kind is told as such."""
    with pytest.raises(FileProblem, match="不是 PKCS#12"):
        certificates.load(data, PASSWORD, TIME)


@given(at=st.integers(0, 10_000), value=st.integers(0, 255))
def test_spoilt_pkcs12(at: int, value: int) -> None:
    """A damaged file never ends in anything but a message, or in the same identity."""
    data = bytearray(CLERK.file())
    data[at % len(data)] = value
    with contextlib.suppress(FileProblem, UsageError, Refused):
        assert certificates.load(bytes(data), PASSWORD, TIME).certificate == CLERK.certificate


def test_without_a_key() -> None:
    """A file of certificates only."""
    none = pkcs12.serialize_key_and_certificates(
        None, None, CLERK.certificate, None, serialization.NoEncryption()
    )
    with pytest.raises(Refused, match="没有私钥"):
        certificates.load(none, "", TIME)


# --- what is not signed ---


def test_documents_that_are_refused(shelf: Shelf, made: bytes, plain: bytes) -> None:
    """A draft, a signed file, a foreign one, an encrypted one, a broken one."""
    with pytest.raises(Refused, match="送审稿"):
        document.read(shelf(NAME, "draft").read_bytes())
    with pytest.raises(Refused, match="已有数字签名"):
        document.read(made)
    out = BytesIO()
    pikepdf.new().save(out)
    with pytest.raises(Refused, match="没有签名所需的信息"):
        document.read(out.getvalue())
    out = BytesIO()
    with pikepdf.open(BytesIO(plain)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user=""))
    with pytest.raises(Refused, match="已加密"):
        document.read(out.getvalue())
    for broken in (b"", b"%PDF-1.7", plain[: len(plain) // 2]):
        with pytest.raises(FileProblem, match="已损坏"):
            document.read(broken)


def test_visible_without_a_seal(shelf: Shelf) -> None:
    """There is nothing to click on."""
    with pytest.raises(Refused, match="没有电子印章"):
        signed(shelf(NAME, "ink").read_bytes(), visible=True)


def _gap(pdf: bytes) -> tuple[int, int]:
    """Where the signature itself stands, which it does not cover."""
    (found,) = re.findall(rb"/ByteRange ?\[0 (\d+) (\d+) \d+\]", pdf)
    return int(found[0]), int(found[1])
