// The page of sounds: its parts, and the keys.
import "./sounds_recipe.js";
import { edit, favourite, remove, rows, stop } from "./sounds_list.js";
import { step, toggle } from "./sounds_player.js";

const STEP = 1; // second

function along(row, by) {
  const all = rows();
  const next = all[Math.min(Math.max(0, all.indexOf(row) + by), all.length - 1)];
  stop(next);
  next.focus();
}

const onRow = {
  " ": toggle,
  Enter: (row) => row.querySelector("h3 a").click(),
  ArrowDown: (row) => along(row, 1),
  ArrowUp: (row) => along(row, -1),
  ArrowLeft: (row) => step(row, -STEP),
  ArrowRight: (row) => step(row, STEP),
  f: favourite,
  e: edit,
  Delete: remove,
};

const anywhere = {
  "/": () => document.querySelector("#filter [name=search]").select(),
  n: () => document.querySelector("#making [name=prompt]").select(),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const row = event.target.closest("li.sound");
  if (event.key === "Escape" && row?.querySelector("form.marks:not([hidden])")) edit(row);
  else if (event.key === "Escape" && row?.querySelector("details.files[open]")) row.querySelector("details.files").open = false;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select")) return;
  const act = event.target === row ? onRow[event.key] : undefined;
  if (!act && !anywhere[event.key]) return;
  event.preventDefault();
  if (act) act(row);
  else anywhere[event.key]();
});
