// Name, tags and favourite of a sound, kept by the API.
(() => {
  const form = document.getElementById("marks");
  if (!form) return;
  const told = form.querySelector("[role=status]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = {
      name: form.elements.name.value.trim() || null,
      tags: form.elements.tags.value.split(",").map((tag) => tag.trim()).filter(Boolean),
      favourite: form.elements.favourite.checked,
    };
    const answer = await fetch(`${document.body.dataset.prefix}/apis/sounds/${form.dataset.sound}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    told.textContent = answer.ok ? "Kept." : (await answer.json()).error ?? "That did not work.";
  });
})();
