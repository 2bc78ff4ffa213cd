/* A field to sign in: strokes of whole numbers in 1000 × 400, written as JSON into a hidden input. Without JavaScript the field stays
   hidden, and the password confirms. <div class="pad" data-pad="id of the input" hidden><canvas …></canvas><button type="button">…</button></div> */
(function () {
  "use strict";

  const sunlot = (window.sunlot = window.sunlot || {});
  const WIDTH = 1000;
  const HEIGHT = 400;

  function pad(box) {
    const canvas = box.querySelector("canvas");
    const input = document.getElementById(box.getAttribute("data-pad"));
    const pen = canvas.getContext("2d");
    let strokes = [];
    let pointer = null;

    function point(event) {
      const field = canvas.getBoundingClientRect();
      const x = Math.round(((event.clientX - field.left) / field.width) * WIDTH);
      const y = Math.round(((event.clientY - field.top) / field.height) * HEIGHT);
      return [Math.min(Math.max(x, 0), WIDTH), Math.min(Math.max(y, 0), HEIGHT)];
    }

    function draw() {
      canvas.width = WIDTH;
      canvas.height = HEIGHT;
      pen.lineWidth = 6;
      pen.lineCap = pen.lineJoin = "round";
      pen.strokeStyle = getComputedStyle(canvas).color;
      strokes.forEach(function (stroke) {
        pen.beginPath();
        pen.moveTo(stroke[0], stroke[1]);
        for (let at = 2; at < stroke.length; at += 2) {
          pen.lineTo(stroke[at], stroke[at + 1]);
        }
        pen.stroke();
      });
    }

    canvas.addEventListener("pointerdown", function (event) {
      event.preventDefault();
      pointer = event.pointerId;
      canvas.setPointerCapture(pointer);
      strokes.push(point(event));
      draw();
    });
    canvas.addEventListener("pointermove", function (event) {
      if (event.pointerId !== pointer) {
        return;
      }
      const stroke = strokes[strokes.length - 1];
      const [x, y] = point(event);
      if (Math.abs(stroke[stroke.length - 2] - x) + Math.abs(stroke[stroke.length - 1] - y) >= 3) {
        stroke.push(x, y);
        draw();
      }
    });
    function end(event) {
      if (event.pointerId === pointer) {
        pointer = null;
        input.value = JSON.stringify(strokes);
      }
    }
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    box.querySelector("button").addEventListener("click", function () {
      strokes = [];
      input.value = "";
      draw();
    });
    box.hidden = false;
    draw();
  }

  sunlot.pads = (within) => within.querySelectorAll("[data-pad]").forEach(pad);
  if (!document.querySelector("[data-visit]")) {
    sunlot.pads(document);
  }
})();
