// Passkeys: asks the browser for one and sends its answer with an ordinary form. Without this script, or in a browser
// without WebAuthn, what is marked data-passkey-only stays hidden and every other way in works.
'use strict';

(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const descriptors = (list) => (list || []).map((c) => ({ ...c, id: bytes(c.id) }));

  // Older browsers lack parse…OptionsFromJSON and toJSON; these do what is needed of them.
  const creation = (o) => ({ ...o, challenge: bytes(o.challenge), user: { ...o.user, id: bytes(o.user.id) },
    excludeCredentials: descriptors(o.excludeCredentials) });
  const request = (o) => ({ ...o, challenge: bytes(o.challenge), allowCredentials: descriptors(o.allowCredentials) });
  const answer = (c) => {
    const r = c.response;
    const response = { clientDataJSON: text(r.clientDataJSON) };
    if (r.attestationObject) {
      response.attestationObject = text(r.attestationObject);
      response.transports = r.getTransports ? r.getTransports() : [];
    } else {
      response.authenticatorData = text(r.authenticatorData);
      response.signature = text(r.signature);
      if (r.userHandle) response.userHandle = text(r.userHandle);
    }
    return JSON.stringify({ id: c.id, rawId: text(c.rawId), type: c.type, response,
      clientExtensionResults: c.getClientExtensionResults(),
      authenticatorAttachment: c.authenticatorAttachment || undefined });
  };

  const options = async (form) => {
    const got = await fetch(form.dataset.passkeyOptions, { method: 'POST',
      headers: { Accept: 'application/json', 'X-CSRF-TOKEN': form.elements._csrf.value } });
    if (got.status === 403 && form.dataset.passkeyProof) {
      location.assign(form.dataset.passkeyProof);
      return null;
    }
    if (!got.ok) throw new Error('the server answered ' + got.status);
    return got.json();
  };

  let waiting = null;

  const say = (form, which) => {
    form.querySelectorAll('[data-passkey-says]').forEach((p) => { p.hidden = p.dataset.passkeySays !== which; });
  };

  const send = (form, credential) => {
    form.elements.credential.value = answer(credential);
    form.submit();
  };

  const use = async (form) => {
    say(form, '');
    waiting?.abort();
    try {
      const given = await options(form);
      if (!given) return;
      send(form, form.dataset.passkey === 'create'
        ? await navigator.credentials.create({ publicKey: creation(given) })
        : await navigator.credentials.get({ publicKey: request(given) }));
    } catch (e) {
      say(form, e.name === 'InvalidStateError' ? 'known' : 'failed');
    }
  };

  // While the sign-in page stands, the browser offers passkeys where the address is typed (conditional UI).
  const offer = async (form) => {
    try {
      if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
      waiting = new AbortController();
      const given = await options(form);
      const credential = await navigator.credentials.get(
        { publicKey: request(given), mediation: 'conditional', signal: waiting.signal });
      if (credential) send(form, credential);
    } catch {
      // Nobody took it: the button still works.
    }
  };

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    if (!window.PublicKeyCredential || !navigator.credentials) continue;
    const here = location.hostname === form.dataset.passkeyHost;
    form.querySelectorAll('[data-passkey-only]').forEach((e) => { e.hidden = !here; });
    form.querySelectorAll('[data-passkey-elsewhere]').forEach((e) => { e.hidden = here; });
    form.hidden = false;
    if (!here) continue;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      use(form);
    });
    if (form.dataset.passkey === 'offer') offer(form);
  }
})();
