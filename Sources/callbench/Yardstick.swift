import Glibc

/// The program that callbridge is compared with. It belongs to somebody else: it is found or built,
/// never copied into this tree.
enum Yardstick {
    private static let name = "nullbridge"

    /// Its path: as it lies in `folder`, or built from there in a scratch folder.
    static func program(in folder: String, scratch: Scratch) throws(BenchFault) -> String {
        let ready = "\(folder)/\(name)"
        if access(ready, X_OK) == 0 { return ready }
        guard access("\(folder)/Makefile", R_OK) == 0 else {
            throw BenchFault(.usage, "\(folder) has neither \(name) nor a Makefile")
        }
        let copy = scratch.file("yardstick")
        let log = scratch.file("yardstick-build.log")
        try ChildProcess.run(["cp", "-r", "--no-preserve=mode", folder, copy], output: log)
        try ChildProcess.run(["make", "-C", copy, name], output: log)
        return "\(copy)/\(name)"
    }
}
