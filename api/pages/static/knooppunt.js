// What helps beside plain HTML: focus where the eye should go, and a warning before typed answers get lost.
(() => {
  "use strict";

  const focus = (element) => {
    if (element) element.focus();
  };

  focus(document.getElementById("fouten"));

  const goTo = (root) => {
    const block = root.querySelector("[data-ga-naar]");
    if (!block) return;
    focus(document.getElementById(block.dataset.gaNaar) || block);
    block.removeAttribute("data-ga-naar"); // once: what is swapped later goes nowhere else
  };
  goTo(document);
  document.addEventListener("htmx:after:swap", () => goTo(document));

  // A choice may open or close other questions. Text does so only when the form is sent: nothing moves while typing.
  document.addEventListener("change", (event) => {
    const block = event.target.closest("#velden[hx-post]");
    if (block && event.target.matches("select, [type=radio], [type=checkbox], [type=date], [inputmode]")) {
      block.dispatchEvent(new Event("keuze"));
    }
  });

  // Who goes on answering while the questions are being renewed keeps what was typed in the meantime.
  const given = (block) => [...block.querySelectorAll("input, select, textarea")].filter((field) => field.id);
  let kept = [];
  let opened = [];
  document.addEventListener("htmx:before:swap", (event) => {
    const { sourceElement, target, swap, response } = event.detail.ctx;
    // What holds no questions, as an error or the door to sign in again, takes the place of none.
    if (swap === "none" || response.raw.redirected) {
      event.preventDefault();
      return;
    }
    const others = ["_rij_weg", "_aan_het_woord", "_organisatie_erbij"]; // after these a name is another question
    opened = [...target.querySelectorAll("details[open]")]
      .filter((fold) => fold.matches(".kp-fold") || fold.contains(document.activeElement)).map(({ id }) => id);
    kept = others.includes(sourceElement.name) ? [] : given(target).map(({ id, value, checked }) => ({ id, value, checked }));
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const { id, value, checked } of kept) {
      const field = document.getElementById(id);
      if (field) Object.assign(field, field.type === "radio" || field.type === "checkbox" ? { checked } : { value });
    }
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    kept = [];
    opened = [];
  });

  const form = document.querySelector("form[data-bewaken]");
  if (!form) return;
  let typed = false; // whether something stands here that is kept nowhere
  form.addEventListener("submit", () => { typed = false; });
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });

  // What is typed is kept within seconds. Where that fails it is said at once, so that nobody types on in vain.
  const said = document.createElement("p");
  said.className = "kp-kept";
  said.setAttribute("role", "status");
  const alarm = document.createElement("div");
  alarm.className = "kp-alarm";
  if ("concept" in form.dataset) form.append(said, alarm);

  const tell = (sentence, way) => {
    said.textContent = "";
    if (alarm.textContent.startsWith(sentence)) return; // it was said already
    const text = document.createElement("p");
    text.textContent = `${sentence} `;
    if (way) text.append(Object.assign(document.createElement("a"), { href: way, textContent: "Meld je aan" }));
    const box = document.createElement("div");
    box.className = "utrecht-alert utrecht-alert--error";
    box.append(text);
    alarm.setAttribute("role", "alert"); // only now: an empty alert is one more that says nothing
    alarm.replaceChildren(box);
  };
  const hour = () => new Date().toLocaleTimeString("nl-NL", { hour: "2-digit", minute: "2-digit" });
  const keep = async () => {
    const body = new URLSearchParams(new FormData(form));
    body.delete("_sleutel"); // that is for sending it, once
    body.set("_adres", form.getAttribute("action"));
    typed = false;
    let answer;
    try {
      answer = await fetch("/concept", { method: "POST", body, redirect: "error" });
    } catch {
      typed = true;
      tell("Wat je typt, wordt nu niet bewaard: Knooppunt is niet te bereiken. Laat deze pagina open.");
      return;
    }
    if (answer.ok) {
      alarm.replaceChildren();
      said.textContent = `Bewaard om ${hour()}. Alleen jij ziet dit.`;
    } else if (answer.status === 401 && answer.headers.get("X-Bewaard") === "ja") {
      tell("Je bent niet meer aangemeld. Wat je typte, is bewaard. Daarna ga je hier verder.", form.getAttribute("action"));
    } else {
      typed = true;
      tell(answer.status === 409
        ? "Wat je typt, wordt niet bewaard: deze taak is intussen afgerond of vervallen. Kopieer je tekst als je die nog nodig hebt."
        : "Wat je typt, wordt niet bewaard. Kopieer je tekst, en open de pagina opnieuw.");
    }
  };
  const SOON = 1500;
  const LATEST = 5000;
  let since = 0;
  let timer = 0;
  form.addEventListener("input", () => {
    typed = true;
    if (!("concept" in form.dataset)) return;
    clearTimeout(timer);
    since ||= Date.now();
    timer = setTimeout(() => { since = 0; keep(); }, Math.min(SOON, Math.max(0, since + LATEST - Date.now())));
  });
  form.addEventListener("submit", () => clearTimeout(timer));
})();
