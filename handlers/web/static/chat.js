// The chat page: answers without reloading. Without this file the same forms post and the server sends whole pages.
//
// Written for Safari 14 and Firefox 78 (both of 2020) and what came after: what is newer stands, in these files and in
// the style sheets, only beside its older way. A browser that cannot read this file at all posts the forms.
//   forms.js   what a person sends      turns.js   a question on its way, and its answer
//   memory.js  this tab's conversation  share.js   an address copied, sent on, printed

import * as memory from "./memory.js";
import { box, grow, isTyping, whenSent } from "./forms.js";
import { begin, isUnderWay, log, scrollTo, show } from "./turns.js";
import "./share.js";

const touch = matchMedia("(pointer: coarse)");

whenSent((sent) => {
  if (isUnderWay(sent.button)) return true; // a double click
  talk();
  if (!sent.button) {
    box.value = "";
    grow();
    if (touch.matches) box.blur(); // the keyboard would cover the answer
  }
  begin(sent, (answer) => {
    if (sent.button) mark(sent.button, answer);
    keep();
  });
  return true;
});

document.getElementById("clear").addEventListener("click", () => {
  for (const turn of log.querySelectorAll(".turn")) turn.remove(); // or they would be kept on the way out
  memory.forget();
  location.replace(document.body.dataset.home);
});

addEventListener("pagehide", keep);
// The browser may have kept this page as it was before the conversation went on, or was cleared, on another one.
addEventListener("pageshow", (event) => {
  if (event.persisted && memory.turns().length !== answered().length) location.reload();
});

function answered() {
  return [...log.querySelectorAll(".turn")].filter((turn) => turn.querySelector(".reply"));
}

// Only what was answered: the server has masked those questions.
function keep() {
  const turns = answered().map((turn) => ({
    question: turn.querySelector(".question").lastElementChild.textContent,
    html: turn.querySelector(".reply").outerHTML,
  }));
  if (turns.length) memory.keep(turns, scrollY);
}

function mark(button, answer) {
  if (!isTyping()) answer.focus({ preventScroll: true });
  for (const one of button.parentElement.matches(".inline") ? button.parentElement.children : []) {
    one.setAttribute("aria-pressed", String(one === button));
  }
}

// No longer the opening page.
function talk() {
  document.body.classList.add("talking");
  box.placeholder = box.dataset.next;
  document.getElementById("kept").hidden = !memory.works;
}

function recall() {
  const turns = memory.turns();
  const posted = log.querySelector(".turn");
  for (const { question, html } of turns) show(question, html);
  if (posted) log.append(posted);
  const sent = memory.takeSent();
  if (turns.length || sent || posted) talk();
  if (turns.length) scrollTo(memory.place());
  if (sent) begin(sent, keep);
}

recall();
