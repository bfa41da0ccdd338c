//! Trunk and the wasm-bindgen command: a prebuilt release where one can be had, else built from source.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::prebuilt::{self, Release};
use super::{Setup, install_whole};
use crate::process::{find_program, output, run};

const TRUNK_VERSION: &str = "0.21.14";

/// A tool that cargo can build.
struct CargoTool {
    /// The package, which also names the folder.
    package: &'static str,
    version: String,
    /// The programs that must be there; the first is asked for its version.
    programs: &'static [&'static str],
    /// Whether its own lock file is to be followed.
    locked: bool,
    release: Option<Release>,
}

impl Setup {
    pub(super) fn trunk(&mut self) -> Result<()> {
        self.cargo_tool(&CargoTool {
            package: "trunk",
            version: TRUNK_VERSION.to_owned(),
            programs: &["trunk"],
            locked: true,
            release: prebuilt::trunk(TRUNK_VERSION),
        })
    }

    /// The command must be of exactly the version of the library.
    pub(super) fn wasm_bindgen(&mut self) -> Result<()> {
        let version = self.workspace.locked_version("wasm-bindgen")?;
        self.cargo_tool(&CargoTool {
            package: "wasm-bindgen-cli",
            release: prebuilt::wasm_bindgen(&version),
            version,
            programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
            // The package carries no lock file.
            locked: false,
        })
    }

    fn cargo_tool(&mut self, tool: &CargoTool) -> Result<()> {
        let folder = self.tool_folder(tool.package, &tool.version);
        let programs = folder.join("bin");
        if !tool.is_in(&programs) {
            if tool.is_on_path() {
                return Ok(());
            }
            install_whole(&folder, |partial| tool.install(self, &partial.join("bin")))?;
        }
        self.put_on_path(programs);
        Ok(())
    }
}

impl CargoTool {
    fn is_in(&self, folder: &Path) -> bool {
        self.programs.iter().all(|program| folder.join(program).is_file())
            && self.programs.first().is_some_and(|program| self.has_version(&folder.join(program)))
    }

    fn is_on_path(&self) -> bool {
        let mut found = self.programs.iter().map(|program| find_program(program));
        found.all(|path| path.is_some_and(|path| self.has_version(&path)))
    }

    /// `trunk 0.21.14`, `wasm-bindgen 0.2.130 (0a1b2c3d4)`.
    fn has_version(&self, program: &Path) -> bool {
        output(Command::new(program).arg("--version"))
            .is_ok_and(|said| said.split_whitespace().nth(1) == Some(self.version.as_str()))
    }

