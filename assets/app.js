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

  // The session ends without use: whoever is still there is asked in time, and what he has typed stays on the page.
  const session = document.getElementById("session");
  if (session) {
    const WARN_SECONDS = 120;
    const [head, text] = [session.querySelector("h2"), session.querySelector("p")];
    const [again, stay] = [session.querySelector("a"), session.querySelector("button")];
    const soon = head.textContent;
    let ends = Date.now() + Number(body.dataset.left) * 1000;
    const take = async (method) => {
      const headers = { "hx-request": "true", "x-csrf-token": body.dataset.csrf };
      const answer = await fetch("/session", { method, headers });
      if (!answer.ok) return false;
      const told = await answer.json();
      ends = Date.now() + told.left * 1000;
      // Somebody who has signed in again goes on with the forms that are here.
      body.dataset.csrf = told.csrf;
      document.querySelectorAll('input[name="csrf"]').forEach((input) => (input.value = told.csrf));
      return true;
    };
    let asked = false;
    setInterval(async () => {
      const left = Math.round((ends - Date.now()) / 1000);
      if (left > WARN_SECONDS) return;
      // Another tab may have kept it.
      if (!session.open && !asked) {
        asked = true;
        await take("GET").catch(() => false);
        return;
      }
      asked = false;
      const over = left <= 0;
      head.textContent = over ? head.dataset.over : soon;
      text.textContent = over ? text.dataset.over : text.dataset.soon.replace("#", left);
      again.hidden = !over;
      if (!session.open) session.showModal();
    }, 1000);
    stay.addEventListener("click", async () => {
      const done = await take(ends > Date.now() ? "POST" : "GET").catch(() => false);
      if (done && ends > Date.now()) session.close();
    });
  }

  // What was not done is read first.
  document.querySelector("[data-focus]")?.focus();

  // A page about one thing is told when that has changed elsewhere, and then asks what; it asks too when it is looked at again.
  // A tab that nobody looks at holds no connection: browsers have six of them for a host.
  const live = document.querySelector("[data-live]");
  if (live) {
    let source = null;
    const look = async () => {
      if (live.childElementCount > 0) return;
      try {
        const answer = await fetch(live.dataset.live, { headers: { "hx-request": "true" } });
        if (answer.status === 200) live.innerHTML = await answer.text();
      } catch {
        // The network is away: the next word will tell.
      }
    };
    const hush = () => {
      source?.close();
      source = null;
    };
    const listen = () => {
      if (source || document.hidden) return;
      source = new EventSource(live.dataset.changes);
      // What came between the page and the first word.
      source.addEventListener("open", look);
      source.addEventListener("changed", look);
      source.addEventListener("ended", hush);
    };
    document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
    window.addEventListener("pagehide", hush);
    window.addEventListener("pageshow", listen);
  }
})();
