import jieba
import pytest

from retrieval import text

QUESTION = "監視器畫面可以用USB帶回家嗎？"
FORMS = {
    "simplified": "监视器画面可以用USB带回家吗？",
    "full width": "監視器畫面可以用ＵＳＢ帶回家嗎？",
    "spaced": "監 視 器 畫 面 可 以 用 U S B 帶 回 家 嗎 ？",
    "lower case": "監視器畫面可以用usb帶回家嗎？",
    "invisible": "監視器\u200b畫面可以用USB帶回家嗎\ufeff？",
    "line ends": "監視器畫面\n可以用USB帶回家嗎？\n",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_form_of_a_text_reads_the_same(form: str) -> None:
    assert text.key(form) == text.key(QUESTION)


def test_spaces_between_latin_words_stay() -> None:
    assert text.normal("Google  Drive 可以用嗎") == "google drive 可以用吗"


def test_what_cannot_be_encoded_is_left_out() -> None:
    assert text.normal("\ud800監視器\udfff") == text.normal("監視器")


def test_a_text_without_end_is_cut() -> None:
    assert len(text.normal("﷽" * 100_000)) <= text.MAX_LENGTH


def test_synonyms_become_one_word() -> None:
    assert text.fold(text.normal("行動碟")) == text.fold(text.normal("USB")) == text.normal("隨身碟")


def test_a_latin_synonym_is_folded_only_as_a_whole_word() -> None:
    assert text.fold("online") == "online"


def test_a_text_with_synonyms_counts_as_typed_and_as_folded() -> None:
    words, *_ = text.terms("行動碟")
    assert words == [text.normal("行動碟"), text.normal("隨身碟")]


def test_cutting_loses_nothing_and_agrees_with_jieba() -> None:
    sentence = text.normal("承辦人把開標前的底價告訴熟識的廠商，結果被政風室約談")
    ours = text.cut(sentence)
    plain = jieba.Tokenizer()
    for word in ours:
        plain.add_word(word)
    assert "".join(ours) == sentence
    assert ours == plain.lcut(sentence, HMM=False)


def test_words_of_the_field_stay_whole_and_out_of_the_global_jieba() -> None:
    word = text.normal("擴大臨檢")
    assert text.words(word) == [word]
    assert word not in jieba.dt.FREQ


def test_a_term_is_shown_in_traditional_characters() -> None:
    assert text.traditional(text.normal("監視器")) == "監視器"


def test_a_mask_is_no_word_and_what_it_stood_between_reads_on() -> None:
    assert text.key("監視器［姓名］畫面") == text.key("監視器畫面")
    assert text.key("［姓名］先生的監視器畫面") == text.key("的監視器畫面")
    assert text.normal("Google［姓名］Drive") == "google drive"
    assert text.words_of("監視器［公文或案件文號］畫面") == text.words_of("監視器畫面")
    assert text.terms("［電話號碼］") == text.terms("")
