// A question on its way: its bubble, how long it has been waiting, what went wrong, and its answer below it. Several may
// be on their way at once; each keeps its place.

import { box, grow } from "./forms.js";

const PATIENCE = 20000; // after it the truth is told; an answer that comes later is still shown
const SOON = 2; // seconds of waiting that need no words
const SAID_EVERY = 5; // seconds between two words of it to a screen reader
const VOTES = ["helped", "nothelped"];
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const underWay = new Set();
const status = document.getElementById("status");
export const log = document.getElementById("log");

// Shows what is asked and asks it; calls `settle` with the answer once there is one.
export function begin(sent, settle) {
  const turn = add(sent.words);
  attempt(turn, sent, settle);
  bring(turn);
}

// A question and its answer of before.
export function show(question, html) {
  add(question).insertAdjacentHTML("beforeend", html);
}

// Whether the button's turn waits for its answer.
export function isUnderWay(button) {
  return underWay.has(button);
}

function say(words) {
  status.textContent = words;
}

export function scrollTo(top, behavior) {
  if (behavior && "scrollBehavior" in document.documentElement.style) window.scrollTo({ top, behavior });
  else window.scrollTo(0, top);
}

function attempt(turn, sent, settle) {
  const call = new AbortController();
  const waiting = wait(turn);
  let told = false;
  if (sent.button) underWay.add(sent.button);
  const late = setTimeout(() => fail("late"), PATIENCE);
  const clear = () => {
    clearTimeout(late);
    waiting.end();
    underWay.delete(sent.button);
    const fault = turn.querySelector(".fault");
    if (fault) fault.remove();
  };
  const fail = (reason, seconds) => {
    clear();
    told = true;
    complain(turn, sent, reason, seconds, () => {
      call.abort();
      clear();
      attempt(turn, sent, settle);
    });
  };
  post(sent.body, call.signal).then(
    (got) => { clear(); if (turn.isConnected) settle(answer(turn, got)); },
    (problem) => { if (!call.signal.aborted && !told) fail(problem.message, problem.seconds); },
  );
}

async function post(body, signal) {
  const response = await fetch(document.body.dataset.chat, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  }).catch(() => { throw new Error("unreachable"); });
  if (!response.ok) throw refusal(response);
  return response.json().catch(() => { throw new Error("failed"); });
}

function refusal(response) {
  const error = new Error({ 413: "too-big", 429: "too-many" }[response.status] || "failed");
  error.seconds = response.headers.get("Retry-After") || SOON;
  return error;
}

function answer(turn, got) {
  if (got.question !== null) word(turn, got.question);
  turn.insertAdjacentHTML("beforeend", got.html);
  const reply = turn.lastElementChild;
  say(reply.dataset.summary);
  if (turn === log.lastElementChild) bring(turn);
  return reply;
}

// The dots, and after a while for how long; gives how to end it.
function wait(turn) {
  const shown = copy("waiting");
  const waited = shown.lastElementChild;
  const start = Date.now();
  turn.append(shown);
  say(shown.firstElementChild.textContent);
  const ticking = setInterval(() => {
    const seconds = Math.round((Date.now() - start) / 1000);
    if (seconds <= SOON) return;
    waited.textContent = waited.dataset.waited.replace("{}", seconds);
    if (seconds % SAID_EVERY === 0) say(waited.textContent);
  }, 1000);
  return { end: () => { clearInterval(ticking); shown.remove(); } };
}

function complain(turn, sent, reason, seconds, again) {
  const fault = copy("fault");
  const [retry, rewrite] = fault.querySelectorAll("button");
  const said = (name) => fault.getAttribute("data-" + kind(sent) + "-" + name);
  fault.firstElementChild.textContent = (said(reason) || said("failed")).replace("{}", seconds);
  retry.addEventListener("click", again);
  rewrite.addEventListener("click", () => putBack(turn, sent.words));
  retry.hidden = reason === "too-big";
  rewrite.hidden = !retry.hidden;
  turn.append(fault);
  say("");
}

function kind(sent) {
  if ("text" in sent.body) return "question";
  const verb = sent.body.press.split(/[:\n]/)[0];
  if (VOTES.includes(verb)) return "vote";
  return verb === "handover" ? "handover" : "press";
}

function putBack(turn, words) {
  turn.remove();
  box.value = words + (box.value && "\n" + box.value);
  grow();
  box.focus();
}

function add(question) {
  const turn = copy("turn");
  log.append(turn);
  word(turn, question);
  return turn;
}

function copy(name) {
  return document.getElementById(name + "-template").content.firstElementChild.cloneNode(true);
}

// The words of the bubble; a long one is shown in part, with a button for all of it.
function word(turn, words) {
  const bubble = turn.querySelector(".question");
  const unfold = turn.querySelector(".unfold");
  bubble.lastElementChild.textContent = words;
  if (unfold) unfold.remove();
  bubble.classList.add("long");
  if (bubble.scrollHeight > bubble.clientHeight + 1) bubble.after(folding(bubble));
  else bubble.classList.remove("long");
}

function folding(bubble) {
  const button = copy("unfold");
  const labels = { true: button.dataset.fold, false: button.textContent };
  button.addEventListener("click", () => {
    const open = !bubble.classList.toggle("long");
    button.setAttribute("aria-expanded", String(open));
    button.textContent = labels[open];
  });
  return button;
}

// Below the bar, which covers what stands at the top.
function bring(turn) {
  const top = turn.getBoundingClientRect().top + window.pageYOffset - document.querySelector(".bar").offsetHeight - 12;
  scrollTo(top, calm.matches ? "auto" : "smooth");
}
