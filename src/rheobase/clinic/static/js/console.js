// The console: shows what the bedside reports and passes on what the therapist presses. It decides nothing.
// It holds no text: the page hands them over in the reader's language. What the bedside words is English.
"use strict";

const root = document.getElementById("console");
const guide = JSON.parse(document.getElementById("guide").textContent);
const { words } = guide;
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
    .then((answer) => (answer.ok ? refuse("") : answer.json().then((said) => refuse(said.error, "en"))))
    .catch(() => refuse(words.stop_lost))
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
    } else refuse([said.error, ...(said.reasons || [])].filter((text, i, all) => text && all.indexOf(text) === i).join(" "), answer.status === 400 ? "" : "en");
  } catch {
    refuse(words.command_lost);
  }
}

function refuse(text, lang = "") {
  const place = document.getElementById("refusal");
  place.textContent = text;
  place.lang = lang || document.documentElement.lang;
  place.hidden = !text;
}

// --- showing --------------------------------------------------------------------------------

const clock = (s) => `${Math.floor(Math.max(0, s) / 60)}:${String(Math.floor(Math.max(0, s) % 60)).padStart(2, "0")}`;
const number = (ma) => String(Math.round(ma * 100) / 100);

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const say = (text) => guide.said[text] ?? text; // a text of the bedside

// What to do at a dial: the bedside's sentence, said over with its own numbers.
function sayDial(text) {
  for (const [worded, said] of guide.dials) {
    const names = [...worded.matchAll(/\{(\w+)\}/g)].map((found) => found[1]);
    const parts = worded.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const found = new RegExp(`^${parts.join("(.+)")}$`).exec(text);
    if (found) return fill(said, Object.fromEntries(names.map((name, i) => [name, found[i + 1]])));
  }
  return text;
}

function sayContact(found) {
  const kohm = (ohm) => (ohm / 1000).toFixed(ohm < 10000 ? 1 : 0);
  const said = { good: words.contact_good, poor: words.contact_poor, open: words.contact_open }[found.verdict];
  return fill(said, { kohm: kohm(found.resistance_ohm), low: kohm(found.low_ohm), high: kohm(found.high_ohm) });
}

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

function showUnit(slot) {
  const unit = units.get(slot.slot);
  if (!unit) return;
  const put = (name, text) => (unit.out[name].textContent = text);
  put("level", number(slot.level_ma));
  put("stage", guide.stages[slot.stage] || slot.stage.toLowerCase());
  put("phase", fill(words.phase, { phase: guide.phases[slot.phase] || slot.phase, ma: number(slot.confirmed_ma) }));
  put("confirmed", number(slot.confirmed_ma));
  put("minutes", (Math.round(slot.minutes_left * 10) / 10).toFixed(1));
  const pads = slot.electrodes_ok === null ? words.pads_unknown : slot.electrodes_ok ? words.pads_good : words.pads_bad;
  put("pads", slot.contact && slot.electrodes_ok ? sayContact(slot.contact) : pads);
  const shapes = { on: "on", "ramp up": "up", "ramp down": "down" };
  unit.out.shape.className = `shape ${shapes[slot.phase] || "off"}`;
  unit.out.fill.style.width = `${Math.min(100, (100 * slot.confirmed_ma) / slot.ceiling_ma)}%`;
  unit.out.prompt.textContent = slot.manual_prompt ? sayDial(slot.manual_prompt) : slot.locked ? words.locked : "";
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
      const said = make("p", fault.slot ? `${fill(words.unit_says, { slot: fault.slot })} ` : "");
      said.append(make("span", (fault.reasons || [fault.kind]).join(" "), { lang: "en" }));
      box.append(said);
      const row = make("p", "", { class: "row" });
      row.append(button(words.seen, { do: "clear_fault", slot: fault.slot, step: 1 }, "quiet"));
      row.append(button(words.release, { do: "clear_fault", slot: fault.slot, step: 2 }, "quiet"));
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
    `${fill(words.scores, behaviour)} ` + (due > 0 ? fill(words.next_score, { left: clock(Math.ceil(due)) }) : words.score_now);
}

// --- the panel that leads -------------------------------------------------------------------

