// Passkeys: hands what the clinic asks to the browser, and the browser's answer back to the clinic.
"use strict";

const BINARY_ASKED = ["challenge"]; // what the browser wants as bytes and JSON carries as text

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0));
}

function words(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function asked(options) {
  const key = { ...options.publicKey };
  for (const name of BINARY_ASKED) key[name] = bytes(key[name]);
  if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    key[list] = (key[list] || []).map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return key;
}

function answered(credential) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const response = {};
  for (const part of parts) if (credential.response[part]) response[part] = words(credential.response[part]);
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: words(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.optionsFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options;
}

async function ceremony(form) {
  const publicKey = asked(await optionsOf(form));
  if (form.dataset.passkey === "ask") return navigator.credentials.get({ publicKey });
  // Kept on the device where it can be: then it signs in without a name and a password too.
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection, residentKey: "preferred", requireResidentKey: false, userVerification: "preferred",
  };
  return navigator.credentials.create({ publicKey });
}

function possible() {
  const host = location.hostname;
  return Boolean(window.PublicKeyCredential) && isSecureContext && !/^[\d.]+$|:/.test(host);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const said = form.querySelector("[data-not-here]");
  const say = (text) => {
    said.textContent = text;
    said.hidden = !text;
  };
  form.hidden = false;
  form.querySelector("button[type=button]").addEventListener("click", async () => {
    if (!possible()) return say(said.dataset.notHere);
    say("");
    try {
      form.elements.credential.value = JSON.stringify(answered(await ceremony(form)));
      form.submit();
    } catch (fault) {
      say(fault.name === "InvalidStateError" ? said.dataset.known : said.dataset.stopped);
    }
  });
}
