// Answers without reloading. Without this file the same forms post and the server sends whole pages.

const PATIENCE = 20000;
const log = document.getElementById("log");
const status = document.getElementById("status");
const fault = document.getElementById("fault");
const retry = fault.querySelector("button");
const ask = document.getElementById("ask");
const box = document.getElementById("q");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const touch = matchMedia("(pointer: coarse)");
let waiting = false;
let again = () => {};

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const pressed = event.submitter;
  if (pressed && pressed.name === "press") press(pressed);
  else say(pressed && pressed.name === "q" ? pressed.value : box.value);
});

// Enter that only ends the composing of characters must not send (Safari reports it as key code 229).
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  ask.requestSubmit();
});
box.addEventListener("input", grow);
retry.addEventListener("click", () => again());

async function say(words) {
  if (waiting) return;
  if (!words.trim()) return box.focus();
  box.value = "";
  grow();
  if (touch.matches) box.blur(); // the keyboard would cover the answer
  const answer = await send({ text: words }, words);
  if (answer) return;
  box.value = words + (box.value && "\n" + box.value);
  grow();
  again = () => ask.requestSubmit();
}

async function press(button) {
  if (waiting) return;
  const answer = await send({ press: button.value }, button.firstChild.textContent);
  if (!answer) {
    again = () => press(button);
    return;
  }
  answer.focus({ preventScroll: true });
  for (const one of button.parentElement.matches(".inline") ? button.parentElement.children : []) {
    one.setAttribute("aria-pressed", String(one === button));
  }
}

// Shows what was asked and then the reply; null, and a line that says why, when there is none.
async function send(body, words) {
  waiting = true;
  fault.hidden = true;
  const question = add("question");
  const typing = add("typing");
  question.lastElementChild.textContent = words;
  show(question);
  try {
    const got = await post(body);
    if (got.question !== null) question.lastElementChild.textContent = got.question;
    typing.insertAdjacentHTML("beforebegin", got.html);
    typing.remove();
    return settle(question);
  } catch (problem) {
    question.remove();
    typing.remove();
    complain(problem);
    return null;
  } finally {
    waiting = false;
  }
}

async function post(body) {
  const response = await fetch(document.body.dataset.chat, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE),
  }).catch(() => { throw new Error("unreachable"); });
  if (response.ok) return response.json();
  throw new Error(response.status === 413 ? "tooBig" : "failed");
}

function settle(question) {
  const answer = log.lastElementChild;
  document.querySelector(".examples")?.remove();
  box.placeholder = box.dataset.next;
  status.textContent = answer.dataset.summary;
  show(question);
  return answer;
}

function complain(problem) {
  fault.firstElementChild.textContent = fault.dataset[problem.message] ?? fault.dataset.failed;
  retry.hidden = false;
  fault.hidden = false;
}

function add(template) {
  const node = document.getElementById(template + "-template").content.firstElementChild.cloneNode(true);
  log.append(node);
  return node;
}

function show(node) {
  node.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
}

function grow() {
  box.style.height = "auto";
  box.style.height = box.scrollHeight + 2 + "px";
}
