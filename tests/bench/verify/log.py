#!/usr/bin/env python3
"""Writes a log of the lamp shop as Segment sends it, the same bytes every time; one event in fifty breaks its schema.

Usage: log.py LOG EVENTS
"""

import json
import random
import sys


def properties(own):
    """An event's name and properties, as planned."""
    kind = own.randrange(3)
    if kind == 0:
        made = {"lamp_id": f"LA-{own.randrange(9999)}", "color": own.choice(["red", "green", "warm white"])}
        return "Lamp Viewed", {**made, "page": f"https://shop.example/lamps/{own.randrange(999)}?ref=home", "watts": own.randrange(1, 101)}
    if kind == 1:
        made = {"email": f"u{own.randrange(99999)}@example.com", "born": "1990-02-28", "at": "2026-11-22T10:15:00Z"}
        return "Signed Up", {**made, "plan": "paid", "amount": 12.5, "currency": "EUR", "device": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}
    items = [{"id": f"P-{own.randrange(999)}", "price": own.randrange(9999) / 100, "quantity": own.randrange(1, 9)} for _ in range(own.randrange(1, 4))]
    return "Order Placed", {"order_id": f"O-{own.randrange(10**6)}", "total": own.randrange(99999) / 100, "gift": own.random() < 0.1, "items": items}


def damage(own, made):
    """Breaks one thing that a schema says."""
    name = own.choice(list(made))
    fault = own.randrange(3)
    if fault == 0:
        made[name] = {"not": "planned"}
    elif fault == 1:
        made["Unplanned"] = 1
    else:
        made[name] = None


def main():
    own = random.Random(11)
    with open(sys.argv[1], "w", encoding="utf-8") as log:
        for number in range(int(sys.argv[2])):
            name, made = properties(own)
            if number % 50 == 7:
                damage(own, made)
            message = {"type": "track", "messageId": f"m-{number:09}", "anonymousId": f"a-{own.randrange(10**9):09}", "timestamp": "2026-11-22T10:15:00.000Z"}
            context = {"library": {"name": "analytics.js", "version": "2.1.0"}, "ip": "0.0.0.0", "userAgent": "Mozilla/5.0"}
            log.write(json.dumps({**message, "event": name, "properties": made, "context": context}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
