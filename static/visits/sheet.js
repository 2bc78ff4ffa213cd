/* What a record says and what it still lacks, told on the phone as the server tells it: the same content spelled the same way
   (inspections/cases/queries.py, content_of), so that a signature given without a network fits what arrives later; and the gaps of rules.py. */
(function () {
  "use strict";

  const sunlot = (window.sunlot = window.sunlot || {});

  /* The value of every field: what the server has, and over it what was typed here. */
  sunlot.valuesOf = function (visit) {
    const values = Object.assign({}, visit.state ? visit.state.values : {});
    Object.keys(visit.typed).forEach((name) => (values[name] = visit.typed[name].value));
    Object.keys(values).forEach((name) => (values[name] = values[name].replace(/\r\n/g, "\n").trim()));
    return values;
  };

  function spell(value) {
    if (Array.isArray(value)) {
      return `[${value.map(spell).join(", ")}]`;
    }
    if (value && typeof value === "object") {
      return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}: ${spell(value[name])}`).join(", ")}}`;
    }
    return JSON.stringify(value);
  }

  /* The fingerprint of the record as it stands here; photos: the digests of all that were taken, here and there. */
  sunlot.contentHash = function (visit, photos) {
    const values = sunlot.valuesOf(visit);
    const sheet = visit.sheet;
    const answers = sheet.items
      .map(([pk, reference, position]) => [reference, position, values[`answer_${pk}`] || "", values[`remark_${pk}`] || ""])
      .filter((line) => line[2] || line[3]);
    const content = {
      answers: answers,
      case: visit.number,
      disposal: (sheet.disposals[values.disposal] || "") && sheet.disposals[values.disposal],
      findings: values.findings || "",
      inspected_on: values.inspected_on || "",
      photos: photos.slice().sort(),
      present: values.present || "",
      result: values.result ? sheet.results[values.result][0] : "",
      round: visit.state && visit.state.round ? visit.state.round : 1,
      team: sheet.team,
    };
    return sunlot.sha256(new TextEncoder().encode(spell(content)));
  };

  /* Today's date of this phone; the server looks again at its own. */
  function today() {
    const now = new Date();
    return new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  }

  function wrongDay(day, drawnOn, texts) {
    if (!day) {
      return texts.gapDay;
    }
    if (day > today()) {
      return texts.gapFuture;
    }
    return drawnOn && day < drawnOn ? texts.gapEarly.replace("{day}", drawnOn) : "";
  }

  /* What lacks before the record can be signed: [field, sentence] in the order of the page. */
  sunlot.gapsOf = function (visit, texts) {
    const values = sunlot.valuesOf(visit);
    const group = values.result ? visit.sheet.results[values.result][1] : "";
    const inspected = group === "clean" || group === "problem";
    const found = [];
    let no = false;
    visit.sheet.items.forEach(function ([pk]) {
      const answer = values[`answer_${pk}`];
      no = no || answer === "no";
      if (!answer && (inspected || !group)) {
        found.push([`answer_${pk}`, texts.gapAnswer]);
      } else if ((answer === "no" || answer === "not-checked") && !values[`remark_${pk}`] && inspected) {
        found.push([`remark_${pk}`, texts.gapRemark]);
      }
    });
    const day = wrongDay(values.inspected_on, visit.sheet.drawnOn, texts);
    const asked = [
      ["inspected_on", day, day],
      ["result", !group, texts.gapResult],
      ["result", group === "clean" && no, texts.gapClean],
      ["findings", group && group !== "clean" && !values.findings, texts.gapFindings],
      ["disposal", group === "problem" && !values.disposal, texts.gapDisposal],
      ["present", inspected && !values.present, texts.gapPresent],
    ];
    asked.filter((one) => one[1]).forEach((one) => found.push([one[0], one[2]]));
    return found;
  };
})();
