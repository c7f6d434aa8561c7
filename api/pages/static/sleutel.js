// Makes a passkey, or signs in with one. A browser keeps keys; without this script there are codes.
(() => {
  "use strict";

  const failed = {
    NotAllowedError: "Het is afgebroken, of het duurde te lang. Probeer het nog een keer.",
    InvalidStateError: "Op dit apparaat staat al een sleutel van jou. Meld je daarmee aan.",
  };

  const answered = async (form) => {
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
    const answer = await fetch(form.dataset.begin, { method: "POST", body });
    if (!answer.ok) throw new Error(String(answer.status));
    const asked = await answer.json();
    const credential =
      form.dataset.sleutel === "maken"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
    return JSON.stringify(credential.toJSON());
  };

  const able = window.PublicKeyCredential && PublicKeyCredential.parseCreationOptionsFromJSON;
  for (const form of document.querySelectorAll("form[data-sleutel]")) {
    form.hidden = !able;
    const instead = document.getElementById(form.dataset.anders);
    if (instead) instead.hidden = Boolean(able);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const told = form.querySelector("[role=alert]");
      told.textContent = "";
      try {
        form.elements.antwoord.value = await answered(form);
        form.submit();
      } catch (error) {
        told.textContent = failed[error.name] || "Dat lukte niet. Open de pagina opnieuw en probeer het nog een keer.";
      }
    });
  }
})();
