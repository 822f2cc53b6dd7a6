"""The calls that every language makes; what they send is in `sent.json`."""

from __future__ import annotations

import atr_al_dar
import b2b
import clients
import peepers
from clients.sinks import MemorySink


def call(sink: MemorySink) -> None:
    nasty = clients.Client(sink, validate=True)
    nasty.everything(
        text='a"b\u2028',
        whole=3,
        part=0.5,
        flag=True,
        amount=10.1,
        share=0.125,
        lasting=90,
        day="2027-03-31",
        moment="2027-03-31T21:00:00Z",
        clock="21:00",
        link="https://example.com/a?b=c",
        mail="a@example.com",
        key="6f1e2b6e-7c1e-4c43-9b0c-1d3f5a7b9c2d",
        land="SA",
        tongue="pt-BR",
        whatever={"a": [1, "b", True]},
        kind="two",
        word="a$",
        slow="aaa",
        things=[
            clients.Thing(
                id="t1", price=2, sizes=[1, 2], colour="dark blue", inner=[clients.Thing(id="t2", colour="🎉")]
            ),
            clients.Thing(id="t3", sizes=[]),
        ],
        main=clients.Thing(id="t4", colour="a|b"),
        nested=[["x"], [], ["y", "x"]],
        texts=["a", "é🎉"],
        nothing=clients.Empty(),
        old="o",
        proto="p",
        hostile="h",
        context_="c",
        currency="SAR",
    )
    nasty.everything(text="نص", whole=1, currency="EUR")
    nasty.class_(class_="c", func="f", self_="s", import_="i", return_="r")
    nasty.constructor()
    nasty.then(then="t")
    nasty.client(sink="s")
    nasty.string(none="N", nil="n", null="u", string="s", value="v")
    nasty.order_completed(a_1="2", a1="1")
    nasty.old_order(gone="g")
    nasty.طلب_مكتمل(رقم_الطلب="٣", المبلغ=5, الحالة="تم الدفع")
    nasty.page_seen(title="T")
    nasty.person_known(first_name="F", context=clients.Context(user_id="u1"))
    nasty.team_known(seats=3, context=clients.Context(group_id="g1"))
    nasty.shaped(method="card", brand="B")

    shop = peepers.Client(sink)  # type: ignore[arg-type]  # the messages of two packages are two types
    shop.newsletter_subscribed(email="a@example.com", list="launches", source_page="https://example.com")
    shop.order_completed(order_id="o1", total=120.5, items=[peepers.Item(id="i1", price=120.5, quantity=1)])
    atr_al_dar.Client(sink).طلب_عينة(البريد="a@example.com", العائلة="مسك")  # type: ignore[arg-type]
    b2b.Client(sink).problem_read(topic="fishing")  # type: ignore[arg-type]


def wrong(nasty: clients.Client) -> None:
    """What must not be accepted; an unused comment is an error too."""
    nasty.everything(text="ab", whole=1)  # type: ignore[call-arg]
    nasty.everything(text="ab", whole=1, currency="USD")  # type: ignore[arg-type]
    nasty.everything(text=1, whole=1, currency="EUR")  # type: ignore[arg-type]
    nasty.class_(klass="c")  # type: ignore[call-arg]
    nasty.nothing()  # type: ignore[attr-defined]
    nasty.in_table()  # type: ignore[attr-defined]
