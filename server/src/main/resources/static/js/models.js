// Draws series of metrics: one plot a metric, one line a run, from the JSON that the links in it lead to.
'use strict';

(() => {
  const TABLE_ROWS = 200;
  const plots = [];

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colours = () => ['--plot-1', '--plot-2', '--plot-3', '--warn', '--bad', '--info', '--good', '--ink', '--soft', '--line-strong'].map(token);

  // The same step twice (a job that started over) would be a vertical line: the later value counts.
  const columns = (points) => {
    const byStep = new Map(points.map(([step, value]) => [step, value]));
    const steps = [...byStep.keys()].sort((a, b) => a - b);
    return [steps, steps.map((step) => byStep.get(step))];
  };

  const fetchAll = (addresses) => Promise.all(addresses.map(async (address) => {
    const answer = await fetch(address, { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(String(answer.status));
    return columns((await answer.json()).points);
  }));

  const draw = (place) => {
    const axis = { stroke: token('--soft'), grid: { stroke: token('--plot-grid'), width: 1 }, ticks: { stroke: token('--plot-grid'), width: 1 } };
    const { data } = place;
    place.plot?.destroy();
    place.box.replaceChildren();
    place.plot = new uPlot({
      width: place.box.clientWidth,
      height: 240,
      scales: { x: { time: false } },
      legend: { live: true },
      cursor: { drag: { x: true, y: false } },
      series: [{ label: place.box.dataset.step }, ...place.labels.map((label, i) => ({
        label, stroke: colours()[i % colours().length], width: 2, spanGaps: true,
        points: { show: data[0].length < 2 },
      }))],
      axes: [axis, { ...axis, size: 60 }],
    }, data, place.box);
  };

  const fillTable = (place) => {
    const body = place.box.closest('section').querySelector('details tbody');
    if (!body) return;
    const count = place.data[0].length;
    const every = Math.max(1, Math.ceil(count / TABLE_ROWS));
    const rows = document.createDocumentFragment();
    for (let i = 0; i < count; i++) {
      if (i % every !== 0 && i !== count - 1) continue;
      const row = rows.appendChild(document.createElement('tr'));
      for (const column of place.data) {
        const cell = row.appendChild(document.createElement('td'));
        cell.className = 'number';
        cell.textContent = column[i] ?? '–';
      }
    }
    body.replaceChildren(rows);
  };

  const refresh = async (place) => {
    const series = await fetchAll(place.addresses);
    place.data = series.length === 1 ? series[0] : uPlot.join(series);
    if (place.plot) place.plot.setData(place.data); else draw(place);
    fillTable(place);
  };

  const follow = async (place) => {
    try {
      await refresh(place);
    } catch {
      if (!place.plot) place.box.textContent = place.box.dataset.failed;
    }
    if (place.box.dataset.live) setTimeout(() => follow(place), 2000);
  };

  const start = () => {
    for (const box of document.querySelectorAll('.series')) {
      const links = [...box.querySelectorAll('a')];
      const place = { box, addresses: links.map((a) => a.href), labels: links.map((a) => a.dataset.label) };
      plots.push(place);
      follow(place);
    }
    let waiting;
    const redraw = () => { clearTimeout(waiting); waiting = setTimeout(() => plots.filter((p) => p.plot).forEach(draw), 150); };
    window.addEventListener('resize', redraw);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start); else start();
})();
