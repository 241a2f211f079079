// Run by test_node_client.py with one argument: what to talk to, as JSON. Ends with {"ok": true} on stdout.
import assert from "node:assert/strict";
import { setTimeout as nap } from "node:timers/promises";
import { CambClient } from "@camb-ai/sdk";

const told = JSON.parse(process.argv[2]);
const client = new CambClient({ apiKey: told.apiKey, baseUrl: told.baseUrl });

async function ended(read) {
    for (let turn = 0; turn < 1500; turn++) {
        const status = await read();
        if (status.status !== "PENDING") return status;
        await nap(100);
    }
    throw new Error("the task did not end");
}

async function refused(call, status) {
    await assert.rejects(call, (error) => {
        assert.equal(error.statusCode, status);
        return true;
    });
}

// Languages, voices, folders
assert.equal((await client.languages.getSourceLanguages()).length, 149);
assert.equal((await client.languages.getTargetLanguages()).length, 149);
assert.ok(Array.isArray(await client.voiceCloning.listVoices()));
const folder = await client.folders.createFolder({ folder_name: "from node" });
assert.equal(folder.status, "success");
const folders = await client.folders.listFolders({ limit: 10, search_query: "from node" });
assert.equal(folders[0].name, "from node");

// Sound
const accepted = await client.textToAudio.createTextToAudio({
    prompt: "a bell", duration: 0.5, audio_type: "sound", folder_id: folder.folder_id,
});
const sound = await ended(() => client.textToAudio.getTextToAudioStatus({ task_id: accepted.task_id, run_id: 1 }));
assert.equal(sound.status, "SUCCESS");
const raw = await client.textToAudio.getTextToAudioResult({ run_id: sound.run_id });
const bytes = new Uint8Array(await raw.arrayBuffer());
assert.equal(new TextDecoder().decode(bytes.slice(0, 4)), "RIFF");
const urls = await client.textToAudio.getTextToSoundResults({ body: { run_ids: told.sounds } });
assert.deepEqual(new Set(Object.keys(urls)), new Set(told.sounds.map(String)));  // JavaScript sorts such keys itself
assert.equal((await fetch(urls[told.sounds[0]].output_url)).status, 200);

// Project set-up: this client reads the documented object
const setUp = await client.projectSetup.createProject({
    media_url: told.mediaUrl, source_language: 1, target_languages: [54], project_name: "From Node",
});
const project = await ended(() => client.projectSetup.createProjectSetupTaskStatus({ task_id: setUp.task_id }));
assert.equal(project.status, "SUCCESS");
const result = await client.projectSetup.getProjectSetupResult({ run_id: project.run_id });
assert.equal(result.project_details.project_name, "From Node");
const results = await client.projectSetup.getProjectSetupRunsResults({ body: { run_ids: told.projects } });
assert.deepEqual(results.map((entry) => entry.run_id), told.projects);
const parked = await client.projectSetup.createProjectSetupTaskStatus({ task_id: told.parkedProject });
assert.equal(parked.status, "PENDING");
assert.equal(typeof parked.run_id, "number");
const failed = await client.projectSetup.createProjectSetupTaskStatus({ task_id: told.failedProject });
assert.equal(failed.status, "ERROR");
assert.equal(failed.exception_reason, "CONTENT_DOES_NOT_MATCH_EXTENSION");

// Dictionaries
const made = await client.dictionaries.createDictionaryFromFile({
    dictionary_file: new File(["en-us,es-es\nstage,escenario\n"], "terms.csv"), dictionary_name: "Node words",
});
const dictionary_id = made.dictionary_id;
const term = await client.dictionaries.addTermToDictionary({
    dictionary_id, translations: [{ translation: "light", language: 1 }],
});
await client.dictionaries.updateTermTranslationInDictionaryUsingTermId({
    dictionary_id, term_id: term.term_id, translations: [{ translation: "luz", language: 54 }],
});
const details = await client.dictionaries.getDictionaryDetails({ dictionary_id });
assert.equal(details.dictionary_terms.length, 2);
await client.dictionaries.deleteDictionaryTerm({ dictionary_id, term_id: term.term_id });
assert.equal((await client.dictionaries.getDictionaryInfo({ dictionary_id })).name, "Node words");
assert.ok((await client.dictionaries.getDictionaries()).some((one) => one.id === dictionary_id));
await client.dictionaries.deleteDictionary({ dictionary_id });

// Refusals
await refused(() => client.textToAudio.createTextToAudio({ prompt: "" }), 422);
await refused(() => client.textToAudio.getTextToAudioStatus({ task_id: "unknown" }), 404);
await refused(() => client.dictionaries.getDictionaryInfo({ dictionary_id }), 404);

console.log(JSON.stringify({ ok: true }));
