// One player for the whole list: a row's button plays, its picture is the way to another moment, its takes are chosen.
import { tell } from "./sounds_page.js";

const library = document.getElementById("library");
const audio = new Audio();
let row = null; // whose sound is in the player

const take = (of) => Number(new URL(of.dataset.audio, location.href).searchParams.get("variation"));

function varied(address, number) {
  const url = new URL(address, location.href);
  url.searchParams.set("variation", number);
  return url.pathname + url.search;
}

function load(of) {
  if (row !== of) show(row, false);
  row = of;
  audio.src = of.dataset.audio;
  audio.loop = "loop" in of.dataset;
}

export function toggle(of) {
  if (row === of && !audio.paused) {
    audio.pause();
    return;
  }
  if (row !== of || audio.error) load(of);
  audio.play().catch(() => {}); // what is wrong, the player says itself
}

export function choose(of, number) {
  of.dataset.audio = varied(of.dataset.audio, number);
  for (const button of of.querySelectorAll("[data-take]")) button.setAttribute("aria-pressed", String(Number(button.dataset.take) === number));
  for (const link of of.querySelectorAll("a[data-format]")) link.href = varied(link.href, number);
  const picture = of.querySelector(".picture img");
  picture.src = varied(picture.src, number);
}

function choosing(of, number) {
  choose(of, number);
  const playing = row === of && !audio.paused;
  if (row === of) load(of);
  if (playing) audio.play().catch(() => {});
}

// `share`: where in its length, 0 … 1.
export function seek(of, share) {
  if (row !== of) load(of);
  const length = audio.duration || Number(of.dataset.seconds);
  audio.currentTime = Math.min(Math.max(0, share), 1) * length;
}

export function step(of, seconds) {
  if (row === of) seek(of, (audio.currentTime + seconds) / (audio.duration || Number(of.dataset.seconds)));
}

// Rows may have been put in the place of others: what was playing goes on in the row of the same sound, or ends.
export function rebind() {
  if (!row || row.isConnected) return;
  const before = row;
  row = library.querySelector(`li.sound[data-run="${before.dataset.run}"]`);
  if (!row) {
    audio.pause();
    return;
  }
  if (take(before)) choose(row, take(before));
  draw();
}

function show(of, playing) {
  if (!of) return;
  const button = of.querySelector(".play");
  of.classList.toggle("playing", playing);
  button.setAttribute("aria-label", `${playing ? "Pause" : "Play"} ${of.querySelector("h3").textContent}`);
}

function draw() {
  if (!row) return;
  show(row, !audio.paused);
  const share = audio.currentTime / (audio.duration || Number(row.dataset.seconds));
  row.querySelector(".playhead").style.left = `${Math.min(1, share) * 100}%`;
  if (!audio.paused) requestAnimationFrame(draw);
}

for (const name of ["play", "pause", "ended", "seeked"]) audio.addEventListener(name, draw);
audio.addEventListener("error", () => {
  draw();
  tell("This sound cannot be played; it may have been deleted.", true);
});

library.addEventListener("click", (event) => {
  const of = event.target.closest("li.sound");
  if (!of) return;
  if (event.target.closest("[data-act=play]")) toggle(of);
  else if (event.target.closest("[data-take]")) choosing(of, Number(event.target.dataset.take));
  else if (event.target.closest(".picture img")) {
    seek(of, event.offsetX / event.target.clientWidth);
    if (audio.paused) toggle(of);
  }
});

// A picture that cannot be drawn (the team's quota may be full) leaves an empty lane.
library.addEventListener("error", (event) => event.target.matches?.(".picture img") && event.target.closest(".picture").classList.add("none"), true);
