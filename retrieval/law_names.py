"""What laws are called: their short forms, and a name as it is compared. Pure."""

import re
from collections.abc import Mapping
from functools import lru_cache

# official name -> what people write for it, where nobody can mean another law (保障法 and 性平法 have two)
SHORT_FORMS = {
    "中華民國刑法": "刑法",
    "中華民國憲法": "憲法",
    "中華民國憲法增修條文": "憲法增修條文",
    "陸海空軍刑法": "軍刑法",
    "刑事訴訟法": "刑訴法 刑訴",
    "民事訴訟法": "民訴法 民訴",
    "行政訴訟法": "行訴法",
    "行政程序法": "行程法",
    "行政執行法": "行執法",
    "個人資料保護法": "個資法 個保法",
    "政府採購法": "採購法",
    "政府資訊公開法": "政資法 資公法 資訊公開法",
    "國家安全法": "國安法",
    "國家機密保護法": "國機法 機密法",
    "國家情報工作法": "國情法",
    "國家賠償法": "國賠法",
    "資通安全管理法": "資安法 資安管理法",
    "營業秘密法": "營秘法",
    "通訊保障及監察法": "通保法",
    "公務員服務法": "服務法 公服法",
    "公務員懲戒法": "懲戒法 公懲法",
    "公務人員考績法": "考績法",
    "公務人員任用法": "任用法",
    "公務人員行政中立法": "行政中立法",
    "公務人員退休資遣撫卹法": "退撫法",
    "公職人員利益衝突迴避法": "利衝法 利益衝突迴避法",
    "公職人員財產申報法": "財產申報法 財申法",
    "公職人員選舉罷免法": "選罷法",
    "公益揭弊者保護法": "揭弊者保護法 揭弊法",
    "公務員廉政倫理規範": "廉政倫理規範",
    "貪污治罪條例": "貪污條例 貪治條例",
    "傳染病防治法": "傳防法",
    "著作權法": "",
    "洗錢防制法": "洗防法",
    "社會秩序維護法": "社維法",
    "家庭暴力防治法": "家暴法",
    "性騷擾防治法": "性騷法",
    "兒童及少年福利與權益保障法": "兒少法 兒少權法",
    "勞動基準法": "勞基法",
    "地方制度法": "地制法",
    "毒品危害防制條例": "毒品條例",
    "道路交通管理處罰條例": "道交條例",
    "臺灣地區與大陸地區人民關係條例": "兩岸條例 兩岸人民關係條例",
    "考績委員會組織規程": "",
    "文書處理手冊": "",
}

KIND = "法|條例|通則|規程|規則|細則|辦法|綱要|標準|準則|條文|要點|手冊|注意事項|須知|規範|守則|原則|基準|章程|方案|計畫"
POINT_KINDS = ("要點", "手冊", "注意事項", "須知", "規範", "原則")

_SIGNS = str.maketrans(
    "０１２３４５６７８９（）；：，．！？～〜∼‐‑‒–—―－−﹣／｜",
    "0123456789();:、.!?~~~---------/|",
    '《》「」〈〉『』【】[]〔〕“”"\u200b\u200c\u200d\u2060\ufeff\u00ad',
)
_VARIANTS = str.maketrans("台祕汙証", "臺秘污證")
_FORMER = re.compile("舊|修正前|修法前|廢止")
_REMARK = re.compile(r"\(([^()]*)\)")
_SPACES = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_APART = "[0-9A-Za-z〇零○一二三四五六七八九十百千廿卅壹貳參叁肆伍陸柒捌玖拾佰仟]"
_NEEDLESS = re.compile(f"(?<!{_APART}) | (?!{_APART})")


def one_writing(text: str) -> str:
    """Half-width signs, one dash, no quotes, nothing that nobody sees, and spaces only between numerals or letters."""
    return _NEEDLESS.sub("", _SPACES.sub(" ", text.translate(_SIGNS)))


def without_remarks(text: str) -> str:
    """Without what is in parentheses, however nested; 「（舊）刑法」 stays another law than 「刑法」."""
    while _REMARK.search(text):
        text = _REMARK.sub(lambda remark: former[0] if (former := _FORMER.search(remark[1])) else " ", text)
    return one_writing(text.partition("(")[0].replace(")", " "))


def compared(words: str) -> str:
    """Words as names are compared, sign for sign: 台 is 臺."""
    return words.translate(_VARIANTS)


@lru_cache(maxsize=4)  # an office's table is asked for every citation of its library
def known(names: tuple[str, ...]) -> Mapping[str, str]:
    """Every writing of every law, the longest first, and the official name it stands for; `names` stay themselves."""
    writings = {form: law for law, forms in SHORT_FORMS.items() for form in (law, *forms.split())}
    writings |= {_key(name): name for name in names if _key(name)}
    return dict(sorted(writings.items(), key=lambda item: -len(item[0])))


def official_name(law: str) -> str:
    """「個資法」 -> 「個人資料保護法」; a name that is not in the table stays itself."""
    return known(()).get(_key(law), law)


def _key(name: str) -> str:
    return compared(without_remarks(one_writing(name)))


def usual_unit(law: str) -> str:
    """Directions are counted in 點, laws in 條."""
    return "點" if law.endswith(POINT_KINDS) else "條"
