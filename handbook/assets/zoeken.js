// The search page: Pagefind's own screen over this site, with the words that were typed in the header. A word that no page
// says would bring whatever begins like it: such a word is read as the nearest that a page does say, and else left out.
const ENDINGS = ["", "e", "en", "n", "s", "ën", "t", "d", "de", "der", "je", "tje"]; // what a word may have more: aanmelding, aanmeldingen

function distance(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let before = Array.from({ length: other.length + 1 }, (_, place) => place);
  for (let row = 1; row <= one.length; row += 1) {
    const now = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = before[column - 1] + (one[row - 1] === other[column - 1] ? 0 : 1);
      now.push(Math.min(replaced, before[column] + 1, now[column - 1] + 1));
    }
    before = now;
  }
  return before[other.length];
}

function known(word, words) {
  return words.some((other) => other.startsWith(word) || ENDINGS.some((ending) => other + ending === word));
}

function nearest(word, words) {
  const most = word.length < 5 ? 0 : word.length < 8 ? 1 : 2;
  const near = words.map((other) => [distance(word, other, most), other]).filter(([steps]) => steps <= most);
  return near.sort((a, b) => a[0] - b[0])[0]?.[1];
}

function read(typed, words) {
  const meant = typed.toLowerCase().split(/[^\p{L}\d]+/u).filter(Boolean);
  return meant.map((word) => (word.length < 3 || known(word, words) ? word : nearest(word, words))).filter(Boolean).join(" ");
}

window.addEventListener("DOMContentLoaded", async () => {
  const words = await (await fetch("../assets/woorden.json")).json();
  const said = document.getElementById("gelezen-als");
  const search = new PagefindUI({
    element: "#zoeken",
    showImages: false,
    showSubResults: false,
    pageSize: 10,
    ranking: { termSimilarity: 5, termSaturation: 1.5, pageLength: 0.4 },
    processTerm(typed) {
      const meant = read(typed, words);
      said.textContent = meant && meant !== typed.toLowerCase().trim() ? `Gezocht op: ${meant}` : "";
      return meant || "\u2205";
    },
  });
  const asked = new URLSearchParams(window.location.search).get("q");
  document.querySelector("#zoeken input").setAttribute("aria-label", "Zoek in de handreiking");
  if (asked) search.triggerSearch(asked);
});
