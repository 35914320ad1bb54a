"""An admin presses Retrain, watches it, gets answers from the new version, and rolls back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.person import give, number_read
from tests.journeys.pictures import photo_of
from tests.journeys.site import RunningSite

pytestmark = [pytest.mark.journey, pytest.mark.timeout(1500)]

EMAIL, PASSWORD = "ada@example.org", "a long enough password"
TRAINING_MILLISECONDS = 1_200_000  # under a minute, unless other processes need the processor
A_FINAL_STATUS = re.compile("done|failed|cancelled|interrupted")
MAX_PICTURES = 30


def test_a_retrained_version_answers_until_it_is_rolled_back(
    page: Page, running_site: RunningSite
) -> None:
    running_site.flask("users", "create-admin", "--email", EMAIL, "--password", PASSWORD)
    sign_in(page)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    approve_some_corrections(page, running_site)

    page.get_by_role("link", name="See what it would train on").click()
    expect(page.get_by_label("Fine-tune version 1")).to_be_checked()
    page.get_by_role("button", name="Retrain").click()
    expect(page).to_have_url(re.compile(r"/training-runs/1$"))

    page.goto(f"{running_site.address}/admin/training-runs")
    expect(page.get_by_role("heading", name="Run 1 is under way")).to_be_visible()
    page.get_by_role("link", name="Watch run 1").click()
    heading = page.get_by_role("heading", name="Training run 1")
    expect(heading).to_contain_text(A_FINAL_STATUS, timeout=TRAINING_MILLISECONDS)
    expect(heading).to_contain_text("done")
    expect(
        page.get_by_role("img", name=re.compile("^Filters of the first layer"))
    ).not_to_have_count(0)
    a_point_shows_its_values(page)
    expect(page.get_by_role("heading", name="It passed its evaluation.")).to_be_visible()

    give_until_answered_by(page, running_site, version=2)
    page.get_by_role("link", name="model version 2").click()
    expect(page.get_by_text("passed its evaluation")).to_be_visible()

    page.goto(f"{running_site.address}/admin/models")
    page.get_by_text("Roll back to version 1").click()
    page.get_by_label("Why?").first.fill("Only to try it")
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    give_until_answered_by(page, running_site, version=1)

    page.goto(f"{running_site.address}/admin/ledger")
    expect(page.get_by_role("row")).to_contain_text(  # a phone shows no row of headings
        ["Only to try it", "passed its evaluation", "came with Cifra"]
    )


def test_a_person_without_an_account_is_asked_to_sign_in(
    page: Page, running_site: RunningSite
) -> None:
    page.goto(f"{running_site.address}/admin")

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def approve_some_corrections(page: Page, running_site: RunningSite) -> None:
    """Confirm what is read in two pictures, approve it, and return to the admin's first page."""
    for number in ("4271", "8035"):
        page.goto(running_site.address)
        give(page, photo_of(number))
        expect(number_read(page)).to_have_text(number)
        digits = f"{running_site.address}/api/predictions/{page.url.rsplit('/', 1)[-1]}/digits"
        for position, label in enumerate(number):
            data = {"label": int(label)}
            assert page.request.post(f"{digits}/{position}/correction", data=data).ok
    page.goto(f"{running_site.address}/admin/models")
    page.get_by_role("link", name="Review the corrections").click()
    page.get_by_role("button", name=re.compile("^Approve all")).click()
    expect(page.get_by_text("Approved: 8 corrections.")).to_be_visible()
    page.goto(f"{running_site.address}/admin/models")


def a_point_shows_its_values(page: Page) -> None:
    """The chart shows the last epoch's loss, and that of another one where it is pointed at."""
    chart = page.get_by_role("img", name="Loss, enlarged")
    expect(chart).to_be_visible()
    first, last = chart.locator(".chart__column").first, chart.locator(".chart__column").last
    expect(last.locator(".chart__values")).to_be_visible()
    expect(first.locator(".chart__values")).to_be_hidden()
    first.locator("rect").hover()
    expect(first.locator(".chart__values")).to_be_visible()
    expect(last.locator(".chart__values")).to_be_hidden()


def give_until_answered_by(page: Page, running_site: RunningSite, *, version: int) -> None:
    """Until a new version is loaded, the one before answers, and its pages say so."""
    for _ in range(MAX_PICTURES):
        page.goto(running_site.address)
        give(page, photo_of("7"))
        read_by = page.get_by_role("link", name="model version")
        expect(read_by).to_be_visible()
        if read_by.inner_text() == f"model version {version}":
            return
    pytest.fail(f"After {MAX_PICTURES} pictures another version than {version} still answers.")


def sign_in(page: Page) -> None:
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
