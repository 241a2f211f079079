// The list of sounds: narrowed as one types, longer on request, marked and cleared out.
import { call, page, prefix, tell, telling } from "./sounds_page.js";
import { rebind } from "./sounds_player.js";

const TYPING_MS = 250;
const library = document.getElementById("library");
const filter = document.getElementById("filter");
const sure = document.getElementById("sure");
let newest = 0; // of several searches under way only the last one counts
let typing = 0;

export const rows = () => [...library.querySelectorAll("li.sound")];
const title = (row) => row.querySelector("h3").textContent;

// One row is in the order of the tab key, so that a list of hundreds takes one press to pass.
export function stop(at = rows()[0]) {
  for (const row of rows()) row.tabIndex = row === at ? 0 : -1;
}

function address() {
  const asked = new URLSearchParams([...new FormData(filter)].filter(([name, value]) => value && !(name === "sort" && value === "newest")));
  return `${prefix}/studio/sounds${asked.size ? "?" : ""}${asked}`;
}

export async function refresh() {
  const mine = ++newest;
  clearTimeout(typing);
  library.setAttribute("aria-busy", "true");
  try {
    const fresh = await page(address());
    if (mine !== newest) return;
    library.replaceChildren(...fresh.getElementById("library").childNodes);
    filter.elements.tag.replaceChildren(...fresh.querySelector("#filter [name=tag]").childNodes);
    history.replaceState(null, "", address());
    stop();
    rebind();
  } finally {
    if (mine === newest) library.setAttribute("aria-busy", "false");
  }
}

const search = telling(refresh);

async function fresh(run) {
  return (await page(`${prefix}/studio/sounds/${run}`)).querySelector("li.sound");
}

// A sound that was just made: at the top, whatever is looked for.
export async function land(run) {
  const list = library.querySelector("ol.sounds");
  if (!list) {
    await refresh();
  } else if (!list.querySelector(`[data-run="${run}"]`)) {
    list.prepend(await fresh(run));
  }
  const row = library.querySelector(`[data-run="${run}"]`);
  row?.classList.add("landed");
  stop();
  if (row) tell(`“${title(row)}” is made.`);
}

export const favourite = telling(async (row) => {
  const star = row.querySelector(".star");
  const wanted = star.getAttribute("aria-pressed") !== "true";
  star.setAttribute("aria-pressed", String(wanted));
  try {
    await call("PATCH", `/apis/sounds/${row.dataset.run}`, { favourite: wanted });
  } catch (error) {
    star.setAttribute("aria-pressed", String(!wanted));
    throw error;
  }
});

export function edit(row) {
  const form = row.querySelector("form.marks");
  form.hidden = !form.hidden;
  row.querySelector(".acts [data-act=edit]").setAttribute("aria-expanded", String(!form.hidden));
  if (form.hidden) row.focus();
  else form.elements.name.select();
}

const keep = telling(async (row, form) => {
  const tags = form.elements.tags.value.split(",").map((tag) => tag.trim()).filter(Boolean);
  await call("PATCH", `/apis/sounds/${row.dataset.run}`, { name: form.elements.name.value.trim() || null, tags });
  const made = await fresh(row.dataset.run);
  row.replaceWith(made);
  stop(made);
  made.focus();
  rebind();
  const shown = await page(address());
  filter.elements.tag.replaceChildren(...shown.querySelector("#filter [name=tag]").childNodes);
});

export function remove(row) {
  sure.querySelector(".what").textContent = title(row);
  sure.returnValue = "";
  sure.addEventListener("close", () => (sure.returnValue === "delete" ? gone(row) : row.focus()), { once: true });
  sure.showModal();
}

const gone = telling(async (row) => {
  await call("DELETE", `/apis/sounds/${row.dataset.run}`);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const name = title(row);
  row.remove();
  rebind();
  if (!next) await refresh();
  else stop(next);
  next?.focus();
  tell(`“${name}” is deleted.`);
});

const more = telling(async (link) => {
  link.setAttribute("aria-busy", "true");
  const following = await page(link.href);
  const found = [...following.querySelectorAll("#library li.sound")];
  library.querySelector("ol.sounds").append(...found);
  const place = following.querySelector("#library .more");
  if (place) link.closest(".more").replaceWith(place);
  else link.closest(".more").remove();
  found[0]?.focus();
});

const acts = { favourite, edit, delete: remove };

library.addEventListener("click", (event) => {
  const link = event.target.closest("a.tag, #more, #all");
  const act = acts[event.target.closest("[data-act]")?.dataset.act];
  if (act) act(event.target.closest("li.sound"));
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.id === "more") more(link);
  else {
    if (link.id === "all") for (const one of filter.elements) if (one.type === "checkbox") one.checked = false; else if (one.name !== "sort") one.value = "";
    if (link.dataset.tag) filter.elements.tag.value = link.dataset.tag;
    search();
  }
});
library.addEventListener("submit", (event) => {
  event.preventDefault();
  keep(event.target.closest("li.sound"), event.target);
});
library.addEventListener("focusin", (event) => {
  const row = event.target.closest("li.sound");
  if (row) stop(row);
});
filter.addEventListener("submit", (event) => { event.preventDefault(); search(); });
filter.addEventListener("change", search);
filter.addEventListener("input", (event) => {
  if (event.target.type !== "search") return;
  clearTimeout(typing);
  typing = setTimeout(search, TYPING_MS);
});
// One menu of downloads at a time; it closes when one looks elsewhere.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.files[open]")) if (!open.contains(event.target)) open.open = false;
});
stop();
