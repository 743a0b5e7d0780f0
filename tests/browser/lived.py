"""What fills a clinic with one of everything: set-up, requests, a series, an offer, an import, a sheet.

Each step is done on the pages, by the person whose work it is, and keeps the pages it passes; the
crawl afterwards finds the rest by following links.
"""

import re

CHILDREN = """given_name,family_name,born,sex,condition,guardian_sign_in,guardian_given_name,guardian_family_name,guardian_relation
Ines,Moreau,2019-03-14,f,"spastic cerebral palsy, bilateral",claire,Claire,Moreau,mother
Theo,Berg,2016-11-02,m,other,,,,
"""
FIRST_VISIT = "First visit, physiotherapy"


def sets_up(boss):
    """A model, a unit that is away, a kind of visit that is a request, a room out of use."""
    boss.goes("/setup/models/new/")
    boss.page.fill("[name=name]", "Two channels, blue")
    boss.page.fill("[name=label_from_years]", "18")
    saves(boss)
    boss.presses("^Virtual unit 1$")
    boss.page.fill("[name=reason]", "One socket is loose; it went to the maker")
    boss.presses("Take it out of service")
    boss.keeps("setup-units")
    boss.goes("/setup/services/")
    boss.presses(f"^{FIRST_VISIT}")
    boss.page.check("[name=on_request]")
    boss.page.fill("[name=horizon_days]", "0")
    boss.page.click("main form button[type=submit]")
    boss.sees("At least one day")
    boss.keeps("setup-service-wrong")
    boss.said.clear()  # the browser reports the refusal
    boss.page.fill("[name=horizon_days]", "60")
    saves(boss)
    boss.keeps("setup-services")
    boss.goes("/setup/")
    boss.sees("Wants a look")
    boss.keeps("setup")


def saves(one):
    one.page.click("main form button[type=submit]")
    one.sees("is saved")


def to_the_times(one, service):
    one.goes("/")
    one.presses("Book a visit")
    one.presses("Physiotherapy")
    one.presses(service)
    one.page.check("[name=interested][value=yes], [name=told] >> nth=0")
    one.presses("Continue")
    one.keeps("with-whom")
    one.presses("Any therapist")


def asks_for_a_visit(sara):
    to_the_times(sara, FIRST_VISIT)
    sara.page.click(".times button >> nth=0")
    sara.sees("This is a request")
    sara.keeps("request-confirm")
    sara.presses("Ask for this visit")
    sara.sees("We have your request")
    sara.keeps("request-done")


def sees_the_request(ben):
    ben.goes("/book/calendar/")
    ben.presses("request")
    ben.keeps("requests")
    ben.presses("Lindqvist")
    ben.keeps("request-visit")


def comes_every_week(sara):
    """Six visits, looked at before they are booked, then the last ones moved together."""
    to_the_times(sara, "two muscle groups")
    sara.keeps("times")
    sara.page.click(".times button:visible >> nth=-1")
    sara.page.click("summary:has-text('every week')")
    sara.page.fill("#count", "4")
    sara.presses("Look at these weeks")
    sara.keeps("series-weeks")
    sara.presses("Book these visits")
    sara.sees("Your visits are booked")
    sara.keeps("series-booked")
    sara.page.locator("main .card").nth(1).click()
    sara.keeps("series-visit")
    sara.presses("^Move$")
    sara.presses("Move this one and those after it")
    sara.keeps("series-move")
    sara.page.click(".times button:visible >> nth=-1")
    sara.keeps("series-move-rest")


def waits(sara, child):
    sara.goes(f"/book/{child}/wait/")
    for box in sara.page.query_selector_all("[name=windows]"):
        box.check()
    sara.presses("Put us on the wait list")
    sara.sees("Noted")
    sara.keeps("wait")


def offers_a_time(ben, child):
    """A visit that was booked for later is cancelled; its time goes to whoever waits."""
    ben.goes(f"/book/{child}/visits/")
    ben.page.locator("main a[href*='/book/visit/']").nth(2).click()
    ben.presses("Cancel the visit")
    ben.keeps("visit-cancel")
    ben.page.locator("main form button").last.click()
    ben.sees("cancelled")
    ben.keeps("wait-free-time")
    ben.presses("^Offer")
    ben.sees("Held for")
    ben.keeps("wait-list")


def is_offered_a_time(sara, child):
    sara.goes(f"/book/{child}/wait/")
    sara.presses("Offered")
    sara.keeps("wait-offer")


def imports(lena, folder):
    table = folder / "children.csv"
    table.write_text(CHILDREN, encoding="utf-8")
    lena.goes("/exchange/import/")
    lena.page.set_input_files("#file", table)
    lena.presses("Look at every line")
    lena.keeps("import-lines")
    lena.presses("Import 2 children")
    lena.sees("2 children imported")
    lena.keeps("imported")


def registers(ben):
    ben.goes("/children/new/")
    for name, value in (
        ("given_name", "Emil"),
        ("family_name", "Sand"),
        ("born", "2018-02-03"),
        ("guardian-username", "nora-sand"),
        ("guardian-first_name", "Nora"),
        ("guardian-last_name", "Sand"),
    ):
        ben.page.fill(f"[name={name}]", value)
    for name in ("sex", "condition", "guardian-relation"):
        ben.page.select_option(f"[name={name}]", index=1)
    ben.presses("Register")
    ben.sees("is registered")
    ben.keeps("registered")


def fills_the_sheet(ada, child):
    """One dimension of the sheet, with a slip of the finger; then the faces on the page of measures."""
    ada.goes(f"/assess/{child}/")
    ada.follows("/assess/measures/")
    ada.page.click("summary:has-text('Faces')")
    ada.keeps("measures-faces")
    ada.follows("/assess/gmfm/")
    ada.page.focus("#item-1")
    ada.page.keyboard.type("3" * 10 + "2210nnn")
    ada.presses("Keep, go on later")
    ada.sees("items are open")
    ada.keeps("gmfm")


def is_refused_a_plan(ada, child):
    """Nothing is known about this child: every question is answered so."""
    ada.goes(f"/assess/{child}/")
    ada.follows("/assess/screening/")
    radios = ada.page.query_selector_all("#questions input[type=radio]")
    for name in {box.get_attribute("name") for box in radios}:
        ada.page.check(f"#questions input[name='{name}'] >> nth=-1")
    ada.page.click("#questions button[type=submit]")
    ada.sees("What follows")
    ada.goes(f"/plan/child/{child}/")
    ada.follows("/plan/new/")
    ada.page.check("[name=what][value=muscles]")
    ada.page.select_option("[name='muscle:1']", index=1)
    ada.page.click("main form button[type=submit]")
    ada.sees("What stands in the way")
    ada.keeps("plan-refused")


def decides_itself(ada, child):
    """A child of eleven who understands it consents by itself, and may withdraw that again."""
    ada.goes(f"/children/{child}/minor/")
    ada.page.fill("#basis", "Explained the right to refuse in his own words, twice.")
    ada.presses("decides itself from now on")
    ada.goes(f"/intake/child/{child}/")
    ada.keeps("intake-itself")
    ada.page.locator("main a[href$='/itself/']").first.click()
    ada.keeps("consent-itself")
    ada.page.check("[name=read]")
    ada.page.click("main form button[type=submit]")
    ada.sees("consent is noted")
    ada.page.locator("main a[href*='/withdraw/itself/']").first.click()
    ada.keeps("consent-itself-withdraw")


def child_called(one, name):
    one.goes(f"/children/?name={name}")
    one.page.locator("main tbody a").first.click()
    return re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", one.page.url).group()
