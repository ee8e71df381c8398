"""The source file that a PDF carries: a file in /AF whose relationship is /Source (ISO 32000-2)."""

import io

import pikepdf


def sources(pdf: bytes) -> list[bytes]:
    """The embedded files that the document says it was made from.

    Raises:
        ValueError: the PDF cannot be read.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            associated = document.Root.get("/AF", pikepdf.Array())
            return [
                bytes(file.EF.F.read_bytes())
                for file in associated
                if file.get("/AFRelationship") == pikepdf.Name.Source
            ]
    except (pikepdf.PdfError, AttributeError, TypeError, RuntimeError) as error:
        raise ValueError(str(error)) from error
