"""What is written in the environment and in .env: however it was saved, and names that are nearly those of settings."""

import codecs
from pathlib import Path

import pytest

import app
import config
from settings import given as given_settings
from settings import names as setting_names

NAMES = [row.name for row in app.setting_rows()]
TEXT = "TIP_TIME=09:00\r\nOFFICE_NAME=政風室\r\nOFFICE_CONTACT=分機 1234"
SAVED = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with a mark": TEXT.encode("utf-8-sig"),
    "Unicode": TEXT.encode("utf-16"),
    "Unicode big endian": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "UTF-16 without a mark": TEXT.encode("utf-16-le"),
    "UTF-16, big end first, without a mark": TEXT.encode("utf-16-be"),
    "ANSI of Windows in Taiwan": TEXT.encode("cp950"),
    "line ends of Unix": TEXT.replace("\r", "").encode(),
    "line ends of old Macs": TEXT.replace("\n", "").encode(),
    "full-width signs": TEXT.replace("=", "＝").encode(),
    "full-width signs, in Big5": TEXT.replace("=", " ＝ ").encode("cp950"),
    "export": TEXT.replace("OFFICE", "export OFFICE").encode(),
    "spaces": TEXT.replace("=", " = ").replace("\r", "  \u3000\r").encode(),
    "quotes": TEXT.replace("政風室", '"政風室"').replace("分機 1234", "'分機 1234'").encode(),
    "round quotes": TEXT.replace("政風室", "“政風室”").replace("分機 1234", "＂分機 1234＂").encode(),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def read(path: Path, text: str | bytes) -> config.Settings:
    """The settings of a file, as a start reads them."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    given = given_settings.look_up(app.setting_rows(), {}, path)
    settings = app.load_settings({name: value for name, value in given.texts.items() if name in NAMES})
    return config.Settings(**{**vars(settings), "remarks": given.remarks})


@pytest.mark.parametrize("data", SAVED.values(), ids=SAVED)
def test_an_env_file_is_read_however_it_was_saved(path: Path, data: bytes) -> None:
    settings = read(path, data)
    assert (settings.tip_time, settings.office_name, settings.office_contact) == ("09:00", "政風室", "分機 1234")
    assert not settings.remarks


def test_a_value_is_what_is_written(path: Path) -> None:
    """A password may hold what a shell would put something else for."""
    settings = read(path, 'OFFICE_CONTACT=a${HOME}b$PATH\nSECRET_KEY="x${none}y"\n')
    assert (settings.office_contact, settings.secret_key) == ("a${HOME}b$PATH", "x${none}y")


def test_no_env_file_sets_nothing(path: Path) -> None:
    assert given_settings.look_up(app.setting_rows(), {}, path) == ({}, ())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"TIP_TIME=09:00\nOFFICE_NAME=\xff\xff\xff", "第 2 行有讀不出的字"),
        ("# 政風室的設定，請勿外流\n".encode() + b"OFFICE_NAME=\xa4", "第 2 行有讀不出的字"),
        (TEXT.encode("utf-16")[:-1], "第 3 行有讀不出的字"),
        (b"TIP_TIME=09:00\nOFFICE_NAME=\xfa\x40" + "政風室".encode("cp950") * 9, "第 2 行有造字"),
        (b"TIP_TIME=09:00\n\nOFFICE_NAME=a\x00b", "第 3 行有空字元"),
        ("TIP_TIME=09:00\n\n\nOFFICE_NAME 政風室", "第 4 行讀不懂"),
        ("TIP_TIME=09:00\nOFFICE_NAME：政風室", "第 2 行沒有等號"),
        ("TIP_TIME=09:00\nTIP_APPROVALS", "第 2 行沒有等號"),
        ('\nOFFICE_NAME="政風室\nTIP_TIME=09:00', "第 2 行讀不懂"),
        ('OFFICE_NAME="政風室\nOFFICE_CONTACT="1234"', "第 1 行讀不懂"),
    ],
)
def test_what_cannot_be_read_is_refused_by_file_and_line(path: Path, data: str | bytes, said: str) -> None:
    with pytest.raises(config.SettingError, match=rf"設定 \.env：{said}.*請"):
        read(path, data)


@pytest.mark.parametrize(
    ("text", "name", "remark"),
    [
        ("OFFICE_NAME=甲\nOFFICE_NAME=乙", "乙", "第 1 行和第 2 行都寫了 OFFICE_NAME，用的是第 2 行"),
        ("OFFICE_NAME=乙\nOFFICE_NAME=乙", "乙", ""),
        ("OFFICE_NAME=乙 #123", "乙", "第 1 行空白和 # 之後的字當成註解"),
        ("OFFICE_NAME=乙 # 註解", "乙", ""),
        ("OFFICE_NAME=乙#123", "乙#123", ""),
        ('OFFICE_NAME="乙 #123"', "乙 #123", ""),
        ('OFFICE_NAME="乙" #123', "乙", ""),
        ("LINE_CHANNEL_ID=1234\nOFFICE_NAME=乙", "乙", "LINE_CHANNEL_ID：沒有這個設定（.env 第 1 行）"),
        ("PORT=8000\nWEB_CONCURRENCY=2\nNO_COLOR=1\nOFFICE_NAME=乙", "乙", ""),
    ],
)
def test_what_may_not_be_meant_is_said_and_stops_nothing(path: Path, text: str, name: str, remark: str) -> None:
    settings = read(path, text)
    assert settings.office_name == name
    assert len(settings.remarks) == bool(remark)
    assert all(remark in each for each in settings.remarks)


MISSPELT = {
    "LINE_CHANEL_SECRET": "LINE_CHANNEL_SECRET",
    "LINE_CHANNEL_SECERT": "LINE_CHANNEL_SECRET",
    "line_channel_secret": "LINE_CHANNEL_SECRET",
    "LINE-CHANNEL-SECRET": "LINE_CHANNEL_SECRET",
    "LINE_CHANNEL_SECRET ": "LINE_CHANNEL_SECRET",
    "\ufeffLINE_CHANNEL_SECRET": "LINE_CHANNEL_SECRET",
    "ＬＩＮＥ＿ＣＨＡＮＮＥＬ＿ＳＥＣＲＥＴ": "LINE_CHANNEL_SECRET",
    "LINE_CHANNELACCESS_TOKEN": "LINE_CHANNEL_ACCESS_TOKEN",
    "LINE_CHANNEL_ACESS_TOKENS": "LINE_CHANNEL_ACCESS_TOKEN",
    "TELEGARM_BOT_TOKEN": "TELEGRAM_BOT_TOKEN",
    "ADMIN_LINE_ID": "ADMIN_LINE_IDS",
    "OFICE_NAME": "OFFICE_NAME",
    "OFFICE_NAEM": "OFFICE_NAME",
    "TIPTIME": "TIP_TIME",
    "TIME_ZONE": "TIMEZONE",
    "TRUSTED_PROXY": "TRUSTED_PROXIES",
    "DATABASE_URI": "DATABASE_URL",
    "REDIS_URI": "REDIS_URL",
    "VARDIR": "VAR_DIR",
    "CASE_PATH": "CASES_PATH",
}


@pytest.mark.parametrize(("name", "meant"), MISSPELT.items())
def test_a_misspelt_name_stops_the_start_with_the_one_that_was_meant(path: Path, name: str, meant: str) -> None:
    with pytest.raises(config.SettingError, match=f"沒有這個設定，是不是要寫 {meant}？") as caught:
        app.load_settings({name: "value"})
    assert caught.value.name == name
    if name == name.strip():
        with pytest.raises(config.SettingError, match=rf"（\.env 第 2 行），是不是要寫 {meant}？"):
            read(path, f"LOG_FORMAT=json\n{name}=value")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("slip", [lambda name: name[:3] + name[4:], lambda name: name[:3] + "X" + name[3:]])
def test_every_setting_is_found_by_a_slip(name: str, slip: object) -> None:
    assert callable(slip)
    guess = setting_names.guess(slip(name), NAMES, [], is_ours=True)
    assert guess == (name, True)


OTHERS = """
REDIS_HOST REDIS_PORT REDIS_TLS_URL DATABASE_CONNECTION_POOL_URL FTP_PROXY ALL_PROXY no_proxy http_proxy JAR_DIR
DATA_DIR SECRET_KEY_BASE PORT WEB_CONCURRENCY LINES COLUMNS TZ LANG PATH HOME LOG_LEVEL SSL_CERT_DIR NO_COLOR PUBLIC_IP
POSTGRES_PASSWORD PYTHONTZPATH KUBERNETES_SERVICE_HOST
"""


@pytest.mark.parametrize("name", OTHERS.split())
def test_what_is_another_programs_is_not_blamed(name: str) -> None:
    given = {name: "http://127.0.0.1:1"}
    assert app.load_settings(given).remarks == ()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"LINE_CHANNEL_ID": "1"}, "LINE_CHANNEL_"),
        ({"TELEGRAM_CHAT_ID": "1"}, "TELEGRAM_"),
        ({"OFFICE_FAX": "1"}, "OFFICE_"),
        ({"OFFICE_NAM": "甲", "OFFICE_NAME": "乙"}, "OFFICE_NAME"),
    ],
)
def test_a_name_of_ours_that_is_far_from_all_is_a_remark(given: dict[str, str], meant: str) -> None:
    (remark,) = app.load_settings(given).remarks
    assert remark.startswith(f"設定 {next(iter(given))}：沒有這個設定")
    assert f"是不是要寫 {meant}" in remark


def test_a_misspelt_name_that_is_empty_means_nothing() -> None:
    assert app.load_settings({"LINE_CHANEL_SECRET": ""}).remarks == ()


@pytest.mark.parametrize("value", ['"政風室"', "'政風室'", "“政風室”", " 政風室\t", "＂政風室＂"])
def test_quotes_around_a_value_of_the_environment_are_none_of_it(value: str) -> None:
    """Docker's --env-file leaves them there."""
    assert app.load_settings({"OFFICE_NAME": value}).office_name == "政風室"
