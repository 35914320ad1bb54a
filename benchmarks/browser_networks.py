"""How often a second a browser computes all four networks, at full speed and as on a phone.

    python -m benchmarks.browser_networks [--slower 4]

Chromium's own throttle slows its processor down; 4 stands for a middle-class phone, as in its
developer tools. Needs `webapp/static/networks/`, which `flask model export-browser` writes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

STATIC = Path(__file__).parents[1] / "webapp" / "static"
UPDATES = 60

MEASURE = """async (updates) => {
  const js = "/js/networks/";
  const { loadNetworks } = await import(js + "weights.js");
  const { probabilities } = await import(js + "forward.js");
  const { picturesOf } = await import(js + "picture.js");
  const { changed } = await import(js + "transforms.js");
  const networks = await loadNetworks({
    manifest: "/networks/manifest.json",
    weights: "/networks/weights.bin",
  });
  const sheet = Object.assign(new Image(), { src: "/networks/digits.png" });
  const pictures = await picturesOf(sheet, { columns: 30, count: updates });
  const update = (ink, i) => {
    const picture = changed(ink, { turn: i - 30, thicken: 0.5, blur: 0.5 });
    for (const network of networks) probabilities(network, picture);
  };
  pictures.slice(0, 20).forEach(update); // the browser compiles what runs often
  const milliseconds = pictures.map((ink, i) => {
    const began = performance.now();
    update(ink, i);
    return performance.now() - began;
  });
  return milliseconds.sort((a, b) => a - b)[updates >> 1];
}"""


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slower", type=float, default=4, help="how much slower a phone is")
    slower = parser.parse_args().slower
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(STATIC)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/networks/")
        for rate in (1, slower):
            print(f"{_median(page, rate):.1f} ms an update with a processor {rate:g} times slower")
        browser.close()
    server.shutdown()


def _median(page: Page, rate: float) -> float:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    median: float = page.evaluate(MEASURE, UPDATES)
    return median


if __name__ == "__main__":
    main()
