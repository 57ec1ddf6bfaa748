// A proposal's form: saves itself, goes on from what others wrote meanwhile, and loses nothing that was typed.
'use strict';

(() => {
  const form = document.querySelector('#proposal-form');
  if (!form) return;
  const store = `farga-draft:${form.dataset.proposal}:${form.dataset.person}`;
  const named = (name) => form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
  const base = (name) => form.querySelector(`[name="${CSS.escape('was.' + name)}"]`);
  const fields = () => [...form.querySelectorAll('[name^="was."]')].map((was) => was.name.slice(4));

  const value = (name) => {
    const inputs = [...named(name)];
    if (inputs[0]?.type === 'radio') return inputs.find((i) => i.checked)?.value ?? '';
    return (inputs[0]?.value ?? '').replace(/\r\n?/g, '\n');
  };
  const put = (name, to) => {
    for (const input of named(name)) {
      if (input.type === 'radio') input.checked = input.value === to;
      else input.value = to;
    }
  };
  const isOpen = (name) => value(name) !== (base(name)?.value ?? '');
  const open = () => fields().filter(isOpen);

  // What is not saved yet outlives the page in this window: a session that ended, a restart, a slip.
  const remember = () => {
    const kept = {};
    for (const name of open()) kept[name] = { was: base(name).value, now: value(name) };
    if (Object.keys(kept).length) sessionStorage.setItem(store, JSON.stringify({ ...others(), ...kept }));
    else if (Object.keys(others()).length) sessionStorage.setItem(store, JSON.stringify(others()));
    else sessionStorage.removeItem(store);
  };
  const remembered = () => JSON.parse(sessionStorage.getItem(store) ?? '{}');
  // Of other steps of the same form, which are not on this page.
  const others = () => Object.fromEntries(Object.entries(remembered()).filter(([name]) => !base(name)));

  const again = () => htmx.trigger(form, 'again');

  const restore = () => {
    let any = false;
    for (const [name, one] of Object.entries(remembered())) {
      if (!base(name) || value(name) === one.now) continue;
      base(name).value = one.was;
      put(name, one.now);
      any = true;
    }
    if (!any) return;
    const said = document.querySelector('#draft-restored');
    said.textContent = form.dataset.restored;
    said.hidden = false;
    again();
  };

  // A question that another answer makes pointless is not shown; without a script it is, and can be left empty.
  const showWhatIsAsked = () => {
    for (const part of form.querySelectorAll('[data-if]')) {
      const [name, wanted] = part.dataset.if.split('=');
      part.hidden = value(name) !== wanted;
    }
  };

  let sent = {};
  form.addEventListener('htmx:configRequest', () => {
    sent = Object.fromEntries(fields().map((name) => [name, { was: base(name).value, now: value(name) }]));
  });

  // What is on record now is what the next change is a change of. What was typed meanwhile stays; where somebody else wrote
  // into the same field meanwhile, it stays a change of what was there before, so that the next save shows both.
  const takeIn = () => {
    for (const one of document.querySelectorAll('#draft-news [data-field]')) {
      const name = one.dataset.field;
      const was = base(name);
      if (!was) continue;
      const mine = sent[name] && sent[name].now !== sent[name].was;
      const untouched = value(name) === sent[name]?.now;
      const focused = document.activeElement?.type !== 'radio' && [...named(name)].includes(document.activeElement);
      if (one.dataset.force || (untouched && !(mine && focused))) put(name, one.value);
      if (one.dataset.force || untouched || mine) was.value = one.value;
    }
    document.querySelector('#draft-news')?.replaceChildren();
    showWhatIsAsked();
    remember();
  };

  let goingTo = null;
  let retry = null;
  const lost = (event) => {
    document.querySelector('#saved')?.classList.add('lost');
    const said = document.querySelector('#draft-restored');
    said.textContent = form.dataset.lost;
    said.hidden = false;
    remember();
    clearTimeout(retry);
    // Whoever is signed out is not signed in by trying again; a server that restarts is there again.
    const status = event.detail?.xhr?.status ?? 0;
    if (status === 0 || status >= 500) retry = setTimeout(again, 5000);
  };
  document.addEventListener('htmx:sendError', lost);
  document.addEventListener('htmx:responseError', lost);
  window.addEventListener('online', again);

  document.addEventListener('htmx:beforeSwap', (event) => {
    if (event.detail.xhr.status === 412 || event.detail.xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  // The button to submit stays in place while the panel above it is replaced; it follows what the panel says.
  document.addEventListener('htmx:afterSettle', (event) => {
    const status = document.querySelector('#proposal-status');
    const submit = document.querySelector('#proposal-submit');
    if (status && submit) submit.disabled = status.dataset.ready !== 'true';
    if (event.detail.target?.id !== 'proposal-status' && event.detail.elt?.id !== 'proposal-status') return;
    const said = document.querySelector('#draft-restored');
    if (said.textContent === form.dataset.lost) said.hidden = true;
    takeIn();
    if (goingTo && open().length === 0) window.location = goingTo;
    goingTo = null;
  });

  form.addEventListener('input', () => {
    showWhatIsAsked();
    remember();
  });

  // Between two answers one chooses here, not by the button's own way: a save under way may replace the button meanwhile.
  form.addEventListener('click', (event) => {
    const button = event.target.closest('button[name=keep], button[name=take]');
    if (!button) return;
    event.preventDefault();
    const theirs = form.querySelector(`[name="${CSS.escape('theirs.' + button.value)}"]`).value;
    base(button.value).value = theirs;
    if (button.name === 'take') put(button.value, theirs);
    button.closest('.conflict').remove();
    named(button.value)[0]?.focus();
    remember();
    again();
  });

  // To another step only when all is kept.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-goto]');
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || open().length === 0) return;
    if (new URL(link.href).search === window.location.search && link.hash) return;
    event.preventDefault();
    goingTo = link.href;
    again();
  });

  // One more row: the empty one again, under another name.
  for (const button of form.querySelectorAll('[data-add-row]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      const rows = button.closest('.ask-rows').querySelectorAll('fieldset[data-row]');
      const last = rows[rows.length - 1];
      const row = 't' + Date.now().toString(36);
      const copy = last.cloneNode(true);
      const before = last.dataset.row;
      copy.dataset.row = row;
      for (const part of copy.querySelectorAll('*')) {
        for (const attribute of ['id', 'name', 'for', 'aria-describedby']) {
          if (part.hasAttribute(attribute)) {
            part.setAttribute(attribute, part.getAttribute(attribute).replaceAll(`.${before}.`, `.${row}.`));
          }
        }
        if (part.matches('input, textarea')) part.value = '';
        if (part.matches('select')) part.selectedIndex = 0;
        if (part.matches('[data-clear-row]')) part.closest('p').remove();
      }
      last.after(copy);
      copy.querySelector('input:not([type=hidden]), select, textarea').focus();
    });
  }
  for (const button of form.querySelectorAll('[data-clear-row]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      const row = button.closest('fieldset');
      const next = row.parentElement.querySelector('[data-add-row]');
      for (const input of row.querySelectorAll('input:not([type=hidden]), textarea, select')) input.value = '';
      row.hidden = true;
      next?.focus();
      remember();
      again();
    });
  }

  showWhatIsAsked();
  restore();
  if (window.location.hash) document.getElementById(decodeURIComponent(window.location.hash.slice(1)))?.focus();
})();

