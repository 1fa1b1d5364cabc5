"""Write lines of text as a small PDF document, with the standard library alone."""

from collections.abc import Iterator, Sequence

_LINES_A_PAGE = 58
_TOP, _LEFT, _SIZE, _LEADING = 800, 50, 10, 13
_FIRST_PAGE_OBJECT = 4


def document(lines: Sequence[str]) -> bytes:
    """Set *lines* in a typewriter face on A4 pages; letters outside Latin-1 become `?`."""
    pages = [lines[start : start + _LINES_A_PAGE] for start in range(0, len(lines), _LINES_A_PAGE)]
    return _file([_catalogue(), _page_list(len(pages)), _font(), *_pages(pages)])


def _catalogue() -> bytes:
    return b"<< /Type /Catalog /Pages 2 0 R >>"


def _page_list(count: int) -> bytes:
    kids = " ".join(f"{_FIRST_PAGE_OBJECT + 2 * index} 0 R" for index in range(count))
    return f"<< /Type /Pages /Count {count} /Kids [{kids}] >>".encode()


def _font() -> bytes:
    return b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>"


def _pages(pages: Sequence[Sequence[str]]) -> Iterator[bytes]:
    for index, lines in enumerate(pages):
        yield (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Contents {_FIRST_PAGE_OBJECT + 2 * index + 1} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        ).encode()
        shown = b"".join(b"(" + _escaped(line) + b") Tj T*\n" for line in lines)
        begin = f"BT /F1 {_SIZE} Tf {_LEADING} TL {_LEFT} {_TOP} Td\n".encode()
        content = begin + shown + b"ET"
        yield b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content)


def _escaped(line: str) -> bytes:
    raw = line.encode("latin-1", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _file(objects: Sequence[bytes]) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    )
