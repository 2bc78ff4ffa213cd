"""Every made-up field file is read right, or refused with a sentence that says what to do."""

import json

import pytest

from registries.imports import console
from registries.imports.kinds import KINDS
from registries.spreadsheets.gate import Unreadable
from tests.field_files import FILES, FieldFile

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_sentences")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_field_file_is_read_right_or_refused_in_a_sentence(file: FieldFile) -> None:
    content = file.make()
    if file.sentence:
        with pytest.raises(Unreadable) as caught:
            console.dry_run(KINDS[file.kind], content, file.choices)
        assert file.sentence in caught.value.sentence
        return
    told = console.dry_run(KINDS[file.kind], content, file.choices)
    written = json.dumps(told, ensure_ascii=False)
    assert (told["counts"]["added"], told["counts"]["refused"]) == (file.added, file.refused), written
    for words in file.told:
        assert words in written


def test_there_are_at_least_forty_of_them() -> None:
    assert len({file.name for file in FILES}) >= 40
