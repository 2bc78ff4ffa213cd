/*
 * The check of a draw off the page's own thread. In: {scripts: [addresses], files: {name: Uint8Array}}.
 * Out: {kind: "progress", step} at most ten times a second, then {kind: "outcome", outcome} or {kind: "failed", message}.
 */
self.onmessage = function (event) {
  "use strict";
  try {
    importScripts.apply(self, event.data.scripts);
    var work = self.SunlotProtocol.check(event.data.files);
    var said = 0;
    var step = work.next();
    while (!step.done) {
      if (Date.now() - said > 100) {
        said = Date.now();
        self.postMessage({ kind: "progress", step: step.value });
      }
      step = work.next();
    }
    self.postMessage({ kind: "outcome", outcome: step.value });
  } catch (error) {
    self.postMessage({ kind: "failed", message: String(error) });
  }
};
