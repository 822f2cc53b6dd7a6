// What must not compile; a remark says what the compiler says of its line.

package calls

import tracking.nasty.Client
import tracking.nasty.SharedCurrency

fun wrong(client: Client) {
    client.everything(text = "ab", whole = 1) // error: no value passed for parameter 'currency'
    client.everything(text = "ab", whole = 1, currency = "USD") // error: actual type is 'String', but 'SharedCurrency' was expected
    client.everything(text = 1, whole = 1, currency = SharedCurrency.EUR) // error: actual type is 'Int', but 'String' was expected
    client.everything(text = "ab", whole = 1, currency = SharedCurrency.EUR, amount = 10.1) // error: actual type is 'Double', but 'BigDecimal?' was expected
    client.class_(klass = "c") // error: no parameter with name 'klass' found
    client.nothing() // error: unresolved reference 'nothing'
    client.inTable() // error: unresolved reference 'inTable'
}
