// What the parts of the page of sounds share: calls of the API, pieces of pages, and saying what happened.
const TOLD_SECONDS = 6;

export const prefix = document.body.dataset.prefix;
const told = document.getElementById("told");
let over = 0;

export class Refused extends Error {
  constructor(message, faults = []) {
    super(message);
    this.faults = faults; // [{ loc: ["body", "duration"], msg }, …], where fields are wrong
  }
}

async function reached(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new Refused("The server cannot be reached. Try again in a moment.");
  }
}

// The API's answer. `body`: a form as it is, anything else as JSON.
export async function call(method, path, body) {
  const options = { method, body };
  if (body !== undefined && !(body instanceof FormData)) {
    options.headers = { "content-type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const answer = await reached(prefix + path, options);
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const said = await answer.json().catch(() => ({}));
  throw new Refused(said.error ?? `The server answered ${answer.status}.`, Array.isArray(said.detail) ? said.detail : []);
}

// A page of this server, or a piece of one, as a document.
export async function page(address) {
  const answer = await reached(address, {});
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.ok) return made;
  throw new Refused(made.querySelector(".message p")?.textContent ?? `The server answered ${answer.status}.`);
}

export function tell(text, bad = false) {
  told.textContent = text;
  told.classList.toggle("bad", bad);
  clearTimeout(over);
  over = setTimeout(() => { told.textContent = ""; }, TOLD_SECONDS * 1000 * (bad ? 2 : 1));
}

// For what is done on a click: what goes wrong is told.
export const telling = (act) => async (...given) => {
  try {
    await act(...given);
  } catch (error) {
    tell(error.message, true);
  }
};
