"""A headless Chromium that a test drives over its debugging pipe: no driver, no socket, no other package.

    with Browser(path) as browser:
        page = browser.open(file)
        page.click("#next"); page.press("ArrowRight"); page.text("#say"); page.picture("a.png")
        page.problems      errors of the console, exceptions, and requests that are not the file itself
"""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --disable-features=IsolateSandboxedIframes --disable-extensions --disable-dev-shm-usage "
    "--hide-scrollbars --remote-debugging-pipe"
).split()
PATIENCE = 60.0
KEYS = {  # key: (code of the key, text that it types)
    "ArrowRight": (39, ""), "ArrowLeft": (37, ""), "Home": (36, ""), "End": (35, ""), "Tab": (9, ""), " ": (32, " "), "Enter": (13, "\r"), "Escape": (27, ""),
}  # fmt: skip


class Browser:
    """One Chromium process; `open` shows a file in a page of its own."""

    def __init__(self, path: str) -> None:
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()

        def hand_over() -> None:  # Chromium reads commands from file 3 and writes answers to file 4
            os.dup2(to_browser, 103), os.dup2(from_browser, 104)
            os.dup2(103, 3), os.dup2(104, 4)

        self._process = subprocess.Popen(
            [path, *FLAGS, f"--user-data-dir={self._folder.name}"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, close_fds=False, preexec_fn=hand_over,
        )  # fmt: skip
        os.close(to_browser), os.close(from_browser)
        self._buffer, self._serial, self.events = b"", 0, list[dict]()

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: Any) -> None:
        try:
            self.call("Browser.close")
            self._process.wait(10)
        except Exception:
            self._process.kill()
            self._process.wait()
        os.close(self._write), os.close(self._read)
        self._folder.cleanup()

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict:
        """Send a command and wait for its answer; events that come before it are kept."""
        self._serial += 1
        message = {"id": self._serial, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == self._serial:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def _message(self) -> dict:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._buffer:
            if not select.select([self._read], [], [], max(0.0, end - time.monotonic()))[0]:
                raise TimeoutError("Chromium does not answer")
            self._buffer += os.read(self._read, 1 << 20) or b'{"id": -1}\0'
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def open(self, path: Path | str, width: int = 1280, height: int = 900, dark: bool = False) -> "Page":
        """Show a file, or an address, and wait until it has loaded."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, str(path) if str(path).startswith("http") else Path(path).resolve().as_uri())
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        page.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        page.call("Page.navigate", url=page.address)
        page.wait("document.readyState === 'complete' && location.href !== 'about:blank'")
        return page


class Page:
    """A page: what a person sees, hears and does there."""

    def __init__(self, browser: Browser, session: str, address: str) -> None:
        self._browser, self._session, self.address = browser, session, address

    def call(self, method: str, **parameters: Any) -> dict:
        return self._browser.call(method, self._session, **parameters)

    def run(self, script: str) -> Any:
        """The value of an expression on the page (given to the page from outside, so its policy does not apply)."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", "an exception"))
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until a condition holds, also while one page makes room for the next."""
        end = time.monotonic() + PATIENCE
        while not self._holds(condition):
            if time.monotonic() > end:
                raise TimeoutError(condition)
            time.sleep(0.02)

    def _holds(self, condition: str) -> bool:
        try:
            return bool(self.run(condition))
        except RuntimeError as error:
            if "navigated" not in str(error):
                raise
            return False

    def text(self, selector: str) -> str:
        return self.run(f"document.querySelector({json.dumps(selector)}).textContent")

    def texts(self, selector: str) -> list[str]:
        return self.run(f"[...document.querySelectorAll({json.dumps(selector)})].map((x) => x.textContent)")

    def attribute(self, selector: str, key: str) -> str | None:
        return self.run(f"document.querySelector({json.dumps(selector)}).getAttribute({json.dumps(key)})")

    def visible(self, selector: str) -> bool:
        return self.run(f"document.querySelector({json.dumps(selector)}).checkVisibility()")

    def click(self, selector: str) -> None:
        """Press the mouse in the middle of an element, where it really is."""
        self.wait(f"document.querySelector({json.dumps(selector)}) !== null")    # what a click opens is filled a moment later
        x, y = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center', inline: 'center'}});"
            " const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str, times: int = 1) -> None:
        code, text = KEYS[key]
        for _ in range(times):
            down = {"text": text} if text else {}
            self.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, **down)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def picture(self, path: Path | str) -> None:
        """A screenshot of what is in view."""
        Path(path).write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def pdf(self) -> bytes:
        """The page as it prints."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    @property
    def problems(self) -> list[str]:
        """Console errors, exceptions, violations of the policy, and every request but that of the page itself."""
        found = []
        for event in self._browser.events:
            if event.get("sessionId") != self._session:
                continue
            method, details = event["method"], event["params"]
            if method == "Runtime.exceptionThrown" or (method == "Runtime.consoleAPICalled" and details["type"] in ("error", "warning")):
                found.append(json.dumps(details)[:500])
            elif method == "Log.entryAdded":
                found.append(details["entry"]["text"])
            elif method == "Network.requestWillBeSent" and not details["request"]["url"].startswith((self.address, "data:")):
                found.append(f"request: {details['request']['url']}")
        return found
