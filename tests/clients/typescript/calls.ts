// The calls that every language makes; what they send is in `sent.json`.

import { Client as Nasty } from "./clients/client.js";
import type { Sink } from "./clients/runtime.js";
import { Client as Perfume } from "./atr_al_dar/client.js";
import { Client as Boats } from "./b2b/client.js";
import { Client as Peepers } from "./peepers/client.js";

export function call(sink: Sink): void {
  const nasty = new Nasty(sink, { validate: true });
  void nasty.everything({
    text: "a\"b\u2028",
    whole: 3,
    part: 0.5,
    flag: true,
    amount: 10.1,
    share: 0.125,
    lasting: 90,
    day: "2027-03-31",
    moment: "2027-03-31T21:00:00Z",
    clock: "21:00",
    link: "https://example.com/a?b=c",
    mail: "a@example.com",
    key: "6f1e2b6e-7c1e-4c43-9b0c-1d3f5a7b9c2d",
    land: "SA",
    tongue: "pt-BR",
    whatever: { a: [1, "b", true] },
    kind: "two",
    word: "a$",
    slow: "aaa",
    things: [
      { id: "t1", price: 2, sizes: [1, 2], colour: "dark blue", inner: [{ id: "t2", colour: "🎉" }] },
      { id: "t3", sizes: [] },
    ],
    main: { id: "t4", colour: "a|b" },
    nested: [["x"], [], ["y", "x"]],
    texts: ["a", "é🎉"],
    nothing: {},
    old: "o",
    proto: "p",
    hostile: "h",
    context: "c",
    currency: "SAR",
  });
  void nasty.everything({ text: "نص", whole: 1, currency: "EUR" });
  void nasty.class({ class: "c", func: "f", self: "s", import: "i", return: "r" });
  void nasty.constructor_();
  void nasty.then_({ then: "t" });
  void nasty.client({ sink: "s" });
  void nasty.string({ none: "N", nil: "n", null: "u", string: "s", value: "v" });
  void nasty.orderCompleted({ a1: "1", a1_1426674c: "2" });
  void nasty.oldOrder({ gone: "g" });
  void nasty.طلب_مكتمل({ رقم_الطلب: "٣", المبلغ: 5, الحالة: "تم الدفع" });
  void nasty.pageSeen({ title: "T" });
  void nasty.personKnown({ firstName: "F" }, { userId: "u1" });
  void nasty.teamKnown({ seats: 3 }, { groupId: "g1" });
  void nasty.shaped({ method: "card", brand: "B" });

  const peepers = new Peepers(sink);
  void peepers.newsletterSubscribed({ email: "a@example.com", list: "launches", sourcePage: "https://example.com" });
  void peepers.orderCompleted({ orderId: "o1", total: 120.5, items: [{ id: "i1", price: 120.5, quantity: 1 }] });
  void new Perfume(sink).طلب_عينة({ البريد: "a@example.com", العائلة: "مسك" });
  void new Boats(sink).problemRead({ topic: "fishing" });
}

/** What must not compile. */
export function wrong(nasty: Nasty): void {
  // @ts-expect-error: a required property is missing
  void nasty.everything({ text: "ab", whole: 1 });
  // @ts-expect-error: not one of the words
  void nasty.everything({ text: "ab", whole: 1, currency: "USD" });
  // @ts-expect-error: a number is no text
  void nasty.everything({ text: 1, whole: 1, currency: "EUR" });
  // @ts-expect-error: there is no such property
  void nasty.class({ klass: "c" });
  // @ts-expect-error: there is no such event
  void nasty.nothing();
  // @ts-expect-error: an event of a table is not sent
  void nasty.inTable();
}
