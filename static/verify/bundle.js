/*
 * The form of a bundle (draw protocol 1, §1–3) in plain JavaScript: files, lines, fields, order, sources, who may be drawn.
 *
 *   SunlotBundle.read(files)   `files` maps a name without ".txt" to a Uint8Array; gives {order, roster, people or null,
 *                              openings, history}; throws a Fault, verdict "refused", at the first thing out of form.
 *   SunlotBundle.Fault         {verdict: "refused" | "mismatch", file, line (0: no line), reason, args}
 *   SunlotBundle.roster(files) the records of roster.txt · .isCode(text) · .byText(a, b)
 *
 * Nothing is computed here; what follows from what stands in protocol.js. result.txt has no form of its own: it is
 * compared byte by byte there.
 */
(function (root) {
  "use strict";

  var INT = "(?:0|[1-9][0-9]{0,5})";
  var CODE = "[0-9a-f]{32}";
  var HASH = "[0-9a-f]{64}";
  var NUMBER = "[0-9A-Za-z][0-9A-Za-z._-]{0,47}";
  var TAG = "[a-z0-9][a-z0-9._-]{0,31}";
  var TAGS = "-|" + TAG + "(?:," + TAG + ")*";
  var WORDS = "[^\\u0000-\\u001f\\u007f-\\u009f|]{1,200}";
  var MOMENT = "([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})\\+08:00";
  var RECORDS = {
    roster: [CODE, "[A-Za-z0-9][A-Za-z0-9._-]{0,31}", "[1-9]|[1-5][0-9]|6[0-4]", TAGS],
    inspectors: [CODE, "[LM]", INT, INT, TAGS],
    recusals: [CODE, CODE],
    openings: [CODE, "subject|inspector", "[0-9A-Z][0-9A-Z._-]{0,31}", WORDS, CODE],
    history: [INT, "subject|inspector", CODE, "-|[1-9]", CODE, CODE + "|-", "gone|out-of-scope|recused|absent|does-not-fit"]
  };
  // What stands in order.txt: key, form of the value; `many` may stand more than once.
  var ORDER = [
    ["draw", NUMBER], ["bureau", NUMBER], ["plan", NUMBER + "@" + INT], ["mode", "lot|adhoc|teams:" + NUMBER],
    ["matter", NUMBER + "@" + INT, "many"], ["digest", "sha256"], ["roster", HASH], ["inspectors", HASH], ["recusals", HASH],
    ["quota", INT, "many"], ["reserves", INT], ["team", "[2-9]"], ["replaces", NUMBER + "|-"], ["secret", HASH],
    ["source", "(?:witness|public)(?:\\|[^|]*){3}", "many"], ["planned", MOMENT]
  ];
  var EXACT = 1099511627776; // 2^40: what public sources must at least have, counted in integers

  function Fault(verdict, file, line, reason, args) {
    this.verdict = verdict;
    this.file = file;
    this.line = line;
    this.reason = reason;
    this.args = args || {};
  }

  function refuse(name, line, reason, args) { throw new Fault("refused", name + ".txt", line, reason, args); }
  function whole(form) { return new RegExp("^(?:" + form + ")$", "u"); }

  /* ---- files and lines ---- */

  /* The first line that is not UTF-8; a line end is never part of another character. */
  function spoiledLine(bytes) {
    var start = 0;
    for (var line = 1; start < bytes.length; line += 1) {
      var end = bytes.indexOf(10, start);
      if (end < 0) { end = bytes.length; }
      try {
        new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, end));
      } catch (error) {
        return line;
      }
      start = end + 1;
    }
    return 0;
  }

  function linesOf(files, name) {
    var text;
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(files[name]);
    } catch (error) {
      refuse(name, spoiledLine(files[name]), "not_utf8");
    }
    var lines = text.split("\n");
    if (lines[0] !== "sunlot-" + name + "-1") { refuse(name, 1, "first_line", { expected: "sunlot-" + name + "-1" }); }
    if (lines[lines.length - 1] !== "") { refuse(name, lines.length, "not_ended"); }
    lines.pop();
    lines.forEach(function (line, i) {
      if (line === "") { refuse(name, i + 1, "empty_line"); }
      if (line.indexOf("\r") >= 0) { refuse(name, i + 1, "form"); }
    });
    return lines.slice(1);
  }

  function tagList(text, name, line) {
    if (text === "-") { return []; }
    var tags = text.split(",");
    for (var i = 1; i < tags.length; i += 1) {
      if (!(tags[i - 1] < tags[i])) { refuse(name, line, "tags"); }
    }
    return tags;
  }

  /* The fields of every record; unless `loose`, sorted by bytes, the first `once` fields never twice. */
  function recordsOf(files, name, once) {
    var form = whole(RECORDS[name].map(function (part) { return "(" + part + ")"; }).join("\t"));
    var before = "";
    var keyBefore = "";
    return linesOf(files, name).map(function (line, i) {
      if (!form.test(line)) { refuse(name, i + 2, "form"); }
      var fields = line.split("\t");
      if (once) {
        var key = fields.slice(0, once).join("\t");
        if (key === keyBefore) { refuse(name, i + 2, "twice"); }
        if (line < before) { refuse(name, i + 2, "unsorted"); }
        before = line;
        keyBefore = key;
      }
      return fields;
    });
  }

  function momentExists(text) {
    var p = whole(MOMENT).exec(text);
    if (!p) { return false; }
    var year = Number(p[1]), month = Number(p[2]), day = Number(p[3]);
    var leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
    var days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] &&
      Number(p[4]) < 24 && Number(p[5]) < 60 && Number(p[6]) < 60;
  }

  /* ---- order and sources ---- */

  function readOrder(files) {
    var order = { at: {}, quotas: [], sources: [], matters: [] };
    var lines = linesOf(files, "order");
    var step = 0;
    var seen = 0;
    lines.forEach(function (line, i) {
      var parts = line.split("\t");
      var key = parts[0];
      var kind = /^(?:quota|source)\../.test(key) ? key.slice(0, key.indexOf(".")) : key;
      if (step < ORDER.length && seen && ORDER[step][0] !== kind) { step += 1; seen = 0; }
      var wanted = ORDER[step];
      if (!wanted) { refuse("order", i + 2, "order_extra"); }
      if (wanted[0] !== kind || parts.length !== 2 || !whole(wanted[1]).test(parts[1]) || (seen && !wanted[2])) {
        refuse("order", i + 2, "order_line", { key: wanted[0] });
      }
      seen += 1;
      if (kind === "quota") {
        order.quotas.push({ stratum: key.slice(6), quota: Number(parts[1]), line: i + 2 });
      } else if (kind === "matter") {
        order.matters.push(parts[1]);
      } else if (kind === "source") {
        if (seen > 9 || key !== "source." + seen) { refuse("order", i + 2, "order_line", { key: "source." + seen }); }
        order.sources.push(sourceOf(key, parts[1].split("|"), i + 2));
      } else {
        if (key !== wanted[0]) { refuse("order", i + 2, "order_line", { key: wanted[0] }); }
        order[key] = parts[1];
      }
      order.at[kind] = i + 2;
    });
    if (step < ORDER.length - 1 || !seen) { refuse("order", lines.length + 1, "order_line", { key: ORDER[Math.min(step + (seen ? 1 : 0), ORDER.length - 1)][0] }); }
    order.matters.forEach(function (matter, i) {
      if (i > 0 && (matter === order.matters[0] || (i > 1 && !(order.matters[i - 1] < matter)))) {
        refuse("order", order.at.matter - order.matters.length + 1 + i, "matters");
      }
    });
    checkMoments(order);
    return order;
  }

  function sourceOf(name, parts, line) {
    var source = { name: name, kind: parts[0], what: parts[1], moment: parts[2], form: parts[3], line: line, groups: [], value: "" };
    if (!whole(WORDS).test(source.what)) { refuse("order", line, "order_line", { key: name }); }
    if (!momentExists(source.moment)) { refuse("order", line, "no_moment"); }
    var plain = whole("(digits|hex):(" + INT + ")").exec(source.form);
    var pair = INT + "/" + INT;
    if (plain) {
      source.alphabet = plain[1] === "hex" ? 16 : 10;
      source.length = Number(plain[2]);
      if (source.length < 1 || source.length > 999) { refuse("order", line, "source_form"); }
    } else if (whole("balls:" + pair + "(?:\\+" + pair + ")*").test(source.form)) {
      source.groups = source.form.slice(6).split("+").map(function (group) {
        var k = Number(group.split("/")[0]), n = Number(group.split("/")[1]);
        if (k < 1 || k > n || n > 99) { refuse("order", line, "source_form"); }
        return { k: k, n: n };
      });
    } else {
      refuse("order", line, "source_form");
    }
    return source;
  }

  /* How many values a source can have, exactly up to 2^40 and at least 2^40 above it. */
  function possibilities(source) {
    var product = 1;
    if (!source.groups.length) {
      for (var i = 0; i < source.length && product < EXACT; i += 1) { product *= source.alphabet; }
    }
    source.groups.forEach(function (group) {
      var small = Math.min(group.k, group.n - group.k);
      var ways = 1;
      for (var i = 1; i <= small && ways < EXACT; i += 1) { ways = ways * (group.n - small + i) / i; }
      product = Math.min(EXACT, product * ways);
    });
    return Math.min(EXACT, product);
  }

  function checkMoments(order) {
    if (!momentExists(order.planned)) { refuse("order", order.at.planned, "no_moment"); }
    var values = 1;
    var last = order.sources[order.sources.length - 1];
    order.sources.forEach(function (source, i) {
      var above = order.sources[i - 1];
      if (source.kind === "public") { values = Math.min(EXACT, values * possibilities(source)); }
      if (!above) { return; }
      if (above.kind === "public" && source.kind === "witness") { refuse("order", source.line, "witness_last"); }
      if (source.moment < above.moment || (above.kind !== source.kind && source.moment === above.moment)) {
        refuse("order", source.line, "source_moment");
      }
    });
    if (last.kind !== "public") { refuse("order", last.line, "witness_last"); }
    if (values < EXACT) { refuse("order", last.line, "entropy"); }
    if (order.planned < last.moment) { refuse("order", order.at.planned, "planned"); }
  }

  function spelled(value, source) {
    if (!source.groups.length) {
      return whole((source.alphabet === 16 ? "[0-9a-f]" : "[0-9]") + "{" + source.length + "}").test(value);
    }
    var groups = value.split("+");
    return groups.length === source.groups.length && groups.every(function (group, i) {
      var balls = group.split(",");
      return balls.length === source.groups[i].k && balls.every(function (ball, j) {
        return /^[0-9]{2}$/.test(ball) && ball > (j ? balls[j - 1] : "00") && Number(ball) <= source.groups[i].n;
      });
    });
  }

  function readReveal(files, order) {
    var lines = linesOf(files, "reveal");
    var names = ["secret"].concat(order.sources.map(function (source) { return source.name; }));
    lines.forEach(function (line, i) {
      var parts = line.split("\t");
      if (i >= names.length) { refuse("reveal", i + 2, "reveal_line", { key: "" }); }
      if (parts.length !== 2 || parts[0] !== names[i]) { refuse("reveal", i + 2, "reveal_line", { key: names[i] }); }
      if (i === 0) {
        if (!whole(HASH).test(parts[1])) { refuse("reveal", 2, "form"); }
        order.revealed = parts[1];
      } else {
        if (!spelled(parts[1], order.sources[i - 1])) { refuse("reveal", i + 2, "spelled", { key: names[i] }); }
        order.sources[i - 1].value = parts[1];
      }
    });
    if (lines.length < names.length) { refuse("reveal", lines.length + 1, "reveal_line", { key: names[lines.length] }); }
  }

  /* ---- roster, people, quotas ---- */

  function readRoster(files, order) {
    var roster = { codes: [], strata: [], slips: [], tags: [], index: new Map(), sizes: {} };
    recordsOf(files, "roster", 1).forEach(function (fields, i) {
      if (fields[1] === "team") { refuse("roster", i + 2, "form"); }
      roster.index.set(fields[0], i);
      roster.codes.push(fields[0]);
      roster.strata.push(fields[1]);
      roster.slips.push(Number(fields[2]));
      roster.tags.push(tagList(fields[3], "roster", i + 2));
      roster.sizes[" " + fields[1]] = (roster.sizes[" " + fields[1]] || 0) + 1; // the space keeps names like __proto__ apart
    });
    if (!roster.codes.length) { refuse("roster", 1, "no_record"); }
    var strata = Object.keys(roster.sizes).map(function (key) { return key.slice(1); }).sort(byText);
    order.quotas.forEach(function (quota, i) {
      if (quota.stratum !== strata[i]) { refuse("order", quota.line, "quota_strata"); }
      quota.size = roster.sizes[" " + quota.stratum];
      if (quota.quota > quota.size) { refuse("order", quota.line, "quota_above", { stratum: quota.stratum }); }
      if (order.mode !== "lot" && quota.quota !== quota.size) { refuse("order", quota.line, "quota_all"); }
    });
    if (order.quotas.length < strata.length) { refuse("order", order.at.quota, "quota_strata"); }
    if (order.mode !== "lot" && order.reserves !== "0") { refuse("order", order.at.reserves, "no_reserves"); }
    return roster;
  }

  function byText(a, b) { return a < b ? -1 : a > b ? 1 : 0; }

  function readPeople(files, roster) {
    if (!files.inspectors || !files.recusals) {
      ["inspectors", "recusals", "history"].forEach(function (name) {
        if (files[name]) { refuse(name, 0, "people_both"); }
      });
      return null;
    }
    var people = { codes: [], lead: [], room: [], tags: [], index: new Map(), recused: new Map() };
    recordsOf(files, "inspectors", 1).forEach(function (fields, i) {
      people.index.set(fields[0], i);
      people.codes.push(fields[0]);
      people.lead.push(fields[1] === "L");
      people.room.push(Math.max(0, Number(fields[3]) - Number(fields[2])));
      people.tags.push(tagList(fields[4], "inspectors", i + 2));
    });
    recordsOf(files, "recusals", 2).forEach(function (fields, i) {
      if (!roster.index.has(fields[0]) || !people.index.has(fields[1])) { refuse("recusals", i + 2, "recusal_unknown"); }
      if (!people.recused.has(fields[0])) { people.recused.set(fields[0], new Set()); }
      people.recused.get(fields[0]).add(people.index.get(fields[1]));
    });
    return people;
  }

  function readHistory(files) {
    return recordsOf(files, "history", 0).map(function (fields, i) {
      var subject = fields[1] === "subject";
      if (fields[0] !== String(i + 1)) { refuse("history", i + 2, "numbering"); }
      if (subject !== (fields[3] === "-") || subject !== /^(?:gone|out-of-scope)$/.test(fields[6])) { refuse("history", i + 2, "form"); }
      return { line: i + 2, subject: subject, winner: fields[2], position: Number(fields[3]), out: fields[4], into: fields[5], reason: fields[6] };
    });
  }

  function read(files) {
    ["order", "reveal", "roster", "result"].forEach(function (name) {
      if (!files[name]) { refuse(name, 0, "missing"); }
    });
    var order = readOrder(files);
    readReveal(files, order);
    var roster = readRoster(files, order);
    return {
      order: order,
      roster: roster,
      people: readPeople(files, roster),
      openings: files.openings ? recordsOf(files, "openings", 1) : [],
      history: files.history ? readHistory(files) : []
    };
  }

  root.SunlotBundle = {
    Fault: Fault,
    read: read,
    roster: function (files) { return recordsOf(files, "roster", 1); },
    isCode: function (text) { return whole(CODE).test(text); },
    byText: byText
  };
})(typeof self === "undefined" ? this : self);