    fn install(&self, setup: &Setup, programs: &Path) -> Result<()> {
        let (package, version) = (self.package, &self.version);
        if let (Some(release), Some(host)) = (&self.release, &setup.prebuilt) {
            println!("set-up: {package} {version}, its prebuilt release");
            match release.unpack(host, programs) {
                Ok(()) if self.is_in(programs) => return Ok(()),
                Ok(()) => println!("set-up: what was unpacked is not {package} {version} for this machine"),
                Err(error) => println!("set-up: not to be had ({error:#})"),
            }
        }
        println!("set-up: {package} {version}, built from source (some minutes)");
        let root = programs.parent().context("the programs lie in a folder of the tool")?;
        let mut cargo = setup.command("cargo");
        cargo.args(["install", "--quiet", package, "--version", version, "--root"]).arg(root);
        if self.locked {
            cargo.arg("--locked");
        }
        // The tool is waited for more than it is run: little optimisation builds it in half the time. Flags and
        // folders that are meant for the project are not meant for it.
        cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1").env("CARGO_PROFILE_RELEASE_LTO", "off");
        cargo.env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS");
        run(&mut cargo)?;
        if !self.is_in(programs) {
            bail!("cargo install left no {package} {version} in {}", programs.display());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    use super::*;
    use crate::process::Workspace;

    /// A host that has one release: an archive with a script that says it is Trunk of that version.
    fn host_with_trunk(folder: &Path, version: &str) -> String {
        let script = folder.join("trunk");
        fs::write(&script, format!("#!/bin/sh\necho trunk {version}\n")).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        let archive = folder.join("trunk.tar.gz");
        run(Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(folder).arg("trunk")).unwrap();
        let bytes = fs::read(archive).unwrap();
        let server = tiny_http::Server::http("127.0.0.1:0").unwrap();
        let host = format!("http://{}", server.server_addr());
        std::thread::spawn(move || {
            for request in server.incoming_requests() {
                assert!(request.url().starts_with("/trunk-rs/trunk/releases/download/v0.21.14/"), "{}", request.url());
                let _ = request.respond(tiny_http::Response::from_data(bytes.clone()));
            }
        });
        host
    }

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("lanescope-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn tool() -> CargoTool {
        let release = prebuilt::trunk(TRUNK_VERSION);
        CargoTool { package: "trunk", version: TRUNK_VERSION.into(), programs: &["trunk"], locked: true, release }
    }

    #[test]
    fn a_prebuilt_release_is_unpacked_and_used() {
        let folder = scratch("prebuilt");
        let mut setup = Setup::new(&Workspace::at(&folder));
        setup.folder = folder.join("tools");
        setup.prebuilt = Some(host_with_trunk(&folder, TRUNK_VERSION));
        let tool = tool();
        let whole = setup.tool_folder("trunk", TRUNK_VERSION);
        install_whole(&whole, |partial| tool.install(&setup, &partial.join("bin"))).unwrap();
        assert!(tool.is_in(&whole.join("bin")));
        // The second time there is nothing to do, whatever the host says.
        setup.prebuilt = None;
        setup.cargo_tool(&tool).unwrap();
        assert_eq!(setup.first_on_path, [whole.join("bin")]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn without_a_release_the_tool_is_built_from_source() {
        let folder = scratch("from-source");
        let mut setup = Setup::new(&Workspace::at(&folder));
        setup.folder = folder.join("tools");
        setup.prebuilt = None;
        // Stands in for cargo, whose arguments end in `--root FOLDER --locked`.
        let stand_in = folder.join("stand-in");
        fs::create_dir_all(&stand_in).unwrap();
        let script = "#!/bin/sh\n[ \"$1 $3 $4 $5\" = 'install trunk --version 0.21.14' ] || exit 1\n\
            mkdir -p \"$7/bin\" && printf '#!/bin/sh\\necho trunk 0.21.14\\n' > \"$7/bin/trunk\" && chmod +x \"$7/bin/trunk\"\n";
        fs::write(stand_in.join("cargo"), script).unwrap();
        fs::set_permissions(stand_in.join("cargo"), fs::Permissions::from_mode(0o755)).unwrap();
        setup.first_on_path = vec![stand_in];
        let tool = tool();
        let whole = setup.tool_folder("trunk", TRUNK_VERSION);
        install_whole(&whole, |partial| tool.install(&setup, &partial.join("bin"))).unwrap();
        assert!(tool.is_in(&whole.join("bin")));
        assert_eq!(fs::read_dir(&setup.folder).unwrap().count(), 1, "nothing half done is left");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_release_of_another_version_is_not_used() {
        let folder = scratch("other-version");
        let host = host_with_trunk(&folder, "0.20.0");
        let programs = folder.join("bin");
        tool().release.unwrap().unpack(&host, &programs).unwrap();
        assert!(!tool().is_in(&programs));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_host_that_does_not_answer_is_an_error_and_soon() {
        let folder = scratch("no-host");
        let started = std::time::Instant::now();
        assert!(tool().release.unwrap().unpack("http://127.0.0.1:1", &folder.join("bin")).is_err());
        assert!(started.elapsed().as_secs() < 20);
        fs::remove_dir_all(folder).unwrap();
    }
}
