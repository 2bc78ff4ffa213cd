/* Sending what a phone has kept, case by case and in order: the begin, what was typed, photos, and at last the signatures.
   Nothing is removed from the phone before the server has said that it is there; a message keeps its key, so sending it
   twice does nothing. Whatever comes of it is told by the event "sunlot:sent" on the document. */
(function () {
  "use strict";

  const sunlot = (window.sunlot = window.sunlot || {});
  const SLOW = 30000;
  const SLOW_FILE = 180000;

  const address = (number) => `/office/cases/${encodeURIComponent(number)}/sending/`;

  class Stopped extends Error {
    constructor(status) {
      super(status);
      this.status = status;
    }
  }

  async function ask(url, options, slow) {
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), slow);
    let answer;
    try {
      answer = await fetch(url, Object.assign({ credentials: "same-origin", signal: stop.signal, cache: "no-store" }, options));
    } catch (error) {
      throw new Stopped("offline");
    } finally {
      clearTimeout(clock);
    }
    if (answer.redirected || answer.status === 403) {
      throw new Stopped("signin");
    }
    if (answer.status >= 500) {
      throw new Stopped("offline");
    }
    const told = await answer.json();
    told.ok = answer.ok;
    return told;
  }

  /* Where the case stands on the server; closes the visit here when it is no longer this person's. */
  async function look(number) {
    const told = await ask(address(number), { headers: { Accept: "application/json" } }, SLOW);
    if (told.gone) {
      await sunlot.store.change(number, (visit) => void (visit.closed = told.refused));
      throw new Stopped("closed");
    }
    if (told.user !== sunlot.store.me().user) {
      throw new Stopped("signin");
    }
    await sunlot.store.change(number, (visit) => void (visit.state = told.state));
    return told.csrf;
  }

  async function deliver(number, csrf, body, slow) {
    const file = body instanceof FormData;
    const headers = { Accept: "application/json", "X-CSRFToken": csrf };
    if (!file) {
      headers["Content-Type"] = "application/json";
    }
    const told = await ask(address(number), { method: "POST", headers: headers, body: file ? body : JSON.stringify(body) }, slow);
    if (told.gone) {
      await sunlot.store.change(number, (visit) => void (visit.closed = told.refused));
      throw new Stopped("closed");
    }
    return told;
  }

  /* The fields that wait: neither in conflict nor refused as they are. */
  function due(visit) {
    const names = Object.keys(visit.typed).filter(function (name) {
      const error = visit.errors[name];
      return !(name in visit.conflicts) && !(error && error.value === visit.typed[name].value);
    });
    return names.length ? names : null;
  }

  /* What was typed, under a key that is kept before anything is sent: after a crash the same message goes out again. */
  async function sendDraft(number, csrf) {
    const visit = await sunlot.store.change(number, function (found) {
      const names = found.draft ? null : due(found);
      if (names) {
        const fields = {};
        const base = {};
        names.forEach(function (name) {
          fields[name] = found.typed[name].value;
          base[name] = found.typed[name].base;
        });
        found.draft = { key: sunlot.newKey(), fields: fields, base: base, round: found.state ? found.state.round : 1 };
      }
    });
    if (!visit.draft) {
      return false;
    }
    const draft = visit.draft;
    const told = await deliver(number, csrf, Object.assign({ kind: "draft" }, draft), SLOW);
    await sunlot.store.change(number, function (found) {
      delete found.draft;
      found.stopped = told.ok ? "" : told.refused;
      if (told.state) {
        found.state = told.state;
      }
      if (told.ok) {
        settle(found, draft, told);
      } else {
        Object.keys(draft.fields).forEach((name) => (found.errors[name] = { value: draft.fields[name], sentence: told.refused }));
      }
    });
    return told.ok;
  }

  function settle(visit, draft, told) {
    Object.keys(draft.fields).forEach(function (name) {
      const mine = visit.typed[name];
      if (!mine || mine.value !== draft.fields[name]) {
        if (mine && !(name in told.conflicts)) {
          mine.base = told.state.values[name] || "";
        }
      } else if (name in told.conflicts) {
        visit.conflicts[name] = told.conflicts[name];
      } else if (name in told.errors) {
        visit.errors[name] = { value: mine.value, sentence: told.errors[name] };
      } else {
        delete visit.typed[name];
        delete visit.errors[name];
      }
    });
  }

  async function sendRow(row, csrf) {
    const kept = await sunlot.store.message(row);
    let body = Object.assign({}, kept.data, { key: row.key, kind: row.kind });
    if (kept.file) {
      const form = new FormData();
      Object.keys(body).forEach((name) => form.append(name, body[name]));
      form.append("file", new Blob([kept.file], { type: kept.data.type }), kept.data.name || "photo");
      body = form;
    }
    const told = await deliver(row.number, csrf, body, kept.file ? SLOW_FILE : SLOW);
    if (told.state) {
      await sunlot.store.change(row.number, (visit) => void (visit.state = told.state));
    }
    if (told.ok) {
      await sunlot.store.remove(row.seq);
    } else {
      await sunlot.store.mark(row, told.refused);
    }
    return told.ok;
  }

  const LAST = ["submit", "acknowledge", "sign"];

  async function sendCase(number) {
    const csrf = await look(number);
    const rows = () => sunlot.store.waiting(number).then((all) => all.filter((row) => !row.held));
    for (const row of (await rows()).filter((one) => one.kind === "begin")) {
      if (!(await sendRow(row, csrf))) {
        return "held";
      }
    }
    const visit = await sunlot.store.visit(number);
    if (visit.state && visit.state.round && !visit.state.submitted) {
      while (await sendDraft(number, csrf)) {
        /* until nothing is left, or the server says no */
      }
    }
    let held = false;
    for (const row of await rows()) {
      const now = await sunlot.store.visit(number);
      if (LAST.includes(row.kind) && (held || due(now) || Object.keys(now.conflicts).length || Object.keys(now.errors).length)) {
        break; // never signed before all that was typed is there
      }
      held = !(await sendRow(row, csrf)) || held;
    }
    return "sent";
  }

  /* Send all that waits of one case, or of all. Returns "sent", "held", "offline", "signin" or "closed". */
  sunlot.send = function (number) {
    return navigator.locks.request("sunlot-send", async function () {
      const numbers = number ? [number] : await unsent();
      let status = "sent";
      for (const one of numbers) {
        try {
          status = await sendCase(one);
        } catch (error) {
          if (!(error instanceof Stopped)) {
            throw error;
          }
          status = error.status;
        }
        document.dispatchEvent(new CustomEvent("sunlot:sent", { detail: { number: one, status: status } }));
        if (status === "offline" || status === "signin") {
          break;
        }
      }
      return status;
    });
  };

  async function unsent() {
    const found = new Set((await sunlot.store.waiting()).filter((row) => !row.held).map((row) => row.number));
    (await sunlot.store.all()).forEach(function (visit) {
      if (!visit.closed && (visit.draft || due(visit))) {
        found.add(visit.number);
      }
    });
    return Array.from(found);
  }
  sunlot.unsent = unsent;
})();
