//! The features are embedded: a new feature file must rebuild the crate.

fn main() {
    println!("cargo::rerun-if-changed=../features");
}
