"""A headless Chromium spoken to by its developer protocol, over a pair of pipes."""

import base64
import io
import json
import os
import select
import shutil
import signal
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any

import numpy as np
from PIL import Image

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--hide-scrollbars",
    "--use-angle=swiftshader",  # WebGL without a graphics card
    "--enable-unsafe-swiftshader",
    "--window-size=1000,1200",
)
PATIENCE = 120.0  # s


class Browser:
    """One page in a browser that is ended at the end.

    Attributes:
        messages: What the console had to say of faults, and exceptions nobody caught.
        requests: Addresses that the page asked for.
    """

    def __init__(self, profile: Path):
        found = [path for name in NAMES if (path := shutil.which(name))]
        assert found, f"no browser: install one of {', '.join(NAMES)}"
        self.messages: list[str] = []
        self.requests: list[str] = []
        self._count, self._rest = 0, b""
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        moved = [os.dup2(pipe, 100 + k) for k, pipe in enumerate((theirs_in, theirs_out))]
        self._process = os.posix_spawn(
            found[0],
            [found[0], *OPTIONS, f"--user-data-dir={profile}", "about:blank"],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                *((os.POSIX_SPAWN_DUP2, pipe, 3 + k) for k, pipe in enumerate(moved)),
            ],
        )
        for pipe in (theirs_in, theirs_out, *moved):
            os.close(pipe)
        self._session = ""
        targets = self.ask("Target.getTargets")["targetInfos"]
        target = next(t["targetId"] for t in targets if t["type"] == "page")
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def __enter__(self) -> "Browser":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._in)
        os.close(self._out)

    def open(self, page: Path) -> None:
        """Load a page."""
        self.ask("Page.navigate", url=page.resolve().as_uri())

    def wait(self, expression: str) -> None:
        """Until the expression is true in the page."""
        end = monotonic() + PATIENCE
        while not self.run(expression):
            assert monotonic() < end, f"{expression} did not come true: {self.messages}"
            select.select([], [], [], 0.1)

    def run(self, expression: str) -> Any:
        """What the expression is in the page."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def box(self, selector: str) -> dict[str, float]:
        """Where an element is in the page, scrolled into sight: `x`, `y`, `width`, `height`."""
        return self.run(
            f"(() => {{ const e = document.querySelector('{selector}');"
            "e.scrollIntoView({block: 'center'}); const {x, y, width, height} ="
            "e.getBoundingClientRect(); return {x, y, width, height}; })()"
        )

    def picture(self, selector: str = "") -> np.ndarray:
        """Pixels of an element, or of what is in sight, shape (rows, columns, 3)."""
        clip = {"clip": self.box(selector) | {"scale": 1}} if selector else {}
        if clip:
            clip["clip"]["y"] += self.run("window.scrollY")
            clip["clip"]["x"] += self.run("window.scrollX")
        shot = self.ask("Page.captureScreenshot", format="png", **clip)["data"]
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(shot))).convert("RGB"))

    def press(self, x: float, y: float, *path: tuple[float, float], button: str = "left") -> None:
        """Press the mouse at a point in sight, move it along a path and let go at its end."""
        places = [(x, y), *path]
        self._mouse("mouseMoved", x, y, "none")
        self._mouse("mousePressed", x, y, button)
        for place in path:
            self._mouse("mouseMoved", *place, button)
        self._mouse("mouseReleased", *places[-1], button)

    def key(self, name: str) -> None:
        """Press a key, e.g. `ArrowDown`."""
        code = {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Enter": 13}
        for kind in ("rawKeyDown", "keyUp"):
            self.ask(
                "Input.dispatchKeyEvent",
                type=kind,
                key=name,
                code=name,
                windowsVirtualKeyCode=code[name],
            )

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        self._count += 1
        command: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._out, json.dumps(command).encode() + b"\0")
        while True:
            message = self._read()
            if message.get("id") == self._count:
                assert "error" not in message, f"{method}: {message['error']}"
                return message["result"]
            self._note(message)

    def _mouse(self, kind: str, x: float, y: float, button: str) -> None:
        held = {"clickCount": 1} if kind != "mouseMoved" else {}
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, **held)

    def _note(self, message: dict[str, Any]) -> None:
        given = message.get("params", {})
        match message.get("method"):
            case "Runtime.consoleAPICalled" if given["type"] in ("error", "warning", "assert"):
                self.messages.append(str([part.get("value") for part in given["args"]]))
            case "Runtime.exceptionThrown":
                self.messages.append(str(given["exceptionDetails"]))
            case "Log.entryAdded" if given["entry"]["level"] in ("error", "warning"):
                self.messages.append(given["entry"]["text"])
            case "Network.requestWillBeSent":
                self.requests.append(given["request"]["url"])

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._in], [], [], PATIENCE)
            assert ready, "the browser does not answer"
            part = os.read(self._in, 1 << 20)
            assert part, "the browser has ended"
            self._rest += part
        message, self._rest = self._rest.split(b"\0", 1)
        return json.loads(message)
