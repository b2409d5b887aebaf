// Draws the report: a table for each case; a plot for each curve, and for each case with latencies.
'use strict';

function number(value) {
  if (value === null || value === undefined) return '–';
  const size = Math.abs(value);
  const digits = Number.isInteger(value) && size < 1000 ? 0 : size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function add(parent, tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  parent.append(element);
  return element;
}

function grouped(rows, key) {
  const groups = new Map();
  rows.forEach(row => groups.set(key(row), [...(groups.get(key(row)) || []), row]));
  return groups;
}

// A turn without an end is null, as JSON has no word for it.
function spread(all) {
  const turns = all.filter(turn => turn !== null);
  return turns.length ? `${number(Math.min(...turns))} to ${number(Math.max(...turns))}` : '';
}

function latencies(nanos) {
  return nanos ? `P50 ${number(nanos.P50 / 1e3)}, P99 ${number(nanos.P99 / 1e3)}, longest ${number(nanos.longest / 1e3)} µs` : '';
}

function line(table, className, cells, targets) {
  const row = add(table, 'tr', undefined, className);
  cells.forEach(cell => add(row, 'td', cell));
  const last = add(row, 'td');
  targets.forEach(target =>
    add(last, 'span', `${target.target}: ${target.reached ? 'reached' : 'missed'} `, target.reached ? 'reached' : 'missed'));
}

function drawCase(parent, name, rows) {
  const first = rows[0];
  add(parent, 'h3', `${name} [${first.unit}]`);
  if (first.ours !== null) {
    const table = add(parent, 'table');
    const head = add(table, 'tr');
    ['', 'median', 'turns', 'ratio', 'of turns', 'latency', 'target'].forEach(title => add(head, 'th', title));
    const own = rows.filter(row => row.peerName === null).flatMap(row => row.targets);
    line(table, 'ours', [first.oursName, number(first.ours), spread(first.oursTurns), '', '', latencies(first.oursLatencyNanos)], own);
    rows.filter(row => row.peer !== null).forEach(row =>
      line(table, '', [row.peerName, number(row.peer), spread(row.peerTurns), number(row.ratio), spread(row.ratioTurns),
        latencies(row.peerLatencyNanos)], row.targets));
  }
  const notes = rows.filter(row => row.note).map(row => (row.peerName && row.peer === null ? `${row.peerName}: ` : '') + row.note);
  [...new Set(notes)].forEach(note => add(parent, 'div', note, 'note'));
}

// Who stands in which column of a plot; ours first.
function contestants(rows) {
  const names = new Map();
  rows.filter(row => row.ours !== null).forEach(row => {
    names.set(row.oursName, 'ours');
    if (row.peer !== null) names.set(row.peerName, 'peer');
  });
  return [...names.keys()];
}

function plot(parent, type, data, xTitle, yTitle, scales) {
  const canvas = add(add(parent, 'div', undefined, 'plot'), 'canvas');
  new Chart(canvas, {
    type,
    data,
    options: {
      animation: false,
      maintainAspectRatio: false,
      scales: {
        x: { type: scales.x, title: { display: true, text: xTitle } },
        y: { type: scales.y, title: { display: true, text: yTitle } },
      },
    },
  });
}

function drawCurve(parent, name, rows) {
  add(parent, 'h3', name);
  const datasets = contestants(rows).map(who => ({
    label: who,
    data: [...new Map(rows.filter(row => row.ours !== null && (row.oursName === who || (row.peer !== null && row.peerName === who)))
      .map(row => [row.point.at, { x: row.point.at, y: row.oursName === who ? row.ours : row.peer }])).values()],
  }));
  plot(parent, 'line', { datasets }, rows[0].point.axis, rows[0].unit, { x: 'logarithmic', y: 'logarithmic' });
}

function drawLatencies(parent, name, rows) {
  const labels = ['P50', 'P90', 'P99', 'P99.9', 'longest'];
  const sets = new Map([[rows[0].oursName, rows[0].oursLatencyNanos]]);
  rows.filter(row => row.peerLatencyNanos).forEach(row => sets.set(row.peerName, row.peerLatencyNanos));
  const datasets = [...sets].map(([label, nanos]) => ({ label, data: labels.map(each => nanos[each] / 1e3) }));
  plot(parent, 'line', { labels, datasets }, name, 'µs', { x: 'category', y: 'logarithmic' });
}

function drawMachine(table, machine) {
  Object.entries(machine).forEach(([name, value]) => {
    const row = add(table, 'tr');
    add(row, 'td', name);
    add(row, 'td', String(value));
  });
}

drawMachine(document.getElementById('machine'), report.machine);
grouped(report.cases, row => row.suite).forEach((rows, suite) => {
  const section = add(document.getElementById('suites'), 'section');
  add(section, 'h2', suite);
  grouped(rows.filter(row => row.point), row => row.point.curve).forEach((points, curve) => drawCurve(section, curve, points));
  grouped(rows, row => row.name).forEach((ofCase, name) => {
    drawCase(section, name, ofCase);
    if (ofCase[0].oursLatencyNanos) drawLatencies(section, name, ofCase);
  });
});
