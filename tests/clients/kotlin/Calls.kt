// The calls that every language makes; what they send is in sent.json. A remark says what the compiler says of its line.

package calls

import java.math.BigDecimal
import tracking.nasty.Client
import tracking.nasty.Empty
import tracking.nasty.EverythingKind
import tracking.nasty.EverythingNested
import tracking.nasty.SharedCurrency
import tracking.nasty.ShapedMethod
import tracking.nasty.Thing
import tracking.nasty.ThingColour
import tracking.nasty.Who
import tracking.nasty.طلب_مكتمل_الحالة
import tracking.peepers.Item
import tracking.peepers.NewsletterSubscribedList

fun call(client: Client) {
    client.everything(
        text = "a\"b\u2028",
        whole = 3,
        part = 0.5,
        flag = true,
        amount = BigDecimal("10.1"),
        share = 0.125,
        lasting = 90.0,
        day = "2027-03-31",
        moment = "2027-03-31T21:00:00Z",
        clock = "21:00",
        link = "https://example.com/a?b=c",
        mail = "a@example.com",
        key = "6f1e2b6e-7c1e-4c43-9b0c-1d3f5a7b9c2d",
        land = "SA",
        tongue = "pt-BR",
        whatever = mapOf("a" to listOf(1, "b", true)),
        kind = EverythingKind.TWO,
        word = "a$",
        slow = "aaa",
        things = listOf(
            Thing(
                id = "t1",
                price = BigDecimal("2"),
                sizes = listOf(1, 2),
                colour = ThingColour.DARK_BLUE,
                inner = listOf(Thing(id = "t2", colour = ThingColour.U1F389)),
            ),
            Thing(id = "t3", sizes = emptyList()),
        ),
        main = Thing(id = "t4", colour = ThingColour.A_B),
        nested = listOf(listOf(EverythingNested.X), emptyList(), listOf(EverythingNested.Y, EverythingNested.X)),
        texts = listOf("a", "é🎉"),
        nothing = Empty(),
        old = "o",
        proto = "p",
        hostile = "h",
        context = "c",
        currency = SharedCurrency.SAR,
    )
    client.everything(text = "نص", whole = 1, currency = SharedCurrency.EUR)
    client.class_(class_ = "c", func = "f", self = "s", import = "i", return_ = "r")
    client.constructor()
    client.then(then = "t")
    client.client(sink = "s")
    client.string(none = "N", nil = "n", null_ = "u", string = "s", value = "v")
    client.orderCompleted(a1 = "1", a1_1426674c = "2")
    client.oldOrder(gone = "g") // warning: is deprecated. Use `orderCompleted` instead
    client.طلب_مكتمل(رقم_الطلب = "٣", المبلغ = BigDecimal("5"), الحالة = طلب_مكتمل_الحالة.تم_الدفع)
    client.pageSeen(title = "T")
    client.personKnown(firstName = "F", who = Who(userId = "u1"))
    client.teamKnown(seats = 3, who = Who(groupId = "g1"))
    client.shaped(method = ShapedMethod.CARD, brand = "B")
}

fun call(shop: tracking.peepers.Client) {
    shop.newsletterSubscribed(
        email = "a@example.com",
        list = NewsletterSubscribedList.LAUNCHES,
        sourcePage = "https://example.com",
    )
    val boots = Item(id = "i1", price = BigDecimal("120.5"), quantity = 1)
    shop.orderCompleted(orderId = "o1", total = BigDecimal("120.5"), items = listOf(boots))
}
