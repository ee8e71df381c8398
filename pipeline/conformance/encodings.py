"""Predefined encodings of composite fonts, and the characters they are for (9.7.5.2)."""

from collections.abc import Mapping

_STEMS = {
    "GB1": "GB-EUC GBpc-EUC GBK-EUC GBKp-EUC GBK2K UniGB-UCS2 UniGB-UTF16",
    "CNS1": "B5pc HKscs-B5 ETen-B5 ETenms-B5 CNS-EUC UniCNS-UCS2 UniCNS-UTF16",
    "Japan1": (
        "83pv-RKSJ 90ms-RKSJ 90msp-RKSJ 90pv-RKSJ Add-RKSJ EUC Ext-RKSJ UniJIS-UCS2 "
        "UniJIS-UCS2-HW UniJIS-UTF16"
    ),
    "Korea1": "KSC-EUC KSCms-UHC KSCms-UHC-HW KSCpc-EUC UniKS-UCS2 UniKS-UTF16",
}
ORDERINGS: Mapping[str, str] = {
    "/H": "Japan1",
    "/V": "Japan1",
    **{
        f"/{stem}-{direction}": ordering
        for ordering, stems in _STEMS.items()
        for stem in stems.split()
        for direction in "HV"
    },
}
"""By the name of the encoding; the identity is for any."""
