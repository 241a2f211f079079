#!/usr/bin/env bash
# A sound with curl:  SOUNDSTAGE_KEY=… sound.sh "rain on a tin roof" rain.wav
set -euo pipefail
url=${SOUNDSTAGE_URL:-http://127.0.0.1:8000}/apis
api() { curl -sS --fail-with-body -H "x-api-key: $SOUNDSTAGE_KEY" "$@"; }
field() { sed -n "s/.*\"$1\": *\"\{0,1\}\([^,\"}]*\).*/\1/p"; }

task=$(api "$url/text-to-sound" -H 'content-type: application/json' -d "{\"prompt\": \"$1\", \"duration\": 2}" | field task_id)
until status=$(api "$url/text-to-sound/$task?wait=20"); [ "$(echo "$status" | field status)" != PENDING ]; do :; done
api "$url/text-to-sound-result/$(echo "$status" | field run_id)" -o "$2"
