"use strict";
// Charts by ECharts, each with its numbers as a table beside it; nothing is said by colour alone.

const RTL = DATA.dir === "rtl";
const charts = new Set();

/// An element: `h("p", { class: "x" }, "text", child)`. Text is never markup.
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, own] of Object.entries(attributes)) {
    if (own === undefined || own === null || own === false) continue;
    if (name === "style") for (const [key, text] of Object.entries(own)) element.style.setProperty(key, text);
    else element.setAttribute(name, own === true ? "" : own);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

const bdi = (text, attributes = {}) => h("bdi", attributes, text);

/// Colours as they are now: `light-dark()` is resolved by the browser, not by the library.
function palette() {
  const probe = h("span", { hidden: true });
  document.body.append(probe);
  const own = (name) => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
  const found = Object.fromEntries(["ink", "soft", "line", "sheet", "actual", "plan", "good", "bad"].map((name) => [name, own(name)]));
  probe.remove();
  return found;
}

/// A figure: a chart drawn by `option(colors)`, what it shows in words, and its numbers.
function figure({ title, words, height = 260, option, head, rows, class: extra = "" }) {
  const area = h("div", { class: "chart", role: "img", "aria-label": words ?? title, style: { "block-size": `${height}px` } });
  drawLater(area, option);
  const caption = title && h("figcaption", {}, title);
  return h("figure", { class: extra }, caption, area, rows && numbers(head, rows, words ?? title));
}

function drawLater(area, option) {
  charts.add({ area, option, chart: undefined });
}

/// Draws what is in the page and not drawn yet; forgets what has left it.
function draw() {
  const colors = palette();
  for (const own of charts) {
    if (!own.area.isConnected) { own.chart?.dispose(); charts.delete(own); continue; }
    if (own.chart) continue;
    own.chart = echarts.init(own.area, null, { renderer: "svg", locale: "EN" });
    own.chart.setOption({ ...base(colors), ...own.option(colors) });
    // The words of the figure say what it shows; its parts would be read one by one.
    own.area.firstElementChild?.setAttribute("aria-hidden", "true");
    scalable(own.area);
    watch.observe(own.area);
  }
}

/// Lets a chart be made smaller than it was drawn, on paper.
function scalable(area) {
  const svg = area.querySelector("svg");
  svg?.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
}

const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    for (const own of charts) if (own.area === target && own.chart) { own.chart.resize(); scalable(own.area); }
  }
});

/// Draws everything again, in the colours of now.
function redraw() {
  for (const own of charts) { own.chart?.dispose(); own.chart = undefined; }
  draw();
}

const FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'Noto Sans Arabic', sans-serif";

function base(colors) {
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: colors.ink },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colors.sheet, borderColor: colors.line, textStyle: { color: colors.ink } },
  };
}

/// A table of numbers that opens below a chart.
function numbers(head, rows, caption) {
  return h("details", { class: "numbers" }, h("summary", {}, say("figures")), table(head, rows, caption));
}

/// A table: the first cell of a row is its heading. A cell is text, an element, or `[text, attributes]`.
function table(head, rows, caption) {
  const cell = (tag, attributes) => (own) => (Array.isArray(own) ? h(tag, { ...attributes, ...own[1] }, own[0]) : h(tag, attributes, own));
  const row = (cells) => h("tr", {}, cell("th", { scope: "row" })(cells[0]), cells.slice(1).map(cell("td", {})));
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption ?? say("figures") },
    h("table", {}, h("thead", {}, h("tr", {}, head.map(cell("th", { scope: "col" })))), h("tbody", {}, rows.map(row))));
}

// ---- kinds of charts

/// Bars over categories, for the times something took or how often it was done.
function columns({ title, words, names, values, head, show = count }) {
  return figure({
    title, words, head,
    rows: names.map((name, at) => [name, show(values[at])]),
    option: (colors) => ({
      grid: { left: 8, right: 8, top: 24, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: names, inverse: RTL, axisLine: { lineStyle: { color: colors.line } }, axisTick: { show: false }, axisLabel: { color: colors.soft, hideOverlap: true, interval: 0, rotate: names.length > 8 ? 40 : 0 } },
      yAxis: { type: "value", show: false },
      tooltip: { ...base(colors).tooltip, formatter: ([own]) => `${own.name}: ${show(own.value)}` },
      series: [{ type: "bar", data: values, itemStyle: { color: colors.actual, borderRadius: [4, 4, 0, 0] }, barCategoryGap: "20%", label: { show: true, position: "top", color: colors.ink, formatter: ({ value: own }) => (own ? show(own) : "") } }],
    }),
  });
}

