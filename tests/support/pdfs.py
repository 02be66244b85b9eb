"""Small PDF files by hand: pages that draw a content, and forms that it draws."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def pdf(content: bytes, *, pages: int = 1, forms: Mapping[str, bytes] | None = None) -> bytes:
    """Return a file whose pages all draw one content; a form may draw every form, itself included."""
    forms = forms or {}
    drawn = b"".join(b"/%s %d 0 R" % (name.encode(), 5 + n) for n, name in enumerate(forms))
    resources = b"/Resources<</Font<</F1 4 0 R>>/XObject<<%s>>>>" % drawn
    first = 5 + len(forms)
    kids = b" ".join(b"%d 0 R" % (first + n) for n in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids),
        _stream(b"", content),
        HELVETICA,
        *(_stream(b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]" + resources, data) for data in forms.values()),
        *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 3 0 R%s>>" % resources] * pages,
    ]
    out, places = b"%PDF-1.4\n", []
    for number, data in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows)
    return (
        out + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    )


def _stream(head: bytes, data: bytes) -> bytes:
    packed = zlib.compress(data, 9)
    return b"<<%s/Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (head, len(packed), packed)
