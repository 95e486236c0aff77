function element(name, attributes, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...content.filter((each) => each !== "" && each !== undefined));
  return made;
}

function render({ model, el }) {
  const word = (name) => model.get("labels")[name];
  const status = element("p", { role: "status", class: "phanbo-status" });
  const ask = (what, more) => {
    status.textContent = word("working");
    model.send({ do: what, ...(searched.value ? { text: searched.value } : {}), ...more });
  };
  const slider = (name, label) => {
    const shown = element("output", {});
    const input = element("input", {
      type: "range", min: "0.05", max: "1", step: "0.05", "aria-label": label,
      oninput: () => { shown.textContent = percent(input.value); },
      onchange: () => ask("set", { name, value: input.value }),
    });
    return { row: element("label", { class: "phanbo-slider" }, element("span", {}, label), input, shown), input, shown };
  };
  const percent = (value) => `${Math.round(100 * value)} %`;
  const donor = slider("donor_confidence", word("donor"));
  const receiver = slider("receiver_confidence", word("receiver"));
  const tiers = element("ol", { class: "phanbo-tiers" });
  const searched = element("input", {
    type: "search", "aria-label": word("search"), placeholder: word("search"),
    oninput: () => { clearTimeout(waiting); waiting = setTimeout(() => model.send({ do: "find", text: searched.value }), 200); },
  });
  let waiting;
  const hits = element("ul", { class: "phanbo-hits" });
  const edits = element("ul", { class: "phanbo-edits" });
  const fault = element("p", { role: "alert", class: "phanbo-fault" });
  const undo = element("button", { type: "button", onclick: () => ask("undo") }, word("undo"));
  const reset = element("button", { type: "button", onclick: () => ask("reset") }, word("reset"));
  const record = element("button", { type: "button", onclick: () => ask("record") }, word("record"));
  const figures = element("div", { class: "phanbo-wide" });
  const plan = element("div", { class: "phanbo-wide" });
  const rules = element("div", { class: "phanbo-wide" });

  const table = (name, heads, rows, numbers) => element("table", { "aria-label": name },
    element("thead", {}, element("tr", {}, ...heads.map((head, k) => element("th", { scope: "col", class: k >= numbers ? "number" : "" }, head)))),
    element("tbody", {}, ...rows.map((cells) => element("tr", {}, ...cells.map((cell, k) => element("td", { class: k >= numbers ? "number" : "" }, cell))))));
  const choices = (line, asked) => {
    const amount = element("input", { type: "text", inputmode: "decimal", size: "14", "aria-label": `${word("pin")} ${line}`, placeholder: word("pin_hint") });
    const send = (event) => { event.preventDefault(); ask("pin", { line, amount: amount.value }); };
    const hold = (what) => element("button", {
      type: "button", "aria-pressed": String(asked === what),
      onclick: () => (asked === what ? ask("free", { line }) : ask("hold", { line, what })),
    }, word(what));
    return element("form", { class: "phanbo-choices", onsubmit: send }, hold("keep"), hold("no-cut"), hold("no-raise"), amount,
      element("button", { type: "submit" }, word("pin")),
      asked ? element("button", { type: "button", onclick: () => ask("free", { line }) }, word("free")) : "");
  };
  const named = (row) => [element("bdi", {}, row.project), element("small", {}, ` ${row.line} · ${row.owner}`)];

  const draw = () => {
    const view = model.get("view");
    status.textContent = "";
    for (const [control, value] of [[donor, view.donor], [receiver, view.receiver]]) {
      control.input.value = value;
      control.shown.textContent = percent(value);
    }
    tiers.replaceChildren(...view.tiers.map((tier, k) => element("li", {}, element("span", {}, tier.title),
      element("button", { type: "button", disabled: k === 0, "aria-label": `${word("up")}: ${tier.title}`, onclick: () => ask("move", { tier: tier.code, by: -1 }) }, "↑"),
      element("button", { type: "button", disabled: k === view.tiers.length - 1, "aria-label": `${word("down")}: ${tier.title}`, onclick: () => ask("move", { tier: tier.code, by: 1 }) }, "↓"))));
    fault.textContent = view.fault;
    fault.hidden = !view.fault;
    edits.replaceChildren(...(view.edits.length ? view.edits : [word("none")]).map((text) => element("li", {}, text)));
    undo.disabled = !view.can_undo;
    reset.disabled = !view.edits.length;
    figures.replaceChildren(table(word("figures"), [word("figure"), word("before"), word("now"), word("difference")], view.figures, 1));
    rules.replaceChildren(table(word("rules"), [word("rule"), word("before"), word("now")], view.rules, 1));
    plan.replaceChildren(table(word("plan"), [word("project"), word("before"), word("now"), word("difference")],
      view.rows.map((row) => [element("details", { open: opened.has(row.line), ontoggle: (event) => (event.target.open ? opened.add(row.line) : opened.delete(row.line)) },
        element("summary", {}, ...named(row)), choices(row.line, row.asked)), ...row.amounts]), 1), element("p", {}, view.more));
  };
  const opened = new Set();
  const list = () => hits.replaceChildren(...model.get("found").map((row) => element("li", {}, ...named(row), choices(row.line, row.asked))));
  const heard = (message) => {
    if (!message.record) return;
    status.textContent = "";
    const link = element("a", { download: "phanbo-what-if.json", href: URL.createObjectURL(new Blob([message.record], { type: "application/json" })) });
    link.click();
    URL.revokeObjectURL(link.href);
  };

  const part = (title, ...content) => element("section", {}, element("h4", {}, title), ...content);
  // keys pressed here are not the notebook's shortcuts
  const own = { "data-lm-suppress-shortcuts": "true", onkeydown: (event) => event.stopPropagation() };
  el.replaceChildren(element("div", { class: "phanbo-panel", lang: model.get("view").lang, ...own },
    element("h3", {}, word("title")),
    element("div", { class: "phanbo-asks" },
      element("div", {}, donor.row, receiver.row, part(word("order"), tiers)),
      element("div", {}, part(word("edits"), edits, fault, element("p", { class: "phanbo-buttons" }, undo, reset, record), status))),
    part(word("search"), searched, hits),
    part(word("figures"), figures), part(word("plan"), plan), part(word("rules"), rules)));
  draw();
  list();
  model.on("change:view", draw);
  model.on("change:found", list);
  model.on("msg:custom", heard);
  return () => {
    model.off("change:view", draw);
    model.off("change:found", list);
    model.off("msg:custom", heard);
  };
}

export default { render };
