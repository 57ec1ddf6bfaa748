// Small behaviours that pages share. Everything works without them, only less conveniently.
'use strict';

// <button data-confirm="…"> asks before loss.
document.addEventListener('submit', (event) => {
  const button = event.submitter;
  if (button?.dataset.confirm && !window.confirm(button.dataset.confirm)) {
    event.preventDefault();
  }
});

// <button data-copy="#id"> copies the text of an element.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
  button.dataset.copied = 'true';
  setTimeout(() => delete button.dataset.copied, 1500);
});

// Escape closes the menu and any other open disclosure that holds the focus, and hands the focus back to what opened it.
document.addEventListener('keydown', (event) => {
  // In a field it stays the browser's: nobody should lose sight of what they type.
  if (event.key !== 'Escape' || event.defaultPrevented || event.target.matches?.('input, textarea, select')) return;
  const open = document.activeElement?.closest('details[open]') ?? document.querySelector('details.menu[open]');
  if (!open) return;
  open.open = false;
  open.querySelector('summary')?.focus();
});

// A swap takes away what had the focus where it has no id, or its place where it is gone: it goes to the swapped part.
document.addEventListener('htmx:beforeSwap', (event) => {
  const target = event.detail.target;
  event.detail.target.dataset.heldFocus = String(target.contains(document.activeElement) && target !== document.body);
});
document.addEventListener('htmx:afterSettle', (event) => {
  const part = event.detail.target?.id ? document.getElementById(event.detail.target.id) : event.detail.target;
  const held = event.detail.target?.dataset.heldFocus === 'true';
  if (!held || !part || (document.activeElement && document.activeElement !== document.body)) return;
  if (!part.hasAttribute('tabindex')) part.setAttribute('tabindex', '-1');
  part.focus({ preventScroll: true });
});
