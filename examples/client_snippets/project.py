"""A project from a film, in plain HTTP: `python project.py talk.mp4`."""

import os
import sys
from pathlib import Path

import httpx

film = Path(sys.argv[1])
api = httpx.Client(
    base_url=os.environ.get("SOUNDSTAGE_URL", "http://127.0.0.1:8000") + "/apis",
    headers={"x-api-key": os.environ["SOUNDSTAGE_KEY"]},
    timeout=60,
)
with film.open("rb") as content:
    media_url = api.post("/uploads", files={"file": (film.name, content)}).raise_for_status().json()["media_url"]
body = {"media_url": media_url, "source_language": "auto", "target_languages": ["es-es"]}

for warning in api.post("/project-setup", params={"dry_run": "true"}, json=body).raise_for_status().json()["warnings"]:
    print("before the work:", warning)

task_id = api.post("/project-setup", json=body).raise_for_status().json()["task_id"]
status = {"status": "PENDING"}
while status["status"] == "PENDING":
    status = api.get(f"/tasks/{task_id}", params={"wait": 20}).raise_for_status().json()
for stage in status["stages"]:
    print(f"{stage['state']:>8}  {stage['title']}: {stage['summary']}")
if status["run_id"] is None:
    raise SystemExit(f"{status['exception_reason']}: {status['message']}")
print(api.get(f"/projects/{status['run_id']}/exports/srt").raise_for_status().text)
