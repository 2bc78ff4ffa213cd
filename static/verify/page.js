/*
 * The verification page: fetches a draw's public files, has them checked, shows the outcome. Loaded after the scripts
 * of data-scripts at the end of the body; needs nothing else, no network once the files are here.
 *
 * Contract with the template (templates/public/draws/verify.html). The root element:
 *   <div id="verify" data-number="2026-003" data-files='{"order": "address", ...only public ones...}'
 *        data-worker="address of worker.js" data-scripts='["sha256.js", "bundle.js", "teams.js", "protocol.js" as addresses]'>
 * It gets data-verdict="match|mismatch|refused|failed" when the check has ended. Inside it, by id:
 *   verify-controls  shown by this script        verify-start  button: fetch and check
 *   verify-pick      <input type=file multiple>: check files from the visitor's own disk instead
 *   verify-save      button: save the page with its files and scripts as one file that works offline
 *   verify-work      hidden box around verify-bar (<progress>);  verify-state  role=status, one sentence
 *   verify-outcome   hidden box: verify-chip, verify-reason, verify-notes (ul), verify-proves (static text, on a match)
 *   verify-sources, verify-rows, verify-teams  table bodies; verify-more  button: show more lines
 *   verify-hand      box: verify-code (input), verify-try (button), verify-steps (ol)
 *   verify-own       box: a receipt's verify-own-kind (select), verify-own-id, verify-own-name, verify-own-nonce (inputs),
 *                    verify-own-find (button), verify-own-said (ul, role=status)
 * and <script type="application/json" id="verify-texts"> with every sentence shown (the keys are the ones read below
 * by `text`, and "reason_" + each reason of bundle.js and protocol.js). The files, once here, are put into the page as
 * <script type="application/json" id="verify-saved"> {name: base64}, so that a page saved by the browser has them too.
 */
