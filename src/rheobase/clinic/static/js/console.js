// The console: shows what the bedside reports and passes on what the therapist presses. It decides nothing.
"use strict";

const root = document.getElementById("console");
const guide = JSON.parse(document.getElementById("guide").textContent);
const csrf = document.querySelector("[name=csrfmiddlewaretoken]").value;
const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf };
const units = new Map();
let snapshot = null;
let heardAt = performance.now();
let panelKey = "";

// --- saying ---------------------------------------------------------------------------------

function post(address, body) {
  return fetch(address, { method: "POST", headers, body: body === undefined ? "{}" : JSON.stringify(body), keepalive: true, priority: "high" });
}

function stop(press) {
  stop.at = performance.now();
  const sent = post(root.dataset.stop); // before anything is drawn
  const button = document.getElementById("stop");
  button.classList.add("pressed");
  root.dataset.stopPressedAt = String(performance.timeOrigin + press.timeStamp);
  root.dataset.stopSentAt = String(performance.timeOrigin + stop.at);
  sent
    .then((answer) => (answer.ok ? refuse("") : answer.json().then((said) => refuse(said.error))))
    .catch(() => refuse("STOP did not reach the clinic. Use the switch on the unit, or pull its plug."))
    .finally(() => setTimeout(() => button.classList.remove("pressed"), 600));
}

async function send(wish) {
  wish.key = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
  try {
    const answer = await post(root.dataset.command, wish);
    const said = await answer.json();
    if (answer.ok) {
      refuse("");
      show(said);
    } else refuse([said.error, ...(said.reasons || [])].filter((text, i, all) => text && all.indexOf(text) === i).join(" "));
  } catch {
    refuse("The command did not reach the bedside. Look at the units, then try again.");
  }
}

function refuse(text) {
  const place = document.getElementById("refusal");
  place.textContent = text;
  place.hidden = !text;
}

// --- showing --------------------------------------------------------------------------------

const clock = (s) => `${Math.floor(Math.max(0, s) / 60)}:${String(Math.floor(Math.max(0, s) % 60)).padStart(2, "0")}`;
const number = (ma) => String(Math.round(ma * 100) / 100);

