// Plots of the board: each stands beside the table that it is drawn from, which is the plot's data and its text at once.
// A figure is <figure data-plot="bar|line" data-stack> with a <table>: first column the category, each further one a series.
(() => {
  "use strict";
  const colours = ["#1677ff", "#13a8a8", "#d46b08", "#7a3fd1", "#c41d7f", "#5b8c00", "#8c8c8c"];
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  function read(table) {
    const heads = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
    const rows = [...table.tBodies[0].rows];
    const value = (cell) => (cell && cell.dataset.value !== "" ? Number(cell.dataset.value ?? cell.textContent) : null);
    return {
      categories: rows.map((row) => row.cells[0].textContent.trim()),
      series: heads.map((name, index) => ({ name, data: rows.map((row) => value(row.cells[index + 1])) })),
    };
  }

  function draw(figure) {
    const table = figure.querySelector("table");
    const place = figure.querySelector("[data-plot-place]");
    const { categories, series } = read(table);
    if (!categories.length) return;
    place.hidden = false;
    const percent = "percent" in figure.dataset;
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption({
      animation: !still,
      color: colours,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      // Many names stand in two lines.
      grid: { left: 8, right: 12, top: series.length > 4 ? 54 : series.length > 1 ? 34 : 14, bottom: 4, containLabel: true },
      legend: series.length > 1 ? { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8 } : undefined,
      // Drawn into the canvas: markup with styles of its own would be against the page's policy.
      tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (v) => (v == null ? "–" : percent ? `${v}%` : `${v}`) },
      xAxis: { type: "category", data: categories, axisTick: { show: false } },
      yAxis: { type: "value", max: percent ? 100 : undefined, minInterval: 1, axisLabel: percent ? { formatter: "{value}%" } : {} },
      series: series.map((one) => ({
        ...one,
        type: figure.dataset.plot,
        stack: "stack" in figure.dataset ? "all" : undefined,
        barMaxWidth: 28,
        symbolSize: 6,
        connectNulls: false,
      })),
    });
    new ResizeObserver(() => chart.resize()).observe(place);
  }

  const drawn = new WeakSet();
  function all() {
    for (const figure of document.querySelectorAll("figure[data-plot]")) {
      if (drawn.has(figure)) continue;
      drawn.add(figure);
      draw(figure);
    }
  }
  all();
  document.addEventListener("htmx:after:settle", all);
})();
