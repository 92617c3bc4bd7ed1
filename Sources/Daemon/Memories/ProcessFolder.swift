import Calls
import Glibc
import Instruments
import Wire

/// Why the folder of a process, or a file in it, cannot be used.
struct FolderFault: Error, Sendable, Equatable {
    /// What was tried, and the system's reason.
    var reason: String

    init(_ what: String, _ code: Int32) { reason = "\(what): \(String(cString: strerror(code)))" }
}

/// Memories of calls as files: a folder for each process, a file for each living call.
///
///     calls/ 5f0c…/ CA….json   locked (flock) by the process that writes it, as long as it lives
///            91be…/ CA….json   no lock: its process is gone, its calls may be taken over
///
/// The lock goes with the process, however it dies, and never with its number being used again. To
/// take a call over is to rename its file into one's own folder: of two that try, one succeeds.
/// Everything here blocks; it belongs to a `FileThread`.
struct ProcessFolder: ~Copyable {
    /// The largest memory: 64 KiB of words, every byte of which may need six when written, the
    /// answers of tools, and a plan.
    static let fileBytesMax = 1024 * 1024
    /// Folders of processes looked at; a machine has two instances, and some may have died.
    private static let foldersMax = 64
    /// Files looked at in a folder: as many calls as can be configured, and half-written ones.
    private static let filesMax = 20_000

    let parent: String
    let own: String
    private let lock: Int32

    /// Makes this process's own folder in `parent`, which is made too.
    init(in parent: String) throws(FolderFault) {
        try Self.makeFolders(parent)
        try Self.checkOwner(parent)
        let name = Secret.hex(8)
        // Locked under another name first: nobody may take it for one that was left behind.
        let (own, draft) = ("\(parent)/\(name)", "\(parent)/.\(name)")
        guard mkdir(draft, 0o700) == 0 else { throw FolderFault(draft, errno) }
        let descriptor = open(draft, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0, rename(draft, own) == 0
        else {
            let code = errno
            close(descriptor)
            rmdir(draft)
            throw FolderFault(draft, code)
        }
        self.parent = parent
        self.own = own
        lock = descriptor
    }

    /// Gives up the lock; the folder goes too when it is empty.
    deinit {
        rmdir(own)
        close(lock)
    }

    /// Writes a memory in the place of the one before it. Without fsync: what the kernel has
    /// survives the death of the process, and a call does not survive that of the machine.
    func write(_ bytes: [UInt8], for name: String) throws(FolderFault) {
        let (path, draft) = (file(name), "\(own)/.\(name)")
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FolderFault(draft, errno) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                close(descriptor)
                unlink(draft)
                throw FolderFault(draft, code)
            }
            written += count
        }
        close(descriptor)
        guard rename(draft, path) == 0 else { throw FolderFault(path, errno) }
    }

    /// Nothing of that call is kept.
    func remove(_ name: String) throws(FolderFault) {
        guard unlink(file(name)) == 0 || errno == ENOENT else {
            throw FolderFault(file(name), errno)
        }
    }

    /// Takes over the memory of a call whose process is gone; nil when there is none, or it lives.
    /// One that was taken over before is read again.
    func take(_ name: String) -> [UInt8]? {
        if let bytes = read(name) { return bytes }
        for folder in Self.entries(of: parent, max: Self.foldersMax) where isOthers(folder) {
            let path = "\(parent)/\(folder)/\(name).json"
            guard access(path, F_OK) == 0, Self.isLeft("\(parent)/\(folder)"),
                rename(path, file(name)) == 0
            else { continue }
            return read(name)
        }
        return nil
    }

    /// What another process has under that name, whether it lives or not; nothing is taken over.
    func look(for name: String) -> [UInt8]? {
        for folder in Self.entries(of: parent, max: Self.foldersMax) where isOthers(folder) {
            if let bytes = Self.read("\(parent)/\(folder)/\(name).json") { return bytes }
        }
        return nil
    }

    /// Sweeps out what is older than `age`, and folders with nothing in them; answers how many
    /// memories of processes that are gone remain.
    func sweep(olderThan age: Duration, now: Duration) -> Int {
        var kept = 0
        for folder in Self.entries(of: parent, max: Self.foldersMax) where isOthers(folder) {
            let place = "\(parent)/\(folder)"
            guard Self.isLeft(place) else { continue }
            for name in Self.entries(of: place, max: Self.filesMax) {
                let path = "\(place)/\(name)"
                // A draft was never a memory.
                if !name.hasPrefix("."), Self.age(of: path, now: now) <= age {
                    kept += 1
                } else {
                    unlink(path)
                }
            }
            rmdir(place)
        }
        return kept
    }

    /// Takes over every memory of processes that are gone.
    func takeAll() -> [[UInt8]] {
        var taken: [[UInt8]] = []
        for folder in Self.entries(of: parent, max: Self.foldersMax) where isOthers(folder) {
            let place = "\(parent)/\(folder)"
            guard Self.isLeft(place) else { continue }
            for name in Self.entries(of: place, max: Self.filesMax) where !name.hasPrefix(".") {
                guard rename("\(place)/\(name)", "\(own)/\(name)") == 0 else { continue }
                if let bytes = Self.read("\(own)/\(name)") { taken.append(bytes) }
            }
            rmdir(place)
        }
        return taken
    }

    private func file(_ name: String) -> String { "\(own)/\(name).json" }

    private func read(_ name: String) -> [UInt8]? {
        Self.read(file(name))
    }

    /// With a buffer of the file's size: there may be thousands.
    private static func read(_ path: String) -> [UInt8]? {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        return try? SmallFile.read(path, bytesMax: min(Int(facts.st_size), fileBytesMax))
    }

    /// A folder of another process; one that begins with a dot is being made.
    private func isOthers(_ folder: String) -> Bool {
        !folder.hasPrefix(".") && !own.hasSuffix("/\(folder)")
    }

    /// True when no living process holds the folder.
    private static func isLeft(_ folder: String) -> Bool {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    private static func age(of path: String, now: Duration) -> Duration {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return .zero }
        return now - .seconds(facts.st_mtim.tv_sec)
    }

    private static func makeFolders(_ path: String) throws(FolderFault) {
        var made = ""
        for part in path.split(separator: "/") {
            made += path.hasPrefix("/") || !made.isEmpty ? "/\(part)" : "\(part)"
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else {
                throw FolderFault(made, errno)
            }
        }
    }

    /// Whoever may write here decides where callers are sent: it must be us alone.
    private static func checkOwner(_ folder: String) throws(FolderFault) {
        var facts = stat()
        guard stat(folder, &facts) == 0 else { throw FolderFault(folder, errno) }
        guard facts.st_uid == geteuid(), facts.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw FolderFault("\(folder) is not ours alone", EPERM)
        }
    }

    /// The names in a folder, drafts included; none when nobody may look.
    private static func entries(of folder: String, max: Int) -> [String] {
        ((try? SmallFolder.entries(folder, countMax: max)) ?? []).map(\.name)
    }
}
