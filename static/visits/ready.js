/* The pages of one's own open cases, made ready for the time without a network (on "My cases"), and the page the worker shows then:
   the visit asked for, or the list of all that are kept here. [data-offline-cases], [data-offline-shell]. */
(function () {
  "use strict";

  const sunlot = (window.sunlot = window.sunlot || {});

  const element = sunlot.element;
  const texts = () => JSON.parse(document.getElementById("visit-texts").textContent);

  async function register() {
    if (!navigator.serviceWorker || !sunlot.store.possible) {
      return false;
    }
    const registration = await navigator.serviceWorker.register("/office/cases/worker.js");
    await navigator.serviceWorker.ready;
    if (registration.active) {
      registration.active.postMessage("renew");
    }
    return true;
  }

  async function fetchPage(number) {
    const address = `/office/cases/${encodeURIComponent(number)}/record/`;
    const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" } });
    if (!answer.ok) {
      return false;
    }
    const root = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-visit]");
    if (root) {
      await sunlot.install(root, number);
    }
    return Boolean(root);
  }

  async function makeReady(box) {
    const words = texts();
    const status = box.querySelector("[role=status]");
    const numbers = JSON.parse(box.getAttribute("data-offline-cases"));
    const button = box.querySelector("button");
    button.disabled = true;
    try {
      if (!(await register()) || !(await sunlot.store.unlock())) {
        status.textContent = words.noStore;
        return;
      }
      let done = 0;
      for (const number of numbers) {
        status.textContent = words.installing.replace("{done}", done).replace("{all}", numbers.length);
        done += Number(await fetchPage(number));
      }
      status.textContent = words.installed.replace("{count}", done);
      box.setAttribute("data-ready", done);
    } catch (error) {
      status.textContent = words.notInstalled;
    } finally {
      button.disabled = false;
    }
  }

  async function onMyCases(box) {
    const words = texts();
    const secure = window.isSecureContext && navigator.serviceWorker && sunlot.store.possible;
    box.hidden = false;
    if (!secure) {
      box.querySelector("button").hidden = true;
      box.querySelector("[role=status]").textContent = words.noStore;
      return;
    }
    box.querySelector("button").addEventListener("click", () => makeReady(box));
    if (!(await sunlot.store.unlock())) {
      return;
    }
    const numbers = JSON.parse(box.getAttribute("data-offline-cases"));
    const kept = (await sunlot.store.all()).map((visit) => visit.number);
    const missing = numbers.filter((number) => !kept.includes(number)).length;
    box.querySelector("[role=status]").textContent = missing ? words.missing.replace("{count}", missing) : numbers.length ? words.installed.replace("{count}", numbers.length) : "";
    if (await sunlot.send()) {
      await listed(box.querySelector("ul"), numbers);
    }
  }

  /* What is kept here beside the cases the server lists, or waits to be sent. */
  async function listed(list, known) {
    const words = texts();
    const rows = await sunlot.store.waiting();
    list.textContent = "";
    for (const visit of await sunlot.store.all()) {
      const waits = visit.draft || Object.keys(visit.typed).length || rows.some((row) => row.number === visit.number);
      const open = known && known.includes(visit.number);
      if (known && !waits && !visit.closed) {
        if (!open) {
          await sunlot.store.forget(visit.number); // done, and sent
        }
        continue;
      }
      const line = element("li", "", { class: "entry" });
      const title = element("h3", "", { class: "entry-title" });
      title.append(element("a", visit.title || visit.number, {
        href: visit.closed || (known && !open) ? `/office/cases/offline/?case=${encodeURIComponent(visit.number)}` : `/office/cases/${visit.number}/record/`,
      }));
      line.append(title, element("p", visit.closed || (waits ? words.unsent : visit.number), { class: "entry-meta" }));
      list.append(line);
    }
    list.hidden = !list.children.length;
    return list.children.length;
  }

  async function offline(box) {
    const words = texts();
    const me = sunlot.store.possible && (await sunlot.store.unlock());
    const status = box.querySelector("[role=status]");
    if (!me) {
      status.textContent = words.nobody;
      return;
    }
    const found = window.location.pathname.match(/^\/office\/cases\/([^/]+)\/record\/$/);
    const number = found ? decodeURIComponent(found[1]) : new URLSearchParams(window.location.search).get("case");
    const visit = number ? await sunlot.store.visit(number) : null;
    if (visit && visit.html) {
      const root = new DOMParser().parseFromString(visit.html, "text/html").querySelector("[data-visit]");
      box.replaceWith(document.adoptNode(root));
      document.title = visit.title;
      root.classList.add("visit-live");
      await sunlot.openVisit(root);
      return;
    }
    const count = await listed(box.querySelector("ul"), null);
    status.textContent = number ? words.notKept : count ? words.keptHere : words.nothingKept;
  }

  const cases = document.querySelector("[data-offline-cases]");
  const shell = document.querySelector("[data-offline-shell]");
  if (cases) {
    onMyCases(cases);
  } else if (shell) {
    offline(shell);
  } else if (document.querySelector("[data-visit]") && navigator.serviceWorker) {
    register().catch(() => undefined);
  }
})();
