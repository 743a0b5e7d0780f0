// What starts a contraction, shown: button, pedal or the child's own effort. It decides nothing: the bedside judges.
"use strict";

const PEDAL_KEY = "rheobase-pedal-key"; // of this device, not of the child
const AFTER_STOP_MS = 1000;
const WHERE_IT_MATTERS = ["ladder", "blocks"]; // earlier the units need the room

function storedKey(words) {
  try {
    return localStorage.getItem(PEDAL_KEY) ?? words.usual_key;
  } catch {
    return words.usual_key;
  }
}

function showTrigger(trigger, allowed, step) {
  const words = guide.trigger;
  if (!trigger || !words) return;
  const { sensor } = trigger;
  const state = sensor ? sensor.state : trigger.pedal;
  const box = document.getElementById("trigger");
  box.hidden = !WHERE_IT_MATTERS.includes(step);
  const word = document.getElementById("trigger-word");
  const said = (sensor ? words.sensor : words.button)[state] || state;
  if (word.textContent !== said) word.textContent = said; // spoken once for each change
  box.dataset.state = state.replaceAll(" ", "-");
  document.getElementById("pedal").hidden = !trigger.buttons.length;
  if (sensor) showSensor(sensor, words, allowed);
}

function showSensor(sensor, words, allowed) {
  const { level, threshold, back, unit, signed } = sensor;
  const emg = unit === "µV";
  const low = emg ? 0 : signed[0] - 0.3 * (signed[1] - signed[0]);
  const high = emg ? (threshold ? 3 * threshold : signed[1]) : signed[1] + 0.3 * (signed[1] - signed[0]);
  const share = (value) => Math.min(100, Math.max(0, (100 * (value - low)) / (high - low)));
  const bar = document.getElementById("trigger-bar");
  bar.querySelector(".trigger-fill").style.width = level === null ? "0" : `${share(level)}%`;
  for (const [name, value] of [["line", threshold], ["back", back]]) {
    const mark = bar.querySelector(`.trigger-${name}`);
    mark.hidden = value === null;
    if (value !== null) mark.style.left = `${share(value)}%`;
  }
  const now = level === null ? "–" : `${level} ${unit}`;
  const limit = threshold === null ? words.none : `${threshold} ${unit}`;
  bar.setAttribute("aria-valuenow", level === null ? "0" : String(Math.round(share(level))));
  bar.setAttribute("aria-valuetext", `${now}, ${words.threshold} ${limit}`);
  document.getElementById("trigger-numbers").textContent = `${now} · ${words.threshold} ${limit}${sensor.stream ? ` · ${sensor.stream}` : ""}`;
  document.getElementById("trigger-count").textContent = `${sensor.count} ${words.of} ${sensor.cap}`;
  const why = document.getElementById("trigger-why");
  if (why.textContent !== sensor.why) why.textContent = sensor.why;
  why.hidden = !sensor.why;
  document.getElementById("trigger-rest").hidden = !allowed.includes("rest");
  document.getElementById("trigger-form").hidden = !allowed.includes("threshold");
}

if (document.getElementById("trigger")) {
  const words = JSON.parse(document.getElementById("guide").textContent).trigger;
  const choice = document.getElementById("pedal-key");
  choice.value = storedKey(words);
  choice.addEventListener("change", () => {
    try {
      localStorage.setItem(PEDAL_KEY, choice.value);
    } catch {
      // a browser that keeps nothing: chosen for this page only
    }
  });
  document.getElementById("trigger-rest")?.addEventListener("click", () => send({ do: "rest" }));
  document.getElementById("trigger-form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ do: "threshold", value: Number(document.getElementById("trigger-threshold").value) });
  });
  // After STOP's own listener, which sees every key first and lets none of its keys come this far.
  document.addEventListener("keydown", (event) => {
    if (!choice.value || event.key !== choice.value || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select") || !snapshot?.trigger?.buttons.length) return;
    event.preventDefault(); // a pedal that turns pages must not turn this one
    const justStopped = performance.now() - (stop.at ?? -Infinity) < AFTER_STOP_MS;
    const waits = snapshot.trigger.pedal === "waiting" && document.hasFocus();
    if (!event.repeat && waits && !justStopped) send({ do: "trigger", by: "pedal" });
  });
}
