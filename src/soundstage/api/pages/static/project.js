// The project page: one player for picture, stems, waveform, speakers' lanes and lines, all on the same time.
(() => {
  const player = document.querySelector(".player");
  if (!player) return;
  const master = player.querySelector("video, audio");
  const rows = [...document.querySelectorAll("tr[data-start]")];
  const lines = [...new Set(rows.map((row) => Number(row.dataset.start)))].sort((a, b) => a - b);
  const timeline = player.querySelector(".timeline");
  const across = timeline.querySelector("canvas, svg");
  const playhead = timeline.querySelector(".playhead");
  const APART = 0.12; // seconds that a stem may run away from the picture before it is brought back
  const STEP = 2;
  let stem = null; // the audio that is heard instead of the master's own
  let until = null; // where a sample ends

  const length = () => master.duration || player.dataset.length / 1000;

  function go(seconds, play = false) {
    until = null;
    master.currentTime = Math.min(Math.max(0, seconds), length());
    if (play) master.play();
  }

  // Stems: the master stays the clock, muted; the stem follows it.
  function follow() {
    if (!stem) return;
    if (Math.abs(stem.currentTime - master.currentTime) > APART) stem.currentTime = master.currentTime;
    stem.playbackRate = master.playbackRate;
    stem.volume = master.volume;
    if (master.paused || master.seeking) stem.pause();
    else if (stem.paused) stem.play().catch(() => {});
  }

  function hear(button) {
    stem?.pause();
    stem = button.dataset.sound ? new Audio(button.dataset.sound) : null;
    master.muted = Boolean(stem);
    for (const other of player.querySelectorAll(".listen button")) other.setAttribute("aria-pressed", String(other === button));
    stem?.addEventListener("loadedmetadata", follow, { once: true });
    follow();
  }

  for (const button of player.querySelectorAll(".listen button")) button.addEventListener("click", () => hear(button));
  for (const name of ["play", "pause", "seeking", "seeked", "ratechange", "volumechange", "timeupdate", "waiting", "playing"]) {
    master.addEventListener(name, follow);
  }

  // What is heard now: the playhead, and the lines of this moment.
  function show() {
    const share = Math.min(1, master.currentTime / (length() || 1));
    const box = across.getBoundingClientRect();
    playhead.style.left = `${box.left - timeline.getBoundingClientRect().left + share * box.width}px`;
    const now = master.currentTime * 1000;
    if (until !== null && now >= until) { until = null; master.pause(); }
    for (const row of rows) {
      const heard = now >= row.dataset.start && now < row.dataset.end;
      if (heard && !row.classList.contains("heard") && !master.paused) bringUp(row);
      row.classList.toggle("heard", heard);
    }
    if (!master.paused) requestAnimationFrame(show);
  }

  // Scrolls the table's own box only: the page stays where its reader is.
  function bringUp(row) {
    const box = row.closest(".scroll");
    const top = row.offsetTop - (box.querySelector("thead")?.offsetHeight ?? 0);
    if (top < box.scrollTop || row.offsetTop + row.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTo({ top, behavior: "smooth" });
  }

  for (const name of ["play", "seeked", "loadedmetadata", "pause"]) master.addEventListener(name, show);
  addEventListener("resize", show);

  // Ways to another moment.
  for (const row of rows) {
    row.addEventListener("click", () => go(row.dataset.start / 1000, true));
    row.addEventListener("keydown", (event) => { if (event.key === "Enter") go(row.dataset.start / 1000, true); });
  }
  for (const lane of timeline.querySelectorAll("svg")) {
    lane.addEventListener("click", (event) => {
      const box = lane.getBoundingClientRect();
      go(((event.clientX - box.left) / box.width) * length());
    });
  }
  for (const poster of player.querySelectorAll("[data-at]")) poster.addEventListener("click", () => go(poster.dataset.at / 1000));
  for (const button of player.querySelectorAll("button.hear")) {
    button.addEventListener("click", () => { go(button.dataset.from / 1000, true); until = Number(button.dataset.to); });
  }

  function line(step) {
    const now = master.currentTime * 1000;
    const next = step > 0 ? lines.find((start) => start > now + 50) : lines.findLast((start) => start < now - 500);
    if (next !== undefined) go(next / 1000);
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, button, a, summary, video, audio")) return;
    const acts = {
      " ": () => (master.paused ? master.play() : master.pause()),
      ArrowLeft: () => go(master.currentTime - STEP),
      ArrowRight: () => go(master.currentTime + STEP),
      ArrowUp: () => line(-1),
      ArrowDown: () => line(1),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  show();
})();
