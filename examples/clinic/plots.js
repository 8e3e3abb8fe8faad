// SPDX-License-Identifier: Apache-2.0
// Lines and bars, drawn by uPlot, which is fetched when the first one is needed. Colours are the style sheet's, in the dark and on
// paper too. Below each plot are its numbers as a table, for whoever sees no plot.
import { make, number, table } from "./clinic.js";

let fetching;
function library() {
  const path = "uPlot.iife.min.js";
  // A page's policy lets a script be added by a rule alone that knows which.
  const rule = window.trustedTypes?.createPolicy ? trustedTypes.createPolicy("plots", { createScriptURL: () => path }) : undefined;
  return (fetching ??= new Promise((done, failed) => {
    const script = make("script", { onload: () => done(window.uPlot), onerror: failed });
    script.src = rule ? rule.createScriptURL("") : path;
    document.head.append(script);
  }));
}

const drawn = new Set();
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const again = () => drawn.forEach((one) => (one.root.isConnected ? one.redraw(false, true) : (one.destroy(), drawn.delete(one))));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
const paper = (on) => { document.documentElement.toggleAttribute("data-paper", on); again(); };
matchMedia("print").addEventListener("change", (event) => paper(event.matches));
addEventListener("beforeprint", () => paper(true));
addEventListener("afterprint", () => paper(false));

// lines: [{ label, colour, shape: "line" | "dashed" | "bars", points: [[x, y, words]] }]; say_x: an x as words.
// y: [least, most] or absent. marks: [{ x, y, colour }], rings about points. Answers a <figure> at once; the lines follow.
export function plot({ title, note, lines, x_name, say_x, y, marks = [], whole = true, height = 180 }, words) {
  const xs = [...new Set(lines.flatMap((line) => line.points.map(([x]) => x)))].sort((a, b) => a - b);
  const at = (line, x) => line.points.find((point) => point[0] === x);
  const place = make("div", { class: "plot", "aria-hidden": "true" });
  const figure = make("figure", {}, make("figcaption", {}, make("b", {}, title), note && make("span", { class: "muted" }, ` ${note}`)), place,
    make("p", { class: "legend", "aria-hidden": "true" }, lines.map((line) => make("span", { class: `key ${line.colour} ${line.shape ?? "line"}` }, line.label))),
    make("details", {}, make("summary", {}, words.numbers),
      table([x_name, ...lines.map((line) => line.label)], xs.map((x) => [say_x(x), ...lines.map((line) => { const point = at(line, x); return point ? point[2] ?? number(point[1]) : words.none; })]), { caption: title, hide: true })));
  // It is drawn once it stands in the page and has a width, and again when that changes.
  library().then((UPlot) => {
    let one;
    new ResizeObserver(() => {
      const width = place.clientWidth;
      if (width && !one) one = draw(UPlot);
      else if (width && width !== one?.width) one.setSize({ width, height });
    }).observe(place);
  }, () => place.remove());
  const draw = (UPlot) => {
    const axis = { stroke: () => colour("muted"), grid: { stroke: () => colour("line"), width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
    const rings = (u) => marks.forEach((mark) => {
      const ink = u.ctx;
      ink.save();
      ink.strokeStyle = colour(mark.colour);
      ink.lineWidth = 2 * UPlot.pxRatio;
      ink.beginPath();
      ink.arc(u.valToPos(mark.x, "x", true), u.valToPos(mark.y, "y", true), 8 * UPlot.pxRatio, 0, 7);
      ink.stroke();
      ink.restore();
    });
    const bars = lines.some((line) => line.shape === "bars");
    const room = bars || xs.length === 1 ? (xs.length > 1 ? (xs[1] - xs[0]) * 0.6 : 1) : (xs.at(-1) - xs[0]) * 0.03;
    const one = new UPlot({
      width: place.clientWidth || 300, height, pxAlign: 0, legend: { show: false }, cursor: { show: false }, padding: [12, 28, 0, 0],
      scales: { x: { time: false, range: () => [xs[0] - room, xs.at(-1) + room] }, y: { range: (_, least, most) => y ?? [bars ? 0 : Math.floor(least), Math.ceil(most * 1.1) || 1] } },
      axes: [{ ...axis, size: 28, grid: { show: false }, splits: xs.length === 1 ? () => xs : undefined, values: (_, ticks) => ticks.map((tick) => (whole && !Number.isInteger(tick) ? "" : say_x(tick, true))), incrs: whole ? [1, 2, 5, 10, 20, 50] : undefined, space: 56 },
        { ...axis, size: 44, values: (_, ticks) => ticks.map((tick) => number(tick, 2)) }],
      series: [{}, ...lines.map((line) => ({ stroke: () => colour(line.colour), width: 2, spanGaps: true, dash: line.shape === "dashed" ? [6, 4] : undefined,
        fill: line.shape === "bars" ? () => colour(line.colour) : undefined, paths: line.shape === "bars" ? UPlot.paths.bars({ size: [0.6, 40] }) : undefined,
        points: { show: line.shape !== "bars", size: 7, fill: () => colour(line.colour) } }))],
      hooks: { draw: [rings] },
    }, [xs, ...lines.map((line) => xs.map((x) => at(line, x)?.[1] ?? null))], place);
    drawn.add(one);
    return one;
  };
  return figure;
}
