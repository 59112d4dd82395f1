"""Pictures of the console's pages: only the part that matters, in few colours, so that the files stay small."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright

from tests.support import console_pages
from tests.support.console import PASSWORD

# Tall instead of a full page: what a sandboxed frame shows is drawn only inside the viewport.
DESK: ViewportSize = {"width": 1024, "height": 5000}
PHONE: ViewportSize = {"width": 360, "height": 5000}
EDGE = 12
COLOURS = 96
LINE_FACE = ".face-chat[data-drawn] iframe"
# Where Debian's chromium-l10n is installed, its own buttons and dates are in Chinese too.
TAIWANESE: dict[str, str | float | bool] = {**os.environ, "LANG": "zh_TW.UTF-8", "LANGUAGE": "zh_TW"}
PATIENCE = 60_000  # milliseconds: the machine may be busy


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as running:
        expect.set_options(timeout=PATIENCE)
        started = running.chromium.launch(
            executable_path=console_pages.CHROMIUM, args=[*console_pages.QUIET, "--lang=zh-TW"], env=TAIWANESE
        )
        yield started
        started.close()


class Camera:
    """Logs people in and puts pictures into a folder."""

    def __init__(self, started: Browser, address: str, folder: Path) -> None:
        self._browser = started
        self._address = address
        self._folder = folder

    def stranger(self, size: ViewportSize = DESK) -> Page:
        """A browser that nobody has logged in with."""
        context = self._browser.new_context(
            viewport=size, locale="zh-TW", timezone_id="Asia/Taipei", base_url=self._address
        )
        context.set_default_timeout(PATIENCE)
        return context.new_page()

    def enter(self, name: str, size: ViewportSize = DESK, password: str = PASSWORD) -> Page:
        """Somebody's browser, logged in."""
        page = self.stranger(size)
        page.goto("/admin/login")
        page.get_by_label("帳號").fill(name)
        page.get_by_label("密碼").fill(password)
        page.get_by_role("button", name="登入").click()
        expect(page.get_by_role("button", name="登出")).to_be_visible()
        return page

    def take(self, name: str, page: Page, *parts: Locator) -> None:
        """A picture that holds these parts of the page and what is between them, or the whole page."""
        page.wait_for_load_state("networkidle")
        page.evaluate("document.activeElement?.blur()")
        boxes = [part.bounding_box() for part in parts or (page.locator("body > header"), *whole(page))]
        found = [box for box in boxes if box]
        left, top = max(0, min(box["x"] for box in found) - EDGE), min(box["y"] for box in found)
        right = min(max(box["x"] + box["width"] for box in found) + EDGE, page.evaluate("innerWidth"))
        end = max(box["y"] + box["height"] for box in found) + 1
        path = self._folder / f"{name}.png"
        page.screenshot(path=path, clip={"x": left, "y": top, "width": right - left, "height": end - top})
        _shrink(path)
        print(f"{path}: {path.stat().st_size // 1024} kB")


def whole(page: Page) -> list[Locator]:
    """All that is on a page below its bar."""
    return page.locator("main > *").all()


def _shrink(path: Path) -> None:
    """Fewer colours: a third of the size, and nobody sees it."""
    if convert := shutil.which("convert"):
        command = [convert, str(path), "+dither", "-colors", str(COLOURS), "-strip", f"png8:{path}"]
        subprocess.run(command, check=True)
