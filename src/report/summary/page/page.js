"use strict";
const search = document.getElementById("search");
const grade = document.getElementById("grade");
const rule = document.getElementById("rule");
const shown = document.getElementById("shown");
const rows = Array.from(document.querySelectorAll("#findings tbody tr"));
const texts = rows.map((row) => row.textContent.toLowerCase());
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  rows.forEach((row, i) => {
    const fits = (!grade.value || row.dataset.grade === grade.value) &&
      (!rule.value || row.dataset.code === rule.value) && words.every((w) => texts[i].includes(w));
    row.hidden = !fits;
    count += fits ? 1 : 0;
  });
  shown.textContent = count + " / " + rows.length;
}
for (const input of [search, grade, rule]) input.addEventListener("input", filter);
for (const button of document.querySelectorAll(".heat button")) {
  button.addEventListener("click", () => {
    search.value = button.dataset.office;
    rule.value = button.dataset.code || "";
    grade.value = "";
    filter();
    document.getElementById("findings").scrollIntoView();
  });
}
filter();
