// The script over the Go client of Socket.IO.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/zishang520/socket.io/clients/engine/v3/transports"
	client "github.com/zishang520/socket.io/clients/socket/v3"
	"github.com/zishang520/socket.io/v3/pkg/types"
)

const stepTime = 10 * time.Second

// peer is one socket of the client; what it hears waits in its inbox.
type peer struct {
	*client.Socket
	inbox map[types.EventName]chan []any
}

func open(manager *client.Manager, namespace string, auth map[string]any) *peer {
	options := client.DefaultSocketOptions()
	options.SetAuth(auth)
	socket := &peer{manager.Socket(namespace, options), map[types.EventName]chan []any{}}
	for _, event := range []types.EventName{"connect", "disconnect", "connect_error", "echo", "news"} {
		inbox := make(chan []any, 100)
		socket.inbox[event] = inbox
		socket.On(event, func(args ...any) { inbox <- args })
	}
	socket.On("question", func(args ...any) {
		last := len(args) - 1
		args[last].(func([]any, error))(args[:last], nil)
	})
	socket.Connect()
	return socket
}

func newManager() *client.Manager {
	options := client.DefaultManagerOptions()
	options.SetReconnectionDelay(50)
	options.SetReconnectionDelayMax(100)
	// Its first attempt to reconnect hangs until this time is over; the default is 20 seconds.
	options.SetTimeout(2 * time.Second)
	options.SetAutoConnect(false)
	if os.Args[2] == "websocket" {
		options.SetTransports(types.NewSet(transports.WebSocket))
	} else {
		options.SetTransports(types.NewSet(transports.Polling, transports.WebSocket))
	}
	return client.NewManager(os.Args[1], options)
}

func (socket *peer) next(event types.EventName, limit time.Duration) []any {
	select {
	case args := <-socket.inbox[event]:
		return args
	case <-time.After(limit):
		panic(fmt.Sprintf("no %s", event))
	}
}

func (socket *peer) ask(event string, args ...any) []any {
	answer := make(chan []any, 1)
	socket.EmitWithAck(event, args...)(func(values []any, _ error) { answer <- values })
	select {
	case values := <-answer:
		return values
	case <-time.After(stepTime):
		panic(fmt.Sprintf("no acknowledgement of %s", event))
	}
}

func (socket *peer) echo(args ...any) []any {
	socket.Emit("echo", args...)
	return socket.next("echo", stepTime)
}

func (socket *peer) who(property string) any {
	return socket.ask("who")[0].(map[string]any)[property]
}

func refused() any {
	socket := open(newManager(), "/vault", map[string]any{"token": "wrong"})
	defer socket.Disconnect()
	switch refusal := socket.next("connect_error", stepTime)[0].(type) {
	case *types.ExtendedError:
		return map[string]any{"message": refusal.Error(), "data": refusal.Data}
	default:
		return fmt.Sprint(refusal)
	}
}

func (socket *peer) transport() any {
	for waited := time.Duration(0); waited < stepTime && socket.who("transport") != "websocket"; {
		time.Sleep(50 * time.Millisecond)
		waited += 50 * time.Millisecond
	}
	return socket.who("transport")
}

func (socket *peer) restart() any {
	please("restart")
	socket.next("disconnect", stepTime)
	socket.next("connect", 2*stepTime)
	return socket.echo("after the restart")
}

func main() {
	step("refused", refused)
	manager := newManager()
	vault := open(manager, "/vault", map[string]any{"token": "open"})
	step("admitted", func() any {
		vault.next("connect", stepTime)
		return vault.who("auth")
	})
	step("transport", vault.transport)
	step("events", func() any { return vault.echo(events...) })
	step("binary", func() any {
		var echoes []any
		for _, size := range sizes {
			echoes = append(echoes, vault.echo(sample(size))[0])
		}
		return echoes
	})
	step("every byte", func() any { return vault.echo(everyByte()) })
	step("nested binary", func() any { return vault.echo(parts()) })
	step("acknowledged", func() any { return vault.ask("ask", "yes", 7, map[string]any{"ok": true}) })
	step("acknowledged with binary", func() any { return vault.ask("ask", sample(200)) })
	step("answers", func() any { return vault.ask("question-me", "why", 5) })
	step("answers with binary", func() any { return vault.ask("question-me", sample(200)) })
	step("broadcast", func() any {
		please("publish")
		return vault.next("news", stepTime)
	})
	step("second namespace", func() any {
		orders := open(manager, "/orders", nil)
		orders.next("connect", stepTime)
		return orders.ask("ask", "orders")
	})
	step("restart", vault.restart)
	step("disconnected", func() any {
		vault.Emit("leave-me")
		return vault.next("disconnect", stepTime)[0]
	})
}
