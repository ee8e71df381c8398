"""Good files made bad: for each rule that keeps a PDF from conforming, a change that breaks it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from pipeline.pdf.writing import written

Change = Callable[[Pdf], None]


@dataclass(frozen=True)
class Bad:
    """A way to spoil a file: what it is, the rule it breaks, and whether `page` knows the rule."""

    title: str
    rule: str
    change: Callable[[bytes], bytes]
    known: bool = True

    def __str__(self) -> str:
        return self.title


def saved(pdf: Pdf, **options: object) -> bytes:
    """The bytes of a file, written without further care."""
    made = BytesIO()
    mode = pikepdf.ObjectStreamMode.generate
    pdf.save(made, object_stream_mode=mode, static_id=True, **options)  # type: ignore[arg-type]
    return made.getvalue()


def changed(pdf: bytes, change: Change) -> bytes:
    """A file with a change of its objects."""
    with Pdf.open(BytesIO(pdf)) as document:
        change(document)
        return written(document)


def content(pdf: Pdf, change: Callable[[bytes], bytes], page: int = 0) -> None:
    """Change what a page shows."""
    target = pdf.pages[page]
    before = target.Contents.read_bytes()
    after = change(before)
    assert after != before
    target.Contents = pdf.make_stream(after)


def packet(pdf: Pdf, pattern: str, by: str) -> None:
    """Change the XMP packet."""
    before = pdf.Root.Metadata.read_bytes().decode()
    after = re.sub(pattern, by, before, count=1, flags=re.DOTALL)
    assert after != before
    pdf.Root.Metadata.write(after.encode())


def font(pdf: Pdf) -> Object:
    """A font that the first page shows."""
    fonts = pdf.pages[0].Resources.Font
    return fonts[min(fonts.keys())]


def descriptor(pdf: Pdf) -> Object:
    """Its descriptor."""
    return font(pdf).DescendantFonts[0].FontDescriptor


def unicode(pdf: Pdf, by: str) -> None:
    """Let a code that the first page shows mean something else; "" lets it mean nothing."""
    name = min(pdf.pages[0].Resources.Font.keys())
    shown = pdf.pages[0].Contents.read_bytes()
    found = re.search(rb"%s \S+ Tf.*?<([0-9a-f]{4})" % name.encode(), shown, re.DOTALL)
    assert found
    before = font(pdf).ToUnicode.read_bytes()
    line = rb"<%s> <[0-9A-F]+>" % found[1].upper()
    after = re.sub(line, b"<%s> <%s>" % (found[1].upper(), by.encode()) if by else b"", before)
    assert after != before
    font(pdf).ToUnicode.write(after)


def elements(pdf: Pdf, kind: str) -> Iterator[Object]:
    """The tags of a type, in the order of their objects."""
    wanted = Name(f"/{kind}")
    for each in pdf.objects:
        if isinstance(each, Dictionary) and each.get("/Type") == "/StructElem" and wanted == each.S:
            yield each


def element(pdf: Pdf, kind: str) -> Object:
    """The first tag of a type."""
    return next(elements(pdf, kind))


def attributes(pdf: Pdf, kind: str, **values: object) -> None:
    """Give the first cell of a type further attributes."""
    cell = element(pdf, kind)
    attribute = cell.get("/A", Dictionary(O=Name.Table))
    for key, value in values.items():
        attribute[f"/{key}"] = value
    cell.A = attribute


def resource(pdf: Pdf, category: str, name: str, value: Object) -> None:
    """Give the first page a resource."""
    resources = pdf.pages[0].Resources
    if category not in resources:
        resources[category] = Dictionary()
    resources[category][name] = value


def drawn(pdf: Pdf, form: Stream, tag: bytes = b"/Artifact BMC %s EMC") -> None:
    """Draw a form or image on the first page, as an artifact."""
    resource(pdf, "/XObject", "/Spoil", pdf.make_indirect(form))
    content(pdf, lambda shown: shown + b"\n" + tag % b"/Spoil Do")


def helvetica(pdf: Pdf) -> None:
    """Show text in a font that is not in the file, in a form."""
    bare = Dictionary(
        Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
    )
    form = Stream(pdf, b"BT /F 12 Tf (a) Tj ET")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    form.Resources = Dictionary(Font=Dictionary(F=bare))
    drawn(pdf, form)


def image(pdf: Pdf, **values: object) -> None:
    """Draw a pixel with further entries."""
    pixel = Stream(pdf, b"\0")
    pixel.Type, pixel.Subtype, pixel.Width, pixel.Height = Name.XObject, Name.Image, 1, 1
    pixel.BitsPerComponent, pixel.ColorSpace = 8, Name.DeviceGray
    for key, value in values.items():
        pixel[f"/{key}"] = value
    drawn(pdf, pixel)


def lzw(pdf: bytes) -> bytes:
    """The file with an image of one pixel, compressed by LZW."""
    with Pdf.open(BytesIO(pdf)) as document:
        image(document)
        pixel = document.pages[0].Resources.XObject.Spoil
        pixel.write(b"\x80\x00\x40\x40", filter=Name.LZWDecode)
        return saved(document, compress_streams=False)


def postscript(pdf: Pdf) -> None:
    """Draw a program in PostScript."""
    program = Stream(pdf, b"showpage")
    program.Type, program.Subtype = Name.XObject, Name.PS
    drawn(pdf, program)


def state(pdf: Pdf, **values: object) -> None:
    """Use a graphics state."""
    resource(pdf, "/ExtGState", "/Spoil", Dictionary(Type=Name.ExtGState, **values))
    content(pdf, lambda shown: b"q /Spoil gs Q " + shown)


def annotate(pdf: Pdf, **values: object) -> None:
    """Lay an annotation on the first page."""
    given = {"F": 4, **values}
    made = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **given)
    widget = pdf.make_indirect(made)
    pdf.pages[0].obj.Annots = Array([widget])
    pdf.Root.AcroForm = Dictionary(Fields=Array([widget]))


def script() -> Object:
    """An action in JavaScript."""
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def unmark(shown: bytes) -> bytes:
    """Take the mark off the first tagged text."""
    return re.sub(rb"/H1 <</MCID 0>> BDC (.*?) EMC", rb"\1", shown, count=1, flags=re.DOTALL)


def cross(shown: bytes) -> bytes:
    """Begin the first mark in its text object, and end it behind."""
    return re.sub(rb"(/H1 <</MCID 0>> BDC) BT", rb"BT \1", shown, count=1)


def swap_parents(pdf: Pdf) -> None:
    """Exchange two tags in the way back from the first page."""
    listed = pdf.Root.StructTreeRoot.ParentTree.Nums[1]
    listed[0], listed[1] = listed[1], listed[0]


def set_value(target: Callable[[Pdf], Object], key: str, value: object) -> Change:
    """A change that puts a value in a dictionary."""

    def change(pdf: Pdf) -> None:
        made = value(pdf) if callable(value) else value
        target(pdf)[key] = made

    return change


def without(target: Callable[[Pdf], Object], key: str) -> Change:
    """A change that takes a key out of a dictionary."""

    def change(pdf: Pdf) -> None:
        del target(pdf)[key]

    return change


def root(pdf: Pdf) -> Object:
    """The catalogue."""
    return pdf.Root


def intent(pdf: Pdf) -> Object:
    """The output intent."""
    return pdf.Root.OutputIntents[0]


def spec(pdf: Pdf) -> Object:
    """The first file in the file."""
    return pdf.Root.AF[0]


def encrypted(pdf: bytes, user: str) -> bytes:
    """The file, encrypted."""
    with Pdf.open(BytesIO(pdf)) as document:
        return saved(document, encryption=pikepdf.Encryption(owner="owner", user=user))


def p_of(pdf: Pdf) -> Object:
    """Some tag."""
    return element(pdf, "H1")


def unheaded(pdf: Pdf) -> None:
    """Let no heading of a table say what it heads, and no cell what heads it."""
    for kind in ("TH", "TD"):
        for cell in elements(pdf, kind):
            for key in ("/Scope", "/Headers"):
                if key in cell.get("/A", Dictionary()):
                    del cell.A[key]


def with_entities(pdf: bytes) -> bytes:
    """The file, its XMP packet with declarations in place of its first line."""
    declared = b'<!DOCTYPE x [<!ENTITY e "e">]>'
    return re.sub(rb"<\?xpacket begin[^>]*>", lambda found: declared.ljust(len(found[0])), pdf)


def headed(pdf: Pdf) -> None:
    """Let a table have a head, and no body."""
    table = element(pdf, "Table")
    rows = list(table.K)  # type: ignore[call-overload]
    head = Dictionary(Type=Name.StructElem, S=Name.THead, P=table, K=Array(rows[:1]))
    rows[0].P = pdf.make_indirect(head)
    table.K = Array([rows[0].P, *rows[1:]])


def prefixed(pdf: Pdf, prefix: bytes, by: bytes) -> None:
    """Use another prefix in the XMP packet."""
    stream = pdf.Root.Metadata
    stream.write(
        stream.read_bytes()
        .replace(prefix + b":", by + b":")
        .replace(b"xmlns:" + prefix, b"xmlns:" + by)
    )


def bare_streams(pdf: bytes) -> bytes:
    """The file as a program may write it that cares for no archive."""
    with Pdf.open(BytesIO(pdf)) as document:
        return saved(document, preserve_pdfa=False)


def _bad(title: str, rule: str, change: Change, *, known: bool = True) -> Bad:
    return Bad(title, rule, lambda pdf: changed(pdf, change), known)


def _xmp(title: str, rule: str, pattern: str, by: str, *, known: bool = True) -> Bad:
    return _bad(title, rule, lambda pdf: packet(pdf, pattern, by), known=known)


_WITHIN: tuple[Bad, ...] = (
    Bad(
        "no header comment",
        "header",
        lambda pdf: re.sub(rb"\n%[^\n]*\n", b"\n%abcd\n", pdf, count=1),
    ),
    Bad("data after the end", "end", lambda pdf: pdf + b"more"),
    Bad("no file identifier", "file-id", lambda pdf: pdf.replace(b"/ID [", b"/IX [", 1)),
    Bad("cut off", "broken", lambda pdf: pdf[: len(pdf) // 2]),
    Bad("no PDF", "broken", lambda _: b"%PDF-1.7\n%\xe4\xe5\xe6\xe7\nnothing\n%%EOF\n"),
    Bad("empty", "broken", lambda _: b""),
    Bad("encrypted", "encrypted", lambda pdf: encrypted(pdf, "")),
    Bad("encrypted for users", "encrypted", lambda pdf: encrypted(pdf, "user")),
    Bad("LZW", "filter", lzw),
    _bad(
        "external stream",
        "external-stream",
        set_value(lambda p: p.pages[0].Contents, "/F", String("x")),
    ),
    _bad("alternate image", "image", lambda pdf: image(pdf, Alternates=Array())),
    _bad("OPI", "image", lambda pdf: image(pdf, OPI=Dictionary())),
    _bad("interpolated image", "image", lambda pdf: image(pdf, Interpolate=True)),
    _bad("PostScript", "postscript", postscript),
    _bad("transfer function", "graphics-state", lambda pdf: state(pdf, TR=Name.Identity)),
    _bad("blend mode", "blend-mode", lambda pdf: state(pdf, BM=Name.Strange)),
    _bad("opening script", "action", set_value(root, "/OpenAction", lambda _: script())),
    _bad(
        "named script",
        "action",
        set_value(
            lambda pdf: pdf.Root.Names,
            "/JavaScript",
            lambda _: Dictionary(Names=Array([String("x"), script()])),
        ),
        known=False,
    ),
    _bad(
        "bookmark launches",
        "action",
        set_value(
            lambda pdf: pdf.Root.Outlines.First,
            "/A",
            lambda _: Dictionary(S=Name.Launch, F=String("x")),
        ),
    ),
    _bad(
        "bookmark prints",
        "action",
        set_value(
            lambda pdf: pdf.Root.Outlines.First,
            "/A",
            lambda _: Dictionary(S=Name.Named, N=Name.Print),
        ),
    ),
    _bad(
        "next action",
        "action",
        set_value(
            lambda pdf: pdf.Root.Outlines.First,
            "/A",
            lambda _: Dictionary(S=Name.URI, URI=String("x"), Next=script()),
        ),
    ),
    _bad(
        "catalogue trigger",
        "trigger",
        set_value(root, "/AA", lambda _: Dictionary(WC=script())),
    ),
    _bad(
        "page trigger",
        "trigger",
        set_value(lambda pdf: pdf.pages[0].obj, "/AA", lambda _: Dictionary(O=script())),
    ),
    _bad("link", "annotation", lambda pdf: annotate(pdf, Subtype=Name.Link)),
    _bad("field of text", "annotation", lambda pdf: annotate(pdf, Subtype=Name.Widget, FT=Name.Tx)),
    _bad(
        "untagged signature",
        "widget-untagged",
        lambda pdf: annotate(pdf, Subtype=Name.Widget, FT=Name.Sig),
    ),
    _bad(
        "XFA",
        "form",
        set_value(root, "/AcroForm", lambda _: Dictionary(Fields=Array(), XFA=Array())),
    ),
    _bad(
        "font not embedded",
        "font-embedded",
        lambda pdf: (
            [
                without(descriptor, key)(pdf)
                for key in list(descriptor(pdf).keys())
                if key.startswith("/FontFile")
            ]
            and None
        ),
    ),
    _bad("font in a form not embedded", "font-embedded", helvetica),
    _bad(
        "font program of nothing",
        "font-embedded",
        lambda pdf: next(
            descriptor(pdf)[key]
            for key in list(descriptor(pdf).keys())
            if key.startswith("/FontFile")
        ).write(b"nothing"),
    ),
    _bad("no ToUnicode", "to-unicode", without(font, "/ToUnicode"), known=False),
    _bad(
        "ToUnicode of nothing",
        "unmapped-code",
        lambda pdf: font(pdf).ToUnicode.write(b"nothing"),
        known=False,
    ),
    _bad("code without text", "unmapped-code", lambda pdf: unicode(pdf, ""), known=False),
    _bad("code of U+0000", "unmapped-code", lambda pdf: unicode(pdf, "0000"), known=False),
    _bad("code of U+FEFF", "unmapped-code", lambda pdf: unicode(pdf, "FEFF"), known=False),
    _bad("code of U+FFFE", "unmapped-code", lambda pdf: unicode(pdf, "FFFE"), known=False),
    _bad("code of private use", "private-use", lambda pdf: unicode(pdf, "E000")),
    _bad("no output intent", "output-intent", without(root, "/OutputIntents")),
    _bad("no profile", "output-intent", without(intent, "/DestOutputProfile")),
    _bad(
        "profile of nothing",
        "output-intent",
        lambda pdf: intent(pdf).DestOutputProfile.write(b"nothing"),
    ),
    _bad(
        "profile of four colours",
        "output-intent",
        set_value(lambda pdf: intent(pdf).DestOutputProfile, "/N", 4),
        known=False,
    ),
    _bad("CMYK", "device-colour", lambda pdf: content(pdf, lambda shown: b"0 0 0 1 k " + shown)),
    _bad(
        "CMYK by name",
        "device-colour",
        lambda pdf: content(pdf, lambda shown: b"/DeviceCMYK cs " + shown),
    ),
    _bad("CMYK image", "device-colour", lambda pdf: image(pdf, ColorSpace=Name.DeviceCMYK)),
    _bad("no XMP", "xmp", without(root, "/Metadata")),
    Bad("XMP broken", "xmp", lambda pdf: pdf.replace(b"</rdf:RDF>", b"</rdf:RDX>")),
    Bad("XMP with entities", "xmp", with_entities),
    Bad("stream without a line's end", "stream-end", bare_streams),
    _xmp("PDF/A-2", "pdfa-id", "<pdfaid:part>3", "<pdfaid:part>2"),
    _xmp("level b", "pdfa-id", "<pdfaid:conformance>A", "<pdfaid:conformance>B"),
    _xmp("no PDF/A", "pdfa-id", "<pdfaid:part>3</pdfaid:part>", ""),
    _xmp("no PDF/UA", "pdfua-id", "<pdfuaid:part>1</pdfuaid:part>", ""),
    _xmp("PDF/UA undescribed", "xmp-extension", r"(<pdfaSchema:namespaceURI>)[^<]*", r"\1x"),
    _xmp("no title", "title", "<dc:title>.*?</dc:title>", ""),
    _xmp("empty title", "title", r"(<dc:title><rdf:Alt><rdf:li [^>]*>)[^<]*", r"\1", known=False),
    _xmp("another title", "info-xmp", r"(<dc:title><rdf:Alt><rdf:li [^>]*>)", r"\1x", known=False),
    _xmp("another author", "info-xmp", r"(<dc:creator><rdf:Seq><rdf:li>)", r"\1x", known=False),
    _xmp("another day", "info-xmp", r"(<xmp:CreateDate>)\d{4}", r"\g<1>1999", known=False),
    _xmp("another change", "info-xmp", r"(<xmp:ModifyDate>)\d{4}", r"\g<1>1999", known=False),
    _xmp("another producer", "info-xmp", r"(<pdf:Producer>)", r"\1x", known=False),
    _bad("no language", "language", without(root, "/Lang")),
    _bad("not marked", "marked", without(root, "/MarkInfo")),
    _bad("title not displayed", "display-title", without(root, "/ViewerPreferences")),
    _bad("no structure", "structure-tree", without(root, "/StructTreeRoot")),
    _bad(
        "unknown tag",
        "structure-type",
        set_value(lambda p: element(p, "P"), "/S", Name.Strange),
    ),
    _bad(
        "tag of another",
        "structure-tree",
        lambda pdf: set_value(lambda p: element(p, "P"), "/P", p_of(pdf))(pdf),
        known=False,
    ),
    _bad(
        "tag in itself",
        "structure-tree",
        lambda pdf: set_value(lambda p: element(p, "P"), "/K", element(pdf, "P"))(pdf),
    ),
    _bad("text untagged", "untagged", lambda pdf: content(pdf, unmark)),
    _bad(
        "line untagged",
        "untagged",
        lambda pdf: content(pdf, lambda shown: shown + b" 0 0 9 9 re f"),
    ),
    _bad(
        "image untagged",
        "untagged",
        lambda pdf: content(pdf, lambda shown: shown + b" BI /W 1 /H 1 /BPC 8 /CS /G ID \0 EI"),
        known=False,
    ),
    _bad(
        "artifact in text",
        "untagged",
        lambda pdf: content(
            pdf,
            lambda shown: re.sub(
                rb"(/H1 <</MCID 0>> BDC)(.*?)EMC",
                rb"\1 /Artifact BMC \2 EMC EMC",
                shown,
                count=1,
                flags=re.DOTALL,
            ),
        ),
    ),
    _bad("marks across text", "nesting", lambda pdf: content(pdf, cross), known=False),
    _bad(
        "mark without end",
        "nesting",
        lambda pdf: content(pdf, lambda shown: shown + b" /Artifact BMC"),
        known=False,
    ),
    _bad(
        "end without mark",
        "nesting",
        lambda pdf: content(pdf, lambda shown: shown + b" EMC"),
        known=False,
    ),
    _bad(
        "unknown operator", "operator", lambda pdf: content(pdf, lambda shown: shown + b" strange")
    ),
    _bad(
        "string without end",
        "operator",
        lambda pdf: content(pdf, lambda shown: shown + b" (0 0 9 9 re f"),
        known=False,
    ),
    _bad(
        "content without owner",
        "mcid-unowned",
        lambda pdf: content(pdf, lambda shown: shown.replace(b"<</MCID 0>>", b"<</MCID 999>>")),
        known=False,
    ),
    _bad(
        "tag without content",
        "mcid-missing",
        set_value(lambda p: element(p, "H1"), "/K", 999),
        known=False,
    ),
    _bad(
        "content twice",
        "mcid-twice",
        lambda pdf: content(pdf, lambda shown: shown.replace(b"<</MCID 1>>", b"<</MCID 0>>")),
        known=False,
    ),
    _bad("parents swapped", "parent-tree", swap_parents, known=False),
    _bad(
        "no parents",
        "parent-tree",
        without(lambda p: p.Root.StructTreeRoot, "/ParentTree"),
        known=False,
    ),
    _bad(
        "figure without words",
        "figure-alt",
        set_value(lambda p: element(p, "P"), "/S", Name.Figure),
    ),
    _bad(
        "heading skipped",
        "heading-level",
        set_value(lambda p: element(p, "H2"), "/S", Name.H4),
    ),
    _bad(
        "first heading",
        "heading-level",
        set_value(lambda p: element(p, "H1"), "/S", Name.H2),
    ),
    _bad("cell too wide", "table-grid", lambda pdf: attributes(pdf, "TD", ColSpan=2)),
    _bad("cell far too wide", "table-grid", lambda pdf: attributes(pdf, "TD", ColSpan=10**9)),
    _bad("cell too high", "table-grid", lambda pdf: attributes(pdf, "TD", RowSpan=2)),
    _bad(
        "cell of no width", "table-grid", lambda pdf: attributes(pdf, "TD", ColSpan=0), known=False
    ),
    _bad(
        "headers lead nowhere",
        "table-headers",
        lambda pdf: attributes(pdf, "TD", Headers=Array([String("nowhere")])),
        known=False,
    ),
    _bad("heading of nothing", "table-headers", unheaded),
    _bad(
        "cell in no row",
        "table-nesting",
        set_value(lambda p: element(p, "P"), "/S", Name.TD),
    ),
    _bad("no relationship", "attachment", without(spec, "/AFRelationship")),
    _bad("files unrelated", "attachment", without(root, "/AF")),
    _bad(
        "file without a type",
        "attachment",
        without(lambda p: spec(p).EF.F, "/Subtype"),
    ),
    _bad("file without a name", "attachment", without(spec, "/UF")),
    _bad("pages in themselves", "broken", lambda pdf: pdf.Root.Pages.Kids.append(pdf.Root.Pages)),
    _bad("no font", "resource", without(lambda pdf: pdf.pages[0].Resources, "/Font"), known=False),
    _bad("page of no type", "broken", without(lambda pdf: pdf.pages[0].obj, "/Type")),
    _bad("font of no kind", "font", set_value(font, "/Subtype", Name.Strange), known=False),
)

_LONG = "x" * 40_000
_BEYOND = (
    _bad("string too long", "limit", set_value(root, "/XX", String(_LONG))),
    _bad("name too long", "limit", set_value(root, f"/{'x' * 200}", 1), known=False),
    _bad("integer too large", "limit", set_value(root, "/XX", 2**33)),
    _bad(
        "too many states",
        "limit",
        lambda pdf: content(pdf, lambda shown: b"q " * 40 + shown + b" Q" * 40),
    ),
    _bad(
        "page too small",
        "limit",
        set_value(lambda pdf: pdf.pages[0].obj, "/MediaBox", Array([0, 0, 2, 2])),
    ),
    _bad(
        "page too large",
        "limit",
        set_value(lambda pdf: pdf.pages[0].obj, "/MediaBox", Array([0, 0, 20_000, 20_000])),
    ),
    _bad(
        "standard tag remapped",
        "role-map",
        set_value(lambda pdf: pdf.Root.StructTreeRoot, "/RoleMap", Dictionary(P=Name.Span)),
    ),
    _bad("suspects", "suspects", set_value(lambda pdf: pdf.Root.MarkInfo, "/Suspects", True)),
    _bad("language of nothing", "language", set_value(root, "/Lang", String("中文!!"))),
    _bad(
        "tag in no language",
        "language",
        set_value(lambda p: element(p, "P"), "/Lang", String("!!")),
    ),
    _bad("pages made by readers", "needs-rendering", set_value(root, "/NeedsRendering", True)),
    _bad(
        "readers must run scripts",
        "requirements",
        set_value(root, "/Requirements", Array([Dictionary(S=Name.EnableJavaScripts)])),
    ),
    _bad(
        "permission of another kind",
        "permissions",
        set_value(root, "/Perms", Dictionary(XX=Dictionary())),
    ),
    _bad(
        "slide show",
        "presentation",
        set_value(lambda pdf: pdf.Root.Names, "/AlternatePresentations", Dictionary(Names=Array())),
    ),
    _bad(
        "page in steps",
        "presentation",
        set_value(lambda pdf: pdf.pages[0].obj, "/PresSteps", Dictionary()),
    ),
    _bad(
        "layers without a name",
        "optional-content",
        set_value(root, "/OCProperties", Dictionary(OCGs=Array(), D=Dictionary())),
    ),
    _bad(
        "layers that change",
        "optional-content",
        set_value(
            root,
            "/OCProperties",
            Dictionary(OCGs=Array(), D=Dictionary(Name=String("x"), AS=Array())),
        ),
    ),
    _bad(
        "two kinds of headings", "heading-kind", set_value(lambda p: element(p, "H2"), "/S", Name.H)
    ),
    _bad("note without a name", "note-id", set_value(lambda p: element(p, "P"), "/S", Name.Note)),
    _bad("item in no list", "list-nesting", set_value(lambda p: element(p, "P"), "/S", Name.LI)),
    _bad("entry in no list", "list-nesting", set_value(lambda p: element(p, "P"), "/S", Name.TOCI)),
    _bad("table without a body", "table-nesting", headed),
    _bad(
        "unknown intent",
        "rendering-intent",
        lambda pdf: content(pdf, lambda shown: b"/Strange ri " + shown),
    ),
    _bad("unknown encoding", "encoding", set_value(font, "/Encoding", Name.Strange)),
    _bad("encoding of another set", "encoding", set_value(font, "/Encoding", Name("/90ms-RKSJ-H"))),
    _bad(
        "file of no MIME type",
        "attachment",
        set_value(lambda p: spec(p).EF.F, "/Subtype", Name("/text")),
    ),
    _xmp("counted packet", "xmp-packet", "(id=.W5M0MpCehiHzreSzNTczkc9d.)", r'\1 bytes="10"'),
    _xmp("unknown property", "xmp-extension", "<pdf:Producer>", "<pdf:No>x</pdf:No><pdf:Producer>"),
    _xmp(
        "unknown schema",
        "xmp-extension",
        "<pdf:Producer>",
        '<q:a xmlns:q="http://q/">x</q:a><pdf:Producer>',
    ),
    _bad("another prefix", "xmp-prefix", lambda pdf: prefixed(pdf, b"pdfaid", b"zz")),
)
BAD = (*_WITHIN, *_BEYOND)
