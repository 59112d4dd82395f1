// What a person sends: the words in the box, an example, or a pressed button.

const ask = document.getElementById("ask");
const hint = document.getElementById("hint");
export const box = document.getElementById("q");
let clicked = null;

// Calls `take` with {body, words, button}: what the server gets, what was said, and what was pressed, if anything was.
// Where it gives false, the form is posted as without a script.
export function whenSent(take) {
  const type = (words) => (words.trim() ? take({ body: { text: words }, words }) : complain());
  document.addEventListener("click", (event) => { clicked = event.target.closest("button"); });
  document.addEventListener("submit", (event) => {
    // Safari names the button of a form only since 15.4.
    const button = event.submitter || (clicked && clicked.form === event.target ? clicked : null);
    clicked = null;
    const pressed = button && button.name === "press";
    const taken = pressed ? take(press(button)) : type(button && button.name === "q" ? button.value : box.value);
    if (taken) event.preventDefault();
  });
  // Enter that only ends the composing of characters must not send (Safari reports it as key code 229).
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!type(box.value)) ask.submit();
  });
}

export function isTyping() {
  return document.activeElement === box;
}

export function grow() {
  box.style.height = "auto";
  box.style.height = box.scrollHeight + 2 + "px";
}

function press(button) {
  return { body: { press: button.value }, words: button.firstChild.textContent.trim(), button };
}

function complain() {
  hint.textContent = hint.dataset.empty;
  box.focus();
  return true;
}

box.addEventListener("input", () => {
  hint.textContent = "";
  grow();
});
