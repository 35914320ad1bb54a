"""Printable sheets: a PDF with the names that were asked for, within the limits."""

from __future__ import annotations

from flask.testing import FlaskClient

from webapp.sheets.printable import MAX_ROWS, PrintableSheet, as_pdf


def test_the_pdf_names_the_columns_and_numbers_the_rows(client: FlaskClient) -> None:
    response = client.get("/sheets/printable/sheet.pdf?title=Mates&columns=Año, Nota (7)&rows=3")

    assert response.mimetype == "application/pdf"
    text = response.data.decode("cp1252")
    assert all(part in text for part in ("(Mates)", "(Año)", r"(Nota \(7\))", "(3) Tj"))
    assert "(4) Tj" not in text


def test_rows_and_columns_are_bounded(client: FlaskClient) -> None:
    names = ",".join(f"name {number}" for number in range(50))

    response = client.get(f"/sheets/printable/sheet.pdf?columns={names}&rows=9999")

    text = response.data.decode("cp1252")
    assert f"({MAX_ROWS}) Tj" in text
    assert f"({MAX_ROWS + 1}) Tj" not in text
    assert "(name 10) Tj" not in text


def test_every_object_of_the_pdf_is_where_its_table_says() -> None:
    content = as_pdf(PrintableSheet("漢字 and ñ", ["a"], 40))

    start = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
    assert content[start:].startswith(b"xref")
    entries = content[start:].splitlines()[3:8]
    for number, entry in enumerate(entries, start=1):
        assert content[int(entry[:10]) :].startswith(b"%d 0 obj" % number)
