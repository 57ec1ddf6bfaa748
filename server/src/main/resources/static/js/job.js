// The page of a job, which draws itself as the job speaks, and the form for a new one.
'use strict';

(() => {
  const form = document.getElementById('job-form');
  if (form) startForm(form);
  const page = document.getElementById('job');
  if (page) follow(page);

  function startForm(form) {
    // <input type="file" data-fills="script"> reads a text file into the text area.
    const picker = form.querySelector('[data-fills]');
    const area = document.getElementById(picker.dataset.fills);
    picker.closest('[hidden]').hidden = false;
    picker.addEventListener('change', async () => {
      const file = picker.files[0];
      if (!file) return;
      try {
        if (file.size > 1 << 20) throw new RangeError();
        area.value = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
        picker.setCustomValidity('');
        const name = document.getElementById('name');
        if (!name.value) name.value = file.name;
        area.dispatchEvent(new Event('input', { bubbles: true }));
      } catch {
        picker.setCustomValidity(picker.dataset.tooMuch);
        picker.reportValidity();
        picker.value = '';
      }
    });
    form.addEventListener('click', (event) => {
      const button = event.target.closest('[data-adds]');
      if (!button) return;
      const field = document.getElementById('datasets');
      const names = field.value.split(/[\s,]+/).filter(Boolean);
      if (!names.includes(button.dataset.adds)) field.value = [...names, button.dataset.adds].join(' ');
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }

  function follow(page) {
    const log = new Log(document.getElementById('log'), document.getElementById('log-follow'));
    const metrics = new Metrics(document.getElementById('metrics'), document.getElementById('metric'));
    const connection = document.getElementById('connection');
    // The browser takes a broken connection up again by itself, and says what it has seen (Last-Event-ID); not so where
    // a proxy answered in place of a Farga that is restarting: then we do, later and later.
    let last = '';
    let pause = 1000;
    open();

    function open() {
      const address = new URL(page.dataset.events, location.href);
      if (last) address.searchParams.set('after', last);
      const events = new EventSource(address);
      const on = (name, take) => events.addEventListener(name, (event) => {
        last = event.lastEventId;
        take(JSON.parse(event.data));
      });
      events.onopen = () => {
        pause = 1000;
        connection.textContent = '';
      };
      events.onerror = () => {
        connection.textContent = connection.dataset.broken;
        if (events.readyState === EventSource.CLOSED) {
          setTimeout(open, pause);
          pause = Math.min(2 * pause, 60000);
        }
      };
      on('log', (said) => log.add(said.text));
      on('metric', (metric) => metrics.add(metric));
      on('state', show);
      on('end', (now) => {
        events.close();
        connection.textContent = '';
        show(now);
      });
    }

    let shown = null;
    async function show(now) {
      const changed = shown !== null && shown !== now.state;
      shown = now.state;
      document.getElementById('job-explanation').textContent = now.explanation ?? '';
      if (!changed && page.dataset.reload === 'false') return;
      const chip = document.querySelector('#job-state .state');
      if (!changed && chip.textContent === now.state) return;
      // The server knows how all of it is written: take the changed parts from a fresh copy of this page.
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const id of ['job-why', 'job-actions', 'job-facts', 'job-timeline', 'job-resources']) {
        const part = fresh.getElementById(id);
        if (part) document.getElementById(id).replaceWith(part);
      }
      const output = document.getElementById('job-output');
      if (output) output.hidden = fresh.getElementById('job-output')?.hidden ?? false;
    }
  }

  // A log's end; what is long past is left to the whole log.
  function Log(element, keep) {
    const most = 1 << 20;
    let waiting = '';
    this.add = (text) => {
      if (!waiting) requestAnimationFrame(write);
      waiting += text;
    };
    function write() {
      element.append(waiting);
      waiting = '';
      while (element.childNodes.length > 1 && element.textContent.length > most) element.firstChild.remove();
      if (keep.checked) element.scrollTop = element.scrollHeight;
    }
  }

  function Metrics(home, template) {
    const curves = new Map();
    const list = document.getElementById('parameter-list');
    this.add = (metric) => {
      if (metric.param !== undefined) {
        const entry = document.createElement('div');
        const name = document.createElement('dt');
        const value = document.createElement('dd');
        name.textContent = metric.param;
        value.textContent = metric.value;
        entry.append(name, value);
        list.append(entry);
        document.getElementById('parameters').hidden = false;
        return;
      }
      if (!curves.has(metric.name)) {
        if (curves.size >= 24) return;
        curves.set(metric.name, new Curve(home, template, metric.name));
        document.getElementById('metrics-none').hidden = true;
      }
      curves.get(metric.name).add(metric.step, metric.value);
    };
  }

  function Curve(home, template, name) {
    const figure = template.content.firstElementChild.cloneNode(true);
    const part = (key) => figure.querySelector(`[data-part="${key}"]`);
    part('name').textContent = name;
    home.append(figure);
    const place = part('plot');
    place.setAttribute('role', 'img');
    const colour = (token) => getComputedStyle(document.documentElement).getPropertyValue(token).trim();
    const format = new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 5 });
    // The plot's own marks would follow the browser's language, not the page's.
    const inLanguage = (plot, marks) => marks.map((mark) => mark == null ? '' : format.format(mark));
    const axis = { stroke: () => colour('--soft'), grid: { stroke: () => colour('--plot-grid'), width: 1 }, ticks: { show: false } };
    const line = '--plot-' + (1 + (home.children.length - 1) % 3);
    const data = [[], []];
    let due = false;
    const plot = new uPlot({
      width: place.clientWidth || 400,
      height: 200,
      legend: { show: false },
      cursor: { y: false },
      scales: { x: { time: false } },
      axes: [{ ...axis, values: inLanguage }, { ...axis, values: inLanguage, size: 60 }],
      series: [{}, { stroke: () => colour(line), width: 2, points: { show: false } }],
    }, data, place);
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: 200 })).observe(place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw());

    this.add = (step, value) => {
      data[0].push(step);
      data[1].push(value);
      if (!due) {
        due = true;
        requestAnimationFrame(draw);
      }
    };

    function draw() {
      due = false;
      const last = data[1].at(-1);
      plot.setData(data);
      part('last').textContent = format.format(last);
      place.setAttribute('aria-label', `${name}: ${format.format(last)}`);
      // At most two hundred rows, evenly picked, with the last one.
      const each = Math.ceil(data[0].length / 200);
      part('rows').replaceChildren(...data[0].flatMap((step, i) =>
        i % each === 0 || i === data[0].length - 1 ? [row(step, data[1][i])] : []));
    }

    function row(step, value) {
      const line = document.createElement('tr');
      for (const text of [step, format.format(value)]) {
        const cell = document.createElement('td');
        cell.className = 'number';
        cell.textContent = text;
        line.append(cell);
      }
      return line;
    }
  }
})();