function make(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function button(text, wish, look = "") {
  const element = make("button", text, { type: "button", class: look });
  element.addEventListener("click", () => send(typeof wish === "function" ? wish() : { ...wish }));
  return element;
}

function show(news) {
  if (!news || !news.slots) return;
  snapshot = news;
  heardAt = performance.now();
  document.getElementById("elapsed").textContent = clock(news.elapsed_s);
  document.getElementById("remaining").textContent = clock(news.remaining_s);
  for (const slot of news.slots) showUnit(slot);
  showSteps(news.step);
  showTroubles(news.faults || []);
  showPanel(news);
  showBehaviour(news.behaviour || {});
  showTrigger(news.trigger, news.allowed || [], news.step);
}

const STAGES = { OFF: "off", IDENTIFIED: "recognised", CHECKED: "checked", ARMED: "ready", RUNNING: "on", PAUSED: "paused", STOPPING: "stopping", FAULT: "fault" };

function showUnit(slot) {
  const unit = units.get(slot.slot);
  if (!unit) return;
  const put = (name, text) => (unit.out[name].textContent = text);
  put("level", number(slot.level_ma));
  put("stage", STAGES[slot.stage] || slot.stage.toLowerCase());
  put("phase", `${slot.phase}, ${number(slot.confirmed_ma)} mA`);
  put("confirmed", number(slot.confirmed_ma));
  put("minutes", (Math.round(slot.minutes_left * 10) / 10).toFixed(1));
  put("pads", slot.electrodes_ok === null ? "not checked" : slot.electrodes_ok ? "no fault seen" : "a pad may be off");
  const shapes = { on: "on", "ramp up": "up", "ramp down": "down" };
  unit.out.shape.className = `shape ${shapes[slot.phase] || "off"}`;
  unit.out.fill.style.width = `${Math.min(100, (100 * slot.confirmed_ma) / slot.ceiling_ma)}%`;
  unit.out.prompt.textContent = slot.manual_prompt || (slot.locked ? "Increase locked: press less first." : "");
  unit.out.prompt.hidden = !unit.out.prompt.textContent;
  unit.scope.add(slot.confirmed_ma);
}

function showSteps(step) {
  const here = step === "stopped" ? "ladder" : step;
  let passed = true;
  for (const mark of document.querySelectorAll("#steps [data-step]")) {
    if (mark.dataset.step === here) {
      passed = false;
      const row = document.getElementById("steps"); // the row moves, never the page
      if (!mark.hasAttribute("aria-current")) row.scrollLeft = mark.offsetLeft - row.offsetLeft - (row.clientWidth - mark.offsetWidth) / 2;
      mark.setAttribute("aria-current", "step");
    } else mark.removeAttribute("aria-current");
    mark.classList.toggle("done", passed);
  }
}

function showTroubles(faults) {
  const place = document.getElementById("troubles");
  const key = JSON.stringify(faults);
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.replaceChildren(
    ...faults.map((fault) => {
      const box = make("section", "", { class: "trouble" });
      box.append(make("p", `${fault.slot ? `Unit ${fault.slot}: ` : ""}${(fault.reasons || [fault.kind]).join(" ")}`));
      const row = make("p", "", { class: "row" });
      row.append(button("I have seen it", { do: "clear_fault", slot: fault.slot, step: 1 }, "quiet"));
      row.append(button("Release the unit", { do: "clear_fault", slot: fault.slot, step: 2 }, "quiet"));
      if (fault.hard) box.append(row);
      return box;
    }),
  );
}

function showBehaviour(behaviour) {
  const due = behaviour.due_in_s;
  const box = document.getElementById("behaviour");
  const started = behaviour.last !== null && behaviour.last !== undefined;
  box.classList.toggle("due", !started || due <= 0);
  if (!started) return;
  document.getElementById("behaviour-words").textContent =
    `Without current ${behaviour.baseline}, last ${behaviour.last}. ` + (due > 0 ? `Next score within ${clock(Math.ceil(due))} min.` : "Score the child now.");
}

// --- the panel that leads -------------------------------------------------------------------

const named = (slot, what) => `${slot}: ${what.muscle}, ${what.side}`;

const state = (slot) => snapshot.slots.find((one) => one.slot === slot);
const forUnits = (groups) => {
  const place = make("div", "", { class: "for-units" });
  for (const [slot, what, ...parts] of groups) {
    const group = make("div", "", { class: `for-unit unit-${slot.toLowerCase()}` });
    group.append(make("h3", named(slot, what)), ...parts);
    place.append(group);
  }
  return place;
};
function cue(cues) {
  const place = make("div", "", { class: "cues" });
  const child = make("div");
  const therapist = make("div");
  child.append(make("h3", cues.name), make("p", cues.child, { class: "cue" }));
  therapist.append(make("p", cues.therapist), make("p", `Look for: ${cues.expected}`, { class: "soft" }));
  place.append(child, therapist);
  return place;
}
const still = (mark) => Object.entries(guide.slots).filter(([slot]) => !state(slot)[mark]);

const PANELS = {
  screen() {
    const form = make("form");
    for (const [key, text] of Object.entries(guide.checklist)) {
      const label = make("label", "", { class: "choice" });
      label.append(make("input", "", { type: "checkbox", name: key, required: "" }), make("span", text));
      form.append(label);
    }
    form.append(make("button", "All confirmed", { class: "big" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const items = Object.fromEntries([...form.elements].filter((e) => e.name).map((e) => [e.name, e.checked]));
      send({ do: "checklist", items });
    });
    return ["Is everything as it should be today?", form];
  },
  skin: () => ["Wash, dry, look. How is the skin where the pads will sit?", skinChoices()],
  pads() {
    const row = make("div", "", { class: "choices" });
    row.append(...still("padded").map(([slot, what]) => button(`On: ${named(slot, what)}`, { do: "pads", slot })));
    return ["Pads flat and whole, leads away from joints. Confirm each unit.", row];
  },
  twitch() {
    const rows = still("twitched").map(([slot, what]) => {
      const row = make("div", "", { class: "choices" });
      row.append(button("Single pulses", { do: "twitch", slot }, "quiet"), button("Twitch seen", { do: "twitch", slot, seen: true }));
      return [slot, what, row];
    });
    return ["One unit at a time: raise with + on its card until the right muscle twitches, then confirm. Score the child at rest first.", forUnits(rows)];
  },
  search() {
    const rows = still("found").map(([slot, what]) => {
      const place = make("input", "", { "aria-label": `Place of the pad of unit ${slot}`, maxlength: "200", placeholder: "Where? (as planned)" });
      const row = make("div", "", { class: "choices" });
      row.append(button("Keep this place", () => ({ do: "found", slot, position: place.value.trim() || "as planned" })));
      return [slot, what, place, row];
    });
    return ["Move the pad, press − or +, until the smallest current gives a clear, isolated twitch. Then keep the place.", forUnits(rows)];
  },
  ladder() {
    const rows = Object.entries(guide.slots).map(([slot, what]) => {
      const reached = state(slot).ladder;
      const row = make("div", "", { class: "choices" });
      row.append(...guide.ladder.map((level) => button(reached[level] ? `${level}: ${number(reached[level])} mA` : level, { do: "ladder", slot, level }, "quiet")));
      return [slot, what, row];
    });
    return ["One unit at a time, in this posture: raise with +, and mark each level when you see it.", forUnits(rows), button("Start the activity", { do: "start" }, "big")];
  },
  blocks() {
    const { cues } = snapshot;
    const row = make("div", "", { class: "choices" });
    const buttons = (snapshot.block_running && snapshot.trigger?.buttons) || [];
    row.append(...buttons.map((who) => button(buttons.length > 1 ? `Now! (${who})` : "Now!", { do: "trigger", source: who.split(" ")[0] }, "big")));
    if (snapshot.block_running) row.append(button("Pause", { do: "pause" }, "quiet"));
    else if (snapshot.block_left_s > 0) row.append(button("Go on", { do: "resume" }));
    else row.append(button("Next block", { do: "start" }));
    row.append(button("Finish", { do: "finish" }, "quiet"));
    const state = snapshot.block_running ? `Block ${snapshot.block} runs` : snapshot.block_left_s > 0 ? `Block ${snapshot.block} is paused` : `Block ${snapshot.block} is done. Rest, score, go on.`;
    return [state, cue(cues), row];
  },
  "ramp out": () => ["Everything ramps down."],
  "skin after": () => ["Pads off from the edge. How is the skin?", skinChoices()],
  measure: () => ["Repeat the quick measure without stimulation, and write it into the chart.", button("Done", { do: "finish" }, "big")],
  stopped() {
    const row = make("div", "", { class: "choices" });
    row.append(button("All is well: back to the levels", { do: "checklist" }, "quiet"), button("End here", { do: "finish" }, "quiet"));
    return [`Stopped. Every unit is silent and every level is at 0.${snapshot.why ? ` Why: ${snapshot.why}.` : ""}`, row];
  },
  done() {
    const form = make("form", "", { method: "post", action: root.dataset.note });
    form.append(make("input", "", { type: "hidden", name: "csrfmiddlewaretoken", value: csrf }), make("button", "Write the note", { class: "big", id: "write-note" }));
    return ["The session has ended. Every unit is silent and disarmed.", form];
  },
};

function skinChoices() {
  const row = make("div", "", { class: "choices" });
  row.append(...["clear", "faint, even redness", "marked redness", "broken"].map((text, score) => button(text, { do: "skin", score }, "quiet")));
  return row;
}

function showPanel(news) {
  const marks = news.slots.map((one) => [one.padded, one.twitched, one.found, one.ladder]);
  const key = JSON.stringify([news.step, news.block, news.block_running, news.block_left_s > 0, news.why, marks]);
  if (key === panelKey) return;
  panelKey = key;
  const [first, ...rest] = (PANELS[news.step] || (() => [news.step]))();
  const lead = typeof first === "string" ? make("p", first) : first;
  const place = document.getElementById("now");
  const wasHere = place.contains(document.activeElement);
  place.replaceChildren(lead, ...rest);
  if (wasHere) place.focus({ preventScroll: true }); // the keyboard stays in the panel, and on no button
}

// --- wiring ---------------------------------------------------------------------------------

for (const card of document.querySelectorAll("[data-slot]")) {
  const out = Object.fromEntries([...card.querySelectorAll("[data-out]")].map((e) => [e.dataset.out, e]));
  units.set(card.dataset.slot, { out, scope: new Scope(out.trace, guide.slots[card.dataset.slot].ceiling_ma) });
  for (const key of card.querySelectorAll("[data-do]")) {
    key.addEventListener("click", () => send({ do: key.dataset.do, slot: card.dataset.slot }));
  }
}

const scores = document.getElementById("scores");
for (let score = 0; score <= 10; score += guide.flacc ? 1 : 2) {
  scores.append(button(String(score), { do: "behaviour", score }, "quiet"));
}

document.getElementById("note-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = document.getElementById("note-text");
  if (text.value.trim()) send({ do: "note", text: text.value.trim() });
  text.value = "";
});

// STOP acts on the press itself, not on the release of the button.
document.getElementById("stop").addEventListener("pointerdown", (event) => {
  event.preventDefault();
  stop(event);
});
document.getElementById("stop-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (performance.now() - (stop.at ?? -1e9) > 500) stop(event); // a press by Enter
});
document.addEventListener(
  "keydown",
  (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (event.key === "Escape" || (event.key === " " && !typing)) {
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) stop(event);
    }
  },
  true,
);

