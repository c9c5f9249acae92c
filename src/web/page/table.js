// A submission's tables, drawn as they stand in the office's file, and moved about in by keys.
"use strict";
var Table = (function () {
  var RANK = { error: 3, warning: 2, info: 1 };

  // What is said of each cell: `sheet!A1` -> the worst severity, and the numbers of the findings.
  function marks(findings) {
    var marks = new Map();
    findings.forEach(function (finding, i) {
      var severity = finding.confirmed ? "info" : finding.severity;
      finding.cells.forEach(function (cell) {
        var mark = marks.get(cell);
        if (!mark) marks.set(cell, mark = { severity: severity, findings: [] });
        if (RANK[severity] > RANK[mark.severity]) mark.severity = severity;
        mark.findings.push(i);
      });
    });
    return marks;
  }

  function tip(mark, findings) {
    return mark.findings.map(function (i) {
      var f = findings[i];
      return say("tipped", say(f.severity)) + f.message + (f.advice && f.message.indexOf(f.advice) < 0 ? "\n" + f.advice : "");
    }).join("\n");
  }

  // One box: a label is a header cell unless something is wrong with it.
  function box(cell, address, view) {
    var mark = view.marks.get(address), mended = view.decided.get(address);
    var label = cell.inside && !cell.field && !mark && cell.text && !cell.number;
    var classes = [cell.inside ? (cell.field ? "field" : "label") : "note"];
    if (cell.number) classes.push("number");
    if (mended) classes.push("mended");
    if (mark) classes.push(mark.severity);
    var node = el(label ? "th" : "td", {
      "class": classes.join(" "), "data-cell": address, tabindex: "-1",
      colspan: cell.cols > 1 && cell.cols, rowspan: cell.rows > 1 && cell.rows,
      title: mended ? say("wasNow", mended.from === null ? say("blank") : mended.from, mended.to) : mark ? tip(mark, view.findings) : null
    });
    if (mended) node.appendChild(el("del", {}, mended.from === null ? say("blank") : mended.from));
    node.appendChild(mended ? el("ins", {}, cell.text || "") : document.createTextNode(cell.text || ""));
    if (mark) node.appendChild(el("span", { "class": "unseen", lang: document.documentElement.lang }, " " + say(mark.severity)));
    node.boxed = cell;
    return node;
  }

  function sheet(drawing, view) {
    var head = el("tr", {}, [el("td", { "class": "corner" })].concat(drawing.cols.map(function (col) {
      return el("td", { "class": "ruler", "aria-hidden": "true" }, col[0]);
    })));
    var groups = el("colgroup", {}, [el("col")].concat(drawing.cols.map(function (col) {
      var node = el("col");
      if (col[1]) node.style.width = Math.min(Math.max(col[1], 3), 26) * 7 + "px";
      return node;
    })));
    var grid = [], body = el("tbody");
    drawing.rows.forEach(function (row, r) {
      var line = el("tr", { "class": row.hidden ? "hidden-row" : null, title: row.hidden ? say("hiddenRow") : null },
        el("td", { "class": "ruler", "aria-hidden": "true" }, String(row.n)));
      row.cells.forEach(function (cell) {
        var address = drawing.name + "!" + cell.at;
        var node = box(cell, address, view);
        place(grid, r, column(cell.at) - column(drawing.cols[0][0]), cell, node);
        view.cells.set(address, node);
        line.appendChild(node);
      });
      body.appendChild(line);
    });
    var table = el("table", { "class": "sheet", "aria-label": say("tableOf", drawing.name) }, [groups, el("thead", {}, head), body]);
    view.grids.set(drawing.name, grid);
    return el("div", { "class": "sheet-of" }, [el("h4", {}, drawing.name), table]);
  }

  function column(at) {
    var letters = /^[A-Z]+/.exec(at)[0], n = 0;
    for (var i = 0; i < letters.length; i++) n = n * 26 + letters.charCodeAt(i) - 64;
    return n;
  }

  function place(grid, row, col, cell, node) {
    for (var r = row; r < row + (cell.rows || 1); r++) {
      grid[r] = grid[r] || [];
      for (var c = col; c < col + (cell.cols || 1); c++) grid[r][c] = node;
    }
    node.spot = { grid: grid, row: row, col: col, rows: cell.rows || 1, cols: cell.cols || 1 };
  }

  // The box beside a box, in a direction of rows and columns.
  function beside(node, rows, cols) {
    var at = node.spot;
    var row = rows > 0 ? at.row + at.rows : at.row + rows, col = cols > 0 ? at.col + at.cols : at.col + cols;
    return at.grid[row] && at.grid[row][col];
  }

  // Draws all sheets into a pane; the view knows afterwards which box stands for which address.
  function draw(pane, sheets, view) {
    view.cells = new Map();
    view.grids = new Map();
    empty(pane);
    sheets.forEach(function (drawing) { pane.appendChild(sheet(drawing, view)); });
    sheets.forEach(function (drawing) { cover(drawing, view); });
    var first = pane.querySelector("td.error, td.warning, td.info, td.field");
    if (first) first.tabIndex = 0;
  }

  // A value under a merged cell is shown by the box that covers it.
  function cover(drawing, view) {
    view.marks.forEach(function (mark, address) {
      if (view.cells.has(address) || address.indexOf(drawing.name + "!") !== 0) return;
      var at = address.slice(drawing.name.length + 1), grid = view.grids.get(drawing.name);
      var row = drawing.rows.findIndex(function (r) { return r.n === Number(/\d+$/.exec(at)[0]); });
      var node = grid[row] && grid[row][column(at) - column(drawing.cols[0][0])];
      if (!node) return;
      view.cells.set(address, node);
      node.classList.add(mark.severity);
      node.title = tip(mark, view.findings);
    });
  }
  return { marks: marks, draw: draw, beside: beside };
})();
