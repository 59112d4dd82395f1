"""Chapters of docs/console.md about the library and what could not be answered, done in a real browser."""

import tempfile
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from tests.support.console_camera import LINE_FACE, Camera
from tests.support.console_demo import EDITOR, OTHER_EDITOR, Demo

CHECKED = 900_000  # milliseconds that the check of a draft may take: it lets everything else go first
CASE = {
    "標題": "公務車行車記錄器的畫面，不能私下外流",
    "情境": (
        "某機關同仁把公務車行車記錄器拍到的車禍畫面傳到家族群組，畫面裡有車牌、路人的臉和當事人的對話，"
        "違反個人資料保護法第16條。"
    ),
    "涉及法規": "個人資料保護法第16條（公務機關利用個人資料的限制）。",
    "建議做法": (
        "行車記錄器的檔案由車輛管理單位保管，調閱要申請並留下紀錄。\n"
        "保險公司、當事人要畫面，請他們向機關申請，不要私下給。\n"
        "不要傳到群組，也不要放上網。"
    ),
}
ASKED = (
    "公務車行車記錄器的畫面可以傳給朋友看嗎",
    "行車記錄器拍到車禍可以上傳臉書嗎",
    "同事想要公務車的行車記錄器檔案可以給他嗎",
    "行車記錄器影片可以給記者嗎",
    "保險公司跟我要公務車的行車記錄影片可以直接給嗎",
    "公務車的行車影像可以剪成短影音嗎",
    "行車記錄器的記憶卡可以拿回家備份嗎",
    "家人想看我開公務車出車禍的影片可以給他看嗎",
)


def adds(camera: Camera, running: Demo) -> None:
    """新增一個案例, with its ways of asking; what that changes; live."""
    page = camera.enter(EDITOR)
    page.get_by_role("link", name="案例庫").click()
    camera.take("cases", page)
    page.get_by_role("button", name="新增案例").click()
    for heading, text in CASE.items():
        page.get_by_label(heading).first.fill(text)
    page.get_by_role("button", name="預覽卡片").click()
    expect(page.locator(LINE_FACE).first).to_be_visible()
    camera.take("case-form", page, page.locator("h1"), page.locator("#row-form"))
    camera.take("case-card", page, page.locator("#preview .faces").first)
    page.get_by_role("button", name="存進草稿").click()
    page.get_by_role("link", name="寫它的問法").click()
    for text in ASKED:
        page.get_by_label("問法").first.fill(text)
        if text == ASKED[1]:
            camera.take("question-form", page, page.locator("p.done"), page.locator("#row-form"))
        button = "存進草稿" if text == ASKED[-1] else "存進草稿，再寫一句"
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).click()
    checked(page)
    camera.take("draft", page, page.locator("h1"), page.locator("ul.edits").last.locator("li").nth(1))
    camera.take("draft-check", page, page.locator("#check"))
    publish(page, "新增第 11 案：行車記錄器")


def checked(page: Page) -> None:
    expect(page.get_by_role("button", name="上線")).to_be_visible(timeout=CHECKED)


def publish(page: Page, note: str) -> None:
    page.get_by_label("為什麼改").fill(note)
    if page.get_by_label("我看過，仍要上線").count():
        page.get_by_label("我看過，仍要上線").check()
    page.get_by_role("button", name="上線").click()
    expect(page.get_by_role("heading", name="版本", exact=True)).to_be_visible()


def mends(camera: Camera, running: Demo) -> None:
    """改正一個答錯的問題."""
    page = camera.enter(EDITOR)
    page.get_by_role("link", name="案例庫").click()
    page.get_by_label("打一句話").fill("離職交接隨身碟可以帶走嗎")
    page.get_by_role("button", name="試問").click()
    expect(page.get_by_text("最可能的")).to_be_visible()
    page.get_by_label("這句話應該是").select_option("6")
    camera.take("try", page, page.locator(".try"))
    page.get_by_role("button", name="放進草稿，看會改變什麼").click()
    expect(page.get_by_text("這句話放進草稿了")).to_be_visible()


def teaches(camera: Camera, running: Demo) -> None:
    """教答不出來的問題."""
    page = camera.enter(OTHER_EDITOR)
    page.get_by_role("link", name="問不到的").click()
    page.get_by_label("教成哪一個").first.select_option("meetings")
    camera.take("missed", page, page.locator("h1"), page.locator("section.paper").first)
    page.get_by_role("button", name="教會").first.click()
    expect(page.get_by_text("教會 6 則")).to_be_visible()


def approves(camera: Camera, running: Demo) -> None:
    """核定一般提醒."""
    page = camera.enter(OTHER_EDITOR)
    page.get_by_role("link", name="案例庫").click()
    page.get_by_role("link", name="一般提醒").click()
    camera.take("guides", page, page.locator("h1"), page.locator("tbody tr").nth(4))


def uploads(camera: Camera, running: Demo) -> None:
    """用試算表改很多筆, with a mistake in it."""
    page = camera.enter(OTHER_EDITOR)
    page.get_by_role("link", name="案例庫").click()
    page.get_by_role("link", name="上傳、下載").click()
    with page.expect_download() as loading:
        page.get_by_role("button", name="下載 案例庫.xlsx").click()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.xlsx"
        loading.value.save_as(path)
        _spoil(path)
        page.get_by_label("試算表").set_input_files(path)
        if page.get_by_label("取代我的草稿").count():
            page.get_by_label("取代我的草稿").check()
        page.get_by_role("button", name="上傳，看會改變什麼").click()
        expect(page.get_by_text("檔案沒有收下")).to_be_visible()
    camera.take("upload", page, page.locator("h1"), page.locator("section.paper").nth(1))


def _spoil(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["案例"]
    sheet.cell(row=4, column=5).value = None
    book["問法"].append(["行車記錄器的影片可以給鄰居看嗎", 99])
    book.save(path)


def collides(camera: Camera, running: Demo) -> None:
    """兩個人同時改."""
    first, second = camera.enter(EDITOR), camera.enter(OTHER_EDITOR)
    for page, text in ((second, "確診名單沒公布前，家人也不能說"), (first, "還沒公布的確診資訊，連家人也不能傳")):
        page.goto("/admin/library/cases/row?key=2")
        page.get_by_label("標題").fill(text)
        page.get_by_role("button", name="存進草稿").click()
    checked(first)
    publish(first, "第 2 案標題")
    second.goto("/admin/library/draft")
    camera.take("collision", second, second.locator("h2").first, second.locator("section.notice"))


def steps_back(camera: Camera, running: Demo) -> None:
    """退回去."""
    page = camera.enter(EDITOR)
    page.get_by_role("link", name="案例庫").click()
    page.get_by_role("link", name="版本").click()
    page.get_by_text("退回上一版", exact=True).click()
    camera.take("versions", page, page.locator("h1"), page.locator("table"))
