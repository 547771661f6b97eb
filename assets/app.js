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
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
})();
