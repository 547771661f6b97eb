// The worklist: selection, keys, and rows that follow what others do. Rows are swapped in place: focus, ticks and an input method's
// unfinished text stay.
(() => {
  "use strict";
  const form = document.getElementById("many");
  if (!form) return;
  const at = (id) => document.getElementById(id);
  const rows = () => [...document.querySelectorAll("#list [data-row]")];
  const ticks = () => [...document.querySelectorAll('#list input[name="case"]')];
  const picked = at("picked");
  const nothing = picked?.textContent;
  const all = at("all");
  let composing = false;
  document.addEventListener("compositionstart", () => (composing = true));
  document.addEventListener("compositionend", () => (composing = false));

  // --- selection

  function tell() {
    if (!picked) return;
    const chosen = ticks().filter((tick) => tick.checked).length;
    const page = at("pick-page");
    if (page) {
      page.checked = chosen > 0 && chosen === ticks().length;
      page.indeterminate = chosen > 0 && !page.checked;
    }
    if (all.value) picked.textContent = picked.dataset.all.replace("#", all.value);
    else picked.textContent = chosen ? picked.dataset.picked.replace("#", chosen) : nothing;
    // More than the page: the server says how many they are.
    at("pick-all").hidden = !page?.checked || Boolean(all.value) || !document.querySelector('#list [rel="next"]');
    at("pick-none").hidden = !chosen && !all.value;
  }

  function clear() {
    ticks().forEach((tick) => (tick.checked = false));
    all.value = "";
    tell();
  }

  form.addEventListener("change", (event) => {
    if (event.target.id === "pick-page") ticks().forEach((tick) => (tick.checked = event.target.checked));
    if (event.target.name === "case" || event.target.id === "pick-page") {
      all.value = "";
      tell();
    }
  });
  at("pick-none")?.addEventListener("click", clear);
  at("pick-all")?.addEventListener("click", async () => {
    const answer = await fetch(`/cases/matching?${form.dataset.query}`, { headers: { "hx-request": "true" } });
    if (!answer.ok) return;
    all.value = (await answer.text()).trim();
    tell();
  });

  // --- rows that follow

  let asked = 0;
  let source = null;
  const list = () => at("list");

  async function refresh() {
    // Not under somebody's hands: an unfinished word, or the form for assigning.
    if (composing || at("assign")?.open || document.hidden) {
      asked = setTimeout(refresh, 1000);
      return;
    }
    asked = 0;
    const focused = document.activeElement?.id;
    await htmx.ajax("GET", location.pathname + location.search, { target: "#list", swap: "outerMorph", headers: { "X-Background": "1" } });
    if (focused && document.activeElement?.id !== focused) at(focused)?.focus({ preventScroll: true });
    tell();
    at("counts") && htmx.trigger(at("counts"), "counts");
  }

  function listen() {
    if (source || !list()) return;
    const query = new URLSearchParams({ query: form.dataset.query, position: list().dataset.position });
    source = new EventSource(`/cases/live?${query}`);
    source.addEventListener("changed", () => {
      if (!asked) asked = setTimeout(refresh, 300);
    });
    source.addEventListener("ended", () => location.reload());
  }

  // A tab that nobody looks at holds no connection: browsers have six of them for a host.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      source?.close();
      source = null;
    } else {
      if (!asked) asked = setTimeout(refresh, 0);
      listen();
    }
  });
  window.addEventListener("pagehide", () => source?.close());
  listen();
  tell();

  // --- keys

  const help = at("keys");
  if (!help || !("keys" in help.dataset)) return;
  const own = (element) => element?.closest("input:not([type=checkbox]), select, textarea, dialog, [contenteditable]");

  function move(by) {
    const all = rows();
    const now = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.max(0, Math.min(all.length - 1, now < 0 ? 0 : now + by))];
    const link = next?.querySelector("a");
    link?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || composing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey || own(event.target)) return;
    const row = rows().find((one) => one.contains(document.activeElement));
    const deeds = {
      j: () => move(1),
      k: () => move(-1),
      x: () => row?.querySelector('input[name="case"]')?.click(),
      a: () => {
        const box = at("assign");
        if (!box) return;
        box.open = true;
        at("staff").focus();
      },
      "/": () => at("search").focus(),
      "?": () => help.showModal(),
    };
    const deed = deeds[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
})();
