// The operations page shows itself anew every 15 seconds, unless somebody is in the midst of it.
'use strict';

document.addEventListener('htmx:beforeRequest', (event) => {
  const region = event.target;
  if (region.id === 'operations' && (region.contains(document.activeElement) || region.querySelector('details[open]') || document.hidden)) {
    event.preventDefault();
  }
});
