"""The Chinese catalogue says everything that the code says, and nothing else."""

from pathlib import Path

from config import catalogue


def test_every_message_has_its_chinese_and_no_entry_is_left_over() -> None:
    faults = catalogue.faults(catalogue.in_code(), catalogue.read(catalogue.PO))
    assert not faults, f"{len(faults)} faults; python3 manage.py catalogue merges new messages:\n" + "\n".join(faults)


def test_the_catalogue_compiles(tmp_path: Path) -> None:
    po = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_bytes(catalogue.PO.read_bytes())
    catalogue.compile_stale(tmp_path)
    assert po.with_suffix(".mo").stat().st_size > 1000
