// The stages of a task as they happen: every event asks the server for the rendered stages again, at most four times a second.
(() => {
  const live = document.getElementById("live");
  const prefix = document.body.dataset.prefix;
  const task = encodeURIComponent(live.dataset.task);
  let waiting = false;
  let due = false;

  const ended = () => ["succeeded", "failed", "cancelled"].includes(document.getElementById("stages").dataset.state);

  async function redraw() {
    if (waiting) { due = true; return; }
    waiting = true;
    const answer = await fetch(`${prefix}/studio/tasks/${task}/stages`);
    if (answer.ok) swap(await answer.text());
    setTimeout(() => { waiting = false; if (due) { due = false; redraw(); } }, 250);
  }

  function swap(html) {
    const open = new Set([...live.querySelectorAll("details[open]")].map((one) => one.dataset.stage));
    const before = ended();
    const parsed = new DOMParser().parseFromString(html, "text/html").getElementById("stages");
    for (const one of parsed.querySelectorAll("details")) one.open = open.has(one.dataset.stage);
    document.getElementById("stages").replaceWith(parsed);
    if (!before && ended() && parsed.dataset.run) showProduct(parsed.dataset.run);
  }

  function showProduct(run) {
    const target = live.dataset.product.replace("{run_id}", run);
    if (target) location.assign(target);
  }

  function follow() {
    if (ended()) return;
    const events = new EventSource(`${prefix}/apis/tasks/${task}/events`);
    events.addEventListener("status", redraw);
    events.addEventListener("finding", redraw);
    events.addEventListener("end", () => { events.close(); redraw(); });
  }

  live.addEventListener("click", async (event) => {
    const verb = event.target.dataset?.verb;
    if (!verb) return;
    event.target.disabled = true;
    await fetch(`${prefix}/apis/tasks/${task}/${verb}`, { method: "POST" });
    await redraw();
    if (verb === "retry") location.reload();
  });

  follow();
})();
