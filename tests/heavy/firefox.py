"""The page in Firefox, from disk: a file that is chosen is audited as the program does it, its correction is adopted and
undone, the workbooks are made, and all samples at once give their overview.

python3 firefox.py FIREFOX GOUJI PAGE WORK; needs marionette_driver, Firefox's own remote control.
"""
import json
import socket
import subprocess
import sys
import time
from pathlib import Path

from marionette_driver import By
from marionette_driver.marionette import Marionette

firefox, gouji, page, work = (Path(p).resolve() for p in sys.argv[1:])
samples = sorted((Path(__file__).resolve().parents[2] / "samples").glob("*.xlsx"))
samples = [s for s in samples if ".审核." not in s.name and ".更正." not in s.name]
one = next(s for s in samples if s.name == "数字打错一位.xlsx")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def session(port):
    for _ in range(120):
        try:
            browser = Marionette(host="127.0.0.1", port=port)
            browser.start_session()
            return browser
        except OSError:
            time.sleep(0.5)
    raise SystemExit("Firefox does not answer")


def until(browser, condition):
    for _ in range(240):
        if browser.execute_script("return " + condition):
            return
        time.sleep(0.25)
    raise SystemExit(f"never: {condition}\n" + browser.execute_script("return document.body.innerText"))


def drive(browser):
    browser.navigate(page.as_uri())
    until(browser, "document.readyState === 'complete'")
    browser.find_element(By.ID, "files").send_keys(str(one))
    until(browser, "!!document.querySelector('#results section table.sheet')")
    said = subprocess.run([gouji, "audit", one, "--no-write", "--format", "json"], capture_output=True, check=False).stdout
    told = [[f["code"], ",".join(f["cells"]), f["message"]] for f in json.loads(said)[0]["findings"]]
    shown = browser.execute_script(
        "return Array.from(document.querySelectorAll('li[data-code]'),"
        " (l) => [l.dataset.code, l.dataset.cells, l.querySelector('p').textContent])")
    assert shown == told, (shown, told)
    status = "document.querySelector('#results section').dataset.status"
    browser.execute_script("document.querySelector('button.all').click()")
    until(browser, status + " === 'clean'")
    until(browser, "Array.from(document.querySelectorAll('a[download]')).every((a) => a.href.startsWith('blob:'))")
    browser.execute_script("document.querySelector('#results .undo').click()")
    until(browser, status + " === 'findings'")
    browser.find_element(By.ID, "files").send_keys("\n".join(str(s) for s in samples))
    until(browser, "!document.getElementById('overview').hidden")
    rows = browser.execute_script("return document.querySelectorAll('#overview tbody tr').length")
    assert rows == len(samples), rows
    print("ok  the page in Firefox", browser.session_capabilities["browserVersion"])


port, profile = free_port(), work / "firefox"
profile.mkdir(parents=True)
(profile / "user.js").write_text(f'user_pref("marionette.port", {port});\n')
process = subprocess.Popen([firefox, "--headless", "--marionette", "--no-remote", "--profile", profile],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    drive(session(port))
finally:
    process.terminate()
    process.wait()
