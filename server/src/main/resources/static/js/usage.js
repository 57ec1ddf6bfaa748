'use strict';

// Sends a file of sacct's lines from where its import stands, with what the server has read of it as progress.
(() => {
  const form = document.getElementById('usage-import');
  if (!form) return;
  const bar = form.querySelector('progress');
  const told = form.querySelector('[role=status]');
  const headers = { Accept: 'application/json', 'X-CSRF-TOKEN': form.elements._csrf.value };
  let begun = null;

  const ask = async (address, options) => {
    const answer = await fetch(address, { ...options, headers: { ...headers, ...(options && options.headers) } });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.detail || body.title);
    return body;
  };

  const follow = (id, since) => setInterval(async () => {
    try {
      const now = await ask(`/api/v1/usage-imports/${id}`);
      const seconds = (Date.now() - since) / 1000;
      if (now.sizeBytes) bar.value = now.positionBytes / now.sizeBytes;
      told.textContent = form.dataset.progress
        .replace('%1', now.positionBytes.toLocaleString(document.documentElement.lang))
        .replace('%2', (now.sizeBytes || 0).toLocaleString(document.documentElement.lang))
        .replace('%3', Math.round(now.lines / seconds).toLocaleString(document.documentElement.lang));
    } catch { /* the next one tells */ }
  }, 1000);

  form.addEventListener('submit', async event => {
    event.preventDefault();
    const file = form.elements['import-file'].files[0];
    const button = form.querySelector('button');
    button.disabled = true;
    bar.hidden = false;
    let watch;
    try {
      const same = begun && begun.name === file.name && begun.size === file.size;
      const opened = same ? await ask(`/api/v1/usage-imports/${begun.id}`) : await ask('/api/v1/usage-imports', {
        method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ cluster: form.elements['import-cluster'].value, zone: form.elements['import-zone'].value,
          name: file.name, sizeBytes: file.size }) });
      begun = { id: opened.id, name: file.name, size: file.size };
      watch = follow(opened.id, Date.now());
      await ask(`/api/v1/usage-imports/${opened.id}/lines?from=${opened.positionBytes}`, {
        method: 'PUT', headers: { 'Content-Type': 'text/plain' }, body: file.slice(opened.positionBytes) });
      location.reload();
    } catch (e) {
      told.textContent = e instanceof TypeError ? form.dataset.failed : e.message;
      if (!(e instanceof TypeError)) begun = null;
    } finally {
      clearInterval(watch);
      button.disabled = false;
    }
  });
})();
