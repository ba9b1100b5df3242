"""The server under test: one process of the real binary on a free port, stopped at the end."""

import os
import queue
import re
import subprocess
import threading
import time
from pathlib import Path

import jwt
import requests

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("SLOP_SERVER", str(ROOT / "target/debug/slop-server"))
SCRIPTED_CLAUDE = ROOT / "tests/clients/support/scripted-claude.sh"
SECRET = "a secret of the Python tests, longer than 32 bytes"
PUBLISH_TOKEN = "the publish token of the Python tests"
PATIENCE_SECONDS = 10


def token_for(user_id):
    """A token as PyJWT signs it."""
    return jwt.encode({"userId": user_id, "exp": int(time.time()) + 600}, SECRET, "HS256")


class Server:
    """A running server."""

    def __init__(self, home):
        settings = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(home),
            "JWT_SECRET": SECRET,
            "PUBLISH_TOKEN": PUBLISH_TOKEN,
            "CLAUDE_CLI_PATH": str(SCRIPTED_CLAUDE),
        }
        command = [BINARY, "--port", "0"]
        with (home / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=home, env=settings, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self.log = home / "server.log"
        try:
            self.url = self._wait_until_ready()
        except BaseException:
            self.process.kill()
            raise

    def _wait_until_ready(self):
        lines = queue.Queue()
        reader = threading.Thread(
            target=lambda: [lines.put(line) for line in self.process.stdout], daemon=True
        )
        reader.start()
        try:
            line = lines.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            raise AssertionError(f"the server is not ready: {self.log.read_text()}") from None
        found = re.fullmatch(r"slop-server listening on (http:\S+)\n", line)
        assert found, f"expected the line that the server is ready, not {line!r}"
        return found.group(1)

    def publish(self, body):
        """POST /publish; gives the status and the body."""
        headers = {"Authorization": f"Bearer {PUBLISH_TOKEN}"}
        url = f"{self.url}/publish"
        answer = requests.post(url, json=body, headers=headers, timeout=PATIENCE_SECONDS)
        return answer.status_code, answer.json()

    def stop(self):
        """Stops it; an unclean end is an error."""
        self.process.terminate()
        try:
            code = self.process.wait(timeout=PATIENCE_SECONDS)
        finally:
            self.process.kill()
        assert code == 0, f"the server ended with {code}: {self.log.read_text()}"
