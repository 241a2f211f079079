// A segment's row plays from its start; the row being heard is marked.
(() => {
  const audio = document.querySelector(".player audio");
  const rows = [...document.querySelectorAll("tr[data-start]")];
  if (!audio || !rows.length) return;
  const play = (row) => { audio.currentTime = row.dataset.start / 1000; audio.play(); };
  for (const row of rows) {
    row.addEventListener("click", () => play(row));
    row.addEventListener("keydown", (event) => { if (event.key === "Enter") play(row); });
  }
  audio.addEventListener("timeupdate", () => {
    const now = audio.currentTime * 1000;
    for (const row of rows) row.classList.toggle("heard", now >= row.dataset.start && now < row.dataset.end);
  });
})();
