#!/usr/bin/env python3
"""A worker in Python, with nothing but the standard library.

    POSTHORN_URL=http://127.0.0.1:8420 POSTHORN_TOKEN=... POSTHORN_APP=acme python3 worker.py

docs/reference/worker-protocol.md says what it and the engine tell each other. It runs tasks in a pool of threads, says once
a second that it lives, reports in batches, and gives back what it has not begun when it is told to stop.
"""

import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor


class Permanent(Exception):
    """Raise it when trying again is useless."""


class Cancelled(Exception):
    """Raised by `task.check()` once the engine wants the task to end."""


class Refused(Exception):
    """The engine said no: `status` of HTTP, and a stable `code`."""

    def __init__(self, status, code, detail):
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code = status, code


TASKS = {}


def task(name):
    """Registers a function of one argument, or of two: the input, and the running task."""

    def register(function):
        TASKS[name] = function
        return function

    return register


class Running:
    """A task while it runs."""

    def __init__(self, leased):
        self.id, self.attempt, self.key = leased["id"], leased["attempt"], leased["key"]
        self.cancelled = threading.Event()
        self.told = None

    def check(self):
        if self.cancelled.is_set():
            raise Cancelled()

    def progress(self, value):
        self.told = value


class Worker:
    def __init__(self, url, token, app, queues, concurrency):
        self.base = f"{url.rstrip('/')}/api/v1/app/{urllib.parse.quote(app, safe='')}/worker"
        self.auth = token
        self.queues, self.concurrency = queues, concurrency
        self.token = None
        self.pool = ThreadPoolExecutor(concurrency)
        self.results = queue.Queue()
        self.running = {}
        self.unreported = set()
        self.lock = threading.Lock()
        self.stopping = threading.Event()

    def ask(self, what, body, timeout=30):
        request = urllib.request.Request(
            f"{self.base}/{what}",
            data=json.dumps(body).encode(),
            headers={"authorization": f"Bearer {self.auth}", "content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            try:
                told = json.load(error)
            except ValueError:
                told = {}
            raise Refused(error.code, told.get("code", "unexpected_answer"), told.get("detail")) from None

    def join(self):
        profile = {
            "name": f"python:{os.getpid()}",
            "queues": self.queues,
            "names": sorted(TASKS),
            "concurrency": self.concurrency,
        }
        answer = self.ask("lease", {"worker": profile, "max": 0})
        self.token = answer["worker"]["token"]
        print(json.dumps({"event": "worker_joined", "worker": answer["worker"]["id"]}), flush=True)

    def lose(self):
        """What it had is somebody else's now."""
        self.token = None
        with self.lock:
            for running in self.running.values():
                running.cancelled.set()

    def cancel(self, cancelled):
        with self.lock:
            for one in cancelled:
                running = self.running.get(one["id"])
                if running is not None:
                    running.cancelled.set()

    def work(self, leased):
        running = Running(leased)
        with self.lock:
            self.running[running.id] = running
        self.pool.submit(self.run, leased, running)

    def run(self, leased, running):
        result = {"id": running.id, "attempt": running.attempt}
        try:
            function = TASKS[leased["name"]]
            takes_both = function.__code__.co_argcount > 1
            output = function(leased["input"], running) if takes_both else function(leased["input"])
            json.dumps(output)
            result.update(ok=True, output=output)
        except Cancelled:
            result.update(ok=False, error={"class": "cancelled", "code": "cancelled", "message": "Stopped as asked"})
        except Permanent as error:
            result.update(ok=False, error={"class": "permanent", "code": "task_failed", "message": str(error)})
        except Exception as error:  # Whatever it was: told to the engine, which decides what follows.
            result.update(
                ok=False,
                error={"class": "retryable", "code": type(error).__name__, "message": str(error), "stack": traceback.format_exc()},
            )
        with self.lock:
            self.unreported.add(running.id)
            del self.running[running.id]
        self.results.put((self.token, result))

    def report(self):
        """Tells results, together those that are there, until the engine has taken them."""
        while True:
            token, result = self.results.get()
            batch = [result]
            while len(batch) < 500 and not self.results.empty():
                batch.append(self.results.get()[1])
            while token is not None:
                try:
                    self.ask("report", {"token": token, "results": batch})
                    break
                except Refused as error:
                    if error.status < 500 and error.status != 429:
                        print(f"A report was refused: {error}", file=sys.stderr)
                        break
                    time.sleep(1)
                except OSError as error:
                    print(f"A report was not taken: {error}", file=sys.stderr)
                    time.sleep(1)
            with self.lock:
                self.unreported -= {one["id"] for one in batch}
            for _ in batch:
                self.results.task_done()

    def beat(self):
        while True:
            time.sleep(1)
            if self.token is None:
                continue
            with self.lock:
                holding = [*self.running, *self.unreported]
                progress = [
                    {"id": one.id, "attempt": one.attempt, "value": one.told}
                    for one in self.running.values()
                    if one.told is not None
                ]
            try:
                answer = self.ask("heartbeat", {"token": self.token, "holding": holding, "progress": progress}, 3)
                self.cancel(answer["cancelled"])
            except Refused as error:
                if error.code == "worker_lost":
                    self.lose()
            except OSError as error:
                print(f"A heartbeat was not taken: {error}", file=sys.stderr)

    def serve(self):
        for loop in (self.report, self.beat):
            threading.Thread(target=loop, daemon=True).start()
        while not self.stopping.is_set():
            try:
                if self.token is None:
                    self.join()
                with self.lock:
                    room = self.concurrency - len(self.running)
                if room == 0:
                    time.sleep(0.05)
                    continue
                # Short, so that it is soon seen when it should stop.
                answer = self.ask("lease", {"worker": {"token": self.token}, "max": room, "waitSeconds": 2})
                for leased in answer["tasks"]:
                    self.work(leased)
                self.cancel(answer["cancelled"])
            except Refused as error:
                if error.code == "worker_lost":
                    self.lose()
                elif error.status in (401, 403, 404):
                    raise
                else:
                    time.sleep(1)
            except OSError as error:
                print(f"The engine gives no tasks: {error}", file=sys.stderr)
                time.sleep(1)
        self.pool.shutdown(wait=True)
        self.results.join()
        if self.token is not None:
            self.ask("leave", {"token": self.token})


@task("py.add")
def add(numbers):
    return sum(numbers)


@task("py.word_count")
def word_count(text, running):
    words = text.split()
    for done, _ in enumerate(words):
        running.check()
        running.progress({"done": done, "of": len(words)})
    return len(words)


@task("py.refuse")
def refuse(_):
    raise Permanent("It will never work")


if __name__ == "__main__":
    worker = Worker(
        os.environ.get("POSTHORN_URL", "http://127.0.0.1:8420"),
        os.environ["POSTHORN_TOKEN"],
        os.environ["POSTHORN_APP"],
        os.environ.get("QUEUES", "default").split(","),
        int(os.environ.get("CONCURRENCY", "4")),
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: worker.stopping.set())
    worker.serve()
