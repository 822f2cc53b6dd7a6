// A reader of JSON, for the payloads of the tests: the JDK has none.

package calls

import java.math.BigDecimal

fun read(text: String): Any? = Reader(text).whole()

private class Reader(private val text: String) {
    private var at = 0

    fun whole(): Any? = value().also { check(blank() && at == text.length) { "more at $at" } }

    private fun blank(): Boolean {
        while (at < text.length && text[at].isWhitespace()) at++
        return true
    }

    private fun takes(sign: Char): Boolean = blank() && text[at] == sign && ++at > 0

    private fun value(): Any? = when {
        takes('{') -> all('}') { string().also { check(takes(':')) } to value() }.toMap()
        takes('[') -> all(']') { value() }
        blank() && text[at] == '"' -> string()
        else -> word(text.substring(at).takeWhile { it.isLetterOrDigit() || it in "+-." }.also { at += it.length })
    }

    private fun <T> all(end: Char, one: () -> T): List<T> {
        val found = ArrayList<T>()
        while (!takes(end)) {
            if (found.isNotEmpty()) check(takes(','))
            found.add(one())
        }
        return found
    }

    private fun word(word: String): Any? = when (word) {
        "null" -> null
        "true" -> true
        "false" -> false
        else -> if (word.all { it.isDigit() }) word.toLong() else BigDecimal(word).toDouble()
    }

    private fun string(): String {
        check(takes('"'))
        val out = StringBuilder()
        while (text[at] != '"') out.append(if (text[at] == '\\') escaped() else text[at++])
        at++
        return out.toString()
    }

    private fun escaped(): Char {
        at += 2
        return when (val sign = text[at - 1]) {
            'n' -> '\n'
            'u' -> text.substring(at, at + 4).toInt(16).toChar().also { at += 4 }
            else -> sign.also { check(it in "\"\\/") }
        }
    }
}
