// A refused autosave answers 412 or 422 with the same panel as a saved one: it is shown, not thrown away.
'use strict';

document.addEventListener('htmx:beforeSwap', (event) => {
  if (event.detail.xhr.status === 412 || event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// Where the connection is gone, the page must not go on saying "saved".
document.addEventListener('htmx:sendError', () => {
  document.querySelector('#saved')?.classList.add('lost');
});

// The button to submit stays in place while the panel above it is replaced; it follows what the panel says.
document.addEventListener('htmx:afterSettle', () => {
  const status = document.querySelector('#proposal-status');
  const submit = document.querySelector('#proposal-submit');
  if (status && submit) submit.disabled = status.dataset.ready !== 'true';
});
