//! A site without a defect, made for real in a temporary folder: what checks and known bugs break.
//!
//! Keys and certificates are minted on the spot and good for nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use camino::{Utf8Path, Utf8PathBuf};
use contract::edition::{Edition, EditionId};
use contract::key::{Secret, mint_key, mint_payload_key};
use contract::kit::{KEYS, Kit, KitEnv, Section, scaffold};
use flate2::{Compression, write::GzEncoder};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::json;

pub use super::provisioning::{ClientPair, Provisioning, named};
use super::{
    Container, FlTree, HostFacts, HubFacts, KitFile, PackageTree, Presence, Site, Swarm, images_of,
};
use crate::finding::{Judged, Stop};

/// The trust's slot and its number.
pub const SLOT: (&str, &str) = ("Trust_7", "7");
/// Name of the hub, below a domain nobody can own.
pub const HUB_HOST: &str = "app.flip.example.org";

/// A member of a package: path, mode, content.
pub type Members = BTreeMap<String, (u32, Vec<u8>)>;

/// The site.
pub struct SampleSite {
    folder: tempfile::TempDir,
    root: Utf8PathBuf,
    /// The CA its FL kit comes from.
    pub provisioning: Provisioning,
    backend: &'static str,
}

impl SampleSite {
    /// With an NVFLARE kit.
    pub fn nvflare() -> Judged<Self> {
        Self::made("nvflare")
    }

    /// With a Flower kit.
    pub fn flower() -> Judged<Self> {
        Self::made("flower")
    }

    fn made(backend: &'static str) -> Judged<Self> {
        let folder = tempfile::Builder::new().prefix("site-").tempdir().map_err(unable)?;
        let root = Utf8PathBuf::from_path_buf(folder.path().to_owned())
            .map_err(|path| Stop::not_verified(format!("{} is not UTF-8", path.display())))?;
        let provisioning = Provisioning::new("flip").map_err(unable)?;
        let sample = Self { folder, root, provisioning, backend };
        for name in ["images", "omop", "orthanc"] {
            fs::create_dir(sample.root.join(name)).map_err(unable)?;
        }
        sample.put("omop/PG_VERSION", 0o644, "16\n")?;
        sample.put("orthanc/index", 0o644, "x\n")?;
        let kit = sample.new_kit()?;
        sample.put(KIT, 0o600, kit.expose())?;
        sample.put(HUB_ENV, 0o600, kit.expose())?;
        if backend == "nvflare" {
            sample.put_nvflare()?;
        } else {
            sample.put_flower()?;
        }
        Ok(sample)
    }

    fn new_kit(&self) -> Judged<Kit> {
        let mut kit =
            scaffold("KCH", "King's Cross Hospital", KitEnv::Production).map_err(unable)?;
        let mut rng = StdRng::seed_from_u64(7);
        let path = |name: &str| self.root.join(name).into_string();
        let mut entries: Vec<(&str, String)> = vec![
            ("FL_KIT_DIR", path(FL_KIT)),
            ("BASE_IMAGES_DOWNLOAD_DIR", path("images")),
            ("OMOP_DATA_DIR", path("omop")),
            ("ORTHANC_STORAGE_DIR", path("orthanc")),
            ("NUM_AVAILABLE_GPUS", "0".to_owned()),
            ("AES_KEY_BASE64", mint_payload_key(&mut rng).expose().to_owned()),
            ("TRUST_API_KEY", mint_key(&mut rng).expose().to_owned()),
            ("TRUST_INTERNAL_SERVICE_KEY", mint_key(&mut rng).expose().to_owned()),
            ("FL_BACKEND", self.backend.to_owned()),
            ("CENTRAL_HUB_API_URL", format!("https://{HUB_HOST}/api")),
            ("NLB_SUBDOMAIN", format!("fl.{HUB_HOST}")),
            ("FL_KIT_SLOT", SLOT.0.to_owned()),
            ("FL_KIT_SLOT_NUMBER", SLOT.1.to_owned()),
        ];
        entries.extend(FIXED.iter().map(|(key, value)| (*key, (*value).to_owned())));
        for row in KEYS.iter().filter(|row| row.secret && row.section == Section::TrustLocal) {
            entries.push((row.name, format!("made-up-{}", row.name.to_lowercase())));
        }
        kit.write(&entries).map_err(unable)?;
        Ok(kit)
    }

