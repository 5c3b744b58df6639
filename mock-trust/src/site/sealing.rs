//! Texts sealed with the payload key: project ids that come in, new users' secrets that go out.

use contract::edition::Edition;
use contract::envelope::{
    KeyRing, OpenError, PROJECT_ID_CONTEXT, ReadOptions, SETUP_PATH_CONTEXT, SHARED_KID,
    SealRequest, key_bytes, open, seal,
};
use contract::key::Secret;
use parking_lot::{Mutex, RwLock};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::answers::Refusal;
use super::options::SiteOptions;

/// Opens and seals in the format of the edition.
pub(super) struct Seals {
    edition: &'static Edition,
    ring: RwLock<KeyRing>,
    kid: RwLock<String>,
    rng: Mutex<StdRng>,
}

impl Seals {
    /// Keys that are no base64 are held as nothing: opening then fails as with an unknown key id.
    pub(super) fn new(options: &SiteOptions) -> Self {
        let mut ring = KeyRing::new();
        let further = options.further_payload_keys.iter().map(|(kid, key)| (kid.as_str(), key));
        for (kid, key) in std::iter::once((SHARED_KID, &options.payload_key)).chain(further) {
            if let Ok(bytes) = key_bytes(key.expose()) {
                ring.insert(kid, bytes.to_vec());
            }
        }
        let own = options.own_kid.as_deref().filter(|kid| ring.key(kid).is_some());
        Self {
            edition: options.edition.row(),
            kid: RwLock::new(own.unwrap_or(SHARED_KID).to_owned()),
            ring: RwLock::new(ring),
            rng: Mutex::new(StdRng::seed_from_u64(options.seed.rotate_left(49))),
        }
    }

    /// Puts another key in place, as services do that are created anew.
    pub(super) fn replace_key(&self, kid: &str, key: &Secret) {
        let bytes = key_bytes(key.expose()).map(|bytes| bytes.to_vec()).unwrap_or_default();
        self.ring.write().insert(kid, bytes);
    }

    /// Seals under another key id from now on.
    pub(super) fn replace_kid(&self, kid: String) {
        *self.kid.write() = kid;
    }

    /// The hub's project id behind a sealed one, or 400.
    pub(super) fn project_id(&self, sealed: &str) -> Result<String, Refusal> {
        let read =
            ReadOptions { accept_legacy_cbc: self.edition.reads_legacy_cbc, force_key: None };
        let opened = open(self.edition.cipher, &self.ring.read(), PROJECT_ID_CONTEXT, sealed, read);
        opened.map_err(|error| {
            Refusal::bad_request(match error {
                OpenError::Authentication => PROJECT_UNAUTHENTIC.to_owned(),
                other => format!("Central Hub project id is unreadable: {other}"),
            })
        })
    }

    /// A project id sealed as the hub seals it.
    pub(super) fn seal_project_id(&self, project_id: &str) -> Result<String, Refusal> {
        self.seal(PROJECT_ID_CONTEXT, project_id)
    }

    /// What a new user gets: a set-up path, or a first password in editions that send one.
    pub(super) fn seal_user_secret(&self, secret: &str) -> Result<String, Refusal> {
        self.seal(SETUP_PATH_CONTEXT, secret)
    }

    fn seal(&self, context: &str, text: &str) -> Result<String, Refusal> {
        let (ring, kid) = (self.ring.read(), self.kid.read());
        let key = ring.key(&kid).unwrap_or_default();
        let request =
            SealRequest::new(self.edition.cipher, key, text.as_bytes()).kid(&kid).context(context);
        seal(request, &mut *self.rng.lock()).map_err(|error| Refusal::internal(error.to_string()))
    }
}

const PROJECT_UNAUTHENTIC: &str = "Central Hub project id failed authentication";
