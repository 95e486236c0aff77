"use strict";
const table = document.getElementById("ranked");
if (table) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const collator = new Intl.Collator(document.documentElement.lang);
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
  heads.forEach((head, at) => head.firstElementChild.addEventListener("click", () => {
    const back = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    heads.forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", back === 1 ? "ascending" : "descending");
    const value = (row) => row.cells[at].dataset.value;
    const order = head.dataset.kind === "number" ? (a, b) => Number(BigInt(value(a)) - BigInt(value(b)))
      : (a, b) => collator.compare(value(a), value(b));
    body.append(...[...body.rows].sort((a, b) => back * order(a, b)));
  }));
  const search = document.getElementById("search"), count = document.getElementById("count");
  const texts = new Map([...body.rows].map((row) => [row, plain([1, 2, 3].map((at) => row.cells[at].dataset.value).join(" "))]));
  const tell = () => {
    let shown = 0;
    for (const [row, text] of texts) {
      row.hidden = !text.includes(plain(search.value.trim()));
      shown += !row.hidden;
    }
    count.textContent = count.dataset.text.replace("{shown}", shown).replace("{total}", texts.size);
  };
  search.addEventListener("input", tell);
  tell();
}
