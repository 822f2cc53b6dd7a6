// Calls the clients and says what was sent, what is wrong with some payloads, and what each sink posts.

import Foundation
import atr_al_dar
import b2b
import clients
import peepers

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

actor Gathered {
    private(set) var all: [String] = []

    func add(_ one: String) {
        all.append(one)
    }
}

func json(_ own: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try! encoder.encode(own), as: UTF8.self)
}

func list(_ all: [String]) -> String {
    "[\(all.joined(separator: ","))]"
}

func said(
    _ event: String, _ kind: String, _ name: String, _ properties: some Encodable, _ who: some Encodable,
    _ ga4: (name: String, properties: some Encodable)
) -> String {
    """
    {"event":\(json(event)),"class":\(json(kind)),"name":\(json(name)),"properties":\(json(properties)),\
    "context":\(json(who)),"ga4":{"name":\(json(ga4.name)),"properties":\(json(ga4.properties))}}
    """
}

/// The calls that every language makes; what they send is in sent.json.
func call(_ client: clients.Client) async throws {
    try await client.everything(
        text: "a\"b\u{2028}", whole: 3, part: 0.5, flag: true, amount: Decimal(string: "10.1"), share: 0.125, lasting: 90,
        day: "2027-03-31", moment: "2027-03-31T21:00:00Z", clock: "21:00", link: "https://example.com/a?b=c",
        mail: "a@example.com", key: "6f1e2b6e-7c1e-4c43-9b0c-1d3f5a7b9c2d", land: "SA", tongue: "pt-BR",
        whatever: ["a": [1, "b", true]], kind: .two, word: "a$", slow: "aaa",
        things: [
            Thing(
                id: "t1", price: 2, sizes: [1, 2], colour: .darkBlue, inner: [Thing(id: "t2", colour: .u1f389)]),
            Thing(id: "t3", sizes: []),
        ],
        main: Thing(id: "t4", colour: .aB), nested: [[.x], [], [.y, .x]], texts: ["a", "é🎉"], nothing: Empty(),
        old: "o", proto: "p", hostile: "h", context: "c", currency: .sar)
    try await client.everything(text: "نص", whole: 1, currency: .eur)
    try await client.class_(class_: "c", func_: "f", self_: "s", import_: "i", return_: "r")
    try await client.constructor()
    try await client.then(then: "t")
    try await client.client(sink: "s")
    try await client.string(none_: "N", nil_: "n", null: "u", string: "s", value: "v")
    try await client.orderCompleted(a1_1426674c: "2", a1: "1")
    try await client.oldOrder(gone: "g")
    try await client.طلب_مكتمل(رقم_الطلب: "٣", المبلغ: 5, الحالة: .تم_الدفع)
    try await client.pageSeen(title: "T")
    try await client.personKnown(firstName: "F", who: clients.Who(userId: "u1"))
    try await client.teamKnown(seats: 3, who: clients.Who(groupId: "g1"))
    try await client.shaped(method: .card, brand: "B")
}

func sent() async throws -> [String] {
    let all = Gathered()
    let first = clients.FunctionSink { own in
        await all.add(said(own.event, own.kind, own.name, own.properties, own.who.given, own.to("ga4")))
    }
    try await call(clients.Client(sink: first, validate: true))
    let shop = peepers.Client(sink: peepers.FunctionSink { own in
        await all.add(said(own.event, own.kind, own.name, own.properties, own.who.given, own.to("ga4")))
    })
    try await shop.newsletterSubscribed(email: "a@example.com", list: .launches, sourcePage: "https://example.com")
    let amount = Decimal(string: "120.5")!
    try await shop.orderCompleted(items: [Item(id: "i1", price: amount, quantity: 1)], orderId: "o1", total: amount)
    let perfume = atr_al_dar.Client(sink: atr_al_dar.FunctionSink { own in
        await all.add(said(own.event, own.kind, own.name, own.properties, own.who.given, own.to("ga4")))
    })
    try await perfume.طلب_عينة(البريد: "a@example.com", العائلة: .مسك)
    let boats = b2b.Client(sink: b2b.FunctionSink { own in
        await all.add(said(own.event, own.kind, own.name, own.properties, own.who.given, own.to("ga4")))
    })
    try await boats.problemRead(topic: .fishing)
    return await all.all
}

