"""What a report says of itself to machines: the Info dictionary, and the same as XMP.

XMP is ISO 16684-1 with the identifications of PDF/A-3 (ISO 19005-3, 6.6.4) and PDF/UA-1
(ISO 14289-1, 5). PDF/A does not know the latter: the packet describes it, too (6.6.2.3).
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

from pikepdf import Name, Pdf, String

from pipeline import __version__

LANGUAGE = "zh-CN"
CREATOR = f"nianbao {__version__}"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Title, author (the agency), a remark such as 样例; the days of making and of change."""

    title: str
    author: str
    remark: str
    created: dt.date
    modified: dt.date


_DAY = re.compile("D:([0-9]{4})([0-9]{2})([0-9]{2})")
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold (XML 1.0, 2.2)."""

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "/": "&#47;"})
"""What means something in XML; and the slash, so that no name of PDF stands in plain sight."""

_PACKET = Template("""\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
  xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:xmp="http://ns.adobe.com/xap/1.0/"
  xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
  xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
  xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<dc:format>application/pdf</dc:format>
<dc:language><rdf:Bag><rdf:li>$language</rdf:li></rdf:Bag></dc:language>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">$title</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>$author</rdf:li></rdf:Seq></dc:creator>
$description<xmp:CreatorTool>$creator</xmp:CreatorTool>
<xmp:CreateDate>$created</xmp:CreateDate>
<xmp:ModifyDate>$modified</xmp:ModifyDate>
<xmp:MetadataDate>$modified</xmp:MetadataDate>
<pdf:Producer>$producer</pdf:Producer>
</rdf:Description>
<rdf:Description rdf:about=""
  xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""")
_DESCRIPTION = Template(
    '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">$remark</rdf:li></rdf:Alt>'
    "</dc:description>\n"
)


def changed(told: Mapping[str, str], day: dt.date) -> Metadata:
    """What an Info dictionary tells, of a file that is changed on a day; never before its making.

    A paper may be dated before the day on which its file was made.
    """
    found = _DAY.match(told.get("/CreationDate", ""))
    created = dt.date(*map(int, found.groups())) if found else day
    title, author, remark = (told.get(key, "") for key in ("/Title", "/Author", "/Subject"))
    return Metadata(title, author, remark, created, max(created, day))


def describe(document: Pdf, metadata: Metadata, entries: Mapping[str, str]) -> None:
    """Put the metadata into a file, in Info and as XMP; into Info the further entries, too.

    The program that made the pages stays what Info says it is.
    """
    producer = str(document.docinfo.get(Name.Producer, ""))
    for key, value in {**info(metadata, producer), **entries}.items():
        document.docinfo[Name(key)] = String(value)
    packet = xmp(metadata, producer)
    document.Root.Metadata = document.make_stream(packet, Type=Name.Metadata, Subtype=Name.XML)


def info(metadata: Metadata, producer: str) -> dict[str, str]:
    """The entries of the Info dictionary (ISO 32000-1, 14.3.3); days begin at midnight UTC.

    `producer` is the program that made the pages.
    """
    entries = {
        "/Title": metadata.title,
        "/Author": metadata.author,
        "/Subject": metadata.remark,
        "/Creator": CREATOR,
        "/Producer": producer,
        "/CreationDate": f"D:{metadata.created:%Y%m%d}000000Z",
        "/ModDate": f"D:{metadata.modified:%Y%m%d}000000Z",
    }
    return {key: _clean(value) for key, value in entries.items() if value}


def xmp(metadata: Metadata, producer: str) -> bytes:
    """The XMP packet: the same facts, and which standards the file follows."""
    remark = _xml(metadata.remark)
    return _PACKET.substitute(
        language=LANGUAGE,
        title=_xml(metadata.title),
        author=_xml(metadata.author),
        description=_DESCRIPTION.substitute(remark=remark) if remark else "",
        creator=_xml(CREATOR),
        producer=_xml(producer),
        created=f"{metadata.created.isoformat()}T00:00:00Z",
        modified=f"{metadata.modified.isoformat()}T00:00:00Z",
    ).encode()


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def _xml(text: str) -> str:
    return _clean(text).translate(_ESCAPED)
