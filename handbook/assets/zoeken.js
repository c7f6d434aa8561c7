// The search page: Pagefind's own screen over this site, with the words that were typed in the header.
window.addEventListener("DOMContentLoaded", () => {
  const search = new PagefindUI({ element: "#zoeken", showImages: false, showSubResults: false, pageSize: 10 });
  const words = new URLSearchParams(window.location.search).get("q");
  document.querySelector("#zoeken input").setAttribute("aria-label", "Zoek in de handreiking");
  if (words) search.triggerSearch(words);
});
