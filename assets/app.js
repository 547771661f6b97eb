// What the page does beside its links and forms. Everything works with the server; this makes it quicker.
// No inline handlers and no evaluated attributes: the page's policy forbids both.
(() => {
  "use strict";
  const body = document.body;

  // htmx carries the token of forms with whatever changes something.
  document.addEventListener("htmx:config:request", (event) => {
    const request = event.detail.ctx.request;
    if (!/^GET$/i.test(request.method)) request.headers["X-CSRF-Token"] = body.dataset.csrf;
  });

  // A connection that is gone is said once, in the place for messages.
  document.addEventListener("htmx:error", (event) => {
    const reason = event.detail?.error?.name;
    if (reason === "AbortError") return;
    const place = document.getElementById("messages");
    const text = document.documentElement.dataset.offline;
    if (place && text) place.textContent = text;
  });

  // A form is sent once: a second press while the first is under way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || "again" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  // What was not done is read first.
  document.querySelector("[data-focus]")?.focus();

  // A page about one thing asks now and then whether that has changed elsewhere, and at once when it is looked at again.
  const live = document.querySelector("[data-live]");
  if (live) {
    const look = async () => {
      if (document.hidden || live.childElementCount > 0) return;
      try {
        const answer = await fetch(live.dataset.live, { headers: { "hx-request": "true" } });
        if (answer.status === 200) live.innerHTML = await answer.text();
      } catch {
        // The network is away: the next time will tell.
      }
    };
    setInterval(look, 5000);
    document.addEventListener("visibilitychange", look);
  }
})();
