"""The picture that messengers show beside a link to our pages: python -m tests.preview_picture

Draws handlers/web/static/preview.png anew, at the size that Open Graph previews are shown in.
"""

from pathlib import Path

from playwright.sync_api import ViewportSize

from tests.support.console_camera import browser

STATIC = Path(__file__).parents[1] / "handlers" / "web" / "static"
SIZE: ViewportSize = {"width": 1200, "height": 630}
PAGE = """<!doctype html><style>
body { display: grid; align-content: center; justify-items: center; height: 630px; margin: 0; background: #0e5a6b;
       color: #fff; font-family: "Noto Sans TC", "Noto Sans CJK TC", sans-serif; }
svg { width: 190px; border-radius: 46px; }
h1 { margin: 34px 0 8px; font-size: 92px; letter-spacing: 4px; }
p { margin: 0; font-size: 46px; opacity: .92; }
</style>%s<h1>公務機密小幫手</h1><p>要傳、要帶、要說之前，先問會不會洩密</p>"""


def main() -> None:
    with browser() as started:
        page = started.new_page(viewport=SIZE)
        page.set_content(PAGE % (STATIC / "favicon.svg").read_text("utf-8"))
        page.screenshot(path=STATIC / "preview.png")


if __name__ == "__main__":
    main()