/// A value as it stands in a file.
struct Given: Decodable {
    let value: clients.Value

    init(from decoder: any Decoder) throws {
        let own = try decoder.singleValueContainer()
        if own.decodeNil() {
            value = .null
        } else if let flag = try? own.decode(Bool.self) {
            value = .flag(flag)
        } else if let whole = try? own.decode(Int.self) {
            value = .whole(whole)
        } else if let number = try? own.decode(Double.self) {
            value = .number(number)
        } else if let text = try? own.decode(String.self) {
            value = .text(text)
        } else if let all = try? own.decode([Given].self) {
            value = .list(all.map(\.value))
        } else {
            value = .object(try own.decode([String: Given].self).mapValues(\.value))
        }
    }
}

struct Payload: Decodable {
    let event: String
    let properties: [String: Given]
}

func violations(_ file: String) throws -> [[[String]]] {
    let payloads = try JSONDecoder().decode([Payload].self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    return payloads.map { payload in
        validate(payload.event, payload.properties.mapValues(\.value)).map { [$0.property, $0.rule] }
    }
}

/// Off by default, and strict or told on demand.
func options() async throws {
    let memory = clients.MemorySink()
    func send(_ client: clients.Client) async throws {
        try await client.everything(text: "a", whole: 1, currency: .eur)
    }
    try await send(clients.Client(sink: memory))
    do {
        try await send(clients.Client(sink: memory, validate: true))
        fatalError("it was sent")
    } catch let refused as clients.InvalidEvent {
        precondition(refused.description == "everything: text is below 2 characters", refused.description)
    }
    let told = Gathered()
    try await send(clients.Client(sink: memory, onViolations: { found in Task { await told.add(found[0].rule) } }))
    let count = await memory.messages.count
    precondition(count == 2, "\(count)")
}

/// What each sink posts; the requests as they would go out.
func posts() async throws -> [String] {
    let got = Gathered()
    let post: @Sendable (URLRequest) async throws -> Int = { request in
        let url = request.url!
        let path = url.absoluteString.dropFirst("http://127.0.0.1".count)
        let head = [String(path), request.value(forHTTPHeaderField: "Authorization") ?? ""]
        let kind = request.value(forHTTPHeaderField: "Content-Type") ?? ""
        let body = String(decoding: request.httpBody ?? Data(), as: UTF8.self)
        await got.add(list((head + [kind]).map { json($0) } + [body]))
        return path.hasPrefix("/no") ? 500 : 204
    }
    let at = clients.Endpoint(url: "http://127.0.0.1", key: "k&", id: "com.example", post: post)
    let who = clients.Who(userId: "u", anonymousId: "a", messageId: "m", timestamp: "2027-03-31T21:00:00Z")
    let sinks = [
        Sinks.http(clients.Endpoint(url: "http://127.0.0.1/", post: post)), Sinks.segment(at), Sinks.rudderstack(at),
        Sinks.snowplow(at), Sinks.posthog(at), Sinks.amplitude(at), Sinks.mixpanel(at), Sinks.ga4(at),
    ]
    for sink in sinks {
        let client = clients.Client(sink: sink, who: who)
        try await client.everything(text: "ab", whole: 1, main: Thing(id: "x"), currency: .eur)
        try await client.pageSeen()
        try await client.personKnown(firstName: "F")
        try await client.teamKnown(seats: 3, who: clients.Who(groupId: "g"))
    }
    let all = await got.all
    do {
        let refusing = Sinks.http(clients.Endpoint(url: "http://127.0.0.1/no", post: post))
        try await clients.Client(sink: Sinks.every([clients.MemorySink(), refusing])).constructor()
        fatalError("nobody refused")
    } catch let refused as clients.Refused {
        precondition(refused.status == 500 && refused.host == "127.0.0.1", "\(refused)")
    }
    return all
}

try await options()
let parts = [
    "\"sent\":\(list(try await sent()))", "\"violations\":\(json(try violations(CommandLine.arguments[1])))",
    "\"posts\":\(list(try await posts()))",
]
print("{\(parts.joined(separator: ","))}")
