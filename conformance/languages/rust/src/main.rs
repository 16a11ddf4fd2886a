//! The script over the blocking client of rust_socketio.

mod report;

use report::{digest, events, every_byte, please, sample, step, Seen, SIZES};
use rust_socketio::client::Client;
use rust_socketio::{ClientBuilder, Event, Payload, TransportType};
use serde_json::{json, Value};
use std::collections::HashMap;
use std::sync::mpsc::{channel, Receiver};
use std::time::{Duration, Instant};

const STEP_TIME: Duration = Duration::from_secs(10);

/// One socket of the client; what it hears waits in its inbox.
struct Peer {
    socket: Client,
    inbox: HashMap<Event, Receiver<Payload>>,
}

impl Peer {
    fn connect(token: &str) -> Peer {
        let arguments: Vec<String> = std::env::args().collect();
        let transport = match arguments[2].as_str() {
            "websocket" => TransportType::Websocket,
            _ => TransportType::Any,
        };
        let mut builder = ClientBuilder::new(arguments[1].as_str())
            .namespace("/vault")
            .auth(json!({ "token": token }))
            .transport_type(transport)
            .reconnect_delay(50, 100);
        let mut inbox = HashMap::new();
        for event in [
            Event::Connect,
            Event::Close,
            Event::Error,
            "echo".into(),
            "news".into(),
        ] {
            let (sender, receiver) = channel();
            inbox.insert(event.clone(), receiver);
            builder = builder.on(event, move |payload, _| {
                let _ = sender.send(payload);
            });
        }
        Peer {
            socket: builder.connect().expect("the server is there"),
            inbox,
        }
    }

    fn next<E: Into<Event>>(&self, event: E) -> Result<Payload, String> {
        self.next_within(event, STEP_TIME)
    }

    fn next_within<E: Into<Event>>(&self, event: E, limit: Duration) -> Result<Payload, String> {
        let event = event.into();
        self.inbox[&event]
            .recv_timeout(limit)
            .map_err(|_| format!("no {event}"))
    }

    fn ask<P: Into<Payload>>(&self, event: &str, args: P) -> Result<Payload, String> {
        let (sender, receiver) = channel();
        let on_answer = move |payload: Payload, _| {
            let _ = sender.send(payload);
        };
        self.socket
            .emit_with_ack(event, args, STEP_TIME, on_answer)
            .map_err(|error| error.to_string())?;
        receiver
            .recv_timeout(STEP_TIME)
            .map_err(|_| format!("no acknowledgement of {event}"))
    }

    fn echo<P: Into<Payload>>(&self, args: P) -> Result<Payload, String> {
        self.socket
            .emit("echo", args)
            .map_err(|error| error.to_string())?;
        self.next("echo")
    }

    fn who(&self, property: &str) -> Seen {
        let answer = values(self.ask("who", Vec::<Value>::new())?)?;
        Ok(answer[0][0][property].clone())
    }

    fn admitted(&self) -> Seen {
        self.next(Event::Connect)?;
        self.who("auth")
    }

    fn transport(&self) -> Seen {
        let begin = Instant::now();
        while self.who("transport")? != "websocket" && begin.elapsed() < STEP_TIME {
            std::thread::sleep(Duration::from_millis(50));
        }
        self.who("transport")
    }

    fn binary(&self) -> Seen {
        let echoes: Result<Vec<Value>, String> = SIZES
            .iter()
            .map(|size| Ok(digest(&bytes(self.echo(sample(*size))?)?)))
            .collect();
        Ok(Value::Array(echoes?))
    }

    fn broadcast(&self) -> Seen {
        please("publish");
        seen(self.next("news")?)
    }

    fn restart(&self) -> Seen {
        please("restart");
        self.next_within(Event::Connect, 2 * STEP_TIME)?;
        seen(self.echo("after the restart")?)
    }

    fn disconnected(&self) -> Seen {
        self.socket
            .emit("leave-me", Vec::<Value>::new())
            .map_err(|error| error.to_string())?;
        self.next(Event::Close)?;
        Ok("closed".into())
    }
}

/// The library hands a refusal over as a sentence that ends with it.
fn refused() -> Seen {
    let peer = Peer::connect("wrong");
    let error = values(peer.next(Event::Error)?)?;
    let sentence = error[0].as_str().unwrap_or_default();
    let refusal = sentence.find('{').map_or("null", |at| &sentence[at..]);
    serde_json::from_str(refusal).map_err(|error| error.to_string())
}

fn values(payload: Payload) -> Result<Vec<Value>, String> {
    match payload {
        Payload::Text(values) => Ok(values),
        other => Err(format!("not text: {other:?}")),
    }
}

fn bytes(payload: Payload) -> Result<Vec<u8>, String> {
    match payload {
        Payload::Binary(bytes) => Ok(bytes.to_vec()),
        other => Err(format!("not binary: {other:?}")),
    }
}

fn seen(payload: Payload) -> Seen {
    values(payload).map(Value::Array)
}

/// An acknowledgement arrives as one value, the list of its arguments.
fn arguments(answer: Payload) -> Seen {
    Ok(values(answer)?[0].clone())
}

fn main() {
    step("refused", refused);
    let vault = Peer::connect("open");
    step("admitted", || vault.admitted());
    step("transport", || vault.transport());
    step("events", || seen(vault.echo(events())?));
    step("binary", || vault.binary());
    step("every byte", || {
        Ok(json!([digest(&bytes(vault.echo(every_byte())?)?)]))
    });
    step("acknowledged", || {
        arguments(vault.ask("ask", vec![json!("yes"), json!(7), json!({ "ok": true })])?)
    });
    step("acknowledged with binary", || {
        Ok(json!([digest(&bytes(vault.ask("ask", sample(200))?)?)]))
    });
    step("broadcast", || vault.broadcast());
    step("restart", || vault.restart());
    step("disconnected", || vault.disconnected());
    std::process::exit(0);
}