(function () {
  "use strict";

  var root = document.getElementById("verify");
  if (!root) { return; }
  var texts = JSON.parse(document.getElementById("verify-texts").textContent);
  var own = document.currentScript ? document.currentScript.src : "";
  var NAMES = ["order", "reveal", "roster", "inspectors", "recusals", "openings", "history", "result"];
  var PAGE = 200; // lines of the result shown at a time
  var files = null;
  var outcome = null;
  var shown = 0;
  var running = 0;

  function box(id) { return document.getElementById("verify-" + id); }

  function text(key, args) {
    return String(texts[key] || key).replace(/\{([a-z]+)\}/g, function (all, name) {
      return args && args[name] !== undefined ? String(args[name]) : all;
    });
  }

  function add(parent, tag, words, className) {
    var element = document.createElement(tag);
    if (words !== undefined) { element.textContent = words; }
    if (className) { element.className = className; }
    parent.appendChild(element);
    return element;
  }

  function clear(id) {
    box(id).textContent = "";
    return box(id);
  }

  function say(words) { box("state").textContent = words; }

  /* ---- files: from the page, the network or the visitor's disk ---- */

  function toBase64(bytes) {
    var parts = [];
    for (var at = 0; at < bytes.length; at += 8190) {
      parts.push(btoa(String.fromCharCode.apply(null, bytes.subarray(at, at + 8190))));
    }
    return parts.join("");
  }

  function fromBase64(words) {
    var raw = atob(words);
    var bytes = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i += 1) { bytes[i] = raw.charCodeAt(i); }
    return bytes;
  }

  function keep(found) {
    files = found;
    var block = document.getElementById("verify-saved") || document.createElement("script");
    var saved = {};
    Object.keys(found).forEach(function (name) { saved[name] = toBase64(found[name]); });
    block.type = "application/json";
    block.id = "verify-saved";
    block.textContent = JSON.stringify(saved);
    root.appendChild(block);
    box("save").hidden = false;
  }

  function savedFiles() {
    var block = document.getElementById("verify-saved");
    if (!block) { return null; }
    var saved = JSON.parse(block.textContent);
    var found = {};
    Object.keys(saved).forEach(function (name) { found[name] = fromBase64(saved[name]); });
    return found;
  }

  function fetchFiles() {
    var addresses = JSON.parse(root.getAttribute("data-files"));
    var names = Object.keys(addresses);
    var turn = running;
    var found = {};
    var done = 0;
    return Promise.all(names.map(function (name) {
      return fetch(addresses[name]).then(function (answer) {
        if (!answer.ok) { throw new Error(name); }
        return answer.arrayBuffer();
      }).then(function (buffer) {
        found[name] = new Uint8Array(buffer);
        done += 1;
        if (turn === running) { progress({ stage: "fetching", done: done, total: names.length }); }
      }, function () { throw new Error(text("fetch_failed", { file: name + ".txt" })); });
    })).then(function () { return found; });
  }

  function readPicked(list) {
    var found = {};
    return Promise.all(Array.prototype.map.call(list, function (file) {
      var name = file.name.replace(/\.txt$/, "");
      if (NAMES.indexOf(name) < 0) { return null; }
      return new Promise(function (resolve, reject) {
        var reader = new FileReader();
        reader.onload = function () {
          found[name] = new Uint8Array(reader.result);
          resolve();
        };
        reader.onerror = function () { reject(new Error(text("fetch_failed", { file: file.name }))); };
        reader.readAsArrayBuffer(file);
      });
    })).then(function () { return found; });
  }

  /* ---- the check: in a Worker, else here in slices ---- */

  function progress(step) {
    box("bar").max = step.total;
    box("bar").value = step.done;
    say(text("stage_" + step.stage));
  }

  function loadScripts() {
    var pending = window.SunlotProtocol ? [] : JSON.parse(root.getAttribute("data-scripts") || "[]");
    return pending.reduce(function (before, address) {
      return before.then(function () {
        return new Promise(function (resolve, reject) {
          var script = document.createElement("script");
          script.src = address;
          script.onload = resolve;
          script.onerror = function () { reject(new Error(text("fetch_failed", { file: address }))); };
          document.body.appendChild(script);
        });
      });
    }, Promise.resolve());
  }

  function inSlices(turn) {
    return new Promise(function (resolve, reject) {
      var work = window.SunlotProtocol.check(files);
      function slice() {
        try {
          var until = Date.now() + 30;
          var step = work.next();
          while (!step.done && Date.now() < until) { step = work.next(); }
          if (turn !== running) { return; }
          if (step.done) {
            resolve(step.value);
          } else {
            progress(step.value);
            setTimeout(slice, 0);
          }
        } catch (error) { reject(error); }
      }
      slice();
    });
  }

  function inWorker(turn) {
    return new Promise(function (resolve, reject) {
      var address = root.getAttribute("data-worker");
      if (!address || location.protocol === "file:") { throw new Error("no worker"); }
      var worker = new Worker(address);
      worker.onmessage = function (event) {
        if (turn !== running) {
          worker.terminate();
        } else if (event.data.kind === "progress") {
          progress(event.data.step);
        } else {
          worker.terminate();
          if (event.data.kind === "outcome") { resolve(event.data.outcome); } else { reject(new Error(event.data.message)); }
        }
      };
      worker.onerror = function () { reject(new Error("no worker")); };
      var scripts = JSON.parse(root.getAttribute("data-scripts")).map(function (script) { return new URL(script, location.href).href; });
      worker.postMessage({ scripts: scripts, files: files });
    });
  }

  function start(getFiles) {
    running += 1;
    var turn = running;
    root.removeAttribute("data-verdict");
    box("outcome").hidden = true;
    box("work").hidden = false;
    progress({ stage: "fetching", done: 0, total: 1 });
    getFiles().then(function (found) {
      keep(found);
      return inWorker(turn).catch(function () {
        return loadScripts().then(function () { return inSlices(turn); });
      });
    }).then(function (found) {
      if (turn === running) { show(found); }
    }).catch(function (error) {
      if (turn !== running) { return; }
      running += 1; // what is still on its way says no more
      box("work").hidden = true;
      say(text("failed", { message: error.message }));
      root.setAttribute("data-verdict", "failed");
    });
  }

  /* ---- what is shown ---- */

  function chip(parent, good, words) { add(parent, "span", words, "chip " + (good ? "chip-good" : "chip-bad")); }

  function notes() {
    var list = clear("notes");
    if (outcome.partial && outcome.draw) { add(list, "li", text("partial")); }
    if (outcome.mode && outcome.mode !== "lot") { add(list, "li", text("mode_all", { mode: outcome.mode })); }
    outcome.fixed.forEach(function (stratum) { add(list, "li", text("fixed", stratum)); });
  }

  function sources() {
    var body = clear("sources");
    outcome.sources.forEach(function (source) {
      var row = add(body, "tr");
      add(row, "td", text(source.kind));
      add(row, "td", source.what);
      add(row, "td", source.moment.slice(0, 19).replace("T", " "));
      add(row, "td", source.value, "mono");
    });
  }

  function moreRows() {
    var last = Math.min(shown + PAGE, Math.max(outcome.rows.length, outcome.teams.length));
    for (; shown < last; shown += 1) {
      if (shown < outcome.rows.length) { resultRow(outcome.rows[shown]); }
      if (shown < outcome.teams.length) { teamRow(outcome.teams[shown]); }
    }
    box("more").hidden = shown >= Math.max(outcome.rows.length, outcome.teams.length);
  }

  function resultRow(entry) {
    var row = add(box("rows"), "tr");
    add(row, "td", entry.stratum);
    add(row, "td", entry.rank);
    add(row, "td", text(entry.kind === "W" ? "winner" : "reserve"));
    var who = add(row, "td");
    var name = Object.prototype.hasOwnProperty.call(outcome.names, entry.code) ? outcome.names[entry.code] : "";
    if (name) { add(who, "span", name + " "); }
    add(who, "span", entry.code, "mono");
    add(row, "td", entry.slip);
    add(row, "td", entry.ticket, "mono");
    chip(add(row, "td"), entry.good, text(entry.good ? "row_good" : "row_bad"));
  }

  function teamRow(entry) {
    var row = add(box("teams"), "tr");
    add(row, "td", entry.code, "mono");
    add(row, "td", entry.members.length ? entry.members.join(" ") : "-", "mono");
    chip(add(row, "td"), entry.good, text(entry.good ? (outcome.partial ? "row_form" : "row_good") : "row_bad"));
  }

  function show(found) {
    outcome = found;
    var good = outcome.verdict === "match";
    var place = outcome.line ? text("place", { file: outcome.file, line: outcome.line }) : outcome.file;
    box("work").hidden = true;
    clear("chip");
    chip(box("chip"), good, text(outcome.verdict));
    box("reason").textContent = good ? text("match_reason", { number: outcome.draw, size: outcome.size }) :
      place + " " + text("reason_" + outcome.reason, outcome.args);
    box("proves").hidden = !good;
    notes();
    sources();
    clear("rows");
    clear("teams");
    shown = 0;
    moreRows();
    box("hand").hidden = !outcome.key || !outcome.rows.length;
    box("own").hidden = !outcome.draw || !outcome.rows.length;
    clear("own-said");
    clear("steps");
    if (outcome.rows.length) {
      box("code").value = outcome.rows[0].code;
      byHand();
    }
    box("outcome").hidden = false;
    say(text(outcome.verdict));
    root.setAttribute("data-verdict", outcome.verdict);
  }

  /* One entry followed by hand: every number from the one before it, with a command anybody can type. */
  function byHand() {
    var code = box("code").value.trim();
    var values = outcome.sources.map(function (source) { return source.value + "|"; }).join("");
    var list = clear("steps");
    function step(key, command, answer) {
      var item = add(list, "li");
      add(item, "p", text(key));
      add(item, "pre", command, "mono");
      add(item, "p", answer, "mono");
    }
    loadScripts().then(function () {
      var slips = window.SunlotProtocol.slips(files, outcome.key, code);
      if (!slips) {
        add(list, "li", text("no_such_entry"));
        return;
      }
      step("hand_order", "sha256sum < order.txt", outcome.orderHash);
      step("hand_seed", "printf '%s' 'sunlot-seed-1|" + outcome.orderHash + "|" + values + outcome.secret + "' | sha256sum", outcome.seed);
      step("hand_key", "printf '%s' 'sunlot-key-1|" + outcome.seed + "|subjects' | sha256sum", outcome.key);
      slips.forEach(function (slip) {
        step("hand_slip", "printf '%s|%s|%s' " + outcome.key + " " + code + " " + slip.slip + " | sha256sum", slip.ticket);
      });
      var best = slips.reduce(function (a, b) { return b.ticket < a.ticket ? b : a; });
      add(list, "li", text("hand_best", { slip: best.slip, ticket: best.ticket }));
    });
  }

  /* A receipt's id, name and number give a code; the published files say what became of it. Nothing typed leaves this page. */
  function findOwn() {
    var kind = box("own-kind").value;
    var typed = ["id", "name", "nonce"].map(function (part) { return box("own-" + part).value.trim(); });
    var list = clear("own-said");
    loadScripts().then(function () {
      var code = window.SunlotSha256.hex(["sunlot-code-1", kind].concat(typed).join("|")).slice(0, 32);
      var told = kind === "subject" ? ownSubject(code) : ownTeams(code);
      add(list, "li", text(told.length ? "own_code" : "own_missing", { code: code }));
      told.concat(ownHistory(code)).forEach(function (words) { add(list, "li", words); });
      if (kind === "subject" && told.length && outcome.key) {
        box("code").value = code;
        byHand();
      }
    });
  }

  function ownSubject(code) {
    var entry = window.SunlotBundle.roster(files).filter(function (fields) { return fields[0] === code; })[0];
    if (!entry) { return []; }
    var row = outcome.rows.filter(function (one) { return one.code === code; })[0];
    var key = row ? (row.kind === "W" ? "own_won" : "own_reserve") : "own_not_drawn";
    return [text("own_roster", { stratum: entry[1], slips: entry[2] }), text(key, row || {})];
  }

  function ownTeams(code) {
    var places = outcome.teams.filter(function (team) { return team.members.indexOf(code) >= 0; });
    return places.map(function (team) { return text("own_team", { code: team.code }); }).concat(ownSteppedIn(code));
  }

  function historyLines() {
    if (!files.history) { return []; }
    return new TextDecoder().decode(files.history).split("\n").slice(1, -1).map(function (line) { return line.split("\t"); });
  }

  function ownSteppedIn(code) {
    var came = historyLines().filter(function (fields) { return fields[1] === "inspector" && fields[5] === code; });
    return came.map(function (fields) { return text("own_team", { code: fields[2] }); });
  }

  function ownHistory(code) {
    return historyLines().filter(function (fields) { return fields[4] === code || fields[5] === code; }).map(function (fields) {
      return text(fields[4] === code ? "own_left" : "own_came", { number: fields[0], reason: text("own_reason_" + fields[6]) });
    });
  }

  /* ---- one file that works offline ---- */

  function fetchText(address) { return fetch(address).then(function (answer) { return answer.text(); }); }

  function save() {
    var copy = document.documentElement.cloneNode(true);
    var wanted = JSON.parse(root.getAttribute("data-scripts")).concat([own]);
    var styles = Array.prototype.slice.call(copy.querySelectorAll("link[rel=stylesheet]"));
    Array.prototype.forEach.call(copy.querySelectorAll("script[src]"), function (script) { script.remove(); });
    copy.querySelector("#verify").removeAttribute("data-worker");
    copy.querySelector("#verify").removeAttribute("data-verdict");
    copy.querySelector("#verify-outcome").hidden = true;
    copy.querySelector("#verify-state").textContent = "";
    Promise.all([
      Promise.all(styles.map(function (link) { return fetchText(link.href); })),
      Promise.all(wanted.map(fetchText))
    ]).then(function (fetched) {
      styles.forEach(function (link, i) { link.parentNode.replaceChild(element("style", fetched[0][i]), link); });
      fetched[1].forEach(function (code) { copy.querySelector("body").appendChild(element("script", code)); });
      var link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(["<!DOCTYPE html>\n" + copy.outerHTML], { type: "text/html" }));
      link.download = "sunlot-" + root.getAttribute("data-number") + ".html";
      document.body.appendChild(link);
      link.click();
      link.remove();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
    }).catch(function (error) { say(text("failed", { message: error.message })); });
  }

  function element(tag, words) {
    var made = document.createElement(tag);
    made.textContent = words;
    return made;
  }

  box("start").addEventListener("click", function () {
    start(function () {
      var saved = location.protocol === "file:" ? savedFiles() : null;
      return saved ? Promise.resolve(saved) : fetchFiles();
    });
  });
  box("pick").addEventListener("change", function () {
    if (box("pick").files.length) { start(function () { return readPicked(box("pick").files); }); }
  });
  box("save").addEventListener("click", save);
  box("save").hidden = !savedFiles();
  box("more").addEventListener("click", moreRows);
  box("try").addEventListener("click", byHand);
  box("own-find").addEventListener("click", findOwn);
  box("controls").hidden = false;
})();
