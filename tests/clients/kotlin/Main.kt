// Calls the clients and says what was sent, what is wrong with some payloads, and what each sink posts.

package calls

import com.sun.net.httpserver.HttpServer
import java.io.File
import java.io.IOException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.util.Collections
import kotlin.concurrent.thread
import tracking.nasty.Client
import tracking.nasty.Endpoint
import tracking.nasty.InvalidEvent
import tracking.nasty.MemorySink
import tracking.nasty.SharedCurrency
import tracking.nasty.Sink
import tracking.nasty.Thing
import tracking.nasty.Violation
import tracking.nasty.Who
import tracking.nasty.amplitude
import tracking.nasty.every
import tracking.nasty.ga4
import tracking.nasty.http
import tracking.nasty.json
import tracking.nasty.mixpanel
import tracking.nasty.posthog
import tracking.nasty.rudderstack
import tracking.nasty.segment
import tracking.nasty.snowplow
import tracking.nasty.validate

fun said(event: String, kind: String, name: String, properties: Any, who: Any, ga4: Pair<String, Any>): Any = mapOf(
    "event" to event,
    "class" to kind,
    "name" to name,
    "properties" to properties,
    "context" to who,
    "ga4" to mapOf("name" to ga4.first, "properties" to ga4.second),
)

fun sent(): List<Any> {
    val all = ArrayList<Any>()
    call(Client({ own -> all.add(said(own.event, own.kind, own.name, own.properties, own.who.given(), own.to("ga4"))) }, validate = true))
    call(tracking.peepers.Client({ own -> all.add(said(own.event, own.kind, own.name, own.properties, own.who.given(), own.to("ga4"))) }))
    tracking.عطر_الدار.Client({ own -> all.add(said(own.event, own.kind, own.name, own.properties, own.who.given(), own.to("ga4"))) })
        .طلب_عينة(البريد = "a@example.com", العائلة = tracking.عطر_الدار.طلب_عينة_العائلة.مسك)
    tracking.b2b.Client({ own -> all.add(said(own.event, own.kind, own.name, own.properties, own.who.given(), own.to("ga4"))) })
        .problemRead(topic = tracking.b2b.ProblemReadTopic.FISHING)
    return all
}

fun violations(file: String): List<Any> = (read(File(file).readText()) as List<*>).map { payload ->
    val own = payload as Map<*, *>
    val properties = (own["properties"] as Map<*, *>).entries.associate { it.key as String to it.value }
    validate(own["event"] as String, properties).map { listOf(it.property, it.rule) }
}

/** Off by default, and strict or told on demand. */
fun options() {
    val memory = MemorySink()
    fun send(client: Client) = client.everything(text = "a", whole = 1, currency = SharedCurrency.EUR)
    send(Client(memory))
    val refused = runCatching { send(Client(memory, validate = true)) }.exceptionOrNull()
    check(refused is InvalidEvent && refused.message == "everything: text is below 2 characters") { "$refused" }
    val told = ArrayList<Violation>()
    send(Client(memory, onViolations = told::addAll))
    check(told.size == 1 && memory.messages.size == 2)
    check(Thing(id = "x") == Thing(id = "x"))
}

/** What each sink posts, over HTTP, to a server of our own; bodies as they came. */
fun posts(): List<String> {
    val got = Collections.synchronizedList(ArrayList<String>())
    val server = HttpServer.create(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0)
    server.createContext("/") { request ->
        val head = listOf(request.requestURI.toString(), *arrayOf("Authorization", "Content-Type").map { request.requestHeaders.getFirst(it) ?: "" }.toTypedArray())
        got.add("[${head.joinToString(",") { json(it) }},${request.requestBody.readBytes().decodeToString()}]")
        request.sendResponseHeaders(if (request.requestURI.path.startsWith("/no")) 500 else 204, -1)
        request.close()
    }
    server.start()
    val url = "http://127.0.0.1:${server.address.port}"
    val at = Endpoint(url = url, key = "k&", id = "com.example")
    val who = Who(userId = "u", anonymousId = "a", messageId = "m", timestamp = "2027-03-31T21:00:00Z")
    for (sink in listOf(http(at), segment(at), rudderstack(at), snowplow(at), posthog(at), amplitude(at), mixpanel(at), ga4(at))) {
        val client = Client(sink, who = who)
        client.everything(text = "ab", whole = 1, currency = SharedCurrency.EUR, main = Thing(id = "x"))
        client.pageSeen()
        client.personKnown(firstName = "F")
        client.teamKnown(seats = 3, who = Who(groupId = "g"))
    }
    val all = got.toList()
    val refused = runCatching { Client(every(MemorySink(), http(Endpoint("$url/no")))).constructor() }.exceptionOrNull()
    check(refused is IOException && refused.message == "127.0.0.1 answered 500") { "$refused" }
    headers(url, got)
    server.stop(0)
    return all
}

/** Headers of one's own, and a `post` of one's own in another thread. */
fun headers(url: String, got: List<String>) {
    var posted: Thread? = null
    val sink: Sink = http(Endpoint(url, headers = mapOf("Authorization" to "own"), post = { to, headers, body ->
        posted = thread { tracking.nasty.HttpPost.post(to, headers, body) }
    }))
    Client(sink).constructor()
    posted?.join()
    check("\"own\"" in got.last())
}

fun main(arguments: Array<String>) {
    options()
    val rest = json(mapOf("sent" to sent(), "violations" to violations(arguments[0])))
    val numbers = listOf(Double.NaN, Float.POSITIVE_INFINITY, Any())
    check(numbers.all { runCatching { json(it) }.exceptionOrNull() is IllegalArgumentException })
    check(json(listOf("\u0001\u007f\n", 1.5f, 1e300, java.math.BigDecimal("1E+3"), arrayOf(null, true))) == "[\"\\u0001\u007f\\u000a\",1.5,1.0E300,1E+3,[null,true]]")
    println(rest.dropLast(1) + ",\"posts\":[" + posts().joinToString(",") + "]}")
}
