from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.timelines.picture.made import SVG, after, all_words, lanes, mark, of_class, parsed
from timelines import picture as t
from timelines.picture.svg import LOOKS

BERLIN = ZoneInfo("Europe/Berlin")
STYLES = (Path(__file__).parents[3] / "static/css/timeline.css").read_text()


def test_nothing_yet_says_what_will_be_here():
    svg = t.draw(t.Picture(title="Timeline of INC-1"))
    assert "No evidence yet" in all_words(svg)
    assert parsed(svg).find(f"{SVG}title").text == "Timeline of INC-1"


def test_few_events_are_marks_with_words_and_links():
    svg = t.draw(t.Picture(lanes=lanes(), marks=[mark(0, id=7, href="/e/7"), mark(5, lane=2)]))
    links = [element for element in of_class(svg, "tl-mark") if element.tag == f"{SVG}a"]
    assert [link.get("href") for link in links] == ["/e/7"]
    assert links[0].get("data-mark") == "7"
    assert links[0].find(f"{SVG}title").text == "10 March 2026, 13:40:00 · Source 1 · at 0"
    assert not of_class(svg, "tl-bars")


def test_link_may_be_told_by_the_caller():
    svg = t.draw(
        t.Picture(lanes=lanes(), marks=[mark(0, id=7, href="/e/7")]), link=lambda thing: f"#event-{thing.id}"
    )
    assert of_class(svg, "tl-mark")[0].get("href") == "#event-7"


def test_lanes_differ_by_shape_and_not_by_colour_alone():
    svg = t.draw(t.Picture(lanes=lanes(8), marks=[mark(n, lane=n) for n in range(1, 9)]))
    seen = {
        (shape.tag, shape.get("class"), re.sub(r"[\d.-]+", "", shape.get("d", "")))
        for group in of_class(svg, "tl-mark")
        for shape in list(group)[1:]
    }
    assert len(seen) >= 6  # squares and discs, full and hollow, and two paths each full and hollow


def test_many_events_are_density_with_the_pinned_ones_above():
    marks = [mark(n / 10, id=n, pinned=n % 300 == 0) for n in range(900)]
    svg = t.draw(t.Picture(lanes=lanes(1), marks=marks))
    assert len(of_class(svg, "tl-bars")) == 1
    assert len(of_class(svg, "tl-pin")) == 3
    assert any(words.startswith("900, most") for words in all_words(svg))


