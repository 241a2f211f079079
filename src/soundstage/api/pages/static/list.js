// Refreshes the list while something on it is still going on.
const LIST_SECONDS = 3;

async function refresh() {
  if (!document.querySelector("tr[data-live]")) return;
  if (!document.hidden) {
    const answer = await fetch(location.href);
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("table.list tbody");
      if (fresh) document.querySelector("table.list tbody").replaceWith(fresh);
    }
  }
  setTimeout(refresh, LIST_SECONDS * 1000);
}

setTimeout(refresh, LIST_SECONDS * 1000);
