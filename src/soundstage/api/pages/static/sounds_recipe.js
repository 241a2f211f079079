// The recipe inside a file that Soundstage made: read on the server, shown, and used again.
import { call } from "./sounds_page.js";
import { fill, make } from "./sounds_making.js";

const card = document.getElementById("recipe");
const drop = card.querySelector(".drop");
const input = card.querySelector("input[type=file]");
const said = card.querySelector("[role=status]");
const found = card.querySelector(".found");

async function read(file) {
  found.replaceChildren();
  said.textContent = `Reading ${file.name} …`;
  card.setAttribute("aria-busy", "true");
  try {
    const form = new FormData();
    form.append("file", file);
    show(await call("POST", "/apis/sounds/recipe", form));
    said.textContent = file.name;
  } catch (error) {
    said.textContent = error.message;
  }
  card.setAttribute("aria-busy", "false");
}

function element(name, text, ...inside) {
  const made = document.createElement(name);
  if (text !== null) made.textContent = text;
  made.append(...inside);
  return made;
}

function facts(recipe) {
  const told = {
    Prompt: recipe.prompt,
    Kind: recipe.audio_type + (recipe.loop ? ", a loop" : ""),
    Length: `${recipe.duration} s, ${recipe.frames} frames at ${recipe.sample_rate} Hz`,
    Seed: recipe.seed,
    Without: recipe.negative_prompt,
    Engine: `${recipe.engine} ${recipe.engine_version}`,
    Licence: recipe.licence,
    Ingredients: (recipe.ingredients ?? []).map((one) => `${one.name} (${one.licence})`).join(", "),
  };
  const known = Object.entries(told).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return element("dl", null, ...known.flatMap(([label, value]) => [element("dt", label), element("dd", String(value))]));
}

const shared = ["prompt", "seed", "duration", "loop", "negative_prompt", "prompt_influence"];
const picked = (recipe, names) => Object.fromEntries(names.filter((name) => recipe[name] !== null && recipe[name] !== "").map((name) => [name, recipe[name]]));

function show(recipe) {
  const again = element("button", "Make it again");
  const start = element("button", "Start from it");
  again.type = start.type = "button";
  again.title = "With its plan and its seed: the very same samples, on the same version of the engine";
  again.addEventListener("click", async () => {
    again.disabled = true;
    try {
      await make({ ...picked(recipe, [...shared, "plan", "engine"]) });
    } catch (error) {
      said.textContent = error.message;
    }
    again.disabled = false;
  });
  start.addEventListener("click", () => fill({ ...picked(recipe, shared), audio_type: recipe.audio_type }));
  const acts = element("p", null, again, " ", start);
  acts.className = "downloads";
  const whole = element("details", null, element("summary", "All of it"), element("pre", JSON.stringify(recipe, null, 2)));
  found.replaceChildren(facts(recipe), acts, whole);
}

input.addEventListener("change", () => {
  if (input.files.length) read(input.files[0]);
  input.value = "";
});
// A file may be let fall anywhere on the page: without this the browser would leave the page and play it.
addEventListener("dragover", (event) => {
  if (![...event.dataTransfer.types].includes("Files")) return;
  event.preventDefault();
  drop.classList.add("over");
});
addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
addEventListener("drop", (event) => {
  drop.classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  read(event.dataTransfer.files[0]);
});