    fn put_nvflare(&self) -> Judged {
        let pair = self.provisioning.client(SLOT.0).map_err(unable)?;
        self.startup("client.crt", 0o644, &pair.certificate)?;
        self.startup("client.key", 0o600, pair.key.expose())?;
        self.startup("rootCA.pem", 0o644, &self.provisioning.ca_pem())?;
        self.startup("fed_client.json", 0o644, &fed_client(&format!("fl.{HUB_HOST}")))?;
        for script in ["start.sh", "sub_start.sh", "stop_fl.sh"] {
            self.startup(script, 0o755, "#!/usr/bin/env bash\n")?;
        }
        let service = self.root.join(FL_KIT).join("net-1/services").join(SLOT.0);
        fs::create_dir_all(service.join("transfer")).map_err(unable)?;
        let local = format!("{FL_KIT}/net-1/services/{}/local/resources.json.default", SLOT.0);
        self.put(&local, 0o644, "{}\n")
    }

    fn put_flower(&self) -> Judged {
        let ca = self.provisioning.ca_pem();
        self.put(&format!("{FL_KIT}/net-1/certificates/ca.crt"), 0o644, &ca)?;
        let key = format!("{FL_KIT}/net-1/keys/supernode_credentials_{}", SLOT.1);
        self.put(&key, 0o600, "made-up key of a SuperNode\n")
    }

    /// Signs the kit as NVFLARE 2.7 did; later ones sign nothing.
    pub fn sign(&self) -> Judged {
        self.startup("signature.json", 0o644, &signatures())
    }

    /// Writes a file of the NVFLARE startup directory.
    pub fn startup(&self, name: &str, mode: u32, text: &str) -> Judged {
        self.put(&format!("{FL_KIT}/net-1/services/{}/startup/{name}", SLOT.0), mode, text)
    }

    /// Writes a file below the site's folder.
    pub fn put(&self, path: &str, mode: u32, text: &str) -> Judged {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&self.root)).map_err(unable)?;
        let mut file = fs::File::create(&path).map_err(unable)?;
        file.set_permissions(fs::Permissions::from_mode(mode)).map_err(unable)?;
        file.write_all(text.as_bytes()).map_err(unable)
    }

    /// The folder of everything.
    pub fn folder(&self) -> &Utf8Path {
        debug_assert_eq!(self.folder.path(), self.root.as_std_path());
        &self.root
    }

    /// The kit file.
    pub fn kit_path(&self) -> Utf8PathBuf {
        self.root.join(KIT)
    }

    /// The admin's hub env file.
    pub fn hub_env_path(&self) -> Utf8PathBuf {
        self.root.join(HUB_ENV)
    }

    /// The FL kit.
    pub fn fl_kit_path(&self) -> Utf8PathBuf {
        self.root.join(FL_KIT)
    }

    /// The kit as it is now.
    pub fn kit(&self) -> Judged<Kit> {
        Ok(Kit::new(fs::read_to_string(self.kit_path()).map_err(unable)?))
    }

    /// Changes values of the kit in place.
    pub fn set(&self, entries: &[(&str, &str)]) -> Judged {
        let mut kit = self.kit()?;
        kit.write(entries).map_err(unable)?;
        self.put(KIT, 0o600, kit.expose())
    }

    /// Looks at everything anew. Facts no folder can hold are those of a good machine.
    pub fn site(&self) -> Judged<Site> {
        self.site_in(EditionId::DEFAULT.row())
    }

    /// The same for another release of the contract.
    pub fn site_in(&self, edition: &'static Edition) -> Judged<Site> {
        let mut site = Site::new(edition, KitFile::read(&self.kit_path()));
        site.fl_kit = FlTree::read(&self.fl_kit_path());
        let hub_env = fs::read_to_string(self.hub_env_path()).map_err(unable)?;
        site.hub = HubFacts::from_environment(Kit::new(hub_env));
        site.host = self.host_facts(&site)?;
        site.images =
            images_of(&site).into_iter().map(|image| (image, Ok(Presence::Pullable))).collect();
        Ok(site)
    }

    fn host_facts(&self, site: &Site) -> Judged<HostFacts> {
        let environment: BTreeMap<String, Secret> = self
            .kit()?
            .env_for_trust(site.edition)
            .into_iter()
            .map(|(name, value)| (name, Secret::new(value)))
            .collect();
        let poller = Container {
            name: format!("trust{}-trust-api-1", SLOT.1),
            service: "trust-api".to_owned(),
            environment,
            restart_policy: "unless-stopped".to_owned(),
        };
        let networks = ["bridge".to_owned(), format!("deploy_trust-network-{}", SLOT.1)];
        let mut facts = HostFacts {
            swarm: Ok(Swarm::Active),
            networks: Ok(BTreeSet::from(networks)),
            gpus: Ok(0),
            containers: Ok(vec![poller]),
            // A checkout can be anybody's: the images of a good site run as whoever made the files.
            client_user: Ok(rustix::process::geteuid().as_raw()),
            imaging_user: Ok(rustix::process::geteuid().as_raw()),
            ..HostFacts::default()
        };
        let keys =
            ["FL_KIT_DIR", "OMOP_DATA_DIR", "ORTHANC_STORAGE_DIR", "BASE_IMAGES_DOWNLOAD_DIR"];
        facts.look_at(keys.iter().filter_map(|key| site.value(key)));
        for name in site.names_called() {
            facts.names.insert(name, Ok(vec![[192, 0, 2, 1].into()]));
        }
        Ok(facts)
    }

    /// What packaging would put into the tarball of this site.
    pub fn members(&self) -> Judged<Members> {
        let mut members = Members::new();
        let kit = fs::read(self.kit_path()).map_err(unable)?;
        members.insert(KIT.to_owned(), (0o600, kit));
        let tree = FlTree::read(&self.fl_kit_path()).map_err(unable)?;
        for (path, entry) in tree.entries() {
            let directory = entry.kind == super::EntryKind::Directory;
            let name = format!("fl-kit/{path}{}", if directory { "/" } else { "" });
            let content = if directory {
                Vec::new()
            } else {
                fs::read(self.fl_kit_path().join(path)).map_err(unable)?
            };
            members.insert(name, (entry.mode, content));
        }
        Ok(members)
    }

    /// Writes a tarball of these members and looks at it.
    pub fn packed(&self, members: &Members) -> Judged<Site> {
        let name = format!("flip-trust-kit-{}-20260901-000000.tar.gz", SLOT.0);
        let path = self.root.join(name);
        let file = fs::File::create(&path).map_err(unable)?;
        file.set_permissions(fs::Permissions::from_mode(0o600)).map_err(unable)?;
        let mut archive = tar::Builder::new(GzEncoder::new(file, Compression::fast()));
        for (name, (mode, content)) in members {
            let mut header = tar::Header::new_gnu();
            header.set_mode(*mode);
            header.set_size(content.len() as u64);
            let directory = name.ends_with('/');
            header.set_entry_type(if directory {
                tar::EntryType::Directory
            } else {
                tar::EntryType::Regular
            });
            archive.append_data(&mut header, name, content.as_slice()).map_err(unable)?;
        }
        archive.into_inner().and_then(GzEncoder::finish).map_err(unable)?;
        let mut site = self.site()?;
        site.package = Some(PackageTree::read(&path));
        Ok(site)
    }
}

