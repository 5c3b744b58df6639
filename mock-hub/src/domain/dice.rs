//! The hub's one source of chance: ids, keys and ivs repeat with a seed.

use std::fmt;

use contract::envelope::CBC_IV_BYTES;
use contract::key::{Secret, mint_key, mint_payload_key};
use parking_lot::Mutex;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::{Builder, Uuid};

/// A generator behind a lock.
pub struct Dice(Mutex<StdRng>);

impl Dice {
    /// Seeded, or from the system's randomness when there is no seed.
    pub fn new(seed: Option<u64>) -> Self {
        Self(Mutex::new(match seed {
            Some(seed) => StdRng::seed_from_u64(seed),
            None => StdRng::from_rng(&mut rand::rng()),
        }))
    }

    /// A new UUIDv4.
    pub fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.0.lock().fill_bytes(&mut bytes);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    /// A new key of 43 characters.
    pub fn key(&self) -> Secret {
        mint_key(&mut *self.0.lock())
    }

    /// A new payload key.
    pub fn payload_key(&self) -> Secret {
        mint_payload_key(&mut *self.0.lock())
    }

    /// Bytes for an iv, as many as the longest takes.
    pub fn iv(&self) -> [u8; CBC_IV_BYTES] {
        let mut bytes = [0; CBC_IV_BYTES];
        self.0.lock().fill_bytes(&mut bytes);
        bytes
    }

    /// Runs something that draws from the generator.
    pub fn with<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.0.lock())
    }
}

impl fmt::Debug for Dice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dice")
    }
}
