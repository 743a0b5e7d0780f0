// A small strip chart of one unit's confirmed current over the last 30 seconds.
"use strict";

const SPAN_MS = 30000;

class Scope {
  constructor(canvas, ceiling) {
    this.canvas = canvas;
    this.ceiling = ceiling;
    this.points = [];
  }

  add(ma) {
    const now = performance.now();
    this.points.push([now, ma]);
    while (this.points.length > 2 && this.points[1][0] < now - SPAN_MS) this.points.shift();
  }

  draw() {
    const { canvas, ceiling, points } = this;
    const pen = canvas.getContext("2d");
    const look = getComputedStyle(canvas);
    const now = performance.now();
    const x = (t) => canvas.width * (1 - (now - t) / SPAN_MS);
    const y = (ma) => canvas.height - 3 - (canvas.height - 8) * Math.min(1, ma / ceiling);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = look.getPropertyValue("--line-strong");
    pen.lineWidth = 1;
    pen.setLineDash([6, 6]);
    pen.beginPath();
    pen.moveTo(0, y(ceiling));
    pen.lineTo(canvas.width, y(ceiling));
    pen.stroke();
    pen.setLineDash([]);
    pen.strokeStyle = look.getPropertyValue("--unit");
    pen.lineWidth = 4;
    pen.beginPath();
    let last = 0;
    points.forEach(([t, ma], i) => {
      if (i === 0) pen.moveTo(x(t), y(ma));
      else {
        pen.lineTo(x(t), y(last));
        pen.lineTo(x(t), y(ma));
      }
      last = ma;
    });
    pen.lineTo(canvas.width, y(last));
    pen.stroke();
  }
}
