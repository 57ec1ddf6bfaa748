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