/// The client's configuration as provisioning writes it, for this FL host.
pub fn fed_client(host: &str) -> String {
    let service = json!({ "scheme": "grpc", "target": format!("{host}:8002") });
    json!({ "format_version": 2, "servers": [{ "name": "flip", "service": service }] }).to_string()
}

/// `signature.json` of the right shape; what it says is of no consequence here.
fn signatures() -> String {
    let signed =
        ["client.crt", "client.key", "fed_client.json", "rootCA.pem", "start.sh", "sub_start.sh"];
    let signature = STANDARD.encode([7_u8; 256]);
    let entries: BTreeMap<&str, &str> =
        signed.iter().map(|file| (*file, signature.as_str())).collect();
    json!(entries).to_string()
}

fn unable(error: impl std::fmt::Display) -> Stop {
    Stop::not_verified(format!("cannot make a sample site: {error}"))
}

const KIT: &str = ".env.KCH.production";
const HUB_ENV: &str = "hub.env";
const FL_KIT: &str = "fl-kit";
const FIXED: &[(&str, &str)] = &[
    ("TRUST_API_KEY_HEADER", "Authorization"),
    ("FLOWER_KIT_DATE", "20260901"),
    ("FLARE_KIT_DATE", "20260901"),
    ("DOCKER_TAG", "v0.9.2"),
    ("DOCKER_FL_TAG", "v0.9.2"),
    ("DOCKER_REGISTRY", "registry.example.org/flip/"),
    ("DOCKER_FL_REGISTRY", "registry.example.org/flip/"),
    ("FL_SERVER_PORT", "8002"),
    ("EXPECTED_TRUST_ID", "ddc08a0b-1111-4111-8111-111111111111"),
];