// Files are sent one after another as they are, and the page is loaded anew once all are there.
(() => {
  const attach = document.querySelector('#attach');
  if (!attach) return;
  attach.hidden = false;
  const input = attach.querySelector('input');
  const problem = attach.querySelector('#attach-problem');
  const status = attach.querySelector('#attach-status');
  const refuse = (name, why) => {
    problem.textContent = `${name}: ${why}`;
    problem.hidden = false;
    status.textContent = '';
    input.value = '';
  };
  input.addEventListener('change', async () => {
    problem.hidden = true;
    let any = false;
    for (const file of input.files) {
      if (file.size > Number(attach.dataset.mostBytes)) {
        refuse(file.name, attach.dataset.tooLarge);
        return;
      }
      status.textContent = `${file.name}: ${attach.dataset.sending}`;
      try {
        const answer = await fetch(attach.dataset.to + encodeURIComponent(file.name), {
          method: 'PUT',
          body: file,
          headers: { 'X-CSRF-TOKEN': attach.dataset.csrf, 'Content-Type': 'application/octet-stream', Accept: 'application/json' },
        });
        if (!answer.ok) {
          const said = await answer.json().catch(() => ({}));
          const fields = (said.errors ?? said.fields ?? []).map((f) => f.detail ?? f.message ?? '').join(' ');
          refuse(file.name, `${said.detail ?? attach.dataset.failed} ${fields}`.trim());
          return;
        }
        any = true;
      } catch {
        refuse(file.name, attach.dataset.failed);
        return;
      }
    }
    if (any) window.location.reload();
  });
})();
