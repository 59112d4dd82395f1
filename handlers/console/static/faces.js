// Draws the LINE face, remembers which face was looked at, and gives the web face its styles where the browser did not.
// Runs again over whatever htmx puts into the page.
const PATIENCE = 3000;
let looked = null;
let lastHeight = 0;

function start(root) {
  for (const place of root.querySelectorAll("[data-line-messages]")) {
    if (!place.querySelector("iframe")) drawLine(place);
  }
  for (const template of root.querySelectorAll(".face template[shadowrootmode]")) attach(template);
  for (const choice of root.querySelectorAll(".face-choice")) {
    choice.addEventListener("change", () => { looked = choice.value; });
    if (choice.value === looked) choice.checked = true;
  }
}

// The plain text under the frame is for browsers without a script; it comes back where the frame stays empty.
function drawLine(place) {
  const frame = document.createElement("iframe");
  const plain = place.querySelector(".face-plain");
  plain.hidden = true;
  setTimeout(() => { plain.hidden = "drawn" in place.dataset; }, PATIENCE);
  frame.setAttribute("sandbox", "allow-scripts");
  frame.title = place.dataset.title;
  frame.src = place.dataset.frame;
  frame.height = lastHeight;
  frame.addEventListener("load", () => frame.contentWindow.postMessage(JSON.parse(place.dataset.lineMessages), "*"));
  addEventListener("message", function grow(event) {
    if (!place.isConnected) return removeEventListener("message", grow);
    if (event.source !== frame.contentWindow || !(event.data?.height > 0)) return;
    frame.height = lastHeight = event.data.height;
    plain.hidden = true;
    place.dataset.drawn = "";
  });
  place.prepend(frame);
}

// Only the parser makes shadow roots of templates, not innerHTML, which htmx uses; older browsers never do.
function attach(template) {
  const host = template.parentNode;
  if (!host.shadowRoot) host.attachShadow({ mode: "open" }).append(template.content);
  template.remove();
}

document.addEventListener("htmx:load", (event) => start(event.target.parentNode ?? event.target));
start(document);
