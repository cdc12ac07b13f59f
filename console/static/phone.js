// The web phone: asks the server for what is new, shows it, and sends what the worker writes. It stores nothing.
"use strict";

const BASE = document.body.dataset.base;
const REST = 1000;
const HIDDEN_REST = 5000;
const STATUS = {
  queued: ["…", "waits to be sent"],
  sent: ["✓", "sent"],
  delivered: ["✓✓", "delivered"],
  unknown: ["?", "may have been sent"],
  failed: ["not sent", "could not be sent"],
};

const byId = (id) => document.getElementById(id);
let person = new URLSearchParams(location.search).get("worker") || document.body.dataset.first;
let shown = "";          // what the page shows now, as text: nothing is drawn twice
let pending = [];        // messages that the server has not confirmed yet
let seenAnswers = null;  // answers that were there when this worker was chosen
let timer = 0;
let asking = 0;          // number of the latest question to the server: older replies are dropped

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "class") element.className = value;
    else if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false && value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function clock(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

async function refresh() {
  const mine = ++asking;
  clearTimeout(timer);
  try {
    const reply = await fetch(`${BASE}/state?worker=${encodeURIComponent(person)}`, { cache: "no-store" });
    if (!reply.ok) throw new Error(String(reply.status));
    const state = await reply.json();
    if (mine !== asking) return;
    byId("offline").hidden = true;
    draw(state);
  } catch (error) {
    if (mine !== asking) return;
    byId("offline").hidden = false;
  }
  timer = setTimeout(refresh, document.hidden ? HIDDEN_REST : REST);
}

function draw(state) {
  if (!state.workers.some((worker) => worker.id === person)) {
    if (state.workers.length) choose(state.workers[0].id);
    else byId("people").replaceChildren(make("li", { class: "hint" }, "No workers yet. Import some: dundun workers import FILE.csv"));
    return drawFlows(state.flows);
  }
  const now = JSON.stringify([person, state, pending]);
  if (now === shown) return;
  shown = now;
  drawPeople(state.workers);
  drawMessages(state.messages);
  drawFlows(state.flows);
  drawConversations(state.conversations);
  drawAnswers(state.answers);
}

function drawPeople(workers) {
  byId("people").replaceChildren(...workers.map((worker) => make("li", {}, make("button",
    { type: "button", "aria-current": String(worker.id === person), click: () => choose(worker.id) },
    make("span", { class: "who" }, worker.name, make("span", { class: "about" }, worker.about)),
    fresh(worker) ? make("span", { class: "new", title: "new messages" }, String(fresh(worker))) : null))));
  const me = workers.find((worker) => worker.id === person);
  byId("bar-name").textContent = me.name;
  byId("bar-number").textContent = me.phone;
  for (const place of document.querySelectorAll("[data-name]")) place.textContent = me.name;
}

// How many messages came to this phone since it was last looked at, in this tab.
function fresh(worker) {
  const key = `looked.${worker.id}`;
  if (worker.id === person) {
    sessionStorage.setItem(key, String(worker.received));
    return 0;
  }
  return worker.received - Number(sessionStorage.getItem(key) || 0);
}

function drawMessages(messages) {
  const list = byId("messages");
  const low = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const rows = messages.map(bubble).concat(pending.filter((message) => message.to === person).map(waiting));
  if (!rows.length) rows.push(make("li", { class: "hint" }, "No messages yet. Write the start word of a flow, or press one in the list of flows."));
  list.replaceChildren(...rows);
  if (low) list.scrollTop = list.scrollHeight;
}

function bubble(message) {
  const [sign, words] = STATUS[message.status] || ["", ""];
  return make("li", { class: `bubble ${message.mine ? "mine" : ""} ${message.status === "failed" ? "failed" : ""}` },
    make("p", { dir: "auto" }, message.text),
    make("footer", {}, make("time", {}, clock(message.at)),
      message.mine || !sign ? null : make("span", { title: words, class: message.status === "failed" ? "failed" : "" }, sign)));
}

function waiting(message) {
  const failed = message.problem !== "";
  return make("li", { class: `bubble mine ${failed ? "failed" : ""}` },
    make("p", { dir: "auto" }, message.text),
    make("footer", {}, failed ? make("span", { class: "failed" }, message.problem) : make("span", {}, "sending …"),
      failed ? make("button", { type: "button", click: () => deliver(message) }, "Send again") : null));
}

function drawFlows(flows) {
  byId("flows").replaceChildren(...flows.map((flow) => make("div", { class: "card" },
    flow.event ? make("p", { class: "words" }, make("button",
      { type: "button", title: "As if another system had sent its event for this worker, with made-up values", click: () => begin(flow.event) }, "Begin"),
    ) : null,
    flow.words.length ? make("p", { class: "words" }, ...flow.words.map((word) => make("button",
      { type: "button", title: `Send ${word} from this phone`, click: () => say(word) }, word))) : null,
    make("span", { class: "title" }, flow.title),
    make("p", { class: "hint" }, flow.about),
    flow.problem ? problem(flow.problem) : null)));
  if (!flows.length) byId("flows").replaceChildren(make("p", { class: "hint" }, "There are no flows in the flows folder yet."));
}

function problem(told) {
  return make("div", { class: "problem" }, told.message, make("ul", {}, ...told.findings.map((line) => make("li", {}, line))));
}

function drawConversations(conversations) {
  byId("conversations").replaceChildren(...conversations.map((talk) => make("div", { class: "card" },
    make("span", { class: talk.open ? "state open" : "state" }, talk.state),
    make("span", { class: "title" }, talk.title),
    make("p", { class: "hint" }, `since ${clock(talk.since)}`, talk.asked ? `, asked ${talk.asked}` : ""))));
  if (!conversations.length) byId("conversations").replaceChildren(make("p", { class: "hint" }, "None yet."));
}

function drawAnswers(answers) {
  const known = new Set(answers.map((answer) => answer.id));
  const old = seenAnswers || known;
  seenAnswers = known;
  if (!answers.length) return byId("answers").replaceChildren(make("p", { class: "hint" }, "None yet."));
  const head = make("tr", {}, ...["Question", "Answer", "Stored as", "Time"].map((title) => make("th", { scope: "col" }, title)));
  byId("answers").replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {},
    ...answers.map((answer) => make("tr", { class: old.has(answer.id) ? "" : "fresh" },
      make("td", { class: "name" }, answer.question), make("td", { dir: "auto" }, answer.label),
      make("td", { class: "name", dir: "auto" }, answer.value), make("td", { class: "time" }, clock(answer.at)))))));
}

