"""A damaged file of any format is read with offsets that hold together, or refused in one sentence."""

import pytest

from evidence.errors import ReadError
from evidence.read import read_all
from tests.documents.damage import DAMAGES, mutants, originals

MUTANTS = 400


@pytest.fixture(scope="module")
def damaged():
    return list(mutants(MUTANTS, seed=7))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_read_or_refused_in_one_sentence(damaged, damage, sound):
    concerned = [mutant for mutant in damaged if mutant.damage == damage]
    assert len(concerned) > MUTANTS // len(DAMAGES) // 2
    for mutant in concerned:
        try:
            documents = read_all(mutant.data, name=mutant.name)
        except ReadError as error:
            assert str(error).startswith(mutant.name) and len(str(error)) < 500, error
            assert "\n" not in str(error).strip(), error
        else:
            for document in documents:
                sound(document)


def test_the_same_seed_damages_alike():
    assert list(mutants(50, seed=3)) == list(mutants(50, seed=3))
    assert {mutant.document for mutant in mutants(60, seed=3)} == originals().keys()
