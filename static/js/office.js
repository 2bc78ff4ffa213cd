/* Four comforts for office pages; pages and forms work without them.
   Signing out takes the key of the offline store (visits/store.js) from this device first.
   Somebody who types is there: once a minute the server is told, so that a long form outlives the idle limit.
   data-confirm="sentence" on a form or submit button asks before sending.
   data-refresh-seconds="n" on an element with an id fetches this page every n seconds and replaces the element,
   until the fetched one no longer carries the attribute. ES2017, no dependencies. */
(function () {
  "use strict";

  function confirmed(event) {
    const button = event.submitter || document.activeElement;
    const asked = button && button.form === event.target && button.hasAttribute("data-confirm") ? button : event.target;
    const sentence = asked.getAttribute("data-confirm");
    if (sentence && !window.confirm(sentence)) {
      event.preventDefault();
    }
  }

  async function renew(element, seconds) {
    if (document.hidden || element.contains(document.activeElement)) {
      return element;
    }
    const response = await fetch(window.location.href, { credentials: "same-origin", headers: { Accept: "text/html", "X-Refresh": "1" } });
    if (response.redirected) {
      window.location.reload();
      return null;
    }
    if (!response.ok) {
      return element;
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(element.id);
    if (!fresh) {
      window.location.reload();
      return null;
    }
    const adopted = document.importNode(fresh, true);
    element.replaceWith(adopted);
    return Number(adopted.getAttribute("data-refresh-seconds")) === seconds ? adopted : watch(adopted);
  }

  function watch(element) {
    const seconds = Number(element.getAttribute("data-refresh-seconds"));
    if (!seconds || !element.id) {
      return null;
    }
    let current = element;
    let wait = seconds;
    async function again() {
      try {
        current = await renew(current, seconds);
        wait = seconds;
      } catch (error) {
        wait = Math.min(wait * 2, 60);
      }
      if (current) {
        window.setTimeout(again, wait * 1000);
      }
    }
    window.setTimeout(again, wait * 1000);
    return null;
  }

  function forgetKey() {
    return new Promise(function (resolve) {
      const asked = window.indexedDB.deleteDatabase("sunlot-keys");
      asked.onsuccess = asked.onerror = resolve;
      window.setTimeout(resolve, 1500);
    });
  }

  document.querySelectorAll("form[action='/office/sign-out/']").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (window.indexedDB) {
        event.preventDefault();
        forgetKey().then(() => form.submit());
      }
    });
  });

  let told = Date.now();
  function typing() {
    if (Date.now() - told > 60000) {
      told = Date.now();
      fetch("/office/here/", { credentials: "same-origin", cache: "no-store" }).catch(function () {});
    }
  }

  document.addEventListener("input", typing);
  document.addEventListener("submit", confirmed);
  document.querySelectorAll("[data-refresh-seconds]").forEach(watch);

  const here = document.querySelector(".side [aria-current]");
  if (here) {
    const strip = here.closest(".side");
    strip.scrollLeft = here.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
  }
})();
