/* The simulator of a plan: moving anything asks for the page again and replaces the figures; without this a button does.
   A form with data-simulates="id" sends itself as GET; the element of that id is replaced. ES2017, no dependencies. */
(function () {
  "use strict";

  const form = document.querySelector("form[data-simulates]");
  if (!form) {
    return;
  }
  const id = form.getAttribute("data-simulates");
  let waiting = 0;
  let running = null;

  function tell(input) {
    const output = form.querySelector('output[for="' + input.id + '"]');
    if (output) {
      output.value = input.value + " %";
    }
  }

  async function renew() {
    if (running) {
      running.abort();
    }
    running = new AbortController();
    const mine = running;
    const query = new URLSearchParams(new FormData(form)).toString();
    const address = window.location.pathname + "?" + query;
    document.getElementById(id).setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" }, signal: mine.signal });
      if (response.redirected || !response.ok) {
        window.location.assign(address);
        return;
      }
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById(id);
      if (fresh && running === mine) {
        const open = Array.from(document.querySelectorAll("#" + id + " details[open]")).map(function (one) { return one.id; });
        document.getElementById(id).replaceWith(document.importNode(fresh, true));
        open.forEach(function (one) {
          const again = one && document.getElementById(one);
          if (again) {
            again.open = true;
          }
        });
        window.history.replaceState(null, "", address);
      }
    } catch (error) {
      if (error.name !== "AbortError") {
        document.getElementById(id).removeAttribute("aria-busy");
      }
    }
  }

  form.addEventListener("input", function (event) {
    tell(event.target);
    window.clearTimeout(waiting);
    waiting = window.setTimeout(renew, 250);
  });
  form.querySelectorAll("input[type=range]").forEach(tell);
})();
