/* The record on a phone. Every key stroke is kept here at once and sent field by field: when a field is left, every 15 seconds, when
   the network comes back. Works on the page the server made and on the same page taken from the phone's store. Contract with
   templates/office/cases/record.html: [data-visit], #visit-form, #visit-fields, #visit-status, #visit-progress, #visit-next, #visit-notes, #visit-finish,
   .photos[data-item], and the JSON of #visit-sheet and #visit-texts. */
(function () {
  "use strict";

  const sunlot = (window.sunlot = window.sunlot || {});
  const EVERY = 15000;
  const element = sunlot.element;
  const byId = (id) => document.getElementById(id);

  class Page {
    constructor(root, number) {
      this.root = root;
      this.number = number;
      this.form = byId("visit-form");
      this.texts = JSON.parse(byId("visit-texts").textContent);
      this.status = "sent";
      this.pictures = new sunlot.Pictures(this);
      this.edits = 0;
      this.kept = Promise.resolve();
    }

    async start() {
      this.listen();
      await this.show();
      sunlot.pads(this.root);
      window.setInterval(() => this.send(), EVERY);
      window.addEventListener("online", () => this.send());
      document.addEventListener("sunlot:sent", (event) => this.sent(event.detail));
      await this.send();
      this.root.setAttribute("data-ready", "");
    }

    fields() {
      return Array.from(this.form.elements).filter((one) => one.name && !["csrfmiddlewaretoken", "version", "save", "submit"].includes(one.name));
    }

    value(name) {
      const field = this.form.elements[name];
      return field ? field.value || "" : "";
    }

    set(name, value) {
      const field = this.form.elements[name];
      if (field && this.value(name) !== value) {
        field.value = value;
      }
      if (field instanceof RadioNodeList && !value) {
        field.forEach((one) => (one.checked = false));
      }
    }

    worded(name, value) {
      const field = this.form.elements[name];
      if (!value) {
        return "–";
      }
      if (field instanceof RadioNodeList) {
        const chosen = Array.from(field).find((one) => one.value === value);
        return chosen ? chosen.parentNode.textContent.trim() : value;
      }
      const option = field.options && Array.from(field.options).find((one) => one.value === value);
      return option ? option.textContent : value;
    }

    listen() {
      this.form.addEventListener("input", (event) => event.target.name && this.keep(event.target.name));
      this.form.addEventListener("change", (event) => event.target.name && this.keep(event.target.name).then(() => this.send()));
      this.form.addEventListener("submit", (event) => this.submit(event));
      const begin = byId("visit-begin");
      if (begin) {
        begin.addEventListener("submit", (event) => this.begin(event));
        begin.addEventListener("change", () => this.asked());
        this.asked();
      }
      this.root.querySelectorAll("input[data-photo]").forEach((input) => {
        input.addEventListener("change", () => this.pictures.take(input));
      });
      byId("visit-next").addEventListener("click", () => this.next());
      byId("visit-sign").addEventListener("click", () => this.sign());
    }

    /* One field as it is now; what the server had when it was first touched is kept beside it. */
    keep(name) {
      const value = this.value(name);
      this.edits += 1;
      this.kept = this.kept.then(() => this.write(name, value));
      return this.kept;
    }

    async write(name, value) {
      const visit = await sunlot.store.change(this.number, function (found) {
        const before = found.state ? found.state.values[name] || "" : "";
        const base = found.typed[name] ? found.typed[name].base : before;
        found.typed[name] = { value: value, base: base };
        if (value === before && base === before && !found.draft) {
          delete found.typed[name];
        }
        delete found.errors[name];
      });
      this.draw(visit);
    }

    async send() {
      const visit = await this.read();
      if (!visit.closed) {
        this.tell(this.texts.sending);
        this.status = await sunlot.send(this.number);
      }
      await this.show();
    }

    async sent(detail) {
      if (detail.number === this.number) {
        this.status = detail.status;
        await this.show();
      }
    }

    /* What is kept, with everything typed so far in it. */
    async read() {
      for (;;) {
        await this.kept;
        const edits = this.edits;
        const visit = await sunlot.store.visit(this.number);
        if (edits === this.edits) {
          return visit;
        }
      }
    }

    /* The page as the phone has it: what was typed here over what the server said last. */
    async show() {
      const visit = await this.read();
      const active = document.activeElement ? document.activeElement.name : "";
      const values = visit.state ? visit.state.values : {};
      new Set(this.fields().map((field) => field.name)).forEach((name) => {
        const mine = visit.typed[name];
        if (name !== active || !mine) {
          this.set(name, mine ? mine.value : values[name] || "");
        }
      });
      if (visit.state && visit.state.version) {
        this.form.elements.version.value = visit.state.version;
      }
      this.draw(visit);
      await this.drawQueue(visit);
    }

    draw(visit) {
      const values = sunlot.valuesOf(visit);
      const items = visit.sheet.items;
      const answered = items.filter(([pk]) => values[`answer_${pk}`]).length;
      const bar = byId("visit-progress");
      bar.max = items.length;
      bar.value = answered;
      byId("visit-count").textContent = this.texts.answered.replace("{done}", answered).replace("{all}", items.length);
      byId("visit-next").textContent = answered < items.length ? this.texts.nextItem : this.texts.toResult;
      this.root.querySelectorAll("[data-clash]").forEach((old) => old.remove());
      Object.keys(visit.conflicts).forEach((name) => this.clash(visit, name));
      Object.keys(visit.errors).forEach((name) => this.wrong(name, visit.errors[name].sentence));
    }

    beside(name, box) {
      const field = this.form.elements[name];
      const near = field instanceof RadioNodeList ? field[0].closest(".choices") : field;
      near.insertAdjacentElement("afterend", box);
    }

    wrong(name, sentence) {
      this.beside(name, element("p", sentence, { class: "error", "data-clash": name }));
    }

    /* Somebody else wrote something different here: both are shown, and a person decides. */
    clash(visit, name) {
      const box = element("div", "", { class: "note note-wait", "data-clash": name });
      const who = this.texts.clash.replace("{name}", visit.state.savedBy || this.texts.otherPhone).replace("{at}", visit.state.saved);
      box.append(element("p", `${who} ${this.worded(name, visit.conflicts[name])}`));
      box.append(element("p", `${this.texts.yours} ${this.worded(name, visit.typed[name].value)}`));
      const actions = element("div", "", { class: "actions" });
      const choose = (label, edit) => {
        const button = element("button", label, { type: "button", class: "button" });
        button.addEventListener("click", () => sunlot.store.change(this.number, edit).then(() => this.show()).then(() => this.send()));
        actions.append(button);
      };
      choose(this.texts.keepMine, function (found) {
        found.typed[name] = { value: found.typed[name].value, base: found.conflicts[name] };
        delete found.conflicts[name];
      });
      choose(this.texts.takeTheirs, function (found) {
        delete found.typed[name];
        delete found.conflicts[name];
      });
      box.append(actions);
      this.beside(name, box);
    }

    tell(text) {
      byId("visit-status").textContent = text;
    }

    async drawQueue(visit) {
      const rows = await sunlot.store.waiting(this.number);
      const begun = Boolean(visit.state && visit.state.round) || rows.some((row) => row.kind === "begin" && !row.held);
      const finished = rows.some((row) => row.kind === "submit" && !row.held);
      byId("visit-fields").disabled = !begun || finished || Boolean(visit.closed) || Boolean(visit.state && visit.state.submitted);
      byId("visit-before").hidden = begun || Boolean(visit.closed);
      byId("visit-notice").hidden = Boolean(visit.state && visit.state.notice === "served");
      byId("visit-next").parentNode.hidden = byId("visit-fields").disabled;
      const clashes = Object.keys(visit.conflicts).length;
      const waits = rows.length + Object.keys(visit.typed).length;
      const told = { offline: this.texts.offline, signin: this.texts.signIn, closed: visit.closed, held: this.texts.held };
      const stands = visit.state && visit.state.saved ? this.texts.saved.replace("{at}", visit.state.saved) : this.texts.ready;
      const clash = clashes ? this.texts.clashes.replace("{count}", clashes) : "";
      this.tell(visit.closed || told[this.status] || clash || (waits ? this.texts.waits.replace("{count}", waits) : stands));
      byId("visit-bar").setAttribute("data-status", waits && this.status === "sent" ? "held" : this.status);
      this.notes(visit, rows, finished);
      await this.pictures.show(visit, rows);
    }

    notes(visit, rows, finished) {
      const box = byId("visit-notes");
      box.textContent = "";
      const note = (tone, text) => {
        const made = element("div", "", { class: `note note-${tone}` });
        made.append(element("p", text));
        box.append(made);
        return made;
      };
      if (visit.closed) {
        const made = note("bad", `${visit.closed} ${this.texts.keptToRead}`);
        made.append(this.button(this.texts.forget, () => this.forget(rows)));
      } else if (this.status === "signin") {
        const made = note("wait", this.texts.signInLong);
        const here = encodeURIComponent(window.location.pathname);
        made.append(element("a", this.texts.signInNow, { class: "button button-primary", href: `/office/sign-in/?next=${here}` }));
      }
      if (visit.stopped) {
        note("bad", visit.stopped).append(this.button(this.texts.again, () => sunlot.store.change(this.number, this.retry)));
      }
      const submitted = visit.state && visit.state.submitted;
      if (submitted && !visit.closed) {
        const made = note("good", this.texts.submitted);
        made.append(element("a", this.texts.toCase, { class: "button button-primary", href: `/office/cases/${this.number}/` }));
      } else if (finished && !visit.closed) {
        const made = note("good", this.texts.finished);
        made.append(this.button(this.texts.reopen, () => this.reopen(rows)));
      }
      rows.filter((row) => row.held).forEach((row) => {
        const made = note("bad", `${this.texts[`kind_${row.kind}`]}: ${row.held}`);
        made.append(this.button(this.texts.again, () => sunlot.store.mark(row, null)));
        made.append(this.button(this.texts.drop, () => sunlot.store.remove(row.seq)));
      });
    }

    retry(visit) {
      visit.stopped = "";
      visit.errors = {};
    }

    button(label, act) {
      const made = element("button", label, { type: "button", class: "button" });
      made.addEventListener("click", () => Promise.resolve(act()).then(() => this.send()));
      return made;
    }

    async forget(rows) {
      if (window.confirm(this.texts.forgetSure)) {
        await Promise.all(rows.map((row) => sunlot.store.remove(row.seq)));
        await sunlot.store.forget(this.number);
        window.location.assign("/office/cases/mine/");
        await new Promise(() => undefined);
      }
    }

    reopen(rows) {
      return Promise.all(rows.filter((row) => ["submit", "acknowledge", "sign"].includes(row.kind)).map((row) => sunlot.store.remove(row.seq)));
    }

    /* What is asked about the notice follows from how it was handed over; the other fields are out of sight. */
    asked() {
      const form = byId("visit-begin").elements;
      const wanted = { received: ["served_to"], refused: ["served_to", "witness"], none: ["no_notice"] }[form.service.value] || [];
      ["served_to", "witness", "no_notice"].forEach((name) => (form[name].closest(".field").hidden = !wanted.includes(name)));
      return wanted;
    }

    /* How the notice came to the inspected, where it was not served before; typed again after the office said no. */
    async begin(event) {
      event.preventDefault();
      const form = byId("visit-begin").elements;
      const said = { service: form.service.value, served_to: "", witness: "", no_notice: "" };
      this.asked().forEach((name) => (said[name] = form[name].value.trim()));
      const why = byId("visit-notice").hidden ? "" : this.unannounced(said);
      byId("visit-unannounced").textContent = why;
      if (why) {
        return;
      }
      const waiting = await sunlot.store.waiting(this.number);
      await Promise.all(waiting.filter((row) => row.kind === "begin" && row.held).map((row) => sunlot.store.remove(row.seq)));
      await sunlot.store.post(this.number, "begin", said);
      await this.send();
      window.scrollTo(0, this.form.offsetTop);
    }

    unannounced(said) {
      if (said.service === "none") {
        return said.no_notice ? "" : this.texts.whyNoNotice;
      }
      if (!said.service || !said.served_to) {
        return said.service ? this.texts.noticeToWhom : this.texts.noticeChoose;
      }
      return said.service === "refused" && !said.witness ? this.texts.noticeWitness : "";
    }

    next() {
      const open = Array.from(this.form.querySelectorAll("fieldset.check-item")).find((box) => !box.querySelector("input[type=radio]:checked"));
      const goal = open || byId("visit-result");
      goal.scrollIntoView({ block: "start", behavior: "smooth" });
      const first = goal.querySelector("input, select");
      if (first) {
        first.focus({ preventScroll: true });
      }
    }

    async submit(event) {
      const button = event.submitter || document.activeElement;
      if (!button || button.name !== "submit") {
        event.preventDefault();
        await this.send();
        return;
      }
      event.preventDefault();
      await this.send();
      const visit = await this.read();
      const rows = await sunlot.store.waiting(this.number);
      const clean = !Object.keys(visit.typed).length && !visit.draft && !rows.length;
      if (this.status === "sent" && clean) {
        const sent = document.createElement("input");
        sent.type = "hidden";
        sent.name = "submit";
        sent.value = "1";
        this.form.append(sent);
        HTMLFormElement.prototype.submit.call(this.form); // the form's own "submit" is its button
        return;
      }
      const gaps = sunlot.gapsOf(visit, this.texts);
      this.gaps(gaps);
      const finish = byId("visit-finish");
      finish.hidden = Boolean(gaps.length || Object.keys(visit.conflicts).length || this.status === "signin");
      if (!finish.hidden) {
        finish.scrollIntoView({ block: "start" });
      }
    }

    gaps(found) {
      const box = byId("visit-gaps");
      box.textContent = "";
      box.hidden = !found.length;
      found.forEach(([name, sentence]) => {
        const field = this.form.elements[name];
        const goal = field instanceof RadioNodeList ? field[0] : field;
        const line = element("li");
        const number = goal.closest(".check-item") ? `${goal.closest(".check-item").querySelector(".check-number").textContent}. ` : "";
        line.append(element("a", number + sentence, { href: `#${goal.id}` }));
        box.append(line);
      });
      if (found.length) {
        box.scrollIntoView({ block: "start" });
      }
    }

    /* Without a network: ready to sign, the inspected person's side and the own signature wait together, bound to what stands here. */
    async sign() {
      const read = (name) => {
        const found = byId("visit-finish").querySelector(`[data-finish=${name}]`);
        return found ? found.value.trim() : "";
      };
      const kind = byId("visit-finish").querySelector("[data-finish=kind]:checked");
      const visit = await this.read();
      const group = (visit.sheet.results[sunlot.valuesOf(visit).result] || [])[1];
      const asked = group === "clean" || group === "problem";
      const why = this.unsigned(read, kind ? kind.value : "", asked);
      byId("visit-unsigned").textContent = why;
      if (why) {
        return;
      }
      const waiting = await sunlot.store.waiting(this.number);
      const here = await Promise.all(waiting.filter((row) => row.file && !row.held).map((row) => sunlot.store.message(row)));
      const photos = (visit.state ? visit.state.photos : []).map((one) => one.sent).concat(here.map((one) => one.data.sent));
      const hash = await sunlot.contentHash(visit, photos);
      await sunlot.store.post(this.number, "submit", {});
      if (asked) {
        await sunlot.store.post(this.number, "acknowledge", {
          kind_of: kind.value, name: read("name"), witness: read("witness"), remark: read("remark"), drawn: read("theirs"), content_hash: hash,
        });
      }
      await sunlot.store.post(this.number, "sign", { drawn: read("own"), content_hash: hash });
      byId("visit-finish").hidden = true;
      await this.send();
      window.scrollTo(0, 0);
    }

    unsigned(read, kind, asked) {
      if (asked && !kind) {
        return this.texts.chooseSide;
      }
      if (asked && kind === "drawn" && (!read("name") || !read("theirs"))) {
        return this.texts.theirsMissing;
      }
      if (asked && (kind === "refused" || kind === "absent") && !read("witness")) {
        return this.texts.witnessMissing;
      }
      return read("own") ? "" : this.texts.ownMissing;
    }
  }

  sunlot.openVisit = (root) => new Page(root, root.getAttribute("data-visit")).start();

  /* The page just came from the server: keep it for the time without a network. */
  sunlot.install = function (root, number) {
    const sheet = JSON.parse(root.querySelector("#visit-sheet").textContent);
    return sunlot.store.change(number, function (visit) {
      visit.html = root.outerHTML;
      visit.title = root.getAttribute("data-title");
      visit.sheet = sheet;
      visit.state = sheet.state;
      visit.installed = new Date().toISOString();
    });
  };

  async function open(root) {
    const me = sunlot.store.possible && (await sunlot.store.unlock());
    if (me) {
      root.classList.add("visit-live");
      await sunlot.install(root, root.getAttribute("data-visit"));
      await sunlot.openVisit(root);
    }
  }

  const here = document.querySelector("[data-visit]");
  if (here) {
    open(here);
  }
})();
