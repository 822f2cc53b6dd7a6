// Calls the clients and says what was sent, what is wrong with some payloads, and what each sink posts.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	perfume "calls/atr_al_dar"
	boats "calls/b2b"
	nasty "calls/clients"
	shop "calls/peepers"
)

var background = context.Background()

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// The calls that every language makes; what they send is in sent.json.
func call(own nasty.Sink, say func(event, class, name string, properties, context, ga4 any)) {
	client := nasty.New(own, nasty.Options{Validate: true})
	must(client.Everything(background, nasty.Everything{
		Text: "a\"b\u2028", Whole: 3, Part: nasty.Ptr(0.5), Flag: nasty.Ptr(true), Amount: nasty.Ptr(10.1),
		Share: nasty.Ptr(0.125), Lasting: nasty.Ptr(90.0), Day: nasty.Ptr("2027-03-31"),
		Moment: nasty.Ptr("2027-03-31T21:00:00Z"), Clock: nasty.Ptr("21:00"),
		Link: nasty.Ptr("https://example.com/a?b=c"), Mail: nasty.Ptr("a@example.com"),
		Key: nasty.Ptr("6f1e2b6e-7c1e-4c43-9b0c-1d3f5a7b9c2d"), Land: nasty.Ptr("SA"), Tongue: nasty.Ptr("pt-BR"),
		Whatever: map[string]any{"a": []any{1, "b", true}}, Kind: nasty.Ptr(nasty.EverythingKindTwo),
		Word: nasty.Ptr("a$"), Slow: nasty.Ptr("aaa"),
		Things: []nasty.Thing{
			{
				ID: "t1", Price: nasty.Ptr(2.0), Sizes: []int{1, 2}, Colour: nasty.Ptr(nasty.ThingColourDarkBlue),
				Inner: []nasty.Thing{ {ID: "t2", Colour: nasty.Ptr(nasty.ThingColourU1f389)} },
			},
			{ID: "t3", Sizes: []int{}},
		},
		Main:    &nasty.Thing{ID: "t4", Colour: nasty.Ptr(nasty.ThingColourAB)},
		Nested:  [][]nasty.EverythingNested{ {nasty.EverythingNestedX}, {}, {nasty.EverythingNestedY, nasty.EverythingNestedX} },
		Texts:   []string{"a", "é🎉"},
		Nothing: &nasty.Empty{}, Old: nasty.Ptr("o"), Proto: nasty.Ptr("p"), Hostile: nasty.Ptr("h"),
		Context: nasty.Ptr("c"), Currency: nasty.SharedCurrencySar,
	}))
	must(client.Everything(background, nasty.Everything{Text: "نص", Whole: 1, Currency: nasty.SharedCurrencyEur}))
	must(client.Class(background, nasty.Class{
		Class: nasty.Ptr("c"), Func: nasty.Ptr("f"), Self: nasty.Ptr("s"), Import: nasty.Ptr("i"), Return: nasty.Ptr("r"),
	}))
	must(client.Constructor(background, nasty.Constructor{}))
	must(client.Then(background, nasty.Then{Then: nasty.Ptr("t")}))
	must(client.Client(background, nasty.Client_{Sink: nasty.Ptr("s")}))
	must(client.String(background, nasty.String{
		None: nasty.Ptr("N"), Nil: nasty.Ptr("n"), Null: nasty.Ptr("u"), String: nasty.Ptr("s"), Value: nasty.Ptr("v"),
	}))
	must(client.OrderCompleted(background, nasty.OrderCompleted{A1: nasty.Ptr("1"), A1_1426674c: nasty.Ptr("2")}))
	must(client.OldOrder(background, nasty.OldOrder{Gone: nasty.Ptr("g")}))
	must(client.Xطلب_مكتمل(background, nasty.Xطلب_مكتمل{
		Xرقم_الطلب: "٣", Xالمبلغ: nasty.Ptr(5.0), Xالحالة: nasty.Ptr(nasty.Xطلب_مكتمل_الحالة_تم_الدفع),
	}))
	must(client.PageSeen(background, nasty.PageSeen{Title: nasty.Ptr("T")}))
	must(client.PersonKnown(background, nasty.PersonKnown{FirstName: nasty.Ptr("F")}, nasty.Who{UserID: "u1"}))
	must(client.TeamKnown(background, nasty.TeamKnown{Seats: nasty.Ptr(3)}, nasty.Who{GroupID: "g1"}))
	must(client.Shaped(background, nasty.Shaped{Method: nasty.ShapedMethodCard, Brand: nasty.Ptr("B")}))

	shopping := shop.New(shop.SendFunc(func(_ context.Context, message shop.Message) error {
		name, properties := message.To("ga4")
		say(message.Event, message.Class, message.Name, message.Properties, nasty.Properties{}, sent{name, properties})
		return nil
	}), shop.Options{})
	must(shopping.NewsletterSubscribed(background, shop.NewsletterSubscribed{
		Email: "a@example.com", List: shop.Ptr(shop.NewsletterSubscribedListLaunches),
		SourcePage: shop.Ptr("https://example.com"),
	}))
	must(shopping.OrderCompleted(background, shop.OrderCompleted{
		OrderID: "o1", Total: 120.5, Items: []shop.Item{ {ID: "i1", Price: shop.Ptr(120.5), Quantity: shop.Ptr(1)} },
	}))
	must(perfume.New(perfume.SendFunc(func(_ context.Context, message perfume.Message) error {
		name, properties := message.To("ga4")
		say(message.Event, message.Class, message.Name, message.Properties, nasty.Properties{}, sent{name, properties})
		return nil
	}), perfume.Options{}).Xطلب_عينة(background, perfume.Xطلب_عينة{
		Xالبريد: "a@example.com", Xالعائلة: perfume.Xطلب_عينة_العائلة_مسك,
	}))
	must(boats.New(boats.SendFunc(func(_ context.Context, message boats.Message) error {
		name, properties := message.To("ga4")
		say(message.Event, message.Class, message.Name, message.Properties, nasty.Properties{}, sent{name, properties})
		return nil
	}), boats.Options{}).ProblemRead(background, boats.ProblemRead{Topic: boats.ProblemReadTopicFishing}))
}