def binned(events: int) -> t.Picture:
    size = t.bins(after(0), after(240))
    bins = [
        (datetime.fromtimestamp(after(0).timestamp() // size * size + n * size, UTC), events // 240)
        for n in range(240)
    ]
    return t.Picture(lanes=[t.Lane(key=1, name="log", bins=bins, bin_seconds=size)])


def test_density_takes_the_same_room_for_any_number_of_events():
    small, large = t.draw(binned(2_400)), t.draw(binned(100_000_000))
    assert len(large) < len(small) * 1.25
    assert len(large) < 20_000


def test_pins_are_numbered_in_time_order_and_the_key_names_them():
    marks = [
        mark(9, pinned=True, caption="third"),
        mark(1, pinned=True, caption="first"),
        mark(4, pinned=True, caption="second"),
        mark(5),
    ]
    words = all_words(t.draw(t.Picture(lanes=lanes(1), marks=marks)))
    assert words.count("1") == words.count("3") == 2  # the badge and the key
    assert words.index("first") < words.index("second") < words.index("third")
    assert [(n, m.caption) for n, m in t.numbered(t.Picture(marks=marks))] == [
        (1, "first"),
        (2, "second"),
        (3, "third"),
    ]


def test_the_key_can_be_left_to_the_page():
    words = all_words(
        t.draw(t.Picture(lanes=lanes(1), marks=[mark(1, pinned=True, caption="first")]), key=False)
    )
    assert "first" not in words
    assert "1" in words


def test_numbers_stay_what_the_list_says_in_a_narrower_view():
    picture = t.Picture(
        lanes=lanes(1), marks=[mark(n, pinned=True) for n in range(10)], start=after(6.5), end=after(9.5)
    )
    assert [words for words in all_words(t.draw(picture, key=False)) if words.isdigit()] == ["8", "9", "10"]


def test_a_gap_is_hatched_and_says_how_long():
    svg = t.draw(
        t.Picture(lanes=lanes(2), marks=[mark(0), mark(60)], gaps=[t.Gap(start=after(20), end=after(47))])
    )
    assert of_class(svg, "tl-hatch")
    assert "no evidence for 27 min" in all_words(svg)


def test_silences_are_found_between_instants():
    found = t.silences([after(0), after(40), after(5)], at_least=after(30) - after(0), until=after(90))
    assert [(gap.start, gap.end) for gap in found] == [(after(5), after(40)), (after(40), after(90))]


def test_the_incidents_times_are_named_in_the_readers_zone():
    picture = t.Picture(
        moments=t.moments_of(
            {"detected": after(14), "impact_began": after(9), "resolved": None, "mitigated": after(80)}
        )
    )
    words = all_words(t.draw(picture, zone=BERLIN))
    assert {"Impact began 14:49", "Detected 14:54", "Mitigated 16:00"} <= set(words)


@pytest.mark.parametrize(
    ("outcome", "words"), [("open", "still open"), ("struck", "ruled out"), ("held", "held true")]
)
def test_hypotheses_end_in_words_too(outcome, words):
    svg = t.draw(
        t.Picture(
            hypotheses=[
                t.Hypothesis(text="The cache is full", since=after(1), until=after(9), outcome=outcome)
            ]
        )
    )
    assert any(said.startswith(f"The cache is full · {words}") for said in all_words(svg))


def test_what_customers_were_told_has_a_lane_of_its_own():
    svg = t.draw(
        t.Picture(
            marks=[mark(0)], messages=[t.Message(at=after(5), text="We are looking into it", href="/m/1")]
        )
    )
    assert {"Told to customers", "We are looking into it"} <= set(all_words(svg))


def test_a_dip_below_the_objective_is_filled():
    points = [
        (after(0), 99.9),
        (after(10), 95.0),
        (after(20), None),
        (after(30), 99.8),
        (after(40), float("nan")),
    ]
    svg = t.draw(
        t.Picture(
            series=t.Series(
                name="Availability", points=points, objective=99.5, unit="%", spent="38 % of the budget"
            )
        )
    )
    assert len(of_class(svg, "tl-spent")) == 1
    assert {"Availability", "38 % of the budget", "objective 99.5 %"} <= set(all_words(svg))


def test_latency_is_bad_above_its_objective():
    points = [(after(0), 100), (after(10), 900), (after(20), 100)]
    series = t.Series(name="Latency", points=points, objective=400, unit="ms", higher_is_better=False)
    assert len(of_class(t.draw(t.Picture(series=series)), "tl-spent")) == 1


def test_a_vague_time_is_hollow_and_shows_how_vague():
    svg = t.draw(
        t.Picture(lanes=lanes(1), marks=[mark(30, certainty="approximate", early=after(20), late=after(50))])
    )
    assert of_class(svg, "tl-vague")
    assert "about 10 March 2026" in of_class(svg, "tl-mark")[0].find(f"{SVG}title").text


def test_a_narrow_picture_has_its_labels_above_the_lanes():
    svg = t.draw(t.Picture(lanes=lanes(1), marks=[mark(0), mark(9)]), width=360)
    label = next(element for element in parsed(svg).iter(f"{SVG}text") if element.text == "Source 1")
    circle = parsed(svg).findall(f".//{SVG}circle")[-1]
    assert float(label.get("y")) < float(circle.get("cy"))
    assert parsed(svg).get("viewBox").startswith("0 0 360 ")


def test_zooming_works_by_links_alone():
    svg = t.draw(
        t.Picture(lanes=lanes(1), marks=[mark(0), mark(60)]),
        zoom=lambda a, b: f"?from={a:%H:%M}&to={b:%H:%M}",
    )
    assert "?from=13:40&to=13:50" in [link.get("href") for link in of_class(svg, "tl-stretch")]


def test_it_is_a_group_with_links_and_an_image_without():
    picture = t.Picture(lanes=lanes(1), marks=[mark(0, href="/e/1")])
    assert parsed(t.draw(picture)).get("role") == "group"
    assert parsed(t.draw(picture, link=lambda thing: None)).get("role") == "img"


def test_it_says_in_words_what_it_shows():
    picture = t.Picture(
        lanes=lanes(2), marks=[mark(0), mark(60)], gaps=[t.Gap(start=after(1), end=after(59))]
    )
    said = parsed(t.draw(picture, zone=BERLIN)).find(f"{SVG}desc").text
    assert said.startswith("2 events from 2 sources")
    assert "the longest 58 min" in said
    assert "Europe/Berlin" in said


def test_two_pictures_on_one_page_have_ids_of_their_own():
    picture = t.Picture(lanes=lanes(1), marks=[mark(0)])
    ids = [
        element.get("id")
        for name in ("wide", "narrow")
        for element in parsed(t.draw(picture, name=name)).iter()
        if element.get("id")
    ]
    assert len(ids) == len(set(ids)) == 4


def test_every_look_has_its_class_in_the_stylesheet():
    assert {look for look in LOOKS if f".{look}" not in STYLES} == set()


def test_right_to_left_words_hang_where_they_are_put():
    svg = t.draw(t.Picture(lanes=[t.Lane(key=1, name="ערוץ התקרית")], marks=[mark(0)]))
    label = next(element for element in parsed(svg).iter(f"{SVG}text") if element.text == "ערוץ התקרית")
    assert (label.get("direction"), label.get("text-anchor")) == ("rtl", "end")


def test_a_pdf_can_be_made_of_it(caplog):
    import weasyprint  # slow to load, and needed here alone

    picture = t.Picture(
        title="Timeline", lanes=lanes(2), marks=[mark(0, pinned=True, href="/e/1"), mark(60, lane=2)]
    )
    page = f"<html lang='en'><title>x</title>{t.draw(picture, zone=BERLIN)}"
    pdf = weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
    assert pdf.startswith(b"%PDF")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_picture_of_several_years_names_the_year_of_each_pin():
    minutes = 60 * 24 * 500
    pins = [mark(0, pinned=True, caption="first"), mark(minutes, pinned=True, caption="last")]
    words = all_words(t.draw(t.Picture(lanes=lanes(1), marks=pins)))
    assert "10 Mar 2026, 13:40:00" in words
    assert "23 Jul 2027, 13:40:00" in words
    alone = all_words(t.draw(t.Picture(lanes=lanes(1), marks=pins[:1])))
    assert not [word for word in alone if "2026, " in word and "13:40:00" in word]
