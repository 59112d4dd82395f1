"""click's own sentences in Chinese: usage, headings, errors.

click takes them from gettext, which wants a compiled catalogue and a LANG that names its language. Here they are a
table that can be read and edited, the same on every machine. tests/test_chinese.py finds what another click would say.
"""

from types import ModuleType
from typing import Any

from click import core, decorators, exceptions, formatting, parser, termui, types

_ASKING: tuple[ModuleType, ...] = (core, decorators, exceptions, formatting, parser, termui, types)

SENTENCES = {
    # help
    "Usage:": "用法：",
    "Options": "選項",
    "Commands": "指令",
    "Positional arguments": "參數",
    "Show this message and exit.": "顯示這段說明。",
    "Show the version and exit.": "顯示版本。",
    "%(prog)s, version %(version)s": "%(prog)s 第 %(version)s 版",
    "default: {default}": "預設 {default}",
    "required": "必填",
    "env var: {var}": "環境變數 {var}",
    "(dynamic)": "（執行時決定）",
    "deprecated": "將停用",
    "file": "檔案",
    "directory": "資料夾",
    "path": "路徑",
    # errors
    "Error: {message}": "錯誤：{message}",
    "Try '{command} {option}' for help.": "輸入「{command} {option}」看說明。",
    "Did you mean {possibility}?": "你是不是要打 {possibility}？",
    "(Did you mean one of: {possibilities}?)": "（你是不是要打其中一個：{possibilities}？）",
    "No such command {name!r}.": "沒有「{name}」這個指令。",
    "No such option {name!r}.": "沒有「{name}」這個選項。",
    "Missing command.": "少了指令。",
    "Missing argument": "少了參數",
    "Missing option": "少了選項",
    "Missing parameter": "少了參數",
    "Missing {param_type}": "少了參數",
    "Missing parameter: {param_name}": "少了參數 {param_name}",
    "Choose from:\n\t{choices}": "請選其中一個：\n\t{choices}",
    "Got unexpected extra argument ({args})": "多了參數「{args}」。有空白的文字要用引號括起來。",
    "Got unexpected extra arguments ({args})": "多了參數「{args}」。有空白的文字要用引號括起來。",
    "Option {name!r} does not take a value.": "選項「{name}」後面不用給值。",
    "Option {name!r} requires an argument.": "選項「{name}」後面要給一個值。",
    "Option {name!r} requires {nargs} arguments.": "選項「{name}」後面要給 {nargs} 個值。",
    "Argument {name!r} takes {nargs} values.": "參數「{name}」要給 {nargs} 個值。",
    "Takes {nargs} values but 1 was given.": "要給 {nargs} 個值，只給了 1 個。",
    "Takes {nargs} values but {len} were given.": "要給 {nargs} 個值，給了 {len} 個。",
    "{len_type} values are required, but {len_value} was given.": "要給 {len_type} 個值，給了 {len_value} 個。",
    "{len_type} values are required, but {len_value} were given.": "要給 {len_type} 個值，給了 {len_value} 個。",
    "Invalid value: {message}": "值不對：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的值不對：{message}",
    "{value!r} is not {choice}.": "「{value}」不行，只能是 {choice}。",
    "{value!r} is not one of {choices}.": "「{value}」不行，只能是 {choices} 其中之一。",
    "{value!r} is not a valid {number_type}.": "「{value}」不是數字。",
    "{value} is not in the range {range}.": "{value} 不在範圍內（{range}）。",
    "{value!r} is not a valid boolean. Recognized values: {states}": "「{value}」不行，只能是 {states}",
    "{value!r} is not a valid UUID.": "「{value}」不是 UUID。",
    "{value!r} does not match the format {format}.": "「{value}」的格式不對，應該像 {format}。",
    "{value!r} does not match the formats {formats}.": "「{value}」的格式不對，應該像 {formats} 其中之一。",
    "{name} {filename!r} does not exist.": "找不到{name}「{filename}」。",
    "{name} {filename!r} is a file.": "{name}「{filename}」是檔案。",
    "{name} {filename!r} is a directory.": "{name}「{filename}」是資料夾。",
    "{name} {filename!r} is not readable.": "{name}「{filename}」讀不了。",
    "{name} {filename!r} is not writable.": "{name}「{filename}」不能寫入。",
    "{name} {filename!r} is not executable.": "{name}「{filename}」不能執行。",
    "Could not open file {filename!r}: {message}": "打不開檔案「{filename}」：{message}",
    "unknown error": "原因不明",
    # questions
    "Aborted!": "已取消。",
    "Do you want to continue?": "要繼續嗎？",
    "Confirm the action without prompting.": "不再詢問。",
    "Repeat for confirmation": "再輸入一次",
    "Error: The two entered values do not match.": "錯誤：兩次輸入的不一樣。",
    "Error: invalid input": "錯誤：請打 y（是）或 n（否）。",
    "Press any key to continue...": "按任意鍵繼續……",
}


def speak_chinese() -> None:
    """Have click ask here; each of its modules has gettext's functions under names of its own."""
    for module in _ASKING:
        names: dict[str, Any] = vars(module)
        names.update({name: function for name, function in _ANSWERING.items() if name in names})


def _sentence(english: str) -> str:
    return SENTENCES.get(english, english)


def _counted(one: str, several: str, count: int) -> str:
    return _sentence(one if count == 1 else several)


_ANSWERING = {"_": _sentence, "ngettext": _counted}
