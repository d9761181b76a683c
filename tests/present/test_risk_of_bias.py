"""Risk of bias: what a robvis file may hold, what each light says without its colour, what the bars count."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import QuestionError
from evidence.model.risk_of_bias import ROB2, ROBINS_I, Assessment, Judgement, RiskOfBias, load_robvis
from evidence.present.risk_of_bias import bias_shares, is_weighted, summary_bars, traffic_lights
from evidence.present.shapes import Circle, Rectangle
from tests.present.pictures import NAMES, assert_legible, texts_of

HEAD = "Study,D1,D2,D3,D4,D5,Overall,Weight\n"
THREE = HEAD + (
    "ADMIRAL,Low,Low,Some concerns,Low,Low,Some concerns,60\n"
    "Müller 2019,High,low risk,High,No information,Low,High,30\n"
    '"Xuan, 2020",LOW,Low,Low,Low,Low,Low,10\n'
)


def loaded(tmp_path, text, tool=None):
    path = tmp_path / "rob.csv"
    path.write_text(text, encoding="utf-8")
    return load_robvis(path, tool)


def assessments(tool):
    judgement = st.sampled_from(tool.judgements)
    one = st.builds(
        Assessment,
        study=NAMES,
        domains=st.tuples(*[judgement] * len(tool.domains)),
        overall=judgement,
        weight=st.one_of(st.none(), st.floats(0, 1e6)),
    )
    return st.lists(one, max_size=30).map(lambda rows: RiskOfBias(tool=tool, assessments=tuple(rows)))


@settings(deadline=None, max_examples=25)
@given(st.one_of(assessments(ROB2), assessments(ROBINS_I)))
def test_any_assessments_give_legible_pictures(found):
    assert_legible(traffic_lights(found))
    assert_legible(summary_bars(found))


@pytest.mark.parametrize("k", [0, 1, 2, 6, 25, 60, 200])
def test_any_number_of_studies_gives_legible_pictures(k):
    row = Assessment(study="A", domains=(Judgement.LOW,) * 5, overall=Judgement.HIGH)
    found = RiskOfBias(tool=ROB2, assessments=(row,) * k)
    assert_legible(traffic_lights(found))
    assert_legible(summary_bars(found))


def test_a_robvis_file_is_read_with_any_case_of_its_words(tmp_path):
    found = loaded(tmp_path, THREE)
    assert found.tool is ROB2
    assert [row.study for row in found.assessments] == ["ADMIRAL", "Müller 2019", "Xuan, 2020"]
    assert found.assessments[1].domains == (
        Judgement.HIGH,
        Judgement.LOW,
        Judgement.HIGH,
        Judgement.NO_INFORMATION,
        Judgement.LOW,
    )
    assert [row.weight for row in found.assessments] == [60, 30, 10]


def test_seven_domains_are_robins_i(tmp_path):
    head = "Study," + ",".join(f"D{at}" for at in range(1, 8)) + ",Overall\n"
    found = loaded(tmp_path, head + "Cohort,Moderate,Low,Low,Serious,Critical,NI,Low,Critical\n")
    assert found.tool is ROBINS_I and found.assessments[0].overall is Judgement.CRITICAL
    assert found.assessments[0].weight is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD + "A,Low,Low,Lwo,Low,Low,Low,1", "line 2 (A): 'Lwo' under D3 is no judgement of RoB 2; it knows Low, "),
        (HEAD + "A,Low,Low,,Low,Low,Low,1", "'' under D3 is no judgement"),
        (HEAD + "A,Low,Low,Critical,Low,Low,Low,1", "'Critical' under D3 is no judgement of RoB 2"),
        (HEAD + ",Low,Low,Low,Low,Low,Low,1", "line 2 (no study named): the column Study is empty"),
        (HEAD + "A,Low,Low,Low,Low,Low,Low,heavy", "the weight 'heavy' is no number"),
        (HEAD + "A,Low,Low,Low,Low,Low,Low,-1", "the weight '-1' is no number"),
        (HEAD, "holds no study, only a head"),
        ("", "has the columns (none)"),
        ("Study,Overall\nA,Low", "has the columns Study,Overall; a robvis file has"),
        ("Study,D1,D2,Overall\nA,Low,Low,Low", "has the domains D1, D2; expected are D1 to D5 (RoB 2) or D1 to D7"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(tmp_path, text, sentence):
    with pytest.raises(QuestionError) as refused:
        loaded(tmp_path, text)
    assert sentence in str(refused.value) and "\n" not in str(refused.value)


def test_a_tool_that_is_not_known_is_refused(tmp_path):
    with pytest.raises(QuestionError, match="'quadas' is no known tool; known are rob2, robins-i"):
        loaded(tmp_path, THREE, "quadas")


def test_every_light_has_a_sign_and_a_letter_beside_its_colour(tmp_path):
    picture = traffic_lights(loaded(tmp_path, THREE))
    found = texts_of(picture)
    row = found[found.index("Müller 2019") + 1 :][:12]
    assert row == ["−", "H", "+", "L", "−", "H", "?", "N", "+", "L", "−", "H"]
    fills = {part.fill for part in picture.parts if isinstance(part, Circle)}
    assert len(fills) == 4
    for words in ("Low (L)", "Some concerns (S)", "High (H)", "No information (N)"):
        assert words in found
    assert "D1: Bias arising from the randomization process." in found


def test_bars_are_weighted_where_every_study_has_a_weight(tmp_path):
    found = loaded(tmp_path, THREE)
    assert is_weighted(found)
    shares = bias_shares(found)
    assert shares["Overall"] == pytest.approx(
        {Judgement.LOW: 0.1, Judgement.SOME_CONCERNS: 0.6, Judgement.HIGH: 0.3, Judgement.NO_INFORMATION: 0}
    )
    bars = [part for part in summary_bars(found).parts if isinstance(part, Rectangle)][-3:]
    assert [bar.width / sum(bar.width for bar in bars) for bar in bars] == pytest.approx([0.1, 0.6, 0.3])
    unweighted = loaded(tmp_path, THREE.replace(",60", ","))
    assert not is_weighted(unweighted)
    assert bias_shares(unweighted)["Overall"][Judgement.HIGH] == pytest.approx(1 / 3)
    assert "3 studies, every study counts the same." in texts_of(summary_bars(unweighted))