const COMMANDS = {
  checklist: "checks confirmed", skin: "skin looked at", pads: "pads on", twitch: "twitch", louder: "more", quieter: "less", found: "place kept",
  ladder: "level marked", start: "activity started", trigger: "now", pause: "paused", resume: "goes on", finish: "finish", behaviour: "score",
  clear_fault: "fault seen", note: "remark", rest: "measure rest", threshold: "threshold set",
};
const WORDS = {
  command: (e) => `${COMMANDS[e.data.do] || e.data.do}${e.data.level ? `, ${e.data.level}` : ""}${e.data.score === undefined ? "" : ` ${e.data.score}`}${e.data.text ? `: ${e.data.text}` : ""}`,
  stop: () => "STOP",
  refused: (e) => `refused: ${e.reasons.join(" ")}`,
  stage: (e) => (e.reasons?.length ? e.reasons.join(" ") : STAGES[e.data?.stage] || ""),
  step: (e) => `next step${e.data?.step ? `: ${e.data.step}` : ""}`,
  unit: () => "recognised",
  block: () => "block begins",
  trigger: (e) => (e.data.source === "sensor" ? `the child's effort: ${number(e.data.level)} above ${number(e.data.threshold)}` : e.data.by === "pedal" ? "by the pedal" : ""),
  "trigger refused": (e) => `effort not taken: ${e.data.why}`,
  rest: (e) => (e.data.threshold === null ? `rest not measured: ${e.data.why}` : `rest ${number(e.data.mean)}, SD ${number(e.data.sd)}: threshold ${number(e.data.threshold)}`),
  sensor: (e) => (e.reasons?.length ? `sensor: ${e.reasons.join(" ")}` : `sensor: ${e.data.stream} is heard`),
};
// What a command has just said is not said a second time.
for (const fact of ["checklist", "skin", "pads", "found", "ladder", "behaviour", "threshold", "note"]) WORDS[fact] = () => "";
const wallTime = new Intl.DateTimeFormat("en-GB", { timeZone: root.dataset.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
function note(event) {
  if (event.kind === "confirmed" || event.kind === "presence") return;
  const line = make("li");
  const words = WORDS[event.kind] ? WORDS[event.kind](event) : `${event.kind}${event.reasons?.length ? `: ${event.reasons.join(" ")}` : ""}`;
  if (!words) return;
  const at = event.wall ? wallTime.format(new Date(event.wall)) : "";
  line.append(make("time", at), make("span", event.slot ? `${event.slot}: ${words}` : words));
  if (event.kind === "stop" || event.kind === "refused" || event.kind === "trouble") line.className = "stands-out";
  const strip = document.getElementById("strip");
  strip.prepend(line);
  while (strip.children.length > 200) strip.lastChild.remove();
}

const source = new EventSource(root.dataset.events);
source.addEventListener("snapshot", (event) => show(JSON.parse(event.data)));
source.addEventListener("journal", (event) => {
  heardAt = performance.now();
  note(JSON.parse(event.data));
});
source.addEventListener("trouble", (event) => refuse(JSON.parse(event.data).error));

setInterval(() => {
  if (snapshot?.step !== "done") post(root.dataset.presence).catch(() => {});
}, 1000);
setInterval(() => {
  const silent = (performance.now() - heardAt) / 1000;
  document.getElementById("stale").hidden = silent < 2;
  document.getElementById("stale-s").textContent = String(Math.floor(silent));
  for (const unit of units.values()) unit.scope.draw();
}, 200);
