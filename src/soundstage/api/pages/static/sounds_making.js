// The form that makes a sound, and the sounds on their way: how far they are, until they land in the list.
import { call, page, prefix, tell, telling } from "./sounds_page.js";
import { land } from "./sounds_list.js";

const LOOK_MS = 500;
const LATER_MS = 3000;
const form = document.getElementById("making");
const said = form.querySelector("[role=status]");
const coming = document.getElementById("coming");
const followed = new Set();
let looking = 0;

// What the form asks for; a field that is empty is left out.
function wanted() {
  const asked = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || (field.type === "radio" && !field.checked)) continue;
    if (field.type === "checkbox") {
      if (field.checked) asked[field.name] = true;
    } else if (field.value.trim()) asked[field.name] = field.type === "number" ? Number(field.value) : field.value.trim();
  }
  return asked;
}

function clearFaults() {
  said.textContent = "";
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

function showFaults(error) {
  const wrong = error.faults.map((fault) => [form.elements[fault.loc[1]], fault.msg]).filter(([field]) => field instanceof HTMLElement);
  for (const [field] of wrong) {
    field.setAttribute("aria-invalid", "true");
    if (field.closest("details")) field.closest("details").open = true;
  }
  wrong[0]?.[0].focus();
  said.textContent = wrong.length ? wrong.map(([, message]) => message).join(" ") : error.message;
}

// Ask for a sound. Throws Refused.
export async function make(asked) {
  const { task_id } = await call("POST", "/apis/text-to-sound", asked);
  followed.add(task_id);
  await look();
}

// Put what is known of a sound into the form; what is not, is as at the start.
export function fill(values) {
  form.reset();
  clearFaults();
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements[name];
    if (!field || value === null || value === undefined) continue;
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
    if (value && field.closest?.("details")) field.closest("details").open = true;
  }
  music();
  form.elements.prompt.focus();
}

// Tempo and key are of music only.
function music() {
  for (const field of form.querySelectorAll("[data-music]")) field.disabled = form.elements.audio_type.value !== "music";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  clearFaults();
  button.disabled = true;
  try {
    await make({ prompt: form.elements.prompt.value, ...wanted() });
  } catch (error) {
    showFaults(error);
  }
  button.disabled = false;
});
// What a browser finds wrong by itself it can only point at where it is seen.
form.addEventListener("invalid", (event) => { if (event.target.closest("details")) event.target.closest("details").open = true; }, true);
form.addEventListener("change", music);
form.addEventListener("reset", () => setTimeout(music));
form.addEventListener("click", (event) => {
  if (event.target.dataset.example) fill({ prompt: event.target.dataset.example });
});
form.elements.prompt.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

// Look how far they are; goes on by itself while one is on its way.
const look = async () => {
  clearTimeout(looking);
  try {
    const asked = new URLSearchParams([...followed].slice(-20).map((task) => ["task", task]));
    const found = await page(`${prefix}/studio/sounds/coming?${asked}`);
    const landed = [...found.querySelectorAll("[data-state=succeeded]")];
    for (const one of landed) {
      followed.delete(one.dataset.task);
      one.remove();
    }
    swap(found);
    for (const one of landed) await land(one.dataset.run);
    if (coming.querySelector("li:not([data-ended])")) looking = setTimeout(look, document.hidden ? LATER_MS : LOOK_MS);
  } catch (error) {
    tell(error.message, true);
    looking = setTimeout(look, LATER_MS);
  }
};

function swap(found) {
  const held = document.activeElement.closest?.("#coming [data-verb]");
  const where = held && `[data-task="${held.closest("li").dataset.task}"] [data-verb=${held.dataset.verb}]`;
  const list = found.querySelector("ol");
  for (const one of found.querySelectorAll("li")) followed.add(one.dataset.task);
  coming.replaceChildren(...(list?.children.length ? [list] : []));
  if (where) coming.querySelector(where)?.focus();
}

coming.addEventListener("click", telling(async (event) => {
  const verb = event.target.dataset.verb;
  if (!verb) return;
  const task = event.target.closest("li").dataset.task;
  event.target.disabled = true;
  if (verb !== "retry") followed.delete(task);
  if (verb !== "dismiss") await call("POST", `/apis/tasks/${encodeURIComponent(task)}/${verb}`);
  await look();
}));

if (coming.querySelector("li")) look();