const named = (slot, what) => fill(words.named, { slot, ...what });

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
  child.append(make("h3", say(cues.name)), make("p", say(cues.child), { class: "cue" }));
  therapist.append(make("p", say(cues.therapist)), make("p", fill(words.look_for, { expected: say(cues.expected) }), { class: "soft" }));
  place.append(child, therapist);
  return place;
}
const contactButton = (slot) => (state(slot).contact_check ? [button(words.check_contact, { do: "contact", slot }, "quiet")] : []);
const still = (mark) => Object.entries(guide.slots).filter(([slot]) => !state(slot)[mark]);

const PANELS = {
  screen() {
    const form = make("form");
    for (const [key, text] of Object.entries(guide.checklist)) {
      const label = make("label", "", { class: "choice" });
      label.append(make("input", "", { type: "checkbox", name: key, required: "" }), make("span", text));
      form.append(label);
    }
    form.append(make("button", words.all_confirmed, { class: "big" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const items = Object.fromEntries([...form.elements].filter((e) => e.name).map((e) => [e.name, e.checked]));
      send({ do: "checklist", items });
    });
    return [words.today, form];
  },
  skin: () => [words.skin_before, skinChoices()],
  pads() {
    const row = make("div", "", { class: "choices" });
    row.append(...still("padded").map(([slot, what]) => button(fill(words.pad_on, { unit: named(slot, what) }), { do: "pads", slot })));
    return [words.pads, row];
  },
  twitch() {
    const rows = still("twitched").map(([slot, what]) => {
      const row = make("div", "", { class: "choices" });
      row.append(...contactButton(slot), button(words.pulses, { do: "twitch", slot }, "quiet"), button(words.twitch_seen, { do: "twitch", slot, seen: true }));
      return [slot, what, row];
    });
    return [words.twitch, forUnits(rows)];
  },
  search() {
    const rows = still("found").map(([slot, what]) => {
      const place = make("input", "", { "aria-label": fill(words.place_of, { slot }), maxlength: "200", placeholder: words.where });
      const row = make("div", "", { class: "choices" });
      row.append(...contactButton(slot), button(words.keep_place, () => ({ do: "found", slot, position: place.value.trim() || "as planned" })));
      return [slot, what, place, row];
    });
    return [words.search, forUnits(rows)];
  },
  ladder() {
    const rows = Object.entries(guide.slots).map(([slot, what]) => {
      const reached = state(slot).ladder;
      const row = make("div", "", { class: "choices" });
      row.append(...guide.ladder.map((level) => button(reached[level] ? fill(words.reached, { level: say(level), ma: number(reached[level]) }) : say(level), { do: "ladder", slot, level }, "quiet")));
      return [slot, what, row];
    });
    return [words.ladder, forUnits(rows), button(words.start, { do: "start" }, "big")];
  },
  blocks() {
    const { cues } = snapshot;
    const row = make("div", "", { class: "choices" });
    const buttons = (snapshot.block_running && snapshot.trigger?.buttons) || [];
    row.append(...buttons.map((who) => button(buttons.length > 1 ? fill(words.now_who, { who: say(who) }) : words.now, { do: "trigger", source: who.split(" ")[0] }, "big")));
    if (snapshot.block_running) row.append(button(words.pause, { do: "pause" }, "quiet"));
    else if (snapshot.block_left_s > 0) row.append(button(words.go_on, { do: "resume" }));
    else row.append(button(words.next_block, { do: "start" }));
    row.append(button(words.finish, { do: "finish" }, "quiet"));
    const state = snapshot.block_running ? words.block_runs : snapshot.block_left_s > 0 ? words.block_paused : words.block_done;
    return [fill(state, { n: snapshot.block }), cue(cues), row];
  },
  "ramp out": () => [words.ramp_out],
  "skin after": () => [words.skin_after, skinChoices()],
  measure: () => [words.measure, button(words.done, { do: "finish" }, "big")],
  stopped() {
    const row = make("div", "", { class: "choices" });
    row.append(button(words.well, { do: "checklist" }, "quiet"), button(words.end_here, { do: "finish" }, "quiet"));
    const lead = make("p", unsure() ? fill(words.unsure, { units: unsure() }) : words.stopped);
    const [before, after] = words.why.split("{why}");
    if (snapshot.why) lead.append(` ${before}`, make("span", snapshot.why, { lang: "en" }), after);
    return [lead, row];
  },
  done() {
    const form = make("form", "", { method: "post", action: root.dataset.note });
    form.append(make("input", "", { type: "hidden", name: "csrfmiddlewaretoken", value: csrf }), make("button", words.note, { class: "big", id: "write-note" }));
    return [words.over, form];
  },
};

// Units in trouble whose last word was a current above 0.
function unsure() {
  const troubled = (slot) => snapshot.faults.some((fault) => ["", slot].includes(fault.slot));
  return snapshot.slots.filter((one) => one.confirmed_ma > 0 && troubled(one.slot)).map((one) => one.slot).join(", ");
}

function skinChoices() {
  const row = make("div", "", { class: "choices" });
  row.append(...guide.skin.map((text, score) => button(text, { do: "skin", score }, "quiet")));
  return row;
}

function showPanel(news) {
  const marks = news.slots.map((one) => [one.padded, one.twitched, one.found, one.ladder]);
  const key = JSON.stringify([news.step, news.block, news.block_running, news.block_left_s > 0, news.why, unsure(), marks]);
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

// What each event says: a text, or our words and the bedside's English after them.
const WORDS = {
  command: (e) => `${guide.commands[e.data.do] || e.data.do}${e.data.level ? `, ${say(e.data.level)}` : ""}${e.data.score === undefined ? "" : ` ${e.data.score}`}${e.data.text ? `: ${e.data.text}` : ""}`,
  stop: () => "STOP",
  refused: (e) => [words.refused, e.reasons.join(" ")],
  stage: (e) => (e.reasons?.length ? ["", e.reasons.join(" ")] : guide.stages[e.data?.stage] || ""),
  step: (e) => (e.data?.step ? fill(words.next_step, { step: say(e.data.step) }) : words.next_step_unnamed),
  unit: () => words.recognised,
  contact: (e) => fill(words.contact_by, { verdict: sayContact(e.data), volts: number(e.data.voltage_v), ma: number(e.data.amplitude_ma) }),
  block: () => words.block_begins,
  trigger: (e) => (e.data.source === "sensor" ? fill(words.effort, { level: number(e.data.level), threshold: number(e.data.threshold) }) : e.data.by === "pedal" ? words.by_pedal : ""),
  "trigger refused": (e) => [words.effort_refused, e.data.why],
  rest: (e) => (e.data.threshold === null ? [words.rest_failed, e.data.why] : fill(words.rest_measured, { mean: number(e.data.mean), sd: number(e.data.sd), threshold: number(e.data.threshold) })),
  sensor: (e) => (e.reasons?.length ? [words.sensor_says, e.reasons.join(" ")] : fill(words.sensor_heard, { stream: e.data.stream })),
};
// What a command has just said is not said a second time.
for (const fact of ["checklist", "skin", "pads", "found", "ladder", "behaviour", "threshold", "note"]) WORDS[fact] = () => "";
const wallTime = new Intl.DateTimeFormat("en-GB", { timeZone: root.dataset.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
function note(event) {
  if (event.kind === "confirmed" || event.kind === "presence") return;
  const line = make("li");
  const said = WORDS[event.kind] ? WORDS[event.kind](event) : event.reasons?.length ? [`${say(event.kind)}:`, event.reasons.join(" ")] : say(event.kind);
  if (!said.length) return;
  const [ours, theirs] = Array.isArray(said) ? said : [said, ""];
  const at = event.wall ? wallTime.format(new Date(event.wall)) : "";
  const text = make("span", event.slot ? `${event.slot}: ${ours}` : ours);
  if (theirs) text.append(ours ? " " : "", make("span", theirs, { lang: "en" }));
  line.append(make("time", at), text);
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
source.addEventListener("trouble", (event) => refuse(JSON.parse(event.data).error, "en"));

setInterval(() => {
  if (snapshot?.step !== "done") post(root.dataset.presence).catch(() => {});
}, 1000);
setInterval(() => {
  const silent = (performance.now() - heardAt) / 1000;
  document.getElementById("stale").hidden = silent < 2;
  document.getElementById("stale-s").textContent = String(Math.floor(silent));
  for (const unit of units.values()) unit.scope.draw();
}, 200);
