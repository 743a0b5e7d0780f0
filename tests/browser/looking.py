"""What is asked of every page: WCAG 2.2 A and AA in both colour schemes, no sideways scroll, the keyboard."""

import re
from urllib.parse import urlsplit

LOOKED_AT = set()  # every path that was checked in this run
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = {"width": 320, "height": 640}
OPEN_ALL = "document.querySelectorAll('details').forEach((fold) => (fold.open = true))"
# Everything the Tab key should reach: one radio button for a group, nothing that is not drawn.
MARK = """() => {
  const groups = new Set();
  const all = document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']");
  let count = 0;
  for (const one of all) {
    if (one.disabled || one.tabIndex < 0 || !one.checkVisibility({visibilityProperty: true})) continue;
    if (one.type === "radio") {
      const group = [...document.getElementsByName(one.name)].filter((r) => r.form === one.form);
      if (one !== (group.find((r) => r.checked) || group[0])) continue;
    }
    one.dataset.reach = String(count++);
  }
  return count;
}"""
RUN_AXE = """async (options) => (await axe.run(document, options)).violations.flatMap(
  (rule) => rule.nodes.map((node) => [rule.id, node.html]))"""
# What a page is made of, whoever looks at it: its elements and their attributes, names of records left out.
SHAPE = """() => [...document.querySelectorAll("main, main *")].map((one) => one.tagName
  + [...one.attributes].filter((a) => !["href", "value", "action"].includes(a.name))
    .map((a) => `${a.name}=${a.value.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|[0-9]+/g, "*")}`)
  + (one.childElementCount || one.textContent.trim() ? "" : "empty")).join()"""
LEFTOVERS = r"\{%|%\}|\{\{|\}\}|%\(\w+\)"
SPOKEN = """() => document.body.innerText + [...document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")]
  .map((one) => ["aria-label", "placeholder", "title", "alt"].map((a) => one.getAttribute(a) || "").join(" ")).join()"""
FOCUS = """() => {
  const one = document.activeElement;
  const look = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  return {
    reach: one.dataset?.reach ?? "", what: (one.outerHTML || "").slice(0, 120),
    ring: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
    drawn: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


def faults_of(page):
    """Return what axe-core finds: every rule in light, the contrast again in the dark."""
    from axe_playwright_python.sync_playwright import Axe  # only .ci/run installs it

    said = []
    LOOKED_AT.add(urlsplit(page.url).path)
    page.evaluate(Axe().axe_script)
    whole = {"runOnly": {"type": "tag", "values": TAGS}}
    contrast = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    for scheme, options in (("light", whole), ("dark", contrast)):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(RUN_AXE, {**options, "resultTypes": ["violations"]})
        said += [f"{scheme}: {rule}: {html[:160]}" for rule, html in found]
    page.emulate_media(color_scheme="light")
    return said


def sideways_px(page, size):
    """Return by how much a page is wider than a window."""
    usual = page.viewport_size
    page.set_viewport_size(size)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.set_viewport_size(usual)
    return max(0, wide)


def keyboard_faults(page):
    """Walk a page by the Tab key; return what it does not reach, and what does not show the focus."""
    count, met, said = page.evaluate(MARK), set(), []
    # Day, month, year and picker, hour and minute are stops of their own.
    inner_stops = 6 * page.locator("input[type=date], input[type=time], [type^=datetime]").count()
    page.evaluate("document.activeElement.blur()")
    for _ in range(count + inner_stops + 3):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at["reach"] and at["reach"] not in met:
            met.add(at["reach"])
            if not (at["ring"] and at["drawn"]):
                said.append(f"no visible focus: {at['what']}")
    for key in sorted({str(n) for n in range(count)} - met, key=int):
        lost = page.locator(f"[data-reach='{key}']").first
        said.append(f"not reached: {lost.evaluate('(one) => one.outerHTML.slice(0, 120)')}")
    return said


def language_faults(page, language):
    """Return what a page in a language says wrongly: another language, or an unfilled place."""
    found = page.evaluate("document.documentElement.lang")
    said = [] if found == language else [f"lang={found}"]
    spoken = page.title() + page.evaluate(SPOKEN)
    return said + [
        spoken[max(0, m.start() - 30) : m.end() + 30] for m in re.finditer(LEFTOVERS, spoken)
    ]


def route_of(address):
    """Return an address with every key left out: pages of one kind share a route."""
    path = address.split("?")[0].split("#")[0]
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/|$)", "*", path)


def pages_of(page, start, most=100):
    """Visit one page of each route that links lead to, and yield its route; files are left out."""
    waiting, met = [start], set()
    while waiting and len(met) < most:
        address = waiting.pop(0)
        if route_of(address) in met:
            continue
        met.add(route_of(address))
        answer = page.goto(address)
        assert answer.status < 400, f"{address}: {answer.status}"
        page.evaluate(OPEN_ALL)
        LOOKED_AT.add(urlsplit(page.url).path)
        yield route_of(page.url)
        links = page.eval_on_selector_all("a[href]", "(all) => all.map((one) => one.href)")
        home = "/".join(page.url.split("/")[:3])
        waiting += [
            link
            for link in links
            if link.startswith(home)
            and not re.search(r"\.(pdf|ics|json|csv|parquet)$|/feed/", link)
        ]
