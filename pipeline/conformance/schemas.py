"""Properties that XMP packets of PDF/A may have undescribed (XMP 2005; ISO 19005-3, 6.6.2.3)."""

from collections.abc import Iterable

_KNOWN = {
    "http://purl.org/dc/elements/1.1/": (
        "contributor coverage creator date description format identifier language publisher "
        "relation rights source subject title type"
    ),
    "http://ns.adobe.com/xap/1.0/": (
        "Advisory BaseURL CreateDate CreatorTool Identifier Label MetadataDate ModifyDate Nickname "
        "Rating Thumbnails"
    ),
    "http://ns.adobe.com/xap/1.0/rights/": "Certificate Marked Owner UsageTerms WebStatement",
    "http://ns.adobe.com/xap/1.0/mm/": (
        "DerivedFrom DocumentID History InstanceID ManagedFrom Manager ManageTo ManageUI "
        "ManagerVariant RenditionClass RenditionParams VersionID Versions LastURL RenditionOf "
        "SaveID"
    ),
    "http://ns.adobe.com/xap/1.0/bj/": "JobRef",
    "http://ns.adobe.com/xap/1.0/t/pg/": "MaxPageSize NPages Fonts Colorants PlateNames",
    "http://ns.adobe.com/pdf/1.3/": "Keywords PDFVersion Producer",
    "http://www.aiim.org/pdfa/ns/id/": "part amd corr conformance",
    "http://www.aiim.org/pdfa/ns/extension/": "schemas",
}
_UNLISTED = frozenset(
    {
        "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
        "http://ns.adobe.com/photoshop/1.0/",
        "http://ns.adobe.com/camera-raw-settings/1.0/",
        "http://ns.adobe.com/tiff/1.0/",
        "http://ns.adobe.com/exif/1.0/",
        "http://ns.adobe.com/exif/1.0/aux/",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://www.w3.org/XML/1998/namespace",
    }
)
"""Schemas of images, whose properties are left alone; RDF and XML themselves."""
_PROPERTIES = frozenset(
    f"{{{schema}}}{name}" for schema, names in _KNOWN.items() for name in names.split()
)


def unknown(properties: Iterable[str], described: frozenset[str]) -> list[str]:
    """Those properties, as `{schema}name`, that are neither predefined nor described."""
    return [
        each
        for each in properties
        if each not in _PROPERTIES
        and each not in described
        and each[1:].partition("}")[0] not in _UNLISTED
    ]