function choose(id) {
  person = id;
  seenAnswers = null;
  history.replaceState(null, "", `?worker=${encodeURIComponent(id)}`);
  byId("text").focus();
  refresh().then(() => { byId("messages").scrollTop = byId("messages").scrollHeight; });
}

function say(text) {
  if (!text.trim() || !person) return;
  deliver({ to: person, text, problem: "", key: newKey() });
}

function newKey() {
  return `${Date.now()}-${Math.random().toString(36).slice(2)}`;
}

function post(path, values) {
  return fetch(BASE + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(values),
  });
}

async function begin(flow) {
  try {
    await post("/events", { worker: person, flow, key: newKey() });
  } catch (error) {
    byId("offline").hidden = false;
  }
  refresh();
}

async function deliver(message) {
  message.problem = "";
  if (!pending.includes(message)) pending.push(message);
  redrawPending();
  try {
    const reply = await post("/messages", { worker: message.to, text: message.text, key: message.key });
    if (!reply.ok) throw new Error(String(reply.status));
    pending = pending.filter((other) => other !== message);
  } catch (error) {
    message.problem = "Not sent.";
  }
  redrawPending();
  refresh();
}

function redrawPending() {
  const list = byId("messages");
  for (const row of list.querySelectorAll("[data-pending]")) row.remove();
  for (const message of pending.filter((each) => each.to === person)) {
    const row = waiting(message);
    row.dataset.pending = "";
    list.append(row);
  }
  list.scrollTop = list.scrollHeight;
}

byId("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text").value;
  byId("text").value = "";
  say(text);
});

byId("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    byId("write").requestSubmit();
  }
});

byId("keys").addEventListener("click", (event) => {
  const key = event.target.closest("button");
  if (!key) return;
  const text = byId("text");
  if ("send" in key.dataset) byId("write").requestSubmit();
  else if ("erase" in key.dataset) text.value = text.value.slice(0, -1);
  else text.value += key.textContent;
});

document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
refresh();
