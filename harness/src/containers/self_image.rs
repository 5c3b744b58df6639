//! The running program as an image, made on the spot: no registry, no other image.
//!
//! The file itself, and what is loaded into this process of shared libraries with the loader: a program
//! that is linked statically brings nothing but itself.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::StreamExt as _;
use testcontainers::bollard::body_try_stream;
use testcontainers::bollard::query_parameters::CreateImageOptionsBuilder;
use tokio::sync::mpsc;

use super::docker::{Docker, DockerError};
use super::labels::RunMark;

/// Where the program lies in its image.
pub(super) const PROGRAM: &str = "/flipcheck";

/// Name and tag of a run's own image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelfImage {
    /// Name.
    pub name: String,
    /// Tag: the run's.
    pub tag: String,
}

impl SelfImage {
    /// Makes it, with the run's labels; removed with everything else of the run.
    ///
    /// # Errors
    /// When the program's files cannot be read, or the engine refuses.
    pub async fn make(docker: &Docker, mark: &RunMark) -> Result<Self, DockerError> {
        let image = Self { name: NAME.to_owned(), tag: mark.run.to_lowercase() };
        let labels = mark.labels("self-image").into_iter().collect::<BTreeMap<_, _>>();
        let changes = labels.iter().map(|(key, value)| format!("LABEL {key}={value:?}"));
        // One query member holds one instruction of all: instructions are lines.
        let changes = changes.chain([format!("ENTRYPOINT [{PROGRAM:?}]")]).collect();
        let wish = CreateImageOptionsBuilder::new()
            .from_src("-")
            .repo(&image.name)
            .tag(&image.tag)
            .changes(changes)
            .build();
        let (pieces, received) = mpsc::channel(PIECES_MAX);
        let packing = tokio::task::spawn_blocking(move || pack(Outlet(pieces)));
        let body = futures::stream::unfold(received, |mut received| async {
            received.recv().await.map(|piece| (Ok::<_, io::Error>(piece), received))
        });
        let mut steps = docker.client().create_image(Some(wish), Some(body_try_stream(body)), None);
        while let Some(step) = steps.next().await {
            step.map_err(DockerError::refused("make an image of this program"))?;
        }
        let packed = packing.await.map_err(io::Error::other).and_then(|packed| packed);
        packed.map_err(|error| DockerError::Refused {
            what: "get the files of this program".to_owned(),
            reason: error.to_string(),
        })?;
        Ok(image)
    }

    /// As other containers name it.
    pub fn reference(&self) -> String {
        format!("{}:{}", self.name, self.tag)
    }
}

/// Writes the archive.
fn pack(out: impl io::Write) -> io::Result<()> {
    // What looks names up is loaded only when it is first needed.
    let _ = std::net::ToSocketAddrs::to_socket_addrs(&("localhost", 0));
    let mut archive = tar::Builder::new(out);
    archive.follow_symlinks(true);
    // Engines do not read the sparse files of GNU archives.
    archive.sparse(false);
    let program = std::env::current_exe()?;
    archive.append_path_with_name(&program, inside(Path::new(PROGRAM)))?;
    let maps = std::fs::read_to_string("/proc/self/maps")?;
    for (name, file) in libraries(&maps, &program) {
        archive.append_path_with_name(file, inside(&name))?;
    }
    for (name, text) in FILES {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, inside(Path::new(name)), text.as_bytes())?;
    }
    archive.into_inner()?.flush()
}

/// Every name under which a loaded library may be asked for, with the file behind it.
fn libraries(maps: &str, program: &Path) -> BTreeMap<PathBuf, PathBuf> {
    let loaded: BTreeSet<PathBuf> = maps
        .lines()
        .filter_map(|line| line.split_whitespace().nth(5))
        .filter(|path| path.starts_with('/') && path.contains(".so"))
        .map(PathBuf::from)
        .filter(|path| path != program && path.is_file())
        .collect();
    let folders: BTreeSet<PathBuf> =
        loaded.iter().filter_map(|file| file.parent()).map(Path::to_owned).collect();
    // The loader is asked for by the path that is written in the program.
    let folders = folders.into_iter().chain(LOADER_FOLDERS.map(PathBuf::from));
    let mut names: BTreeMap<PathBuf, PathBuf> =
        loaded.iter().map(|file| (file.clone(), file.clone())).collect();
    for folder in folders {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for name in entries.map(|entry| entry.path()).filter(|path| {
            path.is_symlink() || loaded.iter().any(|file| file.file_name() == path.file_name())
        }) {
            if let Some(file) = name.canonicalize().ok().filter(|file| loaded.contains(file)) {
                names.insert(name, file);
            }
        }
    }
    names
}

fn inside(path: &Path) -> &Path {
    path.strip_prefix("/").unwrap_or(path)
}

/// Hands the archive over piece by piece: it is never held as a whole.
struct Outlet(mpsc::Sender<Bytes>);

impl io::Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Bytes::copy_from_slice(bytes));
        sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const NAME: &str = "flipcheck/self";
/// What a program needs of a system to look names up as usual.
const FILES: [(&str, &str); 2] =
    [("/etc/nsswitch.conf", "hosts: files dns\n"), ("/etc/passwd", "root:x:0:0::/:\n")];
const LOADER_FOLDERS: [&str; 2] = ["/lib64", "/lib"];
const PIECES_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_holds_the_program_and_what_it_needs_to_be_loaded() {
        let mut bytes = Vec::new();
        pack(&mut bytes).expect("packed");
        let mut archive = tar::Archive::new(bytes.as_slice());
        let names: Vec<String> = archive
            .entries()
            .expect("an archive")
            .map(|entry| entry.expect("an entry").path().expect("a path").display().to_string())
            .collect();
        assert_eq!(names[0], "flipcheck");
        let is_dynamic =
            std::fs::read_to_string("/proc/self/maps").expect("maps").contains("libc.so");
        assert_eq!(is_dynamic, names.iter().any(|name| name.ends_with("libc.so.6")), "{names:?}");
        assert_eq!(
            is_dynamic,
            names.iter().any(|name| name.starts_with("lib") && name.contains("/ld-linux"))
        );
    }
}
