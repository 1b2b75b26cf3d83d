for (const svg of document.querySelectorAll("svg[data-plot]")) {
  const plot = JSON.parse(svg.dataset.plot);
  const cursor = svg.querySelector(".cursor");
  const output = svg.parentElement.querySelector("output");
  const show = event => {
    const box = svg.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * plot.width;
    const second = (x - plot.left) / (plot.right - plot.left) * plot.end;
    let at = -1;
    plot.seconds.forEach((known, i) => { if (at < 0 || Math.abs(known - second) < Math.abs(plot.seconds[at] - second)) at = i; });
    if (at < 0) return;
    const place = plot.left + plot.seconds[at] / plot.end * (plot.right - plot.left);
    cursor.setAttribute("x1", place);
    cursor.setAttribute("x2", place);
    cursor.removeAttribute("hidden");
    output.textContent = `${plot.seconds[at]} s: ` + plot.names.map((name, i) => `${name} ${plot.values[i][at] ?? "–"}`).join(", ");
  };
  svg.addEventListener("pointermove", show);
  svg.addEventListener("pointerdown", show);
  svg.addEventListener("pointerleave", () => { cursor.setAttribute("hidden", ""); output.textContent = ""; });
}