type sent struct {
	Name       string `json:"name"`
	Properties any    `json:"properties"`
}

type said struct {
	Event      string `json:"event"`
	Class      string `json:"class"`
	Name       string `json:"name"`
	Properties any    `json:"properties"`
	Context    any    `json:"context"`
	GA4        any    `json:"ga4"`
}

func context_(who nasty.Who) map[string]string {
	known := map[string]string{"userId": who.UserID, "groupId": who.GroupID}
	for name, value := range known {
		if value == "" {
			delete(known, name)
		}
	}
	return known
}

func violations(file string) [][][2]string {
	text, err := os.ReadFile(file)
	must(err)
	var payloads []struct {
		Event      string         `json:"event"`
		Properties map[string]any `json:"properties"`
	}
	must(json.Unmarshal(text, &payloads))
	all := make([][][2]string, len(payloads))
	for index, payload := range payloads {
		all[index] = [][2]string{}
		for _, own := range nasty.Validate(payload.Event, payload.Properties) {
			all[index] = append(all[index], [2]string{own.Property, own.Rule})
		}
	}
	return all
}

// Off by default, and strict or told on demand.
func options(memory *nasty.MemorySink) {
	bad := nasty.Everything{Text: "a", Whole: 1, Currency: nasty.SharedCurrencyEur}
	must(nasty.New(memory, nasty.Options{}).Everything(background, bad))
	err := nasty.New(memory, nasty.Options{Validate: true}).Everything(background, bad)
	var invalid *nasty.InvalidEvent
	if !errors.As(err, &invalid) || err.Error() != "everything: text is below 2 characters" {
		panic(err)
	}
	told := 0
	tell := func(found []nasty.Violation) { told += len(found) }
	must(nasty.New(memory, nasty.Options{OnViolations: tell}).Everything(background, bad))
	if told != 1 || len(memory.Messages()) != 2 {
		panic("not told, or not sent")
	}
}

// What each sink posts, over HTTP, to a server of our own.
func posts() []any {
	var got []any
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		var body any
		text, _ := io.ReadAll(request.Body)
		must(json.Unmarshal(text, &body))
		got = append(got, []any{request.URL.String(), request.Header.Get("Authorization"), request.Header.Get("Content-Type"), body})
		if strings.HasPrefix(request.URL.Path, "/no") {
			answer.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer server.Close()
	at := nasty.Endpoint{URL: server.URL, Key: "k&", ID: "com.example"}
	who := nasty.Who{UserID: "u", AnonymousID: "a", MessageID: "m", Timestamp: "2027-03-31T21:00:00Z"}
	for _, sink := range []nasty.Sink{
		nasty.HTTP(at), nasty.Segment(at), nasty.RudderStack(at), nasty.Snowplow(at, ""), nasty.PostHog(at),
		nasty.Amplitude(at), nasty.Mixpanel(at), nasty.GA4(at),
	} {
		client := nasty.New(sink, nasty.Options{Who: who})
		must(client.Everything(background, nasty.Everything{
			Text: "ab", Whole: 1, Currency: nasty.SharedCurrencyEur, Main: &nasty.Thing{ID: "x"},
		}))
		must(client.PageSeen(background, nasty.PageSeen{}))
		must(client.PersonKnown(background, nasty.PersonKnown{FirstName: nasty.Ptr("F")}))
		must(client.TeamKnown(background, nasty.TeamKnown{Seats: nasty.Ptr(3)}, nasty.Who{GroupID: "g"}))
	}
	at.URL += "/no"
	if nasty.New(nasty.Every(nasty.HTTP(at)), nasty.Options{}).Constructor(background, nasty.Constructor{}) == nil {
		panic("a refusal passes")
	}
	return got[:len(got)-1]
}

func main() {
	var all []said
	say := func(event, class, name string, properties, who, ga4 any) {
		all = append(all, said{event, class, name, properties, who, ga4})
	}
	call(nasty.SendFunc(func(_ context.Context, message nasty.Message) error {
		name, properties := message.To("ga4")
		say(message.Event, message.Class, message.Name, message.Properties, context_(message.Who), sent{name, properties})
		return nil
	}), say)
	options(&nasty.MemorySink{})
	text, err := json.Marshal(map[string]any{"sent": all, "violations": violations(os.Args[1]), "posts": posts()})
	must(err)
	fmt.Println(string(text))
}
