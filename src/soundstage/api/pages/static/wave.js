// Waveforms on a canvas: from a peaks file (layout in soundstage/media/peaks.py) or, for short sounds, from the audio itself.
for (const player of document.querySelectorAll(".player")) (() => {
  const canvas = player.querySelector("canvas");
  const audio = player.querySelector("video, audio");
  let columns = null; // width -> [[low, high], …], each -1 … 1

  async function fromPeaks(url) {
    const data = await (await fetch(url)).arrayBuffer();
    const view = new DataView(data);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 8, view.getUint32(4, true))));
    return (width) => {
      const level = [...header.levels].reverse().find((one) => one.pairs >= width) ?? header.levels[0];
      const pairs = new Int8Array(data, level.offset, level.pairs * 2);
      return fold(width, level.pairs, (i) => [pairs[2 * i] / 127, pairs[2 * i + 1] / 127]);
    };
  }

  async function fromAudio(url) {
    const data = await (await fetch(url)).arrayBuffer();
    const samples = (await new OfflineAudioContext(1, 1, 44100).decodeAudioData(data)).getChannelData(0);
    return (width) => fold(width, samples.length, (i) => [samples[i], samples[i]]);
  }

  function fold(width, count, pair) {
    return Array.from({ length: width }, (_, x) => {
      let low = 1, high = -1;
      const start = Math.floor((x * count) / width);
      const end = Math.max(start + 1, Math.floor(((x + 1) * count) / width));
      for (let i = start; i < Math.min(end, count); i++) {
        const [a, b] = pair(i);
        if (a < low) low = a;
        if (b > high) high = b;
      }
      return high < low ? [0, 0] : [low, high];
    });
  }

  function draw() {
    const scale = devicePixelRatio || 1;
    const width = Math.max(1, Math.floor(canvas.clientWidth * scale));
    const height = Math.max(1, Math.floor(canvas.clientHeight * scale));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext("2d");
    const style = getComputedStyle(document.documentElement);
    const [ahead, done] = [style.getPropertyValue("--wave"), style.getPropertyValue("--accent")];
    const played = audio.duration ? (audio.currentTime / audio.duration) * width : 0;
    pen.clearRect(0, 0, width, height);
    if (!columns) return;
    columns(width).forEach(([low, high], x) => {
      pen.fillStyle = x < played ? done : ahead;
      const top = (0.5 - high / 2) * height;
      pen.fillRect(x, top, 1, Math.max(scale, ((high - low) / 2) * height));
    });
  }

  canvas.addEventListener("click", (event) => {
    if (audio.duration) audio.currentTime = (event.offsetX / canvas.clientWidth) * audio.duration;
  });
  for (const name of ["timeupdate", "seeked", "loadedmetadata"]) audio.addEventListener(name, draw);
  addEventListener("resize", draw);
  addEventListener("themechange", draw);

  const source = player.dataset.peaks ? fromPeaks(player.dataset.peaks) : player.dataset.sound ? fromAudio(player.dataset.sound) : null;
  source?.then((made) => { columns = made; draw(); }, () => canvas.remove());
})();
