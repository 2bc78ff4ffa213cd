/* The ceremony page, alive: asks for the state every two seconds and fetches the page anew when the state has another mark;
   between two states it only lets what the server wrote appear at its moment. Nothing is decided here, and nothing is sent.
   data-from, data-until: moments (milliseconds since 1970) between which an element is shown. ES2017, no dependencies. */
(function () {
  "use strict";

  const POLL = 2000;
  const SLOWEST = 30000;
  const FRAME = 100;
  const COUNTING = 4000;
  const PAGE = 8000;
  const BEIJING = 8 * 3600 * 1000;

  let root = document.getElementById("ceremony");
  const lost = document.getElementById("lost");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  let skew = 0;
  let wait = POLL;
  let timer = 0;
  let asking = false;
  let final = false;

  function serverNow() {
    return Date.now() + skew;
  }

  /* Who wants no motion sees the end of what is fixed already. */
  function shownNow() {
    const over = Number(root.dataset.over || 0);
    return still.matches ? Math.max(serverNow(), over) : serverNow();
  }

  function grouped(number) {
    return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  }

  function two(number) {
    return (number < 10 ? "0" : "") + number;
  }

  function remaining(milliseconds) {
    const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
    const hours = Math.floor(seconds / 3600);
    const rest = two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
    return hours > 48 ? Math.ceil(hours / 24) + "×24:00:00" : hours ? two(hours) + ":" + rest : rest;
  }

  function write(element, text) {
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }

  function stage(now) {
    for (const element of root.querySelectorAll("[data-from]")) {
      const from = element.dataset.from;
      const until = element.dataset.until;
      const hide = Boolean(from && now < Number(from)) || Boolean(until && now >= Number(until));
      if (element.hidden !== hide) {
        element.hidden = hide;
        element.classList.toggle("fresh", !hide && !still.matches && now - Number(from) < 1500);
      }
    }
    for (const step of root.querySelectorAll("[data-begins]")) {
      const done = step.dataset.ends && now >= Number(step.dataset.ends);
      const current = !done && step.dataset.begins && now >= Number(step.dataset.begins);
      step.className = done ? "done" : current ? "current" : "";
      if (current) {
        step.setAttribute("aria-current", "step");
      } else {
        step.removeAttribute("aria-current");
      }
    }
  }

  function spot() {
    const shown = root.querySelector(".scene:not([hidden]) [data-spot]");
    const codes = root.querySelectorAll("[data-code]:not([hidden])");
    const last = codes[codes.length - 1];
    const scene = shown && shown.closest(".scene");
    const mine = last && scene && Number(last.dataset.from) >= Number(scene.dataset.from);
    if (!shown) {
      return;
    }
    const rank = shown.querySelector(".spot-rank");
    const words = mine ? (last.hasAttribute("data-winner") ? rank.dataset.winner : rank.dataset.reserve) : "\u00a0";
    write(rank, words.replace("{rank}", mine ? last.dataset.rank : ""));
    write(shown.querySelector(".spot-code"), mine ? last.dataset.code.slice(0, 8) : "········");
    write(shown.querySelector(".spot-full"), mine ? last.dataset.code : "\u00a0");
    shown.classList.toggle("spot-reserve", Boolean(mine) && !last.hasAttribute("data-winner"));
  }

  function figures(now) {
    for (const figure of root.querySelectorAll(".scene:not([hidden]) [data-count]")) {
      const begins = Number(figure.closest(".scene").dataset.from);
      const share = Math.min(1, Math.max(0, (now - begins) / COUNTING));
      write(figure, grouped(Math.round(Number(figure.dataset.count) * share)));
    }
    for (const clock of root.querySelectorAll("[data-countdown]")) {
      write(clock, remaining(Number(clock.dataset.countdown) - now));
    }
    write(document.querySelector("[data-clock]"), new Date(serverNow() + BEIJING).toISOString().slice(11, 19));
  }

  /* While codes come out the newest is in sight; afterwards a wall that is too long for the screen turns its pages. */
  function wall(now) {
    const box = root.querySelector("[data-wall]");
    const over = Number(root.dataset.over || 0);
    if (!box || box.scrollHeight <= box.clientHeight || box.matches(":hover, :focus")) {
      return;
    }
    box.classList.toggle("scrolled", box.scrollTop > 0);
    if (now < over) {
      box.scrollTop = box.scrollHeight;
    } else if (!still.matches) {
      const pages = Math.ceil(box.scrollHeight / box.clientHeight);
      box.scrollTop = (Math.floor((now - over) / PAGE) % pages) * box.clientHeight;
    }
  }

  function show() {
    const now = shownNow();
    stage(now);
    spot();
    figures(now);
    wall(now);
  }

  /* The server's clock, to the second it writes beside every answer; ours where the two agree. */
  function listen(response) {
    const told = Date.parse(response.headers.get("Date") || "");
    if (!isNaN(told) && Math.abs(told + 500 - serverNow()) > 1500) {
      skew = told + 500 - Date.now();
    }
  }

  async function renew(seen) {
    const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    if (!response.ok) {
      throw new Error(String(response.status));
    }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("ceremony");
    if (!fresh) {
      throw new Error("no ceremony");
    }
    const title = page.querySelector(".hall-title");
    root.replaceWith(document.importNode(fresh, true));
    root = document.getElementById("ceremony");
    document.querySelector(".hall-title").replaceWith(document.importNode(title, true));
    if (root.dataset.seen !== seen) {
      wait = POLL / 2;
    }
    show();
  }

  async function ask() {
    const response = await fetch(root.dataset.state, { headers: { Accept: "application/json" } });
    if (!response.ok) {
      throw new Error(String(response.status));
    }
    const state = await response.json();
    listen(response);
    final = state.final;
    wait = final && serverNow() > Number(root.dataset.over || 0) ? SLOWEST : POLL;
    if (state.seen !== root.dataset.seen) {
      await renew(state.seen);
    }
  }

  async function poll() {
    window.clearTimeout(timer);
    if (asking) {
      return;
    }
    if (!document.hidden) {
      asking = true;
      try {
        await ask();
        write(lost, "");
      } catch (error) {
        wait = Math.min(wait * 2, SLOWEST);
        write(lost, lost.dataset.said);
      }
      asking = false;
    }
    timer = window.setTimeout(poll, document.hidden ? SLOWEST : wait);
  }

  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) {
      poll();
    }
  });
  window.addEventListener("offline", poll);
  window.addEventListener("online", poll);
  show();
  poll();
  window.setInterval(show, FRAME);
})();
