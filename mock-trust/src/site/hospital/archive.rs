//! Imaging projects and users, as imaging-api keeps them.

use std::collections::{BTreeMap, BTreeSet};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;
use uuid::{Builder, Uuid};

/// Projects and users of the imaging archive, in memory; ids come from the seed.
#[derive(Debug)]
pub(crate) struct Archive {
    projects: BTreeMap<Uuid, Project>,
    users: BTreeMap<String, User>,
    rng: StdRng,
}

/// One imaging project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Project {
    /// The archive's own id, the `imaging_project_id` of later tasks.
    pub(crate) id: Uuid,
    /// Display name.
    pub(crate) name: String,
    /// The hub's project id.
    pub(crate) central_id: String,
    /// Usernames with access.
    pub(crate) members: BTreeSet<String>,
    /// Accession ids whose studies have been imported.
    pub(crate) imported: BTreeSet<String>,
}

/// One user of the archive, in its own wire form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    /// Login, made from the address.
    pub(crate) username: String,
    /// Whether the user may log in.
    pub(crate) enabled: bool,
    /// Number, counted from 1.
    pub(crate) id: u32,
    /// Whether the archive manages the password.
    pub(crate) secured: bool,
    /// Address, the key on the wire.
    pub(crate) email: String,
    /// Whether the address was confirmed.
    pub(crate) verified: bool,
    /// First name, made from the address.
    pub(crate) first_name: String,
    /// Last name; empty.
    pub(crate) last_name: String,
}

/// A user who did not exist before, with the secret to hand over sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewUser {
    /// The user.
    pub(crate) user: User,
    /// Characters a first password or a set-up link is made of.
    pub(crate) token: String,
}

/// Where the studies of a project stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[expect(clippy::struct_field_names, reason = "names on the wire")]
pub(crate) struct ImportCounts {
    /// In the archive.
    pub(crate) successful_count: u64,
    /// Given up.
    pub(crate) failed_count: u64,
    /// Under way.
    pub(crate) processing_count: u64,
    /// Waiting.
    pub(crate) queued_count: u64,
    /// Could not be queued.
    pub(crate) queue_failed_count: u64,
}

/// Why the archive refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ArchiveError {
    /// No project of that id.
    #[error("Project not found")]
    ProjectUnknown,
    /// No user of that address or name.
    #[error("User not found")]
    UserUnknown,
    /// The hub's project, or a project of that name, is there already.
    #[error("Project already exists")]
    ProjectExists,
    /// The address is taken.
    #[error("User already exists")]
    UserExists,
}

impl Archive {
    /// An archive with one user and no project.
    pub(crate) fn new(seed: u64) -> Self {
        let mut archive = Self {
            projects: BTreeMap::new(),
            users: BTreeMap::new(),
            rng: StdRng::seed_from_u64(seed.rotate_left(33)),
        };
        archive.add_user(RESIDENT).expect("the archive is empty");
        archive
    }

    /// Makes a project.
    ///
    /// # Errors
    /// [`ArchiveError::ProjectExists`].
    pub(crate) fn create_project(
        &mut self,
        name: &str,
        central_id: &str,
    ) -> Result<Project, ArchiveError> {
        let taken = |project: &Project| project.name == name || project.central_id == central_id;
        if self.projects.values().any(taken) {
            return Err(ArchiveError::ProjectExists);
        }
        let id = Builder::from_random_bytes(self.rng.random()).into_uuid();
        let project = Project {
            id,
            name: name.to_owned(),
            central_id: central_id.to_owned(),
            members: BTreeSet::new(),
            imported: BTreeSet::new(),
        };
        self.projects.insert(id, project.clone());
        Ok(project)
    }

    /// The project of that id; ids that are no UUID name no project.
    ///
    /// # Errors
    /// [`ArchiveError::ProjectUnknown`].
    pub(crate) fn project(&self, id: &str) -> Result<&Project, ArchiveError> {
        let id = Uuid::parse_str(id).map_err(|_| ArchiveError::ProjectUnknown)?;
        self.projects.get(&id).ok_or(ArchiveError::ProjectUnknown)
    }

    /// The project made for a project of the hub.
    ///
    /// # Errors
    /// [`ArchiveError::ProjectUnknown`].
    pub(crate) fn project_of(&self, central_id: &str) -> Result<&Project, ArchiveError> {
        let same = |project: &&Project| project.central_id == central_id;
        self.projects.values().find(same).ok_or(ArchiveError::ProjectUnknown)
    }

    /// All projects, by id.
    pub(crate) fn projects(&self) -> impl Iterator<Item = &Project> {
        self.projects.values()
    }

    /// Removes a project and tells what it was.
    ///
    /// # Errors
    /// [`ArchiveError::ProjectUnknown`].
    pub(crate) fn delete_project(&mut self, id: &str) -> Result<Project, ArchiveError> {
        let id = self.project(id)?.id;
        self.projects.remove(&id).ok_or(ArchiveError::ProjectUnknown)
    }

