"""A task followed by server-sent events: `python events.py TASK_ID`. Resumes where it was when the line breaks."""

import json
import os
import sys
import time

import httpx

url = os.environ.get("SOUNDSTAGE_URL", "http://127.0.0.1:8000") + f"/apis/tasks/{sys.argv[1]}/events"
headers = {"x-api-key": os.environ["SOUNDSTAGE_KEY"], "accept": "text/event-stream"}
ended = False
while not ended:
    try:
        with httpx.stream("GET", url, headers=headers, timeout=httpx.Timeout(10, read=60)) as answer:
            answer.raise_for_status()
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name == "id":
                    headers["last-event-id"] = value
                elif name == "data":
                    print(value)
                    ended = json.loads(value).get("state") in ("succeeded", "failed", "cancelled")
                if ended:
                    break
    except httpx.TransportError:
        time.sleep(1)
