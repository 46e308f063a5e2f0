"""Reading files of the 360Giving Data Standard as funders publish them."""

import json
from decimal import Decimal
from typing import Any

import pytest

from app.intake.importing.giving.files import read_package
from app.intake.importing.reading import ImportFileUnreadable
from app.publishing.giving.standard.findings import Numbered
from tests.intake.importing.workbook import workbook

HEADER = ["Identifier", "Title", "Amount Awarded", "Award Date", "Recipient Org:Name", "Ours"]
LINE = ["360G-a-1", "Café", "15000.50", "2026-03-02", "River Watch", "x"]
GRANT = {
    "id": "360G-a-1",
    "title": "Café",
    "amountAwarded": Decimal("15000.50"),
    "awardDate": "2026-03-02",
    "recipientOrganization": [{"name": "River Watch"}],
}


def read(content: bytes) -> list[Numbered]:
    return list(read_package(content, "grants").grants)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_in_text(encoding: str, separator: str) -> None:
    text = "\r\n".join(separator.join(line) for line in (HEADER, LINE, [""] * 6))
    assert read(text.encode(encoding)) == [Numbered("line 2", GRANT)]


def test_a_workbook_is_read_where_the_grants_stand() -> None:
    sheets = {
        "About": [["Grants of ours"], ["Identifier"]],
        "Grants": [["Our grants"], HEADER, [*LINE[:2], 15000.5, *LINE[3:]]],
    }
    assert read(workbook(sheets)) == [Numbered("line 3", GRANT)]


def test_a_day_of_a_workbook_is_a_day() -> None:
    text = "Identifier,Award Date,Last Modified\n1,2026-03-02T00:00:00,2026-03-02T00:00:00Z\n"
    assert read(text.encode()) == [
        Numbered(
            "line 2",
            {"id": "1", "awardDate": "2026-03-02", "dateModified": "2026-03-02T00:00:00Z"},
        )
    ]


def test_lists_and_gaps_of_a_table() -> None:
    text = (
        "Identifier,Recipient Org:1:Name,Related Activity,Amount Awarded,Planned Dates:Start Date\n"
        '1,Second,"a; b;",£15,\n'
        "2,,,NaN,2026\n"
    )
    assert [one.raw for one in read(text.encode())] == [
        {
            "id": "1",
            "recipientOrganization": [{"name": "Second"}],
            "relatedActivity": ["a", "b"],
            "amountAwarded": "£15",
        },
        {"id": "2", "amountAwarded": "NaN", "plannedDates": [{"startDate": "2026"}]},
    ]


def test_json_with_its_head_or_without() -> None:
    whole = read_package(json.dumps({"version": "1.4", "grants": [{"id": "1"}]}).encode(), "g")
    assert (whole.head, whole.grants) == (
        {"version": "1.4"},
        [Numbered("/grants/0", {"id": "1"})],
    )
    bare = read_package(b"\xef\xbb\xbf [1.10]", "g")
    assert (bare.head, bare.grants, [one.code for one in bare.faults]) == (
        None,
        [Numbered("/grants/0", Decimal("1.10"))],
        ["package_missing"],
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "g.csv is not JSON: Expecting property name enclosed in double quotes"),
        (b'{"version": "1.4"}', "g.csv: It has no list `grants`."),
        (b'{"grants": {}}', "g.csv: It has no list `grants`."),
        (b"", "No line of g.csv names columns such as"),
        (b"Name,Amount\nA,1\n", "No line of g.csv names columns such as"),
        (b'Identifier,Title\n"1,2\n', "g.csv: A quotation mark in this line"),
        (workbook({"Empty": []}), "There is nothing in the workbook."),
        (b"PK\x03\x04broken", "g.csv: It cannot be read as a workbook."),
    ],
)
def test_what_cannot_be_read(content: bytes, said: str) -> None:
    with pytest.raises(ImportFileUnreadable) as refused:
        read_package(content, "g.csv")
    assert str(refused.value).startswith(said)


def test_a_workbook_of_more_rows_than_are_read(monkeypatch: Any) -> None:
    monkeypatch.setattr("app.intake.importing.giving.files.MOST_ROWS", 2)
    with pytest.raises(ImportFileUnreadable, match="more than 2 rows"):
        read(workbook({"Grants": [["Identifier"], ["1"], ["2"]]}))