    /// Records studies as imported into a project that still exists.
    pub(crate) fn import(&mut self, id: Uuid, accession_ids: impl IntoIterator<Item = String>) {
        if let Some(project) = self.projects.get_mut(&id) {
            project.imported.extend(accession_ids);
        }
    }

    /// Where the studies named by `wanted` stand: imported, or still waiting.
    ///
    /// # Errors
    /// [`ArchiveError::ProjectUnknown`].
    pub(crate) fn import_counts(
        &self,
        id: &str,
        wanted: &[String],
    ) -> Result<ImportCounts, ArchiveError> {
        let project = self.project(id)?;
        let imported = wanted.iter().filter(|id| project.imported.contains(*id)).count() as u64;
        Ok(ImportCounts {
            successful_count: imported,
            queued_count: wanted.len() as u64 - imported,
            ..ImportCounts::default()
        })
    }

    /// Adds a user.
    ///
    /// # Errors
    /// [`ArchiveError::UserExists`].
    pub(crate) fn add_user(&mut self, email: &str) -> Result<NewUser, ArchiveError> {
        if self.users.contains_key(email) {
            return Err(ArchiveError::UserExists);
        }
        let local = email.split('@').next().unwrap_or(email);
        let id = u32::try_from(self.users.len() + 1).expect("far fewer than 2^32 users");
        let taken = self.users.values().any(|user| user.username == local);
        let user = User {
            username: if taken { format!("{local}{id}") } else { local.to_owned() },
            enabled: true,
            id,
            secured: true,
            email: email.to_owned(),
            verified: true,
            first_name: local.to_owned(),
            last_name: String::new(),
        };
        self.users.insert(email.to_owned(), user.clone());
        Ok(NewUser { user, token: hex::encode(self.rng.random::<[u8; 16]>()) })
    }

    /// The user of that address.
    pub(crate) fn user(&self, email: &str) -> Option<&User> {
        self.users.get(email)
    }

    /// All users, by address.
    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// Enables or disables a user.
    ///
    /// # Errors
    /// [`ArchiveError::UserUnknown`].
    pub(crate) fn enable_user(&mut self, email: &str, enabled: bool) -> Result<User, ArchiveError> {
        let user = self.users.get_mut(email).ok_or(ArchiveError::UserUnknown)?;
        user.enabled = enabled;
        Ok(user.clone())
    }

    /// Gives a user access to a project.
    ///
    /// # Errors
    /// [`ArchiveError::UserUnknown`], [`ArchiveError::ProjectUnknown`].
    pub(crate) fn join(&mut self, username: &str, project: &str) -> Result<User, ArchiveError> {
        let id = self.project(project)?.id;
        let same = |user: &&User| user.username == username;
        let user = self.users.values().find(same).ok_or(ArchiveError::UserUnknown)?.clone();
        if let Some(project) = self.projects.get_mut(&id) {
            project.members.insert(user.username.clone());
        }
        Ok(user)
    }
}

/// The user every archive starts with.
const RESIDENT: &str = "radiology@hospital.example";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_lives_from_create_to_delete() {
        let mut archive = Archive::new(1);
        let project = archive.create_project("Lungs", "hub-1").expect("new");
        let id = project.id.to_string();
        assert_eq!(archive.project(&id), Ok(&project));
        assert_eq!(archive.project_of("hub-1"), Ok(&project));
        assert_eq!(archive.create_project("Lungs", "hub-2"), Err(ArchiveError::ProjectExists));
        assert_eq!(archive.create_project("Other", "hub-1"), Err(ArchiveError::ProjectExists));
        assert_eq!(archive.delete_project(&id), Ok(project));
        assert_eq!(archive.delete_project(&id), Err(ArchiveError::ProjectUnknown));
    }

    #[test]
    fn studies_wait_until_they_are_imported() {
        let mut archive = Archive::new(1);
        let project = archive.create_project("Lungs", "hub-1").expect("new");
        let wanted = ["A".to_owned(), "B".to_owned()];
        let id = project.id.to_string();
        assert_eq!(archive.import_counts(&id, &wanted).expect("known").queued_count, 2);
        archive.import(project.id, ["A".to_owned()]);
        let counts = archive.import_counts(&id, &wanted).expect("known");
        assert_eq!((counts.successful_count, counts.queued_count), (1, 1));
    }

    #[test]
    fn users_are_known_by_address_and_logins_stay_unique() {
        let mut archive = Archive::new(1);
        let ann = archive.add_user("ann@a.example").expect("new");
        let other = archive.add_user("ann@b.example").expect("new");
        assert_ne!(ann.user.username, other.user.username);
        assert_ne!(ann.token, other.token);
        assert_eq!(archive.add_user("ann@a.example"), Err(ArchiveError::UserExists));
        assert!(!archive.enable_user("ann@a.example", false).expect("known").enabled);
        assert_eq!(archive.enable_user("bob@a.example", true), Err(ArchiveError::UserUnknown));
    }

    #[test]
    fn one_seed_gives_one_archive() {
        let id = |seed| Archive::new(seed).create_project("p", "c").expect("new").id;
        assert_eq!(id(4), id(4));
        assert_ne!(id(4), id(5));
    }
}
