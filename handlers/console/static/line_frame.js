// Draws LINE messages inside the sandboxed frame. The page around it sends the messages and is told their height.
import { render } from "./flex-render/index.js";

const chat = document.getElementById("chat");
const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const FONT_PIXELS = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22 };
const LINE_HEIGHT = 1.4;

addEventListener("message", (event) => {
  if (event.source === parent) show(event.data);
});
new ResizeObserver(() => parent.postMessage({ height: Math.ceil(chat.getBoundingClientRect().height) }, "*")).observe(chat);

function show(messages) {
  const last = messages[messages.length - 1];
  chat.replaceChildren(...messages.map(drawn), ...chips(last.quickReply?.items ?? []));
}

function drawn(message) {
  if (message.type === "text") return element("p", "said", message.text);
  const place = element("div", "card");
  place.innerHTML = render(prepared(message.contents));
  return place;
}

function chips(items) {
  if (!items.length) return [];
  const list = element("ul", "chips");
  list.append(...items.map((item) => element("li", "", item.action.label)));
  return [list];
}

function element(name, style, text = "") {
  const found = document.createElement(name);
  found.className = style;
  found.textContent = text;
  return found;
}

// What flex-render takes as HTML is escaped, and what is pressed does nothing here: of an action only the label stays.
function prepared(value) {
  if (typeof value === "string") return value.replace(/[&<>"']/g, (letter) => ESCAPED[letter]);
  if (Array.isArray(value)) return value.map(prepared);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, name === "action" ? { label: inner.label } : inner]);
  return Object.fromEntries(entries.map(([name, inner]) => [name, name === "lineSpacing" ? lineHeight(inner, value.size) : prepared(inner)]));
}

// LINE adds the spacing between lines; flex-render takes it for their whole height.
function lineHeight(spacing, size) {
  return `${(FONT_PIXELS[size] ?? FONT_PIXELS.md) * LINE_HEIGHT + parseFloat(spacing)}px`;
}
