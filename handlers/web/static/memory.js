// The conversation in this tab's own memory, so that reload and back lose nothing. It goes nowhere else, ends with the
// tab, and holds nothing that the server has not masked, but for a question on its way from a card's page to the chat
// page, which takes it out. Where a browser has no such memory (private windows, a full one), all works without.

const PLACE = "conversation of " + document.body.dataset.home; // other programs may live beside this one
const SENT = "sent from a card to " + document.body.dataset.home;
const MOST_TURNS = 30;
const MOST_CHARACTERS = 400000; // browsers give about five million to a whole site

export const works = write(PLACE + " (probe)", true);
attempt(() => sessionStorage.removeItem(PLACE + " (probe)"));

export function turns() {
  const kept = read(PLACE);
  const all = kept && Array.isArray(kept.turns) ? kept.turns : [];
  return all.filter((turn) => turn && typeof turn.question === "string" && typeof turn.html === "string");
}

// How far the page was scrolled.
export function place() {
  const kept = read(PLACE);
  return (kept && kept.place) || 0;
}

// The newest turns, as many as there is room for.
export function keep(all, place) {
  let newest = all.slice(-MOST_TURNS);
  while (JSON.stringify(newest).length > MOST_CHARACTERS) newest = newest.slice(1);
  return write(PLACE, { turns: newest, place });
}

export function forget() {
  attempt(() => sessionStorage.removeItem(PLACE));
}

// What is asked on the page of a card is answered on the chat page: kept for the way there. False where it cannot be.
export function send({ body, words }) {
  return write(SENT, { body, words });
}

export function takeSent() {
  const sent = read(SENT);
  attempt(() => sessionStorage.removeItem(SENT));
  return sent && sent.body && typeof sent.words === "string" ? sent : null;
}

function read(name) {
  return attempt(() => JSON.parse(sessionStorage.getItem(name)));
}

function write(name, value) {
  return attempt(() => { sessionStorage.setItem(name, JSON.stringify(value)); return true; }) === true;
}

// null where the browser has no such memory, or no room in it.
function attempt(use) {
  try {
    return use();
  } catch {
    return null;
  }
}
