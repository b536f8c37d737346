// Makes existing things quicker; every page is complete without it.
// 1. Filters take effect when a choice changes. 2. Progress renews itself. 3. Ticked rows are counted. 4. Keys on the desk.
(() => {
  "use strict";
  const one = (sel, from = document) => from.querySelector(sel);
  const fetchPage = async (url) => {
    const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };
  const swap = (page, id) => {
    const fresh = page.getElementById(id), old = document.getElementById(id);
    if (!fresh || !old) return null;
    const held = old.contains(document.activeElement) && document.activeElement.id;
    old.replaceWith(fresh);
    if (held) document.getElementById(held)?.focus();
    return fresh;
  };

  // The focus stays where it is and only the results change, so nothing surprises a reader who cannot see them.
  let turn = 0;
  document.addEventListener("change", async (event) => {
    const form = event.target.closest("form[data-live]");
    if (!form || !document.getElementById(form.dataset.live)) return;
    const mine = ++turn;
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    const url = new URL(form.action || location.href, location.href);
    url.search = query;
    try {
      const page = await fetchPage(url);
      if (mine === turn && swap(page, form.dataset.live)) history.replaceState(null, "", url);
    } catch { form.submit(); }
  });

  const renew = (part) => {
    const wait = Math.max(2, Number(part.dataset.refresh) || 3) * 1000;
    setTimeout(async () => {
      if (document.hidden) return renew(part);
      try {
        const fresh = swap(await fetchPage(location.href), part.id);
        if (fresh?.dataset.refresh) renew(fresh);
      } catch { renew(part); }
    }, wait);
  };
  document.querySelectorAll("[data-refresh][id]").forEach(renew);

  // How many rows are ticked, as soon as one is. The words come from the page.
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.type !== "checkbox" || !box.form) return;
    if (box.matches("[data-check-all]"))
      box.form.querySelectorAll("tbody input[type=checkbox]").forEach((row) => { row.checked = box.checked; });
    const words = one("[data-bulk-chosen]", box.form);
    if (!words) return;
    words.textContent = String(box.form.querySelectorAll("tbody input[type=checkbox]:checked").length);
    words.closest("[hidden]")?.removeAttribute("hidden");
  });

  const list = one("[data-shortcuts]");
  if (!list) return;
  const off = one("[data-shortcuts-off]", list);
  const remembered = { get: () => { try { return localStorage.getItem("keys") === "off"; } catch { return false; } },
                       set: (v) => { try { localStorage.setItem("keys", v ? "off" : "on"); } catch { /* private window */ } } };
  off.checked = remembered.get();
  off.closest("[hidden]")?.removeAttribute("hidden");
  off.addEventListener("change", () => remembered.set(off.checked));
  let begun = "", at = 0;
  document.addEventListener("keydown", (event) => {
    if (off.checked || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]),select,textarea,[contenteditable]")) return;
    const key = event.key;
    if (key === "?") { event.preventDefault(); list.open = true; one("summary", list).focus(); return; }
    if (key === "/") { const field = one("main input[type=search], main .filters .input"); if (field) { event.preventDefault(); field.focus(); } return; }
    // Rows of the table: j and k walk along the first links, x ticks the row one stands on.
    if (!begun && (key === "j" || key === "k")) {
      const rows = [...document.querySelectorAll("#results tbody tr, main table tbody tr")].map((row) => one("a", row)).filter(Boolean);
      const here = rows.findIndex((link) => link.closest("tr").contains(document.activeElement));
      const next = rows[here < 0 ? 0 : here + (key === "j" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
      return;
    }
    if (!begun && key === "x") { const box = one("input[type=checkbox]", document.activeElement.closest("tr") ?? list); if (box && box !== off) { event.preventDefault(); box.click(); } return; }
    const typed = Date.now() - at < 1500 && begun ? begun + " " + key : key;
    const link = [...document.querySelectorAll("[data-shortcut]")].find((a) => a.dataset.shortcut === typed);
    if (link) { event.preventDefault(); link.click(); begun = ""; return; }
    begun = key === "g" ? key : ""; at = Date.now();
  });
})();