/// A line over periods, with what should be; small, for a card.
function trend({ words, series, target, show }) {
  const area = h("div", { class: "chart spark", role: "img", "aria-label": words });
  drawLater(area, (colors) => ({
    grid: { left: 4, right: 4, top: 6, bottom: 6 },
    xAxis: { type: "category", data: series.map((own) => period(own.period)), inverse: RTL, show: false, boundaryGap: false },
    yAxis: { type: "value", show: false, scale: true, min: (own) => Math.min(own.min, target ?? own.min), max: (own) => Math.max(own.max, target ?? own.max) },
    tooltip: { ...base(colors).tooltip, formatter: ([own]) => `${own.name}: ${show(own.value)}` },
    series: [{
      type: "line", data: series.map((own) => own.value ?? null), symbol: "circle", symbolSize: 4, showSymbol: series.length < 40,
      lineStyle: { color: colors.actual, width: 2 }, itemStyle: { color: colors.actual },
      markLine: target === undefined ? undefined : { silent: true, symbol: "none", data: [{ yAxis: target }], lineStyle: { color: colors.plan, type: "dashed" }, label: { show: false } },
    }],
  }));
  return area;
}

/// Lines over periods or months, one for each thing.
function lines({ title, words, names, series, show, height = 300 }) {
  return figure({
    title, words, height,
    head: [say("period"), ...series.map((own) => own.name)],
    rows: names.map((name, at) => [name, ...series.map((own) => (own.values[at] === undefined || own.values[at] === null ? "" : show(own.values[at])))]),
    option: (colors) => ({
      grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
      legend: { top: 0, textStyle: { color: colors.ink }, type: "plain" },
      xAxis: { type: "category", data: names, inverse: RTL, axisLine: { lineStyle: { color: colors.line } }, axisLabel: { color: colors.soft, hideOverlap: true } },
      yAxis: { type: "value", position: RTL ? "right" : "left", axisLabel: { color: colors.soft, formatter: show }, splitLine: { lineStyle: { color: colors.line } } },
      tooltip: { ...base(colors).tooltip, valueFormatter: show },
      series: series.map((own, at) => ({
        name: own.name, type: "line", data: own.values.map((value) => value ?? null), symbol: SYMBOLS[at % SYMBOLS.length], symbolSize: 7,
        lineStyle: { width: 2, type: own.dashed ? "dashed" : "solid" }, color: own.dashed ? colors.plan : SHADES[(at - 1 + SHADES.length) % SHADES.length],
      })),
    }),
  });
}

const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow"];
// Readable on light and dark sheets alike, and apart for people who see few colours.
const SHADES = ["#2f7fd1", "#c2701c", "#1d9a70", "#b0559c", "#8a7a1e", "#5f6fd0", "#c0504d", "#3c8c99"];

/// A bar beside a number, with a tick where it should be; both are shares of `most`.
function bar(own, most, plan) {
  const part = (number) => `${most > 0 ? Math.min(100, (100 * number) / most) : 0}%`;
  return h("span", { class: "bar", "aria-hidden": "true" },
    own > 0 && h("span", { class: "fill", style: { "inline-size": part(own) } }),
    plan !== undefined && h("span", { class: "tick", style: { "inset-inline-start": part(plan) } }));
}

/// Intervals of rates, with their middle.
function intervals({ words, variants }) {
  const shown = variants.filter((own) => own.rate !== undefined);
  const area = h("div", { class: "chart", role: "img", "aria-label": words, style: { "block-size": `${50 + 34 * shown.length}px` } });
  drawLater(area, (colors) => ({
    grid: { left: 8, right: 24, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: "value", scale: true, inverse: RTL, axisLabel: { color: colors.soft, formatter: share }, splitLine: { lineStyle: { color: colors.line } } },
    yAxis: { type: "category", inverse: true, position: RTL ? "right" : "left", data: shown.map((own) => own.name), axisLabel: { color: colors.ink }, axisTick: { show: false }, axisLine: { lineStyle: { color: colors.line } } },
    tooltip: { ...base(colors).tooltip, trigger: "item", formatter: ({ dataIndex }) => `${shown[dataIndex].name}: ${share(shown[dataIndex].rate)} (${share(shown[dataIndex].low)} – ${share(shown[dataIndex].high)})` },
    series: [{
      type: "custom", encode: { x: [0, 1, 2], y: 3 }, data: shown.map((own, at) => [own.low, own.rate, own.high, at]),
      renderItem: (_, api) => {
        const [low, middle, high] = [0, 1, 2].map((at) => api.coord([api.value(at), api.value(3)]));
        const style = { stroke: colors.actual, lineWidth: 3, fill: colors.actual };
        const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style });
        return { type: "group", children: [
          line(low[0], low[1], high[0], high[1]), line(low[0], low[1] - 6, low[0], low[1] + 6), line(high[0], high[1] - 6, high[0], high[1] + 6),
          { type: "circle", shape: { cx: middle[0], cy: middle[1], r: 6 }, style },
        ] };
      },
    }],
  }));
  return area;
}
