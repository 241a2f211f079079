"""A sound with the official client: `python sound_official_client.py "a slow church bell" bell.wav`."""

import os
import sys
import time
from pathlib import Path

from camb.client import CambAI

client = CambAI(
    api_key=os.environ["SOUNDSTAGE_KEY"],
    base_url=os.environ.get("SOUNDSTAGE_URL", "http://127.0.0.1:8000") + "/apis",
)
task = client.text_to_audio.create_text_to_audio(prompt=sys.argv[1], duration=2)
while (status := client.text_to_audio.get_text_to_audio_status(task.task_id)).status == "PENDING":
    time.sleep(0.5)
if status.run_id is None:
    raise SystemExit(f"the sound was not made: {status}")
Path(sys.argv[2]).write_bytes(b"".join(client.text_to_audio.get_text_to_audio_result(status.run_id)))
