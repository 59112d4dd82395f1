// What a page does beyond htmx. Without this file every page works all the same.

// A step that got no answer must not look as if it had been taken.
for (const trouble of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(trouble, () => { document.getElementById("trouble").hidden = false; });
}
document.addEventListener("htmx:afterOnLoad", () => { document.getElementById("trouble").hidden = true; });
