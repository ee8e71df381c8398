"""How every file of ours is written: small, and the same bytes for the same content."""

from io import BytesIO

from pikepdf import ObjectStreamMode, Pdf


def saved(document: Pdf) -> bytes:
    """The file as bytes; its /ID follows from its content, but for a first half that it has."""
    made = BytesIO()
    document.save(
        made,
        deterministic_id=True,
        object_stream_mode=ObjectStreamMode.generate,
        compress_streams=True,
        fix_metadata_version=False,  # XMP stays as it was written
    )
    return made.getvalue()
