// Draws series of metrics, one plot a metric and one line a run, and the brushes of parallel coordinates. The server thins
// what a picture cannot show; a closer look at a stretch asks for that stretch.
'use strict';

(() => {
  const TABLE_ROWS = 200;
  const DASHES = [[], [9, 4], [2, 3], [10, 3, 2, 3]];
  const places = [];
  const settings = { smoothing: 0, log: false };

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const format = new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 6 });
  const scientific = new Intl.NumberFormat(document.documentElement.lang, { notation: 'scientific', maximumFractionDigits: 4 });
  const show = (value) => value == null ? '–' : Math.abs(value) > 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9) ? scientific.format(value) : format.format(value);

  // The plot's own marks would follow the browser's language, not the page's.
  const inLanguage = (plot, marks) => marks.map((mark) => mark == null ? '' : show(mark));

  // Each value pulled towards the ones before it, as other tools do it: 0 leaves it, 0.99 pulls hardest.
  const smoothed = (values) => {
    const weight = settings.smoothing;
    if (!weight) return values;
    let last = 0;
    let seen = 0;
    return values.map((value) => {
      if (value == null) return value;
      last = last * weight + value * (1 - weight);
      seen++;
      return last / (1 - weight ** seen);
    });
  };

  const read = async (place, from, to) => {
    // Two points a pixel: the least and the most of what falls on it.
    const points = Math.max(400, Math.round(place.box.clientWidth * 2 * Math.min(2, devicePixelRatio)));
    const window = from === undefined ? '' : `&from=${from}&to=${to}`;
    const answer = await fetch(`${place.box.dataset.address}&points=${points}${window}`, { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(String(answer.status));
    const byRun = new Map((await answer.json()).series.map((s) => [s.run, s]));
    place.thinned = [...byRun.values()].some((s) => s.total > s.steps.length);
    const tables = place.runs.map((run) => {
      const series = byRun.get(run.id);
      return series ? [series.steps, series.values] : [[], []];
    });
    return tables.length === 1 ? tables[0] : uPlot.join(tables);
  };

  const shown = (place) => [place.data[0], ...place.data.slice(1).map(smoothed)];

  const draw = (place) => {
    const axis = { stroke: token('--soft'), grid: { stroke: token('--plot-grid'), width: 1 }, ticks: { stroke: token('--plot-grid'), width: 1 } };
    const positive = place.data.slice(1).every((values) => values.every((v) => v == null || v > 0));
    place.plot?.destroy();
    place.box.replaceChildren();
    place.plot = new uPlot({
      width: place.box.clientWidth,
      height: 240,
      scales: { x: { time: false }, y: settings.log ? { distr: positive ? 3 : 4 } : {} },
      legend: { live: true },
      cursor: { drag: { x: true, y: false, setScale: false } },
      series: [{ label: place.box.dataset.step, value: (u, v) => show(v) }, ...place.runs.map((run, i) => ({
        label: run.label,
        stroke: token(`--run-${i % 8}`),
        dash: DASHES[(i + Math.floor(i / 8)) % 4],
        width: 2,
        spanGaps: true,
        value: (u, v) => show(v),
        points: { show: place.data[0].length < 2 },
      }))],
      axes: [axis, { ...axis, size: 60 }].map((a) => ({ ...a, values: inLanguage })),
      hooks: {
        setSelect: [(u) => {
          if (u.select.width < 4) return;
          const from = Math.floor(u.posToVal(u.select.left, 'x'));
          const to = Math.ceil(u.posToVal(u.select.left + u.select.width, 'x'));
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          zoom(place, from, to);
        }],
      },
    }, shown(place), place.box);
    place.plot.over.addEventListener('dblclick', () => zoom(place));
    if (place.zoomed) {
      const back = document.createElement('button');
      back.type = 'button';
      back.className = 'quiet';
      back.textContent = place.box.dataset.whole;
      back.addEventListener('click', () => zoom(place));
      place.box.append(back);
    }
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
        cell.textContent = show(column[i]);
      }
    }
    body.replaceChildren(rows);
  };

  const zoom = async (place, from, to) => {
    place.zoomed = from !== undefined;
    try {
      place.data = await read(place, from, to);
    } catch {
      return;
    }
    draw(place);
    fillTable(place);
  };

  const follow = async (place) => {
    try {
      if (!place.zoomed) {
        place.data = await read(place);
        if (place.plot) place.plot.setData(shown(place)); else draw(place);
        fillTable(place);
      }
    } catch {
      if (!place.plot) place.box.textContent = place.box.dataset.failed;
    }
    if (place.box.dataset.live) setTimeout(() => follow(place), 2000);
  };

  const startPlots = () => {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries.filter((e) => e.isIntersecting)) {
        seen.unobserve(entry.target);
        follow(places.find((p) => p.box === entry.target));
      }
    }, { rootMargin: '300px' });
    for (const box of document.querySelectorAll('.series')) {
      const runs = [...box.querySelectorAll('[data-run]')].map((e) => ({ id: e.dataset.run, label: e.dataset.label }));
      places.push({ box, runs });
      // Only what comes into view is read: a run may have hundreds of metrics.
      seen.observe(box);
    }
    const redraw = () => places.filter((p) => p.plot).forEach(draw);
    let waiting;
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(redraw, 150); };
    window.addEventListener('resize', soon);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', soon);
    const controls = document.querySelector('.plot-controls');
    if (controls) {
      controls.hidden = false;
      controls.querySelector('#smoothing').addEventListener('input', (e) => { settings.smoothing = e.target.value / 100; soon(); });
      controls.querySelector('#log-scale').addEventListener('change', (e) => { settings.log = e.target.checked; redraw(); });
    }
  };

  const startParallel = () => {
    const svg = document.querySelector('svg.parallel');
    if (!svg) return;
    const brushes = document.querySelector('.brushes');
    const rows = [...document.querySelectorAll('tr[data-places]')].map((row) => ({
      row,
      line: svg.querySelector(`[data-line="${row.dataset.line}"]`),
      places: row.dataset.places.split(' ').map((p) => p === '' ? null : Number(p)),
    }));
    const status = document.getElementById('brushed');
    const ends = [...brushes.querySelectorAll('fieldset')].map((f) => ({ from: f.querySelector('[data-end=from]'), to: f.querySelector('[data-end=to]') }));
    const top = Number(svg.dataset.top);
    const height = Number(svg.dataset.height);
    const apply = () => {
      const ranges = ends.map(({ from, to }) => [Math.min(from.value, to.value) / 100, Math.max(from.value, to.value) / 100]);
      const brushed = ranges.map(([from, to]) => from > 0 || to < 1);
      ranges.forEach(([from, to], a) => {
        const mark = svg.querySelector(`[data-axis="${a}"] .parallel-brush`);
        mark.setAttribute('visibility', brushed[a] ? 'visible' : 'hidden');
        mark.setAttribute('y', top + height * (1 - to));
        mark.setAttribute('height', Math.max(2, height * (to - from)));
      });
      let left = 0;
      for (const { row, line, places: at } of rows) {
        const out = ranges.some(([from, to], a) => brushed[a] && (at[a] === null || at[a] < from - 0.005 || at[a] > to + 0.005));
        row.classList.toggle('brushed-out', out);
        line.classList.toggle('brushed-out', out);
        if (!out) left++;
      }
      status.textContent = brushed.some(Boolean) ? status.dataset.some.replace('#', left) : '';
    };
    brushes.hidden = false;
    brushes.addEventListener('input', apply);
    brushes.querySelector('.brush-reset').addEventListener('click', () => {
      ends.forEach(({ from, to }) => { from.value = 0; to.value = 100; });
      apply();
    });
    for (const axis of svg.querySelectorAll('.parallel-axis')) {
      const grip = axis.querySelector('.parallel-grip');
      const { from, to } = ends[Number(axis.dataset.axis)];
      const share = (e) => {
        const box = svg.getBoundingClientRect();
        const y = (e.clientY - box.top) * svg.viewBox.baseVal.height / box.height;
        return Math.round(Math.min(1, Math.max(0, 1 - (y - top) / height)) * 100);
      };
      let start = null;
      grip.addEventListener('pointerdown', (e) => { start = share(e); grip.setPointerCapture(e.pointerId); });
      grip.addEventListener('pointermove', (e) => {
        if (start === null) return;
        from.value = Math.min(start, share(e));
        to.value = Math.max(start, share(e));
        apply();
      });
      // A click that did not move takes the brush off the axis again.
      grip.addEventListener('pointerup', (e) => {
        if (start !== null && Math.abs(share(e) - start) < 2) { from.value = 0; to.value = 100; apply(); }
        start = null;
      });
    }
  };

  const startPicture = () => {
    const centre = document.querySelector('.lineage-picture .centre');
    if (!centre) return;
    const scroll = centre.closest('.lineage-picture');
    const at = centre.getBoundingClientRect();
    const frame = scroll.getBoundingClientRect();
    scroll.scrollLeft += at.left + at.width / 2 - frame.left - frame.width / 2;
  };

  const start = () => { startPlots(); startParallel(); startPicture(); };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start); else start();
})();
