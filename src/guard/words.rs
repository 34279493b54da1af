//! What guards say, in both languages.

use super::Both;

fn both(de: impl Into<String>, en: impl Into<String>) -> Both {
    Both { de: de.into(), en: en.into() }
}

#[cfg(not(all(target_os = "linux", feature = "sandbox")))]
pub(super) fn elsewhere() -> Both {
    match cfg!(target_os = "linux") {
        true => both("in diesem Bau des Programms nicht enthalten", "left out of this build of the program"),
        false => both("gibt es nur unter Linux", "exists on Linux only"),
    }
}

#[cfg(all(target_os = "linux", feature = "sandbox"))]
pub(super) use on_linux::*;

#[cfg(all(target_os = "linux", feature = "sandbox"))]
mod on_linux {
    use super::super::Both;
    use super::both;

    pub(in super::super) fn switched_off() -> Both {
        both("abgeschaltet mit --no-sandbox", "switched off with --no-sandbox")
    }

    pub(in super::super) fn without_privileges(user: &str) -> Both {
        both(
            format!("läuft als Benutzer {user} ohne jedes Sonderrecht und bekommt keines zurück (probiert)"),
            format!("runs as user {user} without any capability and gets none back (tried)"),
        )
    }

    pub(in super::super) fn privileges_left(what: &str) -> Both {
        both(format!("Sonderrechte sind geblieben: {what}"), format!("privileges are left: {what}"))
    }

    /// `tcp` says whether TCP is refused as well, `folders` whether files may still be made in some.
    pub(in super::super) fn no_files(tcp: bool, folders: bool) -> Both {
        let (mut de, mut en) = ("kann keine Datei lesen, anlegen oder ausführen".to_owned(), String::new());
        en.push_str("cannot read, make or run any file");
        if folders {
            de.push_str(", außer Dateien im Ordner der Aufzeichnung anzulegen");
            en.push_str(", except to make files in the folder of the recording");
        }
        de.push_str(if tcp {
            ", und kein TCP benutzen (probiert)"
        } else {
            " (probiert); TCP kennt dieser Kern hier nicht"
        });
        en.push_str(if tcp { ", and cannot use TCP (tried)" } else { " (tried); this kernel does not cover TCP" });
        both(de, en)
    }

    pub(in super::super) fn kernel_without(name: &str, cause: &str) -> Both {
        let (de, en) = (format!("dieser Kern bietet {name} nicht"), format!("this kernel does not offer {name}"));
        match cause.is_empty() {
            true => both(de, en),
            false => both(format!("{de}: {cause}"), format!("{en}: {cause}")),
        }
    }

    pub(in super::super) fn one_thread_only(threads: usize) -> Both {
        both(
            format!("gilt nur für einen von {threads} Fäden des Programms"),
            format!("holds for one of the program's {threads} threads only"),
        )
    }

    /// `devices` says whether sending on capture devices was tried, `folders` whether files may still be made.
    pub(in super::super) fn no_calls(devices: bool, folders: bool) -> Both {
        let (file_de, file_en) = match folders {
            true => ("keine Datei lesend öffnen", "open no file to read"),
            false => ("keine Datei öffnen", "open no file"),
        };
        let (sent_de, sent_en) = match devices {
            true => (", nichts auf dem Gerät senden", ", send nothing on the device"),
            false => ("", ""),
        };
        both(
            format!("kann {file_de}, keine Verbindung aufbauen, kein Programm starten{sent_de} (probiert)"),
            format!("can {file_en}, make no connection, start no program{sent_en} (tried)"),
        )
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    pub(in super::super) fn unknown_processor() -> Both {
        both("für diese Art von Prozessor nicht geschrieben", "not written for this kind of processor")
    }

    /// `what` are English names of attempts, for whoever looks for the cause.
    pub(in super::super) fn not_refused(what: &[&str]) -> Both {
        let what = what.join(", ");
        both(format!("hält nicht, nicht verweigert wurde: {what}"), format!("does not hold, was not refused: {what}"))
    }
}
