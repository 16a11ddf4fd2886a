//! What the script sends, and how it tells what it saw.

use serde_json::{json, Value};

pub const SIZES: [usize; 6] = [1, 125, 126, 65_535, 65_536, 300_000];

/// What was seen at a step, or why nothing was.
pub type Seen = Result<Value, String>;

pub fn events() -> Vec<Value> {
    vec![
        json!("žluťoučký kůň 🎈"),
        json!(42),
        json!({ "deep": [true, null, { "list": [] }] }),
    ]
}

pub fn sample(size: usize) -> Vec<u8> {
    (0..size)
        .map(|at| ((at * 7 + size) & 0xff) as u8)
        .map(|byte| if byte == 0x1e { 0x1f } else { byte })
        .collect()
}

pub fn every_byte() -> Vec<u8> {
    (0..=255).collect()
}

pub fn digest(bytes: &[u8]) -> Value {
    let hash = bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    json!({ "bytes": bytes.len(), "fnv1a": hash })
}

pub fn step(name: &str, see: impl FnOnce() -> Seen) {
    let left_out = std::env::args().nth(3).unwrap_or_default();
    if left_out.split(',').any(|one| one == name) {
        return;
    }
    match see() {
        Ok(saw) => println!("{}", json!({ "did": name, "saw": saw })),
        Err(failure) => println!("{}", json!({ "did": name, "failed": failure })),
    }
}

pub fn please(favour: &str) {
    println!("{}", json!({ "please": favour }));
}
