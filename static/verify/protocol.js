/*
 * A draw computed anew and compared (draw protocol 1, §3–6) in plain JavaScript (ES2017). The form of the files stands in
 * bundle.js, the teams in teams.js.
 *
 *   SunlotProtocol.check(files)   a generator. `files` maps a name without ".txt" to a Uint8Array. It yields
 *       {stage, done, total} and returns the outcome:
 *       {verdict: "match" | "mismatch" | "refused", file, line, reason, args,    the first thing wrong, line 0: no line
 *        draw, mode, size, sources: [{name, kind, what, moment, form, value}], fixed: [{stratum, quota, size}],
 *        partial (no inspectors: of the teams only the form is checked), orderHash, seed, secret, key,
 *        rows: [{line, stratum, rank, kind, code, slip, ticket, good}], teams: [{line, code, members, good}],
 *        names: {code: name} of opened subjects}
 *   SunlotProtocol.slips(files, key, code)   [{slip, ticket}] of one roster entry, or null when it is not in the roster
 *
 * `reason` names a sentence among the page's texts, `args` fills it. Forms come first (refused), then what does not
 * follow (mismatch). Runs in a Worker or, a slice at a time, on the page; keeps no state between two checks.
 */
(function (root) {
  "use strict";

  var sha = root.SunlotSha256;
  var Fault = root.SunlotBundle.Fault;
  var byText = root.SunlotBundle.byText;

  function differ(name, line, reason, args) { throw new Fault("mismatch", name + ".txt", line, reason, args); }

  /* ---- the draw ---- */

  function checkHashes(files, order, outcome) {
    ["roster", "inspectors", "recusals"].forEach(function (name) {
      if (files[name] && sha.hex(files[name]) !== order[name]) { differ("order", order.at[name], "hash", { file: name + ".txt" }); }
    });
    if (sha.hex("sunlot-secret-1|" + order.draw + "|" + order.revealed) !== order.secret) { differ("reveal", 2, "secret"); }
    outcome.orderHash = sha.hex(files.order);
    outcome.secret = order.revealed;
    var values = order.sources.map(function (source) { return source.value + "|"; }).join("");
    outcome.seed = sha.hex("sunlot-seed-1|" + outcome.orderHash + "|" + values + order.revealed);
    outcome.key = sha.hex("sunlot-key-1|" + outcome.seed + "|subjects");
  }

  function smaller(a, b) {
    for (var i = 0; i < 8; i += 1) {
      if (a[i] !== b[i]) { return (a[i] >>> 0) < (b[i] >>> 0); }
    }
    return false;
  }

  function bestSlip(box, code, slips) {
    var best = new Int32Array(8);
    var winning = 0;
    for (var slip = 1; slip <= slips; slip += 1) {
      var words = box.words("|" + code + "|" + slip);
      if (!winning || smaller(words, best)) { best.set(words); winning = slip; }
    }
    return { code: code, slip: winning, ticket: sha.wordsToHex(best) };
  }

  function byTicket(a, b) { return byText(a.ticket, b.ticket) || byText(a.code, b.code); }

  function* drawSubjects(order, roster, key) {
    var box = sha.prefix(key);
    var strata = new Map(order.quotas.map(function (quota) { return [quota.stratum, []]; }));
    for (var i = 0; i < roster.codes.length; i += 1) {
      strata.get(roster.strata[i]).push(bestSlip(box, roster.codes[i], roster.slips[i]));
      if (i % 256 === 255) { yield { stage: "subjects", done: i, total: roster.codes.length }; }
    }
    var rows = [];
    order.quotas.forEach(function (quota) {
      strata.get(quota.stratum).sort(byTicket).slice(0, quota.quota + Number(order.reserves)).forEach(function (entry, i) {
        rows.push({
          line: rows.length + 2, stratum: quota.stratum, rank: i + 1, kind: i < quota.quota ? "W" : "R",
          code: entry.code, slip: entry.slip, ticket: entry.ticket, good: false
        });
      });
    });
    return rows;
  }

  /* result.txt, byte by byte; every row learns whether its line is the one that must stand there. */
  function compare(files, outcome, size) {
    var found = new TextDecoder("windows-1252").decode(files.result).split("\n"); // all that may stand here is ASCII
    var wrong = found[0] === "sunlot-result-1" ? null : { line: 1, expected: "sunlot-result-1" };
    function judge(row, expected, good) {
      row.good = good;
      if (!good && !wrong) { wrong = { line: row.line, expected: expected }; }
    }
    outcome.rows.forEach(function (row) {
      var text = [row.stratum, row.rank, row.kind, row.code, row.slip, row.ticket].join("\t");
      judge(row, text, found[row.line - 1] === text);
    });
    outcome.teams.forEach(function (row) {
      var start = "team\t" + row.code + "\t";
      var text = start + (outcome.partial ? "…" : row.members.length ? row.members.join("\t") : "-");
      var here = found[row.line - 1] || "";
      var people = here.slice(start.length).split("\t");
      if (!outcome.partial) {
        judge(row, text, here === text);
      } else {
        var team = people.length === size && new Set(people).size === size && people.every(root.SunlotBundle.isCode);
        judge(row, text, here.indexOf(start) === 0 && (team || (people.length === 1 && people[0] === "-")));
        row.members = row.good && team ? people : [];
      }
    });
    var last = 1 + outcome.rows.length + outcome.teams.length;
    if (!wrong && found.length < last + 1) { differ("result", last, "not_ended"); }
    if (!wrong && (found.length > last + 1 || found[last] !== "")) { differ("result", last + 1, "result_end"); }
    if (wrong) { differ("result", wrong.line, "result_line", { expected: wrong.expected }); }
  }

  function checkOpenings(openings, roster, people, outcome) {
    var ids = new Set();
    openings.forEach(function (fields, i) {
      var code = fields[0], subject = fields[1] === "subject";
      if (sha.hex("sunlot-code-1|" + fields.slice(1).join("|")).slice(0, 32) !== code) {
        differ("openings", i + 2, "opening_hash", { code: code, name: fields[2] + " " + fields[3] });
      }
      if (subject ? !roster.index.has(code) : people !== null && !people.index.has(code)) { differ("openings", i + 2, "opening_unknown"); }
      if (subject && ids.has(fields[2])) { differ("openings", i + 2, "opening_twice"); }
      if (subject) {
        ids.add(fields[2]);
        outcome.names[code] = fields[3];
      }
    });
  }

  /* ---- after the draw ---- */

  function followHistory(history, roster, staff, outcome) {
    var places = new Map();
    var reserves = {};
    outcome.rows.forEach(function (row) {
      if (row.kind === "R") { (reserves[" " + row.stratum] = reserves[" " + row.stratum] || []).push(row.code); }
    });
    outcome.teams.forEach(function (row) {
      places.set(row.code, { now: row.code, members: row.members.slice(), left: new Set(), misfits: [] });
    });
    var waiting = null; // the line of the reserve whose misfits have not all left, and its place

    function subjectLine(line, place) {
      if (place.now !== line.out) { differ("history", line.line, "history_out"); }
      var listed = reserves[" " + roster.strata[roster.index.get(line.winner)]] || [];
      var next = listed.length ? listed.shift() : "-";
      if (line.into !== next) { differ("history", line.line, "history_in", { expected: next }); }
      place.now = next;
      place.members.forEach(function (code, i) {
        if (code === "-") { return; }
        if (next === "-") {
          staff.release(code);
        } else if (!staff.suits(code, next)) {
          place.misfits.push(i + 1);
        }
      });
      if (next === "-") { place.members = []; }
      waiting = place.misfits.length ? { line: line.line, place: place } : null;
    }

    function inspectorLine(line, place) {
      if (place.members[line.position - 1] !== line.out) { differ("history", line.line, "history_out"); }
      staff.release(line.out);
      place.left.add(line.out);
      var next = staff.replacement(place.now, line.position, place.members, place.left);
      place.members[line.position - 1] = next;
      if (line.into !== next) { differ("history", line.line, "history_in", { expected: next }); }
    }

    history.forEach(function (line) {
      var place = places.get(line.winner);
      if (!place) { differ("history", line.line, "history_winner"); }
      var due = waiting !== null && waiting.place === place && !line.subject && place.misfits[0] === line.position;
      if (due !== (line.reason === "does-not-fit") || (waiting && !due)) { differ("history", line.line, "history_misfit"); }
      if (due) {
        place.misfits.shift();
        if (!place.misfits.length) { waiting = null; }
      }
      if (line.subject) { subjectLine(line, place); } else { inspectorLine(line, place); }
    });
    if (waiting) { differ("history", waiting.line, "history_stays"); }
  }

  function* run(files, outcome) {
    yield { stage: "reading", done: 0, total: 1 };
    var bundle = root.SunlotBundle.read(files);
    var order = bundle.order, roster = bundle.roster, people = bundle.people;
    yield { stage: "reading", done: 1, total: 1 };
    outcome.draw = order.draw;
    outcome.mode = order.mode;
    outcome.size = roster.codes.length;
    outcome.partial = people === null;
    outcome.sources = order.sources;
    outcome.fixed = order.quotas.filter(function (quota) { return order.mode === "lot" && (quota.quota === 0 || quota.quota === quota.size); });
    checkHashes(files, order, outcome);
    outcome.rows = yield* drawSubjects(order, roster, outcome.key);
    var winners = outcome.rows.filter(function (row) { return row.kind === "W"; }).sort(byTicket);
    var staff = null;
    if (people) {
      staff = new root.SunlotTeams(people, roster, Number(order.team), sha.prefix(sha.hex("sunlot-key-1|" + outcome.seed + "|teams")));
      yield* staff.assign(winners.map(function (row) { return row.code; }));
    }
    outcome.teams = winners.map(function (row, i) {
      return { line: outcome.rows.length + i + 2, code: row.code, members: staff ? staff.members(i) : [], good: false };
    });
    compare(files, outcome, Number(order.team));
    yield { stage: "after", done: 0, total: 1 };
    checkOpenings(bundle.openings, roster, people, outcome);
    if (files.history) { followHistory(bundle.history, roster, staff, outcome); }
  }

  function* check(files) {
    var outcome = {
      verdict: "match", file: "", line: 0, reason: "", args: {}, draw: "", mode: "", size: 0, partial: false, orderHash: "",
      seed: "", secret: "", key: "", sources: [], fixed: [], rows: [], teams: [], names: {}
    };
    try {
      yield* run(files, outcome);
    } catch (fault) {
      if (!(fault instanceof Fault)) { throw fault; }
      Object.assign(outcome, { verdict: fault.verdict, file: fault.file, line: fault.line, reason: fault.reason, args: fault.args });
    }
    return outcome;
  }

  function slips(files, key, code) {
    var found = root.SunlotBundle.roster(files).filter(function (fields) { return fields[0] === code; })[0];
    if (!found) { return null; }
    var box = sha.prefix(key);
    var list = [];
    for (var slip = 1; slip <= Number(found[2]); slip += 1) { list.push({ slip: slip, ticket: box.hex("|" + code + "|" + slip) }); }
    return list;
  }

  root.SunlotProtocol = { check: check, slips: slips };
})(typeof self === "undefined" ? this : self);
