// The address of a card: copied, sent on; and the card printed. Each button shows where the browser can do it.

const can = document.documentElement.classList;
const status = document.getElementById("status");
const SHOWN = 2500;

if (navigator.clipboard && navigator.clipboard.writeText) can.add("can-copy");
if (navigator.share) can.add("can-send-on");
if (window.print) can.add("can-print");

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[type=button]");
  if (!button) return;
  if (button.matches(".copy")) copy(button);
  if (button.matches(".send-on")) navigator.share({ title: button.dataset.title, url: address() }).catch(() => {});
  if (button.matches(".print")) window.print();
});

// The laws of a card may be folded; on paper nobody can open them.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll(".reply details:not([open])")];
  for (const one of folded) one.open = true;
});
addEventListener("afterprint", () => { for (const one of folded) one.open = false; });

function address() {
  const canonical = document.querySelector("link[rel=canonical]");
  return canonical ? canonical.href : location.href;
}

async function copy(button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href);
  } catch {
    return; // the address stands beside the button, as a link
  }
  button.textContent = status.textContent = button.dataset.done;
  setTimeout(() => { button.textContent = label; }, SHOWN);
}
